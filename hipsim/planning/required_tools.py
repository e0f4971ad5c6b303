"""What a surgeon can do: the plane, the burr and the contouring that reach the targets for least.

The ideal resection (:mod:`hipsim.planning.required_resection`) is no shape of any instrument. A
plane or a burr reaches what it reaches if it takes all bone the ideal takes, so for every tilt the
least depth follows from the ideal's corners, without a cut: each must lie above the plane (or
within the sweep of the burr), save by as much as it is farther from the pelvis than wanted. Among
the tilts that which costs least of the iliopsoas footprint is chosen, then that which takes least
bone. Contouring spares the anterior insertion and has one amount, sought by halving: it gains with
every mm. What was chosen is certified over the continuous motions as the ideal is, and goes deeper
by the hundredths it may lack.

Where an instrument cannot do what the ideal does, at no tilt and no depth it is allowed, it takes
the tilt that leaves least missing and the least depth that gains what the largest depth does, to
0.2 mm. Of a target that is out of reach for any resection it may leave as much: the last tenths
would cost a burr half a trochanter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.errors import AnatomyError
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.required_outcome import TOLERANCE_MM, TargetOutcome, certified
from hipsim.planning.required_resection import MOST_TRIES, RequiredResection
from hipsim.planning.required_solid import excess_mm
from hipsim.planning.required_space import make_spaces
from hipsim.proximity.field import DistanceField
from hipsim.surgery.burr import lesser_trochanter_burring
from hipsim.surgery.contour import lesser_trochanter_contouring
from hipsim.surgery.removal import Resection
from hipsim.surgery.resection import (
    TILT_RANGE_DEG,
    largest_resection_depth,
    lesser_trochanter_resection,
    planned_plane,
)
from hipsim.surgery.trochanter import find_trochanter
from hipsim.surgery.zone import find_zone

COARSE_DEG, FINE_DEG = 5.0, 1.0  # between tilts, and between those around the best
BURR_TILTS_DEG = np.array([-10.0, -5.0, 0.0, 5.0, 10.0])  # from that of the best plane
DEPTH_STEP_MM = 0.05  # of planes and burrs, which are sought without a cut
CUT_STEP_MM = 0.2  # where every depth tried is a cut and a sweep
PROOF_MM = 0.1  # what a certificate may ask beyond samples; more is out of reach
SAME_SHARE = 1e-4  # of a footprint; less is no reason to prefer a tilt

WAIVED_MM = 0.2  # of clearance where a target is out of reach: no instrument goes far for so little

Operate = Callable[..., Resection]


@dataclass(frozen=True, eq=False)
class ToolResection:
    """A resection with an instrument, and its price against the ideal one.

    Parameters
    ----------
    tool
        ``"plane"``, ``"burr"`` or ``"contour"``.
    amounts
        ``depth_mm`` and what else the procedure takes, ready for its function in
        :mod:`hipsim.surgery`.
    resection
        What it takes and leaves.
    outcomes
        What became of each target.
    ideal
        The least resection.
    """

    tool: str
    amounts: dict[str, float]
    resection: Resection
    outcomes: tuple[TargetOutcome, ...]
    ideal: RequiredResection

    def __repr__(self) -> str:
        amounts = ", ".join(f"{name} {amount:.2f}" for name, amount in self.amounts.items())
        return (
            f"<{self.tool} of {self.resection.before.name!r}, {amounts}: "
            f"{self.resection.volume_mm3:.0f} mm3, "
            f"{100.0 * self.resection.footprint.lost_share:.0f} % of the footprint, "
            f"{'all' if self.is_reached else 'not all'} targets reached>"
        )

    @property
    def is_reached(self) -> bool:
        """Whether every target is reached."""
        return all(outcome.is_reached for outcome in self.outcomes)

    @property
    def is_as_good(self) -> bool:
        """Whether it gains what the ideal does, to 0.2 mm where a target is out of reach."""
        return all(one.after.lower_bound_mm >= _aim_mm(one) for one in self.outcomes)

    @property
    def extra_volume_mm3(self) -> float:
        """Bone taken beyond the ideal."""
        return self.resection.volume_mm3 - self.ideal.volume_mm3

    @property
    def extra_footprint_share(self) -> float:
        """Share of the intact footprint taken beyond the ideal; negative where it takes less."""
        return self.resection.footprint.lost_share - self.ideal.footprint_lost_share


def best_plane(ideal: RequiredResection) -> ToolResection:
    """Return the planar resection that does what the ideal does for least footprint, then bone.

    Parameters
    ----------
    ideal
        From :func:`hipsim.planning.required_resection.required_resection`.

    Returns
    -------
    best
        With ``depth_mm`` and ``tilt_deg``; of depth 0 where nothing needs to go.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    hip = ideal.resection.before
    if ideal.removed is None:
        return _finished(
            "plane", lesser_trochanter_resection, ideal, {"depth_mm": 0, "tilt_deg": 0}
        )
    need, (low, high) = _Need.of(ideal), TILT_RANGE_DEG
    tilts = _with_bone(hip, np.arange(low, high + 1e-9, COARSE_DEG))
    rows = [(tilt, need.plane_depth(tilt)) for tilt in tilts]
    if min(short for _, (_, short) in rows) > 0.0:
        tilt, (largest, _) = min(rows, key=lambda row: row[1][1])
        at_tilt = partial(lesser_trochanter_resection, tilt_deg=tilt)
        amounts = {"depth_mm": _least_depth(ideal, at_tilt, largest), "tilt_deg": tilt}
        return _finished("plane", lesser_trochanter_resection, ideal, amounts)
    best = _cheapest(hip, [(t, d) for t, (d, short) in rows if short <= 0.0])
    near = np.clip(best + FINE_DEG * np.arange(1.0 - COARSE_DEG, COARSE_DEG), low, high)
    fine = [(t, need.plane_depth(t)) for t in _with_bone(hip, np.unique(near))]
    best = _cheapest(hip, [(t, d) for t, (d, short) in fine if short <= 0.0])
    amounts = {"depth_mm": need.plane_depth(best)[0], "tilt_deg": best}
    return _finished("plane", lesser_trochanter_resection, ideal, amounts)


