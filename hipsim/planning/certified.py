"""Certified minima of clearance: over the whole of a motion, not over samples of it.

Between two neighbouring poses of an arm the three joint angles are taken to change linearly, all
at the same rate: the motion is a broken line through its poses, and that line is what the answer
is about. A grid stands for the box of angles it spans. The least clearance comes with a proven
lower bound, the first contact with the proof that nothing before it is nearer.

Clearance is that of :mod:`hipsim.planning.clearance`: both regions are closed bodies.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.kinematics.arcs import Range, grid
from hipsim.kinematics.motion import Motion
from hipsim.planning.continuous import Track, turning_of
from hipsim.proximity.arc_minimum import LIMIT, CertifiedSearch, FirstBelow, Lowest
from hipsim.proximity.turning import Turning


@dataclass(frozen=True, eq=False)
class CertifiedMinimum:
    """The least clearance over a continuous motion or a box of angles, with its proof.

    Parameters
    ----------
    minimum_mm
        Clearance in the pose below; minus the depth where bones overlap.
    lower_bound_mm
        No pose of the motion has less clearance.
    pose_deg
        Flexion, adduction and rotation of the pose, in the zeros of the motion.
    progress
        How far along the motion the pose is, in the unit of its progress; None for a box.
    segment
        Arm of the motion the pose is in.
    kind
        ``"gap"`` or ``"depth"``.
    structure
        Femoral structure the femoral point lies on.
    points_mm
        Shape (2, 3): the point on the femur, moved to the pose, and the point on the pelvis, scan
        frame.
    evaluations
        Signed distances of points and distances of surfaces that were asked for.
    """

    minimum_mm: float
    lower_bound_mm: float
    pose_deg: dict[str, float]
    progress: float | None
    segment: str
    kind: str
    structure: str
    points_mm: Array
    evaluations: int

    def __repr__(self) -> str:
        return (
            f"<CertifiedMinimum {self.minimum_mm:.3f} mm ({self.kind}) at the {self.structure}, "
            f"no pose below {self.lower_bound_mm:.3f} mm>"
        )


@dataclass(frozen=True, eq=False)
class FirstContact:
    """Where along one arm clearance first falls below a threshold, with its proof.

    Parameters
    ----------
    segment
        The arm.
    threshold_mm
        In mm; at 0 touching counts as below.
    progress
        Where clearance is below (to within 1e-6 mm) for the first time, to the resolution asked
        for, in the unit of the motion's progress; None where it never is.
    pose_deg
        The pose there; None where there is none.
    clear_until
        Nothing up to this progress is below; the end of the arm where nothing is.
    minimum
        Where the arm is never below: its certified minimum, else None.
    evaluations
        Signed distances of points and distances of surfaces that were asked for.
    """

    segment: str
    threshold_mm: float
    progress: float | None
    pose_deg: dict[str, float] | None
    clear_until: float
    minimum: CertifiedMinimum | None
    evaluations: int


class CertifiedQuery:
    """Certified minima of one hip over any number of motions; search trees are built once.

    Parameters
    ----------
    hip
        The hip.
    femoral_region
        One of ``FEMORAL_REGIONS``; by default everything outside the joint capsule.
    pelvic_region
        One of ``PELVIC_REGIONS``.

    Raises
    ------
    AnatomyError
        If a region is empty on this bone.
    InputError
        If a region is unknown.
    """

    def __init__(
        self, hip: Hip, *, femoral_region: str = "extracapsular", pelvic_region: str = "ischium"
    ) -> None:
        self.hip = hip
        self._femoral = hip.femoral_body(femoral_region)
        self._search = CertifiedSearch(self._femoral.mesh, hip.pelvic_body(pelvic_region).mesh)

    def minimum(
        self, motion: Motion, *, tolerance_mm: float = 0.01, max_evaluations: int = LIMIT
    ) -> CertifiedMinimum:
        """Return the least clearance over a continuous motion; see :func:`certified_minimum`."""
        track, turning = Track.of(motion), turning_of(self.hip, motion)
        found = self._search.minimum(
            turning, track.range_, tolerance_mm=tolerance_mm, max_evaluations=max_evaluations
        )
        return self._spoken(found, track, turning)

    def first_contact(
        self,
        motion: Motion,
        *,
        threshold_mm: float = 0.0,
        resolution_deg: float = 0.05,
        max_evaluations: int = LIMIT,
    ) -> dict[str, FirstContact]:
        """Return where each arm first falls below a threshold; see :func:`first_contact`."""
        if motion.is_grid:
            raise InputError(
                f"first contact needs a path, got {motion!r}: a grid has no order of poses"
            )
        turning = turning_of(self.hip, motion)
        found = {}
        for arm, run in motion.arms.items():
            track = Track.of(motion, [run])
            below = self._search.first_below(
                turning,
                track.range_,
                threshold_mm=threshold_mm,
                resolution_deg=resolution_deg,
                max_evaluations=max_evaluations,
            )
            least = None
            if below.below_at is None:
                lowest = self._search.minimum(turning, track.range_)
                least = self._spoken(lowest, track, turning)
            found[arm] = _first_contact(track, float(threshold_mm), below, least)
        return found

    def _spoken(self, found: Lowest, track: Track, turning: Turning) -> CertifiedMinimum:
        """Say where and between what the minimum is."""
        return CertifiedMinimum(
            minimum_mm=found.minimum_mm,
            lower_bound_mm=found.lower_bound_mm,
            pose_deg=track.pose_deg(found.angles_deg),
            progress=track.progress_at(found.piece, found.place),
            segment=track.segments[found.piece],
            kind=found.kind,
            structure=self._structure(found, turning),
            points_mm=found.points_mm,
            evaluations=found.evaluations,
        )

    def _structure(self, found: Lowest, turning: Turning) -> str:
        """Return the structure of the femoral face whose centre is nearest to the femoral point."""
        moved = rigid.inverse(turning.transforms(found.angles_deg[None])[0])
        point = rigid.apply(moved, found.points_mm[:1])
        nearest = np.linalg.norm(self._femoral.mesh.face_centres - point, axis=1).argmin()
        return FEMORAL_STRUCTURES[self.hip.femoral_labels[self._femoral.bone_faces[nearest]]]


def _first_contact(
    track: Track, threshold: float, below: FirstBelow, least: CertifiedMinimum | None
) -> FirstContact:
    """Say where along an arm what was found lies."""
    spent = below.evaluations + (0 if least is None else least.evaluations)
    arm, clear = track.segments[0], track.at(below.clear_until)[0]
    if below.below_at is None:
        return FirstContact(arm, threshold, None, None, clear, least, spent)
    progress, pose = track.at(below.below_at)
    return FirstContact(arm, threshold, progress, pose, clear, None, spent)


def certified_minimum(
    hip: Hip,
    motion: Motion,
    *,
    tolerance_mm: float = 0.01,
    max_evaluations: int = LIMIT,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
) -> CertifiedMinimum:
    """Return the least clearance over a continuous motion, with a proven lower bound.

    For several motions of one hip make a :class:`CertifiedQuery` once.

    Parameters
    ----------
    hip
        The hip.
    motion
        A path: between neighbouring poses of an arm the angles change linearly, and all of the
        way is searched. A grid: the whole box of angles it spans is searched.
    tolerance_mm
        Largest difference between the minimum found and its lower bound, at least 1e-5.
    max_evaluations
        Number of evaluations after which to give up.
    femoral_region, pelvic_region
        Regions to measure between.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark is missing.
    ComputationError
        If the tolerance is not reached; the message holds the bounds that are.
    InputError
        If a region is unknown, or the tolerance out of range.

    Examples
    --------
    >>> import hipsim as hs
    >>> hip = hs.make_hip(sex="female")
    >>> exact = certified_minimum(hip, hs.motions.arc(flexion_deg=(0, -20), step_deg=10))
    >>> exact.minimum_mm - exact.lower_bound_mm <= 0.01
    True
    """
    query = CertifiedQuery(hip, femoral_region=femoral_region, pelvic_region=pelvic_region)
    return query.minimum(motion, tolerance_mm=tolerance_mm, max_evaluations=max_evaluations)


def certified_minimum_in_box(
    hip: Hip,
    *,
    extension_deg: Range = (0.0, 20.0),
    adduction_deg: Range = (-5.0, 15.0),
    rotation_deg: Range = (-30.0, 0.0),
    pelvic_zero: str = "app",
    femoral_zero: str = "condylar",
    pelvic_tilt_deg: float = 0.0,
    tolerance_mm: float = 0.01,
) -> CertifiedMinimum:
    """Return the least clearance over a box of angles, with a proven lower bound.

    Parameters
    ----------
    hip
        The hip.
    extension_deg
        Extension positive; a number or (from, to).
    adduction_deg, rotation_deg
        Adduction and internal rotation positive; a number or (from, to).
    pelvic_zero, femoral_zero, pelvic_tilt_deg
        What the angles are stated against; see :class:`Motion`.
    tolerance_mm
        Largest difference between the minimum found and its lower bound, at least 1e-5.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark is missing.
    ComputationError
        If the tolerance is not reached; the message holds the bounds that are.
    InputError
        If a range, a zero or the tolerance cannot be used.
    """
    box = grid(
        extension_deg=extension_deg,
        adduction_deg=adduction_deg,
        rotation_deg=rotation_deg,
        step_deg=90.0,
        name="box",
    )
    stated = box.evolved(
        pelvic_zero=pelvic_zero, femoral_zero=femoral_zero, pelvic_tilt_deg=pelvic_tilt_deg
    )
    return certified_minimum(hip, stated, tolerance_mm=tolerance_mm)


def first_contact(
    hip: Hip,
    motion: Motion,
    *,
    threshold_mm: float = 0.0,
    resolution_deg: float = 0.05,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
) -> dict[str, FirstContact]:
    """Return where along each arm clearance first falls below a threshold, certified.

    Parameters
    ----------
    hip
        The hip.
    motion
        A path; between neighbouring poses of an arm the angles change linearly.
    threshold_mm
        In mm; 0 (default) is the first contact, negative a depth.
    resolution_deg
        Largest change of any angle between the last pose proven clear and the pose found.
    femoral_region, pelvic_region
        Regions to measure between.

    Returns
    -------
    contacts
        Arm name to its first contact, or to its certified minimum where there is none.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark is missing.
    ComputationError
        If the resolution is not reached.
    InputError
        If the motion is a grid, a region unknown, or a number out of range.
    """
    query = CertifiedQuery(hip, femoral_region=femoral_region, pelvic_region=pelvic_region)
    return query.first_contact(motion, threshold_mm=threshold_mm, resolution_deg=resolution_deg)
