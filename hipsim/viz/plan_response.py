"""Response curves of a plan: space against how much is done, and what it costs, side by side."""

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hipsim.errors import InputError
from hipsim.planning.response import Response
from hipsim.viz import words
from hipsim.viz.chart_parts import HALO, draw_overlap, finished, spread
from hipsim.viz.style import INK, MUTED, PLAN_COLOURS, applied, draw_footer, new_figure

HEAD_IN, FOOT_IN, PANEL_IN, PRICE_IN, GAP_IN, BELOW_IN = 0.95, 0.72, 2.7, 0.8, 0.2, 0.85
ROW_IN = PANEL_IN + GAP_IN + PRICE_IN + BELOW_IN
MOST_IN_A_ROW = 3
EACH_IN, LEFT_IN, BETWEEN_IN, RIGHT_IN = 3.1, 0.85, 1.3, 1.1
LEAST_WIDTH_IN = 8.0
LINE_IN = 0.17  # height of a line of text beside a curve
PRICES: Mapping[str, tuple[str, float, str]] = {  # unit of the amount to what it costs
    "mm": ("iliopsoas_lost_share", 100.0, "iliopsoas\nattachment\nlost (%)"),
    "deg": ("version_change_deg", 1.0, "version\nchange (°)"),
}
PROCEDURE_WORDS: Mapping[str, str] = {
    "resect_lesser_trochanter": "plane",
    "burr_lesser_trochanter": "burr path",
    "contour_lesser_trochanter": "contouring",
    "derotate_femur": "derotation",
}


def plot_responses(
    responses: Sequence[Response],
    *,
    targets_mm: Mapping[str, float] | None = None,
    path: str | Path | None = None,
) -> Figure:
    """Plot the smallest space of every motion against the amount of each procedure.

    Dashed lines are the targets of the motions in their colours; a ring marks the first amount
    that meets one; the structure that is nearest stands at the end of a curve, and a small bar
    where the curve goes flat. Below stands what each amount costs.

    Parameters
    ----------
    responses
        One for each procedure, all of one hip and of the same motions.
    targets_mm
        Name of a motion to its target.
    path
        Where to write a PNG and an SVG side by side; nothing is written without it.

    Returns
    -------
    figure
        The figure drawn.

    Raises
    ------
    InputError
        If there is no response, they are of several hips or motions, or the folder of ``path``
        does not exist.
    """
    first = _checked(responses)
    targets = dict(targets_mm or {})
    with applied():
        figure, panels = _sheet(len(responses))
        low, high = _limits(responses, targets)
        for number, (curve, (space, price)) in enumerate(zip(responses, panels, strict=True)):
            space.set_ylim(low, high)
            if low < 0.0:
                draw_overlap(space, low, is_labelled=number == 0)
            _draw_curves(space, curve, targets)
            _draw_price(price, curve)
            space.set_ylabel("smallest space (mm)")
        _head_and_foot(figure, first, panels[0][0])
    return finished(figure, path)


def _checked(responses: Sequence[Response]) -> Response:
    """Return the first response if all belong together."""
    if not responses:
        raise InputError("a chart of responses needs at least one, got none")
    stated = {(r.hip_name, r.side, tuple(m.name for m in r.motions)) for r in responses}
    if len(stated) > 1:
        raise InputError(f"responses of one hip and the same motions go together, got {stated}")
    return responses[0]


def _sheet(n_procedures: int) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """Return a figure with the axes of each procedure, space above price; four are two rows."""
    n_columns = n_procedures if n_procedures <= MOST_IN_A_ROW else ceil(n_procedures / 2)
    n_rows = ceil(n_procedures / n_columns)
    width = LEFT_IN + n_columns * EACH_IN + (n_columns - 1) * BETWEEN_IN + RIGHT_IN
    width = max(width, LEAST_WIDTH_IN)
    figure = new_figure(width, HEAD_IN + n_rows * ROW_IN - BELOW_IN + FOOT_IN)
    height = figure.get_figheight()
    each = (width - LEFT_IN - RIGHT_IN - BETWEEN_IN * (n_columns - 1)) / n_columns
    panels = []
    for number in range(n_procedures):
        row, column = divmod(number, n_columns)
        bottom = FOOT_IN + (n_rows - 1 - row) * ROW_IN
        left = (LEFT_IN + column * (each + BETWEEN_IN)) / width
        low = (left, bottom / height, each / width, PRICE_IN / height)
        up = (left, (bottom + PRICE_IN + GAP_IN) / height, each / width, PANEL_IN / height)
        price = figure.add_axes(low)
        panels.append((figure.add_axes(up, sharex=price), price))
    return figure, panels


def _limits(responses: Sequence[Response], targets: Mapping[str, float]) -> tuple[float, float]:
    """Return the limits of space that hold all curves and targets."""
    values = np.concatenate([r.minimum_mm.ravel() for r in responses])
    marks = [0.0, *values, *targets.values()]
    margin = 0.08 * max(max(marks) - min(marks), 1.0)
    return min(marks) - (1.6 * margin if min(marks) < 0.0 else 0.0), max(marks) + margin


