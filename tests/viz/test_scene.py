"""3D pictures on the phantom: not blank, right side out, the same from any scan orientation."""

from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from phantom import phantom_hip

from hipsim.errors import InputError, RenderingUnavailableError
from hipsim.geometry import rigid
from hipsim.kinematics.clinical import ifi_test
from hipsim.kinematics.gait import gait
from hipsim.planning.clearance import clearance_along
from hipsim.viz import sheet
from hipsim.viz.probe import WINDOW_VARIABLE
from hipsim.viz.scene import draw_arc, draw_before_after
from hipsim.viz.style import OVERLAP_COLOUR
from hipsim.viz.take import make_take
from hipsim.viz.views import make_view

SAME_PIXELS = 0.995  # share; edges of bones move by less than a pixel
COLOUR_TOL = 12  # of 255
GHOST_SHARE = 0.005  # of the background, at least: ghosts show as slivers beside the femur
SMALL_PX = (476, 340)  # a shape near that of the real picture
MOTION = ifi_test(step_deg=10.0)


def bare_image(hip, *, view="posterior", ghosts=()):
    """Return the picture without its sheet."""
    camera = make_view(view, hip.side)
    (shot,) = sheet.make_shots([make_take(hip, clearance_along(hip, MOTION), camera)], camera)
    return replace(shot, size_px=SMALL_PX).image(dict.fromkeys(ghosts, "#3060a0"))


def is_bone(image):
    return image.min(axis=2) < 250


def purple_pixels(image):
    """Count pixels of the overlap colour, as it is seen through its opacity over red bone."""
    red, green, blue = np.moveaxis(image.astype(int), 2, 0)
    return int(((blue > red) & (blue > green + 40) & (blue > 60)).sum())


@pytest.fixture(scope="module")
def picture(rendering, hip, curves, tmp_path_factory):
    path = tmp_path_factory.mktemp("arc") / "arc.png"
    assert draw_arc(hip, curves["as it is"], path) == path
    return matplotlib.image.imread(path)


def test_draw_arc__is_1400_by_1000_and_not_blank(picture):
    assert picture.shape[:2] == (1000, 1400)
    assert 0.15 < is_bone(255 * picture[..., :3]).mean() < 0.9


def test_image__of_the_left_hip_is_the_mirror_image(rendering):
    right = is_bone(bare_image(phantom_hip("right")))
    left = is_bone(bare_image(phantom_hip("left")))
    assert (left == right[:, ::-1]).mean() > SAME_PIXELS
    assert (left == right).mean() < SAME_PIXELS  # so the picture is not symmetric itself


def test_image__does_not_depend_on_how_the_patient_lay(rendering, rng):
    scan = rigid.transform_from(rigid.rotation_about(rng.normal(size=3), 2.5), [90.0, -300.0, 9.0])
    turned = phantom_hip("right", scan_from_pelvis=scan, scan_pose_deg=(10, -5, 25))
    difference = np.abs(bare_image(turned).astype(int) - bare_image(phantom_hip()).astype(int))
    assert (difference.max(axis=2) < COLOUR_TOL).mean() > SAME_PIXELS


def test_image__shows_overlap_in_its_colour_only_where_bones_overlap(rendering):
    assert clearance_along(phantom_hip(), MOTION).minimum_mm > 0.0
    assert to_rgb(OVERLAP_COLOUR)[2] > to_rgb(OVERLAP_COLOUR)[0]
    assert purple_pixels(bare_image(phantom_hip())) == 0
    assert purple_pixels(bare_image(phantom_hip(gap_mm=4.0))) > 50


def test_image__ghosts_stay_behind_the_solid_bones(rendering):
    hip = phantom_hip()
    plain = bare_image(hip, view="lateral")
    ghosted = bare_image(hip, view="lateral", ghosts=(0, 1))
    solid = is_bone(plain)
    changed = (np.abs(ghosted.astype(int) - plain.astype(int)) > COLOUR_TOL).any(axis=2)
    assert changed[~solid].mean() > GHOST_SHARE
    assert changed[solid].mean() < 1.0 - SAME_PIXELS


def test_draw_before_after__draws_both(rendering, hip, resected, curves, tmp_path):
    path = tmp_path / "both.png"
    draw_before_after(hip, resected, *curves.values(), path, view="surgeon")
    image = 255 * matplotlib.image.imread(path)[..., :3]
    left, right = image[200:950, 20:590], image[200:950, 620:1190]
    assert is_bone(left).mean() > 0.15
    assert is_bone(right).mean() > 0.15
    assert np.abs(left - right).max() > 100.0


def test_finding__says_mm_structure_pose_and_arm(curves):
    first, second = sheet.finding(curves["as it is"])
    smallest = abs(curves["as it is"].minimum_mm)
    assert first.startswith(f"Smallest space −{smallest:.1f} mm (overlap), lesser trochanter to")
    assert first.endswith("at extension 20°, adduction 10°, rotation 0°")
    assert second.startswith("adducted · extension (deg): 20 · flexion −20°, adduction +10°")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"view": "oblique"}, "view must be one of"),
        ({"n_poses": 0}, "n_poses must be within 1 to 12"),
        ({"n_poses": 13}, "n_poses must be within 1 to 12"),
    ],
)
def test_draw_arc__refuses_what_it_cannot_draw(hip, curves, tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        draw_arc(hip, curves["as it is"], tmp_path / "a.png", **changes)


def test_draw_arc__refuses_other_formats_and_folders(hip, curves, tmp_path):
    with pytest.raises(InputError, match="written as .png"):
        draw_arc(hip, curves["as it is"], tmp_path / "a.jpg")
    with pytest.raises(InputError, match="there is no folder"):
        draw_arc(hip, curves["as it is"], tmp_path / "absent" / "a.png")


def test_draw_arc__says_what_to_install_where_vtk_would_crash(hip, curves, tmp_path, monkeypatch):
    monkeypatch.setenv(WINDOW_VARIABLE, "vtkNoSuchRenderWindow")
    with pytest.raises(RenderingUnavailableError, match="libosmesa6"):
        draw_arc(hip, curves["as it is"], tmp_path / "a.png")


def test_draw_before_after__refuses_two_sides_and_two_motions(hip, curves, tmp_path):
    first, path = curves["as it is"], tmp_path / "a.png"
    with pytest.raises(InputError, match="cannot compare a right with a left hip"):
        draw_before_after(hip, phantom_hip("left"), first, replace(first, side="left"), path)
    with pytest.raises(InputError, match="must be the same motion"):
        draw_before_after(hip, hip, first, clearance_along(hip, gait()), path)
