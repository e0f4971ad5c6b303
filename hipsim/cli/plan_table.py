"""The decision table of a plan for a terminal of 100 columns: two lines for every row."""

from collections.abc import Sequence
from itertools import zip_longest
from math import isfinite
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hipsim.planning.plan import Plan
    from hipsim.planning.plan_decision import Cost, DecisionRow

WIDTH = 100
NAME_WIDTH = 28
KEY = (
    "* cheapest: reaches every target, and nothing that does costs less in everything. "
    "Below each space: 9 of 10 samples lie within. Chance: that every target is reached, carried "
    "out {execution}. Psoas: share of the iliopsoas attachment lost. Rotation: internal rotation "
    "at 90 deg of flexion up to bony contact. Range: {range}. Moving: space with the moving hip "
    "centre."
)


def decision_table(found: "Plan") -> str:
    """Lay out the decision table of a full plan.

    Parameters
    ----------
    found
        The plan.
    """
    motions = [target.motion.name for target in found.targets]
    header = [
        ["", *[_short(name) for name in motions], "chance", "bone mm3", "version", "rotation",
         "range"],
        ["", *["mm" for _ in motions], "", "psoas %", "leg mm", "deg", "deg"],
    ]  # fmt: skip
    blocks = [_block(row, motions) for row in found.decision]
    lines = _aligned(header, blocks)
    return "\n".join([*lines, "", *wrap(_key(found), WIDTH)])


def _block(row: "DecisionRow", motions: Sequence[str]) -> list[list[str]]:
    """Return the lines of a row, each a list of cells."""
    mark = "* " if row.is_cheapest else "  "
    name = [mark + _title(row), *(f"    {line}" for line in wrap(_what(row), NAME_WIDTH - 4))]
    columns = [
        name,
        *(_space(row, motion) for motion in motions),
        ["" if row.probability is None else f"{100 * row.probability:.0f} %"],
        *_costs(row.cost),
        _range(row),
    ]
    return [list(line) for line in zip_longest(*columns, fillvalue="")]


def _title(row: "DecisionRow") -> str:
    """Name a row."""
    from hipsim.planning.plan_answer import label

    return f"{label(row.name)} (yardstick)" if row.kind == "yardstick" else label(row.name)


def _what(row: "DecisionRow") -> str:
    """Say what is done; of a change of habit also how much of it would be enough."""
    if row.kind == "as it is":
        return ""
    return row.what if row.enough is None else f"{row.what} (enough: {row.enough})"


def _space(row: "DecisionRow", motion: str) -> list[str]:
    """Write space, what is missing, the interval and the space about the moving centre."""
    missing = row.missing_mm.get(motion)
    text = f"{row.space_mm[motion]:.1f}" + (" ok" if missing is None else f" ({-missing:.1f})")
    interval = row.interval_mm.get(motion)
    lines = [text, "" if interval is None else f"{interval.low:.1f}..{interval.high:.1f}"]
    if motion in row.moving_centre_mm:
        lines.append(f"moving {row.moving_centre_mm[motion]:.1f}")
    return lines


def _costs(cost: "Cost | None") -> list[list[str]]:
    """Write bone and attachment, version and leg, rotation before and after."""
    if cost is None:
        return [[""], [""], [""]]
    after, before = cost.rotation_after_deg, cost.rotation_before_deg
    turned = f"{_degrees(before)} > {_degrees(after)}"
    return [
        [f"{cost.removed_volume_mm3:.0f}", f"{100 * cost.iliopsoas_lost_share:.0f} %"],
        [f"{_change(cost.version_change_deg, 0)}", f"{_change(cost.leg_length_change_mm, 1)}"],
        [turned if abs(cost.rotation_lost_deg) >= 0.5 else "kept"],
    ]


def _degrees(value: float) -> str:
    """Write an angle; none was found where it is infinite."""
    return f"{value:.0f}" if isfinite(value) else "free"


def _change(value: float, digits: int) -> str:
    """Write a change with its sign, a dash for none."""
    return "-" if abs(value) < 0.5 * 10**-digits else f"{value:+.{digits}f}"


def _range(row: "DecisionRow") -> list[str]:
    """Write how far the most limited direction goes, and what is gained."""
    if row.free_range_deg is None:
        return [""]
    if row.free_range_gain_deg is None:
        return [f"{row.free_range_deg:.0f}"]
    at_least = ">=" if row.is_open else ""
    return [f"{at_least}{row.free_range_deg:.0f}", f"{row.free_range_gain_deg:+.0f}"]


def _short(motion: str) -> str:
    """Name a motion in a heading."""
    from hipsim.planning.plan_words import plain

    return plain(motion)


def _aligned(header: list[list[str]], blocks: list[list[list[str]]]) -> list[str]:
    """Lay out header and rows; the first column is words, the others stand right."""
    every = [*header, *(line for block in blocks for line in block)]
    widths = [max(len(line[i]) for line in every) for i in range(len(header[0]))]

    def line(cells: list[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        told = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return "  ".join(told).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    rows = [line(cells) for block in blocks for cells in block]
    return [*map(line, header), rule, *rows]


def _key(found: "Plan") -> str:
    """Say what the columns are."""
    way = None if found.free_range is None else found.free_range.most_limited
    if way is None:
        far = "no direction is limited by these bones"
    else:
        far = f"{way.replace('_', ' ')} from neutral until less than 2 mm are left, and the gain"
    how = "as planned" if found.doubt is None else found.doubt.execution
    return KEY.format(execution=how, range=far)
