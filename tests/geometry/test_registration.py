"""One cloud of points is laid on another."""

import numpy as np
import pytest
from shapes import box, random_rotation, sphere

from hipsim.geometry.registration import Cloud, lay_on, sampled_points

LAID_TOL_MM = 0.02  # it stops when a round gains less than 0.005 mm
BRICK = box(high=(10.0, 20.0, 40.0))


def small_turn(rng, angle_rad=0.2):
    axis = rng.normal(size=3)
    axis *= angle_rad / np.linalg.norm(axis)
    x, y, z = axis
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    u, _, vt = np.linalg.svd(np.eye(3) + skew)
    return u @ vt


def test_lay_on__finds_a_small_motion_again(rng):
    points = sampled_points(BRICK, 500)
    moved = (points - points.mean(axis=0)) @ small_turn(rng) + [0.5, -1.0, 1.0]
    laid = lay_on(moved, Cloud.of(points), np.eye(3))
    assert laid.misfit_mm < LAID_TOL_MM
    assert moved @ laid.turn + laid.shift == pytest.approx(points, abs=10 * LAID_TOL_MM)


def test_lay_on__a_pivot_stays_where_it_is(rng):
    points = sampled_points(BRICK, 500)
    laid = lay_on(points @ small_turn(rng), Cloud.of(points), np.eye(3), is_pivoted=True)
    assert laid.misfit_mm < LAID_TOL_MM
    assert laid.shift.tolist() == [0.0, 0.0, 0.0]


def test_lay_on__returns_a_rotation_even_for_a_mirror_image(rng):
    points = sampled_points(BRICK, 300) * [1.0, 1.0, -1.0] + rng.normal(size=(300, 3))
    laid = lay_on(points, Cloud.of(sampled_points(BRICK, 300)), random_rotation(rng))
    assert np.linalg.det(laid.turn) == pytest.approx(1.0)


def test_lay_on__a_part_lies_worse_than_the_whole():
    points = sampled_points(BRICK, 800)
    part = points[points[:, 2] < 20.0]
    laid = lay_on(part - part.mean(axis=0), Cloud.of(points - points.mean(axis=0)), np.eye(3))
    assert laid.misfit_mm > 3.0  # mm: half of the brick, 20 mm long, has no partner


def test_sampled_points__are_spread_by_area_and_always_the_same():
    ball = sphere(10.0, subdivisions=4)
    points = sampled_points(ball, 4000)
    assert np.linalg.norm(points, axis=1) == pytest.approx(10.0, abs=0.1)
    assert points.mean(axis=0) == pytest.approx(np.zeros(3), abs=0.3)
    assert (points == sampled_points(ball, 4000)).all()
