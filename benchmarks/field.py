"""What does an impingement map cost: whole trochanter and ischium over about 1,000 poses?

    python -m benchmarks.field [--bones FOLDER] [--quick] [--out FOLDER]

For each motion of a hip the seconds of the map end to end (regions closed, trees built, every
vertex of both regions over every pose; compiled before) on all processors, the median of the
repeats, by the wall clock, or by the processor's, all threads added up, where that says less: then
the machine was busy with others. Beside it what the same vertices take if every pose is measured,
by ours and by VTK (vtkImplicitPolyDataDistance), from a sample of the poses, scaled; and the
largest difference of the two in unsigned distance. ``FOLDER`` holds real hips (``vsd/z001`` and so
on), by default that of ``HIPSIM_BONES``; without it the embedded hip is measured.
"""

import statistics
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.cases import SIDES, SUBJECTS, ct_hips, embedded_hip, hip_name
from benchmarks.clock import timed
from benchmarks.options import Options, parsed
from benchmarks.peers import VTK, installed, vtk_distances
from benchmarks.report import Goal, at_least, at_most, goal_table, machine, table, write
from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.geometry import Mesh, rigid
from hipsim.kinematics import motions, pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.planning.impingement import ImpingementMap, impingement_map
from hipsim.proximity.field import DistanceField

