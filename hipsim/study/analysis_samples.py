"""Values of hips made ready for statistics: what is left out is counted, persons count once.

Left and right hip of one person are not independent, nor are a bone and its morphs. Wherever hips
are compared or correlated, the hips of one person within a group are therefore averaged first and
the person is the unit; n counts persons.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array
from hipsim.errors import InputError


@dataclass(frozen=True, eq=False)
class Sample:
    """Values of independent persons.

    Parameters
    ----------
    values
        One row per person, shape (n,) or (n, k).
    persons
        Who, shape (n,), sorted.
    n_hips
        Hips behind them.
    n_left_out
        Hips without a finite value.
    """

    values: Array
    persons: np.ndarray
    n_hips: int
    n_left_out: int

    def __len__(self) -> int:
        """Return the number of persons."""
        return len(self.values)


def by_person(values: Array, persons: np.ndarray | None = None) -> Sample:
    """Average the hips of every person; hips with a value that is not finite are left out.

    Parameters
    ----------
    values
        One row per hip, shape (n,) or (n, k).
    persons
        Whose each hip is, shape (n,); every hip a person of its own by default.

    Raises
    ------
    InputError
        If there are not as many persons as values.

    Examples
    --------
    >>> sample = by_person(np.array([10.0, 12.0, np.nan, 7.0]), np.array(["a", "a", "b", "c"]))
    >>> sample.values.tolist(), sample.persons.tolist(), sample.n_left_out
    ([11.0, 7.0], ['a', 'c'], 1)
    """
    rows = np.asarray(values, dtype=float)
    whose = np.arange(len(rows)) if persons is None else np.asarray(persons)
    if len(whose) != len(rows):
        raise InputError(f"wanted the person of each of {len(rows)} hips, got {len(whose)}")
    known = np.isfinite(rows) if rows.ndim == 1 else np.isfinite(rows).all(axis=1)
    names, index, counts = np.unique(whose[known], return_inverse=True, return_counts=True)
    sums = np.zeros((len(names), *rows.shape[1:]))
    np.add.at(sums, index, rows[known])
    means = sums / counts.reshape(-1, *[1] * (rows.ndim - 1))
    return Sample(means, names, int(known.sum()), int((~known).sum()))


def is_constant(values: Array) -> bool:
    """Tell whether values (n,) differ by no more than rounding.

    Examples
    --------
    >>> is_constant(np.array([0.1, 0.1 + 1e-16])), is_constant(np.array([0.1, 0.2]))
    (True, False)
    """
    if len(values) == 0:
        return True
    return bool(np.ptp(values) <= 1e-9 * max(1.0, float(np.abs(values).max())))
