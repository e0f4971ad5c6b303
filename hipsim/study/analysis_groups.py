"""Comparison of two groups of hips, or of one group in two conditions, with effect sizes.

Two groups of different persons are compared by means (Welch's t, interval of the difference that
does not assume equal spreads, Hedges' g) and by ranks (Mann-Whitney's U, Cliff's delta). Where
every person is in both groups (left and right, before and after, two plans) the comparison is
paired (differences, Student's t, Wilcoxon's signed ranks); persons in both of two groups that are
not wholly paired are left out, and counted.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.study.analysis_intervals import (
    CONFIDENCE,
    Interval,
    as_confidence,
    mean_interval,
    share_interval,
)
from hipsim.study.analysis_samples import Sample, by_person, is_constant

FEWEST = 3  # persons of a group; fewer are refused
NAN = float("nan")
UNKNOWN = Interval(NAN, NAN, NAN)


@dataclass(frozen=True)
class Side:
    """One of two groups.

    Parameters
    ----------
    name
        What it is called.
    n_persons, n_hips
        How many; statistics count persons.
    mean, sd, median
        Of the persons.
    """

    name: str
    n_persons: int
    n_hips: int
    mean: float
    sd: float
    median: float


@dataclass(frozen=True)
class GroupComparison:
    """How two groups differ; differences are the second less the first.

    Parameters
    ----------
    what
        What is compared.
    first, second
        The groups.
    kind
        ``"independent"`` or ``"paired"``.
    difference
        Of the means, with Welch's interval, or the mean difference of pairs with Student's.
    hedges_g
        Difference in standard deviations (pooled; of the differences where paired), corrected for
        small numbers; large-sample interval.
    cliffs_delta
        Share of pairs of persons in which the second is larger less that in which it is smaller;
        where paired, the same of the persons' own differences.
    p_mean, p_rank
        Of Welch's test and Mann-Whitney's; of the paired t and Wilcoxon's where paired. NaN where
        nothing varies.
    n_left_out
        Hips without a value, and hips of persons who are in both of two unpaired groups.
    confidence
        Of the intervals.
    """

    what: str
    first: Side
    second: Side
    kind: Literal["independent", "paired"]
    difference: Interval
    hedges_g: Interval
    cliffs_delta: Interval
    p_mean: float
    p_rank: float
    n_left_out: int
    confidence: float

    @property
    def larger_share(self) -> float:
        """Chance that one of the second group is larger than one of the first, ties half."""
        return 0.5 * (1.0 + self.cliffs_delta.value)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat row for tables."""
        row: dict[str, Any] = {"what": self.what, "kind": self.kind}
        for place, side in (("first", self.first), ("second", self.second)):
            row |= {f"{place}_{key}": value for key, value in asdict(side).items()}
        for name in ("difference", "hedges_g", "cliffs_delta"):
            row |= spread_out(name, getattr(self, name))
        names = ("larger_share", "p_mean", "p_rank", "n_left_out", "confidence")
        return [{**row, **{name: getattr(self, name) for name in names}}]

    @property
    def summary(self) -> str:
        """One sentence."""
        d, g = self.difference, self.hedges_g
        return (
            f"{self.what}: {self.second.name} {self.second.mean:.2f} (n {self.second.n_persons}) "
            f"v {self.first.name} {self.first.mean:.2f} (n {self.first.n_persons}), difference "
            f"{d.value:+.2f} [{d.low:+.2f}, {d.high:+.2f}], g {g.value:+.2f} [{g.low:+.2f}, "
            f"{g.high:+.2f}], {self.kind}"
        )


