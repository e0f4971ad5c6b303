"""Ramps are flat at their ends, and turns are rotations."""

import numpy as np
import pytest

from hipsim.geometry import rigid
from hipsim.geometry.bending import smooth_step, turned

ROUNDING = 1e-12  # mm, float64 at 100 mm
SLOPE_TOL = 1e-6  # of a central difference


def test_smooth_step__rises_from_nothing_to_all_and_is_flat_at_both_ends():
    values = np.linspace(-1.0, 6.0, 200)
    share = smooth_step(values, 1.0, 4.0)
    assert (np.diff(share) >= 0.0).all() and share[0] == 0.0 and share[-1] == 1.0
    assert smooth_step(np.array([1.0, 2.5, 4.0]), 1.0, 4.0).tolist() == [0.0, 0.5, 1.0]
    for end in (1.0, 4.0):
        low, high = smooth_step(np.array([end - 1e-7, end + 1e-7]), 1.0, 4.0)
        assert high - low < SLOPE_TOL * 2e-7


def test_smooth_step__is_steepest_in_the_middle_as_it_says():
    low, high = smooth_step(np.array([2.5 - 1e-4, 2.5 + 1e-4]), 1.0, 4.0)
    assert (high - low) / 2e-4 == pytest.approx(1.5 / 3.0, abs=SLOPE_TOL)


def test_turned__is_the_rotation_about_the_line_for_each_point_by_its_own_angle(rng):
    points, angles = rng.uniform(-50, 50, (7, 3)), rng.uniform(-3, 3, 7)
    pivot, axis = rng.uniform(-50, 50, 3), rng.normal(size=3)
    moved = turned(points, pivot, axis, angles)
    for point, angle, got in zip(points, angles, moved, strict=True):
        expected = rigid.apply(rigid.rotation_about_line(pivot, axis, angle), point[None])[0]
        assert np.abs(got - expected).max() < 100 * ROUNDING


def test_turned__by_nothing_is_the_very_same(rng):
    points = rng.uniform(-50, 50, (7, 3))
    assert np.array_equal(turned(points, np.ones(3), np.ones(3), np.zeros(7)), points)
