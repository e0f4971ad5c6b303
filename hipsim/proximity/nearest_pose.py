"""Only the smallest distance over many poses: poses that cannot hold it are never evaluated.

Between two poses the distance changes by no more than the farthest point of surface a moves
(overlap of closed surfaces in one piece included), and no point of a moves farther than some corner
of a box around it, because displacement is a convex function of the point. So every pose that has
been evaluated bounds all others from below; what lies above the smallest distance so far is
skipped. The rounds go from the most promising poses to the doubtful ones, each in one call, so
that the compiled sweep and all threads have something to do. The answer is the same as if every
pose had been evaluated.
"""

from collections.abc import Callable

import numpy as np

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.geometry import rigid

FIRST_STRIDE = 16  # poses between those of the first round
MOST_PER_ROUND = 64
ROUNDING_MM = 1e-9  # float64 at a few hundred mm, with room


def find_nearest_pose(
    distances_of: Callable[[Array], Array], transforms: Array, corners: Array
) -> int:
    """Return the index of the pose with the smallest distance; the first of equals.

    Parameters
    ----------
    distances_of
        Called with transforms (k, 4, 4), returns their distances in mm, shape (k,).
    transforms
        Rigid, shape (n, 4, 4) with n >= 1, mm.
    corners
        Corners of a box around the moving surface, in its own frame, shape (8, 3).

    Raises
    ------
    InputError
        If there is no pose.

    Examples
    --------
    A point that moves along X towards the plane x = 5:

    >>> shifts = np.stack([rigid.translation([x, 0, 0]) for x in range(5)])
    >>> find_nearest_pose(lambda part: 5.0 - part[:, 0, 3], shifts, np.zeros((8, 3)))
    4
    """
    if len(transforms) == 0:
        raise InputError("the nearest pose of no poses was asked for; give at least one")
    moved = rigid.apply(transforms, corners)
    known = np.full(len(transforms), np.inf)
    lowest = np.full(len(transforms), -np.inf)
    asked = np.unique(np.append(np.arange(0, len(transforms), FIRST_STRIDE), len(transforms) - 1))
    while len(asked):
        known[asked] = distances_of(transforms[asked])
        for pose in asked:
            travel = np.linalg.norm(moved - moved[pose], axis=2).max(axis=1)
            np.maximum(lowest, known[pose] - travel - ROUNDING_MM, out=lowest)
        open_poses = np.flatnonzero(np.isinf(known) & (lowest <= known.min()))
        asked = _next_round(open_poses, lowest)
    return int(known.argmin())


def _next_round(open_poses: np.ndarray, lowest: Array) -> np.ndarray:
    """Choose from the poses still in question: spread out, the most promising of each stretch."""
    if len(open_poses) == 0:
        return open_poses
    n_parts = max(1, min(MOST_PER_ROUND, len(open_poses) // 4))
    parts = np.array_split(open_poses, n_parts)
    return np.array([part[lowest[part].argmin()] for part in parts])
