"""What becomes of targets: certified clearances before and after, what is missing, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.planning.certified import CertifiedMinimum, CertifiedQuery
from hipsim.planning.continuous import turning_of
from hipsim.planning.targets import Target
from hipsim.proximity.field import DistanceField
from hipsim.surgery.trochanter import SHAFT_BELOW_APEX_MM
from hipsim.surgery.zone import TOOL_RADIUS_MM, find_zone

TOLERANCE_MM = 0.01  # of certified minima


@dataclass(frozen=True, eq=False)
class TargetOutcome:
    """What became of one target.

    Parameters
    ----------
    target
        What was wanted.
    before, after
        Least clearance over the continuous motion, certified to 0.01 mm.
    reachable
        Least clearance with the whole resectable zone gone, the most any resection within it can
        give; None where the target was met before.
    goal_mm
        Clearance the resection was made for: the target, or the most that can be reached; None
        where nothing had to go for it.
    share
        Share, 0 to 1, of the surface left by the resection that this target dictates.
    limit
        What keeps the target out of the reach of any resection, in words; None where it is
        reached or nobody asked.
    """

    target: Target
    before: CertifiedMinimum
    after: CertifiedMinimum
    reachable: CertifiedMinimum | None
    goal_mm: float | None = None
    share: float = 0.0
    limit: str | None = None

    def __repr__(self) -> str:
        said = "reached" if self.is_reached else f"{self.missing_mm:.2f} mm missing"
        return (
            f"<{self.target}: {self.before.minimum_mm:.2f} to {self.after.minimum_mm:.2f} mm, "
            f"{said}>"
        )

    @property
    def is_reached(self) -> bool:
        """Whether the motion has the wanted clearance after the resection."""
        return self.after.minimum_mm >= self.target.clearance_mm

    @property
    def missing_mm(self) -> float:
        """Clearance still missing, the remainder that no resection within the zone can reach."""
        return max(self.target.clearance_mm - self.after.minimum_mm, 0.0)

    @property
    def limited_by(self) -> str | None:
        """Femoral structure that keeps the target out of reach; None where it is reached."""
        return None if self.is_reached else self.after.structure


def as_wanted(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return targets as a tuple, or raise InputError where there is none or something else."""
    wanted = tuple(targets)
    for target in wanted:
        if not isinstance(target, Target):
            raise InputError(f"targets must be Target, got {target!r:.80}; see as_targets")
    if not wanted:
        raise InputError("there is no target: say how much space which motion shall have")
    return wanted


def certified(hip: Hip, targets: Sequence[Target]) -> list[CertifiedMinimum]:
    """Return the certified least clearance of each target's motion between its regions."""
    queries: dict[tuple[str, str], CertifiedQuery] = {}
    found = []
    for target in targets:
        regions = target.femoral_region, target.pelvic_region
        if regions not in queries:
            queries[regions] = CertifiedQuery(
                hip, femoral_region=regions[0], pelvic_region=regions[1]
            )
        found.append(queries[regions].minimum(target.motion, tolerance_mm=TOLERANCE_MM))
    return found


def limit_of(hip: Hip, outcome: TargetOutcome) -> str | None:
    """Return what keeps a target out of the reach of any resection, in words, or None.

    The structure that is nearest, and where that is what is left of the lesser trochanter, the
    bound of the resectable zone behind which it lies.
    """
    if outcome.is_reached:
        return None
    structure = outcome.after.structure.replace("_", " ")
    if outcome.after.structure != "lesser_trochanter":
        return structure
    beyond = _beyond_bounds_mm(hip, _point_on_femur(hip, outcome))
    return f"{structure}, {max(beyond, key=lambda bound: beyond[bound])}"


def _point_on_femur(hip: Hip, outcome: TargetOutcome) -> Array:
    """Return the point of the femur that comes nearest, where the scan has it, shape (1, 3)."""
    motion, found = outcome.target.motion, outcome.after
    angles = np.array([list(found.pose_deg.values())]) + [motion.pelvic_tilt_deg, 0.0, 0.0]
    moved = turning_of(hip, motion).transforms(angles)[0]
    return rigid.apply(rigid.inverse(moved), found.points_mm[:1])


def _beyond_bounds_mm(hip: Hip, point: Array) -> dict[str, float]:
    """Return how far a point (1, 3) lies beyond each bound of the resectable zone."""
    zone = find_zone(hip)
    over = ((point - zone.points) * zone.normals).sum(axis=1)
    seen = zone.trochanter
    offset = point[0] - seen.apex
    along = np.clip(offset @ seen.up, -2.0 * SHAFT_BELOW_APEX_MM, 0.0)
    shaft = DistanceField(zone.shaft_body())(point, np.eye(4)).distance_mm[0]
    up, forward = float(offset @ seen.up), side_sign(hip.side) * float(offset @ seen.forward)
    ways = {"upper": up, "lower": -up, "anterior": forward, "posterior": -forward}
    margin = f"its {max(ways, key=lambda way: ways[way])} margin"
    return {
        "its slope to the neck": float(over[1:].max(initial=-np.inf)),
        "the shaft under it": max(-float(shaft), float(over[0])),
        margin: float(np.linalg.norm(offset - along * seen.up) - TOOL_RADIUS_MM),
    }
