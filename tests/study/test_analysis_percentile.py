"""A patient's percentile: known ranks, ties, coverage, the reference population."""

import numpy as np
import pytest
from scipy import stats
from simulated import LEAST_EXACT, coverage

from hipsim.errors import InputError
from hipsim.planning.reference import reference_population
from hipsim.study.analysis_percentile import (
    REFERENCE_SUBJECTS,
    percentile_in,
    percentile_in_reference,
)


def test_percentile_in__counts_those_with_less():
    found = percentile_in(np.arange(1.0, 41.0), 10.5, what="gait", cohort="forty")
    assert found.percentile.value == 25.0
    exact = stats.binomtest(10, 40).proportion_ci(0.95, method="exact")
    assert found.percentile[1:] == pytest.approx((100 * exact.low, 100 * exact.high), rel=1e-9)
    assert found.summary.startswith("gait: 10.5 mm is percentile 25.0 [12.7, 41.2] of forty")
    assert found.to_rows()[0]["percentile_low"] == found.percentile.low


def test_percentile_in__ties_count_half_and_widen_the_interval():
    values = np.repeat([1.0, 2.0, 3.0], 10)
    found = percentile_in(values, 2.0).percentile
    assert found.value == 50.0
    assert found.low < percentile_in(values, 2.5).percentile.low
    assert percentile_in(values, 0.0).percentile[:2] == (0.0, 0.0)
    assert percentile_in(values, 9.0).percentile[0::2] == (100.0, 100.0)


def test_percentile_in__persons_count_once():
    values, persons = np.tile(np.arange(25.0), 2), np.tile(np.arange(25), 2)
    assert percentile_in(values, 5.5, persons=persons).n == 25


def test_percentile_in__refuses():
    with pytest.raises(InputError, match="cohort has 19 persons with a value of space, wanted 20"):
        percentile_in(np.append(np.arange(19.0), np.nan), 3.0)
    with pytest.raises(InputError, match="value_mm must be"):
        percentile_in(np.arange(30.0), float("nan"))


def test_percentile_in_reference__is_the_references_with_the_size_of_its_source():
    reference = reference_population()
    assert f"{REFERENCE_SUBJECTS} virtual women" in reference.source
    value = reference.percentile_mm("gait", 10, sex="male")
    found = percentile_in_reference(reference, "gait", value, sex="male")
    assert found.percentile.value == pytest.approx(10.0)
    error = 100 * np.sqrt(0.1 * 0.9 / REFERENCE_SUBJECTS)
    assert found.percentile.high - 10.0 == pytest.approx(1.96 * error, rel=0.1)
    with pytest.raises(InputError, match="has no motion 'running'"):
        percentile_in_reference(reference, "running", 3.0, sex="male")


def test_interval__holds_the_truth():
    share = coverage(
        lambda chance: percentile_in(chance.normal(size=50), -1.0).percentile,
        100 * stats.norm.cdf(-1.0),
    )
    assert share >= LEAST_EXACT
