"""Measures of the femur: closed forms on the phantom, the figures of five raters' definitions."""

from types import SimpleNamespace

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_hip
from real_hips import CT_HIPS, real_hip, reference
from shapes import random_rigid

from hipsim.anatomy import measures
from hipsim.anatomy.confidence import confidences
from hipsim.anatomy.measure_femur import PROFILE_MM, _width
from hipsim.errors import AnatomyError
from hipsim.geometry.cut import trimmed
from hipsim.surgery import derotate_femur, resect_lesser_trochanter

EXACT = 1e-6  # mm and deg, rounding at 400 mm
REFERENCE_REACH_MM = 3.5  # apex and shaft axis of the reference are defined otherwise
REFERENCE_ANGLE_DEG = 6.0
SHAPE_KEYS = ("reach_mm", "height_mm", "width_mm", "version_deg")
LENGTHS = (
    measures.femoral_offset_mm,
    measures.neck_length_mm,
    measures.mechanical_length_mm,
    measures.femoral_length_mm,
    measures.neck_shaft_angle_deg,
    measures.shaft_to_mechanical_axis_deg,
    measures.lesser_trochanter_neck_angle_deg,
)


def test_neck_shaft_angle__of_given_directions():
    marks = {
        "hip_joint_centre": np.zeros(3),
        "neck_isthmus": np.array([0.0, -1.0, 1.0]),
        "shaft_axis_proximal": np.array([3.0, 0.0, 0.0]),
        "shaft_axis_distal": np.array([3.0, -5.0, 0.0]),
    }
    found = measures.neck_shaft_angle_deg(SimpleNamespace(landmarks=marks))
    assert found == pytest.approx(135.0, abs=EXACT)


def test_phantom__has_the_lengths_it_was_built_with():
    hip = phantom_hip(version_deg=15.0)
    assert measures.mechanical_length_mm(hip) == pytest.approx(400.0, abs=EXACT)
    top = hip.femur.vertices[:, 1].max()
    assert measures.femoral_length_mm(hip) == pytest.approx(top + 422.0, abs=EXACT)
    marks = hip.landmarks
    along = marks["shaft_axis_distal"] - marks["shaft_axis_proximal"]
    across = np.linalg.norm(np.cross(marks["shaft_axis_proximal"], along)) / np.linalg.norm(along)
    assert measures.femoral_offset_mm(hip) == pytest.approx(across, abs=EXACT)


@pytest.mark.parametrize(
    "take",
    [
        measures.mechanical_length_mm,
        measures.femoral_length_mm,
        measures.shaft_to_mechanical_axis_deg,
    ],
)
def test_measures__of_a_knee_that_is_only_estimated_are_refused(take):
    guessed = confidences({}, {}, estimated=["medial_epicondyle"])
    with pytest.raises(AnatomyError, match="the knee is not on this femur, only estimated"):
        take(phantom_hip().evolved(confidence=guessed))


def test_femoral_length__of_a_bone_that_ends_above_its_knee_is_refused():
    hip = phantom_hip()
    short = trimmed(hip.femur, [[0.0, -300.0, 0.0]], [[0.0, -1.0, 0.0]])
    hip = hip.evolved(femur=short, femoral_labels=np.zeros(len(short.faces), dtype=np.int8))
    assert measures.mechanical_length_mm(hip) == pytest.approx(400.0, abs=EXACT)
    with pytest.raises(AnatomyError, match="the femur ends 100 mm above its knee centre"):
        measures.femoral_length_mm(hip)


def test_shaft_axis__runs_medially_down_on_both_sides():
    for hip in (phantom_hip("right"), phantom_hip("left")):
        assert 3.0 < measures.shaft_to_mechanical_axis_deg(hip) < 9.0


@pytest.mark.parametrize("take", LENGTHS)
def test_measures__are_the_same_left_and_right_and_in_any_scan(take, rng):
    expected = take(phantom_hip("right"))
    scanned = phantom_hip("right", scan_pose_deg=(10, 5, -20), scan_from_pelvis=random_rigid(rng))
    assert take(scanned) == pytest.approx(expected, abs=EXACT)
    assert take(mirrored_hip(scanned)) == pytest.approx(expected, abs=EXACT)


