"""The table a clinician opens: one row per hip x plan x motion."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from hipsim.planning.clearance import Clearance
from hipsim.study.run import Outcome, Results

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
)
DIGITS = {"share_below_threshold": 4, "removed_volume_mm3": 1}
DIGITS_MM_DEG = 3


def rows(results: Results) -> Iterator[dict[str, Any]]:
    """Yield one row per hip x plan x motion, the intact hip first.

    Angles are those of the pose of the minimum: flexion, adduction, internal rotation positive.
    ``target_mm`` and ``threshold_mm`` are None where a motion has none, and so are
    ``target_reached`` and ``share_below_threshold``.

    Parameters
    ----------
    results
        Of a run.
    """
    for per_hip in results.outcomes:
        for outcome in per_hip:
            for before, after in zip(per_hip[0].clearances, outcome.clearances, strict=True):
                target = results.scenario.targets_mm.get(after.motion.name)
                yield _row(outcome, before, after, target)


def as_csv(results: Results) -> str:
    """Write the table as CSV text: comma, decimal point, empty cells where there is no value."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows(results):
        writer.writerow({column: _cell(column, row[column]) for column in COLUMNS})
    return text.getvalue()


def _row(
    outcome: Outcome, before: Clearance, after: Clearance, target: float | None
) -> dict[str, Any]:
    """Fill one row."""
    reached = None if target is None else ("yes" if after.minimum_mm >= target else "no")
    share = None if after.threshold_mm is None else after.share_below()
    return {
        "hip": outcome.hip,
        "side": after.side,
        "plan": outcome.plan.name,
        "motion": after.motion.name,
        "space_before_mm": before.minimum_mm,
        "space_after_mm": after.minimum_mm,
        "gain_mm": after.minimum_mm - before.minimum_mm,
        "target_mm": target,
        "target_reached": reached,
        **{f"{angle}_deg": value for angle, value in after.pose_deg.items()},
        "arm": after.segment,
        "structure": after.structure,
        "kind": str(after.kind[after.index]),
        "threshold_mm": after.threshold_mm,
        "share_below_threshold": share,
        "removed_volume_mm3": outcome.removed_volume_mm3,
    }


def _cell(column: str, value: Any) -> str:
    """Write numbers with a fixed count of digits and without a negative zero."""
    if value is None:
        return ""
    if isinstance(value, float):
        digits = DIGITS.get(column, DIGITS_MM_DEG)
        return f"{round(value, digits) + 0.0:.{digits}f}"
    return str(value)
