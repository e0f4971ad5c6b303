"""The tables of the distance benchmark, in Markdown."""

from collections.abc import Iterator

from benchmarks.distance_goals import COALS, OURS, ratio
from benchmarks.report import Goal, goal_table, number, table

EXACT = OURS, *COALS, "python-fcl", "trimesh"
HEAD = """# Distance: hipsim beside the libraries a user would pick

Written by `python -m benchmarks.distance` (size {size}, {minutes:.0f} min). {machine}.
Libraries: {versions}. {absent}

One processor, one thread, processor time, the same poses in the same run, in turns; medians of
repeats, summed over stretches of neighbouring poses spread over extension -10..30, adduction
-20..20, rotation -40..40 deg. **Ratio** is the fastest of coal, coal preset, python-fcl and
trimesh over hipsim. `coal preset` is coal given the distance of the previous pose's closest points.
A hip is its extracapsular femur against its ischium; a socket is the whole femur against the whole
hip bone; tubes are parametric bodies.

"""


def text_of(record: dict, goals: list[Goal]) -> str:
    """Return the whole report."""
    parts = [
        _head(record),
        goal_table(goals),
        *(f"\n## {title}\n\n{text}" for title, text in _sections(record) if text),
    ]
    return "".join(parts)


def _head(record: dict) -> str:
    """Return title, machine and how it was measured."""
    absent = "; ".join(f"{name} ({why})" for name, why in record["absent"].items())
    return HEAD.format(
        size=record["size"],
        minutes=record["minutes"],
        machine=", ".join(f"{name} {value}" for name, value in record["machine"].items()),
        versions=", ".join(f"{name} {value}" for name, value in record["versions"].items()),
        absent=f"Absent: {absent}." if absent else "None absent.",
    )


def _sections(record: dict) -> Iterator[tuple[str, str]]:
    """Yield title and text of every table."""
    yield "A pose in a sweep (microseconds; built, grids filled)", _sweeps(record)
    yield "End to end (seconds; build, grids filled, every pose)", _ends(record)
    yield "Minimum of a rotation arc of 81 poses (microseconds per arc)", _arcs(record)
    yield "Building and memory", _holdings(record)
    yield "Two threads (microseconds per pose, wall clock, least of the turns)", _threads(record)
    yield "Start of a new process (seconds)", _starts(record)
    yield "Agreement on random poses (mm)", _agreement(record)
    yield "From vertices only: upper bounds (microseconds per pose)", _bounds(record)


def _sweeps(record: dict) -> str:
    """Return the cost per pose; the quartiles are the ratio's to the preset over stretches."""
    header = ["case", "poses", "step deg", "in contact", *EXACT, "ratio", "quartiles", "differ mm"]
    rows = []
    for row in record["sweeps"]:
        costs, quartiles = row["cpu_us"], row["ratio_quartiles"]
        rivals = {name: us for name, us in costs.items() if name != OURS}
        fastest = min(rivals, key=rivals.get, default=None)
        spread = " / ".join(map(number, quartiles[fastest])) if fastest else None
        rows.append(
            [
                row["case"],
                row["poses"],
                row["step_deg"],
                f"{row['in_contact']:.0%}",
                *(costs.get(name) for name in EXACT),
                ratio(costs),
                spread,
                max(row["differ_mm"].values(), default=None),
            ]
        )
    note = (
        "Quartiles: the fastest rival's ratio in single stretches, which differ in how near the "
        "bones are. Poses answered per grid: "
    )
    counts = {row["poses"]: row["answered"] for row in record["sweeps"] if row["group"] != "socket"}
    told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    return f"{note}{told}.\n\n" + table(header, rows)


