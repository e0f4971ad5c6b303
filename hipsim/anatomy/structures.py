"""Axes, planes and lines of a hip that are more than a point, with unit directions.

All are in the scan frame and in mm, and are read from landmarks and surface of the hip as it is
now, operated or not.

* Shaft axis: line through the section centroids of the straight part below the lesser trochanter.
* Neck axis: from the hip joint centre through the neck isthmus.
* Lesser trochanter: its axis runs from the shaft axis to the apex, perpendicular to the shaft axis.
  Its base plane is fitted to the line in which a ball of 15 mm about the apex cuts the surface:
  on 35 CT hips the trochanter has fallen to half its height within 7 to 12 mm of the apex and has
  run out at about 15 mm. Its patch is the surface inside that line.
* Intertrochanteric crest: the line of the places that stand out farthest behind the plane of neck
  and shaft, section by section from the posterior edge of the greater to the lesser trochanter.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.find_acetabulum import AcetabularRim, find_acetabulum, find_rim
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, BoolArray
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import SphereFit
from hipsim.geometry.section import section_segments

TROCHANTER_BASE_MM = 15.0  # from the apex to where the lesser trochanter has run out
CREST_POINTS = 9
CLEAR_OF_HEAD = 1.3  # head radii from the hip joint centre
CREST_SHARES = (0.15, 0.85)  # of the way from the tip of the greater to the lesser trochanter


@dataclass(frozen=True, eq=False)
class Axis:
    """A line with a direction.

    Attributes
    ----------
    point
        A point of the line, shape (3,), scan frame, mm.
    direction
        Unit vector, shape (3,), scan frame.
    """

    point: Array
    direction: Array

    def foot_of(self, point: Array) -> Array:
        """Return the point of the line nearest to a point (3,).

        Examples
        --------
        >>> Axis(np.zeros(3), np.array([0.0, 1.0, 0.0])).foot_of(np.array([4.0, 2.0, 1.0])).tolist()
        [0.0, 2.0, 0.0]
        """
        foot: Array = self.point + ((point - self.point) @ self.direction) * self.direction
        return foot


@dataclass(frozen=True, eq=False)
class LesserTrochanter:
    """How the lesser trochanter sits on the femur.

    Attributes
    ----------
    apex
        Shape (3,), scan frame, mm.
    axis
        Unit vector from the shaft axis to the apex, perpendicular to the shaft axis, shape (3,).
    base_point
        Middle of the base, shape (3,), scan frame, mm.
    base_normal
        Unit normal of the base plane, out of the bone, shape (3,).
    height_mm
        Of the apex over the base plane.
    is_patch
        Mask over the faces of the femur: the surface of the trochanter above its base.
    """

    apex: Array
    axis: Array
    base_point: Array
    base_normal: Array
    height_mm: float
    is_patch: BoolArray


def shaft_axis(hip: Hip) -> Axis:
    """Return the proximal shaft axis, pointing up.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    top, bottom = hip.landmarks["shaft_axis_proximal"], hip.landmarks["shaft_axis_distal"]
    return Axis(top, rigid.unit(top - bottom))


