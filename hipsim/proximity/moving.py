"""Queries between two bodies whose vertices move and whose faces stay, as in a population.

:meth:`DistanceQuery.with_moved` finds out anew which faces are neighbours, whether the surface is
closed, how many pieces it has. Here that is known from the first shape and only places are new: the
boxes are fitted to them, pseudo-normals summed over known neighbours. Answers are the same.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array, IntArray, as_array
from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh
from hipsim.proximity import _moving_kernels
from hipsim.proximity.body import Body
from hipsim.proximity.distance import DistanceQuery
from hipsim.proximity.grid import make_grid
from hipsim.proximity.solid import THINNEST, Solid
from hipsim.proximity.tree import BoxTree, make_tree

NEARLY = 0.96  # of squared distances in the grids of a body that is asked once


@dataclass(frozen=True, eq=False)
class MovingBody:
    """A closed surface ready to be moved; build with :meth:`of`.

    Attributes
    ----------
    mesh
        The first shape.
    tree
        Its box tree, whose halves and axes stay.
    faces
        The faces in tree order, shape (m, 3).
    edges
        Number of the edge that starts at each corner, tree order, shape (m, 3).
    n_edges
        How many edges there are.
    pieces
        A vertex of each connected piece, shape (p,).
    members, starts
        Vertices in the box of each node, and where each node's start.
    """

    mesh: Mesh
    tree: BoxTree
    faces: IntArray
    edges: IntArray
    n_edges: int
    pieces: IntArray
    members: IntArray
    starts: IntArray

    @classmethod
    def of(cls, mesh: Mesh, *, name: str) -> "MovingBody":
        """Prepare a closed surface.

        Raises
        ------
        MeshError
            If the surface is open, turned inside out, in several pieces, or has several vertices
            in one place.
        """
        if not mesh.is_closed or mesh.volume_mm3 < 0.0:
            raise MeshError(f"{name} must be a closed surface turned outward, got {mesh!r}")
        if len(np.unique(mesh.vertices, axis=0)) < len(mesh.vertices):
            raise MeshError(f"{name} has several vertices in one place: weld them before it moves")
        tree = make_tree(mesh, mesh.bounds.mean(axis=0))
        faces = np.ascontiguousarray(mesh.faces[tree.faces])
        ends = np.stack([faces, np.roll(faces, -1, axis=1)])
        codes = ends.min(axis=0) * len(mesh.vertices) + ends.max(axis=0)
        known, edges = np.unique(codes, return_inverse=True)
        pieces = _piece_vertices(mesh)
        edges = edges.reshape(-1, 3)
        return cls(mesh, tree, faces, edges, len(known), pieces, *_members(tree, faces))

    def moved(self, vertices: Array) -> Body:
        """Return the body with its vertices in other places, shape (n, 3), mm."""
        tree, places = self.tree, vertices - self.tree.centre
        corners, boxes = places[self.faces].ravel(), tree.boxes.copy()
        _moving_kernels.refit_boxes(places, self.members, self.starts, boxes)
        moved = BoxTree(boxes, tree.links, corners, tree.faces, tree.centre)
        sums = np.empty((len(vertices), 3)), np.empty((self.n_edges, 3))
        normals = np.empty((len(self.faces), 7, 3))
        _moving_kernels.fill_normals(vertices, self.faces, self.edges, THINNEST, sums, normals)
        grid = make_grid(moved, share=NEARLY)
        return Body(moved, Solid(moved, normals.ravel()), grid, places[self.pieces])


class MovingQuery:
    """Distance queries of two closed bodies for ever new places of their vertices.

    Parameters
    ----------
    a, b
        Closed surfaces.

    Raises
    ------
    MeshError
        If a surface is open, turned inside out, or has several vertices in one place.

    Examples
    --------
    >>> body = Mesh(np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> moving = MovingQuery(body, body)
    >>> query = moving(body.vertices - [3.0, 0.0, 0.0], body.vertices)
    >>> query(np.eye(4)).distance_mm.tolist()
    [2.0]
    """

    def __init__(self, a: Mesh, b: Mesh) -> None:
        self._a, self._b = MovingBody.of(a, name="a"), MovingBody.of(b, name="b")

    def __call__(self, vertices_a: Array, vertices_b: Array) -> DistanceQuery:
        """Return the query between the bodies with their vertices in given places.

        Parameters
        ----------
        vertices_a, vertices_b
            Shape (n, 3) each, as many as the surfaces had, mm.

        Raises
        ------
        InputError
            If their number differs, or a coordinate is not finite.
        """
        bodies = []
        for body, given, name in ((self._a, vertices_a, "a"), (self._b, vertices_b, "b")):
            vertices = as_array(given, (-1, 3), name=f"vertices_{name}")
            if len(vertices) != len(body.mesh.vertices):
                raise InputError(
                    f"vertices_{name} must be the {len(body.mesh.vertices)} of the surface, "
                    f"got {len(vertices)}"
                )
            bodies.append(body.moved(vertices))
        return DistanceQuery._of(*bodies)


def _piece_vertices(mesh: Mesh) -> IntArray:
    """Return a vertex of each connected piece of a surface, shape (p,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends, size = mesh.faces[:, [0, 1, 1, 2]].reshape(-1, 2).T, len(mesh.vertices)
    graph = coo_array((np.ones(ends.shape[1], dtype=bool), ends), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    first: IntArray = np.unique(labels[mesh.faces[:, 0]], return_index=True)[1]
    return mesh.faces[first, 0]


def _members(tree: BoxTree, faces: IntArray) -> tuple[IntArray, IntArray]:
    """Return the vertices in the box of each node of a tree, and where each node's start."""
    members: list[IntArray] = [np.empty(0, dtype=np.int64)] * len(tree.links)
    parts = [(0, 0, len(faces))]
    while parts:
        node, low, high = parts.pop()
        members[node] = np.unique(faces[low:high])
        if high - low > 1:
            middle = (low + high) // 2
            parts += [(node + 1, low, middle), (int(tree.links[node]), middle, high)]
    starts = np.cumsum([0, *(len(part) for part in members)])
    return np.concatenate(members), starts
