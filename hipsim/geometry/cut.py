"""Cutting closed bodies: planes, differences, unions; the only door to manifold3d.

Every result says for each of its faces which face it came from, so labels survive a cut: manifold3d
carries a face number through its operations, and here every triangle gets its own, which also
keeps it from merging coplanar triangles of the input. Untouched vertices come back bit for bit
(float64 all the way), and volumes must add up or the cut is refused.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hipsim.checks import IntArray, as_array, as_number, as_points
from hipsim.errors import ComputationError, InputError, MeshError
from hipsim.geometry.mesh import Mesh
from hipsim.geometry.rigid import unit

if TYPE_CHECKING:
    from manifold3d import Manifold

VOLUME_TOL = 1e-6  # relative; parts of a cut against the whole


@dataclass(frozen=True, eq=False)
class Cut:
    """A closed piece of a cut body, and where each of its faces came from.

    Parameters
    ----------
    mesh
        The piece, mm, same frame as the input.
    source_faces
        Face of the cut mesh each output face lies on, -1 where it does not, shape (m,).
    tool_faces
        Face of the second mesh (the tool, or the other body of a union) each output face lies
        on, -1 where it does not, shape (m,). A face made by a plane has -1 in both.
    """

    mesh: Mesh
    source_faces: IntArray
    tool_faces: IntArray

    def carried(self, labels: np.ndarray, made: Any) -> np.ndarray:
        """Return the source's face labels on this piece, ``made`` where the cut made the face.

        Examples
        --------
        >>> cube = convex_body(np.zeros((1, 3)), [[0, 0, 1]], reach_mm=1)
        >>> upper, lower = split_by_plane(cube, [0, 0, -0.5], [0, 0, 1])
        >>> sorted(set(upper.carried(np.full(len(cube.faces), 3), made=7).tolist()))
        [3, 7]
        """
        return np.where(self.source_faces < 0, made, labels[self.source_faces]).astype(labels.dtype)

    @property
    def made_area_mm2(self) -> float:
        """Area of the faces that do not come from the source."""
        return float(self.mesh.face_areas_mm2[self.source_faces < 0].sum())


def split_by_plane(mesh: Mesh, point: ArrayLike, normal: ArrayLike) -> tuple[Cut, Cut]:
    """Split a closed mesh in two closed meshes.

    Parameters
    ----------
    mesh
        Closed, outward, mm.
    point, normal
        A point of the plane, mm, and its direction of any length, each shape (3,).

    Returns
    -------
    ahead, behind
        The piece the normal points to, and the other one.

    Raises
    ------
    MeshError
        If the mesh is open or inside out.
    InputError
        If the plane misses the mesh.
    ComputationError
        If the volumes of the pieces do not add up to the whole.

    Examples
    --------
    >>> cube = convex_body(np.zeros((1, 3)), [[0, 0, 1]], reach_mm=1)
    >>> ahead, behind = split_by_plane(cube, [0, 0, -0.25], [0, 0, 1])
    >>> round(ahead.mesh.volume_mm3, 9), round(behind.mesh.volume_mm3, 9)
    (1.0, 3.0)
    """
    direction = unit(as_array(normal, (3,), name="normal"))
    offset = float(as_array(point, (3,), name="point") @ direction)
    body, source = _as_manifold(mesh)
    pieces = body.split_by_plane(direction.tolist(), offset)
    ahead, behind = (_as_cut(piece, source) for piece in pieces)
    check_volumes(mesh, ahead.mesh, behind.mesh)
    return ahead, behind


def divide(mesh: Mesh, tool: Mesh) -> tuple[Cut, Cut]:
    """Return what a tool leaves of a closed mesh, and what it takes away.

    Parameters
    ----------
    mesh, tool
        Closed, outward, mm, same frame.

    Returns
    -------
    kept, removed
        Difference and intersection. Faces with ``source_faces`` -1 lie on the tool.

    Raises
    ------
    MeshError
        If a mesh is open or inside out.
    InputError
        If the tool misses the mesh or swallows it.
    ComputationError
        If kept and removed volume do not add up to the whole.

    Examples
    --------
    >>> cube = convex_body(np.zeros((1, 3)), [[0, 0, 1]], reach_mm=1)
    >>> moved = Mesh(cube.vertices + [0, 0, 0.75], cube.faces)
    >>> kept, removed = divide(cube, moved)
    >>> round(kept.mesh.volume_mm3, 9), round(removed.mesh.volume_mm3, 9)
    (3.0, 1.0)
    """
    (body, source), (cutter, cutter_source) = _as_manifold(mesh), _as_manifold(tool)
    removed, kept = body.split(cutter)
    pieces = tuple(_as_cut(piece, source, cutter_source) for piece in (kept, removed))
    check_volumes(mesh, *(piece.mesh for piece in pieces))
    return pieces[0], pieces[1]


def difference(mesh: Mesh, tool: Mesh) -> Cut:
    """Return what a tool leaves of a closed mesh; see :func:`divide`."""
    return divide(mesh, tool)[0]


def intersection(mesh: Mesh, tool: Mesh) -> Cut:
    """Return the part of a closed mesh inside a tool; see :func:`divide`."""
    return divide(mesh, tool)[1]


def union(mesh: Mesh, other: Mesh) -> Cut:
    """Return the union of two closed meshes; ``tool_faces`` counts the faces of ``other``.

    Solids that share a piece of plane, with coordinates equal to the last bit, are welded there
    and the shared wall goes; solids that do not touch stay apart in one mesh.

    Raises
    ------
    MeshError
        If a mesh is open or inside out.

    Examples
    --------
    >>> cube = convex_body(np.zeros((1, 3)), [[0, 0, 1]], reach_mm=1)
    >>> below = Mesh(cube.vertices - [0, 0, 1], cube.faces)
    >>> round(union(cube, below).mesh.volume_mm3, 9)
    8.0
    """
    (body, source), (added, added_source) = _as_manifold(mesh), _as_manifold(other)
    return _as_cut(body + added, source, added_source)


def convex_body(points: ArrayLike, normals: ArrayLike, *, reach_mm: float) -> Mesh:
    """Return the closed intersection of half-spaces within a cube.

    Parameters
    ----------
    points, normals
        A point on each plane, mm, and its outward direction, each shape (k, 3).
    reach_mm
        Half the edge of the cube, whose centre is the mean of ``points``.

    Raises
    ------
    InputError
        If nothing is left between the planes.

    Examples
    --------
    >>> half = convex_body([[0, 0, 0]], [[0, 0, 1]], reach_mm=1)
    >>> round(half.volume_mm3, 9)
    4.0
    """
    from manifold3d import Manifold

    on_planes, outward = as_points(points), unit(as_points(normals, name="normals"))
    reach = as_number(reach_mm, name="reach_mm", low=1e-3, unit="mm")
    body = Manifold.cube([2.0 * reach] * 3, True).translate(on_planes.mean(axis=0).tolist())
    for point, normal in zip(on_planes, outward, strict=True):
        body = body.trim_by_plane((-normal).tolist(), float(-point @ normal))
    return _as_cut(body, -1).mesh


def check_volumes(whole: Mesh, *parts: Mesh) -> None:
    """Raise :class:`ComputationError` unless the parts' volumes add up to the whole's."""
    want, got = whole.volume_mm3, sum(part.volume_mm3 for part in parts)
    if abs(got - want) > VOLUME_TOL * want:
        raise ComputationError(
            f"a cut must conserve volume: {want:.3f} mm3 before, {got:.3f} mm3 after; "
            "the surface may cross itself, repair it first"
        )


def check_closed(mesh: Mesh) -> None:
    """Raise :class:`MeshError` unless the mesh is closed and outward, counting open edges.

    Examples
    --------
    >>> check_closed(Mesh(np.eye(3), [[0, 1, 2]]))
    Traceback (most recent call last):
    hipsim.errors.MeshError: a cut needs a closed surface, this one has 3 open edges; close it first
    """
    n_open = int(np.count_nonzero(mesh.edge_counts[1] != 2))
    if n_open:
        raise MeshError(
            f"a cut needs a closed surface, this one has {n_open} open edges; close it first"
        )
    if not mesh.is_closed or mesh.volume_mm3 <= 0.0:
        raise MeshError(
            "a cut needs faces that all look outward, here some or all look inward; "
            "orient them counter-clockwise seen from outside"
        )


def _as_manifold(mesh: Mesh) -> tuple["Manifold", int]:
    """Convert to a Manifold whose faces are numbered, and the number of the mesh itself."""
    from manifold3d import Error, Manifold, Mesh64

    check_closed(mesh)
    source, n_faces = Manifold.reserve_ids(1), len(mesh.faces)
    body = Manifold(
        Mesh64(
            mesh.vertices.copy(),
            mesh.faces.astype(np.uint64),
            run_index=np.array([0, 3 * n_faces], dtype=np.uint64),
            run_original_id=np.array([source], dtype=np.uint32),
            face_id=np.arange(n_faces, dtype=np.uint64),
        )
    )
    if body.status() != Error.NoError:
        raise MeshError(f"a surface cannot be cut: manifold3d says {body.status().name}")
    return body, source


def _as_cut(body: "Manifold", source: int, tool: int = -1) -> Cut:
    """Convert a result and look up the faces of the bodies numbered ``source`` and ``tool``."""
    if body.is_empty():
        raise InputError("a cut must leave something on both sides, here one side is empty")
    result = body.to_mesh64()
    mesh = Mesh(result.vert_properties[:, :3], result.tri_verts.astype(np.int64))
    ends = np.asarray(result.run_index, dtype=np.int64) // 3
    run = np.repeat(np.asarray(result.run_original_id, dtype=np.int64), ends[1:] - ends[:-1])
    face = np.asarray(result.face_id, dtype=np.int64)
    return Cut(mesh, np.where(run == source, face, -1), np.where(run == tool, face, -1))
