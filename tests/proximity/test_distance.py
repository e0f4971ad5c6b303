import numpy as np
import oracles
import pytest
from bodies import SOUPS, blob, path, sagitta, soup
from shapes import box, random_rigid, random_rotation, sphere

from hipsim.errors import InputError
from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery, Distances, minimum_distance
from hipsim.proximity.distance import _as_poses

DISTANCE_TOL = 1e-9  # mm, rounding of float64 at 500 mm, with room
ORTHONORMAL_TOL = 1e-12  # what one Newton step leaves of an error of 1e-7
FAR_MM = 500.0  # how far a scan's origin may lie from the bone


@pytest.mark.parametrize("other", SOUPS)
@pytest.mark.parametrize("shape", SOUPS)
def test_minimum_distance__equals_all_pairs(shape, other, rng):
    for size_mm in (0.3, 3.0, 10.0):
        a, b = soup(rng, shape, size_mm), soup(rng, other, size_mm)
        for rotation, shift_mm in ((random_rotation(rng), 15.0), (np.eye(3), 0.0)):
            transform = rigid.transform_from(rotation, shift_mm * rng.normal(size=3))
            found = minimum_distance(a, b, transform)
            expected = oracles.minimum_distance(a, b, transform)
            assert found.distance_mm[0] == pytest.approx(expected, abs=DISTANCE_TOL)


def test_query__equals_all_pairs_of_large_triangles(rng):
    for _ in range(40):
        a, b = soup(rng, "plain", 10.0), soup(rng, "plain", 10.0)
        poses = path(rng, 5, reach_mm=80.0)
        found = DistanceQuery(a, b)(poses).distance_mm
        expected = [oracles.minimum_distance(a, b, pose) for pose in poses]
        assert found == pytest.approx(expected, abs=DISTANCE_TOL)


def test_query__equals_all_pairs_along_a_motion(rng):
    a, b = blob(rng, 1), blob(rng, 1)
    poses = path(rng, 100, reach_mm=60.0)
    found = DistanceQuery(a, b)(poses)
    for k in np.flatnonzero(found.kind == "gap")[::4]:
        expected = oracles.minimum_distance(a, b, poses[k])
        assert found.distance_mm[k] == pytest.approx(expected, abs=DISTANCE_TOL)
    assert (found.kind == "gap").sum() > 20


def test_query__is_as_exact_far_from_the_origin(rng):
    a, b = blob(rng, 1), blob(rng, 1)
    away = rigid.translation([FAR_MM, -FAR_MM, FAR_MM])
    transform = rigid.transform_from(random_rotation(rng), [30.0, 5.0, 2.0])
    moved = away @ transform @ rigid.inverse(away)
    far = minimum_distance(a.transformed(away), b.transformed(away), moved)
    near = minimum_distance(a, b, transform)
    assert far.distance_mm[0] == pytest.approx(near.distance_mm[0], abs=DISTANCE_TOL)
    assert far.points_b_mm - away[:3, 3] == pytest.approx(near.points_b_mm, abs=1e-6)


def test_query__points_lie_on_the_named_triangles(rng):
    a, b = blob(rng, 2), blob(rng, 2)
    poses = path(rng, 60, reach_mm=60.0)
    found = DistanceQuery(a, b)(poses)
    between = np.linalg.norm(found.points_a_mm - found.points_b_mm, axis=1)
    assert between == pytest.approx(abs(found.distance_mm), abs=DISTANCE_TOL)
    for k in range(len(poses)):
        corners = rigid.apply(poses[k], a.triangles[found.triangles_a[k]])
        for point, triangle in (
            (found.points_a_mm[k], corners),
            (found.points_b_mm[k], b.triangles[found.triangles_b[k]]),
        ):
            off = oracles.triangle_distances(np.tile(point, (1, 3, 1)), triangle[None])
            assert off[0, 0] < DISTANCE_TOL


def test_query__is_symmetric(rng):
    a, b = blob(rng, 2), blob(rng, 1)
    poses = path(rng, 80, reach_mm=60.0)
    forth, back = DistanceQuery(a, b)(poses), DistanceQuery(b, a)(rigid.inverse(poses))
    assert forth.distance_mm == pytest.approx(back.distance_mm, abs=DISTANCE_TOL)
    assert (forth.kind == back.kind).all()


def test_query__ignores_a_motion_of_both(rng):
    a, b = blob(rng, 2), blob(rng, 2)
    poses = path(rng, 80, reach_mm=60.0)
    both = random_rigid(rng)
    moved = DistanceQuery(a, b.transformed(both))(both @ poses)
    still = DistanceQuery(a, b)(poses)
    assert moved.distance_mm == pytest.approx(still.distance_mm, abs=DISTANCE_TOL)


