"""The measurements of the distance benchmark; each returns plain rows for a table.

Times of single threads are processor microseconds per pose or processor seconds, unless a name
says ``wall``.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from benchmarks import fresh
from benchmarks.cases import COARSE, DEGREE, Case, PoseSet, random_poses, rotation_arcs
from benchmarks.clock import Turns, median_of, one_processor, take_turns, timed
from benchmarks.peers import COAL, COAL_PRESET, FCL, HIPSIM, Answer, Peer
from benchmarks.sizes import Size
from hipsim.checks import Array
from hipsim.proximity import DistanceQuery

Row = dict
FEW_ROUNDS = (FCL.name, "trimesh")  # slower than coal nearly everywhere: one round tells
LARGEST_WHOLE = 200_000  # faces of a side up to which whole dense grids are answered
BUILDS = 3


def built(case: Case, libraries: list[Peer]) -> tuple[dict[str, Answer], Row]:
    """Build every library's structures, in turns, and return what answers, and the times."""
    times: dict[str, list[float]] = {peer.name: [] for peer in libraries}
    askers = {}
    for _ in range(BUILDS):
        for peer in libraries:
            askers[peer.name], cpu, _ = timed(lambda peer=peer: peer.build(case.a, case.b))
            times[peer.name].append(1e3 * cpu)
    faces = [len(case.a.faces), len(case.b.faces)]
    build_ms = {name: median(values) for name, values in times.items()}
    return askers, {"case": case.name, "group": case.group, "faces": faces, "build_ms": build_ms}


def swept(case: Case, pose_set: PoseSet, askers: dict[str, Answer], size: Size) -> Row:
    """Measure the cost per pose on stretches of a grid, structures built and grids filled."""
    places = max(1, size.places - 1) if case.group == "socket" else size.places
    parts = [case.poses(pose_set.angles_deg(run)) for run in pose_set.stretches(places)]
    for part in parts:
        askers[HIPSIM.name](part)
    turns, answers = take_turns(askers, parts, rounds_of(list(askers), pose_set, size))
    found = {name: np.concatenate(values) for name, values in answers.items()}
    ours = found.pop(HIPSIM.name)
    return {
        "case": case.name,
        "group": case.group,
        "poses": pose_set.name,
        "step_deg": pose_set.step_deg,
        "answered": len(ours),
        "in_contact": float((ours == 0.0).mean()),
        "cpu_us": {name: own.cpu_us() for name, own in turns.items()},
        "wall_us": {name: own.wall_us() for name, own in turns.items()},
        "ratio_quartiles": {name: spread(turns, name) for name in found},
        "differ_mm": {name: float(np.abs(other - ours).max()) for name, other in found.items()},
    }


def rounds_of(names: list[str], pose_set: PoseSet, size: Size) -> dict[str, int]:
    """Return how often each library answers each stretch: most where a goal is judged."""
    often = size.rounds if pose_set in (COARSE, DEGREE) else 1
    rounds = {name: 1 if name in FEW_ROUNDS else often for name in names}
    return rounds | {HIPSIM.name: size.rounds}


def spread(turns: dict[str, Turns], name: str) -> list[float]:
    """Return the quartiles over stretches of what a library takes over what ours takes."""
    pairs = zip(turns[name].part_us(), turns[HIPSIM.name].part_us(), strict=True)
    ratios = [other / ours for other, ours in pairs]
    return quantiles(ratios, n=4) if len(ratios) > 1 else 3 * ratios


def ends_coarse(case: Case, libraries: list[Peer], pose_set: PoseSet, size: Size) -> Row:
    """Measure build and all poses of a small grid, from nothing, every library in full."""
    poses = case.all_poses(pose_set)
    times: dict[str, list[float]] = {peer.name: [] for peer in libraries}
    for k in range(size.rounds):
        for peer in libraries:
            if k == 0 or peer.name not in FEW_ROUNDS:
                work = lambda peer=peer: peer.build(case.a, case.b)(poses)  # noqa: E731
                times[peer.name].append(timed(work)[1])
    seconds = {name: median(values) for name, values in times.items()}
    return _end(case, pose_set, seconds, answered=len(poses))


def ends_whole(case: Case, pose_set: PoseSet, build: Row, sweep: Row) -> Row:
    """Measure ours on a whole grid from nothing; others: build, and the sweep's cost, scaled."""
    poses = case.all_poses(pose_set)
    repeats = 2 if len(poses) < 100_000 and case.group != "socket" else 1
    _, ours, _ = median_of(lambda: HIPSIM.build(case.a, case.b)(poses), repeats)
    others = {
        name: 1e-3 * build["build_ms"][name] + 1e-6 * us * len(poses)
        for name, us in sweep["cpu_us"].items()
    }
    return _end(case, pose_set, others | {HIPSIM.name: ours}, answered=sweep["answered"])


def _end(case: Case, pose_set: PoseSet, seconds: dict[str, float], *, answered: int) -> Row:
    """Return a row of the end-to-end table."""
    return {
        "case": case.name,
        "group": case.group,
        "poses": pose_set.name,
        "n_poses": len(pose_set),
        "peers_answered": answered,
        "cpu_s": seconds,
    }


def is_worth_whole(case: Case, pose_set: PoseSet) -> bool:
    """Whether a whole grid is answered: a million poses only by bodies of common size."""
    if pose_set.step_deg >= 2.0:
        return True
    if case.group == "socket" or len(case.a.faces) > LARGEST_WHOLE:
        return False
    return pose_set == DEGREE or case.name in ("tubes 20k", "CT z001 right", "CT z036 left")


