"""The table a clinician opens: one row per hip x plan x motion."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from hipsim.anatomy.hip import FEMORAL_STRUCTURES
from hipsim.io.files import write_file
from hipsim.study.blocks import FAILED, KINDS, Block, blocks_of
from hipsim.study.run import Results
from hipsim.study.scenario import Scenario

COLUMNS = (
    "hip",
    "side",
    "plan",
    "motion",
    "space_before_mm",
    "space_after_mm",
    "gain_mm",
    "target_mm",
    "target_reached",
    "flexion_deg",
    "adduction_deg",
    "rotation_deg",
    "arm",
    "structure",
    "kind",
    "threshold_mm",
    "share_below_threshold",
    "removed_volume_mm3",
    "failure",
)
DIGITS = {"share_below_threshold": 4, "removed_volume_mm3": 1}
DIGITS_MM_DEG = 3
Blocks = Iterable[tuple[int, int, Block]]


def rows(results: Results) -> Iterator[dict[str, Any]]:
    """Yield one row per hip x plan x motion, the intact hip first.

    Angles are those of the pose of the minimum: flexion, adduction, internal rotation positive.
    ``target_mm`` and ``threshold_mm`` are None where a motion has none, and so are
    ``target_reached`` and ``share_below_threshold``. Where a plan failed ``failure`` says why and
    what it would have yielded is None.

    Parameters
    ----------
    results
        Of a run.
    """
    blocks = ((index, 0, block) for index, block in enumerate(blocks_of(results)))
    return block_rows(results.scenario, [(h.name, h.side) for h in results.hips], blocks)


def block_rows(
    scenario: Scenario, hips: Sequence[tuple[str, str]], blocks: Blocks
) -> Iterator[dict[str, Any]]:
    """Yield the rows of blocks; see :func:`rows`.

    Parameters
    ----------
    scenario
        What was asked.
    hips
        Name and side of every hip.
    blocks
        Hip, first plan and block, hips in order and each hip's first plan first.
    """
    before: Any = None
    for index, first, block in blocks:
        before = block.arrays["minimum_mm"][0] if first == 0 else before
        named = dict(zip(("hip", "side"), hips[index], strict=True))
        for row in range(len(block.failures)):
            plan = scenario.plans[first + row].name
            for motion in range(len(scenario.motions)):
                told = _row(scenario, block, row, motion, float(before[motion]))
                yield {**named, "plan": plan, **told}


def as_csv(results: Results) -> str:
    """Write the table as CSV text: comma, decimal point, empty cells where there is no value."""
    text = io.StringIO()
    _write(text, rows(results))
    return text.getvalue()


def save_table(path: str | Path, scenario: Scenario, blocks: Blocks) -> Path:
    """Write the table of blocks row by row; a file of that name is replaced in one step.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    hips = [(source.name, source.side) for source in scenario.hips]

    def write(partial: Path) -> None:
        with partial.open("w", encoding="utf-8", newline="") as file:
            _write(file, block_rows(scenario, hips, blocks))

    return write_file(path, write)


def _write(file: TextIO, found: Iterable[dict[str, Any]]) -> None:
    """Write header and rows."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in found:
        writer.writerow({column: _cell(column, row[column]) for column in COLUMNS})


def _row(scenario: Scenario, block: Block, row: int, motion: int, before: float) -> dict[str, Any]:
    """Fill one row but its hip and plan."""
    asked, arrays = scenario.motions[motion], block.arrays
    pose = int(arrays["at_pose"][row, motion])
    after, is_known = float(arrays["minimum_mm"][row, motion]), pose != FAILED
    target = scenario.targets_mm.get(asked.name)
    reached = None if target is None or not is_known else ("yes" if after >= target else "no")
    share = float(arrays["share_below"][row, motion])
    angles = asked.pose_deg(pose) if is_known else dict.fromkeys(asked.pose_deg(0))
    structure, kind = (int(arrays[f"minimum_{key}"][row, motion]) for key in ("structure", "kind"))
    return {
        "motion": asked.name,
        "space_before_mm": _known(before),
        "space_after_mm": _known(after),
        "gain_mm": _known(after - before),
        "target_mm": target,
        "target_reached": reached,
        **{f"{angle}_deg": value for angle, value in angles.items()},
        "arm": asked.segments[pose] if is_known else None,
        "structure": FEMORAL_STRUCTURES[structure] if is_known else None,
        "kind": KINDS[kind] if is_known else None,
        "threshold_mm": asked.threshold_mm,
        "share_below_threshold": _known(share),
        "removed_volume_mm3": _known(float(arrays["removed_volume_mm3"][row])),
        "failure": block.failures[row] or None,
    }


def _known(value: float) -> float | None:
    """Return a number, None for NaN."""
    return None if value != value else value


def _cell(column: str, value: Any) -> str:
    """Write numbers with a fixed count of digits and without a negative zero."""
    if value is None:
        return ""
    if isinstance(value, float):
        digits = DIGITS.get(column, DIGITS_MM_DEG)
        return f"{round(value, digits) + 0.0:.{digits}f}"
    return str(value)
