"""Takes: which poses are drawn, and that both hips of a comparison share a frame."""

from dataclasses import replace

import numpy as np
import pytest
from phantom import phantom_hip

from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.kinematics.gait import gait
from hipsim.planning.clearance import clearance_along
from hipsim.viz.take import (
    check_same_motion,
    common_window,
    make_take,
    pose_labels,
    poses_drawn,
    worst_arm,
)
from hipsim.viz.views import make_view

DISTANCE_TOL = 1e-9  # mm, rounding of float64 at 500 mm
POSTERIOR = make_view("posterior", "right")


def test_poses_drawn__are_on_the_arm_of_the_worst_pose_and_contain_it(curves):
    clearance = curves["as it is"]
    poses = poses_drawn(clearance, 5)
    run = clearance.motion.arms[clearance.segment]
    assert clearance.index in poses
    assert poses == sorted(set(poses))
    assert len(poses) == 5
    assert all(run.start <= pose < run.stop for pose in poses)


def test_poses_drawn__one_is_the_worst(curves):
    assert poses_drawn(curves["as it is"], 1) == [curves["as it is"].index]


def test_poses_drawn__moves_an_even_pose_onto_a_worst_one_inside_the_arm(hip):
    clearance = clearance_along(hip, gait())
    assert clearance.index in poses_drawn(clearance, 4)


def test_worst_arm__of_a_grid_runs_along_extension(over_grid):
    arm, angles = worst_arm(over_grid), over_grid.motion.angles_deg
    assert over_grid.index in arm
    assert angles[arm, 0].tolist() == [5, 0, -5, -10, -15, -20]
    assert np.ptp(angles[arm, 1:], axis=0).tolist() == [0, 0]


def test_pose_labels__carry_the_unit(curves, over_grid):
    assert pose_labels(curves["as it is"], [0, 5]) == ("extension (deg)", ["0", "10"])
    unit, labels = pose_labels(over_grid, [int(i) for i in worst_arm(over_grid)[:2]])
    assert (unit, labels) == ("flexion (deg)", ["5", "0"])


def test_take__brings_the_closest_pair_and_the_femur_into_one_upright_frame(curves):
    scan = rigid.transform_from(rigid.rotation_about([1, 2, 3], 2.0), [100.0, -50.0, -700.0])
    turned = phantom_hip("right", gap_mm=6.0, scan_from_pelvis=scan, scan_pose_deg=(5, 3, -20))
    clearance = clearance_along(turned, curves["as it is"].motion)
    take = make_take(turned, clearance, POSTERIOR)
    np.testing.assert_allclose(
        take.pair_mm, curves["as it is"].points_mm[clearance.index], atol=1e3 * DISTANCE_TOL
    )
    centre = rigid.apply(take.worst, turned.landmarks["hip_joint_centre"][None])
    np.testing.assert_allclose(centre, 0.0, atol=DISTANCE_TOL)


def test_common_window__shows_the_space_of_every_take(hip, resected, curves):
    hips = zip((hip, resected), curves.values(), strict=True)
    takes = [make_take(h, c, POSTERIOR) for h, c in hips]
    window = common_window(takes, POSTERIOR, (600, 500))
    left, right, bottom, top = window.extent(600, 500)
    assert np.isclose((right - left) / (top - bottom), 600 / 500)
    for take in takes:
        x, y = POSTERIOR.project(take.pair_mm).T
        assert left < x.min() <= x.max() < right
        assert bottom < y.min() <= y.max() < top


def test_make_take__refuses_the_clearance_of_another_hip(hip, curves):
    other = replace(curves["as it is"], hip_name="somebody else")
    with pytest.raises(InputError, match="belongs to 'somebody else' .right., not to"):
        make_take(hip, other, POSTERIOR)


def test_check_same_motion__refuses_two(motion):
    with pytest.raises(InputError, match="must be the same motion"):
        check_same_motion(motion, gait())
