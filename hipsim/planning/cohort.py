"""Clearance over a population: every subject, every motion, one table.

Subjects are virtual hips (:mod:`hipsim.anatomy.population`), their bones moved templates
(:mod:`hipsim.anatomy.virtual_template`), their clearance the exact minimum distance between two
named regions in each pose, as in :mod:`hipsim.planning.clearance`. No mesh is written. A subject on
whom the generator fails is a row with its reason, not the end of the run.

Hips are intact, or derotated below the lesser trochanter, which is a pure change of rotation: after
a derotation by an angle the hip has, in every pose, the clearance of the intact hip with so much
more internal rotation. Resections change the faces of a bone and are not done here; give single
hips of the population to :mod:`hipsim.surgery` instead.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hipsim.anatomy.hip import FEMORAL_REGIONS, FEMORAL_STRUCTURES, PELVIC_REGIONS
from hipsim.anatomy.population import Population
from hipsim.checks import Array, BoolArray, IntArray, as_choice, as_number
from hipsim.errors import InputError
from hipsim.kinematics.motion import Motion
from hipsim.planning.cohort_pool import WORTH_A_POOL, Progress, answered
from hipsim.planning.cohort_work import Moving, Poses, Worker
from hipsim.proximity.chunks import as_workers

ARM_MARK = "/"  # between the name of a motion and that of one of its arms


@dataclass(frozen=True, eq=False)
class Cohort:
    """The clearance of every subject of a population over some motions.

    Parameters
    ----------
    population
        The n subjects.
    motions
        What they did.
    clearance_mm
        Motion name to clearance in each pose, shape (n, n_poses), minus the depth where bones
        overlap; nan for a subject that failed.
    structures
        Motion name to the index in ``FEMORAL_STRUCTURES`` of what comes nearest, same shape; -1 for
        a subject that failed.
    failures
        Number of each subject that failed to the reason.
    femoral_region, pelvic_region
        The regions measured between.
    derotation_deg
        Of the distal femur below the lesser trochanter, before every motion.

    Examples
    --------
    >>> from hipsim.anatomy.population import sample_population
    >>> from hipsim.kinematics.arcs import arc
    >>> cohort = Cohort(sample_population(2), (arc(flexion_deg=(0, -20), step_deg=10),),
    ...                 {"arc": np.array([[20.0, 12.0, 8.0], [9.0, 9.5, 9.9]], np.float32)},
    ...                 {"arc": np.full((2, 3), 2, np.int8)}, {})
    >>> cohort.minimum_mm("arc").tolist(), cohort.pose_deg("arc")[:, 0].tolist()
    ([8.0, 9.0], [-20.0, 0.0])
    >>> cohort.share_below("arc", 10.0).tolist()
    [0.25, 1.0]
    """

    population: Population
    motions: tuple[Motion, ...]
    clearance_mm: dict[str, NDArray[np.float32]]
    structures: dict[str, NDArray[np.int8]]
    failures: dict[int, str]
    femoral_region: str = "extracapsular"
    pelvic_region: str = "ischium"
    derotation_deg: float = 0.0
    _known: dict[str, Motion] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", {motion.name: motion for motion in self.motions})

    def __len__(self) -> int:
        """Return the number of subjects."""
        return len(self.population)

    def __repr__(self) -> str:
        return f"<Cohort of {len(self)} subjects, {', '.join(self._known)}>"

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the motions, each followed by those of its arms (``ifi_test/adducted``)."""
        return tuple(name for motion in self.motions for name in measures_of(motion))

    @cached_property
    def is_measured(self) -> BoolArray:
        """Which subjects have numbers, shape (n,)."""
        measured = np.ones(len(self), dtype=bool)
        measured[list(self.failures)] = False
        return measured

    def minimum_mm(self, measure: str) -> Array:
        """Return the smallest clearance of each subject over a motion or an arm of it, shape (n,).

        Parameters
        ----------
        measure
            One of ``measures``.

        Raises
        ------
        InputError
            If it is not one of them.
        """
        motion, run = self._run(measure)
        return self.clearance_mm[motion.name][:, run].min(axis=1).astype(float)

    def index(self, measure: str) -> IntArray:
        """Return the pose of each subject's minimum, the first where several share it, (n,)."""
        motion, run = self._run(measure)
        values = np.where(self.is_measured[:, None], self.clearance_mm[motion.name][:, run], np.inf)
        return run.start + values.argmin(axis=1)

    def progress(self, measure: str) -> Array:
        """Return how far along the motion each minimum is, in the unit of its progress, (n,)."""
        motion, _ = self._run(measure)
        return np.where(self.is_measured, motion.progress[self.index(measure)], np.nan)

    def pose_deg(self, measure: str) -> Array:
        """Return flexion, adduction and rotation of each minimum, shape (n, 3)."""
        motion, _ = self._run(measure)
        poses = motion.angles_deg[self.index(measure)]
        return np.where(self.is_measured[:, None], poses, np.nan)

    def structure(self, measure: str) -> list[str | None]:
        """Return the femoral structure nearest at each minimum, length n; None if it failed."""
        motion, _ = self._run(measure)
        nearest = self.structures[motion.name][np.arange(len(self)), self.index(measure)]
        return [FEMORAL_STRUCTURES[i] if i >= 0 else None for i in nearest]

    def share_below(self, measure: str, threshold_mm: float | None = None) -> Array:
        """Return the share of a motion with less clearance than a threshold, 0 to 1, shape (n,).

        As :meth:`hipsim.planning.clearance.Clearance.share_below`: clearance is linear between
        poses.

        Raises
        ------
        InputError
            If the measure is unknown, or no threshold is given and the motion has none.
        """
        motion, run = self._run(measure)
        chosen = motion.threshold_mm if threshold_mm is None else threshold_mm
        if chosen is None:
            raise InputError(
                f"motion {motion.name!r} has no threshold of its own; give threshold_mm"
            )
        threshold = as_number(chosen, name="threshold_mm", unit="mm")
        runs = [run] if ARM_MARK in measure else list(motion.arms.values())
        lengths = np.array([np.ptp(motion.progress[arm]) for arm in runs])
        values = self.clearance_mm[motion.name].astype(float)
        if motion.is_grid or not lengths.any():
            lengths = np.array([arm.stop - arm.start for arm in runs], dtype=float)
            shares = [(values[:, arm] < threshold).mean(axis=1) for arm in runs]
        else:
            shares = [_path_share(values[:, a], motion.progress[a], threshold) for a in runs]
        found: Array = np.stack(shares, axis=1) @ lengths / lengths.sum()
        return np.where(self.is_measured, found, np.nan)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row per subject and measure: who, parameters, minimum, pose, structure, share.

        A subject that failed has None in what was to be measured and its reason in ``failure``.
        """
        who = self.population.as_table()
        found = {measure: self._columns(measure) for measure in self.measures}
        for subject in range(len(self)):
            own = {name: _plain(column[subject]) for name, column in who.items()}
            failure = self.failures.get(subject, "")
            for measure, columns in found.items():
                values = {
                    name: _plain(column[subject]) if not failure else None
                    for name, column in columns.items()
                }
                yield {**own, "motion": measure, **values, "failure": failure}

    def _columns(self, measure: str) -> dict[str, Any]:
        """Return what a row tells of a measure, by column."""
        motion, _ = self._run(measure)
        pose = self.pose_deg(measure)
        has_threshold = motion.threshold_mm is not None
        share = self.share_below(measure) if has_threshold else [None] * len(self)
        return {
            "minimum_mm": self.minimum_mm(measure),
            "flexion_deg": pose[:, 0],
            "adduction_deg": pose[:, 1],
            "rotation_deg": pose[:, 2],
            "progress": self.progress(measure),
            "structure": self.structure(measure),
            "threshold_mm": [motion.threshold_mm] * len(self),
            "share_below_threshold": share,
        }

    def _run(self, measure: str) -> tuple[Motion, slice]:
        """Return the motion of a measure and its poses."""
        if measure not in self.measures:
            known = ", ".join(self.measures)
            raise InputError(f"this cohort did not do {measure!r}; it did {known}")
        name, _, arm = measure.partition(ARM_MARK)
        motion = self._known[name]
        return motion, motion.arms[arm] if arm else slice(0, motion.n_poses)


def run_cohort(
    population: Population,
    motions: Sequence[Motion],
    *,
    derotation_deg: float = 0.0,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
    n_workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Cohort:
    """Measure the clearance of every subject of a population over some motions.

    Parameters
    ----------
    population
        From :func:`hipsim.anatomy.population.sample_population`.
    motions
        One or more, with different names.
    derotation_deg
        Turn the distal femur by so much below the lesser trochanter first; positive as in
        :func:`hipsim.surgery.derotate_femur`: version becomes less.
    femoral_region, pelvic_region
        Regions to measure between.
    n_workers
        Processes; all processors by default, one for a small population. Numbers do not depend on
        it. A script that asks for more than one does so below ``if __name__ == "__main__":``.
    progress
        Called with (done, total) from time to time.

    Returns
    -------
    cohort
        Subjects in the order of the population.

    Raises
    ------
    InputError
        If there is no motion, two share a name, or a region or number is wrong.
    ComputationError
        If a process died.

    Examples
    --------
    >>> from hipsim.anatomy.population import sample_population
    >>> from hipsim.kinematics import motions
    >>> cohort = run_cohort(sample_population(2, sex_ratio=1.0), [motions.neutral()])
    >>> bool((cohort.minimum_mm("neutral") > 0.0).all())
    True
    """
    asked = _as_motions(motions)
    as_choice(femoral_region, tuple(FEMORAL_REGIONS), name="femoral_region")
    as_choice(pelvic_region, tuple(PELVIC_REGIONS), name="pelvic_region")
    turn = as_number(derotation_deg, name="derotation_deg", low=-90, high=90, unit="deg")
    few = n_workers is None and len(population) < WORTH_A_POOL
    count = 1 if few else as_workers(n_workers)
    regions = femoral_region, pelvic_region
    moving = {sex: Moving.of(sex, regions) for sex in np.unique(population.sexes).tolist()}
    worker = Worker(moving, tuple(Poses.of(motion, turn) for motion in asked))
    distance, structures, failures = _collected(worker, population, count, progress)
    ends = np.cumsum([motion.n_poses for motion in asked])[:-1]
    names = [motion.name for motion in asked]
    return Cohort(
        population,
        asked,
        dict(zip(names, np.split(distance, ends, axis=1), strict=True)),
        dict(zip(names, np.split(structures, ends, axis=1), strict=True)),
        failures,
        *regions,
        turn,
    )


def measures_of(motion: Motion) -> tuple[str, ...]:
    """Return what is measured of a motion: the whole, and each arm if it has several.

    Examples
    --------
    >>> from hipsim.kinematics.clinical import ifi_test
    >>> measures_of(ifi_test())[:2]
    ('ifi_test', 'ifi_test/neutral')
    """
    arms = tuple(motion.arms)
    return (motion.name, *(f"{motion.name}{ARM_MARK}{arm}" for arm in arms if len(arms) > 1))


def _as_motions(motions: Sequence[Motion]) -> tuple[Motion, ...]:
    """Return the motions, or raise unless there are some and each has its own name."""
    names = [motion.name for motion in motions]
    if not names or len(set(names)) < len(names):
        raise InputError(
            f"a cohort needs one or more motions with different names, got {', '.join(names)}"
        )
    return tuple(motions)


def _collected(
    worker: Worker, population: Population, n_workers: int, progress: Progress | None
) -> tuple[NDArray[np.float32], NDArray[np.int8], dict[int, str]]:
    """Return clearance and structure of every subject and pose, and the failures."""
    n_poses = sum(len(poses.rotations) for poses in worker.poses)
    distance = np.empty((len(population), n_poses), np.float32)
    structures, failures = np.empty((len(population), n_poses), np.int8), {}
    shapes = list(population)
    for subject, found in enumerate(answered(worker, shapes, n_workers, progress)):
        distance[subject], structures[subject] = found.distance_mm, found.structures
        if found.failure:
            failures[subject] = found.failure
    return distance, structures, failures


def _path_share(values: Array, progress: Array, threshold: float) -> Array:
    """Return the share of a path (n, n_poses) below a threshold, linear between poses, (n,)."""
    if values.shape[1] == 1:
        return (values[:, 0] < threshold).astype(float)
    steps = np.abs(np.diff(progress))
    low, high = np.minimum(values[:, :-1], values[:, 1:]), np.maximum(values[:, :-1], values[:, 1:])
    level = (low < threshold).astype(float)
    below = np.divide(threshold - low, high - low, out=level, where=high > low)
    share: Array = np.clip(below, 0.0, 1.0) @ steps / steps.sum()
    return share


def _plain(value: Any) -> Any:
    """Return a number of numpy as one of Python's."""
    return value.item() if isinstance(value, np.generic) else value
