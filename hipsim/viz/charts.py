"""Charts of clearance: along a motion, and what each plan gains.

Clearance is the exact minimum distance between two named regions in mm; below zero it is minus
the depth of overlap, and charts shade and say that. The first curve is the hip as it is.
"""

from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.planning.clearance import Clearance
from hipsim.viz import words
from hipsim.viz.chart_doubt import Doubt, checked_doubt, draw_doubt, interval_words
from hipsim.viz.chart_parts import (
    HALO,
    Curves,
    check_curves,
    draw_overlap,
    draw_threshold,
    finished,
    head_and_foot,
    spread,
)
from hipsim.viz.style import (
    BEFORE_COLOUR,
    INK,
    MUTED,
    OVERLAP_COLOUR,
    THRESHOLD_COLOUR,
    applied,
    new_figure,
    plan_look,
)

N_SPOKEN = 6  # up to so many plans the key tells the pose, and every minimum has its mm
KEY_ROW_IN, HEAD_IN, FOOT_IN, PANEL_IN = 0.2, 0.62, 0.78, 3.1
LABEL_ROW_IN, LABEL_WIDTH_SHARE = 0.165, 0.32
BAR_ROW_IN = 0.42


def plot_clearance(
    curves: Curves,
    *,
    doubt: Doubt | None = None,
    path: str | Path | None = None,
    title: str | None = None,
) -> Figure:
    """Plot clearance along a motion for one or several plans, a panel for each arm.

    The threshold is a labelled line, the smallest value of each plan is marked with its mm, and
    overlap is shaded.

    Parameters
    ----------
    curves
        Plan name to clearance; the first is the hip as it is. All of one hip along one motion.
    doubt
        Plan name to the interval its clearance lies in, low and high in mm: of every pose, shape
        (n,) each, drawn as a band; or of the smallest clearance alone, two numbers, drawn as a bar
        at the minimum (e.g. of :attr:`hipsim.planning.uncertainty.Uncertainty.after`).
    path
        Where to write a PNG and an SVG side by side; nothing is written without it.
    title
        Heading; hip, side and motion by default.

    Returns
    -------
    figure
        The figure drawn, for further use.

    Raises
    ------
    InputError
        If there is no curve, hips or motions differ, the motion is a grid, an interval belongs to
        no curve or does not fit it, or the folder of ``path`` does not exist.
    """
    first = check_curves(curves)
    intervals = checked_doubt(doubt or {}, curves)
    if first.motion.is_grid:
        raise InputError(f"{first.motion.name!r} is a grid of angles; draw it with plot_grid")
    with applied():
        figure, panels = _panels(first, _n_key_rows(curves))
        for axes, (arm, run) in zip(panels, first.motion.arms.items(), strict=True):
            _draw_curves(axes, curves, run)
            draw_doubt(axes, intervals, curves, run)
            axes.set_xlabel(first.motion.progress_label)
            axes.set_title(words.describe_name(arm) if len(panels) > 1 else "")
        _draw_levels(panels, curves, intervals)
        _mark_minima(dict(zip(first.motion.arms, panels, strict=True)), curves)
        _draw_key(figure, curves, intervals)
        head_and_foot(figure, first, title)
    return finished(figure, path)


def plot_gain(
    curves: Curves, *, path: str | Path | None = None, title: str | None = None
) -> Figure:
    """Plot the smallest clearance each plan leaves in a motion, and what it gains.

    Parameters
    ----------
    curves
        Plan name to clearance; the first is the hip as it is. All of one hip along one motion.
    path
        Where to write a PNG and an SVG side by side; nothing is written without it.
    title
        Heading; hip, side and motion by default.

    Returns
    -------
    figure
        The figure drawn.

    Raises
    ------
    InputError
        If there is no curve, hips or motions differ, or the folder of ``path`` does not exist.
    """
    first = check_curves(curves)
    names, minima = list(curves), np.array([c.minimum_mm for c in curves.values()])
    with applied():
        height = HEAD_IN + 0.3 + FOOT_IN + BAR_ROW_IN * len(names)
        figure = new_figure(10.4, height)
        axes = figure.add_axes((0.2, FOOT_IN / height, 0.36, BAR_ROW_IN * len(names) / height))
        rows = np.arange(len(names))
        looks = [plan_look(i, len(names))["color"] for i in range(len(names))]
        axes.barh(rows, minima, height=0.55, color=looks, zorder=2)
        axes.axvline(minima[0], color=BEFORE_COLOUR, linewidth=1.0, linestyle=":", zorder=1.5)
        _draw_bar_levels(axes, minima, first.threshold_mm)
        _write_gains(axes, curves)
        axes.set_yticks(rows, labels=[fill(name, 24) for name in names])
        axes.set(ylim=(len(names) - 0.5, -0.5), xlabel="smallest clearance in the motion (mm)")
        axes.grid(visible=False, axis="y")
        head_and_foot(figure, first, title)
    return finished(figure, path)


