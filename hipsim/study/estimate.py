"""What a scenario would run: how much, how long, how large; measured on one hip of each kind."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hipsim.errors import HipsimError
from hipsim.kinematics.arcs import neutral
from hipsim.study.measurements import measure
from hipsim.study.output import UNFINISHED
from hipsim.study.run import prepare, run_plan
from hipsim.study.scenario import Scenario
from hipsim.study.shard_store import ShardStore
from hipsim.study.shards import n_shards, shards_of
from hipsim.study.sources import HipSource

Found = TypeVar("Found")

POSE_BYTES = {
    "points": 58,
    "distances": 10,
    "minima": 0,
}  # distance 8, kind 1, structure 1, pair 48
MOTION_BYTES, PLAN_BYTES = 30, 40
BASE_BYTES = 250_000  # labels and attributes of the Dataset, manifest
HIP_BYTES = {"all": 32_000, "numbers": 9_000, "none": 6_000}
MOST_TRIED = 3  # plans


@dataclass(frozen=True)
class Estimate:
    """What a scenario would run.

    Parameters
    ----------
    n_hips, n_plans, n_motions, n_poses
        Sizes; the intact hip is a plan, poses are those of all motions.
    n_shards, n_done
        Pieces of work, and those an unfinished run has left.
    hip_s, plan_s
        Processor seconds to load or make a hip, and to carry out and measure one plan.
    seconds
        For all that is missing, on one process.
    result_bytes, peak_bytes
        At most: the results, and what the disk needs while they are made.
    problem
        Why the time could not be measured, or an empty text.
    """

    n_hips: int
    n_plans: int
    n_motions: int
    n_poses: int
    n_shards: int
    n_done: int
    hip_s: float
    plan_s: float
    seconds: float
    result_bytes: int
    peak_bytes: int
    problem: str = ""


def estimate(scenario: Scenario, out: str | Path | None = None) -> Estimate:
    """Say what a scenario would run, without running it.

    One hip of each kind is loaded or made and some of its plans are tried, so that the time is
    that of this machine; it is right to a factor of about two.

    Parameters
    ----------
    scenario
        The scenario.
    out
        Folder in which an unfinished run may have left shards.
    """
    hip_s, plan_s, problem = _typical(scenario)
    total = n_shards(scenario)
    n_done = 0 if out is None else _n_done(scenario, Path(out))
    missing = 1.0 - n_done / total
    size = _bytes(scenario)
    return Estimate(
        n_hips=len(scenario.hips),
        n_plans=len(scenario.plans),
        n_motions=len(scenario.motions),
        n_poses=scenario.n_poses,
        n_shards=total,
        n_done=n_done,
        hip_s=hip_s,
        plan_s=plan_s,
        seconds=missing * (total * hip_s + scenario.n_plans * plan_s),
        result_bytes=size,
        peak_bytes=2 * size,
        problem=problem,
    )


def _typical(scenario: Scenario) -> tuple[float, float, str]:
    """Return the seconds of a hip and of a plan, weighted by how many hips are of each kind."""
    kinds = Counter(map(_kind, scenario.hips))
    tried = {_kind(source): source for source in reversed(scenario.hips)}
    hip_s = plan_s = 0.0
    problems = []
    for kind, count in kinds.items():
        times, problem = _times(tried[kind], scenario)
        hip_s += times[0] * count / len(scenario.hips)
        plan_s += times[1] * count / len(scenario.hips)
        problems += [problem] if problem else []
    return hip_s, plan_s, "; ".join(problems)


def _kind(source: HipSource) -> str:
    """Return which kind of recipe a hip has."""
    return str(json.loads(source.recipe)["kind"])


def _times(source: HipSource, scenario: Scenario) -> tuple[tuple[float, float], str]:
    """Time a hip and some of its plans; say why it could not be done."""
    plans = scenario.plans[:: max(1, len(scenario.plans) // MOST_TRIED)][:MOST_TRIED]
    try:
        hip, hip_s = _timed(source.load)
        intact, more_s = _timed(lambda: prepare(hip, scenario))
        intact(neutral())  # kernels are loaded
        if scenario.outputs.measures != "none":
            more_s += _timed(lambda: measure(hip))[1]
        spent = _timed(lambda: [run_plan(intact, plan, scenario) for plan in plans])[1]
    except HipsimError as error:
        return (0.0, 0.0), str(error)
    return (hip_s + more_s, spent / len(plans)), ""


def _timed(work: Callable[[], Found]) -> tuple[Found, float]:
    """Return what work returns and the seconds it took."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def _n_done(scenario: Scenario, out: Path) -> int:
    """Count the shards of this scenario that are there."""
    store = ShardStore(out / UNFINISHED / "shards")
    if not store.folder.is_dir():
        return 0
    return sum(store.path(shard).is_file() for shard in shards_of(scenario))


def _bytes(scenario: Scenario) -> int:
    """Return the size of the results, not compressed."""
    each = scenario.n_poses * POSE_BYTES[scenario.outputs.poses]
    each += len(scenario.motions) * MOTION_BYTES + PLAN_BYTES
    hips = len(scenario.hips) * HIP_BYTES[scenario.outputs.measures]
    return BASE_BYTES + scenario.n_plans * each + hips
