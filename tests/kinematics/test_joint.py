"""Joint angles: against scipy, against anatomy's words, and as transforms of a phantom hip."""

import numpy as np
import pytest
from phantom import EPICONDYLAR_TURN_DEG, ISB_TILT_DEG, LT_APEX_MM, mirrored_hip, phantom_hip
from scipy.spatial.transform import Rotation

from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.kinematics import (
    angles_from_rotation,
    joint_angles,
    pelvis_from_femur,
    rotation_from_angles,
)
from hipsim.kinematics.arcs import arc, grid, neutral

ROTATION_TOL = 1e-13  # entries of a rotation matrix, a few roundings of float64
ANGLE_TOL = 1e-9  # deg, rounding after two arctangents
POSITION_TOL = 1e-9  # mm, rounding of float64 at 500 mm
SCAN = rigid.transform_from(
    Rotation.from_euler("xyz", [170, 20, -35], degrees=True).as_matrix(), [300.0, -200.0, -900.0]
)
KNEE = np.array([0.0, -1.0, 0.0])
TOES = np.array([1.0, 0.0, 0.0])
ANTERIOR, SUPERIOR, RIGHT = np.eye(3)


def test_rotation_from_angles__equals_scipy_intrinsic_zxy(rng):
    angles = rng.uniform(-90, 90, (500, 3))
    expected = Rotation.from_euler("ZXY", angles, degrees=True).as_matrix()
    assert np.abs(rotation_from_angles(*angles.T, "right") - expected).max() < ROTATION_TOL


def test_rotation_from_angles__mirrors_the_left_hip(rng):
    angles = rng.uniform(-90, 90, (100, 3)).T
    mirror = np.diag([1.0, 1.0, -1.0])
    right, left = (rotation_from_angles(*angles, side) for side in ("right", "left"))
    assert np.abs(mirror @ right @ mirror - left).max() < ROTATION_TOL


@pytest.mark.parametrize(("side", "medial"), [("right", -RIGHT), ("left", RIGHT)])
def test_rotation_from_angles__has_clinical_signs(side, medial):
    flexed, adducted, turned_in = rotation_from_angles(
        [20.0, 0.0, 0.0], [0.0, 20.0, 0.0], [0.0, 0.0, 20.0], side
    )
    assert flexed @ KNEE @ ANTERIOR > 0.3
    assert adducted @ KNEE @ medial > 0.3
    assert turned_in @ TOES @ medial > 0.3
    assert flexed @ RIGHT == pytest.approx(RIGHT)
    assert adducted @ ANTERIOR == pytest.approx(ANTERIOR)
    assert turned_in @ SUPERIOR == pytest.approx(SUPERIOR)


@pytest.mark.parametrize("side", ["right", "left"])
def test_angles_from_rotation__returns_the_angles(rng, side):
    angles = rng.uniform([-179, -89, -179], [179, 89, 179], (500, 3))
    found = angles_from_rotation(rotation_from_angles(*angles.T, side), side)
    assert np.abs(np.column_stack(list(found.values())) - angles).max() < ANGLE_TOL


def test_angles_from_rotation__takes_one_matrix():
    assert angles_from_rotation(np.eye(3), "left")["flexion"].shape == (1,)


@pytest.mark.parametrize("adduction_deg", [90.0, -89.995])
def test_angles_from_rotation__refuses_the_gimbal(adduction_deg):
    with pytest.raises(InputError, match="cannot be told apart"):
        angles_from_rotation(rotation_from_angles(10, adduction_deg, 5, "right"), "right")


def test_rotation_from_angles__refuses_unequal_lengths():
    with pytest.raises(InputError, match=r"need one length, got 2, 3, 1"):
        rotation_from_angles([1, 2], [1, 2, 3], 0, "right")
    with pytest.raises(InputError, match="must be finite"):
        rotation_from_angles([np.nan], 0, 0, "right")
    with pytest.raises(InputError, match="side must be"):
        rotation_from_angles(0, 0, 0, "middle")


@pytest.mark.parametrize("side", ["right", "left"])
def test_joint_angles__finds_the_scan_pose(side):
    hip = phantom_hip(side, scan_pose_deg=(12.0, -7.0, -31.0), scan_from_pelvis=SCAN)
    found = joint_angles(hip)
    assert list(found.values()) == pytest.approx([12.0, -7.0, -31.0], abs=ANGLE_TOL)


def test_joint_angles__differ_between_zeros_by_their_known_turns():
    hip = phantom_hip(scan_from_pelvis=SCAN)
    assert joint_angles(hip, "isb", "condylar")["flexion"] == pytest.approx(ISB_TILT_DEG)
    assert joint_angles(hip, "app", "isb")["rotation"] == pytest.approx(-EPICONDYLAR_TURN_DEG)