def test_query__changes_no_faster_than_the_farthest_vertex(rng):
    kinds = set()
    for _ in range(4):
        a, b = blob(rng, 2), blob(rng, 2)
        poses = path(rng, 400, reach_mm=50.0)
        moved = np.stack([rigid.apply(pose, a.vertices) for pose in poses])
        step = np.linalg.norm(np.diff(moved, axis=0), axis=2).max(axis=1)
        found = DistanceQuery(a, b)(poses)
        assert (abs(np.diff(found.distance_mm)) <= step + DISTANCE_TOL).all()
        kinds.update(found.kind)
    assert kinds == {"gap", "depth"}


@pytest.mark.parametrize("n_threads", [1, 2, 3, None])
def test_query__gives_the_same_bits_for_any_number_of_threads(n_threads, rng):
    query = DistanceQuery(blob(rng, 2), blob(rng, 2))
    poses = path(rng, 300, reach_mm=50.0)
    one, several = query(poses, n_threads=1), query(poses, n_threads=n_threads)
    for name in Distances.__dataclass_fields__:
        assert np.array_equal(getattr(one, name), getattr(several, name)), name


@pytest.mark.parametrize(
    ("shift", "expected"),
    [((2.5, 0.3, 0.2), 1.5), ((4.0, 5.0, 0.5), 5.0), ((4.0, 5.0, 13.0), 13.0)],
)
def test_boxes__face_edge_and_corner(shift, expected):
    found = minimum_distance(box(), box(), rigid.translation(shift))
    assert found.distance_mm[0] == pytest.approx(expected, abs=DISTANCE_TOL)
    assert found.kind[0] == "gap"


def test_boxes__turned_by_45_degrees():
    turn = rigid.transform_from(rigid.rotation_about([0, 0, 1], np.pi / 4), [3.0, 0.5, 0.0])
    found = minimum_distance(box(low=(-0.5,) * 3, high=(0.5,) * 3), box(), turn)
    assert found.distance_mm[0] == pytest.approx(2.0 - np.sqrt(0.5), abs=DISTANCE_TOL)


def test_boxes__touch():
    found = minimum_distance(box(), box(), rigid.translation([1.0, 0.25, 0.25]))
    assert found.distance_mm[0] == pytest.approx(0.0, abs=DISTANCE_TOL)


def test_spheres__are_apart_by_their_centres_less_their_radii():
    a, b = sphere(10.0, subdivisions=4), sphere(7.0, subdivisions=4)
    dent = sum(sagitta(mesh, radius) for mesh, radius in ((a, 10.0), (b, 7.0)))
    shifts = np.stack([rigid.translation([d, 0.2 * d, 0.1 * d]) for d in (17.5, 20.0, 30.0)])
    apart = np.linalg.norm(shifts[:, :3, 3], axis=1) - 17.0
    error = DistanceQuery(a, b)(shifts).distance_mm - apart
    assert (error >= -DISTANCE_TOL).all() and (error <= dent).all()


def test_identical_meshes_in_the_same_place__touch():
    found = minimum_distance(sphere(), sphere())
    assert found.distance_mm[0] == 0.0


def test_single_triangles__in_one_plane():
    low = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])
    found = minimum_distance(low, low, rigid.translation([3.0, 0.0, 0.0]))
    assert found.distance_mm[0] == pytest.approx(2.0, abs=DISTANCE_TOL)


def test_query__takes_one_pose_or_none():
    query = DistanceQuery(box(), box())
    assert len(query(rigid.translation([3.0, 0, 0]))) == 1
    assert query(np.empty((0, 4, 4))).distance_mm.shape == (0,)


def test_query__accepts_rotations_in_single_precision(rng):
    a, b = blob(rng, 2), blob(rng, 2)
    poses = path(rng, 50, reach_mm=60.0)
    rough = DistanceQuery(a, b)(poses.astype(np.float32))
    exact = DistanceQuery(a, b)(poses)
    assert rough.distance_mm == pytest.approx(exact.distance_mm, abs=1e-4)  # 60 mm * float32
    rotation = _as_poses(poses.astype(np.float32).astype(float), *np.zeros((2, 3)))[:, :9]
    rotation = rotation.reshape(-1, 3, 3)
    assert rotation @ rotation.transpose(0, 2, 1) == pytest.approx(
        np.tile(np.eye(3), (50, 1, 1)), abs=ORTHONORMAL_TOL
    )


def test_query__says_how_many_faces():
    assert repr(DistanceQuery(box(), box())) == "<DistanceQuery 12 x 12 faces>"


def test_query__refuses_a_stretch():
    with pytest.raises(InputError, match="rigid"):
        DistanceQuery(box(), box())(np.diag([2.0, 1.0, 1.0, 1.0]))


def test_query__refuses_poses_of_the_wrong_shape():
    with pytest.raises(InputError, match=r"shape \(n, 4, 4\)"):
        DistanceQuery(box(), box())(np.eye(3))


def test_query__refuses_half_a_thread():
    with pytest.raises(InputError, match="n_threads"):
        DistanceQuery(box(), box())(np.eye(4), n_threads=0.5)
