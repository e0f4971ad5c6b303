"""Derotation osteotomy: the femur is cut across an axis and its distal fragment turned about it.

A positive angle turns the distal fragment externally against the proximal one, which lowers
femoral version by that angle. The head stays in the socket; the knee, its landmarks and with them
the femoral frame turn, so 'knee forward' after surgery is the new neutral, and the proximal femur
stands in it as the intact one did in internal rotation by the angle. For a cut below the lesser
trochanter about the mechanical axis this is exact: clearance after surgery at rotation g equals
intact clearance at rotation g + angle, at any flexion and adduction.

Choices. The mechanical axis (knee centre to hip joint centre) keeps knee and leg axis where they
were but lies beside the shaft, so the fragments shift against each other at the cut; the anatomical
axis (of the proximal shaft) keeps them aligned and shifts the knee instead. Each tells its price in
the notes. Fragments are joined by a union: they share the plane of the cut and nothing else, so the
volume is kept and the step where their outlines differ becomes surface. To make 'share the plane'
true to the last bit, cutting, turning and joining are done in a frame whose Y is the axis and whose
origin lies on the cut.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hipsim.anatomy.attachment import ATTACHED_BONE, Footprint
from hipsim.anatomy.fragments import SHAFT_AXIS, fragment_shaft_axis
from hipsim.anatomy.frames import knee_centre
from hipsim.anatomy.hip import Hip, Labels
from hipsim.anatomy.landmarks import (
    DISTAL_FEMORAL_LANDMARKS,
    PROXIMAL_FEMORAL_LANDMARKS,
    Landmarks,
)
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, IntArray, as_choice, as_number
from hipsim.errors import InputError
from hipsim.geometry import Mesh, cut, rigid

Level = Literal["subtrochanteric", "intertrochanteric", "supracondylar"]
Axis = Literal["mechanical", "anatomical"]
LEVELS = ("subtrochanteric", "intertrochanteric", "supracondylar")
AXES = ("mechanical", "anatomical")

LARGEST_ANGLE_DEG = 90.0
SUBTROCHANTERIC_MM = 50.0  # below the LT apex; every region that is swept ends 45 mm below it
INTERTROCHANTERIC_MM = -15.0  # the upper border of the lesser trochanter
SUPRACONDYLAR_ABOVE_KNEE_MM = 80.0
CONDYLES_ABOVE_KNEE_MM = 40.0  # no cut nearer to the knee centre
TROCHANTER_MM = (-12.0, 20.0)  # a cut in between would go through the trochanter
ON_PLANE_MM = 1e-7
HEAD_RADII = 1.1  # a cut must pass below the head by this many radii from its centre


@dataclass(frozen=True, eq=False)
class Osteotomy:
    """A turned femur and its two fragments.

    Parameters
    ----------
    hip
        After the osteotomy.
    proximal, distal
        The fragments in their place after it, closed, scan frame, mm.
    moved_from_before
        What the distal fragment went through, shape (4, 4), scan frame.
    """

    hip: Hip
    proximal: Mesh
    distal: Mesh
    moved_from_before: Array


def derotate_femur(
    hip: Hip,
    *,
    angle_deg: float,
    level: Level | float = "subtrochanteric",
    axis: Axis = "mechanical",
) -> Hip:
    """Turn the distal femur externally against the proximal one; this lowers femoral version.

    Parameters
    ----------
    hip
        With femoral landmarks and a closed femur.
    angle_deg
        Turn of the distal fragment in degrees, external positive on both sides, within 90.
        0 leaves the very same femur.
    level
        Where the plane of the cut, perpendicular to the axis, crosses it: ``"subtrochanteric"``,
        50 mm below the LT apex, which leaves every swept region in one piece;
        ``"intertrochanteric"``, 15 mm above it, so that the LT turns with the shaft;
        ``"supracondylar"``, 80 mm above the knee centre; or mm below the LT apex along the axis.
    axis
        ``"mechanical"``, through knee centre and hip joint centre, or ``"anatomical"``, the
        axis of the proximal shaft.

    Returns
    -------
    hip
        Faces keep their labels; the step at the cut takes that of the bone around it. Landmarks
        distal of the cut turn, the two of the shaft axis together. One entry is added to
        ``notes``, with the shift of the knee and the change of leg axis and length.

    Raises
    ------
    InputError
        If the level runs through head, lesser trochanter or condyles, or the fragments would
        no longer touch.
    MeshError
        If the femur is not closed.
    ComputationError
        If the volume is not conserved.

    References
    ----------
    Subtrochanteric derotation: Buly et al., J Am Acad Orthop Surg 2018,
    doi 10.5435/JAAOS-D-17-00623.
    """
    return derotation_osteotomy(hip, angle_deg=angle_deg, level=level, axis=axis).hip


def derotation_osteotomy(
    hip: Hip,
    *,
    angle_deg: float,
    level: Level | float = "subtrochanteric",
    axis: Axis = "mechanical",
) -> Osteotomy:
    """Turn the distal femur and return both fragments as well.

    Parameters and errors as in :func:`derotate_femur`.
    """
    angle = as_number(
        angle_deg, name="angle_deg", low=-LARGEST_ANGLE_DEG, high=LARGEST_ANGLE_DEG, unit="deg"
    )
    scan_from_cut, below = _cut_frame(hip, level, axis)
    turn = rigid.rotation_about((0.0, 1.0, 0.0), -side_sign(hip.side) * np.deg2rad(angle))
    note = {
        "procedure": "derotate_femur",
        "angle_deg": angle,
        "level": level,
        "level_below_lt_mm": below,
        "axis": axis,
        "removed_volume_mm3": 0.0,
    }
    return _turn_distal(hip, scan_from_cut, turn, note)


def _turn_distal(hip: Hip, scan_from_cut: Array, turn: Array, note: dict[str, Any]) -> Osteotomy:
    """Cut at Y = 0 of the cut frame, turn what lies below, join, and complete the note."""
    cut_from_scan = rigid.inverse(scan_from_cut)
    moved = scan_from_cut @ rigid.transform_from(turn) @ cut_from_scan
    upper, lower = _fragments(hip.femur.transformed(cut_from_scan))
    turned = Mesh(lower.mesh.vertices @ turn.T, lower.mesh.faces)
    names = _turned_landmarks(hip.landmarks, cut_from_scan)
    after, contact = hip, 1.0
    if (turn != np.eye(3)).any():
        joined, labels, sources, contact = _joined(hip, upper, lower, turned)
        femur = joined.transformed(scan_from_cut)
        after = hip.evolved(
            femur=femur,
            femoral_labels=labels,
            footprints=_carried(hip.footprints, femur, sources),
            landmarks=hip.landmarks.moved(moved, names),
        )
    changes = _leg_changes(hip.landmarks, after.landmarks)
    turns = {"turned_landmarks": list(names), "moved_from_before": moved.tolist()}
    notes = (*hip.notes, {**note, "contact_share": contact, **turns, **changes})
    proximal, distal = (mesh.transformed(scan_from_cut) for mesh in (upper.mesh, turned))
    return Osteotomy(after.evolved(notes=notes), proximal, distal, moved)


def _cut_frame(hip: Hip, level: Level | float, axis: Axis) -> tuple[Array, float]:
    """Return ``scan_from_cut`` (Y up the axis, origin on the cut) and mm below the LT apex."""
    centre, knee = hip.landmarks["hip_joint_centre"], knee_centre(hip.landmarks)
    top, bottom = centre, knee
    if as_choice(axis, AXES, name="axis") == "anatomical":
        top, bottom = fragment_shaft_axis(hip)
    up = rigid.unit(top - bottom)
    apex = float((hip.landmarks["lesser_trochanter"] - bottom) @ up)
    below = _below_apex(level, apex - float((knee - bottom) @ up))
    if TROCHANTER_MM[0] < below < TROCHANTER_MM[1]:
        raise InputError(
            f"level {below:g} mm below the apex would cut through the lesser trochanter; choose "
            f"at most {TROCHANTER_MM[0]:g} or at least {TROCHANTER_MM[1]:g} mm"
        )
    origin = bottom + (apex - below) * up
    if (centre - origin) @ up < HEAD_RADII * hip.head_radius_mm:
        raise InputError(
            f"level {below:g} mm below the LT's apex would cut into the femoral head, "
            "choose a lower one"
        )
    return rigid.transform_from(rigid.axes_from(y=up, z_hint=_across(up)), origin), below


def _below_apex(level: Level | float, knee_below_mm: float) -> float:
    """Return how many mm below the LT apex a level lies."""
    if not isinstance(level, str):
        high = knee_below_mm - CONDYLES_ABOVE_KNEE_MM
        return as_number(level, name="level", low=-100.0, high=high, unit="mm below the LT apex")
    named = {
        "subtrochanteric": SUBTROCHANTERIC_MM,
        "intertrochanteric": INTERTROCHANTERIC_MM,
        "supracondylar": knee_below_mm - SUPRACONDYLAR_ABOVE_KNEE_MM,
    }
    return named[as_choice(level, LEVELS, name="level")]


def _across(direction: Array) -> Array:
    """Return some direction far from parallel to a given one."""
    return np.eye(3)[np.abs(direction).argmin()]


def _fragments(femur: Mesh) -> tuple[cut.Cut, cut.Cut]:
    """Split a femur in the cut frame; the rims get Y = 0 to the last bit.

    So does the step of an earlier osteotomy at the same level, which rounding left beside it.
    """
    vertices = np.where(np.abs(femur.vertices) < ON_PLANE_MM, (1.0, 0.0, 1.0), 1.0) * femur.vertices
    pieces = cut.split_by_plane(Mesh(vertices, femur.faces), np.zeros(3), (0.0, 1.0, 0.0))
    upper, lower = (cut.Cut(_flattened(p), p.source_faces, p.tool_faces) for p in pieces)
    return upper, lower


def _flattened(piece: cut.Cut) -> Mesh:
    """Put the vertices of the faces made by the cut on the plane Y = 0."""
    vertices = piece.mesh.vertices.copy()
    vertices[np.unique(piece.mesh.faces[piece.source_faces < 0]), 1] = 0.0
    return Mesh(vertices, piece.mesh.faces)


def _joined(
    hip: Hip, upper: cut.Cut, lower: cut.Cut, turned: Mesh
) -> tuple[Mesh, Labels, IntArray, float]:
    """Return the femur of both fragments, labels, source faces and the share of cut in contact."""
    femur = cut.union(upper.mesh, turned)
    cut.check_volumes(hip.femur, femur.mesh)
    labels = np.concatenate([_labels(piece, hip.femoral_labels) for piece in (upper, lower)])
    sources = np.concatenate([upper.source_faces, lower.source_faces])
    is_rim = sources < 0
    in_lower = femur.tool_faces + len(upper.source_faces)
    piece_faces = np.where(femur.source_faces >= 0, femur.source_faces, in_lower)
    step = float(femur.mesh.face_areas_mm2[is_rim[piece_faces]].sum())
    contact = 1.0 - step / (upper.made_area_mm2 + lower.made_area_mm2)
    if contact <= 0.0:
        raise InputError("the fragments would no longer touch; turn less or about the other axis")
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


def _turned_landmarks(landmarks: Landmarks, cut_from_scan: Array) -> tuple[str, ...]:
    """Name the femoral landmarks distal of the cut; the shaft axis goes with its distal point."""
    names = [n for n in PROXIMAL_FEMORAL_LANDMARKS + DISTAL_FEMORAL_LANDMARKS if n in landmarks]
    height = {n: rigid.apply(cut_from_scan, landmarks[n][None])[0, 1] for n in names}
    if all(name in height for name in SHAFT_AXIS):
        height[SHAFT_AXIS[0]] = height[SHAFT_AXIS[1]]
    return tuple(name for name in names if height[name] < 0.0)


def _leg_changes(before: Landmarks, after: Landmarks) -> dict[str, float]:
    """Return what becomes of knee, leg axis and leg length; the hip joint centre stays."""
    old, new = (knee_centre(marks) - marks["hip_joint_centre"] for marks in (before, after))
    old_length, new_length = float(np.linalg.norm(old)), float(np.linalg.norm(new))
    sine = np.linalg.norm(np.cross(old, new)) / (old_length * new_length)
    return {
        "knee_centre_shift_mm": float(np.linalg.norm(new - old)),
        "mechanical_axis_change_deg": float(np.rad2deg(np.arcsin(sine))),
        "leg_length_change_mm": new_length - old_length,
    }
