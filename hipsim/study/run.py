"""Run a scenario: every hip x plan x motion.

A plan is applied to a hip once; its search trees serve all motions. Hips are loaded first, so that
a broken one is reported before any time is spent.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Protocol

from hipsim.anatomy.hip import Hip
from hipsim.errors import HipsimError
from hipsim.kinematics import Motion
from hipsim.planning.clearance import Clearance, ClearanceQuery
from hipsim.study.plans import Plan
from hipsim.study.scenario import Scenario, load_scenario

Progress = Callable[[int, int], None]


class Asked(Protocol):
    """What is asked of every hip: a scenario, or the part of it that is sent to a worker."""

    @property
    def motions(self) -> tuple[Motion, ...]:
        """Motions to measure over."""

    @property
    def femoral_region(self) -> str:
        """Region of the femur."""

    @property
    def pelvic_region(self) -> str:
        """Region of the pelvis."""

    @property
    def side_effects(self) -> str:
        """``"all"`` or ``"none"``: whether what surgery costs is measured too."""


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
    side_effects
        What the plan costs besides, where that is asked for: the numbers of
        :class:`hipsim.surgery.side_effects.SideEffects`, NaN for none.
    """

    hip: str
    plan: Plan
    clearances: tuple[Clearance, ...]
    removed_volume_mm3: float
    side_effects: Mapping[str, float] = field(default_factory=dict)


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
        intact, row = prepare(hip, scenario), []
        for plan in scenario.plans:
            row.append(run_plan(intact, plan, scenario))
            if progress is not None:
                progress(len(outcomes) * len(scenario.plans) + len(row), total)
        outcomes.append(tuple(row))
    return Results(scenario, tuple(hips), tuple(outcomes), time.perf_counter() - start)


def prepare(hip: Hip, asked: Asked) -> ClearanceQuery:
    """Prepare an intact hip; its plans share what is known of the pelvis.

    Raises
    ------
    HipsimError
        If a region cannot be measured on this hip, which is named.
    """
    try:
        return _query(hip, asked)
    except HipsimError as error:
        raise type(error)(f"hip {hip.name!r}: {error}") from error


def run_plan(intact: ClearanceQuery, plan: Plan, asked: Asked) -> Outcome:
    """Carry out one plan on one hip and measure every motion.

    Parameters
    ----------
    intact
        The prepared hip.
    plan
        The plan.
    asked
        Motions and regions.

    Raises
    ------
    HipsimError
        If the plan cannot be carried out; hip and plan are named.
    """
    hip = intact.hip
    try:
        operated = plan(hip)
        query = _after(intact, operated, asked)
        clearances = tuple(query(motion) for motion in asked.motions)
        costs = _side_effects(hip, operated) if asked.side_effects == "all" else {}
    except HipsimError as error:
        raise type(error)(f"hip {hip.name!r}, plan {plan.name!r}: {error}") from error
    return Outcome(hip.name, plan, clearances, removed_volume_mm3(hip, operated), costs)


def _side_effects(before: Hip, after: Hip) -> dict[str, float]:
    """Measure what surgery costs besides the bone it takes."""
    from hipsim.surgery.side_effects import side_effects

    found = asdict(side_effects(before, after))
    return {
        name: float("nan") if value is None else value
        for name, value in found.items()
        if name != "removed_volume_mm3"
    }


def cost_names(asked: Asked) -> tuple[str, ...]:
    """Return the names of the side effects that are measured, sorted; none if not asked for."""
    if asked.side_effects == "none":
        return ()
    from hipsim.surgery.side_effects import SideEffects

    names = [each.name for each in fields(SideEffects)]
    return tuple(sorted(name for name in names if name != "removed_volume_mm3"))


def _load(scenario: Scenario, index: int) -> Hip:
    """Load one hip under its name in the scenario."""
    source = scenario.hips[index]
    try:
        return source.load()
    except HipsimError as error:
        raise type(error)(f"hip {source.name!r}: {error}") from error


def _query(hip: Hip, asked: Asked) -> ClearanceQuery:
    """Build the search structures of a hip."""
    return ClearanceQuery(
        hip, femoral_region=asked.femoral_region, pelvic_region=asked.pelvic_region
    )


def _after(intact: ClearanceQuery, operated: Hip, asked: Asked) -> ClearanceQuery:
    """Return the query of an operated hip; its pelvis is shared unless surgery changed it."""
    if operated is intact.hip:
        return intact
    is_shared = (
        operated.hip_bone is intact.hip.hip_bone
        and operated.pelvic_labels is intact.hip.pelvic_labels
    )
    return intact.after(operated) if is_shared else _query(operated, asked)


def removed_volume_mm3(before: Hip, after: Hip) -> float:
    """Return the bone volume taken away between two states of a hip, from its notes."""
    steps = after.notes[len(before.notes) :]
    return float(sum(step.get("removed_volume_mm3", 0.0) for step in steps))
