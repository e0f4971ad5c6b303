"""The reference population: how much space healthy hips have in each named motion, by sex.

A clearance means little alone: the 15 mm of the static image belong to the neutral pose, and over a
combined motion nearly every hip comes near. The reference says where a hip stands among virtual
hips of its sex in the very same motion. It comes with the software as a table of percentiles
(:mod:`hipsim.planning.reference_figures`, generated, with its recipe) and may be replaced by the
user's own cohort: :meth:`ReferencePopulation.from_cohort`.

What it is not: norms of living people. The subjects are drawn from published spreads of anatomy,
nothing was tuned on clearance, and how far the result is from the 35 CT hips is written in
``benchmarks/results/population.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from hipsim.anatomy.virtual_figures import SEXES
from hipsim.anatomy.virtual_shape import Sex
from hipsim.checks import as_choice, as_number
from hipsim.errors import InputError
from hipsim.kinematics import motions as named
from hipsim.kinematics.motion import Motion

if TYPE_CHECKING:
    from hipsim.planning.cohort import Cohort

LEVELS = (
    *(0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0),
    *(60.0, 70.0, 75.0, 80.0, 85.0, 90.0, 92.5, 95.0, 96.0, 97.0, 97.5, 98.0, 99.0, 99.5, 100.0),
)
FEWEST = 100  # subjects of a sex below which a percentile says little


@dataclass(frozen=True, eq=False)
class ReferencePopulation:
    """Percentiles of the smallest clearance over each motion, by sex.

    Parameters
    ----------
    name
        What the population is called.
    source
        Where it comes from, for people.
    levels
        Percentiles that are known, increasing from 0 to 100.
    table_mm
        Motion, or one of its arms as ``ifi_test/adducted``, to sex to the clearance at each level.

    Examples
    --------
    >>> reference = reference_population()
    >>> narrow = reference.percentile_mm("ifi_test", 25, sex="female")
    >>> round(reference.percentile_of("ifi_test", narrow, sex="female"), 6)
    25.0
    """

    name: str
    source: str
    levels: tuple[float, ...]
    table_mm: Mapping[str, Mapping[Sex, tuple[float, ...]]]

    @property
    def motions(self) -> tuple[str, ...]:
        """Names of the motions and arms in it."""
        return tuple(self.table_mm)

    def percentile_mm(self, motion: str, percentile: float, *, sex: Sex) -> float:
        """Return the clearance that so many per cent of the population do not exceed.

        Parameters
        ----------
        motion
            One of ``motions``.
        percentile
            0 to 100.
        sex
            ``"female"`` or ``"male"``.

        Returns
        -------
        clearance_mm
            Smallest clearance over the motion; minus the depth where bones overlap.

        Raises
        ------
        InputError
            If the motion or the sex is not in it, or the percentile is out of range.
        """
        level = as_number(percentile, name="percentile", low=0, high=100)
        return float(np.interp(level, self.levels, self._column(motion, sex)))

    def percentile_of(self, motion: str, clearance_mm: float, *, sex: Sex) -> float:
        """Return the share of the population with no more clearance, in per cent, 0 to 100.

        Parameters
        ----------
        motion, sex
            As for :meth:`percentile_mm`.
        clearance_mm
            Smallest clearance of a hip over the motion.

        Raises
        ------
        InputError
            If the motion or the sex is not in it, or the clearance is not a finite number.
        """
        value = as_number(clearance_mm, name="clearance_mm", unit="mm")
        return float(np.interp(value, self._column(motion, sex), self.levels))

    @classmethod
    def from_cohort(
        cls, cohort: "Cohort", *, name: str = "own cohort", source: str | None = None
    ) -> "ReferencePopulation":
        """Return the reference a cohort makes.

        Parameters
        ----------
        cohort
            At least a hundred measured subjects of each sex that occurs.
        name, source
            What it is called and where it comes from.

        Raises
        ------
        InputError
            If the cohort has fewer subjects of a sex than percentiles need.
        """
        sexes = cohort.population.sexes
        table: dict[str, dict[Sex, tuple[float, ...]]] = {m: {} for m in cohort.measures}
        for sex in np.unique(sexes).tolist():
            is_own = (sexes == sex) & cohort.is_measured
            if is_own.sum() < FEWEST:
                raise InputError(
                    f"a reference needs at least {FEWEST} measured subjects of a sex, got "
                    f"{int(is_own.sum())} {sex}"
                )
            for measure, columns in table.items():
                values = np.percentile(cohort.minimum_mm(measure)[is_own], LEVELS)
                columns[sex] = tuple(round(float(value), 2) for value in values)
        said = source or f"{len(cohort)} virtual hips, seed {cohort.population.seed}"
        return cls(name, said, LEVELS, table)

    def _column(self, motion: str, sex: Sex) -> tuple[float, ...]:
        """Return the clearances of a motion and sex, or raise."""
        as_choice(sex, SEXES, name="sex")
        if motion not in self.table_mm:
            known = ", ".join(self.motions)
            raise InputError(f"{self.name} has no motion {motion!r}; it has {known}")
        columns = self.table_mm[motion]
        if sex not in columns:
            raise InputError(f"{self.name} has no {sex} subjects, only {', '.join(columns)}")
        return columns[sex]


@cache
def reference_population() -> ReferencePopulation:
    """Return the reference population that comes with the software.

    Examples
    --------
    >>> reference_population().motions[:3]
    ('neutral', 'ifi_test', 'ifi_test/neutral')
    """
    from hipsim.planning.reference_figures import LEVELS_PCT, NAME, SOURCE, TABLE_MM

    return ReferencePopulation(NAME, SOURCE, LEVELS_PCT, TABLE_MM)


def reference_motions() -> tuple[Motion, ...]:
    """Return the named motions with their defaults, called what a person types.

    Examples
    --------
    >>> [motion.name for motion in reference_motions()][:3]
    ['neutral', 'ifi_test', 'gait']
    """
    walking = named.gait()
    return (
        named.neutral(),
        named.ifi_test(),
        walking.evolved(name="gait", segments=("gait",) * walking.n_poses),
        named.long_stride_walking(),
        named.front_split(),
        named.faber(),
    )
