"""The viewer's state: every key does what its words say, and nothing else."""

from dataclasses import fields, replace

import pytest

from hipsim.errors import InputError
from hipsim.viz.showing import (
    KEYS,
    Programme,
    Showing,
    first_showing,
    help_lines,
    moved_to,
    pressed,
    ticked,
)
from hipsim.viz.views import VIEWS

PROGRAMME = Programme(("as it is", "resection"), (7, 9), n_poses=21)
ALONE = Programme(("as it is",), (2,), n_poses=5)


def changed(before, after):
    """Return the names of the fields that differ."""
    names = [field.name for field in fields(Showing)]
    return {name for name in names if getattr(before, name) != getattr(after, name)}


def test_first_showing__is_the_narrowest_pose_of_its_plan():
    assert first_showing(PROGRAMME).pose == 7
    shown = first_showing(PROGRAMME, plan=1, view="axial")
    assert (shown.pose, shown.view, shown.is_compared) == (9, "axial", True)


@pytest.mark.parametrize(("wrong", "words"), [({"plan": 2}, "plan"), ({"view": "top"}, "view")])
def test_first_showing__refuses_what_there_is_not(wrong, words):
    with pytest.raises(InputError, match=words):
        first_showing(PROGRAMME, **wrong)


@pytest.mark.parametrize(
    ("plans", "least"), [((), ()), (("as it is",), (21,)), (("as it is", "cut"), (3,))]
)
def test_programme__refuses_what_cannot_be_shown(plans, least):
    with pytest.raises(InputError, match="a programme needs plans"):
        Programme(plans, least, n_poses=21)


@pytest.mark.parametrize(
    ("key", "field"),
    [("o", "is_onion"), ("c", "is_coloured"), ("l", "is_paired"), ("h", "is_helped"),
     ("space", "is_playing")],
)  # fmt: skip
def test_pressed__a_switch_changes_one_thing_and_back(key, field):
    start = first_showing(PROGRAMME)
    once = pressed(PROGRAMME, start, key)
    assert changed(start, once) == {field}
    assert pressed(PROGRAMME, once, key) == start


def test_pressed__arrows_stop_at_the_ends_and_stop_the_motion():
    last = Showing(pose=20, is_playing=True)
    assert pressed(PROGRAMME, last, "Right") == Showing(pose=20)
    assert pressed(PROGRAMME, Showing(pose=0), "Left").pose == 0
    assert pressed(PROGRAMME, last, "Left").pose == 19


def test_pressed__m_goes_to_the_least_space_of_the_plan_shown():
    assert pressed(PROGRAMME, Showing(pose=0, plan=1), "m").pose == 9


def test_pressed__n_goes_round_the_plans():
    second = pressed(PROGRAMME, Showing(), "n")
    assert (second.plan, pressed(PROGRAMME, second, "n").plan) == (1, 0)
    assert pressed(ALONE, Showing(), "n").plan == 0


def test_pressed__b_on_the_hip_as_it_is_turns_to_a_plan():
    assert pressed(PROGRAMME, Showing(), "b") == Showing(plan=1, is_compared=True)
    compared = Showing(plan=1, is_compared=True)
    assert pressed(PROGRAMME, compared, "b") == replace(compared, is_compared=False)


def test_pressed__every_view_has_a_digit():
    seen = [pressed(PROGRAMME, Showing(), str(i + 1)).view for i in range(len(VIEWS))]
    assert seen == list(VIEWS)


def test_pressed__other_keys_change_nothing():
    start = first_showing(PROGRAMME)
    assert pressed(PROGRAMME, start, "F12") == start


def test_ticked__plays_round_and_rests_otherwise():
    assert ticked(PROGRAMME, Showing(pose=20, is_playing=True)).pose == 0
    assert ticked(PROGRAMME, Showing(pose=20)).pose == 20


@pytest.mark.parametrize(("wanted", "pose"), [(-3.0, 0), (4.4, 4), (99.0, 20)])
def test_moved_to__takes_the_nearest_pose_there_is(wanted, pose):
    assert moved_to(PROGRAMME, Showing(), wanted).pose == pose


def test_help_lines__name_every_key():
    lines = help_lines(others=[("q", "quit")])
    assert len(lines) == len(KEYS) + 1
    assert all(key.words in line for key, line in zip(KEYS.values(), lines, strict=False))
