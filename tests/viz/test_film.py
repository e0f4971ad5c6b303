"""Films: frames follow the motion, plans stand side by side or over each other."""

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.kinematics.clinical import ifi_test
from hipsim.viz.exhibit import make_exhibit
from hipsim.viz.film import Film, Script

SMALL_PX = (400, 300)
WHITE_SHARE = (0.3, 0.95)  # of a frame; bones fill part of it
OTHER_PIXELS = 0.01


@pytest.fixture(scope="module")
def exhibit(hip, resected):
    return make_exhibit({"as it is": hip, "resection": resected}, ifi_test(step_deg=10.0))


@pytest.fixture
def made(rendering, exhibit):
    """Make films and close them afterwards."""
    films = []

    def make(**script):
        films.append(Film(exhibit, Script(size_px=SMALL_PX, **script)))
        return films[-1]

    yield make
    for film in films:
        film.close()


def share_changed(before, after):
    return float((np.abs(before.astype(int) - after).max(axis=2) > 16).mean())


def test_frame__has_the_size_asked_for_and_shows_something(made):
    frame = made().frame(0)
    assert frame.shape == (SMALL_PX[1], SMALL_PX[0], 3)
    assert WHITE_SHARE[0] < (frame.min(axis=2) > 250).mean() < WHITE_SHARE[1]


def test_frame__follows_the_motion_and_nothing_else(made):
    film = made()
    first, last = film.frame(0), film.frame(len(film) - 1)
    assert share_changed(first, last) > OTHER_PIXELS
    np.testing.assert_array_equal(first, film.frame(0))


def test_film__of_one_arm_has_its_poses(made, exhibit):
    film = made(arm="adducted")
    run = exhibit.motion.arms["adducted"]
    assert film.poses.tolist() == list(range(run.start, run.stop))
    assert film.poses[film.least] == run.start + exhibit.clearance(0).distance_mm[run].argmin()


def test_film__plans_side_by_side_or_over_each_other(made):
    beside, over = made(plan=1), made(plan=1, layout="over_each_other")
    assert (len(beside.script.plans), len(over.script.plans)) == (2, 1)
    assert share_changed(beside.frame(0), over.frame(0)) > OTHER_PIXELS


def test_stills__are_start_minimum_and_end(made):
    film = made()
    stills = film.stills()
    assert list(stills) == ["start", "minimum", "end"]
    np.testing.assert_array_equal(stills["minimum"], film.frame(film.least))


def test_frames__tell_their_progress(made):
    told, film = [], made(arm="neutral")
    assert len(list(film.frames(lambda done, total: told.append((done, total))))) == len(film)
    assert told == [(i + 1, len(film)) for i in range(len(film))]


@pytest.mark.parametrize(
    ("script", "words"),
    [({"layout": "stacked"}, "layout"), ({"size_px": (401, 300)}, "even number"),
     ({"size_px": (100, 300)}, "width")],
)  # fmt: skip
def test_script__refuses_what_cannot_be_drawn(script, words):
    with pytest.raises(InputError, match=words):
        Script(**script)


def test_film__refuses_unknown_plan_and_arm_and_grids(made, over_grid, hip):
    with pytest.raises(InputError, match="plan"):
        made(plan=2)
    with pytest.raises(InputError, match="arm must be one of"):
        made(arm="sideways")
    with pytest.raises(InputError, match="is a grid"):
        Film(make_exhibit({"as it is": hip}, over_grid.motion), Script())
