import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.geometry import Mesh, rigid
from hipsim.geometry.section import outline_around, section

AREA_TOL = 1e-9  # relative, rounding


def test_section__of_a_moved_box_keeps_area_and_centroid(rng):
    transform = random_rigid(rng)
    mesh = box((0, 0, 0), (2, 3, 4)).transformed(transform)
    point, normal = rigid.apply(transform, np.array([[0, 0, 1.0]]))[0], transform[:3, 2]
    (outline,) = section(mesh, point, normal)
    assert outline.area_mm2 == pytest.approx(6, rel=AREA_TOL)
    expected = rigid.apply(transform, np.array([[1.0, 1.5, 1.0]]))[0]
    np.testing.assert_allclose(outline.centroid, expected, atol=1e-9)


def test_section__through_vertices_is_whole():
    mesh = sphere(10.0)
    (outline,) = section(mesh, np.zeros(3), np.array([0, 0, 1.0]))
    assert outline.area_mm2 == pytest.approx(np.pi * 100, rel=0.02)


def test_section__of_a_hollow_body_has_a_negative_hole():
    outer, inner = sphere(10.0), sphere(5.0)
    hollow = Mesh(
        np.vstack([outer.vertices, inner.vertices]),
        np.vstack([outer.faces, inner.faces[:, ::-1] + len(outer.vertices)]),
    )
    big, hole = section(hollow, np.array([0, 0, 0.1]), np.array([0, 0, 1.0]))
    assert big.area_mm2 > 0 > hole.area_mm2


def test_section__beside_the_mesh_is_empty():
    assert section(box(), np.array([0, 0, 5.0]), np.array([0, 0, 1.0])) == []


def test_outline_around__takes_the_nearest():
    pair = [box(), box((10, 0, 0), (12, 1, 1))]
    both = Mesh(
        np.vstack([m.vertices for m in pair]), np.vstack([pair[0].faces, pair[1].faces + 8])
    )
    outlines = section(both, np.array([0, 0, 0.5]), np.array([0, 0, 1.0]))
    assert outline_around(outlines, np.array([0.4, 0.5, 0.5])).centroid[0] == pytest.approx(0.5)
    assert outline_around([], np.zeros(3)) is None
