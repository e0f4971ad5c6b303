"""How near each point of a surface comes to a body over a whole motion: the impingement map.

For every point the least signed distance (negative inside the body), the pose that has it, and
the share of the motion spent below a level. A point's distance changes by no more than the way it
goes, and differs from its neighbour's by no more than the way between them, so most poses need no
look (``_field_kernels``); what is returned is as exact as if each had been measured.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hipsim.checks import Array, IntArray, as_array, as_number, as_points, as_transforms
from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.proximity import _field_kernels
from hipsim.proximity.chunks import run_chunks
from hipsim.proximity.solid import make_solid
from hipsim.proximity.tree import make_tree


@dataclass(frozen=True, eq=False)
class LeastDistances:
    """How near each of m points comes to a body over n poses.

    Parameters
    ----------
    distance_mm
        Least signed distance of each point, negative inside the body, shape (m,).
    pose_index
        The first pose that has it, shape (m,).
    share_below
        Weight of the poses and steps below the level, shape (m,); zero without weights.
    """

    distance_mm: Array
    pose_index: IntArray
    share_below: Array


class DistanceField:
    """Least distances of points to one body over motions; its search tree is built once.

    Parameters
    ----------
    body
        Closed surface, outward, mm.

    Raises
    ------
    InputError
        If the body is not a mesh.
    MeshError
        If it is open, or turned inside out.

    References
    ----------
    Baerentzen, Aanaes, Signed distance computation using the angle weighted pseudonormal,
    IEEE TVCG 11:243-253, 2005, doi 10.1109/TVCG.2005.49.

    Examples
    --------
    A point that passes a corner at the origin, nearest in the middle; the way from the first
    pose to the second is below 1.5 mm from its half on:

    >>> body = Mesh(-np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])
    >>> from hipsim.geometry import rigid
    >>> poses = np.stack([rigid.translation([x, 0, 0]) for x in (2.0, 1.0, 2.0)])
    >>> found = DistanceField(body)([[0, 0, 0]], poses, level_mm=1.5, step_weights=[0.5, 0.5])
    >>> found.distance_mm.tolist(), found.pose_index.tolist(), found.share_below.tolist()
    ([1.0], [1], [0.5])
    """

    def __init__(self, body: Mesh) -> None:
        if not isinstance(body, Mesh):
            raise InputError(f"body must be a Mesh, got {type(body).__name__}")
        self._solid = make_solid(body, make_tree(body, body.bounds.mean(axis=0)), name="body")

    def __repr__(self) -> str:
        return f"<DistanceField of {len(self._solid.tree.faces)} faces>"

    def __call__(
        self,
        points: ArrayLike,
        transforms: ArrayLike,
        *,
        level_mm: float | None = None,
        pose_weights: ArrayLike | None = None,
        step_weights: ArrayLike | None = None,
        n_threads: int | None = None,
    ) -> LeastDistances:
        """Find the least distance of every point over the poses.

        Parameters
        ----------
        points
            In their own frame, mm, shape (m, 3); answered faster if neighbours follow each other.
        transforms
            ``body_from_points``, shape (n, 4, 4), rigid, mm.
        level_mm
            Distance below which a pose counts; none counts if not given.
        pose_weights, step_weights
            What a pose counts, shape (n,), and what the step to the next one counts by the part
            of it below the level, shape (n - 1,); zero if not given.
        n_threads
            How many threads to use; all processors this process may use if not given.

        Raises
        ------
        InputError
            If there is no point or pose, shapes do not match, a number is not finite, a transform
            is not rigid, a weight is negative, or ``n_threads`` is not a whole number above zero.
        """
        at, moves = as_points(points), as_transforms(transforms)
        if len(at) == 0 or len(moves) == 0:
            raise InputError(f"needs a point and a pose, got {len(at)} and {len(moves)}")
        centre = at.mean(axis=0)
        poses = _as_poses(moves, centre, self._solid.tree.centre)
        weights = _as_weights(pose_weights, step_weights, len(poses))
        level = -np.inf if level_mm is None else as_number(level_mm, name="level_mm", unit="mm")
        least, pose, share = np.empty(len(at)), np.empty(len(at), dtype=np.int64), np.empty(len(at))
        at = at - centre

        def fill(part: slice) -> None:
            solid = self._solid.tree.arrays, self._solid.normals
            room = np.empty(128, dtype=np.int64), np.empty(128), np.empty(3)
            found = least[part], pose[part], share[part], np.empty((len(poses), 2)), room
            _field_kernels.find_minima(*solid, at[part], poses, level, weights, *found)

        run_chunks(fill, len(at), n_threads)
        return LeastDistances(least, pose, share)


def nearby_order(mesh: Mesh) -> IntArray:
    """Return the vertices of a mesh so that neighbours in space follow each other.

    Examples
    --------
    >>> nearby_order(Mesh(np.eye(3), [[2, 0, 1]])).tolist()
    [2, 0, 1]
    """
    listed = mesh.faces[make_tree(mesh, mesh.bounds.mean(axis=0)).faces].ravel()
    used, first = np.unique(listed, return_index=True)
    return used[np.argsort(first)]


def _as_poses(transforms: Array, centre: Array, body_centre: Array) -> Array:
    """Return the poses (n, 12) the kernel takes, between coordinates relative to the centres."""
    rotation = transforms[:, :3, :3]
    shift = transforms[:, :3, 3] + rotation @ centre - body_centre
    return np.concatenate([rotation.reshape(-1, 9), shift], axis=1)


def _as_weights(poses: ArrayLike | None, steps: ArrayLike | None, n_poses: int) -> Array:
    """Return the weights of n poses, then of the steps between them, (2 n - 1,), or raise."""
    given = zip(
        (poses, steps), ("pose_weights", "step_weights"), (n_poses, n_poses - 1), strict=True
    )
    rows = [
        np.zeros(n) if row is None else as_array(row, (n,), name=name) for row, name, n in given
    ]
    weights: Array = np.concatenate(rows)
    if (weights < 0.0).any():
        raise InputError(f"weights must not be negative, got {weights.min():g}")
    return weights
