"""The lesser trochanter unfolded: what must go, as a flat map of angle about its axis and height.

The trochanter stands on the shaft like a hill. The map goes once around the axis through its apex
(square to the shaft axis), from below over the front, the top and the back to below again; upwards
is away from the shaft. Depth has the colours and the scale of the picture on the bone
(:mod:`hipsim.viz.plan_depth`).
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.tri import Triangulation

from hipsim.anatomy.footprint import iliopsoas_footprint
from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, IntArray, as_array
from hipsim.surgery.trochanter import Trochanter, find_trochanter
from hipsim.viz import words
from hipsim.viz.chart_parts import HALO, finished
from hipsim.viz.style import (
    DEPTH_RANGE_MM,
    FEMUR_COLOUR,
    INK,
    MUTED,
    THRESHOLD_COLOUR,
    applied,
    depth_colormap,
    draw_footer,
    new_figure,
)

SHOWN_BELOW_MM = 4.0  # of the shaft's own height, so that the foot of the hill is seen
REACH_MM = 32.0  # from the axis; beyond it the map would show the shaft
LEAST_DEPTH_MM = 0.05  # less is not bone that goes
ISO_STEP_MM = 2.0
WAYS = {-180: "distal", -90: "anterior", 0: "proximal", 90: "posterior", 180: "distal"}
BONE = ListedColormap([FEMUR_COLOUR])  # that stays
SIZE_IN = (7.6, 4.2)


def plot_unfolded(
    hip: Hip,
    depth_mm: Array,
    *,
    path: str | Path | None = None,
    title: str | None = None,
) -> Figure:
    """Plot how deep bone must go on the unfolded lesser trochanter.

    Parameters
    ----------
    hip
        The intact hip, scan frame, mm.
    depth_mm
        Depth of bone that goes under each vertex of ``hip.femur``, 0 where it stays, shape (n,);
        e.g. of :func:`hipsim.planning.required_resection.required_resection`.
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
        If depths and vertices do not match, or the folder of ``path`` does not exist.
    AnatomyError
        If landmarks of the lesser trochanter are missing.
    """
    depth = as_array(depth_mm, (len(hip.femur.vertices),), name="depth_mm")
    trochanter = find_trochanter(hip)
    angle, height = unfolded(hip, trochanter)
    faces = _shown(hip, trochanter, height)
    with applied():
        figure = new_figure(*SIZE_IN)
        axes = figure.add_axes((0.09, 0.2, 0.76, 0.62))
        _draw_map(axes, _around(angle, faces), height[faces], depth[faces])
        _draw_footprint(axes, hip, (angle, height), faces)
        _label(axes)
        _write(figure, hip, depth, title)
    return finished(figure, path)


def unfolded(hip: Hip, trochanter: Trochanter) -> tuple[Array, Array]:
    """Return where each vertex of the femur lies on the map.

    Parameters
    ----------
    hip
        The hip.
    trochanter
        Its lesser trochanter.

    Returns
    -------
    angle_deg
        About the axis of the trochanter, 0 proximal, 90 posterior, -90 anterior on both sides,
        shape (n,).
    height_mm
        Above the shaft, along the axis, shape (n,).
    """
    away = hip.femur.vertices - trochanter.apex
    front = hip.femoral_frame()[:3, 0] @ trochanter.forward
    forward = np.copysign(1.0, front) * trochanter.forward
    angle = np.degrees(np.arctan2(-(away @ forward), away @ trochanter.up))
    height = away @ trochanter.outward + trochanter.apex_mm - trochanter.shaft_mm
    return np.asarray(angle), np.asarray(height)


def _shown(hip: Hip, trochanter: Trochanter, height: Array) -> IntArray:
    """Return the faces of the map, shape (m, 3): near the axis, not far below the shaft."""
    away = hip.femur.vertices - trochanter.apex
    aside = away - np.outer(away @ trochanter.outward, trochanter.outward)
    is_near = (np.linalg.norm(aside, axis=1) < REACH_MM) & (height > -SHOWN_BELOW_MM)
    faces = hip.femur.faces
    return np.asarray(faces[is_near[faces].all(axis=1)])


def _around(angle: Array, faces: IntArray) -> Array:
    """Return the angles of each face's corners, none more than half a turn from the first."""
    corners = angle[faces]
    turn = corners - corners[:, :1]
    return np.asarray(corners - 360.0 * np.round(turn / 360.0))


