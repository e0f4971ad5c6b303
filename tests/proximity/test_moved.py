"""Queries made from other queries: another femur against the same pelvis, moved vertices."""

import numpy as np
import pytest
from bodies import blob, path
from shapes import box, sphere

from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.proximity import DistanceQuery

SAME_TOL = 1e-9  # mm


def bent(mesh: Mesh) -> Mesh:
    """Return a mesh with the same faces and another shape."""
    x, y, z = mesh.vertices.T
    return Mesh(np.column_stack([1.2 * x + 0.05 * y * y, y + 0.1 * x, 0.9 * z]), mesh.faces)


def half(mesh: Mesh) -> Mesh:
    """Return the faces of a mesh whose centre has a positive x."""
    return mesh.submesh(mesh.face_centres[:, 0] > 0.0)


def half_like(mesh: Mesh, pattern: Mesh) -> Mesh:
    """Return the faces of a mesh that belong to the half of another."""
    return mesh.submesh(pattern.face_centres[:, 0] > 0.0)


def assert_same(found: DistanceQuery, expected: DistanceQuery, poses: np.ndarray) -> None:
    one, other = found(poses), expected(poses)
    assert one.distance_mm == pytest.approx(other.distance_mm, abs=SAME_TOL)
    assert (one.kind == other.kind).all()
    assert {"gap", "depth"} <= set(other.kind)


def test_with_moved__equals_a_new_query(rng):
    a, b = blob(rng, 2), blob(rng, 3)
    poses = path(rng, 150, reach_mm=60.0)
    query = DistanceQuery(a, b)
    query(poses)
    assert_same(query.with_moved(bent(a), bent(b)), DistanceQuery(bent(a), bent(b)), poses)
    assert_same(query.with_moved(bent(a)), DistanceQuery(bent(a), b), poses)
    assert_same(query.with_moved(b=bent(b)), DistanceQuery(a, bent(b)), poses)
    assert_same(query, DistanceQuery(a, b), poses)


def test_with_moved__moves_parents(rng):
    a, b = blob(rng, 3), blob(rng, 3)
    poses = path(rng, 150, reach_mm=60.0)
    query = DistanceQuery(half(a), b, parent_a=a)
    moved = half_like(bent(a), a)
    expected = DistanceQuery(moved, b, parent_a=bent(a))
    assert_same(query.with_moved(moved, parent_a=bent(a)), expected, poses)


def test_with_a__equals_a_new_query_and_shares_b(rng):
    a, b, other = blob(rng, 2), blob(rng, 3), blob(rng, 3)
    poses = path(rng, 150, reach_mm=60.0)
    query = DistanceQuery(a, b)
    query(poses)
    found = query.with_a(half(other), parent_a=other)
    assert found._b is query._b
    assert_same(found, DistanceQuery(half(other), b, parent_a=other), poses)


def test_with_moved__refuses_another_number_of_faces():
    with pytest.raises(InputError, match="must keep its 12 faces, got 20"):
        DistanceQuery(box(), box()).with_moved(sphere(subdivisions=0))


def test_with_moved__refuses_a_region_without_its_parent(rng):
    a = blob(rng, 2)
    query = DistanceQuery(half(a), box(), parent_a=a)
    with pytest.raises(InputError, match="with a parent of its own: give parent_a"):
        query.with_moved(half(a))


def test_with_moved__refuses_a_parent_that_was_not_there():
    with pytest.raises(InputError, match="without a parent of its own: leave out parent_b"):
        DistanceQuery(box(), box()).with_moved(b=box(), parent_b=sphere())


def test_with_moved__refuses_a_parent_without_its_region():
    with pytest.raises(InputError, match="parent_a moved without a"):
        DistanceQuery(box(), box()).with_moved(parent_a=box())


def test_with_a__refuses_what_is_not_a_mesh():
    with pytest.raises(InputError, match="a must be a Mesh, got str"):
        DistanceQuery(box(), box()).with_a("femur")
