"""Distance field over a motion against brute force: every point in every pose."""

import numpy as np
import oracles
import pytest
from bodies import blob, path
from shapes import box, random_rigid, sphere

from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh, rigid
from hipsim.proximity.field import DistanceField, nearby_order

DISTANCE_TOL = 1e-9  # mm, rounding of float64 at 500 mm
SHARE_TOL = 1e-9


def brute_force(body, points, poses):
    """Return the signed distance of every point in every pose, (m, n), by the slow oracle."""
    found = [oracles.signed_distances(rigid.apply(pose, points), body) for pose in poses]
    return np.stack(found, axis=1)


def one_by_one(field, points, poses):
    """Return the same from the field itself, which leaves nothing out of a single pose."""
    return np.stack([field(points, pose).distance_mm for pose in poses], axis=1)


def share_below(distance, level, steps):
    """Return the share below a level along paths (m, n) that are linear between poses."""
    fine = np.linspace(0.0, 1.0, 20_001)[:, None]
    share = np.zeros(len(distance))
    for k, weight in enumerate(steps):
        between = distance[:, k] + fine * (distance[:, k + 1] - distance[:, k])
        share += weight * (between < level).mean(axis=0)
    return share


def test_field__is_the_least_of_all_poses(rng):
    body, points = blob(rng, 2), blob(rng, 1).vertices
    poses = path(rng, 12, reach_mm=30.0)
    expected = brute_force(body, points, poses)
    found = DistanceField(body)(points, poses)
    assert np.abs(found.distance_mm - expected.min(axis=1)).max() < DISTANCE_TOL
    at_pose = expected[np.arange(len(points)), found.pose_index]
    assert np.abs(at_pose - found.distance_mm).max() < DISTANCE_TOL
    assert expected.min() < 0.0 < expected.max()
    assert (found.share_below == 0.0).all()


@pytest.mark.parametrize("reach_mm", [15.0, 60.0])
def test_field__leaves_out_only_what_cannot_matter(rng, reach_mm):
    """Fine steps and many neighbours, where nearly every pose is left out."""
    body, surface = blob(rng, 3), blob(rng, 3)
    points = surface.vertices[nearby_order(surface)]
    poses = path(rng, 300, reach_mm=reach_mm)
    field = DistanceField(body)
    every = one_by_one(field, points, poses)
    steps = rng.uniform(size=299)
    steps[rng.integers(0, 299, 20)] = 0.0
    for level in (-3.0, 0.0, 2.0, 30.0):
        found = field(points, poses, level_mm=level, step_weights=steps)
        assert np.abs(found.distance_mm - every.min(axis=1)).max() < DISTANCE_TOL
        assert np.array_equal(found.pose_index, every.argmin(axis=1))
        low, rise = np.minimum(every[:, 1:], every[:, :-1]), np.abs(np.diff(every, axis=1))
        expected = np.clip((level - low) / rise, 0.0, 1.0) @ steps
        assert np.abs(found.share_below - expected).max() < SHARE_TOL * steps.sum()
    assert every.min() < 0.0 < every.max()


def test_field__share_is_that_of_the_way(rng):
    """Against a fine division of every step."""
    body = blob(rng, 2)
    points, poses = rng.normal(size=(20, 3)) * 5.0, path(rng, 15, reach_mm=40.0)
    steps = np.full(14, 1 / 14)
    field = DistanceField(body)
    found = field(points, poses, level_mm=4.0, step_weights=steps)
    expected = share_below(one_by_one(field, points, poses), 4.0, steps)
    assert np.abs(found.share_below - expected).max() < 1e-4  # of the division
    assert found.share_below.max() > 0.1


def test_field__counts_poses_by_their_weights(rng):
    body = blob(rng, 2)
    points, poses = rng.normal(size=(30, 3)) * 8.0, path(rng, 25, reach_mm=40.0)
    field, weights = DistanceField(body), rng.uniform(size=25)
    found = field(points, poses, level_mm=1.0, pose_weights=weights)
    expected = (one_by_one(field, points, poses) < 1.0) @ weights
    assert np.abs(found.share_below - expected).max() < SHARE_TOL * weights.sum()


