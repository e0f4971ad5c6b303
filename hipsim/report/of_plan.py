"""A plan as a page: the hip as it is beside every option, each motion against its target."""

from hipsim.planning.plan import Plan
from hipsim.report.decision import decision_of
from hipsim.report.facts import facts_of
from hipsim.report.subject import Progress, Subject, make_subject

N_VERDICT = 2  # sentences a plan ends with: what binds, and what reaches every target


def subject_of_plan(plan: Plan, *, progress: Progress | None = None) -> Subject:
    """Return what a page tells of a plan.

    Parameters
    ----------
    plan
        Worked out already; what its options leave in every pose is measured anew.
    progress
        Called with (done, total) after each option.
    """
    options = {option.name: option for option in plan.options}
    hips = {"as it is": plan.hip, **{name: option.hip for name, option in options.items()}}
    motions = [t.motion.evolved(threshold_mm=t.clearance_mm) for t in plan.targets]
    facts = {
        name: {
            "what": option.what,
            "every target reached": "yes" if option.is_reached else "no",
            **facts_of(plan.hip, option.hip),
        }
        for name, option in options.items()
    }
    first, *details = plan.summary
    told = (first, *details[-N_VERDICT:]) if plan.doubt is None else plan.answer
    return make_subject(
        hips,
        motions,
        progress=progress,
        facts=facts,
        sentences=told,
        details=tuple(details[:-N_VERDICT]),
        decision=decision_of(plan),
    )
