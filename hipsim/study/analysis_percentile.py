"""Where a patient stands among others: the share of a cohort with less space, with its interval.

The interval says how well the cohort's size pins the percentile down. It does not say how well the
patient's space is known: for that see :func:`hipsim.planning.uncertainty.uncertainty`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from hipsim.anatomy.virtual_shape import Sex
from hipsim.checks import Array, as_number
from hipsim.errors import InputError
from hipsim.planning.reference import ReferencePopulation
from hipsim.study.analysis_groups import spread_out
from hipsim.study.analysis_intervals import CONFIDENCE, Interval, as_confidence
from hipsim.study.analysis_samples import by_person

FEWEST = 20  # persons of a cohort
REFERENCE_SUBJECTS = 4096  # of each sex in the reference population that comes with the software


@dataclass(frozen=True)
class Percentile:
    """Where a value stands in a cohort.

    Parameters
    ----------
    what, cohort
        What was measured, and among whom.
    value_mm
        Of the patient.
    n
        Persons of the cohort.
    percentile
        Share of the cohort with less, ties half, in per cent, and its exact interval.
    median_mm
        Of the cohort.
    n_left_out
        Hips of the cohort without a value.
    confidence
        Of the interval.
    """

    what: str
    cohort: str
    value_mm: float
    n: int
    percentile: Interval
    median_mm: float
    n_left_out: int
    confidence: float

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat row for tables."""
        row = {name: getattr(self, name) for name in ("what", "cohort", "value_mm", "n")}
        rest = {name: getattr(self, name) for name in ("median_mm", "n_left_out", "confidence")}
        return [{**row, **spread_out("percentile", self.percentile), **rest}]

    @property
    def summary(self) -> str:
        """One sentence."""
        p = self.percentile
        return (
            f"{self.what}: {self.value_mm:.1f} mm is percentile {p.value:.1f} "
            f"[{p.low:.1f}, {p.high:.1f}] of {self.cohort} (n {self.n}, median "
            f"{self.median_mm:.1f} mm)"
        )


def percentile_in(
    values_mm: Array,
    value_mm: float,
    *,
    persons: np.ndarray | None = None,
    what: str = "space",
    cohort: str = "cohort",
    confidence: float = CONFIDENCE,
) -> Percentile:
    """Return where a value stands among those of a cohort.

    Parameters
    ----------
    values_mm
        One per hip of the cohort, shape (n,); those that are not finite are left out.
    value_mm
        Of the patient.
    persons
        Whose each hip is, shape (n,); every hip a person of its own by default.
    what, cohort
        For tables.
    confidence
        Of the interval, a share.

    Raises
    ------
    InputError
        If the value is not finite, or the cohort has fewer than 20 persons with a value.

    Examples
    --------
    >>> found = percentile_in(np.arange(100.0), 24.5)
    >>> found.percentile.value, round(found.percentile.low, 1), round(found.percentile.high, 1)
    (25.0, 16.9, 34.7)
    """
    level, value = as_confidence(confidence), as_number(value_mm, name="value_mm", unit="mm")
    sample = by_person(np.asarray(values_mm, dtype=float), persons)
    n = len(sample)
    if n < FEWEST:
        raise InputError(f"{cohort} has {n} persons with a value of {what}, wanted {FEWEST}")
    less, upto = int((sample.values < value).sum()), int((sample.values <= value).sum())
    found = _ranked(less, upto, n, level)
    middle = float(np.median(sample.values))
    return Percentile(what, cohort, value, n, found, middle, sample.n_left_out, level)


def percentile_in_reference(
    reference: ReferencePopulation,
    motion: str,
    value_mm: float,
    *,
    sex: Sex,
    n: int = REFERENCE_SUBJECTS,
    confidence: float = CONFIDENCE,
) -> Percentile:
    """Return where a value stands in a reference population of percentiles.

    Parameters
    ----------
    reference
        The population, such as :func:`hipsim.planning.reference.reference_population`.
    motion
        One of its motions or their arms.
    value_mm
        Smallest clearance of the patient over it.
    sex
        With whom to compare.
    n
        Subjects of that sex in it.
    confidence
        Of the interval, a share.

    Raises
    ------
    InputError
        If the reference has no such motion or sex, or the value is not finite.

    Examples
    --------
    >>> from hipsim.planning.reference import reference_population
    >>> people = reference_population()
    >>> quartile = people.percentile_mm("neutral", 25, sex="female")
    >>> found = percentile_in_reference(people, "neutral", quartile, sex="female")
    >>> round(found.percentile.value, 3), found.percentile.high - found.percentile.low < 3.0
    (25.0, True)
    """
    level = as_confidence(confidence)
    percent = reference.percentile_of(motion, value_mm, sex=sex)
    count = int(round(percent / 100.0 * n))
    ends = _ranked(count, count, n, level)
    middle = reference.percentile_mm(motion, 50, sex=sex)
    name, found = f"{reference.name}, {sex}", Interval(percent, ends.low, ends.high)
    return Percentile(motion, name, float(value_mm), n, found, middle, 0, level)


def _ranked(less: int, upto: int, n: int, confidence: float) -> Interval:
    """Return a percentile with the interval of Clopper and Pearson, ties at their worst."""
    tail = 0.5 * (1.0 - confidence)
    low = float(stats.beta.ppf(tail, less, n - less + 1)) if less > 0 else 0.0
    high = float(stats.beta.ppf(1.0 - tail, upto + 1, n - upto)) if upto < n else 1.0
    return Interval(50.0 * (less + upto) / n, 100.0 * low, 100.0 * high)
