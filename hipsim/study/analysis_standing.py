"""Where one patient stands: a hip of the results, or a case, beside a cohort or the reference."""

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from hipsim.anatomy.virtual_shape import Sex
from hipsim.checks import Array, as_choice
from hipsim.errors import InputError
from hipsim.io.hips import load_hip
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.cohort import ARM_MARK, measures_of
from hipsim.planning.reference import reference_motions, reference_population
from hipsim.study.analysis_data import HipTable, load_table, whole_motions
from hipsim.study.analysis_percentile import Percentile, percentile_in, percentile_in_reference
from hipsim.study.plans import INTACT

if TYPE_CHECKING:
    from hipsim.study.analyse import Question

SEXES = ("female", "male")


def standing(table: HipTable, asked: "Question") -> tuple[Percentile, ...]:
    """Return where the patient stands in each motion.

    Parameters
    ----------
    table
        The results that are analysed.
    asked
        With the patient, and with whom to compare.

    Raises
    ------
    InputError
        If there is no such patient, the sex is needed and not known, or no motion is shared.
    """
    if asked.sex:
        as_choice(asked.sex, SEXES, name="sex")
    is_row = asked.patient in table.hips.tolist()
    others = _others(table, asked, is_row)
    known = asked.motions or (None if others is None else others.in_reference)
    spaces, sex = _of_row(table, asked) if is_row else _of_case(asked, known)
    sex = asked.sex or sex
    if is_row:
        spaces = {motion: mm for motion, mm in spaces.items() if motion in table.in_reference}
    if asked.motions:
        spaces = {motion: mm for motion, mm in spaces.items() if motion in asked.motions}
    if others is None:
        return _in_reference(spaces, asked, sex)
    shared = [motion for motion in others.in_reference if motion in spaces]
    if not shared:
        raise InputError(
            f"{asked.patient!r} and {others.title} share no motion with the poses of the "
            f"reference; the cohort has {', '.join(others.in_reference) or 'none'}"
        )
    return tuple(_among(others, motion, spaces[motion], asked, sex) for motion in shared)


def cohort_values(table: HipTable, asked: "Question", motion: str, sex: str) -> Array:
    """Return the intact space of a cohort over a motion, of one sex where that is known, (n,)."""
    values = table.space_mm[motion, INTACT]
    sexes = table.words.get("sex")
    own: Array = values if not sex or sexes is None else np.where(sexes == sex, values, np.nan)
    if asked.patient in table.hips.tolist():
        own = np.where(table.hips == asked.patient, np.nan, own)
    return own


def _of_row(table: HipTable, asked: "Question") -> tuple[dict[str, float], str]:
    """Return the intact space of a hip of the results, and its sex."""
    row = table.hips.tolist().index(asked.patient)
    motions = whole_motions(table)
    spaces = {m: float(table.space_mm[m, INTACT][row]) for m in motions}
    known = {m: space for m, space in spaces.items() if np.isfinite(space)}
    if not known:
        raise InputError(f"hip {asked.patient!r} has no space in these results: it failed")
    sex = str(table.words["sex"][row]) if "sex" in table.words else ""
    return known, sex


def _of_case(asked: "Question", wanted: tuple[str, ...] | None) -> tuple[dict[str, float], str]:
    """Measure a case over the motions of the reference that are wanted, and their arms."""
    assert asked.patient is not None
    side: Any = asked.side
    hip = load_hip(asked.patient, side=side)
    query, spaces = ClearanceQuery(hip), dict[str, float]()
    for motion in reference_motions():
        if wanted is not None and not set(measures_of(motion)) & set(wanted):
            continue
        found = query(motion)
        spaces[motion.name] = found.minimum_mm
        if len(motion.arms) > 1:
            for arm, run in motion.arms.items():
                spaces[f"{motion.name}{ARM_MARK}{arm}"] = float(found.distance_mm[run].min())
    return spaces, next((str(n["sex"]) for n in hip.notes if "sex" in n), "")


def _others(table: HipTable, asked: "Question", is_row: bool) -> HipTable | None:
    """Return with whom to compare, None for the reference population."""
    if asked.cohort is not None:
        return load_table(asked.cohort)
    return table if table.kind == "cohort" and not is_row else None


def _among(
    others: HipTable, motion: str, value_mm: float, asked: "Question", sex: str
) -> Percentile:
    """Return where the patient stands in a cohort."""
    known = sex if "sex" in others.words and sex else ""
    name = f"{others.title}, {known or 'both sexes'}"
    values = cohort_values(others, asked, motion, known)
    about: dict[str, Any] = {"what": motion, "cohort": name, "confidence": asked.confidence}
    asked_of = np.isfinite(values)
    return percentile_in(values[asked_of], value_mm, persons=others.persons[asked_of], **about)


def _in_reference(spaces: dict[str, float], asked: "Question", sex: str) -> tuple[Percentile, ...]:
    """Return where the patient stands in the reference population."""
    if sex not in SEXES:
        raise InputError(
            f"the reference population is by sex, and that of {asked.patient!r} is not known: "
            "give sex, female or male"
        )
    reference, own = reference_population(), cast(Sex, sex)
    wanted = [motion for motion in spaces if motion in reference.motions]
    if not wanted:
        known = ", ".join(reference.motions)
        raise InputError(
            f"no motion of {asked.patient!r} has the poses of one of the reference: {known}"
        )
    return tuple(
        percentile_in_reference(
            reference, motion, spaces[motion], sex=own, confidence=asked.confidence
        )
        for motion in wanted
    )
