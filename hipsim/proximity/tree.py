"""A surface as a balanced binary tree of oriented boxes, one triangle per leaf, in flat arrays.

Everything is kept relative to a centre near the surface, so that a bone 500 mm from the scan's
origin is as precise as one at the origin. Nodes stand in depth-first order: the left half follows
its parent, the right half is linked. Boxes follow the principal axes of what they hold (Gottschalk,
Lin & Manocha, OBBTree, SIGGRAPH 1996); halves are equal, so depth is the logarithm of the count.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array, IntArray
from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.proximity import _build_kernels

NUMBERS_PER_BOX = 16


@dataclass(frozen=True, eq=False)
class BoxTree:
    """Box tree of a surface; build with :func:`make_tree`.

    Parameters
    ----------
    boxes
        16 numbers per node, flat: centre, half lengths, three axes, radius about the centre.
    links
        Right half of each node, or ``-1 - k`` for the leaf of the k-th triangle.
    corners
        Nine numbers per triangle, flat, in tree order.
    faces
        Index in the mesh of each triangle in tree order.
    centre
        What was subtracted from every coordinate, shape (3,), mm.
    """

    boxes: Array
    links: IntArray
    corners: Array
    faces: IntArray
    centre: Array

    @property
    def arrays(self) -> tuple[Array, IntArray, Array]:
        """What the kernels take."""
        return self.boxes, self.links, self.corners


def make_tree(mesh: Mesh, centre: Array) -> BoxTree:
    """Build the box tree of a mesh, its coordinates relative to ``centre`` (3,), mm.

    Examples
    --------
    >>> mesh = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], [[0, 1, 2], [2, 1, 3]])
    >>> make_tree(mesh, np.zeros(3)).links.tolist()
    [2, -1, -2]
    """
    corners = (mesh.triangles - centre).ravel()
    count = len(mesh.faces)
    order, links = np.empty(count, dtype=np.int64), np.empty(2 * count - 1, dtype=np.int64)
    boxes = np.empty(NUMBERS_PER_BOX * len(links))
    room = np.empty(count), np.empty((128, 3), dtype=np.int64), np.empty((3, 3)), np.empty((3, 3))
    _build_kernels.build_tree(corners, order, boxes, links, *room)
    return BoxTree(boxes, links, corners.reshape(-1, 9)[order].ravel(), order, centre)


def refit_tree(tree: BoxTree, mesh: Mesh) -> BoxTree:
    """Return a tree's boxes fitted to a mesh with as many faces, moved little if it is to be fast.

    The halves and the axes of the boxes stay, which saves most of the time of building.

    Raises
    ------
    InputError
        If the mesh has another number of faces.

    Examples
    --------
    >>> mesh = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], [[0, 1, 2], [2, 1, 3]])
    >>> wider = Mesh(1.1 * mesh.vertices, mesh.faces)
    >>> refit_tree(make_tree(mesh, np.zeros(3)), wider).boxes[3:6].max().round(3)
    np.float64(0.778)
    """
    if len(mesh.faces) != len(tree.faces):
        raise InputError(
            f"a moved mesh must keep its {len(tree.faces)} faces, got {len(mesh.faces)}: "
            "make a new query for another mesh"
        )
    corners = (mesh.triangles[tree.faces] - tree.centre).ravel()
    boxes, order = tree.boxes.copy(), np.arange(len(tree.faces))
    room = np.empty((128, 3), dtype=np.int64), np.empty((3, 3)), np.empty((3, 3))
    _build_kernels.refit_tree(corners, order, boxes, tree.links, *room)
    return BoxTree(boxes, tree.links, corners, tree.faces, tree.centre)
