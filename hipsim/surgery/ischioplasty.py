"""Ischioplasty: the lateral side of the ischial tuberosity is planed down.

The lateral surface is where the tuberosity faces the femur: what of the ischium lies within 1.4
head radii of the landmark of the tuberosity, below the acetabulum, and looks within 45 degrees of
lateral. The plane is perpendicular to the mean direction of that surface, so parallel to it, at a
depth below its farthest point. Towards
the acetabulum the cut ends in a ramp of 45 degrees that leaves the bone 1.5 head radii below the
hip joint centre, clear of the posterior wall. A deeper cut holds every shallower one.

No more than half of the tuberosity's width may go. That is a bound of caution: the literature says
that ischioplasty is done, not how much is safe. The cut takes of the origin of the hamstrings,
which lies on the same side, and the share is reported.

The hip bone changes, so whatever was prepared for the old one, a clearance query above all, has to
be made anew.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from hipsim.anatomy.hip import PELVIC_STRUCTURES, Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, BoolArray, as_number
from hipsim.errors import AnatomyError, InputError
from hipsim.geometry import Mesh, cut, rigid
from hipsim.geometry.section import section_segments
from hipsim.geometry.workpiece import Workpiece, make_workpiece
from hipsim.surgery.removal import Resection, resect_hip_bone
from hipsim.surgery.zone import once_for

TOP_RADII = 1.5  # below the hip joint centre; the posterior wall ends above
FACING_DEG = 45.0  # faces that look this near to lateral make the lateral surface
AROUND_RADII = 1.4  # of the landmark of the tuberosity
LARGEST_SHARE = 0.5  # of the width of the tuberosity
LEAST_WIDTH_MM = 2.0  # of bone; nearer crossings are the lateral surface itself
TOOL_MM = ((0.0, -60.0, -40.0), (25.0, 15.0, 40.0))  # outward, up, across, from the plane's point
NEAR_MM = 75.0  # of the apex along each axis: bone the tool may meet


@dataclass(frozen=True, eq=False)
class Tuberosity:
    """The lateral surface of an ischial tuberosity.

    Attributes
    ----------
    apex
        Its farthest point, shape (3,), scan frame, mm.
    outward, up
        Its mean direction, and up the pelvis as near as is perpendicular to it, each shape (3,).
    ramp
        Point at which a cut leaves the bone towards the acetabulum, shape (3,), scan frame, mm.
    width_mm
        Of the intact bone under the apex, along ``outward``.
    planed_mm
        What has been planed off so far.
    """

    apex: Array
    outward: Array
    up: Array
    ramp: Array
    width_mm: float
    planed_mm: float

    @property
    def largest_depth_mm(self) -> float:
        """Depth at which half of the width would be gone."""
        return max(LARGEST_SHARE * self.width_mm - self.planed_mm, 0.0)


def resect_ischium(hip: Hip, *, depth_mm: float) -> Hip:
    """Plane the lateral side of the ischial tuberosity down by a depth.

    Parameters
    ----------
    hip
        With a pelvic frame and a closed hip bone.
    depth_mm
        Depth of the plane below the farthest point of the lateral surface, 0 to half of the
        tuberosity's width. 0 leaves the very same hip bone.

    Returns
    -------
    hip
        The cut surface is labelled ``ischium``. One entry is added to ``notes``; what is left of
        the hamstrings' origin is in ``footprints``. Make a new query for its clearance.

    Raises
    ------
    InputError
        If the depth is out of range; the largest possible one is named.
    MeshError
        If the hip bone is not closed.
    AnatomyError
        If a landmark is missing, or the ischium ends above where it is to be planed.

    References
    ----------
    Gomez-Hoyos and Martin, Ischiofemoral impingement, doi 10.1007/978-3-319-78040-5_12.
    """
    return ischium_resection(hip, depth_mm=depth_mm).hip


def ischium_resection(hip: Hip, *, depth_mm: float) -> Resection:
    """Plane the lateral side of the ischial tuberosity down and return the piece as well.

    Parameters and errors as in :func:`resect_ischium`.
    """
    tuberosity = find_tuberosity(hip)
    depth = as_number(depth_mm, name="depth_mm", low=0.0, unit="mm")
    largest = tuberosity.largest_depth_mm
    if depth > largest:
        spoken = np.floor(10.0 * largest) / 10.0
        raise InputError(
            f"depth_mm must be at most {spoken:.1f} mm on this hip, got {depth:g}: more than half "
            "of the width of the ischial tuberosity would go"
        )
    point = tuberosity.apex - depth * tuberosity.outward
    note = {
        "procedure": "resect_ischium",
        "depth_mm": depth,
        "largest_depth_mm": largest,
        "width_mm": tuberosity.width_mm,
        "planed_mm": tuberosity.planed_mm + depth,
        "plane_point_mm": point.tolist(),
        "plane_normal": tuberosity.outward.tolist(),
        "plane_up": tuberosity.up.tolist(),
        "ramp_point_mm": tuberosity.ramp.tolist(),
    }
    tool = _tool(tuberosity, point) if depth > 0.0 else None
    return resect_hip_bone(hip, once_for(_HIP_BONES, hip, _prepare_hip_bone), tool, note)


def find_tuberosity(hip: Hip) -> Tuberosity:
    """Find the lateral surface of the ischial tuberosity; after an ischioplasty, as it was noted.

    Raises
    ------
    AnatomyError
        If a landmark is missing, or the ischium ends above where it is to be planed.
    """
    noted = [note for note in hip.notes if note.get("procedure") == "resect_ischium"]
    if noted:
        last = noted[-1]
        return Tuberosity(
            apex=np.array(last["plane_point_mm"]),
            outward=np.array(last["plane_normal"]),
            up=np.array(last["plane_up"]),
            ramp=np.array(last["ramp_point_mm"]),
            width_mm=last["width_mm"],
            planed_mm=last["planed_mm"],
        )
    frame = hip.pelvic_frame("app")
    lateral, up = frame[:3, 2] * side_sign(hip.side), frame[:3, 1]
    top = frame[:3, 3] - TOP_RADII * hip.head_radius_mm * up
    surface = _lateral_surface(hip, lateral, (hip.hip_bone.face_centres - top) @ up < 0.0)
    outward = rigid.unit(hip.hip_bone.area_vectors[surface].sum(axis=0))
    up = rigid.unit(up - (up @ outward) * outward)
    corners = hip.hip_bone.triangles[surface].reshape(-1, 3)
    apex = corners[(corners @ outward).argmax()]
    ramp = apex + ((top - apex) @ up) * up
    return Tuberosity(apex, outward, up, ramp, _width(hip.hip_bone, apex, outward, up), 0.0)


def _prepare_hip_bone(hip: Hip) -> Workpiece:
    """Set apart the hip bone around its tuberosity."""
    tuberosity = find_tuberosity(hip)
    corners = hip.hip_bone.triangles - tuberosity.apex
    is_near = (corners.min(axis=1) < NEAR_MM) & (corners.max(axis=1) > -NEAR_MM)
    return make_workpiece(hip.hip_bone, is_near.all(axis=1))


_HIP_BONES: WeakKeyDictionary[Hip, Workpiece] = WeakKeyDictionary()


def _lateral_surface(hip: Hip, lateral: Array, is_below: BoolArray) -> BoolArray:
    """Mark the faces of the tuberosity that look laterally."""
    away = np.linalg.norm(hip.hip_bone.face_centres - hip.landmarks["ischial_tuberosity"], axis=1)
    marked: BoolArray = is_below & (away < AROUND_RADII * hip.head_radius_mm)
    marked &= hip.pelvic_labels == PELVIC_STRUCTURES.index("ischium")
    marked &= hip.hip_bone.face_normals @ lateral > np.cos(np.radians(FACING_DEG))
    if not marked.any():
        raise AnatomyError(
            f"there is no ischium around its tuberosity {TOP_RADII:g} head radii below the hip "
            "joint centre and farther, where it is planed; is it cropped?"
        )
    return marked


def _width(bone: Mesh, apex: Array, outward: Array, up: Array) -> float:
    """Return how thick the bone is under the apex, along a direction."""
    ends = section_segments(bone, apex, up) - apex
    aside, height = ends @ np.cross(outward, up), ends @ outward
    crosses = (aside[:, 0] < 0.0) != (aside[:, 1] < 0.0)
    (a, b), (low, high) = aside[crosses].T, height[crosses].T
    met = low + (high - low) * a / (a - b)
    return float(-met[met < -LEAST_WIDTH_MM].max())


def _tool(tuberosity: Tuberosity, point: Array) -> Mesh:
    """Return the closed body that is taken away: beyond the plane, below the ramp."""
    out, up = tuberosity.outward, tuberosity.up
    across = np.cross(out, up)
    low, high = TOOL_MM
    corner = np.stack(np.meshgrid(*zip(low, high, strict=True)), axis=-1).reshape(-1, 3)
    box = cut.hull(point + corner @ np.stack([out, up, across]))
    return cut.trimmed(box, tuberosity.ramp[None], rigid.unit(up - out)[None])
