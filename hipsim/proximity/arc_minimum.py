"""Minimum distance over a continuous range of angles, and where it first falls below a threshold.

Branch and bound over cells of poses, with a proven bound for every cell that is left out; the
answer is a minimum with a certificate, not the least of some samples. What is certified, pose by
pose, is the clearance

- minus the largest depth of a vertex of either surface inside the other's closed bone, where there
  is one (:mod:`hipsim.proximity.deepest`);
- otherwise the distance of the two surfaces (:mod:`hipsim.proximity.nearest_cells`).

That is the number of :class:`DistanceQuery` for closed bodies. Where surfaces are parts of larger
bones (parents), a vertex may lie inside the other bone while the surfaces are apart; then this
clearance is negative where the query may say ``gap``. It is never above the query's.

The number need not be continuous for this: overlap and gap are bounded apart. An overlap shallower
than ``TOUCHING_MM`` counts as none.
"""

from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from hipsim.checks import Array, as_number
from hipsim.errors import ComputationError, InputError
from hipsim.geometry import Mesh
from hipsim.proximity.body import make_body
from hipsim.proximity.deepest import DepthBounds, Items, Measured, Side, make_balls
from hipsim.proximity.distance import DistanceQuery
from hipsim.proximity.first_below import (
    CELLS_PER_ROUND,
    ITEMS_PER_ROUND,
    TOUCHING_MM,
    FirstBelow,
    Walk,
    smallest,
)
from hipsim.proximity.nearest_cells import GapBounds
from hipsim.proximity.turning import AngleRange, Cells, Turning

LIMIT = 2_000_000  # evaluations: some ten seconds
POLISHED = 2  # best items per round tried at all corners of their cells


@dataclass(frozen=True, eq=False)
class Lowest:
    """The least clearance over a range of angles, with its proof.

    Parameters
    ----------
    minimum_mm
        Clearance in the pose found; minus the depth where the bodies overlap.
    lower_bound_mm
        No pose of the range has less.
    piece, place
        Where in the range the pose is.
    angles_deg
        The pose, shape (3,).
    kind
        ``"gap"``, ``"depth"`` or ``"contact"``.
    points_mm
        The closest points, or the deepest vertex and the surface point nearest to it: of a, then
        of b, in the frame of b, shape (2, 3).
    evaluations
        Number of signed distances of points and of distances of surfaces it took.
    """

    minimum_mm: float
    lower_bound_mm: float
    piece: int
    place: Array
    angles_deg: Array
    kind: str
    points_mm: Array
    evaluations: int


class CertifiedSearch:
    """Certified minima of the clearance of two bodies; built once for any number of ranges.

    Parameters
    ----------
    a, b
        Surfaces, open or closed, each in its own frame.
    parent_a, parent_b
        The closed bones they were cut from; see :class:`DistanceQuery`.

    Raises
    ------
    InputError
        If something other than a mesh is given.
    MeshError
        If a parent is open, or turned inside out.

    Examples
    --------
    A corner 3 mm from the axis passes 1 mm under a plate, between the samples one would take:

    >>> corner = Mesh([[3, 0, 0], [2, 0, 0], [2, 0, 1]], [[0, 1, 2]])
    >>> plate = Mesh([[-9, 4, -9], [9, 4, -9], [0, 4, 9]], [[0, 2, 1]])
    >>> turning = Turning(np.eye(4), np.eye(3)[[2, 0, 1]], np.eye(4))
    >>> found = CertifiedSearch(corner, plate).minimum(
    ...     turning, AngleRange.line([[0, 0, 0], [170, 0, 0]]))
    >>> round(found.minimum_mm, 2), found.minimum_mm - found.lower_bound_mm <= 0.01
    (1.0, True)
    """

    def __init__(
        self, a: Mesh, b: Mesh, *, parent_a: Mesh | None = None, parent_b: Mesh | None = None
    ) -> None:
        bodies = make_body(a, parent_a, name="a"), make_body(b, parent_b, name="b")
        self._query = DistanceQuery(a, b)
        self._points = (a.vertices[np.unique(a.faces)], b.vertices[np.unique(b.faces)])
        self._sides: dict[int, Side] = {}
        for k, other in ((0, bodies[1]), (1, bodies[0])):
            if other.solid is not None:
                balls = make_balls(self._points[k])
                self._sides[k] = Side(balls, other.solid, other.tree.centre)

    def minimum(
        self,
        turning: Turning,
        range_: AngleRange,
        *,
        tolerance_mm: float = 0.01,
        max_evaluations: int = LIMIT,
    ) -> Lowest:
        """Return the least clearance over a range of angles, certified.

        Parameters
        ----------
        turning
            What the angles do to body a.
        range_
            Where they may go.
        tolerance_mm
            Largest difference of the clearance found and its lower bound, at least 1e-5.
        max_evaluations
            Number after which to give up.

        Raises
        ------
        InputError
            If a number is out of range.
        ComputationError
            If the tolerance is not reached; the message holds the bounds that are.
        """
        tolerance = as_number(tolerance_mm, name="tolerance_mm", low=1e-5, unit="mm")
        gaps = self._gaps(turning, range_)
        gaps.corner_values(gaps.whole())
        depths = self._depths(turning, range_)
        if depths is None:
            return _nearest(gaps, tolerance, max_evaluations, spent=0)
        found = _deepest(depths, gaps, tolerance, max_evaluations)
        return found or _nearest(gaps, tolerance, max_evaluations, spent=depths.evaluations)

    def first_below(
        self,
        turning: Turning,
        line: AngleRange,
        *,
        threshold_mm: float = 0.0,
        resolution_deg: float = 0.05,
        max_evaluations: int = LIMIT,
    ) -> FirstBelow:
        """Return where along a line of poses clearance first falls below a threshold, certified.

        Parameters
        ----------
        turning
            What the angles do to body a.
        line
            A broken line of poses.
        threshold_mm
            In mm; at 0 touching counts as below.
        resolution_deg
            Largest change of any angle between the last pose known to be clear and the pose
            below.
        max_evaluations
            Number after which to give up.

        Raises
        ------
        InputError
            If the range is not a line, or a number is out of range.
        ComputationError
            If the resolution is not reached.
        """
        if line.n_sides != 1:
            raise InputError("first_below needs a line of poses, got a box: a box has no order")
        threshold = as_number(threshold_mm, name="threshold_mm", unit="mm")
        resolution = as_number(resolution_deg, name="resolution_deg", low=1e-6, unit="deg")
        walk = Walk(line, resolution, max_evaluations)
        depths = self._depths(turning, line)
        if depths is not None:
            walk.past_depths(depths, max(-threshold, TOUCHING_MM))
        if threshold >= 0.0:
            walk.past_gaps(self._gaps(turning, line), threshold)
        return walk.result()

    def _gaps(self, turning: Turning, range_: AngleRange) -> GapBounds:
        """Return the bounds of the gap."""
        return GapBounds(self._query, self._points, turning, range_)

    def _depths(self, turning: Turning, range_: AngleRange) -> DepthBounds | None:
        """Return the bounds of overlap, or None where neither body knows its inside."""
        return DepthBounds(self._sides, turning, range_) if self._sides else None


