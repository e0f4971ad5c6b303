"""Shaft axis, neck isthmus and both trochanters in a known femoral frame.

All functions work on a *right* femur in its condylar frame (a left one is mirrored on entry):
origin at the hip joint centre, X anterior, Y superior, Z lateral, mm.

* Shaft axis: line through the section centroids from 0.225 to 0.40 L below the head centre.
* Neck isthmus: centroid of the smallest section across the line from the head centre to it
  (iterated until the line settles); the neck axis of the femoral version of five raters.
* Lesser trochanter: the point farthest from the shaft axis on the posteromedial side, 0.07 to
  0.20 L below the head centre and clear of the neck; on CT hips it lies within the raters' scatter.
* Greater trochanter: the highest point lateral of the shaft axis and clear of the head.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, BoolArray, Side
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import extreme_point, fit_line
from hipsim.geometry.section import outline_around, section

SHAFT_LEVELS = (0.225, 0.40)  # of L below the hip joint centre: straight part below the LT
LESSER_TROCHANTER_LEVELS = (0.07, 0.20)  # of L below the hip joint centre
LESSER_TROCHANTER_SECTOR_DEG = (-20.0, 90.0)  # from below the neck (medial) to behind it
_UP = np.array([0.0, 1.0, 0.0])
_NECK_REACH = np.linspace(0.6, 1.7, 34)  # of R along the neck axis, where the isthmus is sought
_ONE_TOP_MM = 6.0  # what lies farther from a trochanter's farthest point is another top
_STEADY = 1e-5


@dataclass(frozen=True, eq=False)
class _RightFemur:
    """A femur in its condylar frame, mirrored to right, with its head radius."""

    mesh: Mesh
    head_radius_mm: float

    @property
    def length(self) -> float:
        """Distance from the hip joint centre to the distal end, mm."""
        return float(-self.mesh.vertices[:, 1].min())

    @cached_property
    def shaft_line(self) -> tuple[Array, Array]:
        """Point and upward unit direction of the proximal shaft axis."""
        levels = -self.length * np.linspace(*SHAFT_LEVELS, 8)
        centroids = [self._shaft_centroid(y) for y in levels]
        point, down = fit_line(centroids)
        return point, -down

    def _shaft_centroid(self, y: float) -> Array:
        outlines = section(self.mesh, y * _UP, _UP)
        if not outlines:
            raise AnatomyError(f"the femur has no shaft {-y:.0f} mm below its head centre")
        return outlines[0].centroid

    def on_shaft_axis(self, y: float) -> Array:
        """Return the point of the shaft axis at a height."""
        point, up = self.shaft_line
        return point + up * (y - point[1]) / up[1]

    def from_shaft_axis(self) -> Array:
        """Return the offset of each vertex from the shaft axis, shape (n, 3)."""
        point, up = self.shaft_line
        offset = self.mesh.vertices - point
        return offset - np.outer(offset @ up, up)


def find_proximal_landmarks(
    femur: Mesh, scan_from_femur: Array, side: Side, head_radius_mm: float
) -> dict[str, Array]:
    """Find shaft axis, neck isthmus and trochanters of a femur whose frame is known.

    Parameters
    ----------
    femur
        Closed mesh of a whole femur, scan frame, mm.
    scan_from_femur
        Condylar frame (4, 4), origin at the hip joint centre.
    side
        Side of the femur.
    head_radius_mm
        Radius of the femoral head.

    Returns
    -------
    points
        Landmark name to point (3,), scan frame, mm.

    Raises
    ------
    AnatomyError
        If the shaft or the neck has no section where one is needed.
    """
    local = femur.transformed(rigid.inverse(scan_from_femur))
    mirror = np.array([1.0, 1.0, side_sign(side)])
    bone = _RightFemur(local if mirror[2] > 0 else local.mirrored(axis=2), head_radius_mm)
    low, high = (bone.length * level for level in SHAFT_LEVELS)
    isthmus = _neck_isthmus(bone)
    found = {
        "shaft_axis_proximal": bone.on_shaft_axis(-low),
        "shaft_axis_distal": bone.on_shaft_axis(-high),
        "neck_isthmus": isthmus,
        "lesser_trochanter": _lesser_trochanter(bone, isthmus),
        "greater_trochanter": _greater_trochanter(bone),
    }
    return {n: rigid.apply(scan_from_femur, (p * mirror)[None])[0] for n, p in found.items()}


def _neck_isthmus(bone: _RightFemur) -> Array:
    """Return the centroid of the smallest section across the neck, seen from the head centre."""
    radius = bone.head_radius_mm
    axis = rigid.unit(bone.on_shaft_axis(-1.45 * radius))
    for _ in range(60):
        before, centroid = axis, _smallest_section(bone, axis)
        axis = rigid.unit(centroid)
        if np.linalg.norm(axis - before) < _STEADY:
            break
    return centroid


def _smallest_section(bone: _RightFemur, axis: Array) -> Array:
    """Return the centroid of the smallest neck section across an axis through the origin."""
    radius = bone.head_radius_mm
    smallest, centroid = np.inf, None
    for reach in _NECK_REACH * radius:
        outline = outline_around(section(bone.mesh, reach * axis, axis), reach * axis)
        if outline is not None and 0.5 * radius**2 < outline.area_mm2 < smallest:
            smallest, centroid = outline.area_mm2, outline.centroid
    if centroid is None:
        raise AnatomyError("no femoral neck found between the head and the shaft")
    return centroid


def _lesser_trochanter(bone: _RightFemur, isthmus: Array) -> Array:
    """Return the apex of the lesser trochanter."""
    vertices, neck = bone.mesh.vertices, rigid.unit(isthmus)
    offset = bone.from_shaft_axis()
    _, up = bone.shaft_line
    medial = rigid.unit(up * (up @ neck) - neck)
    behind = np.cross(up, medial)
    angle = np.degrees(np.arctan2(offset @ behind, offset @ medial))
    depth = -vertices[:, 1] / bone.length
    from_neck = np.linalg.norm(vertices - np.outer(vertices @ neck, neck), axis=1)
    candidates = (
        _within(depth, LESSER_TROCHANTER_LEVELS)
        & _within(angle, LESSER_TROCHANTER_SECTOR_DEG)
        & (from_neck > 1.1 * bone.head_radius_mm)
    )
    if not candidates.any():
        raise AnatomyError("no lesser trochanter found below the neck")
    reach = np.linalg.norm(offset[candidates], axis=1)
    return extreme_point(vertices[candidates], reach, near_mm=_ONE_TOP_MM)


def _greater_trochanter(bone: _RightFemur) -> Array:
    """Return the tip of the greater trochanter."""
    vertices = bone.mesh.vertices
    point, up = bone.shaft_line
    axis_z = point[2] + (vertices[:, 1] - point[1]) * up[2] / up[1]
    clear = np.linalg.norm(vertices, axis=1) > 1.3 * bone.head_radius_mm
    candidates = clear & (vertices[:, 2] > axis_z)
    if not candidates.any():
        raise AnatomyError("no greater trochanter found lateral of the shaft axis")
    tops = vertices[candidates]
    return extreme_point(tops, tops[:, 1], near_mm=_ONE_TOP_MM)


def _within(values: Array, limits: tuple[float, float]) -> BoolArray:
    """Mark the values strictly between two limits."""
    return (values > limits[0]) & (values < limits[1])
