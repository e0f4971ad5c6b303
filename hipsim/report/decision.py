"""The decision table of a plan as a page shows it: words and numbers, cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from hipsim.planning.plan import Plan
from hipsim.planning.plan_again import decision_again
from hipsim.planning.plan_answer import label
from hipsim.planning.plan_decision import Cost, DecisionRow
from hipsim.planning.targets import Target
from hipsim.viz.words import describe_name, signed, signed_mm

HEADS = (
    "chance of all targets", "bone, mm\u00b3", "iliopsoas lost", "version, deg", "leg, mm",
    "internal rotation in flexion, deg",
)  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """What a decision table tells.

    Parameters
    ----------
    rows
        Everything that may be done.
    targets
        What was wanted.
    n, execution
        Number of samples, and how exactly surgery was assumed to be carried out.
    most_limited
        The direction bone limits most, or None.
    shown
        Names of the options whose hip the page shows.
    """

    rows: Sequence[DecisionRow]
    targets: Sequence[Target]
    n: int
    execution: str
    most_limited: str | None
    shown: frozenset[str]


def decision_of(plan: Plan) -> dict[str, Any]:
    """Return the decision table of a full plan; empty for a quick one.

    Parameters
    ----------
    plan
        The plan.
    """
    if plan.doubt is None:
        return {}
    way = None if plan.free_range is None else plan.free_range.most_limited
    shown = frozenset(option.name for option in plan.options)
    doubt = plan.doubt
    return _table(Decided(plan.decision, plan.targets, doubt.n, doubt.execution, way, shown))


def decision_of_record(record: Mapping[str, Any], targets: Sequence[Target]) -> dict[str, Any]:
    """Return the decision table of a plan's record; empty for a quick plan.

    Parameters
    ----------
    record
        What :meth:`hipsim.planning.plan.Plan.to_dict` returned, or its JSON.
    targets
        What was wanted.
    """
    doubt, free = record["doubt"], record["free_range"]
    if doubt is None:
        return {}
    way = None if free is None else free["most_limited"]
    shown = frozenset(option["name"] for option in record["options"])
    rows = decision_again(record)
    return _table(Decided(rows, targets, doubt["samples"], doubt["execution"], way, shown))


def _table(found: Decided) -> dict[str, Any]:
    """Return heads, caption and rows."""
    way = found.most_limited
    reach = "free range" if way is None else f"free {way.replace('_', ' ')}, deg"
    return {
        "heads": ["what", *[f"{_motion(t)}, mm" for t in found.targets], *HEADS, reach],
        "caption": (
            "Everything that may be done, the least invasive first. Space: certified (what is "
            f"missing); 9 of 10 of {found.n} samples lie within, {found.execution}; and "
            "with the moving hip centre. Shaded: cheapest of what reaches every target."
        ),
        "rows": [_row(found, row) for row in found.rows],
    }


def _motion(target: Target) -> str:
    """Name a target with what it asks for."""
    return f"{describe_name(target.motion.name)}: target {target.clearance_mm:.1f}"


def _row(found: Decided, row: DecisionRow) -> dict[str, Any]:
    """Return one row."""
    motions = [target.motion.name for target in found.targets]
    spaces = [_space(row, motion) for motion in motions]
    chance = "not known" if row.probability is None else f"{100 * row.probability:.0f} %"
    is_shown = row.name in found.shown or row.kind == "as it is"
    return {
        "cells": [_what(row), *spaces, chance, *_costs(row.cost), _range(row)],
        "short": [k + 1 for k, motion in enumerate(motions) if motion in row.missing_mm],
        "plan": row.name if is_shown else None,
        "is_cheapest": row.is_cheapest,
    }


def _what(row: DecisionRow) -> str:
    """Name a row and say what is done."""
    name = f"{label(row.name)}{' (yardstick)' if row.kind == 'yardstick' else ''}"
    if row.kind == "as it is":
        return name
    enough = "" if row.enough is None else f"; enough for every target: {row.enough}"
    return f"{name}\n{row.what}{enough}"


def _space(row: DecisionRow, motion: str) -> str:
    """Write the space of a motion: certified, with its interval, about the moving centre."""
    missing, interval = row.missing_mm.get(motion), row.interval_mm.get(motion)
    lines = [signed_mm(row.space_mm[motion]) + (" \u2713" if missing is None else "")]
    if missing is not None:
        lines[0] += f" ({signed_mm(-missing)})"
    if interval is not None:
        lines.append(f"{signed_mm(interval.low)} to {signed_mm(interval.high)}")
    if motion in row.moving_centre_mm:
        lines.append(f"moving {signed_mm(row.moving_centre_mm[motion])}")
    return "\n".join(lines)


def _costs(cost: Cost | None) -> list[str]:
    """Write what an operation costs."""
    if cost is None:
        return [""] * (len(HEADS) - 1)
    after = f"{cost.rotation_after_deg:.0f}" if isfinite(cost.rotation_after_deg) else "free"
    before = f"{cost.rotation_before_deg:.0f}" if isfinite(cost.rotation_before_deg) else "free"
    kept = abs(cost.rotation_lost_deg) < 0.5
    return [
        f"{cost.removed_volume_mm3:.0f}",
        f"{100 * cost.iliopsoas_lost_share:.0f} %",
        signed(cost.version_change_deg) if abs(cost.version_change_deg) >= 0.5 else "0",
        signed(cost.leg_length_change_mm) if abs(cost.leg_length_change_mm) >= 0.05 else "0",
        "kept" if kept else f"{before} \u2192 {after}",
    ]


def _range(row: DecisionRow) -> str:
    """Write how far the most limited direction goes, and what is gained."""
    if row.free_range_deg is None:
        return ""
    text = ("\u2265 " if row.is_open else "") + f"{row.free_range_deg:.0f}"
    gain = row.free_range_gain_deg
    return text if gain is None else f"{text} ({signed(gain)})"
