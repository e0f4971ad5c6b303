"""The femur cut in two, its distal fragment moved, and both joined again.

A wedge or a segment may be taken from the distal fragment first; what is left of it then meets the
proximal one with the face of the second cut. Fragments are joined by a union: they share the plane
of the cut and nothing else, so what is kept and what is taken add up to the femur, and the step
where their outlines differ becomes surface. To make 'share the plane' true to the last bit,
cutting, moving and joining are done in the frame of the cut, whose Y is the normal of the plane and
whose origin lies on it.

The head stays in the socket; the knee, its landmarks and with them the femoral frame move, so 'knee
forward' after surgery is the new neutral.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hipsim.anatomy.attachment import ATTACHED_BONE, Footprint
from hipsim.anatomy.fragments import SHAFT_AXIS
from hipsim.anatomy.hip import Hip, Labels
from hipsim.anatomy.landmarks import (
    DISTAL_FEMORAL_LANDMARKS,
    PROXIMAL_FEMORAL_LANDMARKS,
    Landmarks,
)
from hipsim.checks import Array, IntArray
from hipsim.errors import InputError
from hipsim.geometry import Mesh, cut, rigid
from hipsim.surgery.leg import leg_changes
from hipsim.surgery.osteotomy_cut import CutPlane

ON_PLANE_MM = 1e-7
_UP = (0.0, 1.0, 0.0)


@dataclass(frozen=True, eq=False)
class Osteotomy:
    """A femur with its distal fragment moved, both fragments, and what was taken.

    Parameters
    ----------
    before, hip
        Before and after the osteotomy.
    proximal, distal
        The fragments in their place after it, closed, scan frame, mm.
    removed
        Wedge or segment that was taken, closed, in its place before, scan frame; None if none was.
    moved_from_before
        What the distal fragment went through, shape (4, 4), scan frame.
    """

    before: Hip
    hip: Hip
    proximal: Mesh
    distal: Mesh
    removed: Mesh | None
    moved_from_before: Array

    @property
    def volume_mm3(self) -> float:
        """Volume of what was taken."""
        return 0.0 if self.removed is None else self.removed.volume_mm3


@dataclass(frozen=True, eq=False)
class Move:
    """What happens to the distal fragment, in the frame of the cut.

    Attributes
    ----------
    motion
        Rigid (4, 4).
    second_cut
        A second plane below the first, None for none: a point of it and its normal up, each shape
        (3,). What lies between the two is taken; the motion brings the second onto the first.
    """

    motion: Array
    second_cut: tuple[Array, Array] | None = None

    @property
    def is_none(self) -> bool:
        """Whether nothing moves."""
        return bool((self.motion == np.eye(4)).all())


def fragments(hip: Hip, plane: CutPlane) -> tuple[cut.Cut, cut.Cut]:
    """Split the femur; return the upper and the lower fragment in the frame of the cut.

    The rims get Y = 0 to the last bit. So does the step of an earlier osteotomy at the same level,
    which rounding left beside it.

    Raises
    ------
    MeshError
        If the femur is not closed.
    InputError
        If the plane misses the femur.
    """
    femur = hip.femur.transformed(rigid.inverse(plane.scan_from_cut))
    vertices = np.where(np.abs(femur.vertices) < ON_PLANE_MM, (1.0, 0.0, 1.0), 1.0) * femur.vertices
    pieces = cut.split_by_plane(Mesh(vertices, femur.faces), np.zeros(3), _UP)
    upper, lower = (cut.Cut(_flattened(p), p.source_faces, p.tool_faces) for p in pieces)
    return upper, lower


def reposition_distal(
    hip: Hip,
    plane: CutPlane,
    move: Move,
    note: dict[str, Any],
    pieces: tuple[cut.Cut, cut.Cut] | None = None,
) -> Osteotomy:
    """Cut the femur, take what is to be taken, move the distal fragment, join, and note it.

    Parameters
    ----------
    hip
        The hip.
    plane
        Of the cut.
    move
        What happens to the distal fragment.
    note
        Name and amounts of the procedure; what came of it is added.
    pieces
        From :func:`fragments`, if at hand.

    Raises
    ------
    InputError
        If the fragments would no longer touch, or would enter each other beside the cut.
    MeshError
        If the femur is not closed.
    ComputationError
        If the volume is not conserved.
    """
    cut_from_scan = rigid.inverse(plane.scan_from_cut)
    moved = plane.scan_from_cut @ move.motion @ cut_from_scan
    upper, lower = fragments(hip, plane) if pieces is None else pieces
    lower, removed = _shortened(lower, move)
    placed = _placed(lower, move)
    names, after, contact = _moved_landmarks(hip.landmarks, cut_from_scan), hip, 1.0
    if not move.is_none:
        joined, labels, sources, contact = _joined(hip, upper, placed, removed)
        femur = joined.transformed(plane.scan_from_cut)
        after = hip.evolved(
            femur=femur,
            femoral_labels=labels,
            footprints=_carried(hip.footprints, femur, sources),
            landmarks=hip.landmarks.moved(moved, names),
        )
    proximal, distal = (m.transformed(plane.scan_from_cut) for m in (upper.mesh, placed.mesh))
    taken = None if removed is None else removed.transformed(plane.scan_from_cut)
    done = Osteotomy(hip, after, proximal, distal, taken, moved)
    came = _noted(done, plane, move, names, contact)
    return replace(done, hip=after.evolved(notes=(*hip.notes, {**note, **plane.note, **came})))


def _noted(
    done: Osteotomy, plane: CutPlane, move: Move, names: tuple[str, ...], contact: float
) -> dict[str, Any]:
    """Return what is noted of an osteotomy besides its plane and amounts."""
    second = {}
    if move.second_cut is not None:
        point, normal = move.second_cut
        second["second_cut_point_mm"] = rigid.apply(plane.scan_from_cut, point[None])[0].tolist()
        second["second_cut_normal"] = rigid.rotate(plane.scan_from_cut, normal).tolist()
    return {
        "removed_volume_mm3": done.volume_mm3,
        "contact_share": contact,
        "turned_landmarks": list(names),
        "moved_from_before": done.moved_from_before.tolist(),
        **leg_changes(done.before.landmarks, done.hip.landmarks),
        **second,
    }


def _flattened(piece: cut.Cut) -> Mesh:
    """Put the vertices of the faces made by the cut on the plane Y = 0."""
    vertices = piece.mesh.vertices.copy()
    vertices[np.unique(piece.mesh.faces[piece.source_faces < 0]), 1] = 0.0
    return Mesh(vertices, piece.mesh.faces)


def _shortened(lower: cut.Cut, move: Move) -> tuple[cut.Cut, Mesh | None]:
    """Take from the lower fragment what lies above the second cut."""
    if move.second_cut is None:
        return lower, None
    point, normal = move.second_cut
    taken, kept = cut.split_by_plane(lower.mesh, point, normal)
    is_made = kept.source_faces < 0
    source = np.where(is_made, -1, lower.source_faces[kept.source_faces])
    return cut.Cut(kept.mesh, source, np.full(len(source), -1)), taken.mesh


def _placed(lower: cut.Cut, move: Move) -> cut.Cut:
    """Move the lower fragment; its rim comes to lie on the plane Y = 0.

    Raises
    ------
    InputError
        If it then reaches over the plane.
    """
    mesh = lower.mesh.transformed(move.motion)
    placed = cut.Cut(mesh, lower.source_faces, lower.tool_faces)
    placed = cut.Cut(_flattened(placed), lower.source_faces, lower.tool_faces)
    over = float(placed.mesh.vertices[:, 1].max())
    if over > ON_PLANE_MM:
        raise InputError(
            f"the fragments would enter each other by {over:.1f} mm beside the cut; take a smaller "
            "amount or another level"
        )
    return placed


def _joined(
    hip: Hip, upper: cut.Cut, placed: cut.Cut, removed: Mesh | None
) -> tuple[Mesh, Labels, IntArray, float]:
    """Return the femur of both fragments, labels, source faces and the share of cut in contact."""
    femur = cut.union(upper.mesh, placed.mesh)
    cut.check_volumes(hip.femur, femur.mesh, *(() if removed is None else (removed,)))
    labels = np.concatenate([_labels(piece, hip.femoral_labels) for piece in (upper, placed)])
    sources = np.concatenate([upper.source_faces, placed.source_faces])
    is_rim = sources < 0
    in_lower = femur.tool_faces + len(upper.source_faces)
    piece_faces = np.where(femur.source_faces >= 0, femur.source_faces, in_lower)
    step = float(femur.mesh.face_areas_mm2[is_rim[piece_faces]].sum())
    contact = 1.0 - step / (upper.made_area_mm2 + placed.made_area_mm2)
    if contact <= 0.0:
        raise InputError(
            "the fragments would no longer touch; take a smaller amount or turn about the other "
            "axis"
        )
    return femur.mesh, labels[piece_faces], sources[piece_faces], contact


def _carried(
    footprints: Mapping[str, Footprint], femur: Mesh, sources: IntArray
) -> dict[str, Footprint]:
    """Carry the footprints on the femur to its new faces; those on the hip bone stay."""
    return {
        name: old.carried(femur, sources) if ATTACHED_BONE[name] == "femur" else old
        for name, old in footprints.items()
    }


def _labels(piece: cut.Cut, labels: Labels) -> Labels:
    """Carry labels to a fragment; the cut gets the commonest one of the faces around it."""
    is_made = piece.source_faces < 0
    touches = np.isin(piece.mesh.faces, piece.mesh.faces[is_made]).any(axis=1) & ~is_made
    return piece.carried(labels, np.bincount(labels[piece.source_faces[touches]]).argmax())


def _moved_landmarks(landmarks: Landmarks, cut_from_scan: Array) -> tuple[str, ...]:
    """Name the femoral landmarks distal of the cut; the shaft axis goes with its distal point."""
    names = [n for n in PROXIMAL_FEMORAL_LANDMARKS + DISTAL_FEMORAL_LANDMARKS if n in landmarks]
    height = {n: rigid.apply(cut_from_scan, landmarks[n][None])[0, 1] for n in names}
    if all(name in height for name in SHAFT_AXIS):
        height[SHAFT_AXIS[0]] = height[SHAFT_AXIS[1]]
    return tuple(name for name in names if height[name] < 0.0)
