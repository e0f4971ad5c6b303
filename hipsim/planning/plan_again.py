"""A plan from its record: the operations carried out again on the same hip, and checked.

Procedures are deterministic, so name and amounts of an option are enough to have its hip again; the
ideal resection, which is no procedure, is worked out again from the targets. What is done again
counts only where it leaves the space the record states: another hip, another reference population
or another version of the software shows there and is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from math import inf, nan
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.errors import InputError
from hipsim.planning.amounts_needed import Interval
from hipsim.planning.plan_decision import Cost, DecisionRow
from hipsim.planning.required_outcome import certified
from hipsim.planning.required_resection import required_resection
from hipsim.planning.targets import Target
from hipsim.surgery.procedure import Procedure, apply_procedures

AS_IT_IS = "as it is"
SAME_SPACE_MM = 0.02  # both are certified to 0.01 mm
PLACES = ("plane_point_mm", "plane_normal")  # told for the scan's viewer; no amounts
Progress = Callable[[int, int], None]


def hips_again(
    hip: Hip,
    targets: Sequence[Target],
    options: Sequence[Mapping[str, Any]],
    *,
    progress: Progress | None = None,
) -> dict[str, Hip]:
    """Return the hip as it is and after every option of a plan's record.

    Parameters
    ----------
    hip
        The hip that was planned on.
    targets
        What was wanted.
    options
        ``options`` of :meth:`hipsim.planning.plan.Plan.to_dict`.
    progress
        Called with (options done, options).

    Returns
    -------
    hips
        Name to hip, ``"as it is"`` first.

    Raises
    ------
    InputError
        If an option leaves another space than the record states.
    HipsimError
        If an operation cannot be carried out.

    Examples
    --------
    >>> import hipsim as hs
    >>> list(hips_again(hs.load_hip("woman"), [], []))
    ['as it is']
    """
    hips = {AS_IT_IS: hip}
    for option in options:
        name = str(option["name"])
        hips[name] = _again(hip, targets, option)
        refuse_other_space(name, hips[name], targets, option["targets"])
        if progress is not None:
            progress(len(hips) - 1, len(options))
    return hips


def refuse_other_space(
    name: str, hip: Hip, targets: Sequence[Target], told: Sequence[Mapping[str, Any]]
) -> None:
    """Raise where a hip has another space than a record states.

    Parameters
    ----------
    name
        Of the option, for the message.
    hip
        After it.
    targets
        What was wanted.
    told
        ``targets`` of the option's record, in the same order.

    Raises
    ------
    InputError
        Naming the motion, the space now and the space of the record.
    """
    for target, found, row in zip(targets, certified(hip, targets), told, strict=True):
        if abs(found.minimum_mm - row["space_mm"]) > SAME_SPACE_MM:
            raise InputError(
                f"{name} now leaves {found.minimum_mm:.2f} mm in {target.motion.name}, the plan "
                f"states {row['space_mm']:.2f} mm: hip or version are not those of the plan; plan "
                "again"
            )


def decision_again(record: Mapping[str, Any]) -> tuple[DecisionRow, ...]:
    """Return the rows of the decision of a plan's record.

    Parameters
    ----------
    record
        What :meth:`hipsim.planning.plan.Plan.to_dict` returned, or its JSON.
    """
    told = {AS_IT_IS: record, **{option["name"]: option for option in record["options"]}}
    is_known = {name: each["flexion_internal_rotation_is_known"] for name, each in told.items()}
    return tuple(_row(row, is_known) for row in record["decision"])


def _again(hip: Hip, targets: Sequence[Target], option: Mapping[str, Any]) -> Hip:
    """Carry an option out."""
    told = {key: value for key, value in option["parameters"].items() if key not in PLACES}
    if not told:
        return required_resection(hip, targets).hip
    steps = told.get("procedures", [told])
    done = [Procedure(step["procedure"], _amounts(step)) for step in steps]
    return apply_procedures(hip, [step for step in done if not step.is_idle])


def _amounts(step: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords of a procedure."""
    return {key: value for key, value in step.items() if key != "procedure"}


def _row(told: Mapping[str, Any], is_known: Mapping[str, bool]) -> DecisionRow:
    """Return one row."""
    matters = told["matters_most"]
    parts: dict[str, Any] = {
        **told,
        "interval_mm": {name: _interval(each) for name, each in told["interval_mm"].items()},
        "matters_most": None if matters is None else (matters[0], matters[1]),
        "cost": None if told["cost"] is None else _cost(told, is_known),
    }
    return DecisionRow(**parts)


def _cost(told: Mapping[str, Any], is_known: Mapping[str, bool]) -> Cost:
    """Return a cost; a rotation that JSON cannot say is one without contact, or not known."""
    cost = dict(told["cost"])
    for key, name in (("rotation_before_deg", AS_IT_IS), ("rotation_after_deg", told["name"])):
        if cost[key] is None:
            cost[key] = inf if is_known[name] else nan
    return Cost(**cost)


def _interval(told: Mapping[str, float | None]) -> Interval:
    """Return an interval; a bound that JSON cannot say is infinite."""
    low, median, high = (told[name] for name in ("low", "median", "high"))
    return Interval(
        -inf if low is None else low,
        inf if median is None else median,
        inf if high is None else high,
    )
