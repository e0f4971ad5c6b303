"""How sure the options of a plan are: every one of them under the very same errors.

One set of samples (:mod:`hipsim.planning.course`) is carried through the hip as it is, through the
changes of habit, and through every option as it would really be carried out: bone taken deeper or
less deep than planned, the femur turned more or less. So differences between options are theirs,
not those of two draws.

An instrument misses a volume; how far its depth is missed for that is the volume divided by how
fast the volume grows with the depth of that very instrument: the area of a plane's cut, and of the
bone a burr or a contouring goes over. The ideal resection is made by no instrument, so nobody knows
how well it would be carried out: for it no probability is given.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, as_number
from hipsim.planning.amounts_needed import Interval, RequiredAmount
from hipsim.planning.course import (
    ANGLE_ERROR,
    ANGLES_DEG,
    DEPTH_ERROR,
    Course,
    Sample,
    Stages,
    queries_of,
)
from hipsim.planning.plan_conservative import ConservativeRow
from hipsim.planning.plan_option import Option, Start
from hipsim.planning.priors import PRIORS, Execution, Prior, draw_errors
from hipsim.planning.sensitivity import first_order_indices
from hipsim.planning.targets import Target
from hipsim.planning.threads import in_threads
from hipsim.planning.uncertainty import LEAST_SAMPLES, known_priors, rising_depths
from hipsim.surgery.procedure import Procedure

Progress = Callable[[int, int], None]
AS_IT_IS = "as it is"
COVERED = 0.9  # share of samples the intervals of a plan hold
LIKELY = 0.9  # probability that is asked for where 'enough' is said
NO_INSTRUMENT = "made by no instrument: how well it would be carried out is not known"


@dataclass(frozen=True, eq=False)
class OptionDoubt:
    """What the samples say of one thing that may be done, for t targets and n samples.

    Parameters
    ----------
    name
        Name of the option or of the change of habit; ``"as it is"``.
    targets
        What shall be reached.
    space_mm
        Least clearance in each target's motion, shape (t, n).
    indices
        Name of each prior to the share of the variance of the margin that it explains alone; the
        margin is what the target that is missed most has to spare.
    """

    name: str
    targets: tuple[Target, ...]
    space_mm: Array
    indices: Mapping[str, float]

    @cached_property
    def space(self) -> dict[str, Interval]:
        """Motion name to the interval that holds 90 % of the samples."""
        rows = zip(self.targets, self.space_mm, strict=True)
        return {t.motion.name: Interval.of(row, covered=COVERED) for t, row in rows}

    @cached_property
    def probability(self) -> dict[str, float]:
        """Motion name to the probability that its target is reached."""
        rows = zip(self.targets, self.space_mm, strict=True)
        return {t.motion.name: float((row >= t.clearance_mm).mean()) for t, row in rows}

    @property
    def probability_of_all(self) -> float:
        """Probability that every target is reached."""
        return float((margin_of(self.targets, self.space_mm) >= 0.0).mean())

    @property
    def ranked(self) -> tuple[tuple[str, float], ...]:
        """The priors with the share each explains, the largest first."""
        return tuple(sorted(self.indices.items(), key=lambda pair: -pair[1]))


@dataclass(frozen=True, eq=False)
class Doubt:
    """How sure the options of a plan are.

    Parameters
    ----------
    execution
        ``"freehand"`` or ``"guided"``.
    n, seed
        Samples, and where they come from.
    priors
        What was not known exactly.
    options
        Name of each option, change of habit, and ``"as it is"``, to what the samples say of it.
    needed
        ``"plane"`` to the depth, ``"derotation"`` to the angle and ``"combined"`` to the angle on
        top of the planned depth that would have to be planned, sample by sample.
    without
        Options of which the samples say nothing, and why.
    """

    execution: Execution
    n: int
    seed: int
    priors: tuple[Prior, ...]
    options: Mapping[str, OptionDoubt]
    needed: Mapping[str, RequiredAmount]
    without: Mapping[str, str]

    def __repr__(self) -> str:
        said = ", ".join(f"{o.name} {o.probability_of_all:.0%}" for o in self.options.values())
        return f"<Doubt, {self.n} samples, {self.execution}: {said}>"


def margin_of(targets: Sequence[Target], space_mm: Array) -> Array:
    """Return what the target that is missed most has to spare in each sample, shape (n,), mm.

    Parameters
    ----------
    targets
        t of them.
    space_mm
        Shape (t, n).
    """
    wanted = np.array([[target.clearance_mm] for target in targets])
    margin: Array = (space_mm - wanted).min(axis=0)
    return margin


def plan_doubt(
    start: Start,
    options: Sequence[Option] = (),
    changes: Sequence[ConservativeRow] = (),
    *,
    execution: Execution = "freehand",
    n: int = 256,
    seed: int = 0,
    progress: Progress | None = None,
) -> Doubt:
    """Carry the same errors through the hip as it is, every change of habit and every option.

    Parameters
    ----------
    start
        The hip and its targets.
    options
        What may be done.
    changes
        What may be done without surgery.
    execution
        ``"freehand"`` or ``"guided"``.
    n
        Samples, at least 128; a power of two spreads best.
    seed
        Same seed, same samples.
    progress
        Called with (samples done, samples).

    Raises
    ------
    InputError
        If n is out of range.
    AnatomyError, MeshError
        As the procedures.

    Examples
    --------
    >>> import hipsim as hs
    >>> from hipsim.planning.targets import as_targets
    >>> hip = hs.load_hip("woman_narrow")
    >>> found = plan_doubt(Start.of(hip, as_targets({"neutral": 10})), n=128)
    >>> now = found.options["as it is"].space["neutral"]
    >>> now.low < now.median < now.high
    True
    """
    as_number(n, name="samples", low=LEAST_SAMPLES)
    courses, area = _scaled(courses_of(start, options, changes))
    needs = {name: courses[name] for name in NEEDS if name in courses}
    priors = known_priors(start.hip, PRIORS, execution, area)
    errors = draw_errors(priors, n, seed=seed)
    samples = (Sample.of(start.hip, priors, errors, i) for i in range(n))
    found = in_threads(_asked_of(courses, list(needs)), list(samples), None, progress)
    spaces = np.array([space for space, _ in found]).transpose(1, 2, 0)
    amounts = np.array([amount for _, amount in found]).T
    return Doubt(
        execution=execution,
        n=n,
        seed=seed,
        priors=priors,
        options={
            name: OptionDoubt(name, start.targets, space, _indices(course, space, errors))
            for (name, course), space in zip(courses.items(), spaces, strict=True)
        },
        needed={
            name: RequiredAmount(*_largest(name, needs[name]), row)
            for name, row in zip(needs, amounts, strict=True)
        },
        without={option.name: NO_INSTRUMENT for option in options if option.name not in courses},
    )


NEEDS = ("plane", "derotation", "combined")


def courses_of(
    start: Start, options: Sequence[Option], changes: Sequence[ConservativeRow]
) -> dict[str, Course]:
    """Return what may be done, ready to be asked: as it is, changes of habit, options.

    Parameters
    ----------
    start, options, changes
        As for :func:`plan_doubt`.
    """
    uncut = Stages.uncut(queries_of(start.hip, start.targets))
    found = {AS_IT_IS: Course(AS_IT_IS, start.targets, uncut)}
    for row in changes:
        found[row.change.name] = Course(row.change.name, row.targets, uncut)
    for option in options:
        depth, angle = amounts_of(option)
        if depth is not None and angle is not None:
            stages = _stages(start, option, depth, found) if depth else uncut
            found[option.name] = Course(option.name, start.targets, stages, depth, angle)
    return found


def amounts_of(option: Option) -> tuple[float | None, float | None]:
    """Return depth and angle of an option; None for one that is made by no instrument.

    Parameters
    ----------
    option
        Any.
    """
    steps = steps_of(option)
    if not steps:
        return None, None
    depths = [step["depth_mm"] for step in steps if "depth_mm" in step]
    angles = [step["angle_deg"] for step in steps if "angle_deg" in step]
    return sum(depths), sum(angles)


def steps_of(option: Option) -> list[dict[str, float]]:
    """Return the procedures of an option, in order, each with its keywords.

    Parameters
    ----------
    option
        Any; the ideal resection has none.
    """
    stated = option.parameters
    if "procedures" in stated:
        return list(stated["procedures"])
    if "procedure" not in stated:
        return []
    return [{k: v for k, v in stated.items() if not k.startswith("plane_")}]


def _stages(start: Start, option: Option, depth: float, known: Mapping[str, Course]) -> Stages:
    """Cut to all depths; a plane that is combined with a derotation is the best plane's."""
    first = dict(steps_of(option)[0])
    name = str(first.pop("procedure"))
    tilt = {key: value for key, value in first.items() if key == "tilt_deg"}
    if option.name == "combined" and "plane" in known:
        return known["plane"].stages
    first.pop("depth_mm")

    def operate(at: float) -> Hip:
        return Procedure(name, {**first, "depth_mm": at})(start.hip)

    depths = rising_depths(start.hip, depth, **tilt)
    intact = known[AS_IT_IS].stages.queries[0]
    return Stages.cut(intact, operate, depths)


