"""What does one pose cost, and a whole sweep: hipsim beside the libraries a user would pick?

    python -m benchmarks.distance [--bones FOLDER] [--quick] [--out FOLDER]

All libraries that are installed answer the same poses of the same surfaces in one run, in turns
(``clock``); which surfaces and poses, ``cases`` says, how many, ``sizes``. Tables, goals and a
chart go to ``benchmarks/results/`` (a quick run: ``out/benchmarks/``). ``FOLDER`` holds real hips
(``vsd/z001`` and so on), by default that of the variable ``HIPSIM_BONES``; without it they are
left out and said so.
"""

import time
from pathlib import Path

from benchmarks import cases, fresh, sweeps
from benchmarks.distance_goals import goals_of
from benchmarks.distance_text import text_of
from benchmarks.options import parsed
from benchmarks.peers import BOUNDS, EXACT, FCL, HIPSIM, Peer, installed
from benchmarks.report import machine, write
from benchmarks.sizes import SIZES, Size
from hipsim.anatomy.hip import Hip

TABLES = "builds", "sweeps", "ends", "arcs", "bounds"
HELD_BY = HIPSIM.name, "coal", FCL.name  # the others hold what these hold


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the goals, write tables and chart."""
    options = parsed(__doc__.splitlines()[0], arguments)
    record = measure(SIZES[options.size], options.bones)
    goals = goals_of(record)
    print("\n".join(["", *map(str, goals)]))
    write(options.out, "distance", record, goals=goals, text=text_of(record, goals))
    from benchmarks.charts import draw_distance

    draw_distance(record, options.out / "distance.png")


def measure(size: Size, bones: Path | None) -> dict:
    """Return everything that was measured, ready for JSON."""
    began = time.perf_counter()
    peers, absent = installed(EXACT)
    libraries = [HIPSIM, *peers]
    bounds, no_bounds = installed(BOUNDS if size.bound_poses else ())
    hips = cases.ct_hips(bones, size.subjects, size.sides)
    warm_up(libraries)
    record: dict = {"size": size.name, "has_bones": bool(hips), **{name: [] for name in TABLES}}
    say("starts, memory, threads, agreement", began)
    record |= at_first(size, hips, libraries, bones)
    for case in all_cases(size, hips):
        say(f"{case.name} ({len(case.a.faces)} x {len(case.b.faces)} faces)", began)
        for name, row in sweeps.measured(case, libraries, size):
            record[name].append(row)
    some = [cases.tubes(size.faces[0]), *map(cases.hip_case, hips[:1])]
    for case in some if bounds else ():
        askers = {HIPSIM.name: HIPSIM.build(case.a, case.b)}
        row = sweeps.upper_bounds(case, bounds, askers, size.bound_poses)
        record["bounds"].append(row)
    versions = {p.name: p.version for p in (*peers, *bounds)}
    ended = {"minutes": (time.perf_counter() - began) / 60, "machine": machine()}
    return record | ended | {"versions": versions, "absent": absent | no_bounds}


def at_first(size: Size, hips: list[Hip], libraries: list[Peer], bones: Path | None) -> dict:
    """Measure what is not measured case by case, first what could fail."""
    checked = [cases.hip_case(hip) for hip in hips] or [cases.tubes(size.faces[0])]
    scaled = [cases.tubes(size.faces[min(1, len(size.faces) - 1)]), *checked[:2]]
    held_by = [peer for peer in libraries if peer.name in HELD_BY]
    named = [f"tubes {n / 1000:g}k" for n in size.faces] + [case.name for case in checked[:4]]
    names = [name for name in dict.fromkeys(named) if size.warm_starts]
    return {
        "starts": fresh.starts(size.warm_starts) if size.warm_starts else {},
        "memory": sweeps.memory(names, held_by, bones),
        "threads": [sweeps.threads(case, size) for case in scaled],
        "agreement": sweeps.agreement(checked, libraries, size.agreement),
    }


def all_cases(size: Size, hips: list[Hip]):
    """Yield the cases of a size one by one."""
    if not hips:
        print("(real hips left out: give their folder with --bones)")
    for n_faces in size.faces:
        yield cases.tubes(n_faces)
    for hip in hips:
        yield cases.hip_case(hip)
    ends = [hips[0], hips[-1]] if hips else []
    for hip in ends[: size.sockets]:
        yield cases.socket_case(hip)


def warm_up(libraries: list[Peer]) -> None:
    """Import and compile everything before the clock runs."""
    for case in (cases.tubes(500), cases.tubes(20_000)):
        poses = case.all_poses(cases.COARSE)[:128]
        for peer in libraries:
            peer.build(case.a, case.b)(poses)
        query = sweeps.DistanceQuery(case.a, case.b)
        sweeps.least_distance(query, poses)


def say(text: str, began: float) -> None:
    """Print what is measured now."""
    print(f"{(time.perf_counter() - began) / 60:5.1f} min  {text}", flush=True)


if __name__ == "__main__":
    main()
