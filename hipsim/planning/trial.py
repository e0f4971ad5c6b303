"""Patients of an in-silico trial: virtual people who meet a rule of inclusion, made in no time.

A virtual hip whose bones are moved templates (:mod:`hipsim.anatomy.virtual_template`) is made in
some hundredths of a second instead of seconds, and is a hip like any other: closed bones,
landmarks, labelled structures. Every procedure can be carried out on it, so resection and
derotation are compared on the very same bones.

Patient number i of a trial is the first subject of a population of its own who meets the rule, so
patient i does not depend on how many there are, nor on who computes; together patients are
independent draws from the population of those who meet the rule. How many had to be looked at is
kept, as a trial tells how many were assessed for eligibility.
"""

from dataclasses import asdict, dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import LANDMARK_NAMES, Landmarks
from hipsim.anatomy.population import sample_population
from hipsim.anatomy.virtual import mirrored
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.anatomy.virtual_template import femoral_template, pelvic_template
from hipsim.checks import Side, as_number, as_side
from hipsim.errors import ComputationError, HipsimError, InputError
from hipsim.kinematics import motions
from hipsim.planning.clearance import ClearanceQuery

NARROW_MM = (0.0, 17.0)
MOST_ASSESSED = 256  # subjects looked at for one patient


@dataclass(frozen=True)
class Rule:
    """Who is a patient.

    Parameters
    ----------
    neutral_mm
        Space in the neutral pose: at least the first, less than the second. Bones that overlap
        in standing, as a percent of the virtual subjects have it, are of no living person.
    sex_ratio
        Share of women among those who are looked at, 0 to 1; women are more often narrow, so
        their share among the patients is larger.

    Raises
    ------
    InputError
        If the first space is not less than the second, or the ratio is out of range.

    Examples
    --------
    >>> Rule().neutral_mm
    (0.0, 17.0)
    """

    neutral_mm: tuple[float, float] = NARROW_MM
    sex_ratio: float = 0.5

    def __post_init__(self) -> None:
        low, high = self.neutral_mm
        as_number(low, name="neutral_mm from", unit="mm")
        as_number(high, name="neutral_mm to", unit="mm")
        if low >= high:
            raise InputError(f"neutral_mm must be [from, to] with from < to, got [{low}, {high}]")
        as_number(self.sex_ratio, name="sex_ratio", low=0, high=1)


def template_hip(shape: HipShape, *, side: Side = "right", name: str | None = None) -> Hip:
    """Make the virtual hip of a shape by moving the templates of its sex.

    The first hip of a sex takes some ten seconds in every process, each further one hundredths.

    Parameters
    ----------
    shape
        As for :func:`hipsim.anatomy.virtual.hip_from_shape`.
    side
        The left hip is the mirror image of the right one.
    name
        What the hip is called in tables.

    Returns
    -------
    hip
        Closed femur and hip bone in the neutral pose, frame ``app``, origin at the hip joint
        centre; edges about 3 mm long.

    Raises
    ------
    ComputationError
        If the parameters do not go together.
    """
    side = as_side(side)
    thigh, pelvis = femoral_template(shape.sex), pelvic_template(shape.sex)
    femur, femoral = thigh.moved(shape)
    hip_bone, pelvic = pelvis.moved(shape)
    known = {n: p for n, p in {**femoral, **pelvic}.items() if n in LANDMARK_NAMES}
    hip = Hip(
        side="right",
        femur=femur,
        hip_bone=hip_bone,
        landmarks=Landmarks(known),
        head_radius_mm=shape.head_radius_mm,
        femoral_labels=thigh.labels,
        pelvic_labels=pelvis.labels,
        name=name or f"virtual {shape.sex}",
        notes=({"step": "make_hip", "bones": "moved templates", **asdict(shape)},),
    )
    return hip if side == "right" else mirrored(hip)


def find_patient(number: int, *, rule: Rule, seed: int = 0, side: Side = "right") -> Hip:
    """Find one patient of a trial.

    Parameters
    ----------
    number
        Which, from 0.
    rule
        Who is a patient.
    seed
        Of the trial.
    side
        Which hip.

    Returns
    -------
    hip
        Of the patient; its last note, ``{"step": "inclusion", ...}``, says how many subjects were
        assessed, this one among them, and the space in the neutral pose.

    Raises
    ------
    ComputationError
        If none of 256 subjects meets the rule.
    InputError
        If number or seed is negative.
    """
    if number < 0 or seed < 0:
        raise InputError(f"number and seed must not be negative, got {number} and {seed}")
    own_seed = int(np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0] >> 1)
    subjects = sample_population(MOST_ASSESSED, sex_ratio=rule.sex_ratio, seed=own_seed)
    low, high = rule.neutral_mm
    for assessed, shape in enumerate(subjects, start=1):
        found = _assessed(shape, side)
        if found is not None and low <= found[1] < high:
            hip, space = found
            note = {"step": "inclusion", "assessed": assessed, "neutral_mm": space}
            return hip.evolved(notes=(*hip.notes, note))
    raise ComputationError(
        f"none of {MOST_ASSESSED} virtual subjects has a neutral space from {low:g} to {high:g} mm"
    )


def _assessed(shape: HipShape, side: Side) -> tuple[Hip, float] | None:
    """Return the hip of a subject and its neutral space; None if it cannot be made."""
    try:
        hip = template_hip(shape, side=side)
        return hip, ClearanceQuery(hip)(motions.neutral()).minimum_mm
    except HipsimError:
        return None  # not a possible person; the next one is looked at, and counted
