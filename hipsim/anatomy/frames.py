"""Anatomical frames from landmarks: named pelvic and femoral zeros, ISB axes for both sides.

All frames have the hip joint centre as origin and X anterior, Y superior, Z to the subject's
right (Wu et al. 2002, J Biomech 35:543, doi 10.1016/S0021-9290(01)00222-6). A frame is the
(4, 4) matrix ``scan_from_pelvis`` or ``scan_from_femur``; its columns are the axes.

Pelvic zeros: ``app``, the plane of both ASIS and both pubic tubercles is vertical; ``isb``, the
plane of both ASIS and the midpoint of both PSIS is horizontal. Femoral zeros: ``condylar``, Y
from the knee centre (midpoint of the epicondyles) to the hip joint centre, Z parallel to the
posterior condylar line seen along Y; ``isb``, Z in the plane of the epicondyles and the centre;
``tabletop``, X perpendicular to the table on which the femur lies on its back, resting on both
posterior condyles and the most posterior point of its proximal end, Y along the line from the knee
centre to the hip joint centre seen from above.
"""

import numpy as np

from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, Side, as_choice
from hipsim.geometry import rigid

PELVIC_ZEROS = ("app", "isb")
FEMORAL_ZEROS = ("condylar", "isb", "tabletop")


def pelvic_frame(landmarks: Landmarks, zero: str = "app") -> Array:
    """Return ``scan_from_pelvis`` for a named pelvic zero.

    Parameters
    ----------
    landmarks
        In the scan frame, mm; both ASIS and, for ``app``, both pubic tubercles or, for
        ``isb``, both PSIS, and the hip joint centre.
    zero
        ``"app"`` (default) or ``"isb"``.

    Returns
    -------
    scan_from_pelvis
        Shape (4, 4), origin at the hip joint centre, columns X anterior, Y superior, Z right.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    as_choice(zero, PELVIC_ZEROS, name="pelvic_zero")
    right, left = landmarks["asis_right"], landmarks["asis_left"]
    to_right, middle = rigid.unit(right - left), 0.5 * (right + left)
    if zero == "app":
        pubis = 0.5 * (landmarks["pubic_tubercle_right"] + landmarks["pubic_tubercle_left"])
        forward = np.cross(middle - pubis, to_right)
    else:
        forward = middle - 0.5 * (landmarks["psis_right"] + landmarks["psis_left"])
    up = rigid.unit(np.cross(to_right, forward))
    rotation = np.column_stack([np.cross(up, to_right), up, to_right])
    return rigid.transform_from(rotation, landmarks["hip_joint_centre"])


def femoral_frame(landmarks: Landmarks, side: Side, zero: str = "condylar") -> Array:
    """Return ``scan_from_femur`` for a named femoral zero.

    Parameters
    ----------
    landmarks
        In the scan frame, mm; hip joint centre and epicondyles; posterior condyles, but for
        ``isb``; for ``tabletop`` the posterior trochanter.
    side
        Side of the femur: Z points to the subject's right, laterally on a right femur.
    zero
        ``"condylar"`` (default), ``"isb"`` or ``"tabletop"``.

    Returns
    -------
    scan_from_femur
        Shape (4, 4), origin at the hip joint centre, columns X anterior, Y superior, Z right.

    Raises
    ------
    AnatomyError
        If a landmark is missing.

    References
    ----------
    ``isb``: Wu et al. 2002, J Biomech 35:543. ``tabletop``: the table-top plane with the
    trochanteric crest as third contact, as in Fischer et al. 2020,
    doi 10.1038/s41598-020-77479-z.
    """
    as_choice(zero, FEMORAL_ZEROS, name="femoral_zero")
    centre = landmarks["hip_joint_centre"]
    if zero == "tabletop":
        return rigid.transform_from(_tabletop_axes(landmarks, side), centre)
    kind = "posterior_condyle" if zero == "condylar" else "epicondyle"
    outward = landmarks[f"lateral_{kind}"] - landmarks[f"medial_{kind}"]
    rotation = rigid.axes_from(y=centre - knee_centre(landmarks), z_hint=outward * side_sign(side))
    return rigid.transform_from(rotation, centre)


def _tabletop_axes(landmarks: Landmarks, side: Side) -> Array:
    """Return the axes of a femur on a table: X up from the table, Y the mechanical axis on it."""
    medial, lateral = (landmarks[f"{s}_posterior_condyle"] for s in ("medial", "lateral"))
    to_right = (lateral - medial) * side_sign(side)
    along = landmarks["posterior_trochanter"] - 0.5 * (medial + lateral)
    forward = rigid.unit(np.cross(along, to_right))
    mechanical = landmarks["hip_joint_centre"] - knee_centre(landmarks)
    up = rigid.unit(mechanical - (mechanical @ forward) * forward)
    return np.column_stack([forward, up, np.cross(forward, up)])


def knee_centre(landmarks: Landmarks) -> Array:
    """Return the midpoint of the epicondyles, shape (3,), in mm, scan frame."""
    return 0.5 * (landmarks["medial_epicondyle"] + landmarks["lateral_epicondyle"])
