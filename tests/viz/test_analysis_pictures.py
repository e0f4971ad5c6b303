"""Charts of an analysis: what stands in them, and what is refused."""

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.viz.analysis import Doses, Scatter, plot_correlations, plot_doses, plot_groups
from hipsim.viz.analysis_plans import Column, Standing, levels_as_sample, plot_plans, plot_standing

CHANCE = np.random.default_rng(0)


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda o: hasattr(o, "get_text"))]


def test_plot_groups__has_a_panel_for_each_motion_and_says_n():
    panels = {m: {"a": CHANCE.normal(size=30), "b": np.array([1.0])} for m in ("neutral", "gait")}
    figure = plot_groups(panels, title="Space", told={"gait": "difference +1.0 mm"})
    assert len(figure.axes) == 2
    written = texts(figure)
    assert "a\nn = 30" in written and "b\nn = 1" in written
    assert "gait\ndifference +1.0 mm" in written and "Space" in written


def test_plot_groups__draws_equal_values(tmp_path):
    plot_groups({"neutral": {"a": np.full(9, 3.0)}}, path=tmp_path / "g")
    assert (tmp_path / "g.png").stat().st_size > 5000 and (tmp_path / "g.svg").exists()


def test_plot_groups__refuses():
    with pytest.raises(InputError, match="at least one panel"):
        plot_groups({})
    with pytest.raises(InputError, match="neutral: group 'b' is empty"):
        plot_groups({"neutral": {"a": np.ones(3), "b": np.array([])}})


def test_plot_correlations__band_is_narrowest_at_the_mean():
    x = np.linspace(0.0, 30.0, 40)
    panel = Scatter(x, 20 - 0.3 * x, "version (deg)", "space (mm)", "r", -0.3, 20.0, 2.0, 0.95)
    (axes,) = plot_correlations([panel]).axes
    (line,) = axes.lines
    assert line.get_ydata()[0] == pytest.approx(20.0) and axes.get_xlabel() == "version (deg)"
    band = axes.collections[1].get_paths()[0].vertices
    width = {x_: np.ptp(band[np.isclose(band[:, 0], x_), 1]) for x_ in np.unique(band[:, 0])}
    assert abs(min(width, key=width.get) - 15.0) < 1.0


def test_plot_doses__panels_share_their_scale():
    curve = np.array([[0.0, 5.0], [0.0, 3.0], [0.0, 2.0], [0.0, 4.0]])
    panels = [Doses("neutral", "mm", {"female": curve}), Doses("gait", "mm", {"female": 2 * curve})]
    one, two = plot_doses(panels).axes
    assert one.get_ylim() == two.get_ylim()


def test_plot_plans__columns_in_mm_share_their_scale_and_shares_are_per_cent():
    columns = [
        Column("gain, neutral", "mm", [(2.0, 1.0, 3.0), (7.0, 6.0, 8.0)]),
        Column("gain, gait", "mm", [(1.0, 0.5, 1.5), None]),
        Column("responders", "%", [(0.2, 0.1, 0.4), (0.9, 0.7, 1.0)], is_share=True),
    ]
    figure = plot_plans(["resection 5 mm", "derotation 20 deg"], columns * 2)
    panels = figure.axes
    assert len(panels) == 6 and panels[0].get_xlim() == panels[1].get_xlim()
    assert panels[2].get_xlim() == (-3, 103)
    assert [t.get_text() for t in panels[0].get_yticklabels()][0] == "resection 5 mm"
    assert [t.get_text() for t in panels[1].get_yticklabels()] == ["", ""]


def test_plot_standing__marks_the_patient_outside_the_cohort():
    panel = Standing("gait", "percentile 0", CHANCE.normal(15.0, 3.0, 200), -4.0)
    (axes,) = plot_standing([panel]).axes
    assert axes.get_xlim()[0] < -4.0
    assert any("patient -4.0 mm" in text for text in texts(axes))


def test_levels_as_sample__has_the_percentiles():
    sample = levels_as_sample((0.0, 50.0, 100.0), (0.0, 1.0, 10.0), 1001)
    assert np.median(sample) == pytest.approx(1.0, abs=0.01)
