"""What does certainty cost: the least clearance over all of an arc or a box, to 0.01 mm?

    python -m benchmarks.certified [--bones FOLDER] [--quick] [--out FOLDER]

Ours is the branch and bound behind ``hipsim.certified_minimum``: once with everything built anew
(*first*), then asked again (*again*), on all processors, compiled before. Times are by the wall
clock, or by the processor's, all threads added up, where that says less: then the machine was busy
with others, and alone the wall clock would not have said more.

Beside it stands what samples need for the same certainty with coal preset, the fastest rival. If
no point of the femur moves more than 0.02 mm from sample to sample, no pose in between is more than
0.01 mm nearer than its nearest sample. Along an arc the way of every vertex is measured, the
samples are taken and coal answers each: its time and its minimum are real. In a box a point moves
by at most its distance from the hip joint centre (from the femur's axis in rotation) times the
angle, the allowance is shared equally among the three angles, and the time is the number of samples
times the cost of a pose in an arc of equal spacing.

``FOLDER`` holds real hips (``vsd/z001`` and so on), by default that of ``HIPSIM_BONES``; without
it the embedded hip is measured.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import hipsim as hs
from benchmarks.cases import SIDES, SUBJECTS, ct_hips, embedded_hip, hip_name
from benchmarks.clock import timed
from benchmarks.options import Options, parsed
from benchmarks.peers import COAL_PRESET, Answer, installed
from benchmarks.report import Goal, at_least, at_most, goal_table, machine, number, table, write
from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.geometry import rigid
from hipsim.kinematics import pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.planning.certified import CertifiedQuery

TOLERANCE_MM = 0.01
RESOLUTION_DEG = 0.05
REPEATS = 7
MOST_SAMPLES = 20_000  # asked of coal in an arc; more are scaled
BOX_SAMPLES = 500  # neighbours that tell what a pose of a box costs coal
ROUNDING_MM = 1e-9
SLOWEST = 1.0  # times coal's samples
BOX = {"extension_deg": (0, 20), "adduction_deg": (-5, 15), "rotation_deg": (-30, 0)}
ABDUCTED = {"extension_deg": (-20, 0), "adduction_deg": (-15, -5), "rotation_deg": (-10, 10)}
WAY_IN = {"flexion_deg": (10, -20), "adduction_deg": (0, 15), "rotation_deg": (0, -30)}
RANGES = {
    "box": hs.motions.grid(**BOX),
    "box, abducted": hs.motions.grid(**ABDUCTED),
    "extension arc": hs.motions.arc(flexion_deg=(10, -20)),
    "rotation arc": hs.motions.arc(rotation_deg=(10, -30)),
    "arc of 81 deg": hs.motions.arc(flexion_deg=(40, -41)),
    "gait cycle": hs.motions.gait(),
}
TINY = "box", "rotation arc"
ARCS = "extension arc", "rotation arc", "arc of 81 deg"
NOTE = """
`box`: extension 0..20, adduction -5..15, external rotation 0..30 deg; `abducted`: flexion 0..20,
abduction 5..15, rotation -10..10 deg. *First* builds everything, *again* asks the same query once
more. Samples: what coal preset needs for the same certainty. *Holds*: the certificate is no wider
than 0.01 mm, and the least of coal's samples, taken along arcs, lies within it.

"""


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the goals, write tables and chart."""
    options = parsed(__doc__.splitlines()[0], arguments)
    record = measure(options)
    goals = goals_of(record)
    print("\n".join(["", *map(str, goals)]))
    write(options.out, "certified", record, goals=goals, text=text_of(record, goals))
    from benchmarks.charts import draw_certified

    draw_certified(record, options.out / "certified.png")


def measure(options: Options) -> dict:
    """Return everything that was measured, ready for JSON."""
    began = time.perf_counter()
    rivals, absent = installed((COAL_PRESET,))
    few = options.size != "full"
    hips = ct_hips(options.bones, SUBJECTS[:1] if few else SUBJECTS, SIDES[:1] if few else SIDES)
    if not hips:
        print("(real hips left out: give their folder with --bones)")
    record: dict = {"ranges": [], "contacts": []}
    for hip in hips or [embedded_hip()]:
        name = hip_name(hip) if hips else "embedded"
        print(f"{(time.perf_counter() - began) / 60:5.1f} min  {name}", flush=True)
        surfaces = hip.femoral_body("extracapsular").mesh, hip.pelvic_body("ischium").mesh
        ask = rivals[0].build(*surfaces) if rivals else None
        CertifiedQuery(hip).minimum(RANGES["extension arc"])
        for title in TINY if options.size == "tiny" else RANGES:
            motion = RANGES[title]
            row = measured(hip, motion) | sampled(hip, motion, ask)
            record["ranges"].append({"hip": name, "range": title, **row, "holds": holds(row)})
        record["contacts"].append({"hip": name, **contact(hip)})
    minutes = (time.perf_counter() - began) / 60
    return record | {"minutes": minutes, "machine": machine(), "absent": absent}


