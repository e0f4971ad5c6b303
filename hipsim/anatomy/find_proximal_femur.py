"""Shaft axis, neck isthmus and trochanters in a known femoral frame.

All functions work on a *right* femur in its condylar frame (a left one is mirrored on entry):
origin at the hip joint centre, X anterior, Y superior, Z lateral, mm.

* Shaft axis: line through the section centroids from 0.225 to 0.40 L below the head centre.
* Neck isthmus: mean centroid of the sections across the line from the head centre to it, the
  smallest ones weighing most (iterated until the line settles); the neck axis of the femoral
  version of five raters. Of the sections within a few per cent of the smallest none is the
  isthmus more than another, and which is smallest changes with the mesh.
* Lesser trochanter: the place farthest from the shaft axis on the posteromedial side, 0.07 to
  0.20 L below the head centre and clear of the neck; on CT hips within the raters' scatter.
* Greater trochanter: the highest place along the shaft axis, lateral of the head.
* Posterior trochanter: where the proximal femur touches the table it lies on with its condyles.

Places are centres of caps (:mod:`hipsim.geometry.cap`), so they do not jump between vertices.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, BoolArray, Side
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.cap import contact_point, find_cap
from hipsim.geometry.fit import fit_line
from hipsim.geometry.section import outline_around, section

SHAFT_LEVELS = (0.225, 0.40)  # of L below the hip joint centre: straight part below the LT
LEAST_SHAFT_MM = 20.0  # of it, to see an axis
CLEAR_OF_CUT_MM = 10.0  # a cut may be oblique
LESSER_TROCHANTER_LEVELS = (0.07, 0.20)  # of L below the hip joint centre
LESSER_TROCHANTER_SECTOR_DEG = (-20.0, 90.0)  # from below the neck (medial) to behind it
LESSER_TROCHANTER_CAP_MM2 = 100.0
GREATER_TROCHANTER_CAP_MM2 = 50.0
POSTERIOR_CAP_MM2 = 400.0
ISTHMUS_SHARE = 0.03  # a section so much larger than the smallest counts 1/e as much
_UP = np.array([0.0, 1.0, 0.0])
_NECK_REACH = np.linspace(0.6, 1.7, 34)  # of R along the neck axis, where the isthmus is sought
_STEADY = 1e-6


@dataclass(frozen=True, eq=False)
class Proximal:
    """Landmarks of the proximal femur, scan frame, mm.

    Attributes
    ----------
    points
        Landmark name to point (3,).
    others
        The same points by other estimators: landmark name to estimator to point.
    """

    points: dict[str, Array]
    others: dict[str, dict[str, Array]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class RightFemur:
    """A femur in its condylar frame, mirrored to right, with its head radius; mm."""

    mesh: Mesh
    head_radius_mm: float
    stated_length_mm: float | None = None

    @classmethod
    def of(
        cls,
        femur: Mesh,
        scan_from_femur: Array,
        side: Side,
        head_radius_mm: float,
        length_mm: float | None = None,
    ) -> "RightFemur":
        """Bring a femur of either side into its frame, mirrored to right.

        A length is stated for a femur that ends in its shaft: what a whole one would have.
        """
        local = femur.transformed(rigid.inverse(scan_from_femur))
        is_right = side_sign(side) > 0.0
        return cls(local if is_right else local.mirrored(axis=2), head_radius_mm, length_mm)

    @property
    def depth_of_end(self) -> float:
        """Depth of the distal end of the mesh below the hip joint centre, mm."""
        return float(-self.mesh.vertices[:, 1].min())

    @property
    def length(self) -> float:
        """Distance from the hip joint centre to the distal end of the whole bone, mm."""
        return self.depth_of_end if self.stated_length_mm is None else self.stated_length_mm

    @property
    def has_knee(self) -> bool:
        """Whether the mesh reaches to the condyles."""
        return self.stated_length_mm is None

    @cached_property
    def shaft_line(self) -> tuple[Array, Array]:
        """Point and upward unit direction of the proximal shaft axis."""
        high, low = (level * self.length for level in SHAFT_LEVELS)
        low = low if self.has_knee else min(low, self.depth_of_end - CLEAR_OF_CUT_MM)
        if low - high < LEAST_SHAFT_MM:
            raise AnatomyError(
                f"the femur ends {self.depth_of_end:.0f} mm below its head centre; its shaft axis "
                f"needs {high + LEAST_SHAFT_MM + CLEAR_OF_CUT_MM:.0f} mm"
            )
        centroids = [self._shaft_centroid(-depth) for depth in np.linspace(high, low, 8)]
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

    @cached_property
    def upper(self) -> Mesh:
        """The part above the level where the search for the lesser trochanter ends."""
        is_upper = self.mesh.vertices[:, 1] > -1.05 * LESSER_TROCHANTER_LEVELS[1] * self.length
        return self.mesh.submesh(np.all(is_upper[self.mesh.faces], axis=1))

    def off_shaft_axis(self, points: Array) -> Array:
        """Return the offset of points from the shaft axis, shape (n, 3)."""
        point, up = self.shaft_line
        offset = points - point
        return offset - np.outer(offset @ up, up)


def find_proximal_landmarks(
    femur: Mesh,
    scan_from_femur: Array,
    side: Side,
    head_radius_mm: float,
    *,
    length_mm: float | None = None,
) -> Proximal:
    """Find shaft axis, neck isthmus and trochanters of a femur whose frame is known.

    Parameters
    ----------
    femur
        Closed mesh of a femur, scan frame, mm.
    scan_from_femur
        Condylar frame (4, 4), origin at the hip joint centre.
    side
        Side of the femur.
    head_radius_mm
        Radius of the femoral head.
    length_mm
        For a femur that ends in its shaft, what a whole one would have from head centre to
        distal end; it has no posterior trochanter, for want of condyles.

    Returns
    -------
    proximal
        Landmarks and what other estimators say, scan frame, mm.

    Raises
    ------
    AnatomyError
        If the shaft or the neck has no section where one is needed.
    """
    mirror = np.array([1.0, 1.0, side_sign(side)])
    bone = RightFemur.of(femur, scan_from_femur, side, head_radius_mm, length_mm)
    isthmus = neck_isthmus(bone)
    places = {
        "lesser_trochanter": _lesser_trochanter(bone, isthmus),
        "greater_trochanter": _greater_trochanter(bone),
    }
    if bone.has_knee:
        places["posterior_trochanter"] = _posterior_trochanter(bone)
    low, high = (bone.length * level for level in SHAFT_LEVELS)
    found = {
        "shaft_axis_proximal": bone.on_shaft_axis(-low),
        "shaft_axis_distal": bone.on_shaft_axis(-high),
        "neck_isthmus": isthmus,
        **{name: point for name, (point, _) in places.items()},
    }

    def in_scan(point: Array) -> Array:
        return rigid.apply(scan_from_femur, (point * mirror)[None])[0]

    others = {n: {way: in_scan(p) for way, p in ways.items()} for n, (_, ways) in places.items()}
    return Proximal({n: in_scan(p) for n, p in found.items()}, others)


def neck_isthmus(bone: RightFemur) -> Array:
    """Return the centroid of the smallest sections across the neck, shape (3,), its own frame.

    Raises
    ------
    AnatomyError
        If there is no neck.
    """
    radius = bone.head_radius_mm
    is_near = np.linalg.norm(bone.mesh.vertices, axis=1) < 3.0 * radius
    neck = bone.mesh.submesh(is_near[bone.mesh.faces].all(axis=1))
    axis = rigid.unit(bone.on_shaft_axis(-1.45 * radius))
    for _ in range(60):
        centroid = _smallest_sections(neck, axis, radius)
        before, axis = axis, rigid.unit(centroid)
        if np.linalg.norm(axis - before) < _STEADY:
            break
    return centroid


def _smallest_sections(neck: Mesh, axis: Array, radius: float) -> Array:
    """Return the mean centroid of the neck's sections across an axis, small ones weighing more."""
    planes = _NECK_REACH[:, None] * radius * axis
    outlines = [outline_around(section(neck, point, axis), point) for point in planes]
    areas = np.array([np.inf if o is None else o.area_mm2 for o in outlines])
    areas[areas < 0.5 * radius**2] = np.inf  # a splinter beside the neck
    if not np.isfinite(areas).any():
        raise AnatomyError("no femoral neck found between the head and the shaft")
    weights = np.exp((1.0 - areas / areas.min()) / ISTHMUS_SHARE)
    kept = [(w, o.centroid) for w, o in zip(weights, outlines, strict=True) if o and w > 0.0]
    total: Array = sum(w * centroid for w, centroid in kept) / sum(w for w, _ in kept)
    return total


