"""What the evidence table needs to know of one hip, measured once.

Space is the 3D distance between the lesser trochanter and the ischium unless a name says otherwise;
angles are flexion, adduction and internal rotation positive. Contact is where surfaces meet: the
cadaver studies stop there, so slopes over external rotation end at contact as well.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.measures import femoral_version_deg, lesser_trochanter_neck_angle_deg
from hipsim.anatomy.sex import Sex
from hipsim.checks import Array
from hipsim.geometry import rigid
from hipsim.kinematics import arcs, motions, pelvis_from_femur
from hipsim.kinematics.joint import rotation_from_angles
from hipsim.kinematics.motion import Motion
from hipsim.planning.certified import CertifiedQuery
from hipsim.planning.clearance import Clearance, ClearanceQuery
from hipsim.planning.space import (
    IschiofemoralSpace,
    QuadratusFemorisSpace,
    ischiofemoral_space,
    quadratus_femoris_space,
)
from hipsim.planning.targets import as_targets
from hipsim.planning.uncertainty import uncertainty
from hipsim.study.validation_rotation import RotationCurve
from hipsim.surgery import derotate_femur, resect_lesser_trochanter, side_effects
from hipsim.surgery.resection import largest_resection_depth

TROCHANTER = "lesser_trochanter"
STEP_DEG = 5.0  # of the central differences
SLAB_MM = 3.0  # half the height of the slice whose shadow is measured
BELOW_MM = 30.0  # where the trochanter has run out into the shaft
DEROTATION_DEG = 20.0
WANTED_MM = 17.0  # after surgery: Aguilera-Bohorquez 2020
DEPTHS_MM = (5.0, 10.0, 15.0)
TURNED_OUT = "external rotation 38"
SAMPLES = 128  # of the uncertainty
RANGE_OF_MOTION = {  # passive, of adults: Kouyoumdjian 2012 (rotation)
    "flexion 0 to 90": arcs.arc(flexion_deg=(0.0, 90.0), step_deg=2),
    "extension 20": arcs.arc(flexion_deg=(0.0, -20.0), step_deg=2),
    "internal rotation 30": arcs.arc(rotation_deg=(0.0, 30.0), step_deg=2),
    TURNED_OUT: arcs.arc(rotation_deg=(0.0, -38.0), step_deg=2),
}


@dataclass(frozen=True)
class Cut:
    """A planar resection: depth asked for, deepest cut, footprint lost (%), spaces after, mm."""

    depth_mm: float
    deepest_mm: float
    lost_pct: float
    ifs_3d_mm: float
    ifs_axial_mm: float


class Facts(RotationCurve):
    """What is measured on one hip; every part is measured when it is first asked for.

    Parameters
    ----------
    hip
        The hip.
    sex
        Of the person; None where nobody says.
    """

    def __init__(self, hip: Hip, sex: Sex | None) -> None:
        self.hip, self.sex = hip, sex
        self.name = f"{hip.name} {hip.side}"

    @cached_property
    def query(self) -> ClearanceQuery:
        """Clearance of the lesser trochanter."""
        return ClearanceQuery(self.hip, femoral_region=TROCHANTER)

    @cached_property
    def outside(self) -> ClearanceQuery:
        """Clearance of everything outside the capsule."""
        return ClearanceQuery(self.hip)

    @cached_property
    def space(self) -> IschiofemoralSpace:
        """The neutral ischiofemoral space."""
        return ischiofemoral_space(self.hip)

    @cached_property
    def quadratus(self) -> QuadratusFemorisSpace:
        """The neutral quadratus femoris space."""
        return quadratus_femoris_space(self.hip, bare=self.space)

    @property
    def is_wide(self) -> bool:
        """Whether the axial space exceeds the published threshold of 15 mm."""
        return self.space.ifs_axial_mm > arcs.NEUTRAL_THRESHOLD_MM

    @cached_property
    def rotation(self) -> tuple[Array, Array]:  # type: ignore[override]
        """Internal rotation from -60 to 40 deg and the space there."""
        motion = arcs.arc(rotation_deg=(-60.0, 40.0), step_deg=1)
        return motion.rotation_deg, self.query(motion).distance_mm

    @cached_property
    def slopes(self) -> Array:
        """Central differences in neutral per deg of flexion, adduction, internal rotation, (3,)."""
        steps = STEP_DEG * np.vstack([np.eye(3), -np.eye(3)])
        found = self.query(_poses(steps)).distance_mm
        return (found[:3] - found[3:]) / (2.0 * STEP_DEG)

    def at(self, *, flexion: float = 0.0, adduction: float = 0.0, rotation: float = 0.0) -> float:
        """Return the space in one pose, deg."""
        pose = np.array([[flexion, adduction, rotation]])
        return float(self.query(_poses(pose)).distance_mm[0])

    @cached_property
    def contact_deg(self) -> float:
        """External rotation of first contact in 10 deg extension and adduction; nan if none."""
        motion = arcs.arc(flexion_deg=-10.0, adduction_deg=10.0, rotation_deg=(0.0, -60.0))
        return first_angle(CertifiedQuery(self.hip, femoral_region=TROCHANTER), motion)

    @cached_property
    def trochanteric_contact_deg(self) -> float:
        """Flexion of first contact of the greater trochanter, 30 abducted, 60 turned out."""
        motion = arcs.arc(flexion_deg=(90.0, 0.0), adduction_deg=-30.0, rotation_deg=-60.0)
        return first_angle(CertifiedQuery(self.hip, femoral_region="greater_trochanter"), motion)

    @cached_property
    def walking(self) -> Clearance:
        """The space in gait."""
        return self.query(motions.gait())

    @cached_property
    def striding(self) -> Clearance:
        """The space in long-stride walking."""
        return self.query(motions.long_stride_walking())

    @cached_property
    def faber(self) -> Clearance:
        """Clearance of everything outside the capsule on the way into FABER."""
        return self.outside(motions.faber())

    def faber_change_mm(self, region: str) -> float:
        """Return the distance of a femoral region to the ischium, FABER less neutral, mm."""
        found = ClearanceQuery(self.hip, femoral_region=region)(motions.faber()).distance_mm
        return float(max(found[-1], 0.0) - found[0])

    @cached_property
    def caliper_slopes(self) -> tuple[float, float]:
        """Change per deg over 60 deg external, 40 deg internal rotation of the neutral pair."""
        still = self.query(motions.neutral())
        poses = pelvis_from_femur(
            self.hip, _poses(np.array([[0, 0, 0], [0, 0, -60], [0, 0, 40.0]]))
        )
        on_femur = rigid.apply(rigid.inverse(poses[0]), still.points_mm[0, :1])
        places = rigid.apply(poses, on_femur)[:, 0]
        here, out, inward = np.linalg.norm(places - still.points_mm[0, 1], axis=1)
        return float(out - here) / 60.0, float(inward - here) / 40.0

    @cached_property
    def range_minima_mm(self) -> dict[str, float]:
        """Least clearance over each part of a normal range of motion."""
        return {name: self.outside(m).minimum_mm for name, m in RANGE_OF_MOTION.items()}

    @cached_property
    def neck_angle_deg(self) -> float:
        """Angle of the lesser trochanter behind the neck axis."""
        return lesser_trochanter_neck_angle_deg(self.hip)

    def version_deg(self, method: str) -> float:
        """Return the femoral version by a method."""
        return femoral_version_deg(self.hip, method)

    @cached_property
    def shadows(self) -> tuple[Array, Array]:
        """Width at the trochanter and its overhang, on an AP view, at rotations -25 to 25 deg."""
        angles = np.arange(-25.0, 26.0, 5.0)
        vertices = rigid.apply(rigid.inverse(self.hip.femoral_frame()), self.hip.femur.vertices)
        apex = rigid.apply(rigid.inverse(self.hip.femoral_frame()), self._apex)[0, 1]
        turns = rotation_from_angles(0.0, 0.0, angles, self.hip.side)
        inward = -1.0 if self.hip.side == "right" else 1.0
        reach = [
            inward * (vertices[np.abs(vertices[:, 1] - level) < SLAB_MM] @ turns[:, 2].T)
            for level in (apex, apex - BELOW_MM)
        ]
        width = reach[0].max(axis=0) - reach[0].min(axis=0)
        return width, reach[0].max(axis=0) - reach[1].max(axis=0)

    @property
    def _apex(self) -> Array:
        return self.hip.landmarks["lesser_trochanter"][None]

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """Planar resections at the published depths and at the largest the hip allows."""
        deepest = largest_resection_depth(self.hip)
        depths = sorted({*(d for d in DEPTHS_MM if d < deepest), deepest - 1e-6})
        return tuple(self._cut(depth) for depth in depths)

    def _cut(self, depth: float) -> Cut:
        """Plane the trochanter down."""
        done = resect_lesser_trochanter(self.hip, depth_mm=depth)
        cost, space = side_effects(self.hip, done), ischiofemoral_space(done)
        lost = 100.0 * cost.iliopsoas_lost_share
        return Cut(depth, cost.deepest_cut_mm, lost, space.ifs_3d_mm, space.ifs_axial_mm)

    @cached_property
    def doubt_mm(self) -> float:
        """SD of the neutral space by errors of landmarks, surface and pose."""
        found = uncertainty(self.hip, as_targets({"neutral": WANTED_MM}), n=SAMPLES)
        return float(found.before_mm[0].std(ddof=1))

    @cached_property
    def derotated_mm(self) -> float:
        """The neutral space after a derotation below the trochanter, knee forward."""
        turned = derotate_femur(self.hip, angle_deg=DEROTATION_DEG)
        return ClearanceQuery(turned, femoral_region=TROCHANTER)(motions.neutral()).minimum_mm


def first_angle(query: CertifiedQuery, motion: Motion) -> float:
    """Return the progress of the first contact along a motion of one arm, in deg; nan if none."""
    (found,) = query.first_contact(motion).values()
    return np.nan if found.progress is None else found.progress


def _poses(angles: Array) -> Motion:
    """Return poses (n, 3) in deg as a motion."""
    flexion, adduction, rotation = angles.T
    n = len(angles)
    return Motion(
        "poses", flexion, adduction, rotation, np.arange(float(n)), "pose", ("poses",) * n
    )
