"""Evidence on a population: the expectations that virtual subjects without meshes can answer.

Subjects have no axial plane here: their space is that in space, a millimetre or two less.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from hipsim.anatomy.population import sample_population
from hipsim.checks import Array
from hipsim.kinematics import arcs, motions
from hipsim.kinematics.motion import Motion
from hipsim.planning.cohort import Cohort, run_cohort
from hipsim.study.validation_expectation import Because, Expectation
from hipsim.study.validation_facts import STEP_DEG, TROCHANTER
from hipsim.study.validation_poses import POSES
from hipsim.study.validation_rotation import RotationCurve
from hipsim.study.validation_row import Row

Progress = Callable[[int, int], None]
ANSWERED = ("05 ", "06 ", "07 ", "08 ", "09 ")
SEED = 8


@dataclass(frozen=True, eq=False)
class Walk:
    """The space over a walk: ``distance_mm`` and the progress of its least value."""

    distance_mm: Array
    percent: Array

    @property
    def minimum_mm(self) -> float:
        """Least space."""
        return float(self.distance_mm.min())

    @property
    def progress(self) -> float:
        """When it is least."""
        return float(self.percent[self.distance_mm.argmin()])


class Member(RotationCurve):
    """One subject of a cohort, with the names of :class:`~.validation_facts.Facts`.

    Parameters
    ----------
    cohort
        After the motions of :func:`motions_asked`.
    number
        Of the subject.
    """

    def __init__(self, cohort: Cohort, number: int) -> None:
        self._cohort, self._number = cohort, number
        self.sex = cohort.population.sexes[number]
        self.version_set_deg = float(cohort.population[number].version_deg)

    def curve(self, name: str) -> tuple[Motion, Array]:
        """Return a motion and the space in its poses."""
        motion = next(m for m in self._cohort.motions if m.name == name)
        return motion, self._cohort.clearance_mm[name][self._number].astype(float)

    @cached_property
    def rotation(self) -> tuple[Array, Array]:  # type: ignore[override]
        """Internal rotation and the space there."""
        motion, space = self.curve("rotation")
        return motion.rotation_deg, space

    @property
    def neutral_mm(self) -> float:
        """The neutral space."""
        return self.at()

    @property
    def is_wide(self) -> bool:
        """Whether the neutral space exceeds 15 mm."""
        return self.neutral_mm > arcs.NEUTRAL_THRESHOLD_MM

    def at(self, *, adduction: float = 0.0, rotation: float = 0.0) -> float:
        """Return the space in one of the poses that were asked for."""
        motion, space = self.curve("poses")
        gap = np.hypot(motion.adduction_deg - adduction, motion.rotation_deg - rotation)
        return float(space[gap.argmin()])

    @cached_property
    def contact_deg(self) -> float:
        """External rotation of first contact in 10 deg extension and adduction; nan if none."""
        motion, space = self.curve("provoked")
        touching = np.flatnonzero(space <= 0.0)
        return float(-motion.rotation_deg[touching[0]]) if len(touching) else np.nan

    @cached_property
    def walking(self) -> Walk:
        """The space in gait."""
        return self._walk(motions.gait().name)

    @cached_property
    def striding(self) -> Walk:
        """The space in long-stride walking."""
        return self._walk(motions.long_stride_walking().name)

    def _walk(self, name: str) -> Walk:
        motion, space = self.curve(name)
        return Walk(space, motion.progress)


def motions_asked() -> list[Motion]:
    """Return what every subject does.

    Examples
    --------
    >>> [motion.name for motion in motions_asked()][:3]
    ['rotation', 'provoked', 'poses']
    """
    zeros = np.zeros(3)
    turned = np.array([0.0, 10.0, -10.0])
    poses = Motion("poses", zeros, -turned, turned, np.arange(3.0), "pose", ("poses",) * 3)
    provoked = arcs.arc(
        flexion_deg=-10.0, adduction_deg=10.0, rotation_deg=(0.0, -60.0), step_deg=2
    )
    return [
        arcs.arc(rotation_deg=(-60.0, 40.0), step_deg=STEP_DEG, name="rotation"),
        provoked.evolved(name="provoked", segments=("provoked",) * provoked.n_poses),
        poses,
        motions.gait(),
        motions.long_stride_walking(),
    ]


def population_rows(
    n: int, *, workers: int | None = None, progress: Progress | None = None
) -> Iterator[Row]:
    """Yield the evidence rows of a population of virtual hips.

    Parameters
    ----------
    n
        Number of subjects, half of them women.
    workers
        Processes; see :func:`hipsim.planning.cohort.run_cohort`.
    progress
        Called with (done, total) from time to time.
    """
    people = sample_population(n, seed=SEED)
    cohort = run_cohort(
        people, motions_asked(), femoral_region=TROCHANTER, n_workers=workers, progress=progress
    )
    yield from rows_of(cohort)


def rows_of(cohort: Cohort) -> Iterator[Row]:
    """Yield the evidence rows of a cohort that did the motions of :func:`motions_asked`."""
    members: list[Any] = [Member(cohort, int(i)) for i in np.flatnonzero(cohort.is_measured)]
    for expectation in (*OWN, *(e for e in POSES if e.name.startswith(ANSWERED))):
        because = INSTEAD.get(expectation.name, expectation.because)
        yield replace(expectation, because=because).row(members, subjects="population")


INSTEAD = {
    "06 ER, slope": Because(
        text="as in real hips: in space the nearest pair changes to ever nearer ones", high=0.55
    )
}
OWN = (
    Expectation(
        name="01 IFS neutral",
        quantity="ischiofemoral space in space, neutral: mean",
        expected="25.1 +- 5.6; 26.0 +- 8.0; 22.9 +- 7.0 axial: 12 to 40",
        take=lambda m: m.neutral_mm,
        low=12.0,
        high=40.0,
        unit="mm",
        source="singer",
    ),
    Expectation(
        name="02 IFS by sex",
        quantity="neutral space of men less that of women",
        expected="29.1 +- 4.1 less 22.2 +- 4.3: 4 to 10",
        judged="difference",
        take=lambda m: m.neutral_mm,
        other=lambda m: m.sex == "male",
        low=4.0,
        high=10.0,
        unit="mm",
        source="audenaert",
        because=Because(
            text="the figures behind the population rest on 35 CT hips, whose men have 10.2 mm "
            "more than their women (24.2 +- 4.4 and 14.0 +- 6.4)",
            high=14.0,
        ),
    ),
    Expectation(
        name="17 IFS with version",
        quantity="correlation of neutral space and femoral version",
        expected="r -0.19: below 0",
        judged="correlation",
        take=lambda m: m.neutral_mm,
        other=lambda m: m.version_set_deg,
        high=0.0,
        source="bjr",
    ),
)
