"""The table can fail: verdicts follow from numbers, reasons reach only so far."""

import math

import pytest
from made_rows import EXCUSED, LEFT_OUT, RIGHT, WRONG, made

from hipsim.study.validation_row import UNEXPLAINED, Excuse, counts, missing, spread, unaccounted


@pytest.mark.parametrize("value", [1.0, 1.5, 2.0])
def test_row__agrees_within_its_limits(value):
    assert made(value).verdict == "agrees"
    assert made(value).reason == ""


@pytest.mark.parametrize("value", [0.999, 2.001, math.nan, math.inf])
def test_row__disagrees_outside_them_and_without_a_number(value):
    assert made(value).verdict == "disagrees"
    assert made(value).reason == UNEXPLAINED


def test_row__with_open_limits_agrees_with_any_number_but_not_with_none():
    assert made(-1e9, low=None, high=None).verdict == "agrees"
    assert made(math.nan, low=None, high=None).verdict == "disagrees"


def test_excuse__reaches_only_as_far_as_it_says():
    excuse = Excuse("narrow", low=0.0, high=4.0)
    assert made(3.0, excuse=excuse).reason == "narrow"
    assert made(3.0, excuse=excuse).verdict == "disagrees", "a reason is no agreement"
    assert made(4.1, excuse=excuse).reason == UNEXPLAINED
    assert made(math.nan, excuse=excuse).reason == UNEXPLAINED
    assert made(1.5, excuse=excuse).reason == ""


def test_unaccounted__names_what_disagrees_without_reason():
    assert unaccounted([RIGHT, WRONG, EXCUSED, LEFT_OUT]) == [WRONG]


def test_row_not_run__needs_a_reason_to_be_accounted_for():
    assert LEFT_OUT.is_accounted_for
    assert not made(None).is_accounted_for
    assert missing("laws", "a", "b", why="c").reason == "c"


def test_counts__are_by_verdict():
    assert counts([RIGHT, WRONG, EXCUSED, LEFT_OUT]) == {
        "agrees": 1,
        "disagrees": 2,
        "not run": 1,
    }


def test_spread__of_nothing_and_one():
    assert (spread([]), spread([2.0], 2)) == ("none", "2.00")
