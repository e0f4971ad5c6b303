"""Which structure of the bone a face belongs to, from landmarks and simple rules.

Femur, in the condylar frame (origin: hip joint centre; R the head radius), later rules first:
distal femur is what lies more than 45 mm below the LT apex (never nearest to the ischium, and left
out of every sweep); the lesser trochanter is everything within 22 mm of its apex; the head within
1.15 R of its centre; the neck within 1.1 R of the neck axis and 1.6 R along it; the greater
trochanter, from 10 mm above the LT apex, lateral of the shaft axis or above the neck; the
intertrochanteric crest, from 10 mm above the LT apex, behind the shaft axis; the rest is shaft.

Hip bone, in the ``app`` frame: the ischium is everything more than 18 mm below the hip joint centre
and less than 8 mm in front of it (the definition behind the reference figures for CT hips).
"""

import numpy as np

from hipsim.anatomy import frames
from hipsim.anatomy.hip import FEMORAL_STRUCTURES, PELVIC_STRUCTURES, Labels
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, Side
from hipsim.geometry import Mesh, rigid

LESSER_TROCHANTER_RADIUS_MM = 22.0  # region of the published reference figures
ISCHIUM_BELOW_CENTRE_MM = 18.0
ISCHIUM_IN_FRONT_MM = 8.0
SHAFT_BELOW_LT_MM = 45.0
HEAD_RADII = 1.15
NECK_RADII = 1.6  # along the neck axis
NECK_HALF_WIDTH_RADII = 1.1
TROCHANTERIC_ABOVE_LT_MM = 10.0
_UP = np.array([0.0, 1.0, 0.0])


def label_femur(
    femur: Mesh,
    landmarks: Landmarks,
    side: Side,
    head_radius_mm: float,
    *,
    scan_from_femur: Array | None = None,
) -> Labels:
    """Label each face of a femur with its structure.

    Parameters
    ----------
    femur
        Scan frame, mm.
    landmarks
        Femoral landmarks in the scan frame.
    side
        Side of the femur.
    head_radius_mm
        Radius of the femoral head.
    scan_from_femur
        Condylar frame (4, 4); from the landmarks if left out, which takes those of the knee.

    Returns
    -------
    labels
        Index into ``FEMORAL_STRUCTURES`` for each face, shape (m,).
    """
    frame = frames.femoral_frame(landmarks, side) if scan_from_femur is None else scan_from_femur
    femur_from_scan = rigid.inverse(frame)
    x, y, z = rigid.apply(femur_from_scan, femur.face_centres).T
    marks = {n: rigid.apply(femur_from_scan, p[None])[0] for n, p in landmarks.items()}
    apex, neck = marks["lesser_trochanter"], rigid.unit(marks["neck_isthmus"])
    top, bottom = marks["shaft_axis_proximal"], marks["shaft_axis_distal"]
    along = (y - top[1]) / (bottom[1] - top[1])
    lateral = (z - top[2] - along * (bottom[2] - top[2])) * side_sign(side)
    forward = x - top[0] - along * (bottom[0] - top[0])
    points = np.column_stack([x, y, z])
    along_neck = points @ neck
    off_neck = np.linalg.norm(points - np.outer(along_neck, neck), axis=1)
    is_neck = (along_neck < NECK_RADII * head_radius_mm) & (y > apex[1])
    is_neck &= off_neck < NECK_HALF_WIDTH_RADII * head_radius_mm
    upper = y > apex[1] + TROCHANTERIC_ABOVE_LT_MM
    above_neck = points @ rigid.unit(_UP - neck[1] * neck) > 0.0
    name = np.full(len(points), "shaft", dtype=object)
    name[upper & (forward < 0.0)] = "intertrochanteric_crest"
    name[upper & ((lateral > 0.0) | above_neck)] = "greater_trochanter"
    name[is_neck] = "neck"
    name[np.linalg.norm(points, axis=1) < HEAD_RADII * head_radius_mm] = "head"
    near_apex = np.linalg.norm(points - apex, axis=1) < LESSER_TROCHANTER_RADIUS_MM
    name[near_apex] = "lesser_trochanter"
    name[y < apex[1] - SHAFT_BELOW_LT_MM] = "distal_femur"
    return np.array([FEMORAL_STRUCTURES.index(n) for n in name], dtype=np.int8)


def label_hip_bone(hip_bone: Mesh, landmarks: Landmarks) -> Labels:
    """Label each face of a hip bone with its structure.

    Parameters
    ----------
    hip_bone
        Scan frame, mm.
    landmarks
        Hip joint centre, both ASIS and both pubic tubercles, scan frame.

    Returns
    -------
    labels
        Index into ``PELVIC_STRUCTURES`` for each face, shape (m,).
    """
    pelvis_from_scan = rigid.inverse(frames.pelvic_frame(landmarks, "app"))
    x, y, _ = rigid.apply(pelvis_from_scan, hip_bone.face_centres).T
    is_ischium = (y < -ISCHIUM_BELOW_CENTRE_MM) & (x < ISCHIUM_IN_FRONT_MM)
    ischium, other = (PELVIC_STRUCTURES.index(n) for n in ("ischium", "other_pelvis"))
    return np.where(is_ischium, ischium, other).astype(np.int8)
