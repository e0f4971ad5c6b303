"""The goals of the distance core, judged by a record of ``distance``; the worst case judges.

A ratio is the fastest exact rival's (coal, coal preset, python-fcl, trimesh) over ours, in the
same run on the same poses.
"""

from collections.abc import Iterable, Iterator

from benchmarks.cases import COARSE, DEGREE, MEDIUM
from benchmarks.report import Goal, at_least, at_most, number

OURS = "hipsim"
COALS = "coal", "coal preset"
BODIES = "tubes", "hip"
TOLERANCE_MM = 1e-6
NOISE = 1.05  # by which a cost may exceed that of wider steps and still count as not higher


def ratio(costs: dict[str, float], rivals: Iterable[str] | None = None) -> float | None:
    """Return the fastest rival's cost over ours, None without a rival."""
    names = [name for name in (rivals or costs) if name in costs and name != OURS]
    return min(costs[name] for name in names) / costs[OURS] if names else None


def ratios(rows: Iterable[dict], key: str, rivals: Iterable[str] | None = None) -> list[float]:
    """Return the ratios of rows that have a rival."""
    found = (ratio(row[key], rivals) for row in rows)
    return [value for value in found if value is not None]


def goals_of(record: dict) -> list[Goal]:
    """Return every goal with what was measured."""
    return [*_speed(record), *_cost(record), *_answers(record)]


def _speed(record: dict) -> Iterator[Goal]:
    """Yield the goals that are ratios."""
    sweeps, ends = record["sweeps"], record["ends"]
    bodies = [row for row in sweeps if row["group"] in BODIES]
    degree = [row for row in bodies if row["poses"] == DEGREE.name]
    whole = [row for row in ends if row["group"] in BODIES]
    sockets = [row for row in sweeps if row["group"] == "socket"]
    yield at_least("1 deg grids, per pose (aim 15)", ratios(degree, "cpu_us"), 8)
    for pose_set, goal, aim in ((COARSE, 3, " (aim 5)"), (MEDIUM, 6, "")):
        rows = [row for row in whole if row["poses"] == pose_set.name]
        what = f"{len(pose_set):,} poses end to end{aim}"
        yield at_least(what, ratios(rows, "cpu_s"), goal)
    rows = [row for row in whole if row["poses"] == DEGREE.name]
    what = f"{len(DEGREE):,} poses at 1 deg end to end (aim 15)"
    yield at_least(what, ratios(rows, "cpu_s"), 8)
    yield at_least("whole pelvis (socket), per pose", ratios(sockets, "cpu_us"), 2)
    every = ratios(sweeps, "cpu_us", COALS) + ratios(ends, "cpu_s", COALS)
    yield at_least("never slower than coal: every case and grid", every, 1)
    arcs = record["arcs"]
    yield at_least("arc minimum against coal at every pose", _arc_ratios(arcs, "coal"), 10)
    preset = _arc_ratios(arcs, "coal preset")
    yield at_least("the same against coal preset (not asked)", preset, 10)
    two = [row["wall_us"]["1"] / row["wall_us"]["2"] for row in record["threads"]]
    yield at_least("two threads over one, wall clock", two, 1.7)


def _arc_ratios(rows: list[dict], rival: str) -> list[float]:
    """Return how much longer a rival takes for the minimum of an arc."""
    return ratios(rows, "cpu_us_per_arc", (rival,))


def _cost(record: dict) -> Iterator[Goal]:
    """Yield the goals of memory, building, density and starting."""
    held = [row["mb"] for row in record["memory"]]
    over = [mb[OURS] / mb["coal"] for mb in held if "coal" in mb]
    yield at_most("memory over coal's, trees and filled grids", over, 1, unit="x")
    builds = [row["build_ms"] for row in record["builds"]]
    longer = [ms[OURS] / ms["coal"] for ms in builds if "coal" in ms]
    yield at_most("build time over coal's", longer, 1, unit="x")
    yield _density(record["sweeps"])
    starts = record["starts"]
    for name, limit in (("cold", 8.0), ("warm", 0.6)):
        values = [min(starts[name]["wall_s"], starts[name]["cpu_s"])] if starts else []
        what = f"{name} start of a new process with first answers"
        yield at_most(what, values, limit, unit="s")


def _density(sweeps: list[dict]) -> Goal:
    """Judge whether poses cost less where they lie closer together, in every case."""
    costs: dict[str, list[tuple[float, float]]] = {}
    for row in sweeps:
        costs.setdefault(row["case"], []).append((row["step_deg"], row["cpu_us"][OURS]))
    falls, gains = [], []
    for own in costs.values():
        values = [us for _, us in sorted(own, reverse=True)]
        pairs = zip(values, values[1:], strict=False)
        falls.append(all(later <= NOISE * earlier for earlier, later in pairs))
        gains.append(values[0] / values[-1])
    count = f"{sum(falls)} of {len(falls)} cases"
    figure = f"{count}, widest over finest {number(min(gains))} to {number(max(gains))} x"
    state = "met" if all(falls) else "missed"
    return Goal("cost per pose falls as poses come closer", "every case", figure, state)


def _answers(record: dict) -> Iterator[Goal]:
    """Yield the goals of agreement."""
    rows = record["agreement"]
    count = sum(row["poses"] for row in rows)
    place = "of real hips" if record["has_bones"] else "of tubes (no bones given)"
    for name in ("coal", "python-fcl"):
        values = [row["differ_mm"][name] for row in rows if name in row["differ_mm"]]
        what = f"difference from {name}, {count:,} random poses {place}"
        yield at_most(what, values, TOLERANCE_MM, unit="mm")
    everywhere = [max(row["differ_mm"].values()) for row in record["sweeps"] if row["differ_mm"]]
    yield at_most(
        "difference from any exact library, all sweeps", everywhere, TOLERANCE_MM, unit="mm"
    )
    same = all(row["same_bits"] for row in record["threads"])
    figure = "same" if same else "different"
    state = "met" if same else "missed"
    yield Goal("two threads answer as one, bit by bit", "same", figure, state)
