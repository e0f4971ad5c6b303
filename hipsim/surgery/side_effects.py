"""What surgery costs: bone, attachments and alignment, measured on a hip before and after it.

Nothing is taken from what procedures say of themselves but one thing: how far osteotomies have
carried the trochanter, to lay both femora over each other there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from hipsim.anatomy.attachment import Footprint
from hipsim.anatomy.footprint import hamstring_footprint, iliopsoas_footprint, share_removed
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.measure_femur import femoral_offset_mm, neck_shaft_angle_deg
from hipsim.anatomy.measure_version import femoral_version_deg
from hipsim.checks import Array, BoolArray
from hipsim.errors import InputError
from hipsim.geometry import Mesh, rigid
from hipsim.proximity.field import DistanceField
from hipsim.surgery.depth_of_cut import farthest_from, least_over_shaft
from hipsim.surgery.leg import leg_axis_deg, leg_length_mm
from hipsim.surgery.zone import femur_at_trochanter, find_zone, once_for

SAME_MM = 1e-6  # places nearer to each other than this are one; rounding is 1e-12
OFF_CUT_MM = 0.01  # what lies nearer to the plane of an osteotomy is its doing
IN_ZONE_MM = 1e-3  # what a tool has made lies in the zone but for rounding of the tool's corners


@dataclass(frozen=True)
class SideEffects:
    """What changed between two states of a hip besides its clearance.

    Attributes
    ----------
    removed_volume_mm3
        Bone taken from femur and hip bone together.
    deepest_cut_mm
        Greatest distance of a point of the surface taken by resections from the bone that is left;
        wedges and segments of osteotomies do not count.
    iliopsoas_lost_share, hamstrings_lost_share
        Share of the intact attachment taken, 0 to 1.
    version_change_deg
        Of femoral version by method ``3d``; negative is less anteversion.
    neck_shaft_angle_change_deg
        Positive is valgus.
    leg_length_change_mm
        Of the distance from hip joint centre to knee centre; negative is shorter.
    mechanical_axis_change_deg
        Of the angle between leg axis and the line through the epicondyles; positive is valgus.
    femoral_offset_change_mm
        Of the distance from hip joint centre to the proximal shaft axis.
    medial_cortex_mm
        How far resections of the lesser trochanter stay outside the line of the shaft's cortex at
        least: the convex outline of the bone 30 mm below the apex, drawn up parallel to the shaft
        axis. 0 is flush. A surface model has no inner cortex, so this is not a thickness. None
        where nothing was cut.
    """

    removed_volume_mm3: float
    deepest_cut_mm: float
    iliopsoas_lost_share: float
    hamstrings_lost_share: float
    version_change_deg: float
    neck_shaft_angle_change_deg: float
    leg_length_change_mm: float
    mechanical_axis_change_deg: float
    femoral_offset_change_mm: float
    medial_cortex_mm: float | None


def side_effects(before: Hip, after: Hip) -> SideEffects:
    """Measure what surgery has cost.

    Parameters
    ----------
    before, after
        One hip before and after any number of procedures.

    Raises
    ------
    InputError
        If ``after`` did not come from ``before``.
    AnatomyError
        If a landmark is missing.

    Examples
    --------
    >>> from hipsim.io import load_hip
    >>> from hipsim.surgery import derotate_femur
    >>> hip = load_hip("woman_narrow")
    >>> found = side_effects(hip, derotate_femur(hip, angle_deg=20))
    >>> round(found.version_change_deg, 6), found.removed_volume_mm3 < 1e-3
    (-20.0, True)
    """
    _check_same_hip(before, after)
    depth, cortex = _cut_of_femur(before, after)
    return SideEffects(
        removed_volume_mm3=_lost_volume(before, after),
        deepest_cut_mm=max(depth, _depth_in_hip_bone(before, after)),
        iliopsoas_lost_share=_lost_share(before, after, "iliopsoas"),
        hamstrings_lost_share=_lost_share(before, after, "hamstrings"),
        medial_cortex_mm=cortex,
        **_alignment_changes(before, after),
    )


def _alignment_changes(before: Hip, after: Hip) -> dict[str, float]:
    """Return what became of the alignment; measured on landmarks, which resections leave alone."""
    was = once_for(_ALIGNMENTS, before, _alignment)
    now = was if after.landmarks is before.landmarks else _alignment(after)
    return {name: now[name] - was[name] for name in was}


def _alignment(hip: Hip) -> dict[str, float]:
    """Measure the alignment of a hip."""
    return {
        "version_change_deg": femoral_version_deg(hip),
        "neck_shaft_angle_change_deg": neck_shaft_angle_deg(hip),
        "leg_length_change_mm": leg_length_mm(hip.landmarks),
        "mechanical_axis_change_deg": leg_axis_deg(hip.landmarks),
        "femoral_offset_change_mm": femoral_offset_mm(hip),
    }


_ALIGNMENTS: WeakKeyDictionary[Hip, dict[str, float]] = WeakKeyDictionary()


def _check_same_hip(before: Hip, after: Hip) -> None:
    """Raise InputError unless one hip is the other with more notes."""
    is_later = after.notes[: len(before.notes)] == before.notes
    if after.side != before.side or not is_later:
        raise InputError(
            f"side effects are measured on one hip before and after surgery; {after!r} did not "
            f"come from {before!r}"
        )


def _lost_volume(before: Hip, after: Hip) -> float:
    """Return the volume of both bones before less that after, to a millionth of a mm3."""
    lost = before.femur.volume_mm3 - after.femur.volume_mm3
    lost += before.hip_bone.volume_mm3 - after.hip_bone.volume_mm3
    return round(lost, 6) + 0.0


def _lost_share(before: Hip, after: Hip, attachment: str) -> float:
    """Return the share of an attachment that is gone; only where something was cut is it kept."""
    if attachment not in after.footprints:
        return 0.0
    known, draw = _DRAWN[attachment]
    intact = once_for(known, before, draw)
    return share_removed(intact, after.footprints[attachment])


_DRAWN: dict[str, tuple[WeakKeyDictionary[Hip, Footprint], Callable[[Hip], Footprint]]] = {
    "iliopsoas": (WeakKeyDictionary(), iliopsoas_footprint),
    "hamstrings": (WeakKeyDictionary(), hamstring_footprint),
}


def _depth_in_hip_bone(before: Hip, after: Hip) -> float:
    """Return the deepest cut into the hip bone."""
    if after.hip_bone is before.hip_bone:
        return 0.0
    lost = ~_is_among(before.hip_bone.vertices, after.hip_bone.vertices)
    return farthest_from(before.hip_bone.vertices[lost], after.hip_bone)[0] if lost.any() else 0.0


def _cut_of_femur(before: Hip, after: Hip) -> tuple[float, float | None]:
    """Return the deepest cut at the lesser trochanter, and what is left over the shaft's line."""
    if after.femur is before.femur:
        return 0.0, None
    zone, moved, planes = find_zone(before), *_osteotomies(before, after)
    femur = after.femur
    if (moved != np.eye(4)).any():
        femur = femur.transformed(rigid.inverse(moved))
    bounds = zone.body
    lost = _near(bounds, before.femur.vertices, planes)
    lost[lost] = ~_is_among(before.femur.vertices[lost], femur.vertices)
    made = _made_faces(before, femur, bounds, planes)
    if not lost.any() or not made.any():
        return 0.0, None
    depth = farthest_from(before.femur.vertices[lost], femur)[0]
    return depth, least_over_shaft(zone, femur.submesh(made))


