"""Tops of surfaces, against closed forms and against meshing."""

import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.errors import InputError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.cap import contact_point, find_cap

EXACT_TOL = 1e-6  # mm, levels are bisected to about 1e-7 mm
AREA_TOL_MM2 = 1e-4  # of the area a bisected level leaves
FACETS_TOL_MM = 0.05  # an icosphere of radius 20 mm lies so much inside its sphere
SPIKE_TOL_MM = 0.02  # what one spike of 3 mm may move a cap of 100 mm2
UP = np.array([0.0, 0.0, 1.0])


def test_find_cap__of_a_sphere_has_the_depth_of_its_area():
    ball = sphere(20.0, subdivisions=5)
    cap = find_cap(ball, ball.vertices[:, 2], area_mm2=100.0)
    assert cap.area_mm2 == pytest.approx(100.0, abs=AREA_TOL_MM2)
    assert cap.depth_mm == pytest.approx(100.0 / (2 * np.pi * 20.0), abs=FACETS_TOL_MM)
    assert cap.top_mm == pytest.approx(20.0, abs=FACETS_TOL_MM)
    np.testing.assert_allclose(cap.centre[:2], 0.0, atol=FACETS_TOL_MM)


def test_contact_point__is_where_a_sphere_touches_a_plane(rng):
    ball = sphere(20.0, (5, -3, 8), subdivisions=5)
    for _ in range(5):
        direction = rigid.unit(rng.normal(size=3))
        expected = [5, -3, 8] + 20.0 * direction
        found = contact_point(ball, direction, area_mm2=50.0)
        np.testing.assert_allclose(found, expected, atol=3 * FACETS_TOL_MM)


def test_contact_point__follows_a_rigid_motion(rng):
    ball = Mesh(sphere(20.0).vertices * [1.0, 0.7, 1.3], sphere(20.0).faces)
    transform = random_rigid(rng)
    direction = rigid.unit(np.array([0.3, 0.1, 1.0]))
    before = contact_point(ball, direction, area_mm2=80.0)
    turned = rigid.rotate(transform, direction[None])[0]
    after = contact_point(ball.transformed(transform), turned, area_mm2=80.0)
    np.testing.assert_allclose(after, rigid.apply(transform, before[None])[0], atol=EXACT_TOL)


def test_contact_point__hardly_minds_a_vertex_that_sticks_out():
    ball = sphere(20.0, subdivisions=5)
    vertices = ball.vertices.copy()
    spike = np.argmin(np.linalg.norm(vertices - [4, 0, 19.6], axis=1))
    vertices[spike] *= 1.0 + 1.0 / 20.0
    smooth = contact_point(ball, UP, area_mm2=200.0)
    spiked = contact_point(Mesh(vertices, ball.faces), UP, area_mm2=200.0)
    assert abs(spiked[2] - smooth[2]) < 5 * SPIKE_TOL_MM
    assert vertices[spike, 2] > 20.4  # the highest vertex itself has jumped


def test_find_cap__keeps_to_one_of_two_tops():
    two = Mesh(
        np.vstack([sphere(10.0).vertices, sphere(10.0, (40, 0, 0.5)).vertices]),
        np.vstack([sphere(10.0).faces, sphere(10.0).faces + len(sphere(10.0).vertices)]),
    )
    cap = find_cap(two, two.vertices[:, 2], area_mm2=60.0)
    np.testing.assert_allclose(cap.centre[:2], [40, 0], atol=FACETS_TOL_MM)
    first = find_cap(two, two.vertices[:, 2], area_mm2=60.0, is_candidate=two.vertices[:, 0] < 20.0)
    np.testing.assert_allclose(first.centre[:2], 0.0, atol=FACETS_TOL_MM)


def test_find_cap__says_when_there_is_too_little_surface():
    cube = box()
    with pytest.raises(InputError, match="a cap of 7 mm2 needs as much surface"):
        find_cap(cube, cube.vertices[:, 2], area_mm2=7.0)
