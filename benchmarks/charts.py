"""The charts of the benchmarks, one picture each for distance, certified minima and maps."""

from collections.abc import Iterable
from pathlib import Path
from statistics import median

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks.distance_goals import ratio

STYLES = {  # Okabe and Ito's colours, told apart by colour-blind readers
    "hipsim": {"color": "#0072B2", "marker": "o", "linewidth": 2.2, "zorder": 5},
    "coal": {"color": "#D55E00", "marker": "s"},
    "coal preset": {"color": "#E69F00", "marker": "D"},
    "python-fcl": {"color": "#009E73", "marker": "^"},
    "trimesh": {"color": "#999999", "marker": "v"},
}
TEXT = {"font.size": 9, "axes.titlesize": 10, "axes.spines.top": False, "axes.spines.right": False}
DPI = 200
RANGE_SHADE = 0.13
GOALS_MS = {"box": 3000, "extension arc": 20, "rotation arc": 20, "arc of 81 deg": 20}


def draw_distance(record: dict, path: Path) -> None:
    """Draw cost by density, by size, end to end, and every case's ratio."""
    with plt.rc_context(TEXT):
        figure, axes = plt.subplots(2, 2, figsize=(10.0, 7.6), layout="constrained")
        group = "hip" if record["has_bones"] else "tubes"
        _draw_density(axes[0, 0], record["sweeps"], group)
        _draw_sizes(axes[0, 1], record["sweeps"])
        _draw_ends(axes[1, 0], record["ends"], group)
        _draw_ratios(axes[1, 1], record)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False)
        _save(figure, path)


def draw_certified(record: dict, path: Path) -> None:
    """Draw how long certain minima take, and how much longer coal takes to be as certain."""
    rows = record["ranges"]
    names = list(dict.fromkeys(row["range"] for row in rows))
    with plt.rc_context(TEXT):
        size, shared = (10.0, 3.6), {"sharey": True, "layout": "constrained"}
        figure, (left, right) = plt.subplots(1, 2, figsize=size, width_ratios=(3, 2), **shared)
        _draw_certain(left, rows, names)
        _draw_against_samples(right, [row for row in rows if "coal_s" in row], names)
        for axes in (left, right):
            axes.grid(axis="x", color="#E5E5E5", linewidth=0.6)
            axes.set_axisbelow(True)
        _save(figure, path)


def _draw_certain(axes: Axes, rows: list[dict], names: list[str]) -> None:
    """Draw milliseconds per range, every hip a point, with the goals."""
    axes.set_xscale("log")
    for key, shift, color, label in (
        ("first_ms", -0.14, "#E69F00", "asked first"),
        ("again_ms", 0.14, "#0072B2", "asked again"),
    ):
        places = [names.index(row["range"]) + shift for row in rows]
        values = [row[key] for row in rows]
        axes.plot(values, places, "o", color=color, alpha=0.65, markersize=5, label=label)
    for place, goal in ((names.index(n), ms) for n, ms in GOALS_MS.items() if n in names):
        axes.plot([goal, goal], [place - 0.38, place + 0.38], color="#D55E00", linewidth=2.0)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    _plain(axes.xaxis, (1, 3, 10, 30, 100, 300, 1000, 3000))
    axes.set_xlabel("milliseconds (bar: the goal)")
    axes.legend(frameon=False, loc="lower right")
    hips = len({row["hip"] for row in rows})
    axes.set_title(f"Least clearance, certain to 0.01 mm ({hips} hips)", loc="left")


def _draw_against_samples(axes: Axes, rows: list[dict], names: list[str]) -> None:
    """Draw how many times longer coal's samples take."""
    gains = [1e3 * row["coal_s"] / row["again_ms"] for row in rows]
    places = [names.index(row["range"]) for row in rows]
    axes.plot(gains, places, "o", color="#0072B2", alpha=0.65, markersize=5)
    axes.set_xscale("log")
    axes.set_xlim(left=1.0)
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.set_xlabel("coal preset, samples as certain / hipsim")
    axes.set_title("Against dense sampling", loc="left")


