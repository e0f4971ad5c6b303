"""A row of the validation table: what is expected, what came out, and whether the two agree.

A row is judged by a number against limits that were stated before it was computed; no row is given
a verdict by hand. Where a disagreement is known, the row carries an :class:`Excuse`: a reason with
limits of its own. The row still says ``disagrees``; the reason counts only as far as it reaches, so
a further departure is not excused by an old explanation.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

Verdict = Literal["agrees", "disagrees", "not run"]
VERDICTS: tuple[Verdict, ...] = ("agrees", "disagrees", "not run")
COLUMNS = (
    "group", "name", "subjects", "n", "quantity", "expected", "value", "low", "high", "ours",
    "unit", "verdict", "reason", "source",
)  # fmt: skip
UNEXPLAINED = "UNEXPLAINED"


@dataclass(frozen=True)
class Excuse:
    """Why a row may disagree, and how far.

    Parameters
    ----------
    text
        The reason, for a person.
    low, high
        The reason holds for values within; None is open.
    """

    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison.

    Parameters
    ----------
    group
        Part of the table: ``bodies``, ``libraries``, ``laws``, ``determinism``, ``evidence``.
    name
        Short, unique among rows of the same subjects; evidence rows start with their number.
    quantity
        What is measured, in words.
    expected
        What is published or follows from theory, in words.
    value
        The number that is judged; None where the row was not run.
    low, high
        The row agrees for a value within; None is open.
    unit
        Of the value; "" for counts and shares.
    subjects
        On what: ``virtual``, ``real``, ``population``, or "" where no hip is needed.
    n
        Number of hips, poses or bodies behind the value.
    ours
        What came out, in words, with its spread.
    source
        Where the expectation comes from.
    excuse
        Why it may disagree.
    not_run
        Why it was not run.

    Examples
    --------
    >>> row = Row(group="laws", name="length", quantity="a metre", expected="1000 mm",
    ...           value=1001.0, low=999.5, high=1000.5, unit="mm")
    >>> row.verdict, row.is_accounted_for
    ('disagrees', False)
    """

    group: str
    name: str
    quantity: str
    expected: str
    value: float | None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    subjects: str = ""
    n: int = 0
    ours: str = ""
    source: str = ""
    excuse: Excuse | None = None
    not_run: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the value lies within the limits; a value that is no number does not."""
        if self.value is None:
            return "not run"
        return "agrees" if _within(self.value, self.low, self.high) else "disagrees"

    @property
    def is_accounted_for(self) -> bool:
        """Whether the row agrees, was not run for a reason, or disagrees for a stated one."""
        if self.verdict == "disagrees":
            return self.reason != UNEXPLAINED
        return self.verdict == "agrees" or bool(self.not_run)

    @property
    def reason(self) -> str:
        """Why the row was not run or disagrees; "" where it agrees."""
        if self.verdict == "not run":
            return self.not_run
        if self.verdict == "agrees":
            return ""
        excuse, value = self.excuse, self.value
        if excuse is None or value is None or not _within(value, excuse.low, excuse.high):
            return UNEXPLAINED
        return excuse.text

    def as_dict(self) -> dict[str, Any]:
        """Return the columns of the table."""
        return {name: getattr(self, name) for name in COLUMNS}


def missing(group: str, name: str, quantity: str, *, why: str, **rest: Any) -> Row:
    """Return a row that was not run.

    Parameters
    ----------
    group, name, quantity
        As for :class:`Row`.
    why
        The reason.
    rest
        Other columns of the row; ``expected`` is empty if not given.
    """
    return Row(
        group=group, name=name, quantity=quantity, value=None, not_run=why,
        **{"expected": "", **rest},
    )  # fmt: skip


def spread(values: ArrayLike, digits: int = 1) -> str:
    """Write mean, SD and range.

    Examples
    --------
    >>> spread([1.0, 2.0, 3.0])
    '2.0 +- 1.0 (1.0 to 3.0)'
    >>> spread([1.0])
    '1.0'
    """
    numbers = np.asarray(values, dtype=float)
    if numbers.size == 0:
        return "none"
    if numbers.size == 1:
        return f"{numbers[0]:.{digits}f}"
    low, high = numbers.min(), numbers.max()
    mean, sd = numbers.mean(), numbers.std(ddof=1)
    return f"{mean:.{digits}f} +- {sd:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def unaccounted(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that disagree without a reason that covers them."""
    return [row for row in rows if not row.is_accounted_for]


def counts(rows: Sequence[Row]) -> dict[Verdict, int]:
    """Count the verdicts.

    Examples
    --------
    >>> counts([])
    {'agrees': 0, 'disagrees': 0, 'not run': 0}
    """
    return {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}


def _within(value: float, low: float | None, high: float | None) -> bool:
    """Return whether a number lies within limits; nan does not."""
    if math.isnan(value):
        return False
    return (low is None or value >= low) and (high is None or value <= high)
