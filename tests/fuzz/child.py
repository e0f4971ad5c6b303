"""The process that reads damaged files: it may crash, hang or run out of memory; nothing else may.

One line per file on standard output: ``file MS MB VERDICT MESSAGE`` with the verdicts ``read``,
``refused`` or ``failed``. A file that takes more than ``CPU_S`` of processor time or ``WALL_S`` by
the clock ends the process by a signal; memory beyond ``HEADROOM`` cannot be had.
"""

import gc
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
for _name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from hipsim.errors import HipsimError  # noqa: E402
from tests.fuzz.hostile import HOSTILE  # noqa: E402
from tests.fuzz.mutate import mutated  # noqa: E402
from tests.fuzz.reader import Reader  # noqa: E402
from tests.fuzz.readers import BROKEN, READERS  # noqa: E402

CPU_S = 5.0
WALL_S = float(
    os.environ.get("HIPSIM_FUZZ_WALL_S", "120")
)  # a machine shared by many; what waits for something that never comes waits longer
HEADROOM = 1_500_000_000  # bytes of address space above what was taken before the first file
MB = 1e6
KEEP = ""


def damaged_files(reader: Reader, folder: Path, seed: int, span: range) -> Iterator[bytes]:
    """Yield files of a reader; number, seed and name decide what each is."""
    seeds = reader.seeds(folder)
    whole = [reader.pack(content) for content in seeds]
    for index in span:
        rng = random.Random(f"{seed} {reader.name} {index}")
        if reader.pack(seeds[0]) == seeds[0] or rng.random() < 0.85:
            yield reader.pack(mutated(rng, seeds, is_text=reader.is_text))
        else:
            yield mutated(rng, whole, is_text=False)


def verdict(reader: Reader, path: Path, content: bytes) -> tuple[str, str]:
    """Read a file and say what came of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            found = reader.read(path)
    except HipsimError as error:
        text = str(error)
        is_named = (
            path.name in text or str(path.parent) in text or reader.file in ("body", "headers")
        )
        return ("refused", text) if is_named else ("failed", f"names no file: {text}")
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)
        own = [f for f in where if "/hipsim/" in f.filename] or list(where)
        at = f"{Path(own[-1].filename).name}:{own[-1].lineno} {own[-1].name}"
        deep = f"{Path(where[-1].filename).name}:{where[-1].lineno}"
        return "failed", f"{type(error).__name__} at {at} ({deep}): {error}"
    complaint = reader.judge(found, path, content)
    return ("failed", f"wrong result: {complaint}") if complaint else ("read", "")


def guarded(reader: Reader, path: Path, content: bytes) -> dict[str, object]:
    """Read a file against the clock."""
    signal.setitimer(signal.ITIMER_PROF, CPU_S)
    signal.setitimer(signal.ITIMER_REAL, WALL_S)
    start = time.process_time()
    what, message = verdict(reader, path, content)
    spent = time.process_time() - start
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return {"ms": round(1e3 * spent, 2), "verdict": what, "message": message[:400]}


def read_one(reader: Reader, path: Path, content: bytes | None) -> None:
    """Read a file and print what came of it."""
    before = peak_mb()
    if content is not None:
        path.write_bytes(content)
    told = guarded(reader, path, content or b"")
    told["mb"] = round(peak_mb() - before, 1)
    if KEEP and content is not None and told["verdict"] == "failed":
        name = f"{reader.name.replace(' ', '_')}-{hash(told['message']) % 997}-{path.name}"
        Path(KEEP).mkdir(parents=True, exist_ok=True)
        Path(KEEP, name).write_bytes(content)
    print(json.dumps(told), flush=True)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB


def limit_memory() -> None:
    """Allow ``HEADROOM`` above the address space of now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    taken = pages * resource.getpagesize() + HEADROOM
    resource.setrlimit(resource.RLIMIT_AS, (taken, resource.getrlimit(resource.RLIMIT_AS)[1]))


def run(name: str, seed: str, span: range, work: Path) -> None:
    """Read the damaged (or, with the seed ``hostile``, the hand-made) files of a reader."""
    reader = {**READERS, **BROKEN}[name]
    reader.folder(work)
    path = work / reader.file
    with tempfile.TemporaryDirectory() as room:
        for content in map(reader.pack, reader.seeds(Path(room))):  # imports and caches first
            if name in BROKEN:
                break  # reads no sound file either
            path.write_bytes(content)
            print(json.dumps({"reader": name, "sound": verdict(reader, path, content)}), flush=True)
        limit_memory()
        if seed == "hostile":
            for hostile in HOSTILE[name][span.start : span.stop]:
                read_one(reader, path, hostile.make(path))
                hostile.clean(path)
        else:
            for content in damaged_files(reader, Path(room), int(seed), span):
                read_one(reader, path, content)


def main(work: str, seed: str, jobs: str, keep: str) -> None:
    """Run ``[[reader, start, stop], ...]`` one after the other; keep what fails."""
    global KEEP
    KEEP = keep
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    for number, (name, start, stop) in enumerate(json.loads(jobs)):
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        folder = Path(work, f"{os.getpid()}-{number}", "numbers")
        folder.mkdir(parents=True)
        print(json.dumps({"reader": name, "folder": str(folder)}), flush=True)
        run(name, seed, range(start, stop), folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
