"""Both centres of the hip side by side."""

import numpy as np
import pytest
from phantom import phantom_hip
from real_hips import CT_HIPS, real_hip

from hipsim.errors import InputError
from hipsim.kinematics.arcs import arc, neutral
from hipsim.kinematics.clinical import ifi_test
from hipsim.planning.centres import compare_centres
from hipsim.planning.certified import certified_minimum
from hipsim.planning.clearance import clearance_along

STILL = 0.03  # mm, ball in socket; the ball of the phantom ends where its neck begins
ROUNDING = 1e-9  # mm
MOTION = arc(flexion_deg=(0, -20), n_poses=5)


def test_comparison__of_a_ball_in_a_socket_shows_no_difference():
    both = compare_centres(phantom_hip(gap_mm=12.0), MOTION)
    assert np.abs(both.difference_mm).max() < STILL
    assert both.largest_shift_mm < STILL and both.travel_mm < STILL
    assert (both.fixed.motion.centre, both.equidistant.motion.centre) == ("fixed", "equidistant")
    assert "fixed" in repr(both) and "equidistant" in repr(both)


def test_comparison__is_what_clearance_says_of_each_centre():
    hip = phantom_hip(gap_mm=12.0)
    both = compare_centres(hip, MOTION, threshold_mm=3.0)
    moving = clearance_along(hip, MOTION, centre="equidistant")
    assert np.array_equal(both.equidistant.distance_mm, moving.distance_mm)
    assert np.array_equal(both.fixed.distance_mm, clearance_along(hip, MOTION).distance_mm)
    assert both.fixed.threshold_mm == both.equidistant.threshold_mm == 3.0


@pytest.mark.parametrize(("case", "side"), CT_HIPS[:3])
def test_comparison__clearance_differs_by_no_more_than_the_centre_moves(bones, case, side):
    both = compare_centres(real_hip(bones, case, side), ifi_test(step_deg=5))
    shift = np.linalg.norm(both.shift.translation_mm, axis=1)
    assert (np.abs(both.difference_mm) <= shift + ROUNDING).all()
    assert np.linalg.norm(both.shift_pelvic_mm, axis=1) == pytest.approx(shift)
    assert abs(both.minimum_difference_mm) <= both.largest_shift_mm + ROUNDING


def test_certified__claims_nothing_of_a_moving_centre():
    with pytest.raises(InputError, match="certified answers need centre='fixed'"):
        certified_minimum(phantom_hip(), MOTION.evolved(centre="equidistant"))


def test_clearance__refuses_an_unknown_centre():
    with pytest.raises(InputError, match="centre must be one of"):
        clearance_along(phantom_hip(), neutral(), centre="dancing")
