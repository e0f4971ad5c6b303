"""Find the acetabulum on a hip bone: the sphere of its lunate surface and the plane of its rim.

The sphere is fitted to the socket alone, apart from the head's. The rim is read from sections: half
planes through the axis of the socket cut the bone in a profile that starts on the articular surface
and climbs to the rim; the rim point is where the profile reaches farthest round the centre while it
stays within a shell around the sphere. The plane is fitted to one point per half plane, and the
half planes that look into the acetabular notch, where the rim is missing, count little.
Axis and plane are found in turn until the axis settles. Sections cross the surface itself, not its
vertices, so a coarser mesh of the same bone has the same rim.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import SphereFit, SphereSearch, find_sphere, vertex_areas_mm2
from hipsim.geometry.section import section_segments

LEAST_ACETABULAR_COVERAGE = 0.10
ACETABULAR_REACH = 1.6  # of the head radius: bone nearer than this to the head may be acetabulum
ACETABULAR_OFFSET_MM = 6.0  # a centre farther than this from the head's is not its socket
RIM_SHELL = (0.85, 1.15)  # of the socket's radius: where its profile is still the socket
RIM_HALF_PLANES = 48
RIM_POLAR_DEG = (40.0, 125.0)  # from the floor of the socket; 35 CT hips: 79 to 92 on average
RIM_SCATTER_MM = 3.0  # a rim undulates by so much; what is farther off its plane counts little
NOTCH_SCATTERS = 2.0  # a point farther from the plane by so many scatters is not called rim
_LEAST_SHARE = 0.5  # of the half planes must hold a rim
_ROUNDS = 12
_STEADY = 1e-7


@dataclass(frozen=True, eq=False)
class AcetabularRim:
    """The plane of the acetabular rim.

    Attributes
    ----------
    centre
        Middle of the rim: foot of the socket's centre on the plane, shape (3,), scan frame, mm.
    normal
        Unit normal of the plane, out of the socket, shape (3,), scan frame: the acetabular axis.
    rms_mm
        Weighted root mean square distance of the rim from the plane: how uneven the rim is.
    points
        Rim points within 6 mm of the plane, in order around it, shape (n, 3), scan frame, mm.
    share
        Share of the circumference they stand for; the rest is notch.
    """

    centre: Array
    normal: Array
    rms_mm: float
    points: Array
    share: float


def find_acetabulum(hip_bone: Mesh, head: SphereFit) -> SphereFit:
    """Fit the acetabular surface around a femoral head, apart from the head's own sphere.

    Parameters
    ----------
    hip_bone
        Closed mesh of the hip bone, scan frame, mm.
    head
        Sphere of the femoral head, same frame.

    Raises
    ------
    AnatomyError
        If the bone has no hollow round surface there: the femur is not in its socket, or belongs
        to another person.
    """
    ray = hip_bone.vertices - head.centre
    distance = np.linalg.norm(ray, axis=1)
    faces_head = -(ray * hip_bone.vertex_normals).sum(axis=1) > 0.8 * distance
    radii = (1.0 * head.radius_mm, 1.4 * head.radius_mm)
    search = SphereSearch(
        is_candidate=faces_head & (distance < ACETABULAR_REACH * head.radius_mm),
        radii_mm=radii,
        is_hollow=True,
        centre_near=(head.centre, ACETABULAR_OFFSET_MM),
    )
    fit = find_sphere(hip_bone, search)
    if fit is None or fit.coverage < LEAST_ACETABULAR_COVERAGE:
        seen = "none" if fit is None else f"{fit.coverage:.0%} of a sphere"
        raise AnatomyError(
            f"no acetabulum around this femoral head: wanted a hollow sphere of {radii[0]:.0f} to "
            f"{radii[1]:.0f} mm radius near the head centre, got {seen}; do femur and hip bone "
            f"belong to the same person and scan?"
        )
    return fit


def find_rim(hip_bone: Mesh, socket: SphereFit) -> AcetabularRim:
    """Find the rim of an acetabulum and fit a plane to it.

    Parameters
    ----------
    hip_bone
        Closed mesh of the hip bone, scan frame, mm.
    socket
        Sphere of the acetabulum on this very mesh, from :func:`find_acetabulum`.

    Returns
    -------
    rim
        Plane, rim points and how well they agree.

    Raises
    ------
    AnatomyError
        If less than half of the circumference has a rim: a broken or cropped acetabulum.
    """
    near = np.linalg.norm(hip_bone.vertices - socket.centre, axis=1) < 2.0 * socket.radius_mm
    bone = hip_bone.submesh(near[hip_bone.faces].any(axis=1))
    weights = vertex_areas_mm2(hip_bone)[socket.is_inlier]
    axis = -rigid.unit(weights @ (hip_bone.vertices[socket.is_inlier] - socket.centre))
    start = hip_bone.face_areas_mm2 @ (hip_bone.face_centres - socket.centre)  # turns with the bone
    for _ in range(_ROUNDS):
        points = _rim_points(bone, socket, axis, start)
        weights, normal = _plane_through_most(points, axis)
        before, axis = axis, normal
        if np.abs(axis - before).max() < _STEADY:
            break
    height = (points - socket.centre) @ axis
    offset = float(weights @ height / weights.sum())
    is_rim = np.abs(height - offset) < NOTCH_SCATTERS * RIM_SCATTER_MM
    return AcetabularRim(
        centre=socket.centre + offset * axis,
        normal=axis,
        rms_mm=float(np.sqrt(weights @ (height - offset) ** 2 / weights.sum())),
        points=points[is_rim],
        share=float(is_rim.sum() / RIM_HALF_PLANES),
    )


def _rim_points(bone: Mesh, socket: SphereFit, axis: Array, start: Array) -> Array:
    """Return the rim point of each half plane through the axis that has one, in order around."""
    across = rigid.unit(np.cross(axis, start))
    other = np.cross(axis, across)
    found = []
    for turn in np.arange(RIM_HALF_PLANES) * 2.0 * np.pi / RIM_HALF_PLANES:
        outward = np.cos(turn) * across + np.sin(turn) * other
        segments = section_segments(bone, socket.centre, np.cross(axis, outward))
        point = _rim_on_profile(segments - socket.centre, axis, outward, socket.radius_mm)
        if point is not None:
            found.append(socket.centre + point)
    if len(found) < _LEAST_SHARE * RIM_HALF_PLANES:
        raise AnatomyError(
            f"no acetabular rim found: {len(found)} of {RIM_HALF_PLANES} sections through the "
            f"socket have one, wanted half or more; is the acetabulum complete?"
        )
    return np.array(found)


def _rim_on_profile(segments: Array, axis: Array, outward: Array, radius: float) -> Array | None:
    """Return the point of a profile farthest round the centre within the shell of the socket."""
    low, high = (radius * share for share in RIM_SHELL)
    points = segments[:, 0]  # every corner of the outline is the start of one segment
    distance = np.linalg.norm(points, axis=1)
    polar = np.degrees(np.arctan2(points @ outward, -(points @ axis)))
    is_rim = (distance > low) & (distance < high)
    is_rim &= (polar > RIM_POLAR_DEG[0]) & (polar < RIM_POLAR_DEG[1])
    if not is_rim.any():
        return None
    best: Array = points[is_rim][polar[is_rim].argmax()]
    return best


def _plane_through_most(points: Array, towards: Array) -> tuple[Array, Array]:
    """Fit a plane by weighted least squares, weights falling with the distance from it.

    The weights (Cauchy's) fall smoothly, so no point drops in or out at a threshold.
    """
    weights = np.ones(len(points))
    for _ in range(_ROUNDS):
        middle = weights @ points / weights.sum()
        spread = (points - middle) * np.sqrt(weights)[:, None]
        normal = np.linalg.svd(spread, full_matrices=False)[2][2]
        normal = normal * np.sign(normal @ towards)
        weights = 1.0 / (1.0 + (((points - middle) @ normal) / RIM_SCATTER_MM) ** 2)
    return weights, normal