@pytest.mark.parametrize("side", ["right", "left"])
def test_pelvis_from_femur__brings_the_femur_to_the_stated_pose(side):
    hip = phantom_hip(side, scan_pose_deg=(30.0, 5.0, 40.0), scan_from_pelvis=SCAN)
    motion = arc(flexion_deg=(10, -20), adduction_deg=(-5, 15), rotation_deg=(0, -30), n_poses=7)
    for index, transform in enumerate(pelvis_from_femur(hip, motion)):
        names = [n for n in hip.landmarks if "condyle" in n or "trochanter" in n]
        moved = hip.evolved(landmarks=hip.landmarks.moved(transform, tuple(names)))
        assert joint_angles(moved) == pytest.approx(motion.pose_deg(index), abs=ANGLE_TOL)


def test_pelvis_from_femur__keeps_the_hip_joint_centre():
    hip = phantom_hip(scan_pose_deg=(30.0, 5.0, 40.0), scan_from_pelvis=SCAN)
    centre = hip.landmarks["hip_joint_centre"]
    moved = rigid.apply(pelvis_from_femur(hip, grid(step_deg=10)), centre[None])
    assert np.abs(moved - centre).max() < POSITION_TOL


def test_pelvis_from_femur__of_the_scan_pose_is_the_identity():
    hip = phantom_hip("left", scan_pose_deg=(9.0, 4.0, -20.0), scan_from_pelvis=SCAN)
    pose = joint_angles(hip)
    motion = neutral().evolved(**{f"{name}_deg": [angle] for name, angle in pose.items()})
    assert np.abs(pelvis_from_femur(hip, motion)[0] - np.eye(4)).max() < POSITION_TOL


def test_pelvis_from_femur__does_not_depend_on_the_scan_pose():
    motion = grid(step_deg=10)
    one, other = phantom_hip(scan_pose_deg=(30.0, 5.0, 40.0)), phantom_hip()
    moved = [
        rigid.apply(pelvis_from_femur(h, motion), h.landmarks["lesser_trochanter"][None])
        for h in (one, other)
    ]
    assert np.abs(moved[0] - moved[1]).max() < POSITION_TOL


def test_pelvis_from_femur__mirrored_hip_moves_as_in_a_mirror():
    motion = grid(step_deg=10)
    right = phantom_hip(scan_from_pelvis=SCAN)
    left, mirror = mirrored_hip(right), np.diag([-1.0, 1.0, 1.0, 1.0])
    expected = mirror @ pelvis_from_femur(right, motion) @ mirror
    assert np.abs(pelvis_from_femur(left, motion) - expected).max() < POSITION_TOL


def test_pelvis_from_femur__adds_pelvic_tilt_to_flexion():
    hip, motion = phantom_hip(), arc(flexion_deg=(0, -30), adduction_deg=8, rotation_deg=-15)
    tilted = pelvis_from_femur(hip, motion.evolved(pelvic_tilt_deg=12))
    flexed = pelvis_from_femur(hip, motion.evolved(flexion_deg=motion.flexion_deg + 12))
    assert np.abs(tilted - flexed).max() < POSITION_TOL


def test_pelvis_from_femur__isb_zero_leans_by_the_standing_tilt():
    """The same bones in the same place: 0 deg in app, or isb with 12 deg of tilt."""
    hip = phantom_hip(scan_from_pelvis=SCAN)
    upright = pelvis_from_femur(hip, neutral())
    as_gait = pelvis_from_femur(hip, neutral().evolved(pelvic_zero="isb", pelvic_tilt_deg=12))
    assert np.abs(upright - as_gait).max() < POSITION_TOL


def test_pelvis_from_femur__moves_points_no_further_than_the_angles_allow(rng):
    """For angle changes (da, db, dc) a point moves at most 2 r sin((|da| + |db| + |dc|) / 2)."""
    hip, radius = phantom_hip(), np.linalg.norm(LT_APEX_MM)
    angles = rng.uniform(-40, 40, (2, 300, 3))
    ends = []
    for rows in angles:
        pose = {
            "flexion_deg": rows[:, 0],
            "adduction_deg": rows[:, 1],
            "rotation_deg": rows[:, 2],
        }
        motion = arc(flexion_deg=(0, 1), n_poses=300).evolved(**pose)
        ends.append(rigid.apply(pelvis_from_femur(hip, motion), np.array([LT_APEX_MM]))[:, 0])
    turn = np.radians(np.abs(angles[0] - angles[1]).sum(axis=1))
    bound = 2 * radius * np.sin(np.minimum(turn, np.pi) / 2)
    assert (np.linalg.norm(ends[0] - ends[1], axis=1) <= bound + POSITION_TOL).all()
