import numpy as np
import pytest
from bodies import SOUPS, blob, path, soup
from shapes import sphere

from hipsim.errors import InputError
from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery

SAME_TOL = 1e-9  # mm, what the issue asks of the distance


def turns(count: int, gap_mm: float) -> np.ndarray:
    """Return poses of a body that turns about an axis beside the origin, shape (count, 4, 4)."""
    turn = rigid.rotation_about([0.3, 1.0, 0.2], np.linspace(0.0, 1.4, count))
    return rigid.transform_from(turn, np.tile([gap_mm, 0.0, 0.0], (count, 1)))


@pytest.mark.parametrize("gap_mm", [0.0, 12.0, 20.0, 25.0, 60.0])
@pytest.mark.parametrize("count", [3, 81, 300])
def test_minimum__is_that_of_all_poses(gap_mm, count, rng):
    query, poses = DistanceQuery(blob(rng, 3), blob(rng, 4)), turns(count, gap_mm)
    each = query(poses)
    index, nearest = query.minimum(poses)
    assert nearest.distance_mm == pytest.approx([each.distance_mm.min()], abs=SAME_TOL)
    assert each.distance_mm[index] == pytest.approx(each.distance_mm.min(), abs=SAME_TOL)
    assert nearest.kind[0] == each.kind[index]


@pytest.mark.parametrize("shape", SOUPS)
def test_minimum__is_that_of_all_poses_of_any_triangles(shape, rng):
    for _ in range(5):
        query = DistanceQuery(soup(rng, shape, 3.0), soup(rng, "plain", 3.0))
        poses = path(rng, 40, reach_mm=60.0)
        expected = query(poses).distance_mm.min()
        assert query.minimum(poses)[1].distance_mm == pytest.approx([expected], abs=SAME_TOL)


def test_minimum__sees_a_body_swallowed_on_the_way():
    small, large = sphere(2.0, subdivisions=2), sphere(20.0, subdivisions=3)
    shifts = np.linspace(40.0, 0.0, 60)
    poses = np.stack([rigid.translation([x, 0.1, 0.2]) for x in shifts])
    query = DistanceQuery(small, large)
    index, nearest = query.minimum(poses)
    assert nearest.kind.tolist() == ["depth"]
    assert nearest.distance_mm[0] == pytest.approx(query(poses).distance_mm.min(), abs=SAME_TOL)
    assert shifts[index] < 20.0


def test_minimum__names_the_pair_that_has_it(rng):
    a, b = blob(rng, 3), blob(rng, 3)
    poses = turns(90, 45.0)
    index, nearest = DistanceQuery(a, b).minimum(poses)
    on_a = rigid.apply(rigid.inverse(poses[index]), nearest.points_a_mm)[0]
    corners = a.triangles[nearest.triangles_a[0]]
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    assert (on_a - corners[0]) @ normal == pytest.approx(0.0, abs=1e-7 * np.linalg.norm(normal))
    apart = np.linalg.norm(nearest.points_b_mm - nearest.points_a_mm)
    assert apart == pytest.approx(nearest.distance_mm[0], abs=SAME_TOL)


def test_minimum__is_the_same_for_any_number_of_threads(rng):
    query, poses = DistanceQuery(blob(rng, 3), blob(rng, 3)), turns(700, 22.0)
    one, two = (query.minimum(poses, n_threads=n) for n in (1, 2))
    assert one[0] == two[0] and one[1].distance_mm[0] == two[1].distance_mm[0]


def test_minimum__rules_most_poses_out(rng, monkeypatch):
    from hipsim.proximity import distance

    found, real = [], distance.find_candidates
    monkeypatch.setattr(
        distance, "find_candidates", lambda *given: found.append(real(*given)) or found[-1]
    )
    poses = np.stack([rigid.translation([30.0 + 0.5 * k, 0.0, 0.0]) for k in range(81)])
    DistanceQuery(blob(rng, 3), blob(rng, 3)).minimum(poses)
    (candidates,) = found
    assert (candidates.counts[0] == 0).mean() > 0.8


def test_minimum__needs_a_pose():
    query = DistanceQuery(*(Mesh(np.eye(3) + x, [[0, 1, 2]]) for x in (0.0, 1.0)))
    with pytest.raises(InputError, match="at least one pose, got none"):
        query.minimum(np.zeros((0, 4, 4)))