def _made_faces(before: Hip, femur: Mesh, bounds: Mesh, planes: list[Array]) -> BoolArray:
    """Mark the faces tools have made: in the zone, and not on the surface there was."""
    made, at_rest = _near(bounds, femur.face_centres, planes), np.eye(4)[None]
    if made.any():
        in_zone = _field(bounds)(femur.face_centres[made], at_rest, n_threads=1)
        made[made] = in_zone.distance_mm < IN_ZONE_MM
    if made.any():
        intact = _field(femur_at_trochanter(before).body)
        away = intact(femur.face_centres[made], at_rest, n_threads=1)
        made[made] = away.distance_mm < -SAME_MM
    return made


_FIELDS: WeakKeyDictionary[Mesh, DistanceField] = WeakKeyDictionary()


def _field(body: Mesh) -> DistanceField:
    """Return the distances to a body, made once for it; amounts of a procedure share it."""
    if body not in _FIELDS:
        _FIELDS[body] = DistanceField(body)
    return _FIELDS[body]


def _near(bounds: Mesh, points: Array, planes: list[Array]) -> BoolArray:
    """Mark the points in the box around the zone that lie well on one side of some planes."""
    low, high = bounds.bounds
    marked: BoolArray = ((points >= low) & (points <= high)).all(axis=1)
    for normal_and_height in planes:
        marked &= points @ normal_and_height[:3] - normal_and_height[3] > OFF_CUT_MM
    return marked


def _osteotomies(before: Hip, after: Hip) -> tuple[Array, list[Array]]:
    """Return what osteotomies did to the lesser trochanter, and the planes that bound its fragment.

    Returns
    -------
    moved
        Shape (4, 4), scan frame.
    planes
        Of each the normal towards the trochanter and its height, shape (4,), in place before.
    """
    moved, planes, apex = np.eye(4), [], before.landmarks["lesser_trochanter"]
    for note in after.notes[len(before.notes) :]:
        for name in ("cut", "second_cut"):
            if f"{name}_point_mm" in note:
                back = rigid.inverse(moved)
                point = rigid.apply(back, np.array([note[f"{name}_point_mm"]]))[0]
                normal = rigid.rotate(back, np.array(note[f"{name}_normal"]))
                normal = normal * np.sign((apex - point) @ normal)
                planes.append(np.append(normal, point @ normal))
        if "lesser_trochanter" in note.get("turned_landmarks", ()):
            moved = np.array(note["moved_from_before"]) @ moved
    return moved, planes


def _is_among(points: Array, others: Array) -> BoolArray:
    """Mark the points that are at the place of one of the others."""
    from scipy.spatial import KDTree

    low, high = points.min(axis=0, initial=np.inf), points.max(axis=0, initial=-np.inf)
    near = others[((others >= low - SAME_MM) & (others <= high + SAME_MM)).all(axis=1)]
    away, _ = KDTree(near).query(points, distance_upper_bound=SAME_MM)
    found: BoolArray = np.isfinite(away)
    return found
