"""Maps over a grid of angles: values in their place, iso-lines where they belong."""

import numpy as np
import pytest
from phantom import phantom_clearance_mm

from hipsim.errors import InputError
from hipsim.kinematics.arcs import grid
from hipsim.planning.clearance import clearance_along
from hipsim.viz.grids import grid_values, plot_grid

DISTANCE_TOL = 1e-9  # mm, rounding of float64 at 500 mm
GAP_MM = 6.0  # of the fixture's hip
CONTACT_TOL = 0.05  # mm, iso-lines are linear within cells of 5 deg


def test_grid_values__sort_the_serpentine_into_rising_axes(over_grid):
    axes_deg, values = grid_values(over_grid)
    assert axes_deg["extension"].tolist() == [-5, 0, 5, 10, 15, 20]
    assert axes_deg["rotation"].tolist() == [-20, -15, -10, -5, 0]
    e, a, r = np.meshgrid(*axes_deg.values(), indexing="ij")
    expected = phantom_clearance_mm(-e, a, r, gap_mm=GAP_MM).reshape(e.shape)
    is_gap = expected > 0.0  # overlap is measured otherwise
    np.testing.assert_allclose(values[is_gap], expected[is_gap], atol=DISTANCE_TOL)


@pytest.fixture(scope="module")
def figure(over_grid):
    return plot_grid(over_grid)


def test_plot_grid__has_a_panel_for_each_rotation_in_words(figure):
    titles = [axes.get_title() for axes in figure.axes[:-1]]
    assert titles == [f"external rotation {r}°" for r in (20, 15, 10, 5)] + ["rotation 0°"]


def test_plot_grid__labels_axes_and_scale_with_units(figure):
    assert figure.axes[-2].get_xlabel() == "extension (deg)"
    assert figure.axes[0].get_ylabel() == "adduction (deg)"
    assert figure.axes[-1].get_ylabel() == "clearance (mm)"


def test_plot_grid__keeps_all_text_inside_the_picture(figure):
    figure.canvas.draw()
    whole = figure.bbox
    for axes in figure.axes:
        box = axes.get_tightbbox()
        assert whole.x0 <= box.x0 < box.x1 <= whole.x1
        assert whole.y0 <= box.y0 < box.y1 <= whole.y1


def test_plot_grid__contact_line_runs_where_clearance_is_zero(figure):
    lines = [c for c in figure.axes[3].collections if list(c.levels) == [0.0] and not c.filled]
    (path,) = lines[0].get_paths()
    extension, adduction = path.vertices.T
    exact = phantom_clearance_mm(-extension, adduction, -5.0, gap_mm=GAP_MM)
    assert len(exact) > 3
    assert np.abs(exact).max() < CONTACT_TOL


def test_plot_grid__marks_the_smallest_value(figure, over_grid):
    marks = [
        (axes.get_title(), *np.ravel(line.get_data()))
        for axes in figure.axes[:-1]
        for line in axes.lines
        if line.get_marker() == "X"
    ]
    pose = over_grid.pose_deg
    assert marks == [("external rotation 20°", -pose["flexion"], pose["adduction"])]


def test_plot_grid__refuses_a_path(curves):
    with pytest.raises(InputError, match="plot_grid needs a grid of extension x adduction"):
        plot_grid(curves["as it is"])


def test_plot_grid__refuses_a_grid_of_one_extension(hip):
    flat = grid(extension_deg=0, adduction_deg=(0, 10), rotation_deg=(-10, 0), step_deg=5)
    with pytest.raises(InputError, match="at least two extensions"):
        plot_grid(clearance_along(hip, flat))


def test_plot_grid__refuses_axes_in_another_order(hip):
    motion = grid(extension_deg=(0, 10), adduction_deg=(0, 10), rotation_deg=0, step_deg=10)
    turned = motion.evolved(
        flexion_deg=-motion.adduction_deg, adduction_deg=-motion.flexion_deg, shape=(2, 2, 1)
    )
    with pytest.raises(InputError, match="must vary along axis 0"):
        plot_grid(clearance_along(hip, turned))
