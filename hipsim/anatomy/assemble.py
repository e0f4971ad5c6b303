"""From raw bones to a :class:`~hipsim.anatomy.hip.Hip`: landmarks, checks, structures.

Landmarks are found on the bones unless the caller brings them; a landmark that is brought
replaces the found one. The femur is always searched, for its head sphere and its side; complete
pelvic landmarks make the search of the pelvis unnecessary, and with it the opposite hip bone. A
femur that ends in its shaft has no condyles: what needs them is not available, unless its version
is given (:mod:`hipsim.anatomy.find_cut_femur`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from hipsim.anatomy.confidence import confidences
from hipsim.anatomy.find_acetabulum import find_acetabulum
from hipsim.anatomy.find_cut_femur import find_cut_femur
from hipsim.anatomy.find_femur import FoundFemur, find_femur
from hipsim.anatomy.find_pelvis import find_pelvis
from hipsim.anatomy.hip import Hip, Labels
from hipsim.anatomy.landmarks import (
    DISTAL_FEMORAL_LANDMARKS,
    OPTIONAL_LANDMARKS,
    PELVIC_LANDMARKS,
    Landmarks,
)
from hipsim.anatomy.regions import label_femur, label_hip_bone
from hipsim.anatomy.sizes import SIZES, length_of
from hipsim.checks import Array, Side, as_side
from hipsim.errors import AnatomyError, InputError, MeshError
from hipsim.geometry import Mesh

NEEDED_OF_PELVIS = tuple(n for n in PELVIC_LANDMARKS if n not in OPTIONAL_LANDMARKS)
Others = Mapping[str, Mapping[str, Array]]


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
    version_deg: float | None = None,
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
    version_deg
        Femoral version, for a femur that ends in its shaft: neck axis (head centre to neck
        isthmus) against the posterior condylar line, anteversion positive.
    name
        What the hip is called in tables.

    Returns
    -------
    hip
        With landmarks, head sphere and structure labels.

    Raises
    ------
    InputError
        If a version is given for a femur that has its condyles.
    MeshError
        If a bone is open or its size is not that of a bone in mm.
    AnatomyError
        If a landmark cannot be found, the shape contradicts ``side``, or femur and hip bone do
        not fit together.
    """
    side = as_side(side)
    given = Landmarks(landmarks or {})
    femoral_mm = (SIZES["femur"].shortest_mm, SIZES["femur"].whole_mm[1])
    check_bone(bones.femur, f"{side} femur", femoral_mm)
    check_bone(bones.hip_bone, f"{side} hip bone", SIZES["hip bone"].whole_mm)
    found = _found_femur(bones.femur, side, version_deg)
    own, others = _all_found(bones, found, given)
    marks = own.updated(given)
    return Hip(
        side=side,
        femur=bones.femur,
        hip_bone=bones.hip_bone,
        landmarks=marks,
        head_radius_mm=found.head.radius_mm,
        femoral_labels=_femoral_labels(bones.femur, found, marks),
        pelvic_labels=label_hip_bone(bones.hip_bone, marks),
        name=name,
        notes=(_found_note(found, given, version_deg),),
        confidence=confidences(
            {n: p for n, p in own.items() if n not in given},
            others,
            estimated=[n for n in found.estimated if n not in given],
        ),
    )


def _all_found(bones: Bones, found: FoundFemur, given: Landmarks) -> tuple[Landmarks, Others]:
    """Add the pelvic landmarks to the femoral ones, unless a person has set them all."""
    if all(point in given for point in NEEDED_OF_PELVIS):
        return found.landmarks, found.others
    pelvic, others = _pelvic_landmarks(bones, found.side, found)
    return found.landmarks.updated(pelvic), {**found.others, **others}


def _femoral_labels(femur: Mesh, found: FoundFemur, marks: Landmarks) -> Labels:
    """Label the femur in its condylar frame or, without a knee, in the nominal one."""
    has_knee = all(name in marks for name in DISTAL_FEMORAL_LANDMARKS)
    frame = None if has_knee else found.scan_from_femur
    return label_femur(femur, marks, found.side, found.head.radius_mm, scan_from_femur=frame)


def _found_femur(femur: Mesh, side: Side, version_deg: float | None) -> FoundFemur:
    """Find the landmarks of a femur that is whole, or ends in its shaft, and check its side."""
    is_whole = length_of(femur) >= SIZES["femur"].whole_mm[0]
    if is_whole and version_deg is not None:
        raise InputError(
            f"version_deg {version_deg:g} was given for a whole femur: leave it out, its version "
            f"is measured; it is meant for a femur that ends in its shaft"
        )
    found = find_femur(femur) if is_whole else find_cut_femur(femur, version_deg=version_deg)
    if found.side != side:
        raise AnatomyError(
            f"the femur called {side} is, by its shape, a {found.side} femur; check the file "
            f"name, and whether the mesh was mirrored on export"
        )
    return found


def check_bone(mesh: Mesh, what: str, length_mm: tuple[float, float]) -> None:
    """Raise MeshError unless a mesh is closed, turned outward and as long as such a bone."""
    longest = length_of(mesh)
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


def _unit_hint(longest: float, length_mm: tuple[float, float]) -> str:
    """Name the unit in which the size would be right."""
    for unit, factor in (("m", 1000.0), ("cm", 10.0), ("inch", 25.4)):
        if length_mm[0] <= longest * factor <= length_mm[1]:
            return f"; it looks like {unit}: convert it, or say 'unit: {unit}' in case.yaml"
    return ""


def _pelvic_landmarks(bones: Bones, side: Side, found: FoundFemur) -> tuple[Landmarks, Others]:
    """Find the pelvic landmarks, which takes both hip bones, and what other estimators say."""
    if bones.other_hip_bone is None:
        raise AnatomyError(
            "both hip bones are needed to find the pelvic plane: add the other hip bone to the "
            f"case, or give all of these as landmarks: {', '.join(NEEDED_OF_PELVIS)}"
        )
    check_bone(bones.other_hip_bone, "opposite hip bone", SIZES["hip bone"].whole_mm)
    acetabulum = find_acetabulum(bones.hip_bone, found.head)
    pair = (bones.hip_bone, bones.other_hip_bone)
    right, left = pair if side == "right" else pair[::-1]
    pelvis = find_pelvis(right, left, hip_joint_centre=found.head.centre)
    own = {
        "ischial_tuberosity": pelvis.tuberosity[side],
        "ischial_spine": pelvis.spine[side],
        "acetabular_centre": acetabulum.centre,
    }
    others = {n: w for n, w in pelvis.others.items() if n in pelvis.points}
    for name in ("ischial_tuberosity", "ischial_spine"):
        others[name] = pelvis.others[f"{name}_{side}"]
    others["hip_joint_centre"] = {"acetabular sphere": acetabulum.centre}
    return Landmarks({**pelvis.points, **own}), others


def _found_note(found: FoundFemur, given: Landmarks, version_deg: float | None) -> dict[str, Any]:
    """Record how the landmarks came about."""
    stated = {} if version_deg is None else {"stated_version_deg": version_deg}
    return {
        "step": "landmarks",
        "head_rms_mm": found.head.rms_mm,
        "head_coverage": found.head.coverage,
        "given": sorted(given),
        "estimated": sorted(set(found.estimated) - set(given)),
        **stated,
    }
