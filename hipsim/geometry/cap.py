"""Tops of a surface: where it reaches farthest, told by the cap above a level, not by one vertex.

The farthest vertex of a blunt top jumps by millimetres when a scan is decimated or meshed anew,
while the surface hardly moves. A cap does not: it is the highest surface of a given area, cut
exactly at its level through the faces, and its centre is weighted with area times height above the
level. A single vertex that sticks out has no area and so no weight, and weights fall to zero at the
border, so nothing enters or leaves with a jump.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.errors import InputError
from hipsim.geometry.mesh import Mesh

_BISECTIONS = 26


@dataclass(frozen=True, eq=False)
class Cap:
    """The part of a surface above a level.

    Attributes
    ----------
    top_mm
        Height of the top: level plus twice the mean height above it, which is exact for a rounded
        top whatever its curvature; a single vertex that sticks out does not count.
    centre
        Centre of the cap weighted with area and height above the level, shape (3,), frame of the
        mesh, mm. It lies on a flat cap and a little inside a curved one.
    area_mm2
        Area of the cap.
    depth_mm
        From its top to its level; small on a flat, large on a tip.
    """

    top_mm: float
    centre: Array
    area_mm2: float
    depth_mm: float


def find_cap(
    mesh: Mesh, height: Array, *, area_mm2: float, is_candidate: BoolArray | None = None
) -> Cap:
    """Find the highest cap of a surface for a height given at its vertices.

    Parameters
    ----------
    mesh
        Any mesh, mm.
    height
        Height of each vertex, shape (n,), mm; linear in between.
    area_mm2
        Area of all surface above the level of the cap.
    is_candidate
        Vertices that may belong to it, shape (n,); all if left out.

    Returns
    -------
    cap
        Of all surface above the level, only the heaviest piece that hangs together.

    Raises
    ------
    InputError
        If the candidates' surface is smaller than the area asked for.

    Examples
    --------
    >>> roof = Mesh([[-3, 0, 0], [3, 0, 0], [0, -1, 3], [0, 1, 3]], [[0, 2, 3], [1, 3, 2]])
    >>> cap = find_cap(roof, roof.vertices[:, 2], area_mm2=5 * 2**0.5 / 1.5)
    >>> float(cap.centre[2].round(4)), round(cap.area_mm2, 4)
    (2.6875, 4.714)
    """
    allowed = np.ones(len(height), dtype=bool) if is_candidate is None else is_candidate
    faces = mesh.faces[allowed[mesh.faces].all(axis=1)]
    if _areas(mesh.vertices, faces).sum() < area_mm2:
        raise InputError(f"a cap of {area_mm2:g} mm2 needs as much surface among the candidates")
    faces, level = _level_of_area(mesh.vertices, faces, height, area_mm2)
    above = height - level
    caps = [_weighed(*_clipped(mesh.vertices, f, above)) for f in _pieces(faces, above)]
    weight, centre, area = max(caps, key=lambda cap: cap[0])
    depth = 2.0 * weight / area
    return Cap(level + depth, centre, area, depth)


def contact_point(
    mesh: Mesh, direction: Array, *, area_mm2: float, is_candidate: BoolArray | None = None
) -> Array:
    """Return where a surface touches a plane that comes from a direction, shape (3,).

    The centre of the cap, moved out to the plane of contact.

    Parameters
    ----------
    mesh
        Any mesh, mm.
    direction
        Outward unit normal of the plane, shape (3,), frame of the mesh.
    area_mm2, is_candidate
        As for :func:`find_cap`.

    Examples
    --------
    >>> roof = Mesh([[-3, 0, 0], [3, 0, 0], [0, -1, 3], [0, 1, 3]], [[0, 2, 3], [1, 3, 2]])
    >>> contact_point(roof, np.array([0.0, 0.0, 1.0]), area_mm2=0.1).round(1) + 0.0
    array([0., 0., 3.])
    """
    cap = find_cap(mesh, mesh.vertices @ direction, area_mm2=area_mm2, is_candidate=is_candidate)
    point: Array = cap.centre + (cap.top_mm - cap.centre @ direction) * direction
    return point


def _level_of_area(
    vertices: Array, faces: IntArray, height: Array, area_mm2: float
) -> tuple[IntArray, float]:
    """Return the level above which a surface has an area, and the faces that reach over it."""
    top = height[faces].max(axis=1)
    order = np.argsort(-top)
    first = order[: int(np.searchsorted(np.cumsum(_areas(vertices, faces)[order]), area_mm2)) + 1]
    low, high = float(height[faces[first]].min()), float(top.max())
    faces = faces[top > low]
    for _ in range(_BISECTIONS):
        level = 0.5 * (low + high)
        is_small = _area_above(vertices, faces, height - level) < area_mm2
        low, high = (low, level) if is_small else (level, high)
    return faces[height[faces].max(axis=1) > low], low


def _area_above(vertices: Array, faces: IntArray, above: Array) -> float:
    """Return the area of a surface above level zero."""
    faces = faces[(above[faces] > 0.0).any(axis=1)]
    return float(_corner_areas(_clipped(vertices, faces, above)[0]).sum())


def _areas(vertices: Array, faces: IntArray) -> Array:
    """Return the area of each face."""
    return _corner_areas(vertices[faces])


def _corner_areas(corners: Array) -> Array:
    """Return the area of each triangle (k, 3, 3)."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return 0.5 * np.linalg.norm(normals, axis=1)


