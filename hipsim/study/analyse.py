"""The analysis of a study or a cohort: groups, correlations, doses, plans, a patient's place.

What can be asked of a folder is asked; what cannot, because there is one sex only, one plan, too
few hips, is said in ``notes`` rather than left out in silence.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from hipsim.anatomy.virtual_shape import Sex
from hipsim.checks import Array, as_number
from hipsim.errors import InputError
from hipsim.planning.reference import reference_population
from hipsim.study.analysis_correlations import Correlations, correlate_all
from hipsim.study.analysis_data import HipTable, load_table, whole_motions
from hipsim.study.analysis_doses import DoseResponse, dose_response
from hipsim.study.analysis_grouping import Grouping, default_groupings, grouping
from hipsim.study.analysis_groups import GroupComparison, compare_groups
from hipsim.study.analysis_intervals import CONFIDENCE, as_confidence, holm
from hipsim.study.analysis_percentile import Percentile
from hipsim.study.analysis_plans import HeadToHead, compare_plans, plan_costs
from hipsim.study.analysis_standing import standing
from hipsim.study.plans import INTACT

MEASURED = "measured_"
SPACES = tuple(f"{MEASURED}{space}_" for space in ("ifs", "qfs"))
SINGLE = re.compile(r"^(?P<what>[a-z ]+?) (?P<amount>[\d.]+) (?P<unit>\S+)(?P<stated> .*)?$")


@dataclass(frozen=True)
class Question:
    """What is asked of results.

    Parameters
    ----------
    group_by
        ``"sex"``, ``"side"``, ``"narrow"`` (neutral space below ``narrow_mm``), or a column, split
        at ``split_at`` or its median; sex and narrow by default, where there are both.
    narrow_mm, split_at
        Where groups part.
    motions
        Which; all by default.
    columns
        Which to correlate with the space; by default all that are measured, or without measures
        what the hips were made with, and none that is a space itself.
    response_percentile
        Where a motion has no target: percentile of the reference, of the patient's sex, that
        makes a responder.
    patient
        A hip of the folder by name, a case folder or an embedded hip.
    side, sex
        Of the patient, where they are not known.
    cohort
        A folder of ``hipsim cohort`` or ``hipsim run`` to compare the patient with; by default the
        folder itself if it is a cohort and the patient is not in it, else the reference population.
    confidence
        Of all intervals, a share.
    """

    group_by: str | None = None
    narrow_mm: float = 17.0
    split_at: float | None = None
    motions: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    response_percentile: float = 25.0
    patient: str | None = None
    side: str | None = None
    sex: str | None = None
    cohort: Path | None = None
    confidence: float = CONFIDENCE


@dataclass(frozen=True)
class Compared:
    """A comparison of two groups within a grouping, with its adjusted p-value."""

    grouping: str
    motion: str
    plan: str
    found: GroupComparison
    p_rank_holm: float

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat row for tables."""
        told = {"grouping": self.grouping, "motion": self.motion, "plan": self.plan}
        return [{**told, **self.found.to_rows()[0], "p_rank_holm": self.p_rank_holm}]


@dataclass(frozen=True, eq=False)
class Analysis:
    """What an analysis found.

    Parameters
    ----------
    table
        The results.
    question
        What was asked.
    groupings, groups
        How hips were grouped, and the groups compared: intact space, and gain of every plan.
    correlations
        Motion to the correlations of its intact space with columns.
    doses
        Gain by amount of each procedure that was done with two amounts or more.
    head
        Plans head to head, or None where there is no plan but the intact hip.
    percentiles
        Where the patient stands, motion by motion.
    notes
        What was left out and why, and what to bear in mind.
    """

    table: HipTable
    question: Question
    groupings: tuple[Grouping, ...]
    groups: tuple[Compared, ...]
    correlations: dict[str, Correlations]
    doses: tuple[DoseResponse, ...]
    head: HeadToHead | None
    percentiles: tuple[Percentile, ...]
    notes: tuple[str, ...]


