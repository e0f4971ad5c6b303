"""Trade-off map: which pairs of amounts reach every target, and what each amount costs."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from hipsim.planning.tradeoff import TradeOff
from hipsim.viz import words
from hipsim.viz.chart_parts import HALO, finished
from hipsim.viz.style import (
    INK,
    MUTED,
    PLAN_COLOURS,
    THRESHOLD_COLOUR,
    applied,
    distance_colormap,
    distance_norm,
    draw_footer,
    new_figure,
)

PANEL_IN, LEFT_IN, GAP_IN, RIGHT_IN, HEAD_IN, FOOT_IN = 3.5, 0.8, 0.9, 0.95, 0.85, 0.95
ISO_STEP_MM = 2.0
REACHED_COLOUR = "#009E73"


def plot_tradeoff(
    found: TradeOff, *, path: str | Path | None = None, title: str | None = None
) -> Figure:
    """Plot clearance over the amounts of two operations, a panel for each target.

    Iso-lines every 2 mm, the target bold; the last panel shows where every target is reached, the
    cheapest combinations, and the share of the iliopsoas attachment a resection takes.

    Parameters
    ----------
    found
        The trade-off.
    path
        Where to write a PNG and an SVG side by side; nothing is written without it.
    title
        Heading; hip and side by default.

    Returns
    -------
    figure
        The figure drawn, for further use.

    Raises
    ------
    InputError
        If the folder of ``path`` does not exist.
    """
    with applied():
        figure, panels = _panels(len(found.targets) + 1)
        for axes, t in zip(panels, range(len(found.targets)), strict=False):
            _draw_target(axes, found, t)
        _draw_reached(panels[-1], found)
        height = figure.get_figheight()
        heading = title or f"{found.hip_name} · {found.side} hip · trade-off"
        figure.text(0.012, 1 - 0.1 / height, heading, fontsize=12, fontweight="bold", va="top")
        figure.text(0.012, 1 - 0.36 / height, _subtitle(found), fontsize=8.5, color=MUTED, va="top")
        draw_footer(figure, words.describe_conventions(found.targets[0].motion))
    return finished(figure, path)


def _panels(n: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with n square panels in a row."""
    width = LEFT_IN + n * PANEL_IN + (n - 1) * GAP_IN + RIGHT_IN
    height = HEAD_IN + PANEL_IN + FOOT_IN + 0.1
    figure, panels = new_figure(width, height), []
    for k in range(n):
        left = (LEFT_IN + k * (PANEL_IN + GAP_IN)) / width
        box = (left, FOOT_IN / height, PANEL_IN / width, PANEL_IN / height)
        panels.append(figure.add_axes(box))
    return figure, panels


def _draw_target(axes: Axes, found: TradeOff, t: int) -> None:
    """Draw the clearance of one target's motion with iso-lines; the target is bold."""
    target, values = found.targets[t], found.clearance_mm[t]
    x, y = found.second.amounts, found.first.amounts
    axes.pcolormesh(
        x, y, values, cmap=distance_colormap(), norm=distance_norm(), shading="gouraud", zorder=0.5
    )
    low, high = values.min(), values.max()
    levels = np.arange(np.ceil(low / ISO_STEP_MM), np.floor(high / ISO_STEP_MM) + 1) * ISO_STEP_MM
    levels = levels[np.abs(levels - target.clearance_mm) > 1e-9]
    if len(levels):
        lines = axes.contour(x, y, values, levels, colors=INK, linewidths=0.7)
        _haloed(axes.clabel(lines, fmt=words.plain, fontsize=7.5))
    if low < target.clearance_mm < high:
        wanted = [target.clearance_mm]
        line = axes.contour(x, y, values, wanted, colors=THRESHOLD_COLOUR, linewidths=2.6)
        label = f"target {words.plain(target.clearance_mm)} mm"
        _haloed(axes.clabel(line, fmt=label, fontsize=8))
    axes.grid(visible=False)
    axes.set_title(f"{words.describe_name(target.motion.name)}: least space (mm)")
    _label(axes, found)


def _draw_reached(axes: Axes, found: TradeOff) -> None:
    """Draw where every target is reached, the front, and the attachment that each depth takes."""
    x, y, margin = found.second.amounts, found.first.amounts, found.margin_mm
    if margin.max() >= 0.0:
        axes.contourf(x, y, margin, [0.0, np.inf], colors=[REACHED_COLOUR], alpha=0.22)
    if margin.min() < 0.0 < margin.max():
        axes.contour(x, y, margin, [0.0], colors=REACHED_COLOUR, linewidths=2.0)
    front = found.front
    if front:
        steps = [[c.second for c in front], [c.first for c in front]]
        axes.plot(*steps, "o", color=PLAN_COLOURS[1], markersize=5, clip_on=False, zorder=4)
    else:
        axes.text(0.5, 0.5, "no combination reaches\nevery target", ha="center", va="center",
                  transform=axes.transAxes, path_effects=HALO)  # fmt: skip
    axes.set_title("every target reached · cheapest combinations")
    axes.margins(0.0)
    axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    _label(axes, found)
    _add_cost(axes, found)


def _add_cost(axes: Axes, found: TradeOff) -> None:
    """Write the share of the iliopsoas attachment each first amount takes on the right."""
    lost = 100 * np.array([effects.iliopsoas_lost_share for effects in found.first_effects])
    if not lost.any():
        return
    right = axes.twinx()
    ticks = np.linspace(0, len(lost) - 1, min(6, len(lost))).round().astype(int)
    right.set_ylim(axes.get_ylim())
    right.set_yticks(found.first.amounts[ticks], labels=[f"{lost[i]:.0f} %" for i in ticks])
    right.set_ylabel("iliopsoas attachment lost")
    right.grid(visible=False)
    right.spines["right"].set_visible(True)


def _haloed(texts: Iterable[Text]) -> None:
    """Put a light border round labels that stand on dark colours."""
    for text in texts:
        text.set_path_effects(HALO)


def _label(axes: Axes, found: TradeOff) -> None:
    """Name both amounts."""
    axes.set_xlabel(found.second.label)
    axes.set_ylabel(found.first.label)


def _subtitle(found: TradeOff) -> str:
    """Say what the targets are."""
    stated = "; ".join(f"{words.describe_name(t.motion.name)} {t.stated}" for t in found.targets)
    return f"targets: {stated}"
