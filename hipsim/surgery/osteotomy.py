"""Osteotomies of the femur: derotation, angulation, shortening, lateralisation.

All cut the femur across an axis at a level and move its distal fragment by another rigid motion
(:mod:`hipsim.surgery.reposition`); all keep the head in the socket and measure the femoral frame
anew. The same signs hold for both sides.

Derotation. A positive angle turns the distal fragment externally against the proximal one, which
lowers femoral version by that angle; the proximal femur then stands in the new neutral pose as the
intact one did in internal rotation by the angle. For a cut below the lesser trochanter about the
mechanical axis this is exact: clearance after surgery at rotation g equals intact clearance at
rotation g + angle, at any flexion and adduction. The mechanical axis (knee centre to hip joint
centre) keeps knee and leg axis where they were but lies beside the shaft, so the fragments shift
against each other at the cut; the anatomical axis (of the proximal shaft) keeps them aligned and
shifts the knee instead. Each tells its price in the notes.

Angulation takes a wedge whose edge is the cortex on the other side (closing wedge). It turns the
distal fragment in the plane of neck and shaft, in which the neck-shaft angle is measured and the
correction is planned, so that angle changes by exactly the amount.

Obliquity tilts the plane of the cut, its lateral end up. A derotation over an oblique cut turns
about the normal of the cut, so that the fragments stay in contact, and turns the leg axis as well;
a shift over an oblique cut follows the cut.
"""

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import as_number
from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.surgery.osteotomy_cut import Axis, Level, cut_plane
from hipsim.surgery.reposition import Move, Osteotomy, fragments, reposition_distal

LARGEST_ANGLE_DEG = 90.0
LARGEST_ANGULATION_DEG = 40.0
LARGEST_SHORTENING_MM = 80.0
LARGEST_SHIFT_MM = 40.0


def derotate_femur(
    hip: Hip,
    *,
    angle_deg: float,
    level: Level | float = "subtrochanteric",
    axis: Axis = "mechanical",
    obliquity_deg: float = 0.0,
) -> Hip:
    """Turn the distal femur externally against the proximal one; this lowers femoral version.

    Parameters
    ----------
    hip
        With femoral landmarks and a closed femur.
    angle_deg
        Turn of the distal fragment in degrees, external positive on both sides, within 90.
        0 leaves the very same femur.
    level
        Where the plane of the cut crosses the axis: ``"subtrochanteric"``, 50 mm below the LT
        apex, which leaves every swept region in one piece; ``"intertrochanteric"``, 15 mm above
        it, so that the LT turns with the shaft; ``"supracondylar"``, 80 mm above the knee centre;
        or mm below the LT apex along the axis.
    axis
        ``"mechanical"``, through knee centre and hip joint centre, or ``"anatomical"``, the
        axis of the proximal shaft.
    obliquity_deg
        Tilt of the cut from perpendicular to the axis, lateral end up positive, within 45; the
        turn is about the normal of the cut.

    Returns
    -------
    hip
        Faces keep their labels; the step at the cut takes that of the bone around it. Landmarks
        distal of the cut turn, the two of the shaft axis together. One entry is added to
        ``notes``, with the shift of the knee and the change of leg axis and length.

    Raises
    ------
    InputError
        If the level runs through head, lesser trochanter or condyles, or the fragments would
        no longer touch.
    MeshError
        If the femur is not closed.
    ComputationError
        If the volume is not conserved.

    References
    ----------
    Subtrochanteric derotation: Buly et al., J Am Acad Orthop Surg 2018,
    doi 10.5435/JAAOS-D-17-00623.
    """
    return derotation_osteotomy(
        hip, angle_deg=angle_deg, level=level, axis=axis, obliquity_deg=obliquity_deg
    ).hip


