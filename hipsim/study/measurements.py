"""Everything hipsim measures on one hip, as one plain dictionary.

Coordinates are those of the input files, in mm. A measure that cannot be taken, because a landmark
is missing, is left out and listed under ``not_available`` with its reason.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from hipsim.anatomy.frames import FEMORAL_ZEROS, PELVIC_ZEROS
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.measures import femoral_versions_deg, neck_shaft_angle_deg
from hipsim.checks import Array
from hipsim.errors import AnatomyError
from hipsim.kinematics import joint_angles
from hipsim.planning.space import ischiofemoral_space
from hipsim.study.conventions import CONVENTIONS, DISCLAIMER


def measure(hip: Hip) -> dict[str, Any]:
    """Measure a hip: frames, landmarks, femoral version, neck-shaft angle, space, scan pose.

    Parameters
    ----------
    hip
        Any hip.

    Returns
    -------
    measures
        ``name``, ``side``, ``hjc_mm``, ``head_radius_mm``, ``pelvic_frames`` and
        ``femoral_frames`` (zero to 3 x 3, rows X, Y, Z in the scan frame), ``landmarks_mm``,
        ``femoral_version_deg`` (method to value), ``neck_shaft_angle_deg``, ``ifs_3d_mm`` and
        ``ifs_axial_mm`` (neutral pose, ``app`` x ``condylar``), ``scan_pose_deg`` (flexion,
        adduction, rotation, the same zeros), ``not_available``, ``conventions``.

    Examples
    --------
    >>> from hipsim.io import load_hip
    >>> sorted(measure(load_hip("woman_narrow"))["pelvic_frames"])
    ['app', 'isb']
    """
    found: dict[str, Any] = {
        "name": hip.name,
        "side": hip.side,
        "hjc_mm": hip.landmarks["hip_joint_centre"].tolist(),
        "head_radius_mm": hip.head_radius_mm,
        "landmarks_mm": {name: point.tolist() for name, point in hip.landmarks.items()},
    }
    missing: dict[str, str] = {}
    for key, take in _measures(hip).items():
        try:
            found[key] = take()
        except AnatomyError as error:
            missing[key] = str(error)
    found["not_available"] = missing
    found["conventions"] = CONVENTIONS
    found["note"] = DISCLAIMER
    return found


def _measures(hip: Hip) -> dict[str, Callable[[], Any]]:
    """List the measures that need landmarks a hip may lack."""
    space = cache(lambda: ischiofemoral_space(hip))
    return {
        "pelvic_frames": lambda: _frames(hip.pelvic_frame, PELVIC_ZEROS),
        "femoral_frames": lambda: _frames(hip.femoral_frame, FEMORAL_ZEROS),
        "femoral_version_deg": lambda: femoral_versions_deg(hip),
        "neck_shaft_angle_deg": lambda: neck_shaft_angle_deg(hip),
        "scan_pose_deg": lambda: joint_angles(hip),
        "ifs_3d_mm": lambda: space().ifs_3d_mm,
        "ifs_axial_mm": lambda: space().ifs_axial_mm,
    }


def _frames(frame: Callable[[str], Array], zeros: tuple[str, ...]) -> dict[str, Any]:
    """Return zero to axes as rows."""
    return {zero: frame(zero)[:3, :3].T.tolist() for zero in zeros}
