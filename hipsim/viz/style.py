"""One look for every picture: colours safe for colour-blind eyes, one distance scale, one footer.

Distance scale: always 0 to 30 mm, so two pictures can be compared by eye. Near is dark red,
far fades into the colour of bone; lightness rises evenly along the scale (equal steps in OKLab,
B. Ottosson 2020), so it also reads in grey and for every kind of colour vision. Overlap has a
colour of its own. Plan colours: Okabe and Ito, 'Color Universal Design', 2008.

Figures are built with matplotlib's objects (``Figure`` and the Agg canvas), never through pyplot,
so drawing leaves no state behind. The settings in ``RC`` hold only while a picture is built; they
are matplotlib's, hence of the whole process: draw from one thread at a time.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colorbar import Colorbar
from matplotlib.colors import ListedColormap, Normalize, to_rgb
from matplotlib.figure import Figure

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.viz.words import DISCLAIMER

DISTANCE_RANGE_MM = (0.0, 30.0)
DEPTH_RANGE_MM = (0.0, 15.0)
OVERLAP_COLOUR = "#4b1482"
BONE_COLOUR = "#e9dfca"
FEMUR_COLOUR = "#e2d3b3"
INK, MUTED, THRESHOLD_COLOUR = "#1a1a1a", "#666666", "#0b6e8f"
PLAN_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
PLAN_LINES = ("-", "--", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))
BEFORE_COLOUR = "#262626"
LINE_COLOUR = "#000000"
REMOVED_COLOUR = "#0072B2"
FONT = "DejaVu Sans"  # comes with matplotlib, so pictures look the same everywhere
RC: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": [FONT],
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.labelsize": 9.5,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "svg.hashsalt": "hipsim",
    "savefig.facecolor": "white",
}
_ANCHORS = ("#5c0a14", "#a31621", "#dd4f2e", "#f39a4e", "#f5cd84", BONE_COLOUR)


def applied() -> AbstractContextManager[None]:
    """Return the context in which a picture is built and saved, so that the style holds."""
    return matplotlib.rc_context(cast(Any, RC))


def font_folder() -> Path:
    """Return the folder that holds the files of ``FONT``.

    Examples
    --------
    >>> (font_folder() / "DejaVuSans.ttf").exists()
    True
    """
    return Path(matplotlib.get_data_path(), "fonts", "ttf")


def new_figure(width_in: float, height_in: float, dpi: float = 150.0) -> Figure:
    """Return an empty white figure of a given size with its own Agg canvas."""
    figure = Figure(figsize=(width_in, height_in), dpi=dpi, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def distance_colormap() -> ListedColormap:
    """Return the colour map of distances: dark red at contact to bone colour far away.

    Examples
    --------
    >>> distance_colormap().N
    256
    """
    path = np.array([_oklab_from_rgb(np.array(to_rgb(c))) for c in _ANCHORS])
    lightness = np.linspace(path[0, 0], path[-1, 0], 256)
    chroma = [np.interp(lightness, path[:, 0], path[:, axis]) for axis in (1, 2)]
    colours = _rgb_from_oklab(np.column_stack([lightness, *chroma]))
    return ListedColormap(colours, name="ischiofemoral_distance", under=OVERLAP_COLOUR)


def distance_norm() -> Normalize:
    """Return the fixed scale of the distance colour map, in mm."""
    return Normalize(*DISTANCE_RANGE_MM)


def depth_colormap() -> ListedColormap:
    """Return the colours of depth of bone: green to dark blue, none as pale as bone.

    Examples
    --------
    >>> depth_colormap().N
    256
    """
    return ListedColormap(matplotlib.colormaps["YlGnBu"](np.linspace(0.25, 1.0, 256)))


def free_colormap() -> ListedColormap:
    """Return the colours of free rotation: pale for little, dark green for much, grey below 0.

    Examples
    --------
    >>> free_colormap().N
    256
    """
    shades = matplotlib.colormaps["YlGn"](np.linspace(0.05, 0.85, 256))
    return ListedColormap(shades, name="free_rotation", under="#cfcfcf")


def draw_distance_bar(axes: Axes, threshold_mm: float | None, label: str) -> Colorbar:
    """Draw the distance scale into an axes, with the threshold marked and overlap named."""
    mappable = matplotlib.cm.ScalarMappable(norm=distance_norm(), cmap=distance_colormap())
    figure = axes.get_figure(root=True)
    assert figure is not None  # an axes handed in here always lives in a figure
    bar = figure.colorbar(mappable, cax=axes, extend="min", extendfrac=0.07)
    bar.set_label(label)
    bar.set_ticks([0, 5, 10, 15, 20, 25, 30], labels=["0", "5", "10", "15", "20", "25", "≥ 30"])
    axes.grid(visible=False)
    axes.text(0.5, -0.085, "overlap", transform=axes.transAxes, ha="center", va="top", fontsize=8)
    if threshold_mm is not None:
        _mark_threshold(axes, threshold_mm)
    return bar


def _mark_threshold(axes: Axes, threshold_mm: float) -> None:
    """Mark the threshold on the distance scale with its mm."""
    axes.axhline(threshold_mm, color=THRESHOLD_COLOUR, linewidth=2.5)
    axes.text(
        -0.25,
        threshold_mm,
        f"threshold\n{threshold_mm:g} mm",
        transform=axes.get_yaxis_transform(),
        ha="right",
        va="center",
        fontsize=8,
        color=THRESHOLD_COLOUR,
    )


def draw_footer(figure: Figure, text: str) -> None:
    """Write conventions at the lower left and what the software is not at the lower right."""
    height_px = figure.get_figheight() * figure.dpi
    y = 7.0 * figure.dpi / 100.0 / height_px
    figure.text(0.012, y, text, ha="left", va="bottom", fontsize=7.0, color=MUTED)
    figure.text(0.988, y, DISCLAIMER, ha="right", va="bottom", fontsize=7.0, color=MUTED)


def plan_look(index: int, n_plans: int) -> dict[str, Any]:
    """Return line colour and dash of a plan; the first is the hip as it is now.

    Few plans get distinct colours and dashes; more than six are taken as amounts in order and
    get a lightness ramp.

    Examples
    --------
    >>> plan_look(0, 2)["color"]
    '#262626'
    """
    if index == 0:
        return {"color": BEFORE_COLOUR, "linestyle": "-", "linewidth": 2.2}
    if n_plans - 1 <= len(PLAN_COLOURS):
        return {"color": PLAN_COLOURS[index - 1], "linestyle": PLAN_LINES[(index - 1) % 6]}
    share = (index - 1) / (n_plans - 2)
    colour = matplotlib.colormaps["viridis"](0.92 - 0.85 * share)
    return {"color": colour, "linestyle": "-", "linewidth": 1.4}


def save_figure(figure: Figure, path: str | Path) -> tuple[Path, Path]:
    """Write a figure as PNG and as SVG side by side.

    Parameters
    ----------
    figure
        What to write.
    path
        With or without ``.png`` or ``.svg``; both are written.

    Returns
    -------
    png, svg
        The files written.

    Raises
    ------
    InputError
        If the folder does not exist.
    """
    target = as_target(path)
    stem = target.name.removesuffix(".png").removesuffix(".svg")
    png, svg = target.with_name(f"{stem}.png"), target.with_name(f"{stem}.svg")
    with applied():
        figure.savefig(png, dpi=figure.dpi)
        figure.savefig(svg, metadata={"Date": None})
    return png, svg


def as_target(path: str | Path) -> Path:
    """Return a path a picture can be written to, or raise if its folder does not exist."""
    target = Path(path)
    if not target.parent.is_dir():
        raise InputError(f"cannot write {target.name}: there is no folder {target.parent}")
    return target


def _oklab_from_rgb(rgb: Array) -> Array:
    """Convert sRGB in 0..1, shape (..., 3), to OKLab."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _LMS_FROM_RGB.T) @ _LAB_FROM_LMS.T


def _rgb_from_oklab(lab: Array) -> Array:
    """Convert OKLab, shape (..., 3), to sRGB in 0..1."""
    linear = (lab @ np.linalg.inv(_LAB_FROM_LMS).T) ** 3 @ np.linalg.inv(_LMS_FROM_RGB).T
    linear = np.clip(linear, 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


_LMS_FROM_RGB = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB_FROM_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
