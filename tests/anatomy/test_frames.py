"""The tabletop zero on points whose answer is known."""

import numpy as np
import pytest

from hipsim.anatomy import frames
from hipsim.anatomy.landmarks import Landmarks
from hipsim.errors import AnatomyError, InputError

EXACT_TOL = 1e-12  # rounding
POINTS = {  # a right femur on a table at X = -30, its head 10 mm over the trochanter's contact
    "hip_joint_centre": [12.0, 0.0, 0.0],
    "medial_posterior_condyle": [-30.0, -400.0, -25.0],
    "lateral_posterior_condyle": [-30.0, -395.0, 25.0],
    "posterior_trochanter": [-30.0, -25.0, 40.0],
    "medial_epicondyle": [5.0, -390.0, -40.0],
    "lateral_epicondyle": [-2.0, -390.0, 50.0],
}


@pytest.mark.parametrize(("side", "sign"), [("right", 1.0), ("left", -1.0)])
def test_tabletop__x_stands_on_the_table_and_y_is_the_mechanical_axis_on_it(side, sign):
    marks = Landmarks({n: np.array(p) * [1.0, 1.0, sign] for n, p in POINTS.items()})
    frame = frames.femoral_frame(marks, side, "tabletop")
    np.testing.assert_allclose(frame[:3, 0], [1, 0, 0], atol=EXACT_TOL)
    expected = np.array([0.0, 390.0, -5.0 * sign]) / np.hypot(390.0, 5.0)
    np.testing.assert_allclose(frame[:3, 1], expected, atol=EXACT_TOL)
    np.testing.assert_allclose(frame[:3, 3], marks["hip_joint_centre"], atol=EXACT_TOL)
    assert np.linalg.det(frame[:3, :3]) == pytest.approx(1.0, abs=EXACT_TOL)
    assert frame[1, 1] > 0.99 and frame[2, 2] > 0.99


def test_tabletop__needs_its_third_contact():
    marks = Landmarks({n: p for n, p in POINTS.items() if n != "posterior_trochanter"})
    with pytest.raises(AnatomyError, match="landmark 'posterior_trochanter' is not available"):
        frames.femoral_frame(marks, "right", "tabletop")


@pytest.mark.parametrize("zero", frames.FEMORAL_ZEROS)
@pytest.mark.parametrize(("side", "sign"), [("right", 1.0), ("left", -1.0)])
def test_femoral_frame__is_anterior_superior_right_on_both_sides(zero, side, sign):
    marks = Landmarks({n: np.array(p) * [1.0, 1.0, sign] for n, p in POINTS.items()})
    frame = frames.femoral_frame(marks, side, zero)
    assert (np.diag(frame)[:3] > 0.99).all(), "the bone lies along the axes of the scan"
    assert np.linalg.det(frame[:3, :3]) == pytest.approx(1.0, abs=EXACT_TOL)


def test_femoral_frame__knows_its_zeros():
    with pytest.raises(InputError, match="femoral_zero must be one of condylar, isb, tabletop"):
        frames.femoral_frame(Landmarks(POINTS), "right", "desk")
