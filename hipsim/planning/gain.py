"""What surgery gains: two clearances over the same poses, compared pose by pose."""

from dataclasses import dataclass

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.planning.clearance import Clearance


@dataclass(frozen=True, eq=False)
class SpaceGained:
    """What changed between two clearances over the same poses; positive is more space.

    Parameters
    ----------
    before, after
        The clearances compared.
    gain_mm
        Gain of each pose, shape (n,).
    """

    before: Clearance
    after: Clearance
    gain_mm: Array

    def __repr__(self) -> str:
        return (
            f"<SpaceGained in {self.before.motion.name!r}: {self.before.minimum_mm:.2f} to "
            f"{self.after.minimum_mm:.2f} mm>"
        )

    @property
    def minimum_gain_mm(self) -> float:
        """Gain of the minimum over the motion."""
        return self.after.minimum_mm - self.before.minimum_mm

    @property
    def segment_gain_mm(self) -> dict[str, float]:
        """Arm name to the gain of its minimum."""
        after = self.after.segment_minima_mm
        return {arm: after[arm] - value for arm, value in self.before.segment_minima_mm.items()}

    @property
    def pose_shift_deg(self) -> dict[str, float]:
        """Angles by which the pose of the minimum moved."""
        after = self.after.pose_deg
        return {angle: after[angle] - value for angle, value in self.before.pose_deg.items()}

    @property
    def is_structure_changed(self) -> bool:
        """Whether another femoral structure is nearest at the minimum."""
        return self.before.structure != self.after.structure

    def share_below_change(self, threshold_mm: float | None = None) -> float:
        """Return the change of the share of the motion below a threshold; negative is better.

        Raises
        ------
        InputError
            If no threshold is given and the motion has none.
        """
        return self.after.share_below(threshold_mm) - self.before.share_below(threshold_mm)


def space_gained(before: Clearance, after: Clearance) -> SpaceGained:
    """Compare the clearance of a hip before and after, pose by pose.

    Parameters
    ----------
    before, after
        Clearances of the same side and regions over the same poses against the same zeros.

    Raises
    ------
    InputError
        If the two differ in more than the hip: another motion, side or region.
    """
    stated = [(c.side, c.femoral_region, c.pelvic_region) for c in (before, after)]
    if stated[0] != stated[1]:
        raise InputError(f"compare one side and the same regions, got {stated[0]} and {stated[1]}")
    if not before.motion.same_poses(after.motion):
        raise InputError(
            "compare over the same poses and zeros, got motions "
            f"{before.motion.name!r} and {after.motion.name!r}"
        )
    return SpaceGained(before, after, after.distance_mm - before.distance_mm)
