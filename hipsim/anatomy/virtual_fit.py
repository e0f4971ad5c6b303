"""Virtual bones that measure what was asked: the surface is corrected until it does.

A body is made from its parameters, contoured, brought into the frame of landmarks found on it, and
measured (:mod:`hipsim.anatomy.virtual_measure`). What is missed is added to the parameters, and so
on, first on a coarse surface, then on the wanted one. Where that stops helping, the main parameters
(``TOLERANCES``) must be met; a very wide neck or lesser trochanter may stay a few mm narrower than
asked (``SLACKS``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hipsim.anatomy import frames
from hipsim.anatomy.find_femur import find_femur
from hipsim.anatomy.find_pelvis import find_pelvis
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.virtual_bones import EULER_NUMBER, contoured, femoral_body, pelvic_body
from hipsim.anatomy.virtual_measure import Values, femoral_values, pelvic_values
from hipsim.anatomy.virtual_shape import RANGES, HipShape
from hipsim.checks import Array
from hipsim.errors import AnatomyError, ComputationError
from hipsim.geometry import Mesh, implicit, rigid

TUNING_SPACING_MM = 3.0
ROUNDS = 14
SLACK = 2.0  # tolerances by which lesser parameters may be missed where nothing helps
SLACKS = {"neck_width_mm": 5.0, "lesser_trochanter_width_mm": 3.0}  # ... and these two, mm
PATIENCE = 3  # rounds that may pass without progress
LEAST_PROGRESS = 0.95  # of what was missed most, as a share of its tolerance
WIDEST_STEP = 0.4  # of a parameter's range: how far it may go beyond what is asked
FEMORAL_TOLERANCES = {  # of what is measured on the surface against what was asked
    "version_deg": 0.5,
    "neck_shaft_angle_deg": 0.4,
    "femoral_length_mm": 0.8,
    "neck_length_mm": 0.7,
    "neck_width_mm": 0.7,
    "neck_before_shaft_mm": 0.8,
    "shaft_width_mm": 0.6,
    "anterior_bow_mm": 0.6,
    "bicondylar_width_mm": 1.2,
    "lesser_trochanter_reach_mm": 0.4,
    "lesser_trochanter_direction_deg": 2.0,
    "lesser_trochanter_level_mm": 0.8,
    "lesser_trochanter_width_mm": 1.5,
    "greater_trochanter_height_mm": 1.5,
    "greater_trochanter_lateral_mm": 1.0,
}
PELVIC_TOLERANCES = {
    "inter_asis_mm": 1.5,
    "inter_psis_mm": 2.0,
    "asis_in_front_mm": 1.0,
    "hip_bone_height_mm": 1.5,
    "inter_tuberous_mm": 1.0,
    "tuberosity_behind_mm": 1.0,
    "tuberosity_below_mm": 1.0,
    "ischium_width_mm": 1.0,
    "acetabular_inclination_deg": 1.2,
    "acetabular_anteversion_deg": 1.2,
}
TOLERANCES = {  # the femoral ones that a moved template is corrected for one by one
    name: FEMORAL_TOLERANCES[name]
    for name in (
        "version_deg",
        "neck_shaft_angle_deg",
        "femoral_length_mm",
        "lesser_trochanter_reach_mm",
        "lesser_trochanter_direction_deg",
    )
}
AXIS_LEVELS = (0.24, 0.28, 0.32, 0.35, 0.39, 0.427)  # of the length: the landmarks' shaft axis


@dataclass(frozen=True, eq=False)
class Finished:
    """A contoured bone.

    Attributes
    ----------
    mesh
        Closed, right side, mm, in its anatomical frame.
    points
        Its landmarks, same frame.
    values
        What it measures.
    trial
        The parameters its body was made from, which differ from what was asked.
    from_body
        Takes the body's frame to that of the mesh, shape (4, 4).
    """

    mesh: Mesh
    points: dict[str, Array]
    values: Values
    trial: HipShape
    from_body: Array


Maker = Callable[[HipShape, HipShape, float, bool], Finished]  # trial, asked, spacing, is final


def finished_femur(shape: HipShape, *, spacing_mm: float) -> Finished:
    """Contour the right femur on which the parameters of a shape are measured.

    Raises
    ------
    ComputationError
        If they cannot be met together, or the surface has holes.
    """
    femur = _finished(shape, FEMORAL_TOLERANCES, _femur, spacing_mm)
    implicit.check_topology(femur.mesh, euler_number=EULER_NUMBER["femur"], name="virtual femur")
    return femur


def finished_hip_bone(shape: HipShape, *, spacing_mm: float) -> Finished:
    """Contour the right hip bone on which the parameters of a shape are measured.

    Raises
    ------
    ComputationError
        If they cannot be met together, or the surface has holes.
    """
    bone = _finished(shape, PELVIC_TOLERANCES, _hip_bone, spacing_mm)
    name = "virtual hip bone"
    implicit.check_topology(bone.mesh, euler_number=EULER_NUMBER["hip_bone"], name=name)
    return bone


def fitted_shape(shape: HipShape) -> HipShape:
    """Return the parameters to make both bodies from, so that they measure as the shape asks.

    For those who use :func:`~hipsim.anatomy.virtual_bones.femoral_body` and ``pelvic_body``
    themselves, at a coarse spacing.

    Raises
    ------
    ComputationError
        If the parameters cannot be met together.
    """
    femur = _tuned(shape, shape, FEMORAL_TOLERANCES, _femur).trial
    bone = _tuned(shape, shape, PELVIC_TOLERANCES, _hip_bone).trial
    pelvic: dict[str, Any] = {name: getattr(bone, name) for name in PELVIC_TOLERANCES}
    return replace(femur, **pelvic)


def not_met(bone: Finished, asked: HipShape, tolerances: dict[str, float]) -> dict[str, float]:
    """Return what a bone measures where that is not what was asked.

    Parameters
    ----------
    bone
        The bone.
    asked
        Its shape.
    tolerances
        ``FEMORAL_TOLERANCES`` or ``PELVIC_TOLERANCES``.
    """
    return {
        name: round(float(bone.values[name]), 2)
        for name, most in tolerances.items()
        if abs(getattr(asked, name) - bone.values[name]) > most
    }


def _finished(
    shape: HipShape, tolerances: dict[str, float], make: Maker, spacing_mm: float
) -> Finished:
    """Tune on a coarse surface, then on the wanted one."""
    coarse = _tuned(shape, shape, tolerances, make)
    return _tuned(_improved(coarse, shape, tolerances), shape, tolerances, make, spacing_mm)


def _improved(bone: Finished, asked: HipShape, tolerances: dict[str, float]) -> HipShape:
    """Return the parameters of a bone, each moved by what it missed."""
    off = {name: getattr(asked, name) - bone.values[name] for name in tolerances}
    better: dict[str, Any] = {n: _corrected(bone.trial, asked, n, off[n]) for n in tolerances}
    return replace(bone.trial, **better)


def _tuned(
    trial: HipShape,
    asked: HipShape,
    tolerances: dict[str, float],
    make: Maker,
    spacing_mm: float | None = None,
) -> Finished:
    """Correct the parameters of a body until all that is asked is measured on its surface."""
    least, patience = np.inf, PATIENCE
    for _ in range(ROUNDS):
        bone = make(trial, asked, spacing_mm or TUNING_SPACING_MM, spacing_mm is not None)
        off = {name: getattr(asked, name) - bone.values[name] for name in tolerances}
        over = {name: abs(off[name]) / most for name, most in tolerances.items()}
        missed = [name for name, share in over.items() if share > 1.0]
        if not missed:
            return bone
        trial = _improved(bone, asked, tolerances)
        worst = max(over.values())
        patience = patience - 1 if worst > LEAST_PROGRESS * least else PATIENCE
        least = min(least, worst)
        if patience == 0:
            if all(abs(off[name]) <= _slack(name, most) for name, most in tolerances.items()):
                return bone
            break
    name = "femur" if "version_deg" in tolerances else "hip bone"
    told = ", ".join(f"{n} {bone.values[n]:.1f} for {getattr(asked, n):.1f}" for n in missed)
    raise ComputationError(
        f"this {name} cannot be reached, got {told}; "
        f"keep these parameters nearer to their defaults, or to each other's proportions"
    )


def _slack(name: str, tolerance: float) -> float:
    """Return by how much a parameter may be missed when no round brings it nearer."""
    return tolerance if name in TOLERANCES else SLACKS.get(name, SLACK * tolerance)


def _corrected(trial: HipShape, asked: HipShape, name: str, off: float) -> float:
    """Return a parameter moved by what is missed, not too far from what is asked."""
    low, high = RANGES[name]
    reach = WIDEST_STEP * (high - low)
    wanted = getattr(asked, name)
    return float(np.clip(getattr(trial, name) + off, wanted - reach, wanted + reach))


def _femur(trial: HipShape, asked: HipShape, spacing_mm: float, is_final: bool) -> Finished:
    """Contour a femur and bring it into the condylar frame of its own landmarks."""
    mesh = contoured(femoral_body(trial), spacing_mm=spacing_mm, is_final=is_final)
    try:
        landmarks = find_femur(mesh).landmarks
        found = landmarks.updated({"hip_joint_centre": np.zeros(3)})
        to_frame = rigid.inverse(frames.femoral_frame(found, "right"))
        mesh, points = mesh.transformed(to_frame), dict(found.moved(to_frame))
        return Finished(mesh, points, femoral_values(mesh, points, asked), trial, to_frame)
    except AnatomyError as error:
        raise _hopeless("femur", error) from None


def _hip_bone(trial: HipShape, asked: HipShape, spacing_mm: float, is_final: bool) -> Finished:
    """Contour a hip bone and bring it into the pelvic frame of its own landmarks."""
    mesh = contoured(pelvic_body(trial), spacing_mm=spacing_mm, is_final=is_final)
    try:
        found = Landmarks(_pelvic_points(mesh, asked))  # the same in whatever frame: one round
        to_frame = rigid.inverse(frames.pelvic_frame(found, "app"))
        mesh, points = mesh.transformed(to_frame), dict(found.moved(to_frame))
        return Finished(mesh, points, pelvic_values(mesh, points, asked), trial, to_frame)
    except AnatomyError as error:
        raise _hopeless("hip bone", error) from None


def _hopeless(bone: str, error: AnatomyError) -> ComputationError:
    """Say that a bone no longer looks like one."""
    return ComputationError(
        f"this {bone} cannot be reached: {error}; keep the parameters nearer to their defaults"
    )


def _pelvic_points(mesh: Mesh, shape: HipShape) -> dict[str, Array]:
    """Find the landmarks of the whole pelvis: the other half is the mirror image."""
    across = rigid.translation([0.0, 0.0, -shape.inter_hip_mm])
    left = mesh.mirrored(2).transformed(across)
    found = find_pelvis(mesh, left, hip_joint_centre=np.zeros(3))
    return {
        **found.points,
        "ischial_tuberosity": found.tuberosity["right"],
        "ischial_spine": found.spine["right"],
        "acetabular_centre": np.zeros(3),
        "hip_joint_centre": np.zeros(3),
    }