def measured(hip: Hip, motion: Motion) -> dict:
    """Measure ours on one range."""
    query, _, build = timed(lambda: CertifiedQuery(hip))
    ask = lambda: query.minimum(motion, tolerance_mm=TOLERANCE_MM)  # noqa: E731
    _, cpu, wall = timed(ask)
    found, again = repeated(ask)
    return {
        "minimum_mm": found.minimum_mm,
        "lower_bound_mm": found.lower_bound_mm,
        "kind": found.kind,
        "evaluations": found.evaluations,
        "build_ms": 1e3 * build,
        "first_ms": 1e3 * min(cpu, wall),
        "again_ms": 1e3 * again,
    }


def repeated(work: Callable) -> tuple[Any, float]:
    """Return the answer and the median seconds of repeats, by the clock that says less."""
    runs = [timed(work) for _ in range(REPEATS)]
    clocks = [[run[k] for run in runs] for k in (1, 2)]
    return runs[-1][0], min(map(statistics.median, clocks))


def contact(hip: Hip) -> dict:
    """Measure first contact on the way into extension, adduction and external rotation."""
    query, motion = CertifiedQuery(hip), hs.motions.arc(**WAY_IN)
    ask = lambda: query.first_contact(motion, resolution_deg=RESOLUTION_DEG)["arc"]  # noqa: E731
    _, cpu, wall = timed(ask)
    found, again = repeated(ask)
    is_met = found.progress is not None
    return {
        "at_deg": found.progress,
        "clear_until_deg": found.clear_until,
        "uncertain_deg": abs(found.progress - found.clear_until) if is_met else 0.0,
        "evaluations": found.evaluations,
        "first_ms": 1e3 * min(cpu, wall),
        "again_ms": 1e3 * again,
    }


def sampled(hip: Hip, motion: Motion, ask: Answer | None) -> dict:
    """Measure what evenly spaced samples of the same certainty take; an arc's are all taken."""
    vertices = hip.femoral_body("extracapsular").mesh.vertices
    line = RANGES["rotation arc"] if motion.is_grid else motion
    poses, way = spaced(hip, line, vertices)
    count = box_samples(hip, motion, vertices) if motion.is_grid else way / (2 * TOLERANCE_MM)
    row: dict = {"samples": float(np.ceil(max(count, 1.0)))}
    if ask is None:
        return row
    asked = poses[: BOX_SAMPLES if motion.is_grid else MOST_SAMPLES]
    found, cpu, _ = timed(lambda: ask(asked))
    row |= {"coal_us": 1e6 * cpu / len(asked), "coal_s": cpu / len(asked) * row["samples"]}
    return (
        row if motion.is_grid or len(asked) < len(poses) else row | {"least_mm": float(found.min())}
    )


def spaced(hip: Hip, motion: Motion, vertices: Array) -> tuple[Array, float]:
    """Return poses no vertex goes over 0.02 mm between, and the way of the farthest."""
    moved = [rigid.apply(pose, vertices) for pose in pelvis_from_femur(hip, motion)]
    pairs = zip(moved, moved[1:], strict=False)
    steps = [np.linalg.norm(b - a, axis=1).max() for a, b in pairs]
    angles = motion.angles_deg
    parts = [
        np.linspace(a, b, int(np.ceil(step / (2 * TOLERANCE_MM))), endpoint=False)
        for a, b, step in zip(angles, angles[1:], steps, strict=False)
    ]
    flexion, adduction, rotation = np.vstack([*parts, angles[-1:]]).T
    dense = motion.evolved(
        flexion_deg=flexion,
        adduction_deg=adduction,
        rotation_deg=rotation,
        progress=np.arange(len(flexion)),
        segments=("way",) * len(flexion),
        shape=(),
        grid_index=None,
    )
    return pelvis_from_femur(hip, dense), float(sum(steps))


