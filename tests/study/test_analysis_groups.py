"""Group comparison: known differences, SciPy's tests, coverage, persons, what is refused."""

import numpy as np
import pytest
from scipy import stats
from simulated import COVERAGE, coverage

from hipsim.errors import InputError
from hipsim.study.analysis_groups import compare_groups, compare_paired

ROUNDING = 1e-9


def two(first, second, **about):
    values = np.concatenate([first, second]).astype(float)
    groups = np.repeat(["a", "b"], [len(first), len(second)])
    return compare_groups(values, groups, names=("a", "b"), **about)


def test_compare_groups__is_welch_and_mann_whitney():
    chance = np.random.default_rng(5)
    first, second = chance.normal(10.0, 2.0, 14), chance.normal(12.0, 4.0, 9)
    found, welch = two(first, second), stats.ttest_ind(second, first, equal_var=False)
    ends = welch.confidence_interval(0.95)
    assert found.kind == "independent"
    assert (found.difference.low, found.difference.high) == pytest.approx(tuple(ends), rel=ROUNDING)
    assert found.p_mean == pytest.approx(welch.pvalue, rel=ROUNDING)
    rank = stats.mannwhitneyu(second, first)
    assert found.p_rank == pytest.approx(rank.pvalue, rel=ROUNDING)
    assert found.larger_share == pytest.approx(rank.statistic / (14 * 9), rel=ROUNDING)


def test_compare_groups__hedges_g_of_a_worked_example():
    """Two groups of ten, one pooled SD apart: J = 1 - 3 / 71."""
    first = np.array([-1.0, 1.0] * 5)
    sd = first.std(ddof=1)
    found = two(first, first + sd)
    assert found.hedges_g.value == pytest.approx(1.0 - 3.0 / 71.0, rel=ROUNDING)


def test_compare_groups__delta_counts_ties_half():
    found = two([1, 2, 3], [2, 2, 4])
    # of nine pairs 5 are larger, 2 smaller, 2 tied
    assert found.cliffs_delta.value == pytest.approx(3 / 9)
    assert found.cliffs_delta.low < 3 / 9 < found.cliffs_delta.high


def test_compare_groups__apart_groups_have_delta_one_and_an_interval():
    found = two(np.arange(10.0), np.arange(20.0, 30.0)).cliffs_delta
    assert found.value == found.high == 1.0
    assert 0.0 < found.low < 1.0


def test_compare_groups__persons_count_once():
    values = np.array([1.0, 3.0, 5.0, 4.0, 10.0, 12.0, 14.0, 9.0])
    groups = np.array(list("aaaabbbb"))
    persons = np.array(["p", "p", "q", "r", "s", "s", "t", "u"])
    found = compare_groups(values, groups, names=("a", "b"), persons=persons)
    assert (found.first.n_persons, found.first.n_hips) == (3, 4)
    assert found.first.mean == pytest.approx((2 + 5 + 4) / 3)


def test_compare_groups__left_and_right_of_the_same_persons_are_paired():
    chance = np.random.default_rng(2)
    person = chance.normal(15.0, 5.0, 12)
    values = np.concatenate([person, person + 1.0 + chance.normal(0.0, 0.3, 12)])
    sides = np.repeat(["left", "right"], 12)
    found = compare_groups(
        values, sides, names=("left", "right"), persons=np.tile(np.arange(12), 2)
    )
    assert found.kind == "paired"
    assert found.p_mean == pytest.approx(stats.ttest_rel(values[12:], values[:12]).pvalue)
    assert found.p_mean < 1e-3 < two(values[:12], values[12:]).p_mean


def test_compare_groups__persons_in_both_groups_are_left_out_and_counted():
    values = np.array([1.0, 2.0, 3.0, 4.0, 7.0, 8.0, 9.0, np.nan])
    groups = np.array(list("aaaabbbb"))
    persons = np.array(["p", "q", "r", "x", "x", "s", "t", "u"])
    with pytest.raises(InputError, match="group 'b' has 2 persons with a value, wanted at least 3"):
        compare_groups(values, groups, names=("a", "b"), persons=persons)
    values[7] = 6.0
    found = compare_groups(values, groups, names=("a", "b"), persons=persons)
    assert (found.first.n_persons, found.second.n_persons, found.n_left_out) == (3, 3, 2)


