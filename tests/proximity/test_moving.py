"""Queries between bodies of fixed faces: the same answers as queries made anew."""

import numpy as np
import pytest
from bodies import blob, path
from shapes import sphere

from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh
from hipsim.proximity import DistanceQuery
from hipsim.proximity.moving import NEARLY, MovingBody, MovingQuery
from hipsim.proximity.solid import pseudo_normals
from hipsim.proximity.tree import refit_tree

SAME_TOL = 1e-9  # mm
ROUNDED = 1e-6  # of a value kept in single precision
NORMAL_TOL = 1e-9  # pseudo-normals of bodies of some 10 mm


def bent(mesh: Mesh) -> Mesh:
    """Return a mesh with the same faces and another shape."""
    x, y, z = mesh.vertices.T
    return Mesh(np.column_stack([1.2 * x + 0.05 * y * y, y + 0.1 * x, 0.9 * z]), mesh.faces)


def test_moving_query__equals_a_new_query(rng):
    a, b = blob(rng, 2), blob(rng, 3)
    poses = path(rng, 150, reach_mm=60.0)
    moving = MovingQuery(a, b)
    for shape in (lambda mesh: mesh, bent):
        found = moving(shape(a).vertices, shape(b).vertices)(poses)
        expected = DistanceQuery(shape(a), shape(b))(poses)
        assert found.distance_mm == pytest.approx(expected.distance_mm, abs=SAME_TOL)
        assert (found.kind == expected.kind).all()
        assert {"gap", "depth"} <= set(expected.kind)


def test_moving_query__does_not_remember_the_last_shape(rng):
    a, b = blob(rng, 2), blob(rng, 3)
    poses = path(rng, 50, reach_mm=60.0)
    moving = MovingQuery(a, b)
    first = moving(a.vertices, b.vertices)(poses).distance_mm
    moving(bent(a).vertices, bent(b).vertices)(poses)
    assert (moving(a.vertices, b.vertices)(poses).distance_mm == first).all()


def test_moving_body__has_the_boxes_of_a_refitted_tree(rng):
    mesh = blob(rng, 2)
    moving = MovingBody.of(mesh, name="a")
    body, expected = moving.moved(bent(mesh).vertices), refit_tree(moving.tree, bent(mesh))
    assert body.tree.corners == pytest.approx(expected.corners, abs=SAME_TOL)
    assert body.tree.boxes == pytest.approx(expected.boxes, abs=SAME_TOL)


def test_moving_body__keeps_squared_distances_short_by_no_more_than_their_share(rng):
    a, b = blob(rng, 2), blob(rng, 3)
    moved = MovingQuery(a, b)(a.vertices, b.vertices)
    exact = DistanceQuery(a, b)
    poses = path(rng, 40, reach_mm=60.0)
    assert moved(poses).distance_mm == pytest.approx(exact(poses).distance_mm, abs=SAME_TOL)
    values, known = moved._b.grid.values, exact._b.grid.values
    both = (values > 0.0) & (known > 0.0)
    assert both.sum() > 100
    assert (values[both] <= known[both] * (1.0 + ROUNDED)).all()
    assert (values[both] >= NEARLY * known[both] * (1.0 - ROUNDED)).all()
    assert (values[both] < known[both] * (1.0 - ROUNDED)).any()


def test_moving_body__has_the_pseudo_normals_of_a_new_solid(rng):
    mesh = blob(rng, 2)
    body = MovingBody.of(mesh, name="a").moved(bent(mesh).vertices)
    expected = pseudo_normals(bent(mesh))[body.tree.faces].ravel()
    assert body.solid is not None
    assert body.solid.normals == pytest.approx(expected, abs=NORMAL_TOL)


def test_moving_query__refuses_what_it_cannot_move():
    ball = sphere(5.0)
    with pytest.raises(MeshError, match="a must be a closed surface"):
        MovingQuery(Mesh(ball.vertices, ball.faces[1:]), ball)
    with pytest.raises(MeshError, match="b must be a closed surface turned outward"):
        MovingQuery(ball, Mesh(ball.vertices, ball.faces[:, ::-1]))
    twice = Mesh(
        np.vstack([ball.vertices] * 2), np.vstack([ball.faces, ball.faces + len(ball.vertices)])
    )
    with pytest.raises(MeshError, match="a has several vertices in one place"):
        MovingQuery(twice, ball)
    with pytest.raises(InputError, match="vertices_b must be the"):
        MovingQuery(ball, ball)(ball.vertices, ball.vertices[1:])
