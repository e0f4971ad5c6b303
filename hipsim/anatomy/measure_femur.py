"""Lengths and angles of the femur, each with its definition.

All are taken on the landmarks and the surface the hip has now, so they are right again after an
osteotomy. Definitions are those of the measurements of 35 CT hips that serve as norms (own
measurements on the subjects of Fischer 2023, Sci Data 10:763), where not stated otherwise.
Medial, posterior and frontal are those of the condylar frame.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.frames import knee_centre
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.measure_slices import (
    ACROSS,
    AxialFemur,
    axial_femur,
    chord,
    nearest_on_neck_axis,
)
from hipsim.anatomy.measure_version import femoral_version_deg
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array
from hipsim.errors import AnatomyError
from hipsim.geometry import rigid
from hipsim.geometry.fit import angle_rad

KNEE_POINTS = ("medial_epicondyle", "lateral_epicondyle")
SHAFT_BELOW_APEX_MM = 30.0  # level at which the lesser trochanter has run out into the shaft
PROFILE_MM = np.arange(-30.0, 31.0, 1.0)  # along the shaft from the apex


@dataclass(frozen=True)
class LesserTrochanterShape:
    """How a lesser trochanter sticks out of the shaft.

    Attributes
    ----------
    reach_mm
        Distance of the apex from the proximal shaft axis.
    height_mm
        Reach minus the radius of the shaft 30 mm farther distal, in the same direction.
    width_mm
        Length along the shaft over which it is at least half as high.
    version_deg
        Direction from the shaft axis to the apex, seen along the mechanical axis, against the
        posterior condylar line: 0 medial, negative (retroverted) behind it.
    """

    reach_mm: float
    height_mm: float
    width_mm: float
    version_deg: float


def neck_shaft_angle_deg(hip: Hip) -> float:
    """Measure the angle in space between neck axis and proximal shaft axis.

    Neck axis: head centre to the centroid of the narrowest neck section. Shaft axis: line through
    the section centroids from 0.225 to 0.40 of the mechanical length below the head centre.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    marks = hip.landmarks
    neck = marks["hip_joint_centre"] - marks["neck_isthmus"]
    shaft = marks["shaft_axis_distal"] - marks["shaft_axis_proximal"]
    return float(np.degrees(angle_rad(neck, shaft)))


def femoral_offset_mm(hip: Hip) -> float:
    """Measure the distance in space from the head centre to the proximal shaft axis.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    marks = hip.landmarks
    up = rigid.unit(marks["shaft_axis_proximal"] - marks["shaft_axis_distal"])
    offset = marks["hip_joint_centre"] - marks["shaft_axis_proximal"]
    return float(np.linalg.norm(offset - (offset @ up) * up))


def neck_length_mm(hip: Hip) -> float:
    """Measure from the head centre to where the neck axis passes nearest to the shaft axis.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    marks = hip.landmarks
    return float(np.linalg.norm(nearest_on_neck_axis(marks) - marks["hip_joint_centre"]))


def mechanical_length_mm(hip: Hip) -> float:
    """Measure from the hip joint centre to the knee centre (midpoint of the epicondyles).

    Raises
    ------
    AnatomyError
        If a landmark is missing or, on a femur that ends in its shaft, only estimated.
    """
    _check_knee_is_seen(hip)
    return float(np.linalg.norm(knee_centre(hip.landmarks) - hip.landmarks["hip_joint_centre"]))


def femoral_length_mm(hip: Hip) -> float:
    """Measure the femur from its highest to its lowest point along the mechanical axis.

    Raises
    ------
    AnatomyError
        If a landmark of the condylar frame is missing or only estimated, or the bone ends above
        the knee centre.
    """
    _check_knee_is_seen(hip)
    up = hip.femoral_frame("condylar")[:3, 1]
    heights = hip.femur.vertices @ up
    above = float(heights.min() - knee_centre(hip.landmarks) @ up)
    if above > 0.0:
        raise AnatomyError(
            f"the femur ends {above:.0f} mm above its knee centre: its whole length is not on it"
        )
    return float(np.ptp(heights))


def shaft_to_mechanical_axis_deg(hip: Hip) -> float:
    """Measure the angle of the proximal shaft axis to the mechanical axis in the frontal plane.

    Positive where the shaft runs distally towards the midline, as it does in nearly everyone.

    Raises
    ------
    AnatomyError
        If a landmark is missing or, on a femur that ends in its shaft, only estimated: there the
        angle is the mean of other people, by construction.
    """
    _check_knee_is_seen(hip)
    marks = hip.landmarks
    down = marks["shaft_axis_distal"] - marks["shaft_axis_proximal"]
    _, y, z = hip.femoral_frame("condylar")[:3, :3].T @ down
    return float(np.degrees(np.arctan2(-z * side_sign(hip.side), -y)))


