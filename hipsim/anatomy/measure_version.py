"""Femoral version by five named methods; never quote a version without the name of its method.

All five measure the direction from the head centre to a point of the neck or its base, against the
posterior condylar line, both seen along the mechanical axis (hip joint centre to knee centre);
anteversion is positive. They differ in that point alone, from proximal to distal, and by up to
18 deg (Bone Jt Open 2022, doi 10.1302/2633-1462.310.BJO-2022-0102.R1). Axial slices are planes
across the mechanical axis here; a scanner's slices, across its table, differ from them by the
abduction and flexion of the leg in the scan.
"""

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.measure_slices import (
    ACROSS,
    AxialFemur,
    axial_femur,
    chord,
    nearest_on_neck_axis,
    shortest_chord,
)
from hipsim.checks import Array, as_choice
from hipsim.errors import AnatomyError
from hipsim.geometry import rigid

FIRST_SLICE_MM = 2.0  # below the saddle: the first slice in which a reader sees one outline
NECK_STATIONS = np.linspace(0.85, 1.25, 9)  # of R from the head centre: where cortices are judged
NECK_LEVELS = np.linspace(-0.2, -1.0, 17)  # of R, from the head centre
LIKE_PARALLEL_DEG = 2.0  # slices whose cortices differ by less count about alike
ABOVE_LESSER_TROCHANTER = 0.5  # of R above the apex of the LT: the base of the neck by Murphy
_UP = np.array([0.0, 1.0, 0.0])
_STEADY = 1e-6


def lee_point(femur: AxialFemur) -> Array:
    """Return the middle of the most cephalic junction of neck and greater trochanter.

    The shortest bridge between the two in the first axial slice in which they are one outline.
    """
    saddle = _saddle(femur)
    level = saddle[1] - FIRST_SLICE_MM
    outlines = femur.slice_at(level)
    bridge = shortest_chord(outlines[0].segments[:, :, ACROSS], saddle[ACROSS])
    return _point(bridge.mean(axis=0), level)


def reikeras_point(femur: AxialFemur) -> Array:
    """Return the middle of the neck in the slices in which its cortices run parallel."""
    levels = NECK_LEVELS * femur.radius_mm
    slices = [np.concatenate([o.segments for o in femur.slice_at(y)]) for y in levels]
    direction = rigid.unit(femur.marks["neck_isthmus"][ACROSS])
    for _ in range(20):
        necks = [_neck(segments[:, :, ACROSS], direction, femur.radius_mm) for segments in slices]
        tapers = np.array([taper for taper, _ in necks])
        if np.isinf(tapers).all():
            raise AnatomyError("no axial slice shows the femoral neck in one piece")
        weights = np.exp(-(((tapers - tapers.min()) / LIKE_PARALLEL_DEG) ** 2))
        middle = np.average([middle for _, middle in necks], axis=0, weights=weights)
        before, direction = direction, rigid.unit(middle)
        if np.linalg.norm(direction - before) < _STEADY:
            break
    return _point(middle, float(np.average(levels, weights=weights)))


def tomczak_point(femur: AxialFemur) -> Array:
    """Return the centroid of the axial slice at the base of the neck, trochanter included.

    The base is where the neck axis passes nearest to the shaft axis.
    """
    return _centroid(femur, float(nearest_on_neck_axis(femur.marks)[1]))


def murphy_point(femur: AxialFemur) -> Array:
    """Return the centroid of the axial slice just above the lesser trochanter."""
    apex = femur.marks["lesser_trochanter"]
    return _centroid(femur, float(apex[1] + ABOVE_LESSER_TROCHANTER * femur.radius_mm))


def isthmus_point(femur: AxialFemur) -> Array:
    """Return the centroid of the narrowest section across the neck axis."""
    return femur.marks["neck_isthmus"]


VERSION_METHODS: dict[str, Callable[[AxialFemur], Array]] = {
    "lee": lee_point,
    "reikeras": reikeras_point,
    "tomczak": tomczak_point,
    "murphy": murphy_point,
    "3d": isthmus_point,
}


