"""Plans head to head on the same hips: space gained, responders, costs, each pair compared.

All plans are done on the same persons, so every comparison is paired: mean difference of gains with
Student's interval and Wilcoxon's test; difference of responders with Newcombe's interval and the
exact test of McNemar (Psychometrika 1947;12:153). p-values are adjusted by Holm over all pairs of a
motion. A plan that cannot be done on a hip is no response to it (all who were to be treated
count), and has no gain. A person with several hips responds if all of them do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from scipy import stats

from hipsim.checks import Array, BoolArray
from hipsim.errors import InputError
from hipsim.study.analysis_groups import FEWEST, GroupComparison, compare_paired, spread_out
from hipsim.study.analysis_intervals import (
    CONFIDENCE,
    Interval,
    as_confidence,
    holm,
    mean_interval,
    paired_share_interval,
    share_interval,
)
from hipsim.study.analysis_samples import by_person
from hipsim.study.plans import INTACT


@dataclass(frozen=True)
class PlanResponse:
    """What a plan does over a motion.

    Parameters
    ----------
    motion, plan
        Which.
    n
        Persons to be treated: those with a space before.
    n_done
        Persons on whom the plan could be done.
    gain_mm, space_mm
        Means with intervals, over those on whom it could be done.
    n_responders
        Persons whose space reaches the target.
    responders
        Their share of all n, with the exact interval; None without a target.
    target
        In words.
    """

    motion: str
    plan: str
    n: int
    n_done: int
    gain_mm: Interval
    space_mm: Interval
    n_responders: int | None
    responders: Interval | None
    target: str

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat row for tables."""
        names = ("motion", "plan", "n", "n_done")
        row = {name: getattr(self, name) for name in names}
        row |= {**spread_out("gain_mm", self.gain_mm), **spread_out("space_mm", self.space_mm)}
        share = self.responders or Interval(float("nan"), float("nan"), float("nan"))
        row |= {"n_responders": self.n_responders, **spread_out("responders", share)}
        return [{**row, "target": self.target}]


@dataclass(frozen=True)
class PlanPair:
    """Two plans on the same persons over one motion; differences are the second less the first.

    Parameters
    ----------
    motion
        Which.
    gain
        Comparison of the gains.
    p_gain_holm
        Of Wilcoxon's test, adjusted for the pairs of the motion.
    responders
        Difference of the shares of responders; None without a target.
    p_responders, p_responders_holm
        Of McNemar's exact test, and adjusted.
    """

    motion: str
    gain: GroupComparison
    p_gain_holm: float
    responders: Interval | None
    p_responders: float
    p_responders_holm: float

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat row for tables."""
        share = self.responders or Interval(float("nan"), float("nan"), float("nan"))
        found = {"motion": self.motion, **self.gain.to_rows()[0], "p_gain_holm": self.p_gain_holm}
        found |= spread_out("responders_difference", share)
        tests = ("p_responders", "p_responders_holm")
        return [{**found, **{name: getattr(self, name) for name in tests}}]


@dataclass(frozen=True)
class PlanCost:
    """What a plan costs besides: the mean of one side effect over those on whom it was done."""

    plan: str
    cost: str
    n: int
    mean: Interval

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat row for tables."""
        return [
            {"plan": self.plan, "cost": self.cost, "n": self.n, **spread_out("mean", self.mean)}
        ]


@dataclass(frozen=True)
class HeadToHead:
    """Plans compared on the same persons."""

    responses: tuple[PlanResponse, ...]
    pairs: tuple[PlanPair, ...]
    costs: tuple[PlanCost, ...]

    @property
    def summary(self) -> str:
        """A line per plan and motion."""
        lines = []
        for one in self.responses:
            g = one.gain_mm
            line = f"{one.motion}, {one.plan}: {g.value:+.1f} [{g.low:+.1f}, {g.high:+.1f}] mm"
            if one.responders is not None:
                line += f", {one.n_responders} of {one.n} reach {one.target}"
            lines.append(line)
        return "\n".join(lines)


def compare_plans(
    space_mm: Mapping[str, Array],
    *,
    motion: str = "motion",
    target_mm: Array | None = None,
    target: str = "",
    persons: np.ndarray | None = None,
    confidence: float = CONFIDENCE,
) -> HeadToHead:
    """Compare plans over one motion.

    Parameters
    ----------
    space_mm
        Plan to the space of every hip, shape (n,) each, ``"intact"`` among them; NaN where it
        could not be done. Hips without the intact space are left out.
    motion
        Which, for tables.
    target_mm
        Space each hip needs to be a responder, shape (n,); none where it is NaN.
    target
        The same in words.
    persons
        Whose each hip is, shape (n,); every hip a person of its own by default.
    confidence
        Of the intervals, a share.

    Raises
    ------
    InputError
        If there is no intact plan, no other, or fewer than three persons have a space before.

    Examples
    --------
    >>> before = np.array([8.0, 10.0, 12.0, 16.0])
    >>> found = compare_plans({"intact": before, "a": before + 2.0, "b": before + [4, 5, 6, 5]},
    ...                       target_mm=np.full(4, 17.0), target="17 mm")
    >>> print(found.summary)
    motion, a: +2.0 [+2.0, +2.0] mm, 1 of 4 reach 17 mm
    motion, b: +5.0 [+3.7, +6.3] mm, 2 of 4 reach 17 mm
    >>> found.pairs[0].gain.difference.value
    3.0
    """
    level = as_confidence(confidence)
    plans = [plan for plan in space_mm if plan != INTACT]
    if INTACT not in space_mm or not plans:
        raise InputError(f"wanted the intact hip and plans, got {', '.join(space_mm) or 'nothing'}")
    known = np.isfinite(space_mm[INTACT])
    whose = (np.arange(len(known)) if persons is None else np.asarray(persons))[known]
    if len(np.unique(whose)) < FEWEST:
        raise InputError(f"{motion}: {len(np.unique(whose))} persons, wanted at least {FEWEST}")
    spaces = {plan: np.asarray(space_mm[plan], dtype=float)[known] for plan in space_mm}
    needed = None if target_mm is None else np.asarray(target_mm, dtype=float)[known]
    hits = {plan: _responders(spaces[plan], needed, whose) for plan in plans}
    responses = [
        _response((motion, plan, target), spaces, hits[plan], whose, level) for plan in plans
    ]
    pairs = _pairs(motion, {p: spaces[p] - spaces[INTACT] for p in plans}, hits, whose, level)
    return HeadToHead(tuple(responses), pairs, ())


