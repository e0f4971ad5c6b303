"""The grid of joint angles and the witnesses at its nodes."""

import numpy as np
import pytest
from phantom import phantom_hip

from hipsim.kinematics import pelvis_from_femur
from hipsim.kinematics.arcs import neutral
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.free_range_cells import CORNERS, FREE, NARROW, decide, subdivide
from hipsim.planning.free_range_nodes import BLOCK, Lattice, Nodes

ROUNDING = 1e-9  # mm
REGIONS = "extracapsular", "ischium"
RANGES = [(0, -20), (-10, 10), (-40, 0)]


def nodes_of(target=2.0, resolution=2.5) -> Nodes:
    lattice = Lattice.over(RANGES, resolution)
    return Nodes(phantom_hip(gap_mm=12.0), neutral(), lattice, REGIONS, target)


def clearance_at(index, lattice) -> np.ndarray:
    """Return the clearance at nodes (n, 3)."""
    flexion, adduction, rotation = lattice.angles_deg(index).T
    n = len(index)
    motion = neutral().evolved(
        flexion_deg=flexion,
        adduction_deg=adduction,
        rotation_deg=rotation,
        progress=np.arange(n),
        segments=("nodes",) * n,
        shape=(),
        grid_index=None,
    )
    return ClearanceQuery(phantom_hip(gap_mm=12.0))(motion).distance_mm


def test_lattice__covers_its_ranges_in_steps_no_larger_than_asked():
    lattice = Lattice.over([(0, -40), (-30, 31), (-60, 60)], 0.5)
    assert (lattice.counts % BLOCK == 0).all()
    assert (np.abs(lattice.steps_deg) <= 0.5 + 1e-12).all()
    for axis, ends in enumerate([(0, -40), (-30, 31), (-60, 60)]):
        assert lattice.edges_deg(axis)[[0, -1]] == pytest.approx(ends)


def test_nodes__put_the_femur_where_the_motion_does():
    nodes = nodes_of()
    index = np.array([[0, 0, 0], [3, 5, 2]])
    flexion, adduction, rotation = nodes.lattice.angles_deg(index).T
    for k in range(2):
        pose = neutral().evolved(
            flexion_deg=flexion[[k]], adduction_deg=adduction[[k]], rotation_deg=rotation[[k]]
        )
        there = pelvis_from_femur(phantom_hip(gap_mm=12.0), pose)
        assert nodes.transforms(index[[k]]) == pytest.approx(there, abs=ROUNDING)


@pytest.mark.parametrize("target", [0.0, 2.0])
def test_witnesses__are_upper_bounds_and_gaps_are_exact(target):
    nodes = nodes_of(target)
    subdivide(nodes)
    known = nodes.known
    values = clearance_at(known.index, nodes.lattice)
    assert (known.value >= values - ROUNDING).all()
    assert known.value[known.is_gap] == pytest.approx(values[known.is_gap], abs=ROUNDING)
    lent = ~known.is_gap
    assert lent.any() and (values[lent] < target + ROUNDING).all()


def test_nodes__are_asked_once():
    nodes = nodes_of()
    index = (np.zeros((1, 1, 3), dtype=np.int64) + CORNERS * BLOCK).reshape(1, 8, 3)
    first = nodes.at(index, None, BLOCK)
    spent = nodes.evaluations
    assert np.array_equal(nodes.at(index, None, BLOCK), first) and nodes.evaluations == spent == 8


def test_decide__is_right_of_every_cell_of_every_size(rng):
    nodes = nodes_of(resolution=1.25)
    lattice, seen = nodes.lattice, set()
    for size in (8, 4, 2, 1):
        low = size * rng.integers(0, lattice.counts // size, (60, 3))
        numbers = nodes.at(low[:, None] + CORNERS * size, None, size)
        found = decide(nodes, numbers, lattice.half_spans_rad(size))
        seen |= set(found.tolist())
        within = low[:, None] + size * rng.uniform(0, 1, (len(low), 20, 3))
        values = clearance_at(within.reshape(-1, 3), lattice).reshape(len(low), 20)
        assert (values[found == FREE] >= nodes.target_mm).all()
        assert (values[found == NARROW] < nodes.target_mm).all()
    assert {FREE, NARROW} <= seen