def _draw_curves(axes: Axes, curve: Response, targets: Mapping[str, float]) -> None:
    """Draw the curves of one procedure with targets, rings and names."""
    axes.set_title(PROCEDURE_WORDS.get(curve.procedure, words.describe_name(curve.procedure)))
    axes.tick_params(labelbottom=False)
    for k, motion in enumerate(curve.motions):
        colour = PLAN_COLOURS[k % len(PLAN_COLOURS)]
        axes.plot(curve.amounts, curve.minimum_mm[k], color=colour, marker="o", markersize=2.6)
        if motion.name in targets:
            _draw_target(axes, curve, motion.name, targets[motion.name], colour)
        flat = curve.saturation[motion.name].flat_from
        if flat is not None:
            at = float(np.interp(flat, curve.amounts, curve.minimum_mm[k]))
            axes.plot([flat], [at], marker="|", markersize=13, color=colour, markeredgewidth=1.6)
    _name_ends(axes, curve)


def _draw_target(axes: Axes, curve: Response, motion: str, target_mm: float, colour: str) -> None:
    """Draw a target across and ring the first amount that meets it."""
    axes.axhline(target_mm, color=colour, linewidth=1.1, linestyle=(0, (6, 2)), zorder=1.5)
    axes.annotate(
        f"target {words.plain(target_mm)} mm",
        (0.0, target_mm),
        xycoords=axes.get_yaxis_transform(),
        xytext=(3, 3),
        textcoords="offset points",
        fontsize=7.5,
        color=colour,
        path_effects=HALO,
    )
    amount = curve.amount_for(motion, target_mm)
    if amount is not None:
        _draw_ring(axes, curve, (amount, target_mm), colour)


def _draw_ring(axes: Axes, curve: Response, at: tuple[float, float], colour: str) -> None:
    """Ring the first amount that meets a target, and write it."""
    ring: dict[str, Any] = {"marker": "o", "markersize": 9, "markerfacecolor": "none"}
    axes.plot(*at, color=colour, markeredgewidth=1.6, zorder=5, **ring)
    axes.annotate(
        _with_unit(at[0], curve),
        at,
        xytext=(-6, 6),
        textcoords="offset points",
        ha="right",
        fontsize=8.5,
        fontweight="bold",
        color=colour,
        path_effects=HALO,
        zorder=6,
    )


def _name_ends(axes: Axes, curve: Response) -> None:
    """Write at the end of each curve which structure is nearest there."""
    low, high = axes.get_ylim()
    ends = curve.minimum_mm[:, -1]
    heights = spread(ends, 2.0 * (high - low) * LINE_IN / PANEL_IN)
    for k, (motion, height) in enumerate(zip(curve.motions, heights, strict=True)):
        nearest = curve.saturation[motion.name].last_structure
        axes.annotate(
            words.describe_name(nearest).replace(" ", "\n", 1),
            (1.0, float(height)),
            xycoords=axes.get_yaxis_transform(),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=PLAN_COLOURS[k % len(PLAN_COLOURS)],
            annotation_clip=False,
        )


def _draw_price(axes: Axes, curve: Response) -> None:
    """Draw what each amount costs."""
    field, factor, label = PRICES[curve.unit]
    cost = factor * np.array([getattr(each, field) for each in curve.side_effects], dtype=float)
    axes.fill_between(curve.amounts, cost, 0.0, color=MUTED, alpha=0.25, linewidth=0)
    axes.plot(curve.amounts, cost, color=INK, linewidth=1.3)
    axes.set_ylabel(label, fontsize=8.0)
    name = curve.amount_name.removesuffix("_mm").removesuffix("_deg").replace("_", " ")
    axes.set_xlabel(f"{name} ({'°' if curve.unit == 'deg' else curve.unit})")


def _with_unit(amount: float, curve: Response) -> str:
    """Write an amount with its unit."""
    return f"{words.plain(amount)}°" if curve.unit == "deg" else f"{words.plain(amount)} mm"


def _head_and_foot(figure: Figure, first: Response, axes: Axes) -> None:
    """Write heading, key of the motions and footer."""
    height = figure.get_figheight()
    heading = f"{first.hip_name} · {first.side} hip · space against how much is done"
    figure.text(0.012, 1 - 0.10 / height, heading, va="top", fontsize=12, fontweight="bold")
    told = "dashed: target · ring: first amount that meets it · bar: nothing more is gained"
    figure.text(0.012, 1 - 0.34 / height, told, va="top", fontsize=8.0, color=MUTED)
    names = [words.describe_name(motion.name) for motion in first.motions]
    figure.legend(
        [line for line in axes.lines if line.get_marker() == "o" and line.get_markersize() < 3],
        names,
        loc="upper right",
        bbox_to_anchor=(0.99, 1 - 0.05 / height),
        ncols=min(len(names), 4),
        fontsize=9,
    )
    zeros = " · ".join(dict.fromkeys(words.describe_conventions(m) for m in first.motions))
    draw_footer(figure, zeros)
