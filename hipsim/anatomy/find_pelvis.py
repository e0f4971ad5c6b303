"""Find the pelvic landmarks from both hip bones, in any orientation.

The bones lie in one scan frame, as a CT gives them, and mirror each other: the line of their
centres is the first transverse axis, its middle lies in the midplane. The surface's centre lies
above the hip joint centre (the iliac wings weigh most); the wings are wider in front than behind,
which tells anterior from posterior without a side. Then the anterior pelvic plane is the plane the
pelvis would lie on face down: ASIS and pubic tubercles are the most anterior points above and
below, found anew until the plane settles.

The pubic tubercle is sought 0.23 to 0.5 of the half width from the midplane (raters put it 28 mm
off it): the most anterior points of all lie on the symphysis, and would tilt the plane by 2 deg.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array, Side
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import SphereFit, SphereSearch, extreme_point, find_sphere

LEAST_ACETABULAR_COVERAGE = 0.10
ACETABULAR_REACH = 1.6  # of the head radius: bone nearer than this to the head may be acetabulum
ACETABULAR_OFFSET_MM = 6.0  # a centre farther than this from the head's is not its socket
TUBERCLE_FROM_MIDPLANE = (0.23, 0.5)  # of half the distance between the bones' centres
_STEADY = 1e-6
_FORWARD, _BACK, _DOWN_BACK = (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (-1.0, -1.0, 0.0)
_FORWARD_UP = (1.0, 0.3, 0.0)  # the tubercle is the upper front corner of the pubic crest


@dataclass(frozen=True, eq=False)
class FoundPelvis:
    """What the shape of the two hip bones says.

    Attributes
    ----------
    points
        Landmark name to point (3,), scan frame, mm: ASIS, PSIS and pubic tubercles of both sides.
    tuberosity
        Ischial tuberosity of each side: the point farthest down and back in the ``app`` frame.
    """

    points: dict[str, Array]
    tuberosity: dict[Side, Array]


def find_pelvis(right: Mesh, left: Mesh, *, hip_joint_centre: Array) -> FoundPelvis:
    """Find the landmarks of a pelvis from its two hip bones.

    Parameters
    ----------
    right, left
        Closed meshes of the hip bones, the same scan frame, mm.
    hip_joint_centre
        Centre of one femoral head, shape (3,), same frame; tells what is above the joint.

    Raises
    ------
    AnatomyError
        If the bones called right and left are, by their shape, the other way round, or a bone has
        nothing where a landmark should be.
    """
    bones: dict[Side, Mesh] = {"right": right, "left": left}
    middle, axes, half_width = _first_axes(bones, hip_joint_centre)
    band = tuple(half_width * share for share in TUBERCLE_FROM_MIDPLANE)
    points: dict[str, Array] = {}
    for _ in range(40):
        local = {side: (bone.vertices - middle) @ axes for side, bone in bones.items()}
        found = _anterior_points(local, band)
        points = {name: middle + axes @ point for name, point in found.items()}
        before, axes = axes, _anterior_axes(points)
        if np.abs(axes - before).max() < _STEADY:
            break
    local = {side: (bone.vertices - middle) @ axes for side, bone in bones.items()}
    for side, vertices in local.items():
        upper = vertices[vertices[:, 1] > 40.0]
        points[f"psis_{side}"] = middle + axes @ _extreme(upper, _BACK)
    tuberosity = {side: middle + axes @ _extreme(v, _DOWN_BACK) for side, v in local.items()}
    return FoundPelvis(points, tuberosity)


def find_acetabulum(hip_bone: Mesh, head: SphereFit) -> SphereFit:
    """Fit the acetabular surface around a femoral head, apart from the head's own sphere.

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


def _first_axes(bones: dict[Side, Mesh], hip_joint_centre: Array) -> tuple[Array, Array, float]:
    """Return the joint's level in the midplane, rough axes (X, Y, Z columns) and the half width."""
    mean = {side: _centre_of_area(bone) for side, bone in bones.items()}
    between = mean["right"] - mean["left"]
    right, half_width = rigid.unit(between), 0.5 * float(np.linalg.norm(between))
    centre = 0.5 * (mean["right"] + mean["left"])
    middle = hip_joint_centre - ((hip_joint_centre - centre) @ right) * right
    rise = centre - middle
    up = rigid.unit(rise - (rise @ right) * right)
    axes = np.column_stack([np.cross(up, right), up, right])
    if _widening(bones, middle, axes) < 0.0:
        raise AnatomyError(
            "the hip bones called right and left are, by their shape, the other way round "
            "(or both are mirrored); check the file names"
        )
    return middle, axes, half_width


def _centre_of_area(mesh: Mesh) -> Array:
    """Return the centre of a surface."""
    return mesh.face_areas_mm2 @ mesh.face_centres / mesh.face_areas_mm2.sum()


def _widening(bones: dict[Side, Mesh], middle: Array, axes: Array) -> float:
    """Return the covariance of width and forwardness over the wings: positive if X is anterior."""
    centres = np.concatenate([bone.face_centres for bone in bones.values()])
    areas = np.concatenate([bone.face_areas_mm2 for bone in bones.values()])
    forward, height, across = ((centres - middle) @ axes).T
    wing = height > 30.0
    return float(np.cov(forward[wing], np.abs(across[wing]), aweights=areas[wing])[0, 1])


def _anterior_points(
    local: dict[Side, Array], tubercle_band: tuple[float, ...]
) -> dict[str, Array]:
    """Return ASIS and pubic tubercle of both sides: the most anterior points above and below."""
    points = {}
    for side, vertices in local.items():
        off_midplane = np.abs(vertices[:, 2])
        pubis = (off_midplane > tubercle_band[0]) & (off_midplane < tubercle_band[1])
        points[f"asis_{side}"] = _extreme(vertices[vertices[:, 1] > 45.0], _FORWARD)
        points[f"pubic_tubercle_{side}"] = _extreme(
            vertices[pubis & (vertices[:, 1] < 15.0)], _FORWARD_UP
        )
    return points


def _anterior_axes(points: dict[str, Array]) -> Array:
    """Return the axes of the anterior pelvic plane: columns X anterior, Y superior, Z right."""
    asis = 0.5 * (points["asis_right"] + points["asis_left"])
    pubis = 0.5 * (points["pubic_tubercle_right"] + points["pubic_tubercle_left"])
    return rigid.axes_from(y=asis - pubis, z_hint=points["asis_right"] - points["asis_left"])


def _extreme(vertices: Array, direction: tuple[float, float, float]) -> Array:
    """Return the extreme point along a direction, or say that the bone is incomplete."""
    if len(vertices) == 0:
        raise AnatomyError(
            "a hip bone is incomplete: wanted wing, pubis and ischium in one piece; "
            "nothing was found where one of them should be"
        )
    reach = vertices @ rigid.unit(np.asarray(direction))
    return extreme_point(vertices, reach, near_mm=8.0)
