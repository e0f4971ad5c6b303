"""Charts: every curve is the data, every axis has its unit, every mark is in its place."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from hipsim.errors import InputError
from hipsim.kinematics.arcs import neutral
from hipsim.planning.clearance import clearance_along
from hipsim.viz.charts import N_SPOKEN, plot_clearance, plot_gain
from hipsim.viz.words import DISCLAIMER


def line_of(axes, label):
    (line,) = [line for line in axes.lines if line.get_label() == label]
    return line


def all_text(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]


@pytest.fixture(scope="module")
def figure(curves):
    return plot_clearance(curves)


def test_plot_clearance__draws_each_arm_of_each_plan_as_it_is(figure, curves, motion):
    for axes, run in zip(figure.axes, motion.arms.values(), strict=True):
        for name, clearance in curves.items():
            x, y = line_of(axes, name).get_data()
            np.testing.assert_array_equal(x, motion.progress[run])
            np.testing.assert_array_equal(y, clearance.distance_mm[run])


def test_plot_clearance__names_panels_axes_and_units(figure, motion):
    assert [axes.get_title() for axes in figure.axes] == ["neutral", "adducted", "abducted"]
    assert all(axes.get_xlabel() == motion.progress_label for axes in figure.axes)
    assert "(deg)" in figure.axes[0].get_xlabel()
    assert figure.axes[0].get_ylabel() == "clearance (mm)"


def test_plot_clearance__has_the_threshold_in_every_panel_and_its_mm_once(figure, motion):
    for axes in figure.axes:
        assert set(line_of(axes, "threshold").get_ydata()) == {motion.threshold_mm}
    assert all_text(figure).count("threshold 2 mm") == 1


def test_plot_clearance__has_no_threshold_where_the_motion_has_none(curves):
    bare = {name: replace(clearance, threshold_mm=None) for name, clearance in curves.items()}
    figure = plot_clearance(bare)
    assert not any("threshold" in text for text in all_text(figure))


def test_plot_clearance__marks_the_smallest_value_of_each_plan(figure, curves):
    for clearance in curves.values():
        axes = figure.axes[list(clearance.motion.arms).index(clearance.segment)]
        dots = [
            tuple(np.ravel(line.get_data())) for line in axes.lines if len(line.get_xdata()) == 1
        ]
        assert (clearance.progress, clearance.minimum_mm) in dots


def test_plot_clearance__writes_overlap_with_a_minus_and_shades_it(figure, curves):
    smallest = curves["as it is"].minimum_mm
    assert smallest < 0.0  # the phantom is narrow enough for this test to mean something
    assert f"−{abs(smallest):.1f} mm" in all_text(figure)
    assert "bones overlap (depth)" in all_text(figure)
    assert figure.axes[0].get_ylim()[0] < smallest


def test_plot_clearance__key_tells_gain_and_pose(figure, curves):
    before, after = (clearance.minimum_mm for clearance in curves.values())
    entry = figure.legends[0].get_texts()[1].get_text()
    assert entry.startswith(f"resection 4 mm: −{abs(after):.1f} mm, ")
    assert f"gain +{after - before:.1f} mm, at extension 20°, adduction 10°" in entry


def test_plot_clearance__says_conventions_hip_and_what_it_is_not(figure):
    text = all_text(figure)
    assert "pelvic zero: app · femoral zero: condylar" in text
    assert "phantom-right · right hip · IFI test" in text
    assert DISCLAIMER in text


def test_plot_clearance__keeps_text_inside_the_picture_for_many_plans(curves):
    first = curves["as it is"]
    many = {
        f"resection {i} mm": replace(first, distance_mm=first.distance_mm + i)
        for i in range(N_SPOKEN + 5)
    }
    figure = plot_clearance(many)
    figure.canvas.draw()
    assert len(figure.legends[0].get_texts()) == len(many)
    box = figure.legends[0].get_window_extent()
    assert box.x1 <= figure.bbox.x1


def test_plot_clearance__draws_a_single_pose_as_a_dot(hip):
    still = clearance_along(hip, neutral())
    figure = plot_clearance({"now": still})
    line = line_of(figure.axes[0], "now")
    assert line.get_marker() == "o"
    assert list(line.get_ydata()) == [still.minimum_mm]
    assert len(figure.axes[0].get_xticks()) == 0


def test_plot_clearance__writes_both_files(curves, tmp_path):
    plot_clearance(curves, path=tmp_path / "arc.png", title="My plan")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["arc.png", "arc.svg"]


def test_plot_clearance__refuses_a_grid(over_grid):
    with pytest.raises(InputError, match="draw it with plot_grid"):
        plot_clearance({"now": over_grid})


def test_plot_gain__has_a_bar_to_the_smallest_value_of_each_plan(curves):
    axes = plot_gain(curves).axes[0]
    widths = [bar.get_width() for bar in axes.containers[0]]
    assert widths == [clearance.minimum_mm for clearance in curves.values()]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(curves)
    assert axes.get_xlabel() == "smallest clearance in the motion (mm)"


def test_plot_gain__writes_the_gain_of_all_but_the_first(curves):
    before, after = (clearance.minimum_mm for clearance in curves.values())
    text = all_text(plot_gain(curves))
    assert f"+{after - before:.1f} mm" in text
    assert "+0.0 mm" not in text


def test_charts__keep_all_text_inside_the_picture(figure, curves):
    longest = {"resection 5 mm + derotation 20° + lateralisation": curves["as it is"]}
    for drawn in (figure, plot_gain(curves), plot_gain(curves | longest)):
        drawn.canvas.draw()
        for part in (*drawn.axes, *drawn.legends):
            box = part.get_tightbbox()
            assert drawn.bbox.x0 <= box.x0 < box.x1 <= drawn.bbox.x1
            assert drawn.bbox.y0 <= box.y0 < box.y1 <= drawn.bbox.y1


def test_plot_gain__first_plan_is_on_top(curves):
    low, high = plot_gain(curves).axes[0].get_ylim()
    assert low > high


def test_plot_clearance__gives_the_first_plan_the_colour_of_before(figure):
    assert to_rgb(line_of(figure.axes[0], "as it is").get_color()) == to_rgb("#262626")