def test_compare_groups__of_constants_says_so():
    found = two(np.full(4, 2.0), np.full(5, 3.0))
    assert found.difference == (1.0, 1.0, 1.0)
    assert np.isnan(found.p_mean) and np.isnan(found.hedges_g.value)
    assert found.p_rank < 0.05
    same = two(np.full(4, 2.0), np.full(4, 2.0))
    assert same.cliffs_delta.value == 0.0 and same.p_rank == 1.0


def test_compare_groups__refuses_an_empty_group():
    with pytest.raises(InputError, match="group 'c' has 0 persons"):
        compare_groups(np.arange(6.0), np.array(list("aaabbb")), names=("a", "c"))


def test_compare_groups__refuses_other_lengths():
    with pytest.raises(InputError, match="wanted the person of each of 2 hips, got 3"):
        compare_paired(np.ones(2), np.ones(2), names=("a", "b"), persons=np.arange(3))


def test_compare_paired__is_scipys():
    chance = np.random.default_rng(8)
    before = chance.normal(12.0, 4.0, 15)
    after = before + chance.normal(1.5, 1.0, 15)
    found = compare_paired(before, after, names=("before", "after"))
    paired = stats.ttest_rel(after, before)
    ends = paired.confidence_interval(0.95)
    assert found.p_mean == pytest.approx(paired.pvalue, rel=ROUNDING)
    assert (found.difference.low, found.difference.high) == pytest.approx(tuple(ends), rel=ROUNDING)
    assert found.p_rank == pytest.approx(stats.wilcoxon(after, before).pvalue, rel=ROUNDING)


def test_compare_paired__leaves_out_halves():
    found = compare_paired(
        np.array([1.0, 2.0, 3.0, np.nan]), np.array([2.0, 4.0, 3.5, 5.0]), names=("a", "b")
    )
    assert (found.first.n_persons, found.n_left_out) == (3, 1)


def test_compare_paired__the_same_gain_for_all_has_no_p():
    found = compare_paired(np.arange(4.0), np.arange(4.0) + 2.0, names=("a", "b"))
    assert found.difference == (2.0, 2.0, 2.0) and np.isnan(found.p_mean)
    assert found.cliffs_delta.value == 1.0 and found.cliffs_delta.low < 0.5


def test_comparison__rows_and_summary_tell_the_same():
    found = two([1.0, 2.0, 4.0], [5.0, 6.0, 7.0], what="space")
    (row,) = found.to_rows()
    assert row["difference"] == found.difference.value
    assert row["second_n_persons"] == 3
    assert found.summary.startswith("space: b 6.00 (n 3) v a 2.33 (n 3), difference +3.67 [")


def unequal(chance):
    return two(chance.normal(0.0, 1.0, 12), chance.normal(1.0, 3.0, 25))


def equal(chance):
    return two(chance.normal(0.0, 1.0, 9), chance.normal(0.8, 1.0, 12))


def pairs(chance):
    before = chance.normal(size=12)
    return compare_paired(before, before + chance.normal(0.8, 1.0, 12), names=("a", "b"))


TRUE_DELTA = 2.0 * stats.norm.cdf(0.8 / np.sqrt(2.0)) - 1.0
TRUE_PAIRED_DELTA = 2.0 * stats.norm.cdf(0.8) - 1.0


@pytest.mark.parametrize(
    ("simulate", "name", "truth"),
    [
        (unequal, "difference", 1.0),
        (equal, "hedges_g", 0.8),
        (equal, "cliffs_delta", TRUE_DELTA),
        (pairs, "difference", 0.8),
        (pairs, "hedges_g", 0.8),
        (pairs, "cliffs_delta", TRUE_PAIRED_DELTA),
    ],
)
def test_intervals__hold_the_truth(simulate, name, truth):
    share = coverage(lambda chance: getattr(simulate(chance), name), truth)
    assert COVERAGE[0] <= share <= (1.0 if name == "cliffs_delta" else COVERAGE[1])
