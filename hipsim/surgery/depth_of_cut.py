"""How deep a cut goes: under the surface that was there, and against the cortex of the shaft."""

import numpy as np
from scipy.spatial import KDTree

from hipsim.checks import Array, IntArray
from hipsim.geometry import Mesh, rigid
from hipsim.surgery.zone import Zone

REACH_MM = 20.0  # from the points: where corners of the bone are looked for first
LONG_MM = 5.0  # a face wider than this has places far from its corners
SURE_MM = 1e-9  # what rounding may take from a box
TINY = 1e-300  # mm2; keeps a face without area from dividing by nothing
COARSE_MM = 3.0  # so finely places on such faces are taken
FINE_MM = 1.0  # a flat cut has corners at its rim only; in between it is looked at this finely


def farthest_from(points: Array, bone: Mesh) -> tuple[float, Array]:
    """Return how far the farthest of some points lies from a bone's surface, and that point.

    No point is farther than from the nearest of some places on the bone. What that puts nearer than
    another point is for certain cannot be the farthest; the few others are measured.

    Parameters
    ----------
    points
        On the bone or outside it, shape (n, 3), scan frame, mm.
    bone
        Closed, scan frame, mm.
    """
    near = bone.vertices[_sides(points, bone.vertices, REACH_MM) == 0]
    most = KDTree(near if len(near) else bone.vertices).query(points)[0]
    beside = _sides(points, bone.vertices, float(most.max()))[bone.faces]
    faces = bone.vertices[bone.faces[np.bitwise_and.reduce(beside, axis=1) == 0]]
    flats = faces[np.ptp(faces, axis=1).max(axis=1) > LONG_MM]
    if len(flats) > 0:
        most = np.minimum(most, KDTree(_finely(flats, COARSE_MM)).query(points)[0])
    first = [most.argmax()]
    (left,) = np.nonzero(most >= _distances(points[first], most[first], faces)[0])
    away = _distances(points[left], most[left], faces)
    return float(away.max()), points[left[away.argmax()]]


def _sides(points: Array, places: Array, reach_mm: float) -> IntArray:
    """Return beyond which sides of the box around points, grown by a reach, each place (m, 3) lies.

    One bit for each of six sides; corners that share one are all beyond it.
    """
    low, high = points.min(axis=0) - reach_mm, points.max(axis=0) + reach_mm
    return (places < low) @ np.array([1, 2, 4]) + (places > high) @ np.array([8, 16, 32])


def _distances(points: Array, most: Array, triangles: Array) -> Array:
    """Return how far a few points are from a surface, knowing how far at most, shape (n,)."""
    low, high = triangles.min(axis=1), triangles.max(axis=1)
    found = most.copy()
    for k, point in enumerate(points):
        gap = np.maximum(np.maximum(low - point, point - high), 0.0)
        may = (gap**2).sum(axis=1) <= (most[k] + SURE_MM) ** 2
        found[k] = min(_from_triangles(point, triangles[may]).min(initial=np.inf), most[k])
    return found


def _from_triangles(point: Array, triangles: Array) -> Array:
    """Return how far a point is from each of some triangles, shape (n,)."""
    onward = np.roll(triangles, -1, axis=1) - triangles
    rest = point - triangles
    share = (rest * onward).sum(axis=2) / np.maximum((onward**2).sum(axis=2), TINY)
    aside = rest - np.clip(share, 0.0, 1.0)[..., None] * onward
    to_rim = np.sqrt((aside**2).sum(axis=2).min(axis=1))
    normal = np.cross(onward[:, 0], onward[:, 1])
    height = np.abs((rest[:, 0] * normal).sum(axis=1))
    height /= np.maximum(np.linalg.norm(normal, axis=1), TINY)
    is_over = ((np.cross(onward, rest) * normal[:, None]).sum(axis=2) > 0.0).all(axis=1)
    away: Array = np.where(is_over, height, to_rim)
    return away


def least_over_shaft(zone: Zone, surface: Mesh) -> float:
    """Return how far a cut surface stays outside the line of the shaft's cortex at least.

    Parameters
    ----------
    zone
        Of the bone that was cut.
    surface
        Scan frame, mm.

    Returns
    -------
    distance
        mm across the shaft axis, over the nearest flank of the convex line; 0 is flush with it,
        negative under it.
    """
    out, forward = zone.trochanter.outward, zone.trochanter.forward
    across = (_finely(surface.triangles, FINE_MM) - zone.foot) @ np.column_stack([out, forward])
    along = np.roll(zone.shaft_outline, -1, axis=0) - zone.shaft_outline
    normals = rigid.unit(np.column_stack([along[:, 1], -along[:, 0]]))  # out of the outline
    over = across @ normals.T - (zone.shaft_outline * normals).sum(axis=1)
    return float(over.max(axis=1).min())


def _finely(triangles: Array, step_mm: float) -> Array:
    """Return points of triangles (n, 3, 3), on each no farther apart than about a step (n, 3)."""
    sides = triangles - np.roll(triangles, 1, axis=1)
    steps = np.ceil(np.linalg.norm(sides, axis=2).max(axis=1) / step_mm).astype(int)
    found = []
    for count in np.unique(steps):
        i, j = np.nonzero(np.tri(count + 1)[::-1])
        shares = np.stack([i, j, count - i - j], axis=1) / count
        found.append(np.einsum("ks,nsd->nkd", shares, triangles[steps == count]))
    return np.concatenate([points.reshape(-1, 3) for points in found])
