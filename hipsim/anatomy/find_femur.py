"""Find the landmarks of a whole femur from its shape alone, in any orientation.

Order of finding: long axis (inertia) - head (the end with the most complete sphere; condyles cover
a third of theirs at most) - knee (hull of the distal end seen along the mechanical axis) - shaft
axis - neck isthmus - lesser and greater trochanter. Nothing assumes a scan frame or a side: the
side is what the shape says (anterior x superior points right; lateral is where the shaft is).

Distances are scaled by the head radius R or the length L (hip joint centre to the distal end of the
condyles); the shares follow from 35 CT hips (femoral shaft axis 0.225-0.40 L, LT about 0.13 L below
the head).
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from hipsim.anatomy.find_proximal_femur import find_proximal_landmarks
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, Side
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import SphereFit, SphereSearch, extreme_point, find_sphere
from hipsim.geometry.section import section

HEAD_RADII_MM = (14.0, 34.0)
LEAST_HEAD_COVERAGE = 0.40
PLAUSIBLE = {  # in head radii; 35 CT hips lie well within
    "head centre to neck isthmus": ("hip_joint_centre", "neck_isthmus", (0.75, 1.6)),
    "head centre to greater trochanter": ("hip_joint_centre", "greater_trochanter", (1.6, 3.2)),
    "head centre to lesser trochanter": ("hip_joint_centre", "lesser_trochanter", (1.8, 3.8)),
    "epicondylar width": ("medial_epicondyle", "lateral_epicondyle", (2.7, 4.9)),
}
_STEADY_MM = 1e-4


@dataclass(frozen=True, eq=False)
class FoundFemur:
    """What the shape of a femur says.

    Attributes
    ----------
    side
        Side of the femur by its shape.
    landmarks
        Femoral landmarks, scan frame, mm.
    head
        Sphere of the femoral head.
    """

    side: Side
    landmarks: Landmarks
    head: SphereFit


def find_femur(femur: Mesh) -> FoundFemur:
    """Find head, knee, shaft, neck and both trochanters of a whole femur.

    Parameters
    ----------
    femur
        Closed mesh of a whole femur, mm, any frame.

    Returns
    -------
    found
        Side, landmarks in the frame of the mesh, head sphere.

    Raises
    ------
    AnatomyError
        If no femoral head, no pair of condyles or no neck is found, or what was found does not
        have the proportions of a femur (half a head, a bone cut off, another bone).
    """
    head, distal_tip = _find_head(femur)
    knee = _find_knee(femur, head.centre, distal_tip)
    proximal = find_proximal_landmarks(femur, knee.scan_from_femur, knee.side, head.radius_mm)
    points = {"hip_joint_centre": head.centre, **knee.points(), **proximal}
    _check_plausible(points, head)
    return FoundFemur(knee.side, Landmarks(points), head)


def _find_head(femur: Mesh) -> tuple[SphereFit, Array]:
    """Return the head sphere and the far end of the bone's long axis."""
    centre, axis = _long_axis(femur)
    along = (femur.vertices - centre) @ axis
    low, high = along.min(), along.max()
    reach = 0.2 * (high - low)
    ends = [(along < low + reach, high), (along > high - reach, low)]
    fits = [(find_sphere(femur, SphereSearch(m, HEAD_RADII_MM)), far) for m, far in ends]
    found = [(fit, far) for fit, far in fits if fit is not None]
    best, far = max(found, key=lambda pair: pair[0].coverage, default=(None, 0.0))
    if best is None or best.coverage < LEAST_HEAD_COVERAGE:
        seen = "nothing round" if best is None else f"{best.coverage:.0%} of a sphere"
        raise AnatomyError(
            f"no femoral head found: wanted a sphere of {HEAD_RADII_MM[0]:g} to "
            f"{HEAD_RADII_MM[1]:g} mm radius covered by {LEAST_HEAD_COVERAGE:.0%} or more, got "
            f"{seen}; is this a whole femur, in mm?"
        )
    return best, centre + far * axis


def _check_plausible(points: dict[str, Array], head: SphereFit) -> None:
    """Raise unless this has the proportions of a femur: half a head may look like a knee."""
    for what, (start, end, (low, high)) in PLAUSIBLE.items():
        found = float(np.linalg.norm(points[end] - points[start])) / head.radius_mm
        if not low <= found <= high:
            raise AnatomyError(
                f"this does not look like a whole femur: {what} is {found:.2f} head radii of "
                f"{head.radius_mm:.1f} mm, wanted {low:g} to {high:g}; is the head complete, and "
                f"is it one femur from head to condyles?"
            )


def _long_axis(mesh: Mesh) -> tuple[Array, Array]:
    """Return the centre of area and the direction of greatest spread of the surface."""
    weights = mesh.face_areas_mm2 / mesh.face_areas_mm2.sum()
    centre = weights @ mesh.face_centres
    offset = mesh.face_centres - centre
    return centre, np.linalg.eigh((offset * weights[:, None]).T @ offset)[1][:, 2]


