"""Intervals beside curves: a band where every pose has one, a bar where only the minimum has."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from hipsim.errors import InputError
from hipsim.viz.chart_doubt import checked_doubt
from hipsim.viz.charts import plot_clearance

HALF_MM = 2.5
PLACE_TOL = 1e-9  # mm


def bands(axes):
    return [c for c in axes.collections if isinstance(c, PolyCollection)]


def test_plot_clearance__a_band_holds_the_curve_in_every_panel(curves):
    name = "resection 4 mm"
    values = curves[name].distance_mm
    figure = plot_clearance(curves, doubt={name: (values - HALF_MM, values + HALF_MM)})
    for axes, run in zip(figure.axes, curves[name].motion.arms.values(), strict=False):
        (band,) = bands(axes)
        heights = band.get_paths()[0].vertices[:, 1]
        assert abs(heights.min() - (values[run].min() - HALF_MM)) < PLACE_TOL
        assert axes.get_ylim()[1] > heights.max()


def test_plot_clearance__an_interval_of_the_minimum_is_a_bar_there_only(curves):
    name = "as it is"
    least = curves[name].minimum_mm
    figure = plot_clearance(curves, doubt={name: (least - 1.0, least + HALF_MM)})
    bars = {axes: axes.containers for axes in figure.axes if axes.containers}
    assert len(bars) == 1 and not any(bands(axes) for axes in bars)
    ((axes, (bar,)),) = bars.items()
    (segment,) = bar.lines[2][0].get_segments()
    np.testing.assert_allclose(segment[:, 1], [least - 1.0, least + HALF_MM], atol=PLACE_TOL)
    assert segment[0, 0] == curves[name].progress


@pytest.mark.parametrize(
    ("doubt", "words"),
    [({"prayer": (0.0, 1.0)}, "belongs to no curve"), ({"as it is": (1.0, 0.0)}, "low to high"),
     ({"as it is": ([0.0, 1.0], [1.0, 2.0])}, "must have shape")],
)  # fmt: skip
def test_checked_doubt__refuses_what_does_not_fit(curves, doubt, words):
    with pytest.raises(InputError, match=words):
        checked_doubt(doubt, curves)
