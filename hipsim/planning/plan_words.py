"""A plan in plain sentences: what the space is, what each way gives, what it costs."""

from collections.abc import Iterable, Sequence
from math import isfinite

from hipsim.planning.plan_option import Option, Reached, Start
from hipsim.planning.targets import Target

OPTION_WORDS = {
    "ideal": "Ideal resection",
    "plane": "Best plane",
    "burr": "Best burr path",
    "contour": "Best contouring",
    "derotation": "Derotation",
    "combined": "Plane and derotation",
    "tradeoff": "Trade-off of plane and derotation",
    "conservative": "Changes of habit",
    "free_range": "Impingement-free range",
    "centres": "Moving hip centre",
    "doubt": "Intervals and probabilities",
}


def plain(name: str) -> str:
    """Write the name of a motion or structure as people say it.

    Examples
    --------
    >>> plain("ifi_test"), plain("greater_trochanter")
    ('IFI test', 'greater trochanter')
    """
    return " ".join("IFI" if word == "ifi" else word for word in name.split("_"))


def space_now(start: Start, sex: str | None) -> str:
    """Say how much space the hip has in each motion, and what was wanted."""
    who = f"{start.hip.name}, {start.hip.side} hip" + ("" if sex is None else f" ({sex})")
    each = [
        f"{row.before.minimum_mm:.1f} mm in {_the(row)} (target {row.target.stated}"
        + (f", {row.missing_mm:.1f} mm missing)" if not row.is_reached else ", met)")
        for row in start.reached
    ]
    return f"{who}: space now {listed(each)}."


def nothing_needed() -> str:
    """Say that no operation is needed for the targets."""
    return "Every target is met: for these, no bone needs to go and nothing needs to be turned."


def said(option: Option, start: Start, ideal: Option | None) -> str:
    """Say what an option is, what it reaches and what it costs."""
    parts = [f"{heading(option)}.", _result(option)]
    costs = [*_bone(option, ideal), *_leg(option), *_rotation(option, start)]
    if costs:
        parts.append(f"Costs {listed(costs)}.")
    parts += [_saturation(option), _conflicts(option, start)]
    return " ".join(part for part in parts if part)


def heading(option: Option) -> str:
    """Name an option and say what is done.

    Parameters
    ----------
    option
        The option.
    """
    return f"{OPTION_WORDS[option.name]}: {option.what}"


def _result(option: Option) -> str:
    """Say which targets are reached, and what is missing of the others."""
    reached = option.reached
    done = [_the(row) for row in reached if row.is_reached]
    parts = [f"Reaches the target in {listed(done)}."] if done else []
    for row in (row for row in reached if not row.is_reached):
        parts.append(
            f"In {_the(row)} {row.after.minimum_mm:.1f} of {row.target.clearance_mm:.1f} mm: "
            f"{row.missing_mm:.1f} mm remain out of its reach; nearest is then "
            f"{_nearest(option, row)}."
        )
    return " ".join(parts)


def _nearest(option: Option, row: Reached) -> str:
    """Name the bone that is nearest, and that it may not go where it is the trochanter's."""
    name = plain(row.after.structure)
    if option.removed is not None and row.after.structure == "lesser_trochanter":
        return f"what must stay of the {name}"
    return f"the {name}"


def _bone(option: Option, ideal: Option | None) -> list[str]:
    """Say how much bone and attachment go."""
    cost = option.side_effects
    if cost.removed_volume_mm3 <= 0.0:
        return []
    text = f"{cost.removed_volume_mm3:.0f} mm3 of bone, {cost.deepest_cut_mm:.1f} mm at the deepest"
    least = 0.0 if ideal is None else ideal.side_effects.removed_volume_mm3
    if option is not ideal and least > 0.0:
        text += f" ({cost.removed_volume_mm3 / least:.1f} times the ideal)"
    return [text, f"{100.0 * cost.iliopsoas_lost_share:.0f} % of the iliopsoas attachment"]


def _leg(option: Option) -> list[str]:
    """Say what becomes of version and leg."""
    cost, found = option.side_effects, []
    if abs(cost.version_change_deg) >= 0.05:
        found.append(f"{cost.version_change_deg:+.0f} deg of femoral version")
    if abs(cost.leg_length_change_mm) >= 0.5:
        found.append(f"{cost.leg_length_change_mm:+.1f} mm of leg length")
    return found


def _rotation(option: Option, start: Start) -> list[str]:
    """Say what internal rotation in flexion is lost."""
    before = start.pairs.flexion_internal_rotation_deg
    after = option.pairs.flexion_internal_rotation_deg
    if not (isfinite(before) and isfinite(after)) or abs(after - before) < 0.5:
        return []
    return [
        "internal rotation at 90 deg of flexion up to first bony contact, "
        f"{before:.0f} deg before, {after:.0f} deg after"
    ]


def _saturation(option: Option) -> str:
    """Say beyond which amount nothing more is gained, motion by motion."""
    curve = option.response
    ends = [] if curve is None else [s for s in curve.saturation.values() if s.flat_from]
    if curve is None or not ends:
        return ""
    said = [f"{end.flat_from:.1f} {curve.unit} in {plain(end.motion)}" for end in ends]
    return f"More gains nothing beyond {listed(said)}."


def _conflicts(option: Option, start: Start) -> str:
    """Name the pairs that come to overlap, or overlap more, through the operation."""
    worse = [
        f"{pair} {start.pairs.least_mm(pair):.1f} to {option.pairs.least_mm(pair):.1f} mm"
        for pair in option.pairs.minimum_mm
        if pair in start.pairs.minimum_mm
        and option.pairs.least_mm(pair) < min(0.0, start.pairs.least_mm(pair) - 0.05)
    ]
    return f"New conflict: {listed(worse)}." if worse else ""


def the(motion: str) -> str:
    """Name a motion within a sentence.

    Parameters
    ----------
    motion
        Its name.

    Examples
    --------
    >>> the("neutral"), the("ifi_test")
    ('neutral', 'the IFI test')
    """
    name = plain(motion)
    return name if name in ("neutral", "gait", "gait free", "faber") else f"the {name}"


def _the(row: Reached) -> str:
    """Name the motion of a target within a sentence."""
    return the(row.target.motion.name)


def listed(parts: Iterable[str]) -> str:
    """Join parts as people do.

    Parameters
    ----------
    parts
        At least one.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *first, last = list(parts)
    return f"{', '.join(first)} and {last}" if first else last


def left_out(name: str, why: str) -> str:
    """Say that a way could not be worked out, and why."""
    return f"{OPTION_WORDS[name]}: not available on this hip: {why}."


def verdict(options: Sequence[Option], start: Start, binding: Target | None) -> list[str]:
    """Say which ways reach everything, which target binds, and what no way reaches."""
    lines = []
    if binding is not None and len(start.targets) > 1:
        lines.append(
            f"Binding target of the resection: {plain(binding.motion.name)} ({binding.stated})."
        )
    done = [OPTION_WORDS[option.name].lower() for option in options if option.is_reached]
    if done:
        lines.append(f"Every target is reached by: {listed(done)}.")
    else:
        tried = any(option.name == "combined" for option in options)
        rest = "a lower target" if tried else "a combination (resection and derotation), or a lower"
        rest += " remains" if tried else " target, remains"
        lines.append(f"No single way reaches every target; {rest} to be weighed.")
    return lines
