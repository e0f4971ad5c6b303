"""What does a surgical question cost: a response curve, and the smallest resection?

    python -m benchmarks.surgery [--bones FOLDER] [--quick] [--out FOLDER]

*Curve*: clearance over a motion of 200 poses after a planar resection of the lesser trochanter of
20 depths, end to end (zone found, every boolean, side effects, every pose), by ``response``. *By
hand* is what a user would write instead: manifold3d takes the same tool from the extracapsular
femur, coal gets a new tree and answers each pose with the distance of the closest points before as
upper bound. Tools are given to it for nothing, footprint, labels and side effects are not asked of
it, and where bones overlap it says 0 and no depth.

*Required*: the smallest resection for the two default targets, certified, by
``required_resection``. By hand nobody has it; beside it stands the search of the one number a user
could have: the depth of a plane, by halving to 0.1 mm, at sampled poses, first target and second.

Times are the median of the repeats by the wall clock, or by the processor's, all threads added up,
where that says less: then the machine was busy with others. Everything is compiled before.
``FOLDER`` holds real hips (``vsd/z001`` and so on), by default that of ``HIPSIM_BONES``; without
it the embedded hip is measured.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.cases import SIDES, SUBJECTS, ct_hips, embedded_hip, hip_name
from benchmarks.clock import timed
from benchmarks.options import Options, parsed
from benchmarks.peers import COAL_PRESET, installed
from benchmarks.report import Goal, at_least, at_most, goal_table, machine, table, write
from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.geometry import Mesh
from hipsim.kinematics import motions, pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.planning.required_resection import required_resection
from hipsim.planning.response import Response, response
from hipsim.planning.targets import DEFAULT_TARGETS, Target, as_targets, sex_of
from hipsim.surgery.resection import largest_resection_depth, planned_plane
from hipsim.surgery.zone import find_zone

MOTION = motions.arc(
    flexion_deg=(10, -20), adduction_deg=(0, 10), rotation_deg=(0, -10), n_poses=200
)
SEXES = {"z001": "male", "z027": "female", "z036": "male", "z042": "female"}
DEPTHS, FEW_DEPTHS = 20, 4
DEEPEST = 0.95  # of the depth at which the plane would touch the shaft
REPEATS = 3
HALVINGS = 7  # of 12 mm, to 0.1 mm
AGREEMENT_MM = 0.01  # the user's body is not the same mesh: its walls are cut as well


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the goals, write tables and chart."""
    options = parsed(__doc__.splitlines()[0], arguments)
    record = measure(options)
    goals = goals_of(record)
    print("\n".join(["", *map(str, goals)]))
    write(options.out, "surgery", record, goals=goals, text=text_of(record, goals))
    from benchmarks.charts import draw_surgery

    draw_surgery(record, options.out / "surgery.png")


def measure(options: Options) -> dict:
    """Return everything that was measured, ready for JSON."""
    began = time.perf_counter()
    few = options.size != "full"
    hips = ct_hips(options.bones, SUBJECTS[:1] if few else SUBJECTS, SIDES[:1] if few else SIDES)
    if not hips:
        print("(real hips left out: give their folder with --bones)")
    rivals, absent = installed((COAL_PRESET,))
    record: dict = {"curves": [], "required": []}
    for hip in hips or [embedded_hip()]:
        name = hip_name(hip) if hips else "embedded"
        print(f"{(time.perf_counter() - began) / 60:5.1f} min  {name}", flush=True)
        n_depths = FEW_DEPTHS if options.size == "tiny" else DEPTHS
        depths = np.linspace(0.0, DEEPEST * largest_resection_depth(hip), n_depths)
        build = rivals[0].build if rivals else None
        curve = measured_curve(hip, depths) | by_hand(hip, depths, build)
        record["curves"].append({"hip": name, **agreement(curve)})
        record["required"].append({"hip": name, **measured_required(hip, name, build)})
    minutes = (time.perf_counter() - began) / 60
    return record | {"minutes": minutes, "machine": machine(), "absent": absent}