def derotation_osteotomy(
    hip: Hip,
    *,
    angle_deg: float,
    level: Level | float = "subtrochanteric",
    axis: Axis = "mechanical",
    obliquity_deg: float = 0.0,
) -> Osteotomy:
    """Turn the distal femur and return both fragments as well.

    Parameters and errors as in :func:`derotate_femur`.
    """
    angle = _within(angle_deg, "angle_deg", LARGEST_ANGLE_DEG, "deg")
    plane = cut_plane(hip, level, axis, obliquity_deg)
    turn = rigid.rotation_about((0.0, 1.0, 0.0), -side_sign(hip.side) * np.deg2rad(angle))
    note = {"procedure": "derotate_femur", "angle_deg": angle}
    return reposition_distal(hip, plane, Move(rigid.transform_from(turn)), note)


def angulate_femur(
    hip: Hip,
    *,
    angle_deg: float,
    level: Level | float = "intertrochanteric",
    obliquity_deg: float = 0.0,
) -> Hip:
    """Bend the femur into valgus (positive) or varus (negative) by a closing wedge.

    Parameters
    ----------
    hip
        With femoral landmarks and a closed femur.
    angle_deg
        Valgus positive, within 40 degrees: the distal fragment turns laterally in the plane of
        neck and shaft, and the neck-shaft angle grows by that much; a varus osteotomy of 15
        degrees is -15. 0 leaves the very same femur. The wedge has its base on the lateral side
        for valgus and on the medial one for varus, its edge on the cortex across.
    level, obliquity_deg
        Of the cut, as in :func:`derotate_femur`, across the axis of the proximal shaft.

    Returns
    -------
    hip
        As from :func:`derotate_femur`; the note says how much bone the wedge held.

    Raises
    ------
    InputError
        If an amount is out of range, the level runs through head, lesser trochanter or condyles,
        or the fragments would enter each other beside the cut.
    MeshError
        If the femur is not closed.
    ComputationError
        If the volume is not conserved.

    References
    ----------
    Lateralising, derotating, varus intertrochanteric osteotomy: Suren et al., Oper Orthop
    Traumatol 2018, doi 10.1007/s00064-018-0540-1.
    """
    return angulation_osteotomy(
        hip, angle_deg=angle_deg, level=level, obliquity_deg=obliquity_deg
    ).hip


def angulation_osteotomy(
    hip: Hip,
    *,
    angle_deg: float,
    level: Level | float = "intertrochanteric",
    obliquity_deg: float = 0.0,
) -> Osteotomy:
    """Bend the femur and return fragments and wedge as well.

    Parameters and errors as in :func:`angulate_femur`.
    """
    angle = _within(angle_deg, "angle_deg", LARGEST_ANGULATION_DEG, "deg")
    plane = cut_plane(hip, level, "anatomical", obliquity_deg)
    note = {"procedure": "angulate_femur", "angle_deg": angle}
    if angle == 0.0:
        return reposition_distal(hip, plane, Move(np.eye(4)), note)
    pieces = fragments(hip, plane)
    rim = pieces[1].mesh.vertices[np.unique(pieces[1].mesh.faces[pieces[1].source_faces < 0])]
    hinge = rim[(np.sign(angle) * rim[:, 2]).argmin()] * [0.0, 0.0, 1.0]
    x = (1.0, 0.0, 0.0)
    normal = rigid.rotation_about(x, np.deg2rad(angle)) @ [0.0, 1.0, 0.0]
    motion = rigid.rotation_about_line(hinge, x, -np.deg2rad(angle))
    return reposition_distal(hip, plane, Move(motion, (hinge, normal)), note, pieces)


def shorten_femur(
    hip: Hip,
    *,
    length_mm: float,
    level: Level | float = "subtrochanteric",
    obliquity_deg: float = 0.0,
) -> Hip:
    """Take a segment out of the shaft and bring the distal femur up to the proximal one.

    Parameters
    ----------
    hip
        With femoral landmarks and a closed femur.
    length_mm
        Of the segment along the axis of the proximal shaft, 0 to 80 mm. 0 leaves the very same
        femur.
    level, obliquity_deg
        Of the upper cut, as in :func:`derotate_femur`, across the axis of the proximal shaft; the
        lower one is parallel to it.

    Returns
    -------
    hip
        As from :func:`derotate_femur`; the note says how much bone the segment held.

    Raises
    ------
    InputError
        If an amount is out of range, a level runs through head, lesser trochanter or condyles, or
        the fragments would no longer touch.
    MeshError
        If the femur is not closed.
    ComputationError
        If the volume is not conserved.
    """
    return shortening_osteotomy(
        hip, length_mm=length_mm, level=level, obliquity_deg=obliquity_deg
    ).hip


