"""Intervals against closed forms, published examples, SciPy, and 200 simulated data sets."""

import numpy as np
import pytest
from scipy import stats
from simulated import COVERAGE, LEAST_EXACT, coverage

from hipsim.errors import InputError
from hipsim.study.analysis_intervals import (
    Interval,
    as_confidence,
    correlation_interval,
    holm,
    mean_interval,
    median_interval,
    paired_share_interval,
    share_interval,
)

ROUNDING = 1e-12


def test_mean_interval__is_students():
    values = np.array([3.0, 5.0, 8.0, 13.0])
    low, high = stats.t.interval(0.9, 3, values.mean(), stats.sem(values))
    assert mean_interval(values, 0.9) == pytest.approx((values.mean(), low, high), rel=ROUNDING)


def test_mean_interval__of_few():
    assert mean_interval(np.array([4.0]))[0] == 4.0
    assert np.isnan(mean_interval(np.array([4.0])).low)
    assert np.isnan(mean_interval(np.array([])).value)


def test_share_interval__of_none_and_all():
    # closed form: 1 - (alpha / 2) ^ (1 / n)
    assert share_interval(0, 20).high == pytest.approx(1 - 0.025 ** (1 / 20), rel=1e-9)
    assert share_interval(20, 20).low == pytest.approx(0.025 ** (1 / 20), rel=1e-9)
    assert np.isnan(share_interval(0, 0).value)


def newcombe_by_hand(a, b, c, d):
    """Newcombe's method 10 letter by letter: both, first only, second only, none."""
    n, z = a + b + c + d, stats.norm.ppf(0.975)

    def wilson(count):
        middle, root = 2 * count + z**2, z * np.sqrt(z**2 + 4 * count * (n - count) / n)
        return (middle - root) / (2 * (n + z**2)), (middle + root) / (2 * (n + z**2))

    (l1, u1), (l2, u2) = wilson(a + b), wilson(a + c)
    p1, p2, off = (a + b) / n, (a + c) / n, a * d - b * c
    off = max(off - n / 2, 0.0) if off > 0 else off
    below = np.sqrt((a + b) * (c + d) * (a + c) * (b + d))
    phi = off / below if below else 0.0
    down = np.sqrt((p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2)
    up = np.sqrt((p2 - l2) ** 2 - 2 * phi * (p2 - l2) * (u1 - p1) + (u1 - p1) ** 2)
    return p1 - p2 - down, p1 - p2 + up


@pytest.mark.parametrize("table", [(36, 12, 2, 0), (14, 5, 0, 22), (20, 3, 9, 8), (0, 0, 7, 5)])
def test_paired_share_interval__is_newcombes(table):
    first = np.repeat([True, True, False, False], table)
    second = np.repeat([True, False, True, False], table)
    low, high = newcombe_by_hand(*table)
    found = paired_share_interval(second, first)  # Newcombe takes the first less the second
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)


def test_paired_share_interval__of_equal_answers_is_wilsons():
    everybody = np.ones(50, dtype=bool)
    z = stats.norm.ppf(0.975)
    reach = z**2 / (50 + z**2)  # below 50 of 50
    found = paired_share_interval(everybody, everybody)
    assert found == pytest.approx((0.0, -reach, reach), rel=1e-9)


def test_paired_share_interval__turns_its_sign_with_the_order():
    chance = np.random.default_rng(3)
    first, second = chance.random(40) < 0.4, chance.random(40) < 0.7
    there, back = paired_share_interval(first, second), paired_share_interval(second, first)
    assert there == pytest.approx((-back.value, -back.high, -back.low), abs=ROUNDING)


def test_median_interval__ranks_the_unreached_last():
    found = median_interval(np.array([5.0, np.inf, 3.0, np.inf, np.inf, 4.0, 9.0, np.inf]))
    assert found.value == found.high == np.inf and found.low == 3.0
    assert np.isnan(median_interval(np.arange(5.0)).low)
    assert not np.isnan(median_interval(np.arange(6.0)).low)
    assert np.isnan(median_interval(np.array([])).value)


def test_correlation_interval__is_that_of_scipy():
    chance = np.random.default_rng(1)
    x, y = chance.normal(size=(2, 30))
    found = stats.pearsonr(x, y)
    low, high = found.confidence_interval(0.95)
    ours = correlation_interval(found.statistic, 30, 1.0)
    assert (ours.low, ours.high) == pytest.approx((low, high), rel=1e-9)
    assert np.isnan(correlation_interval(0.5, 3, 1.0).low)


def test_holm__never_undercuts_and_keeps_order():
    raw = [0.02, 0.5, np.nan, 0.001, 0.04]
    adjusted = holm(raw)
    assert adjusted[3] == 0.004 and adjusted[0] == pytest.approx(0.06)
    assert np.isnan(adjusted[2]) and adjusted[1] == 0.5
    assert holm([]) == [] and holm([0.9, 0.9]) == [1.0, 1.0]


@pytest.mark.parametrize("confidence", [0.3, 1.0, float("nan")])
def test_as_confidence__refuses(confidence):
    with pytest.raises(InputError, match="confidence must be"):
        as_confidence(confidence)


def exact_share(chance) -> Interval:
    return share_interval(int(chance.binomial(30, 0.2)), 30)


def newcombe(chance) -> Interval:
    ill = chance.normal(size=60)
    return paired_share_interval(ill + chance.normal(size=60) > 0.0, ill > -0.5)


def order_statistics(chance) -> Interval:
    return median_interval(chance.exponential(size=25))


TRUE_NEWCOMBE = stats.norm.cdf(0.5) - 0.5


@pytest.mark.parametrize(
    ("interval", "truth", "least"),
    [
        (exact_share, 0.2, LEAST_EXACT),
        (newcombe, TRUE_NEWCOMBE, COVERAGE[0]),
        (order_statistics, np.log(2.0), LEAST_EXACT),
    ],
)
def test_intervals__hold_the_truth(interval, truth, least):
    assert coverage(interval, truth) >= least
