"""A published expectation of hips in words and numbers, and the row it makes of some hips.

An expectation takes a number from each hip and judges the hips together: by the mean, by the share
of hips for which something holds, by the difference of two groups, or by a correlation. Limits are
stated with it, before anything is measured. What must hold of every hip is judged from one hip on,
all else from three.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from hipsim.checks import Array
from hipsim.study.validation_row import Excuse, Row, missing, spread
from hipsim.study.validation_sources import SOURCES

Take = Callable[[Any], float]  # of Facts, or of the member of a cohort
Judged = Literal["mean", "share", "difference", "correlation"]
LEAST_TOGETHER = 3  # hips for a mean, a correlation, or "most of them"


@dataclass(frozen=True, kw_only=True)
class Because:
    """Why an expectation may be missed, and as far as which value.

    Parameters
    ----------
    text
        The reason; ``{}`` stands for what is measured to support it.
    told
        What is measured, a number per hip.
    digits
        Of that number.
    low, high
        The reason holds for values within.
    """

    text: str
    told: Take | None = None
    digits: int = 1
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What is published, and how it is compared.

    Parameters
    ----------
    name, quantity, expected, unit
        As in :class:`~hipsim.study.validation_row.Row`.
    take
        A number per hip; nan for hips it does not apply to. For shares whether it holds.
    source
        Key of ``SOURCES``.
    judged
        How hips are judged together. ``difference``: mean of the hips for which ``other`` holds
        less that of the rest.
    other
        Second number for a correlation, or group; nan leaves a hip out.
    told
        A number per hip to tell beside a share.
    low, high
        Limits of what is judged.
    digits
        Of what is told.
    because
        Why it may be missed.
    lacking
        What to say where no hip has the number.
    """

    name: str
    quantity: str
    expected: str
    take: Take
    source: str
    unit: str = ""
    judged: Judged = "mean"
    other: Take | None = None
    told: Take | None = None
    low: float | None = None
    high: float | None = None
    digits: int = 1
    because: Because | None = None
    lacking: str = "no hip it applies to"

    def row(self, facts: Sequence[Any], *, subjects: str) -> Row:
        """Return the row for some hips.

        Parameters
        ----------
        facts
            The hips.
        subjects
            What they are called in the table.
        """
        values, others = self._numbers(facts)
        told: dict[str, Any] = {
            "group": "evidence", "name": self.name, "quantity": self.quantity,
            "expected": self.expected, "unit": self.unit, "subjects": subjects,
            "source": SOURCES[self.source],
        }  # fmt: skip
        lack = self._lack(values, others)
        if lack:
            return missing(**told, why=lack)
        value, ours = self._judge(values, others)
        if self.told is not None:
            beside = np.array([self.told(each) for each in facts], dtype=float)
            ours += f"; {spread(beside[~np.isnan(beside)], self.digits)}"
        row = Row(**told, value=value, low=self.low, high=self.high, n=len(values), ours=ours)
        return replace(row, excuse=self._excuse(facts))

    def _numbers(self, facts: Sequence[Any]) -> tuple[Array, Array]:
        """Return the numbers of the hips it applies to."""
        values = np.array([self.take(each) for each in facts], dtype=float)
        others = np.array([self.other(f) if self.other else 0.0 for f in facts], dtype=float)
        known = ~(np.isnan(values) | np.isnan(others))
        return values[known], others[known]

    def _lack(self, values: Array, others: Array) -> str:
        """Say why these hips cannot be judged, or nothing."""
        if len(values) == 0:
            return self.lacking
        if self.judged == "difference" and (others.all() or not others.any()):
            return "all hips in one group"
        is_of_each = self.judged == "share" and self.low == 1.0
        if not is_of_each and len(values) < LEAST_TOGETHER:
            return f"{len(values)} hips are too few for a {self.judged}"
        return ""

    def _judge(self, values: Array, others: Array) -> tuple[float, str]:
        """Return what is judged, and in words."""
        if self.judged == "share":
            return float(values.mean()), f"{int(values.sum())} of {len(values)} hips"
        if self.judged == "difference":
            groups = values[others > 0.0], values[others == 0.0]
            words = " v ".join(spread(group, self.digits) for group in groups)
            return float(groups[0].mean() - groups[1].mean()), words
        if self.judged == "correlation":
            r = float(np.corrcoef(values, others)[0, 1])
            half = 1.96 / np.sqrt(max(len(values) - 3, 1))  # Fisher's z
            low, high = np.tanh(np.arctanh(r) + [-half, half])
            return r, f"r {r:.2f} (95 % {low:.2f} to {high:.2f})"
        return float(values.mean()), spread(values, self.digits)

    def _excuse(self, facts: Sequence[Any]) -> Excuse | None:
        """Return the reason with what supports it."""
        if self.because is None:
            return None
        text = self.because.text
        if self.because.told is not None:
            told = np.array([self.because.told(each) for each in facts], dtype=float)
            text = text.format(spread(told[~np.isnan(told)], self.because.digits))
        return Excuse(text, self.because.low, self.because.high)
