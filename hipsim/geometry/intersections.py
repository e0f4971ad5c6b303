"""Does a surface pass through itself? Every pair of faces that does, exactly."""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array, IntArray
from hipsim.geometry.mesh import Mesh

LISTED = 1000  # pairs; more tell nothing more


@dataclass(frozen=True, eq=False)
class SelfIntersections:
    """Where a surface passes through itself.

    Attributes
    ----------
    count
        Number of pairs of faces that cross.
    faces
        The first ``LISTED`` pairs, shape (k, 2).
    points
        Middle of each of these pairs, shape (k, 3), mm.
    """

    count: int
    faces: IntArray
    points: Array


def find_self_intersections(mesh: Mesh) -> SelfIntersections:
    """Find the pairs of faces of a surface that pass through each other.

    A pair counts if an edge of one face goes through the other, its border included. Faces that
    share an edge do not count, nor do those that lie on each other in one plane or on which a
    corner of the other comes to rest.

    Parameters
    ----------
    mesh
        Any surface, mm.

    Returns
    -------
    found
        Number, pairs and places.

    Examples
    --------
    >>> corner = np.vstack([np.zeros(3), np.eye(3)])
    >>> faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> twice = Mesh(np.vstack([corner, corner + 0.2]), np.vstack([faces, faces + 4]))
    >>> find_self_intersections(twice).count
    3
    """
    from hipsim.geometry._intersection_kernels import crossing_pairs

    triangles = mesh.triangles
    boxes = np.hstack([triangles.min(axis=1), triangles.max(axis=1)])
    axis = int(np.argmax(np.ptp(mesh.bounds, axis=0)))
    order = np.argsort(boxes[:, axis], kind="stable")
    pairs = np.empty((LISTED, 2), dtype=np.int64)
    count = crossing_pairs(triangles, mesh.welded_faces, boxes, order, axis, pairs)
    listed = pairs[:count]
    return SelfIntersections(int(count), listed, mesh.face_centres[listed].mean(axis=1))
