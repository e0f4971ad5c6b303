"""Length and axis of the leg, from landmarks alone: what an osteotomy changes besides its aim."""

import numpy as np

from hipsim.anatomy.frames import knee_centre
from hipsim.anatomy.landmarks import Landmarks
from hipsim.geometry.fit import angle_rad


def leg_length_mm(landmarks: Landmarks) -> float:
    """Measure from the hip joint centre to the knee centre.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    return float(np.linalg.norm(knee_centre(landmarks) - landmarks["hip_joint_centre"]))


def leg_axis_deg(landmarks: Landmarks) -> float:
    """Measure how far the leg axis leans into valgus at the knee.

    The leg axis runs from the knee centre to the hip joint centre; 0 is perpendicular to the line
    through the epicondyles, positive where the hip lies lateral of that perpendicular, as in
    valgus. It does not depend on where the leg lies in the scan.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    up = landmarks["hip_joint_centre"] - knee_centre(landmarks)
    outward = landmarks["lateral_epicondyle"] - landmarks["medial_epicondyle"]
    return 90.0 - float(np.degrees(angle_rad(up, outward)))


def leg_changes(before: Landmarks, after: Landmarks) -> dict[str, float]:
    """Return what becomes of knee, leg axis and leg length; the hip joint centre stays.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    shift = knee_centre(after) - knee_centre(before)
    return {
        "knee_centre_shift_mm": float(np.linalg.norm(shift)),
        "mechanical_axis_change_deg": leg_axis_deg(after) - leg_axis_deg(before),
        "leg_length_change_mm": leg_length_mm(after) - leg_length_mm(before),
    }