def test_field__of_a_point_passing_a_ball_has_a_closed_form():
    field = DistanceField(box((-5, -5, -5), (5, 5, 5)))
    shifts = np.linspace(-20.0, 20.0, 401)
    poses = np.stack([rigid.translation([0.0, x, 0.0]) for x in shifts])
    steps = np.full(400, 1 / 400)
    found = field([[8.0, 0, 0], [4.0, 0, 0]], poses, level_mm=3.5, step_weights=steps)
    assert found.distance_mm == pytest.approx([3.0, -1.0], abs=DISTANCE_TOL)
    ends = 5.0 + np.sqrt(3.5**2 - 3.0**2), 5.0 + 3.5
    assert found.share_below == pytest.approx([end / 20.0 for end in ends], abs=1e-4)
    assert shifts[found.pose_index] == pytest.approx([-5.0, -4.0], abs=1e-9)  # first of a level run


def test_field__of_one_pose_is_the_signed_distance(rng):
    body, points, pose = blob(rng, 2), rng.normal(size=(50, 3)) * 12.0, random_rigid(rng, 3.0)
    found = DistanceField(body)(points, pose)
    expected = oracles.signed_distances(rigid.apply(pose, points), body)
    assert np.abs(found.distance_mm - expected).max() < DISTANCE_TOL
    assert (found.pose_index == 0).all()


def test_field__does_not_depend_on_threads_or_frames(rng):
    body, points, poses = blob(rng, 2), rng.normal(size=(300, 3)) * 8.0, path(rng, 50, 40.0)
    steps = np.full(49, 1 / 49)
    options = {"level_mm": 2.0, "step_weights": steps}
    first, second = (DistanceField(body)(points, poses, n_threads=n, **options) for n in (1, 2))
    for name in ("distance_mm", "pose_index", "share_below"):
        assert np.array_equal(getattr(first, name), getattr(second, name))
    far, body_far = random_rigid(rng), random_rigid(rng)
    moved = DistanceField(body.transformed(body_far))(
        rigid.apply(far, points), body_far @ poses @ rigid.inverse(far), **options
    )
    assert np.abs(moved.distance_mm - first.distance_mm).max() < DISTANCE_TOL
    assert np.abs(moved.share_below - first.share_below).max() < 1e-8


def test_nearby_order__lists_every_used_vertex_once():
    ball = sphere(10.0)
    half = Mesh(ball.vertices, ball.faces[ball.face_centres[:, 0] > 0.0])
    order = nearby_order(half)
    assert np.array_equal(np.sort(order), np.unique(half.faces))
    step = np.linalg.norm(np.diff(ball.vertices[order], axis=0), axis=1)
    assert np.median(step) < 2.0


def test_field__refuses_what_it_cannot_measure(rng):
    with pytest.raises(InputError, match="body must be a Mesh, got str"):
        DistanceField("bone")
    with pytest.raises(MeshError, match="body must be a closed surface"):
        DistanceField(box().submesh(np.arange(12) > 0))
    field, pose = DistanceField(box()), np.eye(4)
    with pytest.raises(InputError, match="needs a point and a pose, got 0 and 1"):
        field(np.zeros((0, 3)), pose)
    with pytest.raises(InputError, match="needs a point and a pose, got 1 and 0"):
        field([[0, 0, 0]], np.zeros((0, 4, 4)))
    with pytest.raises(InputError, match=r"step_weights must have shape \(0,\), got \(2,\)"):
        field([[0, 0, 0]], pose, step_weights=[1, 1])
    with pytest.raises(InputError, match="weights must not be negative, got -1"):
        field([[0, 0, 0]], pose, pose_weights=[-1])
    with pytest.raises(InputError, match="level_mm must be finite"):
        field([[0, 0, 0]], pose, level_mm=np.nan)
    assert repr(field) == "<DistanceField of 12 faces>"
