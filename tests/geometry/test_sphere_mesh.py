"""Cones, slabs and their subdivision against closed forms and slow numpy."""

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.geometry.sphere_mesh import Net, SphereMesh

ROUNDING = 1e-9  # mm, float64 at some 100 mm
NO_SLAB = np.empty((0, 3), dtype=np.int64)


def slow_values(body: SphereMesh, points: np.ndarray) -> np.ndarray:
    """Evaluate every cone and slab at every point, without leaving any out."""
    values = np.full(len(points), np.inf)
    for i, j in body.edges:
        start, along = body.centres[i], body.centres[j] - body.centres[i]
        share = np.clip((points - start) @ along / max(along @ along, 1e-300), 0.0, 1.0)
        radius = body.radii[i] + share * (body.radii[j] - body.radii[i])
        foot = start + share[:, None] * along
        values = np.minimum(values, np.linalg.norm(points - foot, axis=1) - radius)
    for corners in body.triangles:
        a, b, c = body.centres[corners]
        normal = np.cross(b - a, c - a) / np.linalg.norm(np.cross(b - a, c - a))
        height = (points - a) @ normal
        foot = points - height[:, None] * normal
        shares = np.linalg.lstsq(
            np.vstack([np.column_stack([a, b, c]), np.ones(3)]),
            np.vstack([foot.T, np.ones(len(points))]),
            rcond=None,
        )[0].T
        thickness = np.where((shares >= 0).all(axis=1), shares @ body.radii[corners], -np.inf)
        values = np.minimum(values, np.abs(height) - thickness)
    return values


@pytest.fixture
def body(rng: np.random.Generator) -> SphereMesh:
    cells = [tuple(rng.choice(12, size=3, replace=False).tolist()) for _ in range(8)]
    net = Net.from_cells([*cells, (0, 7), (3,)], 12)
    return net.mesh(rng.uniform(-40, 40, (12, 3)), rng.uniform(2, 9, 12))


def test_sphere_mesh__of_one_ball_is_the_signed_distance(rng):
    ball = SphereMesh(np.array([[1.0, 2, 3]]), np.array([5.0]), np.array([[0, 0]]), NO_SLAB)
    points = rng.normal(scale=10, size=(50, 3))
    expected = np.linalg.norm(points - [1, 2, 3], axis=1) - 5.0
    assert np.abs(ball(points) - expected).max() < ROUNDING


def test_sphere_mesh__slab_is_flat_between_its_corners():
    centres = np.array([[0.0, 0, 0], [20, 0, 0], [0, 20, 0]])
    net = Net.from_cells([(0, 1, 2)], 3)
    slab = net.mesh(centres, np.array([2.0, 3.0, 4.0]))
    middle = np.array([[20 / 3, 20 / 3, 10.0]])
    assert slab(middle) == pytest.approx(10.0 - 3.0, abs=ROUNDING)


def test_sphere_mesh__equals_slow_numpy(body, rng):
    points = rng.uniform(-60, 60, (400, 3))
    assert np.abs(body(points) - slow_values(body, points)).max() < ROUNDING


def test_sphere_mesh__value_does_not_depend_on_the_company(body, rng):
    points = rng.uniform(-60, 60, (100, 3))
    alone = np.concatenate([body(point[None]) for point in points])
    assert np.abs(body(points) - alone).max() < ROUNDING


def test_sphere_mesh__bounds_hold_everything_inside(body, rng):
    points = rng.uniform(-60, 60, (4000, 3))
    inside = points[body(points) < 0]
    assert len(inside) > 50
    assert (inside >= body.bounds[0]).all() and (inside <= body.bounds[1]).all()


def test_net__keeps_every_cell():
    net = Net.from_cells([(4, 2, 0), (0, 3), (1,)], 5)
    assert net.triangles.tolist() == [[4, 2, 0]]
    assert [0, 3] in net.edges.tolist() and [1, 1] in net.edges.tolist()
    assert len(net.edges) == 5


def test_net__refuses_four_balls():
    with pytest.raises(InputError, match="one, two or three balls"):
        Net.from_cells([(0, 1, 2, 3)], 4)


def test_subdivided__splits_cones_in_two_and_slabs_in_four():
    net = Net.from_cells([(0, 1, 2), (1, 2, 3), (3, 4), (5,)], 6)
    fine = net.subdivided()
    assert len(fine.triangles) == 4 * len(net.triangles)
    n_cones = sum(a != b for a, b in net.edges.tolist())
    assert len(fine.edges) == 2 * n_cones + 3 * len(net.triangles) + 1


def test_subdivided__weights_are_means():
    net = Net.from_cells([(0, 1, 2), (1, 2, 3), (2, 3, 0), (0, 1, 3), (3, 4)], 5)
    weights = net.subdivided().subdivided().weights.toarray()
    assert np.abs(weights.sum(axis=1) - 1.0).max() < ROUNDING
    assert weights.min() >= 0.0


def test_subdivided__straight_rod_stays_the_same_body(rng):
    centres = np.array([[0.0, 0, 0], [10, 0, 0], [20, 0, 0]])
    net = Net.from_cells([(0, 1), (1, 2)], 3)
    points, radii = rng.uniform(-30, 30, (200, 3)), np.full(3, 4.0)
    rod, fine = (n.mesh(centres, radii) for n in (net, net.subdivided()))
    assert np.abs(rod(points) - fine(points)).max() < ROUNDING


def test_subdivided__rounds_a_closed_net_towards_a_sphere():
    """The octahedron's corners and middles of sides come to nearly the same distance."""
    corners = np.vstack([np.eye(3), -np.eye(3)]) * 10.0
    slabs = [(a, b, c) for a in (0, 3) for b in (1, 4) for c in (2, 5)]
    net = Net.from_cells(slabs, 6).subdivided().subdivided()
    away = np.linalg.norm(net.mesh(corners, np.ones(6)).centres, axis=1)
    assert away.max() / away.min() < 1.25  # 1.73 for the flat octahedron
