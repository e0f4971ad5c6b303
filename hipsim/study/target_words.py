"""Targets in words: what reaches them, what comes nearest, and how much that still misses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_NAMED = 8  # in one sentence; the table holds the rest
INTACT = "intact"


@dataclass(frozen=True)
class Judged:
    """A motion after a plan, against its target.

    Parameters
    ----------
    motion, plan
        Which.
    target_mm
        The wanted space.
    space_mm
        The smallest space; the median of several hips.
    reached
        Share of the hips that reach the target.
    n
        Number of hips.
    """

    motion: str
    plan: str
    target_mm: float
    space_mm: float
    reached: float
    n: int = 1

    @property
    def missing_mm(self) -> float:
        """What is missing of the target, 0 where nothing is."""
        return max(self.target_mm - self.space_mm, 0.0)


def target_sentences(found: Iterable[Judged]) -> list[str]:
    """Say of each target what reaches it, or what comes nearest.

    Motions that share a target are weighed against each other where nothing is operated on, else
    the plans are, motion by motion.

    Parameters
    ----------
    found
        Motions and plans that have a target.

    Examples
    --------
    >>> walks = [Judged("long", "intact", 12.6, 2.9, 0.0), Judged("short", "intact", 12.6, 8.2, 0)]
    >>> print(*target_sentences(walks))
    Target 12.6 mm: reached by none of long, short; nearest: short with 8.2 mm (4.4 missing).
    """
    judged = list(found)
    if {one.plan for one in judged} <= {INTACT}:
        groups: dict[tuple[float, str], list[Judged]] = {}
        for one in judged:
            groups.setdefault((one.target_mm, ""), []).append(one)
        return [_sentence(group, [one.motion for one in group]) for group in groups.values()]
    motions: dict[str, list[Judged]] = {}
    for one in judged:
        motions.setdefault(one.motion, []).append(one)
    return [
        _sentence(group, [one.plan for one in group], where=f" in {motion}")
        for motion, group in motions.items()
    ]


def _sentence(group: Sequence[Judged], names: Sequence[str], *, where: str = "") -> str:
    """Say of one target which of several reach it, or which comes nearest."""
    head = f"Target {group[0].target_mm + 0.0:.1f} mm{where}"
    if len(group) == 1 and not where:
        head += f" in {names[0]}"
    reaching = [name for one, name in zip(group, names, strict=True) if one.reached == 1.0]
    others = [(one, name) for one, name in zip(group, names, strict=True) if one.reached < 1.0]
    every = "" if max(one.n for one in group) == 1 else " on every hip"
    if reaching:
        rest = "" if len(group) == 1 or not others else f"; not by {_listed(n for _, n in others)}"
        by = "" if len(group) == 1 else f" by {_listed(reaching)}"
        return f"{head}: reached{every}{by}{rest}."
    nearest, name = max(others, key=lambda pair: (pair[0].reached, pair[0].space_mm))
    if len(group) == 1:
        return f"{head}: not reached{every}; {_how_near(nearest)}."
    return (
        f"{head}: reached{every} by none of {_listed(names)}; nearest: {name} with "
        f"{_how_near(nearest)}."
    )


def _how_near(one: Judged) -> str:
    """Say how much space there is, what is missing, and on how many hips nothing is."""
    space = f"{round(one.space_mm, 1) + 0.0:.1f} mm ({one.missing_mm:.1f} missing)"
    if one.n == 1:
        return space
    share = f"{100.0 * one.reached:.0f} % of {one.n} hips reach it"
    return f"a median of {space}, {share}"


def _listed(names: Iterable[str]) -> str:
    """Join names, the first few of many."""
    every = list(names)
    more = len(every) - MOST_NAMED
    return ", ".join(every[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
