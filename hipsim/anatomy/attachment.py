"""Where a tendon attaches to a bone: a set of the bone's faces that survives cuts."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hipsim.checks import Array, BoolArray
from hipsim.errors import AnatomyError, MeshError
from hipsim.geometry import Mesh

Attachment = Literal["iliopsoas", "hamstrings"]
Origin = Literal["parametric", "faces", "curve"]
ATTACHED_BONE: dict[str, str] = {"iliopsoas": "femur", "hamstrings": "hip_bone"}


@dataclass(frozen=True, eq=False)
class Footprint:
    """The faces of a bone to which a tendon attaches.

    Attributes
    ----------
    attachment
        ``"iliopsoas"`` (its insertion on the femur) or ``"hamstrings"`` (their origin on the hip
        bone).
    is_face
        For each face of the bone whether it belongs to the footprint, shape (m,).
    area_mm2
        Area of the surface that is left.
    centroid_mm
        Centre of that surface, shape (3,), scan frame.
    intact_area_mm2
        Area before any surgery.
    origin
        ``"parametric"`` where the shape of the bone and published sizes say, ``"faces"`` or
        ``"curve"`` where a person has painted it.
    """

    attachment: Attachment
    is_face: BoolArray
    area_mm2: float
    centroid_mm: Array
    intact_area_mm2: float
    origin: Origin

    def __repr__(self) -> str:
        return f"<Footprint {self.attachment}, {self.area_mm2:.0f} mm2, {self.origin}>"

    @property
    def faces(self) -> NDArray[np.int64]:
        """Indices of the bone's faces that belong to it."""
        return np.flatnonzero(self.is_face)

    @property
    def lost_share(self) -> float:
        """Share of the intact area that surgery has taken, 0 to 1."""
        return 1.0 - self.area_mm2 / self.intact_area_mm2

    def carried(self, bone: Mesh, source_faces: NDArray[np.int64]) -> "Footprint":
        """Return what is left of it on a bone after a cut.

        Parameters
        ----------
        bone
            After the cut, scan frame, mm.
        source_faces
            Face of the bone before that each face lies on, -1 for faces the cut has made, (m,).

        Raises
        ------
        MeshError
            If there is not one source per face.
        """
        if len(source_faces) != len(bone.faces):
            raise MeshError(
                f"a footprint is carried with one source per face: wanted {len(bone.faces)}, got "
                f"{len(source_faces)}"
            )
        is_face = (source_faces >= 0) & self.is_face[source_faces]
        area, centroid = _area_and_centroid(bone, is_face)
        middle = centroid if area > 0.0 else self.centroid_mm
        return Footprint(self.attachment, is_face, area, middle, self.intact_area_mm2, self.origin)


def make_footprint(
    bone: Mesh, is_face: BoolArray, *, attachment: Attachment, origin: Origin
) -> Footprint:
    """Make the footprint of an intact bone from a mask of its faces.

    Raises
    ------
    AnatomyError
        If no face belongs to it.

    Examples
    --------
    >>> body = Mesh(2 * np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> mask = np.array([True, False, False, False])
    >>> make_footprint(body, mask, attachment="iliopsoas", origin="faces")
    <Footprint iliopsoas, 2 mm2, faces>
    """
    if not is_face.any():
        raise AnatomyError(f"the footprint of the {attachment} holds no face of the bone")
    area, centroid = _area_and_centroid(bone, is_face)
    return Footprint(attachment, is_face, area, centroid, area, origin)


def _area_and_centroid(bone: Mesh, is_face: BoolArray) -> tuple[float, Array]:
    """Return area and centre of some faces; the centre of none is the origin."""
    corners = bone.vertices[bone.faces[is_face]]  # of these alone: a cut bone is not asked for more
    sides = corners[:, 1:] - corners[:, :1]
    areas = 0.5 * np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1)
    area = float(areas.sum())
    if area == 0.0:
        return 0.0, np.zeros(3)
    return area, areas @ corners.mean(axis=1) / area
