"""Named points of a virtual hip bone, put where the parameters and the published means say.

Pelvic frame ``app``: origin at the hip joint centre, anterior pelvic plane vertical, X anterior,
Y up, Z lateral. Every point is at its published mean, grown with the head, plus the departures of
the parameters that it follows.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hipsim.anatomy import virtual_figures as figures
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import Array
from hipsim.geometry import rigid

Handles = dict[str, Array]

PELVIC_GROWTH = 0.55  # of the relative growth of the head: hip bone height against head radius
# share of the shift of a named point that its neighbours follow
WITH_TUBEROSITY = {"tuberosity_inferior": 1.0, "lesser_notch": 0.6, "ischial_spine": 0.4}
WITH_ASIS = {"asis": 1.0, "crest_1": 0.8, "crest_2": 0.6, "crest_3": 0.4, "aiis": 0.2}
WITH_SYMPHYSIS = {"symphysis": 1.0, "pubic_tubercle": 0.5}  # a wide pelvis has wide pubic bones
WITH_PSIS = {"psis": 1.0, "piis": 0.8, "crest_5": 0.5, "crest_4": 0.2}
WITH_FRONT = {"asis": 1.0, "pubic_tubercle": 1.0, "symphysis": 1.0, "crest_1": 0.7}
WITH_FRONT |= {"aiis": 0.5, "crest_2": 0.3, "ramus_medial": 0.95, "ramus_middle": 0.85}
TUBEROSITY_LEVELS = (0.5, 1.3)  # head radii below the centre between which the ischium joins in
RIM_POINTS = 8
WIDTH_GAIN = 2.0  # the smooth warp loses half of a change as narrow as the ischium


def pelvic_handles(shape: HipShape) -> Handles:
    """Return the points of the hip bone, pelvic frame ``app`` (origin hip joint centre), mm."""
    scale = pelvic_scale(shape)
    handles = {name: scale * _mean(pair, shape) for name, pair in figures.PELVIC_POINTS.items()}
    taller = _taller(shape, handles["tuberosity_inferior"][1])
    for name, point in handles.items():
        if point[1] > 0.0:
            handles[name] = point * [1.0, taller, 1.0]
    across = 0.5 * shape.inter_hip_mm
    front = shape.asis_in_front_mm - handles["asis"][0]
    asis_z = 0.5 * shape.inter_asis_mm - across - handles["asis"][2]
    psis_z = 0.5 * shape.inter_psis_mm - across - handles["psis"][2]
    for followers, shift in (
        (WITH_TUBEROSITY, _tuberosity_shift(shape)),
        (WITH_ASIS, np.array([0.0, 0.0, asis_z])),
        (WITH_PSIS, np.array([0.0, 0.0, psis_z])),
        (WITH_SYMPHYSIS, np.array([0.0, 0.0, _symphysis_z(shape) - handles["symphysis"][2]])),
        (WITH_FRONT, np.array([front, 0.0, 0.0])),
    ):
        for name, share in followers.items():
            handles[name] = handles[name] + share * shift
    return handles | _foramen_handles(shape) | _ischium_handles(shape) | _socket_handles(shape)


def acetabular_axis(shape: HipShape) -> Array:
    """Return the unit normal of the acetabular rim plane, outward, pelvic frame, shape (3,)."""
    inclination = np.radians(shape.acetabular_inclination_deg)
    anteversion = np.radians(shape.acetabular_anteversion_deg)
    across = np.sin(inclination)
    return np.array(
        [across * np.sin(anteversion), -np.cos(inclination), across * np.cos(anteversion)]
    )


def _mean(pair: Sequence[Any], shape: HipShape) -> Array:
    """Return the figure for the sex of a shape."""
    return np.array(pair[figures.SEXES.index(shape.sex)], dtype=float)


def pelvic_scale(shape: HipShape) -> float:
    """Return the size of the hip bone, 1 in the mean."""
    return 1.0 + PELVIC_GROWTH * (shape.size - 1.0)


def _taller(shape: HipShape, lowest: float) -> float:
    """Return the stretch of what lies above the joint that gives the bone its height."""
    low = lowest + _tuberosity_shift(shape)[1]
    mean_height = _mean(figures.MEASURES["hip_bone_height_mm"], shape)
    usual = float(pelvic_scale(shape) * mean_height + lowest)
    return (shape.hip_bone_height_mm + float(low)) / usual


def _symphysis_z(shape: HipShape) -> float:
    """Return where the symphyseal face stands."""
    return figures.SYMPHYSIS_GAP_HALF_MM - 0.5 * shape.inter_hip_mm


def _tuberosity_shift(shape: HipShape) -> Array:
    """Return how far the tuberosity stands from its mean place, shape (3,)."""
    across = 0.5 * (shape.inter_tuberous_mm - shape.inter_hip_mm)
    target = np.array([-shape.tuberosity_behind_mm, -shape.tuberosity_below_mm, across])
    shift: Array = target - pelvic_scale(shape) * _mean(figures.TUBEROSITY_CENTROID, shape)
    return shift


def _foramen_handles(shape: HipShape) -> Handles:
    """Return four points on the border of the obturator foramen."""
    scale = pelvic_scale(shape)
    inward = _symphysis_z(shape) - scale * _mean(figures.PELVIC_POINTS["symphysis"], shape)[2]
    centre = scale * _mean(figures.PELVIC_POINTS["foramen"], shape)
    centre = centre + 0.5 * (_tuberosity_shift(shape) + [0.0, 0.0, inward])
    long_axis = rigid.unit(_mean(figures.FORAMEN_LONG_AXIS, shape))
    short_axis = rigid.unit(np.cross(_mean(figures.FORAMEN_SIGHT, shape), long_axis))
    half = scale * _mean(figures.FORAMEN_HALF_AXES, shape)
    handles = {"foramen": centre}
    for name, step in (("long", half[0] * long_axis), ("short", half[1] * short_axis)):
        handles[f"foramen_{name}_plus"] = centre + step
        handles[f"foramen_{name}_minus"] = centre - step
    return handles


def _ischium_handles(shape: HipShape) -> Handles:
    """Return four points of each axial section of the ischium and its lateral border."""
    scale, radius, shift = pelvic_scale(shape), shape.head_radius_mm, _tuberosity_shift(shape)
    mean_width = float(_mean(figures.MEASURES["ischium_width_mm"], shape))
    wider = 1.0 + WIDTH_GAIN * (shape.ischium_width_mm / mean_width - 1.0)
    start, end = TUBEROSITY_LEVELS
    handles = {}
    for level, *pair in figures.ISCHIUM_SECTIONS:
        x, z, long_half, short_half, turn = _mean(pair, shape)
        share = float(np.clip((level - start) / (end - start), 0.0, 1.0))
        centre = np.array([scale * x, -level * radius, scale * z]) + share * shift
        angle = np.radians(turn)
        long_axis = scale * long_half * np.array([np.cos(angle), 0.0, np.sin(angle)])
        short_axis = wider * short_half * np.array([-np.sin(angle), 0.0, np.cos(angle)])
        name = f"ischium_{round(100 * level)}"
        for axis, step in (("long", long_axis), ("short", short_axis)):
            handles[f"{name}_{axis}_plus"] = centre + step
            handles[f"{name}_{axis}_minus"] = centre - step
    thicker = np.array([0.0, 0.0, 0.5 * (shape.ischium_width_mm - scale * mean_width)])
    for level, *sides in figures.ISCHIUM_LATERAL:
        x, z = scale * _mean(sides, shape)
        name = f"ischium_lateral_{round(100 * level)}"
        handles[name] = np.array([x, -level * radius, z]) + shift + thicker
    return handles


def _socket_handles(shape: HipShape) -> Handles:
    """Return points of the acetabular rim, and where rays from the centre meet bone."""
    handles = {}
    for i, (direction, *pair) in enumerate(figures.SOCKET_RAYS):
        entry, leaving = shape.size * _mean(pair, shape)
        handles[f"socket_{i}_entry"] = entry * rigid.unit(np.array(direction))
        handles[f"socket_{i}_exit"] = leaving * rigid.unit(np.array(direction))
    radius, along = shape.size * _mean(figures.RIM_FROM_CENTRE, shape)
    axis = acetabular_axis(shape)
    up = rigid.unit(np.array([0.0, 1.0, 0.0]) - axis[1] * axis)
    front = np.cross(axis, up)
    for i, angle in enumerate(np.linspace(0.0, 2.0 * np.pi, RIM_POINTS, endpoint=False)):
        ray = np.cos(angle) * up + np.sin(angle) * front
        handles[f"rim_{i}"] = along * axis + radius * ray
    return handles
