"""``hipsim run``: a scenario file to a folder of results."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from hipsim.study.run import Results

MOST_ROWS = 60  # a longer table is left to results.csv


def run(
    scenario: Path,
    /,
    *,
    out: Path,
    overwrite: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Run every hip, plan and motion of a scenario.

    Writes results.csv, results.nc (netCDF4), measures.json, manifest.json and pictures. A folder
    that holds results already is refused.

    Parameters
    ----------
    scenario
        A scenario file (YAML), or the name of an embedded one.
    out
        Folder for the results; made if missing.
    overwrite
        Replace the results the folder holds.
    """
    from hipsim.io.catalogue import embedded_scenarios

    embedded = embedded_scenarios()
    path = scenario if scenario.exists() else embedded.get(str(scenario), scenario)
    run_and_tell(path, out, existing="replace" if overwrite else "refuse")


def run_and_tell(scenario: Path, out: Path, *, existing: Literal["refuse", "replace"]) -> None:
    """Run a scenario into a folder and print what was found and written."""
    from hipsim.cli.progress import ProgressBar
    from hipsim.study.output import run_to_folder

    with ProgressBar("hips x plans") as progress:
        done = run_to_folder(scenario, out, existing=existing, progress=progress)
    print(summary(done.results))
    tables = [path.name for path in done.files if path.suffix not in (".png", ".svg")]
    n_pictures = len({path.stem for path in done.files if path.name not in tables})
    print(f"\nWritten to {out}: {', '.join(tables)} and {n_pictures} pictures.")
    for notice in done.notices:
        print(f"Note: {notice}")
    print("Research software, not a medical device.")


def summary(results: "Results") -> str:
    """Lay out the smallest space of every hip, motion and plan, as people say it.

    Parameters
    ----------
    results
        Of a run.
    """
    from hipsim.study.table import rows

    found = list(rows(results))
    if len(found) > MOST_ROWS:
        return f"{len(found)} rows of results: see results.csv"
    tables = []
    for hip in results.hips:
        own = [row for row in found if row["hip"] == hip.name]
        tables.append(f"{hip.name}, {hip.side} hip\n{_table(own, results)}")
    return "\n\n".join([*tables, "Negative space: the bones overlap by that depth."])


def _table(found: list[dict[str, Any]], results: "Results") -> str:
    """Lay out the rows of one hip, motion by motion."""
    from hipsim.cli.tables import aligned

    motions = [motion.name for motion in results.scenario.motions]
    found = sorted(found, key=lambda row: motions.index(row["motion"]))
    space = [_space(row) for row in found]
    where = [[_pose(row), row["structure"].replace("_", " ")] for row in found]
    if len(results.scenario.plans) == 1:
        header = ["motion", "space mm", "smallest at", "structure"]
        lines = [[row["motion"], s[1], *w] for row, s, w in zip(found, space, where, strict=True)]
        return aligned(header, lines, "lrll")
    header = ["motion", "plan", "before mm", "after mm", "gain mm", "smallest at", "structure"]
    lines = [
        [row["motion"], row["plan"], *s, *w] for row, s, w in zip(found, space, where, strict=True)
    ]
    return aligned(header, lines, "llrrrll")


def _space(row: dict[str, Any]) -> list[str]:
    """Write the space before, after, and the gain of a plan."""
    before, after, gain = (
        round(row[key], 1) + 0.0 for key in ("space_before_mm", "space_after_mm", "gain_mm")
    )
    return [f"{before:.1f}", f"{after:.1f}", "" if row["plan"] == "intact" else f"{gain:+.1f}"]


def _pose(row: dict[str, Any]) -> str:
    """Write a pose in clinical words, without the angles that are zero."""
    from hipsim.viz.words import describe_pose

    words = describe_pose({a: row[f"{a}_deg"] for a in ("flexion", "adduction", "rotation")})
    moved = [part for part in words.split(", ") if not part.endswith(" 0\N{DEGREE SIGN}")]
    return ", ".join(moved) or "neutral pose"