def repeated(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what work returns after a first time, and its seconds."""
    work()
    runs = [timed(work) for _ in range(REPEATS)]
    return runs[-1][0], min(statistics.median(run[k] for run in runs) for k in (1, 2))


def measured_curve(hip: Hip, depths: Array) -> dict:
    """Measure ours: a copy of the hip, so that nothing is known of it from before."""
    ask: Callable[[], Response] = lambda: response(  # noqa: E731
        hip.evolved(), "resect_lesser_trochanter", depths, MOTION
    )
    curve, seconds = repeated(ask)
    return {
        "depths_mm": depths.tolist(),
        "poses": MOTION.n_poses,
        "curve_mm": curve.minimum_mm[0].tolist(),
        "curve_s": seconds,
    }


def by_hand(hip: Hip, depths: Array, build: Callable | None) -> dict:
    """Measure manifold3d and coal on the same amounts and poses, once."""
    if build is None:
        return {}
    ask = by_hand_query(hip, MOTION, build)
    tools = [tool_of(hip, depth) for depth in depths]
    found, cpu, wall = timed(lambda: [ask(tool) for tool in tools])
    return {"by_hand_mm": found, "by_hand_s": min(cpu, wall)}


def by_hand_query(hip: Hip, motion: Motion, build: Callable) -> Callable[[Mesh | None], float]:
    """Return what answers the least distance over a motion after a tool has cut the femur."""
    femur, ischium = hip.femoral_body("extracapsular").mesh, hip.pelvic_body("ischium").mesh
    whole, poses = as_manifold(femur), pelvis_from_femur(hip, motion)

    def answer(tool: Mesh | None) -> float:
        left = femur if tool is None else from_manifold(whole - as_manifold(tool))
        return float(build(left, ischium)(poses).min())

    return answer


def tool_of(hip: Hip, depth_mm: float) -> Mesh | None:
    """Return the tool of a planar resection."""
    if depth_mm == 0.0:
        return None
    trochanter, _, point = planned_plane(hip, depth_mm, 0.0)
    return find_zone(hip).above_planes(point[None], -trochanter.outward[None])


def as_manifold(mesh: Mesh) -> Any:
    """Return a mesh as manifold3d wants it."""
    import manifold3d

    faces = np.array(mesh.faces, dtype=np.uint64)
    return manifold3d.Manifold(manifold3d.Mesh64(np.array(mesh.vertices), faces))


def from_manifold(body: Any) -> Mesh:
    """Return what manifold3d has made as a mesh."""
    made = body.to_mesh64()
    vertices = np.asarray(made.vert_properties)[:, :3]
    return Mesh(vertices.astype(np.float64), np.asarray(made.tri_verts).astype(np.int64))


def agreement(row: dict) -> dict:
    """Add how far both are apart, at the depths at which the bones do not meet."""
    if "by_hand_mm" not in row:
        return row
    ours, theirs = np.array(row["curve_mm"]), np.array(row["by_hand_mm"])
    apart = np.abs(ours - theirs)[(ours > 0.0) & (theirs > 0.0)]
    return row | {"differ_mm": float(apart.max()) if len(apart) else None}


def measured_required(hip: Hip, name: str, build: Callable | None) -> dict:
    """Measure the smallest resection for the default targets, and the user's search of a plane."""
    sex = sex_of(hip) or SEXES.get(name.split()[-2], "female")
    targets = as_targets(DEFAULT_TARGETS, sex=sex)
    found, seconds = repeated(lambda: required_resection(hip.evolved(), targets))
    row = {
        "sex": sex,
        "targets_mm": [target.clearance_mm for target in targets],
        "removed_mm3": 0.0 if found.removed is None else float(found.removed.volume_mm3),
        "required_s": seconds,
    }
    if build is None:
        return row
    searched, cpu, wall = timed(lambda: [halved_depth(hip, t, build) for t in targets])
    return row | {"plane_by_hand_mm": searched, "plane_by_hand_s": min(cpu, wall)}


def halved_depth(hip: Hip, target: Target, build: Callable) -> float | None:
    """Return the depth of a plane that meets a target at its poses, or None, by halving."""
    ask = by_hand_query(hip, target.motion, build)
    low, high = 0.0, DEEPEST * largest_resection_depth(hip)
    if ask(None) >= target.clearance_mm:
        return 0.0
    if ask(tool_of(hip, high)) < target.clearance_mm:
        return None
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        enough = ask(tool_of(hip, middle)) >= target.clearance_mm
        low, high = (low, middle) if enough else (middle, high)
    return high


def goals_of(record: dict) -> list[Goal]:
    """Return every goal with what was measured."""
    curves, required = record["curves"], record["required"]
    gains = [row["by_hand_s"] / row["curve_s"] for row in curves if "by_hand_s" in row]
    differ = [row["differ_mm"] for row in curves if row.get("differ_mm") is not None]
    return [
        at_most("20 depths over 200 poses", [r["curve_s"] for r in curves], 2, unit="s"),
        at_most("two default targets", [r["required_s"] for r in required], 5, unit="s"),
        at_least("curve against manifold3d and coal (not asked)", gains, 1),
        at_most("difference from manifold3d and coal", differ, AGREEMENT_MM, unit="mm"),
    ]


def text_of(record: dict, goals: list[Goal]) -> str:
    """Return the report."""
    told = ", ".join(f"{name} {value}" for name, value in record["machine"].items())
    head = f"# Surgery\n\nWritten by `python -m benchmarks.surgery`. {told}.\n\n"
    curves = table(
        ["hip", "depths", "poses", "curve s", "by hand s", "differs mm", "least mm: 0", "deepest"],
        (
            [
                row["hip"],
                len(row["depths_mm"]),
                row["poses"],
                row["curve_s"],
                row.get("by_hand_s"),
                row.get("differ_mm"),
                row["curve_mm"][0],
                row["curve_mm"][-1],
            ]
            for row in record["curves"]
        ),
    )
    required = table(
        ["hip", "targets mm", "required s", "removed mm3", "plane by hand mm", "by hand s"],
        ([*_required_cells(row)] for row in record["required"]),
    )
    note = (
        "\n*Removed*: the smallest piece, certified over the whole of each motion. *Plane by "
        "hand*: depth of a plane that meets each target at its poses, `-` where none does.\n"
    )
    return (
        head
        + goal_table(goals)
        + "\n## Response curve\n\n"
        + curves
        + ("\n## Required resection\n\n" + required + note)
    )


def _required_cells(row: dict) -> list[object]:
    """Return the cells of one hip."""
    planes = row.get("plane_by_hand_mm", [])
    return [
        row["hip"],
        ", ".join(f"{mm:.1f}" for mm in row["targets_mm"]),
        row["required_s"],
        row["removed_mm3"],
        ", ".join("-" if mm is None else f"{mm:.1f}" for mm in planes),
        row.get("plane_by_hand_s"),
    ]


if __name__ == "__main__":
    main()
