"""What a position of the planner's sliders does to a hip: numbers first, then the picture.

Stateless for whoever asks: every request says all it wants, and the same request gets the same
answer. Only what was computed lately is kept, so that the picture after the numbers, an undo or a
second tab costs nothing.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import as_choice, as_number
from hipsim.errors import InputError
from hipsim.kinematics import Motion
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.response import query_after
from hipsim.planning.tradeoff import Amounts, derotated
from hipsim.report.facts import facts_of
from hipsim.report.scene import picture_of
from hipsim.report.subject import Subject
from hipsim.report.told import result_of
from hipsim.study.plans import Plan
from hipsim.surgery import Procedure, largest_resection_depth
from hipsim.surgery.osteotomy_cut import LEVELS
from hipsim.surgery.resection import TILT_RANGE_DEG

Answer = TypeVar("Answer")
LIVE = "your plan"
KEPT_PLANS = 24
ANGLE_RANGE_DEG = (-30.0, 60.0)
TARGET_RANGE_MM = (0.0, 40.0)


@dataclass(frozen=True)
class Wanted:
    """Where the sliders stand.

    Parameters
    ----------
    depth_mm, tilt_deg
        Planar resection of the lesser trochanter; a depth of 0 leaves it.
    angle_deg, level
        Derotation osteotomy; an angle of 0 leaves the femur whole.
    """

    depth_mm: float = 0.0
    tilt_deg: float = 0.0
    angle_deg: float = 0.0
    level: str = LEVELS[0]

    @classmethod
    def told(cls, request: object) -> "Wanted":
        """Read a request.

        Raises
        ------
        InputError
            If it is not a mapping of the known names to values within range.

        Examples
        --------
        >>> Wanted.told({"depth_mm": 5})
        Wanted(depth_mm=5.0, tilt_deg=0.0, angle_deg=0.0, level='subtrochanteric')
        """
        if not isinstance(request, Mapping):
            raise InputError(f"a plan is an object with named values, got {type(request).__name__}")
        known = [field.name for field in fields(cls)]
        unknown = sorted(set(map(str, request)) - set(known))
        if unknown:
            raise InputError(f"unknown {', '.join(unknown)}; a plan has {', '.join(known)}")
        tilt, angle = TILT_RANGE_DEG, ANGLE_RANGE_DEG
        return cls(
            depth_mm=_number(request, "depth_mm", (0.0, 60.0)),
            tilt_deg=_number(request, "tilt_deg", tilt),
            angle_deg=_number(request, "angle_deg", angle),
            level=as_choice(request.get("level", LEVELS[0]), LEVELS, name="level"),
        )

    @property
    def plan(self) -> Plan:
        """The procedures, in the order they are done."""
        found = []
        if self.depth_mm:
            keywords: dict[str, Any] = {"depth_mm": self.depth_mm}
            if self.tilt_deg:
                keywords["tilt_deg"] = self.tilt_deg
            found.append(Procedure("resect_lesser_trochanter", keywords))
        if self.angle_deg:
            keywords = {"angle_deg": self.angle_deg, "level": self.level}
            found.append(Procedure("derotate_femur", keywords))
        return Plan(tuple(found))


def _number(request: Mapping[str, Any], name: str, within: tuple[float, float]) -> float:
    """Read a number of a request; missing is 0."""
    value = request.get(name, 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name} must be a number, got {value!r}")
    return as_number(value, name=name, low=within[0], high=within[1], unit=name.rsplit("_", 1)[1])


class LivePlanner:
    """Answers for one hip.

    Parameters
    ----------
    hip
        As it is.
    motions
        What every plan is measured in.
    source
        Case folder or name the hip was loaded from, for scenario files.

    Raises
    ------
    AnatomyError
        If a region is empty or a landmark is missing.
    """

    def __init__(self, hip: Hip, motions: Sequence[Motion], *, source: str) -> None:
        self.source = source
        self.motions = tuple(motions)
        self._intact = ClearanceQuery(hip)
        measured = {motion.name: self._intact(motion) for motion in self.motions}
        self._now = Subject({"intact": hip}, self.motions, {"intact": measured})
        self._answers: _Latest[Subject] = _Latest()
        self._queries: _Latest[ClearanceQuery] = _Latest()

    @property
    def hip(self) -> Hip:
        """The hip as it is."""
        return self._now.hip

    @property
    def subject(self) -> Subject:
        """The hip as it is and a live plan that does nothing yet."""
        return self._answer(Wanted())

    @property
    def controls(self) -> dict[str, Any]:
        """What the sliders may be set to."""
        return {
            "name": LIVE,
            "values": asdict(Wanted()),
            "ranges": {
                "depth_mm": [0.0, int(10.0 * largest_resection_depth(self._now.hip)) / 10.0],
                "tilt_deg": list(TILT_RANGE_DEG),
                "angle_deg": list(ANGLE_RANGE_DEG),
                "target_mm": list(TARGET_RANGE_MM),
            },
            "levels": list(LEVELS),
        }

    def numbers(self, wanted: Wanted) -> dict[str, Any]:
        """Return the space a plan leaves in every motion: all that must answer at once.

        A derotation below the lesser trochanter is answered by the derotation law, without turning
        the bone.

        Raises
        ------
        HipsimError
            If the plan cannot be carried out on this hip.
        """
        found = self._measured(wanted)
        return {
            "results": {m.name: result_of(found, LIVE, m) for m in found.motions},
            "plan": wanted.plan.name,
        }

    def picture(self, wanted: Wanted) -> dict[str, Any]:
        """Return bones, poses and colours after a plan, and what it costs.

        Raises
        ------
        HipsimError
            If the plan cannot be carried out on this hip.
        """
        subject = self._answer(wanted)
        return {**picture_of(subject, LIVE), "facts": dict(subject.facts[LIVE])}

    def femur_after(self, wanted: Wanted) -> Hip:
        """Return the hip after a plan.

        Raises
        ------
        HipsimError
            If the plan cannot be carried out on this hip.
        """
        return self._answer(wanted).plans[LIVE]

    def compared(self, plans: Mapping[str, Wanted]) -> Subject:
        """Return the hip as it is beside named plans, for a report.

        Raises
        ------
        HipsimError
            If a plan cannot be carried out on this hip.
        """
        found = {name: self._answer(wanted) for name, wanted in plans.items()}
        return Subject(
            {**self._now.plans, **{name: one.plans[LIVE] for name, one in found.items()}},
            self.motions,
            {**self._now.clearances, **{name: one.clearances[LIVE] for name, one in found.items()}},
            {name: one.facts[LIVE] for name, one in found.items()},
        )

    def _answer(self, wanted: Wanted) -> Subject:
        """Return the hip as it is beside the hip after a plan."""
        return self._answers(wanted, lambda: self._told(wanted))

    def _told(self, wanted: Wanted) -> Subject:
        """Carry a plan out and measure it."""
        now, after = self._now, self._after(wanted)
        measured = self._measured(wanted).clearances[LIVE]
        facts = {LIVE: facts_of(now.hip, after)}
        hips = {"intact": now.hip, LIVE: after}
        return Subject(hips, self.motions, {**now.clearances, LIVE: measured}, facts)

    def _measured(self, wanted: Wanted) -> Subject:
        """Measure a plan; the hip after it stands as it is, for only its pelvis is looked at."""
        angle = 0.0
        if Amounts("derotate_femur", np.arange(2.0), {"level": wanted.level}).follows_law:
            angle, wanted = wanted.angle_deg, replace(wanted, angle_deg=0.0)
        query = self._query(wanted)
        found = {m.name: replace(query(derotated(m, angle)), motion=m) for m in self.motions}
        hips = {"intact": self._now.hip, LIVE: self._now.hip}
        return Subject(hips, self.motions, {**self._now.clearances, LIVE: found})

    def _query(self, wanted: Wanted) -> ClearanceQuery:
        """Return what answers for the hip after a plan."""
        return self._queries(wanted, lambda: query_after(self._intact, wanted.plan(self.hip)))

    def _after(self, wanted: Wanted) -> Hip:
        """Return the hip after a plan; a resection that was measured is not cut anew."""
        resected = self._query(replace(wanted, angle_deg=0.0)).hip
        return Plan(wanted.plan.procedures[-1:])(resected) if wanted.angle_deg else resected


class _Latest(Generic[Answer]):
    """The latest answers, each made once while it is kept; safe for several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Wanted, Answer] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def __call__(self, wanted: Wanted, make: Callable[[], Answer]) -> Answer:
        """Return what is kept for a plan, or make and keep it."""
        with self._lock:
            if wanted in self._kept:
                self._kept.move_to_end(wanted)
                return self._kept[wanted]
        made = make()
        with self._lock:
            self._kept[wanted] = made
            while len(self._kept) > KEPT_PLANS:
                self._kept.popitem(last=False)
        return made
