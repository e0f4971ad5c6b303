"""Clearance over a motion: how near two named regions come, where, and between which structures.

The clearance of a pose is the exact minimum distance between a femoral and a pelvic region; where
they overlap it is minus the depth, and ``kind`` says so. Both regions are closed bodies, walled off
from the rest of their bones, so from pose to pose clearance changes by no more than the farthest
point of the femoral body moves, through contact too. (Of a region in several pieces, as the shaft
is on some bones, a piece that lies wholly inside goes unseen while another is nearer to the
surface.) The two points come with it, so every number can be shown on the bone. Shares are of the
motion, not of its samples: between two poses clearance is taken as linear in progress.
"""

from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.checks import Array, Side, as_number
from hipsim.errors import InputError
from hipsim.geometry.closing import ClosedRegion
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.proximity import DistanceQuery


@dataclass(frozen=True, eq=False)
class Clearance:
    """Clearance between two regions of a hip in every pose of a motion.

    Parameters
    ----------
    hip_name, side
        The hip.
    motion
        The motion, n poses.
    femoral_region, pelvic_region
        The regions measured between.
    distance_mm
        Shape (n,); minus the depth where bones overlap.
    kind
        ``"gap"``, ``"depth"`` or ``"contact"`` for each pose, shape (n,).
    points_mm
        Shape (n, 2, 3): the point on the femur and the point on the pelvis of each pose, in the
        scan frame, the femur moved to its pose.
    structures
        For each pose the femoral structure its point lies on, length n.
    threshold_mm
        Clearance below which a pose counts as narrow, or None.

    Examples
    --------
    Three poses of extension; the way from 10 deg on falls below 10 mm at 15 deg:

    >>> from hipsim.kinematics.arcs import arc
    >>> found = Clearance(
    ...     "example", "right", arc(flexion_deg=(0, -20), step_deg=10), "extracapsular", "ischium",
    ...     np.array([20.0, 12.0, 8.0]), np.array(["gap"] * 3), np.zeros((3, 2, 3)),
    ...     ("lesser_trochanter",) * 3, threshold_mm=10.0)
    >>> found
    <Clearance of 'example' in 'arc': minimum 8.00 mm (gap) at the lesser_trochanter>
    >>> found.pose_deg, found.share_below()
    ({'flexion': -20.0, 'adduction': 0.0, 'rotation': 0.0}, 0.25)
    """

    hip_name: str
    side: Side
    motion: Motion
    femoral_region: str
    pelvic_region: str
    distance_mm: Array
    kind: NDArray[np.str_]
    points_mm: Array
    structures: tuple[str, ...]
    threshold_mm: float | None

    def __repr__(self) -> str:
        return (
            f"<Clearance of {self.hip_name!r} in {self.motion.name!r}: minimum "
            f"{self.minimum_mm:.2f} mm ({self.kind[self.index]}) at the {self.structure}>"
        )

    @cached_property
    def index(self) -> int:
        """The pose of the minimum; the first where several share it."""
        return int(self.distance_mm.argmin())

    @property
    def minimum_mm(self) -> float:
        """Smallest clearance over the motion."""
        return float(self.distance_mm[self.index])

    @property
    def pose_deg(self) -> dict[str, float]:
        """Flexion, adduction and rotation of the minimum."""
        return self.motion.pose_deg(self.index)

    @property
    def progress(self) -> float:
        """How far along the motion the minimum is, in the unit of its progress."""
        return float(self.motion.progress[self.index])

    @property
    def segment(self) -> str:
        """Arm of the motion the minimum is in."""
        return self.motion.segments[self.index]

    @property
    def structure(self) -> str:
        """Femoral structure that comes nearest at the minimum."""
        return self.structures[self.index]

    @property
    def segment_index(self) -> dict[str, int]:
        """Arm name to the pose of its minimum."""
        arms = self.motion.arms.items()
        return {arm: run.start + int(self.distance_mm[run].argmin()) for arm, run in arms}

    @property
    def segment_minima_mm(self) -> dict[str, float]:
        """Arm name to its smallest clearance."""
        return {arm: float(self.distance_mm[i]) for arm, i in self.segment_index.items()}

    @property
    def structure_minima_mm(self) -> dict[str, float]:
        """Femoral structure to the smallest clearance among the poses in which it is nearest."""
        names = np.array(self.structures)
        return {
            str(name): float(self.distance_mm[names == name].min()) for name in np.unique(names)
        }

    def share_below(self, threshold_mm: float | None = None) -> float:
        """Return the share of the motion, 0 to 1, with less clearance than a threshold.

        Parameters
        ----------
        threshold_mm
            In mm; the motion's own by default.

        Returns
        -------
        share
            Of the progress of all arms together, clearance taken as linear between poses; of the
            poses where the motion is a grid or a single pose, for these have no length.

        Raises
        ------
        InputError
            If no threshold is given and the motion has none.
        """
        shares, lengths = self._shares_below(threshold_mm)
        return float(shares @ lengths / lengths.sum())

    def segment_share_below(self, threshold_mm: float | None = None) -> dict[str, float]:
        """Return arm name to the share of that arm, 0 to 1, with less clearance than a threshold.

        Parameters
        ----------
        threshold_mm
            In mm; the motion's own by default.

        Raises
        ------
        InputError
            If no threshold is given and the motion has none.
        """
        shares, _ = self._shares_below(threshold_mm)
        return {arm: float(share) for arm, share in zip(self.motion.arms, shares, strict=True)}

    def _shares_below(self, threshold_mm: float | None) -> tuple[Array, Array]:
        """Return each arm's share below a threshold and its weight in the whole."""
        chosen = self.threshold_mm if threshold_mm is None else threshold_mm
        if chosen is None:
            raise InputError(
                f"motion {self.motion.name!r} has no threshold of its own; give threshold_mm"
            )
        threshold = as_number(chosen, name="threshold_mm", unit="mm")
        runs = list(self.motion.arms.values())
        lengths = np.array([np.ptp(self.motion.progress[run]) for run in runs])
        if self.motion.is_grid or not lengths.any():
            shares = [(self.distance_mm[run] < threshold).mean() for run in runs]
            return np.array(shares), np.array([run.stop - run.start for run in runs])
        shares = [self._path_share(run, threshold) for run in runs]
        return np.array(shares), lengths

    def _path_share(self, run: slice, threshold: float) -> float:
        """Return the share of one arm below a threshold, clearance linear between poses."""
        if run.stop - run.start == 1:
            return float(self.distance_mm[run.start] < threshold)
        steps = np.abs(np.diff(self.motion.progress[run]))
        pairs = np.sort([self.distance_mm[run][:-1], self.distance_mm[run][1:]], axis=0)
        low, rise = pairs[0], pairs[1] - pairs[0]
        level = (low < threshold).astype(np.float64)
        below = np.divide(threshold - low, rise, out=level, where=rise > 0.0)
        return float(np.clip(below, 0.0, 1.0) @ steps / steps.sum())


