"""What stands around the hip in the viewer: words, slider, colour scale, the label of the pair."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from hipsim.viz import words
from hipsim.viz.exhibit import Exhibit
from hipsim.viz.showing import Showing
from hipsim.viz.style import INK, MUTED, applied, draw_distance_bar, font_folder, new_figure
from hipsim.viz.views import WORDS
from hipsim.viz.words import DISCLAIMER

BAR_IN, BAR_DPI = (1.4, 3.0), 220.0
BAR_PLACE, BAR_SHARE = (0.85, 0.41), (0.15, 0.46)  # lower left corner and size, shares of window
LABEL_OFFSET_PX = (18, 34)
BACKING = 0.75  # of white, under words: bones may pass behind them
VTK_FONT_FILE = 4  # "the font is that of a file"
USUAL_HEIGHT_PX = 820  # words are larger in a window that opens larger
FIRST_WORDS = "h: list of keys"


class Furniture:
    """Words, slider, colour scale and label in a viewer's window.

    Parameters
    ----------
    exhibit
        Who is shown.
    plotter
        The window.
    front
        Renderer in front of all bones, where the label of the closest pair hangs.
    on_slide
        Called with the value of the slider when it is moved.
    on_play
        Called when the play button is pressed.
    """

    def __init__(
        self,
        exhibit: Exhibit,
        plotter: Any,
        *,
        front: Any,
        on_slide: Callable[[float], None],
        on_play: Callable[[], None],
    ) -> None:
        self.exhibit, self.plotter = exhibit, plotter
        self._on_slide, self._on_play = on_slide, on_play
        self._font = str(font_folder() / "DejaVuSans.ttf")
        self._mono = self._font.replace("DejaVuSans", "DejaVuSansMono")
        self._words: dict[str, tuple[str, Any]] = {}
        self._said = FIRST_WORDS
        self._growth = plotter.window_size[1] / USUAL_HEIGHT_PX
        self._label = _label(self._font, self._growth)
        front.AddActor(self._label)
        self.slider = self._make_slider()
        self.button = self._make_button()
        _add_bar(plotter, exhibit.clearance(0).threshold_mm)
        plotter.add_axes(
            xlabel="A", ylabel="S", zlabel="R", line_width=3, viewport=(0, 0.1, 0.12, 0.28)
        )

    def say(self, text: str) -> None:
        """Write a short notice in the lower left corner."""
        self._said = text
        self._write("notice", text, (0.012, 0.035), size=9, colour=INK)
        self.plotter.render_window.Render()

    def show(self, now: Showing, keys: Sequence[str]) -> None:
        """Write what a state says.

        Parameters
        ----------
        now
            The state.
        keys
            Lines of the list of keys; none hides it.
        """
        found, motion = self.exhibit.clearance(now.plan), self.exhibit.motion
        hip, plan = self.exhibit.hip, self.exhibit.programme.plans[now.plan]
        head = f"{hip.name} · {hip.side} hip · {words.describe_name(motion.name)} · {plan}"
        space = words.describe_space(float(found.distance_mm[now.pose]))
        pair = f"{found.structures[now.pose]} to {found.pelvic_region}".replace("_", " ")
        pose = words.describe_pose(motion.pose_deg(now.pose))
        self._write("head", head, (0.012, 0.955), size=15, colour=INK)
        self._write("space", f"{space}, {pair}, at {pose}", (0.012, 0.915), size=11, colour=INK)
        least = f"{WORDS[now.view]} · {self._least(now)}"
        self._write("least", least, (0.012, 0.882), size=9, colour=MUTED)
        play = "stop" if now.is_playing else "play"
        self._write("play", f"{play} (space)", (0.095, 0.08), size=9, colour=INK)
        foot = f"{words.describe_conventions(motion)} · {DISCLAIMER}"
        self._write("foot", foot, (0.012, 0.01), size=8, colour=MUTED)
        self._write("notice", self._said, (0.012, 0.035), size=9, colour=INK)
        self._write("keys", "\n".join(keys), (0.012, 0.36), size=10, colour=INK, is_table=True)
        self._place_label(now, space)
        self.slider.GetRepresentation().SetValue(now.pose)
        self.slider.GetRepresentation().SetTitleText(self._progress(now))
        self.button.GetRepresentation().SetState(int(now.is_playing))

    def text(self, name: str) -> str:
        """Return what is written just now under a name, such as ``"space"`` or ``"notice"``."""
        return self._words.get(name, ("", None))[0]

    def _least(self, now: Showing) -> str:
        """Say the smallest space in the motion, and what it is without the plan."""
        least = [c.minimum_mm for c in self.exhibit.clearances.values()]
        told = f"least in the motion {words.describe_space(least[now.plan])}"
        if now.plan == 0:
            return told
        gain = words.signed(least[now.plan] - least[0])
        return f"{told}, {gain} mm against {words.describe_space(least[0])} as it is"

    def _progress(self, now: Showing) -> str:
        """Say how far along the motion a pose is."""
        motion = self.exhibit.motion
        arm = f"{words.describe_name(motion.segments[now.pose])}, " if len(motion.arms) > 1 else ""
        return f"{arm}{motion.progress_label}: {words.plain(motion.progress[now.pose])}"

    def _write(
        self,
        name: str,
        text: str,
        at: tuple[float, float],
        *,
        size: int,
        colour: str,
        is_table: bool = False,
    ) -> None:
        """Put a text at a place, shares of the window; the same text is left alone."""
        if self._words.get(name, ("", None))[0] == text:
            return
        if name in self._words:
            self.plotter.remove_actor(self._words.pop(name)[1], render=False)
        if text:
            font = self._mono if is_table else self._font
            actor = self.plotter.add_text(
                text,
                position=at,
                font_size=max(round(size * self._growth), 4),
                color=colour,
                viewport=True,
                font_file=font,
                render=False,
            )
            actor.prop.background_color, actor.prop.background_opacity = "white", BACKING
            self._words[name] = (text, actor)

    def _place_label(self, now: Showing, text: str) -> None:
        """Hang the mm beside the closest pair."""
        self._label.SetVisibility(now.is_paired)
        self._label.SetInput(text)
        self._label.SetPosition(*self.exhibit.pair_mm(now.plan, now.pose).mean(axis=0))

    def _make_slider(self) -> Any:
        """Return the slider over the poses of the motion."""
        last = self.exhibit.programme.n_poses - 1
        slider = self.plotter.add_slider_widget(
            self._slid,
            (0, max(last, 1)),
            value=0,
            title=" ",
            pointa=(0.24, 0.09),
            pointb=(0.82, 0.09),
            color=INK,
            title_height=0.018,
            style="modern",
            slider_width=0.03,
            tube_width=0.006,
            interaction_event="always",
        )
        look = slider.GetRepresentation()
        look.ShowSliderLabelOff()
        look.GetTitleProperty().SetFontFamily(VTK_FONT_FILE)
        look.GetTitleProperty().SetFontFile(self._font)
        return slider

    def _slid(self, value: float) -> None:
        """Pass the slider's value on, once there is someone to take it."""
        if hasattr(self, "slider"):
            self._on_slide(value)

    def _make_button(self) -> Any:
        """Return the button that plays and stops the motion."""
        height = self.plotter.window_size[1]
        place = (0.06 * self.plotter.window_size[0], 0.09 * height - 15)
        return self.plotter.add_checkbox_button_widget(
            lambda _: self._on_play(),
            position=place,
            size=30,
            border_size=4,
            color_on="#0b6e8f",
            color_off="#d9d9d9",
            background_color="white",
        )


