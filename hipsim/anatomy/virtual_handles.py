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
    lesser_trochanter_azimuth_deg,
)
from hipsim.anatomy.virtual_pelvis_handles import acetabular_axis, pelvic_handles
from hipsim.checks import Array

__all__ = [
    "Handles",
    "Warp",
    "acetabular_axis",
    "femoral_handles",
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
