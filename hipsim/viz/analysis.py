"""Charts of an analysis: groups side by side, space against anatomy, space gained by amount.

What is drawn is handed over as numbers; the statistics are worked out in
:mod:`hipsim.study.analyse`. Every point is a person, every band an interval of the mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.viz.chart_parts import finished
from hipsim.viz.style import (
    MUTED,
    PLAN_COLOURS,
    applied,
    draw_footer,
    new_figure,
)

PANEL_IN, LEFT_IN, GAP_IN, RIGHT_IN = 2.9, 0.75, 0.75, 0.25
HEAD_IN, FOOT_IN, LEAST_WIDTH_IN = 0.85, 0.95, 6.2
MOST_POINTS = 1500  # of a cloud; more are thinned evenly by rank
CLOUD, DRIP = 0.34, 0.16  # half-widths of a density and of its points


@dataclass(frozen=True, eq=False)
class Scatter:
    """One panel of space against a column, with its line.

    Parameters
    ----------
    x, y
        One per person, shape (n,) each.
    x_label, y_label, told
        Axis titles and what stands above.
    slope, intercept, residual
        The line, and the standard deviation about it, mm.
    confidence
        Of the band of the mean.
    """

    x: Array
    y: Array
    x_label: str
    y_label: str
    told: str
    slope: float
    intercept: float
    residual: float
    confidence: float


@dataclass(frozen=True, eq=False)
class Doses:
    """One panel of gain by amount.

    Parameters
    ----------
    title, unit
        What stands above, and the unit of amounts.
    curves
        Group to amounts, mean gains and the ends of their intervals, shape (4, k).
    """

    title: str
    unit: str
    curves: Mapping[str, Array]


def plot_groups(
    panels: Mapping[str, Mapping[str, Array]],
    *,
    path: str | Path | None = None,
    title: str = "Groups",
    told: Mapping[str, str] | None = None,
) -> Figure:
    """Plot distributions of the space by group: density, box and every person.

    Parameters
    ----------
    panels
        Motion to group to one value per person, shape (n,), mm.
    path
        Where to write a PNG and an SVG side by side; nothing is written without it.
    title
        Heading.
    told
        Motion to what stands above its panel, such as the difference with its interval.

    Raises
    ------
    InputError
        If there is no panel or a group is empty, or the folder of ``path`` does not exist.
    """
    check_panels(panels)
    with applied():
        figure, row = panel_row(len(panels), title)
        for axes, (motion, groups) in zip(row, panels.items(), strict=True):
            for place, (name, values) in enumerate(groups.items()):
                if len(values) == 0:
                    raise InputError(f"{motion}: group {name!r} is empty")
                draw_cloud(axes, values, place, PLAN_COLOURS[place % len(PLAN_COLOURS)])
            names = [f"{fill(n, 16)}\nn = {len(v)}" for n, v in groups.items()]
            axes.set_xticks(range(len(groups)), labels=names)
            axes.set_xlim(-0.6, len(groups) - 0.4)
            axes.grid(visible=False, axis="x")
            axes.set_title(_titled(motion, (told or {}).get(motion, "")), loc="left", fontsize=8.5)
            axes.axhline(0.0, color=MUTED, linewidth=0.8)
        row[0].set_ylabel("smallest space (mm)")
        draw_footer(figure, "point: a person; box: quartiles and median; below 0: overlap depth")
    return finished(figure, path)


def plot_correlations(
    panels: Sequence[Scatter], *, path: str | Path | None = None, title: str = "Anatomy and space"
) -> Figure:
    """Plot space against columns, each with its regression line and the band of the mean.

    Parameters
    ----------
    panels
        One per column, left to right.
    path, title
        As for :func:`plot_groups`.

    Raises
    ------
    InputError
        If there is no panel, or the folder of ``path`` does not exist.
    """
    check_panels(panels)
    with applied():
        figure, row = panel_row(len(panels), title)
        for axes, panel in zip(row, panels, strict=True):
            _draw_scatter(axes, panel)
        level = f"{100 * panels[0].confidence:g} %"
        draw_footer(figure, f"point: a person; line: least squares; band: {level} of the mean")
    return finished(figure, path)


def plot_doses(
    panels: Sequence[Doses],
    *,
    path: str | Path | None = None,
    title: str = "Space gained by amount",
    confidence: float = 0.95,
) -> Figure:
    """Plot the mean gain by amount and group, with bands of its interval.

    Parameters
    ----------
    panels
        One per procedure and motion.
    path, title
        As for :func:`plot_groups`.
    confidence
        Of the bands, to be told.

    Raises
    ------
    InputError
        If there is no panel, or the folder of ``path`` does not exist.
    """
    check_panels(panels)
    with applied():
        figure, row = panel_row(len(panels), title)
        for axes, panel in zip(row, panels, strict=True):
            for place, (group, curve) in enumerate(panel.curves.items()):
                colour, (amounts, mean, low, high) = PLAN_COLOURS[place % 6], curve
                axes.fill_between(amounts, low, high, color=colour, alpha=0.18, linewidth=0)
                axes.plot(amounts, mean, marker="o", markersize=4, color=colour, label=group)
            axes.set_xlabel(f"amount ({panel.unit})")
            axes.set_title(fill(panel.title, 30), loc="left", fontsize=8.5)
            axes.axhline(0.0, color=MUTED, linewidth=0.8)
        row[0].legend(loc="upper left", fontsize=8)
        row[0].set_ylabel("gain of the smallest space (mm)")
        top = max(axes.get_ylim()[1] for axes in row)
        bottom = min(axes.get_ylim()[0] for axes in row)
        for axes in row:
            axes.set_ylim(bottom, top)
        draw_footer(figure, f"mean over persons; band: {100 * confidence:g} % of the mean")
    return finished(figure, path)


def check_panels(panels: Any) -> None:
    """Refuse a chart of nothing.

    Raises
    ------
    InputError
        If there is no panel.
    """
    if not panels:
        raise InputError("a chart needs at least one panel, got none")


def panel_row(count: int, title: str, *, extra_in: float = 0.0) -> tuple[Figure, list[Axes]]:
    """Return a figure with a row of panels under a heading.

    Parameters
    ----------
    count
        Number of panels.
    title
        Heading.
    extra_in
        More room on the left, inches, for long labels.
    """
    left = LEFT_IN + extra_in
    between = left + (count - 1) * GAP_IN + RIGHT_IN
    panel = max(PANEL_IN, (LEAST_WIDTH_IN - between) / count)
    width = between + count * panel
    height = HEAD_IN + PANEL_IN + FOOT_IN
    figure = new_figure(width, height)
    figure.text(0.012, 1 - 0.10 / height, title, fontsize=12, fontweight="bold", va="top")
    row = []
    for place in range(count):
        x = (left + place * (panel + GAP_IN)) / width
        row.append(figure.add_axes((x, FOOT_IN / height, panel / width, PANEL_IN / height)))
    return figure, row


def draw_cloud(axes: Axes, values: Array, place: float, colour: str) -> None:
    """Draw the density of values to the left of a place, their box and points to the right."""
    if len(values) > 4 and np.ptp(values) > 1e-9:
        heights = np.linspace(values.min(), values.max(), 160)
        density = stats.gaussian_kde(values)(heights)
        edge = place - 0.06 - CLOUD * density / density.max()
        axes.fill_betweenx(heights, edge, place - 0.06, color=colour, alpha=0.35, linewidth=0)
    low, middle, high = np.percentile(values, (25, 50, 75))
    axes.plot([place, place], [low, high], color=colour, linewidth=6, solid_capstyle="butt")
    axes.plot(place, middle, marker="o", color="white", markersize=4.5, zorder=4)
    shown = np.sort(values)[:: max(1, len(values) // MOST_POINTS)]
    golden = (np.arange(len(shown)) * 0.6180339887) % 1.0  # even, the same in every run
    x = place + 0.09 + 2 * DRIP * golden
    size = 9.0 if len(shown) < 200 else 3.0
    axes.scatter(x, shown, s=size, color=colour, alpha=0.55, linewidths=0, zorder=3)


def _draw_scatter(axes: Axes, panel: Scatter) -> None:
    """Draw the points of a panel, the line and the band of its mean."""
    x, n = panel.x, len(panel.x)
    size = 12.0 if n < 300 else 4.0
    axes.scatter(x, panel.y, s=size, color=PLAN_COLOURS[0], alpha=0.45, linewidths=0)
    along = np.linspace(x.min(), x.max(), 80)
    line = panel.intercept + panel.slope * along
    square = ((x - x.mean()) ** 2).sum()
    error = panel.residual * np.sqrt(1.0 / n + (along - x.mean()) ** 2 / square)
    reach = float(stats.t.ppf(0.5 + 0.5 * panel.confidence, n - 2)) * error
    axes.fill_between(along, line - reach, line + reach, color=PLAN_COLOURS[1], alpha=0.25)
    axes.plot(along, line, color=PLAN_COLOURS[1])
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    axes.set_title(panel.told, loc="left", fontsize=8.5)


def _titled(motion: str, told: str) -> str:
    """Return the title of a panel."""
    return f"{motion.replace('_', ' ')}\n{told}" if told else motion.replace("_", " ")
