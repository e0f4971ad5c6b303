"""The sheet 3D pictures are mounted on: title, pictures side by side, colour scale, keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from hipsim.planning.clearance import Clearance
from hipsim.viz import overlay, words
from hipsim.viz.render import Image, Layer, Stage, Window, merged
from hipsim.viz.style import (
    BONE_COLOUR,
    FEMUR_COLOUR,
    MUTED,
    REMOVED_COLOUR,
    draw_distance_bar,
    draw_footer,
    new_figure,
)
from hipsim.viz.surfaces import moved_surface
from hipsim.viz.take import Take, common_window
from hipsim.viz.views import WORDS, View

SIZE_PX, DPI = (1400, 1000), 140.0
HEAD_PX, FOOT_PX, STRIP_PX, EDGE_PX, PANEL_HEAD_PX = 118, 34, 196, 14, 66
GHOST_OPACITY, REMOVED_OPACITY, OVERLAP_OPACITY = 0.28, 0.5, 0.6
NOTE = "colours: distance point by point · line and number: exact distance, or depth of overlap"


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture on a sheet of one or two: who, seen from where, framed how.

    Parameters
    ----------
    take
        The hip in its worst pose.
    view
        Where the eye is.
    window
        What part of the picture plane is shown.
    size_px
        Width and height of the picture.
    column
        Which of the pictures on the sheet, counted from the left.
    """

    take: Take
    view: View
    window: Window
    size_px: tuple[int, int]
    column: int = 0

    def image(self, ghosts: Mapping[int, str], removed: Any | None = None) -> Image:
        """Photograph the hip.

        Parameters
        ----------
        ghosts
            Pose to colour: other poses of the femur, translucent.
        removed
            Surface of bone that was taken, in the femur's scan frame, or None.
        """
        femur, hip_bone = self.take.coloured()
        front = self._stage()
        front.add_overlap(femur)
        layers = [(self._solid(femur, hip_bone, removed), 1.0), (front.layer(), OVERLAP_OPACITY)]
        if ghosts:
            layers.insert(0, (self._behind(ghosts), 1.0))
        return merged(layers)

    def _stage(self) -> Stage:
        """Return an empty stage, seen and framed as this shot is."""
        return Stage(self.view, self.window, self.size_px)

    def _solid(self, femur: Any, hip_bone: Any, removed: Any | None) -> Layer:
        """Photograph the worst pose with the closest pair, and bone that is gone."""
        stage, threshold = self._stage(), self.take.clearance.threshold_mm
        for bone, colour in ((femur, FEMUR_COLOUR), (hip_bone, BONE_COLOUR)):
            stage.add_bone(bone, colour=colour)
            if threshold is not None:
                stage.add_threshold(bone, threshold)
        if removed is not None:
            gone = moved_surface(removed, self.take.worst)
            stage.add_ghost(gone, colour=REMOVED_COLOUR, opacity=REMOVED_OPACITY)
        stage.add_line(*self.take.pair_mm)
        return stage.layer()

    def _behind(self, ghosts: Mapping[int, str]) -> Layer:
        """Photograph the other poses; they go behind, so that they never veil the colours."""
        stage = self._stage()
        for index, colour in ghosts.items():
            ghost = moved_surface(self.take.bones.femur, self.take.transforms[index])
            stage.add_ghost(ghost, colour=colour, opacity=GHOST_OPACITY)
        return stage.layer()

    def mount(self, figure: Figure, image: Image) -> Axes:
        """Put the photograph on the sheet, with directions, scale bar and the closest pair."""
        width, height = self.size_px
        left = EDGE_PX + self.column * (width + EDGE_PX)
        axes = overlay.add_stage(figure, (left, FOOT_PX, width, height), image, self.window)
        overlay.draw_directions(axes, self.view)
        overlay.draw_scale_bar(axes)
        pair = self.view.project(self.take.pair_mm)
        minimum = self.take.clearance.minimum_mm
        overlay.draw_closest_pair(axes, pair, words.describe_space(minimum), image)
        return axes