def best_burr(
    ideal: RequiredResection, *, diameter_mm: float = 5.5, plane: ToolResection | None = None
) -> ToolResection:
    """Return the resection with a ball burr that does what the ideal does for least.

    Parameters
    ----------
    ideal
        From :func:`hipsim.planning.required_resection.required_resection`.
    diameter_mm
        Of the burr, 1 to 12 mm.
    plane
        The best plane, about whose tilt is sought; found if left out.

    Returns
    -------
    best
        With ``depth_mm``, ``tilt_deg`` and ``diameter_mm``.

    Raises
    ------
    InputError
        If the diameter is out of range.
    AnatomyError
        If a landmark is missing.
    """
    plane = plane or best_plane(ideal)
    start, operate = (
        plane.amounts["tilt_deg"],
        partial(lesser_trochanter_burring, diameter_mm=diameter_mm),
    )
    if ideal.removed is None:
        return _finished("burr", operate, ideal, {"depth_mm": 0.0, "tilt_deg": start})
    need = _Need.of(ideal)
    tilts = _with_bone(need.hip, np.unique(np.clip(start + BURR_TILTS_DEG, *TILT_RANGE_DEG)))
    rows = [(tilt, *need.burr_depth(tilt, 0.5 * diameter_mm)) for tilt in tilts]
    reached = [(tilt, depth) for tilt, depth, holds in rows if holds]
    if reached:
        tilt = _cheapest(need.hip, reached, operate)
        depth = dict(reached)[tilt]
    else:
        tilt, largest = start, largest_resection_depth(need.hip, tilt_deg=start)
        depth = _least_depth(ideal, partial(operate, tilt_deg=tilt), largest)
    return _finished("burr", operate, ideal, {"depth_mm": depth, "tilt_deg": tilt})


