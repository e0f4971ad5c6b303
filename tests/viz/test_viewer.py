"""The viewer held in memory: its keys, slider and clock, by the callbacks the window calls."""

import matplotlib.image
import numpy as np
import pytest

from hipsim.errors import InputError, RenderingUnavailableError
from hipsim.surgery import derotate_femur
from hipsim.viz.exhibit import make_exhibit
from hipsim.viz.furniture import bar_picture
from hipsim.viz.showing import first_showing
from hipsim.viz.viewer import Viewer

SIZE_PX = (480, 360)
SAME_PIXELS = 0.999  # share; the drawing of a state does not depend on what was shown before
OTHER_PIXELS = 0.002  # share of pixels that another state changes at least


@pytest.fixture(scope="module")
def exhibit(hip, resected, motion):
    turned = derotate_femur(hip, angle_deg=20)
    return make_exhibit({"as it is": hip, "resection": resected, "derotation": turned}, motion)


@pytest.fixture(scope="module")
def window(rendering, exhibit):
    made = Viewer(exhibit, off_screen=True, size_px=SIZE_PX)
    yield made
    made.close()


@pytest.fixture
def viewer(window, tmp_path):
    """The window as it is when it opens; opening takes a second, so there is one for all."""
    window.folder, window.now = tmp_path, first_showing(window.exhibit.programme)
    window.refresh()
    return window


def image(viewer):
    return viewer.theatre.image()


def share_changed(before, after):
    return float((np.abs(before.astype(int) - after).max(axis=2) > 8).mean())


@pytest.mark.parametrize("key", ["Right", "m", "o", "c", "l", "n", "b", "1", "3", "5", "6", "h"])
def test_press__every_key_changes_the_picture(viewer, key):
    viewer.slide(10)
    before = image(viewer)
    viewer.press(key)
    assert share_changed(before, image(viewer)) > OTHER_PIXELS


def test_refresh__the_picture_follows_from_the_state_alone(viewer):
    start, before = viewer.now, image(viewer)
    for key in ("o", "b", "n", "c", "5", "h"):
        viewer.press(key)
    assert share_changed(before, image(viewer)) > OTHER_PIXELS
    viewer.now = start
    viewer.refresh()
    assert 1.0 - share_changed(before, image(viewer)) > SAME_PIXELS


def test_slide__moves_bone_words_and_slider_together(viewer, exhibit):
    viewer.slide(12.3)
    assert viewer.now.pose == 12
    assert viewer.furniture.slider.GetRepresentation().GetValue() == 12
    told = viewer.furniture.text("space")
    assert f"{abs(exhibit.clearance(0).distance_mm[12]):.1f} mm" in told


def test_tick__plays_until_it_is_stopped(viewer, monkeypatch):
    monkeypatch.setattr("hipsim.viz.viewer.BREATH_S", 0.0)
    start = viewer.now.pose
    viewer.tick()
    assert viewer.now.pose == start  # nothing plays yet
    viewer.press("space")
    viewer.tick()
    viewer.tick()
    n = viewer.exhibit.programme.n_poses
    assert viewer.now.pose == (start + 2) % n
    viewer.press("space")
    viewer.tick()
    assert viewer.now.pose == (start + 2) % n


def test_theatre__draws_what_the_state_names(viewer):
    assert {"femur", "hip_bone", "pair", "overlap"} <= viewer.theatre.drawn
    viewer.press("b")
    assert "removed" in viewer.theatre.drawn  # a resection: the piece that went
    viewer.press("n")
    assert "before" in viewer.theatre.drawn  # a derotation: the femur as it was
    assert "removed" not in viewer.theatre.drawn
    viewer.press("o")
    assert {"onion 0", "outline onion 5"} <= viewer.theatre.drawn
    for key in ("o", "b", "l", "c"):
        viewer.press(key)
    assert viewer.theatre.drawn == {"femur", "hip_bone"}


def test_save_picture__never_overwrites_one(viewer, tmp_path):
    viewer.press("p")
    viewer.press("p")
    first, second = sorted(tmp_path.glob("*.png"))
    assert first != second
    assert matplotlib.image.imread(first).shape[:2] == SIZE_PX[::-1]
    assert "saved" in viewer.furniture.text("notice")


def test_save_picture__says_why_it_cannot(viewer, tmp_path):
    viewer.folder = tmp_path / "nowhere"
    with pytest.raises(InputError, match="cannot write"):
        viewer.save_picture()


def test_viewer__without_a_screen_says_what_works_without(exhibit, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(RenderingUnavailableError, match="hipsim animate"):
        Viewer(exhibit)


def test_bar_picture__marks_the_threshold(rendering):
    assert (bar_picture(12.0) != bar_picture(None)).any()
