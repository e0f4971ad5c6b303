"""The plan of a hip: every way to the wanted space, what it reaches and what it costs.

First the space as it is. Where a target is missed, the ways are worked out, each measured alike:
the ideal resection (the least bone that does it); the best single plane, burr path and contouring
(what a surgeon can do); and derotation of the femur. For each stand the certified space of every
target, what is missing where the way does not reach, side effects, the named pairs before and
after, and the response curve that says where more brings nothing more.

In full detail the best plane and a derotation are combined as well; what can be done without
surgery, the free range and both centres of the hip stand beside; and everything is carried through
what is not known exactly, so that each row of the decision table has its intervals and the
probability that it reaches every target.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from hipsim.anatomy.hip import Hip
from hipsim.checks import as_choice, as_number
from hipsim.errors import ComputationError
from hipsim.planning import plan_words
from hipsim.planning.plan_answer import sentences
from hipsim.planning.plan_centres import PlanCentres
from hipsim.planning.plan_conservative import Conservative
from hipsim.planning.plan_decision import DecisionRow, decision_rows
from hipsim.planning.plan_details import WEIGHTS, Detailed, Details, weight_of
from hipsim.planning.plan_doubt import Doubt
from hipsim.planning.plan_option import Option, Reached, Start
from hipsim.planning.plan_range import PlanRange
from hipsim.planning.plan_record import as_plain, conventions, option_record, start_record
from hipsim.planning.plan_record_details import details_record
from hipsim.planning.plan_steps import Steps
from hipsim.planning.plan_ways import WAYS, Ways
from hipsim.planning.required_resection import RequiredResection, required_resection
from hipsim.planning.targets import DEFAULT_TARGETS, Sex, Target, Targets, as_targets, sex_of
from hipsim.planning.tradeoff import TradeOff
from hipsim.planning.uncertainty import LEAST_SAMPLES

Progress = Callable[[int, int], None]
Detail = Literal["full", "quick"]
DETAILS: tuple[Detail, ...] = ("full", "quick")


@dataclass(frozen=True, eq=False)
class Plan:
    """The answer to: how much must go, or be turned, for this space, and at what cost?

    Parameters
    ----------
    start
        The hip before, with targets, space and named pairs.
    sex
        Whose percentiles were used, or None where it is not known.
    options
        The ways, ideal resection first; none where every target is met.
    required
        The ideal resection in full.
    not_available
        Ways that could not be worked out on this hip, and why.
    details
        Trade-off, free range, conservative changes, centres and doubt; of a quick plan all None.
    """

    start: Start
    sex: Sex | None
    options: tuple[Option, ...]
    required: RequiredResection = field(repr=False)
    not_available: dict[str, str] = field(default_factory=dict)
    details: Details = field(default_factory=Details, repr=False)

    def __repr__(self) -> str:
        said = "nothing needed" if self.is_met else ", ".join(o.name for o in self.options)
        return f"<Plan for {self.hip.name!r} {self.hip.side}: {said}>"

    @property
    def hip(self) -> Hip:
        """The hip before."""
        return self.start.hip

    @property
    def targets(self) -> tuple[Target, ...]:
        """What was wanted."""
        return self.start.targets

    @property
    def reached(self) -> tuple[Reached, ...]:
        """The targets as the hip is now."""
        return self.start.reached

    @property
    def is_met(self) -> bool:
        """Whether every target is met as the hip is."""
        return all(each.is_reached for each in self.reached)

    @property
    def binding(self) -> Target | None:
        """The target that dictates most of the ideal resection; None where none asks for bone."""
        outcome = self.required.binding
        return None if outcome is None else outcome.target

    def option(self, name: str) -> Option | None:
        """Return the option of a name, or None where there is none."""
        return next((option for option in self.options if option.name == name), None)

    @property
    def tradeoff(self) -> TradeOff | None:
        """Plane and derotation together; None if not asked for or not available."""
        return self.details.tradeoff

    @property
    def conservative(self) -> Conservative | None:
        """What changes of habit give back; None if not asked for or not available."""
        return self.details.conservative

    @property
    def free_range(self) -> PlanRange | None:
        """How far the hip goes before and after; None if not asked for or not available."""
        return self.details.free_range

    @property
    def centres(self) -> PlanCentres | None:
        """The space about both centres of the hip; None if not asked for or not available."""
        return self.details.centres

    @property
    def doubt(self) -> Doubt | None:
        """Intervals, probabilities, what matters most; None if not asked for or not available."""
        return self.details.doubt

    @cached_property
    def decision(self) -> tuple[DecisionRow, ...]:
        """Everything that may be done in order of invasiveness, ready for one table."""
        return decision_rows(self.start, self.options, self.details)

    @cached_property
    def answer(self) -> tuple[str, ...]:
        """The decision in plain sentences."""
        return sentences(self.start, self.sex, self.decision, self.details)

    @cached_property
    def summary(self) -> tuple[str, ...]:
        """The plan in plain sentences."""
        lines = [plan_words.space_now(self.start, self.sex)]
        if self.is_met:
            return (*lines, plan_words.nothing_needed())
        ideal = self.option("ideal")
        lines += [plan_words.said(option, self.start, ideal) for option in self.options]
        lines += [plan_words.left_out(name, why) for name, why in self.not_available.items()]
        return (*lines, *plan_words.verdict(self.options, self.start, self.binding))

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain numbers and text, units in the names, with its conventions.

        Returns
        -------
        record
            Ready for JSON: ``None`` where a number is not known.
        """
        record = {
            **start_record(self.start),
            "sex": self.sex,
            "is_met": self.is_met,
            "binding_target": None if self.binding is None else self.binding.motion.name,
            "answer": self.answer,
            "decision": self.decision,
            "summary": self.summary,
            "options": [option_record(option, self.start) for option in self.options],
            "not_available": self.not_available,
            **details_record(self.details),
            "conventions": conventions([target.motion for target in self.targets]),
        }
        plain: dict[str, Any] = as_plain(record)
        return plain


