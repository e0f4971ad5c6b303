"""Run a scenario: every hip x plan x motion.

A plan is applied to a hip once; its search trees serve all motions. Hips are loaded first, so that
a broken one is reported before any time is spent.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hipsim.anatomy.hip import Hip
from hipsim.errors import HipsimError
from hipsim.io.hips import load_hip
from hipsim.planning.clearance import Clearance, ClearanceQuery
from hipsim.study.plans import Plan
from hipsim.study.scenario import Scenario, load_scenario

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one plan does to one hip.

    Parameters
    ----------
    hip
        Name of the hip.
    plan
        The plan.
    clearances
        One per motion of the scenario.
    removed_volume_mm3
        Bone taken away by all procedures of the plan together.
    """

    hip: str
    plan: Plan
    clearances: tuple[Clearance, ...]
    removed_volume_mm3: float


@dataclass(frozen=True, eq=False)
class Results:
    """Everything a run found.

    Parameters
    ----------
    scenario
        What was run.
    hips
        The intact hips.
    outcomes
        ``outcomes[i][j]`` is plan j on hip i; plan 0 is the intact hip.
    seconds
        Time taken.
    """

    scenario: Scenario
    hips: tuple[Hip, ...]
    outcomes: tuple[tuple[Outcome, ...], ...]
    seconds: float


def run_scenario(scenario: str | Path | Scenario, *, progress: Progress | None = None) -> Results:
    """Run every plan and motion of a scenario on every hip.

    Parameters
    ----------
    scenario
        A scenario or its file.
    progress
        Called with (done, total) after each hip x plan.

    Raises
    ------
    ScenarioError
        If the file cannot be used.
    HipsimError
        If a hip cannot be loaded or a plan cannot be carried out on it; hip and plan are named.
    """
    start = time.perf_counter()
    checked = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    hips = [_load(checked, index) for index in range(len(checked.hips))]
    results = run_hips(checked, hips, progress=progress)
    return replace(results, seconds=time.perf_counter() - start)


def run_hips(
    scenario: Scenario, hips: Sequence[Hip], *, progress: Progress | None = None
) -> Results:
    """Run every plan and motion of a scenario on hips that are loaded already.

    Parameters
    ----------
    scenario
        Its own list of hips is not used.
    hips
        Names must differ.
    progress
        Called with (done, total) after each hip x plan.

    Raises
    ------
    HipsimError
        If a plan cannot be carried out on a hip; both are named.
    """
    start, outcomes = time.perf_counter(), list[tuple[Outcome, ...]]()
    total = len(hips) * len(scenario.plans)
    for hip in hips:
        intact, row = _query(hip, scenario), []
        for plan in scenario.plans:
            row.append(_try(intact, plan, scenario))
            if progress is not None:
                progress(len(outcomes) * len(scenario.plans) + len(row), total)
        outcomes.append(tuple(row))
    return Results(scenario, tuple(hips), tuple(outcomes), time.perf_counter() - start)


def _load(scenario: Scenario, index: int) -> Hip:
    """Load one hip under its name in the scenario."""
    choice = scenario.hips[index]
    try:
        return load_hip(choice.case, side=choice.side).evolved(name=choice.name)
    except HipsimError as error:
        raise type(error)(f"hip {choice.name!r}: {error}") from error


def _query(hip: Hip, scenario: Scenario) -> ClearanceQuery:
    """Prepare an intact hip; its plans share what is known of the pelvis."""
    regions = {
        "femoral_region": scenario.femoral_region,
        "pelvic_region": scenario.pelvic_region,
    }
    try:
        return ClearanceQuery(hip, **regions)
    except HipsimError as error:
        raise type(error)(f"hip {hip.name!r}: {error}") from error


def _try(intact: ClearanceQuery, plan: Plan, scenario: Scenario) -> Outcome:
    """Carry out one plan on one hip and measure every motion."""
    hip = intact.hip
    try:
        operated = plan(hip)
        query = intact.after(operated) if plan.procedures else intact
        clearances = tuple(query(motion) for motion in scenario.motions)
    except HipsimError as error:
        raise type(error)(f"hip {hip.name!r}, plan {plan.name!r}: {error}") from error
    return Outcome(hip.name, plan, clearances, removed_volume_mm3(hip, operated))


def removed_volume_mm3(before: Hip, after: Hip) -> float:
    """Return the bone volume taken away between two states of a hip, from its notes."""
    steps = after.notes[len(before.notes) :]
    return float(sum(step.get("removed_volume_mm3", 0.0) for step in steps))
