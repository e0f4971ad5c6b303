"""The least resection of the lesser trochanter that gives every motion its wanted clearance.

The surface it leaves is where bone is exactly as far from the pelvis as wanted, over whole motions
(:mod:`hipsim.planning.required_space`). It is the ideal: no plane or burr that reaches the targets
takes less. It stays within the resectable zone (:mod:`hipsim.surgery.zone`); where bone outside
comes nearer than wanted, the target cannot be reached. Then bone goes only as far as that buys
clearance: what would leave the minimum over the motion as it is stays on the patient.

Proof. The surface is contoured a margin of 0.05 to 0.1 mm beyond the target, because poses and
nodes are finitely many; the operated femur is then certified over the continuous motion, to 0.01
mm, by :mod:`hipsim.planning.certified`. Should the proof fail by some hundredths, the pose it fails
in is looked at too, the surface goes a little deeper, and is proved anew.

Where bones overlap even with the whole zone gone, the bone is sought that leaves them no deeper.
Depth of overlap depends on both bones' surfaces, not on points of one: where the first try leaves
more, all bone of the zone goes that would enter the pelvis, and what is left is said, not proved to
be least.

Depths are given perpendicular to the surface that is left: how far each point of the bone's surface
lies from the bone that remains.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from hipsim.anatomy.attachment import Footprint
from hipsim.anatomy.footprint import iliopsoas_footprint
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array
from hipsim.errors import ComputationError
from hipsim.geometry import Mesh, cut
from hipsim.planning.certified import CertifiedMinimum
from hipsim.planning.required_outcome import (
    TOLERANCE_MM,
    TargetOutcome,
    as_wanted,
    certified,
    limit_of,
)
from hipsim.planning.required_solid import Lattice, excess_mm, too_near
from hipsim.planning.required_space import Space, make_spaces
from hipsim.planning.targets import Target
from hipsim.proximity.field import DistanceField
from hipsim.surgery.excision import lesser_trochanter_excision
from hipsim.surgery.removal import Resection, resect_femur
from hipsim.surgery.zone import find_zone, resectable_zone

SPACING_MM = 0.5  # of the grid
MARGINS_MM = 0.05, 0.05  # beyond a target: always, and more where it is near zero
GAIN_MM = 0.02  # what a resection must at least buy, twice what certificates tell apart
NO_OVERLAP_MM = sum(MARGINS_MM)  # level at which all bone goes that would enter the pelvis
MOST_TRIES = 12
NOISE_MM = 1e-6  # a vertex nearer to the bone that is left is on it


@dataclass(frozen=True, eq=False)
class RequiredResection:
    """The least resection that reaches the targets, as far as the resectable zone allows.

    Parameters
    ----------
    resection
        What was taken and what is left; its ``hip`` is the very hip that was asked about where
        nothing needs to go.
    outcomes
        What became of each target, in the order given.
    depth_mm
        For each vertex of the femur before, how far the bone that is left lies below it, along the
        shortest way; 0 where the surface stays, shape (n,).
    """

    resection: Resection
    outcomes: tuple[TargetOutcome, ...]
    depth_mm: Array = field(repr=False)

    def __repr__(self) -> str:
        return (
            f"<RequiredResection of {self.resection.before.name!r}: {self.volume_mm3:.0f} mm3, "
            f"{self.deepest_mm:.1f} mm deep, {100.0 * self.footprint_lost_share:.0f} % of the "
            f"footprint, {'all' if self.is_reached else 'not all'} targets reached>"
        )

    @property
    def hip(self) -> Hip:
        """The hip after the resection."""
        return self.resection.hip

    @property
    def removed(self) -> Mesh | None:
        """The piece to be taken away, closed, scan frame, mm; None where nothing needs to go."""
        return self.resection.removed

    @property
    def volume_mm3(self) -> float:
        """Volume of that piece."""
        return self.resection.volume_mm3

    @property
    def footprint(self) -> Footprint:
        """What is left of the insertion of the iliopsoas."""
        return self.resection.footprint

    @property
    def footprint_lost_share(self) -> float:
        """Share of the intact insertion of the iliopsoas that is gone, 0 to 1."""
        return self.footprint.lost_share

    @property
    def deepest_mm(self) -> float:
        """Largest depth of the map."""
        return float(self.depth_mm.max())

    @property
    def is_reached(self) -> bool:
        """Whether every target is reached."""
        return all(outcome.is_reached for outcome in self.outcomes)

    @cached_property
    def binding(self) -> TargetOutcome | None:
        """The target that dictates most of the new surface; None where nothing needs to go."""
        most = max(self.outcomes, key=lambda outcome: outcome.share)
        return most if most.share > 0.0 else None


def required_resection(hip: Hip, targets: Sequence[Target]) -> RequiredResection:
    """Return the least resection of the lesser trochanter that reaches targets.

    Parameters
    ----------
    hip
        With ``lesser_trochanter`` and both ``shaft_axis`` landmarks, and a closed femur.
    targets
        Least clearance wanted in each motion, at least one.

    Returns
    -------
    required
        The resection, the depth map on the bone, and what became of each target. Where a target
        is out of reach, bone goes as far as that gains clearance, and ``missing_mm`` says the rest.

    Raises
    ------
    InputError
        If there is no target.
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
    >>> wanted = Target(hs.motions.neutral(), start + 1.0, "1 mm more")
    >>> found = required_resection(hip, [wanted])
    >>> found.is_reached, found.outcomes[0].after.minimum_mm - start < 1.3
    (True, True)
    """
    wanted = as_wanted(targets)
    before = certified(hip, wanted)
    is_met = [c.minimum_mm >= t.clearance_mm for c, t in zip(before, wanted, strict=True)]
    if all(is_met):
        return _nothing(hip, wanted, before, [None] * len(wanted))
    whole = lesser_trochanter_excision(hip)
    most = certified(whole.hip, wanted)
    reachable = [None if met else best for met, best in zip(is_met, most, strict=True)]
    goals = np.array([_goal(*row) for row in zip(wanted, before, reachable, strict=True)])
    if not np.isfinite(goals).any():
        return _nothing(hip, wanted, before, reachable)
    site = _Site.of(hip, wanted, goals, whole)
    done, after, levels = _proven(site)
    shares = site.shares(done, levels)
    asked = [float(goal) if np.isfinite(goal) else None for goal in goals]
    outcomes = map(TargetOutcome, wanted, before, after, reachable, asked, shares)
    limited = tuple(replace(one, limit=limit_of(hip, one)) for one in outcomes)
    return RequiredResection(done, limited, depth_map(done))


def depth_map(resection: Resection) -> Array:
    """Return how far the bone that is left lies below each vertex of the femur before, mm, (n,)."""
    vertices = resection.before.femur.vertices
    depth = np.zeros(len(vertices))
    if resection.removed is None:
        return depth
    low, high = resection.removed.bounds
    near = np.flatnonzero(((vertices >= low) & (vertices <= high)).all(axis=1))
    away = DistanceField(resection.hip.femur)(vertices[near], np.eye(4)).distance_mm
    depth[near] = np.where(away > NOISE_MM, away, 0.0)
    return depth


def _goal(target: Target, before: CertifiedMinimum, reachable: CertifiedMinimum | None) -> float:
    """Return the clearance to be reached, -inf where nothing needs to go or nothing is gained."""
    if reachable is None:
        return -np.inf
    most = min(target.clearance_mm, reachable.lower_bound_mm - TOLERANCE_MM)
    return most if most > before.minimum_mm + GAIN_MM else -np.inf


@dataclass(frozen=True, eq=False)
class _Site:
    """Where a resection is sought: the goals that ask for one, and the bone that may go."""

    hip: Hip
    targets: tuple[Target, ...]
    goals: Array
    spaces: list[Space]
    zone: Mesh
    bone: DistanceField
    lattice: Lattice

    @classmethod
    def of(cls, hip: Hip, targets: tuple[Target, ...], goals: Array, whole: Resection) -> "_Site":
        """Prepare what does not depend on the levels."""
        if whole.removed is None:
            raise ComputationError("the resectable zone holds no bone, yet removing it gains space")
        seen = find_zone(hip).trochanter
        frame = np.column_stack([side_sign(hip.side) * seen.forward, seen.up, seen.outward])
        lattice = Lattice.around(
            whole.removed, frame=frame, origin=seen.apex, spacing_mm=SPACING_MM
        )
        asked = tuple(t for t, goal in zip(targets, goals, strict=True) if np.isfinite(goal))
        bone = DistanceField(whole.removed)
        return cls(
            hip, targets, goals, make_spaces(hip, asked), resectable_zone(hip), bone, lattice
        )

    @property
    def is_asked(self) -> Array:
        """Mark the targets that ask for bone."""
        asked: Array = np.isfinite(self.goals)
        return asked

    def resected(self, levels: Array) -> Resection:
        """Take the bone nearer than the levels."""
        near = too_near(self.spaces, levels, self.bone, self.lattice)
        tool = None if near is None else cut.common(near, self.zone)
        note = {
            "procedure": "required_resection",
            "targets": [str(target) for target in self.targets],
        }
        return resect_femur(self.hip, tool, note)

    def looking_at(self, after: list[CertifiedMinimum], is_short: Array) -> "_Site":
        """Return the site with the poses that certificates found short among those looked at."""
        asked = [k for k, goal in enumerate(self.goals) if np.isfinite(goal)]
        spaces = [
            space.with_pose(self.hip, self.targets[k].motion, after[k].pose_deg) if short else space
            for k, space, short in zip(asked, self.spaces, is_short, strict=True)
        ]
        return replace(self, spaces=spaces)

    def shares(self, done: Resection, levels: Array) -> list[float]:
        """Return the share of the new surface that each target dictates."""
        shares = np.zeros(len(self.targets))
        if done.made_surface is not None:
            excess = excess_mm(self.spaces, levels, done.made_surface.face_centres)
            areas = done.made_surface.face_areas_mm2
            dictated = np.bincount(excess.argmin(axis=0), areas, len(levels))
            shares[self.is_asked] = dictated / areas.sum()
        return [float(share) for share in shares]


def _proven(site: _Site) -> tuple[Resection, list[CertifiedMinimum], Array]:
    """Take bone until the certificate holds; return levels too."""
    goals = site.goals[site.is_asked]
    levels = goals + MARGINS_MM[0] + MARGINS_MM[1] / (1.0 + np.maximum(goals, 0.0))
    for _ in range(MOST_TRIES):
        done = site.resected(levels)
        after = certified(done.hip, site.targets)
        lacks = goals - np.array([found.lower_bound_mm for found in after])[site.is_asked]
        is_short = (lacks > 0.0) & ((goals >= 0.0) | (levels < NO_OVERLAP_MM))
        if not is_short.any():
            return done, after, levels
        site = site.looking_at(after, is_short)
        levels = levels + np.where(is_short, _deeper_mm(goals, levels, lacks), 0.0)
    raise ComputationError(
        f"the required resection could not be proved in {MOST_TRIES} tries: clearance is "
        f"{lacks.max():.3f} mm short of its goal; are the regions' surfaces sound?"
    )


def _deeper_mm(goals: Array, levels: Array, lacks: Array) -> Array:
    """Return by how much to raise levels: by hundredths, but out of any overlap at once."""
    return np.where(goals >= 0.0, 0.5 * lacks + TOLERANCE_MM, NO_OVERLAP_MM - levels)


def _nothing(
    hip: Hip,
    targets: tuple[Target, ...],
    before: list[CertifiedMinimum],
    reachable: Sequence[CertifiedMinimum | None],
) -> RequiredResection:
    """Return a resection of nothing: the targets are met, or no bone of the zone gains space."""
    done = Resection(hip, hip, None, None, iliopsoas_footprint(hip))
    outcomes = map(TargetOutcome, targets, before, before, reachable)
    limited = tuple(replace(one, limit=limit_of(hip, one)) for one in outcomes)
    return RequiredResection(done, limited, depth_map(done))
