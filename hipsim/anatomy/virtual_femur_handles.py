"""Named points of a virtual femur, put where the parameters and the published means say.

Condylar frame: origin at the hip joint centre, X anterior, Y towards it from the knee, Z lateral.
Head, neck and greater trochanter are laid out in the neck frame, which is the condylar frame
turned about Y by the version, and then turned with it. A cohort asks for a hundred points per
subject some thousand times: they are computed all at once from the figures of a sex.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from hipsim.anatomy import virtual_figures as figures
from hipsim.anatomy.virtual_shape import HipShape, Sex, expected, neck_end
from hipsim.checks import Array

Handles = dict[str, Array]
Profile = tuple[tuple[float, float, tuple[float, float]], ...]

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
SIDES = "plus", "minus"


@dataclass(frozen=True, eq=False)
class Figures:
    """What the handles of a sex are computed from, as arrays; build with :func:`figures_of`.

    Attributes
    ----------
    names
        Of all handles in their order.
    means
        Name of a parameter to its mean.
    proximal, followers
        Points of trochanters and crest, neck frame, shape (k, 3), and the share of the departures
        of tip, lateral point and lesser trochanter that each follows, shape (k, 3).
    neck_meets_shaft, neck_halves
        Where the axes pass each other (3,), and half height and depth of the neck (2,), mm.
    levels, centres, halves
        Of the shaft's sections: level, centre (x, z), half depth and width; then level and
        centre of the two ends of the proximal shaft axis.
    twists, bows, knees
        How much each level follows the version, the bow and the knee, 0 to 1.
    steps_mm, beside_deg, reaches
        Of the surface of the lesser trochanter: along the shaft and beside the apex, and reach
        as a share of the apex's.
    distal
        Points of the condyles from the knee centre, shape (m, 3).
    """

    names: tuple[str, ...]
    means: dict[str, float]
    proximal: Array
    followers: Array
    neck_meets_shaft: Array
    neck_halves: Array
    levels: Array
    centres: Array
    halves: Array
    twists: Array
    bows: Array
    knees: Array
    steps_mm: Array
    beside_deg: Array
    reaches: Array
    distal: Array


@cache
def figures_of(sex: Sex) -> Figures:
    """Return the figures of a sex."""
    index, points = figures.SEXES.index(sex), figures.PROXIMAL_POINTS
    names = [n for n in points if n not in ("neck_meets_shaft", "lesser_trochanter")]
    sections, ends = (_of_sex(rows, index) for rows in (figures.SHAFT_SECTIONS, figures.SHAFT_AXIS))
    levels = np.array([row[0] for row in sections + ends])
    profile = ((0.0, 0.0, (1.0, 1.0)), *figures.TROCHANTER_PROFILE)
    follows = [[w.get(n, 0.0) for w in (WITH_TIP, WITH_LATERAL, WITH_LESSER)] for n in names]
    return Figures(
        _names(names, [row[0] for row in sections], profile),
        {name: pair[index] for name, pair in figures.MEASURES.items()},
        np.array([points[name][index] for name in names], dtype=float),
        np.array(follows),
        np.array(points["neck_meets_shaft"][index], dtype=float),
        np.array(figures.NECK_HALF_WIDTHS[index], dtype=float),
        levels,
        np.array([row[1:3] for row in sections + ends], dtype=float),
        np.array([row[3:5] for row in sections], dtype=float),
        np.clip((TWIST_ENDS[1] - levels) / (TWIST_ENDS[1] - TWIST_ENDS[0]), 0.0, 1.0),
        np.sin(np.pi * _risen(levels, BOW_ENDS)) / BOW_OVER_CHORD,
        _risen(levels[: len(sections)], WIDTH_ENDS),
        np.array([step for step, _, _ in profile]),
        np.array([beside for _, beside, _ in profile]),
        np.array([pair[index] for _, _, pair in profile]),
        np.array([pair[index] for pair in figures.DISTAL_POINTS.values()], dtype=float),
    )


def _risen(levels: Array, ends: tuple[float, float]) -> Array:
    """Return how far each level is between two ends, 0 to 1."""
    share: Array = np.clip((levels - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0)
    return share


def _names(proximal: list[str], levels: list[float], profile: Profile) -> tuple[str, ...]:
    """Return the names of all handles in the order of :func:`femoral_points`."""
    names = [f"head_{i}" for i in range(len(AXES))]
    for ring in NECK_RINGS:
        names += [ring, *(f"{ring}_{axis}_{side}" for axis in ("up", "front") for side in SIDES)]
    names += proximal
    for level in levels:
        name = f"shaft_{round(1000 * level)}"
        names += [name, *(f"{name}_{axis}_{side}" for axis in "xz" for side in SIDES)]
    names += [f"lesser_trochanter_{step:g}_{beside:g}" for step, beside, _ in profile]
    return (*names, *figures.DISTAL_POINTS)


def femoral_handles(shape: HipShape) -> Handles:
    """Return the points of the femur, condylar frame (origin hip joint centre), mm."""
    return dict(zip(figures_of(shape.sex).names, femoral_points(shape), strict=True))


def femoral_points(shape: HipShape) -> Array:
    """Return the points of the femur, condylar frame, shape (n, 3), mm, without their names."""
    known, usual = figures_of(shape.sex), _departed_from(shape)
    down, out = neck_end(shape.neck_shaft_angle_deg, 1.0)
    along = np.array([0.0, -down, out])
    shift = shape.neck_length_mm * along - shape.size * known.neck_meets_shaft
    shift[0] -= shape.neck_before_shaft_mm - usual["neck_before_shaft_mm"]
    departures = [
        shape.greater_trochanter_height_mm - usual["greater_trochanter_height_mm"],
        shape.greater_trochanter_lateral_mm - usual["greater_trochanter_lateral_mm"],
        shape.lesser_trochanter_level_mm - usual["lesser_trochanter_level_mm"],
    ]
    trochanters = shape.size * known.proximal + shift
    trochanters[:, 1] += known.followers[:, 0] * departures[0]
    trochanters[:, 1] -= known.followers[:, 2] * departures[2]
    trochanters[:, 2] += known.followers[:, 1] * departures[1]
    proximal = np.concatenate([_neck_points(shape, known, along), trochanters])
    _turn(proximal, np.radians(shape.version_deg))
    centres = _shaft_centres(shape, known, shift)
    shaft, apex = _shaft_points(shape, known, centres), _apex_points(shape, known, centres[-2:])
    return np.concatenate([proximal, shaft, apex, _distal_points(shape, known)])


def lesser_trochanter_azimuth_deg(shape: HipShape) -> float:
    """Return the direction of the apex from the shaft axis, from medial to posterior.

    It turns with the neck, but lags behind: it is not locked to the condyles either.
    """
    lag = LESSER_TROCHANTER_LAG * (shape.version_deg - figures_of(shape.sex).means["version_deg"])
    return shape.lesser_trochanter_direction_deg - shape.version_deg + lag


def _departed_from(shape: HipShape) -> dict[str, float]:
    """Return what is expected of a shape of these main dimensions."""
    main = ("head_radius_mm", "femoral_length_mm", "neck_shaft_angle_deg", "neck_length_mm")
    return expected(shape.sex, {name: getattr(shape, name) for name in main})


def _turn(points: Array, angle_rad: Array | float) -> None:
    """Turn points (n, 3) about the axis that points up, from X to Z, in place."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    x, z = points[:, 0].copy(), points[:, 2].copy()
    points[:, 0], points[:, 2] = cos * x - sin * z, sin * x + cos * z


