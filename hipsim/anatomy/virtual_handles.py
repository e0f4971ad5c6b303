"""Named anatomical points that steer a virtual bone, and the smooth warp they define.

The node tables are written for the mean woman. Any other hip is reached by moving points that
anatomy names (head, sections of the shaft, apex of the lesser trochanter, spines, tuberosity) to
where the parameters and the published means put them; the nodes follow by a smooth interpolation
of these displacements (radial basis functions with phi(r) = r and an affine part), their radii by
the mean of its local stretch. The warp of the mean woman is the identity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.interpolate import RBFInterpolator

from hipsim.anatomy import virtual_figures as figures
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import Array
from hipsim.geometry import rigid

Handles = dict[str, Array]

TWIST_ENDS = (0.85, 0.97)  # share of the length over which the version fades out to the knee
LESSER_TROCHANTER_LAG = 0.36  # degrees its direction stays behind per degree of version
PELVIC_GROWTH = 0.55  # of the relative growth of the head: hip bone height against head radius
# share of the sideways shift of tuberosity, ASIS and symphysis that other points follow
WITH_TUBEROSITY = {
    "tuberosity_inferior": 1.0,
    "lesser_notch": 0.6,
    "ischial_spine": 0.4,
}
WITH_ASIS = {"asis": 1.0, "crest_1": 0.8, "crest_2": 0.6, "crest_3": 0.4, "aiis": 0.2}
WITH_SYMPHYSIS = {"symphysis": 1.0, "pubic_tubercle": 1.0}
SMOOTHING = 3.0  # mm; named points scatter by 2 mm between observers and need not be met exactly
RADIUS_STEPS = np.vstack([np.eye(3), -np.eye(3)])


@dataclass(frozen=True, eq=False)
class Warp:
    """A smooth deformation that takes one set of named points to another."""

    interpolator: RBFInterpolator

    @classmethod
    def between(cls, source: Handles, target: Handles) -> "Warp":
        """Return the warp that takes each source point to the target point of the same name."""
        start = np.stack(list(source.values()))
        shift = np.stack([target[name] for name in source]) - start
        return cls(RBFInterpolator(start, shift, kernel="linear", degree=1, smoothing=SMOOTHING))

    def __call__(self, points: Array) -> Array:
        """Move points (n, 3)."""
        return points + self.interpolator(points)

    def balls(self, centres: Array, radii: Array) -> tuple[Array, Array]:
        """Move balls; a radius follows the mean stretch of its six axial radii."""
        moved = self(centres)
        ends = centres[:, None] + radii[:, None, None] * RADIUS_STEPS
        stretched = self(ends.reshape(-1, 3)).reshape(ends.shape) - moved[:, None]
        return moved, np.linalg.norm(stretched, axis=2).mean(axis=1)


def femoral_handles(shape: HipShape) -> Handles:
    """Return the points of the femur, condylar frame (origin hip joint centre), mm."""
    turn = rigid.rotation_about([0.0, 1.0, 0.0], -np.radians(shape.version_deg))
    neck = _neck_handles(shape)
    proximal = {name: turn @ point for name, point in neck.items()}
    return proximal | _shaft_handles(shape) | _trochanter_handles(shape) | _distal_handles(shape)


def _mean(pair: Sequence[Any], shape: HipShape) -> Array:
    """Return the figure for the sex of a shape."""
    return np.array(pair[figures.SEXES.index(shape.sex)], dtype=float)


def _neck_direction(shape: HipShape) -> Array:
    """Return the unit vector from the head centre along the neck, neck frame."""
    tilt = np.radians(shape.neck_shaft_angle_deg + figures.NECK_MECHANICAL_EXCESS_DEG - 90.0)
    return np.array([0.0, -np.sin(tilt), np.cos(tilt)])


def _shift(shape: HipShape) -> Array:
    """Return how far trochanters and shaft lie from their mean place, neck frame."""
    mean = shape.size * _mean(figures.PROXIMAL_POINTS["neck_meets_shaft"], shape)
    return shape.neck_length_mm * _neck_direction(shape) - mean


def _neck_handles(shape: HipShape) -> Handles:
    """Return head, neck and greater trochanter, neck frame."""
    radius, along = shape.head_radius_mm, _neck_direction(shape)
    handles = {f"head_{i}": radius * step for i, step in enumerate(RADIUS_STEPS)}
    isthmus = figures.ISTHMUS_PER_HEAD_RADIUS * radius * along
    up_down, front_back = shape.size * _mean(figures.NECK_HALF_WIDTHS, shape)
    front = np.array([1.0, 0.0, 0.0])
    up = np.cross(along, front)
    handles["neck_isthmus"] = isthmus
    for name, step in (("up", up_down * up), ("front", front_back * front)):
        handles[f"neck_{name}_plus"] = isthmus + step
        handles[f"neck_{name}_minus"] = isthmus - step
    for name, pair in figures.PROXIMAL_POINTS.items():
        if name not in ("neck_meets_shaft", "lesser_trochanter"):
            handles[name] = shape.size * _mean(pair, shape) + _shift(shape)
    return handles


def _shaft_centre(shape: HipShape, level: float, section: Array) -> Array:
    """Return the centre of a shaft section, condylar frame."""
    longer = shape.femoral_length_mm / _mean(figures.MEASURES["femoral_length_mm"], shape)
    x, z = section[:2] * [longer, shape.size]
    mean_version = float(_mean(figures.MEASURES["version_deg"], shape))
    centre = np.array([x, -level * shape.femoral_length_mm, z])
    centre += (
        rigid.rotation_about([0.0, 1.0, 0.0], -np.radians(mean_version))
        @ (_shift(shape) * [1.0, 0.0, 1.0])
        * (1.0 - level)
    )
    twist = np.radians(shape.version_deg - mean_version) * _twist_share(level)
    return rigid.rotation_about([0.0, 1.0, 0.0], -twist) @ centre


def _twist_share(level: float) -> float:
    """Return how much of the version a level of the shaft follows: all, fading at the knee."""
    start, end = TWIST_ENDS
    return float(np.clip((end - level) / (end - start), 0.0, 1.0))


def _shaft_handles(shape: HipShape) -> Handles:
    """Return centre and four surface points of each shaft section, condylar frame."""
    mean_version = float(_mean(figures.MEASURES["version_deg"], shape))
    handles = {}
    for level, *pair in figures.SHAFT_SECTIONS:
        section = _mean(pair, shape)
        centre = _shaft_centre(shape, level, section)
        twist = np.radians(shape.version_deg - mean_version) * _twist_share(level)
        turn = rigid.rotation_about([0.0, 1.0, 0.0], -twist)
        depth, width = shape.size * section[2:]
        name = f"shaft_{round(1000 * level)}"
        handles[name] = centre
        for axis, half in (("x", depth * turn[:, 0]), ("z", width * turn[:, 2])):
            handles[f"{name}_{axis}_plus"] = centre + half
            handles[f"{name}_{axis}_minus"] = centre - half
    return handles


def _trochanter_handles(shape: HipShape) -> Handles:
    """Return the apex of the lesser trochanter and points of its surface, condylar frame."""
    apex_level = shape.size * _mean(figures.PROXIMAL_POINTS["lesser_trochanter"], shape)[1]
    apex_level += _shift(shape)[1]
    top, bottom = (
        _shaft_centre(shape, level, _mean(pair, shape)) for level, *pair in figures.SHAFT_AXIS
    )
    slope = (bottom - top) / (bottom - top)[1]
    towards = lesser_trochanter_azimuth_deg(shape)
    profile = ((0.0, 0.0, (1.0, 1.0)), *figures.TROCHANTER_PROFILE)
    handles = {}
    for step, beside, pair in profile:
        angle = np.radians(towards + beside)
        outward = np.array([-np.sin(angle), 0.0, -np.cos(angle)])
        foot = top + slope * (apex_level + shape.size * step - top[1])
        reach = shape.lesser_trochanter_reach_mm * float(_mean(pair, shape))
        handles[f"lesser_trochanter_{step:g}_{beside:g}"] = foot + reach * outward
    return handles


def lesser_trochanter_azimuth_deg(shape: HipShape) -> float:
    """Return the direction of the apex from the shaft axis, from medial to posterior.

    It turns with the neck, but lags behind: it is not locked to the condyles either.
    """
    mean_version = float(_mean(figures.MEASURES["version_deg"], shape))
    lag = LESSER_TROCHANTER_LAG * (shape.version_deg - mean_version)
    return shape.lesser_trochanter_direction_deg - shape.version_deg + lag


def _distal_handles(shape: HipShape) -> Handles:
    """Return the points of the condyles, condylar frame."""
    longer = shape.femoral_length_mm / _mean(figures.MEASURES["femoral_length_mm"], shape)
    scale, knee = 0.5 * (longer + shape.size), np.array([0.0, -shape.femoral_length_mm, 0.0])
    return {name: knee + scale * _mean(pair, shape) for name, pair in figures.DISTAL_POINTS.items()}


def pelvic_handles(shape: HipShape) -> Handles:
    """Return the points of the hip bone, pelvic frame ``app`` (origin hip joint centre), mm."""
    scale = 1.0 + PELVIC_GROWTH * (shape.size - 1.0)
    handles = {name: scale * _mean(pair, shape) for name, pair in figures.PELVIC_POINTS.items()}
    for followers, distance in (
        (WITH_TUBEROSITY, _tuberosity_shift(shape, scale)),
        (WITH_ASIS, 0.5 * (shape.inter_asis_mm - shape.inter_hip_mm) - handles["asis"][2]),
        (WITH_SYMPHYSIS, _symphysis_z(shape) - handles["symphysis"][2]),
    ):
        for name, share in followers.items():
            handles[name] = handles[name] + [0.0, 0.0, share * distance]
    return handles | _foramen_handles(shape, scale) | _ischium_handles(shape) | _rays(shape)


def _symphysis_z(shape: HipShape) -> float:
    """Return where the symphyseal face stands."""
    return figures.SYMPHYSIS_GAP_HALF_MM - 0.5 * shape.inter_hip_mm


def _tuberosity_shift(shape: HipShape, scale: float) -> float:
    """Return how far the tuberosity stands lateral of its mean place."""
    target = 0.5 * (shape.inter_tuberous_mm - shape.inter_hip_mm)
    return target - scale * float(_mean(figures.TUBEROSITY_CENTROID, shape)[2])


def _foramen_handles(shape: HipShape, scale: float) -> Handles:
    """Return four points on the border of the obturator foramen."""
    centre = scale * _mean(figures.PELVIC_POINTS["foramen"], shape)
    inward = 0.5 * (_tuberosity_shift(shape, scale) + _symphysis_z(shape))
    inward -= 0.5 * scale * float(_mean(figures.PELVIC_POINTS["symphysis"], shape)[2])
    centre = centre + [0.0, 0.0, inward]
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
    scale, radius = 1.0 + PELVIC_GROWTH * (shape.size - 1.0), shape.head_radius_mm
    shift = _tuberosity_shift(shape, scale)
    handles = {}
    for level, *pair in figures.ISCHIUM_SECTIONS:
        x, z, long_half, short_half, turn = _mean(pair, shape)
        share = float(np.clip((level - 0.5) / 0.8, 0.0, 1.0))
        centre = np.array([scale * x, -level * radius, scale * z + share * shift])
        angle = np.radians(turn)
        long_axis = np.array([np.cos(angle), 0.0, np.sin(angle)])
        short_axis = np.array([-np.sin(angle), 0.0, np.cos(angle)])
        name = f"ischium_{round(100 * level)}"
        for axis, step in (("long", long_half * long_axis), ("short", short_half * short_axis)):
            handles[f"{name}_{axis}_plus"] = centre + scale * step
            handles[f"{name}_{axis}_minus"] = centre - scale * step
    for level, *sides in figures.ISCHIUM_LATERAL:
        x, z = scale * _mean(sides, shape)
        name = f"ischium_lateral_{round(100 * level)}"
        handles[name] = np.array([x, -level * radius, z + shift])
    return handles


def _rays(shape: HipShape) -> Handles:
    """Return where rays from the hip joint centre enter and leave the bone round the socket."""
    handles = {}
    for i, (direction, *pair) in enumerate(figures.SOCKET_RAYS):
        entry, leaving = shape.size * _mean(pair, shape)
        handles[f"socket_{i}_entry"] = entry * rigid.unit(np.array(direction))
        handles[f"socket_{i}_exit"] = leaving * rigid.unit(np.array(direction))
    return handles
