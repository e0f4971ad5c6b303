"""The decision as a picture: the space of every choice with its interval against the target."""

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hipsim.planning.plan import Plan
from hipsim.planning.plan_answer import label
from hipsim.planning.plan_decision import DecisionRow
from hipsim.viz import words
from hipsim.viz.chart_parts import HALO, finished
from hipsim.viz.style import (
    BEFORE_COLOUR,
    INK,
    MUTED,
    OVERLAP_COLOUR,
    PLAN_COLOURS,
    THRESHOLD_COLOUR,
    applied,
    draw_footer,
    new_figure,
)

ROW_IN, PANEL_IN, GAP_IN, CHANCE_IN = 0.42, 3.1, 0.25, 1.5
NAMES_IN, HEAD_IN, FOOT_IN = 3.2, 1.05, 0.95
COLOURS = {
    "as it is": BEFORE_COLOUR,
    "conservative": PLAN_COLOURS[2],
    "operation": PLAN_COLOURS[0],
    "yardstick": MUTED,
}


def plot_decision(
    found: Plan, *, path: str | Path | None = None, title: str | None = None
) -> Figure:
    """Plot the space of everything that may be done, motion by motion, and how sure it is.

    A dot is the certified space; a bar holds 90 % of the samples; the line across is the target.
    On the right stands the probability that every target is reached.

    Parameters
    ----------
    found
        A plan; of a quick one there are dots only.
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
    rows = list(found.decision)
    with applied():
        figure, panels, chance = _sheet(len(found.targets), len(rows))
        for k, (axes, target) in enumerate(zip(panels, found.targets, strict=True)):
            for place, row in enumerate(rows):
                _draw_row(axes, row, target.motion.name, place)
            _finish(axes, found, k)
        _name(panels[0], rows)
        _draw_chances(chance, rows)
        height = figure.get_figheight()
        heading = title or f"{found.hip.name} · {found.hip.side} hip · what may be done"
        figure.text(0.012, 1 - 0.1 / height, heading, fontsize=12, fontweight="bold", va="top")
        figure.text(0.012, 1 - 0.36 / height, _subtitle(found), fontsize=8.5, color=MUTED, va="top")
        draw_footer(figure, words.describe_conventions(found.targets[0].motion))
    return finished(figure, path)


def _sheet(n_targets: int, n_rows: int) -> tuple[Figure, list[Axes], Axes]:
    """Return a figure with a panel for each target and one for the probability."""
    body = ROW_IN * n_rows
    height = HEAD_IN + body + FOOT_IN
    width = NAMES_IN + n_targets * (PANEL_IN + GAP_IN) + CHANCE_IN + 0.3
    figure, panels = new_figure(width, height), []
    for k in range(n_targets):
        left = NAMES_IN + k * (PANEL_IN + GAP_IN)
        box = (left / width, FOOT_IN / height, PANEL_IN / width, body / height)
        panels.append(figure.add_axes(box))
    left = NAMES_IN + n_targets * (PANEL_IN + GAP_IN)
    box = (left / width, FOOT_IN / height, CHANCE_IN / width, body / height)
    chance = figure.add_axes(box)
    for axes in (*panels, chance):
        axes.set_ylim(n_rows - 0.5, -0.5)
        axes.set_yticks([])
        axes.grid(visible=False, axis="y")
    return figure, panels, chance


def _draw_row(axes: Axes, row: DecisionRow, motion: str, place: int) -> None:
    """Draw the space of one choice with its interval."""
    colour, space = COLOURS[row.kind], row.space_mm[motion]
    interval = row.interval_mm.get(motion)
    if interval is not None:
        axes.plot([interval.low, interval.high], [place, place], color=colour, linewidth=5,
                  alpha=0.35, solid_capstyle="butt", zorder=2)  # fmt: skip
    is_missed = motion in row.missing_mm
    face = "white" if is_missed else colour
    axes.plot([space], [place], "o", color=colour, markerfacecolor=face, markersize=6, zorder=3)
    axes.annotate(
        f"{space:.1f}", (space, place), xytext=(0, 6), textcoords="offset points", ha="center",
        fontsize=7.5, color=INK, path_effects=HALO, zorder=4,
    )  # fmt: skip


def _finish(axes: Axes, found: Plan, k: int) -> None:
    """Draw target and overlap, and name the panel."""
    target = found.targets[k]
    axes.axvline(target.clearance_mm, color=THRESHOLD_COLOUR, linewidth=1.6, zorder=1.5)
    low, high = axes.get_xlim()
    low, high = min(low, target.clearance_mm - 1.0), max(high, target.clearance_mm + 1.0)
    if low < 0.0:
        axes.axvspan(low, 0.0, facecolor=OVERLAP_COLOUR, alpha=0.08, zorder=0.5)
        bottom = len(found.decision) - 0.55
        axes.text(low, bottom, " bones overlap", fontsize=7.5, color=OVERLAP_COLOUR)
    axes.set_xlim(low, high)
    name = words.describe_name(target.motion.name)
    axes.set_title(f"{name}: least space (mm)\ntarget {words.plain(target.clearance_mm)} mm")
    axes.set_xlabel("mm")


def _name(axes: Axes, rows: list[DecisionRow]) -> None:
    """Write the choices on the left; the cheapest that reach every target are bold."""
    for place, row in enumerate(rows):
        put: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right"}
        put["va"] = "center"
        weight = "bold" if row.is_cheapest else "normal"
        what = "" if row.kind == "as it is" else _shortened(row.what)
        axes.text(-0.04, place - 0.16, label(row.name), fontweight=weight, fontsize=9, **put)
        axes.text(-0.04, place + 0.22, what, fontsize=7, color=MUTED, **put)


def _shortened(text: str, most: int = 52) -> str:
    """Return a text that fits beside a panel."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _draw_chances(axes: Axes, rows: list[DecisionRow]) -> None:
    """Draw the probability that every target is reached."""
    for place, row in enumerate(rows):
        if row.probability is None:
            axes.text(0.02, place, "not known", fontsize=7.5, color=MUTED, va="center")
            continue
        axes.barh(place, row.probability, height=0.5, color=COLOURS[row.kind], alpha=0.5)
        axes.text(row.probability + 0.02, place, f"{100 * row.probability:.0f} %", fontsize=8.5,
                  va="center", path_effects=HALO)  # fmt: skip
    axes.set_xlim(0.0, 1.25)
    axes.set_xticks([0, 0.5, 1], labels=["0", "50", "100"])
    axes.set_xlabel("%")
    axes.set_title("chance that every\ntarget is reached")


def _subtitle(found: Plan) -> str:
    """Say what dots and bars are."""
    text = "dot: certified space, hollow where the target is missed"
    if found.doubt is not None:
        text += (
            f" · bar: 9 of 10 of {found.doubt.n} samples, carried out {found.doubt.execution}"
            " · bold: cheapest that reach every target"
        )
    return text