MOTIONS = {
    "arc": motions.arc(
        flexion_deg=(20, -30), adduction_deg=(-10, 20), rotation_deg=(20, -50), n_poses=1000
    ),
    "rotation": motions.arc(rotation_deg=(40, -40), n_poses=1000),
    "ifi test": motions.ifi_test(step_deg=0.06),
    "stride": motions.long_stride_walking(n_poses=501),
    "grid": motions.grid(
        extension_deg=(-10, 30), adduction_deg=(-20, 15), rotation_deg=(-40, 40), step_deg=5
    ),
    "arc of few poses": motions.arc(rotation_deg=(10, -20), n_poses=25),
}
TINY = ("arc of few poses",)
LARGE = tuple(name for name in MOTIONS if name not in TINY)
THRESHOLD_MM = 15.0
REPEATS = 3
OURS_POSES, VTK_POSES = 25, 2  # of which the cost of measuring every pose is told
AGREEMENT_MM = 1e-6


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the goals, write tables and chart."""
    options = parsed(__doc__.splitlines()[0], arguments)
    record = measure(options)
    goals = goals_of(record)
    print("\n".join(["", *map(str, goals)]))
    write(options.out, "field", record, goals=goals, text=text_of(record, goals))
    from benchmarks.charts import draw_field

    draw_field(record, options.out / "field.png")


def measure(options: Options) -> dict:
    """Return everything that was measured, ready for JSON."""
    began = time.perf_counter()
    few = options.size != "full"
    hips = ct_hips(options.bones, SUBJECTS[:1] if few else SUBJECTS, SIDES[:1] if few else SIDES)
    if not hips:
        print("(real hips left out: give their folder with --bones)")
    present, absent = installed((VTK,))
    rows = []
    for hip in hips or [embedded_hip()]:
        name = hip_name(hip) if hips else "embedded"
        print(f"{(time.perf_counter() - began) / 60:5.1f} min  {name}", flush=True)
        for title in TINY if options.size == "tiny" else LARGE:
            row = measured(hip, MOTIONS[title], VTK_POSES if present else 0)
            rows.append({"hip": name, "motion": title, **row})
    minutes = (time.perf_counter() - began) / 60
    return {"maps": rows, "minutes": minutes, "machine": machine(), "absent": absent}


def measured(hip: Hip, motion: Motion, vtk_poses: int) -> dict:
    """Measure one motion of one hip."""
    impingement_map(hip, motion.evolved(name="compiled"), threshold_mm=THRESHOLD_MM)
    runs = [
        timed(lambda: impingement_map(hip, motion, threshold_mm=THRESHOLD_MM))
        for _ in range(REPEATS)
    ]
    found = runs[-1][0]
    fields = found.femoral, found.pelvic
    row = {
        "poses": motion.n_poses,
        "vertices": sum(len(field.vertices) for field in fields),
        "least_mm": float(min(field.distance_mm.min() for field in fields)),
        "map_s": min(statistics.median(run[k] for run in runs) for k in (1, 2)),
        "every_pose_s": every_pose_s(hip, motion, found, OURS_POSES),
    }
    return row | (beside_vtk(hip, motion, found, vtk_poses) if vtk_poses else {})


def sides(
    hip: Hip, motion: Motion, found: ImpingementMap, n_poses: int
) -> Iterator[tuple[Mesh, Array, Array]]:
    """Yield body, points and poses (body from points) of both sides, on a sample of the poses."""
    poses = pelvis_from_femur(hip, motion)
    chosen = poses[np.linspace(0, len(poses) - 1, n_poses).astype(int)]
    femoral, pelvic = hip.femoral_body("lesser_trochanter"), hip.pelvic_body("ischium")
    yield pelvic.mesh, hip.femur.vertices[found.femoral.vertices], chosen
    yield femoral.mesh, hip.hip_bone.vertices[found.pelvic.vertices], rigid.inverse(chosen)


def every_pose_s(hip: Hip, motion: Motion, found: ImpingementMap, n_poses: int) -> float:
    """Return what measuring every vertex in every pose would take ours."""
    total = 0.0
    for body, points, poses in sides(hip, motion, found, n_poses):
        field = DistanceField(body)
        work = lambda f=field, x=points, t=poses: [f(x, pose) for pose in t]  # noqa: E731
        total += min(timed(work)[1:])
    return total * motion.n_poses / n_poses


def beside_vtk(hip: Hip, motion: Motion, found: ImpingementMap, n_poses: int) -> dict:
    """Return what VTK would take, and how far it is from ours in the sampled poses."""
    total, differ = 0.0, 0.0
    for body, points, poses in sides(hip, motion, found, n_poses):
        field, ask = DistanceField(body), vtk_distances(body)
        for pose in poses:
            work = lambda x=points, t=pose, ask=ask: ask(rigid.apply(t, x))  # noqa: E731
            theirs, *clocks = timed(work)
            ours = np.abs(field(points, pose).distance_mm)
            differ, total = max(differ, float(np.abs(theirs - ours).max())), total + min(clocks)
    return {"vtk_s": total * motion.n_poses / n_poses, "vtk_differ_mm": differ}


def goals_of(record: dict) -> list[Goal]:
    """Return every goal with what was measured."""
    rows = record["maps"]
    seconds = [1e3 * row["map_s"] / row["poses"] for row in rows]
    gains = [row["vtk_s"] / row["map_s"] for row in rows if "vtk_s" in row]
    differ = [row["vtk_differ_mm"] for row in rows if "vtk_differ_mm" in row]
    return [
        at_most("impingement map, per 1,000 poses, end to end", seconds, 1, unit="s"),
        at_least("against VTK at every pose (not asked)", gains, 1),
        at_most("difference from VTK, unsigned (not asked)", differ, AGREEMENT_MM, unit="mm"),
    ]


def text_of(record: dict, goals: list[Goal]) -> str:
    """Return the report."""
    told = ", ".join(f"{name} {value}" for name, value in record["machine"].items())
    head = f"# Impingement map\n\nWritten by `python -m benchmarks.field`. {told}.\n\n"
    header = ["hip", "motion", "poses", "vertices", "least mm", "map s", "every pose s", "VTK s"]
    keys = "hip", "motion", "poses", "vertices", "least_mm", "map_s", "every_pose_s", "vtk_s"
    rows = ([row.get(key) for key in (*keys, "vtk_differ_mm")] for row in record["maps"])
    return head + goal_table(goals) + "\n" + table([*header, "VTK differs mm"], rows)


if __name__ == "__main__":
    main()
