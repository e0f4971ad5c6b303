"""From raw bones to a :class:`~hipsim.anatomy.hip.Hip`: landmarks, checks, structures.

Landmarks are found on the bones unless the caller brings them; a landmark that is brought
replaces the found one. The femur is always searched, for its head sphere and its side; complete
pelvic landmarks make the search of the pelvis unnecessary, and with it the opposite hip bone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hipsim.anatomy.find_femur import FoundFemur, find_femur
from hipsim.anatomy.find_pelvis import find_acetabulum, find_pelvis
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import (
    DISTAL_FEMORAL_LANDMARKS,
    PELVIC_LANDMARKS,
    PROXIMAL_FEMORAL_LANDMARKS,
    Landmarks,
)
from hipsim.anatomy.regions import label_femur, label_hip_bone
from hipsim.checks import Side, as_side
from hipsim.errors import AnatomyError, MeshError
from hipsim.geometry import Mesh

FEMORAL_LENGTH_MM = (250.0, 650.0)
HIP_BONE_LENGTH_MM = (140.0, 300.0)
_FEMORAL = PROXIMAL_FEMORAL_LANDMARKS + DISTAL_FEMORAL_LANDMARKS


@dataclass(frozen=True, eq=False)
class Bones:
    """The closed meshes of one case, in one scan frame, mm.

    Attributes
    ----------
    femur, hip_bone
        The side under study.
    other_hip_bone
        Hip bone of the opposite side; needed to find pelvic landmarks automatically.
    """

    femur: Mesh
    hip_bone: Mesh
    other_hip_bone: Mesh | None = None


def assemble_hip(
    bones: Bones,
    side: Side,
    *,
    landmarks: Mapping[str, ArrayLike] | None = None,
    name: str = "hip",
) -> Hip:
    """Find what is needed on raw bones and put a hip together.

    Parameters
    ----------
    bones
        Closed meshes, scan frame, mm.
    side
        Which side the bones are called; checked against their shape.
    landmarks
        Landmarks that replace the automatic ones, scan frame, mm.
    name
        What the hip is called in tables.

    Returns
    -------
    hip
        With landmarks, head sphere and structure labels.

    Raises
    ------
    MeshError
        If a bone is open or its size is not that of a bone in mm.
    AnatomyError
        If a landmark cannot be found, the shape contradicts ``side``, or femur and hip bone do
        not fit together.
    """
    side = as_side(side)
    given = Landmarks(landmarks or {})
    check_bone(bones.femur, f"{side} femur", FEMORAL_LENGTH_MM)
    check_bone(bones.hip_bone, f"{side} hip bone", HIP_BONE_LENGTH_MM)
    found = find_femur(bones.femur)
    if found.side != side:
        raise AnatomyError(
            f"the femur called {side} is, by its shape, a {found.side} femur; check the file "
            f"name, and whether the mesh was mirrored on export"
        )
    marks = found.landmarks.updated(given)
    if not all(point in given for point in PELVIC_LANDMARKS):
        marks = _pelvic_landmarks(bones, side, found).updated(marks)
    return Hip(
        side=side,
        femur=bones.femur,
        hip_bone=bones.hip_bone,
        landmarks=marks,
        head_radius_mm=found.head.radius_mm,
        femoral_labels=label_femur(bones.femur, marks, side, found.head.radius_mm),
        pelvic_labels=label_hip_bone(bones.hip_bone, marks),
        name=name,
        notes=(_found_note(found, given),),
    )


def check_bone(mesh: Mesh, what: str, length_mm: tuple[float, float]) -> None:
    """Raise MeshError unless a mesh is closed, turned outward and as long as such a bone."""
    longest = length_mm_of(mesh)
    if not length_mm[0] <= longest <= length_mm[1]:
        raise MeshError(
            f"the {what} is {longest:.3g} long, wanted {length_mm[0]:g} to "
            f"{length_mm[1]:g} mm{_unit_hint(longest, length_mm)}"
        )
    if not mesh.is_closed:
        n_open = int((mesh.edge_counts[1] != 2).sum())
        raise MeshError(
            f"the {what} is not a closed surface: {n_open} of {len(mesh.edge_counts[1])} edges "
            f"are open or shared by more than two faces; close it in the segmentation software"
        )
    if mesh.volume_mm3 <= 0.0:
        raise MeshError(f"the {what} is turned inside out: flip its faces")


def length_mm_of(mesh: Mesh) -> float:
    """Return the extent of a mesh along its longest principal axis, whatever its orientation."""
    centred = mesh.vertices - mesh.vertices.mean(axis=0)
    axis = np.linalg.eigh(centred.T @ centred)[1][:, 2]
    return float(np.ptp(centred @ axis))


def _unit_hint(longest: float, length_mm: tuple[float, float]) -> str:
    """Name the unit in which the size would be right."""
    for unit, factor in (("m", 1000.0), ("cm", 10.0), ("inch", 25.4)):
        if length_mm[0] <= longest * factor <= length_mm[1]:
            return f"; it looks like {unit}: convert it, or say 'unit: {unit}' in case.yaml"
    return ""


def _pelvic_landmarks(bones: Bones, side: Side, found: FoundFemur) -> Landmarks:
    """Find the pelvic landmarks, which takes both hip bones."""
    if bones.other_hip_bone is None:
        raise AnatomyError(
            "both hip bones are needed to find the pelvic plane: add the other hip bone to the "
            f"case, or give all of these as landmarks: {', '.join(PELVIC_LANDMARKS)}"
        )
    check_bone(bones.other_hip_bone, "opposite hip bone", HIP_BONE_LENGTH_MM)
    acetabulum = find_acetabulum(bones.hip_bone, found.head)
    pair = (bones.hip_bone, bones.other_hip_bone)
    right, left = pair if side == "right" else pair[::-1]
    pelvis = find_pelvis(right, left, hip_joint_centre=found.head.centre)
    own = {
        "ischial_tuberosity": pelvis.tuberosity[side],
        "acetabular_centre": acetabulum.centre,
    }
    return Landmarks({**pelvis.points, **own})


def _found_note(found: FoundFemur, given: Landmarks) -> dict[str, Any]:
    """Record how the landmarks came about."""
    return {
        "step": "landmarks",
        "head_rms_mm": found.head.rms_mm,
        "head_coverage": found.head.coverage,
        "given": sorted(given),
    }
