"""Joint angles to rotations and back, and where the femur lies in a pose.

The rotation is intrinsic Z-X'-Y'' (Wu et al. 2002, J Biomech 35:543; Cole et al. 1993, J Biomech
Eng 115:344): flexion about the pelvis's Z, adduction about the carried X, rotation about the
femur's own Y. On a right hip all three are right-hand rotations; on a left hip adduction and
rotation turn the other way, so that the clinical signs agree (``side_sign``).
"""

import numpy as np
from numpy.typing import ArrayLike

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, Side, as_array, as_side
from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.kinematics.centre import equidistant_shift
from hipsim.kinematics.motion import Motion

GIMBAL_MARGIN_DEG = 0.01  # nearer to +-90 deg of adduction the two other angles are not defined


def rotation_from_angles(
    flexion_deg: ArrayLike, adduction_deg: ArrayLike, rotation_deg: ArrayLike, side: Side
) -> Array:
    """Return the rotations of the femoral axes in the pelvic axes for clinical angles.

    Parameters
    ----------
    flexion_deg, adduction_deg, rotation_deg
        Degrees; flexion, adduction and internal rotation positive on both sides. Numbers or
        shape (n,); a number stands for all n poses.
    side
        Side of the hip.

    Returns
    -------
    rotation
        Shape (n, 3, 3), columns are the femur's X anterior, Y superior, Z right.

    Raises
    ------
    InputError
        If the angles are not finite numbers or their lengths disagree.

    Examples
    --------
    Adduction carries the left knee to the subject's right (medially):

    >>> knee = rotation_from_angles(0, 90, 0, "left")[0] @ [0.0, -1.0, 0.0]
    >>> [round(float(x), 9) + 0.0 for x in knee]
    [0.0, 0.0, 1.0]
    """
    sign = side_sign(as_side(side))
    flexion, adduction, rotation = np.radians(_as_angles(flexion_deg, adduction_deg, rotation_deg))
    return (
        rigid.rotation_about([0.0, 0.0, 1.0], flexion)
        @ rigid.rotation_about([1.0, 0.0, 0.0], sign * adduction)
        @ rigid.rotation_about([0.0, 1.0, 0.0], sign * rotation)
    )


def angles_from_rotation(rotation: ArrayLike, side: Side) -> dict[str, Array]:
    """Return the clinical angles of rotations; the inverse of :func:`rotation_from_angles`.

    Parameters
    ----------
    rotation
        Femoral axes in the pelvic axes, shape (3, 3) or (n, 3, 3).
    side
        Side of the hip.

    Returns
    -------
    angles
        ``flexion``, ``adduction`` and ``rotation`` in degrees, shape (n,) each; adduction within
        -90 to 90, the others within -180 to 180.

    Raises
    ------
    InputError
        Within 0.01 deg of 90 deg of adduction or abduction: there flexion and rotation turn
        about the same axis and only their sum has a meaning.

    Examples
    --------
    >>> angles = angles_from_rotation(rotation_from_angles(-20, 10, -5, "left"), "left")
    >>> {name: round(float(value[0]), 6) for name, value in angles.items()}
    {'flexion': -20.0, 'adduction': 10.0, 'rotation': -5.0}
    """
    sign = side_sign(as_side(side))
    array = np.asarray(rotation, dtype=np.float64)
    m = as_array(array[None] if array.ndim == 2 else array, (-1, 3, 3), name="rotation")
    adduction = np.degrees(np.arctan2(m[:, 2, 1], np.hypot(m[:, 2, 0], m[:, 2, 2])))
    if (np.abs(adduction) > 90.0 - GIMBAL_MARGIN_DEG).any():
        raise InputError(
            "angles need less than 90 deg of adduction or abduction; at "
            f"{np.abs(adduction).max():.4f} deg flexion and rotation cannot be told apart"
        )
    return {
        "flexion": np.degrees(np.arctan2(-m[:, 0, 1], m[:, 1, 1])),
        "adduction": sign * adduction,
        "rotation": sign * np.degrees(np.arctan2(-m[:, 2, 0], m[:, 2, 2])),
    }


def joint_angles(
    hip: Hip, pelvic_zero: str = "app", femoral_zero: str = "condylar"
) -> dict[str, float]:
    """Return the pose in which the hip was scanned, in degrees.

    Parameters
    ----------
    hip
        A hip with pelvic and distal femoral landmarks.
    pelvic_zero, femoral_zero
        The frames the angles are stated in; see :mod:`hipsim.anatomy.frames`.

    Returns
    -------
    angles
        ``flexion``, ``adduction`` and ``rotation`` (internal positive) in degrees.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    InputError
        If a zero is unknown, or the hip lies at 90 deg of adduction or abduction.
    """
    pelvis, femur = hip.pelvic_frame(pelvic_zero), hip.femoral_frame(femoral_zero)
    angles = angles_from_rotation(pelvis[:3, :3].T @ femur[:3, :3], hip.side)
    return {name: float(value[0]) for name, value in angles.items()}


def pelvis_from_femur(hip: Hip, motion: Motion) -> Array:
    """Return where each pose of a motion puts the femur, scan coordinates to scan coordinates.

    The meshes stay where the scanner saw them: a point of the femur in scan coordinates is
    taken to where it lies, in the pelvis's scan coordinates, when the joint has the pose's angles.
    ``motion.pelvic_tilt_deg`` is added to flexion. The hip joint centre stays in place, unless the
    motion asks for the ``"equidistant"`` centre (:mod:`hipsim.kinematics.centre`).

    Parameters
    ----------
    hip
        A hip with pelvic and distal femoral landmarks.
    motion
        n poses with their pelvic and femoral zero.

    Returns
    -------
    transforms
        Shape (n, 4, 4), rigid, mm: ``scan_from_pelvis @ pose @ femur_from_scan``.

    Raises
    ------
    AnatomyError
        If a landmark is missing, or articular surfaces the motion's centre needs.
    """
    rotation = rotation_from_angles(
        motion.flexion_deg + motion.pelvic_tilt_deg,
        motion.adduction_deg,
        motion.rotation_deg,
        hip.side,
    )
    scan_from_pelvis = hip.pelvic_frame(motion.pelvic_zero)
    femur_from_scan = rigid.inverse(hip.femoral_frame(motion.femoral_zero))
    transforms = scan_from_pelvis @ rigid.transform_from(rotation) @ femur_from_scan
    if motion.centre == "equidistant":
        transforms[:, :3, 3] += equidistant_shift(hip, transforms[:, :3, :3]).translation_mm
    return transforms


def _as_angles(*angles: ArrayLike) -> Array:
    """Convert three numbers or (n,) arrays to finite angles of shape (3, n)."""
    try:
        rows = np.broadcast_arrays(*[np.atleast_1d(angle) for angle in angles])
    except ValueError:
        lengths = ", ".join(str(np.size(angle)) for angle in angles)
        raise InputError(
            f"flexion, adduction and rotation need one length, got {lengths}"
        ) from None
    return as_array(np.stack(rows), (3, -1), name="angles")
