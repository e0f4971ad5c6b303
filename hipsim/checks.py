"""Validation at the door: turn what a person passes into arrays, or say what is wrong.

``as_*`` converts or raises :class:`~hipsim.errors.InputError`; ``check_*`` only raises.
Kernels and private functions behind a checked door neither check nor raise.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hipsim.errors import InputError

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Side = Literal["right", "left"]

SIDES: tuple[Side, ...] = ("right", "left")


def as_array(values: ArrayLike, shape: tuple[int, ...], *, name: str) -> Array:
    """Convert to a finite, C-contiguous float64 array of a given shape.

    Parameters
    ----------
    values
        Anything numpy can convert.
    shape
        Wanted shape; -1 stands for any length, zero included.
    name
        What the values are called in the error message.

    Raises
    ------
    InputError
        If the values are not numbers, not of that shape, or not finite.

    Examples
    --------
    >>> as_array([[1, 2, 3]], (-1, 3), name="points").shape
    (1, 3)
    """
    try:
        array = np.asarray(values, dtype=np.float64, order="C")
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{name} must be numbers of shape {_spoken(shape)}: {error}") from None
    matches = array.ndim == len(shape) and all(
        want in (-1, have) for want, have in zip(shape, array.shape, strict=True)
    )
    if not matches:
        raise InputError(f"{name} must have shape {_spoken(shape)}, got {array.shape}")
    if not np.isfinite(array).all():
        bad = int(np.count_nonzero(~np.isfinite(array)))
        raise InputError(f"{name} must be finite, got {bad} NaN or infinite values")
    return array


def as_points(points: ArrayLike, *, name: str = "points") -> Array:
    """Convert to points of shape (n, 3), or raise."""
    return as_array(points, (-1, 3), name=name)


def as_transforms(transforms: ArrayLike, *, name: str = "transforms") -> Array:
    """Convert one (4, 4) or a stack (n, 4, 4) of rigid transforms to shape (n, 4, 4).

    Raises
    ------
    InputError
        If a matrix is not rigid: rotation part not orthonormal to 1e-6, a mirror,
        or a last row other than (0, 0, 0, 1).

    Examples
    --------
    >>> as_transforms(np.eye(4)).shape
    (1, 4, 4)
    """
    array = np.asarray(transforms)
    stack = as_array(array[None] if array.ndim == 2 else array, (-1, 4, 4), name=name)
    rotation = stack[:, :3, :3]
    identity_error = np.abs(rotation @ rotation.transpose(0, 2, 1) - np.eye(3)).max(initial=0.0)
    if identity_error > 1e-6 or (np.linalg.det(rotation) < 0).any():
        raise InputError(
            f"{name} must be rigid (rotation and translation only): "
            f"the rotation part is off by {identity_error:.2g}, or mirrors"
        )
    if np.abs(stack[:, 3] - [0.0, 0.0, 0.0, 1.0]).max(initial=0.0) > 1e-9:
        raise InputError(f"{name} must have (0, 0, 0, 1) as last row")
    return stack


def as_number(
    value: Any, *, name: str, low: float = -np.inf, high: float = np.inf, unit: str = ""
) -> float:
    """Convert to one finite float within [low, high], or raise.

    Examples
    --------
    >>> as_number(5, name="depth_mm", low=0, unit="mm")
    5.0
    """
    number = float(as_array(value, (), name=name))
    if not low <= number <= high:
        raise InputError(
            f"{name} must be within {low:g} to {high:g} {unit}, got {number:g}".strip()
        )
    return number


def as_side(side: str) -> Side:
    """Return ``"right"`` or ``"left"``, accepting ``"r"`` and ``"l"`` and any case.

    Examples
    --------
    >>> as_side("L")
    'left'
    """
    for name in SIDES:
        if str(side).lower() in (name, name[0]):
            return name
    raise InputError(f"side must be 'right' or 'left', got {side!r}")


def as_choice(value: str, choices: tuple[str, ...] | list[str], *, name: str) -> str:
    """Return ``value`` if it is one of ``choices``, else raise and list them.

    Examples
    --------
    >>> as_choice("app", ("app", "isb"), name="pelvic_zero")
    'app'
    """
    if value not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
    return value


def _spoken(shape: tuple[int, ...]) -> str:
    """Write a shape with n for 'any length'."""
    inner = ", ".join("n" if n == -1 else str(n) for n in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"
