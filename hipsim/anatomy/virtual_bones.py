"""Femur and hip bone of a virtual hip as implicit bodies, and their contours.

A body is the node table of the bone, moved by the warp from the mean woman to the wanted shape,
subdivided where the surface is round, its parts joined by a soft minimum. The femoral head is a
part of its own, so that no blending touches its radius; socket and fossae are carved. The hip bone,
a sheet bent over many slabs, is faired after contouring (:mod:`hipsim.geometry.fairing`), all but
the inside of its socket.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np

from hipsim.anatomy import virtual_femur_nodes, virtual_pelvis_nodes
from hipsim.anatomy.virtual_figures import SOCKET_OVER_HEAD_MM
from hipsim.anatomy.virtual_handles import (
    Handles,
    Warp,
    acetabular_axis,
    femoral_handles,
    pelvic_handles,
)
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import Array
from hipsim.geometry import Mesh, implicit, rigid
from hipsim.geometry.fairing import faired
from hipsim.geometry.implicit import Field
from hipsim.geometry.sphere_mesh import Net, SphereMesh

FEMORAL_BLEND_MM = 3.0
HEAD_BLEND_MM = 2.0  # head to neck; more draws a fitted sphere towards the neck
PELVIC_BLEND_MM = 2.0
SOCKET_BLEND_MM = 1.2  # the rim; less leaves shells thinner than the grid
CUP_BLEND_MM = 2.5
LEAST_RADIUS_MM = 1.6  # half thickness that still contours without holes
FOVEA_RADIUS_MM = 6.0
FOVEA_DEPTH_MM = 1.8
FOVEA_DIRECTION = (-0.22, 0.05, -1.0)  # medial, a little behind the middle
ALMOST_NO_TURN = 1e-9  # rad
FAIRING_MM = 3.0  # takes out ripples shorter than 12 mm: the slabs are 4 to 10 mm long
SOCKET_HELD_MM = 0.5, 3.0  # from the ball of the socket: held nearer than the first, free beyond
RIM_FREE_MM = 1.0, 4.0  # below the plane of the rim: free above the first, held beyond
MARGIN_MM = 8.0  # of the grid round a bone
FINE_REACH_MM = 20.0
FINE, CONDYLAR, COARSE, LENGTHWISE = 0.75, 1.0, 1.25, 1.9  # shares of the wanted spacing
LONG_MM = 300.0  # a bone longer than this gets triangles drawn out lengthwise
CONDYLAR_LEVEL = 0.93  # of the length; below it lie the condyles
EULER_NUMBER = {"femur": 2, "hip_bone": 0}  # the obturator foramen makes the hip bone a ring


@dataclass(frozen=True, eq=False)
class Body:
    """An implicit bone.

    Attributes
    ----------
    field
        The solid, mm; origin at the hip joint centre.
    bounds
        Box round it, shape (2, 3).
    bands
        For each axis ``(from, to, share)``: where triangles are finer, and what share of the
        wanted spacing they have.
    freedom
        How much of its fairing each point (n, 3) of the surface gets, 0 to 1; without, there is
        none.
    """

    field: Field
    bounds: Array
    bands: tuple[tuple[implicit.Band, ...], ...]
    freedom: Callable[[Array], Array] | None = None


def femoral_body(shape: HipShape) -> Body:
    """Return the right femur of a shape, condylar frame."""
    handles = femoral_handles(shape)
    warp = Warp.between(_woman()[0], handles)
    parts = parts_of(virtual_femur_nodes, warp)
    head = implicit.ball(np.zeros(3), shape.head_radius_mm)
    rest = implicit.union(*parts, blend_mm=FEMORAL_BLEND_MM)
    bone = implicit.blended(rest, head, blend_mm=HEAD_BLEND_MM)
    size = shape.size
    fovea = rigid.unit(np.array(FOVEA_DIRECTION)) * (
        shape.head_radius_mm + size * (FOVEA_RADIUS_MM - FOVEA_DEPTH_MM)
    )
    tool = implicit.ball(fovea, size * FOVEA_RADIUS_MM)
    field = implicit.difference(bone, tool, blend_mm=SOCKET_BLEND_MM)
    across, along, aside = _bands(handles["lesser_trochanter_0_0"])
    knee = (-np.inf, -CONDYLAR_LEVEL * shape.femoral_length_mm, CONDYLAR)
    return Body(field, _bounds(parts, shape.head_radius_mm), (across, (*along, knee), aside))


def pelvic_body(shape: HipShape) -> Body:
    """Return the right hip bone of a shape, pelvic frame ``app``."""
    handles = pelvic_handles(shape)
    warp = Warp.between(_woman()[1], handles)
    parts = parts_of(virtual_pelvis_nodes, warp)
    bone = implicit.union(*parts, blend_mm=PELVIC_BLEND_MM)
    bounds = _bounds(parts, shape.head_radius_mm)
    return Body(_carved(bone, shape), bounds, _bands(_ischial_focus(handles)), _freedom(shape))


def socket_radius(shape: HipShape) -> float:
    """Return the radius of the bony acetabulum, concentric with the head, in mm."""
    return shape.head_radius_mm + SOCKET_OVER_HEAD_MM


def contoured(body: Body, *, spacing_mm: float, is_final: bool = True) -> Mesh:
    """Triangulate a body: finer round its focus, evened out if final, then faired.

    Parameters
    ----------
    body
        The bone.
    spacing_mm
        Mean distance of the grid lines; about the length of the edges.
    is_final
        False skips the evening out of the triangles, which takes most of the time.
    """
    low, high = body.bounds[0] - MARGIN_MM, body.bounds[1] + MARGIN_MM
    lines = [
        implicit.graded_lines(
            low[axis],
            high[axis],
            spacing=(LENGTHWISE if high[axis] - low[axis] > LONG_MM else COARSE) * spacing_mm,
            bands=tuple((start, end, share * spacing_mm) for start, end, share in body.bands[axis]),
        )
        for axis in range(3)
    ]
    mesh = implicit.contour(body.field, (lines[0], lines[1], lines[2]))
    if is_final:
        mesh = implicit.relaxed(mesh, body.field)
    else:
        mesh = Mesh(implicit.projected(body.field, mesh.vertices), mesh.faces)
    if body.freedom is None:
        return mesh
    return faired(mesh, length_mm=FAIRING_MM, freedom=body.freedom(mesh.vertices))


@cache
def _woman() -> tuple[Handles, Handles]:
    """Return the points of femur and hip bone of the mean woman, for whom the tables are."""
    woman = HipShape.typical("female")
    return femoral_handles(woman), pelvic_handles(woman)


def parts_of(table: ModuleType, warp: Warp) -> list[SphereMesh]:
    """Return the parts of a node table after a warp."""
    balls = warped_balls(table, warp)
    return [net.mesh(*balls) for net in nets_of(table)]


def warped_balls(table: ModuleType, warp: Warp) -> tuple[Array, Array]:
    """Return centres (n, 3) and radii (n,) of the nodes of a table after a warp, mm."""
    rows = np.array(list(table.NODES.values()))
    centres, radii = warp.balls(rows[:, :3], rows[:, 3])
    return centres, np.maximum(radii, LEAST_RADIUS_MM)


@cache
def nets_of(table: ModuleType) -> tuple[Net, ...]:
    """Return the pattern of each part of a node table, subdivided."""
    names = list(table.NODES)
    nets = []
    for part, text in table.PARTS.items():
        net = Net.from_cells(_cells(text, names), len(names))
        for _ in range(table.SUBDIVISIONS.get(part, 0)):
            net = net.subdivided()
        nets.append(net)
    return tuple(nets)


def _cells(text: str, names: list[str]) -> list[tuple[int, ...]]:
    """Read cones and slabs from names joined by hyphens."""
    number = {name: i for i, name in enumerate(names)}
    return [tuple(number[name] for name in word.split("-")) for word in text.split()]


def _bounds(parts: list[SphereMesh], radius: float) -> Array:
    """Return the box round several parts and a ball at the origin, shape (2, 3)."""
    boxes = np.stack([np.array([[-radius] * 3, [radius] * 3]), *(part.bounds for part in parts)])
    return np.stack([boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)])


def _carved(bone: Field, shape: HipShape) -> Field:
    """Add the cup of the acetabulum to a hip bone and take out socket and fossa."""
    cup, fossa = (
        shape.size * np.array(row)
        for row in (virtual_pelvis_nodes.CUP_BALL, virtual_pelvis_nodes.FOSSA_BALL)
    )
    rim = implicit.half_space(*_rim_plane(shape))
    wall = implicit.intersection(implicit.ball(cup[:3], cup[3]), rim, blend_mm=CUP_BLEND_MM)
    whole = implicit.blended(bone, wall, blend_mm=PELVIC_BLEND_MM)
    socket = implicit.ball(np.zeros(3), socket_radius(shape))
    hollow = implicit.difference(whole, socket, blend_mm=SOCKET_BLEND_MM)
    return implicit.difference(hollow, implicit.ball(fossa[:3], fossa[3]), blend_mm=PELVIC_BLEND_MM)


def _freedom(shape: HipShape) -> Callable[[Array], Array]:
    """Return how much of its fairing each point of a hip bone gets: none inside the socket."""
    radius, (rim, outward) = socket_radius(shape), _rim_plane(shape)

    def freedom(points: Array) -> Array:
        off = _eased(np.abs(np.linalg.norm(points, axis=1) - radius), *SOCKET_HELD_MM)
        return np.maximum(off, 1.0 - _eased((rim - points) @ outward, *RIM_FREE_MM))

    return freedom


def _eased(values: Array, start: float, end: float) -> Array:
    """Return 0 below the start, 1 above the end, smooth in between."""
    share = np.clip((values - start) / (end - start), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _rim_plane(shape: HipShape) -> tuple[Array, Array]:
    """Return point and outward normal of the rim plane, turned as the socket is turned."""
    turn = _turn_between(acetabular_axis(HipShape.typical("female")), acetabular_axis(shape))
    point = shape.size * (turn @ np.array(virtual_pelvis_nodes.RIM_POINT))
    return point, turn @ rigid.unit(np.array(virtual_pelvis_nodes.RIM_NORMAL))


def _turn_between(start: Array, end: Array) -> Array:
    """Return the smallest rotation (3, 3) that takes one unit vector to another."""
    axis = np.cross(start, end)
    sine = float(np.linalg.norm(axis))
    if sine < ALMOST_NO_TURN:
        return np.eye(3)
    return rigid.rotation_about(axis, float(np.arctan2(sine, start @ end)))


def _bands(focus: Array) -> tuple[tuple[implicit.Band, ...], ...]:
    """Return fine bands round a point along the three axes."""
    return tuple(((c - FINE_REACH_MM, c + FINE_REACH_MM, FINE),) for c in focus)


def _ischial_focus(handles: Handles) -> Array:
    """Return the middle of the lateral face of the ischium, which the femur comes near."""
    names = ("ischium_lateral_175", "ischium_lateral_225", "ischium_130_long_minus")
    return np.mean([handles[name] for name in names], axis=0)
