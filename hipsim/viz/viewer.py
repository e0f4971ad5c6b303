"""A window on the hip in motion: slider, keys, plans, views; everything it shows is in its state.

What keys and slider do stands in :mod:`hipsim.viz.showing`, what is drawn in
:mod:`hipsim.viz.theatre`; here the two meet a window. Without a screen the same window can be held
in memory (``off_screen``), which is how it is tested.
"""

import time
from itertools import count
from pathlib import Path

from hipsim.errors import InputError
from hipsim.viz.exhibit import Exhibit
from hipsim.viz.furniture import Furniture
from hipsim.viz.probe import require_rendering, require_screen
from hipsim.viz.showing import (
    KEYS,
    Showing,
    first_showing,
    help_lines,
    moved_to,
    pressed,
    ticked,
)
from hipsim.viz.take import common_window
from hipsim.viz.theatre import Theatre
from hipsim.viz.views import make_view

SIZE_PX = (1280, 820)
TICK_MS = 70
BREATH_S = 0.03  # after each picture, for keys and mouse, however slow the picture was
MULTI_SAMPLES = 8
PICTURE_KEY, QUIT_KEY = "p", "q"
OTHER_KEYS = ((PICTURE_KEY, "save a picture"), (QUIT_KEY, "quit"))


class Viewer:
    """A hip and its plans in a window, along one motion.

    Parameters
    ----------
    exhibit
        Who is shown.
    view
        One of :data:`hipsim.viz.views.VIEWS`.
    plan
        Index of the plan shown first.
    folder
        Where pictures are saved; the current folder by default.
    size_px
        Width and height of the window.
    off_screen
        Hold the window in memory instead of opening it.

    Raises
    ------
    InputError
        If view or plan are unknown.
    RenderingUnavailableError
        If there is no screen, or this machine cannot draw.
    """

    def __init__(
        self,
        exhibit: Exhibit,
        *,
        view: str = "posterior",
        plan: int = 0,
        folder: Path | None = None,
        size_px: tuple[int, int] = SIZE_PX,
        off_screen: bool = False,
    ) -> None:
        self.now = first_showing(exhibit.programme, view=view, plan=plan)
        (require_rendering if off_screen else require_screen)()
        import pyvista

        self.exhibit, self.folder = exhibit, folder or Path()
        title = f"hipsim: {exhibit.hip.name}"
        self.plotter = pyvista.Plotter(
            off_screen=off_screen, window_size=list(size_px), lighting="none", title=title
        )
        self.plotter.set_background("white")
        self.plotter.render_window.SetMultiSamples(MULTI_SAMPLES)
        self.theatre = Theatre(exhibit, self.plotter)
        self.furniture = Furniture(
            exhibit,
            self.plotter,
            front=self.theatre.front,
            on_slide=self.slide,
            on_play=lambda: self.press("space"),
        )
        self._seen = ""
        self._drawn_at = 0.0
        self._clock: int | None = None
        self._bind()
        self.refresh()

    def run(self) -> None:
        """Show the window until it is closed."""
        self.plotter.show(auto_close=True, interactive=True)

    def close(self) -> None:
        """Close the window."""
        self.plotter.close()

    def press(self, key: str) -> None:
        """Do what a key does."""
        if key == PICTURE_KEY:
            self.furniture.say(f"saved {self.save_picture().name}")
            return
        self._take(pressed(self.exhibit.programme, self.now, key))

    def slide(self, value: float) -> None:
        """Go to where the slider stands."""
        self._take(moved_to(self.exhibit.programme, self.now, value))

    def tick(self) -> None:
        """Go on by one pose where the motion plays; the clock calls this."""
        if time.monotonic() - self._drawn_at > BREATH_S:
            self._take(ticked(self.exhibit.programme, self.now))

    def save_picture(self) -> Path:
        """Write the window as a PNG that is not there yet, and return where it is.

        Raises
        ------
        InputError
            If the folder cannot be written.
        """
        plan = self.exhibit.programme.plans[self.now.plan].replace(" ", "_").replace("/", "-")
        stem = f"{self.exhibit.hip.name}-{plan}-pose{self.now.pose}"
        names = (f"{stem}{'' if n == 1 else f'-{n}'}.png" for n in count(1))
        path = next(self.folder / name for name in names if not (self.folder / name).exists())
        self.plotter.render_window.Render()
        try:
            self.plotter.screenshot(path)
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror or error}") from error
        return path

    def refresh(self) -> None:
        """Draw the state."""
        if self._seen != self.now.view:
            self._aim()
        self.theatre.show(self.now)
        keys = help_lines(others=OTHER_KEYS) if self.now.is_helped else []
        self.furniture.show(self.now, keys)
        self.plotter.render_window.Render()
        self._drawn_at = time.monotonic()

    def _take(self, wanted: Showing) -> None:
        """Make a state the present one and draw it, if it is another."""
        if wanted != self.now:
            self.now = wanted
            self._run_clock()
            self.refresh()

    def _aim(self) -> None:
        """Turn to the view of the state, all plans in frame."""
        view = make_view(self.now.view, self.exhibit.hip.side)
        takes = [self.exhibit.take(plan, view.name) for plan in range(len(self.exhibit.hips))]
        width, height = self.plotter.window_size
        self.theatre.aim(view.name, common_window(takes, view, (width, height)))
        self._seen = self.now.view

    def _bind(self) -> None:
        """Hand the keys to this window; the library's own single-letter keys are taken away."""
        interactor = self.plotter.iren
        self.plotter.reset_key_events()
        interactor.interactor.RemoveObservers("CharEvent")
        for key in (*KEYS, PICTURE_KEY):
            self.plotter.add_key_event(key, lambda key=key: self.press(key))
        self.plotter.add_key_event(QUIT_KEY, self._quit)
        interactor.add_observer("TimerEvent", lambda *_: self.tick())

    def _run_clock(self) -> None:
        """Start or stop the clock with the motion; one that ticks for nothing costs pictures."""
        if self.now.is_playing and self._clock is None:
            self._clock = self.plotter.iren.create_timer(TICK_MS)
        if not self.now.is_playing and self._clock is not None:
            self.plotter.iren.destroy_timer(self._clock)
            self._clock = None

    def _quit(self) -> None:
        """Leave :meth:`run`."""
        self.plotter.iren.terminate_app()
