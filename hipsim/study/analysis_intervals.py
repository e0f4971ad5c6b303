"""Intervals and corrections that SciPy has no single function for; each with its source.

All intervals are two-sided at a confidence given as a share, 0.95 by default.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from hipsim.checks import Array, as_number

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """An estimate and the interval around it.

    Attributes
    ----------
    value
        The estimate.
    low, high
        Ends of the interval; NaN where so few values allow none.
    """

    value: float
    low: float
    high: float


def as_confidence(confidence: float) -> float:
    """Check a confidence: a share of at least 0.5 and less than 1.

    Raises
    ------
    InputError
        If it is not.
    """
    return as_number(confidence, name="confidence", low=0.5, high=0.9999)


def mean_interval(values: Array, confidence: float = CONFIDENCE) -> Interval:
    """Return the mean of independent values (n,) with Student's interval.

    Examples
    --------
    >>> [round(number, 2) for number in mean_interval(np.array([1.0, 2.0, 3.0]))]
    [2.0, -0.48, 4.48]
    """
    if len(values) == 0:
        return Interval(np.nan, np.nan, np.nan)
    mean = float(np.mean(values))
    if len(values) < 2:
        return Interval(mean, np.nan, np.nan)
    error = float(np.std(values, ddof=1) / np.sqrt(len(values)))
    reach = _t(confidence, len(values) - 1) * error
    return Interval(mean, mean - reach, mean + reach)


def median_interval(values: Array, confidence: float = CONFIDENCE) -> Interval:
    """Return the median of independent values (n,) between two order statistics.

    Nothing is assumed of the distribution, and values may be infinite: 'never reached' ranks last.
    NaN ends where there are too few values for the confidence (fewer than 6 for 95 %).

    References
    ----------
    Conover, Practical Nonparametric Statistics, 3rd ed. 1999, section 3.2.

    Examples
    --------
    >>> median_interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, np.inf]))
    Interval(value=4.0, low=1.0, high=inf)
    """
    ordered = np.sort(values)
    n = len(ordered)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    below, above = ordered[(n - 1) // 2], ordered[n // 2]
    middle = float(above if below == above else 0.5 * (below + above))
    rank = int(stats.binom.ppf(0.5 * (1.0 - confidence), n, 0.5))
    if stats.binom.cdf(rank, n, 0.5) > 0.5 * (1.0 - confidence):
        rank -= 1
    if rank < 0:
        return Interval(middle, np.nan, np.nan)
    return Interval(middle, float(ordered[rank]), float(ordered[n - 1 - rank]))


def share_interval(count: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Return a share with the exact interval of Clopper and Pearson (Biometrika 1934;26:404).

    Examples
    --------
    >>> [round(number, 4) for number in share_interval(0, 10)]
    [0.0, 0.0, 0.3085]
    """
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    found = stats.binomtest(count, n).proportion_ci(confidence, method="exact")
    return Interval(count / n, float(found.low), float(found.high))


def paired_share_interval(
    first: np.ndarray, second: np.ndarray, confidence: float = CONFIDENCE
) -> Interval:
    """Return the difference of two shares of the same n subjects, second less first.

    Parameters
    ----------
    first, second
        Whether each subject responded, booleans, shape (n,) each.
    confidence
        Of the interval.

    References
    ----------
    Newcombe, Stat Med 1998;17:2635, method 10 (Wilson's intervals and their correlation).
    """
    n = len(first)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    both, only_1 = int((first & second).sum()), int((first & ~second).sum())
    only_2, none = int((~first & second).sum()), int((~first & ~second).sum())
    p1, p2 = (both + only_1) / n, (both + only_2) / n
    (l1, u1), (l2, u2) = (_wilson(both + only, n, confidence) for only in (only_1, only_2))
    product = float(both + only_1) * (only_2 + none) * (both + only_2) * (only_1 + none)
    numerator = float(both) * none - float(only_1) * only_2
    if numerator > 0.0:
        numerator = max(numerator - 0.5 * n, 0.0)
    phi = numerator / np.sqrt(product) if product > 0.0 else 0.0
    low = np.sqrt(_joint(p2 - l2, u1 - p1, phi))
    high = np.sqrt(_joint(u2 - p2, p1 - l1, phi))
    return Interval(p2 - p1, p2 - p1 - float(low), p2 - p1 + float(high))


def correlation_interval(
    r: float, n: int, variance: float, confidence: float = CONFIDENCE
) -> Interval:
    """Return a correlation with Fisher's interval; ``variance`` / (n - 3) is that of its artanh.

    1 for Pearson's r (Fisher 1921); 1 + r^2 / 2 for Spearman's (Bonett and Wright, Psychometrika
    2000;65:23).
    """
    if n < 4 or not np.isfinite(r) or abs(r) >= 1.0:
        return Interval(r, np.nan, np.nan)
    reach = _z(confidence) * np.sqrt(variance / (n - 3))
    return Interval(r, float(np.tanh(np.arctanh(r) - reach)), float(np.tanh(np.arctanh(r) + reach)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number by Holm (Scand J Stat 1979;6:65); NaN stays NaN.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    raw = np.asarray(p_values, dtype=float)
    adjusted = np.full(len(raw), np.nan)
    order = [int(i) for i in np.argsort(raw, kind="stable") if not np.isnan(raw[i])]
    largest = 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - place) * float(raw[index])))
        adjusted[index] = largest
    return [float(value) for value in adjusted]


def _wilson(count: int, n: int, confidence: float) -> tuple[float, float]:
    """Return Wilson's interval of a share."""
    found = stats.binomtest(count, n).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)


def _joint(a: float, b: float, phi: float) -> float:
    """Return the square of the joint reach of two correlated ends."""
    return max(a * a - 2.0 * phi * a * b + b * b, 0.0)


def _t(confidence: float, freedom: float) -> float:
    """Return the quantile of Student's t."""
    return float(stats.t.ppf(0.5 + 0.5 * confidence, freedom))


def _z(confidence: float) -> float:
    """Return the quantile of the normal distribution."""
    return float(stats.norm.ppf(0.5 + 0.5 * confidence))
