"""The reference population: shipped percentiles, and those of one's own cohort."""

import numpy as np
import pytest

from hipsim.anatomy.population import sample_population
from hipsim.errors import InputError
from hipsim.kinematics.arcs import arc
from hipsim.kinematics.motions import NAMED_MOTIONS
from hipsim.planning.cohort import Cohort, measures_of
from hipsim.planning.reference import (
    ReferencePopulation,
    reference_motions,
    reference_population,
)

ROUNDED_MM = 0.01  # the table's digits
SEXES = ("female", "male")


def cohort(n: int, sex_ratio: float = 0.5) -> Cohort:
    """Return a cohort whose subject i has i mm of space."""
    motion = arc(flexion_deg=(0, -20), step_deg=10)
    population = sample_population(n, sex_ratio=sex_ratio, seed=1)
    values = np.repeat(np.arange(n, dtype=np.float32)[:, None], 3, axis=1)
    return Cohort(population, (motion,), {"arc": values}, {"arc": np.zeros((n, 3), np.int8)}, {})


def test_shipped__has_every_named_motion_and_its_arms():
    reference = reference_population()
    expected = [measure for motion in reference_motions() for measure in measures_of(motion)]
    assert list(reference.motions) == expected
    assert {m for m in reference.motions if "/" not in m} == set(NAMED_MOTIONS) - {"arc", "grid"}


@pytest.mark.parametrize("sex", SEXES)
def test_shipped__is_monotone_and_inverts(sex):
    reference = reference_population()
    for motion in reference.motions:
        values = [reference.percentile_mm(motion, p, sex=sex) for p in range(0, 101, 5)]
        assert values == sorted(values)
        for percentile in (5.0, 25.0, 50.0, 90.0):
            value = reference.percentile_mm(motion, percentile, sex=sex)
            assert reference.percentile_of(motion, value, sex=sex) == pytest.approx(
                percentile, abs=0.5
            )


def test_shipped__knows_the_subject():
    """Women have less space; adduction takes some, abduction gives; arms are never below all."""
    reference = reference_population()

    def median(motion: str, sex: str) -> float:
        return reference.percentile_mm(motion, 50, sex=sex)

    for sex in SEXES:
        assert median("ifi_test/adducted", sex) < median("ifi_test/neutral", sex)
        assert median("ifi_test/neutral", sex) < median("ifi_test/abducted", sex)
        assert median("long_stride_walking/long_stride", sex) <= median("gait", sex) + ROUNDED_MM
        assert median("gait", sex) < median("neutral", sex)
        assert median("ifi_test", sex) <= median("ifi_test/adducted", sex) + ROUNDED_MM
    assert 4.0 < median("neutral", "male") - median("neutral", "female") < 12.0


def test_from_cohort__counts_the_own_subjects():
    own = ReferencePopulation.from_cohort(cohort(401, 1.0), name="mine")
    assert own.motions == ("arc",)
    assert own.percentile_mm("arc", 25, sex="female") == pytest.approx(100.0, abs=ROUNDED_MM)
    assert own.percentile_of("arc", 300.0, sex="female") == pytest.approx(75.0, abs=0.1)
    assert own.percentile_of("arc", -5.0, sex="female") == 0.0
    assert own.percentile_of("arc", 500.0, sex="female") == 100.0
    assert own.source == "401 virtual hips, seed 1"


def test_reference__refuses_what_is_not_in_it():
    reference = reference_population()
    with pytest.raises(InputError, match=r"has no motion 'running'; it has neutral, ifi_test"):
        reference.percentile_mm("running", 25, sex="female")
    with pytest.raises(InputError, match="percentile must be"):
        reference.percentile_mm("gait", 101, sex="female")
    with pytest.raises(InputError, match="sex must be one of"):
        reference.percentile_of("gait", 10.0, sex="woman")
    with pytest.raises(InputError, match="has no male subjects, only female"):
        ReferencePopulation.from_cohort(cohort(150, 1.0)).percentile_mm("arc", 5, sex="male")
    with pytest.raises(InputError, match="at least 100 measured subjects of a sex, got 50 female"):
        ReferencePopulation.from_cohort(cohort(50, 1.0))
