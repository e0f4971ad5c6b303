"""A closed surface that knows its inside: a box tree with angle-weighted pseudo-normals.

The sign of the distance follows Baerentzen & Aanaes, Signed distance computation using the angle
weighted pseudonormal, IEEE TVCG 11:243-253 (2005), which is exact for closed surfaces. Corners at
the same place count as one, faces without area give no normal; a corner or edge they touch gets a
zero pseudo-normal, which tells the kernel to ask the winding number instead.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.errors import MeshError
from hipsim.geometry import Mesh
from hipsim.proximity.tree import BoxTree

THINNEST = 1e-9  # height over longest edge of a face below which its normal is noise


@dataclass(frozen=True, eq=False)
class Solid:
    """Box tree of a closed surface with the pseudo-normals that tell inside from outside.

    Parameters
    ----------
    tree
        Box tree of the surface.
    normals
        21 numbers per triangle, flat, in tree order: pseudo-normals of the three corners, of
        the edges that start there, and of the face; zero where they cannot be trusted.
    """

    tree: BoxTree
    normals: Array


def make_solid(mesh: Mesh, tree: BoxTree, *, name: str) -> Solid:
    """Add to the box tree of a closed mesh what tells its inside.

    Parameters
    ----------
    mesh
        Closed surface, faces turned outward.
    tree
        Its box tree.
    name
        What the mesh is called in the error message.

    Raises
    ------
    MeshError
        If the mesh is open, or turned inside out.
    """
    if not mesh.is_closed:
        raise MeshError(f"{name} must be a closed surface, got {mesh!r}: close it or leave it out")
    if mesh.volume_mm3 < 0.0:
        raise MeshError(
            f"{name} must have its faces turned outward, got {mesh.volume_mm3:.3g} mm3 as volume: "
            "reverse the order of the corners of its faces"
        )
    return Solid(tree, pseudo_normals(mesh)[tree.faces].ravel())


def pseudo_normals(mesh: Mesh) -> Array:
    """Return the pseudo-normals of a closed mesh, shape (m, 7, 3): corners, edges, face.

    Corners at the same place count as one. Lengths are not one; only directions matter.

    Examples
    --------
    >>> tetrahedron = Mesh(np.vstack([np.zeros(3), np.eye(3)]),
    ...                    [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> normals = pseudo_normals(tetrahedron)
    >>> bool((normals[0, 0] < 0).all()), bool(np.allclose(normals[3, 6], 1 / np.sqrt(3)))
    (True, True)
    """
    faces = mesh.welded_faces
    is_thin = _is_thin(mesh)
    normals = np.where(is_thin[:, None], 0.0, mesh.face_normals)
    angles = _corner_angles(mesh.triangles)
    at_corners = _summed(faces, normals[:, None] * angles[..., None], is_thin)
    ends = np.stack([faces, np.roll(faces, -1, axis=1)])
    edges = ends.min(axis=0) * (faces.max() + 1) + ends.max(axis=0)
    at_edges = _summed(edges, np.repeat(normals[:, None], 3, axis=1), is_thin)
    return np.concatenate([at_corners, at_edges, normals[:, None]], axis=1)


def _is_thin(mesh: Mesh) -> BoolArray:
    """Mark the faces whose normal is noise, shape (m,)."""
    sides = mesh.triangles - np.roll(mesh.triangles, 1, axis=1)
    return 2.0 * mesh.face_areas_mm2 <= THINNEST * (sides**2).sum(axis=2).max(axis=1)


def _corner_angles(triangles: Array) -> Array:
    """Return the angles of triangles (m, 3, 3) at their corners in radians, shape (m, 3)."""
    onward = np.roll(triangles, -1, axis=1) - triangles
    back = np.roll(triangles, 1, axis=1) - triangles
    across = np.linalg.norm(np.cross(onward, back), axis=2)
    angles: Array = np.arctan2(across, (onward * back).sum(axis=2))
    return angles


def _summed(keys: IntArray, vectors: Array, is_thin: BoolArray) -> Array:
    """Sum vectors (m, 3, 3) over equal keys (m, 3); zero where a thin face takes part."""
    _, place = np.unique(keys, return_inverse=True)
    place = place.ravel()
    sums: Array = np.column_stack([np.bincount(place, vectors[..., k].ravel()) for k in range(3)])
    doubtful = np.bincount(place, np.repeat(is_thin, 3).astype(float)) > 0
    sums[doubtful] = 0.0
    spread: Array = sums[place].reshape(*keys.shape, 3)
    return spread
