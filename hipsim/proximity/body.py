"""One side of a query: the surface that is measured and the bone it belongs to."""

from dataclasses import dataclass

from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.proximity.solid import Solid, make_solid
from hipsim.proximity.tree import BoxTree, make_tree


@dataclass(frozen=True, eq=False)
class Body:
    """A surface, and the solid whose surface it is part of if that is known.

    Parameters
    ----------
    tree
        Box tree of the surface.
    solid
        The closed bone, its coordinates relative to the same centre; None if there is none.
    """

    tree: BoxTree
    solid: Solid | None


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
    for given, label in ((mesh, name), (parent, f"parent_{name}")):
        if not isinstance(given, Mesh) and (given is not None or label == name):
            raise InputError(f"{label} must be a Mesh, got {type(given).__name__}")
    tree = make_tree(mesh, mesh.bounds.mean(axis=0))
    if parent is None and not mesh.is_closed:
        return Body(tree, None)
    if parent is None or parent is mesh:
        return Body(tree, make_solid(mesh, tree, name=name))
    return Body(tree, make_solid(parent, make_tree(parent, tree.centre), name=f"parent_{name}"))
