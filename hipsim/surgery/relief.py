"""The lesser trochanter as a relief: how high the bone reaches over a grid of places.

The relief is seen along the LT axis, from outside the bone. In it an inward offset of the surface
is exact and needs no search: what lies within a depth of the surface is the union of the balls of
that radius about the surface's points, so the offset surface is the lower envelope of those balls.
Where the surface overhangs, seen along the axis, its under side is not seen and stays.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.geometry import Mesh

NO_BONE_MM = -200.0  # height where there is none


@dataclass(frozen=True, eq=False)
class Relief:
    """Heights over a square grid.

    Parameters
    ----------
    origin
        Place of the node [0, 0] at height 0, shape (3,), mm.
    axes
        Orthonormal columns: along the first index, along the second, and height, shape (3, 3).
    step_mm
        Between nodes.
    height_mm
        Shape (n, m).
    """

    origin: Array
    axes: Array
    step_mm: float
    height_mm: Array

    @property
    def place_mm(self) -> Array:
        """Where each node is along the first two axes, shape (n, m, 2)."""
        indices = np.moveaxis(np.indices(self.height_mm.shape, dtype=np.float64), 0, -1)
        return np.asarray(self.step_mm * indices)

    def lowered(self, depth_mm: Array) -> "Relief":
        """Return the inward offset of the relief by a depth at each node, as balls have it.

        Parameters
        ----------
        depth_mm
            Radius of the ball about each node, shape (n, m); at a node with a negative one the
            relief is raised by that much instead.

        Examples
        --------
        >>> flat = Relief(np.zeros(3), np.eye(3), 1.0, np.full((9, 9), 5.0))
        >>> float(flat.lowered(np.full((9, 9), 2.0)).height_mm[4, 4])
        3.0
        """
        n, m = self.height_mm.shape
        reach = int(max(depth_mm.max(), 0.0) / self.step_mm)
        lowest = np.full((n + 2 * reach, m + 2 * reach), np.inf)
        lowest[reach : reach + n, reach : reach + m] = self.height_mm - depth_mm
        for i, j in np.ndindex(2 * reach + 1, 2 * reach + 1):
            aside2 = ((i - reach) ** 2 + (j - reach) ** 2) * self.step_mm**2
            inside = np.maximum(depth_mm, 0.0) ** 2 - aside2
            ball = np.where(inside > 0.0, self.height_mm - np.sqrt(np.maximum(inside, 0.0)), np.inf)
            place = lowest[i : i + n, j : j + m]
            np.minimum(place, ball, out=place)
        height = lowest[reach : reach + n, reach : reach + m]
        return Relief(self.origin, self.axes, self.step_mm, height)

    def air(self, top_mm: float) -> Mesh:
        """Return the closed body between the relief and a height over all of it."""
        n, m = self.height_mm.shape
        place = self.place_mm
        low = np.dstack([place, np.minimum(self.height_mm, top_mm - 1.0)]).reshape(-1, 3)
        high = np.dstack([place, np.full((n, m), top_mm)]).reshape(-1, 3)
        points = self.origin + np.vstack([low, high]) @ self.axes.T
        return Mesh(points, _box_faces(n, m))


def make_relief(surface: Mesh, origin: Array, axes: Array, step_mm: float, size: Array) -> Relief:
    """Look at a surface along the third axis and return how high it reaches at each node.

    Parameters
    ----------
    surface
        Scan frame, mm.
    origin, axes
        Of the relief, see :class:`Relief`; right-handed.
    step_mm
        Between nodes.
    size
        Number of nodes along the first and the second index.
    """
    corners = (surface.triangles - origin) @ axes
    flat = corners[:, :, :2] / step_mm
    low = np.maximum(np.ceil(flat.min(axis=1)), 0).astype(int)
    high = np.minimum(np.floor(flat.max(axis=1)), np.asarray(size) - 1).astype(int)
    count = np.maximum(high - low + 1, 0)
    face, node = _nodes_in_boxes(low, count)
    is_in, level = _over_triangle(flat[face], corners[face, :, 2], node)
    height = np.full(tuple(size), NO_BONE_MM)
    np.maximum.at(height, (node[is_in, 0], node[is_in, 1]), level[is_in])
    return Relief(origin, axes, step_mm, height)


def _nodes_in_boxes(low: IntArray, count: IntArray) -> tuple[IntArray, IntArray]:
    """Return every node in each of some boxes: the box (k,) and the node (k, 2)."""
    total = count.prod(axis=1)
    box = np.repeat(np.arange(len(low)), total)
    rank = np.arange(len(box)) - np.repeat(np.cumsum(total) - total, total)
    node = low[box] + np.stack([rank // count[box, 1], rank % count[box, 1]], axis=1)
    return box, node


def _over_triangle(flat: Array, level: Array, node: IntArray) -> tuple[BoolArray, Array]:
    """Tell which nodes lie under their triangle, and its height there."""
    a, b, c = np.moveaxis(flat, 1, 0)
    twice = _cross(b - a, c - a)
    inside = np.abs(twice) > 1e-9
    safe = np.where(inside, twice, 1.0)
    shares = np.stack([_cross(c - b, node - b), _cross(a - c, node - c), _cross(b - a, node - a)])
    shares = shares / safe
    return inside & (shares >= -1e-9).all(axis=0), (shares.T * level).sum(axis=1)


def _cross(a: Array, b: Array) -> Array:
    """Return the cross product of vectors in a plane."""
    product: Array = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _box_faces(n: int, m: int) -> IntArray:
    """Return the faces of a body between two grids of nodes, the lower one numbered first."""
    low = np.arange(n * m).reshape(n, m)
    high = low + n * m
    a, b, c, d = low[:-1, :-1], low[1:, :-1], low[1:, 1:], low[:-1, 1:]
    under = [(a, d, c), (a, c, b)]
    over = [(x + n * m, z + n * m, y + n * m) for x, y, z in under]
    rims = [
        (low[0], high[0]),
        (high[-1], low[-1]),
        (high[:, 0], low[:, 0]),
        (low[:, -1], high[:, -1]),
    ]
    walls = []
    for first, second in rims:
        walls += [(first[:-1], second[:-1], second[1:]), (first[:-1], second[1:], first[1:])]
    parts = [np.stack([x.ravel() for x in part], axis=1) for part in (*under, *over, *walls)]
    return np.concatenate(parts)
