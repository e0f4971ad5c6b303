"""The triangle mesh every room works on: frozen, checked once, in mm.

Counter-clockwise faces seen from outside. A mesh may be open (a region) or closed (a bone);
``is_closed`` tells. Derived quantities are computed once and kept.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from hipsim.checks import Array, BoolArray, IntArray, as_array
from hipsim.errors import MeshError
from hipsim.geometry import rigid


@dataclass(frozen=True, eq=False)
class Mesh:
    """A triangle mesh in mm.

    Parameters
    ----------
    vertices
        Positions, shape (n, 3), in mm.
    faces
        Vertex indices, shape (m, 3), counter-clockwise seen from outside.

    Raises
    ------
    MeshError
        If there is no face, a coordinate is not finite, or an index is out of range.

    Examples
    --------
    >>> tetrahedron = Mesh(np.vstack([np.zeros(3), np.eye(3)]),
    ...                    [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> tetrahedron.is_closed, round(tetrahedron.volume_mm3, 6)
    (True, 0.166667)
    """

    vertices: Array
    faces: IntArray

    def __init__(self, vertices: ArrayLike, faces: ArrayLike) -> None:
        points = as_array(vertices, (-1, 3), name="vertices")
        triangles = _as_faces(faces, len(points))
        object.__setattr__(self, "vertices", _frozen(points, vertices))
        object.__setattr__(self, "faces", _frozen(triangles, faces))

    def __repr__(self) -> str:
        kind = "closed" if self.is_closed else "open"
        return f"<Mesh {len(self.vertices)} vertices, {len(self.faces)} faces, {kind}>"

    @property
    def triangles(self) -> Array:
        """Corner positions, shape (m, 3, 3)."""
        return self.vertices[self.faces]

    @cached_property
    def area_vectors(self) -> Array:
        """Outward face normals scaled by the area in mm2, shape (m, 3)."""
        a, b, c = np.moveaxis(self.triangles, 1, 0)
        return 0.5 * np.cross(b - a, c - a)

    @cached_property
    def face_areas_mm2(self) -> Array:
        """Area of each face, shape (m,)."""
        return np.linalg.norm(self.area_vectors, axis=1)

    @cached_property
    def face_normals(self) -> Array:
        """Outward unit normals, shape (m, 3); zero for faces without area."""
        area = self.face_areas_mm2[:, None]
        return np.divide(self.area_vectors, area, out=np.zeros((len(area), 3)), where=area > 0)

    @cached_property
    def face_centres(self) -> Array:
        """Mean of the three corners, shape (m, 3)."""
        return self.triangles.mean(axis=1)

    @cached_property
    def vertex_normals(self) -> Array:
        """Area-weighted outward unit normals, shape (n, 3); zero for unused vertices."""
        normals = np.zeros_like(self.vertices)
        for corner in range(3):
            np.add.at(normals, self.faces[:, corner], self.area_vectors)
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        return np.divide(normals, length, out=np.zeros_like(normals), where=length > 0)

    @cached_property
    def volume_mm3(self) -> float:
        """Enclosed volume; meaningful for closed meshes, negative if turned inside out."""
        a, b, c = np.moveaxis(self.triangles - self.vertices.mean(axis=0), 1, 0)
        return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)

    @property
    def bounds(self) -> Array:
        """Lowest and highest coordinate, shape (2, 3)."""
        used = self.vertices[self.faces.ravel()]
        return np.stack([used.min(axis=0), used.max(axis=0)])

    @cached_property
    def edge_counts(self) -> tuple[IntArray, IntArray]:
        """Undirected edges (k, 2) and how many faces meet at each, shape (k,)."""
        edges = np.sort(self.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        code, counts = np.unique(edges[:, 0] * len(self.vertices) + edges[:, 1], return_counts=True)
        return np.stack(np.divmod(code, len(self.vertices)), axis=1), counts

    @cached_property
    def is_closed(self) -> bool:
        """Whether every edge is shared by exactly two faces, once in each direction."""
        if (self.edge_counts[1] != 2).any():
            return False
        directed = self.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
        code = np.sort(directed[:, 0] * len(self.vertices) + directed[:, 1])
        return bool((code[1:] != code[:-1]).all())

    @cached_property
    def welded_faces(self) -> IntArray:
        """The faces with corners at the same place numbered alike, shape (m, 3)."""
        _, number = np.unique(self.vertices, axis=0, return_inverse=True)
        welded: IntArray = number.reshape(-1)[self.faces]
        return welded

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of vertices and faces, the same wherever the mesh came from."""
        digest = hashlib.sha256(self.vertices.astype("<f8").tobytes())
        digest.update(self.faces.astype("<i8").tobytes())
        return digest.hexdigest()

    def transformed(self, transform: Array) -> "Mesh":
        """Return the mesh moved by a rigid (4, 4) transform."""
        return Mesh(rigid.apply(transform, self.vertices), self.faces)

    def mirrored(self, axis: int = 0) -> "Mesh":
        """Return the mirror image in the origin plane across ``axis``; still outward."""
        factor = np.ones(3)
        factor[axis] = -1.0
        return Mesh(self.vertices * factor, self.faces[:, ::-1])

    def submesh(self, is_kept: BoolArray) -> "Mesh":
        """Return the mesh of the faces selected by a mask (m,), without unused vertices."""
        faces = self.faces[is_kept]
        used, renumbered = np.unique(faces, return_inverse=True)
        return Mesh(self.vertices[used], renumbered.reshape(-1, 3))


def _as_faces(faces: ArrayLike, n_vertices: int) -> IntArray:
    """Convert to (m, 3) indices within range, or raise."""
    array = np.asarray(faces)
    if array.ndim != 2 or array.shape[1] != 3 or len(array) == 0:
        raise MeshError(f"faces must have shape (m, 3) with m >= 1, got {array.shape}")
    if not np.issubdtype(array.dtype, np.integer):
        raise MeshError(f"faces must be integers, got {array.dtype}")
    if array.min() < 0 or array.max() >= n_vertices:
        raise MeshError(
            f"faces must index {n_vertices} vertices, got {array.min()} to {array.max()}"
        )
    return np.ascontiguousarray(array, dtype=np.int64)


def _frozen(array: np.ndarray, source: object) -> np.ndarray:
    """Return a read-only array that shares no memory with what the caller holds."""
    copy = array.copy() if np.shares_memory(array, np.asarray(source)) else array
    copy.flags.writeable = False
    return copy
