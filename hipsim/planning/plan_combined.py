"""Resection and derotation together: the trade-off of one hip, and the pair that costs least.

The best plane is laid at rising depths, the femur turned by rising angles, and every combination is
measured (:mod:`hipsim.planning.tradeoff`). A combination takes attachment of the iliopsoas and
internal rotation in flexion. Neither can be paid for with the other, so the whole front is kept;
where one pair has to be named, it is the one that costs least when both are counted as shares of
what the hip has now: share of the attachment lost plus share of the internal rotation lost. At the
depth found so, the angle is taken anew, to a tenth of a degree and certified.
"""

from collections.abc import Callable
from dataclasses import replace
from math import isfinite

import numpy as np

from hipsim.errors import ComputationError
from hipsim.planning.pairs import ROTATION_DEG
from hipsim.planning.plan_option import Option, Start
from hipsim.planning.required_derotation import required_derotation
from hipsim.planning.tradeoff import Amounts, Combination, TradeOff, tradeoff
from hipsim.surgery.osteotomy_cut import Level
from hipsim.surgery.resection import largest_resection_depth, lesser_trochanter_resection

Progress = Callable[[int, int], None]
STEPS = 21  # amounts of either operation
WITHIN = 0.999  # of the largest depth, so that rounding stays below it
FARTHEST_DEG = 60.0


def plan_tradeoff(
    start: Start,
    *,
    tilt_deg: float,
    farthest_deg: float,
    level: Level,
    progress: Progress | None = None,
) -> TradeOff:
    """Measure all depths of a plane with all derotations.

    Parameters
    ----------
    start
        The hip and its targets.
    tilt_deg
        Of the plane.
    farthest_deg
        Largest derotation, up to 60 degrees.
    level
        Of the osteotomy, below the lesser trochanter.
    progress
        Called with (depths done, depths).
    """
    deepest = WITHIN * largest_resection_depth(start.hip, tilt_deg=tilt_deg)
    most = min(farthest_deg, FARTHEST_DEG)
    return tradeoff(
        start.hip,
        start.targets,
        Amounts(
            "resect_lesser_trochanter", np.linspace(0.0, deepest, STEPS), {"tilt_deg": tilt_deg}
        ),
        Amounts("derotate_femur", np.linspace(0.0, most, STEPS), {"level": level}),
        progress=progress,
    )


def cheapest(found: TradeOff, rotation_now_deg: float) -> Combination | None:
    """Return the pair of the front that costs least; None where no true pair is on it.

    Parameters
    ----------
    found
        The trade-off.
    rotation_now_deg
        Internal rotation in flexion as the hip is; where no contact was found, what was searched.
    """
    both = [pair for pair in found.front if pair.first > 0.0 and pair.second > 0.0]
    return min(both, key=lambda pair: price(pair, rotation_now_deg), default=None)


def price(pair: Combination, rotation_now_deg: float) -> float:
    """Return the share of the attachment plus the share of internal rotation a pair costs.

    Parameters
    ----------
    pair
        Depth and angle.
    rotation_now_deg
        As for :func:`cheapest`.

    Examples
    --------
    >>> price(Combination(5.0, 10.0, {}, 0.25), 40.0)
    0.5
    """
    now = rotation_now_deg if isfinite(rotation_now_deg) else ROTATION_DEG[1]
    return pair.footprint_lost_share + pair.second / max(now, 1.0)


def combined_option(start: Start, found: TradeOff) -> Option:
    """Carry out the cheapest pair of a trade-off and measure it like every option.

    Parameters
    ----------
    start
        The hip before.
    found
        Its trade-off: resection first, derotation second.

    Raises
    ------
    ComputationError
        If no pair of amounts reaches every target.
    """
    pair = _known(cheapest(found, start.pairs.flexion_internal_rotation_deg), found)
    tilt, level = found.first.fixed["tilt_deg"], found.second.fixed["level"]
    cut = lesser_trochanter_resection(start.hip, depth_mm=pair.first, tilt_deg=tilt)
    turned = required_derotation(cut.hip, start.targets, level=level)
    resection = {"procedure": "resect_lesser_trochanter", "depth_mm": pair.first, "tilt_deg": tilt}
    derotation = {
        "procedure": "derotate_femur",
        "angle_deg": turned.angle_deg,
        "level": level,
        "axis": turned.axis,
    }
    plane = {"plane_point_mm": cut.plane_point_mm, "plane_normal": cut.plane_normal}
    done = start.option(
        "combined",
        f"{pair.first:.1f} mm deep, tilted {tilt:.0f} deg, and {turned.angle_deg:.1f} deg {level}",
        turned.hip,
        parameters={"procedures": [resection, derotation], **plane},
        resection=cut,
    )
    return replace(done, depth_mm=None)  # how deep the bone lies once it is turned is no map


def _known(pair: Combination | None, found: TradeOff) -> Combination:
    """Return a pair, or say that there is none."""
    if pair is None:
        raise ComputationError(
            f"no resection up to {found.first.amounts[-1]:.1f} mm together with a derotation up to "
            f"{found.second.amounts[-1]:.0f} deg reaches every target for less than either alone"
        )
    return pair
