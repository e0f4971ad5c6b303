"""The phantom hip keeps what other tests rely on."""

import numpy as np
import pytest
from phantom import HEAD_RADIUS_MM, LT_APEX_MM, mirrored_hip, phantom_hip

from hipsim.anatomy.hip import FEMORAL_STRUCTURES, PELVIC_STRUCTURES
from hipsim.anatomy.landmarks import LANDMARK_NAMES, OPTIONAL_LANDMARKS

POSITION_TOL = 1e-9  # mm, rounding of float64 at 500 mm


@pytest.mark.parametrize("side", ["right", "left"])
def test_phantom_hip__is_two_small_closed_outward_bones_with_everything_named(side):
    hip = phantom_hip(side)
    for bone in (hip.femur, hip.hip_bone):
        assert bone.is_closed and bone.volume_mm3 > 1e5
        assert len(bone.faces) < 1500
    assert set(hip.landmarks) == set(LANDMARK_NAMES) - set(OPTIONAL_LANDMARKS)
    assert set(hip.femoral_labels) == set(range(len(FEMORAL_STRUCTURES)))
    assert set(hip.pelvic_labels) == set(range(len(PELVIC_STRUCTURES)))


@pytest.mark.parametrize("side", ["right", "left"])
def test_phantom_hip__both_frames_are_the_identity(side):
    hip = phantom_hip(side)
    assert np.abs(hip.femoral_frame("condylar") - np.eye(4)).max() < POSITION_TOL
    assert np.abs(hip.pelvic_frame("app") - np.eye(4)).max() < POSITION_TOL


def test_phantom_hip__has_its_apex_and_its_head_where_it_says():
    hip = phantom_hip(version_deg=35.0)
    distance = np.linalg.norm(hip.femur.vertices - LT_APEX_MM, axis=1)
    assert distance.min() < POSITION_TOL
    head = hip.femur.vertices[hip.femur.faces[hip.femoral_labels == 0]]
    assert np.linalg.norm(head, axis=-1).max() == pytest.approx(HEAD_RADIUS_MM)
    neck = hip.landmarks["neck_isthmus"]
    assert np.degrees(np.arctan2(-neck[0], neck[2])) == pytest.approx(35.0)


def test_mirrored_hip__twice_is_the_same_hip():
    hip = phantom_hip(gap_mm=9.0)
    twice = mirrored_hip(mirrored_hip(hip))
    assert twice.side == hip.side
    assert np.array_equal(twice.femur.vertices, hip.femur.vertices)
    assert np.array_equal(twice.femur.faces, hip.femur.faces)
    assert all(np.array_equal(twice.landmarks[n], hip.landmarks[n]) for n in hip.landmarks)
