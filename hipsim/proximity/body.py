"""One side of a query: the surface that is measured and the bone it belongs to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hipsim.checks import Array, IntArray
from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.proximity.grid import DistanceGrid, make_grid
from hipsim.proximity.solid import Solid, make_solid
from hipsim.proximity.tree import BoxTree, make_tree, refit_tree


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
    """

    tree: BoxTree
    solid: Solid | None
    grid: DistanceGrid

    @property
    def arrays(self) -> tuple[Array, IntArray, Array, NDArray[np.float32], IntArray, Array]:
        """What the kernels that use the grid take."""
        return *self.tree.arrays, self.grid.values, self.grid.steps, self.grid.frame


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
        return _body(tree, mesh, tree if mesh.is_closed or parent is mesh else None, name)
    return _body(tree, parent, make_tree(parent, tree.centre), f"parent_{name}")


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
        return _body(tree, parent, refit_tree(body.solid.tree, parent), f"parent_{name}")
    return _body(tree, mesh, tree if body.solid is not None else None, name)


def _body(tree: BoxTree, closed: Mesh, solid_tree: BoxTree | None, name: str) -> Body:
    """Put a body together; ``closed`` is the surface of ``solid_tree``."""
    solid = None if solid_tree is None else make_solid(closed, solid_tree, name=name)
    return Body(tree, solid, make_grid(tree))


def _check_meshes(mesh: Mesh, parent: Mesh | None, name: str) -> None:
    """Raise unless the surface is a mesh, and the parent one or None."""
    for given, label in ((mesh, name), (parent, f"parent_{name}")):
        if not isinstance(given, Mesh) and (given is not None or label == name):
            raise InputError(f"{label} must be a Mesh, got {type(given).__name__}")
