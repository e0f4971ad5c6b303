"""The impingement-free range as maps: how far the femur turns at each extension and adduction.

The range is certified cell by cell (:mod:`hipsim.planning.free_range_volume`): what is drawn as
free is proven free and can be reached from the base pose without leaving it.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.planning.clearance import Clearance
from hipsim.planning.free_range_volume import FreeVolume
from hipsim.viz import words
from hipsim.viz.chart_parts import HALO, finished
from hipsim.viz.style import (
    INK,
    MUTED,
    OVERLAP_COLOUR,
    applied,
    draw_footer,
    free_colormap,
    new_figure,
)

HATCH = "////"
ISO_STEP_DEG = 10.0
SIZE_IN = (9.6, 4.6)
_SAME_DEG = 1e-9


def plot_free_range(
    volume: FreeVolume, *, path: str | Path | None = None, title: str | None = None
) -> Figure:
    """Plot how far the femur turns in and out at each extension and adduction, free of contact.

    Two maps, internal and external rotation, with lines every 10 deg. Grey and negative is where
    the femur must be turned the other way to be free; where no rotation connected with the base
    pose is free the map is dark and hatched.

    Parameters
    ----------
    volume
        From :func:`hipsim.planning.free_range_volume.free_volume`.
    path
        Where to write a PNG and an SVG side by side; nothing is written without it.
    title
        Heading; hip and side by default.

    Returns
    -------
    figure
        The figure drawn.

    Raises
    ------
    InputError
        If the folder of ``path`` does not exist.
    """
    boundary = volume.boundary
    maps = {"internal": boundary.highest_deg, "external": -boundary.lowest_deg}
    most = max(abs(float(edge)) for edge in volume.rotation_edges_deg[[0, -1]])
    with applied():
        figure = new_figure(*SIZE_IN)
        for column, (name, turn) in enumerate(maps.items()):
            axes = figure.add_axes((0.07 + 0.43 * column, 0.17, 0.38, 0.62))
            shade = _draw_map(axes, volume, turn, most)
            axes.set_title(f"{name} rotation until the space ends")
            axes.set_xlabel("extension (deg)")
            axes.set_ylabel("" if column else "adduction (deg)")
        scale = figure.add_axes((0.915, 0.17, 0.015, 0.62))
        bar = figure.colorbar(shade, cax=scale)
        bar.set_label("rotation (deg)")
        scale.grid(visible=False)
        _write(figure, volume, title)
    return finished(figure, path)


def check_free(free: FreeVolume, clearance: Clearance) -> None:
    """Refuse a free range that is not of the hip, regions and zeros of a clearance.

    Raises
    ------
    InputError
        If they differ.
    """
    motion, base = clearance.motion, free.base
    stated = clearance.hip_name, clearance.side, clearance.femoral_region, clearance.pelvic_region
    zeros = motion.pelvic_zero, motion.femoral_zero, motion.pelvic_tilt_deg
    own = base.pelvic_zero, base.femoral_zero, base.pelvic_tilt_deg
    if (free.hip_name, free.side, *free.regions) != stated or own != zeros:
        raise InputError(
            f"the free range is of {free.hip_name!r}, {free.side}, {free.regions}, zeros {own}; "
            f"the clearance of {stated[0]!r}, {stated[1]}, {stated[2:]}, zeros {zeros}"
        )


def hatch_not_free(
    axes: Axes, axes_deg: dict[str, Array], free: FreeVolume, rotation_deg: float
) -> None:
    """Hatch what is not proven free and connected at one rotation.

    Parameters
    ----------
    axes
        Of extension and adduction.
    axes_deg
        ``extension`` and ``adduction`` of the map, for its extent.
    free
        The certified range.
    rotation_deg
        Which rotation.
    """
    extension, adduction, rotation = free.edges_deg
    is_free = np.zeros((len(extension) - 1, len(adduction) - 1))
    if rotation[0] - _SAME_DEG <= rotation_deg <= rotation[-1] + _SAME_DEG:
        at = int(np.searchsorted(rotation, rotation_deg, side="right")) - 1
        is_free = free.connected[:, :, min(max(at, 0), len(rotation) - 2)].astype(float)
    extent = axes_deg["extension"][[0, -1]], axes_deg["adduction"][[0, -1]]
    x, y = (
        _framed(edges, ends) for edges, ends in zip((extension, adduction), extent, strict=True)
    )
    is_free = np.pad(np.pad(is_free, 1, mode="edge"), 2)
    axes.contourf(x, y, is_free.T, levels=[-1.0, 0.5], colors="none", hatches=[HATCH])
    if is_free.any() and not is_free.all():
        axes.contour(x, y, is_free.T, levels=[0.5], colors=INK, linewidths=1.6)
    axes.set_xlim(*extent[0])
    axes.set_ylim(*extent[1])


def _framed(edges: Array, extent: Array) -> Array:
    """Return middles of cells and their outer edges, then just outside, then beyond the map."""
    middles, gap = 0.5 * (edges[:-1] + edges[1:]), 1e-6
    low, high = min(extent[0], edges[0]) - 1.0, max(extent[-1], edges[-1]) + 1.0
    first, last = edges[0], edges[-1]
    return np.array([low, first - gap, first, *middles, last, last + gap, high])


def _draw_map(axes: Axes, volume: FreeVolume, turn: Array, most: float) -> QuadMesh:
    """Draw one map of rotation, shape (k, l), NaN where nothing is free; return its colours."""
    boundary = volume.boundary
    x, y = boundary.extension_deg, boundary.adduction_deg
    axes.set_facecolor(OVERLAP_COLOUR)
    shown = np.ma.masked_invalid(turn)
    shade = axes.pcolormesh(
        x, y, shown.T, cmap=free_colormap(), norm=Normalize(0.0, most), shading="nearest"
    )
    shade.set_rasterized(True)
    is_free = np.isfinite(turn).astype(float)
    axes.contourf(x, y, is_free.T, levels=[-1.0, 0.5], colors="none", hatches=[HATCH])
    if is_free.any() and not is_free.all():
        axes.contour(x, y, is_free.T, levels=[0.5], colors=INK, linewidths=1.8)
    steps = ISO_STEP_DEG * np.arange(-int(most // ISO_STEP_DEG), int(most // ISO_STEP_DEG) + 1)
    inside = [s for s in steps if shown.count() and shown.min() < s < shown.max()]
    if inside:
        wide = [1.4 if step == 0.0 else 0.6 for step in inside]
        lines = axes.contour(x, y, shown.T, levels=inside, colors=INK, linewidths=wide)
        names = {step: f"{words.plain(step)}°" for step in inside}
        for text in axes.clabel(lines, fmt=names, fontsize=7.5, inline=False):
            text.set_path_effects(HALO)
    axes.grid(visible=False)
    axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    return shade


def _write(figure: Figure, volume: FreeVolume, title: str | None) -> None:
    """Write heading, what is free, and the footer."""
    stated = f"{volume.hip_name} · {volume.side} hip · impingement-free range"
    low, high = (100.0 * share for share in volume.share_free)
    pair = f"{volume.regions[0]} femur to {volume.regions[1]}".replace("_", " ")
    text = (
        f"free: {volume.target_mm:g} mm or more, {pair}, reached from "
        f"{words.describe_pose(volume.base.pose_deg(0))}; {low:.0f} to {high:.0f} % of all poses"
    )
    figure.text(0.012, 0.975, title or stated, va="top", fontsize=12, fontweight="bold")
    figure.text(0.012, 0.915, text, va="top", fontsize=8.5, color=MUTED)
    zeros = words.describe_conventions(volume.base)
    draw_footer(figure, f"grey: only beyond the other rotation · hatched: never · {zeros}")
