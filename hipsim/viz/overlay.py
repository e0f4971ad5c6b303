"""What is written on a 3D picture: names, mm, directions, scale. Drawn by matplotlib, in mm."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import withStroke

from hipsim.checks import Array
from hipsim.viz.render import Image, Window
from hipsim.viz.style import INK, LINE_COLOUR, MUTED
from hipsim.viz.views import View

SCALE_BAR_MM = 20.0
LABEL_REACH_SHARE = 0.17  # of the picture's height, from the line to its label
_HALO = [withStroke(linewidth=2.2, foreground="white")]
_AXES = {"A": (1.0, 0.0, 0.0), "S": (0.0, 1.0, 0.0), "R": (0.0, 0.0, 1.0)}


def add_stage(
    figure: Figure, box_px: tuple[float, float, float, float], image: Image, window: Window
) -> Axes:
    """Place an image pixel by pixel into a figure; its axes then count in mm of the picture.

    Parameters
    ----------
    figure
        Where to.
    box_px
        Left, bottom, width and height in pixels.
    image
        Shape (height, width, 3).
    window
        What part of the picture plane the image shows.
    """
    size = np.array([figure.get_figwidth(), figure.get_figheight()] * 2) * figure.dpi
    axes = figure.add_axes(tuple(np.array(box_px) / size))
    extent = window.extent(image.shape[1], image.shape[0])
    axes.imshow(image, extent=extent, interpolation="none", aspect="auto")
    axes.set(xlim=extent[:2], ylim=extent[2:])
    axes.axis("off")
    return axes


def draw_directions(axes: Axes, view: View) -> None:
    """Write what lies beyond each edge, and a small cross of axes in the lower left corner."""
    places = {
        "right": (0.99, 0.5),
        "left": (0.01, 0.5),
        "top": (0.5, 0.985),
        "bottom": (0.5, 0.015),
    }
    align = {"right": ("right", "center"), "left": ("left", "center")}
    for edge, text in view.edge_labels.items():
        ha, va = align.get(edge, ("center", edge))
        axes.text(
            *places[edge],
            text.replace(" ", "\n" if edge in align else " "),
            transform=axes.transAxes,
            ha=ha,
            va=va,
            fontsize=11,
            fontweight="bold",
            color=INK,
            path_effects=_HALO,
        )
    _draw_cross(axes, view)


def _draw_cross(axes: Axes, view: View) -> None:
    """Draw the anatomical axes as they lie in the picture, but for those that point at the eye."""
    (left, _), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    length = 0.06 * (top - bottom)
    origin = np.array([left + 1.7 * length, bottom + 1.5 * length])
    _draw_backing(axes, tuple(origin - length), (2.0 * length, 2.0 * length))
    for name, way in _AXES.items():
        tip = origin + length * view.project([way])[0]
        if np.hypot(*(tip - origin)) > 0.6 * length:
            axes.annotate(
                "", tuple(tip), tuple(origin), arrowprops={"arrowstyle": "-|>", "color": INK}
            )
            at = origin + 1.28 * (tip - origin) + 0.05 * length
            axes.text(
                float(at[0]),
                float(at[1]),
                name,
                ha="center",
                va="center",
                fontsize=8,
                path_effects=_HALO,
            )


def _draw_backing(axes: Axes, corner: tuple[float, float], size: tuple[float, float]) -> None:
    """Lighten the picture under a sign, with a margin of 2 mm."""
    grown = (corner[0] - 2.0, corner[1] - 2.0), size[0] + 4.0, size[1] + 4.0
    axes.add_patch(Rectangle(*grown, facecolor="white", alpha=0.7, edgecolor="none"))


def draw_scale_bar(axes: Axes) -> None:
    """Draw a bar of known length in the lower right corner."""
    left, right, bottom, top = *axes.get_xlim(), *axes.get_ylim()
    x, y = right - 0.03 * (right - left), bottom + 0.045 * (top - bottom)
    height = top - bottom
    _draw_backing(axes, (x - SCALE_BAR_MM, y), (SCALE_BAR_MM, 0.045 * height))
    axes.add_patch(Rectangle((x - SCALE_BAR_MM, y), SCALE_BAR_MM, 0.006 * height, color=INK))
    axes.text(
        x - 0.5 * SCALE_BAR_MM,
        y + 0.014 * height,
        f"{SCALE_BAR_MM:g} mm",
        ha="center",
        va="bottom",
        fontsize=8.5,
        path_effects=_HALO,
    )


def draw_closest_pair(axes: Axes, pair_mm: Array, text: str, image: Image) -> None:
    """Trace the closest pair through what is in front of it; label it where the picture is empty.

    Parameters
    ----------
    axes
        From :func:`add_stage`.
    pair_mm
        Both points in picture coordinates, shape (2, 2).
    text
        What the label says.
    image
        The picture, to find an empty place.
    """
    axes.plot(*pair_mm.T, color="white", linewidth=3.0, zorder=3)
    axes.plot(*pair_mm.T, color=LINE_COLOUR, linewidth=1.3, linestyle=(0, (2, 1.2)), zorder=4)
    middle = pair_mm.mean(axis=0)
    axes.annotate(
        text,
        tuple(middle),
        tuple(_empty_place(axes, middle, image)),
        ha="center",
        va="center",
        fontsize=12,
        fontweight="bold",
        bbox={"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": INK, "alpha": 0.95},
        arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 1.0, "shrinkB": 3.0},
        zorder=5,
    )


def _empty_place(axes: Axes, middle: Array, image: Image) -> Array:
    """Return a place around a point, in mm, where most of the picture is white."""
    left, right, bottom, top = *axes.get_xlim(), *axes.get_ylim()
    n_rows, n_columns, _ = image.shape
    reach, half = LABEL_REACH_SHARE * (top - bottom), np.array([0.05, 0.03]) * n_columns
    places, whiteness = [], []
    for angle in np.radians(np.arange(-90, 270, 15)):
        for share in (1.0, 1.4, 1.8):
            place = middle + share * reach * np.array([1.2 * np.cos(angle), np.sin(angle)])
            column = (place[0] - left) / (right - left) * n_columns
            row = (top - place[1]) / (top - bottom) * n_rows
            if not (2 * half[0] < column < n_columns - 2 * half[0]):
                continue
            if not (2 * half[1] < row < n_rows - 4 * half[1]):
                continue
            rows = slice(int(row - half[1]), int(row + half[1]))
            patch = image[rows, int(column - half[0]) : int(column + half[0])]
            places.append(place)
            whiteness.append(float((patch.min(axis=2) > 250).mean()) - 0.15 * share)
    return places[int(np.argmax(whiteness))] if places else middle


def draw_key(
    figure: Figure, corner: tuple[float, float], title: str, rows: Mapping[str, str]
) -> None:
    """Write a key: one colour swatch per row.

    Parameters
    ----------
    figure
        Where to.
    corner
        Upper left corner as shares of the figure.
    title
        What the rows are.
    rows
        Text to colour.
    """
    handles: list[Patch | Line2D] = [
        Patch(facecolor=colour, edgecolor=MUTED, linewidth=0.6) for colour in rows.values()
    ]
    legend = figure.legend(
        handles,
        list(rows),
        title=title,
        loc="upper left",
        bbox_to_anchor=corner,
        fontsize=8.0,
        title_fontsize=8.0,
        handlelength=1.3,
        alignment="left",
        borderaxespad=0.0,
        frameon=False,
    )
    legend.get_title().set_multialignment("left")
