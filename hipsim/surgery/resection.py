"""Planar resection of the lesser trochanter.

The plane is perpendicular to the LT axis (or tilted about the shaft axis towards the parallel of
the posterior cortex, as when the burr comes from behind) at a depth below the farthest point of the
trochanter. The half-space beyond such a plane also holds neck, head and condyles, so the tool is
the half-space within the resectable zone (:mod:`hipsim.surgery.zone`), which does not depend on the
depth: a deeper tool holds every shallower one, hence clearance can only grow with depth. Where a
plane goes deeper than the pass between trochanter and neck it ends in a ramp of 45 degrees to that
pass, as a burr leaves it, instead of a wall. Planes of 5 mm perpendicular to the LT axis end before
the bounds of the zone and are flat throughout.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, as_number
from hipsim.errors import InputError
from hipsim.surgery.removal import Resection, resect_femur
from hipsim.surgery.trochanter import SHAFT_BELOW_APEX_MM, Trochanter, find_trochanter
from hipsim.surgery.zone import find_zone

TILT_RANGE_DEG = (-20.0, 45.0)  # anterior: the neck is in the way; posterior: the crest


@dataclass(frozen=True, eq=False)
class PlanarResection(Resection):
    """What a planar resection leaves and takes.

    Parameters
    ----------
    depth_mm
        Depth of the plane below the farthest point of the trochanter.
    plane_point_mm, plane_normal
        Point of the plane under that farthest point, and the direction out of the bone, each
        shape (3,), scan frame.
    """

    depth_mm: float
    plane_point_mm: Array
    plane_normal: Array


def resect_lesser_trochanter(hip: Hip, *, depth_mm: float, tilt_deg: float = 0.0) -> Hip:
    """Plane the lesser trochanter down by a depth.

    Parameters
    ----------
    hip
        With ``lesser_trochanter`` and both ``shaft_axis`` landmarks, and a closed femur.
    depth_mm
        Depth of the plane below the farthest point of the trochanter, 0 to
        :func:`largest_resection_depth`. 0 leaves the very same femur.
    tilt_deg
        Turn of the plane about the shaft axis, -20 to 45 degrees; positive removes more behind.

    Returns
    -------
    hip
        The femur's cut surface is labelled ``lesser_trochanter``. The landmark
        ``lesser_trochanter`` stays at the apex of the intact bone, because regions, levels of
        osteotomy and depths of later resections refer to it. One entry is added to ``notes``; it
        says which share of the iliopsoas insertion this cut and all cuts so far have taken. What
        is left of the insertion is in ``footprints``.

    Raises
    ------
    InputError
        If the depth would bring the plane into the shaft; the largest possible one is named.
    MeshError
        If the femur is not closed.
    AnatomyError
        If a landmark is missing or does not lie on this bone.

    References
    ----------
    Depth parallel to the posterior cortex and loss of iliopsoas attachment: Acta Orthop Traumatol
    Turc 2018;52:54, doi 10.1016/j.aott.2017.11.006.
    """
    return lesser_trochanter_resection(hip, depth_mm=depth_mm, tilt_deg=tilt_deg).hip


def largest_resection_depth(hip: Hip, *, tilt_deg: float = 0.0) -> float:
    """Return the depth in mm at which the plane would touch the cortex of the shaft.

    That is the height of the trochanter over the shaft 30 mm distal of the apex, where the
    trochanter has run out.
    """
    return find_trochanter(hip, _tilt(tilt_deg)).largest_depth_mm


def lesser_trochanter_resection(
    hip: Hip, *, depth_mm: float, tilt_deg: float = 0.0
) -> PlanarResection:
    """Plane the lesser trochanter down and return the piece as well.

    Parameters and errors as in :func:`resect_lesser_trochanter`.
    """
    trochanter, depth, point = planned_plane(hip, depth_mm, tilt_deg)
    tool = None
    if depth > 0.0:
        tool = find_zone(hip).above_planes(point[None], -trochanter.outward[None])
    note = {
        "procedure": "resect_lesser_trochanter",
        **planned_note(trochanter, depth, tilt_deg, point),
    }
    done = resect_femur(hip, tool, note)
    return PlanarResection(
        **vars(done), depth_mm=depth, plane_point_mm=point, plane_normal=trochanter.outward
    )


def planned_plane(hip: Hip, depth_mm: float, tilt_deg: float) -> tuple[Trochanter, float, Array]:
    """Check depth and tilt; return the trochanter seen along the tilt, depth, point of the plane.

    Raises
    ------
    InputError
        If depth or tilt are out of range on this hip.
    AnatomyError
        If a landmark is missing or does not lie on this bone.
    """
    tilt = _tilt(tilt_deg)
    trochanter = find_zone(hip).trochanter if tilt == 0.0 else find_trochanter(hip, tilt)
    depth = checked_depth(depth_mm, trochanter)
    point = trochanter.apex + trochanter.outward * (trochanter.top_above_apex_mm - depth)
    return trochanter, depth, point


def planned_note(
    trochanter: Trochanter, depth_mm: float, tilt_deg: float, point: Array
) -> dict[str, Any]:
    """Note where the plane lies and what bounds it."""
    return {
        "depth_mm": depth_mm,
        "tilt_deg": float(tilt_deg),
        "largest_depth_mm": trochanter.largest_depth_mm,
        "plane_point_mm": point.tolist(),
        "plane_normal": trochanter.outward.tolist(),
    }


def checked_depth(depth_mm: float, trochanter: Trochanter) -> float:
    """Check a depth against the shaft.

    Raises
    ------
    InputError
        If it is negative or would bring the plane into the shaft.
    """
    depth = as_number(depth_mm, name="depth_mm", low=0.0, unit="mm")
    largest = trochanter.largest_depth_mm
    if depth > largest:
        spoken = np.floor(10.0 * largest) / 10.0  # what the message offers must be accepted
        raise InputError(
            f"depth_mm must be at most {spoken:.1f} mm on this hip, got {depth:g}: a deeper plane "
            f"enters the cortex of the shaft, whose surface {SHAFT_BELOW_APEX_MM:g} mm below the "
            f"apex lies {spoken:.1f} mm under the top of the lesser trochanter"
        )
    return depth


def _tilt(tilt_deg: float) -> float:
    """Check the tilt."""
    low, high = TILT_RANGE_DEG
    return as_number(tilt_deg, name="tilt_deg", low=low, high=high, unit="deg")
