"""The motions by name: what a person types after ``hipsim.motions`` and in a scenario file.

Every function returns a :class:`~hipsim.kinematics.motion.Motion`; what they share (name, zeros,
``pelvic_tilt_deg``, ``threshold_mm``) is changed with :meth:`Motion.evolved`.
"""

from collections.abc import Callable

from hipsim.kinematics.arcs import arc, grid, neutral
from hipsim.kinematics.clinical import faber, front_split, ifi_test, long_stride_walking
from hipsim.kinematics.gait import gait
from hipsim.kinematics.motion import Motion, joined

NAMED_MOTIONS: dict[str, Callable[..., Motion]] = {
    "neutral": neutral,
    "ifi_test": ifi_test,
    "gait": gait,
    "long_stride_walking": long_stride_walking,
    "front_split": front_split,
    "faber": faber,
    "arc": arc,
    "grid": grid,
}

__all__ = [
    "NAMED_MOTIONS",
    "Motion",
    "arc",
    "faber",
    "front_split",
    "gait",
    "grid",
    "ifi_test",
    "joined",
    "long_stride_walking",
    "neutral",
]
