"""The plan of a hip: every way to the wanted space, what it reaches and what it costs.

First the space as it is. Where a target is missed, the ways are worked out, each measured alike:
the ideal resection (the least bone that does it); the best single plane, burr path and contouring
(what a surgeon can do); and derotation of the femur. For each stand the certified space of every
target, what is missing where the way does not reach, side effects, the named pairs before and
after, and the response curve that says where more brings nothing more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.errors import ComputationError
from hipsim.planning import plan_words
from hipsim.planning.plan_option import Option, Reached, Start
from hipsim.planning.plan_record import as_plain, conventions, option_record, start_record
from hipsim.planning.plan_ways import WAYS, Ways
from hipsim.planning.required_resection import RequiredResection, required_resection
from hipsim.planning.targets import DEFAULT_TARGETS, Sex, Target, Targets, as_targets, sex_of

Progress = Callable[[int, int], None]


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
    """

    start: Start
    sex: Sex | None
    options: tuple[Option, ...]
    required: RequiredResection = field(repr=False)
    not_available: dict[str, str] = field(default_factory=dict)

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
            "summary": self.summary,
            "options": [option_record(option, self.start) for option in self.options],
            "not_available": self.not_available,
            "conventions": conventions([target.motion for target in self.targets]),
        }
        plain: dict[str, Any] = as_plain(record)
        return plain


def plan(
    hip: Hip,
    targets: Targets = DEFAULT_TARGETS,
    *,
    sex: Sex | None = None,
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
    progress
        Called with (steps done, steps).

    Returns
    -------
    plan
        The space now, every way to the targets with what it reaches and costs, and sentences.

    Raises
    ------
    InputError
        If a target cannot be used (see :func:`~hipsim.planning.targets.as_targets`).
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
    >>> found = plan(hs.load_hip("man"), {"neutral": 17})
    >>> print(found.summary[1])
    Every target is met: for these, no bone needs to go and nothing needs to be turned.
    >>> found.is_met, found.options
    (True, ())
    """
    wanted = as_targets(targets, sex=sex, hip=hip)
    told = progress or (lambda done, total: None)
    n_steps = 2 + len(WAYS)
    start = Start.of(hip, wanted)
    told(1, n_steps)
    required = required_resection(hip, wanted)
    told(2, n_steps)
    options: list[Option] = []
    failed: dict[str, str] = {}
    if not all(row.is_reached for row in start.reached):
        ways = Ways(start, required)
        for number, name in enumerate(WAYS, 3):
            try:
                found: Option | None = getattr(ways, name)
            except ComputationError as error:
                found, failed[name] = None, str(error)
            options += [] if found is None else [found]
            told(number, n_steps)
    return Plan(start, sex or sex_of(hip), tuple(options), required, failed)
