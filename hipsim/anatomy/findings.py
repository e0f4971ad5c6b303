"""What a check found: its outcome, in figures, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["pass", "warn", "fail"]
LEVELS: tuple[Level, ...] = ("pass", "warn", "fail")


@dataclass(frozen=True)
class Finding:
    """One check of one bone or of bones together.

    Attributes
    ----------
    level
        ``"pass"``; ``"warn"``: usable, look at it; ``"fail"``: would give a wrong number.
    check
        Name of the check.
    found
        What was found, with figures.
    advice
        What to do about it; empty where nothing need be done.
    """

    level: Level
    check: str
    found: str
    advice: str = ""


def worst(findings: Iterable[Finding]) -> Level:
    """Return the gravest level.

    Examples
    --------
    >>> worst([Finding("pass", "closed", "no open edges"), Finding("warn", "size", "large")])
    'warn'
    """
    return max((finding.level for finding in findings), key=LEVELS.index, default="pass")
