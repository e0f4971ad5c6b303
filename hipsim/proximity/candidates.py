"""Which boxes of two surfaces could hold their closest points, for one chunk of poses."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hipsim.checks import Array, IntArray
from hipsim.proximity import _candidate_kernels
from hipsim.proximity.body import Body
from hipsim.proximity.overlap import inverse_poses

WORTHWHILE = 8  # poses; fewer are answered sooner than the grids are filled
LISTED = 512  # boxes of one side in one pose; beyond, the whole tree is as quick
ASKED = 1024  # boxes looked at abreast
FRONTS = 16 * ASKED  # boxes kept while the spans of poses are halved
SPANS = 64

Wanted = Literal["each", "least"]


@dataclass(frozen=True, eq=False)
class Candidates:
    """What is left to measure in each of n poses.

    Parameters
    ----------
    caps
        Distances not exceeded by what is wanted, shape (n,).
    seeds
        Triangles of a and of b, in tree order, that are near each other, shape (2, n).
    lists
        Nodes of the trees of a and of b that could hold the closest points, shape (2, n, m).
    counts
        How many they are, shape (2, n); -1 stands for the whole tree.
    """

    caps: Array
    seeds: IntArray
    lists: NDArray[np.int32]
    counts: IntArray

    @classmethod
    def everything(cls, length: int) -> "Candidates":
        """Return the whole trees as candidates."""
        return cls(
            np.full(length, np.inf),
            np.zeros((2, length), dtype=np.int64),
            np.empty((2, length, LISTED), dtype=np.int32),
            np.full((2, length), -1),
        )

    def paired(self) -> "Candidates":
        """Leave nothing of either surface where nothing of one could hold the closest points."""
        self.counts[:, (self.counts == 0).any(axis=0)] = 0
        return self


def find_candidates(a: Body, b: Body, poses: Array, wanted: Wanted = "each") -> Candidates:
    """Ask the distance grids of two bodies; poses (n, 12) take a's coordinates to b's.

    Where only the least distance of all is wanted, poses that cannot hold it have no candidates.
    """
    found = Candidates.everything(len(poses))
    if len(poses) < WORTHWHILE:
        return found
    backs = inverse_poses(poses)
    room = (
        np.empty((5, ASKED), dtype=np.int64),
        np.empty((7, 6 * ASKED)),
        np.empty(FRONTS, dtype=np.int64),
        np.empty((SPANS, 4), dtype=np.int64),
        np.zeros(4, dtype=np.int64),
    )
    _candidate_kernels.find_candidates(
        a.arrays,
        b.arrays,
        poses,
        backs,
        np.empty((2, len(poses))),
        int(wanted == "least"),
        found.caps,
        found.seeds,
        found.lists,
        found.counts,
        room,
    )
    return found.paired()
