"""Smooth ramps, and turns by a share of an angle: what bones are bent and twisted with."""

import numpy as np

from hipsim.checks import Array
from hipsim.geometry import rigid


def smooth_step(values: Array, start: float, end: float) -> Array:
    """Rise smoothly from 0 at ``start`` to 1 at ``end``, flat at both ends and beyond them.

    It is steepest in the middle: 1.5 / (end - start).

    Parameters
    ----------
    values
        Any shape.
    start, end
        Where the ramp begins and ends, in the unit of the values; ``start`` < ``end``.

    Examples
    --------
    >>> smooth_step(np.array([-1.0, 0.0, 1.0, 2.0, 9.0]), 0.0, 2.0).tolist()
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    share = np.clip((values - start) / (end - start), 0.0, 1.0)
    rise: Array = share * share * (3.0 - 2.0 * share)
    return rise


def turned(points: Array, pivot: Array, axis: Array, angle_rad: Array) -> Array:
    """Turn each point about one line by its own angle, right-handed.

    Parameters
    ----------
    points
        Shape (n, 3), mm.
    pivot, axis
        A point of the line and its direction, shape (3,), frame of the points.
    angle_rad
        Shape (n,).

    Returns
    -------
    points
        Shape (n, 3); where the angle is zero, the very same.

    Examples
    --------
    >>> ends = np.array([[1.0, 0, 0], [1.0, 0, 5]])
    >>> angles = np.array([0.0, np.pi / 2])
    >>> turned(ends, np.zeros(3), np.array([0.0, 0, 1]), angles).round(9).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 5.0]]
    """
    axis, offset = rigid.unit(axis), points - pivot
    across = np.cross(axis, offset)
    sine, rest = np.sin(angle_rad)[:, None], (1.0 - np.cos(angle_rad))[:, None]
    moved: Array = points + sine * across + rest * np.cross(axis, across)
    return moved
