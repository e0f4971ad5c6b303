"""The least derotation that gives every motion its wanted clearance.

A cut below everything that comes near the pelvis leaves the proximal femur as it is and moves the
zero: after a derotation by a degrees about the mechanical axis the clearance at rotation g is that
of the intact hip at g + a. So no bone needs to be cut to try an angle; poses are enough, and the
osteotomy is done once, for the angle found, and certified.

Clearance need not grow with the angle, so the least angle is not bisected but walked to. A pose
that is short of its target by s stays short until the femur has turned by s over the distance of
its farthest swept point from the axis: that much is skipped, with proof. Steps are never below the
resolution, so a gap in which the targets are reached and lost again within a tenth of a degree may
go unseen. Where the law does not hold to the last digit (about the anatomical axis, or against the
table-top zero, which the trochanter helps to define) every tenth of a degree is tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import DISTAL_FEMORAL_LANDMARKS
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, as_number
from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.planning.required_outcome import TargetOutcome, as_wanted, certified
from hipsim.planning.targets import Target
from hipsim.proximity import DistanceQuery
from hipsim.surgery.osteotomy import derotate_femur
from hipsim.surgery.osteotomy_cut import Axis, CutPlane, Level, cut_plane

LARGEST_DEG = 60.0
RESOLUTION_DEG = 0.1
SCAN_DEG = 1.0  # between the angles compared where none reaches the targets
LOOSE_END_MM = 10.0  # of the shaft's lower end may turn with the knee: it is never nearest
SHIFTED_ZEROS = ("condylar", "isb")  # femoral zeros that turn about the mechanical axis


@dataclass(frozen=True, eq=False)
class RequiredDerotation:
    """The least derotation that reaches the targets, or the best one if none does.

    Parameters
    ----------
    angle_deg
        External turn of the distal fragment, to 0.1 degrees; femoral version falls by as much.
        Where the targets are out of reach, the angle, to a degree, that leaves least missing.
    hip
        After the osteotomy; the very hip that was asked about at 0 degrees.
    outcomes
        What became of each target, certified, in the order given; nothing on ``reachable``.
    binding
        The target that asked for the last step, or that misses most; None at 0 degrees where all
        are met.
    level, axis
        Of the osteotomy.
    """

    angle_deg: float
    hip: Hip
    outcomes: tuple[TargetOutcome, ...]
    binding: TargetOutcome | None
    level: Level | float
    axis: Axis

    def __repr__(self) -> str:
        said = "all targets reached" if self.is_reached else "not all targets reached"
        return f"<RequiredDerotation of {self.hip.name!r} by {self.angle_deg:.1f} deg: {said}>"

    @property
    def is_reached(self) -> bool:
        """Whether every target is reached."""
        return all(outcome.is_reached for outcome in self.outcomes)


def required_derotation(
    hip: Hip,
    targets: Sequence[Target],
    *,
    level: Level | float = "subtrochanteric",
    axis: Axis = "mechanical",
    largest_deg: float = LARGEST_DEG,
) -> RequiredDerotation:
    """Return the least derotation of the femur that reaches targets.

    Parameters
    ----------
    hip
        With femoral landmarks and a closed femur.
    targets
        Least clearance wanted in each motion, at least one.
    level
        Of the cut, below everything that is swept: ``"subtrochanteric"``, ``"supracondylar"``, or
        mm below the LT apex.
    axis
        ``"mechanical"`` or ``"anatomical"``; see :func:`hipsim.surgery.derotate_femur`.
    largest_deg
        Largest angle tried, up to 90 degrees.

    Raises
    ------
    InputError
        If there is no target, an amount is out of range, or the cut runs through or above a
        femoral region that a target is about.
    MeshError
        If the femur is not closed.
    AnatomyError
        If a landmark is missing, or a region is empty.
    ComputationError
        If a certificate fails.

    Examples
    --------
    >>> import hipsim as hs
    >>> hip = hs.load_hip("woman")
    >>> start = hs.certified_minimum(hip, hs.motions.neutral()).minimum_mm
    >>> found = required_derotation(hip, [Target(hs.motions.neutral(), start + 1, "1 mm more")])
    >>> found.is_reached, found.binding.target.stated
    (True, '1 mm more')
    """
    wanted = as_wanted(targets)
    largest = as_number(largest_deg, name="largest_deg", low=0.0, high=90.0, unit="deg")
    plane = cut_plane(hip, level, axis, 0.0)
    walk = _Walk(hip, wanted, plane)
    before = certified(hip, wanted)
    angle, last = 0.0, 0
    while angle <= largest:
        short, last_short = walk.short_mm(angle), last
        if short.max() <= 0.0:
            turned = _derotated(hip, angle, plane)
            after = before if angle == 0.0 else certified(turned, wanted)
            rows = tuple(map(TargetOutcome, wanted, before, after, [None] * len(wanted)))
            if _is_proved(rows, angle):
                binding = rows[last_short] if angle > 0.0 else None
                return RequiredDerotation(angle, turned, rows, binding, level, axis)
        last = int(short.argmax())
        angle = walk.next_deg(angle, float(short.max()))
    return _best(hip, wanted, walk, largest)


def _is_proved(rows: tuple[TargetOutcome, ...], angle_deg: float) -> bool:
    """Return whether every target is reached; by proof, where the femur was turned."""
    if angle_deg == 0.0:
        return all(row.is_reached for row in rows)
    return all(row.after.lower_bound_mm >= row.target.clearance_mm for row in rows)


class _Walk:
    """Clearances of a hip derotated by any angle, from poses alone."""

    def __init__(self, hip: Hip, targets: tuple[Target, ...], plane: CutPlane) -> None:
        self.hip, self.targets, self.plane = hip, targets, plane
        self._queries: dict[tuple[str, str], DistanceQuery] = {}
        swept = []
        for target in targets:
            regions = target.femoral_region, target.pelvic_region
            if regions not in self._queries:
                femoral = hip.femoral_body(regions[0]).mesh
                self._queries[regions] = DistanceQuery(femoral, hip.pelvic_body(regions[1]).mesh)
                swept.append(femoral.vertices[np.unique(femoral.faces)])
        self._worst = [-1] * len(targets)
        self._rate = self._mm_per_deg(np.concatenate(swept))

    def _mm_per_deg(self, swept: Array) -> float:
        """Return how far points move at most by a degree; inf where every angle is to be tried."""
        points = rigid.apply(rigid.inverse(self.plane.scan_from_cut), swept)
        below = -float(points[:, 1].min())
        if below > LOOSE_END_MM:
            raise InputError(
                f"the cut {self.plane.below_apex_mm:g} mm below the LT apex must pass below "
                f"everything that is swept, which ends {below:.0f} mm lower; choose "
                "level='subtrochanteric' or a lower one"
            )
        zeros = {target.motion.femoral_zero for target in self.targets}
        if self.plane.axis_name != "mechanical" or not zeros <= set(SHIFTED_ZEROS):
            return np.inf
        return float(np.radians(np.hypot(points[:, 0], points[:, 2]).max()))

    def turned(self, angle_deg: float) -> Hip:
        """Return the hip with the landmarks of the knee turned; its bone is not cut."""
        turn = -side_sign(self.hip.side) * np.deg2rad(angle_deg)
        about = rigid.transform_from(rigid.rotation_about((0.0, 1.0, 0.0), turn))
        moved = self.plane.scan_from_cut @ about @ rigid.inverse(self.plane.scan_from_cut)
        names = tuple(name for name in DISTAL_FEMORAL_LANDMARKS if name in self.hip.landmarks)
        return self.hip.evolved(landmarks=self.hip.landmarks.moved(moved, names))

    def short_mm(self, angle_deg: float) -> Array:
        """Return by how much each target is missed, shape (k,); a bound where the largest is > 0.

        The pose that was worst before is asked alone first: where it is short, so is the motion.
        """
        hip = self.turned(angle_deg)
        short = np.array([self._short_in(hip, k, self._worst[k]) for k in range(len(self.targets))])
        return short if short.max() > 0.0 else self.full_short_mm(angle_deg)

    def full_short_mm(self, angle_deg: float) -> Array:
        """Return by how much each target is missed over the poses of its motion, shape (k,)."""
        hip, short = self.turned(angle_deg), np.empty(len(self.targets))
        for k, target in enumerate(self.targets):
            query = self._queries[target.femoral_region, target.pelvic_region]
            index, found = query.minimum(pelvis_from_femur(hip, target.motion))
            self._worst[k] = index
            short[k] = target.clearance_mm - found.distance_mm[0]
        return short

    def next_deg(self, angle_deg: float, short_mm: float) -> float:
        """Return the next angle to try after one that misses a target by so much."""
        steps = np.floor(max(short_mm, 0.0) / self._rate / RESOLUTION_DEG)
        return round(angle_deg + RESOLUTION_DEG * max(float(steps), 1.0), 6)

    def _short_in(self, hip: Hip, k: int, index: int) -> float:
        """Return by how much one pose misses a target; -inf where no pose is known."""
        if index < 0:
            return -np.inf
        target = self.targets[k]
        query = self._queries[target.femoral_region, target.pelvic_region]
        pose = pelvis_from_femur(hip, target.motion)[index]
        return float(target.clearance_mm - query(pose).distance_mm[0])


def _best(
    hip: Hip, targets: tuple[Target, ...], walk: _Walk, largest_deg: float
) -> RequiredDerotation:
    """Return the derotation that leaves least missing, to a degree."""
    angles = np.append(np.arange(0.0, largest_deg, SCAN_DEG), largest_deg)
    short = [walk.full_short_mm(float(angle)).max() for angle in angles]
    angle = float(angles[int(np.argmin(short))])
    level, axis = walk.plane.level, walk.plane.axis_name
    turned = _derotated(hip, angle, walk.plane)
    before, after = certified(hip, targets), certified(turned, targets)
    rows = tuple(map(TargetOutcome, targets, before, after, [None] * len(targets)))
    binding = max(rows, key=lambda row: row.missing_mm)
    return RequiredDerotation(angle, turned, rows, binding, level, axis)


def _derotated(hip: Hip, angle_deg: float, plane: CutPlane) -> Hip:
    """Do the osteotomy; the very hip at 0 degrees."""
    if angle_deg == 0.0:
        return hip
    return derotate_femur(hip, angle_deg=angle_deg, level=plane.level, axis=plane.axis_name)