def _n_key_rows(curves: Curves) -> int:
    """Return the rows of the key: one per plan, or three plans per row where they are many."""
    return len(curves) if len(curves) <= N_SPOKEN else -(-len(curves) // 3)


def _panels(first: Clearance, n_key_rows: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with one panel for each arm, sharing the mm axis, and room for the key."""
    n = len(first.motion.arms)
    height = PANEL_IN + HEAD_IN + FOOT_IN + KEY_ROW_IN * n_key_rows + 0.25
    figure = new_figure(max(7.2, 1.0 + 2.6 * n), height)
    width = figure.get_figwidth()
    grid = figure.add_gridspec(1, n, wspace=0.07)
    grid.update(left=0.68 / width, right=1 - 0.2 / width)
    grid.update(bottom=FOOT_IN / height, top=(FOOT_IN + PANEL_IN) / height)
    panels = [figure.add_subplot(grid[0, 0])]
    panels += [figure.add_subplot(grid[0, i], sharey=panels[0]) for i in range(1, n)]
    for axes in panels[1:]:
        axes.tick_params(labelleft=False)
    panels[0].set_ylabel("clearance (mm)")
    return figure, panels


def _draw_curves(axes: Axes, curves: Curves, run: slice) -> None:
    """Draw one arm of every plan; an arm of a single pose becomes a dot."""
    for i, (name, clearance) in enumerate(curves.items()):
        x, y = clearance.motion.progress[run], clearance.distance_mm[run]
        marker = "o" if len(x) == 1 else ""
        axes.plot(x, y, label=name, marker=marker, zorder=3, **plan_look(i, len(curves)))
    axes.margins(x=0.03)
    if run.stop - run.start == 1:
        axes.set_xticks([])


def _draw_levels(panels: list[Axes], curves: Curves, doubt: Doubt) -> None:
    """Set one mm axis for all panels and draw threshold and overlap into each."""
    ends = [np.ravel(end) for interval in doubt.values() for end in interval]
    values = np.concatenate([*(c.distance_mm for c in curves.values()), *ends])
    threshold = next(iter(curves.values())).threshold_mm
    marks = [*values, 0.0, *([] if threshold is None else [threshold])]
    low, high = min(marks), max(marks)
    margin = 0.08 * max(high - low, 1.0)
    for i, axes in enumerate(panels):
        axes.set_ylim(low - 1.6 * margin, high + margin)
        draw_overlap(axes, low - 1.6 * margin, is_labelled=i == 0)
        if threshold is not None:
            draw_threshold(axes, threshold, is_labelled=i == len(panels) - 1)


def _mark_minima(panels: dict[str, Axes], curves: Curves) -> None:
    """Mark the smallest value of each plan; write its mm beside it where plans are few."""
    any_axes = next(iter(panels.values()))
    low, high = any_axes.get_ylim()
    line_mm = (high - low) * LABEL_ROW_IN / PANEL_IN
    heights = spread(np.array([c.minimum_mm for c in curves.values()]), line_mm)
    for i, (clearance, height) in enumerate(zip(curves.values(), heights, strict=True)):
        axes, colour = panels[clearance.segment], plan_look(i, len(curves))["color"]
        at = clearance.progress, clearance.minimum_mm
        axes.plot(*at, marker="o", color=colour, markeredgecolor="white", markersize=6.5, zorder=5)
        if len(curves) <= N_SPOKEN:
            place = _label_place(axes, clearance.progress)
            lift = 0.0 if place["ha"] != "center" else -line_mm
            axes.annotate(
                f"{words.signed_mm(clearance.minimum_mm)} mm",
                (clearance.progress, height + lift),
                textcoords="offset points",
                fontsize=8.5,
                fontweight="bold",
                color=colour,
                path_effects=HALO,
                zorder=6,
                **place,
            )


def _label_place(axes: Axes, x: float) -> dict[str, Any]:
    """Return where a label of a point goes: outwards at the ends of a curve, below it inside."""
    drawn = np.asarray(axes.lines[0].get_xdata(), dtype=np.float64)
    left, right = float(drawn.min()), float(drawn.max())
    edge, reach = 0.1 * (right - left), LABEL_WIDTH_SHARE * (right - left)
    if left <= x <= right - edge and (x >= left + edge or left == right):
        return {"ha": "center", "va": "center", "xytext": (0, 0)}
    axes.set_xticks([tick for tick in axes.get_xticks() if left <= tick <= right])
    if x > right - edge:
        axes.set_xlim(axes.get_xlim()[0], right + reach)
        return {"ha": "left", "va": "center", "xytext": (8, 0)}
    axes.set_xlim(left - reach, axes.get_xlim()[1])
    return {"ha": "right", "va": "center", "xytext": (-8, 0)}


def _draw_key(figure: Figure, curves: Curves, doubt: Doubt) -> None:
    """List the plans with their smallest clearance, its interval, the pose it is at, the gain."""
    few = len(curves) <= N_SPOKEN
    handles = [Line2D([], [], **plan_look(i, len(curves))) for i in range(len(curves))]
    first = next(iter(curves.values())).minimum_mm
    labels = []
    for i, (name, clearance) in enumerate(curves.items()):
        text = f"{name}: {words.signed_mm(clearance.minimum_mm)} mm{interval_words(doubt, name)}"
        gain = f", gain {words.signed(clearance.minimum_mm - first)} mm" if i else ""
        pose = f"{gain}, at {words.describe_pose(clearance.pose_deg)}"
        labels.append(text + pose if few else text)
    figure.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(0.005, 1 - (HEAD_IN - 0.08) / figure.get_figheight()),
        ncols=1 if few else 3,
        fontsize=8.5,
        handlelength=2.6,
        labelspacing=0.35,
        borderaxespad=0.0,
    )


def _draw_bar_levels(axes: Axes, minima: Array, threshold_mm: float | None) -> None:
    """Draw contact and threshold as upright lines, overlap shaded."""
    ends = [*minima, 0.0, *([] if threshold_mm is None else [threshold_mm])]
    margin = 0.06 * max(max(ends) - min(ends), 1.0)
    low = min(ends) - (margin if min(ends) < 0 else 0.0)
    axes.set_xlim(low, max(ends) + margin)
    axes.axvline(0.0, color=MUTED, linewidth=1.0, zorder=3)
    axes.axvspan(low, 0.0, facecolor=OVERLAP_COLOUR, alpha=0.10, zorder=0.5)
    if threshold_mm is not None:
        axes.axvline(threshold_mm, color=THRESHOLD_COLOUR, linewidth=1.3, linestyle=(0, (6, 2)))
        axes.annotate(
            f"threshold {words.plain(threshold_mm)} mm",
            (threshold_mm, 1.0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, 3),
            textcoords="offset points",
            ha="right" if threshold_mm > np.mean(axes.get_xlim()) else "left",
            fontsize=8,
            color=THRESHOLD_COLOUR,
        )


def _write_gains(axes: Axes, curves: Curves) -> None:
    """Write mm, gain and pose at the right of each bar, in columns."""
    first = next(iter(curves.values())).minimum_mm
    _write_row(axes, -0.62, ("smallest", "gain", "narrowest pose"), color=MUTED)
    for row, clearance in enumerate(curves.values()):
        gain = f"{words.signed(clearance.minimum_mm - first)} mm" if row else ""
        smallest = f"{words.signed_mm(clearance.minimum_mm)} mm"
        _write_row(axes, row, (smallest, gain, words.describe_pose(clearance.pose_deg)), color=INK)


def _write_row(axes: Axes, row: float, texts: tuple[str, str, str], *, color: str) -> None:
    """Write three texts in their columns, numbers aligned on the right."""
    for x, ha, text in zip((1.20, 1.40, 1.46), ("right", "right", "left"), texts, strict=True):
        at = axes.get_yaxis_transform()
        axes.text(x, row, text, ha=ha, va="center", fontsize=8, color=color, transform=at)
