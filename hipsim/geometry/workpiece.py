"""Cutting a large closed body where a tool can reach, and leaving the rest alone.

A bone has tens of thousands of faces and a resection meets some hundreds. The faces around the
tool, closed by lids through the bone that the tool does not touch, are a small body of their own;
it is cut, and what is left of its surface is sewn back to the rest along a rim whose vertices
return bit for bit. The result is that of cutting the whole body, in a tenth of the time.
"""

from dataclasses import dataclass, replace

import numpy as np

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.geometry import cut
from hipsim.geometry.closing import border_loops
from hipsim.geometry.mesh import Mesh


@dataclass(frozen=True, eq=False)
class Workpiece:
    """A closed mesh and the part of it that tools may meet, closed by lids.

    Attributes
    ----------
    mesh
        The whole, closed, outward, mm.
    near
        Faces of the whole that tools may meet, shape (k,); the first k faces of ``body``.
    body
        Those faces and the lids.
    far_vertices, far_faces
        The rest of the whole, its faces numbered by ``far_vertices``, shapes (n, 3) and (m, 3).
    far
        Faces of the whole in the rest, shape (m,).
    rim
        Places in ``far_vertices`` that the body shares, shape (r,).
    far_bounds
        Lowest and highest coordinate of each face of the rest, shape (2, m, 3).
    """

    mesh: Mesh
    near: IntArray
    body: Mesh
    far_vertices: Array
    far_faces: IntArray
    far: IntArray
    rim: IntArray
    far_bounds: Array

    def is_near_enough(self, tool: Mesh) -> bool:
        """Whether a tool stays clear of the boxes around all other faces."""
        low, high = tool.bounds
        apart = (self.far_bounds[0] > high) | (self.far_bounds[1] < low)
        return bool(apart.any(axis=1).all())


def make_workpiece(mesh: Mesh, is_near: BoolArray) -> Workpiece:
    """Prepare a closed mesh for tools that stay near some of its faces.

    Parameters
    ----------
    mesh
        Closed, outward, mm.
    is_near
        Which faces tools may meet, at least one, shape (m,). Lids run through the middle of each
        border; where a tool might meet one or another face, the whole mesh is cut.

    Raises
    ------
    MeshError
        If the mesh is open or inside out.

    Examples
    --------
    >>> body = Mesh(2 * np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> make_workpiece(body, np.array([False, True, True, True])).body.is_closed
    True
    """
    cut.check_closed(mesh)
    near, far = np.flatnonzero(is_near), np.flatnonzero(~is_near)
    points, faces = [mesh.vertices], [mesh.faces[near]]
    for rim, _ in border_loops(mesh.faces[near]):
        top = np.full(len(rim), sum(map(len, points)))
        faces.append(np.column_stack([np.roll(rim, -1), rim, top]))
        points.append(mesh.vertices[rim].mean(axis=0)[None])
    used, body_faces = np.unique(np.concatenate(faces), return_inverse=True)
    body = Mesh(np.concatenate(points)[used], body_faces.reshape(-1, 3))
    kept, far_faces = np.unique(mesh.faces[far], return_inverse=True)
    (rim,) = np.nonzero(np.isin(kept, mesh.faces[near]))
    corners = mesh.triangles[far]
    return Workpiece(
        mesh=mesh,
        near=near,
        body=body,
        far_vertices=mesh.vertices[kept],
        far_faces=far_faces.reshape(-1, 3),
        far=far,
        rim=rim,
        far_bounds=np.stack([corners.min(axis=1), corners.max(axis=1)]),
    )


def divide_near(work: Workpiece, tool: Mesh) -> tuple[cut.Cut, cut.Cut]:
    """Return what a tool leaves of a workpiece, and what it takes away.

    Parameters
    ----------
    work
        From :func:`make_workpiece`.
    tool
        Closed, outward, mm, same frame.

    Returns
    -------
    kept, removed
        As from :func:`hipsim.geometry.cut.divide` of the whole mesh; the order of faces differs.

    Raises
    ------
    MeshError
        If the tool is open or inside out.
    InputError
        If the tool misses the mesh.
    ComputationError
        If kept and removed volume do not add up to the whole.

    Examples
    --------
    >>> body = Mesh(2 * np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> tip = Mesh(0.1 * body.vertices + [0, 0, 1.9], body.faces)
    >>> kept, removed = divide_near(make_workpiece(body, np.ones(4, dtype=bool)), tip)
    >>> round(kept.mesh.volume_mm3 + removed.mesh.volume_mm3, 9)
    1.333333333
    """
    if not work.is_near_enough(tool):
        return cut.divide(work.mesh, tool)
    kept, removed = cut.divide(work.body, tool)
    n_near, n_lid = len(work.near), len(work.body.faces) - len(work.near)
    if (
        np.count_nonzero(kept.source_faces >= n_near) != n_lid
        or removed.source_faces.max() >= n_near
    ):
        return cut.divide(work.mesh, tool)
    removed = replace(removed, source_faces=_numbered(removed.source_faces, work.near))
    return _sewn(work, kept), removed


def _sewn(work: Workpiece, kept: cut.Cut) -> cut.Cut:
    """Sew what is left of the near surface to the rest."""
    is_surface = kept.source_faces < len(work.near)
    faces, points = kept.mesh.faces[is_surface], kept.mesh.vertices
    place = _places(points, work.far_vertices[work.rim])
    number = np.full(len(points), -1)
    number[place] = work.rim
    new = np.setdiff1d(faces, place)
    number[new] = len(work.far_vertices) + np.arange(len(new))
    mesh = Mesh(
        np.concatenate([work.far_vertices, points[new]]),
        np.concatenate([work.far_faces, number[faces]]),
    )
    source = _numbered(kept.source_faces[is_surface], work.near)
    tool = np.concatenate([np.full(len(work.far), -1), kept.tool_faces[is_surface]])
    return cut.Cut(mesh, np.concatenate([work.far, source]), tool)


def _numbered(source: IntArray, near: IntArray) -> IntArray:
    """Return the faces of the whole for faces of the body, -1 where there is none."""
    return np.where(source < 0, -1, near[source])


def _places(points: Array, wanted: Array) -> IntArray:
    """Return where in a set of points each of some others is, equal to the last bit."""
    (like,) = np.nonzero(np.isin(points[:, 0], wanted[:, 0]))
    at = {points[index].tobytes(): index for index in like}
    return np.array([at[point.tobytes()] for point in wanted], dtype=np.int64)
