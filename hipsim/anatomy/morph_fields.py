"""Smooth fields that change one measure of a bone and leave the rest in place.

A field moves points (n, 3) of the scan frame. It is made from the landmarks the bone has, so that
the landmarks can be moved by it and the next field be made from where they are then. R is the head
radius; ramps are cubic and flat at both ends.

* Lesser trochanter: a shift along its axis, whole at the apex, fading to nothing 15 mm around it
  (where trochanters run out into the shaft) and on the shaft axis.
* Neck length and neck-shaft angle: a shift along the neck axis, and a turn about the line through
  the base of the neck across both axes. Both grow from the base of the neck to 1.15 R from the
  head centre, beyond which the head goes as one rigid piece, and fade from 1.1 to 1.8 R beside the
  neck axis: the greater trochanter follows little, the lesser not at all.
* Version, ``"subtrochanteric"``: a twist about the proximal shaft axis, which so stays where it is.
  It begins in the middle of the femur and is complete 45 mm below the apex of the lesser
  trochanter: everything that is swept against the pelvis turns in one piece, the angle between
  neck and lesser trochanter stays.
* Version, ``"neck"``: the same twist between the lesser trochanter (8 mm above its apex, where it
  has fallen to half its height) and the lowest level of the head. The lesser trochanter stays with
  the shaft; the greater one turns with the neck it carries on its crest.
* Ischium: a shift to lateral. Seen from the side it grows from 1.25 to 1.9 R around the hip joint
  centre, so that the socket keeps its place, and from 0.4 to 1.25 R below it, where the tuberosity
  begins, which goes as one piece; seen from the front it fades towards the midplane, so that both
  halves of the pelvis still meet.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from hipsim.anatomy.frames import knee_centre, pelvic_frame
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.measure_slices import nearest_on_neck_axis
from hipsim.anatomy.sides import side_sign
from hipsim.anatomy.structures import TROCHANTER_BASE_MM
from hipsim.checks import Array, Side
from hipsim.errors import AnatomyError
from hipsim.geometry import rigid
from hipsim.geometry.bending import smooth_step, turned

Field = Callable[[Array], Array]
VersionLevel = Literal["subtrochanteric", "neck"]

HEAD_RADII = 1.15  # around its centre the head goes as one piece
BESIDE_NECK_RADII = (1.1, 1.8)  # from the neck axis: where the neck's movement fades
LEAST_RAMP_RADII = 0.25  # of neck between its base and the head
BELOW_TROCHANTER_MM = 45.0  # below the LT apex: the end of every region that is swept
HALF_TROCHANTER_MM = 8.0  # above the apex: the LT has fallen to half its height
CLEAR_OF_SOCKET_RADII = (1.25, 1.9)  # from the hip joint centre, seen from the side
ABOVE_TUBEROSITY_RADII = (0.4, 1.25)  # below the hip joint centre
OFF_MIDPLANE = (0.1, 0.6)  # of the distance of the tuberosity from the midplane


def trochanter_field(marks: Landmarks, height_mm: float) -> Field:
    """Return the field that raises the lesser trochanter over the shaft by a height in mm."""
    apex, start = marks["lesser_trochanter"], marks["shaft_axis_proximal"]
    up = _shaft_up(marks)
    foot = start + ((apex - start) @ up) * up
    out, reach = rigid.unit(apex - foot), float(np.linalg.norm(apex - foot))

    def field(points: Array) -> Array:
        along = (points - foot) @ out
        beside = np.linalg.norm(points - foot - np.outer(along, out), axis=1)
        share = smooth_step(along, 0.0, reach) * (
            1.0 - smooth_step(beside, 0.0, TROCHANTER_BASE_MM)
        )
        return points + np.outer(height_mm * share, out)

    return field


def neck_length_field(marks: Landmarks, head_radius_mm: float, length_mm: float) -> Field:
    """Return the field that stretches the neck by a length in mm."""
    _, to_head, share = _neck(marks, head_radius_mm)

    def field(points: Array) -> Array:
        return points + np.outer(length_mm * share(points), to_head)

    return field


def neck_shaft_field(marks: Landmarks, head_radius_mm: float, angle_deg: float) -> Field:
    """Return the field that opens the angle between neck and shaft by an angle in degrees."""
    base, to_head, share = _neck(marks, head_radius_mm)
    axis = np.cross(-_shaft_up(marks), to_head)

    def field(points: Array) -> Array:
        return turned(points, base, axis, np.radians(angle_deg) * share(points))

    return field


def version_field(
    marks: Landmarks, side: Side, head_radius_mm: float, angle_deg: float, level: VersionLevel
) -> Field:
    """Return the field that turns the head forward about the shaft by an angle in degrees."""
    up, apex = _shaft_up(marks), marks["lesser_trochanter"]
    middle = 0.5 * (marks["hip_joint_centre"] + knee_centre(marks))
    if level == "subtrochanteric":
        start, end = float((middle - apex) @ up), -BELOW_TROCHANTER_MM
    else:
        pole = float((marks["hip_joint_centre"] - apex) @ up) - head_radius_mm
        start, end = HALF_TROCHANTER_MM, pole
    if end - start < LEAST_RAMP_RADII * head_radius_mm:
        raise AnatomyError(
            f"no room to twist this femur at level {level!r}: {end - start:.1f} mm along the "
            "shaft; check the landmarks of the lesser trochanter and the head"
        )

    def field(points: Array) -> Array:
        share = smooth_step((points - apex) @ up, start, end)
        angles = -side_sign(side) * np.radians(angle_deg) * share
        return turned(points, marks["shaft_axis_proximal"], up, angles)

    return field


def ischium_field(marks: Landmarks, side: Side, head_radius_mm: float, shift_mm: float) -> Field:
    """Return the field that shifts the ischium to lateral, the tuberosity by mm."""
    frame = pelvic_frame(marks, "app")
    outward = side_sign(side) * frame[:3, 2]
    midline = 0.5 * (marks["asis_right"] + marks["asis_left"])
    half = float((marks["ischial_tuberosity"] - midline) @ outward)

    def field(points: Array) -> Array:
        across = (frame[:3, 3] - points) @ frame[:3, :2] / head_radius_mm
        share = smooth_step(np.linalg.norm(across, axis=1), *CLEAR_OF_SOCKET_RADII)
        share *= smooth_step(across[:, 1], *ABOVE_TUBEROSITY_RADII)
        share *= smooth_step((points - midline) @ outward / half, *OFF_MIDPLANE)
        return points + np.outer(shift_mm * share, outward)

    return field


def _shaft_up(marks: Landmarks) -> Array:
    """Return the upward direction of the proximal shaft axis."""
    return rigid.unit(marks["shaft_axis_proximal"] - marks["shaft_axis_distal"])


def _neck(marks: Landmarks, head_radius_mm: float) -> tuple[Array, Array, Callable[[Array], Array]]:
    """Return base of the neck, direction to the head, and the share by which points follow it."""
    base, centre = nearest_on_neck_axis(marks), marks["hip_joint_centre"]
    to_head, length = rigid.unit(centre - base), float(np.linalg.norm(centre - base))
    end = length - HEAD_RADII * head_radius_mm
    if end < LEAST_RAMP_RADII * head_radius_mm:
        raise AnatomyError(
            f"the neck is too short to be bent: {length:.1f} mm from head centre to shaft axis "
            f"with a head of radius {head_radius_mm:.1f} mm; check the landmarks of the shaft"
        )

    def share(points: Array) -> Array:
        along = (points - base) @ to_head
        beside = np.linalg.norm(points - base - np.outer(along, to_head), axis=1)
        start, stop = (radii * head_radius_mm for radii in BESIDE_NECK_RADII)
        followed: Array = smooth_step(along, 0.0, end) * (1.0 - smooth_step(beside, start, stop))
        return followed

    return base, to_head, share