def _ends(record: dict) -> str:
    """Return the seconds end to end."""
    header = ["case", "poses", "number", *EXACT, "ratio"]
    rows = [
        [
            row["case"],
            row["poses"],
            f"{row['n_poses']:,}" + ("" if row["peers_answered"] == row["n_poses"] else " *"),
            *(row["cpu_s"].get(name) for name in EXACT),
            ratio(row["cpu_s"]),
        ]
        for row in record["ends"]
    ]
    note = "\\* hipsim answers every pose; the others' time is their build and their sweep, scaled."
    return table(header, rows) + f"\n{note}\n"


def _arcs(record: dict) -> str:
    """Return the cost of an arc's minimum."""
    header = [
        "case",
        "arcs",
        "in contact",
        "first time",
        OURS,
        *COALS,
        "coal",
        "preset",
        "differ mm",
    ]
    header[-3:-1] = ["coal / ours", "preset / ours"]
    rows = [
        [
            row["case"],
            row["arcs"],
            f"{row['in_contact']:.0%}",
            row["first_us_per_arc"],
            *(row["cpu_us_per_arc"].get(name) for name in (OURS, *COALS)),
            *(ratio(row["cpu_us_per_arc"], (name,)) for name in COALS),
            max(row["differ_mm"].values(), default=None),
        ]
        for row in record["arcs"]
    ]
    note = "coal answers every pose; hipsim is asked for the minimum. First time: grids empty.\n\n"
    return note + table(header, rows)


def _holdings(record: dict) -> str:
    """Return build times and memory."""
    names = [OURS, "coal", "python-fcl", "trimesh"]
    held = {row["case"]: row["mb"] for row in record["memory"]}
    header = ["case", "faces a / b", *(f"{name} ms" for name in names)]
    header += [f"{name} MB" for name in names[:3]]
    rows = [
        [
            row["case"],
            " / ".join(f"{n:,}" for n in row["faces"]),
            *(row["build_ms"].get(name) for name in names),
            *(held.get(row["case"], {}).get(name) for name in names[:3]),
        ]
        for row in record["builds"]
    ]
    note = (
        "Both surfaces. Memory: what a new process holds more after building and answering (ours: "
        "16,000 poses, which fill the grids).\n\n"
    )
    return note + table(header, rows)


def _threads(record: dict) -> str:
    """Return one thread against two."""
    rows = (
        [
            row["case"],
            f"{row['poses']:,}",
            *(row["wall_us"][n] for n in ("1", "2")),
            row["wall_us"]["1"] / row["wall_us"]["2"],
            ", ".join(map(number, row["ratios"])),
        ]
        for row in record["threads"]
    )
    note = "coal and python-fcl hold the interpreter's lock: their two threads are as one.\n\n"
    return note + table(["case", "poses", "one", "two", "one / two", "in each turn"], rows)


def _starts(record: dict) -> str:
    """Return the seconds of a start."""
    rows = ([name, own["wall_s"], own["cpu_s"]] for name, own in record["starts"].items())
    if not record["starts"]:
        return ""
    note = "Python, imports, two closed bodies built, nine poses apart and in contact. "
    note += "Judged by the lesser of wall and processor time: the machine may be busy.\n\n"
    return note + table(["compiler's cache", "wall", "processor"], rows)


def _agreement(record: dict) -> str:
    """Return the largest differences."""
    names = [name for name in EXACT[1:] if any(name in r["differ_mm"] for r in record["agreement"])]
    header = ["case", "poses", "in contact", *names, "poses where contact differs"]
    rows = (
        [
            row["case"],
            f"{row['poses']:,}",
            f"{row['in_contact']:.0%}",
            *(row["differ_mm"].get(name) for name in names),
            max(row["contact_differs"].values(), default=0),
        ]
        for row in record["agreement"]
    )
    return table(header, rows)


def _bounds(record: dict) -> str:
    """Return what vertex methods cost and miss."""
    rows = (
        [row["case"], name, us, row["above_mm"][name], row["below_mm"][name]]
        for row in record["bounds"]
        for name, us in row["cpu_us"].items()
    )
    if not record["bounds"]:
        return ""
    header = ["case", "library", "us per pose", "most above exact mm", "most below exact mm"]
    return table(header, rows)
