"""What a change of habit gives back: a shorter stride, a wider step, another pelvic tilt, toes in.

Nine of ten patients never need surgery, so what a motion leaves when it is done a little otherwise
is a result in its own right. Every change is linear in its amount: ``angles + amount * slopes``, a
slope for every pose. So the certified minimum of a pose holds on: when the amount grows by e, no
point moves farther than ``e * sum |slope_k| rho_k``
(:mod:`hipsim.proximity.turning`, equation 1), and amounts too small for the target are ruled out
in steps, not by trying some and trusting the rest.

The model turns thigh against pelvis and nothing else: that a shorter stride brings the trunk up, or
that a wider step turns the foot, is not in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, Side, as_choice, as_number
from hipsim.errors import InputError
from hipsim.kinematics.motion import Motion
from hipsim.planning.certified import CertifiedMinimum, CertifiedQuery
from hipsim.planning.continuous import turning_of
from hipsim.proximity.turning import cross

TOLERANCE_MM = 0.01
RESOLUTION = 1 / 400  # of the largest amount of a change: 0.05 deg of 20
WALKING = "gait cycle (%)"


@dataclass(frozen=True)
class Change:
    """A way of doing a motion otherwise.

    Parameters
    ----------
    name
        What it is called in tables.
    unit
        Of its amount: ``"%"`` or ``"deg"``.
    amount
        What is tried unless something else is asked for.
    most
        The largest amount that makes sense.
    does
        In words, with a place for the amount.
    slopes
        Change of flexion, adduction and rotation per unit of amount, from a motion to shape
        (n, 3), degrees; None where the change makes no sense for the motion.
    """

    name: str
    unit: str
    amount: float
    most: float
    does: str
    slopes: Callable[[Motion], Array | None]


def _shorter_stride(motion: Motion) -> Array | None:
    """Take sagittal excursion about the mid-range of each arm away; walking only."""
    if motion.progress_label != WALKING:
        return None
    slopes = np.zeros((motion.n_poses, 3))
    for run in motion.arms.values():
        flexion = motion.flexion_deg[run]
        middle = 0.5 * (flexion.max() + flexion.min())
        slopes[run, 0] = -0.01 * (flexion - middle)
    return slopes


def _less_extension(motion: Motion) -> Array | None:
    """Take extension away; not for walking, where a stride does that."""
    if motion.progress_label == WALKING or motion.is_grid or motion.flexion_deg.min() >= 0.0:
        return None
    slopes = np.zeros((motion.n_poses, 3))
    slopes[:, 0] = -0.01 * np.minimum(motion.flexion_deg, 0.0)
    return slopes


def _turned(angle: int, sign: float) -> Callable[[Motion], Array | None]:
    """Add to one angle of every pose alike."""
    return lambda motion: np.tile(sign * np.eye(3)[angle], (motion.n_poses, 1))


CHANGES: dict[str, Change] = {
    change.name: change
    for change in (
        Change("shorter_stride", "%", 20.0, 70.0, "a stride {} shorter", _shorter_stride),
        Change("less_extension", "%", 25.0, 100.0, "{} less extension", _less_extension),
        Change("wider_step", "deg", 5.0, 20.0, "{} more abduction", _turned(1, -1.0)),
        Change("anterior_tilt", "deg", 5.0, 15.0, "pelvis {} further forward", _turned(0, 1.0)),
        Change("posterior_tilt", "deg", 5.0, 15.0, "pelvis {} further back", _turned(0, -1.0)),
        Change("toe_in", "deg", 5.0, 20.0, "{} less external rotation", _turned(2, 1.0)),
    )
}


@dataclass(frozen=True)
class SmallestChange:
    """The smallest amount of a change that reaches a target.

    Parameters
    ----------
    amount
        Enough, certified: no pose of the motion so changed is below the target. None where no
        amount up to the largest that makes sense is enough.
    not_enough_until
        Proven: no amount up to here is enough.
    """

    amount: float | None
    not_enough_until: float


@dataclass(frozen=True)
class WhatIfRow:
    """What one change gives.

    Parameters
    ----------
    change
        The change.
    amount
        How much of it, in its unit.
    minimum_mm
        Least clearance over the motion so changed.
    lower_bound_mm
        No pose of it has less.
    gain_mm
        Least clearance gained; negative where space is lost.
    needed
        The smallest amount that reaches the target; None without a target.
    """

    change: Change
    amount: float
    minimum_mm: float
    lower_bound_mm: float
    gain_mm: float
    needed: SmallestChange | None

    @property
    def sentence(self) -> str:
        """The row in words."""
        said = told(self.change, self.amount)
        verb = "gives back" if self.gain_mm >= 0.0 else "costs"
        text = f"{said[0].upper()}{said[1:]} {verb} {abs(self.gain_mm):.1f} mm"
        if self.needed is None:
            return f"{text}."
        if self.needed.amount is None:
            return f"{text}; no amount up to {counted(self.change, self.change.most)} is enough."
        if self.needed.amount == 0.0:
            return f"{text}; the target is reached without it."
        return f"{text}; {counted(self.change, self.needed.amount)} is enough."


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What changes of a motion give back, each on its own.

    Parameters
    ----------
    hip_name, side
        The hip.
    motion
        The motion as it is.
    target_mm
        The clearance wanted, or None.
    before
        Its certified minimum.
    rows
        A row for each change, the largest gain first.
    """

    hip_name: str
    side: Side
    motion: Motion
    target_mm: float | None
    before: CertifiedMinimum
    rows: tuple[WhatIfRow, ...]

    def __repr__(self) -> str:
        best = self.rows[0]
        return (
            f"<WhatIf of {self.hip_name!r} in {self.motion.name!r}: {self.before.minimum_mm:.2f} "
            f"mm, {told(best.change, best.amount)} gains {best.gain_mm:.2f} mm>"
        )

    def __getitem__(self, name: str) -> WhatIfRow:
        rows = {row.change.name: row for row in self.rows}
        return rows[as_choice(name, tuple(rows), name="change")]