def compare_groups(
    values: Array,
    groups: np.ndarray,
    *,
    names: tuple[str, str],
    persons: np.ndarray | None = None,
    what: str = "value",
    confidence: float = CONFIDENCE,
) -> GroupComparison:
    """Compare a value between two groups of hips.

    Parameters
    ----------
    values
        One per hip, shape (n,); those that are not finite are left out.
    groups
        Name of the group of each hip, shape (n,).
    names
        The two groups compared, first and second.
    persons
        Whose each hip is, shape (n,); every hip a person of its own by default.
    what
        What the values are, for tables.
    confidence
        Of the intervals, a share.

    Raises
    ------
    InputError
        If a group has fewer than three persons with a value.

    References
    ----------
    Hedges and Olkin, Statistical Methods for Meta-Analysis, 1985, chapter 5. Feng and Cliff, J Mod
    Appl Stat Methods 2004;3:322 (interval of delta). Welch, Biometrika 1947;34:28.

    Examples
    --------
    >>> found = compare_groups(np.array([1., 2., 3., 4., 5., 6.]), np.array(list("aaabbb")),
    ...                        names=("a", "b"))
    >>> found.difference.value, found.cliffs_delta.value
    (3.0, 1.0)
    """
    level = as_confidence(confidence)
    whose = np.arange(len(values)) if persons is None else np.asarray(persons)
    samples = [by_person(values[groups == name], whose[groups == name]) for name in names]
    left_out = sum(sample.n_left_out for sample in samples)
    both = np.intersect1d(samples[0].persons, samples[1].persons)
    is_paired = len(both) > 0 and len(both) == max(map(len, samples))
    if len(both) and not is_paired:
        kept = ~np.isin(whose, both)
        everyone = sum(sample.n_hips for sample in samples)
        is_own = [kept & (groups == name) for name in names]
        samples = [by_person(values[own], whose[own]) for own in is_own]
        left_out += everyone - sum(sample.n_hips for sample in samples)
    _check_sizes(what, dict(zip(names, samples, strict=True)))
    sides = tuple(_side(name, sample) for name, sample in zip(names, samples, strict=True))
    first, second = (sample.values for sample in samples)
    found = _paired(second - first, level) if is_paired else _independent(first, second, level)
    return GroupComparison(what, sides[0], sides[1], n_left_out=left_out, confidence=level, **found)


def compare_paired(
    first: Array,
    second: Array,
    *,
    names: tuple[str, str],
    persons: np.ndarray | None = None,
    what: str = "value",
    confidence: float = CONFIDENCE,
) -> GroupComparison:
    """Compare two values of the same hips, such as two plans.

    Parameters
    ----------
    first, second
        One per hip, shape (n,) each; hips on which either is not finite are left out.
    names, persons, what, confidence
        As for :func:`compare_groups`.

    Raises
    ------
    InputError
        If fewer than three persons have both values.

    Examples
    --------
    >>> before, after = np.array([4.0, 6.0, 9.0]), np.array([7.0, 8.0, 13.0])
    >>> compare_paired(before, after, names=("before", "after")).difference.value
    3.0
    """
    level = as_confidence(confidence)
    sample = by_person(np.column_stack([first, second]).astype(float), persons)
    halves = [Sample(sample.values[:, i], sample.persons, sample.n_hips, 0) for i in (0, 1)]
    _check_sizes(what, dict(zip(names, halves, strict=True)))
    one, two = (_side(name, half) for name, half in zip(names, halves, strict=True))
    found = _paired(halves[1].values - halves[0].values, level)
    return GroupComparison(what, one, two, n_left_out=sample.n_left_out, confidence=level, **found)


def spread_out(name: str, interval: Interval) -> dict[str, float]:
    """Return the three numbers of an interval as columns."""
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _check_sizes(what: str, samples: Mapping[str, Sample]) -> None:
    """Refuse groups too small to say anything."""
    for name, sample in samples.items():
        if len(sample) < FEWEST:
            raise InputError(
                f"{what}: group {name!r} has {len(sample)} persons with a value, wanted at least "
                f"{FEWEST}"
            )


def _side(name: str, sample: Sample) -> Side:
    """Describe a group."""
    values = sample.values
    mean, sd, median = values.mean(), values.std(ddof=1), np.median(values)
    return Side(name, len(sample), sample.n_hips, float(mean), float(sd), float(median))


