"""Axes, planes and lines on the phantom hip, where they are known, and on virtual hips."""

import numpy as np
import pytest
from phantom import HEAD_RADIUS_MM, LT_APEX_MM, mirrored_hip, phantom_hip

from hipsim.anatomy import structures
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.virtual import make_hip
from hipsim.errors import AnatomyError

EXACT_TOL = 1e-9  # mm, rounding
MIRROR_TOL = 1e-6  # mm, sections and caps follow a mirror to rounding


@pytest.fixture(scope="module")
def virtual():
    return make_hip(sex="female", spacing_mm=3.0)


def test_shaft_axis__runs_up_through_both_landmarks():
    hip = phantom_hip()
    axis = structures.shaft_axis(hip)
    for name in ("shaft_axis_proximal", "shaft_axis_distal"):
        np.testing.assert_allclose(
            axis.foot_of(hip.landmarks[name]), hip.landmarks[name], atol=EXACT_TOL
        )
    assert axis.direction[1] > 0.9


def test_neck_axis__starts_at_the_head_and_goes_laterally():
    axis = structures.neck_axis(phantom_hip())
    np.testing.assert_allclose(axis.point, 0.0, atol=EXACT_TOL)
    assert axis.direction[2] > 0.5 and np.linalg.norm(axis.direction) == pytest.approx(1.0)


def test_lesser_trochanter__axis_is_square_to_the_shaft_and_base_lies_under_the_apex(virtual):
    found, shaft = structures.lesser_trochanter(virtual), structures.shaft_axis(virtual)
    assert abs(found.axis @ shaft.direction) < EXACT_TOL
    assert found.axis @ found.base_normal > np.cos(np.radians(30.0))
    assert 4.0 < found.height_mm < 14.0
    height = (found.apex - found.base_point) @ found.base_normal
    assert height == pytest.approx(found.height_mm, abs=EXACT_TOL)
    area = virtual.femur.face_areas_mm2[found.is_patch].sum()
    assert np.pi * 10.0**2 < area < 2.0 * np.pi * structures.TROCHANTER_BASE_MM**2


def test_lesser_trochanter__needs_a_surface_around_its_apex():
    hip = phantom_hip()
    lost = hip.evolved(landmarks=hip.landmarks.updated({"lesser_trochanter": [400.0, 0, 0]}))
    with pytest.raises(AnatomyError, match="no surface around the lesser trochanter"):
        structures.lesser_trochanter(lost)


def test_crest__runs_from_greater_to_lesser_trochanter_behind_the_neck(virtual):
    crest, marks = structures.intertrochanteric_crest(virtual), virtual.landmarks
    assert crest.shape == (structures.CREST_POINTS, 3)
    assert (np.diff(crest[:, 1]) < 0.0).all()
    assert (crest[:, 0] < marks["neck_isthmus"][0]).all()
    assert (np.linalg.norm(crest, axis=1) > structures.CLEAR_OF_HEAD * 20.0).all()
    assert np.linalg.norm(crest[-1] - marks["lesser_trochanter"]) < 20.0


def test_crest__says_when_there_is_no_bone():
    hip = phantom_hip()
    away = {n: hip.landmarks[n] + [0.0, 500.0, 0.0] for n in ("greater_trochanter",)}
    away["lesser_trochanter"] = hip.landmarks["lesser_trochanter"] + [0.0, 600.0, 0.0]
    lost = hip.evolved(landmarks=hip.landmarks.updated(away))
    with pytest.raises(AnatomyError, match="no surface between its trochanters"):
        structures.intertrochanteric_crest(lost)


def test_acetabular_rim__opens_forward_down_and_outward(virtual):
    rim = structures.acetabular_rim(virtual)
    assert rim.normal[0] > 0.0 and rim.normal[1] < 0.0 and rim.normal[2] > 0.5
    assert rim.rms_mm < 4.0 and rim.share > 0.6
    assert abs((rim.centre - virtual.landmarks["acetabular_centre"]) @ rim.normal) < 8.0


def test_structures__of_the_mirrored_hip_are_mirror_images(virtual):
    other = mirrored_hip(virtual, axis=2)
    for of in (structures.lesser_trochanter, structures.acetabular_rim):
        here, there = of(virtual), of(other)
        normal = "base_normal" if hasattr(here, "base_normal") else "normal"
        expected = getattr(here, normal) * [1.0, 1.0, -1.0]
        np.testing.assert_allclose(getattr(there, normal), expected, atol=1e-3)
    np.testing.assert_allclose(
        structures.intertrochanteric_crest(other),
        structures.intertrochanteric_crest(virtual) * [1.0, 1.0, -1.0],
        atol=MIRROR_TOL,
    )


def test_phantom__has_the_apex_the_axis_points_to():
    hip = phantom_hip()
    axis = structures.lesser_trochanter(hip).axis
    foot = structures.shaft_axis(hip).foot_of(np.asarray(LT_APEX_MM, dtype=float))
    expected = (LT_APEX_MM - foot) / np.linalg.norm(LT_APEX_MM - foot)
    np.testing.assert_allclose(axis, expected, atol=EXACT_TOL)
    assert hip.head_radius_mm == HEAD_RADIUS_MM


def test_structures__say_which_landmark_is_missing():
    hip = phantom_hip()
    few = Landmarks({"hip_joint_centre": [0.0, 0, 0]})
    with pytest.raises(AnatomyError, match="landmark 'neck_isthmus' is not available"):
        structures.neck_axis(hip.evolved(landmarks=few))
