"""Mend what is safe to mend in a surface: the way faces turn, and holes too small to matter.

What the surface looks like stays; what is mended is neither smoothed, moved nor remeshed.
"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.geometry.closing import border_loops
from hipsim.geometry.mesh import Mesh

TAUBIN_STEPS = (0.5, -0.53)  # towards the neighbours, and back by a little more


def turned_alike(mesh: Mesh) -> tuple[Mesh, int]:
    """Turn faces until neighbours agree, the fewer faces of each piece.

    Parameters
    ----------
    mesh
        Any surface.

    Returns
    -------
    mesh
        The same faces; those of a one-sided surface cannot agree everywhere.
    n_turned
        How many faces were turned.

    Examples
    --------
    >>> mesh, n_turned = turned_alike(
    ...     Mesh(np.vstack([np.zeros(3), np.eye(3)]), [[0, 1, 2], [0, 1, 3], [0, 3, 2], [1, 2, 3]]))
    >>> n_turned, mesh.is_closed
    (1, True)
    """
    first, second, disagree = _neighbours(mesh)
    m = len(mesh.faces)
    links = coo_array((np.ones(len(first)), (first, second)), shape=(m, m)).tocsr()
    piece = connected_components(links, directed=False)[1]
    clash = dict(zip(zip(first.tolist(), second.tolist(), strict=True), disagree, strict=True))
    is_turned = np.zeros(m, dtype=bool)
    for k, start in enumerate(np.unique(piece, return_index=True)[1]):
        if not disagree[piece[first] == k].any():
            continue
        order, before = breadth_first_order(links, start, directed=False)
        for face in order[1:].tolist():
            parent = int(before[face])
            key = (min(face, parent), max(face, parent))
            is_turned[face] = is_turned[parent] ^ clash[key]
        inside = piece == k
        if 2 * is_turned[inside].sum() > inside.sum():
            is_turned[inside] ^= True
    return _with_turned(mesh, is_turned), int(is_turned.sum())


def fill_small_holes(mesh: Mesh, *, widest_mm: float) -> tuple[Mesh, Array]:
    """Close holes by a fan of faces round the middle of their rim.

    Parameters
    ----------
    mesh
        Surface whose faces turn alike.
    widest_mm
        Holes wider than this stay open; the width is twice the distance of the
        farthest corner of the rim from its middle.

    Returns
    -------
    mesh
        With the new faces last.
    widths_mm
        Width of each hole that was closed, shape (k,).

    Examples
    --------
    >>> corner = Mesh(np.vstack([np.zeros(3), np.eye(3)]), [[0, 2, 1], [0, 1, 3], [0, 3, 2]])
    >>> closed, widths = fill_small_holes(corner, widest_mm=2.0)
    >>> closed.is_closed, widths.round(2).tolist()
    (True, [1.63])
    """
    vertices, faces, widths = [mesh.vertices], [mesh.faces], []
    for rim, _ in border_loops(mesh.faces) if (mesh.edge_counts[1] == 1).any() else []:
        corners = mesh.vertices[rim]
        width = _width(corners)
        if width > widest_mm or len(rim) < 3:
            continue
        middle = len(mesh.vertices) + len(vertices) - 1
        if len(rim) == 3:
            faces.append(rim[None, ::-1])
        else:
            vertices.append(corners.mean(axis=0)[None])
            faces.append(np.column_stack([np.roll(rim, -1), rim, np.full(len(rim), middle)]))
        widths.append(width)
    return Mesh(np.vstack(vertices), np.vstack(faces)), np.array(widths)


def calmed(mesh: Mesh, *, passes: int = 10) -> Mesh:
    """Return the mesh with the steps of voxels taken off, for looking at normals only.

    Parameters
    ----------
    mesh
        Any surface, mm.
    passes
        How often every vertex moves towards the mean of its neighbours and back again
        (Taubin, A signal processing approach to fair surface design, SIGGRAPH 1995).

    Examples
    --------
    >>> flat = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])
    >>> len(calmed(flat).faces)
    1
    """
    (first, second), n = mesh.edge_counts[0].T, len(mesh.vertices)
    links = coo_array((np.ones(len(first)), (first, second)), shape=(n, n)).tocsr()
    links = links + links.T
    count = np.asarray(links.sum(axis=1))[:, None]
    points = np.array(mesh.vertices)
    for step in TAUBIN_STEPS * passes:
        mean = np.divide(links @ points, count, out=points.copy(), where=count > 0.0)
        points += step * (mean - points)
    return Mesh(points, mesh.faces)


def hole_widths_mm(mesh: Mesh) -> Array:
    """Return the width of every hole, widest first, shape (k,), in mm.

    Examples
    --------
    >>> hole_widths_mm(Mesh(3 * np.eye(3), [[0, 1, 2]])).round(2).tolist()
    [4.9]
    """
    if not (mesh.edge_counts[1] == 1).any():
        return np.empty(0)
    widths = [_width(mesh.vertices[rim]) for rim, _ in border_loops(mesh.faces)]
    return np.sort(np.array(widths))[::-1]


def _width(rim: Array) -> float:
    """Return twice the distance of the farthest corner of a rim from its middle."""
    return 2.0 * float(np.linalg.norm(rim - rim.mean(axis=0), axis=1).max())


def _neighbours(mesh: Mesh) -> tuple[IntArray, IntArray, BoolArray]:
    """Return pairs of faces at edges of exactly two faces, lower first; whether they disagree."""
    directed = mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    low, high = directed.min(axis=1), directed.max(axis=1)
    code = low * len(mesh.vertices) + high
    order = np.argsort(code, kind="stable")
    _, start, count = np.unique(code[order], return_index=True, return_counts=True)
    a, b = order[start[count == 2]], order[start[count == 2] + 1]
    same_way = directed[a, 0] == directed[b, 0]
    return a // 3, b // 3, same_way


def _with_turned(mesh: Mesh, is_turned: BoolArray) -> Mesh:
    """Return the mesh with some faces turned."""
    if not is_turned.any():
        return mesh
    return Mesh(mesh.vertices, np.where(is_turned[:, None], mesh.faces[:, ::-1], mesh.faces))
