"""Charts of plans head to head, and of where a patient stands in a cohort."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from hipsim.checks import Array
from hipsim.viz.analysis import check_panels, panel_row
from hipsim.viz.chart_parts import HALO, finished
from hipsim.viz.style import (
    INK,
    MUTED,
    PLAN_COLOURS,
    THRESHOLD_COLOUR,
    applied,
    draw_footer,
    new_figure,
)

ROW_IN, LABEL_IN, PANEL_IN, GAP_IN, RIGHT_IN = 0.30, 2.95, 2.2, 0.3, 0.3
HEAD_IN, BETWEEN_IN, FOOT_IN = 0.85, 0.95, 0.85
MOST_COLUMNS = 4  # beside each other
Ends = tuple[float, float, float]


@dataclass(frozen=True)
class Column:
    """A column of a chart of plans.

    Parameters
    ----------
    title, label
        Above and below.
    values
        For each plan value, low and high end; None where there is none.
    is_share
        Whether values are shares, drawn from 0 to 100 %.
    """

    title: str
    label: str
    values: Sequence[Ends | None]
    is_share: bool = False


@dataclass(frozen=True, eq=False)
class Standing:
    """Where a patient stands in one motion.

    Parameters
    ----------
    title, told
        What stands above.
    cohort_mm
        Values of the cohort, shape (n,).
    value_mm
        Of the patient.
    """

    title: str
    told: str
    cohort_mm: Array
    value_mm: float


def plot_plans(
    plans: Sequence[str],
    columns: Sequence[Column],
    *,
    path: str | Path | None = None,
    title: str = "Plans head to head",
    foot: str = "",
) -> Figure:
    """Plot plans as rows, and of each a value with its interval in every column.

    Parameters
    ----------
    plans
        Names, top to bottom.
    columns
        Left to right.
    path
        Where to write a PNG and an SVG side by side; nothing is written without it.
    title, foot
        Heading, and what stands below.

    Raises
    ------
    InputError
        If there is no column, or the folder of ``path`` does not exist.
    """
    check_panels(columns)
    rows = [columns[i : i + MOST_COLUMNS] for i in range(0, len(columns), MOST_COLUMNS)]
    body, widest = ROW_IN * len(plans), max(map(len, rows))
    with applied():
        height = HEAD_IN + len(rows) * body + (len(rows) - 1) * BETWEEN_IN + FOOT_IN
        width = LABEL_IN + widest * (PANEL_IN + GAP_IN) - GAP_IN + RIGHT_IN
        figure = new_figure(width, height)
        figure.text(0.012, 1 - 0.10 / height, title, fontsize=12, fontweight="bold", va="top")
        for down, row in enumerate(rows):
            bottom = height - HEAD_IN - body - down * (body + BETWEEN_IN)
            for across, column in enumerate(row):
                x = (LABEL_IN + across * (PANEL_IN + GAP_IN)) / width
                box = (x, bottom / height, PANEL_IN / width, body / height)
                _draw_column(figure.add_axes(box), column, plans, is_first=across == 0)
        _share_scale(figure.axes, columns)
        draw_footer(figure, foot)
    return finished(figure, path)


def plot_standing(
    panels: Sequence[Standing], *, path: str | Path | None = None, title: str = "Patient in cohort"
) -> Figure:
    """Plot distributions of a cohort with the patient marked.

    Parameters
    ----------
    panels
        One per motion.
    path
        Where to write a PNG and an SVG side by side; nothing is written without it.
    title
        Heading.

    Raises
    ------
    InputError
        If there is no panel, or the folder of ``path`` does not exist.
    """
    check_panels(panels)
    with applied():
        figure, row = panel_row(len(panels), title)
        for axes, panel in zip(row, panels, strict=True):
            _draw_standing(axes, panel)
        row[0].set_ylabel("density")
        draw_footer(figure, "shaded: the share of the cohort with less space than the patient")
    return finished(figure, path)


def _draw_column(axes: Axes, column: Column, plans: Sequence[str], *, is_first: bool) -> None:
    """Draw one column of a chart of plans."""
    for row, found in enumerate(column.values):
        if found is None:
            continue
        value, low, high = (100.0 * number if column.is_share else number for number in found)
        colour = _colour_of(plans[row])
        axes.plot([low, high], [row, row], color=colour, linewidth=2.6, solid_capstyle="butt")
        axes.plot(value, row, marker="o", color=colour, markersize=6, markeredgecolor="white")
    axes.set_ylim(len(plans) - 0.5, -0.5)
    names = [fill(plan, 44) for plan in plans]
    axes.set_yticks(range(len(plans)), labels=names if is_first else [""] * len(plans))
    axes.set_title(column.title, loc="left", fontsize=9)
    axes.set_xlabel(column.label)
    if column.is_share:
        axes.set_xlim(-3, 103)
    else:
        axes.axvline(0.0, color=MUTED, linewidth=1.0, zorder=1)


def _share_scale(panels: Sequence[Axes], columns: Sequence[Column]) -> None:
    """Give all columns in mm one scale, so that they can be compared by eye."""
    own = [axes for axes, column in zip(panels, columns, strict=True) if not column.is_share]
    if own:
        low = min(axes.get_xlim()[0] for axes in own)
        high = max(axes.get_xlim()[1] for axes in own)
        for axes in own:
            axes.set_xlim(low, high)


def _colour_of(plan: str) -> str:
    """Colour plans by their procedures: bone, version, both."""
    parts = plan.split(" + ")
    if len(parts) > 1:
        return PLAN_COLOURS[2]
    return PLAN_COLOURS[1] if parts[0].startswith("derotation") else PLAN_COLOURS[0]


def _draw_standing(axes: Axes, panel: Standing) -> None:
    """Draw the distribution of a cohort and the patient's place in it."""
    values = panel.cohort_mm
    low, high = min(values.min(), panel.value_mm), max(values.max(), panel.value_mm)
    margin = 0.05 * max(high - low, 1.0)
    along = np.linspace(low - margin, high + margin, 300)
    density = stats.gaussian_kde(values)(along) if np.ptp(values) > 1e-9 else np.zeros(300)
    axes.plot(along, density, color=INK, linewidth=1.2)
    less = along <= panel.value_mm
    axes.fill_between(along[less], density[less], color=PLAN_COLOURS[0], alpha=0.35, linewidth=0)
    axes.axvline(panel.value_mm, color=PLAN_COLOURS[1], linewidth=2.0)
    middle = float(np.median(values))
    axes.axvline(middle, color=THRESHOLD_COLOUR, linewidth=1.0, linestyle=(0, (4, 2)))
    top = float(density.max()) or 1.0
    put: dict[str, Any] = {"path_effects": HALO, "zorder": 5}
    axes.text(middle, 1.02 * top, " median", color=THRESHOLD_COLOUR, fontsize=8, **put)
    told = f" patient {panel.value_mm:.1f} mm "
    side = "left" if panel.value_mm < 0.5 * (low + high) else "right"
    axes.text(panel.value_mm, 1.13 * top, told, fontsize=8.5, fontweight="bold", ha=side, **put)
    axes.set_ylim(0.0, 1.25 * top)
    axes.set_yticks([])
    axes.set_xlabel("smallest space (mm)")
    axes.set_title(f"{panel.title}\n{panel.told}", loc="left", fontsize=8.5)


def levels_as_sample(levels: Sequence[float], values_mm: Sequence[float], n: int = 400) -> Array:
    """Return n values (n,) whose percentiles are those of a table, to draw a reference with.

    Examples
    --------
    >>> levels_as_sample((0.0, 100.0), (0.0, 10.0), 3).round(2).tolist()
    [1.67, 5.0, 8.33]
    """
    middles = 100.0 * (np.arange(n) + 0.5) / n
    found: Array = np.interp(middles, levels, values_mm)
    return found
