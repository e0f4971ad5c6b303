"""Published expectations judge made hips as they say."""

from types import SimpleNamespace

import numpy as np
import pytest

from hipsim.study.validation_anatomy import ANATOMY
from hipsim.study.validation_expectation import Because, Expectation
from hipsim.study.validation_poses import POSES
from hipsim.study.validation_row import UNEXPLAINED
from hipsim.study.validation_sources import SOURCES

ALL = (*POSES, *ANATOMY)


def hips(*values, groups=None):
    others = groups or [0.0] * len(values)
    return [SimpleNamespace(value=v, other=o) for v, o in zip(values, others, strict=True)]


def expectation(**rest):
    known = {
        "name": "99 made", "quantity": "a", "expected": "2 to 4", "take": lambda h: h.value,
        "low": 2.0, "high": 4.0, "source": "kivlan",
    }  # fmt: skip
    return Expectation(**{**known, **rest})


def row(wanted, some):
    return wanted.row(some, subjects="made")


def test_mean__is_judged_and_leaves_out_hips_without_a_number():
    found = row(expectation(), hips(2.0, 4.0, 3.0, np.nan))
    assert (found.value, found.n, found.verdict) == (3.0, 3, "agrees")
    assert found.source == SOURCES["kivlan"]


def test_wrong_expectation__disagrees():
    found = row(expectation(low=5.0, high=6.0), hips(2.0, 4.0, 3.0))
    assert (found.verdict, found.reason) == ("disagrees", UNEXPLAINED)


def test_because__tells_what_supports_it_and_how_far():
    because = Because(text="others have {}", told=lambda h: h.other, high=5.0)
    found = row(expectation(because=because), hips(4.5, 4.5, 4.5, groups=[1.0, 2.0, 3.0]))
    assert found.reason == "others have 2.0 +- 1.0 (1.0 to 3.0)"
    far = row(expectation(because=because), hips(5.5, 5.5, 5.5))
    assert far.reason == UNEXPLAINED


def test_share__counts_hips():
    found = row(expectation(judged="share", low=1.0, high=None), hips(True, False))
    assert (found.value, found.ours, found.verdict) == (0.5, "1 of 2 hips", "disagrees")


def test_difference__is_of_two_groups_and_needs_both():
    wanted = expectation(judged="difference", other=lambda h: h.other)
    found = row(wanted, hips(6.0, 3.0, 5.0, np.nan, groups=[1.0, 0.0, 0.0, 1.0]))
    assert (found.value, found.n) == (2.0, 3)
    lonely = row(wanted, hips(6.0, 5.0, groups=[1.0, 1.0]))
    assert (lonely.verdict, lonely.reason) == ("not run", "all hips in one group")


def test_few_hips__are_judged_only_by_what_holds_of_each():
    few = hips(1.0, 1.0)
    assert row(expectation(), few).reason == "2 hips are too few for a mean"
    assert row(expectation(judged="share", low=0.5, high=None), few).verdict == "not run"
    assert row(expectation(judged="share", low=1.0, high=None), few).verdict == "agrees"


def test_correlation__has_a_sign_and_needs_three():
    wanted = expectation(judged="correlation", other=lambda h: h.other, low=None, high=0.0)
    found = row(wanted, hips(1.0, 2.0, 4.0, 5.0, groups=[4.0, 3.0, 2.0, 0.0]))
    assert found.value < -0.9 and found.verdict == "agrees"
    assert row(wanted, hips(1.0, 2.0)).verdict == "not run"


def test_no_hip__is_not_run_with_its_reason():
    found = row(expectation(lacking="nobody was asked"), hips(np.nan))
    assert (found.verdict, found.reason) == ("not run", "nobody was asked")


def test_expectations__cover_the_twenty_and_cite_known_sources():
    assert {e.name[:2] for e in ALL} == {f"{i:02d}" for i in range(1, 21)}
    assert len({e.name for e in ALL}) == len(ALL)
    assert {e.source for e in ALL} <= set(SOURCES)


@pytest.mark.parametrize("wanted", ALL, ids=lambda e: e.name)
def test_expectations__can_fail(wanted):
    assert wanted.low is not None or wanted.high is not None or wanted.lacking.startswith("no hip")
    if wanted.because is not None:
        because = wanted.because
        ends = (because.low, because.high)
        assert ends != (None, None), "a reason that covers everything excuses nothing"