def _neck_points(shape: HipShape, known: Figures, along: Array) -> Array:
    """Return head and neck, neck frame."""
    radius = shape.head_radius_mm
    up_down, front_back = _neck_halves(shape, known)
    front, up = np.array([front_back, 0.0, 0.0]), up_down * np.array([0.0, along[2], -along[1]])
    steps = np.stack([np.zeros(3), up, -up, front, -front])
    rings = [place * radius * along + steps for place in NECK_RINGS.values()]
    return np.concatenate([radius * AXES, *rings])


def _neck_halves(shape: HipShape, known: Figures) -> Array:
    """Return half the height and depth of the neck, exaggerated by what the warp loses."""
    wanted = known.neck_halves * 0.5 * shape.neck_width_mm / known.neck_halves[0]
    woman = figures.MEASURES["head_radius_mm"][0]
    table = np.array(figures.NECK_HALF_WIDTHS[0]) * shape.head_radius_mm / woman
    exaggerated = table + NECK_GAIN * (wanted - table)
    within: Array = np.minimum(exaggerated, WIDEST_NECK * shape.head_radius_mm)
    return within


def _shaft_centres(shape: HipShape, known: Figures, shift: Array) -> Array:
    """Return the centres of the shaft's sections and the ends of its axis, condylar frame."""
    centres = np.empty((len(known.levels), 3))
    longer = shape.femoral_length_mm / known.means["femoral_length_mm"]
    bowed = shape.anterior_bow_mm - known.means["anterior_bow_mm"]
    centres[:, 0] = longer * known.centres[:, 0] + bowed * known.bows
    centres[:, 1] = -shape.femoral_length_mm * known.levels
    centres[:, 2] = shape.size * known.centres[:, 1]
    level_shift = np.array([[shift[0], 0.0, shift[2]]])
    _turn(level_shift, np.radians(known.means["version_deg"]))
    centres += level_shift * (1.0 - known.levels)[:, None]
    _turn(centres, _twists(shape, known))
    return centres


