"""The femur of a plan: how deep bone must go, painted on the bone, and the bone that is left.

Seen from behind and from inside, the femur standing upright in its own axes (condylar zero), the
lesser trochanter in the middle. Depth is on one scale for all pictures, 0 to 15 mm.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgb
from matplotlib.figure import Figure

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, as_array
from hipsim.errors import InputError
from hipsim.geometry import Mesh, rigid
from hipsim.viz import overlay
from hipsim.viz.render import Image, Stage, Window, merged
from hipsim.viz.style import (
    DEPTH_RANGE_MM,
    FEMUR_COLOUR,
    REMOVED_COLOUR,
    applied,
    as_target,
    depth_colormap,
    draw_footer,
    new_figure,
)
from hipsim.viz.surfaces import crisp_surface, moved_surface, plain_surface
from hipsim.viz.views import WORDS, View, make_view

SIZE_PX, DPI = (1400, 1000), 140.0
HEAD_PX, FOOT_PX, STRIP_PX, EDGE_PX, ROW_HEAD_PX = 84, 30, 190, 12, 30
SHOWN_MM = 78.0  # height of each picture
ABOVE_APEX_MM = 6.0  # the middle of the picture over the apex
VIEWS = ("posterior", "medial")
FADE_MM = 1.0  # of depth, over which colour blends into bone
GHOST_OPACITY = 0.45


def draw_depth_map(
    hip: Hip,
    operated: Hip,
    depth_mm: Array,
    path: str | Path,
    *,
    removed: Mesh | None = None,
    name: str = "resection",
) -> Path:
    """Draw how deep bone goes on the intact femur, and the femur that is left; write a PNG.

    Parameters
    ----------
    hip, operated
        Before and after; scan frame, mm.
    depth_mm
        Depth of bone that goes under each vertex of ``hip.femur``, 0 where it stays, shape (n,).
    path
        Where to write the picture, ``.png``.
    removed
        The piece that goes, scan frame; drawn translucent on the femur that is left.
    name
        What was done, for the heading.

    Returns
    -------
    path
        The file written, 1400 x 1000 pixels.

    Raises
    ------
    InputError
        If sides or numbers of vertices do not fit, or the path is not a ``.png`` in an existing
        folder.
    RenderingUnavailableError
        If this machine cannot draw 3D pictures.
    """
    target = as_target(path)
    if target.suffix.lower() != ".png":
        raise InputError(f"a 3D picture must end in .png, got {target.name}")
    if hip.side != operated.side:
        raise InputError(f"cannot compare a {hip.side} with a {operated.side} hip")
    depth = as_array(depth_mm, (len(hip.femur.vertices),), name="depth_mm")
    gone = None if removed is None else moved_surface(crisp_surface(removed), _upright(hip))
    left = moved_surface(crisp_surface(operated.femur), _upright(hip))
    with applied():
        figure = new_figure(SIZE_PX[0] / DPI, SIZE_PX[1] / DPI, DPI)
        for row, (femur, ghost) in enumerate([(_painted(hip, depth), None), (left, gone)]):
            for column, view_name in enumerate(VIEWS):
                _mount(figure, hip, femur, ghost, view_name, (row, column))
        _write(figure, hip, depth, name)
        figure.savefig(target, dpi=DPI)
    return target


def _painted(hip: Hip, depth: Array) -> Any:
    """Return the intact femur with the colour of each point by its depth, upright."""
    femur = moved_surface(plain_surface(hip.femur), _upright(hip))
    low, high = DEPTH_RANGE_MM
    share = np.clip((depth - low) / (high - low), 0.0, 1.0)
    tint = depth_colormap()(share)[:, :3]
    weight = np.clip(depth / FADE_MM, 0.0, 1.0)[:, None]
    colours = weight * tint + (1.0 - weight) * np.array(to_rgb(FEMUR_COLOUR))
    femur.point_data["colour"] = np.rint(255.0 * colours).astype(np.uint8)
    return femur


def _upright(hip: Hip) -> Array:
    """Return the transform (4, 4) that stands the femur upright about its hip joint centre."""
    return rigid.inverse(hip.femoral_frame())


def _mount(
    figure: Figure, hip: Hip, femur: Any, ghost: Any | None, view_name: str, at: tuple[int, int]
) -> None:
    """Photograph a femur and put it in its place on the sheet."""
    view = make_view(view_name, hip.side)
    width = (SIZE_PX[0] - STRIP_PX - 3 * EDGE_PX) // 2
    height = (SIZE_PX[1] - HEAD_PX - FOOT_PX - 2 * ROW_HEAD_PX) // 2
    apex = rigid.apply(_upright(hip), hip.landmarks["lesser_trochanter"][None])
    x, y = view.project(apex)[0]
    window = Window((float(x), float(y) + ABOVE_APEX_MM), SHOWN_MM)
    image = _photograph(femur, ghost, view, window, (width, height))
    left = EDGE_PX + at[1] * (width + EDGE_PX)
    bottom = FOOT_PX + (1 - at[0]) * (height + ROW_HEAD_PX)
    axes = overlay.add_stage(figure, (left, bottom, width, height), image, window)
    overlay.draw_directions(axes, view)
    overlay.draw_scale_bar(axes)
    heading = f"{('what must go', 'what is left')[at[0]]} · {WORDS[view_name]}"
    axes.set_title(heading, loc="left", fontsize=9.5, pad=3)


def _photograph(
    femur: Any, ghost: Any | None, view: View, window: Window, size: tuple[int, int]
) -> Image:
    """Return the picture of a femur, bone that is gone translucent."""
    stage = Stage(view, window, size)
    if "colour" in femur.point_data:
        stage.add_painted(femur)
    else:
        stage.add_bone(femur, colour=FEMUR_COLOUR)
    if ghost is not None:
        stage.add_ghost(ghost, colour=REMOVED_COLOUR, opacity=GHOST_OPACITY)
    return merged([(stage.layer(), 1.0)])


def _write(figure: Figure, hip: Hip, depth: Array, name: str) -> None:
    """Write heading, scale, key and footer."""
    put: dict[str, Any] = {"x": 0.012, "va": "top"}
    figure.text(y=0.983, s=f"{hip.name} · {hip.side} hip", fontsize=15, fontweight="bold", **put)
    figure.text(y=0.943, s=f"{name} · deepest {depth.max():.1f} mm", fontsize=10.5, **put)
    left = 1.0 - STRIP_PX / SIZE_PX[0] + 0.035
    scale = figure.add_axes((left, 0.55, 0.018, 0.33))
    bar = figure.colorbar(ScalarMappable(Normalize(*DEPTH_RANGE_MM), depth_colormap()), cax=scale)
    bar.set_label("depth of bone that goes (mm)")
    scale.grid(visible=False)
    rows = {"bone removed": REMOVED_COLOUR}
    overlay.draw_key(figure, (left - 0.02, 0.45), "lower row", rows)
    footer = "femur upright in its own axes (condylar zero), parallel projection"
    draw_footer(figure, footer)
