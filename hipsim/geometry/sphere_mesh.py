"""Bodies of balls joined by cones and slabs, and their subdivision.

The sphere mesh (Thiery, Guy, Boubekeur 2013, ACM Trans Graph 32:178, doi
10.1145/2508363.2508384) is a handful of balls with their own radii: two make a cone, three a slab
whose half thickness is interpolated. It draws a bone with a few dozen named balls. Inside one
sphere mesh the plain minimum is taken, because neighbours share balls and meet without a step; a
soft minimum over many equal values would inflate.

Flat slabs look like a cut gem. Subdivision (Loop 1987, Smooth subdivision surfaces based on
triangles; cubic B-splines along chains and borders) rounds them: positions and radii alike, by a
fixed matrix, so that moving a ball moves its surroundings linearly.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from hipsim.checks import Array, IntArray
from hipsim.errors import InputError


@dataclass(frozen=True, eq=False)
class SphereMesh:
    """Balls joined by cones and slabs; called with points it returns a field.

    Parameters
    ----------
    centres
        Centres of the balls, shape (n, 3), in mm.
    radii
        Radii in mm, shape (n,).
    edges
        Pairs of balls joined by a cone, shape (k, 2); a ball alone is an edge to itself.
    triangles
        Triples of balls joined by a slab, shape (m, 3); their sides must be edges too.

    Notes
    -----
    Negative inside and close to the signed distance near the surface: exact for equal radii.

    Examples
    --------
    >>> rod = SphereMesh(np.array([[0.0, 0, 0], [10, 0, 0]]), np.array([1.0, 2.0]),
    ...                  np.array([[0, 1]]), np.empty((0, 3), int))
    >>> rod(np.array([[5.0, 4.0, 0.0], [10.0, 0.0, 0.0]])).tolist()
    [2.5, -2.0]
    """

    centres: Array
    radii: Array
    edges: IntArray
    triangles: IntArray

    def __call__(self, points: Array) -> Array:
        """Return the field at points (n, 3), in mm."""
        from hipsim.geometry._sphere_mesh_kernels import nearest_values

        cone_covers, slab_covers = self._covers
        return nearest_values(points, self._cones, cone_covers, self._slabs, slab_covers)

    @cached_property
    def bounds(self) -> Array:
        """Lowest and highest corner of a box round all balls, shape (2, 3)."""
        reach = self.radii[:, None]
        return np.stack([(self.centres - reach).min(axis=0), (self.centres + reach).max(axis=0)])

    @cached_property
    def _cones(self) -> Array:
        """Start, vector to the end, radius and its change for each cone, shape (k, 8)."""
        start, end = self.centres[self.edges[:, 0]], self.centres[self.edges[:, 1]]
        radius = self.radii[self.edges]
        return np.column_stack([start, end - start, radius[:, 0], radius[:, 1] - radius[:, 0]])

    @cached_property
    def _slabs(self) -> Array:
        """Corner, normal, barycentric vectors and radii for each slab, shape (m, 15)."""
        a, b, c = np.moveaxis(self.centres[self.triangles], 1, 0)
        normal = np.cross(b - a, c - a)
        square = np.einsum("ij,ij->i", normal, normal)[:, None]
        to_b, to_c = np.cross(c - a, normal) / square, np.cross(normal, b - a) / square
        radii = self.radii[self.triangles]
        return np.column_stack([a, normal / np.sqrt(square), to_b, to_c, radii])

    @cached_property
    def _covers(self) -> tuple[Array, Array]:
        """Middle and radius of a ball round each cone (k, 4) and each slab (m, 4)."""
        covers = []
        for cells in (self.edges, self.triangles):
            corners = self.centres[cells]
            middle = corners.mean(axis=1)
            away = np.linalg.norm(corners - middle[:, None], axis=2) + self.radii[cells]
            covers.append(np.column_stack([middle, away.max(axis=1, initial=0.0)]))
        return covers[0], covers[1]


@dataclass(frozen=True, eq=False)
class Net:
    """How balls hang together, without their places: the pattern of a sphere mesh.

    Parameters
    ----------
    weights
        Shape (n, n_table): each ball of the net as a weighted mean of the balls of a table.
    edges, triangles
        As in :class:`SphereMesh`, indices of the net's own balls.
    """

    weights: sparse.csr_array
    edges: IntArray
    triangles: IntArray

    @classmethod
    def from_cells(cls, cells: list[tuple[int, ...]], n_table: int) -> "Net":
        """Build a net from balls (i,), cones (i, j) and slabs (i, j, k) of a table.

        Raises
        ------
        InputError
            If a cell has no or more than three balls.

        Examples
        --------
        >>> Net.from_cells([(0, 1, 2), (2, 3)], 4).edges.tolist()
        [[0, 1], [0, 2], [1, 2], [2, 3]]
        """
        if any(not 1 <= len(cell) <= 3 for cell in cells):
            raise InputError("a cell joins one, two or three balls")
        used = sorted({i for cell in cells for i in cell})
        own = {ball: i for i, ball in enumerate(used)}
        renumbered = [tuple(own[i] for i in cell) for cell in cells]
        slabs = [cell for cell in renumbered if len(cell) == 3]
        sides = [(cell[i], cell[(i + 1) % 3]) for cell in slabs for i in range(3)]
        cones = sides + [(cell[0], cell[-1]) for cell in renumbered if len(cell) < 3]
        weights = sparse.eye_array(n_table, format="csr")[used]
        return cls(weights, _pairs(cones), np.array(slabs, dtype=np.int64).reshape(-1, 3))

    def subdivided(self) -> "Net":
        """Split every cone in two and every slab in four, and smooth the balls."""
        n, opposite = self.weights.shape[0], self._opposite()
        cones = [(a, b) for a, b in self.edges.tolist() if a != b]
        middle = {pair: n + i for i, pair in enumerate(cones)}
        rows = self._old_rules(opposite) + [_new_rule(pair, opposite[pair]) for pair in cones]
        halves = [(end, middle[pair]) for pair in cones for end in pair]
        alone = [(a, a) for a, b in self.edges.tolist() if a == b]
        slabs = []
        for a, b, c in self.triangles.tolist():
            ab, bc, ca = (middle[_key(*pair)] for pair in ((a, b), (b, c), (c, a)))
            slabs += [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
            halves += [(ab, bc), (bc, ca), (ca, ab)]
        weights = _matrix(rows, n) @ self.weights
        triangles = np.array(slabs, dtype=np.int64).reshape(-1, 3)
        return Net(weights, _pairs(halves + alone), triangles)

    def mesh(self, centres: Array, radii: Array) -> SphereMesh:
        """Put the net's balls in place: table balls (n_table, 3) and radii (n_table,) in mm."""
        return SphereMesh(self.weights @ centres, self.weights @ radii, self.edges, self.triangles)

    def _opposite(self) -> dict[tuple[int, int], list[int]]:
        """Return, for every side of a slab, the third balls of the slabs on it."""
        found: dict[tuple[int, int], list[int]] = defaultdict(list)
        for a, b, c in self.triangles.tolist():
            for first, second, third in ((a, b, c), (b, c, a), (c, a, b)):
                found[_key(first, second)].append(third)
        return found

    def _old_rules(self, opposite: dict[tuple[int, int], list[int]]) -> list[dict[int, float]]:
        """Return for each ball its new place as a weighted mean of balls."""
        around: dict[int, list[int]] = defaultdict(list)
        for a, b in self.edges.tolist():
            if a != b:
                around[a].append(b)
                around[b].append(a)
        rules = []
        for ball in range(self.weights.shape[0]):
            slabs = {other: len(opposite[_key(ball, other)]) for other in around[ball]}
            rules.append(_old_rule(ball, slabs))
        return rules


