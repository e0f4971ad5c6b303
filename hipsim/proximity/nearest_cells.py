"""Lower bounds of the gap between two surfaces over cells of angles, from its values at corners.

With x on a, y on b, both less the common point of the rotations, and ``p = R(angles) x``, the
squared distance ``|p - y|^2`` has second derivatives ``2 (A_j x y) . (A_k x p)``, j <= k, in the
angles (:mod:`hipsim.proximity.turning`): along a side g of a cell its second derivative is no more
than::

    M(g) = 2 sum_jk |g_j| |g_k| rho_min(j,k)(y) rho_max(j,k)(p)

The squared gap is the least of these functions over all pairs, so what bounds each from above in
curvature bounds it too: along each side it lies above the chord of its values at the two ends, less
at most M(g) / 2 for a half side g. Taking the sides one after another::

    gap^2 >= min over corners of gap^2 - sum over sides of M(half side) / 2                 (3)

Only pairs that are nearest somewhere in the cell count, so ``rho(p) <= rho(y) + cap`` and the
other way round, where no such pair is farther apart than cap in any pose of the cell. Near contact,
where (3) says little, ``gap >= min over corners - way`` by equation (1) takes over.
"""

from itertools import product

import numpy as np

from hipsim.checks import Array, IntArray
from hipsim.geometry import rigid
from hipsim.proximity.distance import DistanceQuery, Distances
from hipsim.proximity.turning import AngleRange, Cells, Turning, cross

SAME_DECIMALS = 10  # of angles in degrees: where pieces meet; 1e-10 mm at the end of a femur


class GapBounds:
    """Gap at the corners of cells of poses, and bounds within; every corner is asked once.

    Parameters
    ----------
    query
        The two surfaces.
    points
        Their vertices, each in its own frame, shape (n, 3) each.
    turning, range_
        What the angles do to a, and where they may go.
    """

    def __init__(
        self,
        query: DistanceQuery,
        points: tuple[Array, Array],
        turning: Turning,
        range_: AngleRange,
    ) -> None:
        self._query, self._turning, self._range = query, turning, range_
        self._reach_a, self._reach_b = largest_arms(*points, turning)
        self._corners = np.array(list(product((0.0, 1.0), repeat=range_.n_sides)))
        self._known: dict[bytes, float] = {}
        self.best: tuple[float, int, Array] = (np.inf, 0, np.zeros(range_.n_sides))

    @property
    def evaluations(self) -> int:
        """Number of poses asked for."""
        return len(self._known)

    def whole(self) -> Cells:
        """Return the whole range, one cell per piece."""
        return Cells.whole(self._range)

    def angles_deg(self, piece: int, place: Array) -> Array:
        """Return the angles (3,) at a place (m,) of a piece."""
        return self._range.angles_deg(np.array([piece]), place[None])[0]

    def at(self, angles_deg: Array) -> Distances:
        """Measure one pose, angles (3,)."""
        return self._query(self._turning.transforms(angles_deg[None]))

    def corner_values(self, cells: Cells) -> Array:
        """Return the clearance at the corners of cells, shape (n, 2^m)."""
        places = (cells.low[:, None] + self._corners * cells.size[:, None]).reshape(
            -1, cells.low.shape[1]
        )
        pieces = np.repeat(cells.piece, len(self._corners))
        angles = self._range.angles_deg(pieces, places)
        keys = [row.tobytes() for row in np.round(angles, SAME_DECIMALS) + 0.0]
        new = {key: i for i, key in enumerate(keys) if key not in self._known}
        if new:
            rows = np.array(list(new.values()))
            self._ask(list(new), pieces[rows], places[rows])
        return np.array([self._known[key] for key in keys]).reshape(len(cells), -1)

    def lower(self, cells: Cells) -> Array:
        """Bound the gap within cells from below, shape (n,); never less than zero."""
        sides = np.abs(cells.half_spans_rad(self._range))
        least = self.corner_values(cells).min(axis=1)
        return lowest_within(least, sides, self._reach_a, self._reach_b)

    def longest_side(self, cells: Cells) -> IntArray:
        """Return the side along which points move most, shape (n,)."""
        sides = np.abs(cells.half_spans_rad(self._range))
        return np.asarray((sides @ np.minimum(self._reach_a, self._reach_b)).argmax(axis=1))

    def _ask(self, keys: list[bytes], piece: IntArray, place: Array) -> None:
        """Measure poses and remember the best."""
        order = np.lexsort((*place.T, piece))
        angles = self._range.angles_deg(piece[order], place[order])
        values = self._query(self._turning.transforms(angles)).distance_mm
        self._known.update((keys[i], float(v)) for i, v in zip(order, values, strict=True))
        least = int(values.argmin())
        if values[least] < self.best[0]:
            self.best = float(values[least]), int(piece[order[least]]), place[order[least]]


def lowest_within(least: Array, sides: Array, reach_a: Array, reach_b: Array) -> Array:
    """Bound the gap within cells from below by its least value at their corners.

    Parameters
    ----------
    least
        Shape (n,), mm; below zero counts as zero, for in overlap the gap is not known.
    sides
        Change of the angles from the middle to each side, radians, positive, shape (n, m, 3).
    reach_a, reach_b
        From :func:`largest_arms`.

    Returns
    -------
    lower
        Shape (n,), mm; by equations (1) and (3), never less than zero.

    Examples
    --------
    >>> reach, sides = np.full(3, 100.0), np.diag(np.radians([0.5, 0.5, 0.5]))[None]
    >>> lowest_within(np.array([20.0, 1.0]), sides, reach, reach).round(2).tolist()
    [19.94, 0.0]
    """
    least = np.maximum(least, 0.0)
    way = np.minimum(sides @ reach_a, sides @ reach_b).sum(axis=1)
    cap = (least + 4.0 * way)[:, None]
    far_a, far_b = np.minimum(reach_a, reach_b + cap), np.minimum(reach_b, reach_a + cap)
    curvature = np.triu(far_b[:, :, None] * far_a[:, None, :])
    curvature += np.triu(curvature, 1).transpose(0, 2, 1)
    loss = np.einsum("nmj,nmk,njk->n", sides, sides, curvature)
    return np.maximum(np.sqrt(np.maximum(least**2 - loss, 0.0)), least - way)


def largest_arms(points_a: Array, points_b: Array, turning: Turning) -> tuple[Array, Array]:
    """Return the largest distances of points of a, of b, from the three axes in any pose."""
    arms_a, arms_b = rigid.apply(turning.after, points_a), points_b - turning.centre
    reach_a = np.full(3, np.linalg.norm(arms_a, axis=1).max())
    reach_b = np.full(3, np.linalg.norm(arms_b, axis=1).max())
    reach_a[2] = np.linalg.norm(cross(turning.axes[2], arms_a), axis=1).max()
    first = turning.before[:3, :3] @ turning.axes[0]
    reach_b[0] = np.linalg.norm(cross(first, arms_b), axis=1).max()
    return reach_a, reach_b