Found = tuple[Array, dict[str, Array]]  # a place, and the same place by other estimators


def _lesser_trochanter(bone: RightFemur, isthmus: Array) -> Found:
    """Return the apex of the lesser trochanter."""
    upper, neck = bone.upper, rigid.unit(isthmus)
    vertices, offset = upper.vertices, bone.off_shaft_axis(upper.vertices)
    _, up = bone.shaft_line
    medial = rigid.unit(up * (up @ neck) - neck)
    angle = np.degrees(np.arctan2(offset @ np.cross(up, medial), offset @ medial))
    from_neck = np.linalg.norm(vertices - np.outer(vertices @ neck, neck), axis=1)
    candidates = (
        _within(-vertices[:, 1] / bone.length, LESSER_TROCHANTER_LEVELS)
        & _within(angle, LESSER_TROCHANTER_SECTOR_DEG)
        & (from_neck > 1.1 * bone.head_radius_mm)
    )
    if not candidates.any():
        raise AnatomyError("no lesser trochanter found below the neck")
    reach, area = np.linalg.norm(offset, axis=1), LESSER_TROCHANTER_CAP_MM2
    cap = find_cap(upper, reach, area_mm2=area, is_candidate=candidates)
    foot = bone.off_shaft_axis(cap.centre[None])[0]
    axis = rigid.unit(foot)
    apex = cap.centre + (cap.top_mm - float(np.linalg.norm(foot))) * axis
    is_near = candidates & (np.linalg.norm(vertices - apex, axis=1) < 0.8 * bone.head_radius_mm)
    flat = contact_point(upper, axis, area_mm2=area, is_candidate=is_near)
    small = find_cap(upper, reach, area_mm2=area / 4.0, is_candidate=candidates).centre
    return apex, {"plane across its axis": flat, "smaller cap": small}


