"""Contouring of the lesser trochanter: an even layer is taken, the anterior attachment spared.

Within the resectable zone (:mod:`hipsim.surgery.zone`) the surface is offset inwards by a depth:
what lies within that depth of the surface goes, so the trochanter keeps its shape and gets smaller.
The layer has its full thickness up to 12 mm from the LT axis, where a trochanter has fallen to half
its height, and thins out evenly to nothing at the border of the zone, so it blends into the bone.
As the burr comes from behind and the tendon of the iliopsoas inserts on the summit and in front,
the anterior half of the insertion is spared: nothing goes in front of the line that runs along the
shaft through the middle of the intact insertion, and behind it the layer is nowhere thicker than
its distance from that line, so it runs out there as well.

That line, not the tool, bounds what contouring gains: it runs over the summit, which is what the
ischium meets. Of the piece that the default targets ask of four of eight CT hips 51 to 59 % of the
corners lie in front of it, up to 8 mm, so contouring alone reaches its targets on none of them. It
is for hips that meet the ischium with the back of the trochanter.
"""

from weakref import WeakKeyDictionary

import numpy as np

from hipsim.anatomy.footprint import iliopsoas_footprint
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array
from hipsim.geometry import Mesh, cut, rigid
from hipsim.surgery.relief import Relief, make_relief
from hipsim.surgery.removal import Resection, resect_femur
from hipsim.surgery.resection import checked_depth
from hipsim.surgery.trochanter import SHAFT_BELOW_APEX_MM
from hipsim.surgery.zone import TOOL_RADIUS_MM, femur_at_trochanter, find_zone, once_for

STEP_MM = 1.0  # of the relief; balls of 5 mm on nodes this far apart are 0.05 mm short in between
FULL_MM = 12.0  # from the LT axis; 7 to 12 mm on 35 CT hips to where half the height is left
BEYOND_MM = 2.0  # of the relief around the zone
LIFT_MM = 1.0  # over the bone where nothing is to be taken
TOP_MM = 30.0  # over the apex; beyond the zone


def contour_lesser_trochanter(hip: Hip, *, depth_mm: float) -> Hip:
    """Take an even layer off the lesser trochanter and spare the anterior insertion.

    Parameters
    ----------
    hip
        With ``lesser_trochanter`` and both ``shaft_axis`` landmarks, and a closed femur.
    depth_mm
        Thickness of the layer, 0 to :func:`hipsim.surgery.largest_resection_depth`. 0 leaves the
        very same femur.

    Returns
    -------
    hip
        As from :func:`hipsim.surgery.resect_lesser_trochanter`.

    Raises
    ------
    InputError
        If the depth is out of range on this hip.
    MeshError
        If the femur is not closed.
    AnatomyError
        If a landmark is missing or does not lie on this bone.

    References
    ----------
    Partial resection from behind that spares the tendon: Hatem et al., Arthroscopy 2015;31:239,
    doi 10.1016/j.arthro.2014.07.031.
    """
    return lesser_trochanter_contouring(hip, depth_mm=depth_mm).hip


def lesser_trochanter_contouring(hip: Hip, *, depth_mm: float) -> Resection:
    """Take an even layer off the lesser trochanter and return it as well.

    Parameters and errors as in :func:`contour_lesser_trochanter`.
    """
    zone = find_zone(hip)
    depth = checked_depth(depth_mm, zone.trochanter)
    spared, anterior = spared_line(hip)
    tool = _tool(hip, _behind(hip, spared, anterior), depth) if depth > 0.0 else None
    note = {
        "procedure": "contour_lesser_trochanter",
        "depth_mm": depth,
        "largest_depth_mm": zone.trochanter.largest_depth_mm,
        "spared_point_mm": spared.tolist(),
        "spared_direction": anterior.tolist(),
    }
    return resect_femur(hip, tool, note)


def spared_line(hip: Hip) -> tuple[Array, Array]:
    """Return a point of the line in front of which nothing goes, and that direction.

    It stays where the first contouring has put it, carried along by osteotomies.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    noted = None
    for note in hip.notes:
        if "spared_point_mm" in note and noted is None:
            noted = np.array(note["spared_point_mm"]), np.array(note["spared_direction"])
        if noted is not None and "lesser_trochanter" in note.get("turned_landmarks", ()):
            moved = np.array(note["moved_from_before"])
            noted = rigid.apply(moved, noted[0][None])[0], rigid.rotate(moved, noted[1])
    if noted is not None:
        return noted
    anterior = side_sign(hip.side) * find_zone(hip).trochanter.forward
    return iliopsoas_footprint(hip).centroid_mm, anterior


def _tool(hip: Hip, behind_mm: Array, depth: float) -> Mesh | None:
    """Return the zone above the lowered surface."""
    zone, relief = find_zone(hip), _relief(hip)
    from_axis = np.linalg.norm(relief.place_mm - TOOL_RADIUS_MM - BEYOND_MM, axis=-1)
    share = np.clip((TOOL_RADIUS_MM - from_axis) / (TOOL_RADIUS_MM - FULL_MM), 0.0, 1.0)
    layer = np.minimum(depth * share, behind_mm)
    lowered = relief.lowered(np.where(layer > 0.0, layer, -LIFT_MM))
    return cut.common(lowered.air(TOP_MM + zone.trochanter.apex_mm), zone.body)


def _behind(hip: Hip, spared: Array, anterior: Array) -> Array:
    """Return how far behind the spared line each node of the relief lies, negative in front."""
    relief = _relief(hip)
    along = relief.place_mm @ (relief.axes[:, :2].T @ anterior)
    behind: Array = (spared - relief.origin) @ anterior - along
    return behind


def _relief(hip: Hip) -> Relief:
    """Return the trochanter seen along its axis."""
    return once_for(_RELIEFS, hip, _find_relief)


def _find_relief(hip: Hip) -> Relief:
    """Look at the trochanter along its axis."""
    zone, reach = find_zone(hip), TOOL_RADIUS_MM + BEYOND_MM
    seen = zone.trochanter
    axes = np.column_stack([seen.forward, -seen.up, seen.outward])
    origin = zone.foot - reach * axes[:, :2].sum(axis=1)
    length = np.array([2.0 * reach, reach + SHAFT_BELOW_APEX_MM + BEYOND_MM])
    size = np.ceil(length / STEP_MM).astype(int) + 1
    return make_relief(femur_at_trochanter(hip).body, origin, axes, STEP_MM, size)


_RELIEFS: WeakKeyDictionary[Hip, Relief] = WeakKeyDictionary()
