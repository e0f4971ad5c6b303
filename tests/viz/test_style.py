"""The look: a distance scale every eye can read, and figures that save what they show."""

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from hipsim.errors import InputError
from hipsim.viz import style

STEP_SHARE = 0.02  # of the mean step: rounding and clipping to sRGB
LEAST_CONTRAST = 0.09  # OKLab distance of any two plan colours, about eight just noticeable steps
# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def lightness(rgb):
    return style._oklab_from_rgb(np.asarray(rgb)[..., :3])[..., 0]


def as_deuteranope(rgb):
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ DEUTERANOPIA.T, 0.0, 1.0)
    return np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)


def test_distance_colormap__gets_lighter_in_equal_steps():
    steps = np.diff(lightness(style.distance_colormap()(np.arange(256))))
    assert np.ptp(steps) < STEP_SHARE * steps.mean()


def test_distance_colormap__rises_for_a_deuteranope_too():
    seen = as_deuteranope(style.distance_colormap()(np.arange(0, 256, 8))[:, :3])
    assert (np.diff(lightness(seen)) > 0.0).all()


def test_distance_colormap__ends_in_bone_and_marks_overlap():
    colours = style.distance_colormap()
    np.testing.assert_allclose(colours(1.0)[:3], to_rgb(style.BONE_COLOUR), atol=1e-3)
    assert colours(-0.01)[:3] == to_rgb(style.OVERLAP_COLOUR)


def test_distance_norm__is_the_same_scale_in_every_picture():
    assert style.distance_norm()(15.0) == 0.5


def test_plan_look__differs_by_colour_for_a_deuteranope_or_by_dash():
    looks = [style.plan_look(i, 6) for i in range(6)]
    labs = [style._oklab_from_rgb(as_deuteranope(np.array(to_rgb(k["color"])))) for k in looks]
    for i in range(6):
        for j in range(i):
            far = np.linalg.norm(labs[i] - labs[j]) > LEAST_CONTRAST
            assert far or looks[i]["linestyle"] != looks[j]["linestyle"]


def test_plan_look__ramps_many_amounts_from_light_to_dark():
    ramp = [lightness(style.plan_look(i, 12)["color"]) for i in range(1, 12)]
    assert (np.diff(ramp) < 0.0).all()


def test_draw_distance_bar__marks_the_threshold_in_mm():
    figure = style.new_figure(2.0, 4.0)
    axes = figure.add_axes((0.4, 0.1, 0.1, 0.8))
    style.draw_distance_bar(axes, 12.5, "distance (mm)")
    assert any(set(line.get_ydata()) == {12.5} for line in axes.lines)
    assert any("12.5 mm" in text.get_text() for text in axes.texts)
    assert axes.get_ylabel() == "distance (mm)"


def test_save_figure__writes_png_and_svg_beside_each_other(tmp_path):
    figure = style.new_figure(2.0, 1.0, dpi=100)
    png, svg = style.save_figure(figure, tmp_path / "plan v1.2.png")
    assert (png.name, svg.name) == ("plan v1.2.png", "plan v1.2.svg")
    assert matplotlib.image.imread(png).shape[:2] == (100, 200)
    assert svg.read_text().count("<svg") == 1


def test_save_figure__keeps_a_dot_in_the_name(tmp_path):
    png, _ = style.save_figure(style.new_figure(1.0, 1.0), tmp_path / "depth 2.5")
    assert png.name == "depth 2.5.png"


def test_save_figure__writes_the_same_svg_twice(tmp_path):
    figure = style.new_figure(2.0, 1.0)
    figure.text(0.5, 0.5, "clearance (mm)")
    first, second = (style.save_figure(figure, tmp_path / n)[1].read_bytes() for n in "ab")
    assert first == second


def test_save_figure__refuses_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        style.save_figure(style.new_figure(1.0, 1.0), tmp_path / "absent" / "a.png")


def test_applied__leaves_the_settings_of_the_program_alone():
    before = dict(matplotlib.rcParams)
    with style.applied():
        assert matplotlib.rcParams["axes.spines.top"] is False
    assert dict(matplotlib.rcParams) == before
