"""The clinical motions: their arms, their ends, their thresholds with sources."""

import pytest

from hipsim.errors import InputError
from hipsim.kinematics.clinical import faber, front_split, ifi_test, long_stride_walking
from hipsim.kinematics.motions import NAMED_MOTIONS


def test_ifi_test__extends_in_neutral_adduction_and_abduction():
    motion = ifi_test(extension_deg=25, adduction_deg=8, abduction_deg=15)
    held = {arm: motion.adduction_deg[run] for arm, run in motion.arms.items()}
    assert {arm: set(angles) for arm, angles in held.items()} == {
        "neutral": {0.0},
        "adducted": {8.0},
        "abducted": {-15.0},
    }
    for run in motion.arms.values():
        assert (motion.flexion_deg[run][0], motion.flexion_deg[run][-1]) == (0.0, -25.0)
    assert (motion.rotation_deg == 0.0).all()
    assert motion.progress_label == "extension (deg)"


def test_long_stride_walking__extends_further_with_the_long_stride():
    motion = long_stride_walking(1.3, short_factor=0.7, speed="fast")
    short, long = (motion.flexion_deg[motion.arms[arm]] for arm in ("short_stride", "long_stride"))
    assert long.min() < short.min() - 10.0
    assert long.max() > short.max() + 10.0
    assert (motion.pelvic_zero, motion.femoral_zero) == ("isb", "isb")


def test_front_split__has_a_leg_behind_and_a_leg_in_front():
    motion = front_split(extension_deg=35, external_rotation_deg=10, flexion_deg=100, n_poses=11)
    assert motion.pose_deg(10) == {"flexion": -35.0, "adduction": 0.0, "rotation": -10.0}
    assert motion.pose_deg(21) == {"flexion": 100.0, "adduction": 0.0, "rotation": 0.0}
    assert motion.progress[motion.arms["leading_leg"]][-1] == 100.0


def test_faber__flexes_abducts_and_turns_out():
    last = faber().pose_deg(-1)
    assert last == {"flexion": 45.0, "adduction": -30.0, "rotation": -60.0}


@pytest.mark.parametrize("name", sorted(set(NAMED_MOTIONS) - {"arc", "grid"}))
def test_named_motions__state_threshold_and_source(name):
    motion = NAMED_MOTIONS[name]()
    assert 0.0 < motion.threshold_mm <= 15.0
    assert "hreshold" in motion.reference


def test_named_motions__static_threshold_belongs_to_neutral_only():
    static = [n for n, make in NAMED_MOTIONS.items() if n != "arc" and make().threshold_mm == 15]
    assert static == ["neutral"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ifi_test(extension_deg=0), "extension_deg must be within 1 to 60 deg"),
        (lambda: ifi_test(abduction_deg=-20), "abduction_deg must be within 0 to 60 deg"),
        (lambda: ifi_test(adduction_deg=-10), "adduction_deg must be within 0 to 60 deg"),
        (lambda: long_stride_walking(0.8), "must exceed the short one, got 0.8 and 0.8"),
        (lambda: long_stride_walking(2.5), "stride_factor must be within"),
        (lambda: front_split(flexion_deg=200), "flexion_deg must be within"),
        (lambda: faber(external_rotation_deg=-60), "external_rotation_deg must be within"),
    ],
)
def test_clinical_motions__refuse(make, message):
    with pytest.raises(InputError, match=message):
        make()
