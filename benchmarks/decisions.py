"""What does a decision cost: trade-off map, uncertainty, a whole plan, a move of the sliders?

    python -m benchmarks.decisions [--bones FOLDER] [--quick] [--out FOLDER]

*Trade-off*: planar resection x derotation, 21 x 21 amounts, over the ischiofemoral impingement
test. *Uncertainty*: 256 samples of a plan (5 mm, 15 deg) through neutral and the impingement test,
with the amounts each sample would need. *Plan*: everything ``hipsim plan`` works out for the
default targets (no files, no pictures), and of it what its 256 samples cost: every option, every
change of habit, and the amounts needed. *Planner*: from a request to the numbers of four motions,
in this process; derotations and depths that were not asked before.

Times are the wall clock's or the processor's, all threads added up, whichever says less: then the
machine was busy with others. Everything is compiled before. ``FOLDER`` holds real hips, by default
that of ``HIPSIM_BONES``; without it the embedded hip is measured.
"""

import statistics
import time

import numpy as np

from benchmarks.cases import SUBJECTS, ct_hips, embedded_hip, hip_name
from benchmarks.clock import timed
from benchmarks.options import Options, parsed
from benchmarks.report import Goal, at_most, goal_table, machine, table, write
from hipsim.anatomy.hip import Hip
from hipsim.kinematics import motions
from hipsim.planner.live import LivePlanner, Wanted
from hipsim.planning.plan import plan
from hipsim.planning.plan_doubt import plan_doubt
from hipsim.planning.targets import DEFAULT_TARGETS, Target, as_targets, sex_of
from hipsim.planning.tradeoff import Amounts, tradeoff
from hipsim.planning.uncertainty import uncertainty

STEPS = {"full": 21, "quick": 11, "tiny": 3}
SAMPLES = {"full": 256, "quick": 256, "tiny": 128}
MOVES = {"full": 9, "quick": 5, "tiny": 2}
DEEPEST_MM, FARTHEST_DEG = 10.0, 40.0
PLANNED = {"depth_mm": 5.0, "angle_deg": 15.0}
TINY_TARGETS = {"neutral": 1.0}  # met as it is: only the samples of that


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the goals, write the tables."""
    options = parsed(__doc__.splitlines()[0], arguments)
    record = measure(options)
    goals = goals_of(record)
    print("\n".join(["", *map(str, goals)]))
    write(options.out, "decisions", record, goals=goals, text=text_of(record, goals))


def measure(options: Options) -> dict:
    """Return everything that was measured, ready for JSON."""
    began = time.perf_counter()
    few = options.size != "full"
    hips = ct_hips(options.bones, SUBJECTS[:1] if few else SUBJECTS, ("right",))
    record: dict = {"rows": []}
    for hip in hips or [embedded_hip()]:
        name = hip_name(hip) if hips else "embedded"
        print(f"{(time.perf_counter() - began) / 60:5.1f} min  {name}", flush=True)
        record["rows"].append({"hip": name, **measured(hip, options.size)})
    return record | {"machine": machine()}


def measured(hip: Hip, size: str) -> dict:
    """Measure one hip."""
    test = Target(motions.ifi_test(), 2.0, "2 mm")
    depths = Amounts("resect_lesser_trochanter", np.linspace(0, DEEPEST_MM, STEPS[size]))
    angles = Amounts("derotate_femur", np.linspace(0, FARTHEST_DEG, STEPS[size]))
    found, cpu, wall = timed(lambda: tradeoff(hip.evolved(), [test], depths, angles))
    row = {"tradeoff_s": min(cpu, wall), "front": len(found.front)}
    both = [*as_targets({"neutral": 15.0}), test]
    n = SAMPLES[size]
    doubt, cpu, wall = timed(lambda: uncertainty(hip.evolved(), both, n=n, **PLANNED))
    interval = doubt.after["ifi_test"]
    row |= {"uncertainty_s": min(cpu, wall), "samples": n}
    row |= {"low_mm": interval.low, "high_mm": interval.high, "chance": doubt.probability_of_all}
    return row | whole_plan(hip, n, size) | moves(hip, MOVES[size])


def whole_plan(hip: Hip, n: int, size: str) -> dict:
    """Measure a full plan, and the samples in it."""
    wanted = TINY_TARGETS if size == "tiny" else DEFAULT_TARGETS
    sex = sex_of(hip) or "female"
    found, cpu, wall = timed(lambda: plan(hip.evolved(), wanted, sex=sex, samples=n))
    row = {"plan_s": min(cpu, wall), "plan_cpu_s": cpu, "choices": len(found.decision)}
    changes = found.conservative.rows if found.conservative else ()
    helping = [change for change in changes if change.helps]
    _, cpu, wall = timed(lambda: plan_doubt(found.start, found.options, helping, n=n))
    return row | {"plan_doubt_s": min(cpu, wall)}


def moves(hip: Hip, n: int) -> dict:
    """Measure moves of the sliders."""
    asked = [motions.neutral(), motions.ifi_test(), motions.long_stride_walking(), motions.gait()]
    planner = LivePlanner(hip, asked, source="benchmark")
    planner.numbers(Wanted(depth_mm=0.7, angle_deg=0.7))
    turns = [Wanted(angle_deg=1.0 + 2.0 * i) for i in range(n)]
    cuts = [Wanted(depth_mm=1.0 + i) for i in range(n)]
    return {
        f"{name}_ms": 1e3
        * statistics.median(min(timed(lambda w=w: planner.numbers(w))[1:]) for w in all_)
        for name, all_ in (("derotation", turns), ("resection", cuts))
    }


def goals_of(record: dict) -> list[Goal]:
    """Return every goal with what was measured."""
    rows = record["rows"]
    return [
        at_most("trade-off map", [row["tradeoff_s"] for row in rows], 30, unit="s"),
        at_most("uncertainty of one plan", [row["uncertainty_s"] for row in rows], 30, unit="s"),
        at_most("samples of a full plan", [row["plan_doubt_s"] for row in rows], 30, unit="s"),
        at_most("full plan (own goal)", [row["plan_s"] for row in rows], 45, unit="s"),
        at_most("slider, derotation", [row["derotation_ms"] for row in rows], 150, unit="ms"),
        at_most("slider, resection", [row["resection_ms"] for row in rows], 400, unit="ms"),
    ]


def text_of(record: dict, goals: list[Goal]) -> str:
    """Return the report."""
    told = ", ".join(f"{name} {value}" for name, value in record["machine"].items())
    rows = record["rows"]
    heads = [
        "hip", "trade-off s", "on the front", "uncertainty s", "samples", "IFI test after, low mm",
        "high mm", "reaches both", "full plan s", "its samples s",
        "choices", "derotation ms", "resection ms",
    ]  # fmt: skip
    body = table(heads, ([*row.values()] for row in map(_ordered, rows)))
    head = f"# Decisions\n\nWritten by `python -m benchmarks.decisions`. {told}.\n\n"
    return head + goal_table(goals) + "\n## Hip by hip\n\n" + body


def _ordered(row: dict) -> dict:
    """Return a row in the order of the table."""
    names = (
        "hip", "tradeoff_s", "front", "uncertainty_s", "samples", "low_mm", "high_mm", "chance",
        "plan_s", "plan_doubt_s", "choices", "derotation_ms", "resection_ms",
    )  # fmt: skip
    return {name: row[name] for name in names}


if __name__ == "__main__":
    main()
