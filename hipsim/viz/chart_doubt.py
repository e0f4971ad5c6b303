"""How far a clearance is in doubt, beside its curve: a band along it, or a bar at its minimum.

An interval of the smallest clearance says nothing of other poses, so it is never drawn as a band.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hipsim.checks import Array, as_array
from hipsim.errors import InputError
from hipsim.viz import words
from hipsim.viz.chart_parts import Curves
from hipsim.viz.style import plan_look

Doubt = Mapping[str, tuple[ArrayLike, ArrayLike]]
BAND_OPACITY = 0.18


def checked_doubt(doubt: Doubt, curves: Curves) -> dict[str, tuple[Array, Array]]:
    """Return intervals as arrays, of every pose or of the smallest clearance.

    Parameters
    ----------
    doubt
        Plan name to low and high in mm, shape (n,) each or two numbers.
    curves
        Plan name to clearance.

    Raises
    ------
    InputError
        If an interval belongs to no curve, has not one value per pose, or ends below its start.
    """
    found = {}
    for name, interval in doubt.items():
        if name not in curves:
            raise InputError(f"the interval of {name!r} belongs to no curve: {', '.join(curves)}")
        shape = (curves[name].motion.n_poses,) if np.ndim(interval[0]) else ()
        low, high = (as_array(end, shape, name=f"interval of {name!r}") for end in interval)
        if (low > high).any():
            raise InputError(f"the interval of {name!r} must run from low to high")
        found[name] = (low, high)
    return found


def interval_words(doubt: Doubt, name: str) -> str:
    """Write what the bar or band of a plan spans, for a key; nothing where it has none.

    Examples
    --------
    >>> interval_words({"cut": (1.0, 4.25)}, "cut"), interval_words({}, "cut")
    (' (1.0 to 4.2)', '')
    """
    if name not in doubt:
        return ""
    low, high = doubt[name]
    if np.ndim(low):
        return " (band)"
    ends = [words.signed_mm(float(np.asarray(end))) for end in (low, high)]
    return f" ({' to '.join(ends)})"


def draw_doubt(axes: Axes, doubt: Doubt, curves: Curves, run: slice) -> None:
    """Draw the intervals of one arm.

    Parameters
    ----------
    axes
        Panel of the arm.
    doubt
        From :func:`checked_doubt`.
    curves
        Plan name to clearance.
    run
        Poses of the arm.
    """
    for number, (name, clearance) in enumerate(curves.items()):
        if name not in doubt:
            continue
        colour = plan_look(number, len(curves))["color"]
        low, high = (np.asarray(end) for end in doubt[name])
        if low.ndim:
            x = clearance.motion.progress[run]
            axes.fill_between(
                x, low[run], high[run], color=colour, alpha=BAND_OPACITY, linewidth=0, zorder=2
            )
        elif run.start <= clearance.index < run.stop:
            reach = np.abs(np.array([[low], [high]]) - clearance.minimum_mm)
            axes.errorbar(
                clearance.progress, clearance.minimum_mm, yerr=reach, color=colour, capsize=4.0,
                linewidth=1.4, zorder=4,
            )  # fmt: skip
