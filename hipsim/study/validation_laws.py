"""Rows on what must hold of any hip, whatever its shape: the laws of the subject.

None of them needs a published number. Each is judged by its worst violation over all hips.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.assemble import Bones, assemble_hip
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.virtual import mirrored, moved
from hipsim.checks import Array
from hipsim.errors import HipsimError
from hipsim.geometry import Mesh, rigid
from hipsim.kinematics import arcs, motions, pelvis_from_femur
from hipsim.planning.certified import certified_minimum
from hipsim.planning.clearance import ClearanceQuery, clearance_along
from hipsim.planning.space import ischiofemoral_space
from hipsim.proximity import DistanceQuery
from hipsim.study.validation_row import Row
from hipsim.study.validation_shapes import random_poses
from hipsim.surgery import derotate_femur, resect_lesser_trochanter, side_effects
from hipsim.surgery.resection import largest_resection_depth, lesser_trochanter_resection

ROUNDING_MM = 1e-9  # of one computation done twice
FRAME_MM = 1e-6  # rounding in another frame, whose search trees differ
VOLUME_SHARE = 1e-6
CERTIFIED_MM = 0.01
DERIVED = "follows from geometry"
SCALES = {"m": 1e-3, "cm": 0.1, "inch": 1.0 / 25.4, "um": 1e3}
DEROTATION_DEG = 20.0
SHALLOW, DEEP = 0.3, 0.7  # of the largest depth the hip allows


@dataclass(frozen=True)
class Law:
    """A law and how to measure its violation on one hip.

    Parameters
    ----------
    name, quantity, expected
        In words.
    unit
        Of the violation.
    high
        Largest violation that is rounding.
    violation
        Takes a hip and returns the violation; negative where there is room.
    """

    name: str
    quantity: str
    expected: str
    unit: str
    high: float
    violation: Callable[[Hip], float]


def law_rows(hips: Sequence[Hip], *, subjects: str) -> Iterator[Row]:
    """Yield a row per law.

    Parameters
    ----------
    hips
        The hips.
    subjects
        What they are called in the table.
    """
    for law in LAWS:
        found = np.array([law.violation(hip) for hip in hips])
        yield Row(
            group="laws", name=law.name, quantity=law.quantity, expected=law.expected,
            value=float(found.max()), high=law.high, unit=law.unit, subjects=subjects,
            n=len(hips), ours=f"worst of {len(hips)} hips {found.max():.2g}", source=DERIVED,
        )  # fmt: skip


def _clearance(hip: Hip) -> Array:
    """Return clearance over the IFI test and a range of rotation."""
    query = ClearanceQuery(hip)
    found = [query(motion).distance_mm for motion in (motions.ifi_test(step_deg=4), _turning())]
    return np.concatenate(found)


def _turning() -> arcs.Motion:
    """Return rotation from external to internal."""
    return arcs.arc(rotation_deg=(-30.0, 30.0), step_deg=6)


def _difference(first: Hip, second: Hip) -> float:
    """Return the largest difference of clearance between two hips."""
    return float(np.abs(_clearance(first) - _clearance(second)).max())


def _mirror(hip: Hip) -> float:
    """Compare with the mirror image."""
    return _difference(hip, mirrored(hip))


def _rigid(hip: Hip) -> float:
    """Compare with the hip in another scan frame."""
    return _difference(hip, moved(hip, random_poses(1, reach_mm=300.0, seed=3)[0]))


def _swapped(hip: Hip) -> float:
    """Compare the distance from femur to ischium with that from ischium to femur."""
    a, b = hip.femoral_body("extracapsular").mesh, hip.pelvic_body("ischium").mesh
    poses = pelvis_from_femur(hip, motions.ifi_test(step_deg=4))
    there, back = DistanceQuery(a, b)(poses), DistanceQuery(b, a)(rigid.inverse(poses))
    return float(np.abs(there.distance_mm - back.distance_mm).max())


def _removal(hip: Hip) -> float:
    """Return by how much clearance falls anywhere when bone goes, or more of it."""
    deepest = largest_resection_depth(hip)
    states = [hip, *(resect_lesser_trochanter(hip, depth_mm=s * deepest) for s in (SHALLOW, DEEP))]
    found = [_clearance(state) for state in states]
    return float(max((less - more).max() for less, more in zip(found, found[1:], strict=False)))


def _gain_within_cut(hip: Hip) -> float:
    """Return by how much the neutral space gains more than the deepest cut."""
    cut = resect_lesser_trochanter(hip, depth_mm=SHALLOW * largest_resection_depth(hip))
    before, after = (
        clearance_along(state, motions.neutral(), femoral_region="lesser_trochanter").minimum_mm
        for state in (hip, cut)
    )
    return after - before - side_effects(hip, cut).deepest_cut_mm


def _lipschitz(hip: Hip) -> float:
    """Return by how much clearance changes more between poses than the farthest vertex moves."""
    vertices, query = hip.femoral_body("extracapsular").mesh.vertices, ClearanceQuery(hip)
    worst = -np.inf
    for motion in (motions.ifi_test(step_deg=4), motions.faber(n_poses=12)):
        change = np.abs(np.diff(query(motion).distance_mm))
        places = rigid.apply(pelvis_from_femur(hip, motion), vertices)
        way = np.linalg.norm(np.diff(places, axis=0), axis=2).max(axis=1)
        worst = max(worst, float((change - way).max()))
    return worst


def _derotation(hip: Hip) -> float:
    """Compare a derotated hip with the intact one in so much more internal rotation."""
    turned = derotate_femur(hip, angle_deg=DEROTATION_DEG)
    motion = motions.ifi_test(step_deg=4)
    more = motion.evolved(rotation_deg=motion.rotation_deg + DEROTATION_DEG)
    after, before = (
        ClearanceQuery(each, femoral_region="lesser_trochanter")(poses).distance_mm
        for each, poses in ((turned, motion), (hip, more))
    )
    return float(np.abs(after - before).max())


def _axial(hip: Hip) -> float:
    """Return by how much the space in space exceeds that within an axial plane."""
    space = ischiofemoral_space(hip)
    return space.ifs_3d_mm - space.ifs_axial_mm


def _volume(hip: Hip) -> float:
    """Return how much bone is lost or won when kept and removed are added up, as a share."""
    done = lesser_trochanter_resection(hip, depth_mm=SHALLOW * largest_resection_depth(hip))
    kept = done.hip.femur.volume_mm3
    removed = 0.0 if done.removed is None else done.removed.volume_mm3
    return abs(kept + removed - hip.femur.volume_mm3) / hip.femur.volume_mm3


def _nothing(hip: Hip) -> float:
    """Compare with the hip after a resection of 0 mm and a derotation of 0 deg."""
    done = derotate_femur(resect_lesser_trochanter(hip, depth_mm=0.0), angle_deg=0.0)
    return _difference(hip, done)


def _there_and_back(hip: Hip) -> float:
    """Compare with the hip derotated one way and back."""
    there = derotate_femur(hip, angle_deg=DEROTATION_DEG)
    return _difference(hip, derotate_femur(there, angle_deg=-DEROTATION_DEG))


def _tilt(hip: Hip) -> float:
    """Compare extension with a tilted pelvis with as much less extension."""
    tilted = arcs.arc(flexion_deg=(0.0, -20.0), step_deg=4).evolved(pelvic_tilt_deg=10.0)
    plain = arcs.arc(flexion_deg=(10.0, -10.0), step_deg=4)
    query = ClearanceQuery(hip)
    return float(np.abs(query(tilted).distance_mm - query(plain).distance_mm).max())


def _certified(hip: Hip) -> float:
    """Return by how much the certified minimum lies above samples, or its proof falls short."""
    motion = motions.ifi_test(step_deg=2)
    proven = certified_minimum(hip, motion, tolerance_mm=CERTIFIED_MM)
    sampled = clearance_along(hip, motion).minimum_mm
    gap = proven.minimum_mm - proven.lower_bound_mm - CERTIFIED_MM
    return max(proven.lower_bound_mm - sampled, gap)


def _units(hip: Hip) -> float:
    """Return the share of wrong units that are taken for mm."""
    return _accepted(hip, [_scaled(hip, factor) for factor in SCALES.values()])


def _sides(hip: Hip) -> float:
    """Return 1 where a mirrored femur passes for one of this side."""
    return _accepted(hip, [Bones(hip.femur.mirrored(2), hip.hip_bone)])


def _accepted(hip: Hip, wrong: list[Bones]) -> float:
    """Return the share of impossible bones that become a hip."""
    passed = 0
    for bones in wrong:
        try:
            assemble_hip(bones, hip.side, landmarks=dict(hip.landmarks.items()))
        except HipsimError:
            continue
        passed += 1
    return passed / len(wrong)


def _scaled(hip: Hip, factor: float) -> Bones:
    """Return the bones in another unit."""
    femur, bone = (Mesh(m.vertices * factor, m.faces) for m in (hip.femur, hip.hip_bone))
    return Bones(femur, bone)


LAWS = (
    Law("mirror image", "clearance of the mirrored hip, same clinical angles: largest difference",
        "equal", "mm", FRAME_MM, _mirror),
    Law("rigid motion", "clearance in another scan frame: largest difference",
        "equal", "mm", FRAME_MM, _rigid),
    Law("symmetry", "distance a to b less b to a: largest difference",
        "equal", "mm", FRAME_MM, _swapped),
    Law("removal", "fall of clearance in any pose when bone is removed", "none", "mm",
        ROUNDING_MM, _removal),
    Law("gain within cut", "gain of neutral space beyond the deepest cut", "none", "mm",
        FRAME_MM, _gain_within_cut),
    Law("continuity", "change of clearance beyond the farthest way of a vertex", "none", "mm",
        FRAME_MM, _lipschitz),
    Law("derotation", f"IFI test after {DEROTATION_DEG:g} deg below the trochanter v intact with "
        "as much internal rotation: largest difference", "equal", "mm", FRAME_MM, _derotation),
    Law("there and back", f"derotation by {DEROTATION_DEG:g} and back: largest difference",
        "equal", "mm", FRAME_MM, _there_and_back),
    Law("axial plane", "3D space less axial space", "at most 0", "mm", ROUNDING_MM, _axial),
    Law("volume", "kept + removed less before, of the femur", "0", "share", VOLUME_SHARE, _volume),
    Law("nothing done", "resection of 0 mm, derotation of 0 deg: largest difference", "equal",
        "mm", FRAME_MM, _nothing),
    Law("pelvic tilt", "10 deg of tilt v 10 deg of flexion: largest difference", "equal", "mm",
        FRAME_MM, _tilt),
    Law("certificate", "certified bound above a sample, or wider than asked", "never", "mm",
        ROUNDING_MM, _certified),
    Law("wrong unit", f"bones in {', '.join(SCALES)} taken for mm", "all refused", "share", 0.0,
        _units),
    Law("wrong side", "mirrored femur taken for one of the other side", "refused", "share", 0.0,
        _sides),
)  # fmt: skip
