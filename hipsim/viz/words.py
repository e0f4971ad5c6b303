"""The sentences pictures carry: poses, distances and conventions, in words and with units."""

from collections.abc import Mapping

from hipsim.kinematics import Motion

DISCLAIMER = "Research software, not a medical device"
MINUS = "\N{MINUS SIGN}"
_DIRECTIONS = {
    "flexion": ("flexion", "extension"),
    "adduction": ("adduction", "abduction"),
    "rotation": ("internal rotation", "external rotation"),
}


def describe_pose(pose_deg: Mapping[str, float]) -> str:
    """Write a pose in clinical words: every angle positive in the direction it is named.

    Parameters
    ----------
    pose_deg
        ``flexion``, ``adduction`` and ``rotation`` in degrees (flexion, adduction and internal
        rotation positive).

    Examples
    --------
    >>> describe_pose({"flexion": -20, "adduction": 10, "rotation": 0})
    'extension 20°, adduction 10°, rotation 0°'
    """
    return ", ".join(describe_angle(name, float(pose_deg[name])) for name in _DIRECTIONS)


def describe_angle(name: str, angle_deg: float) -> str:
    """Write one angle of a pose in the direction it is named.

    Parameters
    ----------
    name
        ``"flexion"``, ``"adduction"`` or ``"rotation"``.
    angle_deg
        Flexion, adduction, internal rotation positive.

    Examples
    --------
    >>> describe_angle("rotation", -15.0)
    'external rotation 15°'
    """
    positive, negative = _DIRECTIONS[name]
    shown = round(angle_deg, 1)
    word = name if shown == 0 else positive if shown > 0 else negative
    return f"{word} {abs(shown):g}°"


def signed_pose(pose_deg: Mapping[str, float]) -> str:
    """Write the same pose as the signed numbers found in tables.

    Examples
    --------
    >>> signed_pose({"flexion": -20, "adduction": 10, "rotation": 0})
    'flexion −20°, adduction +10°, internal rotation 0°'
    """
    return ", ".join(
        f"{positive} {_signed_angle(float(pose_deg[name]))}"
        for name, (positive, _) in _DIRECTIONS.items()
    )


def signed(number: float, *, digits: int = 1) -> str:
    """Write a number with its sign, a true minus, and no sign on zero.

    Examples
    --------
    >>> signed(4.94), signed(-2.0), signed(-0.04)
    ('+4.9', '−2.0', '0.0')
    """
    shown = round(number, digits)
    text = f"{abs(shown):.{digits}f}"
    return text if shown == 0 else f"{'+' if shown > 0 else MINUS}{text}"


def signed_mm(distance_mm: float) -> str:
    """Write a distance to a tenth of a mm; only overlap carries a sign.

    Examples
    --------
    >>> signed_mm(4.94), signed_mm(-2.0)
    ('4.9', '−2.0')
    """
    shown = round(distance_mm, 1) + 0.0
    return f"{shown:.1f}".replace("-", MINUS)


def plain(number: float) -> str:
    """Write a number with at most one decimal, a true minus and no needless zeros.

    Examples
    --------
    >>> plain(-10.0), plain(-0.0), plain(2.54)
    ('−10', '0', '2.5')
    """
    return f"{round(float(number), 1) + 0.0:g}".replace("-", MINUS)


def describe_space(distance_mm: float) -> str:
    """Write a clearance: a gap, or how deep bones overlap.

    Examples
    --------
    >>> describe_space(12.34), describe_space(-3.2)
    ('12.3 mm', '−3.2 mm (overlap)')
    """
    text = f"{abs(distance_mm):.1f} mm"
    if round(distance_mm, 1) == 0:
        return "0.0 mm (contact)" if distance_mm <= 0 else text
    return text if distance_mm > 0 else f"{MINUS}{text} (overlap)"


def describe_name(name: str) -> str:
    """Write the name of a motion, an arm or a structure as people say it.

    Examples
    --------
    >>> describe_name("ifi_test"), describe_name("lesser_trochanter")
    ('IFI test', 'lesser trochanter')
    """
    return " ".join("IFI" if word == "ifi" else word for word in name.replace("_", " ").split(" "))


def describe_conventions(motion: Motion) -> str:
    """Name the zeros a motion's angles are counted from."""
    tilt = f" + tilt {plain(motion.pelvic_tilt_deg)}°" if motion.pelvic_tilt_deg else ""
    return f"pelvic zero: {motion.pelvic_zero}{tilt} · femoral zero: {motion.femoral_zero}"


def _signed_angle(angle_deg: float) -> str:
    """Write an angle with its sign and no needless decimals."""
    shown = round(angle_deg, 1)
    return "0°" if shown == 0 else f"{shown:+g}°".replace("-", MINUS)