def _draw_map(axes: Axes, angle: Array, height: Array, depth: Array) -> None:
    """Fill the map; faces across its edge are drawn at both ends."""
    axes.set_facecolor("white")
    norm = Normalize(*DEPTH_RANGE_MM)
    for shift in (-360.0, 0.0, 360.0):
        x = (angle + shift).ravel()
        if not ((x > -180.0) & (x < 180.0)).any():
            continue
        corners = np.arange(len(x)).reshape(-1, 3)
        grid = Triangulation(x, height.ravel(), corners)
        axes.tripcolor(grid, np.full(len(corners), 1.0), cmap=BONE, rasterized=True)
        stays = (depth < LEAST_DEPTH_MM).all(axis=1)
        grid.set_mask(stays)
        if not stays.all():
            axes.tripcolor(
                grid, depth.ravel(), shading="gouraud", cmap=depth_colormap(), norm=norm,
                rasterized=True,
            )  # fmt: skip
            _draw_lines(axes, grid, depth.ravel())


def _draw_lines(axes: Axes, grid: Triangulation, depth: Array) -> None:
    """Draw lines of equal depth."""
    levels = np.arange(ISO_STEP_MM, depth.max(), ISO_STEP_MM)
    if len(levels):
        lines = axes.tricontour(grid, depth, levels=levels, colors=INK, linewidths=0.6)
        for text in axes.clabel(lines, fmt="%g", fontsize=7.5, inline=False):
            text.set_path_effects(HALO)


def _draw_footprint(axes: Axes, hip: Hip, place: tuple[Array, Array], faces: IntArray) -> None:
    """Draw the edge of the iliopsoas attachment."""
    is_attached = np.zeros(len(hip.femur.vertices))
    footprint = iliopsoas_footprint(hip)
    is_attached[np.unique(hip.femur.faces[footprint.faces])] = 1.0
    x, y = _around(place[0], faces), place[1][faces]
    for shift in (-360.0, 0.0, 360.0):
        grid = Triangulation(
            (x + shift).ravel(), y.ravel(), np.arange(3 * len(faces)).reshape(-1, 3)
        )
        axes.tricontour(
            grid, is_attached[faces].ravel(), levels=[0.5], colors=THRESHOLD_COLOUR, linewidths=1.6
        )


def _label(axes: Axes) -> None:
    """Name both axes with unit and direction."""
    axes.set_xlim(-180, 180)
    axes.set_xticks(
        list(WAYS), labels=[f"{name}\n{words.plain(angle)}°" for angle, name in WAYS.items()]
    )
    axes.set_xlabel("angle about the axis of the lesser trochanter")
    axes.set_ylabel("height above the shaft (mm)")
    axes.axhline(0.0, color=MUTED, linewidth=0.8)
    axes.grid(visible=False)


def _write(figure: Figure, hip: Hip, depth: Array, title: str | None) -> None:
    """Write heading, scale, key and footer."""
    stated = f"{hip.name} · {hip.side} hip · depth of bone that must go"
    deepest = f"deepest {words.signed_mm(float(depth.max()))} mm"
    figure.text(0.012, 0.975, title or stated, va="top", fontsize=12, fontweight="bold")
    text = deepest if title is None else f"{stated} · {deepest}"
    figure.text(0.012, 0.908, text, va="top", fontsize=8.5, color=MUTED)
    scale = figure.add_axes((0.88, 0.2, 0.02, 0.62))
    bar = figure.colorbar(
        ScalarMappable(Normalize(*DEPTH_RANGE_MM), depth_colormap()), cax=scale, extend="max"
    )
    bar.set_label("depth (mm)")
    scale.grid(visible=False)
    line = Line2D([], [], color=THRESHOLD_COLOUR, linewidth=1.6)
    figure.legend(
        [line], ["attachment of the iliopsoas"], loc="upper right", fontsize=8,
        bbox_to_anchor=(0.995, 0.93),
    )  # fmt: skip
    note = f"unfolded about an axis square to the shaft; white: over {REACH_MM:g} mm from it"
    draw_footer(figure, note)
