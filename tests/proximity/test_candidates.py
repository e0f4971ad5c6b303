import numpy as np
import pytest
from bodies import SOUPS, blob, path, soup
from shapes import sphere

from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery, Distances, candidates, distance
from hipsim.proximity.candidates import Candidates, find_candidates
from hipsim.proximity.distance import _as_poses

SAME_TOL = 1e-9  # mm, what the issue asks of the distance


def nothing_ruled_out(a, b, poses, wanted="each") -> Candidates:
    """Return the whole trees as candidates."""
    return Candidates.everything(len(poses))


def glide(rng: np.random.Generator, count: int, gap_mm: float) -> np.ndarray:
    """Return poses of a body that turns slowly beside the origin, shape (count, 4, 4)."""
    turn = rigid.rotation_about(rng.normal(size=3), np.linspace(0.0, 1.0, count))
    steps = 0.1 * rng.normal(size=(count, 3)).cumsum(axis=0)
    return rigid.transform_from(turn, steps + [gap_mm, 0.0, 0.0])


@pytest.mark.parametrize("gap_mm", [0.0, 20.0, 22.0, 60.0, 400.0])
@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
def test_query__gives_the_same_without_grids(gap_mm, scale, rng, monkeypatch):
    a, b = (Mesh(scale * mesh.vertices, mesh.faces) for mesh in (blob(rng, 3), blob(rng, 4)))
    poses = glide(rng, 60, gap_mm)
    poses[:, :3, 3] *= scale
    query = DistanceQuery(a, b)
    found = query(poses)
    monkeypatch.setattr(distance, "find_candidates", nothing_ruled_out)
    expected = query(poses)
    assert found.distance_mm == pytest.approx(expected.distance_mm, abs=max(scale, 1) * SAME_TOL)
    assert (found.kind == expected.kind).all()


@pytest.mark.parametrize("shape", SOUPS)
def test_query__gives_the_same_without_grids_for_any_triangles(shape, rng, monkeypatch):
    for _ in range(5):
        query = DistanceQuery(soup(rng, shape, 3.0), soup(rng, "plain", 3.0))
        poses = path(rng, 30, reach_mm=60.0)
        found = query(poses).distance_mm
        with monkeypatch.context() as patch:
            patch.setattr(distance, "find_candidates", nothing_ruled_out)
            assert found == pytest.approx(query(poses).distance_mm, abs=SAME_TOL)


def test_find_candidates__rules_nearly_everything_out(rng):
    query = DistanceQuery(sphere(10.0, subdivisions=4), sphere(10.0, subdivisions=4))
    poses = _as_poses(glide(rng, 60, 35.0), *np.zeros((2, 3)))
    counts = find_candidates(query._a, query._b, poses).counts
    assert (counts > 0).all() and counts.max() < 100  # of 5120 faces


def test_find_candidates__leaves_few_poses_to_the_trees(rng):
    query = DistanceQuery(blob(rng, 2), blob(rng, 2))
    poses = _as_poses(glide(rng, candidates.WORTHWHILE - 1, 40.0), *np.zeros((2, 3)))
    assert (find_candidates(query._a, query._b, poses).counts == -1).all()
    assert not query._b.grid.values.any()


def test_query__does_not_depend_on_what_was_asked_before(rng):
    a, b = blob(rng, 3), blob(rng, 3)
    poses, others = glide(rng, 200, 30.0), glide(rng, 200, 35.0)
    used, new = DistanceQuery(a, b), DistanceQuery(a, b)
    used(others)
    for name in Distances.__dataclass_fields__:
        assert np.array_equal(getattr(used(poses), name), getattr(new(poses), name)), name


def test_candidates__nothing_listed_of_one_surface_leaves_nothing_to_pair(rng, monkeypatch):
    def lists_only_one(*given):
        counts = given[9]
        counts[0], counts[1] = 0, -1  # b has too many to list: its list is not written

    monkeypatch.setattr(candidates._candidate_kernels, "find_candidates", lists_only_one)
    query = DistanceQuery(blob(rng, 3), blob(rng, 3))
    poses = _as_poses(glide(rng, 60, 20.0), query._a.tree.centre, query._b.tree.centre)
    found = find_candidates(query._a, query._b, poses)
    assert (found.counts == 0).all()
