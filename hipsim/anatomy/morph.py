"""What-if anatomy: a hip's own bones with one or more measures changed.

Vertices are moved by smooth fields (:mod:`hipsim.anatomy.morph_fields`); faces, and with them
structures and painted footprints, stay what they are, and the landmarks go with the bone. On the
femur the fields are applied in this order, each made from the landmarks the one before has left:
lesser trochanter, version, neck length, neck-shaft angle. Then the whole femur is put back: its
condylar frame, measured anew, where it was before, so the head stays in its socket and the leg in
its pose. The ischium is moved last and independently.

Version (method ``3d``), neck-shaft angle and neck length hang together through the mechanical axis,
which ends in the head: a steeper neck alone is measured with other version. So the amounts are
iterated until these and the reach of the lesser trochanter from the shaft axis measure back what
was asked, those not asked unchanged; the notes tell the amounts.

The width between the tuberosities is that of the tuberosities themselves. Their tilted neighbour,
the ramus, turns when they move, and counts as tuberosity where it then faces down and back:
:func:`~hipsim.anatomy.measures.inter_tuberous_mm` may see less than was asked.

Meshes must be fine against what is bent: edges of a few mm. A surface that would pass through
itself is refused; within the ranges no bone does of two virtual and eight CT hips.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hipsim.anatomy.attachment import ATTACHED_BONE, Footprint
from hipsim.anatomy.frames import femoral_frame
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import (
    DISTAL_FEMORAL_LANDMARKS,
    PELVIC_LANDMARKS,
    PROXIMAL_FEMORAL_LANDMARKS,
    Landmarks,
)
from hipsim.anatomy.measures import femoral_version_deg, neck_length_mm, neck_shaft_angle_deg
from hipsim.anatomy.morph_fields import (
    Field,
    VersionLevel,
    ischium_field,
    neck_length_field,
    neck_shaft_field,
    trochanter_field,
    version_field,
)
from hipsim.anatomy.structures import shaft_axis
from hipsim.checks import Array, as_choice, as_number
from hipsim.errors import ComputationError, InputError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.intersections import find_self_intersections

VERSION_LEVELS = ("subtrochanteric", "neck")
RANGES: dict[str, tuple[float, float]] = {
    "version_deg": (-20.0, 20.0),
    "neck_shaft_angle_deg": (-10.0, 10.0),
    "neck_length_mm": (-6.0, 10.0),
    "lesser_trochanter_height_mm": (-5.0, 5.0),
    "inter_tuberous_width_mm": (-15.0, 15.0),
}
FEMORAL_LANDMARKS = PROXIMAL_FEMORAL_LANDMARKS + DISTAL_FEMORAL_LANDMARKS
NEAR_ENOUGH = 0.01  # deg or mm: far less than any of these can be measured
MOST_STEPS = 30


@dataclass(frozen=True, eq=False)
class _Femur:
    """Femoral landmarks and vertices on their way through the fields, scan frame, mm."""

    marks: Landmarks
    vertices: Array

    def moved(self, field: Field) -> "_Femur":
        """Move both by a field."""
        points = {name: field(point[None])[0] for name, point in self.marks.items()}
        return _Femur(Landmarks(points), field(self.vertices))


def morph(
    hip: Hip,
    *,
    version_deg: float = 0.0,
    neck_shaft_angle_deg: float = 0.0,
    neck_length_mm: float = 0.0,
    lesser_trochanter_height_mm: float = 0.0,
    inter_tuberous_width_mm: float = 0.0,
    version_level: VersionLevel = "subtrochanteric",
) -> Hip:
    """Change measures of a hip by smooth deformation of its own bones.

    Parameters
    ----------
    hip
        An intact hip with all landmarks but the optional ones.
    version_deg
        Added to femoral version (method ``3d``), -20 to 20.
    neck_shaft_angle_deg
        Added to the neck-shaft angle, -10 to 10.
    neck_length_mm
        Added to the length of the neck, from head centre to shaft axis, -6 to 10.
    lesser_trochanter_height_mm
        Added to the height of the lesser trochanter's apex over the shaft, -5 to 5.
    inter_tuberous_width_mm
        Added to the distance between the ischial tuberosities, -15 to 15; half of it on this side.
    version_level
        Where version is changed: ``"subtrochanteric"``, below the lesser trochanter, which turns
        with the neck, or ``"neck"``, above it, so that it stays with the shaft.

    Returns
    -------
    hip
        With the same faces, structures and confidence; one entry is added to ``notes``. A bone of
        which nothing is asked is the very same. Condylar and pelvic frame stay in the scan.

    Raises
    ------
    InputError
        If an amount is out of its range, the level is unknown, or the hip has been operated on.
    AnatomyError
        If a landmark is missing, or the neck is too short to be bent.
    ComputationError
        If the measures do not settle on what was asked, or a surface would pass through itself.

    Examples
    --------
    >>> from hipsim.io import load_hip
    >>> hip = load_hip("woman")
    >>> more = morph(hip, version_deg=10.0)
    >>> round(femoral_version_deg(more) - femoral_version_deg(hip), 1)
    10.0
    """
    asked = {
        "version_deg": version_deg,
        "neck_shaft_angle_deg": neck_shaft_angle_deg,
        "neck_length_mm": neck_length_mm,
        "lesser_trochanter_height_mm": lesser_trochanter_height_mm,
        "inter_tuberous_width_mm": inter_tuberous_width_mm,
    }
    asked = {name: _within_range(name, amount) for name, amount in asked.items()}
    as_choice(version_level, VERSION_LEVELS, name="version_level")
    _check_intact(hip)
    femoral, width = dict(asked), asked["inter_tuberous_width_mm"]
    del femoral["inter_tuberous_width_mm"]
    after, amounts = _with_femur(hip, femoral, version_level)
    if width != 0.0:
        after = _with_ischium(after, 0.5 * width)
    applied = {**amounts, "ischium_shift_mm": 0.5 * width}
    note = {"step": "morph", "asked": asked, "applied": applied, "version_level": version_level}
    return after.evolved(notes=(*hip.notes, note))


def _within_range(name: str, amount: float) -> float:
    """Return an amount within its range, or raise."""
    low, high = RANGES[name]
    return as_number(amount, name=name, low=low, high=high, unit=name.rpartition("_")[2])


def _check_intact(hip: Hip) -> None:
    """Raise InputError for a hip on which surgery has been done: its notes tell of places."""
    done = [str(note["procedure"]) for note in hip.notes if "procedure" in note]
    if done:
        raise InputError(
            f"only an intact hip can be morphed, this one has had {', '.join(done)}; "
            "morph first, then operate"
        )


def _with_femur(
    hip: Hip, asked: dict[str, float], level: VersionLevel
) -> tuple[Hip, dict[str, float]]:
    """Return the hip with its femur changed, and the amounts that took."""
    if not any(asked.values()):
        return hip, asked
    amounts = _settled_amounts(hip, asked, level)
    femur = _reshaped(hip, hip.femur.vertices, amounts, level)
    mesh = Mesh(femur.vertices, hip.femur.faces)
    marks = hip.landmarks.updated(femur.marks)
    return _with_bone(hip, "femur", mesh).evolved(landmarks=marks), amounts


def _settled_amounts(hip: Hip, asked: dict[str, float], level: VersionLevel) -> dict[str, float]:
    """Iterate the amounts until the landmarks measure back what was asked."""
    measures = {
        "version_deg": femoral_version_deg,
        "neck_shaft_angle_deg": neck_shaft_angle_deg,
        "neck_length_mm": neck_length_mm,
        "lesser_trochanter_height_mm": _reach_mm,
    }
    wanted = {name: measure(hip) + asked[name] for name, measure in measures.items()}
    amounts = dict(asked)
    for _ in range(MOST_STEPS):
        marks = hip.landmarks.updated(_reshaped(hip, np.zeros((0, 3)), amounts, level).marks)
        trial = hip.evolved(landmarks=marks)
        missing = {name: wanted[name] - measure(trial) for name, measure in measures.items()}
        if max(abs(missed) for missed in missing.values()) < NEAR_ENOUGH:
            return amounts
        amounts |= {name: amounts[name] + missed for name, missed in missing.items()}
    raise _unsettled(missing)


def _reach_mm(hip: Hip) -> float:
    """Measure how far the apex of the lesser trochanter is from the shaft axis."""
    apex = hip.landmarks["lesser_trochanter"]
    return float(np.linalg.norm(apex - shaft_axis(hip).foot_of(apex)))


def _reshaped(
    hip: Hip, vertices: Array, amounts: Mapping[str, float], level: VersionLevel
) -> _Femur:
    """Move femoral landmarks and vertices by all fields, and back into the condylar frame."""
    side, radius = hip.side, hip.head_radius_mm
    own = {name: point for name, point in hip.landmarks.items() if name in FEMORAL_LANDMARKS}
    femur = _Femur(Landmarks(own), vertices)
    femur = femur.moved(trochanter_field(femur.marks, amounts["lesser_trochanter_height_mm"]))
    twist = version_field(femur.marks, side, radius, amounts["version_deg"], level)
    femur = femur.moved(twist)
    femur = femur.moved(neck_length_field(femur.marks, radius, amounts["neck_length_mm"]))
    femur = femur.moved(neck_shaft_field(femur.marks, radius, amounts["neck_shaft_angle_deg"]))
    before, after = (femoral_frame(marks, side) for marks in (hip.landmarks, femur.marks))
    back = before @ rigid.inverse(after)
    return femur.moved(lambda points: rigid.apply(back, points))


def _with_ischium(hip: Hip, shift_mm: float) -> Hip:
    """Return the hip with its ischium shifted to lateral."""
    marks = hip.landmarks
    field = ischium_field(marks, hip.side, hip.head_radius_mm, shift_mm)
    moved = {name: field(marks[name][None])[0] for name in PELVIC_LANDMARKS if name in marks}
    mesh = Mesh(field(hip.hip_bone.vertices), hip.hip_bone.faces)
    return _with_bone(hip, "hip_bone", mesh).evolved(landmarks=marks.updated(moved))


def _with_bone(hip: Hip, bone: str, mesh: Mesh) -> Hip:
    """Return the hip with one bone's vertices moved, and the footprints on it with them."""
    footprints = {
        name: _moved_footprint(footprint, mesh) if ATTACHED_BONE[name] == bone else footprint
        for name, footprint in hip.footprints.items()
    }
    _check_passes_nowhere(getattr(hip, bone), mesh, bone)
    changes: dict[str, Any] = {bone: mesh, "footprints": footprints}
    return hip.evolved(**changes)


def _check_passes_nowhere(before: Mesh, after: Mesh, bone: str) -> None:
    """Raise ComputationError where a sound surface has come to pass through itself."""
    count = find_self_intersections(after).count
    if count and not find_self_intersections(before).count:
        raise ComputationError(
            f"the {bone} would pass through itself at {count} pairs of faces; ask for less, or "
            "give a finer mesh: edges of a few mm"
        )


def _moved_footprint(footprint: Footprint, mesh: Mesh) -> Footprint:
    """Return a footprint on the moved bone, still whole."""
    after = footprint.carried(mesh, np.arange(len(mesh.faces)))
    return replace(after, intact_area_mm2=after.area_mm2)


def _unsettled(missing: Mapping[str, float]) -> ComputationError:
    """Return the error for measures that do not settle."""
    off = ", ".join(f"{name} off by {missed:.3g}" for name, missed in missing.items())
    return ComputationError(
        f"morphing did not settle in {MOST_STEPS} steps ({off}); ask for less, or check landmarks"
    )