class ClearanceQuery:
    """Clearance of one hip over any number of motions; search trees are built once.

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
        self.femoral_region = femoral_region
        self.pelvic_region = pelvic_region
        femoral, pelvic = hip.femoral_body(femoral_region), hip.pelvic_body(pelvic_region)
        self._structures = _structures_of(hip, femoral)
        self._distances = DistanceQuery(femoral.mesh, pelvic.mesh)

    def after(self, operated: Hip) -> "ClearanceQuery":
        """Return the query of a hip with another femur; what is known of the pelvis is shared.

        Parameters
        ----------
        operated
            The hip after procedures that leave its hip bone as it is.

        Raises
        ------
        AnatomyError
            If the femoral region is empty on this bone.
        InputError
            If the hip bone is another one: make a new query.
        """
        kept = (self.hip.hip_bone, self.hip.pelvic_labels)
        if not (operated.hip_bone is kept[0] and operated.pelvic_labels is kept[1]):
            raise InputError(
                f"{operated!r} has another hip bone than {self.hip!r}: make a new ClearanceQuery"
            )
        femoral, query = operated.femoral_body(self.femoral_region), copy(self)
        query.hip = operated
        query._structures = _structures_of(operated, femoral)
        query._distances = self._distances.with_a(femoral.mesh)
        return query

    def __call__(
        self, motion: Motion, *, threshold_mm: float | None = None, centre: str | None = None
    ) -> Clearance:
        """Return the clearance in every pose of a motion.

        Parameters
        ----------
        motion
            The motion.
        threshold_mm
            Clearance below which a pose counts as narrow; the motion's own by default.
        centre
            What the femur turns about, ``"fixed"`` or ``"equidistant"``; the motion's own by
            default. For both side by side see :func:`hipsim.planning.centres.compare_centres`.

        Raises
        ------
        AnatomyError
            If a landmark of the motion's zeros is missing, or articular surfaces the centre needs.
        InputError
            If the threshold is not a finite number, or the centre unknown.
        """
        if centre is not None:
            motion = motion.evolved(centre=centre)
        if threshold_mm is not None:
            threshold_mm = as_number(threshold_mm, name="threshold_mm", unit="mm")
        found = self._distances(pelvis_from_femur(self.hip, motion))
        return Clearance(
            hip_name=self.hip.name,
            side=self.hip.side,
            motion=motion,
            femoral_region=self.femoral_region,
            pelvic_region=self.pelvic_region,
            distance_mm=found.distance_mm,
            kind=found.kind,
            points_mm=np.stack([found.points_a_mm, found.points_b_mm], axis=1),
            structures=tuple(self._structures[found.triangles_a].tolist()),
            threshold_mm=motion.threshold_mm if threshold_mm is None else threshold_mm,
        )

    def nearest(self, motion: Motion, *, n_threads: int | None = None) -> tuple[float, str]:
        """Return the least clearance over a motion, in mm, and the femoral structure it is at.

        What a call says of the whole motion, without measuring the poses that cannot be nearest.

        Parameters
        ----------
        motion
            The motion.
        n_threads
            How many threads to use; all processors by default.

        Raises
        ------
        AnatomyError
            As when the query is called.
        """
        transforms = pelvis_from_femur(self.hip, motion)
        _, found = self._distances.minimum(transforms, n_threads=n_threads)
        return float(found.distance_mm[0]), str(self._structures[found.triangles_a[0]])

    def least(self, transforms: Array, *, n_threads: int | None = None) -> float:
        """Return the least clearance over poses given as transforms, in mm.

        Parameters
        ----------
        transforms
            ``pelvis_from_femur``, scan frame to scan frame, shape (n, 4, 4).
        n_threads
            How many threads to use; all processors by default.

        Raises
        ------
        InputError
            If there is no pose, or a transform is not rigid.
        """
        return float(self._distances.minimum(transforms, n_threads=n_threads)[1].distance_mm[0])


def _structures_of(hip: Hip, femoral: ClosedRegion) -> NDArray[np.str_]:
    """Return the structure each face of a femoral body lies on."""
    return np.array(FEMORAL_STRUCTURES)[hip.femoral_labels[femoral.bone_faces]]


def clearance_along(
    hip: Hip,
    motion: Motion,
    *,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
    threshold_mm: float | None = None,
    centre: str | None = None,
) -> Clearance:
    """Return how near two regions of a hip come in every pose of a motion.

    For several motions of one hip make a :class:`ClearanceQuery` once and call it.

    Parameters
    ----------
    hip
        The hip.
    motion
        The motion, with its zeros.
    femoral_region, pelvic_region
        Regions to measure between.
    threshold_mm
        Clearance below which a pose counts as narrow; the motion's own by default.
    centre
        What the femur turns about, ``"fixed"`` or ``"equidistant"``; the motion's own by default.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark or what the centre needs is missing.
    InputError
        If a region or centre is unknown, or the threshold is not a finite number.
    """
    query = ClearanceQuery(hip, femoral_region=femoral_region, pelvic_region=pelvic_region)
    return query(motion, threshold_mm=threshold_mm, centre=centre)
