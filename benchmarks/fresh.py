"""What only a new process can tell: memory of one library, and the time of a start.

Run as a program it answers for one library and case: how many MB it holds more after building and
answering than before, its code and compiled kernels loaded and warm.

    python -m benchmarks.fresh LIBRARY CASE [FOLDER OF BONES]
"""

import ctypes
import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks import cases, peers

ROOT = Path(__file__).parents[1]
ASKED = 64  # poses; what a peer holds does not grow with them
START = """
import numpy as np
from hipsim.geometry import Mesh, rigid
from hipsim.proximity import DistanceQuery
corner = Mesh(np.vstack([np.zeros(3), np.eye(3)]), [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
query = DistanceQuery(corner, corner)
query(np.stack([rigid.translation([x, 0.1, 0.1]) for x in np.linspace(2.0, 0.3, 9)]))
"""


def run(arguments: list[str], **environment: str) -> str:
    """Run this Python on arguments in a new process and return what it prints."""
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments} failed:\n{done.stderr}")
    return done.stdout


def memory_mb(library: str, case: str, bones: Path | None) -> float:
    """Return the resident MB of a library's search structures for a case."""
    folder = [] if bones is None else [str(bones)]
    return float(run(["-m", "benchmarks.fresh", library, case, *folder]))


def starts(warm_repeats: int) -> dict[str, dict[str, float]]:
    """Return wall and processor seconds of a start with first answers, compiling and compiled."""
    with tempfile.TemporaryDirectory() as cache:
        cold = _start(cache)
        runs = [_start(cache) for _ in range(warm_repeats)]
    return {"cold": cold, "warm": {key: median(run[key] for run in runs) for key in cold}}


def _start(cache: str) -> dict[str, float]:
    """Return what one start takes, from before Python to after its end."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run(["-c", START], NUMBA_CACHE_DIR=cache)
    wall = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": wall, "cpu_s": cpu}


def resident_mb() -> float:
    """Return the MB this process holds, after giving back what it does not need."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main(library: str, name: str, bones: Path | None) -> None:
    """Print the MB one library holds for one case."""
    case, peer = cases.find_case(name, bones), peers.BY_NAME[library]
    small = cases.tubes(500)
    peer.build(small.a, small.b)(small.all_poses(cases.COARSE)[:ASKED])
    poses = case.all_poses(cases.MEDIUM if peer is peers.HIPSIM else cases.COARSE)
    asked = poses if peer is peers.HIPSIM else poses[:ASKED]
    before = resident_mb()
    answer = peer.build(case.a, case.b)
    answer(asked)
    print(resident_mb() - before)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None)
