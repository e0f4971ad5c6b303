"""The stage: points are drawn where the view says, layers lie over each other, colours agree."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from hipsim.viz.render import OVERSAMPLING, Stage, Window, distance_colours, merged
from hipsim.viz.style import FEMUR_COLOUR, OVERLAP_COLOUR
from hipsim.viz.views import VIEWS, make_view

SIZE_PX = (160, 120)
WINDOW = Window((5.0, -10.0), 120.0)
CENTRE_TOL_PX = 1.0  # the ball is drawn with facets
POINT = (12.0, 20.0, -16.0)  # anterior, superior and left, in the app frame


def drawn_at(layer):
    """Return the middle of what is drawn, in mm of the picture."""
    rows, columns = np.nonzero(layer[..., 3] > 0.5)
    left, right, bottom, top = WINDOW.extent(*SIZE_PX)
    x = left + (columns.mean() + 0.5) / layer.shape[1] * (right - left)
    return np.array([x, top - (rows.mean() + 0.5) / layer.shape[0] * (top - bottom)])


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("name", VIEWS)
def test_stage__draws_a_point_where_the_view_projects_it(rendering, name, side):
    import pyvista

    view = make_view(name, side)
    stage = Stage(view, WINDOW, SIZE_PX)
    stage.add_bone(pyvista.Sphere(radius=4.0, center=POINT), colour=FEMUR_COLOUR)
    mm_per_px = WINDOW.height_mm / SIZE_PX[1] / OVERSAMPLING
    offset = drawn_at(stage.layer()) - view.project([POINT])[0]
    assert np.abs(offset).max() < CENTRE_TOL_PX * mm_per_px


def test_stage__from_behind_lateral_is_right_on_a_right_hip_and_left_on_a_left_one(rendering):
    import pyvista

    for side, lateral in (("right", 1.0), ("left", -1.0)):
        stage = Stage(make_view("posterior", side), Window((0.0, 0.0), 120.0), SIZE_PX)
        ball = pyvista.Sphere(radius=5.0, center=(0.0, 0.0, 40.0 * lateral))
        stage.add_bone(ball, colour=FEMUR_COLOUR)
        columns = np.nonzero(stage.layer()[..., 3] > 0.5)[1]
        is_right = columns.mean() > SIZE_PX[0] * OVERSAMPLING / 2
        assert is_right == (side == "right")


def test_stage__nearer_bone_hides_farther_bone(rendering):
    import pyvista

    stage = Stage(make_view("posterior", "right"), Window((0.0, 0.0), 60.0), SIZE_PX)
    stage.add_bone(pyvista.Sphere(radius=10.0, center=(-20, 0, 0)), colour="red")
    stage.add_bone(pyvista.Sphere(radius=10.0, center=(20, 0, 0)), colour="blue")
    red, _, blue = stage.layer()[SIZE_PX[1], SIZE_PX[0], :3]
    assert red > 0.4 > blue


def test_merged__averages_layers_over_white():
    red = np.zeros((2, 2, 4), dtype=np.float32)
    red[..., 0] = red[..., 3] = 1.0
    red[0, 0, 3] = 0.0
    assert merged([(red, 1.0)]).tolist() == [[[255, 64, 64]]]
    assert merged([(red, 0.0)]).tolist() == [[[255, 255, 255]]]


def test_distance_colours__fade_into_bone_far_away_and_outside():
    bone = np.rint(255 * np.array(to_rgb(FEMUR_COLOUR))).astype(int).tolist()
    distance = np.array([np.nan, 30.0, 400.0, 3.0])
    colours = distance_colours(distance, np.array([1.0, 1.0, 1.0, 0.0]), FEMUR_COLOUR)
    assert colours.tolist() == [bone] * 4


def test_distance_colours__mark_overlap_whatever_its_depth():
    colours = distance_colours(np.array([-0.1, -20.0]), np.ones(2), FEMUR_COLOUR)
    overlap = np.rint(255 * np.array(to_rgb(OVERLAP_COLOUR))).astype(int).tolist()
    assert colours.tolist() == [overlap] * 2
