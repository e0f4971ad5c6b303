"""The hip: one femur and one hip bone of the same side with landmarks and labelled structures.

Everything is in the frame of the input (the scan) and in mm. A hip is frozen; surgery returns a
new one. Structures are labels of faces, so they survive cuts: a cut surface gets the label of
what was cut. A region is one or several structures as a mesh; clearance is always measured
between two named regions, because whole bone against whole bone is the joint itself. As a body a
region is closed by walls inside the bone, so that what is inside the region is a plain question.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hipsim.anatomy import frames
from hipsim.anatomy.attachment import ATTACHED_BONE, Footprint
from hipsim.anatomy.confidence import LandmarkConfidence
from hipsim.anatomy.landmarks import Landmarks
from hipsim.checks import Array, Side, as_choice, as_number, as_side
from hipsim.errors import AnatomyError, MeshError
from hipsim.geometry import Mesh
from hipsim.geometry.closing import ClosedRegion, close_region

Labels = NDArray[np.int8]

FEMORAL_STRUCTURES = (
    "head",
    "neck",
    "lesser_trochanter",
    "greater_trochanter",
    "intertrochanteric_crest",
    "shaft",
    "distal_femur",
)
PELVIC_STRUCTURES = ("ischium", "other_pelvis")

FEMORAL_REGIONS: dict[str, tuple[str, ...]] = {
    "extracapsular": (
        "lesser_trochanter",
        "greater_trochanter",
        "intertrochanteric_crest",
        "shaft",
    ),
    "lesser_trochanter": ("lesser_trochanter",),
    "greater_trochanter": ("greater_trochanter",),
    "intertrochanteric_crest": ("intertrochanteric_crest",),
    "shaft": ("shaft",),
}
PELVIC_REGIONS: dict[str, tuple[str, ...]] = {"ischium": ("ischium",)}


@dataclass(frozen=True, eq=False)
class Hip:
    """A femur and the hip bone it articulates with, in the scan frame, in mm.

    Parameters
    ----------
    side
        ``"right"`` or ``"left"``.
    femur, hip_bone
        Closed meshes, scan frame.
    landmarks
        Points in the scan frame; see :mod:`hipsim.anatomy.landmarks` for the names.
    head_radius_mm
        Radius of the sphere fitted to the femoral head.
    femoral_labels, pelvic_labels
        For each face the index into ``FEMORAL_STRUCTURES`` or ``PELVIC_STRUCTURES``.
    name
        What the hip is called in tables.
    notes
        Anything worth keeping about where the hip came from and what was done to it; a
        procedure appends one entry.
    footprints
        Attachments of tendons, ``iliopsoas`` and ``hamstrings``, that a person has painted or
        surgery has cut; where one is missing, its parametric form stands
        (:mod:`hipsim.anatomy.footprint`).
    confidence
        How well each landmark is known that software has found
        (:mod:`hipsim.anatomy.confidence`); nothing on those set by a person or by construction.
    """

    side: Side
    femur: Mesh
    hip_bone: Mesh
    landmarks: Landmarks
    head_radius_mm: float
    femoral_labels: Labels
    pelvic_labels: Labels
    name: str = "hip"
    notes: tuple[dict[str, Any], ...] = field(default=())
    footprints: Mapping[str, Footprint] = field(default_factory=dict)
    confidence: Mapping[str, LandmarkConfidence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "side", as_side(self.side))
        as_number(self.head_radius_mm, name="head_radius_mm", low=5, high=60, unit="mm")
        for bone, labels, n_known in (
            ("femur", self.femoral_labels, len(FEMORAL_STRUCTURES)),
            ("hip_bone", self.pelvic_labels, len(PELVIC_STRUCTURES)),
        ):
            mesh: Mesh = getattr(self, bone)
            if len(labels) != len(mesh.faces) or labels.min() < 0 or labels.max() >= n_known:
                raise MeshError(f"{bone} needs one known structure label per face")
            labels.flags.writeable = False
        for name, footprint in self.footprints.items():
            if len(footprint.is_face) != len(getattr(self, ATTACHED_BONE[name]).faces):
                raise MeshError(f"the {name} footprint is not one of this {ATTACHED_BONE[name]}")

    def __repr__(self) -> str:
        return f"<Hip {self.name!r} {self.side}, {len(self.notes)} notes>"

    def femoral_frame(self, zero: str = "condylar") -> Array:
        """Return ``scan_from_femur`` (4, 4); see :func:`hipsim.anatomy.frames.femoral_frame`."""
        return frames.femoral_frame(self.landmarks, self.side, zero)

    def pelvic_frame(self, zero: str = "app") -> Array:
        """Return ``scan_from_pelvis`` (4, 4); see :func:`hipsim.anatomy.frames.pelvic_frame`."""
        return frames.pelvic_frame(self.landmarks, zero)

    def femoral_region(self, region: str) -> Mesh:
        """Return a named femoral region as an open mesh in the scan frame."""
        return self.femur.submesh(self._femoral_mask(region))

    def pelvic_region(self, region: str) -> Mesh:
        """Return a named pelvic region as an open mesh in the scan frame."""
        return self.hip_bone.submesh(self._pelvic_mask(region))

    def femoral_body(self, region: str) -> ClosedRegion:
        """Return a named femoral region closed by walls inside the femur, scan frame."""
        return close_region(self.femur, self._femoral_mask(region))

    def pelvic_body(self, region: str) -> ClosedRegion:
        """Return a named pelvic region closed by walls inside the hip bone, scan frame."""
        return close_region(self.hip_bone, self._pelvic_mask(region))

    def femoral_region_faces(self, region: str) -> NDArray[np.int64]:
        """Return the indices of the femur's faces in a region, in the region mesh's order."""
        return np.flatnonzero(self._femoral_mask(region))

    def evolved(self, **changes: Any) -> "Hip":
        """Return a copy with some fields replaced."""
        return replace(self, **changes)

    def _femoral_mask(self, region: str) -> NDArray[np.bool_]:
        """Mark the faces of a femoral region."""
        return _mask(self.femoral_labels, FEMORAL_REGIONS, FEMORAL_STRUCTURES, region)

    def _pelvic_mask(self, region: str) -> NDArray[np.bool_]:
        """Mark the faces of a pelvic region."""
        return _mask(self.pelvic_labels, PELVIC_REGIONS, PELVIC_STRUCTURES, region)


def _mask(
    labels: Labels,
    regions: dict[str, tuple[str, ...]],
    structures: tuple[str, ...],
    region: str,
) -> NDArray[np.bool_]:
    """Mark the faces whose structure belongs to a region, or say that there is none."""
    as_choice(region, tuple(regions), name="region")
    mask = np.isin(labels, [structures.index(name) for name in regions[region]])
    if not mask.any():
        raise AnatomyError(f"region {region!r} is empty on this bone")
    return mask
