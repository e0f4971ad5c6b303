"""What does one pose cost, ours against coal, along a motion sampled every degree?

    python benchmarks/bench_distance.py [--bones FOLDER] [--step DEG] [--threads N]

Both libraries take turns on blocks of neighbouring poses within one run, so that a busy machine
slows both; the table gives the median block in microseconds per pose. coal is asked twice: plainly,
and with the distance of the previous closest points as upper bound; ratios are to the faster.
``first us`` is ours with empty grids, all poses at once. Compilation and building are listed apart.
``FOLDER`` holds real hips (``vsd/z001`` and so on), which are licensed apart.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery

BLOCK = 192  # poses one library answers before the other has its turn
CASES = ("z001", "z027", "z036", "z042")
TURNS = np.array([[0, 0, -1], [1, 0, 0], [0, 1, 0]])  # extension, adduction, internal rotation
START = """
import time
start = time.perf_counter()
import numpy as np
from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery
corner = Mesh(np.vstack([np.zeros(3), np.eye(3)]), [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
query = DistanceQuery(corner, corner)
query(np.stack([rigid.translation([x, 0.1, 0.1]) for x in np.linspace(2.0, 0.3, 9)]))
print(time.perf_counter() - start)
"""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bones", type=Path, help="folder of real hips")
    parser.add_argument("--step", type=float, default=1.0, help="between poses, deg (1)")
    parser.add_argument("--threads", type=int, default=1, help="for ours; coal uses one (1)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cold, warm = start_s(folder), start_s(folder)
    print(f"start with first answer: {cold:.1f} s compiling, {warm:.2f} s from the cache\n")
    tubes = (bumpy_tube(100, radius_mm=1, length_mm=5, centre_mm=(x, 0, 0)) for x in (0, 5))
    DistanceQuery(*tubes)(grid(options.step)[:BLOCK])
    print(
        "case           faces a  faces b  build ms (coal)  first us  ours us  coal us  preset us"
        "  ratio    met  differ mm"
    )
    for name, a, b, poses in cases(options.bones, options.step):
        print(row(name, a, b, poses, options.threads), flush=True)


def start_s(cache: str) -> float:
    """Return the seconds from import to the first answers in a new process."""
    run = subprocess.run(
        [sys.executable, "-c", START],
        env={**os.environ, "NUMBA_CACHE_DIR": cache, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


def row(name: str, a: Mesh, b: Mesh, poses: np.ndarray, n_threads: int) -> str:
    """Measure one case and write its line of the table."""
    start = time.perf_counter()
    query = DistanceQuery(a, b)
    build_ms = 1e3 * (time.perf_counter() - start)
    first: list[float] = []
    timed(lambda part: query(part, n_threads=n_threads), poses, first)
    start = time.perf_counter()
    coal = coal_query(a, b)
    coal_ms = 1e3 * (time.perf_counter() - start)
    asked = {"ours": lambda part: query(part, n_threads=n_threads).distance_mm}
    if coal is not None:
        asked["coal"] = lambda part: coal(part, False)
        asked["preset"] = lambda part: coal(part, True)
    times: dict[str, list[float]] = {name: [] for name in asked}
    differ, n_met = 0.0, 0
    for k in range(0, len(poses), BLOCK):
        part = poses[k : k + BLOCK]
        found = {
            name: np.maximum(timed(ask, part, times[name]), 0.0) for name, ask in asked.items()
        }
        n_met += int((found["ours"] == 0.0).sum())
        differ = max(differ, *(abs(other - found["ours"]).max() for other in found.values()))
    median = {name: statistics.median(values) for name, values in times.items()}
    text = f"{name:14s} {len(a.faces):7d}  {len(b.faces):7d}  {build_ms:8.0f} ({coal_ms:4.0f})"
    text += f"  {first[0]:8.1f}  {median['ours']:7.1f}"
    if coal is None:
        return f"{text}  (coal is not installed)"
    ratio = min(median["coal"], median["preset"]) / median["ours"]
    text += f"  {median['coal']:7.1f}  {median['preset']:9.1f}  {ratio:5.1f}"
    return f"{text}  {n_met / len(poses):5.0%}  {differ:9.1e}"


def timed(query: Callable, poses: np.ndarray, times: list[float]):
    """Answer poses and note the microseconds per pose."""
    start = time.perf_counter()
    found = query(poses)
    times.append(1e6 * (time.perf_counter() - start) / len(poses))
    return found


def coal_query(a: Mesh, b: Mesh) -> Callable[[np.ndarray, bool], np.ndarray] | None:
    """Return the same question asked of coal (OBBRSS), preset or not; None where it is missing."""
    try:
        import coal
    except ImportError:
        return None
    models, still, request = [], coal.Transform3s(), coal.DistanceRequest()
    for mesh in (a, b):
        vertices, faces = coal.StdVec_Vec3s(), coal.StdVec_Triangle()
        for vertex in mesh.vertices:
            vertices.append(vertex)
        for face in mesh.faces.tolist():
            faces.append(coal.Triangle(*face))
        model = coal.BVHModelOBBRSS()
        model.beginModel(len(mesh.faces), len(mesh.vertices))
        model.addSubModel(vertices, faces)
        model.endModel()
        models.append(model)

    def answer(poses: np.ndarray, is_preset: bool) -> np.ndarray:
        distances, on_a, on_b = [], None, None
        for pose in poses:
            result = coal.DistanceResult()
            if is_preset and on_a is not None:
                last = np.linalg.norm(pose[:3, :3] @ on_a + pose[:3, 3] - on_b)
                result.min_distance = last * (1 + 1e-12) + 1e-12
            move = coal.Transform3s(pose[:3, :3], pose[:3, 3])
            found = coal.distance(models[0], move, models[1], still, request, result)
            distances.append(min(found, result.min_distance))
            point = result.getNearestPoint1()
            if is_preset and np.isfinite(point).all():
                on_a, on_b = pose[:3, :3].T @ (point - pose[:3, 3]), result.getNearestPoint2()
        return np.maximum(distances, 0.0)

    return answer


def cases(bones: Path | None, step: float) -> Iterator[tuple[str, Mesh, Mesh, np.ndarray]]:
    """Yield name, both surfaces and poses: bodies of several sizes, then real hips."""
    poses = grid(step)
    for n_faces in (2_500, 10_000, 40_000, 160_000):
        shaft = bumpy_tube(n_faces, radius_mm=14.0, length_mm=90.0, centre_mm=(0.0, -70.0, 30.0))
        block = bumpy_tube(n_faces, radius_mm=18.0, length_mm=60.0, centre_mm=(-15.0, -60.0, -25.0))
        yield f"tubes {n_faces / 1000:g}k", opened(shaft), opened(block), poses
    if bones is None:
        print("(real hips left out: give their folder with --bones)")
    for case in CASES if bones else ():
        yield from real_case(bones, case, poses)


def real_case(
    bones: Path, case: str, poses: np.ndarray
) -> Iterator[tuple[str, Mesh, Mesh, np.ndarray]]:
    """Yield the right hip of a case, the regions a clearance is measured between."""
    from hipsim.io import load_hip

    hip = load_hip(bones / "vsd" / case, side="right")
    femur_from_scan = rigid.inverse(hip.femoral_frame())
    a, b = hip.femoral_region("extracapsular"), hip.pelvic_region("ischium")
    poses = hip.pelvic_frame() @ poses @ femur_from_scan
    yield case, a, b, poses
    if case == CASES[0]:
        yield f"{case} whole", opened(hip.femur), opened(hip.hip_bone), poses[: 2 * BLOCK]


def opened(mesh: Mesh) -> Mesh:
    """Return a mesh without one face: an open surface is not asked how deep it overlaps."""
    return Mesh(mesh.vertices, mesh.faces[1:])


def grid(step: float) -> np.ndarray:
    """Return a serpentine grid of 6 x 6 x 32 rotations about the origin around 10 deg extension."""
    angles = []
    for i in range(6):
        for j in range(6)[:: -1 if i % 2 else 1]:
            for k in range(32)[:: -1 if (i + j) % 2 else 1]:
                angles.append([10.0 + step * (i - 3), step * (j - 3), step * (k - 16)])
    parts = [
        rigid.rotation_about(axis, np.radians(a))
        for axis, a in zip(TURNS, np.transpose(angles), strict=True)
    ]
    return rigid.transform_from(parts[0] @ parts[1] @ parts[2])


def bumpy_tube(
    n_faces: int, *, radius_mm: float, length_mm: float, centre_mm: tuple[float, float, float]
) -> Mesh:
    """Return a closed tube along Y with round ends and bumps of about a tenth of its radius."""
    n = round((n_faces / 4) ** 0.5)
    along, around = np.linspace(0, np.pi, n)[1:-1], np.linspace(0, 2 * np.pi, 2 * n + 1)[:-1]
    polar, angle = (grid.ravel() for grid in np.meshgrid(along, around, indexing="ij"))
    bump = 1.0 + 0.1 * np.sin(5 * angle) * np.sin(9 * polar) + 0.1 * np.cos(3 * polar + angle)
    ring = radius_mm * bump * np.sin(polar) ** 0.5
    body = np.column_stack(
        [ring * np.cos(angle), -0.5 * length_mm * np.cos(polar), ring * np.sin(angle)]
    )
    ends = [[0.0, -0.5 * length_mm, 0.0], [0.0, 0.5 * length_mm, 0.0]]
    first = np.arange(len(body)).reshape(n - 2, 2 * n)
    a, b = first[:-1], np.roll(first, -1, axis=1)[:-1]
    c, d = first[1:], np.roll(first, -1, axis=1)[1:]
    low, high = first[0], first[-1]
    faces = [
        np.stack([a, c, b], axis=-1).reshape(-1, 3),
        np.stack([b, c, d], axis=-1).reshape(-1, 3),
        np.column_stack([np.full(2 * n, len(body)), low, np.roll(low, -1)]),
        np.column_stack([np.full(2 * n, len(body) + 1), np.roll(high, -1), high]),
    ]
    return Mesh(np.vstack([body, ends]) + centre_mm, np.vstack(faces))


if __name__ == "__main__":
    main()
