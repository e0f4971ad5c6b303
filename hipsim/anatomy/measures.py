"""Measures of the femur a surgeon knows by name, each with the name of its method.

Angles in degrees, on the landmarks of a hip, so they are right again after an osteotomy.
Methods of femoral version differ by up to 18 deg (doi 10.1302/2633-1462.310.BJO-2022-0102.R1);
never quote one without its name.
"""

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array
from hipsim.errors import AnatomyError
from hipsim.geometry import rigid
from hipsim.geometry.fit import angle_rad
from hipsim.geometry.section import section


def femoral_versions_deg(hip: Hip) -> dict[str, float]:
    """Measure femoral version, anteversion positive, by each method hipsim knows.

    Parameters
    ----------
    hip
        A hip with a whole femur.

    Returns
    -------
    versions
        Method to degrees. ``neck_isthmus``: line from the head centre to the centroid of the
        narrowest neck section, against the posterior condylar line, seen along the mechanical
        axis (the definition behind the figures of five raters on CT hips). ``murphy``: line from
        the head centre to the centroid of the femoral section at the base of the neck, just
        above the lesser trochanter, same projection (Murphy et al., Clin Orthop 1987;215:154).

    Raises
    ------
    AnatomyError
        If a landmark is missing or the femur has no section above the lesser trochanter.
    """
    ends = {"neck_isthmus": hip.landmarks["neck_isthmus"], "murphy": _neck_base(hip)}
    return {method: _version_deg(hip, end) for method, end in ends.items()}


def neck_shaft_angle_deg(hip: Hip) -> float:
    """Measure the angle in space between neck axis and proximal shaft axis, in degrees.

    Neck axis: head centre to the centroid of the narrowest neck section. Shaft axis: line through
    the section centroids from 0.225 to 0.40 of the mechanical length below the head centre.
    """
    marks = hip.landmarks
    neck = marks["hip_joint_centre"] - marks["neck_isthmus"]
    shaft = marks["shaft_axis_distal"] - marks["shaft_axis_proximal"]
    return float(np.degrees(angle_rad(neck, shaft)))


def _neck_base(hip: Hip) -> Array:
    """Return the centroid of the section one LT radius above the LT apex."""
    frame = hip.femoral_frame("condylar")
    apex = hip.landmarks["lesser_trochanter"]
    outlines = section(hip.femur, apex + 0.5 * hip.head_radius_mm * frame[:3, 1], frame[:3, 1])
    if not outlines:
        raise AnatomyError("the femur has no section above the lesser trochanter")
    return outlines[0].centroid


def _version_deg(hip: Hip, neck_end: Array) -> float:
    """Measure the direction head centre to neck end against Z of the condylar frame."""
    local = rigid.apply(rigid.inverse(hip.femoral_frame("condylar")), neck_end[None])[0]
    return float(np.degrees(np.arctan2(-local[0], side_sign(hip.side) * local[2])))
