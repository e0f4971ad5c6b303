"""A cohort answers the expectations that virtual subjects can."""

import numpy as np
import pytest

from hipsim.anatomy.population import sample_population
from hipsim.planning.cohort import Cohort
from hipsim.study.validation_population import Member, motions_asked, rows_of

MEN_MM, WOMEN_MM = 28.0, 21.0
PER_DEG = 0.3


@pytest.fixture(scope="module")
def cohort():
    """Return subjects whose space is linear in the angles, one of whom has failed."""
    people = sample_population(8, seed=1)
    start = np.where(np.array(people.sexes) == "male", MEN_MM, WOMEN_MM)
    spaces = {}
    for motion in motions_asked():
        slope = PER_DEG * (motion.rotation_deg - motion.adduction_deg + motion.flexion_deg)
        spaces[motion.name] = (start[:, None] + slope).astype(np.float32)
        spaces[motion.name][7] = np.nan
    structures = {name: np.full(s.shape, 2, np.int8) for name, s in spaces.items()}
    return Cohort(people, tuple(motions_asked()), spaces, structures, {7: "no hip"})


def test_member__has_the_slopes_it_was_given(cohort):
    member = Member(cohort, 0)
    assert member.internal_slope == pytest.approx(PER_DEG, abs=1e-6)
    assert member.external_slope == pytest.approx(PER_DEG, abs=1e-6)
    assert member.at(adduction=10.0, rotation=-10.0) < member.at() == member.neutral_mm


def test_rows__are_of_those_measured_and_judged(cohort):
    rows = {row.name: row for row in rows_of(cohort)}
    assert {row.subjects for row in rows.values()} == {"population"}
    assert rows["01 IFS neutral"].n == 7
    assert rows["02 IFS by sex"].value == pytest.approx(MEN_MM - WOMEN_MM, abs=1e-4)
    for name in ("02 IFS by sex", "05 IR, slope", "06 ER, slope", "08 adduction + ER"):
        assert rows[name].verdict == "agrees", rows[name]


def test_contact__is_the_first_pose_that_touches(cohort):
    member = Member(cohort, 0)
    touching = (member.neutral_mm - PER_DEG * 20.0) / PER_DEG
    expected = np.ceil(touching / 2.0) * 2.0
    assert member.contact_deg == pytest.approx(expected) or (
        np.isnan(member.contact_deg) and touching > 60.0
    )
