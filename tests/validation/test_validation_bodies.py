"""Bodies in closed form agree, and a wrong distance is seen."""

import numpy as np
import pytest

from hipsim.geometry import rigid
from hipsim.study import validation_bodies
from hipsim.study.validation_bodies import body_rows
from hipsim.study.validation_shapes import (
    covering_deg,
    random_poses,
    round_body,
    segment_distance,
    to_box_distance,
)

POSES = 20
SLIP_MM = 1e-6  # an error far below what anybody measures
SAMPLES = 401
SEGMENT_TOL = 2e-3  # mm, of distances sampled along segments of some mm


def test_body_rows__all_agree():
    rows = list(body_rows(poses=POSES))
    assert [row.name for row in rows if row.verdict != "agrees"] == []
    assert len({row.name for row in rows}) == len(rows) == 11


def test_body_rows__see_a_distance_that_is_off_by_a_nanometre(monkeypatch):
    class Off(validation_bodies.DistanceQuery):
        def __call__(self, transforms, **rest):
            found = super().__call__(transforms, **rest)
            object.__setattr__(found, "distance_mm", found.distance_mm - SLIP_MM)
            return found

    monkeypatch.setattr(validation_bodies, "DistanceQuery", Off)
    wrong = {row.name for row in body_rows(poses=POSES) if row.verdict == "disagrees"}
    assert {"box - plate", "depth: box in plate"} <= wrong


def test_segment_distance__equals_samples(rng):
    first, second = rng.normal(size=(30, 2, 3)), rng.normal(size=(2, 3))
    share = np.linspace(0.0, 1.0, SAMPLES)[:, None]
    on_second = second[0] + share * (second[1] - second[0])
    for segment, found in zip(first, segment_distance(first, second), strict=True):
        on_first = segment[0] + share * (segment[1] - segment[0])
        least = np.linalg.norm(on_first[:, None] - on_second, axis=2).min()
        assert found == pytest.approx(least, abs=SEGMENT_TOL)
        assert found <= least + 1e-12


def test_segment_distance__takes_points_for_segments():
    point = np.zeros((1, 2, 3))
    assert segment_distance(point, np.array([[3.0, 4.0, 0.0]] * 2)).tolist() == [5.0]


def test_to_box_distance__is_zero_inside_and_euclidean_outside():
    points = np.array([[0.5, 0.0, 0.0], [4.0, 5.0, 0.0]])
    assert to_box_distance(points, np.ones(3)).tolist() == [0.0, 5.0]


def test_round_body__lies_between_its_balls():
    body = round_body(np.zeros((2, 3)), np.array([10.0, 10.0]))
    reach = np.linalg.norm(body.mesh.vertices, axis=1)
    assert reach.max() == pytest.approx(10.0, abs=1e-9)
    heights = (body.mesh.face_normals * body.mesh.triangles[:, 0]).sum(axis=1)
    assert heights.min() == pytest.approx(10.0 - body.sagitta_mm, abs=1e-9)
    assert 10.0 * np.cos(np.radians(covering_deg())) == pytest.approx(heights.min(), abs=1e-9)


def test_random_poses__are_rigid_and_the_same_for_a_seed():
    poses = random_poses(50, reach_mm=5.0, seed=2)
    turns = poses[:, :3, :3]
    assert np.allclose(turns @ turns.transpose(0, 2, 1), np.eye(3))
    assert np.allclose(np.linalg.det(turns), 1.0)
    assert np.array_equal(poses, random_poses(50, reach_mm=5.0, seed=2))
    assert rigid.apply(poses, np.zeros((1, 3))).shape == (50, 1, 3)