def shortening_osteotomy(
    hip: Hip,
    *,
    length_mm: float,
    level: Level | float = "subtrochanteric",
    obliquity_deg: float = 0.0,
) -> Osteotomy:
    """Shorten the femur and return fragments and segment as well.

    Parameters and errors as in :func:`shorten_femur`.
    """
    length = as_number(length_mm, name="length_mm", low=0.0, high=LARGEST_SHORTENING_MM, unit="mm")
    plane = cut_plane(hip, level, "anatomical", obliquity_deg)
    note = {"procedure": "shorten_femur", "length_mm": length}
    if length == 0.0:
        return reposition_distal(hip, plane, Move(np.eye(4)), note)
    _check_segment(plane.below_apex_mm, length)
    cut_plane(hip, plane.below_apex_mm + length, "anatomical", obliquity_deg)  # is it allowed?
    up = length * plane.axis
    move = Move(rigid.translation(up), (-up, np.array([0.0, 1.0, 0.0])))
    return reposition_distal(hip, plane, move, note)


def lateralise_femur(
    hip: Hip,
    *,
    shift_mm: float,
    level: Level | float = "intertrochanteric",
    obliquity_deg: float = 0.0,
) -> Hip:
    """Shift the distal femur laterally (positive) or medially (negative) along the cut.

    Parameters
    ----------
    hip
        With femoral landmarks and a closed femur.
    shift_mm
        Lateral positive, within 40 mm, in the plane of neck and shaft. 0 leaves the very same
        femur.
    level, obliquity_deg
        Of the cut, as in :func:`derotate_femur`, across the axis of the proximal shaft; over an
        oblique cut the shift follows the cut, upwards where its lateral end is up.

    Returns
    -------
    hip
        As from :func:`derotate_femur`.

    Raises
    ------
    InputError
        If an amount is out of range, the level runs through head, lesser trochanter or condyles,
        or the fragments would no longer touch.
    MeshError
        If the femur is not closed.
    ComputationError
        If the volume is not conserved.

    References
    ----------
    Suren et al., Oper Orthop Traumatol 2018, doi 10.1007/s00064-018-0540-1.
    """
    return lateralising_osteotomy(
        hip, shift_mm=shift_mm, level=level, obliquity_deg=obliquity_deg
    ).hip


def lateralising_osteotomy(
    hip: Hip,
    *,
    shift_mm: float,
    level: Level | float = "intertrochanteric",
    obliquity_deg: float = 0.0,
) -> Osteotomy:
    """Shift the distal femur and return both fragments as well.

    Parameters and errors as in :func:`lateralise_femur`.
    """
    shift = _within(shift_mm, "shift_mm", LARGEST_SHIFT_MM, "mm")
    plane = cut_plane(hip, level, "anatomical", obliquity_deg)
    note = {"procedure": "lateralise_femur", "shift_mm": shift}
    return reposition_distal(hip, plane, Move(rigid.translation([0.0, 0.0, shift])), note)


def _check_segment(below_mm: float, length_mm: float) -> None:
    """Raise InputError if a segment would hold the lesser trochanter."""
    if below_mm < 0.0 < below_mm + length_mm:
        raise InputError(
            f"a segment of {length_mm:g} mm from {-below_mm:g} mm above the apex would take the "
            "lesser trochanter; choose a level below it, or a shorter segment"
        )


def _within(value: float, name: str, most: float, unit: str) -> float:
    """Check an amount that goes both ways."""
    return as_number(value, name=name, low=-most, high=most, unit=unit)