def _weighed(corners: Array, level: Array) -> tuple[float, Array, float]:
    """Return the weight (area times height) of a clipped surface, its centre and its area."""
    area, whole = _corner_areas(corners), level.sum(axis=1)
    weight = float(area @ whole) / 3.0
    moment = np.einsum("i,ij,ijk->k", area, whole[:, None] + level, corners) / 12.0
    return weight, moment / weight, float(area.sum())


def _pieces(faces: IntArray, above: Array) -> list[IntArray]:
    """Split faces into those that hang together through edges that rise over level zero."""
    used, local = np.unique(faces, return_inverse=True)
    local = local.reshape(-1, 3)
    is_up = above[used] > 0.0
    edges = local[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    edges = edges[is_up[edges].all(axis=1)]
    graph = coo_array((np.ones(len(edges)), edges.T), shape=(len(used), len(used)))
    island = connected_components(graph, directed=False)[1]
    of_face = np.where(is_up[local], island[local], -1).max(axis=1)
    return [faces[of_face == k] for k in np.unique(of_face[of_face >= 0])]


def _clipped(vertices: Array, faces: IntArray, above: Array) -> tuple[Array, Array]:
    """Cut triangles at level zero; return corners (k, 3, 3) and heights (k, 3) of what is above."""
    order = np.argsort(-above[faces], axis=1)
    faces = np.take_along_axis(faces, order, axis=1)  # highest corner first
    level, points = above[faces], vertices[faces]
    n_up = (level > 0.0).sum(axis=1)
    whole, two, one = (n_up == n for n in (3, 2, 1))
    p, h = points[one], level[one]
    tip = np.stack([p[:, 0], _at_zero(p, h, 0, 1), _at_zero(p, h, 0, 2)], axis=1)
    tip_level = np.stack([h[:, 0], 0 * h[:, 0], 0 * h[:, 0]], axis=1)
    p, h = points[two], level[two]
    low_0, low_1 = _at_zero(p, h, 0, 2), _at_zero(p, h, 1, 2)
    first = np.stack([p[:, 0], p[:, 1], low_0], axis=1)
    second = np.stack([p[:, 1], low_1, low_0], axis=1)
    zero = 0 * h[:, 0]
    first_level = np.stack([h[:, 0], h[:, 1], zero], axis=1)
    second_level = np.stack([h[:, 1], zero, zero], axis=1)
    corners = np.concatenate([points[whole], tip, first, second])
    return corners, np.concatenate([level[whole], tip_level, first_level, second_level])


def _at_zero(points: Array, level: Array, i: int, j: int) -> Array:
    """Return where the edge from corner i (above) to corner j (not above) crosses level zero."""
    share = level[:, i] / (level[:, i] - level[:, j])
    crossing: Array = points[:, i] + share[:, None] * (points[:, j] - points[:, i])
    return crossing