def _scaled(courses: Mapping[str, Course]) -> tuple[dict[str, Course], float]:
    """Return courses whose error of depth is that of their own instrument, and the first's area.

    The area is infinite where no bone is taken.
    """
    areas = {name: each.stages.area_mm2(each.depth_mm) for name, each in courses.items()}
    first = next((area for area in areas.values() if np.isfinite(area)), np.inf)
    cut = {n: first / areas[n] for n, each in courses.items() if each.depth_mm}
    return {n: replace(each, depth_share=cut.get(n, 1.0)) for n, each in courses.items()}, first


def _asked_of(
    courses: Mapping[str, Course], needs: list[str]
) -> Callable[[Sample], tuple[list[Array], list[float]]]:
    """Return what tells, of a sample, the space of every course and the amounts needed."""

    def asked(sample: Sample) -> tuple[list[Array], list[float]]:
        spaces = [course.carried_out(sample) for course in courses.values()]
        now = spaces[0] + sample.thicker_mm
        needed = {
            "plane": lambda course: course.depth_needed(sample, now),
            "derotation": lambda course: course.angle_needed(sample, now),
            "combined": lambda course: course.angle_needed(sample),
        }
        return spaces, [needed[name](courses[name]) for name in needs]

    return asked


def _indices(course: Course, space: Array, errors: Mapping[str, Array]) -> dict[str, float]:
    """Return which share of the variance of the margin each prior explains alone.

    Errors of what is not done explain nothing, and are not asked.
    """
    idle = {DEPTH_ERROR} if course.depth_mm == 0.0 else set()
    idle |= {ANGLE_ERROR} if course.angle_deg == 0.0 else set()
    asked = {name: samples for name, samples in errors.items() if name not in idle}
    found = first_order_indices(asked, margin_of(course.targets, space))
    return {name: found.get(name, 0.0) for name in errors}


def _largest(name: str, course: Course) -> tuple[str, float]:
    """Return unit and largest of an amount that may be needed."""
    if name == "plane":
        return "mm", float(course.stages.depths[-1])
    return "deg", float(ANGLES_DEG[-1])
