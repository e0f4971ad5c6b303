"""Named anatomical points that steer a virtual bone, and the smooth warp they define.

The node tables are written for the mean woman. Any other hip is reached by moving points that
anatomy names (head, sections of the shaft, apex of the lesser trochanter, spines, tuberosity) to
where the parameters and the published means put them; the nodes follow by a smooth interpolation
of these displacements (radial basis functions with phi(r) = r and an affine part), their radii by
the mean of its local stretch. The warp of the mean woman is the identity.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import RBFInterpolator

from hipsim.anatomy.virtual_femur_handles import (
    Handles,
    femoral_handles,
    femoral_points,
    lesser_trochanter_azimuth_deg,
)
from hipsim.anatomy.virtual_pelvis_handles import acetabular_axis, pelvic_handles
from hipsim.checks import Array

__all__ = [
    "FixedWarp",
    "Handles",
    "Warp",
    "acetabular_axis",
    "femoral_handles",
    "femoral_points",
    "lesser_trochanter_azimuth_deg",
    "pelvic_handles",
]

SMOOTHING = 3.0  # mm; named points scatter by 2 mm between observers and need not be met exactly
RADIUS_STEPS = np.vstack([np.eye(3), -np.eye(3)])


@dataclass(frozen=True, eq=False)
class Warp:
    """A smooth deformation that takes one set of named points to another."""

    interpolator: RBFInterpolator

    @classmethod
    def between(cls, source: Handles, target: Handles) -> "Warp":
        """Return the warp that takes each source point to the target point of the same name."""
        start = np.stack(list(source.values()))
        shift = np.stack([target[name] for name in source]) - start
        return cls(RBFInterpolator(start, shift, kernel="linear", degree=1, smoothing=SMOOTHING))

    def __call__(self, points: Array) -> Array:
        """Move points (n, 3)."""
        return points + self.interpolator(points)

    def balls(self, centres: Array, radii: Array) -> tuple[Array, Array]:
        """Move balls; a radius follows the mean stretch of its six axial radii."""
        moved = self(centres)
        ends = centres[:, None] + radii[:, None, None] * RADIUS_STEPS
        stretched = self(ends.reshape(-1, 3)).reshape(ends.shape) - moved[:, None]
        return moved, np.linalg.norm(stretched, axis=2).mean(axis=1)


@dataclass(frozen=True, eq=False)
class FixedWarp:
    """Warps of the same balls from the same source: linear in the target, hence one matrix.

    Attributes
    ----------
    start
        The source points, shape (n, 3), mm.
    rest
        Centres, then the ends of the six axial radii of each ball, shape (7 k, 3), mm.
    by_shift
        How far each of these goes with the shift of each source point, shape (7 k, n).
    """

    start: Array
    rest: Array
    by_shift: Array

    @classmethod
    def of(cls, source: Handles, centres: Array, radii: Array) -> "FixedWarp":
        """Prepare the warps of balls (k, 3), (k,) from some source points."""
        start = np.stack(list(source.values()))
        ends = centres[:, None] + radii[:, None, None] * RADIUS_STEPS
        rest = np.concatenate([centres, ends.reshape(-1, 3)])
        each = np.eye(len(start))
        one = RBFInterpolator(start, each, kernel="linear", degree=1, smoothing=SMOOTHING)
        return cls(start, rest, one(rest))

    def balls(self, target: Array) -> tuple[Array, Array]:
        """Return centres (k, 3) and radii (k,) for target points (n, 3), as :meth:`Warp.balls`."""
        moved = self.rest + self.by_shift @ (target - self.start)
        count = len(moved) // (1 + len(RADIUS_STEPS))
        centres = moved[:count]
        stretched = moved[count:].reshape(count, -1, 3) - centres[:, None]
        return centres, np.sqrt((stretched**2).sum(axis=2)).mean(axis=1)
