"""``hipsim cohort``: motions over a population of virtual hips, to a table."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from hipsim.kinematics.motion import Motion
    from hipsim.planning.cohort import Cohort

MotionName = Literal["neutral", "ifi_test", "gait", "long_stride_walking", "front_split", "faber"]


def cohort(
    *,
    out: Path,
    n: int = 1000,
    sex_ratio: float = 0.5,
    seed: int = 0,
    motion: Annotated[tuple[MotionName, ...], Parameter(negative="")] = ("gait", "ifi_test"),
    method: Literal["random", "sobol"] = "random",
    derotation: float = 0.0,
    workers: int | None = None,
    overwrite: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Run motions over a population of virtual hips.

    Writes cohort.csv (a row per subject and motion), summary.csv (a row per sex and motion) and
    manifest.json. Building the templates takes about half a minute, a thousand subjects about
    twenty seconds.

    Parameters
    ----------
    out
        Folder for the tables; made if missing.
    n
        Number of subjects.
    sex_ratio
        Share of women, 0 to 1.
    seed
        Same seed, same subjects.
    motion
        Give it several times for several motions.
    method
        Independent subjects, or subjects spread evenly.
    derotation
        Turn the distal femur of everybody below the lesser trochanter first, in degrees.
    workers
        Processes; all processors by default.
    overwrite
        Replace the results the folder holds.
    """
    import time

    from hipsim.anatomy.population import sample_population
    from hipsim.cli.progress import ProgressBar
    from hipsim.planning.cohort import run_cohort
    from hipsim.study.cohort_files import refuse_cohort, write_cohort

    existing = "replace" if overwrite else "refuse"
    refuse_cohort(out, existing=existing)
    population = sample_population(n, sex_ratio=sex_ratio, seed=seed, method=method)
    start = time.monotonic()
    with ProgressBar("subjects") as progress:
        progress(0, n)
        found = run_cohort(
            population,
            _chosen(motion),
            derotation_deg=derotation,
            n_workers=workers,
            progress=progress,
        )
    files = write_cohort(found, out, existing=existing, seconds=time.monotonic() - start)
    print(summary(found))
    print(f"\nWritten to {out}: {', '.join(path.name for path in files)}.")
    if found.failures:
        print(f"Note: {len(found.failures)} of {n} subjects failed; cohort.csv says why.")
    print("Research software, not a medical device.")


def summary(found: "Cohort") -> str:
    """Lay out mean, spread and percentiles of the smallest space by motion and sex.

    Parameters
    ----------
    found
        A cohort that was run.
    """
    from hipsim.cli.tables import aligned
    from hipsim.study.cohort_files import summary_rows

    header = ["motion", "sex", "hips", "space mm", "p5", "p50", "p95", "below threshold"]
    lines = []
    for row in summary_rows(found):
        if row["subjects"] == 0:
            continue
        share, threshold = row["share_of_subjects_below"], row["threshold_mm"]
        below = "" if share is None else f"{100 * share:.0f} % below {threshold:g} mm"
        space = f"{row['mean_mm']:.1f} +- {row['sd_mm']:.1f}"
        percentiles = [f"{row[name]:.1f}" for name in ("p5_mm", "p50_mm", "p95_mm")]
        count = str(row["subjects"])
        lines.append([row["motion"], row["sex"], count, space, *percentiles, below])
    return aligned(header, lines, "llrrrrrl")


def _chosen(names: tuple[MotionName, ...]) -> list["Motion"]:
    """Return the motions with their defaults, each once."""
    from hipsim.planning.reference import reference_motions

    known = {motion.name: motion for motion in reference_motions()}
    return [known[name] for name in dict.fromkeys(names)]
