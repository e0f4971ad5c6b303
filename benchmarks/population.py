"""The experiment: 40,000 virtual subjects walk; and the reference population that ships.

    python -m benchmarks.population [--n N] [--out FOLDER]
    python -m benchmarks.population --reference [--n N]

Anatomy is drawn from published spreads; nothing is tuned on clearance. The first form runs 51
points of the gait cycle over N subjects of both sexes, judges the project's goals and writes the
report; in it other poses over fewer subjects stand beside what is published. The second makes the
module of reference percentiles anew from N subjects of each sex (4,096 by default).
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.population_text import report
from benchmarks.report import RESULTS, write
from hipsim.anatomy.population import Population, sample_population
from hipsim.kinematics.arcs import arc, neutral
from hipsim.kinematics.gait import gait
from hipsim.kinematics.motion import Motion
from hipsim.planning import reference_figures
from hipsim.planning.cohort import Cohort, run_cohort
from hipsim.planning.cohort_work import Moving
from hipsim.planning.reference import ReferencePopulation, reference_motions
from hipsim.study.cohort_files import reference_module

SUBJECTS, FEWER, REFERENCE = 40_000, 2_000, 4_096
GAIT_POINTS = 51
SEED = 1
CT_POSES: dict[str, tuple[float, float, float]] = {
    "neutral": (0, 0, 0),
    "ext10": (-10, 0, 0),
    "ext20": (-20, 0, 0),
    "add10": (0, 10, 0),
    "ER20": (0, 0, -20),
    "IR20": (0, 0, 20),
    "ext10+add10": (-10, 10, 0),
    "ext10+add10+ER20": (-10, 10, -20),
}


@dataclass(frozen=True, eq=False)
class Experiment:
    """What was run.

    Attributes
    ----------
    walking, walking_again
        The cohort over the gait cycle, and a smaller one of other subjects.
    seconds, core_seconds, seconds_before
        Of the large run, by the wall clock and by the processors', and of building the templates
        before it.
    poses
        The smaller cohort in single poses and arcs of one angle.
    """

    walking: Cohort
    walking_again: Cohort
    seconds: float
    core_seconds: float
    seconds_before: float
    poses: Cohort


def pose(name: str, flexion: float, adduction: float, rotation: float) -> Motion:
    """Return a single pose."""
    return neutral().evolved(
        name=name,
        flexion_deg=np.array([float(flexion)]),
        adduction_deg=np.array([float(adduction)]),
        rotation_deg=np.array([float(rotation)]),
        segments=(name,),
        threshold_mm=None,
    )


def single_motions() -> list[Motion]:
    """Return the poses of the CT hips and the arcs of the cadaver and CT studies."""
    arcs = {
        "rotation": arc(rotation_deg=(40, -60), step_deg=10),
        "adduction": arc(adduction_deg=(-20, 20), step_deg=10),
        "extension": arc(flexion_deg=(10, -30), step_deg=10),
        "provoked": arc(flexion_deg=-10, adduction_deg=10, rotation_deg=(0, -60), step_deg=2),
    }
    named = [m.evolved(name=n, segments=(n,) * m.n_poses) for n, m in arcs.items()]
    return [*(pose(name, *angles) for name, angles in CT_POSES.items()), *named]


def experiment(n: int, told: Callable[[str], None]) -> Experiment:
    """Run the experiment over n subjects."""
    start = time.perf_counter()
    for sex in ("female", "male"):
        Moving.of(sex, ("extracapsular", "ischium"))
    before = time.perf_counter() - start
    told(f"templates: {before:.0f} s")
    walk = gait(n_poses=GAIT_POINTS)
    start, busy = time.perf_counter(), _core_seconds()
    walking = run_cohort(sample_population(n, seed=SEED), [walk], progress=_told(told))
    seconds, busy = time.perf_counter() - start, _core_seconds() - busy
    told(f"{n} subjects: {seconds:.0f} s")
    fewer = sample_population(min(n, FEWER), seed=SEED + 1)
    again = run_cohort(fewer, [walk])
    poses = run_cohort(fewer, single_motions())
    return Experiment(walking, again, seconds, busy, before, poses)


def _core_seconds() -> float:
    """Return the processor time of this process and of those it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def make_reference(n: int, told: Callable[[str], None]) -> ReferencePopulation:
    """Run every named motion over n women and n men and write the module that ships."""
    motions, made = reference_motions(), []
    for share in (1.0, 0.0):
        population: Population = sample_population(n, sex_ratio=share, seed=0, method="sobol")
        made.append(
            ReferencePopulation.from_cohort(run_cohort(population, motions, progress=_told(told)))
        )
    table = {m: {**made[0].table_mm[m], **made[1].table_mm[m]} for m in made[0].motions}
    source = (
        f"{n} virtual women and {n} virtual men, Sobol, seed 0; anatomy from published means, "
        "spreads and correlations, nothing tuned on clearance; extracapsular femur to ischium"
    )
    reference = ReferencePopulation("hipsim reference 1", source, made[0].levels, table)
    module = Path(str(reference_figures.__file__))
    command = "python -m benchmarks.population --reference"
    module.write_text(reference_module(reference, command=command), encoding="utf-8")
    told(f"written: {module}")
    return reference


def _told(told: Callable[[str], None]) -> Callable[[int, int], None]:
    """Return a progress that speaks every tenth of the way."""
    spoken = [0]

    def progress(done: int, total: int) -> None:
        if done * 10 // total > spoken[0]:
            spoken[0] = done * 10 // total
            told(f"  {done} of {total}")

    return progress


def main(arguments: list[str] | None = None) -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, help="subjects, or subjects of a sex")
    parser.add_argument("--reference", action="store_true", help="make the reference anew")
    parser.add_argument("--out", type=Path, help="folder for the report")
    given = parser.parse_args(arguments)

    def told(text: str) -> None:
        print(text, flush=True)

    if given.reference:
        make_reference(given.n or REFERENCE, told)
        return
    n = given.n or SUBJECTS
    done = experiment(n, told)
    out = given.out or (RESULTS if n == SUBJECTS else Path("out/benchmarks"))
    text, record, goals = report(done)
    write(out, "population", record, goals=goals, text=text)
    print(text)


if __name__ == "__main__":
    main()
