"""Measures of the hip a surgeon knows by name; this file is their list.

Angles in degrees and lengths in mm, on the landmarks and surfaces a hip has now. Each file holds
the definitions of its measures: femoral version by five methods (``measure_version``), femur and
lesser trochanter (``measure_femur``), pelvis and acetabulum (``measure_pelvis``).
"""

from hipsim.anatomy.measure_femur import (
    LesserTrochanterShape,
    femoral_length_mm,
    femoral_offset_mm,
    lesser_trochanter_neck_angle_deg,
    lesser_trochanter_shape,
    mechanical_length_mm,
    neck_length_mm,
    neck_shaft_angle_deg,
    shaft_to_mechanical_axis_deg,
)
from hipsim.anatomy.measure_pelvis import (
    AcetabularOrientation,
    acetabular_orientation,
    inter_asis_mm,
    inter_hip_mm,
    inter_tuberous_mm,
    ischial_angle_deg,
    mckibbin_index_deg,
    pelvic_tilt_deg,
)
from hipsim.anatomy.measure_version import (
    VERSION_METHODS,
    femoral_version_deg,
    femoral_versions_deg,
)

__all__ = [
    "VERSION_METHODS",
    "AcetabularOrientation",
    "LesserTrochanterShape",
    "acetabular_orientation",
    "femoral_length_mm",
    "femoral_offset_mm",
    "femoral_version_deg",
    "femoral_versions_deg",
    "inter_asis_mm",
    "inter_hip_mm",
    "inter_tuberous_mm",
    "ischial_angle_deg",
    "lesser_trochanter_neck_angle_deg",
    "lesser_trochanter_shape",
    "mckibbin_index_deg",
    "mechanical_length_mm",
    "neck_length_mm",
    "neck_shaft_angle_deg",
    "pelvic_tilt_deg",
    "shaft_to_mechanical_axis_deg",
]