def what_if(
    hip: Hip,
    motion: Motion,
    *,
    target_mm: float | None = None,
    changes: Mapping[str, float] | None = None,
    tolerance_mm: float = TOLERANCE_MM,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
) -> WhatIf:
    """Find what a motion leaves when it is done otherwise, and how little would be enough.

    Parameters
    ----------
    hip
        The hip.
    motion
        The motion as it is.
    target_mm
        The clearance wanted; the motion's threshold by default, none where it has none.
    changes
        Change to the amount tried; all of ``CHANGES`` that make sense for the motion by default.
    tolerance_mm
        Largest difference between a minimum and its lower bound.
    femoral_region, pelvic_region
        Regions to measure between.

    Returns
    -------
    found
        Least clearance as it is and with each change, certified over the continuous motion, and
        the smallest amount of each that reaches the target.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark is missing.
    ComputationError
        If a minimum cannot be certified to the tolerance.
    InputError
        If a change is unknown or makes no sense for the motion, or a number is out of range.

    Examples
    --------
    >>> import hipsim as hs
    >>> found = what_if(hs.make_hip(sex="female"), hs.motions.gait(), changes={"toe_in": 5})
    >>> found["toe_in"].gain_mm > 0.0
    True
    """
    chosen = motion.threshold_mm if target_mm is None else target_mm
    target = None if chosen is None else as_number(chosen, name="target_mm", unit="mm")
    tried = _chosen(motion, changes)
    query = CertifiedQuery(hip, femoral_region=femoral_region, pelvic_region=pelvic_region)
    walk = _Walk(hip, query, motion, target, tolerance_mm)
    before = query.minimum(motion, tolerance_mm=tolerance_mm)
    rows = []
    for change, amount in tried.items():
        found = walk.minimum(change, amount)
        rows.append(
            WhatIfRow(
                change=change,
                amount=amount,
                minimum_mm=found.minimum_mm,
                lower_bound_mm=found.lower_bound_mm,
                gain_mm=found.minimum_mm - before.minimum_mm,
                needed=None if target is None else walk.smallest(change),
            )
        )
    ordered = tuple(sorted(rows, key=lambda row: -row.gain_mm))
    return WhatIf(hip.name, hip.side, motion, target, before, ordered)


