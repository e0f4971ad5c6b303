"""Words on pictures; the plain cases are the examples in the source."""

import pytest
from phantom import phantom_hip

from hipsim.kinematics.arcs import neutral
from hipsim.viz import words


@pytest.mark.parametrize(
    ("angles", "sentence"),
    [
        ((30, -5, 12), "flexion 30°, abduction 5°, internal rotation 12°"),
        ((-0.04, 0.0, -7.25), "flexion 0°, adduction 0°, external rotation 7.2°"),
    ],
)
def test_describe_pose__names_the_direction_so_no_sign_is_needed(angles, sentence):
    pose = dict(zip(("flexion", "adduction", "rotation"), angles, strict=True))
    assert words.describe_pose(pose) == sentence


def test_describe_conventions__names_both_zeros_and_the_tilt():
    tilted = neutral().evolved(pelvic_tilt_deg=-12)
    assert words.describe_conventions(tilted) == (
        "pelvic zero: app + tilt −12° · femoral zero: condylar"
    )
    assert "tilt" not in words.describe_conventions(neutral())


def test_describe_name__leaves_the_names_of_hips_alone():
    assert phantom_hip().name == "phantom-right"
    assert words.describe_name("long_stride_walking") == "long stride walking"
