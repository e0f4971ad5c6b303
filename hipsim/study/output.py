"""From a scenario to a folder of results, whatever comes between.

While a study runs, the folder holds ``unfinished``: a lock, the shards that are done, the log. When
all shards are there, results.csv, results.nc, measures.json and pictures are made from them, one by
one, and moved into the folder together, manifest.json last; then ``unfinished`` goes. So whatever
stops a run (Ctrl-C, kill -9, a full disk, a power cut), the same command goes on where it stopped,
no row is there twice and none is missing. What cannot be computed is a row with its reason.

A folder that holds results is refused unless they may be replaced; then only files that its own
manifest lists are removed, whatever else lies there stays.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from hipsim.errors import ComputationError, InputError
from hipsim.io.files import as_input_error
from hipsim.study.blocks import DamagedShardError, as_bytes, block_of, from_bytes
from hipsim.study.executors import Executor, Finished, Inline
from hipsim.study.journal import Journal
from hipsim.study.lock import WHOLE, FolderLock
from hipsim.study.manifest import MANIFEST
from hipsim.study.merge import RESULT_FILES, Merged, write_results
from hipsim.study.scenario import Scenario, load_scenario
from hipsim.study.shard_store import ShardStore
from hipsim.study.shards import Shard, shards_of

UNFINISHED = "unfinished"
LOG = "log.jsonl"
MOST_MERGES = 3
Existing = Literal["refuse", "replace"]
StudyProgress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Part:
    """One of several equal parts of a study, counted from 1, as an array job has it.

    Examples
    --------
    >>> Part.parsed("2/8")
    Part(number=2, of=8)
    >>> Part.parsed("9/8")
    Traceback (most recent call last):
    hipsim.errors.InputError: a part is i/N with i from 1 to N, as in 2/8; got '9/8'
    """

    number: int
    of: int

    @classmethod
    def parsed(cls, text: str) -> "Part":
        """Read ``i/N``.

        Raises
        ------
        InputError
            If it is something else.
        """
        number, _, of = text.partition("/")
        if not (number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
            raise InputError(f"a part is i/N with i from 1 to N, as in 2/8; got {text!r}")
        return cls(int(number), int(of))

    def holds(self, index: int) -> bool:
        """Return whether the shard at a position belongs to this part."""
        return index % self.of == self.number - 1


@dataclass(frozen=True)
class Written:
    """A run that is on the disk.

    Parameters
    ----------
    folder
        Where it is.
    scenario
        What was run.
    files
        The results; empty when a part ran and others are missing.
    notices
        What was left out and why.
    rows
        The table, where it is short enough to be shown.
    n_failed
        Number of hip x plan combinations that failed.
    failures
        Reason to the number of combinations it stopped.
    n_missing
        Shards that other parts still owe.
    """

    folder: Path
    scenario: Scenario
    files: tuple[Path, ...] = ()
    notices: tuple[str, ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    n_failed: int = 0
    failures: tuple[tuple[str, int], ...] = ()
    n_missing: int = 0


def run_to_folder(
    scenario: str | Path | Scenario,
    out: str | Path,
    *,
    existing: Existing = "refuse",
    executor: Executor | None = None,
    part: Part | None = None,
    progress: StudyProgress | None = None,
) -> Written:
    """Run a scenario, or go on with it, and write everything it yields into a folder.

    Parameters
    ----------
    scenario
        A scenario or its file.
    out
        The folder; made if missing.
    existing
        What to do with finished results the folder holds: ``"refuse"`` or ``"replace"`` them.
    executor
        Who computes; this process by default.
    part
        Compute this part only and leave the shards for a run of the whole.
    progress
        Called with (done, total, failed), in hips x plans, at the start and after each shard.

    Raises
    ------
    ScenarioError
        If the scenario cannot be used.
    InputError
        If the folder holds results and may not be changed, another run is at work in it, or it
        cannot be written. Shards that are done stay.
    ComputationError
        If workers run other code, or their scheduler is lost.
    """
    folder = Path(out)
    checked = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    if existing == "refuse":
        _refuse_results(folder)
    run = _Run(folder, checked, executor or Inline(), progress or _quiet)
    name = WHOLE if part is None else f"part-{part.number}-of-{part.of}"
    try:
        with FolderLock(folder / UNFINISHED, name):
            return run.whole() if part is None else run.part(part)
    finally:
        _remove_if_useless(folder)


class _Run:
    """One run of a study in its folder."""

    def __init__(
        self, folder: Path, scenario: Scenario, executor: Executor, progress: StudyProgress
    ) -> None:
        self.folder, self.scenario = folder, scenario
        self.executor, self.progress = executor, progress
        self.work = folder / UNFINISHED
        self.store = ShardStore(self.work / "shards")
        self.journal = Journal(self.work / LOG)
        self.done = self.failed = 0
        self.total = scenario.n_plans

    def whole(self) -> Written:
        """Compute what is missing, then write the results."""
        start = time.perf_counter()
        for _ in range(MOST_MERGES):
            self._compute(lambda index: True)
            try:
                merged = self._merge(time.perf_counter() - start)
            except DamagedShardError as error:
                self.journal.note("damaged", what=str(error))
                continue
            return self._published(merged)
        raise ComputationError(f"shards in {self.store.folder} are damaged again and again")

    def part(self, part: Part) -> Written:
        """Compute a part, and tell how much the other parts owe."""
        self.total = sum(s.n_plans for i, s in enumerate(self._shards()) if part.holds(i))
        self._compute(part.holds)
        missing = sum(not self.store.path(shard).is_file() for shard in self._shards())
        return Written(self.folder, self.scenario, n_failed=self.failed, n_missing=missing)

    def _shards(self) -> Iterator[Shard]:
        """List all shards of the study, in order."""
        return shards_of(self.scenario)

    def _compute(self, is_wanted: Callable[[int], bool]) -> None:
        """Compute and store every wanted shard that is not there yet."""
        self.done = self.failed = 0
        wanted = (shard for i, shard in enumerate(self._shards()) if is_wanted(i))
        missing = [shard for shard in wanted if not self._is_there(shard)]
        n_plans = sum(shard.n_plans for shard in missing)
        self.done = self.total - n_plans
        self.journal.note("start", plans=self.total, missing=n_plans, shards=len(missing))
        self.progress(self.done, self.total, self.failed)
        for finished in self.executor.run(missing, self.journal.note) if missing else ():
            self._keep(finished)

    def _is_there(self, shard: Shard) -> bool:
        """Return whether a shard need not be computed."""
        return self.store.holds(shard)

    def _keep(self, finished: Finished) -> None:
        """Store a finished shard and tell."""
        shard, data = finished.shard, finished.data
        if finished.problem:
            reasons: list[Any] = [finished.problem] * shard.n_plans
            block = block_of(reasons, shard.work, shard.work.detail)
            data = as_bytes(replace(block, is_passing=True))
        block = from_bytes(data)
        self.store.write(shard, data)
        self.done += shard.n_plans
        self.failed += block.n_failed
        facts = {"shard": str(shard), "key": shard.key, "seconds": round(block.seconds, 3)}
        reasons = sorted(filter(None, set(block.failures)))
        self.journal.note("shard", **facts, failed=block.n_failed, reasons=reasons)
        self.progress(self.done, self.total, self.failed)

    def _merge(self, seconds: float) -> Merged:
        """Make the results from the shards, in a folder of their own."""
        stage = self.work / "results"
        shutil.rmtree(stage, ignore_errors=True)
        with as_input_error("write to", stage):
            stage.mkdir(parents=True)
            shards = list(self._shards())
            return write_results(self.scenario, shards, self.store, stage, seconds=seconds)

    def _published(self, merged: Merged) -> Written:
        """Move the results into the folder, the manifest last, and take the shards away."""
        names = [path.name for path in merged.files]
        self.journal.note("end", failed=merged.n_failed, files=names)
        with as_input_error("write to", self.folder):
            _remove_listed(self.folder)
            for name in [*(name for name in names if name != MANIFEST), MANIFEST]:
                os.replace(self.work / "results" / name, self.folder / name)
            os.replace(self.journal.path, self.folder / LOG)
        shutil.rmtree(self.work, ignore_errors=True)
        return Written(
            self.folder,
            self.scenario,
            files=tuple(self.folder / name for name in names),
            notices=tuple(merged.notices),
            rows=merged.rows,
            n_failed=merged.n_failed,
            failures=merged.failures,
        )


def kept_plans(folder: str | Path) -> int:
    """Return how many shards an unfinished run has left in a folder."""
    return ShardStore(Path(folder) / UNFINISHED / "shards").count()


def _quiet(done: int, total: int, failed: int) -> None:
    """Tell nobody."""


def _refuse_results(folder: Path) -> None:
    """Refuse a folder that already holds finished results."""
    held = [name for name in RESULT_FILES if (folder / name).exists()]
    is_finished = MANIFEST in held or not (folder / UNFINISHED).is_dir()
    if held and is_finished:
        raise InputError(
            f"{folder} already holds results ({', '.join(held)}): choose another folder, or "
            f"replace them with --overwrite"
        )


def _remove_if_useless(folder: Path) -> None:
    """Leave nothing of a run that has not finished a single shard."""
    work = folder / UNFINISHED
    if not work.is_dir() or any(work.glob("*.lock")) or kept_plans(folder):
        return
    shutil.rmtree(work, ignore_errors=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _remove_listed(folder: Path) -> None:
    """Remove the files an earlier manifest lists, the manifest first, and nothing else."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return  # no earlier results, or a manifest of somebody else's making
    (folder / MANIFEST).unlink()
    for name in listed:
        if Path(name).name == name and (folder / name).is_file():
            (folder / name).unlink()
