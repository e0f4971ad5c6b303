"""The decision in plain sentences: space now, what is cheapest, what is enough, what matters."""

from collections.abc import Sequence

from hipsim.planning.amounts_needed import Interval
from hipsim.planning.plan_conservative import Conservative
from hipsim.planning.plan_decision import DecisionRow
from hipsim.planning.plan_details import Details
from hipsim.planning.plan_doubt import AS_IT_IS, LIKELY, Doubt
from hipsim.planning.plan_option import Start
from hipsim.planning.plan_range import PlanRange
from hipsim.planning.plan_words import OPTION_WORDS, listed, nothing_needed, plain, space_now, the

PROCEDURES = {  # what a needed amount is an amount of
    "plane": "of the best plane alone",
    "derotation": "of derotation alone",
    "combined": "of derotation on top of the combination's resection",
}
INPUT_WORDS = {
    "landmark": "where the {} is placed",
    "surface": "how exact the {} is",
    "pose": "the {} of the pose",
    "execution": "how exactly the {} is met",
}
LEAST_SHARE = 0.05  # of the variance: below it an input is not named
NO_CLEAR_INPUT = 0.1  # below it no input alone is said to matter most


def sentences(
    start: Start, sex: str | None, rows: Sequence[DecisionRow], details: Details
) -> tuple[str, ...]:
    """Say what the decision table says.

    Parameters
    ----------
    start, sex
        The hip, its targets, and whose percentiles were used.
    rows
        The decision table, the hip as it is first.
    details
        What else is known.
    """
    now, said = rows[0], [space_now(start, sex)]
    said += [_now_sure(now)] if now.interval_mm else []
    if now.is_reached:
        said.append(nothing_needed())
    else:
        said += [_cheapest(rows)]
        said += [] if details.conservative is None else _habits(details.conservative)
    if details.doubt is not None:
        said += _matters(rows, details.doubt)
        said += [] if now.is_reached else [_likely(details.doubt)]
    said += [] if details.free_range is None else [_range(details.free_range)]
    said += [] if details.centres is None else [_centres(now, details.centres.moving_mm)]
    return tuple(said)


def label(name: str) -> str:
    """Name a row for people.

    Parameters
    ----------
    name
        Of a row of the decision table.

    Examples
    --------
    >>> label("plane"), label("wider_step")
    ('Best plane', 'Wider step')
    """
    text = OPTION_WORDS.get(name, plain(name))
    return text[0].upper() + text[1:]


def interval_words(interval: Interval) -> str:
    """Write an interval.

    Parameters
    ----------
    interval
        In mm.

    Examples
    --------
    >>> interval_words(Interval(-1.04, 2.0, 5.0))
    '-1.0 to 5.0'
    """
    return f"{interval.low:.1f} to {interval.high:.1f}"


def _now_sure(now: DecisionRow) -> str:
    """Say how sure the space as it is is."""
    each = [
        f"{interval_words(interval)} mm in {the(name)}"
        for name, interval in now.interval_mm.items()
    ]
    return (
        f"With what is not known exactly (landmarks, surfaces, pose), that is {listed(each)} in 9 "
        "of 10 samples; the probability that every target is met as it is: "
        f"{_percent(now.probability)}."
    )


def _cheapest(rows: Sequence[DecisionRow]) -> str:
    """Say which operations reach every target and are undercut by none."""
    best = [row for row in rows if row.is_cheapest and row.kind == "operation"]
    if not best:
        return (
            "No operation worked out here reaches every target: weigh a lower target, or say which "
            "of them matters."
        )
    each = [f"{OPTION_WORDS[row.name].lower()} ({row.what}; costs {_price(row)})" for row in best]
    none = "; none of them is cheaper than another in everything" if len(best) > 1 else ""
    return f"Cheapest of what reaches every target: {listed(each)}{none}."


def _price(row: DecisionRow) -> str:
    """Write what an operation costs, in short."""
    cost = row.cost
    assert cost is not None  # an operation always has one
    parts = []
    if cost.removed_volume_mm3 >= 0.5:
        lost = 100.0 * cost.iliopsoas_lost_share
        parts.append(
            f"{cost.removed_volume_mm3:.0f} mm3 of bone, {lost:.0f} % of the iliopsoas attachment"
        )
    if abs(cost.version_change_deg) >= 0.5:
        parts.append(
            f"{cost.version_change_deg:+.0f} deg of version and {cost.rotation_lost_deg:.0f} deg "
            "of internal rotation in flexion"
        )
    return ", ".join(parts) or "nothing that is measured"