def plan_costs(
    costs: Mapping[str, Mapping[str, Array]],
    *,
    persons: np.ndarray | None = None,
    confidence: float = CONFIDENCE,
) -> tuple[PlanCost, ...]:
    """Average side effects plan by plan.

    Parameters
    ----------
    costs
        Side effect to plan to its value on every hip, shape (n,); NaN where there is none. Side
        effects that are zero for all plans are left out.
    persons, confidence
        As for :func:`compare_plans`.

    Examples
    --------
    >>> (found,) = plan_costs({"bone_mm3": {"cut": np.array([1.0, 2.0, np.nan])}})
    >>> found.n, found.mean.value
    (2, 1.5)
    """
    found = []
    for cost, by_plan in costs.items():
        if not any((np.abs(np.nan_to_num(values)) > 1e-6).any() for values in by_plan.values()):
            continue
        for plan, values in by_plan.items():
            sample = by_person(values, persons)
            mean = mean_interval(sample.values, as_confidence(confidence))
            found.append(PlanCost(plan, cost, len(sample), mean))
    return tuple(found)


def _responders(space_mm: Array, needed: Array | None, persons: np.ndarray) -> BoolArray | None:
    """Mark the persons all of whose hips reach their target; None where there is none."""
    if needed is None or not np.isfinite(needed).any():
        return None
    asked = np.isfinite(needed)
    names, index = np.unique(persons[asked], return_inverse=True)
    missed = np.zeros(len(names), dtype=int)
    np.add.at(missed, index, ~(space_mm[asked] >= needed[asked]))
    found: BoolArray = missed == 0
    return found


def _response(
    told: tuple[str, str, str],
    spaces: Mapping[str, Array],
    hits: BoolArray | None,
    persons: np.ndarray,
    level: float,
) -> PlanResponse:
    """Describe one plan."""
    motion, plan, target = told
    gain = by_person(spaces[plan] - spaces[INTACT], persons)
    space = by_person(spaces[plan], persons)
    count = None if hits is None else int(hits.sum())
    return PlanResponse(
        motion,
        plan,
        n=len(np.unique(persons)) if hits is None else len(hits),
        n_done=len(gain),
        gain_mm=mean_interval(gain.values, level),
        space_mm=mean_interval(space.values, level),
        n_responders=count,
        responders=None
        if hits is None or count is None
        else share_interval(count, len(hits), level),
        target="" if hits is None else target,
    )


def _pairs(
    motion: str,
    gains: Mapping[str, Array],
    hits: Mapping[str, BoolArray | None],
    persons: np.ndarray,
    level: float,
) -> tuple[PlanPair, ...]:
    """Compare every two plans that enough persons had both of."""
    compared: list[GroupComparison] = []
    asked: list[tuple[str, str]] = []
    for names in combinations(gains, 2):
        both = np.isfinite(gains[names[0]]) & np.isfinite(gains[names[1]])
        if len(np.unique(persons[both])) >= FEWEST:
            about: dict[str, Any] = {"names": names, "persons": persons, "confidence": level}
            two = (gains[name] for name in names)
            compared.append(compare_paired(*two, what=f"gain over {motion}, mm", **about))
            asked.append(names)
    shares = [_share(hits[one], hits[two], level) for one, two in asked]
    return _adjusted(motion, compared, shares)


def _adjusted(
    motion: str,
    compared: Sequence[GroupComparison],
    shares: Sequence[tuple[Interval | None, float]],
) -> tuple[PlanPair, ...]:
    """Adjust the p-values of all pairs of a motion."""
    of_gain = holm([one.p_rank for one in compared])
    of_share = holm([p for _, p in shares])
    return tuple(
        PlanPair(motion, one, p, share, raw, q)
        for one, p, (share, raw), q in zip(compared, of_gain, shares, of_share, strict=True)
    )


def _share(
    first: BoolArray | None, second: BoolArray | None, level: float
) -> tuple[Interval | None, float]:
    """Return the difference of two plans' responders and McNemar's exact p."""
    if first is None or second is None:
        return None, float("nan")
    gained, lost = int((second & ~first).sum()), int((first & ~second).sum())
    n = gained + lost
    p = 1.0 if n == 0 else float(stats.binomtest(gained, n, 0.5).pvalue)
    return paired_share_interval(first, second, level), p
