"""How a measure of anatomy and a space go together: correlation and straight line.

Pearson's r and Spearman's rho with intervals, the slope of the regression line in mm per unit, and
p-values, adjusted by Holm for the number of columns asked about. Hips of one person are averaged
first. A column that does not vary, or has too few values, is left out with its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.study.analysis_groups import spread_out
from hipsim.study.analysis_intervals import (
    CONFIDENCE,
    Interval,
    as_confidence,
    correlation_interval,
    holm,
)
from hipsim.study.analysis_samples import by_person, is_constant

FEWEST = 5  # persons


@dataclass(frozen=True)
class Correlation:
    """How a column and a space go together.

    Parameters
    ----------
    column, space
        Names of the two.
    n
        Persons.
    n_left_out
        Hips without both values.
    pearson, spearman
        Correlations with Fisher's intervals.
    p_pearson, p_spearman
        Of no correlation, for this column alone.
    p_pearson_holm, p_spearman_holm
        Adjusted for all columns asked about together.
    slope, intercept
        Of the least-squares line: mm of space per unit of the column, and mm at zero.
    residual_mm
        Standard deviation about the line, mm.
    confidence
        Of the intervals.
    """

    column: str
    space: str
    n: int
    n_left_out: int
    pearson: Interval
    spearman: Interval
    p_pearson: float
    p_spearman: float
    p_pearson_holm: float
    p_spearman_holm: float
    slope: Interval
    intercept: float
    residual_mm: float
    confidence: float

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat row for tables."""
        row: dict[str, Any] = {}
        for name, value in vars(self).items():
            row |= spread_out(name, value) if isinstance(value, Interval) else {name: value}
        return [row]

    @property
    def summary(self) -> str:
        """One sentence."""
        r, slope = self.pearson, self.slope
        return (
            f"{self.space} on {self.column}: r {r.value:+.2f} [{r.low:+.2f}, {r.high:+.2f}], slope "
            f"{slope.value:+.3f} [{slope.low:+.3f}, {slope.high:+.3f}] mm per unit, n {self.n}"
        )


@dataclass(frozen=True)
class Correlations:
    """Correlations of many columns with one space.

    Parameters
    ----------
    found
        One per column, the strongest first.
    left_out
        Column to the reason why it is not among them.
    """

    found: tuple[Correlation, ...]
    left_out: Mapping[str, str]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a row per column for tables."""
        return [row for each in self.found for row in each.to_rows()]

    @property
    def summary(self) -> str:
        """A line per column."""
        lines = [each.summary for each in self.found]
        return "\n".join([*lines, *(f"{name}: {why}" for name, why in self.left_out.items())])


def correlate(
    column: Array,
    space_mm: Array,
    *,
    persons: np.ndarray | None = None,
    names: tuple[str, str] = ("column", "space"),
    confidence: float = CONFIDENCE,
) -> Correlation:
    """Correlate one column with a space.

    Parameters
    ----------
    column, space_mm
        One value per hip, shape (n,) each; hips without both are left out.
    persons
        Whose each hip is, shape (n,); every hip a person of its own by default.
    names
        Of column and space.
    confidence
        Of the intervals, a share.

    Returns
    -------
    correlation
        Adjusted p-values are those of one column: the same.

    Raises
    ------
    InputError
        If fewer than five persons have both values, or one of the two does not vary.

    Examples
    --------
    >>> version = np.array([5.0, 10.0, 15.0, 20.0, 25.0, 30.0])
    >>> space = np.array([20.0, 18.5, 16.5, 15.5, 13.0, 12.5])
    >>> found = correlate(version, space)
    >>> round(found.pearson.value, 2), round(found.slope.value, 2)
    (-0.99, -0.31)
    """
    level = as_confidence(confidence)
    if len(column) != len(space_mm):
        raise InputError(f"wanted as many values as spaces, got {len(column)}, {len(space_mm)}")
    sample = by_person(np.column_stack([column, space_mm]).astype(float), persons)
    if len(sample) < FEWEST:
        raise InputError(f"{len(sample)} persons have both values, wanted at least {FEWEST}")
    x, y = sample.values.T
    for name, values in zip(names, (x, y), strict=True):
        if is_constant(values):
            raise InputError(f"{name} is the same for everybody ({values[0]:g})")
    numbers = {**_ranks_and_moments(x, y, level), **_line(x, y, level)}
    return Correlation(*names, n=len(x), n_left_out=sample.n_left_out, confidence=level, **numbers)


def _ranks_and_moments(x: Array, y: Array, level: float) -> dict[str, Any]:
    """Return both correlations and their p-values, adjusted for themselves alone."""
    pearson, spearman, n = stats.pearsonr(x, y), stats.spearmanr(x, y), len(x)
    r, rho = float(pearson.statistic), float(spearman.statistic)
    p_values = {"p_pearson": float(pearson.pvalue), "p_spearman": float(spearman.pvalue)}
    return {
        "pearson": correlation_interval(r, n, 1.0, level),
        "spearman": correlation_interval(rho, n, 1.0 + 0.5 * rho * rho, level),
        **p_values,
        **{f"{name}_holm": p for name, p in p_values.items()},
    }


def _line(x: Array, y: Array, level: float) -> dict[str, Any]:
    """Return the least-squares line and the spread about it."""
    line, n = stats.linregress(x, y), len(x)
    reach = float(stats.t.ppf(0.5 + 0.5 * level, n - 2) * line.stderr)
    slope, rest = float(line.slope), y - line.intercept - line.slope * x
    return {
        "slope": Interval(slope, slope - reach, slope + reach),
        "intercept": float(line.intercept),
        "residual_mm": float(np.sqrt((rest**2).sum() / (n - 2))),
    }


def correlate_all(
    columns: Mapping[str, Array],
    space_mm: Array,
    *,
    persons: np.ndarray | None = None,
    space: str = "space",
    confidence: float = CONFIDENCE,
) -> Correlations:
    """Correlate many columns with one space and adjust the p-values for their number.

    Parameters
    ----------
    columns
        Name to one value per hip, shape (n,) each.
    space_mm, persons, confidence
        As for :func:`correlate`.
    space
        What the space is called.

    Raises
    ------
    InputError
        If the confidence is out of range.
    """
    as_confidence(confidence)
    found: list[Correlation] = []
    left_out: dict[str, str] = {}
    for name, values in columns.items():
        try:
            asked = {"persons": persons, "names": (name, space), "confidence": confidence}
            found.append(correlate(values, space_mm, **asked))  # type: ignore[arg-type]
        except InputError as error:
            left_out[name] = str(error)
    adjusted = [_adjusted(found, kind) for kind in ("p_pearson", "p_spearman")]
    whole = [
        Correlation(**{**vars(one), "p_pearson_holm": p, "p_spearman_holm": q})
        for one, p, q in zip(found, *adjusted, strict=True)
    ]
    return Correlations(tuple(sorted(whole, key=lambda c: -abs(c.pearson.value))), left_out)


def _adjusted(found: list[Correlation], name: str) -> list[float]:
    """Return the p-values of a kind, adjusted."""
    return holm([getattr(one, name) for one in found])