def stage_px(n_columns: int) -> tuple[int, int]:
    """Return width and height of each picture in pixels."""
    width = (SIZE_PX[0] - STRIP_PX - EDGE_PX * (n_columns + 1)) // n_columns
    head = HEAD_PX if n_columns == 1 else HEAD_PX + PANEL_HEAD_PX
    return width, SIZE_PX[1] - head - FOOT_PX


def make_shots(takes: list[Take], view: View) -> list[Shot]:
    """Return shots of several takes with one window, so that they compare."""
    size = stage_px(len(takes))
    window = common_window(takes, view, size)
    return [Shot(take, view, window, size, column) for column, take in enumerate(takes)]


def new_sheet(clearance: Clearance, view: View) -> Figure:
    """Return a sheet with heading, colour scale and footer."""
    figure = new_figure(SIZE_PX[0] / DPI, SIZE_PX[1] / DPI, DPI)
    motion = clearance.motion
    heading = f"{clearance.hip_name} · {clearance.side} hip · {words.describe_name(motion.name)}"
    figure.text(0.012, 0.983, heading, va="top", fontsize=15, fontweight="bold")
    figure.text(0.988, 0.98, WORDS[view.name], va="top", ha="right", fontsize=11, color=MUTED)
    scale = figure.add_axes((_strip_share() + 0.052, 0.475, 0.018, 0.36))
    draw_distance_bar(scale, clearance.threshold_mm, "distance to the other bone (mm)")
    draw_footer(figure, f"{words.describe_conventions(motion)} · {NOTE}")
    return figure


def add_sentence(figure: Figure, lines: list[str]) -> None:
    """Write the finding under the heading; the second line is for those who read signs."""
    figure.text(0.012, 0.94, lines[0], va="top", fontsize=10.5)
    if len(lines) > 1:
        figure.text(0.012, 0.911, lines[1], va="top", fontsize=8.5, color=MUTED)


def add_panel_title(axes: Axes, name: str, clearance: Clearance) -> None:
    """Write which plan a picture shows and its narrowest pose."""
    heading = f"{name}: {words.describe_space(clearance.minimum_mm)}"
    put: dict[str, Any] = {"transform": axes.transAxes, "ha": "left", "va": "bottom"}
    axes.text(0.01, 1.045, heading, fontsize=12.5, fontweight="bold", **put)
    axes.text(0.01, 1.01, f"at {words.describe_pose(clearance.pose_deg)}", fontsize=8.5, **put)


def add_key(figure: Figure, title: str, rows: Mapping[str, str]) -> None:
    """Write a key in the strip on the right."""
    overlay.draw_key(figure, (_strip_share() + 0.01, 0.37), title, rows)


def finding(clearance: Clearance) -> list[str]:
    """Say the minimum, where it is, and in which pose: in words, then in signed numbers."""
    motion, pose = clearance.motion, clearance.pose_deg
    pair = words.describe_name(f"{clearance.structure} to {clearance.pelvic_region}")
    space = words.describe_space(clearance.minimum_mm)
    where = [words.signed_pose(pose)]
    if not motion.is_grid:
        where.insert(0, f"{motion.progress_label}: {words.plain(clearance.progress)}")
    if len(motion.arms) > 1:
        where.insert(0, words.describe_name(clearance.segment))
    first = f"Smallest space {space}, {pair}, at {words.describe_pose(pose)}"
    return [first, " · ".join(where)]


def ghost_colours(n: int) -> list[str]:
    """Return blues from light to dark, one per pose in order."""
    return [to_hex(colormaps["Blues"](0.45 + 0.5 * share)) for share in np.linspace(0, 1, n)]


def _strip_share() -> float:
    """Return where the strip with scale and keys begins, as a share of the width."""
    return 1.0 - STRIP_PX / SIZE_PX[0]