def _twists(shape: HipShape, known: Figures) -> Array:
    """Return the turn of each level of the shaft: the version's, fading at the knee, rad."""
    return np.radians(shape.version_deg - known.means["version_deg"]) * known.twists


def _shaft_points(shape: HipShape, known: Figures, centres: Array) -> Array:
    """Return centre and four surface points of each shaft section, condylar frame."""
    count, low = len(known.halves), known.knees[:, None]
    shaft = shape.shaft_width_mm / known.means["shaft_width_mm"]
    knee = np.array(
        [
            _knee_scale(shape, known),
            shape.bicondylar_width_mm / known.means["bicondylar_width_mm"],
        ]
    )
    depth, width = (((1.0 - low) * shaft + low * knee) * known.halves).T
    twists = _twists(shape, known)[:count]
    cos, sin, none = np.cos(twists), np.sin(twists), np.zeros(count)
    front = np.column_stack([depth * cos, none, depth * sin])
    side = np.column_stack([-width * sin, none, width * cos])
    middle = centres[:count]
    rows = np.stack([middle, middle + front, middle - front, middle + side, middle - side], axis=1)
    return rows.reshape(-1, 3)


def _apex_points(shape: HipShape, known: Figures, ends: Array) -> Array:
    """Return the apex of the lesser trochanter and points of its surface, condylar frame."""
    top, bottom = ends
    slope = (bottom - top) / (bottom[1] - top[1])
    share = shape.lesser_trochanter_width_mm / known.means["lesser_trochanter_width_mm"]
    longer = 1.0 + WIDTH_GAIN * (share - 1.0)
    angle = np.radians(lesser_trochanter_azimuth_deg(shape) + known.beside_deg)
    level = longer * known.steps_mm - shape.lesser_trochanter_level_mm
    points = top + (level - top[1])[:, None] * slope
    reach = shape.lesser_trochanter_reach_mm * known.reaches
    points[:, 0] -= reach * np.sin(angle)
    points[:, 2] -= reach * np.cos(angle)
    return points


def _knee_scale(shape: HipShape, known: Figures) -> float:
    """Return the size of the knee from front to back and along the femur, 1 in the mean."""
    longer = shape.femoral_length_mm / known.means["femoral_length_mm"]
    return 0.5 * (longer + shape.size)


def _distal_points(shape: HipShape, known: Figures) -> Array:
    """Return the points of the condyles."""
    scale = _knee_scale(shape, known)
    wider = shape.bicondylar_width_mm / known.means["bicondylar_width_mm"]
    points: Array = known.distal * [scale, scale, wider]
    points[:, 1] -= shape.femoral_length_mm
    return points


def _of_sex(rows: Iterable[Any], index: int) -> list[tuple[float, ...]]:
    """Return level and figures of a sex from rows of (level, women's figures, men's figures)."""
    return [(row[0], *row[1 + index]) for row in rows]
