"""Turn posed bones into an image: light, camera, translucency. VTK windows live here only.

A picture is drawn at twice its size and averaged down, which smooths every edge, lines and
translucent bones included, on any OpenGL.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from hipsim.checks import Array
from hipsim.viz.probe import require_rendering
from hipsim.viz.style import (
    DISTANCE_RANGE_MM,
    LINE_COLOUR,
    OVERLAP_COLOUR,
    THRESHOLD_COLOUR,
    distance_colormap,
)
from hipsim.viz.views import View

OVERSAMPLING = 2
EYE_DISTANCE_MM = 1000.0
LINE_RADIUS_MM = 0.6
FADE_SHARE = 0.15  # the last part of the scale blends into the bone
Image = NDArray[np.uint8]
Layer = NDArray[
    np.float32
]  # red, green, blue, opacity in 0 to 1, shape (height, width, 4), oversampled


@dataclass(frozen=True)
class Window:
    """The part of the picture plane that is shown, in mm right and up of the hip joint centre.

    Parameters
    ----------
    centre_mm
        Middle of the picture.
    height_mm
        Height of the picture; the width follows from the pixels.
    """

    centre_mm: tuple[float, float]
    height_mm: float

    def extent(self, width_px: int, height_px: int) -> tuple[float, float, float, float]:
        """Return left, right, bottom and top in mm."""
        half_height = 0.5 * self.height_mm
        half_width = half_height * width_px / height_px
        x, y = self.centre_mm
        return x - half_width, x + half_width, y - half_height, y + half_height


class Stage:
    """An off-screen stage in the ``app`` frame of one hip; add surfaces, then take a layer.

    Raises
    ------
    RenderingUnavailableError
        If this machine cannot draw 3D pictures.
    """

    def __init__(self, view: View, window: Window, size_px: tuple[int, int]) -> None:
        require_rendering()
        import pyvista

        width, height = (OVERSAMPLING * n for n in size_px)
        self.plotter = pyvista.Plotter(
            off_screen=True, window_size=[width, height], lighting="none", theme=_theme()
        )
        self.plotter.render_window.SetMultiSamples(0)  # oversampling smooths already
        self._aim(view, window)
        self._light(view)

    def add_bone(self, surface: Any, *, colour: str) -> None:
        """Add an opaque bone; points with a distance are coloured by it, the rest plainly."""
        if "distance_mm" in surface.point_data:
            surface.point_data["colour"] = distance_colours(
                np.asarray(surface.point_data["distance_mm"]),
                np.asarray(surface.point_data["emphasis"]),
                colour,
            )
            self.plotter.add_mesh(surface, scalars="colour", rgb=True, **_MATERIAL)
        else:
            self.plotter.add_mesh(surface, color=colour, **_MATERIAL)

    def add_painted(self, surface: Any) -> None:
        """Add an opaque bone whose points carry their own ``colour``, shape (n, 3), 0 to 255."""
        self.plotter.add_mesh(surface, scalars="colour", rgb=True, **_MATERIAL)

    def add_threshold(self, surface: Any, threshold_mm: float) -> None:
        """Draw the line on a bone where its distance equals the threshold."""
        line = surface.contour([threshold_mm], scalars="distance_mm")
        if line.n_points:
            self.plotter.add_mesh(
                line, color=THRESHOLD_COLOUR, line_width=3.5 * OVERSAMPLING, lighting=False
            )

    def add_ghost(self, surface: Any, *, colour: str, opacity: float) -> None:
        """Add a translucent bone with its outline, for another pose or for bone that is gone."""
        self.plotter.add_mesh(surface, color=colour, opacity=opacity, culling="back", **_MATERIAL)
        self.plotter.add_silhouette(
            surface, color=colour, line_width=1.4 * OVERSAMPLING, opacity=0.9, feature_angle=None
        )

    def add_overlap(self, surface: Any) -> None:
        """Add the part of a bone that lies inside the other one."""
        surface = surface.copy(deep=False)
        surface.point_data["depth"] = np.nan_to_num(-surface.point_data["distance_mm"], nan=-1.0)
        inside = surface.clip_scalar(scalars="depth", value=0.0, invert=False)
        if inside.n_cells:
            self.plotter.add_mesh(inside, color=OVERLAP_COLOUR, lighting=False)

    def add_line(self, start: Array, end: Array) -> None:
        """Draw the closest pair as a rod with a ball at either end; bones in front hide it."""
        import pyvista

        rod = pyvista.Line(start, end).tube(radius=LINE_RADIUS_MM)
        balls = [pyvista.Sphere(radius=2.0 * LINE_RADIUS_MM, center=p) for p in (start, end)]
        for part in (rod, *balls):
            self.plotter.add_mesh(part, color=LINE_COLOUR, lighting=False)

    def layer(self) -> Layer:
        """Return what was added, transparent where there is nothing, and close the window."""
        pixels = self.plotter.screenshot(return_img=True, transparent_background=True)
        self.plotter.close()
        return np.asarray(pixels, dtype=np.float32) / np.float32(255.0)

    def _aim(self, view: View, window: Window) -> None:
        """Place a parallel camera."""
        target = window.centre_mm[0] * view.right + window.centre_mm[1] * view.up
        camera = self.plotter.camera
        camera.position = tuple(target + EYE_DISTANCE_MM * view.eye)
        camera.focal_point = tuple(target)
        camera.up = tuple(view.up)
        camera.parallel_projection = True
        camera.parallel_scale = 0.5 * window.height_mm
        camera.clipping_range = (1.0, 2.0 * EYE_DISTANCE_MM)

    def _light(self, view: View) -> None:
        """Light from the upper left of the viewer, a weak fill from the right, one from the eye."""
        import pyvista

        for right, up, strength in ((-0.7, 0.8, 0.62), (0.9, -0.1, 0.22), (0.0, 0.0, 0.28)):
            way = view.eye + right * view.right + up * view.up
            light = pyvista.Light(
                position=tuple(EYE_DISTANCE_MM * way), focal_point=(0, 0, 0), intensity=strength
            )
            light.positional = False
            self.plotter.add_light(light)


def merged(layers: list[tuple[Layer, float]]) -> Image:
    """Lay layers over white, back to front, and average down to the size of the picture.

    Parameters
    ----------
    layers
        Layer and its opacity, 0 to 1.

    Returns
    -------
    image
        Shape (height, width, 3).
    """
    height, width, _ = layers[0][0].shape
    result = np.ones((height, width, 3), dtype=np.float32)
    for layer, opacity in layers:
        alpha = np.float32(opacity) * layer[..., 3:]
        result += alpha * (layer[..., :3] - result)
    n = OVERSAMPLING
    blocks = result.reshape(height // n, n, width // n, n, 3)
    return np.rint(255.0 * blocks.mean(axis=(1, 3))).astype(np.uint8)


def distance_colours(distance_mm: Array, emphasis: Array, colour: str) -> Image:
    """Return the colour of each point, shape (n, 3), 0 to 255.

    Parameters
    ----------
    distance_mm
        Shape (n,); negative is overlap.
    emphasis
        Shape (n,); 1 shows the distance, 0 the bone's own colour.
    colour
        The bone's own colour, into which far distances fade as well.

    Examples
    --------
    >>> distance_colours(np.array([-1.0, 5.0]), np.array([1.0, 0.0]), "white").tolist()
    [[75, 20, 130], [255, 255, 255]]
    """
    low, high = DISTANCE_RANGE_MM
    share = np.nan_to_num((distance_mm - low) / (high - low), nan=1.0)
    near = distance_colormap()(np.clip(share, 0.0, 1.0))[:, :3]
    near[share < 0.0] = to_rgb(OVERLAP_COLOUR)
    weight = (emphasis * np.clip((1.0 - share) / FADE_SHARE, 0.0, 1.0))[:, None]
    return np.rint(255.0 * (weight * near + (1.0 - weight) * np.array(to_rgb(colour)))).astype("u1")


def _theme() -> Any:
    """Return a plain theme of our own: a user's pyvista settings do not change our pictures."""
    import pyvista

    theme = pyvista.themes.Theme()
    theme.background = "white"
    return theme


_MATERIAL = {
    "smooth_shading": True,
    "ambient": 0.22,
    "diffuse": 0.85,
    "specular": 0.12,
    "specular_power": 12.0,
}