@dataclass(frozen=True, eq=False)
class _Knee:
    """The distal femur in the condylar frame whose origin is the hip joint centre."""

    side: Side
    scan_from_femur: Array
    medial_posterior: Array
    lateral_posterior: Array
    medial_epicondyle: Array
    lateral_epicondyle: Array

    def points(self) -> dict[str, Array]:
        return {
            "medial_posterior_condyle": self.medial_posterior,
            "lateral_posterior_condyle": self.lateral_posterior,
            "medial_epicondyle": self.medial_epicondyle,
            "lateral_epicondyle": self.lateral_epicondyle,
        }


def _find_knee(femur: Mesh, centre: Array, distal_tip: Array) -> _Knee:
    """Find condyles and epicondyles, turning the frame until both settle."""
    up = rigid.unit(centre - distal_tip)
    length = float(((centre - femur.vertices) @ up).max())
    side, anterior = _side_and_anterior(femur, centre, up, length)
    lateral = side_sign(side) * np.cross(anterior, up)
    knee_centre = centre - up * length
    for _ in range(30):
        up = rigid.unit(centre - knee_centre)
        axes = rigid.axes_from(y=up, z_hint=lateral * side_sign(side))
        knee = _knee_in_axes(femur, centre, axes, side)
        moved = 0.5 * (knee.medial_epicondyle + knee.lateral_epicondyle)
        lateral = knee.lateral_posterior - knee.medial_posterior
        if np.linalg.norm(moved - knee_centre) < _STEADY_MM:
            break
        knee_centre = moved
    return knee


def _side_and_anterior(femur: Mesh, centre: Array, up: Array, length: float) -> tuple[Side, Array]:
    """Tell anterior from the condyles' overhang behind the shaft, side from the shaft's offset."""
    depth = (centre - femur.vertices) @ up
    distal = femur.vertices[depth > 0.88 * length]
    mid = _hull_centre(distal, up)
    above = _shaft_centroid(femur, centre, up, 0.80 * length)
    proximal = _shaft_centroid(femur, centre, up, 0.35 * length)
    across = distal - mid
    across -= np.outer(across @ up, up)
    wide = np.linalg.svd(across, full_matrices=False)[2][0]
    anterior = above - mid
    anterior = rigid.unit(anterior - (anterior @ up) * up - (anterior @ wide) * wide)
    offset = (proximal - centre) @ np.cross(anterior, up)
    return ("right" if offset > 0 else "left"), anterior


def _hull_centre(points: Array, along: Array) -> Array:
    """Return the middle of the hull of points seen along a direction (area centroid)."""
    basis = np.linalg.svd(along[None])[2][1:]
    flat = (points - points.mean(axis=0)) @ basis.T
    ring = flat[ConvexHull(flat).vertices]
    nxt = np.roll(ring, -1, axis=0)
    double = ring[:, 0] * nxt[:, 1] - ring[:, 1] * nxt[:, 0]
    middle = (double[:, None] * (ring + nxt)).sum(axis=0) / (3.0 * double.sum())
    return points.mean(axis=0) + middle @ basis


def _shaft_centroid(femur: Mesh, centre: Array, up: Array, depth: float) -> Array:
    """Return the centroid of the largest outline at a depth below the head centre."""
    outlines = section(femur, centre - depth * up, up)
    if not outlines:
        raise AnatomyError(f"the femur has no section {depth:.0f} mm below its head centre")
    return outlines[0].centroid


def _knee_in_axes(femur: Mesh, centre: Array, axes: Array, side: Side) -> _Knee:
    """Find the extreme points of the condyles in given axes, then turn Z onto the condylar line."""
    for _ in range(20):
        local = (femur.vertices - centre) @ axes
        condylar = local[local[:, 1] < 0.90 * local[:, 1].min()]
        z_middle = 0.5 * (condylar[:, 2].min() + condylar[:, 2].max())
        is_right = condylar[:, 2] > z_middle
        pair = [_extreme(condylar[half], 0, -1.0) for half in (~is_right, is_right)]
        turn = np.arctan2(pair[1][0] - pair[0][0], pair[1][2] - pair[0][2])
        if abs(turn) < 1e-6:
            break
        axes = axes @ rigid.rotation_about([0.0, 1.0, 0.0], turn)
    width = [_extreme(condylar, 2, sign) for sign in (-1.0, 1.0)]
    order = (0, 1) if side == "right" else (1, 0)
    found = [centre + points[k] @ axes.T for points in (pair, width) for k in order]
    return _Knee(side, rigid.transform_from(axes, centre), *found)


def _extreme(points: Array, axis: int, sign: float) -> Array:
    """Return the extreme point along an axis."""
    return extreme_point(points, sign * points[:, axis])