def _deepest(depths: DepthBounds, gaps: GapBounds, tolerance: float, limit: int) -> Lowest | None:
    """Return the deepest overlap, or None after the proof that there is none."""
    frontier, found = depths.roots()
    best, proved = Measured.deepest(found), 0.0
    while True:
        known = max(float(best.depth[0]), -gaps.best[0])
        upper, goal = (-known, known + tolerance) if known >= 0.0 else (gaps.best[0], TOUCHING_MM)
        is_open = frontier.bound > goal
        proved = max(proved, float(frontier.bound[~is_open].max(initial=0.0)))
        frontier = frontier[is_open]
        if len(frontier) == 0:
            break
        if depths.evaluations > limit:
            _give_up(depths.evaluations, -float(frontier.bound.max()), upper)
        chosen, rest = smallest(-frontier.bound, ITEMS_PER_ROUND)
        children, found = depths.children(frontier[chosen])
        rim = depths.at_corners(children, POLISHED if known >= 0.0 else 0)
        best = Measured.deepest(best, found, rim)
        frontier = Items.joined([frontier[rest], children])
    if known < 0.0:
        return None
    lower, spent = -max(proved, known), depths.evaluations + gaps.evaluations
    if best.depth[0] < known:
        return _lowest_sampled(gaps, lower, spent)
    piece, place = int(best.piece[0]), best.place[0]
    angles = gaps.angles_deg(piece, place)
    return Lowest(-known, lower, piece, place, angles, "depth", best.points[0], spent)


def _nearest(gaps: GapBounds, tolerance: float, limit: int, *, spent: int) -> Lowest:
    """Return the smallest gap where no pose overlaps."""
    cells, proved = gaps.whole(), np.inf
    lower = gaps.lower(cells)
    while True:
        is_open = lower < gaps.best[0] - tolerance
        proved = min(proved, float(lower[~is_open].min(initial=np.inf)))
        cells, lower = cells[is_open], lower[is_open]
        if len(cells) == 0:
            break
        if gaps.evaluations + spent > limit:
            _give_up(gaps.evaluations + spent, float(lower.min()), gaps.best[0])
        chosen, rest = smallest(lower, CELLS_PER_ROUND)
        halves = Cells.joined(list(cells[chosen].halves(gaps.longest_side(cells[chosen]))))
        above = np.tile(lower[chosen], 2)
        cells = Cells.joined([cells[rest], halves])
        lower = np.concatenate([lower[rest], np.maximum(gaps.lower(halves), above)])
    return _lowest_sampled(gaps, min(proved, gaps.best[0]), spent + gaps.evaluations)


def _lowest_sampled(gaps: GapBounds, lower: float, spent: int) -> Lowest:
    """Return the lowest of the poses that were asked for, with its proven lower bound."""
    value, piece, place = gaps.best
    angles = gaps.angles_deg(piece, place)
    found = gaps.at(angles)
    points = np.stack([found.points_a_mm[0], found.points_b_mm[0]])
    return Lowest(value, lower, piece, place, angles, str(found.kind[0]), points, spent)


def _give_up(evaluations: int, lower: float, upper: float) -> NoReturn:
    """Say how far the search came."""
    raise ComputationError(
        f"gave up after {evaluations} evaluations: the minimum lies between {lower:.4f} and "
        f"{upper:.4f} mm; raise max_evaluations or allow a larger tolerance_mm"
    )
