"""What does an impingement map cost: whole trochanter and ischium over about 1,000 poses?

    python benchmarks/bench_field.py --bones FOLDER [--repeats N]

For each motion of a real hip the seconds of the map end to end (regions closed, trees built, every
vertex of both regions over every pose, kernels compiled before), the median of the repeats, beside
the seconds the same points take if every pose is measured. ``FOLDER`` holds real hips
(``vsd/z001`` and so on), which are licensed apart.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.geometry import rigid
from hipsim.io import load_hip
from hipsim.kinematics import motions, pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.planning.impingement import impingement_map
from hipsim.proximity.field import DistanceField

CASES = ("z001", "z027", "z036", "z042")
MOTIONS = {
    "arc": motions.arc(
        flexion_deg=(20, -30), adduction_deg=(-10, 20), rotation_deg=(20, -50), n_poses=1000
    ),
    "rotation": motions.arc(rotation_deg=(40, -40), n_poses=1000),
    "ifi_test": motions.ifi_test(step_deg=0.06),
    "stride": motions.long_stride_walking(n_poses=501),
    "grid": motions.grid(
        extension_deg=(-10, 30), adduction_deg=(-20, 15), rotation_deg=(-40, 40), step_deg=5
    ),
}
THRESHOLD_MM = 15.0
SAMPLED_POSES = 25  # of which the cost of measuring every pose is told


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bones", type=Path, required=True, help="folder of real hips")
    parser.add_argument("--repeats", type=int, default=3, help="median of so many (3)")
    options = parser.parse_args()
    print("case  motion     poses  vertices     map s   every pose s   least mm")
    for case in CASES:
        hip = load_hip(options.bones / "vsd" / case, side="right")
        for name, motion in MOTIONS.items():
            print(f"{case}  {name:9s} {row(hip, motion, options.repeats)}", flush=True)


def row(hip: Hip, motion: Motion, repeats: int) -> str:
    """Measure one motion of one hip and write its part of the line."""
    impingement_map(hip, motion.evolved(name="compiled"), threshold_mm=THRESHOLD_MM)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        found = impingement_map(hip, motion, threshold_mm=THRESHOLD_MM)
        times.append(time.perf_counter() - start)
    fields = found.femoral, found.pelvic
    count = sum(len(field.vertices) for field in fields)
    least = min(field.distance_mm.min() for field in fields)
    text = f"{motion.n_poses:6d}  {count:8d}  {statistics.median(times):8.2f}"
    return f"{text}  {every_pose_s(hip, motion, found):13.1f}  {least:9.2f}"


def every_pose_s(hip: Hip, motion: Motion, found) -> float:
    """Return what measuring every vertex in every pose would take, from a sample of poses."""
    poses = pelvis_from_femur(hip, motion)
    chosen = poses[np.linspace(0, len(poses) - 1, SAMPLED_POSES).astype(int)]
    sides = (
        (hip.femur, found.femoral, hip.pelvic_body("ischium"), chosen),
        (hip.hip_bone, found.pelvic, hip.femoral_body("lesser_trochanter"), rigid.inverse(chosen)),
    )
    total = 0.0
    for bone, field, body, part in sides:
        measure, points = DistanceField(body.mesh), bone.vertices[field.vertices]
        start = time.perf_counter()
        for pose in part:
            measure(points, pose)
        total += time.perf_counter() - start
    return total * len(poses) / SAMPLED_POSES


if __name__ == "__main__":
    main()
