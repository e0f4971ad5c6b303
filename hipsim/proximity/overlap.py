"""Which poses overlap, and how deep; turns the plain distances of a sweep into signed ones."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.proximity import _depth_kernels
from hipsim.proximity.body import Body
from hipsim.proximity.solid import Solid
from hipsim.proximity.tree import BoxTree

KINDS = np.array(["gap", "depth", "contact"])
_, DEPTH, CONTACT = range(3)

Depths = Literal["measured", "unmeasured"]


@dataclass(frozen=True, eq=False)
class Answers:
    """Arrays the kernels fill, one row per pose, in the coordinates of the trees.

    Parameters
    ----------
    distance
        Shape (n,), mm.
    points
        Point of a, then point of b, shape (n, 6), relative to the centre of b.
    pairs
        Triangle of a and triangle of b in tree order, shape (n, 2).
    kind
        Index into ``KINDS``, shape (n,).
    """

    distance: Array
    points: Array
    pairs: IntArray
    kind: NDArray[np.int8]

    @classmethod
    def empty(cls, length: int) -> "Answers":
        """Return room for a number of poses, every kind a gap."""
        return cls(
            np.empty(length),
            np.empty((length, 6)),
            np.empty((length, 2), dtype=np.int64),
            np.zeros(length, dtype=np.int8),
        )

    def __getitem__(self, part: slice) -> "Answers":
        return Answers(self.distance[part], self.points[part], self.pairs[part], self.kind[part])


def add_overlap(
    a: Body, b: Body, poses: Array, answers: Answers, *, depths: Depths = "measured"
) -> None:
    """Replace the distances of overlapping poses by minus the depth of overlap.

    Parameters
    ----------
    a, b
        The two sides.
    poses
        Coordinates of b from coordinates of a, shape (n, 12).
    answers
        Distances and closest points of the sweep; overwritten where the bodies overlap.
    depths
        ``"unmeasured"`` leaves overlap at 0 mm, of kind ``contact``.
    """
    is_met = answers.distance == 0.0
    if a.solid is None and b.solid is None:
        answers.kind[is_met] = CONTACT
        return
    overlaps, (apart,) = is_met.copy(), np.nonzero(~is_met)
    backs = inverse_poses(poses[apart])
    if b.solid is not None:
        overlaps[apart] |= _is_inside(b.solid, answers.points[apart, :3])
        overlaps[apart] |= _has_piece_inside(a, b.solid, poses[apart])
    if a.solid is not None:
        overlaps[apart] |= _is_inside(a.solid, _moved(backs, answers.points[apart, 3:]))
        overlaps[apart] |= _has_piece_inside(b, a.solid, backs)
    (where,) = np.nonzero(overlaps)
    if len(where) == 0:
        return
    answers.distance[where] = 0.0
    if depths == "unmeasured":
        answers.kind[where] = CONTACT
        return
    answers.kind[where] = DEPTH
    _deepen(a.tree, b, poses[where], answers, where, side=0)
    _deepen(b.tree, a, inverse_poses(poses[where]), answers, where, side=1)


def _is_inside(solid: Solid, points: Array) -> BoolArray:
    """Mark the points (n, 3), in the solid's coordinates, that lie inside it."""
    is_inside = np.empty(len(points), dtype=np.bool_)
    points = np.ascontiguousarray(points)
    _depth_kernels.find_inside(solid.tree.arrays, solid.normals, points, is_inside, 0, _room())
    return is_inside


def _has_piece_inside(body: Body, solid: Solid, poses: Array) -> BoolArray:
    """Mark the poses (n, 12) in which a whole piece of a surface lies inside a solid.

    The closest points tell for a surface in one piece; of several, one may be deep inside while
    another is near.
    """
    found = np.zeros(len(poses), dtype=np.bool_)
    if len(body.pieces) > 1:
        for piece in body.pieces:
            found |= _is_inside(solid, _moved(poses, np.tile(piece, (len(poses), 1))))
    return found


def _deepen(
    tree: BoxTree, other: Body, poses: Array, answers: Answers, where: IntArray, *, side: int
) -> None:
    """Overwrite answers[where] by the deepest vertex of one side's tree in the other's solid.

    Only where that is deeper than what is known. ``poses`` take the tree into the solid's frame;
    ``side`` is 0 for the vertices of a, 1 for those of b.
    """
    if other.solid is None:
        return
    known = -answers.distance[where]
    depth, points, pairs = known.copy(), np.empty((len(where), 6)), answers.pairs[where]
    room = np.empty((256, 2), dtype=np.int64), np.empty(256), _room()
    solid = other.solid
    _depth_kernels.find_deepest(
        tree.arrays, solid.tree.arrays, solid.normals, poses, depth, points, pairs, *room
    )
    is_deeper = depth > known
    rows, points, pairs = where[is_deeper], points[is_deeper], pairs[is_deeper]
    if other.tree is not solid.tree:
        pairs[:, 1] = _nearest(other.tree, points[:, 3:])
    if side == 1:
        forth = inverse_poses(poses[is_deeper])
        points = np.concatenate([_moved(forth, points[:, 3:]), _moved(forth, points[:, :3])], 1)
        pairs = pairs[:, ::-1]
    answers.distance[rows] = -depth[is_deeper]
    answers.points[rows], answers.pairs[rows] = points, pairs


def _nearest(tree: BoxTree, points: Array) -> IntArray:
    """Return the triangles nearest to points (n, 3), in tree order."""
    nearest = np.empty(len(points), dtype=np.int64)
    _depth_kernels.find_nearest(tree.arrays, np.ascontiguousarray(points), nearest, 0, _room())
    return nearest


def inverse_poses(poses: Array) -> Array:
    """Invert poses (n, 12)."""
    rotation = poses[:, :9].reshape(-1, 3, 3)
    shift = -np.einsum("nji,nj->ni", rotation, poses[:, 9:])
    return np.concatenate([rotation.transpose(0, 2, 1).reshape(-1, 9), shift], axis=1)


def _moved(poses: Array, points: Array) -> Array:
    """Move each point (n, 3) by its pose (n, 12)."""
    return np.einsum("nij,nj->ni", poses[:, :9].reshape(-1, 3, 3), points) + poses[:, 9:]


def _room() -> tuple[IntArray, Array, Array]:
    """Return what a walk to the nearest triangle needs to work in."""
    return np.empty(128, dtype=np.int64), np.empty(128), np.empty(3)
