"""What the viewer shows, apart from how it is drawn: a frozen state, and what each key does to it.

The state is plain data and every change of it a function that returns a new one, so all that the
viewer does can be tried without a window. Whoever draws (:mod:`hipsim.viz.theatre`) looks at the
state and shows what it says, whatever was shown before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hipsim.checks import as_choice, as_number
from hipsim.errors import InputError
from hipsim.viz.views import VIEWS, WORDS


@dataclass(frozen=True)
class Programme:
    """What there is to show.

    Parameters
    ----------
    plans
        Names of the plans; the first is the hip as it is.
    least
        For each plan the pose of its smallest space.
    n_poses
        Number of poses of the motion.

    Raises
    ------
    InputError
        If there is no plan, or a pose of least space is missing or outside the motion.
    """

    plans: tuple[str, ...]
    least: tuple[int, ...]
    n_poses: int

    def __post_init__(self) -> None:
        inside = all(0 <= index < self.n_poses for index in self.least)
        if not self.plans or len(self.least) != len(self.plans) or not inside:
            raise InputError(
                f"a programme needs plans and for each a pose of least space within 0 to "
                f"{self.n_poses - 1}, got plans {self.plans} and poses {self.least}"
            )


@dataclass(frozen=True)
class Showing:
    """What is shown just now.

    Parameters
    ----------
    pose
        Index of the pose.
    plan
        Index of the plan whose hip is solid.
    view
        One of :data:`hipsim.viz.views.VIEWS`.
    is_playing
        Whether the motion runs by itself.
    is_compared
        Whether the hip as it is shines through beside the plan.
    is_onion
        Whether other poses of the arm stand behind as ghosts.
    is_coloured
        Whether bones are coloured by their distance.
    is_paired
        Whether the closest pair is drawn with its mm.
    is_helped
        Whether the list of keys is shown.
    """

    pose: int = 0
    plan: int = 0
    view: str = "posterior"
    is_playing: bool = False
    is_compared: bool = False
    is_onion: bool = False
    is_coloured: bool = True
    is_paired: bool = True
    is_helped: bool = False


Change = Callable[[Programme, Showing], Showing]


@dataclass(frozen=True)
class Key:
    """A key of the keyboard: what it is called on screen, what it does, and the change itself."""

    shown: str
    words: str
    change: Change


def first_showing(programme: Programme, *, view: str = "posterior", plan: int = 0) -> Showing:
    """Return what is shown first: a plan in its narrowest pose.

    Parameters
    ----------
    programme
        What there is to show.
    view
        One of :data:`hipsim.viz.views.VIEWS`.
    plan
        Index of the plan.

    Raises
    ------
    InputError
        If view or plan are unknown.

    Examples
    --------
    >>> programme = Programme(("as it is", "resection"), (7, 9), n_poses=21)
    >>> first_showing(programme).pose
    7
    >>> pressed(programme, first_showing(programme), "Right").pose
    8
    """
    number = int(as_number(plan, name="plan", low=0, high=len(programme.plans) - 1))
    return Showing(
        pose=programme.least[number],
        plan=number,
        view=as_choice(view, VIEWS, name="view"),
        is_compared=number > 0,
    )


def moved_to(programme: Programme, showing: Showing, pose: float) -> Showing:
    """Return the state at a pose, the nearest one there is; the slider calls this."""
    return replace(showing, pose=min(max(round(pose), 0), programme.n_poses - 1))


def ticked(programme: Programme, showing: Showing) -> Showing:
    """Return the state one tick of the clock later: the next pose where the motion plays.

    Examples
    --------
    >>> programme = Programme(("as it is",), (0,), n_poses=3)
    >>> ticked(programme, Showing(pose=2, is_playing=True)).pose, ticked(programme, Showing()).pose
    (0, 0)
    """
    if not showing.is_playing:
        return showing
    return replace(showing, pose=(showing.pose + 1) % programme.n_poses)


def pressed(programme: Programme, showing: Showing, key: str) -> Showing:
    """Return the state after a key; keys that mean nothing change nothing.

    Parameters
    ----------
    programme
        What there is to show.
    showing
        The state before.
    key
        Name of the key as windows report it: a letter, a digit, ``"Left"``, ``"space"``.
    """
    return KEYS[key].change(programme, showing) if key in KEYS else showing


def help_lines(*, others: Sequence[tuple[str, str]] = ()) -> list[str]:
    """Return the list of keys, one line each.

    Parameters
    ----------
    others
        Keys whose work is not a change of the state: name and words.
    """
    rows = [*((key.shown, key.words) for key in KEYS.values()), *others]
    width = max(len(shown) for shown, _ in rows)
    return [f"{shown:<{width}}  {words}" for shown, words in rows]


def _step(by: int) -> Change:
    """Return the change by a number of poses; the motion stops playing."""
    return lambda programme, now: replace(moved_to(programme, now, now.pose + by), is_playing=False)


def _toggle(name: str) -> Change:
    """Return the change that switches one thing on or off."""

    def switched(programme: Programme, now: Showing) -> Showing:
        change: dict[str, Any] = {name: not getattr(now, name)}
        return replace(now, **change)

    return switched


def _seen_from(view: str) -> Change:
    """Return the change to a view."""
    return lambda programme, now: replace(now, view=view)


def _to_least(programme: Programme, now: Showing) -> Showing:
    """Go to the narrowest pose of the plan shown."""
    return replace(now, pose=programme.least[now.plan], is_playing=False)


def _next_plan(programme: Programme, now: Showing) -> Showing:
    """Show the next plan in the same pose; after the last comes the hip as it is."""
    return replace(now, plan=(now.plan + 1) % len(programme.plans))


def _compared(programme: Programme, now: Showing) -> Showing:
    """Let the hip as it is shine through beside a plan, or no more."""
    if now.plan == 0 and len(programme.plans) > 1:
        return replace(now, plan=1, is_compared=True)
    return replace(now, is_compared=not now.is_compared)


KEYS: dict[str, Key] = {
    "space": Key("space", "play or stop", _toggle("is_playing")),
    "Left": Key("left", "one pose back", _step(-1)),
    "Right": Key("right", "one pose on", _step(1)),
    "m": Key("m", "go to the least space", _to_least),
    "n": Key("n", "next plan", _next_plan),
    "b": Key("b", "before beside after", _compared),
    "o": Key("o", "other poses of the arm (onion skin)", _toggle("is_onion")),
    "c": Key("c", "colours by distance", _toggle("is_coloured")),
    "l": Key("l", "closest pair", _toggle("is_paired")),
    **{str(i + 1): Key(str(i + 1), WORDS[view], _seen_from(view)) for i, view in enumerate(VIEWS)},
    "h": Key("h", "this list", _toggle("is_helped")),
}
