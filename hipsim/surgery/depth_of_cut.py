"""How deep a cut goes: under the surface that was there, and against the cortex of the shaft."""

import numpy as np
from scipy.spatial import KDTree

from hipsim.checks import Array, BoolArray
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.closing import close_region
from hipsim.proximity.field import DistanceField
from hipsim.surgery.zone import Zone

GRID_MM = 20.0  # boxes end on it, so that cuts of many depths share their walls
FINE_MM = 1.0  # a flat cut has corners at its rim only; in between it is looked at this finely


def farthest_from(points: Array, bone: Mesh) -> tuple[float, Array]:
    """Return how far the farthest of some points lies from a bone's surface, and that point.

    Parameters
    ----------
    points
        On the bone or outside it, shape (n, 3), scan frame, mm.
    bone
        Closed, scan frame, mm.
    """
    near = close_region(bone, _faces_around(points, bone)).mesh
    away = np.abs(DistanceField(near)(points, np.eye(4)[None]).distance_mm)
    return float(away.max()), points[away.argmax()]


def _faces_around(points: Array, bone: Mesh) -> BoolArray:
    """Mark the faces on one of which the place nearest to each point lies.

    No such place is farther from its point than a corner of the bone is. The points are on the
    bone or outside, so walls inside it are never nearer than its surface.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    at = bone.vertices
    near = at[((at > low - GRID_MM) & (at < high + GRID_MM)).all(axis=1)]
    reach = KDTree(near if len(near) else at).query(points)[0].max()
    low = GRID_MM * np.floor((low - reach) / GRID_MM)
    high = GRID_MM * np.ceil((high + reach) / GRID_MM)
    corners = bone.triangles
    marked: BoolArray = ((corners.min(axis=1) <= high) & (corners.max(axis=1) >= low)).all(axis=1)
    return marked


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
    across = (_finely(surface) - zone.foot) @ np.column_stack([out, forward])
    along = np.roll(zone.shaft_outline, -1, axis=0) - zone.shaft_outline
    normals = rigid.unit(np.column_stack([along[:, 1], -along[:, 0]]))  # out of the outline
    over = across @ normals.T - (zone.shaft_outline * normals).sum(axis=1)
    return float(over.max(axis=1).min())


def _finely(surface: Mesh) -> Array:
    """Return points of a surface, on each face no farther apart than about a mm, shape (n, 3)."""
    sides = surface.triangles - np.roll(surface.triangles, 1, axis=1)
    steps = np.ceil(np.linalg.norm(sides, axis=2).max(axis=1) / FINE_MM).astype(int)
    found = []
    for count in np.unique(steps):
        i, j = np.nonzero(np.tri(count + 1)[::-1])
        shares = np.stack([i, j, count - i - j], axis=1) / count
        found.append(np.einsum("ks,nsd->nkd", shares, surface.triangles[steps == count]))
    return np.concatenate([points.reshape(-1, 3) for points in found])
