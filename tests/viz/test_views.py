"""Views: what lies where in a picture, for both sides."""

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.viz.views import VIEWS, make_view

AXES_TOL = 1e-12  # rounding
SIDES = ("right", "left")


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", VIEWS)
def test_make_view__never_mirrors(name, side):
    view = make_view(name, side)
    frame = np.column_stack([view.right, view.up, view.eye])
    np.testing.assert_allclose(frame.T @ frame, np.eye(3), atol=AXES_TOL)
    assert np.linalg.det(frame) > 0.0


@pytest.mark.parametrize(
    ("name", "side", "right", "left", "top"),
    [
        ("posterior", "right", "R lateral", "L medial", "S"),
        ("posterior", "left", "R medial", "L lateral", "S"),
        ("anterior", "right", "L medial", "R lateral", "S"),
        ("anterior", "left", "L lateral", "R medial", "S"),
        ("lateral", "right", "A", "P", "S"),
        ("lateral", "left", "P", "A", "S"),
        ("medial", "right", "P", "A", "S"),
        ("medial", "left", "A", "P", "S"),
        ("axial", "right", "L medial", "R lateral", "A"),
        ("axial", "left", "L lateral", "R medial", "A"),
    ],
)
def test_edge_labels__are_those_of_radiology(name, side, right, left, top):
    labels = make_view(name, side).edge_labels
    assert (labels["right"], labels["left"], labels["top"]) == (right, left, top)


def test_surgeon__looks_from_behind_and_outside_on_both_sides():
    for side, lateral in (("right", 1.0), ("left", -1.0)):
        eye = make_view("surgeon", side).eye
        assert eye[0] < 0.0
        assert eye[2] * lateral > 0.0


@pytest.mark.parametrize("name", VIEWS)
def test_project__of_the_left_mirrors_the_right(name, rng):
    points = rng.normal(size=(20, 3))
    mirrored = points * [1.0, 1.0, -1.0]
    right = make_view(name, "right").project(points)
    left = make_view(name, "left").project(mirrored)
    np.testing.assert_allclose(left, right * [-1.0, 1.0], atol=AXES_TOL)


def test_make_view__refuses_an_unknown_name():
    with pytest.raises(InputError, match="view must be one of anterior, posterior"):
        make_view("oblique", "right")