def neck_axis(hip: Hip) -> Axis:
    """Return the neck axis from the hip joint centre, pointing from the head to the shaft.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    centre, isthmus = hip.landmarks["hip_joint_centre"], hip.landmarks["neck_isthmus"]
    return Axis(centre, rigid.unit(isthmus - centre))


def lesser_trochanter(hip: Hip) -> LesserTrochanter:
    """Return apex, axis, base plane and patch of the lesser trochanter.

    Parameters
    ----------
    hip
        With the landmarks ``lesser_trochanter`` and both of the shaft axis.

    Raises
    ------
    AnatomyError
        If a landmark is missing, or there is no surface around the apex.
    """
    apex = hip.landmarks["lesser_trochanter"]
    axis = rigid.unit(apex - shaft_axis(hip).foot_of(apex))
    base = _ring(hip.femur, apex)
    lengths = np.linalg.norm(base[:, 1] - base[:, 0], axis=1)
    middles = base.mean(axis=1)
    centre = lengths @ middles / lengths.sum()
    spread = (middles - centre) * np.sqrt(lengths)[:, None]
    normal = np.linalg.svd(spread, full_matrices=False)[2][2]
    normal = normal * (1.0 if normal @ axis > 0.0 else -1.0)
    height = float((apex - centre) @ normal)
    is_near = np.linalg.norm(hip.femur.face_centres - apex, axis=1) < TROCHANTER_BASE_MM
    is_above = (hip.femur.face_centres - centre) @ normal > 0.0
    return LesserTrochanter(apex, axis, centre, normal, height, is_near & is_above)


def intertrochanteric_crest(hip: Hip) -> Array:
    """Return the line of the intertrochanteric crest from the greater to the lesser trochanter.

    Parameters
    ----------
    hip
        With the proximal femoral landmarks.

    Returns
    -------
    points
        Shape (9, 3), scan frame, mm.

    Raises
    ------
    AnatomyError
        If a landmark is missing, or the femur has no surface between the trochanters.
    """
    marks = hip.landmarks
    down = -shaft_axis(hip).direction
    behind = rigid.unit(np.cross(down, neck_axis(hip).direction) * side_sign(hip.side))
    start, end = marks["greater_trochanter"], marks["lesser_trochanter"]
    along = rigid.unit((end - start) - ((end - start) @ behind) * behind)
    is_clear = np.linalg.norm(hip.femur.vertices - marks["hip_joint_centre"], axis=1)
    bone = hip.femur.submesh(
        (is_clear > CLEAR_OF_HEAD * hip.head_radius_mm)[hip.femur.faces].all(1)
    )
    reach = np.linspace(*CREST_SHARES, CREST_POINTS) * ((end - start) @ along)
    return np.array([_farthest(bone, start + r * along, along, behind) for r in reach])


def acetabular_rim(hip: Hip) -> AcetabularRim:
    """Return the plane of the acetabular rim.

    Raises
    ------
    AnatomyError
        If the hip bone has no acetabulum around the head, or no rim.
    """
    is_none = np.zeros(len(hip.femur.vertices), dtype=bool)
    centre = hip.landmarks["hip_joint_centre"]
    head = SphereFit(centre, hip.head_radius_mm, 0.0, 0.0, is_none)
    return find_rim(hip.hip_bone, find_acetabulum(hip.hip_bone, head))


def _ring(femur: Mesh, apex: Array) -> Array:
    """Return the segments in which a ball about the apex cuts the surface, shape (k, 2, 3)."""
    height = np.linalg.norm(femur.vertices - apex, axis=1) - TROCHANTER_BASE_MM
    is_cut = (height[femur.faces] < 0.0).any(axis=1) & (height[femur.faces] >= 0.0).any(axis=1)
    if is_cut.sum() < 3:
        raise AnatomyError("there is no surface around the lesser trochanter; check its landmark")
    points, level = femur.triangles[is_cut], height[femur.faces[is_cut]]
    ends = []
    for k in range(3):
        a, b = level[:, k], level[:, (k + 1) % 3]
        share = np.divide(a, a - b, out=np.full(len(a), np.nan), where=(a < 0.0) != (b < 0.0))
        ends.append(points[:, k] + share[:, None] * (points[:, (k + 1) % 3] - points[:, k]))
    crossings = np.stack(ends, axis=1)
    is_end = np.isfinite(crossings[..., 0])
    segments: Array = crossings[is_end].reshape(-1, 2, 3)
    return segments


def _farthest(femur: Mesh, point: Array, along: Array, behind: Array) -> Array:
    """Return the place of a section that lies farthest behind."""
    corners = section_segments(femur, point, along).reshape(-1, 3)
    if len(corners) == 0:
        raise AnatomyError("the femur has no surface between its trochanters; check the landmarks")
    best: Array = corners[(corners @ behind).argmax()]
    return best
