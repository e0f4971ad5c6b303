"""The deepest overlap over a range of angles, with a proof: which vertex, in which pose.

Depth of a pose is the largest depth of a vertex of either surface inside the other's closed bone.
Instead of asking for it pose by pose, vertices and poses are searched together: an item is a ball
of neighbouring vertices and a cell of poses. Of the ball's pivot (itself a vertex) in the middle
pose the signed distance s and the nearest surface point y are known. For every vertex of the ball
in every pose of the cell

- depth <= radius - s + way, because signed distance changes by no more than the point moves
  (:mod:`hipsim.proximity.turning`, equation 1);
- depth <= radius + |p - y| for the moved pivot p, because y is a point of the surface. With p
  taken to first order the distance is convex in the angles, hence largest at a corner of the
  cell; equation (2) bounds what is left. The error is of second order in the size of the cell, so
  a maximum inside the range costs no more than one at its rim.

Where the pivot belongs to b, the point that moves is y on a; the bounds are the same. The one case
in which the second bound is of first order only is a maximum on a ridge, equally far from two sides
of the other body: should such a ridge be level in two or three angles (two parallel plates), the
search is slow and may give up, with what it has proven.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.geometry import rigid
from hipsim.proximity import _depth_kernels
from hipsim.proximity.chunks import run_chunks
from hipsim.proximity.solid import Solid
from hipsim.proximity.turning import AngleRange, Cells, Reach, Turning, cross

ROUNDING_MM = 1e-9  # added to every bound: float64 at a few hundred mm, with room
FEW, CUTS = (64, 512), (3, 2, 1)  # up to so many items are cut so many times a round
SINGLE = 1024  # points up to which a second thread costs more than it brings


@dataclass(frozen=True, eq=False)
class Balls:
    """Vertices of a surface as a binary tree of balls about one of them; node k has 2k, 2k + 1.

    Parameters
    ----------
    pivots
        The vertex each ball is centred on, shape (2^(depth + 1), 3); row 0 is not used.
    radii
        Radius of each ball, 0 in the lower half: a single vertex.
    """

    pivots: Array
    radii: Array

    @property
    def first_leaf(self) -> int:
        """The first ball that is a single vertex."""
        return len(self.radii) // 2


def make_balls(points: Array) -> Balls:
    """Sort points (n, 3) into balls.

    Examples
    --------
    >>> balls = make_balls(np.array([[0.0, 0, 0], [1, 0, 0], [4, 0, 0], [5, 0, 0]]))
    >>> balls.first_leaf, balls.radii[1:].tolist()
    (4, [4.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    """
    depth = int(np.ceil(np.log2(len(points))))
    points = points[np.arange(2**depth) % len(points)][None]
    pivots, radii = [np.zeros((1, 3))], [np.zeros(1)]
    for _ in range(depth + 1):
        middle = 0.5 * (points.min(axis=1) + points.max(axis=1))
        nearest = np.linalg.norm(points - middle[:, None], axis=2).argmin(axis=1)
        pivot = np.take_along_axis(points, nearest[:, None, None], axis=1)
        pivots.append(pivot[:, 0])
        radii.append(np.linalg.norm(points - pivot, axis=2).max(axis=1))
        if points.shape[1] > 1:
            points = _halves(points)
    return Balls(np.concatenate(pivots), np.concatenate(radii))


def _halves(points: Array) -> Array:
    """Cut groups of points (g, 2n, 3) at the median of their widest side to (2g, n, 3)."""
    widest = np.ptp(points, axis=1).argmax(axis=1)
    along = np.take_along_axis(points, widest[:, None, None], axis=2)[..., 0]
    order = along.argsort(axis=1, kind="stable")
    points = np.take_along_axis(points, order[..., None], axis=1)
    return points.reshape(2 * len(points), -1, 3)


@dataclass(frozen=True, eq=False)
class Side:
    """Vertices of one surface and the closed bone they may enter.

    Parameters
    ----------
    balls
        Vertices, in the frame of their own surface.
    solid
        The other bone.
    centre
        What the other bone's coordinates are relative to, shape (3,).
    """

    balls: Balls
    solid: Solid
    centre: Array


@dataclass(frozen=True, eq=False)
class Items:
    """Balls of vertices in cells of poses, and what is known of them.

    Parameters
    ----------
    side
        0 where the vertices belong to a, 1 where to b, shape (n,).
    node
        The ball, shape (n,).
    cells
        The poses.
    bound
        No vertex of the ball is deeper in any pose of the cell, shape (n,), mm.
    slack
        The share of the bound that is owed to the size of the cell, shape (n,), mm.
    longest
        The side of the cell across which to cut it, shape (n,).
    """

    side: IntArray
    node: IntArray
    cells: Cells
    bound: Array
    slack: Array
    longest: IntArray

    def __len__(self) -> int:
        return len(self.side)

    def __getitem__(self, chosen: IntArray | BoolArray) -> "Items":
        names = ("side", "node", "cells", "bound", "slack", "longest")
        return Items(*(getattr(self, name)[chosen] for name in names))

    @classmethod
    def joined(cls, parts: "list[Items]") -> "Items":
        """Return the items of several collections as one."""
        joined = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("side", "node", "bound", "slack", "longest")
        }
        return cls(cells=Cells.joined([part.cells for part in parts]), **joined)


@dataclass(frozen=True, eq=False)
class Measured:
    """What was found of single vertices in single poses.

    Parameters
    ----------
    depth
        Depth of the vertex, negative outside, shape (n,), mm.
    piece, place
        Where in the range the pose is, shapes (n,) and (n, m).
    points
        Point of a, then point of b, in the frame of b, shape (n, 2, 3): the vertex and the point
        of the other bone nearest to it.
    """

    depth: Array
    piece: IntArray
    place: Array
    points: Array

    @classmethod
    def deepest(cls, *parts: "Measured") -> "Measured":
        """Return the deepest of several collections alone."""
        best = max(parts, key=lambda part: part.depth.max(initial=-np.inf))
        row = slice(k := int(best.depth.argmax()), k + 1)
        return cls(best.depth[row], best.piece[row], best.place[row], best.points[row])


class DepthBounds:
    """Depth of balls of vertices of two bodies over cells of poses."""

    def __init__(self, sides: dict[int, Side], turning: Turning, range_: AngleRange) -> None:
        self._sides = sides
        self._turning = turning
        self._range = range_
        self._signs = np.array(list(product((-1.0, 1.0), repeat=range_.n_sides)))
        self.evaluations = 0

    def roots(self) -> tuple[Items, Measured]:
        """Return all vertices in all poses, one item per body and piece."""
        cells = Cells.whole(self._range)
        side = np.repeat(list(self._sides), len(cells)).astype(np.int64)
        return self.measured(side, np.ones_like(side), Cells.joined([cells] * len(self._sides)))

    def measured(self, side: IntArray, node: IntArray, cells: Cells) -> tuple[Items, Measured]:
        """Measure pivots in the middle poses and bound what is around them."""
        angles = self._range.angles_deg(cells.piece, cells.middle)
        points, signed = self._signed(side, node, angles)
        radii = self._of_balls("radii", side, node)
        reach = Reach.of(cells, self._range, self._turning)
        pivot = np.where((side == 0)[:, None], points[:, 0], points[:, 1])
        ways = reach.ways(reach.lever(pivot - self._turning.centre))
        slack = np.minimum(ways.sum(axis=1), self._second_order(reach, points) + signed)
        bound = radii - signed + slack + ROUNDING_MM
        items = Items(side, node, cells, bound, slack, ways.argmax(axis=1))
        return items, Measured(-signed, cells.piece, cells.middle, points)

    def children(self, items: Items) -> tuple[Items, Measured]:
        """Cut items, the ball or the cell, whichever owes more, and measure the parts.

        Few items are cut several times before they are measured: rounds cost time of their own.
        """
        for _ in range(CUTS[np.searchsorted(FEW, len(items))]):
            items = self._cut(items)
        found, measured = self.measured(items.side, items.node, items.cells)
        np.minimum(found.bound, items.bound, out=found.bound)
        return found, measured

    def _cut(self, items: Items) -> Items:
        """Cut each item in two without measuring."""
        is_ball = self._of_balls("radii", items.side, items.node) >= items.slack
        is_ball &= self._of_balls("radii", items.side, items.node) > 0.0
        whole, cut = items[is_ball], items[~is_ball]
        balls = [replace(whole, node=2 * whole.node + k) for k in (0, 1)]
        less = 0.5 * cut.slack
        cells = [replace(cut, cells=half, slack=less) for half in cut.cells.halves(cut.longest)]
        return Items.joined([*balls, *cells])

    def _of_balls(self, name: str, side: IntArray, node: IntArray) -> Array:
        """Return pivots or radii of balls."""
        own = {k: getattr(s.balls, name) for k, s in self._sides.items()}
        rows = np.empty((len(side), *next(iter(own.values())).shape[1:]))
        for k, values in own.items():
            rows[side == k] = values[node[side == k]]
        return rows

    def at_corners(self, items: Items, count: int) -> Measured:
        """Measure the pivots of the items with the largest bounds at the corners of their cells.

        Maxima often lie at the rim of the range, where no middle ever comes.
        """
        best = items[np.argsort(-items.bound, kind="stable")[:count]]
        shares = 0.5 * self._signs + 0.5
        n = len(shares)
        low = (best.cells.low[:, None] + shares * best.cells.size[:, None]).reshape(
            -1, shares.shape[1]
        )
        corners = Cells(np.repeat(best.cells.piece, n), low, np.zeros_like(low))
        return self.measured(np.repeat(best.side, n), np.repeat(best.node, n), corners)[1]

    def _second_order(self, reach: Reach, points: Array) -> Array:
        """Bound |p - y| over the cells, shape (n,)."""
        arm = points[:, 0] - self._turning.centre
        lever = reach.lever(arm)
        steps = reach.corner_steps(lever, self._signs)
        apart = (points[:, 0] - points[:, 1])[:, None] + steps
        return np.linalg.norm(apart, axis=2).max(axis=1) + reach.remainder(lever)

    def _signed(self, side: IntArray, node: IntArray, angles: Array) -> tuple[Array, Array]:
        """Return pivots with their feet (n, 2, 3), a then b, and their signed distances (n,)."""
        self.evaluations += len(side)
        forth = self._turning.transforms(angles)
        pivots = self._of_balls("pivots", side, node)
        points, signed = np.empty((len(side), 2, 3)), np.empty(len(side))
        for k, own in self._sides.items():
            here = np.flatnonzero(side == k)
            moved = forth[here] if k == 0 else rigid.inverse(forth[here])
            seen = rigid.apply(moved, pivots[here, None])[:, 0] - own.centre
            signed[here], feet = signed_feet(own.solid, seen)
            points[here, k] = seen + own.centre if k == 0 else pivots[here]
            feet += own.centre
            points[here, 1 - k] = feet if k == 0 else rigid.apply(forth[here], feet[:, None])[:, 0]
        return points, signed


def signed_feet(solid: Solid, points: Array) -> tuple[Array, Array]:
    """Return signed distances (n,) of points (n, 3) to a solid, and its nearest points (n, 3)."""
    nearest = np.empty(len(points), dtype=np.int64)
    is_inside = np.empty(len(points), dtype=np.bool_)
    points = np.ascontiguousarray(points)
    arrays, normals = solid.tree.arrays, solid.normals

    def work(part: slice) -> None:
        _depth_kernels.find_nearest(arrays, points[part], nearest[part], 0, _room())
        _depth_kernels.find_inside(arrays, normals, points[part], is_inside[part], 0, _room())

    run_chunks(work, len(points), 1 if len(points) <= SINGLE else None)
    feet = _feet(points, solid.tree.corners.reshape(-1, 3, 3)[nearest])
    length = np.linalg.norm(points - feet, axis=1)
    return np.where(is_inside, -length, length), feet


def _room() -> tuple[IntArray, Array, Array]:
    """Return what a walk to the nearest triangle needs to work in."""
    return np.empty(128, dtype=np.int64), np.empty(128), np.empty(3)


def _feet(points: Array, triangles: Array) -> Array:
    """Return the point of each triangle (n, 3, 3) nearest to its point (n, 3)."""
    origin, sides = triangles[:, 0], triangles[:, 1:] - triangles[:, :1]
    normal = cross(sides[:, 0], sides[:, 1])
    square = np.maximum((normal**2).sum(axis=1), 1e-300)[:, None]
    rest = points - origin
    s = (cross(rest, sides[:, 1]) * normal).sum(axis=1)[:, None] / square
    t = (cross(sides[:, 0], rest) * normal).sum(axis=1)[:, None] / square
    over = origin + s * sides[:, 0] + t * sides[:, 1]
    ends = np.roll(triangles, -1, axis=1) - triangles
    share = ((points[:, None] - triangles) * ends).sum(axis=2) / np.maximum(
        (ends**2).sum(axis=2), 1e-300
    )
    on_edges = triangles + np.clip(share, 0.0, 1.0)[..., None] * ends
    best = np.linalg.norm(on_edges - points[:, None], axis=2).argmin(axis=1)
    on_rim = np.take_along_axis(on_edges, best[:, None, None], axis=1)[:, 0]
    is_over = (s > 0.0) & (t > 0.0) & (s + t < 1.0)
    return np.where(is_over, over, on_rim)
