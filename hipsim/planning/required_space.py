"""How much space each point of a femur has over whole motions, and which points have too little.

For a point x of the femur let ``f(x)`` be its least distance to the pelvic region over all poses of
a motion. Seen from the femur the pelvic region sweeps a body, and f is the distance to that body.
Bone with f below the target must go, and bone with f above it may stay: where that is so of all
bone, the clearance reaches the target. So ``f = target`` is the surface the least resection leaves.

f is asked of finitely many poses and contoured through finitely many nodes, which makes it a little
too large between poses and a little wrong between nodes. Both errors are small (with poses half a
degree and nodes half a millimetre apart about 0.01 mm for targets of some mm) and bounded (f
changes by no more than a point moves). The level contoured lies above the target by a margin that
covers them, and whether it did is certified on the operated femur; see
:mod:`hipsim.planning.required_resection`.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, IntArray
from hipsim.kinematics.motion import Motion
from hipsim.planning.continuous import Track, turning_of
from hipsim.planning.targets import Target
from hipsim.proximity.field import DistanceField
from hipsim.proximity.turning import AngleRange

STEP_DEG = 0.5  # between poses, all three angles together
MOST_POSES = 4000  # of a box of angles, which then takes longer steps


@dataclass(frozen=True, eq=False)
class Space:
    """Least distances of points of a femur to a pelvic region over one motion.

    Parameters
    ----------
    field
        Distances to the pelvic region, a closed body.
    transforms
        ``pelvis_from_femur``, scan to scan, densely along the motion, shape (n, 4, 4).
    """

    field: DistanceField
    transforms: Array

    def with_pose(self, hip: Hip, motion: Motion, pose_deg: dict[str, float]) -> "Space":
        """Return the space that looks at one more pose of the motion."""
        angles = np.array([list(pose_deg.values())]) + [motion.pelvic_tilt_deg, 0.0, 0.0]
        more = turning_of(hip, motion).transforms(angles)
        return Space(self.field, np.concatenate([self.transforms, more]))

    def distances_mm(self, points: Array) -> Array:
        """Return the least distance of points (m, 3), scan frame, negative inside, shape (m,)."""
        if len(points) == 0:
            return np.empty(0)
        return self.field(points, self.transforms).distance_mm


def make_spaces(hip: Hip, targets: tuple[Target, ...]) -> list[Space]:
    """Return the space of each target's motion, every body of the pelvis prepared once."""
    regions = dict.fromkeys(target.pelvic_region for target in targets)
    fields = {name: DistanceField(hip.pelvic_body(name).mesh) for name in regions}
    return [Space(fields[one.pelvic_region], dense_transforms(hip, one.motion)) for one in targets]


def dense_transforms(hip: Hip, motion: Motion, step_deg: float = STEP_DEG) -> Array:
    """Return where a femur lies along a continuous motion, densely, shape (n, 4, 4).

    Parameters
    ----------
    hip
        The hip.
    motion
        A path, whose angles change linearly between its poses, or a grid: the box it spans.
    step_deg
        Largest change between neighbours, the three angles together. A box whose poses would
        be too many takes longer steps.

    Examples
    --------
    >>> from hipsim.io import load_hip
    >>> from hipsim.kinematics.arcs import arc
    >>> len(dense_transforms(load_hip("woman"), arc(flexion_deg=(0, -10))))
    21
    """
    range_ = Track.of(motion).range_
    turns = np.abs(range_.spans_deg).sum(axis=2)  # (k, m)
    while _counts(turns, step_deg).prod(axis=1).sum() > MOST_POSES and range_.n_sides > 1:
        step_deg *= 1.2
    places = [_places(row) for row in _counts(turns, step_deg)]
    pieces = np.repeat(np.arange(len(places)), [len(rows) for rows in places])
    return turning_of(hip, motion).transforms(range_angles(range_, pieces, np.concatenate(places)))


def range_angles(range_: AngleRange, pieces: IntArray, places: Array) -> Array:
    """Return the angles at places, without those that repeat the one before."""
    angles = range_.angles_deg(pieces, places)
    is_new = np.append(True, (np.diff(angles, axis=0) != 0.0).any(axis=1))
    kept: Array = angles[is_new]
    return kept


def _counts(turns: Array, step_deg: float) -> IntArray:
    """Return how many poses divide each side of each piece."""
    counts: IntArray = np.ceil(turns / step_deg - 1e-9).astype(np.int64) + 1
    return counts


def _places(counts: IntArray) -> Array:
    """Return places (n, m) that divide the sides of a piece evenly, neighbours one by one."""
    axes = [np.linspace(0.0, 1.0, n) if n > 1 else np.zeros(1) for n in counts.tolist()]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    if len(axes) > 1:  # to and fro, so that neighbours are near
        places[1::2] = places[1::2, ::-1].copy()
        rows = places.reshape(-1, len(axes[-1]), len(axes))
        rows[1::2] = rows[1::2, ::-1].copy()
    return places.reshape(-1, len(axes))