def plan(
    hip: Hip,
    targets: Targets = DEFAULT_TARGETS,
    *,
    sex: Sex | None = None,
    samples: int = 256,
    seed: int = 0,
    detail: Detail = "full",
    progress: Progress | None = None,
) -> Plan:
    """Plan the surgery that gives every motion its wanted space.

    Parameters
    ----------
    hip
        The hip.
    targets
        Motion, by name or as a :class:`~hipsim.kinematics.motion.Motion`, to the wanted space:
        mm, or a percentile of the reference population in that motion, as ``"p25"``.
    sex
        Whose percentiles count; by default the sex noted with the hip.
    samples, seed
        Of what is not known exactly, at least 128; the same seed gives the same samples.
    detail
        ``"full"``, or ``"quick"`` for the options alone.
    progress
        Called with (steps done, steps).

    Returns
    -------
    plan
        The space now, every way to the targets with what it reaches and costs, and sentences.

    Raises
    ------
    InputError
        If a target cannot be used (see :func:`~hipsim.planning.targets.as_targets`), or the detail
        or the samples are none that can be.
    AnatomyError
        If a landmark or a region is missing.
    MeshError
        If the femur is not closed.
    ComputationError
        If a certificate of the hip as it is, or of the ideal resection, fails; another way that
        cannot be worked out is noted in ``not_available``.

    Examples
    --------
    >>> import hipsim as hs
    >>> found = plan(hs.load_hip("man"), {"neutral": 17}, detail="quick")
    >>> print(found.summary[1])
    Every target is met: for these, no bone needs to go and nothing needs to be turned.
    >>> found.is_met, found.options
    (True, ())
    """
    as_choice(detail, DETAILS, name="detail")
    as_number(samples, name="samples", low=LEAST_SAMPLES)
    wanted = as_targets(targets, sex=sex, hip=hip)
    steps = Steps(progress or (lambda done, total: None), 2 + len(WAYS))
    start = Start.of(hip, wanted)
    is_met = all(row.is_reached for row in start.reached)
    steps.total = 2 + (0 if is_met else len(WAYS))
    steps.total += weight_of(WEIGHTS, is_met=is_met) if detail == "full" else 0
    steps.finish(1)
    required = required_resection(hip, wanted)
    steps.finish(1)
    ways = None if is_met else Ways(start, required)
    failed: dict[str, str] = {}
    options = [] if ways is None else _worked_out(ways, failed, steps)
    details = Details()
    if detail == "full":
        details = Detailed(start, ways, options, failed, steps).all(n=samples, seed=seed)
    return Plan(start, sex or sex_of(hip), tuple(options), required, failed, details)


def _worked_out(ways: Ways, failed: dict[str, str], steps: Steps) -> list[Option]:
    """Return the ways that can be worked out; note why another cannot."""
    options: list[Option] = []
    for name in WAYS:
        try:
            found: Option | None = getattr(ways, name)
        except ComputationError as error:
            found, failed[name] = None, str(error)
        options += [] if found is None else [found]
        steps.finish(1)
    return options
