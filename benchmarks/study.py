"""What does a study cost beside its computing: memory of the driver, overhead, a second process?

    python -m benchmarks.study [--quick] [--out FOLDER]

*Computing*: a real study (case folders, derotations and resections) on one process and on two, each
process with one thread, from nothing to results. *Driver*: 100,000 plan evaluations through the
driver (keys, writing, flushing, merging), in a process of its own whose memory is measured. So that
this takes minutes, its shards are not computed: each is given the content of one that was. The
seconds the driver takes are told as a share of those the same evaluations take to compute, as
measured in the first part. Where others are at work on the machine the wall clock judges nothing:
then only processor time does. By processor time two processes are as fast as the driver's own work,
taken to overlap with nothing, and half of the work of both.
"""

import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.fresh import run
from benchmarks.options import Options, parsed
from benchmarks.report import Goal, at_least, at_most, goal_table, machine, table, write
from benchmarks.study_work import PLANS_EACH
from hipsim.study.executors import processors

MEMORY_MB = 1000.0
OVERHEAD = 0.10
SCALING = 1.7
QUIET_LOAD = 0.5  # processes that wanted to run in the minute before the start


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Parameters
    ----------
    driven
        Plan evaluations through the driver, from few to many.
    hips
        Hips of the real study, 16 plans each.
    repeats
        How often it runs on one and on two processes, in turns; the best of each counts.
    """

    driven: tuple[int, ...]
    hips: int
    repeats: int


SIZES = {
    "full": Size((10_000, 100_000), 24, 3),
    "quick": Size((2_000, 20_000), 8, 1),
    "tiny": Size((16, 32), 1, 1),
}


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the goals, write tables and chart."""
    options = parsed(__doc__.splitlines()[0], arguments)
    record = measure(options)
    goals = goals_of(record)
    print("\n".join(["", *map(str, goals)]))
    write(options.out, "study", record, goals=goals, text=text_of(record, goals))
    draw(record, options.out / "study.png")


def measure(options: Options) -> dict[str, Any]:
    """Run every part, each in a process of its own."""
    size, load = SIZES[options.size], os.getloadavg()[0]
    turns: dict[str, list[dict]] = {"1": [], "2": []}
    for _ in range(size.repeats):
        for workers in turns:
            turns[workers].append(_work("compute", size.hips, workers))
            print(f"{workers} processes: {turns[workers][-1]['wall_s']:.1f} s", file=sys.stderr)
    best = {workers: min(found, key=lambda one: one["wall_s"]) for workers, found in turns.items()}
    driven = []
    for count in size.driven:
        driven.append(_work("drive", count))
        print(f"{count} driven: {driven[-1]['peak_mb']:.0f} MB", file=sys.stderr)
    return {
        "machine": machine() | {"processors free": str(processors()), "load before": f"{load:.1f}"},
        "is_quiet": load <= QUIET_LOAD,
        "size": options.size,
        "compute": best,
        "driven": driven,
        "evaluations": size.hips * PLANS_EACH,
    }


def _work(*arguments: object) -> dict[str, Any]:
    """Run one part in a new process and return what it measured."""
    words = ["-m", "benchmarks.study_work", *map(str, arguments)]
    return json.loads(run(words))


def overheads(record: dict[str, Any], clock: str) -> list[float]:
    """Return the driver's seconds as a share of those the evaluations take to compute.

    Parameters
    ----------
    record
        What was measured.
    clock
        ``"wall"`` or ``"cpu"``.
    """
    one = record["compute"]["1"]
    each_s = (one["shards_s"] if clock == "wall" else one["workers_cpu_s"]) / record["evaluations"]
    return [one[f"{clock}_s"] / (one["evaluations"] * each_s) for one in record["driven"]]


def scaling(record: dict[str, Any], clock: str) -> float:
    """Return how much faster two processes are than one, by a clock."""
    one, two = (record["compute"][workers] for workers in ("1", "2"))
    if clock == "wall":
        return one["wall_s"] / two["wall_s"]
    whole = one["driver_cpu_s"] + one["workers_cpu_s"]
    return whole / (two["driver_cpu_s"] + 0.5 * two["workers_cpu_s"])


def goals_of(record: dict[str, Any]) -> list[Goal]:
    """Judge the goals; by the wall clock only where the machine was quiet."""
    driven = record["driven"]
    most = max(found["evaluations"] for found in driven)
    grown = driven[-1]["peak_mb"] - driven[0]["peak_mb"]
    goals = [
        at_most(
            f"driver memory, {most:,} evaluations", [driven[-1]["peak_mb"]], MEMORY_MB, unit="MB"
        ),
        at_most(
            "driver memory more than that of the smaller study",
            [grown],
            0.2 * MEMORY_MB,
            unit="MB",
        ),
    ]
    for clock, told in (("wall", "by the wall clock"), ("cpu", "by processor time")):
        own = [
            at_most(
                f"sharding and writing over computing, {told}",
                overheads(record, clock),
                OVERHEAD,
                unit="x",
            ),
            at_least(f"two processes over one, {told}", [scaling(record, clock)], SCALING),
        ]
        is_told = clock == "cpu" or record["is_quiet"]
        goals += own if is_told else [replace(goal, state="not measured") for goal in own]
    return goals


def text_of(record: dict[str, Any], goals: list[Goal]) -> str:
    """Write the report."""
    computed = [
        [
            workers,
            found["wall_s"],
            found["shards_s"],
            found["workers_cpu_s"],
            found["driver_cpu_s"],
            record["evaluations"] / found["wall_s"],
        ]
        for workers, found in record["compute"].items()
    ]
    driven = [
        [
            f"{found['evaluations']:,}",
            found["wall_s"],
            found["cpu_s"],
            share,
            found["peak_mb"],
            found["results_mb"],
            1e3 * found["wall_s"] / found["evaluations"],
        ]
        for found, share in zip(record["driven"], overheads(record, "cpu"), strict=True)
    ]
    parts = [
        "# Studies: memory, overhead, a second process\n",
        " ".join(__doc__.split("\n\n")[2].split()) + "\n",
        goal_table(goals),
        f"## Computing: {record['evaluations']} plan evaluations\n",
        table(
            [
                "processes",
                "wall s",
                "sum of shards s",
                "workers' processor s",
                "driver's processor s",
                "evaluations per s",
            ],
            computed,
        ),
        "## Driver\n",
        table(
            [
                "evaluations",
                "wall s",
                "processor s",
                "share of computing",
                "peak MB",
                "results MB",
                "ms each",
            ],
            driven,
        ),
        "## Machine\n",
        table(["", ""], record["machine"].items()),
    ]
    return "\n".join(parts)


def draw(record: dict[str, Any], path: Path) -> None:
    """Draw the driver's memory while the studies run."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4))
    for found in record["driven"]:
        shares, memory = zip(*found["trace"], strict=True)
        axes.plot([100 * s for s in shares], memory, label=f"{found['evaluations']:,} evaluations")
    axes.axhline(MEMORY_MB, color="0.6", linestyle="--", label="goal: at most")
    axes.set(xlabel="done (%), then merged", ylabel="memory of the driver (MB)", ylim=(0, None))
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120, bbox_inches="tight")
    plt.close(figure)


if __name__ == "__main__":
    main()