def draw_field(record: dict, path: Path) -> None:
    """Draw how long an impingement map takes, beside measuring every vertex in every pose."""
    keys = ("map_s", "hipsim"), ("every_pose_s", "hipsim, every pose"), ("vtk_s", "VTK, every pose")
    rows = record["maps"]
    names = list(dict.fromkeys(row["motion"] for row in rows))
    with plt.rc_context(TEXT):
        figure, axes = plt.subplots(figsize=(7.0, 3.4), layout="constrained")
        for (key, label), color in zip(keys, ("#0072B2", "#56B4E9", "#999999"), strict=True):
            own = [row for row in rows if row.get(key) is not None]
            places = [names.index(row["motion"]) for row in own]
            values = [1e3 * row[key] / row["poses"] for row in own]
            axes.plot(values, places, "o", color=color, alpha=0.7, markersize=5, label=label)
        axes.axvline(1.0, color="#D55E00", linewidth=2.0)
        axes.annotate(" goal", (1.0, -0.5), color="#D55E00", va="center")
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.4, -0.8)
        axes.set_xscale("log")
        _plain(axes.xaxis, (0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300))
        axes.set_xlabel("seconds per 1,000 poses, lesser trochanter and ischium")
        axes.set_title("Impingement map, every hip a point", loc="left")
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
        axes.grid(axis="x", color="#E5E5E5", linewidth=0.6)
        axes.set_axisbelow(True)
        _save(figure, path)


def draw_surgery(record: dict, path: Path) -> None:
    """Draw what a response curve and a required resection take, every hip a point."""
    rows = record["curves"], record["required"]
    keys = (
        (0, "curve_s", "20 depths x 200 poses", "#0072B2"),
        (0, "by_hand_s", "the same, manifold3d + coal", "#999999"),
        (1, "required_s", "required resection, two targets", "#0072B2"),
        (1, "plane_by_hand_s", "depth of a plane only, manifold3d + coal", "#999999"),
    )
    with plt.rc_context(TEXT):
        figure, axes = plt.subplots(figsize=(7.0, 2.6), layout="constrained")
        for place, (kind, key, _, color) in enumerate(keys):
            values = [row[key] for row in rows[kind] if row.get(key) is not None]
            axes.plot(values, [place] * len(values), "o", color=color, alpha=0.7, markersize=6)
        for place, goal in ((0, 2.0), (2, 5.0)):
            axes.plot([goal, goal], [place - 0.38, place + 0.38], color="#D55E00", linewidth=2.0)
        axes.set_yticks(range(len(keys)), [label for _, _, label, _ in keys])
        axes.set_ylim(len(keys) - 0.4, -0.6)
        axes.set_xlim(left=0.0)
        axes.set_xlabel("seconds (bar: the goal)")
        axes.grid(axis="x", color="#E5E5E5", linewidth=0.6)
        axes.set_axisbelow(True)
        _save(figure, path)


