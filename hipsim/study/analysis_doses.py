"""Space gained against the amount of a procedure, by group of hips.

Every hip has had every amount, so amounts are compared within hips: the slope of each hip's own
line through zero is taken first and then averaged. The least amount that reaches the target is
interpolated on each hip's own curve; 'half of the hips' is the median of these, with hips that
never reach it ranking last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.study.analysis_groups import spread_out
from hipsim.study.analysis_intervals import (
    CONFIDENCE,
    Interval,
    as_confidence,
    mean_interval,
    median_interval,
    share_interval,
)
from hipsim.study.analysis_samples import by_person

FEWEST = 3  # persons


@dataclass(frozen=True)
class DoseResponse:
    """What a group gains from a procedure.

    Parameters
    ----------
    group, motion, procedure, unit
        Who, over which motion, from what, in which unit.
    amounts
        Increasing.
    n
        Persons at each amount; larger amounts may be impossible on some.
    gain_mm
        Mean gain at each amount, with Student's interval.
    slope_mm
        Mean over persons of their own gain per unit, from zero to the amounts they had.
    target_mm
        The space wanted, or None.
    reached
        Share of persons who reach it at each amount; the impossible counts as not reached.
    half_amount
        Amount with which half of the persons reach it; infinite if more than half never do.
    confidence
        Of the intervals.
    """

    group: str
    motion: str
    procedure: str
    unit: str
    amounts: tuple[float, ...]
    n: tuple[int, ...]
    gain_mm: tuple[Interval, ...]
    slope_mm: Interval
    target_mm: float | None
    reached: tuple[Interval, ...]
    half_amount: Interval | None
    confidence: float

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a row per amount for tables."""
        same = {name: getattr(self, name) for name in ("group", "motion", "procedure", "unit")}
        slope = spread_out("slope_mm", self.slope_mm)
        half = spread_out("half_amount", self.half_amount) if self.half_amount else {}
        rows = []
        for place, (amount, n, gain) in enumerate(
            zip(self.amounts, self.n, self.gain_mm, strict=True)
        ):
            row: dict[str, Any] = {**same, "amount": amount, "n": n, "target_mm": self.target_mm}
            row |= spread_out("gain_mm", gain)
            row |= spread_out("reached", self.reached[place]) if self.reached else {}
            rows.append({**row, **slope, **half})
        return rows

    @property
    def summary(self) -> str:
        """One sentence."""
        s, half = self.slope_mm, ""
        if self.half_amount is not None:
            told = f"{self.half_amount.value:.1f} {self.unit}"
            never = "more than half never reach it"
            amount = told if np.isfinite(self.half_amount.value) else never
            half = f"; half reach {self.target_mm:g} mm with: {amount}"
        return (
            f"{self.motion}, {self.procedure}, {self.group} (n {max(self.n)}): {s.value:+.2f} "
            f"[{s.low:+.2f}, {s.high:+.2f}] mm per {self.unit}{half}"
        )


def dose_response(
    amounts: Array,
    space_mm: Array,
    *,
    groups: np.ndarray | None = None,
    persons: np.ndarray | None = None,
    target_mm: float | None = None,
    names: tuple[str, str, str] = ("motion", "procedure", "unit"),
    confidence: float = CONFIDENCE,
) -> tuple[DoseResponse, ...]:
    """Describe how the space follows the amount of a procedure, group by group.

    Parameters
    ----------
    amounts
        Increasing, the first zero (the intact hip), shape (k,) with k of 2 or more.
    space_mm
        Space of every hip with every amount, shape (n, k); NaN where it could not be done. A hip
        without the intact space is left out.
    groups
        Group of each hip, shape (n,); one group by default.
    persons
        Whose each hip is, shape (n,); every hip a person of its own by default.
    target_mm
        The space wanted.
    names
        Motion, procedure, unit of the amounts.
    confidence
        Of the intervals, a share.

    Returns
    -------
    responses
        One per group, in alphabetical order.

    Raises
    ------
    InputError
        If amounts do not start at zero or do not increase, sizes disagree, or a group has fewer
        than three persons.

    Examples
    --------
    >>> space = 10.0 + np.outer([0.9, 1.0, 1.1], [0.0, 5.0, 10.0])
    >>> (found,) = dose_response(np.array([0.0, 5.0, 10.0]), space, target_mm=16.0)
    >>> round(found.slope_mm.value, 6), round(found.half_amount.value, 6)
    (1.0, 6.0)
    """
    level, steps = as_confidence(confidence), np.asarray(amounts, dtype=float)
    table = np.asarray(space_mm, dtype=float)
    _check(steps, table)
    whose = np.arange(len(table)) if persons is None else np.asarray(persons)
    which = np.full(len(table), "all") if groups is None else np.asarray(groups)
    found = []
    for group in np.unique(which).tolist():
        own = (which == group) & np.isfinite(table[:, 0])
        rows, who = table[own], whose[own]
        if len(np.unique(who)) < FEWEST:
            raise InputError(
                f"group {group!r} has {len(np.unique(who))} persons, wanted at least {FEWEST}"
            )
        told = {"group": group, **dict(zip(("motion", "procedure", "unit"), names, strict=True))}
        numbers = _numbers(steps, rows, who, target_mm, level)
        found.append(DoseResponse(**told, **numbers, target_mm=target_mm, confidence=level))
    return tuple(found)