def femoral_version_deg(hip: Hip, method: str = "3d") -> float:
    """Measure femoral version by one method, anteversion positive.

    Parameters
    ----------
    hip
        A hip with a whole femur, or with a condylar frame from landmarks.
    method
        What the line from the head centre is drawn to, most proximal first:

        - ``"lee"``: middle of the most cephalic junction of neck and greater trochanter
          (Lee et al., Med Biol Eng Comput 2006;44:895);
        - ``"reikeras"``: middle of the neck in the axial slices in which its front and back
          cortices run parallel (Reikeras et al., Acta Orthop Scand 1983;54:18);
        - ``"tomczak"``: centroid of the axial slice through the base of the neck and the greater
          trochanter, where neck and shaft axis meet (Tomczak et al., AJR 1997;168:791);
        - ``"murphy"``: centroid of the axial slice at the base of the neck just above the
          lesser trochanter, half a head radius above its apex (Murphy et al., J Bone Joint Surg
          Am 1987;69:1169);
        - ``"3d"``: centroid of the narrowest section across the neck axis in space, the
          definition behind the figures of five raters (Fischer 2023, Sci Data 10:763).

    Returns
    -------
    version
        Degrees.

    Raises
    ------
    InputError
        If the method is unknown.
    AnatomyError
        If a landmark or the slice a method needs is missing.

    Examples
    --------
    >>> from hipsim.io import load_hip
    >>> round(femoral_version_deg(load_hip("woman_narrow"), "3d"))  # made with 28 deg
    28
    """
    as_choice(method, tuple(VERSION_METHODS), name="method")
    return _version_deg(VERSION_METHODS[method](axial_femur(hip)))


def femoral_versions_deg(hip: Hip) -> dict[str, float]:
    """Measure femoral version by every method of :func:`femoral_version_deg`, in degrees.

    Raises
    ------
    AnatomyError
        If a landmark or a slice is missing.
    """
    femur = axial_femur(hip)
    return {method: _version_deg(point(femur)) for method, point in VERSION_METHODS.items()}


def _version_deg(neck: Array) -> float:
    """Measure the direction from a neck point to the head centre against Z, seen along Y."""
    return float(np.degrees(np.arctan2(-neck[0], neck[2])))


def _point(across: Array | list[float], level: float) -> Array:
    """Return the point (3,) at lateral and anterior coordinates of the slice at a level."""
    return np.array([across[1], level, across[0]])


def _centroid(femur: AxialFemur, level: float) -> Array:
    """Return the centroid of the largest outline of a slice."""
    outlines = femur.slice_at(level)
    if not outlines:
        raise AnatomyError(f"the femur has no axial slice {-level:.0f} mm below its head centre")
    return outlines[0].centroid


def _saddle(femur: AxialFemur) -> Array:
    """Return the lowest point of the highest way over the bone from head to trochanter tip."""
    vertices, edges = femur.mesh.vertices, femur.mesh.edge_counts[0]
    tops = femur.radius_mm * _UP, femur.marks["greater_trochanter"]
    ends = [int(np.linalg.norm(vertices - top, axis=1).argmin()) for top in tops]
    heights = np.sort(vertices[:, 1])
    low, high = 0, int(np.searchsorted(heights, vertices[ends, 1].min()))
    if not _is_joined(edges, vertices[:, 1], heights[low], ends):
        raise AnatomyError("the head and the greater trochanter are not one piece of bone")
    while high - low > 1:
        middle = (low + high) // 2
        joined = _is_joined(edges, vertices[:, 1], heights[middle], ends)
        low, high = (middle, high) if joined else (low, middle)
    saddle: Array = vertices[np.flatnonzero(vertices[:, 1] == heights[low])[0]]
    return saddle


def _is_joined(edges: np.ndarray, height: Array, level: float, ends: list[int]) -> bool:
    """Tell whether two vertices hang together over the part of a surface above a level."""
    above = edges[height[edges].min(axis=1) >= level].T
    graph = coo_array((np.ones(above.shape[1]), above), shape=(len(height), len(height)))
    island = connected_components(graph, directed=False)[1]
    return bool(island[ends[0]] == island[ends[1]])


def _neck(segments: Array, direction: Array, radius_mm: float) -> tuple[float, Array]:
    """Return how far the cortices of the neck are from parallel (deg), and its middle (2,).

    Infinitely far where a slice does not show the neck from head to trochanter.
    """
    across = np.array([-direction[1], direction[0]])
    stations = NECK_STATIONS * radius_mm
    chords = [chord(segments, station * direction, across) for station in stations]
    ends = np.array([ends for ends in chords if ends is not None])
    if len(ends) < len(stations):
        return np.inf, np.zeros(2)
    front, back = np.arctan(np.polyfit(stations, ends, 1)[0])
    middle = stations.mean() * direction + ends.mean() * across
    return float(np.degrees(abs(front - back))), middle
