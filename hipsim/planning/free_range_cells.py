"""Boxes of joint angles proven free, proven narrow, or cut further until they are small.

Cells of a grid of poses are halved in all three angles from ``BLOCK`` steps down to one. With c
the corners of a cell and h its half sides in radians:

- free, if the gap at the corners leaves no room for less within, by equations (1) and (3) of
  :mod:`hipsim.proximity.nearest_cells`. A gap above zero all over a cell also means that neither
  bone is inside the other anywhere in it, for none is at its corners;
- narrow, if at each corner the witness (:mod:`hipsim.planning.free_range_nodes`) is below the
  target by more than its points move on the way to the middle of the cell: every pose of the cell
  is within half a side of one corner;
- narrow, if one pair of points is nearer than the target all over the cell: its squared distance
  lies below the largest of its values at the corners plus ``sum h_j h_k rho_j rho_k``, by the
  argument of equation (3) turned upside down.

What is neither stays undecided.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.planning.free_range_nodes import BLOCK, Nodes, pair_curvature
from hipsim.proximity.nearest_cells import lowest_within

FREE, NARROW, UNDECIDED = 1, -1, 0
CORNERS = np.array(list(product((0, 1), repeat=3)))
ENDS = np.array([[0, 0, 0], [0, 0, 1]])  # of a step along rotation
PARTS = 4  # of a step along rotation where the boundary is not known to a step
AT_ONCE = 2000  # cells whose pairs are followed to all corners together
ROUNDING_MM = 1e-6  # far above rounding, far below what any scan resolves
States = NDArray[np.int8]


def subdivide(nodes: Nodes) -> States:
    """Return for every smallest cell of a grid whether it is free, narrow or undecided.

    Parameters
    ----------
    nodes
        The hip on its grid, and the target.

    Returns
    -------
    states
        ``FREE``, ``NARROW`` or ``UNDECIDED``, shape ``nodes.lattice.counts``.
    """
    states = np.zeros(nodes.lattice.counts, dtype=np.int8)
    starts = (np.arange(0, count, BLOCK) for count in nodes.lattice.counts)
    cells = np.stack(np.meshgrid(*starts, indexing="ij"), axis=-1).reshape(-1, 3)
    near, size = None, BLOCK
    while size >= 1:
        numbers = nodes.at(cells[:, None] + CORNERS * size, near, size)
        found = decide(nodes, numbers, nodes.lattice.half_spans_rad(size))
        _paint(states, cells, found, size)
        is_open = found == UNDECIDED
        cells, numbers, size = cells[is_open], numbers[is_open], size // 2
        lowest = nodes.known.value[numbers].argmin(axis=1)[:, None]
        near = np.repeat(np.take_along_axis(numbers, lowest, axis=1), len(CORNERS))
        cells = (cells[:, None] + CORNERS * size).reshape(-1, 3)
    return states


def along_rotation(nodes: Nodes, states: States) -> States:
    """Return the same for short steps of rotation along the lines through the nodes.

    A step of the grid is the common edge of four cells, proven if one of them is. Where none is,
    its two ends are nodes already known, and along an edge alone the proofs reach farther than in
    a cell: the boundary is known to about a step, where the cells it slants through leave several
    undecided. Where it is not, the steps are cut in ``PARTS`` and their ends asked for.

    Parameters
    ----------
    nodes
        The hip on its grid after :func:`subdivide`.
    states
        What that returned, shape (k, l, m).

    Returns
    -------
    states
        Shape (k + 1, l + 1, PARTS * m).
    """
    whole = np.pad(states, ((1, 1), (1, 1), (0, 0)))
    parts = slice(None, -1), slice(1, None)
    around = [whole[i, j] for i in parts for j in parts]
    lines = np.where(np.max(around, axis=0) == FREE, FREE, np.min(around, axis=0)).astype(np.int8)
    steps = np.argwhere(lines == UNDECIDED)
    ends = nodes.at(steps[:, None] + ENDS, None, 1)
    half = nodes.lattice.half_spans_rad(1) * [0.0, 0.0, 1.0]
    lines[tuple(steps.T)] = decide(nodes, ends, half)
    is_left = lines[tuple(steps.T)] == UNDECIDED
    is_long = is_left & _has_neighbour(lines)[tuple(steps.T)]
    fine = np.repeat(lines, PARTS, axis=2)
    if is_long.any():
        fine.reshape(*lines.shape, PARTS)[tuple(steps[is_long].T)] = _cut(
            nodes, steps[is_long], ends[is_long], half / PARTS
        )
    return fine


def _has_neighbour(lines: States) -> BoolArray:
    """Mark the steps with an undecided one before or after them on their line."""
    is_open = np.pad(lines == UNDECIDED, ((0, 0), (0, 0), (1, 1)))
    return is_open[:, :, :-2] | is_open[:, :, 2:]


def _cut(nodes: Nodes, steps: IntArray, ends: IntArray, half: Array) -> States:
    """Return what is proven of the parts of steps (n, 3) with known ends (n, 2), (n, PARTS)."""
    inner = steps[:, None] + np.outer(np.arange(1, PARTS) / PARTS, [0.0, 0.0, 1.0])
    between = nodes.between(inner.reshape(-1, 3), np.repeat(ends[:, 0], PARTS - 1))
    chain = np.column_stack([ends[:, :1], between.reshape(len(steps), -1), ends[:, 1:]])
    pairs = np.stack([chain[:, :-1], chain[:, 1:]], axis=2).reshape(-1, 2)
    return decide(nodes, pairs, half).reshape(len(steps), PARTS)


def decide(nodes: Nodes, numbers: IntArray, half: Array) -> States:
    """Return what is proven of cells whose corners have given numbers (n, c).

    ``half`` are the half sides in radians (3,), zero where the cells have no extent.
    """
    known, target = nodes.known, nodes.target_mm
    values = known.value[numbers]
    least = np.where(known.is_gap[numbers], values, 0.0).min(axis=1)
    sides = np.broadcast_to(np.diag(half), (len(least), 3, 3))
    is_free = lowest_within(least, sides, *nodes.reaches) >= target + ROUNDING_MM
    is_narrow = (values + known.rates[numbers] @ half).max(axis=1) < target - ROUNDING_MM
    doubtful = np.flatnonzero(~is_free & ~is_narrow & (least < target))
    for part in np.array_split(doubtful, 1 + len(doubtful) // AT_ONCE):
        is_narrow[part] = _has_near_pair(nodes, numbers[part], half)
    return np.where(is_free, FREE, np.where(is_narrow, NARROW, UNDECIDED)).astype(np.int8)


def _has_near_pair(nodes: Nodes, numbers: IntArray, half: Array) -> BoolArray:
    """Mark the cells all over which a pair of points of one of the corners is nearer than asked."""
    pairs = nodes.known[numbers.ravel()]
    n, c = numbers.shape
    forth = nodes.transforms(pairs.index).reshape(n, c, 4, 4)
    moved = np.einsum("njab,ncb->njca", forth[..., :3, :3], pairs.point_a.reshape(n, c, 3))
    apart = moved + forth[:, :, None, :3, 3] - pairs.point_b.reshape(n, 1, c, 3)
    square = (apart**2).sum(axis=3).max(axis=1)
    excess = np.einsum("j,k,mjk->m", half, half, pair_curvature(nodes.turning, pairs))
    limit = max(nodes.target_mm - ROUNDING_MM, 0.0) ** 2
    return (square + excess.reshape(n, c) < limit).any(axis=1)


def _paint(states: States, cells: IntArray, found: States, size: int) -> None:
    """Write what was found of cells of a size into the smallest cells."""
    steps = np.arange(size)
    inner = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    is_settled = found != UNDECIDED
    for offset in inner:
        states[tuple((cells[is_settled] + offset).T)] = found[is_settled]
