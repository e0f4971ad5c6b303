"""Named pairs of structures before and after, so that a gain in one place hides no loss elsewhere.

Ischiofemoral: lesser trochanter, greater trochanter, crest and shaft, each against the ischium.
Around the socket: the neck against the bone in front of it (rim and anterior inferior spine) and
behind it (:mod:`hipsim.planning.rim`); the head in its socket is the joint and stays out. For each
pair the least clearance over every motion.

Derotation pays in front: the femur that is turned out meets the front of the socket earlier.
:func:`flexion_internal_rotation` is the internal rotation at 90 deg of flexion at which neck,
greater trochanter or shaft first touch the bone in front, the bony limit behind the clinical test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.checks import Array, BoolArray, Side
from hipsim.errors import AnatomyError, InputError
from hipsim.geometry import Mesh
from hipsim.geometry.closing import close_region
from hipsim.kinematics.arcs import arc
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.planning.continuous import Track, turning_of
from hipsim.planning.rim import RimRegions, rim_regions
from hipsim.proximity import DistanceQuery
from hipsim.proximity.arc_minimum import CertifiedSearch

PAIRS: Mapping[str, tuple[str, str]] = {
    "lesser trochanter - ischium": ("lesser_trochanter", "ischium"),
    "greater trochanter - ischium": ("greater_trochanter", "ischium"),
    "intertrochanteric crest - ischium": ("intertrochanteric_crest", "ischium"),
    "shaft - ischium": ("shaft", "ischium"),
    "neck - rim in front": ("neck", "rim_front"),
    "neck - rim behind": ("neck", "rim_back"),
}
FRONT_STRUCTURES = ("neck", "greater_trochanter", "shaft")
FLEXION_DEG = 90.0
ROTATION_DEG = (-45.0, 75.0)  # from external rotation no hip is stopped in, inwards
RESOLUTION_DEG = 0.1


@dataclass(frozen=True, eq=False)
class PairTable:
    """Least clearance of every named pair over every motion.

    Parameters
    ----------
    motions
        Names of the m motions.
    minimum_mm
        Pair to its least clearance over each motion, shape (m,); minus the depth of overlap.
    flexion_internal_rotation_deg
        First contact in internal rotation at 90 deg of flexion; ``inf`` where there is none up
        to 75 deg, ``nan`` where it is not known.
    not_available
        What could not be measured, and why.
    """

    motions: tuple[str, ...]
    minimum_mm: dict[str, Array]
    flexion_internal_rotation_deg: float
    not_available: dict[str, str] = field(default_factory=dict)

    def least_mm(self, pair: str) -> float:
        """Return the least clearance of a pair over all motions."""
        return float(self.minimum_mm[pair].min())


class PairQuery:
    """Named pairs of one hip over any number of motions; search trees are built once.

    Parameters
    ----------
    hip
        The hip.
    """

    def __init__(self, hip: Hip) -> None:
        self.hip = hip
        self.not_available: dict[str, str] = {}
        self._pelvic = self._pelvic_bodies()
        self._queries: dict[str, DistanceQuery] = {}
        for pair, (structure, region) in PAIRS.items():
            femoral, pelvic = self._femoral(pair, (structure,)), self._pelvic.get(region)
            if femoral is not None and pelvic is not None:
                self._queries[pair] = DistanceQuery(femoral, pelvic, parent_b=self._parent(region))

    def after(self, operated: Hip) -> "PairQuery":
        """Return the pairs of an operated hip; what is known of an untouched pelvis is shared.

        Parameters
        ----------
        operated
            The hip after procedures.
        """
        if operated is self.hip:
            return self
        if operated.hip_bone is not self.hip.hip_bone:
            return PairQuery(operated)
        query = PairQuery.__new__(PairQuery)
        query.hip, query._pelvic = operated, self._pelvic
        query.not_available = dict(self.not_available)
        query._queries = {}
        for pair, old in self._queries.items():
            femoral = query._femoral(pair, PAIRS[pair][:1])
            if femoral is not None:
                query._queries[pair] = old.with_a(femoral)
        return query

    def __call__(self, motions: Sequence[Motion]) -> PairTable:
        """Return the least clearance of every pair over motions.

        Parameters
        ----------
        motions
            At least one.

        Raises
        ------
        AnatomyError
            If a landmark of the motions' zeros is missing.
        InputError
            If there is no motion.
        """
        if not motions:
            raise InputError("pairs need at least one motion")
        transforms = [pelvis_from_femur(self.hip, motion) for motion in motions]
        minima = {
            pair: np.array([query(poses).distance_mm.min() for poses in transforms])
            for pair, query in self._queries.items()
        }
        missing = dict(self.not_available)
        front = self._pelvic.get("rim_front")
        turned = np.nan if front is None else _first_contact(self.hip, front)
        return PairTable(tuple(m.name for m in motions), minima, turned, missing)

    def _parent(self, region: str) -> Mesh | None:
        """Return the closed bone a pelvic surface is cut from; the ischium is a body itself.

        The rim half surrounds the socket: no cone inside the bone could close it.
        """
        return None if region == "ischium" else self.hip.hip_bone

    def _pelvic_bodies(self) -> dict[str, Mesh]:
        """Return the ischium as a body and, where there is one, the rim in front and behind."""
        bodies = {"ischium": self.hip.pelvic_body("ischium").mesh}
        try:
            rim: RimRegions = rim_regions(self.hip)
        except AnatomyError as error:
            self.not_available["neck - rim"] = str(error)
            return bodies
        for name, faces in (("rim_front", rim.is_front), ("rim_back", rim.is_back)):
            bodies[name] = self.hip.hip_bone.submesh(faces)
        return bodies

    def _femoral(self, pair: str, structures: Sequence[str]) -> Mesh | None:
        """Return femoral structures as a body; None, and a note, where there are none left."""
        is_region = _faces(self.hip, structures)
        if not is_region.any():
            self.not_available[pair] = f"no {' or '.join(structures)} on this femur"
            return None
        return close_region(self.hip.femur, is_region).mesh


def flexion_internal_rotation(hip: Hip) -> float:
    """Return the internal rotation at first bony contact in front, at 90 deg of flexion.

    Parameters
    ----------
    hip
        The hip; its head stays in the socket.

    Returns
    -------
    angle_deg
        Pelvic zero ``app``, femoral zero ``condylar``; negative where contact comes before neutral
        rotation; ``inf`` where none comes up to 75 deg.

    Raises
    ------
    AnatomyError
        If the hip bone has no rim, or a landmark is missing.

    References
    ----------
    Kubiak-Langer et al., Clin Orthop Relat Res 2007;458:117 (bony range of motion by simulation).
    """
    return _first_contact(hip, hip.hip_bone.submesh(rim_regions(hip).is_front))


def _first_contact(hip: Hip, front: Mesh) -> float:
    """Return the internal rotation at which the femur first touches the front of the socket."""
    femoral = close_region(hip.femur, _faces(hip, FRONT_STRUCTURES)).mesh
    motion = arc(flexion_deg=FLEXION_DEG, rotation_deg=ROTATION_DEG, step_deg=5.0)
    track = Track.of(motion)
    found = CertifiedSearch(femoral, front, parent_b=hip.hip_bone).first_below(
        turning_of(hip, motion), track.range_, resolution_deg=RESOLUTION_DEG
    )
    if found.below_at is None:
        return float("inf")
    return float(track.at(found.below_at)[1]["rotation"])


def _faces(hip: Hip, structures: Sequence[str]) -> BoolArray:
    """Mark the faces of femoral structures."""
    marked: BoolArray = np.isin(
        hip.femoral_labels, [FEMORAL_STRUCTURES.index(name) for name in structures]
    )
    return marked


def pairs_before_and_after(
    before: Hip, after: Hip, motions: Sequence[Motion]
) -> tuple[PairTable, PairTable]:
    """Return the named pairs of a hip before and after surgery over the same motions.

    Parameters
    ----------
    before, after
        The hip and the operated hip.
    motions
        At least one.

    Raises
    ------
    AnatomyError
        If a landmark of the motions' zeros is missing.
    InputError
        If there is no motion, or the sides differ.

    Examples
    --------
    >>> import hipsim as hs
    >>> hip = hs.make_hip(sex="female", spacing_mm=3)
    >>> turned = hs.derotate_femur(hip, angle_deg=15)
    >>> one, two = pairs_before_and_after(hip, turned, [hs.motions.neutral()])
    >>> pair = "lesser trochanter - ischium"
    >>> two.least_mm(pair) > one.least_mm(pair)
    True
    """
    sides: set[Side] = {before.side, after.side}
    if len(sides) > 1:
        raise InputError("compare hips of one side, got a right and a left one")
    query = PairQuery(before)
    return query(motions), query.after(after)(motions)


def pair_rows(before: PairTable, after: PairTable) -> list[dict[str, Any]]:
    """List pairs and motions with their clearance before, after and the change.

    Parameters
    ----------
    before, after
        Over the same motions.
    """
    rows = []
    for pair, values in before.minimum_mm.items():
        new = after.minimum_mm.get(pair, np.full(len(values), np.nan))
        for motion, old_mm, new_mm in zip(before.motions, values, new, strict=True):
            rows.append(
                {
                    "pair": pair,
                    "motion": motion,
                    "before_mm": float(old_mm),
                    "after_mm": float(new_mm),
                    "change_mm": float(new_mm - old_mm),
                }
            )
    return rows
