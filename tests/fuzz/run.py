"""Damage files, read them, and count: ``python -m tests.fuzz.run --count 10000 --seed 1``.

Files are read in a child process with bounded memory and time (:mod:`tests.fuzz.child`). When it
dies, the file it died of is kept and the next child goes on behind it. The table is written to
``benchmarks/results/fuzz.md`` and ``.json`` unless ``--out`` says otherwise.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
SIGNALS = {
    signal.SIGPROF: "hang: more than 5 s of processor time",
    signal.SIGALRM: "hang: waits for something that never comes",
    signal.SIGSEGV: "crash: segmentation fault",
    signal.SIGABRT: "crash: abort",
}
GIVEN_UP = 60  # deaths of one reader
READERS_EACH = 4  # in one child, for their common imports


@dataclass
class Tally:
    """What came of the files of one reader."""

    reader: str
    inputs: int = 0
    refused: int = 0
    read: int = 0
    slowest_ms: float = 0.0
    peak_mb: float = 0.0
    seconds: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    verdicts: list[tuple[str, str]] = field(default_factory=list)

    def add(self, verdict: str, message: str, ms: float = 0.0, mb: float = 0.0) -> str:
        """Count one file; return the kind of failure, or nothing."""
        self.inputs += 1
        self.refused += verdict == "refused"
        self.read += verdict == "read"
        self.slowest_ms, self.peak_mb = max(self.slowest_ms, ms), max(self.peak_mb, mb)
        self.verdicts.append((verdict, message))
        if verdict != "failed":
            return ""
        kind = message.partition("): ")[0][:160]
        self.failures[kind] += 1
        self.first.setdefault(kind, self.inputs - 1)
        return kind


def fuzz(
    names: Iterable[str], count: int | None, seed: str, *, keep: Path | None = None
) -> dict[str, Tally]:
    """Read ``count`` damaged files per reader (or, with the seed ``hostile``, all made by hand).

    Parameters
    ----------
    names
        Readers.
    count
        How many files each; None for all hostile ones.
    seed
        A whole number, or ``hostile``.
    keep
        Folder for files that made a reader fail.
    """
    sizes = dict.fromkeys(names, count)
    if count is None:
        from tests.fuzz.hostile import HOSTILE

        sizes = {name: len(HOSTILE[name]) for name in sizes}
    tallies = {name: Tally(name) for name in sizes}
    while jobs := [[n, t.inputs, sizes[n]] for n, t in tallies.items() if t.inputs < sizes[n]]:
        dead = _generation(jobs, seed, tallies, keep)
        if dead and sum(tallies[dead].failures.values()) > GIVEN_UP and count is not None:
            sizes[dead] = tallies[dead].inputs
    return tallies


def _generation(
    jobs: list[Any], seed: str, tallies: dict[str, Tally], keep: Path | None
) -> str | None:
    """Run one child until it is through, or dies; return the reader it died of."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work,
        tempfile.TemporaryFile("w+") as said,
    ):
        command = [sys.executable, "-X", "faulthandler", str(Path(__file__).with_name("child.py"))]
        settings = {**os.environ, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
        child = subprocess.Popen(
            [*command, work, seed, json.dumps(jobs), str(keep or "")],
            stdout=subprocess.PIPE, stderr=said, text=True, env=settings, cwd=ROOT,
        )  # fmt: skip
        name, folder, has_begun = jobs[0][0], Path(work), False
        for line in child.stdout or ():
            if not line.startswith('{"'):
                continue  # libraries print what they like
            told = json.loads(line)
            name, has_begun = told.get("reader", name), True
            folder = Path(told.get("folder", folder))
            if "sound" in told and told["sound"][0] != "read":
                child.kill()
                raise AssertionError(f"{name} does not read a sound file: {told['sound']}")
            if "verdict" in told:
                _count(tallies[name], told)
        code = child.wait()
        if child.stdout:
            child.stdout.close()
        if code:
            said.seek(0)
            if not has_begun:
                raise RuntimeError(f"no reader could be started: {said.read()[-2000:]}")
            _bury(tallies[name], code, said.read()[-2000:], folder, keep)
        return name if code else None


def _count(tally: Tally, told: dict[str, Any]) -> None:
    tally.add(told["verdict"], told["message"], told["ms"], told["mb"])
    tally.seconds += told["ms"] / 1e3


def _bury(tally: Tally, code: int, said: str, folder: Path, keep: Path | None) -> None:
    """Count the file a child died of; it still lies there."""
    from tests.fuzz.readers import BROKEN, READERS

    words = SIGNALS.get(-code, f"ended with {code}: {said}")
    if not tally.add("failed", words) or keep is None:
        return
    file = folder / {**READERS, **BROKEN}[tally.reader].file
    if file.is_file() and not file.is_symlink():
        keep.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, keep / f"{tally.reader.replace(' ', '_')}-{tally.inputs - 1}-{file.name}")


