"""Faces that pass through each other, against a judge that computes with fractions."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.geometry import Mesh
from hipsim.geometry.intersections import LISTED, find_self_intersections


def exact(points):
    return [[Fraction(float(x)) for x in point] for point in points]


def volume(a, b, c, d):
    u, v, w = ([p - q for p, q in zip(point, a, strict=True)] for point in (b, c, d))
    return (
        u[0] * (v[1] * w[2] - v[2] * w[1])
        - u[1] * (v[0] * w[2] - v[2] * w[0])
        + u[2] * (v[0] * w[1] - v[1] * w[0])
    )


def passes_through(p, q, t):
    """Tell whether a segment passes from one side of a triangle to the other, exactly."""
    if volume(*t, p) * volume(*t, q) >= 0:
        return False
    turns = [volume(p, q, t[k], t[(k + 1) % 3]) for k in range(3)]
    return min(turns) >= 0 or max(turns) <= 0


def crossing(mesh):
    """Return the pairs of faces that cross, every pair judged."""
    triangles = [exact(triangle) for triangle in mesh.triangles]
    found = set()
    for i, j in combinations(range(len(mesh.faces)), 2):
        shared = len({tuple(p) for p in triangles[i]} & {tuple(p) for p in triangles[j]})
        pairs = ((triangles[i], triangles[j]), (triangles[j], triangles[i]))
        if shared < 2 and any(
            passes_through(one[k], one[(k + 1) % 3], other)
            for (one, other), k in product(pairs, range(3))
        ):
            found.add((i, j))
    return found


def listed(mesh):
    return {tuple(pair) for pair in find_self_intersections(mesh).faces.tolist()}


def soup(rng, n=40, size=1.0):
    return Mesh(rng.normal(size=(3 * n, 3)) * size, np.arange(3 * n).reshape(-1, 3))


@pytest.mark.parametrize("seed", range(2))
def test_self_intersections__of_loose_triangles_agree_with_fractions(seed):
    mesh = soup(np.random.default_rng(seed))
    assert listed(mesh) == crossing(mesh)
    assert find_self_intersections(mesh).count > 20


@pytest.mark.parametrize("seed", range(2))
def test_self_intersections__of_triangles_with_common_corners_agree_with_fractions(seed):
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 4, (14, 3)).astype(float)  # on a lattice: much lies in one plane
    faces = np.array([rng.choice(14, 3, replace=False) for _ in range(40)])
    mesh = Mesh(corners, faces)
    assert listed(mesh) == crossing(mesh)


def test_self_intersections__of_good_bodies_are_none(rng):
    for mesh in (box(), sphere(10.0)):
        assert find_self_intersections(mesh.transformed(random_rigid(rng))).count == 0


def test_self_intersections__of_overlapping_balls_lie_on_their_common_circle():
    a, b = sphere(10.0), sphere(10.0, centre=(12.0, 0.3, 0.1))
    both = Mesh(
        np.vstack([a.vertices, b.vertices]), np.vstack([a.faces, b.faces + len(a.vertices)])
    )
    found = find_self_intersections(both)
    assert found.count > 20
    assert found.points[:, 0] == pytest.approx(6.0, abs=2.0)  # mm, the length of an edge
    radius = np.hypot(found.points[:, 1], found.points[:, 2])
    assert radius == pytest.approx(8.0, abs=2.0)


def test_self_intersections__do_not_depend_on_place_order_or_turn(rng):
    mesh = soup(rng, 200)
    shuffled = Mesh(mesh.vertices, mesh.faces[rng.permutation(len(mesh.faces))])
    moved = mesh.transformed(random_rigid(rng))
    counts = {find_self_intersections(one).count for one in (mesh, shuffled, moved)}
    assert len(counts) == 1


def test_self_intersections__a_corner_that_rests_on_a_face_does_not_cross_it():
    a = box()
    tip = np.array([[1.0, 0.5, 0.4], [2.0, 0.3, 0.3], [2.0, 0.7, 0.3], [2.0, 0.5, 0.7]])
    faces = [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]
    for reach, expected in ((0.0, 0), (0.01, 3)):
        shifted = tip - [reach, 0.0, 0.0]
        both = Mesh(np.vstack([a.vertices, shifted]), np.vstack([a.faces, np.array(faces) + 8]))
        assert find_self_intersections(both).count == expected


def test_self_intersections__beyond_the_list_are_counted(rng):
    found = find_self_intersections(soup(rng, 400))
    assert found.count > LISTED
    assert len(found.faces) == len(found.points) == LISTED