def _label(font: str, growth: float) -> Any:
    """Return a label that hangs in the scene and always faces the eye."""
    from vtkmodules.vtkRenderingCore import vtkBillboardTextActor3D

    label = vtkBillboardTextActor3D()
    label.SetDisplayOffset(*LABEL_OFFSET_PX)
    look = label.GetTextProperty()
    look.SetFontFamily(VTK_FONT_FILE)
    look.SetFontFile(font)
    look.SetFontSize(max(round(22 * growth), 6))
    look.SetColor(*to_rgb(INK))
    look.SetBackgroundColor(1.0, 1.0, 1.0)
    look.SetBackgroundOpacity(0.9)
    look.SetFrame(1)
    look.SetFrameColor(*to_rgb(INK))
    return label


def _add_bar(plotter: Any, threshold_mm: float | None) -> None:
    """Hang the colour scale of all pictures, with the threshold marked, on the right."""
    import pyvista

    pixels = bar_picture(threshold_mm)
    image = pyvista.ImageData(dimensions=(pixels.shape[1], pixels.shape[0], 1))
    image.point_data["bar"] = np.flipud(pixels).reshape(-1, pixels.shape[2])
    image.set_active_scalars("bar")
    logo = plotter.add_logo_widget(image, position=BAR_PLACE, size=BAR_SHARE)
    logo.SetProcessEvents(0)  # it stays where it is


def bar_picture(threshold_mm: float | None) -> NDArray[np.uint8]:
    """Return the colour scale of distances as an image, shape (height, width, 4).

    Parameters
    ----------
    threshold_mm
        Marked on the scale, or None.
    """
    with applied():
        figure = new_figure(*BAR_IN, dpi=BAR_DPI)
        figure.set_facecolor((1.0, 1.0, 1.0, BACKING))
        axes = figure.add_axes((0.48, 0.1, 0.09, 0.86))
        draw_distance_bar(axes, threshold_mm, "distance to the other bone (mm)")
        figure.canvas.draw()
        return np.array(figure.canvas.buffer_rgba())  # type: ignore[attr-defined]
