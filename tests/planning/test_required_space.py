"""Least distances over dense poses: dense enough, and those of the clearance."""

import numpy as np
from phantom import phantom_hip

from hipsim.kinematics.arcs import arc, grid, neutral
from hipsim.kinematics.clinical import ifi_test
from hipsim.planning.clearance import clearance_along
from hipsim.planning.required_space import MOST_POSES, STEP_DEG, dense_transforms, make_spaces
from hipsim.planning.targets import Target

STEP_TOL_DEG = 1e-6  # rounding of an angle from a rotation matrix
FACE_MM = 0.5  # clearance is taken between vertices too: a fraction of the phantom's faces
ROUNDING_MM = 1e-9


def turns_deg(transforms: np.ndarray) -> np.ndarray:
    """Return the angle between each pose and the next."""
    steps = transforms[1:, :3, :3] @ transforms[:-1, :3, :3].transpose(0, 2, 1)
    return np.degrees(np.arccos(np.clip((np.trace(steps, axis1=1, axis2=2) - 1) / 2, -1, 1)))


def test_dense_transforms__of_one_pose_is_that_pose():
    assert dense_transforms(phantom_hip(), neutral()).shape == (1, 4, 4)


def test_dense_transforms__of_a_path_leave_no_step_longer_than_asked():
    hip = phantom_hip()
    path = arc(flexion_deg=(10, -20), adduction_deg=(0, 10), step_deg=10)
    assert turns_deg(dense_transforms(hip, path)).max() <= STEP_DEG + STEP_TOL_DEG


def test_dense_transforms__do_not_join_the_arms_of_a_motion():
    three = dense_transforms(phantom_hip(), ifi_test())
    one = dense_transforms(phantom_hip(), arc(flexion_deg=(0, -20)))
    assert len(three) == 3 * len(one)


def test_dense_transforms__of_a_box_are_bounded_and_neighbours_are_near():
    box = grid(extension_deg=(0, 20), adduction_deg=(-5, 15), rotation_deg=(-30, 0))
    poses = dense_transforms(phantom_hip(), box)
    assert 0.3 * MOST_POSES < len(poses) <= MOST_POSES
    assert turns_deg(poses).max() < 3.0


def test_space__over_the_vertices_is_no_less_than_the_clearance_and_near_it():
    hip = phantom_hip()
    target = Target(ifi_test(step_deg=STEP_DEG), 10.0, "10 mm", femoral_region="lesser_trochanter")
    (space,) = make_spaces(hip, (target,))
    found = space.distances_mm(hip.femoral_body("lesser_trochanter").mesh.vertices).min()
    clearance = clearance_along(hip, target.motion, femoral_region="lesser_trochanter").minimum_mm
    assert clearance - ROUNDING_MM <= found <= clearance + FACE_MM


def test_space__of_no_point_is_nothing():
    (space,) = make_spaces(phantom_hip(), (Target(neutral(), 10.0, "10 mm"),))
    assert space.distances_mm(np.empty((0, 3))).shape == (0,)


def test_space__with_a_pose_looks_at_it_too():
    """Also against a tilted pelvis, whose tilt is no part of the pose."""
    hip, motion = phantom_hip(), neutral().evolved(pelvic_tilt_deg=5.0)
    (space,) = make_spaces(hip, (Target(motion, 10.0, "10 mm"),))
    apex = hip.landmarks["lesser_trochanter"][None]
    same = space.with_pose(hip, motion, motion.pose_deg(0))
    np.testing.assert_allclose(same.transforms[1], same.transforms[0], atol=ROUNDING_MM)
    near = {"flexion": -20.0, "adduction": 10.0, "rotation": 0.0}
    assert space.with_pose(hip, motion, near).distances_mm(apex) < space.distances_mm(apex)
