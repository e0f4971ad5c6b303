import numpy as np
import pytest
from shapes import box, random_rotation, sphere

from hipsim.errors import InputError
from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery
from hipsim.proximity.body import make_body
from hipsim.proximity.nearest_pose import find_nearest_pose


def box_corners(mesh):
    body = make_body(mesh, None, name="a")
    return body.corners + body.tree.centre


def _arc(rng, n_poses, reach_deg=80.0):
    axis, angles = rng.normal(size=3), np.radians(np.linspace(0.0, reach_deg, n_poses))
    turns = rigid.transform_from(rigid.rotation_about(axis, angles))
    start = rigid.transform_from(random_rotation(rng), rng.normal(size=3) * 20.0)
    return turns @ start


@pytest.mark.parametrize("seed", range(12))
def test_nearest_pose__is_that_of_every_pose_evaluated(seed):
    rng = np.random.default_rng(seed)
    a, b = sphere(9.0, (30, 5, 0), 2), box((-8.0, -6.0, -9.0), (8.0, 7.0, 9.0))
    query, transforms = DistanceQuery(a, b), _arc(rng, 81)
    everywhere = query(transforms).distance_mm
    asked = []

    def distances_of(part):
        asked.append(len(part))
        return query(part).distance_mm

    index = find_nearest_pose(distances_of, transforms, box_corners(a))
    assert everywhere[index] == pytest.approx(everywhere.min(), abs=1e-9)
    assert sum(asked) < 81
    same, found = query.nearest_pose(transforms)
    assert same == index
    assert found.distance_mm[0] == pytest.approx(everywhere.min(), abs=1e-9)


def test_nearest_pose__looks_at_under_half_of_a_plain_arc(rng):
    a, b = sphere(5.0, (40, 0, 0), 2), box((50, -5, -5), (60, 5, 5))
    angles = np.radians(np.linspace(-40, 40, 81))
    transforms = rigid.transform_from(rigid.rotation_about([0, 0, 1], angles))
    query, asked = DistanceQuery(a, b), []

    def distances_of(part):
        asked.append(len(part))
        return query(part).distance_mm

    assert find_nearest_pose(distances_of, transforms, box_corners(a)) == 40
    assert sum(asked) < 81 / 2


def test_box_corners__bound_the_displacement_of_every_point(rng):
    mesh = sphere(30.0, (5, 6, 7), 1)
    points = mesh.vertices * [1.0, 0.4, 0.1]
    mesh = Mesh(points, mesh.faces)
    for pair in zip(_arc(rng, 9), _arc(rng, 9), strict=True):
        first, second = (rigid.apply(t, points) for t in pair)
        corners = [rigid.apply(t, box_corners(mesh)) for t in pair]
        farthest = np.linalg.norm(corners[0] - corners[1], axis=1).max()
        assert np.linalg.norm(first - second, axis=1).max() <= farthest


def test_nearest_pose__needs_a_pose():
    with pytest.raises(InputError, match="give at least one"):
        find_nearest_pose(lambda part: part[:, 0, 3], np.empty((0, 4, 4)), np.zeros((8, 3)))
