"""How sure a plan is: intervals, the probability of reaching each target, and what matters most.

Every sample is one way things may really be: landmarks a little elsewhere (so frames and the centre
of rotation are), bone a little thicker, the leg a little otherwise posed, the surgeon a little
deeper (:mod:`hipsim.planning.priors`). Each is carried through the whole computation; only the bone
is not cut anew for every sample: clearance is taken as linear between depths ``DEPTH_STEP_MM``
apart at most, and a derotation turns poses instead of bone (the derotation law), exactly.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, Side, as_choice, as_number
from hipsim.errors import InputError
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.planning.amounts_needed import Interval, RequiredAmount, first, first_rising
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.priors import (
    EXECUTIONS,
    PRIORS,
    Execution,
    Prior,
    draw_errors,
    execution_priors,
)
from hipsim.planning.response import query_after
from hipsim.planning.sensitivity import first_order_indices
from hipsim.planning.targets import Target
from hipsim.planning.threads import in_threads
from hipsim.planning.tradeoff import derotated
from hipsim.surgery import largest_resection_depth, resect_lesser_trochanter

Progress = Callable[[int, int], None]
DEPTH_STEP_MM = 1.0
LEAST_SAMPLES = 128  # fewer tell no index of six inputs that go together
ANGLES_DEG = np.arange(0.0, 61.0, 5.0)


@dataclass(frozen=True)
class PlannedAmounts:
    """A resection and a derotation, and whether they are guided.

    Parameters
    ----------
    depth_mm, tilt_deg
        Of the plane; a depth of 0 is no resection.
    angle_deg
        Of the derotation; 0 is none.
    execution
        ``"freehand"`` or ``"guided"``.

    Raises
    ------
    InputError
        If the depth is negative, the angle beyond 60 degrees, or the execution unknown.
    """

    depth_mm: float
    tilt_deg: float
    angle_deg: float
    execution: Execution

    def __post_init__(self) -> None:
        as_choice(self.execution, EXECUTIONS, name="execution")
        as_number(self.depth_mm, name="depth_mm", low=0, unit="mm")
        as_number(self.angle_deg, name="angle_deg", low=-60, high=60, unit="deg")


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """What n samples say of a plan, for t targets.

    Parameters
    ----------
    hip_name, side
        The hip.
    targets
        What shall be reached.
    plan
        The plan, and how it is carried out.
    priors
        What was not known exactly.
    seed
        Of the samples.
    before_mm, after_mm
        Least clearance in each target's motion, shape (t, n).
    depth, angle
        What resection alone and derotation alone would need.
    indices
        Motion name to the share of the variance after the plan that each prior explains alone.
    """

    hip_name: str
    side: Side
    targets: tuple[Target, ...]
    plan: PlannedAmounts
    priors: tuple[Prior, ...]
    seed: int
    before_mm: Array
    after_mm: Array
    depth: RequiredAmount
    angle: RequiredAmount
    indices: Mapping[str, Mapping[str, float]]

    def __repr__(self) -> str:
        chance = f"{100 * self.probability_of_all:.0f} % reach every target"
        return f"<Uncertainty of {self.hip_name!r}, {self.before_mm.shape[1]} samples: {chance}>"

    @cached_property
    def before(self) -> dict[str, Interval]:
        """Motion name to the space now."""
        return self._intervals(self.before_mm)

    @cached_property
    def after(self) -> dict[str, Interval]:
        """Motion name to the space after the plan."""
        return self._intervals(self.after_mm)

    @cached_property
    def gain(self) -> dict[str, Interval]:
        """Motion name to the space gained; errors that are the same before and after cancel."""
        return self._intervals(self.after_mm - self.before_mm)

    @cached_property
    def probability(self) -> dict[str, float]:
        """Motion name to the probability that the plan reaches its target."""
        return {
            t.motion.name: float((row >= t.clearance_mm).mean())
            for t, row in zip(self.targets, self.after_mm, strict=True)
        }

    @property
    def probability_of_all(self) -> float:
        """Probability that the plan reaches every target."""
        wanted = np.array([[t.clearance_mm] for t in self.targets])
        return float((self.after_mm >= wanted).all(axis=0).mean())

    @property
    def sentence(self) -> str:
        """Which input matters most, in plain words.

        Names the motion whose target is least sure.
        """
        motion = min(self.probability, key=lambda name: self.probability[name])
        shares = self.indices[motion]
        first = max(shares, key=lambda name: shares[name])
        return (
            f"In {motion.replace('_', ' ')} the {first} matters most: it explains "
            f"{100 * shares[first]:.0f} % of the doubt about the space after the plan."
        )

    def _intervals(self, table: Array) -> dict[str, Interval]:
        """Return the interval of each row."""
        return {t.motion.name: Interval.of(row) for t, row in zip(self.targets, table, strict=True)}


def uncertainty(
    hip: Hip,
    targets: Sequence[Target],
    *,
    depth_mm: float = 0.0,
    tilt_deg: float = 0.0,
    angle_deg: float = 0.0,
    execution: Execution = "freehand",
    priors: tuple[Prior, ...] = PRIORS,
    n: int = 256,
    seed: int = 0,
    n_threads: int | None = None,
    progress: Progress | None = None,
) -> Uncertainty:
    """Sample what is not known exactly through a plan of resection and derotation.

    Parameters
    ----------
    hip
        The hip before.
    targets
        At least one; made by :func:`~hipsim.planning.targets.as_targets`.
    depth_mm, tilt_deg
        Planar resection; 0 mm for none.
    angle_deg
        Derotation below the lesser trochanter about the mechanical axis; 0 deg for none.
    execution
        ``"freehand"`` or ``"guided"``.
    priors
        What is not known exactly before surgery; errors of execution are added.
    n
        Samples, at least 128; a power of two spreads best.
    seed
        Same seed, same samples.
    n_threads
        Samples worked on at the same time; all processors by default. The numbers are the same.
    progress
        Called with (samples done, samples).

    Raises
    ------
    InputError
        If there is no target, an amount is more than this hip allows, or n is out of range.
    AnatomyError, MeshError
        As the resection.

    Examples
    --------
    >>> import hipsim as hs
    >>> from hipsim.planning.targets import as_targets
    >>> found = uncertainty(hs.load_hip("woman_narrow"), as_targets({"neutral": 15}),
    ...                     depth_mm=3, n=128)
    >>> found.before["neutral"].low < found.before["neutral"].median < found.after["neutral"].median
    True
    """
    as_number(n, name="n", low=LEAST_SAMPLES)
    if not targets:
        raise InputError("uncertainty needs at least one target")
    planned = PlannedAmounts(depth_mm, tilt_deg, angle_deg, execution)
    stages = _Stages.cut(hip, targets, planned, n_threads)
    known = _priors_of(hip, priors, execution, stages.cut_area_mm2)
    errors = draw_errors(known, n, seed=seed)
    sampler = _Sampler(hip, tuple(targets), stages, known, errors, planned)
    found = np.array(in_threads(sampler, range(n), n_threads, progress)).T
    before, after, (needed_depth, needed_angle) = np.split(found, [len(targets), 2 * len(targets)])
    return Uncertainty(
        hip_name=hip.name,
        side=hip.side,
        targets=tuple(targets),
        plan=planned,
        priors=known,
        seed=seed,
        before_mm=before,
        after_mm=after,
        depth=RequiredAmount("mm", float(stages.depths[-1]), needed_depth),
        angle=RequiredAmount("deg", float(ANGLES_DEG[-1]), needed_angle),
        indices=_indices(targets, errors, after),
    )


def _priors_of(
    hip: Hip, priors: tuple[Prior, ...], execution: Execution, cut_area_mm2: float
) -> tuple[Prior, ...]:
    """Return what is not known of this hip, with the errors of execution."""
    known = tuple(p for p in priors if all(point in hip.landmarks for point in p.points))
    return known + execution_priors(execution, cut_area_mm2=cut_area_mm2)


def _indices(
    targets: Sequence[Target], errors: Mapping[str, Array], after: Array
) -> dict[str, dict[str, float]]:
    """Return for each motion which share of the variance each prior explains alone."""
    rows = zip(targets, after, strict=True)
    return {target.motion.name: first_order_indices(errors, row) for target, row in rows}


@dataclass(frozen=True, eq=False)
class _Stages:
    """The hip at rising depths of one resection, ready to be asked.

    ``queries[k]`` has a query for every pair of regions of the targets; ``cut_area_mm2`` is that of
    the planned cut, or of one half-way where none is planned.
    """

    depths: Array
    queries: list[dict[tuple[str, str], ClearanceQuery]]
    cut_area_mm2: float

    @classmethod
    def cut(
        cls,
        hip: Hip,
        targets: Sequence[Target],
        planned: PlannedAmounts,
        n_threads: int | None,
    ) -> "_Stages":
        """Resect at all depths, the planned one among them."""
        depth, tilt = planned.depth_mm, planned.tilt_deg
        largest = np.floor(100.0 * largest_resection_depth(hip, tilt_deg=tilt)) / 100.0
        count = max(int(np.ceil(largest / DEPTH_STEP_MM)), 1) + 1
        depths = np.unique([*np.linspace(0.0, largest, count), depth])
        pairs = dict.fromkeys((t.femoral_region, t.pelvic_region) for t in targets)
        intact = {p: ClearanceQuery(hip, femoral_region=p[0], pelvic_region=p[1]) for p in pairs}

        def stage(at: float) -> tuple[dict[tuple[str, str], ClearanceQuery], float]:
            after = resect_lesser_trochanter(hip, depth_mm=at, tilt_deg=tilt)
            area = float(after.notes[-1]["cut_area_mm2"])
            return {pair: query_after(query, after) for pair, query in intact.items()}, area

        found = in_threads(stage, depths.tolist(), n_threads, None)
        place = np.flatnonzero(depths == depth)[0] if depth else len(depths) // 2
        return cls(depths, [queries for queries, _ in found], found[place][1])


@dataclass(frozen=True, eq=False)
class _Sampler:
    """Everything one sample needs; called with its number."""

    hip: Hip
    targets: tuple[Target, ...]
    stages: _Stages
    priors: tuple[Prior, ...]
    errors: Mapping[str, Array]
    planned: PlannedAmounts

    def __call__(self, i: int) -> Array:
        """Return space before and after for every target, then the depth and angle needed."""
        depth_off, angle_off = (self._error(e, i) for e in ("resection depth", "derotation angle"))
        thicker = self._error("femoral surface", i) + self._error("ischial surface", i)
        hip = self._moved(i)
        depth, angle = self.planned.depth_mm, self.planned.angle_deg
        cut = np.clip(depth + depth_off, 0.0, self.stages.depths[-1]) if depth else 0.0
        turned = angle + angle_off if angle else 0.0
        before = np.array([self._space(hip, t, 0, 0.0, i) for t in self.targets])
        after = np.array([self._after(hip, t, cut, turned, i) for t in self.targets])
        wanted = np.array([t.clearance_mm for t in self.targets]) + thicker

        def margin(stage: int, degrees: float) -> float:
            found = [self._space(hip, t, stage, degrees, i) for t in self.targets]
            return float((np.array(found) - wanted).min())

        now, angles = float((before - wanted).min()), ANGLES_DEG
        needed_depth = first_rising(self.stages.depths, now, lambda k: margin(k, 0.0)) - depth_off
        needed_angle = first(angles, now, lambda k: margin(0, float(angles[k]))) - angle_off
        return np.array([*before - thicker, *after - thicker, needed_depth, needed_angle])

    def _error(self, name: str, i: int) -> float:
        """Return the error of one sample; 0 where it is not among the priors."""
        return float(self.errors[name][i, 0]) if name in self.errors else 0.0

    def _moved(self, i: int) -> Hip:
        """Return the hip with its landmarks where this sample has them."""
        points = {}
        for prior in self.priors:
            if prior.kind == "landmark":
                steps = self.errors[prior.name][i].reshape(-1, 3)
                for name, step in zip(prior.points, steps, strict=True):
                    points[name] = self.hip.landmarks[name] + step
        return self.hip.evolved(landmarks=self.hip.landmarks.updated(points))

    def _space(self, hip: Hip, target: Target, stage: int, angle: float, i: int) -> float:
        """Return the least clearance of the femur at a depth, turned by an angle."""
        offsets = (self._error(name, i) for name in ("flexion", "adduction", "rotation"))
        flexion, adduction, rotation = offsets
        motion = derotated(target.motion, angle + rotation).evolved(
            flexion_deg=target.motion.flexion_deg + flexion,
            adduction_deg=target.motion.adduction_deg + adduction,
        )
        query = self.stages.queries[stage][target.femoral_region, target.pelvic_region]
        return query.least(pelvis_from_femur(hip, motion), n_threads=1)

    def _after(self, hip: Hip, target: Target, depth: float, angle: float, i: int) -> float:
        """Return the least clearance after the plan, linear between two depths."""
        depths = self.stages.depths
        high = int(np.clip(np.searchsorted(depths, depth), 1, len(depths) - 1))
        share = (depth - depths[high - 1]) / (depths[high] - depths[high - 1])
        ends = [self._space(hip, target, k, angle, i) for k in (high - 1, high)]
        return ends[0] + share * (ends[1] - ends[0])