def lesser_trochanter_shape(hip: Hip) -> LesserTrochanterShape:
    """Measure reach, height, width and version of the lesser trochanter.

    Parameters
    ----------
    hip
        With shaft axis, lesser trochanter and condylar frame. After a resection these are the
        measures of what is left; reach and version refer to the apex of the intact bone.

    Raises
    ------
    AnatomyError
        If a landmark is missing, or the trochanter does not stand out of the shaft.

    References
    ----------
    Version: Schroder et al., J Hip Preserv Surg 2015;2:410, doi 10.1093/jhps/hnv067.
    """
    return trochanter_shape_of(axial_femur(hip))


def trochanter_shape_of(femur: AxialFemur) -> LesserTrochanterShape:
    """Measure the lesser trochanter of a femur without its hip bone.

    Raises
    ------
    AnatomyError
        If the trochanter does not stand out of the shaft.
    """
    foot, out = _off_shaft(femur)
    reach = float(np.linalg.norm(out))
    profile = np.array([_radius(femur, foot[1] + mm, out) for mm in PROFILE_MM])
    shaft = float(profile[np.flatnonzero(PROFILE_MM == -SHAFT_BELOW_APEX_MM)[0]])
    if not reach > shaft:
        raise AnatomyError("the lesser trochanter's apex does not stand out of the shaft")
    return LesserTrochanterShape(
        reach_mm=reach,
        height_mm=reach - shaft,
        width_mm=_width(profile, 0.5 * (reach + shaft)),
        version_deg=float(-np.degrees(np.arctan2(-out[0], -out[2]))),
    )


def lesser_trochanter_neck_angle_deg(hip: Hip) -> float:
    """Measure the angle of the lesser trochanter behind the neck axis, seen along the femur.

    Femoral version (method ``3d``) minus version of the lesser trochanter (Schroder et al. 2015,
    J Hip Preserv Surg 2:410).

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    return femoral_version_deg(hip, "3d") - lesser_trochanter_shape(hip).version_deg


def _check_knee_is_seen(hip: Hip) -> None:
    """Raise AnatomyError where the knee is only put where the mean femur has it."""
    known = (hip.confidence.get(name) for name in KNEE_POINTS)
    if any(one is not None and one.is_estimated for one in known):
        raise AnatomyError(
            "the knee is not on this femur, only estimated from the mean femur: this measure needs "
            "the real one; load the whole femur, or give the landmarks at the knee"
        )


def _off_shaft(femur: AxialFemur) -> tuple[Array, Array]:
    """Return the foot of the LT apex on the shaft axis and the way from there to the apex."""
    apex, start = femur.marks["lesser_trochanter"], femur.marks["shaft_axis_proximal"]
    up = rigid.unit(start - femur.marks["shaft_axis_distal"])
    foot = start + up * ((apex - start) @ up)
    return foot, apex - foot


def _radius(femur: AxialFemur, level: float, out: Array) -> float:
    """Return how far the bone reaches from the shaft axis at a level, in one direction, mm."""
    start, end = (femur.marks[f"shaft_axis_{name}"] for name in ("proximal", "distal"))
    axis = start + (end - start) * (level - start[1]) / (end[1] - start[1])
    way = rigid.unit(out[ACROSS])
    for outline in femur.slice_at(level):
        ends = chord(outline.segments[:, :, ACROSS], axis[ACROSS], way)
        if ends is not None:
            across = np.array([way[1], 0.0, way[0]]) * ends[1]
            return float(np.linalg.norm(np.cross(across, rigid.unit(end - start))))
    raise AnatomyError(f"the shaft axis leaves the femur {-level:.0f} mm below the head centre")


def _width(profile: Array, half: float) -> float:
    """Return the length of the profile around the apex that lies over half the height, mm."""
    apex = len(profile) // 2
    ends = []
    for way in (-1, 1):
        place = apex
        while profile[place] >= half:
            place += way
            if not 0 <= place < len(profile):
                raise AnatomyError("the lesser trochanter has no end along the shaft")
        over = (half - profile[place]) / (profile[place - way] - profile[place])
        ends.append(PROFILE_MM[place] - way * over * (PROFILE_MM[1] - PROFILE_MM[0]))
    return float(ends[1] - ends[0])
