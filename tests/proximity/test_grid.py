import numpy as np
import oracles
import pytest
from bodies import blob, path

from hipsim.geometry import Mesh
from hipsim.proximity import DistanceQuery
from hipsim.proximity.grid import LEVELS, MARGIN, make_grid
from hipsim.proximity.tree import make_tree

ROUNDED = 1e-6  # share by which single precision may lie below


def node_places(grid, level: int) -> tuple[np.ndarray, np.ndarray]:
    """Return positions and values of the nodes of a level that were asked for."""
    per_row, per_layer, start = grid.steps[1 + 3 * level : 4 + 3 * level]
    end = grid.steps[6 + 3 * level] if level + 1 < LEVELS else len(grid.values)
    (asked,) = np.nonzero(grid.values[start:end])
    index = np.stack([asked % per_row, asked % per_layer // per_row, asked // per_layer], axis=1)
    frame = grid.frame[9 * level : 9 * level + 9]
    return frame[:3] + frame[3] * index, grid.values[start:end][asked]


def test_grid__holds_squared_distances_rounded_down(rng):
    query = DistanceQuery(blob(rng, 2), blob(rng, 2))
    query(path(rng, 200, reach_mm=60.0))
    body, n_checked = query._b, 0
    triangles = body.tree.corners.reshape(-1, 3, 3)
    for level in range(LEVELS):
        points, values = node_places(body.grid, level)
        for point, value in zip(points[::97], values[::97], strict=True):
            square = oracles.triangle_distances(np.tile(point, (1, 3, 1)), triangles).min() ** 2
            assert square * (1 - ROUNDED) <= value <= square
            n_checked += 1
    assert n_checked > 20


def test_grid__reaches_beyond_the_surface_at_every_level(rng):
    tree = make_tree(blob(rng, 2), np.zeros(3))
    grid = make_grid(tree)
    points = tree.corners.reshape(-1, 3)
    for frame in grid.frame[:-1].reshape(LEVELS, 9):
        first, spacing, cells = frame[:3], frame[3], frame[6:9]
        assert (points.min(axis=0) - first >= (MARGIN - 1e-3) * spacing).all()
        assert (first + cells * spacing - points.max(axis=0) >= (MARGIN - 1e-3) * spacing).all()
        assert frame[5] == pytest.approx((MARGIN * spacing) ** 2, rel=1e-5)


@pytest.mark.parametrize("size_mm", [0.0, 1e-3, 1.0, 100.0, 1e4])
def test_make_grid__takes_no_more_room_for_large_bodies(size_mm):
    mesh = Mesh(size_mm * np.vstack([np.zeros(3), np.eye(3)]), [[0, 1, 2], [1, 2, 3]])
    assert make_grid(make_tree(mesh, np.zeros(3))).values.nbytes < 20e6
