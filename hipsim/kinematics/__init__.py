"""The joint: clinical angles to transforms, and the motions under which space is asked for.

Angles are degrees, intrinsic Z-X'-Y'' in ISB axes (flexion, adduction, internal rotation positive
on both sides), between a named pelvic zero and a named femoral zero. ``joint`` holds the
mathematics, ``motion`` the noun, ``arcs``, ``gait`` and ``clinical`` the motions themselves;
``motions`` lists them by name.
"""

from hipsim.kinematics.joint import (
    angles_from_rotation,
    joint_angles,
    pelvis_from_femur,
    rotation_from_angles,
)
from hipsim.kinematics.motion import Motion

__all__ = [
    "Motion",
    "angles_from_rotation",
    "joint_angles",
    "pelvis_from_femur",
    "rotation_from_angles",
]
