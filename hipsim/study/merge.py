"""From the shards of a study to its results: table, Dataset, measures, pictures, manifest.

Shards are read one after the other, once for each file, so memory holds one of them at a time
however large the study is.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.io.files import write_file, write_text
from hipsim.study.blocks import Block, outcome_of
from hipsim.study.manifest import MANIFEST, as_json, manifest
from hipsim.study.run import Outcome, Results
from hipsim.study.scenario import Scenario
from hipsim.study.shard_store import ShardStore
from hipsim.study.shards import Shard
from hipsim.study.store import save_blocks
from hipsim.study.table import block_rows, save_table

RESULT_FILES = ("results.csv", "results.nc", "measures.json", MANIFEST)
MOST_ROWS = 60  # more are not shown on a terminal
MOST_REASONS = 20


@dataclass(frozen=True)
class Merged:
    """The files of a study, and what to tell of them; see :class:`hipsim.study.output.Written`."""

    files: list[Path]
    notices: list[str]
    rows: tuple[dict[str, Any], ...]
    n_failed: int
    failures: tuple[tuple[str, int], ...]


def write_results(
    scenario: Scenario, shards: Sequence[Shard], store: ShardStore, folder: Path, *, seconds: float
) -> Merged:
    """Write the files of a study into an empty folder.

    Parameters
    ----------
    scenario
        What was run.
    shards
        All of its shards, in order.
    store
        Where they are.
    folder
        Must exist.
    seconds
        Time the run took.

    Raises
    ------
    DamagedShardError
        If a shard is not what was written.
    InputError
        If a file cannot be written.
    """
    study = _Study(scenario, shards, store)
    save_blocks(folder / "results.nc", scenario, study.blocks())
    save_table(folder / "results.csv", scenario, study.blocks())
    failures = study.failures()
    if scenario.outputs.measures == "all":
        study.save_measures(folder / "measures.json")
    notices = study.draw(folder)
    about = manifest(scenario, study.hips(), _in_order(folder), seconds=seconds)
    told = {"left_out": notices, "failed": sum(failures.values()), "failures": dict(failures)}
    write_text(folder / MANIFEST, as_json({**about, **told}))
    is_short = scenario.n_runs <= MOST_ROWS
    return Merged(
        files=_in_order(folder),
        notices=notices,
        rows=tuple(block_rows(scenario, study.names, study.blocks())) if is_short else (),
        n_failed=sum(failures.values()),
        failures=tuple(failures.most_common(MOST_REASONS)),
    )


class _Study:
    """The shards of a study, read when they are needed."""

    def __init__(self, scenario: Scenario, shards: Sequence[Shard], store: ShardStore) -> None:
        self.scenario, self.shards, self.store = scenario, shards, store
        self.names: list[tuple[str, str]] = [(hip.name, hip.side) for hip in scenario.hips]

    def blocks(self) -> Iterator[tuple[int, int, Block]]:
        """Yield hip, first plan and block of every shard, in order."""
        for shard in self.shards:
            yield shard.hip_index, shard.first, self.store.read(shard)

    def hips(self) -> Iterator[dict[str, Any]]:
        """Yield what is to be told of each hip."""
        for index, first, block in self.blocks():
            if first == 0:
                unknown = {"name": self.names[index][0], "side": self.names[index][1]}
                failure = {"failure": block.failures[0]} if block.failures[0] else {}
                yield {**unknown, **block.hip, **failure}

    def failures(self) -> Counter[str]:
        """Count the plans that failed by reason."""
        return Counter(why for _, _, block in self.blocks() for why in block.failures if why)

    def save_measures(self, path: Path) -> None:
        """Write the measures of every hip, one after the other."""

        def write(partial: Path) -> None:
            with partial.open("w", encoding="utf-8") as file:
                file.write('{"hips": [')
                separator = "\n"
                for _, _, block in self.blocks():
                    if block.measures is not None:
                        text = json.dumps(block.measures, ensure_ascii=False, indent=1)
                        file.write(separator + text)
                        separator = ",\n"
                file.write("\n]}\n")

        write_file(path, write)

    def draw(self, folder: Path) -> list[str]:
        """Draw the pictures of the first hips and return what was left out and why."""
        if self.scenario.pictures == "none":
            return []
        if self.scenario.outputs.poses != "points":
            return ["pictures need the closest points of every pose: outputs: {poses: points}"]
        from hipsim.study.pictures import MOST_HIPS, draw_pictures  # loads what draws

        chosen, rows = self._first_rows(MOST_HIPS)
        found = Results(self.scenario, (), tuple(rows), 0.0)

        def load(index: int) -> Hip:
            return self.scenario.hips[chosen[index]].load()

        left_out = len(self.scenario.hips) - len(chosen)
        notices = [f"pictures of {left_out} more hips were left out"] if left_out else []
        return draw_pictures(found, folder, load=load) + notices

    def _first_rows(self, most: int) -> tuple[list[int], list[tuple[Outcome, ...]]]:
        """Return the first hips that could be measured, and what their plans did."""
        rows: dict[int, list[Outcome]] = {}
        for index, first, block in self.blocks():
            is_usable = index in rows or (first == 0 and not block.failures[0])
            if index not in rows and len(rows) == most:
                break
            if not is_usable:
                continue
            plans = self.scenario.plans[first : first + len(block.failures)]
            own = rows.setdefault(index, [])
            own += [
                outcome_of(block, row, plan, self.scenario)
                for row, plan in enumerate(plans)
                if not block.failures[row]
            ]
        return list(rows), [tuple(row) for row in rows.values()]


def _in_order(folder: Path) -> list[Path]:
    """List the files of a run, the tables before the pictures."""
    rank = {name: place for place, name in enumerate(RESULT_FILES)}
    return sorted(folder.iterdir(), key=lambda path: (rank.get(path.name, len(rank)), path.name))
