"""Clearance over a grid of angles as a map with iso-lines: where the hip is free and where not."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.planning.clearance import Clearance
from hipsim.planning.free_range_volume import FreeVolume
from hipsim.viz import words
from hipsim.viz.chart_parts import HALO, finished, head_and_foot
from hipsim.viz.free_maps import HATCH, check_free, hatch_not_free
from hipsim.viz.style import (
    INK,
    OVERLAP_COLOUR,
    THRESHOLD_COLOUR,
    applied,
    distance_colormap,
    distance_norm,
    draw_distance_bar,
    new_figure,
)

N_COLUMNS = 4
PANEL_IN, HEAD_IN, FOOT_IN, BAR_IN, LEFT_IN = 2.5, 0.95, 0.8, 1.7, 0.7
ISO_STEP_MM = 5.0
_AXES = ("extension", "adduction", "rotation")


def plot_grid(
    clearance: Clearance,
    *,
    free: FreeVolume | None = None,
    path: str | Path | None = None,
    title: str | None = None,
) -> Figure:
    """Plot clearance over extension and adduction, a panel for each rotation.

    Iso-lines every 5 mm; the line of contact and the threshold are bold; the smallest value of
    the whole grid is marked. With a certified free range, what is not proven free and connected
    with its base pose is hatched.

    Parameters
    ----------
    clearance
        Along a grid of extension x adduction x rotation with at least two extensions and two
        adductions.
    free
        Impingement-free range of the same hip, regions and zeros; poses outside what it searched
        are hatched too.
    path
        Where to write a PNG and an SVG side by side; nothing is written without it.
    title
        Heading; hip, side and motion by default.

    Returns
    -------
    figure
        The figure drawn.

    Raises
    ------
    InputError
        If the motion is not such a grid, the free range is of another hip or zeros, or the folder
        of ``path`` does not exist.
    """
    axes_deg, values = grid_values(clearance)
    if free is not None:
        check_free(free, clearance)
    with applied():
        figure, panels = _panels(len(axes_deg["rotation"]))
        for k, (axes, rotation) in enumerate(zip(panels, axes_deg["rotation"], strict=True)):
            _draw_map(axes, axes_deg, values[:, :, k], clearance.threshold_mm)
            word = words.describe_angle("rotation", float(rotation))
            axes.set_title(word)
            if free is not None:
                hatch_not_free(axes, axes_deg, free, float(rotation))
        _mark_minimum(panels, axes_deg, values)
        _label_axes(panels, axes_deg)
        width, height = figure.get_figwidth(), figure.get_figheight()
        scale = figure.add_axes(
            (1 - 0.82 / width, (FOOT_IN + 0.35) / height, 0.16 / width, (PANEL_IN - 0.6) / height)
        )
        draw_distance_bar(scale, clearance.threshold_mm, "clearance (mm)")
        head_and_foot(figure, clearance, title)
        if free is not None:
            _key_free(figure, free)
    return finished(figure, path)


def _key_free(figure: Figure, free: FreeVolume) -> None:
    """Say what the hatching means."""
    patch = Patch(facecolor="white", edgecolor=INK, hatch=HATCH, linewidth=0.6)
    words_of_it = f"not proven free ({free.target_mm:g} mm) from the base pose"
    figure.legend(
        [patch], [words_of_it], loc="upper right", fontsize=8, bbox_to_anchor=(0.995, 0.995)
    )


def grid_values(clearance: Clearance) -> tuple[dict[str, Array], Array]:
    """Return the angles along each axis of a grid and the clearance in it.

    Parameters
    ----------
    clearance
        Along a grid of extension x adduction x rotation.

    Returns
    -------
    axes_deg
        ``extension``, ``adduction`` and ``rotation`` to rising angles in degrees.
    values
        In mm, shape (n extensions, n adductions, n rotations).

    Raises
    ------
    InputError
        If the motion is not such a grid.
    """
    motion = clearance.motion
    if len(motion.shape) != 3 or min(motion.shape[:2]) < 2:
        raise InputError(
            "plot_grid needs a grid of extension x adduction x rotation with at least two "
            f"extensions and two adductions, got shape {motion.shape} in {motion.name!r}"
        )
    angles = motion.as_grid(motion.angles_deg * [-1.0, 1.0, 1.0])
    values = motion.as_grid(clearance.distance_mm)
    axes_deg = {}
    for axis, name in enumerate(_AXES):
        along = np.moveaxis(angles[..., axis], axis, 0).reshape(motion.shape[axis], -1)
        if np.ptp(along, axis=1).max() > 1e-9 or len(np.unique(along[:, 0])) != len(along):
            raise InputError(f"{name} must vary along axis {axis} of the grid, and only there")
        order = np.argsort(along[:, 0])
        axes_deg[name] = along[order, 0] + 0.0
        values = np.take(values, order, axis=axis)
    return axes_deg, values


def _panels(n: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with n panels in rows of four, the scale's place free on the right."""
    n_columns, n_rows = min(n, N_COLUMNS), -(-n // N_COLUMNS)
    width = max(LEFT_IN + PANEL_IN * n_columns + BAR_IN, 5.6)
    height = HEAD_IN + FOOT_IN + PANEL_IN * n_rows + 0.35 * (n_rows - 1)
    figure = new_figure(width, height)
    grid = figure.add_gridspec(n_rows, n_columns, wspace=0.13, hspace=0.22)
    grid.update(left=LEFT_IN / width, right=1 - BAR_IN / width)
    grid.update(bottom=FOOT_IN / height, top=1 - HEAD_IN / height)
    panels = [figure.add_subplot(grid[i // n_columns, i % n_columns]) for i in range(n)]
    return figure, panels


def _draw_map(
    axes: Axes, axes_deg: dict[str, Array], values: Array, threshold_mm: float | None
) -> None:
    """Fill and draw iso-lines of one map; values have shape (n extensions, n adductions)."""
    x, y, z = axes_deg["extension"], axes_deg["adduction"], values.T
    axes.set_facecolor(OVERLAP_COLOUR)
    levels, colours = np.arange(0.0, 30.1, 1.0), distance_colormap()
    axes.contourf(x, y, z, levels=levels, extend="both", cmap=colours, norm=distance_norm())
    axes.grid(visible=False)
    for level in _iso_levels(values):
        is_contact = level == 0.0
        lines = axes.contour(
            x, y, z, levels=[level], colors=INK, linewidths=1.8 if is_contact else 0.6
        )
        names = {level: "contact" if is_contact else f"{level:g}"}
        for text in axes.clabel(lines, fmt=names, fontsize=7.5, inline=False):
            text.set_path_effects(HALO)
    if threshold_mm is not None and values.min() < threshold_mm < values.max():
        axes.contour(
            x, y, z, levels=[threshold_mm], colors=THRESHOLD_COLOUR, linewidths=2.4, linestyles="--"
        )


def _iso_levels(values: Array) -> list[float]:
    """Return the multiples of 5 mm inside the range of values; below contact there are none."""
    steps = np.arange(0.0, max(values.max(), 0.0) + ISO_STEP_MM, ISO_STEP_MM)
    return [float(level) for level in steps if values.min() < level < values.max()]


def _mark_minimum(panels: list[Axes], axes_deg: dict[str, Array], values: Array) -> None:
    """Mark the smallest clearance of the grid in its panel, with its mm."""
    i, j, k = np.unravel_index(values.argmin(), values.shape)
    x, y = axes_deg["extension"][i], axes_deg["adduction"][j]
    axes = panels[int(k)]
    axes.plot(x, y, marker="X", color="white", markeredgecolor=INK, markersize=9, clip_on=False)
    is_right = x > axes_deg["extension"].mean()
    axes.annotate(
        f"{words.signed_mm(float(values.min()))} mm",
        (x, y),
        xytext=(-9 if is_right else 9, -9 if y > axes_deg["adduction"].mean() else 9),
        textcoords="offset points",
        ha="right" if is_right else "left",
        va="center",
        fontsize=8.5,
        fontweight="bold",
        path_effects=HALO,
    )


def _label_axes(panels: list[Axes], axes_deg: dict[str, Array]) -> None:
    """Name both axes with unit and sign; only the outer panels carry numbers."""
    n_columns = min(len(panels), N_COLUMNS)
    for i, axes in enumerate(panels):
        axes.set_xlabel("extension (deg)" if i + n_columns >= len(panels) else "")
        axes.set_ylabel("adduction (deg)" if i % n_columns == 0 else "")
        axes.tick_params(labelleft=i % n_columns == 0, labelbottom=i + n_columns >= len(panels))
        for axis, name in ((axes.xaxis, "extension"), (axes.yaxis, "adduction")):
            if len(axes_deg[name]) <= 7:
                axis.set_ticks(axes_deg[name])
            axis.set_major_formatter(lambda angle, _: words.plain(angle))
