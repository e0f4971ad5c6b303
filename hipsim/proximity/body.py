"""One side of a query: the surface that is measured and the bone it belongs to."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hipsim.checks import Array, IntArray
from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.proximity.grid import DistanceGrid, make_grid
from hipsim.proximity.solid import Solid, make_solid
from hipsim.proximity.tree import NUMBERS_PER_BOX, BoxTree, make_tree, refit_tree

SIGNS = np.array(list(product((-1.0, 1.0), repeat=3)))


@dataclass(frozen=True, eq=False)
class Body:
    """A surface, and the solid whose surface it is part of if that is known.

    Parameters
    ----------
    tree
        Box tree of the surface.
    solid
        The closed bone, its coordinates relative to the same centre; None if there is none.
    grid
        Distances to the surface, filled as they are asked for.
    pieces
        A point of each connected piece of the surface, relative to the same centre, shape (p, 3).
    """

    tree: BoxTree
    solid: Solid | None
    grid: DistanceGrid
    pieces: Array

    @property
    def arrays(self) -> tuple[Array, IntArray, Array, NDArray[np.float32], IntArray, Array]:
        """What the kernels that use the grid take."""
        return *self.tree.arrays, self.grid.values, self.grid.steps, self.grid.frame

    @property
    def corners(self) -> Array:
        """Corners of the box around the whole surface, relative to the centre, shape (8, 3)."""
        box = self.tree.boxes[:NUMBERS_PER_BOX]
        return box[:3] + (SIGNS * box[3:6]) @ box[6:15].reshape(3, 3)


def make_body(mesh: Mesh, parent: Mesh | None, *, name: str) -> Body:
    """Prepare a surface and its parent, or the surface itself where that is closed.

    Parameters
    ----------
    mesh
        Surface, open or closed.
    parent
        Closed bone the surface was cut from, or None.
    name
        What the surface is called in error messages.

    Raises
    ------
    InputError
        If something other than a mesh is given.
    MeshError
        If the parent is open, or turned inside out.
    """
    _check_meshes(mesh, parent, name)
    tree = make_tree(mesh, mesh.bounds.mean(axis=0))
    if parent is None or parent is mesh:
        is_solid = mesh.is_closed or parent is mesh
        return _body(mesh, tree, make_solid(mesh, tree, name=name) if is_solid else None)
    solid_tree = make_tree(parent, tree.centre)
    return _body(mesh, tree, make_solid(parent, solid_tree, name=f"parent_{name}"))


def moved_body(body: Body, mesh: Mesh, parent: Mesh | None, *, name: str) -> Body:
    """Prepare a surface whose vertices moved and whose faces stayed; parameters as before.

    Raises
    ------
    InputError
        If something other than a mesh is given, with another number of faces, or a parent is
        missing or too many.
    MeshError
        If the parent is open, or turned inside out.
    """
    _check_meshes(mesh, parent, name)
    has_parent = body.solid is not None and body.solid.tree is not body.tree
    if has_parent is (parent is None or parent is mesh):
        raise InputError(
            f"{name} was given {'with' if has_parent else 'without'} a parent of its own: "
            f"{'give' if has_parent else 'leave out'} parent_{name}"
        )
    tree = refit_tree(body.tree, mesh)
    if has_parent and body.solid is not None and parent is not None:
        solid_tree = refit_tree(body.solid.tree, parent)
        return _body(mesh, tree, make_solid(parent, solid_tree, name=f"parent_{name}"))
    return _body(mesh, tree, None if body.solid is None else make_solid(mesh, tree, name=name))


def _body(mesh: Mesh, tree: BoxTree, solid: Solid | None) -> Body:
    """Put a body together."""
    return Body(tree, solid, make_grid(tree), piece_points(mesh) - tree.centre)


def piece_points(mesh: Mesh) -> Array:
    """Return a corner of each connected piece of a surface, shape (p, 3).

    Corners at the same place count as one.

    Examples
    --------
    >>> apart = Mesh(np.vstack([np.eye(3), np.eye(3) + 9]), [[0, 1, 2], [3, 4, 5]])
    >>> len(piece_points(apart))
    2
    """
    faces = mesh.welded_faces
    ends = faces[:, [0, 1, 1, 2]].reshape(-1, 2).T
    size = int(faces.max()) + 1
    graph = coo_array((np.ones(ends.shape[1], dtype=bool), ends), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    _, first = np.unique(labels[faces[:, 0]], return_index=True)
    return mesh.vertices[mesh.faces[first, 0]]


def _check_meshes(mesh: Mesh, parent: Mesh | None, name: str) -> None:
    """Raise unless the surface is a mesh, and the parent one or None."""
    for given, label in ((mesh, name), (parent, f"parent_{name}")):
        if not isinstance(given, Mesh) and (given is not None or label == name):
            raise InputError(f"{label} must be a Mesh, got {type(given).__name__}")
