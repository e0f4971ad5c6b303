"""Named points of a virtual femur, put where the parameters and the published means say.

Condylar frame: origin at the hip joint centre, X anterior, Y towards it from the knee, Z lateral.
Head, neck and greater trochanter are laid out in the neck frame, which is the condylar frame
turned about Y by the version, and then turned with it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from hipsim.anatomy import virtual_figures as figures
from hipsim.anatomy.virtual_shape import HipShape, expected, neck_end
from hipsim.checks import Array
from hipsim.geometry import rigid

Handles = dict[str, Array]

TWIST_ENDS = (0.85, 0.97)  # share of the length over which the version fades out to the knee
WIDTH_ENDS = (0.80, 0.94)  # ... and over which the width of the shaft gives way to the knee's
BOW_ENDS = (0.20, 0.85)  # the half sine of the bow; 0.761 of it stands over the chord that measures
BOW_OVER_CHORD = 0.761
WIDTH_GAIN = 3.0  # the smooth warp loses most of a change as narrow as the lesser trochanter
LESSER_TROCHANTER_LAG = 0.36  # degrees its direction stays behind per degree of version
# share of a departure of the greater trochanter's tip (height) and lateral point that others follow
WITH_TIP = {"trochanter_tip": 1.0, "trochanter_lateral": 0.3, "crest_upper": 0.4}
WITH_LATERAL = {"trochanter_lateral": 1.0, "trochanter_tip": 0.5, "trochanter_anterior": 0.4}
WITH_LATERAL |= {"crest_upper": 0.4, "crest_middle": 0.2}
WITH_LESSER = {"crest_lower": 0.9, "crest_middle": 0.5, "crest_upper": 0.2}
# head radii from the centre along the neck; three rings, so that its width is met between them
NECK_RINGS = {"neck_isthmus": figures.ISTHMUS_PER_HEAD_RADIUS, "neck_inner": 0.7, "neck_outer": 1.3}
WIDEST_NECK = 0.93  # half its handles' width in head radii: beyond, the calcar bulges
NECK_GAIN = 2.0  # the warp is smooth: half of a change between head and trochanter is lost
AXES = np.vstack([np.eye(3), -np.eye(3)])
_UP = np.array([0.0, 1.0, 0.0])


def femoral_handles(shape: HipShape) -> Handles:
    """Return the points of the femur, condylar frame (origin hip joint centre), mm."""
    turn = rigid.rotation_about(_UP, -np.radians(shape.version_deg))
    neck = _neck_handles(shape) | _greater_trochanter_handles(shape)
    proximal = {name: turn @ point for name, point in neck.items()}
    return proximal | _shaft_handles(shape) | _trochanter_handles(shape) | _distal_handles(shape)


def lesser_trochanter_azimuth_deg(shape: HipShape) -> float:
    """Return the direction of the apex from the shaft axis, from medial to posterior.

    It turns with the neck, but lags behind: it is not locked to the condyles either.
    """
    lag = LESSER_TROCHANTER_LAG * (shape.version_deg - _of_sex("version_deg", shape))
    return shape.lesser_trochanter_direction_deg - shape.version_deg + lag


def _mean(pair: Sequence[Any], shape: HipShape) -> Array:
    """Return the figure for the sex of a shape."""
    return np.array(pair[figures.SEXES.index(shape.sex)], dtype=float)


def _of_sex(name: str, shape: HipShape) -> float:
    """Return the mean of a parameter for the sex of a shape."""
    return figures.MEASURES[name][figures.SEXES.index(shape.sex)]


def _neck_direction(shape: HipShape) -> Array:
    """Return the unit vector from the head centre along the neck, neck frame."""
    down, out = neck_end(shape.neck_shaft_angle_deg, 1.0)
    return np.array([0.0, -down, out])


@lru_cache(maxsize=4)
def _shift(shape: HipShape) -> Array:
    """Return how far trochanters and shaft lie from their mean place, neck frame."""
    mean = shape.size * _mean(figures.PROXIMAL_POINTS["neck_meets_shaft"], shape)
    shift: Array = shape.neck_length_mm * _neck_direction(shape) - mean
    behind = shape.neck_before_shaft_mm - _departed_from(shape)["neck_before_shaft_mm"]
    shift -= [behind, 0.0, 0.0]
    shift.setflags(write=False)
    return shift


def _departed_from(shape: HipShape) -> dict[str, Any]:
    """Return what is expected of a shape of these main dimensions."""
    main = ("head_radius_mm", "femoral_length_mm", "neck_shaft_angle_deg", "neck_length_mm")
    return expected(shape.sex, {name: getattr(shape, name) for name in main})


def _neck_handles(shape: HipShape) -> Handles:
    """Return head and neck, neck frame."""
    radius, along = shape.head_radius_mm, _neck_direction(shape)
    handles = {f"head_{i}": radius * step for i, step in enumerate(AXES)}
    up_down, front_back = _neck_halves(shape)
    front = np.array([1.0, 0.0, 0.0])
    up = np.cross(along, front)
    for ring, place in NECK_RINGS.items():
        centre = place * radius * along
        handles[ring] = centre
        for name, step in (("up", up_down * up), ("front", front_back * front)):
            handles[f"{ring}_{name}_plus"] = centre + step
            handles[f"{ring}_{name}_minus"] = centre - step
    return handles


def _neck_halves(shape: HipShape) -> Array:
    """Return half the height and depth of the neck, exaggerated by what the warp loses."""
    halves = _mean(figures.NECK_HALF_WIDTHS, shape)
    wanted = halves * 0.5 * shape.neck_width_mm / halves[0]
    woman = figures.MEASURES["head_radius_mm"][0]
    table = np.array(figures.NECK_HALF_WIDTHS[0]) * shape.head_radius_mm / woman
    exaggerated = table + NECK_GAIN * (wanted - table)
    within: Array = np.minimum(exaggerated, WIDEST_NECK * shape.head_radius_mm)
    return within


def _greater_trochanter_handles(shape: HipShape) -> Handles:
    """Return greater trochanter and intertrochanteric crest, neck frame."""
    usual, shift = _departed_from(shape), _shift(shape)
    departures = {
        name: getattr(shape, name) - usual[name]
        for name in (
            "greater_trochanter_height_mm",
            "greater_trochanter_lateral_mm",
            "lesser_trochanter_level_mm",
        )
    }
    height, lateral, level = departures.values()
    handles = {}
    for name, pair in figures.PROXIMAL_POINTS.items():
        if name not in ("neck_meets_shaft", "lesser_trochanter"):
            up = WITH_TIP.get(name, 0.0) * height - WITH_LESSER.get(name, 0.0) * level
            step = np.array([0.0, up, WITH_LATERAL.get(name, 0.0) * lateral])
            handles[name] = shape.size * _mean(pair, shape) + shift + step
    return handles


def _shaft_centre(shape: HipShape, level: float, section: Array) -> Array:
    """Return the centre of a shaft section, condylar frame."""
    longer = shape.femoral_length_mm / _of_sex("femoral_length_mm", shape)
    x, z = section[:2] * [longer, shape.size]
    x += _bow(shape, level)
    mean_version = _of_sex("version_deg", shape)
    centre = np.array([x, -level * shape.femoral_length_mm, z])
    level_shift = _shift(shape) * [1.0, 0.0, 1.0]
    centre += _turn(-np.radians(mean_version)) @ level_shift * (1.0 - level)
    twist = np.radians(shape.version_deg - mean_version) * _twist_share(level)
    turned: Array = _turn(-twist) @ centre
    return turned


def _turn(angle_rad: float) -> Array:
    """Return the rotation about the axis that points up, shape (3, 3)."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])


