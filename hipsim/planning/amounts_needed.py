"""How much is needed, and how surely: intervals of samples, and the first amount that is enough."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array, as_number

COVERED = 0.95  # share of samples an interval holds
NEVER = np.inf


@dataclass(frozen=True)
class Interval:
    """A middle and the interval that holds 95 %, or another share, of the samples.

    Parameters
    ----------
    low, median, high
        2.5th, 50th and 97.5th percentile where it is 95 %; infinite where so many samples never get
        there.
    """

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, samples: Array, *, covered: float = COVERED) -> "Interval":
        """Return the interval of samples (n,).

        Examples
        --------
        >>> Interval.of(np.arange(201.0))
        Interval(low=5.0, median=100.0, high=195.0)
        >>> Interval.of(np.arange(201.0), covered=0.9)
        Interval(low=10.0, median=100.0, high=190.0)
        """
        tail = as_number(50.0 * (1.0 - covered), name="tail", low=0.0, high=50.0, unit="%")
        ends = (tail, 50.0, 100.0 - tail)
        low, median, high = np.percentile(samples, ends, method="inverted_cdf").tolist()
        return cls(low, median, high)


@dataclass(frozen=True, eq=False)
class RequiredAmount:
    """How much of one operation alone is needed, sample by sample.

    Parameters
    ----------
    unit
        ``"mm"`` or ``"deg"``.
    largest
        The most this hip allows, or that was tried.
    samples
        Least amount to plan so that every target is reached; infinite where none does, shape (n,).
    """

    unit: str
    largest: float
    samples: Array

    @property
    def interval(self) -> Interval:
        """Middle and interval of the amount."""
        return Interval.of(self.samples)

    def probability(self, amount: float) -> float:
        """Return the probability that an amount reaches every target.

        Parameters
        ----------
        amount
            In the unit.
        """
        return float((self.samples <= amount).mean())

    def amount_for(self, probability: float) -> float | None:
        """Return the least amount that reaches every target so probably, or None if none does.

        Parameters
        ----------
        probability
            Within 0 to 1.
        """
        wanted = as_number(probability, name="probability", low=0, high=1)
        found = float(np.quantile(self.samples, wanted, method="inverted_cdf"))
        return None if found > self.largest else found


def first(amounts: Array, at_zero: float, margin: Callable[[int], float]) -> float:
    """Return the first amount, linear in between, at which a margin is not missed.

    Parameters
    ----------
    amounts
        Rising from 0, shape (k,).
    at_zero
        Margin at the first amount.
    margin
        Called with the place of an amount; asked in order, no further than needed.

    Examples
    --------
    >>> first(np.array([0.0, 10.0, 20.0]), -1.0, lambda k: [-1.0, 1.0, -5.0][k])
    5.0
    """
    before, k = at_zero, 0
    while before < 0.0:
        k += 1
        if k == len(amounts):
            return NEVER
        here = margin(k)
        if here >= 0.0:
            return _between(amounts, k, before, here)
        before = here
    return 0.0


def first_rising(amounts: Array, at_zero: float, margin: Callable[[int], float]) -> float:
    """Return the same for a margin that only rises, as with bone taken away: by halving.

    Parameters
    ----------
    amounts, at_zero, margin
        As for :func:`first`.

    Examples
    --------
    >>> first_rising(np.array([0.0, 10.0, 20.0]), -3.0, lambda k: [-3.0, -1.0, 1.0][k])
    15.0
    """
    if at_zero >= 0.0:
        return 0.0
    low, high, at_low = 0, len(amounts) - 1, at_zero
    at_high = margin(high)
    if at_high < 0.0:
        return NEVER
    while high - low > 1:
        middle = (low + high) // 2
        here = margin(middle)
        if here >= 0.0:
            high, at_high = middle, here
        else:
            low, at_low = middle, here
    return _between(amounts, high, at_low, at_high)


def _between(amounts: Array, k: int, before: float, here: float) -> float:
    """Return the amount between two neighbours at which a margin crosses zero."""
    share = -before / (here - before)
    return float(amounts[k - 1] + share * (amounts[k] - amounts[k - 1]))
