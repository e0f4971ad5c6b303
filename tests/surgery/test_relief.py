"""A relief reads heights off a surface, and its offset is that of balls."""

import numpy as np
import pytest
from shapes import box, sphere

from hipsim.surgery.relief import NO_BONE_MM, make_relief

NODE_TOL_MM = 1e-9  # rounding
STEP_MM = 0.5
AXES = np.eye(3)
SIZE = np.array([61, 41])


def relief_of(mesh):
    return make_relief(mesh, np.array([-15.0, -10.0, 0.0]), AXES, STEP_MM, SIZE)


def test_make_relief__reads_the_highest_surface_at_each_node():
    relief = relief_of(box((-5.0, -4.0, 1.0), (5.0, 4.0, 7.0)))
    x, y = np.indices(tuple(SIZE)) * STEP_MM + np.array([-15.0, -10.0])[:, None, None]
    is_bone = (np.abs(x) <= 5.0) & (np.abs(y) <= 4.0)
    np.testing.assert_allclose(relief.height_mm[is_bone], 7.0, atol=NODE_TOL_MM)
    assert (relief.height_mm[~is_bone] == NO_BONE_MM).all()


def test_make_relief__of_a_ball_is_its_upper_half():
    relief = relief_of(sphere(8.0, subdivisions=5))
    x, y = np.indices(tuple(SIZE)) * STEP_MM + np.array([-15.0, -10.0])[:, None, None]
    radius2 = x**2 + y**2
    inside = radius2 < 7.0**2
    expected = np.sqrt(64.0 - radius2[inside])
    assert np.abs(relief.height_mm[inside] - expected).max() < 0.02  # flats of the ball


@pytest.mark.parametrize("depth", [1.0, 3.0])
def test_lowered__of_a_ball_is_a_smaller_ball(depth):
    relief = relief_of(sphere(8.0, subdivisions=5))
    lowered = relief.lowered(np.full(tuple(SIZE), depth))
    x, y = np.indices(tuple(SIZE)) * STEP_MM + np.array([-15.0, -10.0])[:, None, None]
    inside = x**2 + y**2 < (0.8 * (8.0 - depth)) ** 2
    expected = np.sqrt((8.0 - depth) ** 2 - (x**2 + y**2)[inside])
    assert np.abs(lowered.height_mm[inside] - expected).max() < 0.15  # balls on nodes 0.5 mm apart
    assert (lowered.height_mm[inside] >= expected - 0.03).all()


def test_lowered__is_lower_the_deeper_and_raised_where_told():
    relief = relief_of(sphere(8.0))
    small, large = (relief.lowered(np.full(tuple(SIZE), d)).height_mm for d in (1.0, 2.5))
    assert (large <= small).all()
    raised = relief.lowered(np.full(tuple(SIZE), -1.0))
    np.testing.assert_allclose(raised.height_mm, relief.height_mm + 1.0)


def test_air__fills_up_to_the_top():
    relief = relief_of(box((-20.0, -20.0, 1.0), (20.0, 20.0, 7.0)))
    air = relief.air(10.0)
    assert air.is_closed
    assert air.volume_mm3 == pytest.approx(30.0 * 20.0 * 3.0)