def _greater_trochanter(bone: RightFemur) -> Found:
    """Return the tip of the greater trochanter."""
    vertices, radius = bone.upper.vertices, bone.head_radius_mm
    candidates = (np.linalg.norm(vertices, axis=1) > 1.3 * radius) & (vertices[:, 2] > 0.8 * radius)
    candidates &= vertices[:, 1] > -1.2 * radius
    if not candidates.any():
        raise AnatomyError("no greater trochanter found lateral of the shaft axis")
    up = bone.shaft_line[1]
    behind = rigid.unit(up - np.array([0.15, 0.0, 0.0]))
    views = ((up, 1.0), (up, 0.25), (behind, 1.0))
    tip, small, other = (
        contact_point(
            bone.upper, d, area_mm2=share * GREATER_TROCHANTER_CAP_MM2, is_candidate=candidates
        )
        for d, share in views
    )
    return tip, {"smaller cap": small, "from a little behind": other}


def _posterior_trochanter(bone: RightFemur) -> Found:
    """Return where the proximal femur touches a table on which both condyles lie."""
    vertices, y = bone.upper.vertices, bone.mesh.vertices[:, 1]
    condyles = bone.mesh.vertices[y < 0.9 * y.min()]
    contact = condyles[condyles[:, 0].argmin()]
    is_clear = np.linalg.norm(vertices, axis=1) > 1.3 * bone.head_radius_mm
    rise = (contact[0] - vertices[:, 0]) / (vertices[:, 1] - contact[1])
    found = []
    for area in (POSTERIOR_CAP_MM2, POSTERIOR_CAP_MM2 / 4.0):
        reach = rise * (0.9 * bone.length)
        cap = find_cap(bone.upper, reach, area_mm2=area, is_candidate=is_clear)
        found.append(cap.centre + np.array([-cap.depth_mm / 3.0, 0.0, 0.0]))
    return found[0], {"smaller contact": found[1]}


def _within(values: Array, limits: tuple[float, float]) -> BoolArray:
    """Mark the values strictly between two limits."""
    return (values > limits[0]) & (values < limits[1])