def box_samples(hip: Hip, motion: Motion, vertices: Array) -> float:
    """Return how many samples a box needs."""
    arms = rigid.apply(rigid.inverse(hip.femoral_frame(motion.femoral_zero)), vertices)
    reach = np.linalg.norm(arms, axis=1).max()
    about_axis = np.linalg.norm(arms[:, [0, 2]], axis=1).max()
    sides = np.radians(np.ptp(motion.angles_deg, axis=0))
    ways = 3.0 * sides * [reach, reach, about_axis] / (2.0 * TOLERANCE_MM)
    return float(np.prod(np.maximum(ways, 1.0)))


def holds(row: dict) -> bool:
    """Whether the certificate and, where they were taken, coal's samples agree."""
    is_tight = row["minimum_mm"] - row["lower_bound_mm"] <= TOLERANCE_MM + ROUNDING_MM
    if "least_mm" not in row:
        return is_tight
    low = max(row["lower_bound_mm"], 0.0) - ROUNDING_MM
    high = max(row["minimum_mm"], 0.0) + TOLERANCE_MM + ROUNDING_MM
    return is_tight and low <= row["least_mm"] <= high


def goals_of(record: dict) -> list[Goal]:
    """Return every goal with what was measured."""
    rows, contacts = record["ranges"], record["contacts"]
    boxes = [1e-3 * row["again_ms"] for row in rows if row["range"] == "box"]
    arcs = [row["again_ms"] for row in rows if row["range"] in ARCS]
    raced = [row for row in rows if "coal_s" in row]
    ratios = [1e3 * row["coal_s"] / row["again_ms"] for row in raced if row["range"] in ARCS]
    count = sum(row["holds"] for row in rows)
    state = "met" if count == len(rows) else "missed"
    sure = [row["uncertain_deg"] for row in contacts]
    return [
        at_most("3D box to 0.01 mm, two processors", boxes, 3, unit="s"),
        at_most("1D arc to 0.01 mm, trees built", arcs, 20, unit="ms"),
        at_most("first contact known to", sure, RESOLUTION_DEG, unit="deg"),
        at_least("arc against coal preset's samples (not asked)", ratios, SLOWEST),
        Goal("certificates hold, coal's samples included", "all", f"{count} of {len(rows)}", state),
    ]


def text_of(record: dict, goals: list[Goal]) -> str:
    """Return the report."""
    told = ", ".join(f"{name} {value}" for name, value in record["machine"].items())
    head = f"# Certified minima\n\nWritten by `python -m benchmarks.certified`. {told}.\n\n"
    header = ["hip", "range", "minimum mm", "lower mm", "evaluations", "build ms", "first ms"]
    header += ["again ms", "samples", "coal preset us", "coal preset", "coal / ours", "holds"]
    rows = (_cells(row) for row in record["ranges"])
    contact_header = ["hip", "first contact deg", "clear until deg", "evaluations", "first ms"]
    keys = "hip", "at_deg", "clear_until_deg", "evaluations", "first_ms", "again_ms"
    contacts = ([row[key] for key in keys] for row in record["contacts"])
    return "".join(
        [
            head,
            goal_table(goals),
            NOTE,
            table(header, rows),
            "\n## First contact into extension, adduction and external rotation\n\n",
            table([*contact_header, "again ms"], contacts),
        ]
    )


def _cells(row: dict) -> list[object]:
    """Return the line of one range."""
    seconds = row.get("coal_s")
    return [
        row["hip"],
        row["range"],
        f"{row['minimum_mm']:.3f}",
        f"{row['lower_bound_mm']:.3f}",
        f"{row['evaluations']:,}",
        *(row[key] for key in ("build_ms", "first_ms", "again_ms")),
        number(row["samples"]),
        row.get("coal_us"),
        None if seconds is None else spoken(seconds),
        None if seconds is None else 1e3 * seconds / row["again_ms"],
        "yes" if row["holds"] else "NO",
    ]


def spoken(seconds: float) -> str:
    """Return a time as people say it.

    Examples
    --------
    >>> spoken(2.5), spoken(3e7)
    ('2.5 s', '347 days')
    """
    return f"{number(seconds)} s" if seconds < 86_400 else f"{number(seconds / 86_400)} days"


if __name__ == "__main__":
    main()
