"""The impingement-free range, direction by direction: how far until contact, until too little room.

From a base pose one angle goes in one direction, the others stay. Both ends are found by a
certified search along the continuous arc: nothing before ``free_until_deg`` is below the target,
and at ``below_deg``, no more than the resolution further on, something is.

Only the two named regions are asked about, the femur outside the joint capsule and the ischium
unless others are given: what stops flexion in the joint itself (neck against acetabular rim) is not
in this range. Soft tissue stops most hips before their bones do; name a cap to have it said.
:mod:`hipsim.planning.free_range_volume` has the range in three angles at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Side, as_choice, as_number
from hipsim.errors import InputError
from hipsim.kinematics.arcs import neutral
from hipsim.kinematics.clinical import CONTACT_MM
from hipsim.kinematics.motion import Motion
from hipsim.planning.certified import CertifiedQuery, FirstContact
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.free_range_caps import CAPS, DIRECTIONS, SoftTissueCap, as_cap
from hipsim.planning.free_range_volume import FreeVolume, free_volume

__all__ = [
    "CAPS",
    "DIRECTIONS",
    "DirectionLimit",
    "FreeRange",
    "FreeVolume",
    "SoftTissueCap",
    "free_range",
    "free_volume",
]

RESOLUTION_DEG = 0.1
# beyond these no hip goes, whatever its bones
SEARCHED_DEG = {
    "flexion": 120.0,
    "extension": 60.0,
    "adduction": 45.0,
    "abduction": 60.0,
    "internal_rotation": 90.0,
    "external_rotation": 90.0,
}
LimitedBy = Literal["bone", "soft tissue", "nothing searched"]


@dataclass(frozen=True)
class DirectionLimit:
    """How far a hip goes in one direction from the base pose.

    All angles count from the zero of the joint angle, positive in the direction.

    Parameters
    ----------
    direction
        One of ``DIRECTIONS``.
    below_deg
        Clearance is below the target here; None where it never is.
    free_until_deg
        Proven: nothing between the base pose and this angle is below the target.
    contact_deg, no_contact_until_deg
        The same for contact of the bones.
    structure
        Femoral structure that comes too near first; None where none does.
    cap_deg
        How far soft tissue goes; None without a cap for this direction.
    limit_deg
        The smaller of ``free_until_deg`` and ``cap_deg``.
    limited_by
        ``"bone"``, ``"soft tissue"``, or ``"nothing searched"`` where the search ended first.
    """

    direction: str
    below_deg: float | None
    free_until_deg: float
    contact_deg: float | None
    no_contact_until_deg: float
    structure: str | None
    cap_deg: float | None
    limit_deg: float
    limited_by: LimitedBy


@dataclass(frozen=True)
class FreeRange:
    """How far a hip goes in each direction from a base pose before its bones come too near.

    Parameters
    ----------
    hip_name, side
        The hip.
    base
        The pose it starts from, with its zeros.
    target_mm
        Clearance that counts as too little.
    regions
        Femoral and pelvic region.
    cap
        What soft tissue allows, or None.
    limits
        Direction to its limit.
    """

    hip_name: str
    side: Side
    base: Motion
    target_mm: float
    regions: tuple[str, str]
    cap: SoftTissueCap | None
    limits: dict[str, DirectionLimit]

    def __repr__(self) -> str:
        narrow = [name for name, limit in self.limits.items() if limit.limited_by == "bone"]
        stopped = ", ".join(f"{name} {self.limits[name].limit_deg:.1f} deg" for name in narrow)
        return f"<FreeRange of {self.hip_name!r}: bone stops {stopped or 'nothing searched'}>"


def free_range(
    hip: Hip,
    *,
    base: Motion | None = None,
    target_mm: float = CONTACT_MM,
    directions: Sequence[str] = tuple(DIRECTIONS),
    cap: SoftTissueCap | str | None = None,
    resolution_deg: float = RESOLUTION_DEG,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
) -> FreeRange:
    """Find how far a hip goes in each direction before two regions come too near, certified.

    Parameters
    ----------
    hip
        The hip.
    base
        A motion of one pose: where all directions start, with the zeros and pelvic tilt of the
        angles; neutral by default.
    target_mm
        Clearance that counts as too little; by default that below which simulation cannot tell
        a gap from contact.
    directions
        Which of ``DIRECTIONS`` to search, all by default; each as far as ``SEARCHED_DEG``.
    cap
        What soft tissue allows: a cap or the name of one of ``CAPS``; none by default.
    resolution_deg
        Largest angle between what is proven free and what is found too near.
    femoral_region, pelvic_region
        Regions to measure between.

    Returns
    -------
    found
        A limit for each direction: angles of first contact and of too little clearance, what
        comes near, and whether bone or soft tissue stops it.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark is missing.
    InputError
        If the base is not one pose within what is searched, or a direction, cap, number or
        region cannot be used.

    Examples
    --------
    >>> import hipsim as hs
    >>> found = free_range(hs.make_hip(sex="female"), directions=["internal_rotation"],
    ...                    cap="kouyoumdjian_2012_supine")
    >>> found.limits["internal_rotation"].limited_by
    'soft tissue'
    """
    start = neutral() if base is None else base
    if start.n_poses != 1:
        raise InputError(f"the base of a range must be one pose, got {start!r}")
    regions = {"femoral_region": femoral_region, "pelvic_region": pelvic_region}
    search = _Search(
        CertifiedQuery(hip, **regions),
        ClearanceQuery(hip, **regions),
        as_number(target_mm, name="target_mm", low=0.0, high=100.0, unit="mm"),
        as_number(resolution_deg, name="resolution_deg", low=1e-4, high=5.0, unit="deg"),
        as_cap(cap),
    )
    return FreeRange(
        hip_name=hip.name,
        side=hip.side,
        base=start,
        target_mm=search.target_mm,
        regions=(femoral_region, pelvic_region),
        cap=search.cap,
        limits={name: search.limit(way_of(start, name)) for name in directions},
    )


def way_of(base: Motion, direction: str) -> Motion:
    """Return the way from a base pose in one direction as far as it is searched.

    Progress is the angle in the direction, in degrees.

    Raises
    ------
    InputError
        If the direction is unknown, or the base is beyond what is searched already.

    Examples
    --------
    >>> way = way_of(neutral(), "extension")
    >>> way.flexion_deg.tolist(), way.progress.tolist()
    ([0.0, -60.0], [0.0, 60.0])
    """
    angle, sign = DIRECTIONS[as_choice(direction, tuple(DIRECTIONS), name="direction")]
    pose = base.pose_deg(0)
    first, last = sign * pose[angle] + 0.0, SEARCHED_DEG[direction]
    if not first < last:
        raise InputError(
            f"{direction} is searched up to {last:g} deg; the base pose is at {first:g} already"
        )
    angles = {f"{name}_deg": np.full(2, value) for name, value in pose.items()}
    angles[f"{angle}_deg"] = sign * np.array([first, last]) + 0.0
    return base.evolved(
        name=direction,
        **angles,
        progress=np.array([first, last]),
        progress_label=f"{direction.replace('_', ' ')} (deg)",
        segments=(direction,) * 2,
        shape=(),
        grid_index=None,
    )


@dataclass(frozen=True)
class _Search:
    """What a search along a direction needs."""

    certified: CertifiedQuery
    clearance: ClearanceQuery
    target_mm: float
    resolution_deg: float
    cap: SoftTissueCap | None

    def limit(self, way: Motion) -> DirectionLimit:
        """Return the limit of one direction."""
        found = self._first(way, self.target_mm)
        contact = self._first(way, 0.0) if self.target_mm > 0.0 else found
        structure = None if found.pose_deg is None else self._structure(way, found.pose_deg)
        cap = None if self.cap is None else self.cap.limit_deg(way.name)
        limit, limited_by = _limited(found.clear_until, found.progress, cap)
        return DirectionLimit(
            direction=way.name,
            below_deg=found.progress,
            free_until_deg=found.clear_until,
            contact_deg=contact.progress,
            no_contact_until_deg=contact.clear_until,
            structure=structure,
            cap_deg=cap,
            limit_deg=limit,
            limited_by=limited_by,
        )

    def _first(self, way: Motion, threshold_mm: float) -> FirstContact:
        """Return the first pose below a threshold."""
        return self.certified.first_contact(
            way, threshold_mm=threshold_mm, resolution_deg=self.resolution_deg
        )[way.name]

    def _structure(self, way: Motion, pose_deg: dict[str, float]) -> str:
        """Return the femoral structure that is nearest in a pose."""
        angles = {f"{name}_deg": np.array([angle]) for name, angle in pose_deg.items()}
        one = {"progress": np.zeros(1), "segments": way.segments[:1], "shape": ()}
        return self.clearance(way.evolved(**angles, **one, grid_index=None)).structure


def _limited(free: float, below: float | None, cap: float | None) -> tuple[float, LimitedBy]:
    """Return the limit of a direction and what sets it."""
    if cap is not None and cap < free:
        return cap, "soft tissue"
    return free, "nothing searched" if below is None else "bone"