def best_contour(ideal: RequiredResection) -> ToolResection:
    """Return the least contouring that does what the ideal does, or the deepest if none does.

    Parameters
    ----------
    ideal
        From :func:`hipsim.planning.required_resection.required_resection`.

    Returns
    -------
    best
        With ``depth_mm``; 0 where no depth gains anything.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    hip = ideal.resection.before
    if ideal.removed is None:
        return _finished("contour", lesser_trochanter_contouring, ideal, {"depth_mm": 0.0})
    depth = _least_depth(ideal, lesser_trochanter_contouring, largest_resection_depth(hip))
    return _finished("contour", lesser_trochanter_contouring, ideal, {"depth_mm": depth})


@dataclass(frozen=True, eq=False)
class _Need:
    """The corners of the ideal piece (n, 3), and by how much each may stick out of a tool, (n,)."""

    hip: Hip
    corners: Array
    spare_mm: Array

    @classmethod
    def of(cls, ideal: RequiredResection) -> "_Need":
        """Ask how near the corners come."""
        asked = [one for one in ideal.outcomes if one.goal_mm is not None]
        hip, corners = ideal.resection.before, ideal.removed.vertices  # type: ignore[union-attr]
        spaces = make_spaces(hip, tuple(one.target for one in asked))
        goals = np.array([_aim_mm(one) for one in asked])
        return cls(hip, corners, excess_mm(spaces, goals, corners).min(axis=0))

    def plane_depth(self, tilt_deg: float) -> tuple[float, float]:
        """Return the least depth at a tilt, at most the largest, and what is missing there, mm."""
        seen = find_trochanter(self.hip, tilt_deg)
        below = seen.top_above_apex_mm - (self.corners - seen.apex) @ seen.outward
        wanted = float((below - np.maximum(self.spare_mm, 0.0)).max())
        largest = seen.largest_depth_mm
        if wanted <= largest:
            return wanted, 0.0
        left = -self.spare_mm[below > largest]
        return largest, float(max(left.max(), DEPTH_STEP_MM))

    def burr_depth(self, tilt_deg: float, radius_mm: float) -> tuple[float, bool]:
        """Return the least depth at a tilt at which a burr takes all, or the largest and False."""
        low, high = (
            self.plane_depth(tilt_deg)[0],
            largest_resection_depth(self.hip, tilt_deg=tilt_deg),
        )
        if not self._is_held(high, tilt_deg, radius_mm):
            return high, False
        while high - low > DEPTH_STEP_MM:
            middle = 0.5 * (low + high)
            held = self._is_held(middle, tilt_deg, radius_mm)
            low, high = (low, middle) if held else (middle, high)
        return high, True

    def _is_held(self, depth_mm: float, tilt_deg: float, radius_mm: float) -> bool:
        """Return whether the sweep of a burr holds the corners."""
        seen, _, point = planned_plane(self.hip, depth_mm, tilt_deg)
        centres = find_zone(self.hip).above_planes(
            point[None], -seen.outward[None], inset_mm=radius_mm
        )
        outside = DistanceField(centres)(self.corners, np.eye(4)).distance_mm - radius_mm
        return bool((outside <= np.maximum(self.spare_mm, TOLERANCE_MM)).all())


class _Space:
    """Least clearances of an operated hip over the poses of the motions that ask for bone."""

    def __init__(self, ideal: RequiredResection) -> None:
        asked = [one for one in ideal.outcomes if one.goal_mm is not None]
        self.targets = [one.target for one in asked]
        self.goals = np.array([_aim_mm(one) for one in asked])
        regions = dict.fromkeys((t.femoral_region, t.pelvic_region) for t in self.targets)
        self._queries = {
            pair: ClearanceQuery(
                ideal.resection.before, femoral_region=pair[0], pelvic_region=pair[1]
            )
            for pair in regions
        }

    def minima_mm(self, operated: Hip) -> Array:
        """Return the least clearance of each motion, shape (k,)."""
        after = {pair: query.after(operated) for pair, query in self._queries.items()}
        rows = ((after[t.femoral_region, t.pelvic_region], t.motion) for t in self.targets)
        return np.array([query(motion).minimum_mm for query, motion in rows])


def _aim_mm(outcome: TargetOutcome) -> float:
    """Return the clearance an instrument must gain for a target, -inf where none."""
    if outcome.goal_mm is None:
        return -np.inf
    is_reachable = outcome.goal_mm >= outcome.target.clearance_mm
    return outcome.goal_mm if is_reachable else outcome.goal_mm - WAIVED_MM


def _least_depth(ideal: RequiredResection, operate: Operate, largest_mm: float) -> float:
    """Return the least depth that gains the goals, or what the largest depth gains of them."""
    hip, space = ideal.resection.before, _Space(ideal)
    most = space.minima_mm(operate(hip, depth_mm=largest_mm).hip)
    goals = np.where(most >= space.goals, space.goals, most - WAIVED_MM)
    if (space.minima_mm(hip) >= goals).all():
        return 0.0
    low, high = 0.0, largest_mm
    while high - low > CUT_STEP_MM:
        middle = 0.5 * (low + high)
        is_enough = (space.minima_mm(operate(hip, depth_mm=middle).hip) >= goals).all()
        low, high = (low, middle) if is_enough else (middle, high)
    return high


def _with_bone(hip: Hip, tilts: Array) -> list[float]:
    """Return the tilts at which bone is left under the apex; on operated hips not all have some."""
    found = []
    for tilt in tilts.tolist():
        try:
            find_trochanter(hip, tilt)
        except AnatomyError:
            if tilt == 0.0:
                raise
        else:
            found.append(tilt)
    return found


def _cheapest(
    hip: Hip,
    rows: list[tuple[float, float]],
    operate: Operate = lesser_trochanter_resection,
) -> float:
    """Return the tilt of (tilt, depth) that costs least of the footprint, then of bone."""

    def price(row: tuple[float, float]) -> tuple[int, float]:
        done = operate(hip, depth_mm=row[1], tilt_deg=row[0])
        return int(done.footprint.lost_share / SAME_SHARE), done.volume_mm3

    return min(rows, key=price)[0]


def _finished(
    tool: str,
    operate: Operate,
    ideal: RequiredResection,
    amounts: dict[str, float],
) -> ToolResection:
    """Do what was chosen, certify it, and go deeper by what may lack."""
    hip = ideal.resection.before
    targets = [one.target for one in ideal.outcomes]
    largest = largest_resection_depth(hip, tilt_deg=amounts.get("tilt_deg", 0.0))
    for _ in range(MOST_TRIES):
        done = operate(hip, **amounts)
        after = certified(done.hip, targets)
        lacks = [
            _aim_mm(one) - found.lower_bound_mm
            for one, found in zip(ideal.outcomes, after, strict=True)
        ]
        if not 0.0 < max(lacks) <= PROOF_MM or amounts["depth_mm"] >= largest:
            break
        deeper = amounts["depth_mm"] + max(lacks) + TOLERANCE_MM
        amounts = {**amounts, "depth_mm": min(deeper, largest)}
    outcomes = tuple(
        TargetOutcome(one.target, one.before, found, one.reachable, one.goal_mm, 0.0, one.limit)
        for one, found in zip(ideal.outcomes, after, strict=True)
    )
    if isinstance(operate, partial):
        amounts = {**amounts, **operate.keywords}
    return ToolResection(tool, amounts, done, outcomes, ideal)
