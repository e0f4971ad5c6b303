"""Which boxes of two surfaces could hold their closest points, for one chunk of poses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hipsim.checks import Array, IntArray
from hipsim.proximity import _grid_kernels
from hipsim.proximity.body import Body
from hipsim.proximity.overlap import inverse_poses

WORTHWHILE = 8  # poses; fewer are answered sooner than the grids are filled
LISTED = 128  # boxes of one side in one pose; beyond, the whole tree is as quick
ASKED = 512  # boxes looked at abreast


@dataclass(frozen=True, eq=False)
class Candidates:
    """What is left to measure in each of n poses.

    Parameters
    ----------
    seeds
        Triangles of a and b, in tree order, that are near each other, shape (n, 2).
    lists
        Nodes of the trees of a and of b that could hold the closest points, shape (n, 2, m).
    counts
        How many they are, shape (n, 2); -1 stands for the whole tree.
    """

    seeds: IntArray
    lists: NDArray[np.int32]
    counts: IntArray


def find_candidates(a: Body, b: Body, poses: Array) -> Candidates:
    """Ask the distance grids of two bodies; poses (n, 12) take a's coordinates to b's."""
    n = len(poses)
    found = Candidates(
        np.zeros((n, 2), dtype=np.int64),
        np.empty((n, 2, LISTED), dtype=np.int32),
        np.full((n, 2), -1),
    )
    if n < WORTHWHILE:
        return found
    backs = inverse_poses(poses)
    ways = np.stack([_ways(a, poses), _ways(b, backs)], axis=1)
    states = np.zeros(len(a.tree.links)), np.zeros(len(b.tree.links))
    room = np.empty((5, ASKED), dtype=np.int64), np.empty((6, 6 * ASKED))
    _grid_kernels.find_candidates(
        a.arrays,
        b.arrays,
        poses,
        backs,
        ways,
        found.seeds,
        found.lists,
        found.counts,
        states,
        room,
    )
    return found


def _ways(body: Body, poses: Array) -> Array:
    """Return how far points of a body have moved at most since the first pose, shape (n,)."""
    moves = np.diff(poses, axis=0)
    shifts = body.corners @ moves[:, :9].reshape(-1, 3, 3).transpose(0, 2, 1) + moves[:, None, 9:]
    steps = np.sqrt((shifts**2).sum(axis=2).max(axis=1))
    return np.concatenate([[0.0], steps.cumsum()])