def _habits(found: Conservative) -> list[str]:
    """Say whether a change of habit is enough, and what a shorter stride gives in walking."""
    if found.enough:
        each = [f"{plain(row.change.name)} of {row.needed_words}" for row in found.enough]
        said = [
            f"Without surgery every target is reached by: {listed(each)}; whether a patient can "
            "keep that up is not in the model."
        ]
    else:
        best = found.rows[0] if found.rows else None
        gains = (
            ""
            if best is None or not best.helps
            else f"; the most helpful, {best.what}, gives back "
            + listed([f"{gain:.1f} mm in {the(name)}" for name, gain in best.gain_mm.items()])
        )
        said = [f"No change of habit alone reaches every target{gains}."]
    walk = None if found.walking is None else found.walking
    if walk is not None:
        stride = walk["shorter_stride"]
        said.append(
            f"Walking as it is leaves {walk.before.minimum_mm:.1f} mm (target of walking "
            f"{walk.target_mm:.1f} mm). {stride.sentence}"
        )
    return said


def _matters(rows: Sequence[DecisionRow], doubt: Doubt) -> list[str]:
    """Say which input matters most: for the hip as it is, and for what is cheapest."""
    best = [row for row in rows if row.is_cheapest and row.kind == "operation"]
    likeliest = max(best, key=lambda row: row.probability or 0.0, default=None)
    names = [AS_IT_IS, *([] if likeliest is None else [likeliest.name])]
    return [_matter(name, doubt) for name in names if name in doubt.options]


def _matter(name: str, doubt: Doubt) -> str:
    """Say which input matters most for one row."""
    ranked = doubt.options[name].ranked
    of = "space as it is" if name == AS_IT_IS else f"result of {OPTION_WORDS[name].lower()}"
    (first, share), *others = ranked
    if share < NO_CLEAR_INPUT:
        return f"No input alone explains a tenth of the variance of the {of}."
    most = f"{_input(first, doubt)} ({_percent(share)} of variance)"
    text = f"For the {of} the input that matters most is {most}"
    more = [
        f"{_input(n, doubt)} ({_percent(part)})" for n, part in others[:2] if part >= LEAST_SHARE
    ]
    return f"{text}, then {listed(more)}." if more else f"{text}."


def _input(name: str, doubt: Doubt) -> str:
    """Name an input within a sentence."""
    kind = next(prior.kind for prior in doubt.priors if prior.name == name)
    return INPUT_WORDS[kind].format(name)


def _percent(share: float | None) -> str:
    """Write a share."""
    return "not known" if share is None else f"{100.0 * share:.0f} %"


def _likely(doubt: Doubt) -> str:
    """Say what amount reaches every target with 90 % probability."""
    said = []
    for name, needed in doubt.needed.items():
        amount = needed.amount_for(LIKELY)
        if amount is not None:
            said.append(f"{amount:.1f} {needed.unit} {PROCEDURES[name]}")
        else:
            most = needed.probability(needed.largest)
            said.append(
                f"no amount {PROCEDURES[name]} (the largest, {needed.largest:.1f} {needed.unit}: "
                f"{_percent(most)})"
            )
    return (
        f"A plan that just reaches a target is worth about even odds. For {_percent(LIKELY)} ("
        f"{doubt.execution}) plan: {'; '.join(said)}."
    )


def _range(found: PlanRange) -> str:
    """Say how far the hip goes before bone comes too near."""
    if found.most_limited is None:
        return (
            "From neutral no direction brings femur and ischium to less than 2 mm within what was "
            "searched."
        )
    each = [
        f"{found.before.limits[name].limit_deg:.0f} deg of {plain(name)}" for name in found.limited
    ]
    return (
        f"From neutral the hip goes {listed(each)} before femur and ischium have less than "
        f"{found.before.target_mm:g} mm of room."
    )


def _centres(now: DecisionRow, moving: dict[str, float]) -> str:
    """Say what the moving centre makes of the space as it is."""
    each = [
        f"{space:.1f} instead of {now.space_mm[name]:.1f} mm in {the(name)}"
        for name, space in moving.items()
    ]
    return f"With a hip centre that moves to keep the joint gap even the space is {listed(each)}."
