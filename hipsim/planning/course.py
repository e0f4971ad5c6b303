"""One thing that may be done, and the space it leaves when things are a little otherwise than said.

A :class:`Sample` is one way things may really be; a :class:`Course` is one thing that may be done
about it: nothing, bone taken to a depth, the femur turned, both, or a motion done otherwise. Bone
is not cut anew for every sample: it is cut at rising depths (:class:`Stages`), and clearance is
taken as linear between two of them. A derotation turns poses instead of bone (the derotation law,
see :mod:`hipsim.surgery.osteotomy`), exactly.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array
from hipsim.geometry import rigid
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.planning.amounts_needed import first, first_rising
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.priors import Prior
from hipsim.planning.response import query_after
from hipsim.planning.targets import Target
from hipsim.planning.threads import in_threads
from hipsim.planning.tradeoff import derotated

Queries = Mapping[tuple[str, str], ClearanceQuery]
ANGLES_DEG = np.arange(0.0, 61.0, 5.0)
DEPTH_ERROR, ANGLE_ERROR = "resection depth", "derotation angle"


def queries_of(hip: Hip, targets: Iterable[Target]) -> dict[tuple[str, str], ClearanceQuery]:
    """Return a query for every pair of regions the targets speak of."""
    pairs = dict.fromkeys((t.femoral_region, t.pelvic_region) for t in targets)
    return {p: ClearanceQuery(hip, femoral_region=p[0], pelvic_region=p[1]) for p in pairs}


@dataclass(frozen=True, eq=False)
class Stages:
    """The hip at rising depths of one resection, ready to be asked.

    Parameters
    ----------
    depths
        Shape (k,), mm.
    queries
        For each depth a query for every pair of regions.
    areas_mm2
        By how much the volume taken grows at each depth; turns a volume missed into a depth missed.
        Infinite where nothing is cut.
    """

    depths: Array
    queries: list[Queries]
    areas_mm2: Array

    @classmethod
    def uncut(cls, intact: Queries) -> "Stages":
        """Return the one stage of a hip whose bone is left as it is."""
        return cls(np.zeros(1), [intact], np.array([np.inf]))

    @classmethod
    def cut(
        cls,
        intact: Queries,
        operate: Callable[[float], Hip],
        depths: Array,
        *,
        n_threads: int | None = None,
    ) -> "Stages":
        """Operate to every depth.

        Parameters
        ----------
        intact
            Queries of the hip before.
        operate
            Takes bone to a depth.
        depths
            Rising from 0, shape (k,), mm.
        n_threads
            Depths worked on at the same time; all processors by default.
        """
        bone = next(iter(intact.values())).hip.femur.volume_mm3

        def stage(depth: float) -> tuple[Queries, float]:
            after = operate(depth)
            asked = {pair: query_after(query, after) for pair, query in intact.items()}
            return asked, bone - after.femur.volume_mm3

        found = in_threads(stage, depths.tolist(), n_threads, None)
        growth = np.gradient([volume for _, volume in found], depths)
        return cls(depths, [queries for queries, _ in found], growth)

    def area_mm2(self, depth: float) -> float:
        """Return by how much the volume grows at a depth, mm3 per mm; half-way for none."""
        return float(np.interp(depth or 0.5 * self.depths[-1], self.depths, self.areas_mm2))


@dataclass(frozen=True, eq=False)
class Sample:
    """One way things may really be.

    Parameters
    ----------
    hip
        With its landmarks where they may be.
    thicker_mm
        Of both bones together.
    offsets_deg
        By which flexion, adduction and rotation are missed, shape (3,).
    depth_error_mm, angle_error_deg
        Of surgery.
    """

    hip: Hip
    thicker_mm: float
    offsets_deg: Array
    depth_error_mm: float
    angle_error_deg: float
    _poses: dict[Motion, Array] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, hip: Hip, priors: tuple[Prior, ...], errors: Mapping[str, Array], i: int
    ) -> "Sample":
        """Return the i-th sample of errors that were drawn."""

        def error(name: str) -> float:
            return float(errors[name][i, 0]) if name in errors else 0.0

        return cls(
            hip=_moved(hip, priors, errors, i),
            thicker_mm=error("femoral surface") + error("ischial surface"),
            offsets_deg=np.array([error(name) for name in ("flexion", "adduction", "rotation")]),
            depth_error_mm=error(DEPTH_ERROR),
            angle_error_deg=error(ANGLE_ERROR),
        )

    def poses(self, motion: Motion, angle_deg: float = 0.0) -> Array:
        """Return where a motion puts a femur that was turned by an angle, shape (n, 4, 4)."""
        if motion.centre != "fixed":  # where it moves to depends on the turn
            return pelvis_from_femur(self.hip, derotated(self._missed(motion), angle_deg))
        if motion not in self._poses:
            self._poses[motion] = pelvis_from_femur(self.hip, self._missed(motion))
        if angle_deg == 0.0:
            return self._poses[motion]
        frame = self.hip.femoral_frame(motion.femoral_zero)
        turn = np.radians(side_sign(self.hip.side) * angle_deg)
        about = rigid.transform_from(rigid.rotation_about((0.0, 1.0, 0.0), turn))
        turned: Array = self._poses[motion] @ (frame @ about @ rigid.inverse(frame))
        return turned

    def _missed(self, motion: Motion) -> Motion:
        """Return the motion as it is really done."""
        flexion, adduction, rotation = self.offsets_deg
        return motion.evolved(
            flexion_deg=motion.flexion_deg + flexion,
            adduction_deg=motion.adduction_deg + adduction,
            rotation_deg=motion.rotation_deg + rotation,
        )


@dataclass(frozen=True, eq=False)
class Course:
    """One thing that may be done.

    Parameters
    ----------
    name
        What it is called.
    targets
        What shall be reached, t of them, with their motions as they are then done.
    stages
        The bone at rising depths; one stage where none is taken.
    depth_mm, angle_deg
        What is planned.
    depth_share
        Error of this depth for each mm of the samples' error of depth.
    """

    name: str
    targets: tuple[Target, ...]
    stages: Stages
    depth_mm: float = 0.0
    angle_deg: float = 0.0
    depth_share: float = 1.0

    def carried_out(self, sample: Sample) -> Array:
        """Return the space that is left when it is done as well as it is done, shape (t,), mm."""
        return self.space(sample, self.cut_mm(sample), self.turned_deg(sample)) - sample.thicker_mm

    def cut_mm(self, sample: Sample) -> float:
        """Return the depth that is really reached."""
        if self.depth_mm == 0.0:
            return 0.0
        depth = self.depth_mm + self.depth_share * sample.depth_error_mm
        return float(np.clip(depth, 0.0, self.stages.depths[-1]))

    def turned_deg(self, sample: Sample) -> float:
        """Return the angle that is really reached."""
        return self.angle_deg + sample.angle_error_deg if self.angle_deg else 0.0

    def space(self, sample: Sample, depth: float, angle: float) -> Array:
        """Return the space at a depth and an angle, linear between two stages, shape (t,), mm."""
        depths = self.stages.depths
        high = int(np.searchsorted(depths, depth))
        if depths[min(high, len(depths) - 1)] == depth:
            return self.at_stage(sample, high, angle)
        share = (depth - depths[high - 1]) / (depths[high] - depths[high - 1])
        low, up = (self.at_stage(sample, k, angle) for k in (high - 1, high))
        return low + share * (up - low)

    def at_stage(self, sample: Sample, k: int, angle: float) -> Array:
        """Return the space at one of the depths and an angle, shape (t,), mm."""
        asked = self.stages.queries[k]
        return np.array(
            [
                asked[t.femoral_region, t.pelvic_region].least(
                    sample.poses(t.motion, angle), n_threads=1
                )
                for t in self.targets
            ]
        )

    def margin(self, space: Array, sample: Sample) -> float:
        """Return what the target missed most has to spare, mm."""
        wanted = np.array([t.clearance_mm for t in self.targets])
        return float((space - sample.thicker_mm - wanted).min())

    def depth_needed(self, sample: Sample, now: Array) -> float:
        """Return the depth to plan so that every target is reached without a turn."""
        found = first_rising(
            self.stages.depths,
            self.margin(now, sample),
            lambda k: self.margin(self.at_stage(sample, k, 0.0), sample),
        )
        return found - self.depth_share * sample.depth_error_mm

    def angle_needed(self, sample: Sample, now: Array | None = None) -> float:
        """Return the angle to plan so that every target is reached at the depth it is cut to."""
        cut = self.cut_mm(sample)
        start = self.space(sample, cut, 0.0) if now is None else now
        found = first(
            ANGLES_DEG,
            self.margin(start, sample),
            lambda k: self.margin(self.space(sample, cut, float(ANGLES_DEG[k])), sample),
        )
        return found - sample.angle_error_deg


def _moved(hip: Hip, priors: tuple[Prior, ...], errors: Mapping[str, Array], i: int) -> Hip:
    """Return the hip with its landmarks where a sample has them."""
    points = {}
    for prior in priors:
        if prior.kind == "landmark":
            steps = errors[prior.name][i].reshape(-1, 3)
            for name, step in zip(prior.points, steps, strict=True):
                points[name] = hip.landmarks[name] + step
    return hip.evolved(landmarks=hip.landmarks.updated(points))
