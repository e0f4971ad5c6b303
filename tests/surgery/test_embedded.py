"""The laws of surgery on the embedded virtual hips, which every user runs first."""

import numpy as np
import pytest

from hipsim.io import load_hip
from hipsim.kinematics import motions
from hipsim.planning.clearance import clearance_along
from hipsim.surgery import derotate_femur, largest_resection_depth, resect_lesser_trochanter

MONOTONE_TOL_MM = 1e-9  # rounding of two distances at 500 mm
LAW_TOL_MM = 1e-6  # the cut shifts vertices by rounding only


@pytest.mark.parametrize("name", ["woman", "woman_narrow", "man"])
def test_deeper_resection__never_lowers_clearance(name):
    hip, motion = load_hip(name), motions.ifi_test(step_deg=2.0)
    before = clearance_along(hip, motion).distance_mm
    for depth in np.linspace(0.0, largest_resection_depth(hip), 7):
        after = clearance_along(resect_lesser_trochanter(hip, depth_mm=depth), motion).distance_mm
        apart = before > 0.0
        assert (after[apart] >= before[apart] - MONOTONE_TOL_MM).all(), f"{depth:.1f} mm"
        before = after


@pytest.mark.parametrize("angle", [-15.0, 25.0])
def test_derotation__is_as_much_internal_rotation(angle):
    hip = load_hip("woman_narrow")
    poses = {"flexion_deg": [-20.0, 0.0, 15.0], "adduction_deg": [5.0, -10.0, 0.0]}
    motion = motions.arc(flexion_deg=(-20, 15), n_poses=3).evolved(
        **poses, rotation_deg=[-10.0, 0.0, 10.0]
    )
    turned = motion.evolved(rotation_deg=motion.rotation_deg + angle)
    after = clearance_along(derotate_femur(hip, angle_deg=angle), motion).distance_mm
    intact = clearance_along(hip, turned).distance_mm
    np.testing.assert_allclose(after, intact, atol=LAW_TOL_MM)
