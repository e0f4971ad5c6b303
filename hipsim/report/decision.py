"""The decision table of a plan as a page shows it: words and numbers, cell by cell."""

from math import isfinite
from typing import Any

from hipsim.planning.plan import Plan
from hipsim.planning.plan_answer import label
from hipsim.planning.plan_decision import Cost, DecisionRow
from hipsim.viz.words import describe_name, signed, signed_mm

HEADS = (
    "chance of all targets", "bone, mm\u00b3", "iliopsoas lost", "version, deg", "leg, mm",
    "internal rotation in flexion, deg",
)  # fmt: skip


def decision_of(plan: Plan) -> dict[str, Any]:
    """Return the decision table of a full plan; empty for a quick one.

    Parameters
    ----------
    plan
        The plan.
    """
    if plan.doubt is None:
        return {}
    shown = {option.name for option in plan.options}
    return {
        "heads": ["what", *[f"{_motion(t)}, mm" for t in plan.targets], *HEADS, _range_head(plan)],
        "caption": (
            "Everything that may be done, the least invasive first. Space: certified (what is "
            f"missing); 9 of 10 of {plan.doubt.n} samples lie within, {plan.doubt.execution}; and "
            "with the moving hip centre. Shaded: cheapest of what reaches every target."
        ),
        "rows": [_row(plan, row, shown) for row in plan.decision],
    }


def _motion(target: Any) -> str:
    """Name a target with what it asks for."""
    return f"{describe_name(target.motion.name)}: target {target.clearance_mm:.1f}"


def _range_head(plan: Plan) -> str:
    """Name the direction bone limits most."""
    way = None if plan.free_range is None else plan.free_range.most_limited
    return "free range" if way is None else f"free {way.replace('_', ' ')}, deg"


def _row(plan: Plan, row: DecisionRow, shown: set[str]) -> dict[str, Any]:
    """Return one row."""
    motions = [target.motion.name for target in plan.targets]
    spaces = [_space(row, motion) for motion in motions]
    chance = "not known" if row.probability is None else f"{100 * row.probability:.0f} %"
    return {
        "cells": [_what(row), *spaces, chance, *_costs(row.cost), _range(row)],
        "short": [k + 1 for k, motion in enumerate(motions) if motion in row.missing_mm],
        "plan": row.name if row.name in shown or row.kind == "as it is" else None,
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
