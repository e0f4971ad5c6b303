"""Axial slices of a bone and what is read off them: chords, centres, long axes.

A slice is a plane across the Y axis of an anatomical frame of a bone that has been mirrored to
right; within it points have two coordinates, lateral and anterior (``ACROSS``), in mm.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.fragments import SHAFT_AXIS, fragment_shaft_axis
from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.section import Outline, section

ACROSS = [2, 0]  # lateral and anterior: the coordinates within an axial slice
_UP = np.array([0.0, 1.0, 0.0])
_WAYS = np.radians(np.arange(0.0, 180.0, 2.0))


@dataclass(frozen=True, eq=False)
class AxialFemur:
    """The proximal femur in its condylar frame, mirrored to right, ready for axial slices.

    Attributes
    ----------
    mesh
        Open at the shaft, mm; origin at the hip joint centre, X anterior, Y up, Z lateral.
    marks
        Landmarks in the same frame; the shaft axis is that of the fragment with the trochanter.
    radius_mm
        Head radius.
    """

    mesh: Mesh
    marks: dict[str, Array]
    radius_mm: float

    def slice_at(self, level: float) -> list[Outline]:
        """Return the outlines of the axial slice at a height, largest first."""
        return section(self.mesh, level * _UP, _UP)


def axial_femur(hip: Hip) -> AxialFemur:
    """Turn the proximal femur of a hip into its condylar frame, mirrored to right.

    Raises
    ------
    AnatomyError
        If a landmark of the condylar frame is missing.
    """
    femur_from_scan = rigid.inverse(hip.femoral_frame("condylar"))
    mirror = np.array([1.0, 1.0, side_sign(hip.side)])
    is_near = hip.femoral_labels != FEMORAL_STRUCTURES.index("distal_femur")
    mesh = hip.femur.submesh(is_near).transformed(femur_from_scan)
    known = hip.landmarks.updated(dict(zip(SHAFT_AXIS, fragment_shaft_axis(hip), strict=True)))
    points = rigid.apply(femur_from_scan, np.stack(list(known.values()))) * mirror
    marks = dict(zip(known, points, strict=True))
    return AxialFemur(mesh if mirror[2] > 0 else mesh.mirrored(2), marks, hip.head_radius_mm)


def nearest_on_neck_axis(marks: Mapping[str, Array]) -> Array:
    """Return the point of the neck axis nearest to the proximal shaft axis, shape (3,), mm.

    Parameters
    ----------
    marks
        Hip joint centre, neck isthmus and both points of the shaft axis in any one frame, mm.
    """
    centre = marks["hip_joint_centre"]
    neck = rigid.unit(marks["neck_isthmus"] - centre)
    shaft = rigid.unit(marks["shaft_axis_distal"] - marks["shaft_axis_proximal"])
    across = neck - (neck @ shaft) * shaft  # of the neck direction, what leads away from the shaft
    gap = marks["shaft_axis_proximal"] - centre
    nearest: Array = centre + neck * ((gap @ across) / (across @ across))
    return nearest


def chord(segments: Array, point: Array, along: Array) -> tuple[float, float] | None:
    """Return where a line through a point inside an outline leaves it to either side, mm."""
    normal = np.array([-along[1], along[0]])
    height, place = (segments - point) @ normal, (segments - point) @ along
    crosses = (height[:, 0] >= 0.0) != (height[:, 1] >= 0.0)
    height, place = height[crosses], place[crosses]
    cuts = np.sort((place[:, 0] * height[:, 1] - place[:, 1] * height[:, 0])
                   / (height[:, 1] - height[:, 0]))  # fmt: skip
    after = int(np.searchsorted(cuts, 0.0))
    if after % 2 == 0:  # the point is not inside
        return None
    return float(cuts[after - 1]), float(cuts[after])


def shortest_chord(segments: Array, point: Array) -> Array:
    """Return both ends (2, 2) of the shortest chord of an outline through a point inside it."""
    ways = np.column_stack([np.cos(_WAYS), np.sin(_WAYS)])
    chords = [(ends, way) for way in ways if (ends := chord(segments, point, way)) is not None]
    if not chords:
        raise AnatomyError("no bridge between femoral neck and greater trochanter in axial slices")
    ends, way = min(chords, key=lambda pair: pair[0][1] - pair[0][0])
    return point + np.outer(ends, way)


def long_axis(segments: Array) -> Array:
    """Return the direction (2,) of the long axis of an outline, its second coordinate positive.

    That of the ellipse with the same second moments of area.

    Parameters
    ----------
    segments
        Directed segments of one closed outline in two coordinates, shape (k, 2, 2), mm.

    Examples
    --------
    >>> corners = np.array([[0, 0], [3, 3], [2, 4], [-1, 1]], dtype=float)
    >>> long_axis(np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)).round(6).tolist()
    [0.707107, 0.707107]
    """
    axis = np.linalg.eigh(mean_squares(segments))[1][:, 1]
    return axis if axis[1] >= 0.0 else -axis


def mean_squares(segments: Array) -> Array:
    """Return the second moments of an outline about its centroid over its area, (2, 2), mm2.

    Twice the root of one is the half-axis of the ellipse with the same moments.

    Parameters
    ----------
    segments
        Directed segments of one closed outline in two coordinates, shape (k, 2, 2), mm.

    Examples
    --------
    >>> corners = np.array([[0, 0], [6, 0], [6, 2], [0, 2]], dtype=float)
    >>> mean_squares(np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)).round(6).tolist()
    [[3.0, 0.0], [0.0, 0.333333]]
    """
    a, b = np.moveaxis(segments - segments[0, 0], 1, 0)
    double = a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]
    area = 0.5 * double.sum()
    centroid = double @ (a + b) / (6.0 * area)
    sums = np.einsum("k,ki,kj->ij", double, a + b, a + b)
    sums += np.einsum("k,ki,kj->ij", double, a, a) + np.einsum("k,ki,kj->ij", double, b, b)
    moments: Array = sums / (24.0 * area) - np.outer(centroid, centroid)
    return moments
