"""Gaps without depths, and the lower bound of a gap within a cell of angles."""

import numpy as np
import pytest
from bodies import blob
from shapes import sphere

from hipsim.errors import InputError
from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery
from hipsim.proximity.nearest_cells import largest_arms, lowest_within
from hipsim.proximity.turning import Turning

ROUNDING = 1e-9  # mm


def poses_through(n=60):
    return np.stack([rigid.translation([x, 0.3, -0.2]) for x in np.linspace(-60, 60, n)])


def test_gaps__are_the_distances_where_apart_and_zero_where_not(rng):
    query = DistanceQuery(blob(rng, 2), sphere(9.0, np.zeros(3)))
    whole, gaps = query(poses_through()), query.gaps(poses_through())
    is_apart = whole.kind == "gap"
    assert is_apart.any() and not is_apart.all()
    assert np.array_equal(gaps.kind == "gap", is_apart)
    assert set(gaps.kind[~is_apart]) == {"contact"}
    assert np.array_equal(gaps.distance_mm, np.where(is_apart, whole.distance_mm, 0.0))
    assert np.array_equal(gaps.points_a_mm[is_apart], whole.points_a_mm[is_apart])


def test_gaps__see_a_body_wholly_inside_another():
    small, large = sphere(2.0, np.zeros(3)), sphere(20.0, np.zeros(3))
    for pair in ((small, large), (large, small)):
        found = DistanceQuery(*pair).gaps(np.eye(4))
        assert (found.distance_mm[0], found.kind[0]) == (0.0, "contact")


def test_gaps__refuse_what_is_not_rigid():
    with pytest.raises(InputError, match="rigid|rotation"):
        DistanceQuery(*[sphere(2.0, np.zeros(3))] * 2).gaps(np.diag([2.0, 1, 1, 1]))


@pytest.mark.parametrize("half_deg", [0.25, 2.0, 8.0])
def test_lowest_within__is_below_every_pose_of_the_cell(half_deg, rng):
    a = Mesh(blob(rng, 1).vertices + [0, -60, 10], blob(rng, 1).faces)
    b = Mesh(0.5 * a.vertices + [-40, -35, -30], a.faces)
    turning = Turning(np.eye(4), np.eye(3)[[2, 0, 1]], np.eye(4))
    reaches = largest_arms(a.vertices, b.vertices, turning)
    query, half = DistanceQuery(a, b), np.full(3, half_deg)
    for middle in rng.uniform(-25, 25, (10, 3)):
        signs = np.array(np.meshgrid(*[[-1, 1]] * 3)).reshape(3, -1).T
        least = query.gaps(turning.transforms(middle + signs * half)).distance_mm.min()
        sides = np.radians(np.diag(half))[None]
        lower = lowest_within(np.array([least]), sides, *reaches)[0]
        inside = middle + rng.uniform(-1, 1, (200, 3)) * half
        assert query.gaps(turning.transforms(inside)).distance_mm.min() >= lower - ROUNDING
        assert 0.0 <= lower <= least + ROUNDING
