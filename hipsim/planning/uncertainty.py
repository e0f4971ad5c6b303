"""How sure a plan is: intervals, the probability of reaching each target, and what matters most.

Every sample is one way things may really be: landmarks a little elsewhere (so frames and the centre
of rotation are), bone a little thicker, the leg a little otherwise posed, the surgeon a little
deeper (:mod:`hipsim.planning.priors`). Each is carried through the whole computation; only the bone
is not cut anew for every sample: clearance is taken as linear between depths ``DEPTH_STEP_MM``
apart at most, and a derotation turns poses instead of bone (the derotation law), exactly.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, Side, as_choice, as_number
from hipsim.errors import InputError
from hipsim.planning.amounts_needed import Interval, RequiredAmount
from hipsim.planning.course import ANGLES_DEG, Course, Sample, Stages, queries_of
from hipsim.planning.priors import (
    EXECUTIONS,
    PRIORS,
    Execution,
    Prior,
    draw_errors,
    execution_priors,
)
from hipsim.planning.sensitivity import first_order_indices
from hipsim.planning.targets import Target
from hipsim.planning.threads import in_threads
from hipsim.surgery import largest_resection_depth, resect_lesser_trochanter

Progress = Callable[[int, int], None]
DEPTH_STEP_MM = 1.0
LEAST_SAMPLES = 128  # fewer tell no index of six inputs that go together


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
    course = _course_of(hip, tuple(targets), planned, n_threads)
    known = known_priors(hip, priors, execution, course.stages.area_mm2(depth_mm))
    errors = draw_errors(known, n, seed=seed)
    samples = (Sample.of(hip, known, errors, i) for i in range(n))
    found = np.array(in_threads(_asked_of(course), samples, n_threads, progress)).T
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
        depth=RequiredAmount("mm", float(course.stages.depths[-1]), needed_depth),
        angle=RequiredAmount("deg", float(ANGLES_DEG[-1]), needed_angle),
        indices=_indices(targets, errors, after),
    )


def _asked_of(course: Course) -> Callable[[Sample], Array]:
    """Return what tells, of a sample, space before and after, and depth and angle needed."""
    alone = replace(course, depth_mm=0.0)

    def asked(sample: Sample) -> Array:
        now = course.at_stage(sample, 0, 0.0)
        needed = course.depth_needed(sample, now), alone.angle_needed(sample, now)
        return np.array([*now - sample.thicker_mm, *course.carried_out(sample), *needed])

    return asked


def known_priors(
    hip: Hip, priors: tuple[Prior, ...], execution: Execution, cut_area_mm2: float
) -> tuple[Prior, ...]:
    """Return what is not known of this hip, with the errors of execution.

    Parameters
    ----------
    hip
        Landmarks it does not have are left out.
    priors
        What is not known exactly before surgery.
    execution, cut_area_mm2
        As for :func:`~hipsim.planning.priors.execution_priors`.
    """
    known = tuple(p for p in priors if all(point in hip.landmarks for point in p.points))
    return known + execution_priors(execution, cut_area_mm2=cut_area_mm2)


def _indices(
    targets: Sequence[Target], errors: Mapping[str, Array], after: Array
) -> dict[str, dict[str, float]]:
    """Return for each motion which share of the variance each prior explains alone."""
    rows = zip(targets, after, strict=True)
    return {target.motion.name: first_order_indices(errors, row) for target, row in rows}


def _course_of(
    hip: Hip, targets: tuple[Target, ...], planned: PlannedAmounts, n_threads: int | None
) -> Course:
    """Resect at all depths, the planned one among them."""
    depth, tilt = planned.depth_mm, planned.tilt_deg
    stages = Stages.cut(
        queries_of(hip, targets),
        lambda at: resect_lesser_trochanter(hip, depth_mm=at, tilt_deg=tilt),
        rising_depths(hip, depth, tilt_deg=tilt),
        n_threads=n_threads,
    )
    return Course("plan", targets, stages, depth, planned.angle_deg)


def rising_depths(hip: Hip, planned: float, *, tilt_deg: float = 0.0) -> Array:
    """Return depths from 0 to the largest, ``DEPTH_STEP_MM`` apart at most, with the planned one.

    Parameters
    ----------
    hip
        The hip before.
    planned
        In mm.
    tilt_deg
        Of the plane.
    """
    largest = np.floor(100.0 * largest_resection_depth(hip, tilt_deg=tilt_deg)) / 100.0
    count = max(int(np.ceil(largest / DEPTH_STEP_MM)), 1) + 1
    return np.unique([*np.linspace(0.0, largest, count), planned])