def least_amounts(amounts: Array, space_mm: Array, target_mm: float) -> Array:
    """Return the least amount with which each hip reaches a target, inf where none does, (n,).

    Linear between amounts; what could not be done is not reached.

    Examples
    --------
    >>> least_amounts(np.array([0.0, 10.0]), np.array([[10.0, 20.0], [5.0, 9.0]]), 12.0).tolist()
    [2.0, inf]
    """
    reached = space_mm >= target_mm
    first = reached.argmax(axis=1)
    found = np.where(reached.any(axis=1), np.asarray(amounts, dtype=float)[first], np.inf)
    for row in np.flatnonzero(reached.any(axis=1) & (first > 0)):
        at = first[row]
        low, high = space_mm[row, at - 1 : at + 1]
        if np.isfinite(low):
            share = (target_mm - low) / (high - low)
            found[row] = amounts[at - 1] + share * (amounts[at] - amounts[at - 1])
    return found


def _check(amounts: Array, space_mm: Array) -> None:
    """Refuse amounts and spaces that do not go together."""
    if amounts.ndim != 1 or len(amounts) < 2 or amounts[0] != 0.0 or (np.diff(amounts) <= 0).any():
        raise InputError(f"amounts must increase from zero, got {amounts.tolist()}")
    if space_mm.ndim != 2 or space_mm.shape[1] != len(amounts):
        raise InputError(
            f"space_mm must have shape (n, {len(amounts)}), a column per amount, got "
            f"{space_mm.shape}"
        )


def _numbers(
    amounts: Array, space_mm: Array, persons: np.ndarray, target_mm: float | None, level: float
) -> Mapping[str, Any]:
    """Work out what the table of a group says."""
    gains = space_mm - space_mm[:, :1]
    each = [by_person(column, persons).values for column in gains.T]
    known = np.where(np.isfinite(gains), 1.0, 0.0) * amounts
    square = (known**2).sum(axis=1)
    product = (np.nan_to_num(gains) * known).sum(axis=1)
    slopes = np.divide(product, square, out=np.full(len(gains), np.nan), where=square > 0.0)
    reached: list[Interval] = []
    half = None
    if target_mm is not None:
        # the person's hips together: as in every other number of this room, by their mean
        middle = _by_person_or_never(space_mm, persons)
        hits = (middle >= target_mm).sum(axis=0)
        reached = [share_interval(int(hit), len(middle), level) for hit in hits]
        half = median_interval(least_amounts(amounts, middle, target_mm), level)
    return {
        "amounts": tuple(amounts.tolist()),
        "n": tuple(map(len, each)),
        "gain_mm": tuple(mean_interval(values, level) for values in each),
        "slope_mm": mean_interval(by_person(slopes, persons).values, level),
        "reached": tuple(reached),
        "half_amount": half,
    }


def _by_person_or_never(space_mm: Array, persons: np.ndarray) -> Array:
    """Average the hips of every person, amount by amount; NaN where none of them was possible."""
    names = np.unique(persons)
    table = np.full((len(names), space_mm.shape[1]), np.nan)
    for column, values in enumerate(space_mm.T):
        sample = by_person(values, persons)
        table[np.searchsorted(names, sample.persons), column] = sample.values
    return table
