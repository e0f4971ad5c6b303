"""A phantom hip of convex bodies whose ischiofemoral space has a closed form.

The femur is a union of hulls (head, neck, shaft, trochanters, condyles) in its condylar frame; the
lesser trochanter is a cone whose apex is a vertex. The ischium is a box whose flat face looks
outward and forward. So wherever the apex faces that face, the clearance is the distance of one
point to one plane, also (negative) when the apex has gone in: :func:`phantom_clearance_mm`.

Right hip, pelvis and femur aligned: both anatomical frames are the identity, origin at the hip
joint centre, X anterior, Y superior, Z right, mm. The left hip is the mirror image.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import manifold3d
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

from hipsim.anatomy.hip import FEMORAL_STRUCTURES, PELVIC_STRUCTURES, Hip
from hipsim.anatomy.landmarks import (
    DISTAL_FEMORAL_LANDMARKS,
    PROXIMAL_FEMORAL_LANDMARKS,
    Landmarks,
)
from hipsim.anatomy.sides import other_side
from hipsim.checks import Side
from hipsim.geometry import Mesh

Array = NDArray[np.float64]

HEAD_RADIUS_MM = 24.0
LT_APEX_MM = (-22.0, -58.0, 8.0)
KNEE_CENTRE_MM = (0.0, -400.0, 0.0)
FACE_NORMAL = np.array([5.0, 0.0, 12.0]) / 13.0  # of the ischium: outward and forward
EPICONDYLAR_TURN_DEG = 5.0  # externally, against the posterior condylar line
ISB_TILT_DEG = 12.0  # anterior tilt of the ASIS-PSIS plane when the APP is vertical
MIDLINE_MM = -88.0  # Z of the mid-sagittal plane


def phantom_hip(
    side: Side = "right",
    *,
    gap_mm: float = 22.0,
    version_deg: float = 15.0,
    lt_apex_mm: tuple[float, float, float] = LT_APEX_MM,
    scan_pose_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    scan_from_pelvis: ArrayLike | None = None,
) -> Hip:
    """Return a hip of under 3,000 faces with all landmarks and exact structures.

    Parameters
    ----------
    side
        A left hip is the right one mirrored across Z, scan frame included.
    gap_mm
        Clearance of the lesser trochanter's apex in the neutral pose (``app``, ``condylar``).
    version_deg
        Angle of the neck axis against the posterior condylar line, seen along Y.
    lt_apex_mm
        Apex in the condylar frame of the right femur.
    scan_pose_deg
        Flexion, adduction, internal rotation of the femur in the scan.
    scan_from_pelvis
        Rigid (4, 4) placing the right ``app`` frame in the scan; identity by default.

    Examples
    --------
    >>> phantom_hip("left", gap_mm=10.0)
    <Hip 'phantom-left' left, 0 notes>
    """
    scan = np.eye(4) if scan_from_pelvis is None else np.array(scan_from_pelvis, dtype=float)
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_euler("ZXY", np.array(scan_pose_deg), degrees=True).as_matrix()
    femur, femoral_labels = _build(femoral_bodies(version_deg, lt_apex_mm), FEMORAL_STRUCTURES)
    pelvis, pelvic_labels = _build(pelvic_bodies(gap_mm, lt_apex_mm), PELVIC_STRUCTURES, socket())
    points = {**_moved(femoral_points(version_deg, lt_apex_mm), turn), **pelvic_points()}
    right = Hip(
        side="right",
        femur=femur.transformed(scan @ turn),
        hip_bone=pelvis.transformed(scan),
        landmarks=Landmarks(_moved(points, scan)),
        head_radius_mm=HEAD_RADIUS_MM,
        femoral_labels=femoral_labels,
        pelvic_labels=pelvic_labels,
        name="phantom-right",
    )
    return right if side == "right" else replace(mirrored_hip(right, 2), name="phantom-left")


def phantom_clearance_mm(
    flexion_deg: ArrayLike,
    adduction_deg: ArrayLike,
    rotation_deg: ArrayLike,
    *,
    gap_mm: float = 22.0,
    lt_apex_mm: tuple[float, float, float] = LT_APEX_MM,
) -> Array:
    """Return the exact clearance from the apex to the plane of the ischium, in mm.

    Holds from 20 deg of extension to 10 deg of flexion, 15 deg of abduction to 15 deg of adduction,
    30 deg of external to 10 deg of internal rotation: there the apex is nearest.
    """
    angles = np.stack(np.broadcast_arrays(flexion_deg, adduction_deg, rotation_deg), axis=-1)
    apex = np.array(lt_apex_mm)
    moved = Rotation.from_euler("ZXY", angles.reshape(-1, 3), degrees=True).apply(apex)
    return gap_mm + (moved - apex) @ FACE_NORMAL


def mirrored_hip(hip: Hip, axis: int = 0) -> Hip:
    """Return the hip of the other side seen in a mirror across one axis of the scan frame."""
    factor = np.ones(3)
    factor[axis] = -1.0
    swap = {"right": "left", "left": "right"}
    points = {}
    for name, point in hip.landmarks.items():
        stem, _, last = name.rpartition("_")
        points[f"{stem}_{swap[last]}" if last in swap else name] = point * factor
    return replace(
        hip,
        side=other_side(hip.side),
        femur=hip.femur.mirrored(axis),
        hip_bone=hip.hip_bone.mirrored(axis),
        landmarks=Landmarks(points),
        name=f"{hip.name}-mirrored",
    )


def femoral_bodies(version_deg: float, lt_apex_mm: ArrayLike) -> list[tuple[str, Array]]:
    """Return (structure, points of its hull) for the right femur, condylar frame."""
    apex, knee = np.array(lt_apex_mm), np.array(KNEE_CENTRE_MM)
    neck, top = _neck_end(version_deg), _shaft_top(version_deg)
    at = lambda y: top + (knee - top) * (y - top[1]) / (knee[1] - top[1])  # noqa: E731
    split = apex[1] - 45.0
    return [
        ("head", _sphere(np.zeros(3), HEAD_RADIUS_MM, level=5)),
        ("neck", _cylinder(np.zeros(3), neck, 14.0)),
        ("shaft", _cylinder(at(0.0), at(split), 12.0)),
        ("distal_femur", _cylinder(at(split + 5.0), knee, 11.0)),
        ("distal_femur", _sphere(knee + [-8.0, 0.0, 23.0], 22.0)),
        ("distal_femur", _sphere(knee + [-8.0, 0.0, -23.0], 22.0)),
        ("greater_trochanter", _sphere(top + [-4.0, 8.0, 14.0], 16.0)),
        ("intertrochanteric_crest", _cylinder(top + [-12.0, 0.0, 6.0], at(apex[1] + 14.0), 7.0)),
        ("lesser_trochanter", np.vstack([_ring(at(apex[1]), apex - at(apex[1]), 13.0), apex])),
    ]


def femoral_points(version_deg: float, lt_apex_mm: ArrayLike) -> dict[str, Array]:
    """Return the femoral landmarks of the right femur, condylar frame."""
    knee, top = np.array(KNEE_CENTRE_MM), _shaft_top(version_deg)
    turn = np.radians(EPICONDYLAR_TURN_DEG)
    outward = 40.0 * np.array([-np.sin(turn), 0.0, np.cos(turn)])
    at = lambda y: top + (knee - top) * (y - top[1]) / (knee[1] - top[1])  # noqa: E731
    return {
        "hip_joint_centre": np.zeros(3),
        "neck_isthmus": 0.6 * _neck_end(version_deg),
        "lesser_trochanter": np.array(lt_apex_mm),
        "greater_trochanter": top + [-4.0, 24.0, 14.0],
        "shaft_axis_proximal": at(-90.0),
        "shaft_axis_distal": at(-200.0),
        "medial_epicondyle": knee - outward,
        "lateral_epicondyle": knee + outward,
        "medial_posterior_condyle": knee + [-30.0, 0.0, -23.0],
        "lateral_posterior_condyle": knee + [-30.0, 0.0, 23.0],
    }


def pelvic_bodies(gap_mm: float, lt_apex_mm: ArrayLike) -> list[tuple[str, Array]]:
    """Return (structure, points of its hull) for the right hip bone, ``app`` frame."""
    foot = np.array(lt_apex_mm) - gap_mm * FACE_NORMAL
    along = np.cross([0.0, 1.0, 0.0], FACE_NORMAL)
    box = [
        foot + a * along + [0.0, y - foot[1], 0.0] - depth * FACE_NORMAL
        for a in (-30.0, 30.0)
        for y in (-80.0, -22.0)
        for depth in (0.0, 35.0)
    ]
    block = _box((-34.0, -30.0, -45.0), (30.0, 45.0, -5.0))
    points = pelvic_points()
    return [
        ("ischium", np.array(box)),
        ("other_pelvis", block),
        ("other_pelvis", np.vstack([block[block[:, 1] > 0], points["asis_right"],
                                    points["psis_right"], [-20.0, 130.0, 40.0]])),
        ("other_pelvis", np.vstack([block[block[:, 0] > 0], points["pubic_tubercle_right"],
                                    [40.0, -30.0, -85.0], [30.0, -15.0, -85.0]])),
    ]  # fmt: skip


def pelvic_points() -> dict[str, Array]:
    """Return the pelvic landmarks, ``app`` frame of the right hip."""
    rise = 145.0 * np.tan(np.radians(ISB_TILT_DEG))
    right = {
        "asis": np.array([50.0, 75.0, 30.0]),
        "psis": np.array([-95.0, 75.0 + rise, MIDLINE_MM + 45.0]),
        "pubic_tubercle": np.array([50.0, -20.0, MIDLINE_MM + 25.0]),
    }
    mirror = np.array([1.0, 1.0, -1.0])
    points = {f"{name}_right": point for name, point in right.items()}
    points |= {f"{n}_left": p * mirror + [0, 0, 2 * MIDLINE_MM] for n, p in right.items()}
    return points | {
        "ischial_tuberosity": np.array([-40.0, -80.0, -14.0]),
        "acetabular_centre": np.zeros(3),
    }


def socket() -> Array:
    """Return the points of the ball taken out of the hip bone."""
    return _sphere(np.zeros(3), HEAD_RADIUS_MM + 4.0, level=5)


FEMORAL_LANDMARKS = PROXIMAL_FEMORAL_LANDMARKS + DISTAL_FEMORAL_LANDMARKS


def _neck_end(version_deg: float) -> Array:
    """Return where the neck axis meets the shaft: 55 mm out, 40 deg below the horizontal."""
    version, down = np.radians(version_deg), np.radians(40.0)
    outward = np.array([-np.sin(version), 0.0, np.cos(version)]) * np.cos(down)
    return 55.0 * (outward - [0.0, np.sin(down), 0.0])


def _shaft_top(version_deg: float) -> Array:
    """Return the upper end of the shaft axis, above the end of the neck."""
    return _neck_end(version_deg) * [1.0, 0.0, 1.0]


def _sphere(centre: ArrayLike, radius: float, level: int = 3) -> Array:
    """Return points of a ball with vertices on its six poles."""
    n = np.arange(-level, level + 1)
    lattice = np.stack(np.meshgrid(n, n, n), axis=-1).reshape(-1, 3)
    shell = lattice[np.abs(lattice).sum(axis=1) == level].astype(float)
    return np.array(centre) + radius * shell / np.linalg.norm(shell, axis=1, keepdims=True)


def _ring(centre: Array, axis: Array, radius: float, n: int = 20) -> Array:
    """Return points of a circle across an axis."""
    axis = axis / np.linalg.norm(axis)
    first = np.cross(axis, [1.0, 0.0, 0.0] if abs(axis[0]) < 0.9 else [0.0, 1.0, 0.0])
    first /= np.linalg.norm(first)
    angle = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)[:, None]
    return centre + radius * (np.cos(angle) * first + np.sin(angle) * np.cross(axis, first))


def _cylinder(start: ArrayLike, end: ArrayLike, radius: float) -> Array:
    """Return the points of a right cylinder between two centres."""
    start, end = np.array(start), np.array(end)
    return np.vstack([_ring(c, end - start, radius) for c in (start, end)])


def _box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Array:
    """Return the eight corners of a box."""
    return np.stack(np.meshgrid(*zip(low, high, strict=True)), axis=-1).reshape(-1, 3)


def _moved(points: Mapping[str, Array], transform: Array) -> dict[str, Array]:
    """Move named points by a (4, 4) transform."""
    return {n: transform[:3, :3] @ p + transform[:3, 3] for n, p in points.items()}


def _build(
    bodies: list[tuple[str, Array]], structures: tuple[str, ...], hole: Array | None = None
) -> tuple[Mesh, Any]:
    """Unite hulls into one closed mesh and label each face with the body it came from."""
    key = tuple((name, points.tobytes()) for name, points in bodies)
    vertices, faces, labels = _united(key, structures, None if hole is None else hole.tobytes())
    return Mesh(vertices, faces), labels.copy()


@cache
def _united(
    key: tuple[tuple[str, bytes], ...], structures: tuple[str, ...], hole: bytes | None
) -> tuple[Array, NDArray[np.int64], NDArray[np.int8]]:
    """Do the work of :func:`_build` once per set of bodies."""
    solids, label_of = [], {}
    for name, data in key:
        solid = manifold3d.Manifold.hull_points(np.frombuffer(data).reshape(-1, 3)).as_original()
        label_of[solid.original_id()] = structures.index(name)
        solids.append(solid)
    union = manifold3d.Manifold.batch_boolean(solids, manifold3d.OpType.Add)
    if hole is not None:
        ball = manifold3d.Manifold.hull_points(np.frombuffer(hole).reshape(-1, 3)).as_original()
        label_of[ball.original_id()] = structures.index("other_pelvis")
        union = union - ball
    mesh = union.to_mesh64()
    runs = np.diff(np.asarray(mesh.run_index)) // 3
    labels = np.repeat([label_of[i] for i in mesh.run_original_id], runs).astype(np.int8)
    return np.array(mesh.vert_properties)[:, :3], np.array(mesh.tri_verts).astype(np.int64), labels
