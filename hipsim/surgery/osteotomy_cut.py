"""Where an osteotomy cuts the femur: level, axis, obliquity, and the frame of the cut.

The frame of a cut has its origin where the plane crosses the axis, Y along the normal of the plane
towards the hip, and Z from the head towards the greater trochanter in the plane of axis and neck;
that is lateral. The plane may be tilted from perpendicular to the axis: a positive obliquity lifts
its lateral end.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hipsim.anatomy.fragments import fragment_shaft_axis
from hipsim.anatomy.frames import knee_centre
from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, as_choice, as_number
from hipsim.errors import InputError
from hipsim.geometry import rigid

Level = Literal["subtrochanteric", "intertrochanteric", "supracondylar"]
Axis = Literal["mechanical", "anatomical"]
LEVELS = ("subtrochanteric", "intertrochanteric", "supracondylar")
AXES = ("mechanical", "anatomical")

SUBTROCHANTERIC_MM = 50.0  # below the LT apex; every region that is swept ends 45 mm below it
INTERTROCHANTERIC_MM = -15.0  # the upper border of the lesser trochanter
SUPRACONDYLAR_ABOVE_KNEE_MM = 80.0
CONDYLES_ABOVE_KNEE_MM = 40.0  # no cut nearer to the knee centre
TROCHANTER_MM = (-12.0, 20.0)  # a cut in between would go through the trochanter
CLEAR_OF_APEX_MM = 10.0  # by which a tilted cut must pass the LT apex
LARGEST_OBLIQUITY_DEG = 45.0
HEAD_RADII = 1.1  # a cut must pass below the head by this many radii from its centre


@dataclass(frozen=True, eq=False)
class CutPlane:
    """A plane across the femur.

    Attributes
    ----------
    scan_from_cut
        Frame of the cut, shape (4, 4).
    axis
        Unit vector up the axis the level is measured on, in the frame of the cut, shape (3,).
    below_apex_mm
        Where the plane crosses the axis, mm below the LT apex.
    level, axis_name, obliquity_deg
        As they were asked for.
    """

    scan_from_cut: Array
    axis: Array
    below_apex_mm: float
    level: Level | float
    axis_name: Axis
    obliquity_deg: float

    @property
    def note(self) -> dict[str, object]:
        """What is noted of it."""
        return {
            "level": self.level,
            "level_below_lt_mm": self.below_apex_mm,
            "axis": self.axis_name,
            "obliquity_deg": self.obliquity_deg,
            "cut_point_mm": self.scan_from_cut[:3, 3].tolist(),
            "cut_normal": self.scan_from_cut[:3, 1].tolist(),
        }


def cut_plane(hip: Hip, level: Level | float, axis: Axis, obliquity_deg: float) -> CutPlane:
    """Return the plane of an osteotomy.

    Parameters
    ----------
    hip
        With femoral landmarks.
    level
        ``"subtrochanteric"``, 50 mm below the LT apex; ``"intertrochanteric"``, 15 mm above it;
        ``"supracondylar"``, 80 mm above the knee centre; or mm below the LT apex along the axis.
    axis
        ``"mechanical"``, through knee centre and hip joint centre, or ``"anatomical"``, the axis of
        the proximal shaft.
    obliquity_deg
        Tilt of the plane from perpendicular to the axis, lateral end up positive, within 45.

    Raises
    ------
    InputError
        If the level runs through head, lesser trochanter or condyles.
    AnatomyError
        If a landmark is missing.
    """
    oblique = as_number(
        obliquity_deg,
        name="obliquity_deg",
        low=-LARGEST_OBLIQUITY_DEG,
        high=LARGEST_OBLIQUITY_DEG,
        unit="deg",
    )
    top, bottom = _ends(hip, as_choice(axis, AXES, name="axis"))
    up = rigid.unit(top - bottom)
    apex = float((hip.landmarks["lesser_trochanter"] - bottom) @ up)
    knee = float((knee_centre(hip.landmarks) - bottom) @ up)
    below = _below_apex(level, apex - knee)
    origin = bottom + (apex - below) * up
    lateral = hip.landmarks["neck_isthmus"] - hip.landmarks["hip_joint_centre"]
    straight = rigid.axes_from(y=up, z_hint=lateral)
    tilted = straight @ rigid.rotation_about((1.0, 0.0, 0.0), -np.deg2rad(oblique))
    _check_clear(hip, origin, tilted[:, 1], below)
    frame = rigid.transform_from(tilted, origin)
    return CutPlane(frame, tilted.T @ up, below, level, axis, oblique)


def _ends(hip: Hip, axis: str) -> tuple[Array, Array]:
    """Return an upper and a lower point of the axis."""
    if axis == "anatomical":
        return fragment_shaft_axis(hip)
    return hip.landmarks["hip_joint_centre"], knee_centre(hip.landmarks)


def _below_apex(level: Level | float, knee_below_mm: float) -> float:
    """Return how many mm below the LT apex a level lies."""
    if not isinstance(level, str):
        high = knee_below_mm - CONDYLES_ABOVE_KNEE_MM
        below = as_number(level, name="level", low=-100.0, high=high, unit="mm below the LT apex")
    else:
        named = {
            "subtrochanteric": SUBTROCHANTERIC_MM,
            "intertrochanteric": INTERTROCHANTERIC_MM,
            "supracondylar": knee_below_mm - SUPRACONDYLAR_ABOVE_KNEE_MM,
        }
        below = named[as_choice(level, LEVELS, name="level")]
    if TROCHANTER_MM[0] < below < TROCHANTER_MM[1]:
        raise InputError(
            f"level {below:g} mm below the apex would cut through the lesser trochanter; choose "
            f"at most {TROCHANTER_MM[0]:g} or at least {TROCHANTER_MM[1]:g} mm"
        )
    return below


def _check_clear(hip: Hip, origin: Array, normal: Array, below: float) -> None:
    """Raise InputError if the plane cuts the head or, tilted, the apex of the trochanter."""
    if (hip.landmarks["hip_joint_centre"] - origin) @ normal < HEAD_RADII * hip.head_radius_mm:
        raise InputError(
            f"level {below:g} mm below the LT's apex would cut into the femoral head, "
            "choose a lower one"
        )
    over = float((hip.landmarks["lesser_trochanter"] - origin) @ normal)
    if abs(over) < CLEAR_OF_APEX_MM:
        raise InputError(
            f"this plane would pass {abs(over):.0f} mm from the apex of the lesser trochanter; "
            "tilt it less or choose another level"
        )
