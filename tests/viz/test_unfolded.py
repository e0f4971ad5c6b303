"""The unfolded trochanter: proximal in the middle, anterior on one side whatever the body side."""

import numpy as np
import pytest
from phantom import phantom_hip

from hipsim.errors import InputError
from hipsim.surgery.trochanter import find_trochanter
from hipsim.viz.unfolded import plot_unfolded, unfolded

ANGLE_TOL = 1e-6  # deg
HEIGHT_TOL = 1e-6  # mm


@pytest.fixture(scope="module")
def depth(hip):
    """Depth that falls with the distance from the apex."""
    away = np.linalg.norm(hip.femur.vertices - hip.landmarks["lesser_trochanter"], axis=1)
    return np.clip(6.0 - 0.5 * away, 0.0, None)


def test_unfolded__the_apex_is_highest_and_the_head_is_proximal(hip):
    trochanter = find_trochanter(hip)
    angle, height = unfolded(hip, trochanter)
    away = np.linalg.norm(hip.femur.vertices - trochanter.apex, axis=1)
    expected = trochanter.apex_mm - trochanter.shaft_mm
    assert abs(height[away.argmin()] - expected) < HEIGHT_TOL
    top = hip.femur.vertices[:, 1].argmax()
    assert abs(angle[top]) < 90.0
    assert abs(angle[hip.femur.vertices[:, 1].argmin()]) > 90.0


def test_unfolded__anterior_is_left_of_proximal_on_both_sides():
    for side in ("right", "left"):
        hip = phantom_hip(side)
        angle, _ = unfolded(hip, find_trochanter(hip))
        away = hip.femur.vertices - hip.landmarks["lesser_trochanter"]
        front = int((away @ hip.femoral_frame()[:3, 0]).argmax())
        assert -180.0 < angle[front] < 0.0


def test_unfolded__left_is_the_mirror_image_of_right():
    made = [unfolded(h, find_trochanter(h)) for h in (phantom_hip("right"), phantom_hip("left"))]
    turn = np.abs(made[0][0] - made[1][0])
    assert np.minimum(turn, 360.0 - turn).max() < ANGLE_TOL
    np.testing.assert_allclose(made[0][1], made[1][1], atol=HEIGHT_TOL)


def test_plot_unfolded__labels_directions_and_the_deepest_cut(hip, depth, tmp_path):
    figure = plot_unfolded(hip, depth, path=tmp_path / "unfolded.png")
    axes = figure.axes[0]
    names = [label.get_text().split("\n")[0] for label in axes.get_xticklabels()]
    assert names == ["distal", "anterior", "proximal", "posterior", "distal"]
    assert any("deepest 6.0 mm" in text.get_text() for text in figure.texts)
    assert (tmp_path / "unfolded.svg").exists()


def test_plot_unfolded__without_a_cut_is_bare_bone(hip):
    figure = plot_unfolded(hip, np.zeros(len(hip.femur.vertices)))
    assert any("deepest 0.0 mm" in text.get_text() for text in figure.texts)


def test_plot_unfolded__refuses_depths_of_another_bone(hip, depth):
    with pytest.raises(InputError, match="depth_mm"):
        plot_unfolded(hip, depth[:-1])
