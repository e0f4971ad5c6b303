"""The sheet of a film: pictures above, curves beneath; only what changes is drawn anew."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from hipsim.checks import Array, IntArray
from hipsim.viz import overlay, words
from hipsim.viz.chart_parts import draw_overlap, draw_threshold
from hipsim.viz.exhibit import Exhibit
from hipsim.viz.render import Image, Window
from hipsim.viz.style import (
    BEFORE_COLOUR,
    INK,
    LINE_COLOUR,
    MUTED,
    PLAN_COLOURS,
    applied,
    draw_distance_bar,
    draw_footer,
    new_figure,
)
from hipsim.viz.views import WORDS, View

DPI, USUAL_HEIGHT_PX = 110.0, 720
HEAD_SHARE, CURVE_SHARE, FOOT_SHARE = 0.115, 0.2, 0.115  # of the height
STRIP_SHARE, EDGE_SHARE = 0.15, 0.012  # of the width
STAGE_HEAD_SHARE = 0.045  # of the height, over each of two pictures
LABEL_PLACE = (0.03, 0.86)  # of each picture, where the mm stand
ARM_GAP = 4  # frames between the curves of two arms


class FilmSheet:
    """Pictures of one or two plans in one pose, and the curves of all poses.

    Parameters
    ----------
    exhibit
        Who is shown.
    plans
        Indices of the plans, one or two.
    view
        Where the eye is.
    size_px
        Width and height.
    poses
        Indices of the poses the film goes through.
    """

    def __init__(
        self,
        exhibit: Exhibit,
        plans: Sequence[int],
        view: View,
        *,
        size_px: tuple[int, int],
        poses: IntArray,
    ) -> None:
        self._exhibit, self._plans, self._view, self._poses = exhibit, tuple(plans), view, poses
        self._size = size_px
        with applied():
            dpi = DPI * size_px[1] / USUAL_HEIGHT_PX  # words grow with the film
            self._figure = new_figure(size_px[0] / dpi, size_px[1] / dpi, dpi)
            self._write()
            self._curve = self._draw_curves()
        self._stages: list[Axes] = []
        self._changing: list[Any] = []

    @property
    def stage_px(self) -> tuple[int, int]:
        """Width and height of each picture in pixels."""
        width, height = self._size
        n, edge = len(self._plans), EDGE_SHARE * width
        across = (width * (1.0 - STRIP_SHARE) - (n + 1) * edge) / n
        down = height * (1.0 - HEAD_SHARE - CURVE_SHARE - FOOT_SHARE - self._stage_head)
        return int(across), int(down)

    @property
    def _stage_head(self) -> float:
        """Height of the heading over each picture, where there are two, as a share."""
        return STAGE_HEAD_SHARE if len(self._plans) > 1 else 0.0

    def frame(self, pose: int, images: Sequence[Image], window: Window) -> Image:
        """Return the sheet in a pose, shape (height, width, 3).

        Parameters
        ----------
        pose
            Index of the pose.
        images
            One picture for each plan, of :attr:`stage_px`.
        window
            What part of the picture plane they show.
        """
        with applied():
            for artist in self._changing:
                artist.remove()
            self._changing = []
            self._show_images(images, window)
            self._mark(pose)
            self._figure.canvas.draw()
        pixels = np.array(self._figure.canvas.buffer_rgba())  # type: ignore[attr-defined]
        return np.ascontiguousarray(pixels[..., :3])

    def _show_images(self, images: Sequence[Image], window: Window) -> None:
        """Put the pictures in their places."""
        if self._stages:
            for axes, image in zip(self._stages, images, strict=True):
                axes.images[0].set_data(image)
            return
        width, height = self.stage_px
        bottom = self._size[1] * (CURVE_SHARE + FOOT_SHARE)
        edge = EDGE_SHARE * self._size[0]
        for column, image in enumerate(images):
            left = edge + column * (width + edge)
            axes = overlay.add_stage(self._figure, (left, bottom, width, height), image, window)
            overlay.draw_directions(axes, self._view)
            overlay.draw_scale_bar(axes)
            self._stages.append(axes)

    def _mark(self, pose: int) -> None:
        """Write the mm, tie them to the closest pair, and mark the pose on the curves."""
        motion, exhibit = self._exhibit.motion, self._exhibit
        text = words.describe_pose(motion.pose_deg(pose))
        if len(motion.arms) > 1:
            text = f"{words.describe_name(motion.segments[pose])}: {text}"
        at = 1.0 - 0.065
        self._changing.append(self._figure.text(0.012, at, text, va="top", fontsize=10))
        at_pose = float(self._places[np.flatnonzero(self._poses == pose)[0]])
        for axes, plan in zip(self._stages, self._plans, strict=True):
            found = exhibit.clearance(plan).distance_mm
            pair = self._view.project(exhibit.pair_mm(plan, pose))
            self._changing += _tie(axes, pair, words.describe_space(float(found[pose])))
            dot = self._curve.plot(
                at_pose, found[pose], "o", color=_colour(plan), markeredgecolor="white",
                markersize=7.5, zorder=6,
            )  # fmt: skip
            self._changing += dot
        self._changing.append(self._curve.axvline(at_pose, color=INK, linewidth=0.8, zorder=2))

    def _write(self) -> None:
        """Write heading, plans, scale and footer."""
        exhibit = self._exhibit
        motion = exhibit.motion
        head = f"{exhibit.hip.name} · {exhibit.hip.side} hip · {words.describe_name(motion.name)}"
        if len(self._plans) == 1 and self._plans[0] > 0:
            head += f" · {exhibit.programme.plans[self._plans[0]]}"
        put: dict[str, Any] = {"va": "top"}
        self._figure.text(0.012, 0.985, head, fontsize=13.5, fontweight="bold", **put)
        self._figure.text(
            0.988, 0.982, WORDS[self._view.name], ha="right", color=MUTED, fontsize=9, **put
        )
        if len(self._plans) > 1:
            across = (1.0 - STRIP_SHARE - EDGE_SHARE) / 2
            for column, plan in enumerate(self._plans):
                at = EDGE_SHARE + column * across, 1.0 - HEAD_SHARE
                name = exhibit.programme.plans[plan]
                self._figure.text(
                    *at, name, fontsize=11, fontweight="bold", color=_colour(plan), **put
                )
        self._draw_bar()
        draw_footer(self._figure, words.describe_conventions(motion))

    def _draw_bar(self) -> None:
        """Draw the colour scale at the right."""
        bottom = CURVE_SHARE + FOOT_SHARE + 0.06
        axes = self._figure.add_axes((1.0 - 0.082, bottom, 0.013, 0.47))
        threshold = self._exhibit.clearance(0).threshold_mm
        draw_distance_bar(axes, threshold, "distance (mm)")

    def _draw_curves(self) -> Axes:
        """Draw the clearance of each plan over the frames, arms apart."""
        axes = self._figure.add_axes(
            (0.085, FOOT_SHARE, 1.0 - STRIP_SHARE - 0.095, CURVE_SHARE - 0.03)
        )
        for plan in dict.fromkeys((0, *self._plans)):
            found = self._exhibit.clearance(plan).distance_mm[self._poses]
            for run in self._runs.values():
                marker = "o" if run.stop - run.start == 1 else ""
                x, y = self._places[run], found[run]
                axes.plot(x, y, color=_colour(plan), marker=marker, markersize=3, zorder=3)
        axes.set_ylabel("clearance\n(mm)")
        low, high = axes.get_ylim()
        threshold = self._exhibit.clearance(0).threshold_mm
        low, high = min(low, 0.0), max(high, 0.0 if threshold is None else threshold)
        axes.set(ylim=(low, high + 0.04 * (high - low)), xlim=(-0.5, self._places[-1] + 0.5))
        if low < 0.0:
            draw_overlap(axes, low, is_labelled=True)
        if threshold is not None:
            draw_threshold(axes, threshold, is_labelled=True)
        self._label_poses(axes)
        return axes

    def _label_poses(self, axes: Axes) -> None:
        """Label the start, middle and end of each arm with its progress."""
        motion, ticks, labels = self._exhibit.motion, [], []
        for name, run in self._runs.items():
            for place in sorted({run.start, (run.start + run.stop - 1) // 2, run.stop - 1}):
                ticks.append(self._places[place])
                labels.append(words.plain(motion.progress[self._poses[place]]))
            if len(motion.arms) > 1:
                axes.annotate(
                    words.describe_name(name), (self._places[run].mean(), 1.01),
                    xycoords=axes.get_xaxis_transform(), ha="center", va="bottom",
                    fontsize=8, color=MUTED,
                )  # fmt: skip
        axes.set_xticks(ticks, labels=labels)
        axes.set_xlabel(motion.progress_label)

    @property
    def _runs(self) -> dict[str, slice]:
        """Arm name to its run of frames."""
        names = np.array(self._exhibit.motion.segments)[self._poses]
        places = {name: np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist())}
        return {name: slice(int(at[0]), int(at[-1]) + 1) for name, at in places.items()}

    @property
    def _places(self) -> Array:
        """Where each frame stands on the axis of the curves: in order, arms apart."""
        gaps = np.zeros(len(self._poses))
        for run in list(self._runs.values())[1:]:
            gaps[run.start :] += ARM_GAP
        return np.arange(len(self._poses)) + gaps


def _tie(axes: Axes, pair: Array, text: str) -> list[Any]:
    """Trace the closest pair and tie its mm to it; return what was drawn."""
    halo = axes.plot(*pair.T, color="white", linewidth=3.0, zorder=3)
    line = axes.plot(*pair.T, color=LINE_COLOUR, linewidth=1.3, linestyle=(0, (2, 1.2)), zorder=4)
    note = axes.annotate(
        text,
        tuple(pair.mean(axis=0)),
        LABEL_PLACE,
        textcoords="axes fraction",
        ha="left",
        va="center",
        fontsize=12,
        fontweight="bold",
        bbox={"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": INK, "alpha": 0.95},
        arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 1.0, "shrinkB": 3.0},
        zorder=5,
    )
    return [*halo, *line, note]


def _colour(plan: int) -> str:
    """Return the colour of a plan."""
    return BEFORE_COLOUR if plan == 0 else PLAN_COLOURS[(plan - 1) % len(PLAN_COLOURS)]
