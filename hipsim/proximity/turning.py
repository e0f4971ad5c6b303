"""Rotation about a point by three angles one after another, and how far a point moves by it.

A turning takes body a into the frame of body b by three rotations about one common point: the
first angle about an axis fixed in b, the second about an axis the first carries, the third about
an axis of a. A joint is one; so is any rotation about a point.

How far points move (the proof all bounds of this room rest on). Let p be where a point of a lies,
seen from b, in the pose of angles c; let ``A1, A2, A3`` be the unit axes as they lie in b in that
pose, and ``rho_k = |A_k x (p - o)|`` the distance of p from the k-th, o the common point. Change
the angles to ``c + d`` in order, first to last. Changing the first turns p about A1: a way of at
most ``|d1| rho_1``. The second axis lies anywhere the first carries it, the point with it, so its
distance from that axis still is ``rho_2``; and so on. Hence::

    |p(c + d) - p(c)| <= |d1| rho_1 + |d2| rho_2 + |d3| rho_3                               (1)

with the distances of pose c alone, however large d is; and because the three rotations together
turn by no more than the sum s of ``|d_k|``, also ``<= 2 |p - o| sin(min(s, pi) / 2)``. A point of b
seen from a moves by no more either: changing the angles last to first, the same argument holds
with its own distances from the same three axes.

To first order p moves by ``J d``, ``J`` having the columns ``A_k x (p - o)``. The second
derivatives are ``A_j x (A_k x (p - o))`` for j <= k, none longer than ``rho_k`` in the pose it is
taken in. ``rho_3`` is the same in every pose, ``rho_2`` changes with the third angle alone, by no
more than p moves, ``rho_1`` with the last two. So on the way from c to c + d they stay below ``R3 =
rho_3``, ``R2 = rho_2 + |d3| R3`` and ``R1 = rho_1 + |d3| R3 + |d2| R2``, hence::

    2 |p(c + d) - p(c) - J d| <= d1^2 R1 + (d2^2 + 2 |d1 d2|) R2
                                 + (d3^2 + 2 |d1 d3| + 2 |d2 d3|) R3                        (2)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hipsim.checks import Array, BoolArray, IntArray, as_array, as_transforms
from hipsim.errors import InputError
from hipsim.geometry import rigid


@dataclass(frozen=True, eq=False)
class Turning:
    """Three rotations about one point: ``b_from_a = before @ R1 @ R2 @ R3 @ after``.

    Parameters
    ----------
    before
        Rigid (4, 4), mm: from the frame the first axis is stated in to that of b. Its origin is
        the common point.
    axes
        Rows are the axes of the three rotations, right-hand, shape (3, 3), any length but zero.
    after
        Rigid (4, 4), mm: from a to the frame that is turned, the common point at its origin.

    Raises
    ------
    InputError
        If a matrix is not rigid or an axis has no length.

    Examples
    --------
    >>> turning = Turning(np.eye(4), np.eye(3)[[2, 0, 1]], np.eye(4))
    >>> rigid.apply(turning.transforms([[90, 0, 0]]), np.array([[1.0, 0, 0]])).round(9).tolist()
    [[[0.0, 1.0, 0.0]]]
    """

    before: Array
    axes: Array
    after: Array

    def __post_init__(self) -> None:
        for name in ("before", "after"):
            object.__setattr__(self, name, as_transforms(getattr(self, name), name=name)[0])
        object.__setattr__(self, "axes", rigid.unit(as_array(self.axes, (3, 3), name="axes")))

    @property
    def centre(self) -> Array:
        """The common point in the frame of b, shape (3,), mm."""
        return self.before[:3, 3]

    def transforms(self, angles_deg: ArrayLike) -> Array:
        """Return ``b_from_a`` for angles (n, 3) in degrees, shape (n, 4, 4)."""
        first, second, third = self._rotations(angles_deg)
        return self.before @ rigid.transform_from(first @ second @ third) @ self.after

    def axes_at(self, angles_deg: ArrayLike) -> Array:
        """Return the three axes as they lie in b for angles (n, 3), rows of shape (n, 3, 3)."""
        first, second, _ = self._rotations(angles_deg)
        base = self.before[:3, :3]
        fixed = np.broadcast_to(base @ self.axes[0], first.shape[:1] + (3,))
        carried = base @ first @ self.axes[1], base @ first @ second @ self.axes[2]
        return np.stack([fixed, *carried], axis=1)

    def _rotations(self, angles_deg: ArrayLike) -> tuple[Array, Array, Array]:
        """Return the three rotations for angles (n, 3), shape (n, 3, 3) each."""
        angles = np.radians(as_array(angles_deg, (-1, 3), name="angles_deg"))
        first, second, third = (
            rigid.rotation_about(axis, column)
            for axis, column in zip(self.axes, angles.T, strict=True)
        )
        return first, second, third


@dataclass(frozen=True, eq=False)
class AngleRange:
    """Where the angles may go: a box of them, or a broken line through them.

    Each of its pieces is the image of the unit cube (of m = 3 or 1 dimensions) under an affine map.

    Parameters
    ----------
    starts_deg
        Angles at the origin of each piece, shape (k, 3).
    spans_deg
        By how much the angles change along each side of the piece, shape (k, m, 3).

    Examples
    --------
    >>> line = AngleRange.line([[0, 0, 0], [10, 0, 4], [10, 5, 4]])
    >>> line.angles_deg(np.array([0, 1]), np.array([[0.5], [1.0]])).tolist()
    [[5.0, 0.0, 2.0], [10.0, 5.0, 4.0]]
    >>> AngleRange.box([(-20, 0), (-5, 15), (-30, 0)]).spans_deg.shape
    (1, 3, 3)
    """

    starts_deg: Array
    spans_deg: Array

    @classmethod
    def line(cls, corners_deg: ArrayLike) -> "AngleRange":
        """Return the broken line through poses (n, 3); one pose alone is a line without length."""
        corners = as_array(corners_deg, (-1, 3), name="corners_deg")
        if len(corners) == 0:
            raise InputError("a line through angles needs at least one pose, got none")
        if len(corners) == 1:
            corners = np.repeat(corners, 2, axis=0)
        return cls(corners[:-1], np.diff(corners, axis=0)[:, None])

    @classmethod
    def box(cls, ranges_deg: ArrayLike) -> "AngleRange":
        """Return the box of three ranges (from, to), shape (3, 2)."""
        low, high = as_array(ranges_deg, (3, 2), name="ranges_deg").T
        return cls(low[None], np.diag(high - low)[None])

    @classmethod
    def joined(cls, parts: "list[AngleRange]") -> "AngleRange":
        """Return the pieces of several ranges, one after another."""
        starts = np.concatenate([part.starts_deg for part in parts])
        return cls(starts, np.concatenate([part.spans_deg for part in parts]))

    @property
    def n_sides(self) -> int:
        """Dimensions of a piece, m."""
        return self.spans_deg.shape[1]

    def angles_deg(self, piece: IntArray, place: Array) -> Array:
        """Return the angles (n, 3) at places (n, m), 0 to 1, of pieces (n,)."""
        return self.starts_deg[piece] + np.einsum("nm,nmk->nk", place, self.spans_deg[piece])


@dataclass(frozen=True, eq=False)
class Cells:
    """Parts of the pieces of a range, each a product of intervals.

    Ends are sums of powers of two, hence exact: neighbours share their corners bit by bit.

    Parameters
    ----------
    piece
        The piece, shape (n,).
    low, size
        Lower corner and extent within the unit cube, shape (n, m) each.
    """

    piece: IntArray
    low: Array
    size: Array

    @classmethod
    def whole(cls, range_: AngleRange) -> "Cells":
        """Return one cell per piece."""
        shape = range_.spans_deg.shape[:2]
        return cls(np.arange(shape[0]), np.zeros(shape), np.ones(shape))

    @classmethod
    def joined(cls, parts: "list[Cells]") -> "Cells":
        """Return the cells of several collections as one."""
        rows = ([getattr(p, name) for p in parts] for name in ("piece", "low", "size"))
        return cls(*(np.concatenate(row) for row in rows))

    def __len__(self) -> int:
        return len(self.piece)

    def __getitem__(self, chosen: IntArray | BoolArray) -> "Cells":
        return Cells(self.piece[chosen], self.low[chosen], self.size[chosen])

    @property
    def middle(self) -> Array:
        """Centre of each cell in the unit cube, shape (n, m)."""
        return self.low + 0.5 * self.size

    def half_spans_rad(self, range_: AngleRange) -> Array:
        """Return by how much the angles change from the middle to each side, (n, m, 3)."""
        return np.radians(range_.spans_deg[self.piece] * (0.5 * self.size)[..., None])

    def halves(self, side: IntArray) -> tuple["Cells", "Cells"]:
        """Cut each cell in two across one of its sides (n,)."""
        rows = np.arange(len(self))
        size, upper = self.size.copy(), self.low.copy()
        size[rows, side] *= 0.5
        upper[rows, side] += size[rows, side]
        return Cells(self.piece, self.low, size), Cells(self.piece, upper, size)


@dataclass(frozen=True, eq=False)
class Reach:
    """How the points of cells move within them, about the pose at the middle of each.

    Parameters
    ----------
    axes
        The three axes in the frame of b, rows of shape (n, 3, 3).
    half_spans
        Change of the angles from the middle to each side, radians, shape (n, m, 3).
    """

    axes: Array
    half_spans: Array

    @classmethod
    def of(cls, cells: Cells, range_: AngleRange, turning: Turning) -> "Reach":
        """Return the reach of cells."""
        angles = range_.angles_deg(cells.piece, cells.middle)
        return cls(turning.axes_at(angles), cells.half_spans_rad(range_))

    def lever(self, arm: Array) -> Array:
        """Return the first-order way along each angle, ``A_k x arm``, shape (n, 3, 3).

        ``arm`` is the point less the common point, shape (n, 3), in the frame of b.
        """
        return cross(self.axes, arm[:, None, :])

    def ways(self, lever: Array) -> Array:
        """Bound the way from the middle to each side by equation (1), shape (n, m)."""
        return np.einsum("nmk,nk->nm", np.abs(self.half_spans), np.linalg.norm(lever, axis=2))

    def corner_steps(self, lever: Array, signs: Array) -> Array:
        """Return the first-order way to each corner (c, m) of the cells, shape (n, c, 3)."""
        sides = np.einsum("nmk,nkx->nmx", self.half_spans, lever)
        return np.einsum("cm,nmx->ncx", signs, sides)

    def remainder(self, lever: Array) -> Array:
        """Bound what the first order leaves by equation (2), shape (n,)."""
        d1, d2, d3 = np.abs(self.half_spans).sum(axis=1).T
        rho_1, rho_2, third = np.linalg.norm(lever, axis=2).T
        second = rho_2 + d3 * third
        first = rho_1 + d3 * third + d2 * second
        inner = (d2**2 + 2.0 * d1 * d2) * second + (d3**2 + 2.0 * (d1 + d2) * d3) * third
        return np.asarray(0.5 * (d1**2 * first + inner))


def cross(a: Array, b: Array) -> Array:
    """Return the cross products of vectors (..., 3); several times faster than NumPy's on few.

    Examples
    --------
    >>> cross(np.array([1.0, 0.0, 0.0]), np.array([0.0, 2.0, 0.0])).tolist()
    [0.0, 0.0, 2.0]
    """
    forth, back = [1, 2, 0], [2, 0, 1]
    return a[..., forth] * b[..., back] - a[..., back] * b[..., forth]
