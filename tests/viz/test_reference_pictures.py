"""Regression of the main scenes: they look as they did when somebody last looked at them.

Where a change is wanted: ``python tests/viz/make_reference.py``, and look at what it wrote.
"""

import numpy as np
import pytest
from PIL import Image
from reference_scenes import FOLDER, SCENES, arc, difference, hips

DIFFERENCE_TOL = 4.0  # of 255, RMS of blocks; a femur moved by 4 mm gives over 6
LARGEST_KB = 40.0  # a reference is committed


def reference(name):
    with Image.open(FOLDER / f"{name}.png") as picture:
        return np.asarray(picture.convert("RGB"))


@pytest.mark.parametrize("name", SCENES)
def test_scene__looks_as_it_did(rendering, name):
    found = difference(SCENES[name](), reference(name))
    assert found < DIFFERENCE_TOL, f"{name} differs by {found:.1f}; wanted? then make_reference.py"


def test_difference__sees_a_femur_that_moved(rendering, monkeypatch):
    from hipsim.geometry import rigid
    from hipsim.viz import take

    usual = take.pelvis_from_femur
    shift = rigid.translation([0.0, -3.0, 3.0])
    monkeypatch.setattr(take, "pelvis_from_femur", lambda *given: shift @ usual(*given))
    assert difference(arc(hips()[0]), reference("arc")) > 1.5 * DIFFERENCE_TOL


def test_difference__sees_missing_colours_and_other_shapes():
    picture = reference("arc")
    grey = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    assert difference(grey, picture) > DIFFERENCE_TOL
    assert difference(picture[:-8], picture) == 255.0
    assert difference(picture, picture) == 0.0


def test_references__are_small():
    sizes = {path.name: path.stat().st_size / 1000 for path in FOLDER.glob("*.png")}
    assert set(sizes) == {f"{name}.png" for name in SCENES}
    assert max(sizes.values()) < LARGEST_KB