def test_lesser_trochanter__of_the_phantom_is_its_cone():
    shape = measures.lesser_trochanter_shape(phantom_hip())
    assert shape.reach_mm - shape.height_mm == pytest.approx(12.0, abs=0.5)  # the shaft's radius
    assert 0.0 < shape.width_mm < 2 * 13.0  # the cone's base
    assert shape.version_deg < 0.0  # it points back


def test_lesser_trochanter__version_is_the_direction_from_the_shaft():
    hip = phantom_hip()
    apex = hip.landmarks["lesser_trochanter"]
    top, bottom = hip.landmarks["shaft_axis_proximal"], hip.landmarks["shaft_axis_distal"]
    up = (top - bottom) / np.linalg.norm(top - bottom)
    out = apex - top - ((apex - top) @ up) * up
    expected = -np.degrees(np.arctan2(-out[0], -out[2]))
    shape = measures.lesser_trochanter_shape(hip)
    assert shape.version_deg == pytest.approx(expected, abs=EXACT)
    assert measures.lesser_trochanter_neck_angle_deg(hip) == pytest.approx(
        15.0 - expected, abs=1e-4
    )


def test_lesser_trochanter__keeps_its_shape_through_a_derotation():
    hip = phantom_hip()
    before = measures.lesser_trochanter_shape(hip)
    after = measures.lesser_trochanter_shape(derotate_femur(hip, angle_deg=25.0))
    for key in ("reach_mm", "height_mm", "width_mm"):
        assert getattr(after, key) == pytest.approx(getattr(before, key), abs=0.2), key
    assert after.version_deg == pytest.approx(before.version_deg - 25.0, abs=0.2)


def test_lesser_trochanter__refuses_an_apex_inside_the_shaft():
    hip = phantom_hip()
    inside = hip.landmarks["shaft_axis_proximal"] + [-2.0, 40.0, 0.0]
    sunk = hip.evolved(landmarks=hip.landmarks.updated({"lesser_trochanter": inside}))
    with pytest.raises(AnatomyError, match="does not stand out of the shaft"):
        measures.lesser_trochanter_shape(sunk)


def test_lesser_trochanter__refuses_a_femur_without_shaft():
    hip = phantom_hip()
    cropped = hip.femur.submesh(hip.femur.face_centres[:, 1] > -70.0)
    labels = hip.femoral_labels[hip.femur.face_centres[:, 1] > -70.0]
    with pytest.raises(AnatomyError, match="shaft axis leaves the femur"):
        measures.lesser_trochanter_shape(hip.evolved(femur=cropped, femoral_labels=labels))


def test_width__is_where_the_profile_passes_half():
    profile = np.maximum(30.0 - np.abs(PROFILE_MM), 10.0)
    assert _width(profile, 20.5) == pytest.approx(19.0, abs=EXACT)


def test_width__of_a_ridge_without_end_is_refused():
    with pytest.raises(AnatomyError, match="no end along the shaft"):
        _width(np.full(len(PROFILE_MM), 30.0), 20.0)


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), CT_HIPS[::2])
def test_measures__agree_with_the_reference_on_ct_hips(bones, case, side):
    hip, expected = real_hip(bones, case, side), reference(bones, case, side)
    shape = measures.lesser_trochanter_shape(hip)
    assert shape.reach_mm == pytest.approx(expected["lt_r"], abs=REFERENCE_REACH_MM)
    assert -shape.version_deg == pytest.approx(expected["lt_ang"], abs=REFERENCE_ANGLE_DEG)
    assert measures.femoral_length_mm(hip) == pytest.approx(expected["femlen"], abs=2.0)
    assert measures.mechanical_length_mm(hip) == pytest.approx(expected["mech"], abs=6.0)


@pytest.mark.bones
def test_lesser_trochanter__is_lower_after_a_resection(bones):
    hip = real_hip(bones, "z001", "right")
    before = measures.lesser_trochanter_shape(hip)
    after = measures.lesser_trochanter_shape(resect_lesser_trochanter(hip, depth_mm=5))
    assert after.reach_mm == before.reach_mm  # of the intact apex
