"""A plan as a page: the hip as it is beside every option, each motion against its target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.planning.plan import Plan
from hipsim.planning.plan_again import AS_IT_IS
from hipsim.planning.targets import Target
from hipsim.report.decision import decision_of, decision_of_record
from hipsim.report.facts import facts_of
from hipsim.report.subject import Figure, Progress, Subject, make_subject

N_VERDICT = 2  # sentences a plan ends with: what binds, and what reaches every target


@dataclass(frozen=True, eq=False)
class Done:
    """An option: the hip after it, what is done, and whether every target is reached."""

    hip: Hip
    what: str
    is_reached: bool


def subject_of_plan(plan: Plan, *, progress: Progress | None = None) -> Subject:
    """Return what a page tells of a plan.

    Parameters
    ----------
    plan
        Worked out already; what its options leave in every pose is measured anew.
    progress
        Called with (done, total) after each option.
    """
    done = {each.name: Done(each.hip, each.what, each.is_reached) for each in plan.options}
    told = _said(plan.summary, plan.answer if plan.doubt is not None else None)
    told["decision"] = decision_of(plan)
    return _subject(plan.hip, done, plan.targets, told=told, progress=progress)


def subject_of_record(
    record: Mapping[str, Any],
    targets: Sequence[Target],
    hips: Mapping[str, Hip],
    *,
    figures: Sequence[Figure] = (),
    progress: Progress | None = None,
) -> Subject:
    """Return what a page tells of a plan that was read again.

    Parameters
    ----------
    record
        What :meth:`hipsim.planning.plan.Plan.to_dict` returned, or its JSON.
    targets
        What was wanted.
    hips
        Name to hip, as :func:`hipsim.planning.plan_again.hips_again` returns them.
    figures
        Pictures of the plan for a report on paper.
    progress
        Called with (done, total) after each option.
    """
    done = {
        each["name"]: Done(hips[each["name"]], each["what"], each["is_reached"])
        for each in record["options"]
    }
    told = _said(record["summary"], record["answer"] if record["doubt"] is not None else None)
    told |= {"decision": decision_of_record(record, targets), "figures": tuple(figures)}
    return _subject(hips[AS_IT_IS], done, targets, told=told, progress=progress)


def _said(summary: Sequence[str], answer: Sequence[str] | None) -> dict[str, Any]:
    """Return what the page says first, and what it says of the options one by one."""
    first, *details = summary
    told = (first, *details[-N_VERDICT:]) if answer is None else answer
    return {"sentences": tuple(told), "details": tuple(details[:-N_VERDICT])}


def _subject(
    hip: Hip,
    done: Mapping[str, Done],
    targets: Sequence[Target],
    *,
    told: Mapping[str, Any],
    progress: Progress | None,
) -> Subject:
    """Measure every option in every pose."""
    facts = {
        name: {
            "what": option.what,
            "every target reached": "yes" if option.is_reached else "no",
            **facts_of(hip, option.hip),
        }
        for name, option in done.items()
    }
    return make_subject(
        {AS_IT_IS: hip, **{name: option.hip for name, option in done.items()}},
        [t.motion.evolved(threshold_mm=t.clearance_mm) for t in targets],
        progress=progress,
        facts=facts,
        **told,
    )
