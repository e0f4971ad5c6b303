"""Ischiofemoral and quadratus femoris space of the neutral hip, in space and the radiologist's way.

``ifs_3d_mm`` is the exact minimum distance between the lesser trochanter region and the ischium.
``ifs_axial_mm`` is the smallest distance within one axial plane (Torriani's definition on axial
MRI), over axial planes half a millimetre apart. The neutral pose is pelvic zero ``app`` x femoral
zero ``condylar``; axial planes are those across the pelvis's Y axis. A plane sees less than space
does, so 3D <= axial always.

The quadratus femoris space (QFS) is what the hamstring tendons leave of that space. The tendons are
no bone: they are a layer of stated thickness on the footprint of the hamstrings, everything within
that distance of it. So QFS is the distance to the footprint minus the thickness, or the distance to
bare ischium, whichever is less; without thickness it is the ischiofemoral space. It is negative
where the trochanter presses into the layer. The default thickness is that of the semimembranosus
tendon, which faces the trochanter, 1 cm below its origin: 8 +- 2 mm (conjoined tendon 10 +- 3 mm;
Feucht et al. 2014, doi 10.1007/s00167-014-3124-0); published ischiofemoral minus quadratus femoris
spaces of controls are 6 to 11 mm.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.footprint import hamstring_footprint
from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, as_number
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.section import section_segments
from hipsim.kinematics import motions, pelvis_from_femur
from hipsim.proximity import DistanceQuery

AXIAL_STEP_MM = 0.5
HAMSTRING_LAYER_MM = 8.0
_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, eq=False)
class IschiofemoralSpace:
    """The space between lesser trochanter and ischium in the neutral pose.

    Attributes
    ----------
    ifs_3d_mm
        Minimum distance in space; negative is depth of overlap.
    kind
        ``"gap"`` or ``"depth"``: what ``ifs_3d_mm`` is.
    points_mm
        Closest pair, femoral then pelvic, shape (2, 3), scan frame of the pelvis.
    ifs_axial_mm
        Minimum distance within one axial plane; 0 where outlines overlap.
    axial_points_mm
        The pair in that plane, femoral then pelvic, shape (2, 3), scan frame of the pelvis.
    """

    ifs_3d_mm: float
    kind: str
    points_mm: Array
    ifs_axial_mm: float
    axial_points_mm: Array


def ischiofemoral_space(hip: Hip) -> IschiofemoralSpace:
    """Measure the ischiofemoral space of a hip in the neutral pose.

    Parameters
    ----------
    hip
        A hip with pelvic and femoral frames.

    Returns
    -------
    space
        Both measures with their closest pairs.

    Raises
    ------
    AnatomyError
        If lesser trochanter and ischium share no axial plane in neutral.

    References
    ----------
    Torriani et al., AJR 2009;193:186 (definition); Singer et al. 2015 (pooled values).
    """
    transform = pelvis_from_femur(hip, motions.neutral())
    bodies = hip.femoral_body("lesser_trochanter"), hip.pelvic_body("ischium")
    nearest = DistanceQuery(*(body.mesh for body in bodies))(transform)
    trochanter, ischium = hip.femoral_region("lesser_trochanter"), hip.pelvic_region("ischium")
    axial, pair = _axial_space(hip, trochanter.transformed(transform[0]), ischium)
    return IschiofemoralSpace(
        ifs_3d_mm=float(nearest.distance_mm[0]),
        kind=str(nearest.kind[0]),
        points_mm=np.stack([nearest.points_a_mm[0], nearest.points_b_mm[0]]),
        ifs_axial_mm=axial,
        axial_points_mm=pair,
    )


@dataclass(frozen=True)
class QuadratusFemorisSpace:
    """The space between lesser trochanter and hamstring tendons in the neutral pose.

    Attributes
    ----------
    qfs_3d_mm
        Minimum in space; negative is depth into the tendon layer or the bone.
    qfs_axial_mm
        Minimum within one axial plane.
    hamstring_layer_mm
        Thickness of the tendon layer this holds for.
    """

    qfs_3d_mm: float
    qfs_axial_mm: float
    hamstring_layer_mm: float


def quadratus_femoris_space(
    hip: Hip,
    *,
    hamstring_layer_mm: float = HAMSTRING_LAYER_MM,
    bare: IschiofemoralSpace | None = None,
) -> QuadratusFemorisSpace:
    """Measure the quadratus femoris space of a hip in the neutral pose.

    Parameters
    ----------
    hip
        A hip with pelvic and femoral frames; its hamstring footprint is where the tendons lie.
    hamstring_layer_mm
        Thickness of the tendons, 0 to 25 mm.
    bare
        The ischiofemoral space of this hip if it is known already; else it is measured.

    Raises
    ------
    InputError
        If the thickness is out of range.
    AnatomyError
        If lesser trochanter and ischium, or footprint, share no axial plane in neutral.

    References
    ----------
    Torriani et al., AJR 2009;193:186 (definition); Singer et al. 2015 (pooled values).
    """
    layer = as_number(hamstring_layer_mm, name="hamstring_layer_mm", low=0.0, high=25.0, unit="mm")
    bone = bare or ischiofemoral_space(hip)
    transform = pelvis_from_femur(hip, motions.neutral())
    patch = hip.hip_bone.submesh(hamstring_footprint(hip).is_face)
    trochanter = hip.femoral_region("lesser_trochanter").transformed(transform[0])
    query = DistanceQuery(
        hip.femoral_body("lesser_trochanter").mesh, patch, parent_b=hip.pelvic_body("ischium").mesh
    )
    return QuadratusFemorisSpace(
        qfs_3d_mm=min(bone.ifs_3d_mm, float(query(transform).distance_mm[0]) - layer),
        qfs_axial_mm=min(bone.ifs_axial_mm, _axial_space(hip, trochanter, patch)[0] - layer),
        hamstring_layer_mm=layer,
    )


def _axial_space(hip: Hip, trochanter: Mesh, ischium: Mesh) -> tuple[float, Array]:
    """Return the smallest in-plane distance and its pair of points, scan frame."""
    scan_from_pelvis = hip.pelvic_frame("app")
    pelvis_from_scan = rigid.inverse(scan_from_pelvis)
    bones = [mesh.transformed(pelvis_from_scan) for mesh in (trochanter, ischium)]
    low = max(mesh.bounds[0, 1] for mesh in bones)
    high = min(mesh.bounds[1, 1] for mesh in bones)
    if low >= high:
        raise AnatomyError(
            "lesser trochanter and ischium share no axial plane in neutral; is the pelvic plane "
            "right, and does the femur belong to this pelvis?"
        )
    levels = np.linspace(low, high, max(3, int((high - low) / AXIAL_STEP_MM) + 1))[1:-1]
    best, pair = min((_in_plane(bones, y) for y in levels), key=lambda found: found[0])
    return best, rigid.apply(scan_from_pelvis, pair)


def _in_plane(bones: list[Mesh], level: float) -> tuple[float, Array]:
    """Return the distance of two outlines in the axial plane at a level, and the pair."""
    first, second = (section_segments(mesh, level * _UP, _UP) for mesh in bones)
    if len(first) == 0 or len(second) == 0:
        return np.inf, np.zeros((2, 3))
    crossing = _crossing(first, second)
    if crossing is not None:
        return 0.0, np.stack([crossing, crossing])
    to_second = _ends_to_segments(first, second)
    to_first = _ends_to_segments(second, first)
    if to_second[0] <= to_first[0]:
        return to_second
    return to_first[0], to_first[1][::-1]


def _ends_to_segments(points_of: Array, segments: Array) -> tuple[float, Array]:
    """Return the least distance from segment ends (k, 2, 3) to segments (m, 2, 3), and the pair."""
    points, start = points_of.reshape(-1, 3), segments[:, 0]
    along = segments[:, 1] - start
    square = np.maximum((along**2).sum(axis=1), 1e-300)
    share = ((points[:, None] - start) * along).sum(axis=2) / square
    foot = start + np.clip(share, 0.0, 1.0)[..., None] * along
    distance = np.linalg.norm(points[:, None] - foot, axis=2)
    i, j = np.unravel_index(np.argmin(distance), distance.shape)
    return float(distance[i, j]), np.stack([points[i], foot[i, j]])


def _crossing(first: Array, second: Array) -> Array | None:
    """Return a point where two outlines of one axial plane cross, or None."""
    p, r = first[:, None, 0], first[:, None, 1] - first[:, None, 0]
    q, s = second[None, :, 0], second[None, :, 1] - second[None, :, 0]
    turn, to_q, to_p = _cross_y(r, s), _cross_y(q - p, s), _cross_y(q - p, r)
    with np.errstate(divide="ignore", invalid="ignore"):
        t, u = to_q / turn, to_p / turn
    meets = np.argwhere((t >= 0) & (t <= 1) & (u >= 0) & (u <= 1))
    if len(meets) == 0:
        return None
    i, j = meets[0]
    return first[i, 0] + t[i, j] * (first[i, 1] - first[i, 0])


def _cross_y(a: Array, b: Array) -> Array:
    """Return the Y component of the cross product of vectors (..., 3)."""
    return a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
