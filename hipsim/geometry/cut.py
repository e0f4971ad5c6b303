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
from hipsim.geometry.rigid import axes_from, unit

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
        >>> body = Mesh(2 * np.vstack([np.zeros(3), np.eye(3)]),
        ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
        >>> upper, lower = split_by_plane(body, [0, 0, 1], [0, 0, 1])
        >>> sorted(set(upper.carried(np.full(len(body.faces), 3), made=7).tolist()))
        [3, 7]
        """
        return np.where(self.source_faces < 0, made, labels[self.source_faces]).astype(labels.dtype)

    @property
    def made_area_mm2(self) -> float:
        """Area of the faces that do not come from the source."""
        corners = self.mesh.vertices[self.mesh.faces[self.source_faces < 0]]
        sides = corners[:, 1:] - corners[:, :1]
        return float(0.5 * np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1).sum())


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
    >>> body = Mesh(2 * np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> ahead, behind = split_by_plane(body, [0, 0, 1], [0, 0, 1])
    >>> round(ahead.mesh.volume_mm3, 9), round(behind.mesh.volume_mm3, 9)
    (0.166666667, 1.166666667)
    """
    direction = unit(as_array(normal, (3,), name="normal"))
    offset = float(as_array(point, (3,), name="point") @ direction)
    body, source = _as_manifold(mesh)
    # manifold3d gives faces that lie in the plane to the piece ahead, as a fold without volume;
    # the piece behind is clean, so both are cut as the piece behind
    planes = ((-direction, -offset), (direction, offset))
    pieces = (body.split_by_plane(normal.tolist(), height)[1] for normal, height in planes)
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
    >>> body = Mesh(2 * np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> kept, removed = divide(body, Mesh(body.vertices + [0, 0, 1], body.faces))
    >>> round(kept.mesh.volume_mm3, 9), round(removed.mesh.volume_mm3, 9)
    (1.166666667, 0.166666667)
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


def common(mesh: Mesh, other: Mesh) -> Mesh | None:
    """Return what two closed meshes share, None where that is nothing; one may hold the other.

    Raises
    ------
    MeshError
        If a mesh is open or inside out.

    Examples
    --------
    >>> body = Mesh(2 * np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> round(common(body, body).volume_mm3, 9), common(body, Mesh(body.vertices + 9, body.faces))
    (1.333333333, None)
    """
    shared = _as_manifold(mesh)[0] ^ _as_manifold(other)[0]
    return None if shared.is_empty() else _as_cut(shared, -1).mesh


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
    >>> body = Mesh(2 * np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> round(union(body, Mesh(body.vertices + [0, 0, 1], body.faces)).mesh.volume_mm3, 9)
    2.5
    """
    (body, source), (added, added_source) = _as_manifold(mesh), _as_manifold(other)
    return _as_cut(body + added, source, added_source)


def capsule(start: ArrayLike, end: ArrayLike, radius_mm: float, *, across: ArrayLike) -> Mesh:
    """Return the closed body within a radius of a segment, as a burr leaves it.

    Parameters
    ----------
    start, end
        Ends of the segment, mm, each shape (3,).
    radius_mm
        Radius; the vertices lie on it, faces up to 0.4 % inside.
    across
        A direction, not along the segment, towards which a row of vertices points.

    Examples
    --------
    >>> rod = capsule([0, 0, 0], [0, 10, 0], 1.0, across=[1, 0, 0])
    >>> rod.is_closed, round(rod.volume_mm3, 1)  # 35.6 were it round
    (True, 35.4)
    """
    ends = np.stack([as_array(start, (3,), name="start"), as_array(end, (3,), name="end")])
    radius = as_number(radius_mm, name="radius_mm", low=1e-3, unit="mm")
    axes = axes_from(y=ends[1] - ends[0], z_hint=as_array(across, (3,), name="across"))
    rise = np.radians(np.concatenate([np.arange(-80, 1, 10), np.arange(0, 81, 10)]))
    turn = np.radians(np.arange(0, 360, 10))[None, :]
    level = np.broadcast_to(np.sin(rise)[:, None], (len(rise), turn.size))
    wide = np.cos(rise)[:, None]
    rings = radius * np.stack([wide * np.sin(turn), level, wide * np.cos(turn)], axis=-1) @ axes.T
    rings += np.repeat(ends, len(rise) // 2, axis=0)[:, None]
    poles = ends + radius * axes[:, 1] * [[-1.0], [1.0]]
    return Mesh(np.vstack([rings.reshape(-1, 3), poles]), _ring_faces(len(rise), turn.size))


def _ring_faces(n_rings: int, n_around: int) -> IntArray:
    """Return the faces between rings of vertices, closed by a pole at each end."""
    here = np.arange(n_rings * n_around).reshape(n_rings, n_around)
    there = np.roll(here, -1, axis=1)
    a, b, c, d = here[:-1].ravel(), there[:-1].ravel(), there[1:].ravel(), here[1:].ravel()
    first, last = (np.full(n_around, here.size + k) for k in (0, 1))
    fans = [[first, there[0], here[0]], [last, here[-1], there[-1]]]
    parts = [[a, b, c], [a, c, d], *fans]
    return np.concatenate([np.column_stack(part) for part in parts])


def trimmed(mesh: Mesh, points: ArrayLike, normals: ArrayLike) -> Mesh:
    """Return what lies of a closed mesh behind all of several planes.

    Parameters
    ----------
    mesh
        Closed, outward, mm.
    points, normals
        A point on each plane, mm, and the direction away from what is kept, each shape (k, 3).

    Raises
    ------
    InputError
        If nothing is left.
    MeshError
        If the mesh is open or inside out.

    Examples
    --------
    >>> body = Mesh(np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> round(trimmed(body, [[0.5, 0, 0]], [[-1, 0, 0]]).volume_mm3, 9)
    0.020833333
    """
    body, _ = _as_manifold(mesh)
    outward = unit(as_points(normals, name="normals"))
    for point, normal in zip(as_points(points), outward, strict=True):
        body = body.trim_by_plane((-normal).tolist(), float(-point @ normal))
    return _as_cut(body, -1).mesh


def hull(points: ArrayLike) -> Mesh:
    """Return the convex hull of points (n, 3), closed, mm; its corners are points.

    Raises
    ------
    InputError
        If the points lie in a plane.

    Examples
    --------
    >>> hull(np.vstack([np.zeros(3), np.eye(3), 0.1 * np.ones(3)])).faces.shape
    (4, 3)
    """
    from scipy.spatial import ConvexHull, QhullError

    given = as_points(points)
    try:
        found = ConvexHull(given)
    except QhullError:
        raise InputError("a hull needs four points or more that do not lie in a plane") from None
    faces = found.simplices.astype(np.int64)
    sides = given[faces[:, 1:]] - given[faces[:, :1]]
    is_inward = (np.cross(sides[:, 0], sides[:, 1]) * found.equations[:, :3]).sum(axis=1) < 0.0
    faces[is_inward] = faces[is_inward, ::-1]
    used, renumbered = np.unique(faces, return_inverse=True)
    return Mesh(given[used], renumbered.reshape(-1, 3))


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