def changed(motion: Motion, change: Change, amount: float) -> Motion:
    """Return a motion done otherwise.

    Raises
    ------
    InputError
        If the change makes no sense for the motion, or takes an angle out of range.

    Examples
    --------
    >>> from hipsim.kinematics.gait import gait
    >>> short = changed(gait(), CHANGES["shorter_stride"], 20.0)
    >>> bool(abs(short.flexion_deg - gait(stride_factor=0.8).flexion_deg).max() < 0.02)
    True
    """
    slopes = _slopes(motion, change)
    flexion, adduction, rotation = (motion.angles_deg + amount * slopes).T
    return motion.evolved(
        name=f"{motion.name}_{change.name}_{amount:g}",
        flexion_deg=flexion,
        adduction_deg=adduction,
        rotation_deg=rotation,
    )


@dataclass(frozen=True)
class _Walk:
    """The walk to the smallest amount of a change that is enough."""

    hip: Hip
    query: CertifiedQuery
    motion: Motion
    target_mm: float | None
    tolerance_mm: float

    def minimum(self, change: Change, amount: float) -> CertifiedMinimum:
        """Return the certified minimum of the motion so changed."""
        there = changed(self.motion, change, amount)
        return self.query.minimum(there, tolerance_mm=self.tolerance_mm)

    def smallest(self, change: Change) -> SmallestChange:
        """Return the smallest amount that reaches the target."""
        assert self.target_mm is not None  # asked for with a target only
        amount, ruled_out, is_proven = 0.0, 0.0, True
        while True:
            found = self.minimum(change, amount)
            if found.lower_bound_mm >= self.target_mm:
                return SmallestChange(amount, min(ruled_out, amount))
            deficit = self.target_mm - found.minimum_mm
            reach = amount + max(deficit, 0.0) / self._speed(change, found)
            ruled_out = max(ruled_out, min(reach, change.most)) if is_proven else ruled_out
            if amount == change.most:
                return SmallestChange(None, ruled_out)
            following = max(reach, amount + RESOLUTION * change.most)
            is_proven = is_proven and following <= reach
            amount = min(following, change.most)

    def _speed(self, change: Change, found: CertifiedMinimum) -> float:
        """Bound how fast the nearest points move with the amount, mm per unit."""
        turning = turning_of(self.hip, self.motion)
        angles = np.array(list(found.pose_deg.values()))
        angles[0] += self.motion.pelvic_tilt_deg
        arms = found.points_mm - turning.centre
        levers = np.linalg.norm(cross(turning.axes_at(angles[None]), arms[:, None]), axis=2)
        slopes = np.radians(np.abs(_slopes(self.motion, change)).max(axis=0))
        return float((levers @ slopes).max())


def _slopes(motion: Motion, change: Change) -> Array:
    """Return what a unit of a change does to every pose (n, 3), or raise."""
    slopes = change.slopes(motion)
    if slopes is None:
        raise InputError(f"{change.name} makes no sense for {motion!r}")
    return slopes


def _chosen(motion: Motion, changes: Mapping[str, float] | None) -> dict[Change, float]:
    """Return the changes to try with their amounts."""
    if changes is None:
        every = CHANGES.values()
        return {change: change.amount for change in every if change.slopes(motion) is not None}
    if not changes:
        raise InputError(f"changes needs at least one of {', '.join(CHANGES)}")
    chosen = {}
    for name, amount in changes.items():
        change = CHANGES[as_choice(name, tuple(CHANGES), name="change")]
        _slopes(motion, change)
        chosen[change] = as_number(amount, name=name, low=0.0, high=change.most, unit=change.unit)
    return chosen


def counted(change: Change, amount: float) -> str:
    """Return an amount with its unit.

    Examples
    --------
    >>> counted(CHANGES["toe_in"], 5.0)
    '5 deg'
    """
    return f"{amount:.3g} {change.unit}"


def told(change: Change, amount: float) -> str:
    """Return a change in words.

    Examples
    --------
    >>> told(CHANGES["shorter_stride"], 20.0)
    'a stride 20 % shorter'
    """
    return change.does.format(counted(change, amount))
