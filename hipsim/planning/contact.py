"""Contact of two regions in one pose: how large the patch on each bone, how much bone overlaps.

Rigid bones that touch overlap; how much says how hard a pose is to reach. The patch on a bone is
that part of its region's surface that lies inside the other region's body (walled off inside its
bone, as in clearance); the volume is what both bodies share. All three come from one exact union
of the two bodies: what a surface lost in it was covered, what the volumes lack was shared.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.checks import Array, IntArray
from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.geometry.cut import union
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.kinematics.motion import Motion

NOISE = 1e-10  # share of an area or of the whole volume that is rounding


@dataclass(frozen=True, eq=False)
class ContactPatch:
    """Contact of a femoral and a pelvic region in one pose; all zero where they are apart.

    Parameters
    ----------
    hip_name
        The hip.
    pose_deg
        Flexion, adduction and rotation of the pose.
    femoral_area_mm2
        Surface of the femoral region inside the pelvic region's body.
    pelvic_area_mm2
        Surface of the pelvic region inside the femoral region's body.
    volume_mm3
        Volume the two bodies share.
    structure_areas_mm2
        Femoral structure to its part of the femoral patch, where it has one.
    """

    hip_name: str
    pose_deg: dict[str, float]
    femoral_area_mm2: float
    pelvic_area_mm2: float
    volume_mm3: float
    structure_areas_mm2: dict[str, float]

    def __repr__(self) -> str:
        return (
            f"<ContactPatch of {self.hip_name!r}: femur {self.femoral_area_mm2:.1f} mm2, pelvis "
            f"{self.pelvic_area_mm2:.1f} mm2, {self.volume_mm3:.1f} mm3>"
        )


def contact_patch(
    hip: Hip,
    motion: Motion,
    index: int,
    *,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
) -> ContactPatch:
    """Measure the contact of two regions of a hip in one pose of a motion.

    Parameters
    ----------
    hip
        The hip.
    motion
        The motion.
    index
        The pose, for instance :attr:`~hipsim.planning.clearance.Clearance.index`.
    femoral_region, pelvic_region
        Regions to measure between.

    Returns
    -------
    patch
        Areas, volume, and the structures touched.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark of the motion's zeros is missing.
    InputError
        If a region is unknown, or the motion has no such pose.
    """
    pose_deg = motion.pose_deg(index)
    femoral, pelvic = hip.femoral_body(femoral_region), hip.pelvic_body(pelvic_region)
    moved = femoral.mesh.transformed(pelvis_from_femur(hip, motion)[index])
    covered, covered_pelvic, volume = covered_areas(moved, pelvic.mesh)
    labels = hip.femoral_labels[femoral.bone_faces[: femoral.n_surface]]
    areas = np.bincount(labels, covered[: femoral.n_surface], len(FEMORAL_STRUCTURES))
    return ContactPatch(
        hip_name=hip.name,
        pose_deg=pose_deg,
        femoral_area_mm2=float(areas.sum()),
        pelvic_area_mm2=float(covered_pelvic[: pelvic.n_surface].sum()),
        volume_mm3=volume,
        structure_areas_mm2={
            name: float(area)
            for name, area in zip(FEMORAL_STRUCTURES, areas, strict=True)
            if area > 0.0
        },
    )


def covered_areas(a: Mesh, b: Mesh) -> tuple[Array, Array, float]:
    """Return how much of each face of two closed bodies the other covers, and what they share.

    Parameters
    ----------
    a, b
        Closed, outward, mm, same frame.

    Returns
    -------
    areas_a, areas_b
        Area of each face inside the other body, mm2; faces that lie flat on each other count too.
    volume_mm3
        Shared volume.

    Raises
    ------
    InputError
        If something other than a mesh is given.
    MeshError
        If a body is open or inside out.

    Examples
    --------
    >>> body = Mesh(2 * np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> areas, _, volume = covered_areas(Mesh(body.vertices + 0.2, body.faces), body)
    >>> round(float(areas.sum()), 9), round(volume, 9)
    (2.94, 0.457333333)
    """
    for mesh in (a, b):
        if not isinstance(mesh, Mesh):
            raise InputError(f"a body must be a Mesh, got {type(mesh).__name__}")
    whole = union(a, b)
    parts = a.volume_mm3 + b.volume_mm3
    shared = parts - whole.mesh.volume_mm3
    areas = whole.mesh.face_areas_mm2
    return (
        _lost(a, whole.source_faces, areas),
        _lost(b, whole.tool_faces, areas),
        shared if shared > NOISE * parts else 0.0,
    )


def _lost(mesh: Mesh, origin: IntArray, areas: Array) -> Array:
    """Return what each face of a mesh lost in a union whose faces came from ``origin``."""
    is_own = origin >= 0
    left = np.bincount(origin[is_own], areas[is_own], len(mesh.faces))
    lost = mesh.face_areas_mm2 - left
    return np.where(lost > NOISE * mesh.face_areas_mm2, lost, 0.0)