def analyse(folder: str | Path, question: Question | None = None) -> Analysis:
    """Analyse what ``hipsim run`` or ``hipsim cohort`` has written.

    Parameters
    ----------
    folder
        The results.
    question
        What is asked; everything that can be by default.

    Raises
    ------
    InputError
        If there are no results, or something asked for by name is not there.
    """
    asked = question or Question()
    as_confidence(asked.confidence)
    as_number(asked.response_percentile, name="response_percentile", low=0, high=100)
    table, notes = load_table(folder), list[str]()
    notes += table.notes
    for motion in asked.motions:
        table.of_motion(motion)  # raises
    groupings = _groupings(table, asked, notes)
    return Analysis(
        table=table,
        question=asked,
        groupings=groupings,
        groups=tuple(_compared(table, asked, groupings, notes)),
        correlations=_correlations(table, asked, notes),
        doses=tuple(_doses(table, asked, groupings, notes)),
        head=_head(table, asked, notes),
        percentiles=standing(table, asked) if asked.patient is not None else (),
        notes=tuple(dict.fromkeys(notes)),
    )


def motions_of(table: HipTable, asked: Question) -> tuple[str, ...]:
    """Return the motions asked about: those named, else all without their arms."""
    return asked.motions or whole_motions(table)


def needed_mm(table: HipTable, asked: Question, motion: str) -> tuple[Array | None, str]:
    """Return the space each hip needs over a motion to be a responder, (n,), and that in words.

    The target of the scenario; else the percentile of the reference population of the hip's sex,
    where the motion is one of the reference's, but never less than no contact.
    """
    if motion in table.targets_mm:
        target = table.targets_mm[motion]
        return np.full(len(table), target), f"{target:g} mm"
    sexes = table.words.get("sex", np.full(len(table), ""))
    if motion not in table.in_reference or not np.isin(sexes, ("female", "male")).any():
        return None, ""
    level, reference = asked.response_percentile, reference_population()
    needed = np.full(len(table), np.nan)
    told = []
    for sex in ("female", "male"):
        if (sexes == sex).any():
            value = max(0.0, reference.percentile_mm(motion, level, sex=cast(Sex, sex)))
            needed[sexes == sex] = value
            told.append(f"{value:.1f} mm {sex}")
    return needed, f"reference p{level:g} ({', '.join(told)})"


def _groupings(table: HipTable, asked: Question, notes: list[str]) -> tuple[Grouping, ...]:
    """Return how hips are grouped."""
    at, narrow = asked.split_at, asked.narrow_mm
    if asked.group_by is not None:
        return (grouping(table, asked.group_by, narrow_mm=narrow, split_at=at),)
    return default_groupings(table, notes, narrow_mm=narrow)


def _compared(
    table: HipTable, asked: Question, groupings: Iterable[Grouping], notes: list[str]
) -> list[Compared]:
    """Compare groups: intact space over each motion, and the gain of each plan."""
    found: list[Compared] = []
    for one in groupings:
        own: list[Compared] = []
        for motion in motions_of(table, asked):
            for plan in table.plans:
                if plan == INTACT and motion in one.defined_by:
                    notes.append(f"{motion} makes the groups {one.name} and is not compared")
                    continue
                own += _of_groups(table, asked, one, (motion, plan), notes)
        adjusted = holm([each.found.p_rank for each in own])
        found += [replace(each, p_rank_holm=p) for each, p in zip(own, adjusted, strict=True)]
    return found


def _of_groups(
    table: HipTable, asked: Question, one: Grouping, where: tuple[str, str], notes: list[str]
) -> list[Compared]:
    """Compare each two groups in one motion and plan."""
    motion, plan = where
    spaces = table.of_motion(motion)
    values = spaces[plan] if plan == INTACT else spaces[plan] - spaces[INTACT]
    what = f"space over {motion}, mm" if plan == INTACT else f"gain over {motion}, mm: {plan}"
    about: dict[str, Any] = {"persons": table.persons, "what": what, "confidence": asked.confidence}

    def compare(names: tuple[str, str]) -> Compared:
        found = compare_groups(values, one.labels, names=names, **about)
        return Compared(one.name, motion, plan, found, float("nan"))

    return _each(one.pairs, compare, notes)


