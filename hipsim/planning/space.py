"""Ischiofemoral space of the neutral hip, both ways: in space and the radiologist's.

``ifs_3d_mm`` is the exact minimum distance between the lesser trochanter region and the ischium.
``ifs_axial_mm`` is the smallest distance within one axial plane (Torriani's definition on axial
MRI), over axial planes half a millimetre apart. The neutral pose is pelvic zero ``app`` x femoral
zero ``condylar``; axial planes are those across the pelvis's Y axis. A plane sees less than space
does, so 3D <= axial always.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.section import section_segments
from hipsim.kinematics import motions, pelvis_from_femur
from hipsim.proximity import DistanceQuery

AXIAL_STEP_MM = 0.5
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
