"""Plans head to head: paired differences, responders, what could not be done."""

import numpy as np
import pytest
from scipy import stats

from hipsim.errors import InputError
from hipsim.study.analysis_intervals import paired_share_interval, share_interval
from hipsim.study.analysis_plans import compare_plans, plan_costs

ROUNDING = 1e-9
BEFORE = np.array([8.0, 10.0, 12.0, 13.0, 14.0, 15.0, 16.0, 9.0])


def spaces(**more):
    return {
        "intact": BEFORE,
        "small": BEFORE + 2.0,
        "large": BEFORE + [6, 5, 6, 7, 6, 5, 6, 7],
    } | more


def test_compare_plans__counts_responders_and_pairs_them():
    found = compare_plans(spaces(), target_mm=np.full(8, 17.0), target="17 mm")
    small, large = found.responses
    assert (small.n_responders, large.n_responders) == (2, 5)
    assert large.responders == share_interval(5, 8)
    (pair,) = found.pairs
    hits = [spaces()[name] >= 17.0 for name in ("small", "large")]
    assert pair.responders == paired_share_interval(*hits)
    assert pair.p_responders == pytest.approx(stats.binomtest(3, 3).pvalue)
    assert pair.gain.kind == "paired" and pair.gain.difference.value == pytest.approx(4.0)
    assert found.summary.splitlines()[0].endswith("2 of 8 reach 17 mm")


def test_compare_plans__the_impossible_is_no_response_and_no_gain():
    tried = BEFORE + 20.0
    tried[:3] = np.nan
    found = compare_plans(spaces(tried=tried), target_mm=np.full(8, 17.0), target="17 mm")
    last = found.responses[-1]
    assert (last.n, last.n_done, last.n_responders) == (8, 5, 5)
    assert last.gain_mm.value == pytest.approx(20.0)
    pair = [one for one in found.pairs if one.gain.second.name == "tried"][0]
    assert pair.gain.second.n_persons == 5


def test_compare_plans__targets_may_differ_between_hips():
    needed = np.where(BEFORE < 12.5, 10.0, np.nan)
    found = compare_plans(spaces(), target_mm=needed, target="by sex")
    assert found.responses[0].n == 4 and found.responses[0].n_responders == 4


def test_compare_plans__a_person_responds_with_all_hips():
    persons = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    found = compare_plans(spaces(), target_mm=np.full(8, 17.0), target="17 mm", persons=persons)
    assert (found.responses[1].n, found.responses[1].n_responders) == (4, 2)


def test_compare_plans__p_values_are_adjusted_for_all_pairs():
    chance = np.random.default_rng(1)
    more = {name: BEFORE + chance.normal(2.0, 1.0, 8) for name in "abc"}
    found = compare_plans(spaces(**more))
    raw = [one.gain.p_rank for one in found.pairs]
    assert len(raw) == 10
    assert min(one.p_gain_holm for one in found.pairs) == pytest.approx(min(10 * np.nanmin(raw), 1))
    assert found.pairs[0].responders is None and found.responses[0].responders is None


def test_compare_plans__without_difference_mcnemar_says_one():
    found = compare_plans(
        {"intact": BEFORE, "a": BEFORE + 2.0, "b": BEFORE + 2.0}, target_mm=np.full(8, 17.0)
    )
    assert found.pairs[0].p_responders == 1.0
    assert found.pairs[0].gain.difference == (0.0, 0.0, 0.0)


def test_compare_plans__hips_without_a_before_are_left_out():
    before = BEFORE.copy()
    before[0] = np.nan
    found = compare_plans({"intact": before, "a": BEFORE + 1.0}, target_mm=np.zeros(8))
    assert found.responses[0].n == 7


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"intact": BEFORE}, "wanted the intact hip and plans, got intact"),
        ({"a": BEFORE}, "wanted the intact hip and plans, got a"),
        ({"intact": BEFORE[:2], "a": BEFORE[:2]}, "motion: 2 persons, wanted at least 3"),
    ],
)
def test_compare_plans__refuses(given, said):
    with pytest.raises(InputError, match=said):
        compare_plans(given)


def test_plan_costs__leaves_out_what_nobody_pays():
    costs = {
        "bone_mm3": {"cut": np.array([1.0, np.nan, 3.0]), "turn": np.zeros(3)},
        "leg_mm": {"cut": np.zeros(3), "turn": np.full(3, np.nan)},
    }
    found = plan_costs(costs)
    assert [(one.plan, one.cost, one.n) for one in found] == [
        ("cut", "bone_mm3", 2),
        ("turn", "bone_mm3", 3),
    ]
    assert found[0].to_rows()[0]["mean"] == pytest.approx(2.0)
