"""``hipsim run``: a scenario file to a folder of results."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from hipsim.study.executors import Executor
    from hipsim.study.output import Written
    from hipsim.study.scenario import Scenario

EXIT_FAILED = 1  # some hip or plan could not be computed
EXIT_INTERRUPTED = 130
MOST_REASONS = 10


def run(
    scenario: Path,
    /,
    *,
    out: Path | None = None,
    overwrite: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    workers: int | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
) -> int:
    """Run every hip, plan and motion of a scenario, or go on with a run that was stopped.

    Writes results.csv, results.nc (netCDF4), measures.json, manifest.json, log.jsonl and pictures.
    A folder that holds results already is refused. Stopped for whatever reason, the same command
    goes on where it was. A hip or plan that cannot be computed is a row with its reason, and the
    exit code is 1.

    Parameters
    ----------
    scenario
        A scenario file (YAML, TOML or JSON), or the name of an embedded one.
    out
        Folder for the results; made if missing.
    overwrite
        Replace the results the folder holds.
    dry_run
        Say how much would be run, how long it would take and how large it would be.
    workers
        Number of processes on this machine; by default one per processor. They are hipsim's own:
        no Dask, no extra. With --scheduler local it is the number of Dask's workers.
    scheduler
        Address of a Dask scheduler whose workers compute (needs the extra cluster); "local"
        starts a Dask cluster on this machine.
    shard
        i/N: compute the i-th of N parts only, as in an array job; when all parts are done, run
        without it to write the results.
    """
    from hipsim.errors import InputError
    from hipsim.study.scenario import load_scenario

    checked = load_scenario(scenario)
    if dry_run:
        print(forecast(checked, out, workers))
        return 0
    if out is None:
        raise InputError("say where the results shall go: --out FOLDER")
    chosen = choose_executor(checked, workers, scheduler)
    existing: Literal["refuse", "replace"] = "replace" if overwrite else "refuse"
    return run_and_tell(checked, out, existing=existing, executor=chosen, shard=shard)


def choose_executor(scenario: "Scenario", workers: int | None, scheduler: str | None) -> "Executor":
    """Choose who computes: a Dask cluster, processes, or this process where there is one shard."""
    from hipsim.errors import InputError
    from hipsim.study.executors import Inline, Processes, processors
    from hipsim.study.shards import n_shards

    if scheduler is not None:
        from hipsim.study.cluster import LOCAL, Cluster

        if workers is not None and scheduler != LOCAL:
            raise InputError(
                "--workers counts processes of this machine; those of a Dask scheduler are "
                f"started with: dask worker {scheduler} --nthreads 1"
            )
        return Cluster(scheduler, workers)
    count = min(processors(), n_shards(scenario)) if workers is None else workers
    return Inline() if count == 1 else Processes(count)


def run_and_tell(
    scenario: "Path | Scenario",
    out: Path,
    *,
    existing: Literal["refuse", "replace"],
    executor: "Executor | None" = None,
    shard: str | None = None,
) -> int:
    """Run a scenario into a folder, print what was found and written, return the exit code."""
    from hipsim.cli.progress import StudyBar
    from hipsim.study.output import Part, run_to_folder

    part = None if shard is None else Part.parsed(shard)
    try:
        with StudyBar("hips x plans") as progress:
            done = run_to_folder(
                scenario, out, existing=existing, executor=executor, part=part, progress=progress
            )
    except KeyboardInterrupt:
        return _tell_stopped(out)
    print(_part_told(done, part.of) if part is not None else told(done))
    return EXIT_FAILED if done.n_failed else 0


def told(done: "Written") -> str:
    """Write what was found and written."""
    tables = [path.name for path in done.files if path.suffix not in (".png", ".svg")]
    n_pictures = len({path.stem for path in done.files if path.name not in tables})
    lines = [summary(done), "", *failures(done)]
    pictures = f" and {n_pictures} pictures" if n_pictures else ""
    lines.append(f"Written to {done.folder}: {', '.join(tables)}{pictures}.")
    lines += [f"Note: {notice}" for notice in done.notices]
    return "\n".join([*lines, "Research software, not a medical device."])


def failures(done: "Written") -> list[str]:
    """List what failed, most frequent first."""
    if not done.n_failed:
        return []
    lines = [f"{done.n_failed} hips x plans failed; the reason is in their row:"]
    lines += [f"{count:>7}  {why}" for why, count in done.failures[:MOST_REASONS]]
    return [*lines, ""]


def summary(done: "Written") -> str:
    """Lay out the smallest space of every hip, motion and plan, as people say it."""
    if not done.rows:
        return f"{done.scenario.n_runs} rows of results: 'hipsim results {done.folder}' sums up"
    from hipsim.cli.results import wrapped

    tables = []
    for source in done.scenario.hips:
        own = [row for row in done.rows if row["hip"] == source.name and not row["failure"]]
        if own:
            table = f"{source.name}, {source.side} hip\n{_table(own, done.scenario)}"
            tables.append("\n".join([table, *wrapped(answer(own))]))
    return "\n\n".join([*tables, "Negative space: the bones overlap by that depth."])


def answer(found: "list[dict[str, Any]]") -> list[str]:
    """Say what reaches each target on a hip, or comes nearest.

    Parameters
    ----------
    found
        Rows of the table of one hip.
    """
    from hipsim.study.target_words import Judged, target_sentences

    return target_sentences(
        Judged(
            row["motion"],
            row["plan"],
            row["target_mm"],
            row["space_after_mm"],
            float(row["target_reached"] == "yes"),
        )
        for row in found
        if row["target_reached"] is not None
    )


def forecast(scenario: "Scenario", out: Path | None, workers: int | None) -> str:
    """Write what a scenario would run."""
    from hipsim.cli.progress import duration
    from hipsim.study.estimate import estimate
    from hipsim.study.executors import processors

    found = estimate(scenario, out)
    count = min(workers or processors(), found.n_shards)
    per = f"measured here: {found.hip_s:.2g} s per hip, {found.plan_s:.2g} s per plan"
    took = f"about {duration(found.seconds / count)} on {_counted(count, 'process')} ({per})"
    lines = [
        scenario.name,
        f"  hips     {found.n_hips}",
        f"  plans    {found.n_plans}, the intact hip among them",
        f"  motions  {found.n_motions}, {found.n_poses} poses together",
        f"  work     {scenario.n_plans} hips x plans in {_counted(found.n_shards, 'shard')}; "
        f"{found.n_done} of them done",
        f"  time     {took if not found.problem else f'not known: {found.problem}'}",
        f"  disk     {_size(found.result_bytes)} at most, {_size(found.peak_bytes)} meanwhile",
    ]
    return "\n".join(lines)


def _counted(count: int, thing: str) -> str:
    """Write a number of things."""
    ending = "" if count == 1 else "es" if thing.endswith("s") else "s"
    return f"{count} {thing}{ending}"


def _size(count: int) -> str:
    """Write a number of bytes."""
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count / 1e3:.3g} kB"


def _part_told(done: "Written", n_parts: int) -> str:
    """Write what a part has done and what is still to do."""
    lines = failures(done)
    if done.n_missing:
        owed = _counted(done.n_missing, "shard")
        lines.append(f"This part is done; the others still owe {owed}.")
    else:
        lines.append(f"All {n_parts} parts are done: run without --shard to write the results.")
    return "\n".join(lines)


def _tell_stopped(out: Path) -> int:
    """Say what is kept of a run that was stopped."""
    import sys

    from hipsim.study.output import kept_plans

    kept = kept_plans(out)
    words = "nothing was written"
    if kept:
        words = f"{kept} shards are kept in {out}; the same command goes on from there"
    print(f"hipsim: stopped; {words}", file=sys.stderr)
    return EXIT_INTERRUPTED


def _table(found: list[dict[str, Any]], scenario: "Scenario") -> str:
    """Lay out the rows of one hip, motion by motion."""
    from hipsim.cli.tables import aligned

    motions = [motion.name for motion in scenario.motions]
    found = sorted(found, key=lambda row: motions.index(row["motion"]))
    if len(scenario.plans) == 1:
        header, align = ["motion", "space mm"], "lr"
        lines = [[row["motion"], _space(row)[1]] for row in found]
    else:
        header, align = ["motion", "plan", "before mm", "after mm", "gain mm"], "llrrr"
        lines = [[row["motion"], row["plan"], *_space(row)] for row in found]
    if scenario.targets_mm:
        header, align = [*header, "target mm", "missing mm"], f"{align}rr"
        lines = [[*line, *_target(row)] for line, row in zip(lines, found, strict=True)]
    where = [[_pose(row), row["structure"].replace("_", " ")] for row in found]
    lines = [[*line, *each] for line, each in zip(lines, where, strict=True)]
    return aligned([*header, "smallest at", "structure"], lines, f"{align}ll")


def _target(row: dict[str, Any]) -> list[str]:
    """Write the target and what is missing of it."""
    from hipsim.cli.results import missing_words

    target, after = row["target_mm"], row["space_after_mm"]
    if target is None:
        return ["", ""]
    return [f"{target:.1f}", missing_words(max(target - after, 0.0))]


def _space(row: dict[str, Any]) -> list[str]:
    """Write the space before, after, and the gain of a plan."""
    before, after, gain = (
        "" if row[key] is None else f"{round(row[key], 1) + 0.0:{form}}"
        for key, form in (
            ("space_before_mm", ".1f"),
            ("space_after_mm", ".1f"),
            ("gain_mm", "+.1f"),
        )
    )
    return [before, after, "" if row["plan"] == "intact" else gain]


def _pose(row: dict[str, Any]) -> str:
    """Write a pose in clinical words, without the angles that are zero."""
    from hipsim.viz.words import describe_pose

    words = describe_pose({a: row[f"{a}_deg"] for a in ("flexion", "adduction", "rotation")})
    moved = [part for part in words.split(", ") if not part.endswith(" 0\N{DEGREE SIGN}")]
    return ", ".join(moved) or "neutral pose"
