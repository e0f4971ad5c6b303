"""Planar resection of the lesser trochanter.

The plane is perpendicular to the LT axis (or tilted about the shaft axis towards the parallel of
the posterior cortex, as when the burr comes from behind) at a depth below the farthest point of the
trochanter. The half-space beyond such a plane also holds neck, head and condyles, so the tool is
the half-space within a body around the trochanter that does not depend on the depth: a deeper tool
holds every shallower one, hence clearance can only grow with depth.

The body is the ball about the apex, drawn out down the shaft to where the trochanter has run out.
It stays within the 22 mm that define the LT region, so no surface of neck or head is ever cut, and
its flank is the slope that blends the cut into crest and neck. Where a plane goes deeper than the
pass between trochanter and neck (see :mod:`hipsim.surgery.trochanter`) it ends in a ramp of 45
degrees to that pass, as a burr leaves it, instead of a wall. Planes of 5 mm perpendicular to the LT
axis end before all that and are flat throughout.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hipsim.anatomy.attachment import Footprint
from hipsim.anatomy.footprint import iliopsoas_footprint, share_removed
from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.checks import Array, as_number
from hipsim.errors import InputError
from hipsim.geometry import Mesh, cut, rigid
from hipsim.surgery.trochanter import SHAFT_BELOW_APEX_MM, Trochanter, find_trochanter

TILT_RANGE_DEG = (-20.0, 45.0)  # anterior: the neck is in the way; posterior: the crest
TOOL_RADIUS_MM = 20.5  # within the 22 mm of the LT region by half a coarse face


@dataclass(frozen=True, eq=False)
class Resection:
    """What a resection leaves and takes.

    Parameters
    ----------
    hip
        After the resection.
    removed
        The piece taken away, closed, scan frame, mm; None for a depth of 0 mm.
    volume_mm3
        Its volume.
    depth_mm
        Depth of the plane below the farthest point of the trochanter.
    plane_point_mm, plane_normal
        Point of the plane under that farthest point, and the direction out of the bone, each
        shape (3,), scan frame.
    footprint
        What is left of the insertion of the iliopsoas; its ``lost_share`` is what surgery has taken
        so far.
    """

    hip: Hip
    removed: Mesh | None
    volume_mm3: float
    depth_mm: float
    plane_point_mm: Array
    plane_normal: Array
    footprint: Footprint


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


def lesser_trochanter_resection(hip: Hip, *, depth_mm: float, tilt_deg: float = 0.0) -> Resection:
    """Plane the lesser trochanter down and return the piece as well.

    Parameters and errors as in :func:`resect_lesser_trochanter`.
    """
    trochanter = find_trochanter(hip, _tilt(tilt_deg))
    depth = _depth(depth_mm, trochanter)
    point = trochanter.apex + trochanter.outward * (trochanter.top_above_apex_mm - depth)
    femur, labels, removed, area = hip.femur, hip.femoral_labels, None, 0.0
    before = footprint = iliopsoas_footprint(hip)
    if depth > 0.0:
        kept, piece = cut.divide(hip.femur, _tool(trochanter, point))
        labels = kept.carried(labels, FEMORAL_STRUCTURES.index("lesser_trochanter"))
        femur, removed, area = kept.mesh, piece.mesh, kept.made_area_mm2
        footprint = before.carried(kept.mesh, kept.source_faces)
    volume = 0.0 if removed is None else removed.volume_mm3
    note = {
        **_planned(trochanter, depth, float(tilt_deg), point),
        "removed_volume_mm3": volume,
        "cut_area_mm2": area,
        "footprint_removed_share": share_removed(before, footprint),
        "footprint_lost_share": footprint.lost_share,
    }
    after = hip.evolved(
        femur=femur,
        femoral_labels=labels,
        notes=(*hip.notes, note),
        footprints={**hip.footprints, "iliopsoas": footprint},
    )
    return Resection(after, removed, volume, depth, point, trochanter.outward, footprint)


def _planned(
    trochanter: Trochanter, depth_mm: float, tilt_deg: float, point: Array
) -> dict[str, Any]:
    """Note where the plane lies and what bounds it."""
    neck_pass = trochanter.neck_pass
    return {
        "procedure": "resect_lesser_trochanter",
        "depth_mm": depth_mm,
        "tilt_deg": tilt_deg,
        "largest_depth_mm": trochanter.largest_depth_mm,
        "neck_pass_mm": None if neck_pass is None else neck_pass.tolist(),
        "plane_point_mm": point.tolist(),
        "plane_normal": trochanter.outward.tolist(),
    }


def _tilt(tilt_deg: float) -> float:
    """Check the tilt."""
    low, high = TILT_RANGE_DEG
    return as_number(tilt_deg, name="tilt_deg", low=low, high=high, unit="deg")


def _depth(depth_mm: float, trochanter: Trochanter) -> float:
    """Check the depth against the shaft."""
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


def _tool(trochanter: Trochanter, floor: Array) -> Mesh:
    """Return the closed body that is taken away: beyond the plane, within the trochanter."""
    apex, up, out = trochanter.apex, trochanter.up, trochanter.outward
    points, normals = [floor, apex - SHAFT_BELOW_APEX_MM * up], [-out, -up]
    if trochanter.neck_pass is not None:
        towards_neck = trochanter.neck_pass - apex
        towards_neck = rigid.unit(towards_neck - out * (towards_neck @ out))
        points += [trochanter.neck_pass] * 2
        normals += [towards_neck, towards_neck - out]
    deep = apex - 2.0 * SHAFT_BELOW_APEX_MM * up
    body = cut.capsule(apex, deep, TOOL_RADIUS_MM, across=out)
    return cut.trimmed(body, np.array(points), np.array(normals))
