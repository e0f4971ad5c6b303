"""What does certainty cost: the least clearance over all of an arc or a box, to 0.01 mm?

    python benchmarks/bench_certified.py [--bones FOLDER]

Ours is the branch and bound of ``hipsim.proximity.arc_minimum``, trees built, compiled. Beside it
stands what samples would need for the same certainty: between two poses a point of the femur moves
by up to its distance from the hip times the change of the angles, so samples ``0.01 mm`` sure must
lie ``0.02 mm`` of travel apart; their number times what one pose costs with coal, measured on 100
poses of the same box in the same run, is its price. ``FOLDER`` holds real hips (``vsd/z001`` and so
on), which are licensed apart; without it the embedded hip is measured.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from bench_distance import coal_query

import hipsim as hs
from hipsim.anatomy.hip import Hip
from hipsim.kinematics import pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.planning.certified import CertifiedQuery

TOLERANCE_MM = 0.01
REPEATS = 5
COAL_POSES = 100
CASES = ("z001", "z027", "z036", "z042")
BOX = {"extension_deg": (0, 20), "adduction_deg": (-5, 15), "rotation_deg": (-30, 0)}
DAY_S = 3600 * 24


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bones", type=Path, help="folder of real hips")
    options = parser.parse_args()
    print(f"{'hip':20s} {'range':14s} minimum mm   lower mm  evaluations    ours  samples needed")
    for hip in hips(options.bones):
        query = CertifiedQuery(hip)
        for name, motion in motions().items():
            print(row(hip, query, name, motion), flush=True)
        print(f"{label(hip):20s} {'first contact':14s}{contact(query)}", flush=True)


def hips(bones: Path | None) -> Iterator[Hip]:
    """Yield the hips to measure."""
    if bones is None:
        yield hs.make_hip()
        return
    for case in CASES:
        for side in ("right", "left"):
            yield hs.load_hip(bones / "vsd" / case, side=side)


def label(hip: Hip) -> str:
    """Return name and side in few letters."""
    return f"{hip.name} {hip.side}"[:20]


def motions() -> dict[str, Motion]:
    """Return the ranges: a box, arcs, a motion of many pieces."""
    return {
        "box": hs.motions.grid(**BOX),
        "box, abducted": hs.motions.grid(
            extension_deg=(-20, 0), adduction_deg=(-15, -5), rotation_deg=(-10, 10)
        ),
        "extension arc": hs.motions.arc(flexion_deg=(10, -20)),
        "rotation arc": hs.motions.arc(rotation_deg=(10, -30)),
        "81 deg arc": hs.motions.arc(flexion_deg=(40, -40)),
        "gait": hs.motions.gait(),
    }


def row(hip: Hip, query: CertifiedQuery, name: str, motion: Motion) -> str:
    """Measure one range and write its line."""
    found, ours_s = timed(lambda: query.minimum(motion, tolerance_mm=TOLERANCE_MM))
    count = samples_needed(hip, motion)
    text = (
        f"{label(hip):20s} {name:14s} {found.minimum_mm:10.4f} {found.lower_bound_mm:10.4f}"
        f"  {found.evaluations:11d}  {1e3 * ours_s:5.0f} ms  {count:9.1e}"
    )
    pose_s = coal_pose_s(hip, motion)
    if pose_s is None:
        return text
    total = pose_s * count
    spoken = f"{total / DAY_S:.0f} days" if total > DAY_S else f"{total:.1f} s"
    return f"{text} = {spoken} of coal at {1e6 * pose_s:.0f} us"


def contact(query: CertifiedQuery) -> str:
    """Measure first contact on the way into extension, adduction and external rotation."""
    motion = hs.motions.arc(flexion_deg=(10, -20), adduction_deg=(0, 15), rotation_deg=(0, -30))
    found, ours_s = timed(lambda: query.first_contact(motion)["arc"])
    where = "never" if found.progress is None else f"at {found.progress:.3f} deg"
    return f" {where}, {found.evaluations} evaluations, {1e3 * ours_s:.0f} ms"


def timed(work: Callable):
    """Return the answer and the median seconds of a few repeats."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - start)
    return found, statistics.median(times)


def samples_needed(hip: Hip, motion: Motion) -> float:
    """Return how many poses make samples as certain, spaced by the way points move."""
    arms = hip.femoral_region("extracapsular").vertices - hip.landmarks["hip_joint_centre"]
    reach = np.linalg.norm(arms, axis=1).max()
    if not motion.is_grid:
        travel = np.radians(np.abs(np.diff(motion.angles_deg, axis=0)).sum())
        return float(max(travel * reach / (2.0 * TOLERANCE_MM), 1.0))
    sides = np.radians(np.ptp(motion.angles_deg, axis=0))
    return float(np.prod(np.maximum(3.0 * sides * reach / (2.0 * TOLERANCE_MM), 1.0)))


def coal_pose_s(hip: Hip, motion: Motion) -> float | None:
    """Return the seconds coal takes for a pose, or None where it is missing."""
    query = coal_query(hip.femoral_region("extracapsular"), hip.pelvic_region("ischium"))
    if query is None:
        return None
    poses = pelvis_from_femur(hip, motion)
    chosen = poses[np.linspace(0, len(poses) - 1, COAL_POSES).astype(int)]
    start = time.perf_counter()
    query(chosen, False)
    return (time.perf_counter() - start) / COAL_POSES


if __name__ == "__main__":
    main()