def _save(figure: plt.Figure, path: Path) -> None:
    """Write a figure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)


def _draw_density(axes: Axes, rows: list[dict], group: str) -> None:
    """Draw cost per pose over the step between poses, median and range of the cases."""
    own = [row for row in rows if row["group"] == group]
    for name, style in _present(own, "cpu_us"):
        _draw_band(axes, [(row["step_deg"], row["cpu_us"][name]) for row in own], name, style)
    n_cases = len({row["case"] for row in own})
    what = "CT hips" if group == "hip" else "tubes"
    _log_log(axes, "step between neighbouring poses (deg)", "µs per pose, one thread")
    axes.invert_xaxis()
    axes.set_title(f"Closer poses cost less ({n_cases} {what}, median and range)", loc="left")


def _draw_sizes(axes: Axes, rows: list[dict]) -> None:
    """Draw cost per pose over the size of the tubes."""
    own = [row for row in rows if row["group"] == "tubes" and row["poses"] == "1 deg"]
    for name, style in _present(own, "cpu_us"):
        points = [(_faces(row), row["cpu_us"][name]) for row in own]
        axes.plot(*zip(*points, strict=True), label=name, markersize=5, **style)
    _log_log(axes, "triangles of each body", "µs per pose, one thread")
    axes.set_title("Larger surfaces (tubes, 1 deg between poses)", loc="left")


def _draw_ends(axes: Axes, rows: list[dict], group: str) -> None:
    """Draw seconds end to end over the number of poses."""
    own = [row for row in rows if row["group"] == group]
    for name, style in _present(own, "cpu_s"):
        _draw_band(axes, [(row["n_poses"], row["cpu_s"][name]) for row in own], name, style)
    _log_log(axes, "number of poses", "seconds, one thread")
    what = "CT hips" if group == "hip" else "tubes"
    axes.set_title(f"End to end: building, filling, sweeping ({what})", loc="left")


def _draw_ratios(axes: Axes, record: dict) -> None:
    """Draw the fastest rival over ours for every case, beside what was asked."""
    lines = list(_asked(record))
    for place, (_, goal, values) in enumerate(lines):
        axes.plot([goal, goal], [place - 0.35, place + 0.35], color="#D55E00", linewidth=2.0)
        axes.plot(values, [place] * len(values), "o", color="#0072B2", alpha=0.6, markersize=5)
    axes.axvline(1.0, color="#999999", linewidth=0.8)
    axes.set_yticks(range(len(lines)), [name for name, _, _ in lines])
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_xscale("log")
    _plain(axes.xaxis, (1, 2, 3, 5, 8, 10, 15, 20, 30, 50))
    axes.set_xlabel("fastest rival's time / hipsim's time (bar: the goal)")
    axes.set_title("How many times faster, case by case", loc="left")
    axes.grid(axis="x", color="#E5E5E5", linewidth=0.6)
    axes.set_axisbelow(True)


def _asked(record: dict) -> Iterable[tuple[str, float, list[float]]]:
    """Yield the name, the goal and every case's ratio."""
    sweeps = [row for row in record["sweeps"] if row["group"] != "socket"]
    sockets = [row for row in record["sweeps"] if row["group"] == "socket"]
    ends = [row for row in record["ends"] if row["group"] != "socket"]
    for name, n_poses, goal in (("1,000 poses, end to end", 1_000, 3), ("16,000", 16_000, 6)):
        yield name, goal, _ratios([r for r in ends if r["n_poses"] == n_poses], "cpu_s")
    yield "136,161 at 1 deg", 8, _ratios([r for r in ends if r["poses"] == "1 deg"], "cpu_s")
    yield "per pose at 1 deg", 8, _ratios([r for r in sweeps if r["poses"] == "1 deg"], "cpu_us")
    yield "per pose, socket", 2, _ratios(sockets, "cpu_us")
    yield "arc minimum (coal)", 10, _ratios(record["arcs"], "cpu_us_per_arc", ("coal",))


def _ratios(rows: list[dict], key: str, rivals: tuple[str, ...] | None = None) -> list[float]:
    """Return the ratios of rows that have a rival."""
    found = (ratio(row[key], rivals) for row in rows)
    return [value for value in found if value is not None]


def _draw_band(axes: Axes, points: list[tuple[float, float]], name: str, style: dict) -> None:
    """Draw the median over cases, and their range as a shade."""
    places = sorted({place for place, _ in points})
    columns = [[value for place, value in points if place == p] for p in places]
    middle = [median(column) for column in columns]
    axes.plot(places, middle, label=name, markersize=5, **style)
    low, high = [min(c) for c in columns], [max(c) for c in columns]
    if name in ("hipsim", "coal preset"):
        axes.fill_between(places, low, high, color=style["color"], alpha=RANGE_SHADE, linewidth=0)


def _present(rows: list[dict], key: str) -> Iterable[tuple[str, dict]]:
    """Yield name and style of the libraries that were measured."""
    names = {name for row in rows for name in row[key]}
    return ((name, style) for name, style in STYLES.items() if name in names)


def _faces(row: dict) -> float:
    """Return the faces a tube was asked to have."""
    return 1000.0 * float(row["case"].split()[1].removesuffix("k"))


def _log_log(axes: Axes, across: str, up: str) -> None:
    """Make both axes logarithmic, named, with plain numbers."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    ticks = sorted({float(x) for line in axes.get_lines() for x in line.get_xdata()})
    _plain(axes.xaxis, ticks)
    low, high = axes.get_ylim()
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    _plain(axes.yaxis, [k * 10.0**e for e in decades for k in (1, 2, 5)])
    axes.set_ylim(low, high)
    axes.grid(color="#E5E5E5", linewidth=0.6)
    axes.set_axisbelow(True)


def _plain(axis: matplotlib.axis.Axis, ticks: Iterable[float]) -> None:
    """Write these numbers, as people do."""
    axis.set_major_locator(plt.FixedLocator(list(ticks)))
    axis.set_major_formatter(FuncFormatter(_plain_number))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(plt.NullLocator())


def _plain_number(value: float, _: object) -> str:
    """Return a number with at most two digits, or a whole one."""
    return f"{value:.2g}" if value < 10 else f"{value:,.0f}"