def _bow(shape: HipShape, level: float) -> float:
    """Return how far a level of the shaft is bowed forward beyond the mean, mm."""
    start, end = BOW_ENDS
    place = float(np.clip((level - start) / (end - start), 0.0, 1.0))
    more = shape.anterior_bow_mm - _of_sex("anterior_bow_mm", shape)
    return more / BOW_OVER_CHORD * float(np.sin(np.pi * place))


def _twist_share(level: float) -> float:
    """Return how much of the version a level of the shaft follows: all, fading at the knee."""
    start, end = TWIST_ENDS
    return float(np.clip((end - level) / (end - start), 0.0, 1.0))


def _shaft_handles(shape: HipShape) -> Handles:
    """Return centre and four surface points of each shaft section, condylar frame."""
    mean_version = _of_sex("version_deg", shape)
    handles = {}
    for level, *pair in figures.SHAFT_SECTIONS:
        section = _mean(pair, shape)
        centre = _shaft_centre(shape, level, section)
        twist = np.radians(shape.version_deg - mean_version) * _twist_share(level)
        turn = _turn(-twist)
        depth, width = _widening(shape, level) * section[2:]
        name = f"shaft_{round(1000 * level)}"
        handles[name] = centre
        for axis, half in (("x", depth * turn[:, 0]), ("z", width * turn[:, 2])):
            handles[f"{name}_{axis}_plus"] = centre + half
            handles[f"{name}_{axis}_minus"] = centre - half
    return handles


