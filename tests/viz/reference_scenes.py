"""Small pictures of the main scenes, of the phantom hip: what regression tests compare.

The phantom is made from numbers, so these pictures change only when the drawing does.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.image
import numpy as np
from numpy.typing import NDArray
from phantom import phantom_hip

from hipsim.anatomy.hip import Hip
from hipsim.kinematics.clinical import ifi_test
from hipsim.planning.clearance import clearance_along
from hipsim.surgery import resect_lesser_trochanter
from hipsim.viz import sheet
from hipsim.viz.exhibit import Exhibit, make_exhibit
from hipsim.viz.film import Film, Script
from hipsim.viz.plan_depth import draw_depth_map
from hipsim.viz.surfaces import removed_bone
from hipsim.viz.take import make_take, poses_drawn
from hipsim.viz.viewer import Viewer
from hipsim.viz.views import make_view

Picture = NDArray[np.uint8]
FOLDER = Path(__file__).parent / "reference"
SMALL_PX, LARGE_PX = (320, 240), (640, 480)
MOTION = ifi_test(step_deg=10.0)


@cache
def hips() -> tuple[Hip, Hip]:
    """Return the phantom and the same after a resection."""
    hip = phantom_hip("right", gap_mm=6.0)
    return hip, resect_lesser_trochanter(hip, depth_mm=4.0)


def arc(hip: Hip, view: str = "posterior") -> Picture:
    """The arc with its worst pose."""
    found, camera = clearance_along(hip, MOTION), make_view(view, hip.side)
    (shot,) = sheet.make_shots([make_take(hip, found, camera)], camera)
    ghosts = [pose for pose in poses_drawn(found, 3) if pose != found.index]
    return replace(shot, size_px=SMALL_PX).image(dict.fromkeys(ghosts, "#3060a0"))


def before_after() -> Picture:
    """The hip after a resection with the bone that went."""
    hip, resected = hips()
    found, camera = clearance_along(resected, MOTION), make_view("surgeon", hip.side)
    (shot,) = sheet.make_shots([make_take(resected, found, camera)], camera)
    return replace(shot, size_px=SMALL_PX).image({}, removed_bone(hip, resected))


def depth_map() -> Picture:
    """The sheet of depths painted on the bone."""
    hip, resected = hips()
    apex = hip.landmarks["lesser_trochanter"]
    depth = np.clip(6.0 - 0.5 * np.linalg.norm(hip.femur.vertices - apex, axis=1), 0.0, None)
    with TemporaryDirectory() as folder:
        path = draw_depth_map(hip, resected, depth, Path(folder, "depth.png"))
        return thinned((255.0 * matplotlib.image.imread(path)[:, :, :3]).astype(np.uint8), 4)


def viewer() -> Picture:
    """The viewer's window, a plan beside the hip as it is."""
    window = Viewer(exhibit(), off_screen=True, size_px=LARGE_PX)
    for key in ("b", "o"):
        window.press(key)
    picture = window.theatre.image()
    window.close()
    return thinned(picture, 2)


def film() -> Picture:
    """A frame of a film, before beside after."""
    made = Film(exhibit(), Script(plan=1, size_px=LARGE_PX))
    picture = made.frame(made.least)
    made.close()
    return thinned(picture, 2)


@cache
def exhibit() -> Exhibit:
    """Return the phantom before and after."""
    hip, resected = hips()
    return make_exhibit({"as it is": hip, "resection": resected}, MOTION)


def thinned(picture: Picture, n: int) -> Picture:
    """Average blocks of n x n pixels."""
    height, width = picture.shape[0] // n, picture.shape[1] // n
    blocks = picture[: height * n, : width * n].reshape(height, n, width, n, 3)
    return np.rint(blocks.mean(axis=(1, 3))).astype(np.uint8)


def difference(picture: Picture, reference: Picture) -> float:
    """Return how much two pictures differ, 0 to 255: RMS of blocks of 8 x 8 pixels.

    Blocks hide what differs between versions of a renderer: smoothing of edges, dots of a font.
    """
    if picture.shape != reference.shape:
        return 255.0
    blocks = [thinned(p, 8).astype(float) for p in (picture, reference)]
    return float(np.sqrt(((blocks[0] - blocks[1]) ** 2).mean()))


SCENES: dict[str, Callable[[], Picture]] = {
    "arc": lambda: arc(hips()[0]),
    "arc_axial": lambda: arc(hips()[0], "axial"),
    "before_after": before_after,
    "depth_map": depth_map,
    "viewer": viewer,
    "film": film,
}
