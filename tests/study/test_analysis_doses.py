"""Gain by amount: a known slope and threshold, coverage, what could not be done."""

import numpy as np
import pytest
from simulated import COVERAGE, LEAST_EXACT, coverage

from hipsim.errors import InputError
from hipsim.study.analysis_doses import dose_response, least_amounts

ROUNDING = 1e-9
AMOUNTS = np.array([0.0, 5.0, 10.0])


def drawn(chance, n=20):
    """Space before of 10 mm, and half a millimetre per unit, different from hip to hip."""
    slopes = chance.normal(0.5, 0.2, n)
    return chance.normal(10.0, 2.0, n)[:, None] + slopes[:, None] * AMOUNTS


def test_dose_response__finds_a_known_line():
    space = np.array([[10.0], [12.0], [14.0]]) + 0.8 * AMOUNTS
    (found,) = dose_response(AMOUNTS, space, target_mm=16.0)
    assert found.slope_mm.value == pytest.approx(0.8, abs=ROUNDING)
    assert [gain.value for gain in found.gain_mm] == pytest.approx([0.0, 4.0, 8.0])
    assert [share.value for share in found.reached] == pytest.approx([0.0, 2 / 3, 1.0])
    assert found.half_amount.value == pytest.approx(5.0)
    assert found.summary.endswith("half reach 16 mm with: 5.0 unit")


def test_dose_response__groups_are_apart():
    space = np.vstack([np.full((3, 1), 10.0) + AMOUNTS, np.full((4, 1), 10.0) + 2.0 * AMOUNTS])
    groups = np.array(["slow"] * 3 + ["fast"] * 4)
    fast, slow = dose_response(AMOUNTS, space, groups=groups)
    assert (fast.group, fast.slope_mm.value, slow.slope_mm.value) == ("fast", 2.0, 1.0)
    assert slow.half_amount is None and slow.reached == ()
    assert [row["amount"] for row in slow.to_rows()] == [0.0, 5.0, 10.0]


def test_dose_response__the_impossible_is_not_reached():
    space = np.array([[10.0, 14.0, 18.0], [10.0, 14.0, np.nan], [10.0, 11.0, 12.0]])
    (found,) = dose_response(AMOUNTS, space, target_mm=17.0)
    assert found.n == (3, 3, 2)
    assert found.reached[2].value == pytest.approx(1 / 3)
    assert found.half_amount.value == np.inf
    assert "more than half never reach it" in found.summary


def test_dose_response__persons_count_once_and_hips_without_a_before_not_at_all():
    space = np.tile(np.array([[10.0], [12.0], [14.0]]) + AMOUNTS, (2, 1))
    space = np.vstack([space, [np.nan, 5.0, 5.0]])
    (found,) = dose_response(AMOUNTS, space, persons=np.array([0, 1, 2, 0, 1, 2, 3]))
    assert found.n == (3, 3, 3)


def test_least_amounts__takes_the_first_crossing():
    space = np.array([[10.0, 20.0, 5.0], [18.0, 0.0, 0.0], [10.0, np.nan, 17.0]])
    assert least_amounts(AMOUNTS, space, 15.0).tolist() == [2.5, 0.0, 10.0]


@pytest.mark.parametrize(
    ("amounts", "space", "said"),
    [
        ([5.0, 10.0], np.ones((3, 2)), "must increase from zero"),
        ([0.0, 5.0, 5.0], np.ones((3, 3)), "must increase from zero"),
        ([0.0, 5.0], np.ones((3, 3)), r"must have shape \(n, 2\)"),
        ([0.0, 5.0], np.ones((2, 2)), "group 'all' has 2 persons, wanted at least 3"),
    ],
)
def test_dose_response__refuses(amounts, space, said):
    with pytest.raises(InputError, match=said):
        dose_response(np.array(amounts), space)


def test_intervals__hold_the_truth():
    slope = coverage(lambda c: dose_response(AMOUNTS, drawn(c))[0].slope_mm, 0.5)
    gain = coverage(lambda c: dose_response(AMOUNTS, drawn(c))[0].gain_mm[1], 2.5)
    assert min(slope, gain) >= COVERAGE[0] and max(slope, gain) <= COVERAGE[1]
    # before and slope are independent, so half of the hips reach 14 mm with 8 units: 10 + 0.5 x 8
    half = coverage(lambda c: dose_response(AMOUNTS, drawn(c), target_mm=14.0)[0].half_amount, 8.0)
    assert half >= LEAST_EXACT
