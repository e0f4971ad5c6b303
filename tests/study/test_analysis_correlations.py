"""Correlation of anatomy and space: SciPy, a known line, coverage, what is left out."""

import numpy as np
import pytest
from scipy import stats
from simulated import COVERAGE, coverage

from hipsim.errors import InputError
from hipsim.study.analysis_correlations import correlate, correlate_all
from hipsim.study.analysis_intervals import holm

ROUNDING = 1e-9
TRUE_R, TRUE_SLOPE = -0.6, -0.3


def drawn(chance, n=30):
    """Version with SD 10 deg, and a space that loses 0.3 mm per degree with r of -0.6."""
    version = chance.normal(15.0, 10.0, n)
    noise = abs(TRUE_SLOPE) * 10.0 * np.sqrt(1.0 / TRUE_R**2 - 1.0)
    return version, 20.0 + TRUE_SLOPE * version + chance.normal(0.0, noise, n)


def test_correlate__is_scipys():
    x, y = drawn(np.random.default_rng(4))
    found, line = correlate(x, y), stats.linregress(x, y)
    assert found.pearson.value == pytest.approx(stats.pearsonr(x, y).statistic, rel=ROUNDING)
    assert found.p_spearman == pytest.approx(stats.spearmanr(x, y).pvalue, rel=ROUNDING)
    reach = stats.t.ppf(0.975, 28) * line.stderr
    ends = (line.slope, line.slope - reach, line.slope + reach)
    assert found.slope == pytest.approx(ends, rel=ROUNDING)


def test_correlate__of_a_line_is_the_line():
    x = np.arange(8.0)
    found = correlate(x, 3.0 - 0.5 * x)
    assert found.pearson.value == pytest.approx(-1.0, abs=ROUNDING)
    assert found.slope.value == pytest.approx(-0.5, abs=ROUNDING)
    assert found.intercept == pytest.approx(3.0, abs=ROUNDING)
    assert found.residual_mm == pytest.approx(0.0, abs=ROUNDING)


def test_correlate__persons_count_once_and_the_unknown_are_left_out():
    x, y = drawn(np.random.default_rng(9), 12)
    twice = correlate(np.tile(x, 2), np.tile(y, 2), persons=np.tile(np.arange(12), 2))
    once = correlate(np.append(x, np.nan), np.append(y, 5.0))
    assert twice.n == once.n == 12 and once.n_left_out == 1
    assert twice.p_pearson == pytest.approx(once.p_pearson, rel=ROUNDING)


def test_correlate__refuses():
    with pytest.raises(InputError, match="4 persons have both values, wanted at least 5"):
        correlate(np.arange(4.0), np.arange(4.0))
    with pytest.raises(InputError, match=r"lt is the same for everybody \(7\)"):
        correlate(np.full(6, 7.0), np.arange(6.0), names=("lt", "gait"))
    with pytest.raises(InputError, match="as many values as spaces, got 5, 6"):
        correlate(np.arange(5.0), np.arange(6.0))


def test_correlate_all__adjusts_sorts_and_says_what_is_left_out():
    chance = np.random.default_rng(6)
    x, y = drawn(chance, 40)
    columns = {"noise": chance.normal(size=40), "version": x, "same": np.ones(40)}
    found = correlate_all(columns, y, space="neutral")
    assert [one.column for one in found.found] == ["version", "noise"]
    raw = [one.p_pearson for one in found.found]
    assert [one.p_pearson_holm for one in found.found] == holm(raw)
    assert found.left_out == {"same": "same is the same for everybody (1)"}
    assert found.to_rows()[0]["pearson_low"] == found.found[0].pearson.low
    assert found.summary.splitlines()[-1].startswith("same: ")


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("pearson", TRUE_R),
        ("slope", TRUE_SLOPE),
        ("spearman", 6.0 / np.pi * np.arcsin(TRUE_R / 2.0)),  # of a normal pair
    ],
)
def test_intervals__hold_the_truth(name, truth):
    share = coverage(lambda chance: getattr(correlate(*drawn(chance)), name), truth)
    assert COVERAGE[0] <= share <= COVERAGE[1]