def _widening(shape: HipShape, level: float) -> Array:
    """Return the size of a section against the mean's, front to back and side to side."""
    shaft = shape.shaft_width_mm / _of_sex("shaft_width_mm", shape)
    knee = shape.bicondylar_width_mm / _of_sex("bicondylar_width_mm", shape)
    start, end = WIDTH_ENDS
    low = float(np.clip((level - start) / (end - start), 0.0, 1.0))
    return (1.0 - low) * shaft + low * np.array([_knee_scale(shape), knee])


def _trochanter_handles(shape: HipShape) -> Handles:
    """Return the apex of the lesser trochanter and points of its surface, condylar frame."""
    top, bottom = (
        _shaft_centre(shape, level, _mean(pair, shape)) for level, *pair in figures.SHAFT_AXIS
    )
    slope = (bottom - top) / (bottom - top)[1]
    towards = lesser_trochanter_azimuth_deg(shape)
    share = shape.lesser_trochanter_width_mm / _of_sex("lesser_trochanter_width_mm", shape)
    longer = 1.0 + WIDTH_GAIN * (share - 1.0)
    profile = ((0.0, 0.0, (1.0, 1.0)), *figures.TROCHANTER_PROFILE)
    handles = {}
    for step, beside, pair in profile:
        angle = np.radians(towards + beside)
        outward = np.array([-np.sin(angle), 0.0, -np.cos(angle)])
        level = longer * step - shape.lesser_trochanter_level_mm
        foot = top + slope * (level - top[1])
        reach = shape.lesser_trochanter_reach_mm * float(_mean(pair, shape))
        handles[f"lesser_trochanter_{step:g}_{beside:g}"] = foot + reach * outward
    return handles


def _knee_scale(shape: HipShape) -> float:
    """Return the size of the knee from front to back and along the femur, 1 in the mean."""
    longer = shape.femoral_length_mm / _of_sex("femoral_length_mm", shape)
    return 0.5 * (longer + shape.size)


def _distal_handles(shape: HipShape) -> Handles:
    """Return the points of the condyles, condylar frame."""
    knee = np.array([0.0, -shape.femoral_length_mm, 0.0])
    wider = shape.bicondylar_width_mm / _of_sex("bicondylar_width_mm", shape)
    scale = np.array([_knee_scale(shape), _knee_scale(shape), wider])
    return {name: knee + scale * _mean(pair, shape) for name, pair in figures.DISTAL_POINTS.items()}
