"""Arrays that refuse an index below zero, and a number that nobody has written.

For kernels run as plain Python (NUMBA_DISABLE_JIT=1). Compiled, an index below zero counts from
the end, one beyond the end reads foreign memory, and a work array holds what was there before:
mostly something harmless. Here the first two raise IndexError; what ``np.empty`` gives is poisoned,
and whoever reads poison is told where.
"""

import sys
from contextlib import contextmanager
from functools import wraps

import numpy as np

POISON = {"f": -7.25e30, "i": -2_072_072_072, "u": 2_072_072_072, "b": True}
POISONS = frozenset((*map(float, np.array([POISON["f"]], "f4")), *list(POISON.values())[:3]))

_empty = np.empty


class StrictArray(np.ndarray):
    """An array that checks every index and every number read from it."""

    def __getitem__(self, key):
        check(key)
        value = np.ndarray.__getitem__(self, key)
        if not isinstance(value, np.ndarray) and value in POISONS:
            raise ValueError(f"nobody has written [{key}] of an array of shape {self.shape}")
        return value

    def __setitem__(self, key, value):
        check(key)
        np.ndarray.__setitem__(self, key, value)


def check(key) -> None:
    """Raise if an index, or one of several, is below zero."""
    for part in key if isinstance(key, tuple) else (key,):
        if not isinstance(part, slice) and part < 0:
            raise IndexError(f"index below zero: {key}")


def strict(given):
    """Return arrays, and those in tuples, as strict ones that share their memory."""
    if isinstance(given, tuple):
        return tuple(strict(part) for part in given)
    return given.view(StrictArray) if isinstance(given, np.ndarray) else given


def poisoned(shape, dtype=float, **options):
    """Return what ``np.empty`` returns, filled with poison; strict where a kernel asks."""
    array = _empty(shape, dtype, **options)
    if array.dtype.kind in POISON:
        array.fill(POISON[array.dtype.kind] if array.dtype.itemsize >= 4 else True)
    asked_by = sys._getframe(1).f_code.co_filename
    return strict(array) if asked_by.endswith("_kernels.py") else array


def checked(function):
    """Return a kernel that sees its arrays as strict ones."""

    @wraps(function)
    def call(*given):
        with np.errstate(all="ignore"):  # as compiled: a division by zero is infinite
            return function(*strict(given))

    return call


@contextmanager
def strict_kernels(entries):
    """Poison ``np.empty`` and check all arrays of kernels, given as pairs of module and name."""
    plain = [(module, name, getattr(module, name)) for module, name in entries]
    for module, name, function in plain:
        setattr(module, name, checked(function))
    np.empty = poisoned
    try:
        yield
    finally:
        np.empty = _empty
        for module, name, function in plain:
            setattr(module, name, function)
