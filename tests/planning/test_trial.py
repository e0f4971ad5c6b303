"""Patients of an in-silico trial: who they are, and that surgery on them is that on real meshes."""

import pytest

from hipsim.anatomy.virtual import hip_from_shape
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.errors import ComputationError, InputError
from hipsim.kinematics import motions
from hipsim.planning import trial
from hipsim.planning.clearance import clearance_along
from hipsim.planning.cohort import run_cohort
from hipsim.planning.trial import MOST_ASSESSED, Rule, find_patient, template_hip
from hipsim.surgery import derotate_femur, resect_lesser_trochanter, side_effects

WOMEN = Rule(neutral_mm=(0.0, 17.0), sex_ratio=1.0)  # one template is built
SINGLE_MM = 2e-5  # a cohort keeps single precision: 1e-6 of 20 mm
# a template's edges are 3 mm long and its correction leaves some tenths of a millimetre; a gain is
# the difference of two spaces, each within a millimetre of the hip contoured for itself
GAIN_MM = 1.0
LAW_MM = 1e-6  # of the derotation: rounding


def neutral_mm(hip):
    return clearance_along(hip, motions.neutral()).minimum_mm


@pytest.fixture(scope="module")
def patient():
    return find_patient(0, rule=WOMEN, seed=4)


def test_find_patient__meets_the_rule_and_says_how_many_were_assessed(patient):
    note = patient.notes[-1]
    assert 0.0 <= neutral_mm(patient) < 17.0
    assert note["step"] == "inclusion" and note["neutral_mm"] == neutral_mm(patient)
    assert 1 <= note["assessed"] <= MOST_ASSESSED
    assert patient.notes[0]["sex"] == "female" and patient.femur.is_closed


def test_find_patient__is_the_same_every_time_and_others_are_others(patient):
    again, other = (find_patient(i, rule=WOMEN, seed=4) for i in (0, 1))
    assert again.femur.content_hash == patient.femur.content_hash != other.femur.content_hash
    left = find_patient(0, rule=WOMEN, seed=4, side="left")
    assert left.side == "left" and neutral_mm(left) == pytest.approx(neutral_mm(patient), abs=1e-9)


def test_find_patient__gives_up(monkeypatch):
    monkeypatch.setattr(trial, "MOST_ASSESSED", 3)
    with pytest.raises(ComputationError, match="none of 3 virtual subjects has a neutral space"):
        find_patient(0, rule=Rule(neutral_mm=(500.0, 501.0), sex_ratio=1.0))


def test_find_patient__refuses_negative_numbers():
    with pytest.raises(InputError, match="must not be negative, got -1 and 0"):
        find_patient(-1, rule=WOMEN)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"neutral_mm": (17.0, 17.0)}, "with from < to"),
        ({"neutral_mm": (float("nan"), 17.0)}, "neutral_mm from must be"),
        ({"sex_ratio": 1.5}, "sex_ratio must be"),
    ],
)
def test_rule__refuses(given, said):
    with pytest.raises(InputError, match=said):
        Rule(**given)


def test_template_hip__has_the_space_of_the_cohort():
    from hipsim.anatomy.population import sample_population

    population, motion = sample_population(3, sex_ratio=1.0, seed=6), motions.ifi_test(step_deg=5)
    found = run_cohort(population, [motion], n_workers=1).minimum_mm(motion.name)
    own = [clearance_along(template_hip(shape), motion).minimum_mm for shape in population]
    assert own == pytest.approx(found.tolist(), abs=SINGLE_MM)


def test_template_hip__surgery_gains_what_it_gains_on_a_hip_contoured_for_itself():
    shape = HipShape.typical("female", version_deg=28.0, inter_tuberous_mm=112.0)
    whole, moved = hip_from_shape(shape), template_hip(shape)
    motion = motions.ifi_test(step_deg=5)
    for operate in (
        lambda hip: resect_lesser_trochanter(hip, depth_mm=5),
        lambda hip: derotate_femur(hip, angle_deg=20),
        lambda hip: derotate_femur(resect_lesser_trochanter(hip, depth_mm=8), angle_deg=10),
    ):
        gains = [
            clearance_along(operate(hip), motion).minimum_mm
            - clearance_along(hip, motion).minimum_mm
            for hip in (whole, moved)
        ]
        assert gains[1] == pytest.approx(gains[0], abs=GAIN_MM)


def test_template_hip__keeps_the_laws_of_surgery(patient):
    motion = motions.ifi_test(step_deg=5)
    turned = clearance_along(derotate_femur(patient, angle_deg=15), motion).distance_mm
    rotated = motion.evolved(rotation_deg=motion.rotation_deg + 15.0)
    assert turned == pytest.approx(clearance_along(patient, rotated).distance_mm, abs=LAW_MM)
    cut = resect_lesser_trochanter(patient, depth_mm=5)
    less = clearance_along(cut, motion).distance_mm - clearance_along(patient, motion).distance_mm
    assert less.min() >= -LAW_MM
    assert side_effects(patient, cut).removed_volume_mm3 > 0.0
