"""Rigid motions as (4, 4) matrices; the only house in which radians are spoken.

A matrix is named ``target_from_source`` and neighbours match when composed:
``a_from_c = a_from_b @ b_from_c``. Points are rows.
"""

import numpy as np
from numpy.typing import ArrayLike

from hipsim.checks import Array, as_array
from hipsim.errors import InputError


def apply(transform: Array, points: Array) -> Array:
    """Move points (n, 3) by a transform (4, 4), or by a stack (m, 4, 4) to (m, n, 3).

    Examples
    --------
    >>> apply(translation([1, 0, 0]), np.zeros((1, 3))).tolist()
    [[1.0, 0.0, 0.0]]
    """
    rotation = np.swapaxes(transform[..., :3, :3], -1, -2)
    return points @ rotation + transform[..., None, :3, 3]


def rotate(transform: Array, vectors: Array) -> Array:
    """Turn directions (n, 3) by the rotation part of a transform (4, 4)."""
    return vectors @ transform[:3, :3].T


def inverse(transform: Array) -> Array:
    """Invert a rigid transform (4, 4) or a stack of them, without a matrix solve."""
    rotation = np.swapaxes(transform[..., :3, :3], -1, -2)
    result = np.zeros_like(transform)
    result[..., :3, :3] = rotation
    result[..., :3, 3] = -np.einsum("...ij,...j->...i", rotation, transform[..., :3, 3])
    result[..., 3, 3] = 1.0
    return result


def transform_from(rotation: Array, origin: ArrayLike = (0.0, 0.0, 0.0)) -> Array:
    """Build ``parent_from_frame`` from a rotation (3, 3) whose columns are the frame's axes.

    Parameters
    ----------
    rotation
        Shape (3, 3) or (n, 3, 3).
    origin
        Origin of the frame in the parent, shape (3,) or (n, 3).
    """
    rotation = np.asarray(rotation, dtype=np.float64)
    result = np.zeros((*rotation.shape[:-2], 4, 4))
    result[..., :3, :3] = rotation
    result[..., :3, 3] = origin
    result[..., 3, 3] = 1.0
    return result


def translation(offset: ArrayLike) -> Array:
    """Return the (4, 4) shift by ``offset`` (3,)."""
    return transform_from(np.eye(3), as_array(offset, (3,), name="offset"))


def rotation_about(axis: ArrayLike, angle_rad: ArrayLike) -> Array:
    """Return right-hand rotations about an axis through the origin (Rodrigues' formula).

    Parameters
    ----------
    axis
        Direction, shape (3,), any length but zero.
    angle_rad
        Angle in radians, a number or shape (n,).

    Returns
    -------
    rotation
        Shape (3, 3), or (n, 3, 3) for n angles.

    Examples
    --------
    >>> np.round(rotation_about([0, 0, 1], np.pi / 2) @ [1, 0, 0], 12).tolist()
    [0.0, 1.0, 0.0]
    """
    x, y, z = unit(as_array(axis, (3,), name="axis"))
    angle = np.asarray(angle_rad, dtype=np.float64)[..., None, None]
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * (cross @ cross)


def rotation_about_line(point: ArrayLike, axis: ArrayLike, angle_rad: float) -> Array:
    """Return the (4, 4) right-hand rotation about the line through ``point`` along ``axis``."""
    centre = as_array(point, (3,), name="point")
    rotation = rotation_about(axis, angle_rad)
    return transform_from(rotation, centre - rotation @ centre)


def unit(vector: Array) -> Array:
    """Scale vectors (..., 3) to length one.

    Raises
    ------
    InputError
        If a vector has no length.
    """
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    if (length == 0.0).any():
        raise InputError("a direction must have a length, got the zero vector")
    return vector / length


def axes_from(*, y: Array, z_hint: Array) -> Array:
    """Return right-handed orthonormal axes as columns: Y exact, Z as near ``z_hint`` as can be.

    Examples
    --------
    >>> axes_from(y=np.array([0.0, 2, 0]), z_hint=np.array([0.0, 1, 1])).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    y = unit(y)
    x = unit(_cross(y, z_hint))
    return np.column_stack([x, y, _cross(x, y)])


def _cross(a: Array, b: Array) -> Array:
    """Return the cross product of two vectors (3,): numpy's, for stacks, takes ten times longer."""
    (x, y, z), (u, v, w) = a.tolist(), b.tolist()
    return np.array([y * w - z * v, z * u - x * w, x * v - y * u])
