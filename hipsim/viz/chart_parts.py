"""What all charts share: checking what is compared, heading, threshold, overlap, labels apart."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import AbstractPathEffect, withStroke

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.planning.clearance import Clearance
from hipsim.viz import words
from hipsim.viz.style import MUTED, OVERLAP_COLOUR, THRESHOLD_COLOUR, draw_footer, save_figure

Curves = Mapping[str, Clearance]
HALO: list[AbstractPathEffect] = [withStroke(linewidth=2.5, foreground="white")]


def check_curves(curves: Curves) -> Clearance:
    """Return the first of several clearances that may be compared, or raise.

    Raises
    ------
    InputError
        If there is none, or they differ in hip, side, regions, poses or zeros.
    """
    if not curves:
        raise InputError("a chart needs at least one clearance, got none")
    name, first = next(iter(curves.items()))
    stated = _stated(first)
    for other, clearance in curves.items():
        if _stated(clearance) != stated:
            raise InputError(
                f"{other!r} is not of the same hip, side and regions as {name!r}: "
                f"{_stated(clearance)} against {stated}"
            )
        if not clearance.motion.same_poses(first.motion):
            raise InputError(f"{other!r} is along other poses or zeros than {name!r}")
    return first


def _stated(clearance: Clearance) -> tuple[str, ...]:
    """Return what must agree in a comparison."""
    c = clearance
    return c.hip_name, c.side, c.femoral_region, c.pelvic_region


def head_and_foot(figure: Figure, clearance: Clearance, title: str | None) -> None:
    """Write the heading (hip, side, motion unless given) and the footer with conventions."""
    motion = words.describe_name(clearance.motion.name)
    stated = f"{clearance.hip_name} · {clearance.side} hip · {motion}"
    height = figure.get_figheight()
    put: dict[str, Any] = {"x": 0.012, "va": "top"}
    figure.text(y=1 - 0.10 / height, s=title or stated, fontsize=12, fontweight="bold", **put)
    pair = f"{clearance.femoral_region} femur to {clearance.pelvic_region}".replace("_", " ")
    text = f"smallest distance, {pair}"
    if title:
        text = f"{stated} · {text}"
    figure.text(y=1 - 0.36 / height, s=text, fontsize=8.5, color=MUTED, **put)
    draw_footer(figure, words.describe_conventions(clearance.motion))


def draw_threshold(axes: Axes, threshold_mm: float, *, is_labelled: bool) -> None:
    """Draw the threshold as a line across; the label stands on its right end."""
    line: dict[str, Any] = {"color": THRESHOLD_COLOUR, "linewidth": 1.3, "linestyle": (0, (6, 2))}
    axes.axhline(threshold_mm, label="threshold", zorder=1.5, **line)
    if is_labelled:
        axes.annotate(
            f"threshold {words.plain(threshold_mm)} mm",
            (1.0, threshold_mm),
            xycoords=axes.get_yaxis_transform(),
            xytext=(-3, 3),
            textcoords="offset points",
            ha="right",
            fontsize=8,
            color=THRESHOLD_COLOUR,
            path_effects=HALO,
        )


def draw_overlap(axes: Axes, lowest_mm: float, *, is_labelled: bool) -> None:
    """Shade the mm below zero, where bones overlap, and name them."""
    axes.axhline(0.0, color=MUTED, linewidth=1.0, zorder=1.4)
    axes.axhspan(lowest_mm, 0.0, facecolor=OVERLAP_COLOUR, alpha=0.10, zorder=0.5)
    if is_labelled:
        axes.annotate(
            "bones overlap (depth)",
            (0.0, lowest_mm),
            xycoords=axes.get_yaxis_transform(),
            xytext=(4, 4),
            textcoords="offset points",
            fontsize=8,
            color=OVERLAP_COLOUR,
            path_effects=HALO,
        )


def spread(values: Array, least_gap: float) -> Array:
    """Move values (n,) apart until neighbours are a gap from each other, as little as possible.

    Examples
    --------
    >>> spread(np.array([0.0, 0.0, 5.0]), 1.0).tolist()
    [-0.5, 0.5, 5.0]
    """
    order = np.argsort(values, kind="stable")
    clusters: list[list[float]] = []  # sum of (value - rank * gap), count
    for rank, value in enumerate(values[order]):
        clusters.append([float(value) - rank * least_gap, 1])
        while len(clusters) > 1 and _mean(clusters[-2]) > _mean(clusters[-1]):
            total, count = clusters.pop()
            clusters[-1] = [clusters[-1][0] + total, clusters[-1][1] + count]
    level = np.concatenate([np.full(int(c[1]), _mean(c)) for c in clusters])
    result = np.empty(len(values))
    result[order] = level + least_gap * np.arange(len(values))
    return result


def _mean(cluster: list[float]) -> float:
    """Return the mean of a cluster kept as sum and count."""
    return cluster[0] / cluster[1]


def finished(figure: Figure, path: str | Path | None) -> Figure:
    """Return the figure, written to disk if there is a path."""
    if path is not None:
        save_figure(figure, path)
    return figure