def measured(case: Case, libraries: list[Peer], size: Size) -> Iterator[tuple[str, Row]]:
    """Yield every row about one case on one processor, with the table it belongs to."""
    with one_processor():
        askers, build = built(case, libraries)
        yield "builds", build
        yield "ends", ends_coarse(case, libraries, size.pose_sets[0], size)
        for pose_set in size.pose_sets:
            sweep = swept(case, pose_set, askers, size)
            yield "sweeps", sweep
            if pose_set in size.whole and is_worth_whole(case, pose_set):
                yield "ends", ends_whole(case, pose_set, build, sweep)
        if case.group != "socket":
            yield "arcs", arc_minima(case, askers, size.arcs)


def arc_minima(case: Case, askers: dict[str, Answer], count: int) -> Row:
    """Measure the minima of rotation arcs, ours when only they are wanted, coal at every pose."""
    query, arcs = DistanceQuery(case.a, case.b), list(rotation_arcs(case, count))
    names = [name for name in (COAL.name, COAL_PRESET.name) if name in askers]
    least = {name: lambda arc, ask=askers[name]: ask(arc).min()[None] for name in names}
    least[HIPSIM.name] = lambda arc: np.array([least_distance(query, arc)])
    _, first, _ = timed(lambda: [least_distance(query, arc) for arc in arcs])
    turns, found = take_turns(least, arcs, {HIPSIM.name: 3, **dict.fromkeys(names, 1)})
    ours = np.concatenate(found.pop(HIPSIM.name))
    return {
        "case": case.name,
        "group": case.group,
        "arcs": len(arcs),
        "poses_per_arc": len(arcs[0]),
        "in_contact": float((ours == 0.0).mean()),
        "first_us_per_arc": 1e6 * first / len(arcs),
        "cpu_us_per_arc": {name: own.cpu_us() * len(arcs[0]) for name, own in turns.items()},
        "differ_mm": {n: float(np.abs(np.concatenate(v) - ours).max()) for n, v in found.items()},
    }


def least_distance(query: DistanceQuery, arc: Array) -> float:
    """Return the least distance over an arc, 0 for contact."""
    _, nearest = query.minimum(arc, n_threads=1)
    return max(float(nearest.distance_mm[0]), 0.0)


def agreement(cases: list[Case], libraries: list[Peer], count: int) -> list[Row]:
    """Compare with every exact library on random poses of real hips."""
    rows = []
    for case in cases:
        poses = random_poses(case, -(-count // len(cases)))
        found = {peer.name: peer.build(case.a, case.b)(poses) for peer in libraries}
        ours = found.pop(HIPSIM.name)
        differ = {name: float(np.abs(other - ours).max()) for name, other in found.items()}
        touch = {name: int(((other == 0) != (ours == 0)).sum()) for name, other in found.items()}
        contact = float((ours == 0.0).mean())
        rows.append(
            {
                "case": case.name,
                "poses": len(poses),
                "in_contact": contact,
                "differ_mm": differ,
                "contact_differs": touch,
            }
        )
    return rows


def threads(case: Case, size: Size) -> Row:
    """Measure one thread against two by the wall clock, in turns, and compare the answers."""
    n_poses, n_turns = size.scaling
    poses = case.poses(DEGREE.angles_deg(np.arange(len(DEGREE) // 3, len(DEGREE))[:n_poses]))
    query = DistanceQuery(case.a, case.b)
    query(poses)
    times: dict[int, list[float]] = {1: [], 2: []}
    found = {}
    for _ in range(n_turns):
        for n_threads, own in times.items():
            work = lambda n=n_threads: query(poses, n_threads=n).distance_mm  # noqa: E731
            found[n_threads], _, wall = timed(work)
            own.append(1e6 * wall / n_poses)
    return {
        "case": case.name,
        "poses": n_poses,
        "wall_us": {str(n): min(own) for n, own in times.items()},
        "ratios": [one / two for one, two in zip(times[1], times[2], strict=True)],
        "same_bits": bool((found[1] == found[2]).all()),
    }


def upper_bounds(case: Case, libraries: list[Peer], askers: dict[str, Answer], n: int) -> Row:
    """Measure libraries that take vertices to the other surface, on a few coarse poses."""
    poses = case.all_poses(COARSE)
    exact = askers[HIPSIM.name](poses)
    chosen = np.flatnonzero(exact > 0.0)
    chosen = chosen[np.linspace(0, len(chosen) - 1, n).astype(int)]
    row: Row = {"case": case.name, "poses": n, "cpu_us": {}, "above_mm": {}, "below_mm": {}}
    for peer in libraries:
        answer = peer.build(case.a, case.b)
        answer(poses[:1])
        found, cpu, _ = timed(lambda answer=answer: answer(poses[chosen]))
        row["cpu_us"][peer.name] = 1e6 * cpu / n
        row["above_mm"][peer.name] = float((found - exact[chosen]).max())
        row["below_mm"][peer.name] = float((exact[chosen] - found).max())
    return row


def memory(names: list[str], libraries: list[Peer], bones: Path | None) -> list[Row]:
    """Measure in new processes what each library holds for a case."""
    return [
        {"case": name, "mb": {p.name: fresh.memory_mb(p.name, name, bones) for p in libraries}}
        for name in names
    ]
