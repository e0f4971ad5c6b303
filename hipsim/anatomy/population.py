"""Populations of virtual hips: subjects drawn one by one from published spreads.

A subject is a row of uniform numbers in (0, 1), one for the sex and one for each parameter. It
depends on the seed and the subject's own number only: a counter-based generator jumped to the
subject's counter, or the subject's point of a scrambled Sobol sequence. The row becomes correlated
normal scores, and each score the parameter of the same rank in its normal distribution cut at the
generator's range (a Gaussian copula). Eleven parameters depart, each on its own, from what is
expected of a hip of the other dimensions. The figures are in
:mod:`hipsim.anatomy.population_figures`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from hipsim.anatomy.population_figures import (
    CORRELATIONS,
    DEGREES_OF_FREEDOM,
    DEPARTURES,
    LEAST_EIGENVALUE,
    SPREADS,
)
from hipsim.anatomy.virtual_figures import SEXES
from hipsim.anatomy.virtual_shape import RANGES, HipShape, Sex, expected
from hipsim.checks import Array, as_choice, as_number
from hipsim.errors import InputError

Method = Literal["random", "sobol"]

TOGETHER = tuple(SPREADS)  # drawn with their correlations
PARAMETERS = (*TOGETHER, *DEPARTURES)
MOST_SUBJECTS = 2**24
MOST_SEED = 2**63 - 1
COUNTERS_EACH = 7  # of four numbers each: room for the sex and the 27 parameters
PROJECTIONS = 200
TINY = 2.0**-53  # keeps the uniform numbers off 0 and 1


@dataclass(frozen=True, eq=False)
class Population:
    """Subjects and their parameters; make one with :func:`sample_population`.

    Parameters
    ----------
    sexes
        ``"female"`` or ``"male"`` of each subject, shape (n,).
    values
        Parameters, shape (n, 27), columns in the order of ``PARAMETERS``; mm and degrees.
    seed, method, sex_ratio
        How the subjects were drawn.

    Examples
    --------
    >>> population = sample_population(100, seed=1)
    >>> len(population), population[3] == sample_population(10, seed=1)[3]
    (100, True)
    """

    sexes: np.ndarray
    values: Array
    seed: int
    method: Method
    sex_ratio: float

    def __post_init__(self) -> None:
        self.sexes.setflags(write=False)
        self.values.setflags(write=False)

    def __len__(self) -> int:
        """Return the number of subjects."""
        return len(self.values)

    def __getitem__(self, subject: int) -> HipShape:
        """Return the shape of a subject, which ``hip_from_shape`` turns into bones.

        Raises
        ------
        InputError
            If there is no such subject; they are counted from 0.
        """
        row = _as_whole(subject, name="subject", low=0, high=len(self) - 1)
        values: dict[str, Any] = dict(zip(PARAMETERS, self.values[row].tolist(), strict=True))
        return HipShape(sex=self.sexes[row].item(), **values)

    def __iter__(self) -> Iterator[HipShape]:
        """Yield the shapes of the subjects in turn."""
        return (self[subject] for subject in range(len(self)))

    @property
    def units(self) -> dict[str, str]:
        """Unit of each parameter, ``"mm"`` or ``"deg"``."""
        return {name: name.rsplit("_", 1)[1] for name in PARAMETERS}

    def as_table(self) -> dict[str, np.ndarray]:
        """Return number, sex and parameters of the subjects as named columns, each (n,).

        Examples
        --------
        >>> list(sample_population(5).as_table())[:3]
        ['subject', 'sex', 'head_radius_mm']
        """
        numbers = {"subject": np.arange(len(self)), "sex": self.sexes}
        return numbers | dict(zip(PARAMETERS, self.values.T, strict=True))


def sample_population(
    n: int, *, sex_ratio: float = 0.5, seed: int = 0, method: Method = "random"
) -> Population:
    """Draw the parameters of n virtual subjects from published means, spreads and correlations.

    Parameters
    ----------
    n
        Number of subjects, 1 to 2^24.
    sex_ratio
        Share of women, 0 to 1.
    seed
        Same seed, same subjects: subject i does not depend on n.
    method
        ``"random"`` for independent subjects, whose means have a standard error; ``"sobol"`` for
        subjects spread evenly, whose means settle faster (best if n is a power of 2).

    Returns
    -------
    population
        Every parameter within :data:`~hipsim.anatomy.virtual_shape.RANGES`.

    Raises
    ------
    InputError
        If n or seed is not a whole number within its limits, sex_ratio is not within 0 to 1, or
        the method is unknown.

    Notes
    -----
    Correlations of the parameters come out 0 to 0.02 nearer to zero than those of the normal scores
    (:func:`correlation_matrix`), since the tails are cut; cutting moves no mean by more than a
    tenth of its standard deviation and takes no more than a tenth off that. Version and neck-shaft
    angle have other means than the defaults of ``make_hip``; sources and assumptions:
    :mod:`hipsim.anatomy.population_figures`.

    Examples
    --------
    >>> population = sample_population(1000, sex_ratio=0.3, seed=7)
    >>> np.unique(population.sexes).tolist()
    ['female', 'male']
    """
    count = _as_whole(n, name="n", low=1, high=MOST_SUBJECTS)
    start = _as_whole(seed, name="seed", low=0, high=MOST_SEED)
    share = as_number(sex_ratio, name="sex_ratio", low=0, high=1)
    as_choice(method, get_args(Method), name="method")
    uniform = (_random_rows if method == "random" else _sobol_rows)(count, start)
    is_male = uniform[:, 0] >= share
    scores = ndtri(np.clip(uniform[:, 1:], TINY, 1.0 - TINY))
    values = np.empty_like(scores)
    for index in range(len(SEXES)):
        rows = is_male == bool(index)
        values[rows] = _values(scores[rows], index)
    return Population(np.array(SEXES)[is_male.astype(int)], values, start, method, share)


@cache
def correlation_matrix() -> Array:
    """Return the correlations of the normal scores, shape (16, 16), rows as in ``TOGETHER``.

    Nineteen subjects tell a correlation to about 0.24. Each published r is therefore shrunk by
    its own sampling variance v = (1 - r^2)^2 / 17 to r max(0, 1 - v / r^2): weak ones vanish,
    strong ones stay (non-negative garrote, the thresholding rule of Rothman, Levina and Zhu 2009,
    J Am Stat Assoc 104:177). The result is replaced by the nearest correlation matrix whose
    smallest eigenvalue is 0.05 (Higham 2002, IMA J Numer Anal 22:329).

    Examples
    --------
    >>> bool(np.linalg.eigvalsh(correlation_matrix())[0] > 0.0499)
    True
    """
    size = len(TOGETHER)
    measured = np.zeros((size, size))
    for row, name in enumerate(TOGETHER):
        measured[row, :row] = CORRELATIONS[name]
    variance = (1.0 - measured**2) ** 2 / DEGREES_OF_FREEDOM
    is_kept = measured**2 > variance
    kept = np.where(is_kept, measured - variance / np.where(is_kept, measured, 1.0), 0.0)
    matrix = _nearest_correlations(kept + kept.T + np.eye(size))
    matrix.setflags(write=False)
    return matrix


def _nearest_correlations(wanted: Array) -> Array:
    """Return the nearest matrix with a unit diagonal and no eigenvalue below the least one."""
    matrix, excess = wanted, np.zeros_like(wanted)
    for _ in range(PROJECTIONS):
        start = matrix - excess
        values, vectors = np.linalg.eigh(start)
        bounded = (vectors * np.maximum(values, LEAST_EIGENVALUE)) @ vectors.T
        excess = bounded - start
        matrix = bounded - np.diag(np.diag(bounded) - 1.0)
    short = max(0.0, LEAST_EIGENVALUE - float(np.linalg.eigvalsh(matrix)[0]))
    return (matrix + short * np.eye(len(matrix))) / (1.0 + short)


def _correlated(scores: Array) -> Array:
    """Correlate independent normal scores (n, 16).

    Column by column: a matrix product may round a row differently with the number of rows.
    """
    root = np.linalg.cholesky(correlation_matrix())
    correlated = np.zeros_like(scores)
    for column, weights in zip(scores.T, root.T, strict=True):
        correlated += column[:, None] * weights
    return correlated


def _values(scores: Array, sex: int) -> Array:
    """Return the parameters (n, 27) of independent normal scores (n, 27)."""
    count = len(TOGETHER)
    ranks = ndtr(_correlated(scores[:, :count]))
    columns = {
        name: _cut_normal(ranks[:, i], spread.mean[sex], spread.sd[sex], name)
        for i, (name, spread) in enumerate(SPREADS.items())
    }
    usual = expected(get_args(Sex)[sex], columns)
    for i, (name, spread) in enumerate(DEPARTURES.items(), start=count):
        columns[name] = _cut_normal(ndtr(scores[:, i]), usual[name], spread.sd[sex], name)
    return np.column_stack([columns[name] for name in PARAMETERS])


def _cut_normal(ranks: Array, mean: Array | float, sd: float, name: str) -> Array:
    """Return what has these ranks in a normal distribution cut at the range of a parameter."""
    low, high = RANGES[name]
    below, within = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    values: Array = np.clip(mean + sd * ndtri(below + ranks * (within - below)), low, high)
    return values


def _random_rows(n: int, seed: int) -> Array:
    """Return uniform numbers (n, 28): row i is what the counters 7 i to 7 i + 6 stand for."""
    generator = np.random.Generator(np.random.Philox(key=seed))
    return generator.random((n, 4 * COUNTERS_EACH))[:, : 1 + len(PARAMETERS)]


def _sobol_rows(n: int, seed: int) -> Array:
    """Return uniform numbers (n, 28): row i is point i of the scrambled Sobol sequence."""
    sequence = qmc.Sobol(1 + len(PARAMETERS), scramble=True, seed=np.random.default_rng(seed))
    return sequence.random_base2((n - 1).bit_length())[:n]


def _as_whole(value: int, *, name: str, low: int, high: int) -> int:
    """Convert to a whole number within [low, high], or raise."""
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or not low <= value <= high:
        raise InputError(f"{name} must be a whole number within {low} to {high}, got {value!r}")
    return int(value)