def _independent(first: Array, second: Array, confidence: float) -> dict[str, Any]:
    """Compare two groups of different persons."""
    n1, n2 = len(first), len(second)
    v1, v2 = first.var(ddof=1) / n1, second.var(ddof=1) / n2
    gap = float(second.mean() - first.mean())
    found: dict[str, Any] = {
        "kind": "independent",
        "cliffs_delta": _cliff(first, second, confidence),
        "p_rank": float(stats.mannwhitneyu(second, first, alternative="two-sided").pvalue),
    }
    if is_constant(first) and is_constant(second):
        return {**found, "difference": Interval(gap, gap, gap), "hedges_g": UNKNOWN, "p_mean": NAN}
    freedom = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    reach = float(stats.t.ppf(0.5 + 0.5 * confidence, freedom) * np.sqrt(v1 + v2))
    pooled = np.sqrt((n1 * (n1 - 1) * v1 + n2 * (n2 - 1) * v2) / (n1 + n2 - 2))
    return {
        **found,
        "difference": Interval(gap, gap - reach, gap + reach),
        "hedges_g": _hedges(gap / pooled, n1 + n2 - 2, n1 * n2 / (n1 + n2), confidence),
        "p_mean": float(stats.ttest_ind(first, second, equal_var=False).pvalue),
    }


def _paired(differences: Array, confidence: float) -> dict[str, Any]:
    """Compare the two values of the same persons."""
    n, mean = len(differences), mean_interval(differences, confidence)
    found: dict[str, Any] = {
        "kind": "paired",
        "difference": mean,
        "cliffs_delta": _signs(differences, confidence),
    }
    if is_constant(differences):
        return {**found, "hedges_g": UNKNOWN, "p_mean": NAN, "p_rank": NAN}
    d = mean.value / float(differences.std(ddof=1))
    return {
        **found,
        "hedges_g": _hedges(d, n - 1, float(n), confidence),
        "p_mean": float(stats.ttest_1samp(differences, 0.0).pvalue),
        "p_rank": float(stats.wilcoxon(differences, zero_method="pratt").pvalue),
    }


def _signs(differences: Array, confidence: float) -> Interval:
    """Return the share of gains less that of losses; exact interval, ties at their worst."""
    n, more = len(differences), int((differences > 0.0).sum())
    level = n - more - int((differences < 0.0).sum())
    low = share_interval(more, n, confidence).low
    high = share_interval(more + level, n, confidence).high
    return Interval((2.0 * more + level) / n - 1.0, 2.0 * low - 1.0, 2.0 * high - 1.0)


def _hedges(d: float, freedom: int, weight: float, confidence: float) -> Interval:
    """Return g with its interval; ``weight`` is n1 n2 / (n1 + n2), or n of pairs."""
    g = d * (1.0 - 3.0 / (4.0 * freedom - 1.0))
    error = np.sqrt(1.0 / weight + g * g / (2.0 * freedom))
    reach = float(stats.norm.ppf(0.5 + 0.5 * confidence) * error)
    return Interval(float(g), float(g) - reach, float(g) + reach)


def _cliff(first: Array, second: Array, confidence: float) -> Interval:
    """Return delta with the interval of Feng and Cliff, in order n log n."""
    n1, n2, z = len(first), len(second), float(stats.norm.ppf(0.5 + 0.5 * confidence))
    ups, ties = _dominance(first, second)
    downs = -_dominance(second, first)[0]
    d = float(ups.mean())
    if abs(d) > 1.0 - 1e-12:
        bound = (min(n1, n2) - z * z) / (min(n1, n2) + z * z)
        return Interval(d, bound, 1.0) if d > 0.0 else Interval(d, -1.0, -bound)
    square = n1 * n2 * (1.0 - d * d) - ties
    spread = n2**2 * ((downs - d) ** 2).sum() + n1**2 * ((ups - d) ** 2).sum() - square
    least = (1.0 - d * d) / (n1 * n2 - 1)
    variance = max(float(spread) / (n1 * n2 * (n1 - 1) * (n2 - 1)), least)
    reach = z * np.sqrt(variance * ((1.0 - d * d) ** 2 + z * z * variance))
    below = 1.0 - d * d + z * z * variance
    ends = ((d - d**3 + sign * reach) / below for sign in (-1.0, 1.0))
    low, high = (float(np.clip(end, -1.0, 1.0)) for end in ends)
    return Interval(d, low, high)


def _dominance(others: Array, own: Array) -> tuple[Array, int]:
    """Return for each own value how far it tops the others, -1 to 1, and the number of ties."""
    ordered = np.sort(others)
    under = np.searchsorted(ordered, own, side="left")
    upto = np.searchsorted(ordered, own, side="right")
    return (under - (len(others) - upto)) / len(others), int((upto - under).sum())
