"""One subject of a cohort: from a shape to its clearance in every pose, without writing a mesh.

A worker holds what all subjects of a sex share: how the nodes of both bones follow a shape, the two
regions as closed bodies of fixed faces, the search trees to be fitted anew. What it returns depends
on the subject and the question only, so that any number of workers gives the same numbers.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hipsim.anatomy import frames
from hipsim.anatomy.landmarks import LANDMARK_NAMES, Landmarks
from hipsim.anatomy.virtual_shape import HipShape, Sex
from hipsim.anatomy.virtual_template import (
    FemoralFit,
    PelvicFit,
    femoral_template,
    pelvic_template,
)
from hipsim.anatomy.virtual_template_regions import (
    MovingRegion,
    femoral_region,
    pelvic_region,
)
from hipsim.checks import Array
from hipsim.errors import HipsimError
from hipsim.geometry import rigid
from hipsim.kinematics.joint import rotation_from_angles
from hipsim.kinematics.motion import Motion
from hipsim.proximity.moving import MovingQuery


class Found(NamedTuple):
    """What is known of one subject after its turn.

    Attributes
    ----------
    distance_mm
        Clearance in every pose of all motions, one after the other, shape (n_poses,).
    structures
        Index of the femoral structure that comes nearest, shape (n_poses,).
    failure
        Why there is nothing, or an empty string.
    """

    distance_mm: NDArray[np.float32]
    structures: NDArray[np.int8]
    failure: str


@dataclass(frozen=True, eq=False)
class Poses:
    """The poses of one motion as rotations, the same for every subject.

    Attributes
    ----------
    rotations
        Pose of the femoral in the pelvic axes, shape (n, 4, 4).
    pelvic_zero, femoral_zero
        The frames they are stated in.
    """

    rotations: Array
    pelvic_zero: str
    femoral_zero: str

    @classmethod
    def of(cls, motion: Motion, derotation_deg: float) -> "Poses":
        """Return the poses of a motion after a derotation below the lesser trochanter."""
        flexion = motion.flexion_deg + motion.pelvic_tilt_deg
        turned = motion.rotation_deg + derotation_deg
        rotation = rotation_from_angles(flexion, motion.adduction_deg, turned, "right")
        return cls(rigid.transform_from(rotation), motion.pelvic_zero, motion.femoral_zero)

    def transforms(self, landmarks: Landmarks) -> Array:
        """Return where each pose puts the femur, both bones in the frames of their landmarks."""
        pelvis = frames.pelvic_frame(landmarks, self.pelvic_zero)
        femur = frames.femoral_frame(landmarks, "right", self.femoral_zero)
        return pelvis @ self.rotations @ rigid.inverse(femur)


@dataclass(frozen=True, eq=False)
class Moving:
    """Both bones of a sex, ready to be moved."""

    femur: FemoralFit
    hip_bone: PelvicFit
    regions: tuple[MovingRegion, MovingRegion]

    @classmethod
    def of(cls, sex: Sex, regions: tuple[str, str]) -> "Moving":
        """Build the templates of a sex and their regions, or take those built before."""
        femur, hip_bone = femoral_template(sex).fit, pelvic_template(sex).fit
        assert isinstance(femur, FemoralFit) and isinstance(hip_bone, PelvicFit)
        named = femoral_region(sex, regions[0]), pelvic_region(sex, regions[1])
        return cls(femur, hip_bone, named)


@dataclass(eq=False)
class Worker:
    """Answers subjects one by one; queries are made when a sex first turns up.

    Parameters
    ----------
    moving
        The bones of each sex.
    poses
        Of all motions.
    """

    moving: dict[Sex, Moving]
    poses: tuple[Poses, ...]
    _queries: dict[Sex, MovingQuery] = field(default_factory=dict)

    def __call__(self, shape: HipShape) -> Found:
        """Return the clearance of one subject, or why it has none."""
        try:
            return self._found(shape)
        except HipsimError as error:
            n_poses = sum(len(poses.rotations) for poses in self.poses)
            nothing = np.full(n_poses, np.nan, np.float32), np.full(n_poses, -1, np.int8)
            return Found(*nothing, str(error))

    def _found(self, shape: HipShape) -> Found:
        """Move both bones and measure every pose."""
        moving = self.moving[shape.sex]
        femoral, pelvic = moving.regions
        femur, hip_bone = moving.femur.moved(shape), moving.hip_bone.moved(shape)
        points = {**femur.points, **hip_bone.points}
        landmarks = Landmarks({n: p for n, p in points.items() if n in LANDMARK_NAMES})
        query = self._query(shape.sex)(femoral.moved(femur), pelvic.moved(hip_bone))
        transforms = np.concatenate([poses.transforms(landmarks) for poses in self.poses])
        found = query(transforms, n_threads=1)
        nearest = femoral.structures[found.triangles_a].astype(np.int8)
        return Found(found.distance_mm.astype(np.float32), nearest, "")

    def _query(self, sex: Sex) -> MovingQuery:
        """Return the query between the regions of a sex."""
        if sex not in self._queries:
            femoral, pelvic = self.moving[sex].regions
            self._queries[sex] = MovingQuery(femoral.mesh, pelvic.mesh)
        return self._queries[sex]
