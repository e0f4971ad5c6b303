"""Films of a hip in motion: the bones above, the clearance curve with a moving marker beneath.

Every frame is a state of the viewer's (:mod:`hipsim.viz.showing`) drawn off-screen at twice its
size and averaged down; words, scale and curve are matplotlib's, as in every picture of hipsim. A
plan stands beside the hip as it is, or with the hip as it is shining through. The frame of the
smallest space is held for a while.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hipsim.checks import as_choice, as_number
from hipsim.errors import InputError
from hipsim.viz import words
from hipsim.viz.exhibit import Exhibit
from hipsim.viz.film_sheet import FilmSheet
from hipsim.viz.probe import require_rendering
from hipsim.viz.render import OVERSAMPLING, Image, Window
from hipsim.viz.showing import Showing
from hipsim.viz.take import common_window
from hipsim.viz.theatre import Theatre
from hipsim.viz.views import View, make_view

Layout = Literal["side_by_side", "over_each_other"]
LAYOUTS = ("side_by_side", "over_each_other")
SIZE_PX = (960, 720)
SIZE_RANGE_PX = (240, 2400)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Script:
    """What a film shows.

    Parameters
    ----------
    plan
        Index of the plan that is shown beside the hip as it is; 0 shows that alone.
    view
        One of :data:`hipsim.viz.views.VIEWS`.
    layout
        ``"side_by_side"``, or ``"over_each_other"``: the plan solid, before shining through.
    arm
        Name of the one arm of the motion to show; all by default.
    is_onion
        Whether the other poses of the arm stand behind as ghosts.
    size_px
        Width and height; even numbers, 240 to 2400.

    Raises
    ------
    InputError
        If the layout is unknown or the size is not two even numbers within range.
    """

    plan: int = 0
    view: str = "posterior"
    layout: Layout = "side_by_side"
    arm: str | None = None
    is_onion: bool = False
    size_px: tuple[int, int] = SIZE_PX

    def __post_init__(self) -> None:
        as_choice(self.layout, LAYOUTS, name="layout")
        low, high = SIZE_RANGE_PX
        for name, pixels in zip(("width", "height"), self.size_px, strict=True):
            if as_number(pixels, name=name, low=low, high=high, unit="pixels") % 2:
                raise InputError(f"{name} of a film must be an even number, got {pixels}")

    @property
    def plans(self) -> tuple[int, ...]:
        """Indices of the plans that have a picture of their own."""
        both = self.plan > 0 and self.layout == "side_by_side"
        return (0, self.plan) if both else (self.plan,)


class Film:
    """Frames of a hip in motion, each drawn when it is asked for.

    Parameters
    ----------
    exhibit
        Who is shown.
    script
        What is shown of them.

    Raises
    ------
    InputError
        If the plan, view or arm is unknown, or the motion is a grid.
    RenderingUnavailableError
        If this machine cannot draw 3D pictures.
    """

    def __init__(self, exhibit: Exhibit, script: Script) -> None:
        if exhibit.motion.is_grid:
            raise InputError(f"{exhibit.motion.name!r} is a grid of angles; a film needs a way")
        as_number(script.plan, name="plan", low=0, high=len(exhibit.hips) - 1)
        self.exhibit, self.script = exhibit, script
        self.poses = _poses(exhibit, script.arm)
        self._view = make_view(script.view, exhibit.hip.side)
        require_rendering()
        self._sheet = FilmSheet(
            exhibit, script.plans, self._view, size_px=script.size_px, poses=self.poses
        )
        self._window = _window(exhibit, script, self._view, self._sheet.stage_px)
        self._theatres = [self._theatre() for _ in script.plans]

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.poses)

    @property
    def least(self) -> int:
        """Which frame shows the smallest space of the plan shown."""
        found = self.exhibit.clearance(self.script.plan).distance_mm[self.poses]
        return int(np.argmin(found))

    def frame(self, number: int) -> Image:
        """Return a frame.

        Parameters
        ----------
        number
            0 to ``len(film) - 1``.

        Returns
        -------
        image
            Shape (height, width, 3).
        """
        pose = int(self.poses[number])
        images = []
        for theatre, plan in zip(self._theatres, self.script.plans, strict=True):
            theatre.show(self._showing(plan, pose))
            images.append(_averaged(theatre.image()))
        return self._sheet.frame(pose, images, self._window)

    def frames(self, progress: Progress | None = None) -> Iterator[Image]:
        """Yield all frames in order.

        Parameters
        ----------
        progress
            Called with (frames done, frames).
        """
        for number in range(len(self)):
            yield self.frame(number)
            if progress is not None:
                progress(number + 1, len(self))

    def stills(self) -> dict[str, Image]:
        """Return the frames at the start, at the smallest space and at the end, by name."""
        places = {"start": 0, "minimum": self.least, "end": len(self) - 1}
        return {name: self.frame(number) for name, number in places.items()}

    def close(self) -> None:
        """Close the windows."""
        for theatre in self._theatres:
            theatre.plotter.close()

    def _showing(self, plan: int, pose: int) -> Showing:
        """Return the state of one picture."""
        is_over = self.script.layout == "over_each_other"
        return Showing(
            pose=pose,
            plan=plan,
            view=self.script.view,
            is_compared=is_over,
            is_onion=self.script.is_onion,
        )

    def _theatre(self) -> Theatre:
        """Return an off-screen stage, framed."""
        import pyvista

        size = [OVERSAMPLING * pixels for pixels in self._sheet.stage_px]
        plotter = pyvista.Plotter(off_screen=True, window_size=size, lighting="none")
        plotter.set_background("white")
        plotter.render_window.SetMultiSamples(0)  # oversampling smooths already
        theatre = Theatre(self.exhibit, plotter, line_scale=OVERSAMPLING)
        theatre.aim(self.script.view, self._window)
        return theatre


def _poses(exhibit: Exhibit, arm: str | None) -> Any:
    """Return the indices of the poses of a film, all or those of one arm."""
    motion = exhibit.motion
    if arm is None:
        return np.arange(motion.n_poses)
    names = {words.describe_name(name): name for name in motion.arms} | {n: n for n in motion.arms}
    run = motion.arms[names[as_choice(arm, tuple(names), name="arm")]]
    return np.arange(run.start, run.stop)


def _window(exhibit: Exhibit, script: Script, view: View, size: tuple[int, int]) -> Window:
    """Return a frame that holds the space in its narrowest pose, the same for all pictures."""
    takes = [exhibit.take(plan, view.name) for plan in {0, script.plan}]
    return common_window(takes, view, size)


def _averaged(image: Image) -> Image:
    """Average an oversampled picture down to its size."""
    n = OVERSAMPLING
    height, width, _ = image.shape
    blocks = image.reshape(height // n, n, width // n, n, 3).astype(np.float32)
    return np.rint(blocks.mean(axis=(1, 3))).astype(np.uint8)