def table(tallies: Iterable[Tally]) -> str:
    """Write the table of a run."""
    rows = ["| reader | inputs | refused | read | slowest ms | peak MB | failures |"]
    rows.append("|---|---:|---:|---:|---:|---:|---:|")
    for t in tallies:
        failed = sum(t.failures.values())
        cells = (t.reader, t.inputs, t.refused, t.read, f"{t.slowest_ms:.0f}", f"{t.peak_mb:.0f}")
        rows.append("| " + " | ".join(map(str, (*cells, failed))) + " |")
    return "\n".join(rows)


def write(tallies: dict[str, Tally], out: Path, about: dict[str, Any]) -> None:
    """Write ``fuzz.md`` and ``fuzz.json``."""
    found = {**_earlier(out, about["command"]), **tallies}.values()
    inputs, failed = sum(t.inputs for t in found), sum(sum(t.failures.values()) for t in found)
    head = [
        "# Damaged files",
        "",
        f"`{about['command']}`, {about['platform']}, Python {about['python']}.",
        f"{inputs} damaged files through {len(found)} readers, {failed} failures. Each file is",
        "read in a process with 1.5 GB of room and 5 s of processor time; a failure is a crash, a",
        "hang, want of memory, an error that is not hipsim's or names no file, or a result that",
        "is not what a second parser finds. Slowest: processor time of one file; peak: memory",
        "above that taken before the first damaged file.",
        "",
        table(found),
    ]
    for t in found:
        head += [f"\n{t.reader}: {n} x {kind}" for kind, n in t.failures.items()]
    out.mkdir(parents=True, exist_ok=True)
    (out / "fuzz.md").write_text("\n".join(head) + "\n")
    rows = [{k: v for k, v in vars(t).items() if k not in ("verdicts", "first")} for t in found]
    (out / "fuzz.json").write_text(json.dumps({**about, "readers": rows}, indent=1) + "\n")


def _earlier(out: Path, command: str) -> dict[str, Tally]:
    """Return the rows that the same command has written for other readers."""
    try:
        about = json.loads((out / "fuzz.json").read_text())
    except (OSError, ValueError):
        return {}
    rows = about["readers"] if about["command"] == command else []
    return {row["reader"]: Tally(**{**row, "failures": Counter(row["failures"])}) for row in rows}


def _tell(tallies: list[Tally]) -> None:
    """Print what came of some readers."""
    for tally in tallies:
        print(table([tally]).splitlines()[-1], flush=True)
        for kind, n in tally.failures.most_common(12):
            print(f"    {n} x {kind} (first: {tally.first[kind]})", flush=True)


def _about(asked: argparse.Namespace, seconds: float) -> dict[str, Any]:
    """Describe a run."""
    return {
        "command": f"python -m tests.fuzz.run --count {asked.count} --seed {asked.seed}",
        "platform": platform.platform(),
        "python": platform.python_version(),
        "seconds": round(seconds, 1),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; returns 1 if anything failed."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from tests.fuzz.readers import READERS

    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--count", type=int, default=10_000)
    words.add_argument("--seed", default="1", help="a number, or 'hostile'")
    words.add_argument("--reader", action="append", choices=list(READERS))
    words.add_argument("--keep", type=Path, help="folder for files that make a reader fail")
    words.add_argument("--out", type=Path, default=RESULTS)
    asked = words.parse_args(arguments)
    count = None if asked.seed == "hostile" else asked.count
    start, tallies = time.perf_counter(), {}
    names = list(asked.reader or READERS)
    for at in range(0, len(names), READERS_EACH):
        tallies |= fuzz(names[at : at + READERS_EACH], count, asked.seed, keep=asked.keep)
        _tell([tallies[name] for name in names[at : at + READERS_EACH]])
        write(tallies, asked.out, _about(asked, time.perf_counter() - start))
    return int(any(t.failures for t in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