def _correlations(table: HipTable, asked: Question, notes: list[str]) -> dict[str, Correlations]:
    """Correlate columns with the intact space over each motion."""
    unknown = [name for name in asked.columns if name not in table.numbers]
    if unknown:
        known = ", ".join(table.numbers) or "none"
        raise InputError(f"there is no column {unknown[0]!r} here; columns: {known}")
    columns = {name: table.numbers[name] for name in asked.columns or _anatomical(table)}
    if not columns:
        notes.append("no measures of the hips were kept (outputs: {measures: numbers} keeps them)")
        return {}
    about: dict[str, Any] = {"persons": table.persons, "confidence": asked.confidence}
    found = {
        motion: correlate_all(columns, table.space_mm[motion, INTACT], space=motion, **about)
        for motion in motions_of(table, asked)
    }
    notes += [
        f"not correlated with {motion}: {name}: {why}"
        for motion, each in list(found.items())[:1]
        for name, why in each.left_out.items()
        if name in asked.columns or "wanted at least" in why
    ]
    return found


def _anatomical(table: HipTable) -> list[str]:
    """Return the columns of anatomy: measured or, without measures, made; none that is a space."""
    measured = [name for name in table.numbers if name.startswith(MEASURED)]
    return [name for name in measured or table.numbers if not name.startswith(SPACES)]


def procedures_of(plans: Iterable[str]) -> dict[tuple[str, str], dict[float, str]]:
    """Sort plans of one procedure by what is done, in which unit, and by its amount.

    Examples
    --------
    >>> procedures_of(["intact", "resection 5 mm", "resection 10 mm", "resection 5 mm + burr 1 mm"])
    {('resection', 'mm'): {5.0: 'resection 5 mm', 10.0: 'resection 10 mm'}}
    """
    found: dict[tuple[str, str], dict[float, str]] = {}
    for plan in plans:
        read = SINGLE.match(plan) if " + " not in plan else None
        if read is not None:
            what = read["what"] + (read["stated"] or "")
            found.setdefault((what, read["unit"]), {})[float(read["amount"])] = plan
    return {key: dict(sorted(amounts.items())) for key, amounts in found.items()}


def _doses(
    table: HipTable, asked: Question, groupings: tuple[Grouping, ...], notes: list[str]
) -> list[DoseResponse]:
    """Describe each procedure that was done with two amounts or more, by the first grouping."""
    labels = groupings[0].labels if groupings else np.full(len(table), "all")
    named = labels != ""
    found: list[DoseResponse] = []
    for (what, unit), by_amount in procedures_of(table.plans).items():
        if len(by_amount) < 2:
            continue
        amounts = np.array([0.0, *by_amount])
        for motion in motions_of(table, asked):
            spaces = table.of_motion(motion)
            columns = [spaces[plan] for plan in (INTACT, *by_amount.values())]
            about: dict[str, Any] = {
                "groups": labels[named],
                "persons": table.persons[named],
                "target_mm": table.targets_mm.get(motion),
                "names": (motion, what, unit),
                "confidence": asked.confidence,
            }
            respond = partial(dose_response, amounts, **about)
            for each in _each([np.column_stack(columns)[named]], respond, notes):
                found += each
    return found


def _head(table: HipTable, asked: Question, notes: list[str]) -> HeadToHead | None:
    """Compare the plans over each motion, and what they cost."""
    if len(table.plans) < 2:
        return None
    about: dict[str, Any] = {"persons": table.persons, "confidence": asked.confidence}
    found: list[HeadToHead] = []
    for motion in motions_of(table, asked):
        needed, told = needed_mm(table, asked, motion)
        if needed is None:
            notes.append(f"{motion} has no target and is not one of the reference: no responders")
        compare = partial(compare_plans, motion=motion, target_mm=needed, target=told, **about)
        found += _each([table.of_motion(motion)], compare, notes)
    _note_rotation(table, notes)
    return HeadToHead(
        tuple(one for each in found for one in each.responses),
        tuple(pair for each in found for pair in each.pairs),
        plan_costs(table.costs, **about),
    )


def _note_rotation(table: HipTable, notes: list[str]) -> None:
    """Say what a change of version means for rotation."""
    changes = table.costs.get("version_change_deg", {}).values()
    if any((np.abs(np.nan_to_num(values)) > 0.5).any() for values in changes):
        notes.append(
            "version change: below the lesser trochanter the whole arc of rotation moves with it; "
            "20 deg less version is 20 deg of internal rotation lost and of external gained"
        )


def _each(items: Iterable[Any], work: Callable[[Any], Any], notes: list[str]) -> list[Any]:
    """Do some work on each item; what is refused is noted."""
    found: list[Any] = []
    for item in items:
        try:
            done = work(item)
        except InputError as error:
            notes.append(str(error))
            continue
        found.append(done)
    return found
