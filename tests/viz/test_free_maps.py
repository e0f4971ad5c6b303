"""Maps of the impingement-free range: what is drawn as free is what was proven free."""

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.planning.clearance import clearance_along
from hipsim.planning.free_range_volume import free_volume
from hipsim.viz.free_maps import hatch_not_free, plot_free_range
from hipsim.viz.grids import plot_grid
from hipsim.viz.style import new_figure

STEP_DEG = 4.0


@pytest.fixture(scope="module")
def volume(hip):
    return free_volume(
        hip, extension_deg=(0, 20), adduction_deg=(-10, 10), rotation_deg=(-20, 20),
        resolution_deg=STEP_DEG,
    )  # fmt: skip


def test_plot_free_range__shows_the_proven_boundary(volume):
    figure = plot_free_range(volume)
    internal, external = figure.axes[:2]
    for axes, expected in (
        (internal, volume.boundary.highest_deg),
        (external, -volume.boundary.lowest_deg),
    ):
        shown = np.ma.filled(axes.collections[0].get_array(), np.nan)
        np.testing.assert_array_equal(shown.reshape(expected.T.shape), expected.T)
    assert internal.get_xlabel() == "extension (deg)"
    assert figure.axes[2].get_ylabel() == "rotation (deg)"


def test_plot_free_range__writes_png_and_svg(volume, tmp_path):
    plot_free_range(volume, path=tmp_path / "free.png", title="Free range")
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".png", ".svg"]


def test_plot_grid__marks_what_is_not_proven_free(over_grid, volume):
    plain, marked = plot_grid(over_grid), plot_grid(over_grid, free=volume)
    for before, after in zip(plain.axes[:-1], marked.axes[:-1], strict=True):
        assert len(after.collections) > len(before.collections)
        assert after.get_xlim() == before.get_xlim()
    (legend,) = marked.legends
    assert "not proven free" in legend.get_texts()[0].get_text()


def test_hatch_not_free__covers_everything_outside_what_was_searched(volume):
    axes = new_figure(3, 3).add_subplot()
    ends = {"extension": np.array([-10.0, 20.0]), "adduction": np.array([-10.0, 10.0])}
    hatch_not_free(axes, ends, volume, 99.0)
    (hatched,) = axes.collections
    (path,) = hatched.get_paths()
    assert path.contains_points([(-9.0, -9.0), (19.0, 9.0), (0.0, 0.0)]).all()


def test_plot_grid__refuses_the_range_of_another_hip(hip, volume, over_grid):
    other = over_grid.motion.evolved(pelvic_zero="isb")
    with pytest.raises(InputError, match="the free range is of"):
        plot_grid(clearance_along(hip, other), free=volume)
