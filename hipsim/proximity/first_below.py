"""The walk along a line of poses to the first that is below a threshold, certified."""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.errors import ComputationError
from hipsim.proximity.deepest import DepthBounds, Items
from hipsim.proximity.nearest_cells import GapBounds
from hipsim.proximity.turning import AngleRange, Cells

TOUCHING_MM = 1e-6  # far above rounding, far below what any scan resolves
ITEMS_PER_ROUND = 2048
CELLS_PER_ROUND = 128


@dataclass(frozen=True, eq=False)
class FirstBelow:
    """Where clearance first falls below a threshold; positions count pieces of the line.

    Parameters
    ----------
    clear_until
        No pose before this position is below.
    below_at
        The pose here is, to within ``TOUCHING_MM``; None if none is.
    evaluations
        Number of signed distances of points and of distances of surfaces it took.
    """

    clear_until: float
    below_at: float | None
    evaluations: int


class Walk:
    """A walk along a line of poses up to the first that is below a threshold.

    Bounds leave out what is proven clear, poses found below cut off what comes after them; what
    is left lies between ``clear``, before which all is proven, and ``below``.
    """

    def __init__(self, line: AngleRange, resolution_deg: float, limit: int) -> None:
        travel = np.abs(line.spans_deg[:, 0]).max(axis=1)
        self._travel = np.concatenate([[0.0], np.cumsum(travel)])
        self._resolution, self._limit = resolution_deg, limit
        self._evaluations = 0
        self.clear = self.below = np.inf

    def past_depths(self, depths: DepthBounds, goal: float) -> None:
        """Walk to the first vertex deeper than ``goal``."""
        frontier, found = depths.roots()
        while True:
            self._note(found.piece + found.place[:, 0], found.depth > goal)
            frontier = frontier[(frontier.bound > goal) & (_starts(frontier.cells) < self.below)]
            starts = _starts(frontier.cells)
            if self._is_done(starts, depths.evaluations):
                break
            chosen, rest = smallest(starts, ITEMS_PER_ROUND)
            children, found = depths.children(frontier[chosen])
            frontier = Items.joined([frontier[rest], children])
        self._evaluations += depths.evaluations

    def past_gaps(self, gaps: GapBounds, threshold: float) -> None:
        """Walk to the first pose with a gap below a threshold, at 0 to the first contact."""
        cells, safe = gaps.whole(), max(threshold - TOUCHING_MM, 0.5 * TOUCHING_MM)
        while True:
            values = gaps.corner_values(cells)
            is_below = (values < threshold) | (values <= TOUCHING_MM)
            ends = cells.low[:, :1] + cells.size[:, :1] * [0.0, 1.0]
            self._note(cells.piece[:, None] + ends, is_below)
            cells = cells[(gaps.lower(cells) < safe) & (_starts(cells) < self.below)]
            starts = _starts(cells)
            if self._is_done(starts, gaps.evaluations):
                break
            chosen, rest = smallest(starts, CELLS_PER_ROUND)
            sides = np.zeros(len(chosen), dtype=np.int64)
            cells = Cells.joined([cells[rest], *cells[chosen].halves(sides)])
        self._evaluations += gaps.evaluations

    def result(self) -> FirstBelow:
        """Return what the walk found."""
        is_below = np.isfinite(self.below)
        end = float(len(self._travel) - 1)
        return FirstBelow(
            clear_until=float(min(self.clear, self.below)) if is_below else end,
            below_at=float(self.below) if is_below else None,
            evaluations=self._evaluations,
        )

    def _note(self, positions: Array, is_below: BoolArray) -> None:
        """Remember the first position that is below."""
        self.below = min(self.below, float(positions[is_below].min(initial=np.inf)))

    def _is_done(self, starts: Array, evaluations: int) -> bool:
        """Return whether the first place in doubt is near enough to the first pose below."""
        first = float(starts.min(initial=np.inf))
        doubt = self._way(self.below) - self._way(first) if first < self.below else 0.0
        is_done = doubt <= self._resolution
        if is_done:
            self.clear = min(self.clear, first)
        elif evaluations + self._evaluations > self._limit:
            raise ComputationError(
                f"gave up after {evaluations + self._evaluations} evaluations: clear to position "
                f"{first:.6f}, below the threshold at {self.below:.6f} (counted in pieces of the "
                "line); raise max_evaluations or allow a coarser resolution_deg"
            )
        return is_done

    def _way(self, position: float) -> float:
        """Return the travel up to a position, in degrees of the angle that moves most."""
        if np.isinf(position):
            return np.inf
        places = np.arange(len(self._travel), dtype=np.float64)
        return float(np.interp(position, places, self._travel))


def _starts(cells: Cells) -> Array:
    """Return where along a line each cell starts, in pieces."""
    return np.asarray(cells.piece + cells.low[:, 0])


def smallest(keys: Array, count: int) -> tuple[IntArray, IntArray]:
    """Return the indices of the ``count`` smallest keys, and those of the others."""
    if len(keys) <= count:
        return np.arange(len(keys)), np.arange(0)
    order = np.argpartition(keys, count)
    return order[:count], order[count:]
