"""Lay one cloud of points on another by turning and shifting it, nearest point by nearest point.

Iterative closest points (Besl & McKay, IEEE TPAMI 14:239, 1992), here in both directions, so that a
small cloud cannot hide in a corner of a large one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from hipsim.checks import Array
from hipsim.geometry.mesh import Mesh

ROUGHLY = 4  # every so many points are used to choose among starts
_ROUNDS = 40
_STEADY_MM = 5e-3


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points that others are laid on.

    Parameters
    ----------
    points
        Shape (n, 3), mm.
    tree
        Search tree of these points.
    """

    points: Array
    tree: cKDTree

    @classmethod
    def of(cls, points: Array) -> "Cloud":
        """Return the cloud of some points."""
        return cls(points, cKDTree(points))


@dataclass(frozen=True, eq=False)
class Laid:
    """How points lie on a cloud: ``points @ turn + shift``.

    Attributes
    ----------
    misfit_mm
        Root mean square distance to the nearest point, both ways.
    turn
        Rotation, shape (3, 3).
    shift
        Shape (3,), mm.
    """

    misfit_mm: float
    turn: Array
    shift: Array


def sampled_points(mesh: Mesh, count: int) -> Array:
    """Return points spread evenly over a surface, the same ones every time, shape (count, 3).

    Examples
    --------
    >>> sampled_points(Mesh(np.eye(3), [[0, 1, 2]]), 5).sum(axis=1).round(9).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    total = np.cumsum(mesh.face_areas_mm2)
    rng = np.random.default_rng(0)
    at = (np.arange(count) + rng.random(count)) / count * total[-1]
    a, b, c = np.moveaxis(mesh.triangles[np.searchsorted(total, at)], 1, 0)
    s, t = rng.random((2, count, 1))
    s, t = np.where(s + t > 1.0, 1.0 - s, s), np.where(s + t > 1.0, 1.0 - t, t)
    points: Array = a + s * (b - a) + t * (c - a)
    return points


def lay_on_from_starts(
    points: Array, cloud: Cloud, turns: Iterable[Array], *, is_pivoted: bool = False
) -> Laid:
    """Lay points on a cloud from several starts, first roughly, then finely from the best of them.

    Parameters
    ----------
    points, cloud, is_pivoted
        As for :func:`lay_on`.
    turns
        Rotations (3, 3) to start from.
    """
    few, fewer = points[::ROUGHLY], Cloud.of(cloud.points[::ROUGHLY])
    tried = [lay_on(few, fewer, turn, is_pivoted=is_pivoted) for turn in turns]
    best = min(tried, key=lambda laid: laid.misfit_mm)
    return lay_on(points, cloud, best.turn, is_pivoted=is_pivoted)


def lay_on(points: Array, cloud: Cloud, turn: Array, *, is_pivoted: bool = False) -> Laid:
    """Lay points on a cloud from a start.

    Parameters
    ----------
    points
        Shape (n, 3), mm.
    cloud
        What they are laid on.
    turn
        Rotation (3, 3) to start from, for ``points @ turn``.
    is_pivoted
        Whether the origin stays where it is, so that the points only turn.

    Examples
    --------
    >>> corners = np.array([[0.0, 0, 0], [5, 0, 0], [0, 7, 0], [0, 0, 9]])
    >>> laid = lay_on(corners + 0.5, Cloud.of(corners), np.eye(3))
    >>> round(laid.misfit_mm, 9), laid.shift.round(6).tolist()
    (0.0, [-0.5, -0.5, -0.5])
    """
    weight = np.repeat(
        [0.5 / len(points), 0.5 / len(cloud.points)], [len(points), len(cloud.points)]
    )
    shift, best = np.zeros(3), Laid(np.inf, turn, np.zeros(3))
    for _ in range(_ROUNDS):
        moved = points @ turn + shift
        there, nearest = cloud.tree.query(moved)
        back, own = cKDTree(moved).query(cloud.points)
        rest = float(np.sqrt(weight @ np.concatenate([there, back]) ** 2))
        if best.misfit_mm - rest < _STEADY_MM:
            break
        best = Laid(rest, turn, shift)
        source = np.vstack([points, points[own]])
        target = np.vstack([cloud.points[nearest], cloud.points])
        turn, shift = _best_motion(source, target, weight, is_pivoted=is_pivoted)
    return best


def _best_motion(
    source: Array, target: Array, weight: Array, *, is_pivoted: bool
) -> tuple[Array, Array]:
    """Return rotation and shift with least squares of source @ turn + shift - target.

    Kabsch, Acta Cryst A 32:922 (1976).
    """
    here, there = (np.zeros(3) if is_pivoted else weight @ points for points in (source, target))
    u, _, vt = np.linalg.svd((weight[:, None] * (source - here)).T @ (target - there))
    turn = u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt
    return turn, there - here @ turn