def _old_rule(ball: int, slabs: dict[int, int]) -> dict[int, float]:
    """Weigh a ball and its neighbours; ``slabs`` counts the slabs on each of its cones."""
    border = [other for other, count in slabs.items() if count < 2]
    if slabs and all(count == 2 for count in slabs.values()):
        share = 3.0 / 16.0 if len(slabs) == 3 else 3.0 / (8.0 * len(slabs))
        return {ball: 1.0 - len(slabs) * share} | dict.fromkeys(slabs, share)
    if len(border) == 2 and all(count <= 2 for count in slabs.values()):
        return {ball: 0.75} | dict.fromkeys(border, 0.125)
    return {ball: 1.0}


def _new_rule(pair: tuple[int, int], opposite: list[int]) -> dict[int, float]:
    """Weigh the ends of a cone, and the balls across it where exactly two slabs meet."""
    if len(opposite) != 2:
        return dict.fromkeys(pair, 0.5)
    return dict.fromkeys(pair, 0.375) | dict.fromkeys(opposite, 0.125)


def _key(a: int, b: int) -> tuple[int, int]:
    """Name a cone whichever way round."""
    return (a, b) if a < b else (b, a)


def _pairs(cones: list[tuple[int, int]]) -> IntArray:
    """Return each cone once, as an array (k, 2)."""
    return np.array(sorted({_key(*pair) for pair in cones}), dtype=np.int64).reshape(-1, 2)


def _matrix(rows: list[dict[int, float]], n_columns: int) -> sparse.csr_array:
    """Return rows of weights as a sparse matrix."""
    entries = [(i, j, value) for i, row in enumerate(rows) for j, value in row.items()]
    i, j, values = zip(*entries, strict=True)
    return sparse.coo_array((values, (i, j)), shape=(len(rows), n_columns)).tocsr()
