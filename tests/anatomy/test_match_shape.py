"""The virtual hip nearest to a given one: laws on hips whose parameters are known."""

from dataclasses import replace

import numpy as np
import pytest
from real_hips import real_hip

from hipsim.anatomy import match_shape as matching
from hipsim.anatomy import virtual_match
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.match_shape import clinical_shape, match_shape, measured_shape, measured_values
from hipsim.anatomy.virtual import hip_from_shape
from hipsim.anatomy.virtual_handles import femoral_handles, pelvic_handles
from hipsim.anatomy.virtual_shape import RANGES, HipShape
from hipsim.errors import InputError

ASKED = {"version_deg": 18.0, "inter_tuberous_mm": 122.0, "lesser_trochanter_reach_mm": 31.0}
ANGLE_DEG = 2.0  # what the issue asks of blind anatomy
LENGTH_MM = 2.0  # the same, for the lesser trochanter
HEAD_MM = 0.3
SAME = 1e-6  # a mirror image measures the same but for rounding
SHARE = 0.12  # of a range: measured on a 3.5 mm contour, which blurs widths
FEW_POINTS = 250  # of each kind: enough for laws


@pytest.fixture(scope="module")
def shape() -> HipShape:
    return HipShape.typical("female", **ASKED)


@pytest.fixture(scope="module")
def hip(shape: HipShape) -> Hip:
    return hip_from_shape(shape, spacing_mm=3.5)


@pytest.fixture(scope="module")
def left(hip: Hip) -> Hip:
    points = matching._exchanged(dict(hip.landmarks))
    return replace(
        hip,
        side="left",
        femur=hip.femur.mirrored(2),
        hip_bone=hip.hip_bone.mirrored(2),
        landmarks=Landmarks(points),
    )


def test_measured_values__name_every_parameter(hip: Hip) -> None:
    assert set(measured_values(hip, sex="female")) == set(RANGES)


def test_measured_values__are_what_was_asked(hip: Hip, shape: HipShape) -> None:
    found = measured_values(hip, sex="female")
    assert found["version_deg"] == pytest.approx(shape.version_deg, abs=ANGLE_DEG)
    assert found["neck_shaft_angle_deg"] == pytest.approx(shape.neck_shaft_angle_deg, abs=ANGLE_DEG)
    assert found["head_radius_mm"] == pytest.approx(shape.head_radius_mm, abs=HEAD_MM)
    reach = found["lesser_trochanter_reach_mm"]
    assert reach == pytest.approx(shape.lesser_trochanter_reach_mm, abs=LENGTH_MM)


def test_measured_values__of_a_mirrored_hip_are_the_same(hip: Hip, left: Hip) -> None:
    right_values, left_values = (measured_values(one, sex="female") for one in (hip, left))
    assert left_values == pytest.approx(right_values, abs=SAME)


def test_clinical_shape__knows_four_numbers_only(hip: Hip, shape: HipShape) -> None:
    found = clinical_shape(hip, sex="female")
    assert found.version_deg == pytest.approx(shape.version_deg, abs=ANGLE_DEG)
    usual = HipShape.typical("female", **{name: getattr(found, name) for name in matching.CLINICAL})
    assert found == usual


def test_measured_shape__stays_within_ranges(hip: Hip) -> None:
    tiny = replace(hip, head_radius_mm=15.0)
    found = measured_shape(tiny, sex="female")
    assert found.head_radius_mm == RANGES["head_radius_mm"][0]


def test_match_shape__refuses_an_unknown_sex(hip: Hip) -> None:
    with pytest.raises(InputError, match="sex"):
        match_shape(hip, sex="unknown")  # type: ignore[arg-type]


def test_match_shape__finds_the_parameters_again(
    hip: Hip, shape: HipShape, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WHOLE", "UPPER", "NEAR"):
        monkeypatch.setattr(matching, name, FEW_POINTS)
    monkeypatch.setattr(virtual_match, "ROUNDS", 1)
    found = match_shape(hip, sex="female")
    for name, (low, high) in RANGES.items():
        near = pytest.approx(getattr(shape, name), abs=SHARE * (high - low))
        assert getattr(found, name) == near, name


def test_followed__femur_and_hip_bone_follow_their_own_parameters(shape: HipShape) -> None:
    femur = virtual_match._followed(femoral_handles, shape)
    bone = virtual_match._followed(pelvic_handles, shape)
    assert "version_deg" in femur and "version_deg" not in bone
    assert "inter_tuberous_mm" in bone and "inter_tuberous_mm" not in femur
    assert set(femur) | set(bone) == set(virtual_match.FREE)


def test_clouds__contact_points_lie_where_the_bones_meet(hip: Hip) -> None:
    real = matching._Real.of(hip)
    rng = np.random.default_rng(1)
    apex = real.femoral_points["lesser_trochanter"]
    femur, bone = matching._femoral_cloud(real, rng), matching._pelvic_cloud(real, rng)
    away = np.linalg.norm(femur.points[femur.is_contact] - apex, axis=1)
    assert away.max() < matching.TROCHANTER_MM + 5.0  # a triangle's length
    assert bone.points[bone.is_contact][:, 1].max() < 0.0


@pytest.mark.bones
def test_measured_shape__of_a_ct_hip_is_a_shape(bones) -> None:
    hip = real_hip(bones, "z027", "right")
    found = measured_shape(hip, sex="female")
    assert found.head_radius_mm == pytest.approx(hip.head_radius_mm)
    assert 100.0 < found.inter_tuberous_mm < 150.0
