"""What a benchmark says in the end: goals met or missed, tables, and the files they go to."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import hipsim

RESULTS = Path(__file__).parent / "results"
State = Literal["met", "missed", "not measured"]
COMPILERS = "numpy", "numba", "llvmlite"


@dataclass(frozen=True)
class Goal:
    """A goal of the project beside what was measured.

    Parameters
    ----------
    what
        What is asked for.
    goal, figure
        What was asked and what was measured, in words.
    state
        Whether it is met.
    """

    what: str
    goal: str
    figure: str
    state: State

    def __str__(self) -> str:
        return f"{self.state.upper():12s} {self.what}: {self.figure} (goal {self.goal})"


def at_least(what: str, values: Iterable[float], goal: float, *, unit: str = "x") -> Goal:
    """Judge the least of some figures."""
    return _judged(what, list(values), goal, unit, "at least")


def at_most(what: str, values: Iterable[float], goal: float, *, unit: str) -> Goal:
    """Judge the largest of some figures."""
    return _judged(what, list(values), goal, unit, "at most")


def _judged(what: str, values: list[float], goal: float, unit: str, way: str) -> Goal:
    """Judge the worst of some figures."""
    asked = f"{way} {number(goal)} {unit}"
    if not values:
        return Goal(what, asked, "-", "not measured")
    low, high = min(values), max(values)
    is_met = low >= goal if way == "at least" else high <= goal
    figure = f"{number(low)} {unit}"
    if len(values) > 1:
        middle = sorted(values)[len(values) // 2]
        figure = (
            f"{number(low)} to {number(high)} {unit}, median {number(middle)}, n = {len(values)}"
        )
    return Goal(what, asked, figure, "met" if is_met else "missed")


def number(value: float) -> str:
    """Return a number as it is printed: three digits, small ones with exponent.

    Examples
    --------
    >>> number(12.345), number(1234.5), number(3.2e-13), number(0.0)
    ('12.3', '1,234', '3.2e-13', '0')
    """
    if value == 0.0:
        return "0"
    if abs(value) < 1e-3:
        return f"{value:.1e}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(header: list[str], rows: Iterable[list[object]]) -> str:
    """Return a table in Markdown; numbers are rounded, missing ones stay empty."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    for row in rows:
        lines.append("| " + " | ".join(_cell(value) for value in row) + " |")
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    """Return the text of a cell."""
    if value is None:
        return ""
    return number(value) if isinstance(value, float) else str(value)


def goal_table(goals: list[Goal]) -> str:
    """Return the goals as a table."""
    rows = ([goal.what, goal.goal, goal.figure, f"**{goal.state}**"] for goal in goals)
    return table(["goal", "asked", "measured (worst judges)", ""], rows)


def machine() -> dict[str, str]:
    """Return what the figures depend on: processors, versions, how busy it was."""
    found = {
        "processor": _processor(),
        "processors": str(os.cpu_count()),
        "system": platform.system(),
        "python": platform.python_version(),
        "hipsim": hipsim.__version__,
        "load at the end": ", ".join(f"{load:.1f}" for load in os.getloadavg()),
    }
    return found | {name: version(name) for name in COMPILERS}


def _processor() -> str:
    """Return the name of the processor."""
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if "model name" in line]
    return names[0].split(":")[1].strip() if names else platform.processor()


def write(folder: Path, name: str, record: dict, *, goals: list[Goal], text: str) -> None:
    """Write the record and the report, named alike."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = record | {"goals": [asdict(goal) for goal in goals]}
    (folder / f"{name}.json").write_text(json.dumps(whole, indent=1) + "\n")
    (folder / f"{name}.md").write_text(text)
    print(f"written: {folder / name}.md, .json, .png")
