import numpy as np
import oracles
import pytest
from bodies import blob, path
from shapes import box, sphere

from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery, minimum_distance

DEPTH_TOL = 1e-9  # mm, rounding of float64


def half(mesh: Mesh, axis: int = 0, sign: float = 1.0) -> Mesh:
    """Return the open half of a body centred on the origin on one side of it."""
    return mesh.submesh(sign * mesh.face_centres[:, axis] > 0.0)


def test_depth__is_that_of_the_deepest_vertex(rng):
    a, b = blob(rng, 2), blob(rng, 2)
    poses = path(rng, 60, reach_mm=40.0)
    found = DistanceQuery(a, b)(poses)
    for k in np.flatnonzero(found.kind == "depth")[::3]:
        expected = oracles.overlap_depth(a, b, poses[k])
        assert -found.distance_mm[k] == pytest.approx(expected, abs=DEPTH_TOL)
    assert (found.kind == "depth").sum() > 20


def test_depth__of_boxes_pushed_together():
    shifts = np.stack([rigid.translation([x, 0.25, 0.35]) for x in (1.0, 0.9, 0.8)])
    found = DistanceQuery(box(), box())(shifts)
    assert found.distance_mm == pytest.approx([0.0, -0.1, -0.2], abs=DEPTH_TOL)


def test_depth__of_a_box_inside_a_box():
    inner, outer = box((-1, -1, -1), (1, 1, 1)), box((-5, -5, -5), (5, 5, 5))
    for a, b in ((inner, outer), (outer, inner)):
        found = minimum_distance(a, b)
        assert found.kind[0] == "depth"
        assert found.distance_mm[0] == pytest.approx(-4.0, abs=DEPTH_TOL)
        between = np.linalg.norm(found.points_a_mm - found.points_b_mm, axis=1)
        assert between == pytest.approx(4.0, abs=DEPTH_TOL)


def test_depth__of_a_small_ball_at_the_centre_of_a_large_one():
    small, large = sphere(1.0), sphere(10.0, subdivisions=4)
    found = minimum_distance(small, large, rigid.translation([0.5, 0.0, 0.0]))
    assert -9.5 <= found.distance_mm[0] <= -9.3  # deepest vertex lies 0.5 mm from the centre


def test_depth__is_zero_where_edges_cross_and_no_vertex_is_inside():
    tall, wide = box((-1, -1, -9), (1, 1, 9)), box((-9, -1, -1), (9, 1, 1))
    turn = rigid.transform_from(rigid.rotation_about([1, 1, 1], 0.3))
    found = minimum_distance(tall, wide, turn)
    assert (found.kind[0], found.distance_mm[0]) == ("depth", 0.0)
    assert not np.signbit(found.distance_mm[0])


def test_region__uses_the_parent_to_know_its_inside():
    bone, ball = box((-5, -5, -5), (5, 5, 5)), sphere(1.0)
    wall = half(bone)
    shifts = np.stack([rigid.translation([x, 0.0, 0.0]) for x in (7.0, 3.0)])
    with_parent = DistanceQuery(ball, wall, parent_b=bone)(shifts)
    assert with_parent.kind.tolist() == ["gap", "depth"]
    assert with_parent.distance_mm == pytest.approx([1.0, -3.0], abs=0.02)  # facets of the ball
    assert DistanceQuery(half(ball), wall)(shifts).kind.tolist() == ["gap", "gap"]


def test_region__names_its_own_triangles():
    bone = sphere(10.0)
    a, b = half(bone), half(bone, sign=-1.0)
    query = DistanceQuery(a, b, parent_a=bone, parent_b=bone)
    found = query(np.stack([rigid.translation([-x, 0.1, 0.0]) for x in np.linspace(18, 25, 20)]))
    assert {"gap", "depth"} == set(found.kind)
    assert found.triangles_a.max() < len(a.faces) and found.triangles_b.max() < len(b.faces)
    overlap = found.kind == "depth"
    on_a = a.triangles[found.triangles_a[overlap]].mean(axis=1)
    assert (on_a[:, 0] > 8.0).all()


def test_one_parent__is_enough():
    ball = sphere(10.0)
    poses = np.stack([rigid.translation([x, 0.1, 0.2]) for x in (25.0, 17.0)])
    both = DistanceQuery(ball, ball)(poses)
    opened = Mesh(ball.vertices, ball.faces[1:])
    for query in (DistanceQuery(opened, ball), DistanceQuery(ball, opened)):
        one = query(poses)
        assert one.kind.tolist() == both.kind.tolist() == ["gap", "depth"]
        assert one.distance_mm == pytest.approx(both.distance_mm, abs=0.2)  # one facet's dip


def test_no_parent__is_contact_where_surfaces_meet():
    opened = half(sphere(10.0))
    poses = np.stack([rigid.translation([x, 0.0, 0.0]) for x in (15.0, 2.0)])
    turned = rigid.transform_from(rigid.rotation_about([0, 0, 1], 0.3))
    found = DistanceQuery(opened, opened)(poses @ turned)
    assert found.kind.tolist() == ["gap", "contact"]
    assert found.distance_mm[1] == 0.0


def test_depth__meets_the_gap_at_contact():
    query = DistanceQuery(sphere(10.0), sphere(10.0))
    shifts = np.linspace(20.5, 18.5, 400)
    found = query(np.stack([rigid.translation([x, 0.3, 0.2]) for x in shifts]))
    step = shifts[0] - shifts[1]
    assert (np.diff(found.distance_mm) <= DEPTH_TOL).all()
    assert (abs(np.diff(found.distance_mm)) <= step + DEPTH_TOL).all()
    assert found.distance_mm.min() < -1.0 < 0.2 < found.distance_mm.max()


def test_depth__of_a_piece_swallowed_while_another_is_near():
    bone, ball = box((-20, -20, -20), (20, 20, 20)), sphere(2.0)
    beside = ball.vertices + [24.0, 0.0, 0.0]
    both = Mesh(
        np.vstack([ball.vertices, beside]), np.vstack([ball.faces, ball.faces + len(beside)])
    )
    inside_out = rigid.translation([-24.0, 0.0, 0.0])  # now the other ball is the one inside
    for transform in (np.eye(4), inside_out):
        for found in (
            minimum_distance(both, bone, transform),
            minimum_distance(bone, both, rigid.inverse(transform)),
        ):
            assert found.kind[0] == "depth"
            assert -22.0 <= found.distance_mm[0] <= -18.0
