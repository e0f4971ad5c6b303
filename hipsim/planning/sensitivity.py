"""Which input matters most: first-order Sobol indices from samples that are there anyway.

The first-order index of a group of inputs is the share of the variance of the result that the mean
result given those inputs explains: Var(E[Y | X_g]) / Var(Y). That mean is fitted by polynomials of
the inputs' ranks (Legendre polynomials, orthonormal for evenly spread ranks; polynomial chaos from
given data, Sudret 2008, doi 10.1016/j.ress.2007.04.002), and what as many terms would explain by
chance is taken off. Nothing needs to be computed twice, so a plan's own samples tell.
"""

from collections.abc import Mapping

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import ArrayLike

from hipsim.checks import Array, as_array
from hipsim.errors import InputError

DEGREE_ALONE, DEGREE_GROUPED = 6, 2
SAMPLES_PER_TERM = 4


def first_order_indices(
    inputs: Mapping[str, ArrayLike], result: ArrayLike, *, degree: int | None = None
) -> dict[str, float]:
    """Return the first-order Sobol index of every group of inputs.

    Parameters
    ----------
    inputs
        Name of each group to its samples, shape (n, k) or (n,); groups independent of each other.
    result
        Shape (n,).
    degree
        Largest degree of the polynomials; by default 6 for an input alone, 2 for grouped ones,
        which also get the products of each two.

    Returns
    -------
    indices
        Name to index, 0 to 1, in the order given. Their sum is what the inputs explain one by one;
        the rest is how they act together.

    Raises
    ------
    InputError
        If lengths disagree, there are too few samples for so many terms, or a number is not finite.

    Examples
    --------
    >>> chance = np.random.default_rng(0)
    >>> a, b = chance.normal(size=(2, 512))
    >>> found = first_order_indices({"a": a, "b": b}, 2 * a + b)
    >>> [round(value, 1) for value in found.values()]
    [0.8, 0.2]
    """
    values = as_array(result, (-1,), name="result")
    spread = values - values.mean()
    found = {}
    for name, samples in inputs.items():
        columns = np.asarray(samples, dtype=float)
        columns = as_array(columns.reshape(len(columns), -1), (-1, -1), name=f"input {name}")
        if len(columns) != len(values):
            raise InputError(f"input {name} has {len(columns)} samples, the result {len(values)}")
        found[name] = _explained(_terms(columns, degree), spread)
    return found


def _terms(columns: Array, degree: int | None) -> Array:
    """Return the polynomials of a group's ranks, shape (n, terms), without the constant."""
    n, k = columns.shape
    ranks = columns.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    even = 2.0 * (ranks + 0.5) / n - 1.0
    top = degree or (DEGREE_ALONE if k == 1 else DEGREE_GROUPED)
    alone = [legvander(column, top)[:, 1:] for column in even.T]
    pairs = [(even[:, i] * even[:, j])[:, None] for i in range(k) for j in range(i)]
    return np.hstack([*alone, *pairs])


def _explained(terms: Array, spread: Array) -> float:
    """Return the share of variance terms explain, less what they would by chance."""
    n, k = terms.shape
    if n < SAMPLES_PER_TERM * k:
        raise InputError(f"{k} terms need at least {SAMPLES_PER_TERM * k} samples, got {n}")
    total = float(spread @ spread)
    if total == 0.0:
        return 0.0
    centred = terms - terms.mean(axis=0)
    fitted = centred @ np.linalg.lstsq(centred, spread, rcond=None)[0]
    share = float(fitted @ fitted) / total
    return float(np.clip(1.0 - (1.0 - share) * (n - 1) / (n - 1 - k), 0.0, 1.0))
