"""Cohorts: every subject for itself, the same for any number of workers, failures told."""

from dataclasses import replace

import numpy as np
import pytest

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import LANDMARK_NAMES, Landmarks
from hipsim.anatomy.population import PARAMETERS, Population, sample_population
from hipsim.anatomy.regions import label_femur, label_hip_bone
from hipsim.anatomy.virtual import mirrored
from hipsim.anatomy.virtual_template import femoral_template, pelvic_template
from hipsim.errors import ComputationError, InputError
from hipsim.kinematics import motions
from hipsim.planning import cohort_pool
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.cohort import Cohort, run_cohort
from hipsim.surgery import derotate_femur

WOMEN = sample_population(3, sex_ratio=1.0, seed=3)
WALK = motions.gait(n_poses=21)
TEST = motions.ifi_test(step_deg=5.0)
SAME_TOL = 1e-4  # mm, single precision of stored clearances
REGION_TOL = 0.3  # mm, labels carried along by the template against labels made anew
DEROTATION_TOL = 0.6  # mm, a real cut and a knee measured anew against the law


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return run_cohort(WOMEN, [motions.neutral(), TEST, WALK], n_workers=1)


def moved_hip(shape) -> Hip:
    """Return a hip whose bones are moved templates."""
    femur, points = femoral_template(shape.sex).moved(shape)
    bone, pelvic = pelvic_template(shape.sex).moved(shape)
    known = {n: p for n, p in {**points, **pelvic}.items() if n in LANDMARK_NAMES}
    landmarks, radius = Landmarks(known), shape.head_radius_mm
    return Hip(
        side="right",
        femur=femur,
        hip_bone=bone,
        landmarks=landmarks,
        head_radius_mm=radius,
        femoral_labels=label_femur(femur, landmarks, "right", radius),
        pelvic_labels=label_hip_bone(bone, landmarks),
    )


def test_run_cohort__a_subject_does_not_depend_on_the_others(cohort):
    fewer = run_cohort(sample_population(2, sex_ratio=1.0, seed=3), [TEST], n_workers=1)
    assert (fewer.clearance_mm["ifi_test"] == cohort.clearance_mm["ifi_test"][:2]).all()


def test_run_cohort__is_the_same_for_two_workers(cohort):
    calls = []
    both = run_cohort(
        WOMEN, cohort.motions, n_workers=2, progress=lambda done, total: calls.append((done, total))
    )
    for name, values in cohort.clearance_mm.items():
        assert (both.clearance_mm[name] == values).all()
        assert (both.structures[name] == cohort.structures[name]).all()
    assert calls[-1] == (3, 3)


def test_run_cohort__agrees_with_clearance_of_the_moved_hip(cohort):
    """The path without meshes against the long way round, both sides of the body."""
    hip = moved_hip(WOMEN[0])
    for query in (ClearanceQuery(hip), ClearanceQuery(mirrored(hip))):
        for motion in (TEST, WALK):
            found = query(motion)
            mine = cohort.minimum_mm(motion.name)[0]
            assert mine == pytest.approx(found.minimum_mm, abs=REGION_TOL)


def test_run_cohort__derotation_is_a_real_cut_below_the_trochanter():
    hip = moved_hip(WOMEN[0])
    after = ClearanceQuery(derotate_femur(hip, angle_deg=15.0))(TEST)
    cohort = run_cohort(sample_population(1, sex_ratio=1.0, seed=3), [TEST], derotation_deg=15.0)
    assert cohort.minimum_mm("ifi_test")[0] == pytest.approx(after.minimum_mm, abs=DEROTATION_TOL)


def test_run_cohort__tells_whom_it_could_not_make():
    values = np.array(WOMEN.values)
    values[1, PARAMETERS.index("version_deg")] = 150.0
    odd = Population(np.array(WOMEN.sexes), values, 3, "random", 1.0)
    cohort = run_cohort(odd, [TEST], n_workers=1)
    assert list(cohort.failures) == [1] and "cannot be reached" in cohort.failures[1]
    assert np.isnan(cohort.minimum_mm("ifi_test")).tolist() == [False, True, False]
    rows = [row for row in cohort.rows() if row["motion"] == "ifi_test"]
    assert rows[1]["minimum_mm"] is None and "cannot be reached" in rows[1]["failure"]
    assert rows[0]["failure"] == "" and rows[0]["minimum_mm"] is not None


def test_cohort__reads_shares_and_poses_as_clearance_does(cohort):
    for subject in range(3):
        query = ClearanceQuery(moved_hip(WOMEN[subject]))(TEST)
        known = replace(query, distance_mm=cohort.clearance_mm["ifi_test"][subject].astype(float))
        assert cohort.share_below("ifi_test", 9.0)[subject] == pytest.approx(
            known.share_below(9.0), abs=SAME_TOL
        )
        assert cohort.minimum_mm("ifi_test/adducted")[subject] == pytest.approx(
            known.segment_minima_mm["adducted"], abs=SAME_TOL
        )
        pose = cohort.pose_deg("ifi_test")[subject]
        assert pose.tolist() == list(known.pose_deg.values())
        assert cohort.progress("ifi_test")[subject] == known.progress


def test_cohort__rows_are_tidy(cohort):
    rows = list(cohort.rows())
    assert len(rows) == len(WOMEN) * len(cohort.measures)
    assert {"subject", "sex", *PARAMETERS, "motion", "minimum_mm", "structure"} <= set(rows[0])
    assert len({tuple(row) for row in rows}) == 1
    assert repr(cohort) == "<Cohort of 3 subjects, neutral, ifi_test, gait_free>"


def test_run_cohort__refuses_what_makes_no_sense():
    with pytest.raises(InputError, match="one or more motions with different names"):
        run_cohort(WOMEN, [])
    with pytest.raises(InputError, match="one or more motions with different names"):
        run_cohort(WOMEN, [TEST, TEST])
    with pytest.raises(InputError, match="femoral_region must be one of"):
        run_cohort(WOMEN, [TEST], femoral_region="nowhere")
    with pytest.raises(InputError, match="n_threads|workers"):
        run_cohort(WOMEN, [TEST], n_workers=0)


def test_cohort__refuses_what_it_did_not_do(cohort):
    with pytest.raises(InputError, match="did not do 'faber'; it did neutral, ifi_test"):
        cohort.minimum_mm("faber")
    bare = replace(cohort, motions=tuple(m.evolved(threshold_mm=None) for m in cohort.motions))
    with pytest.raises(InputError, match="has no threshold of its own"):
        bare.share_below("ifi_test")


def test_pool__says_when_a_process_ended(monkeypatch):
    monkeypatch.setattr(cohort_pool, "_answer", _exit)
    with pytest.raises(ComputationError, match="a process of the cohort ended"):
        list(cohort_pool.answered(None, [1, 2], 2, None))


def _exit(_):
    import os

    os._exit(1)
