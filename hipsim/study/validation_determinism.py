"""Rows on sameness: same inputs, same bytes, whatever computes them.

Each row makes one thing in several ways and counts the different results; one is asked. Times and
versions, the provenance a file states, are left out where the row says so.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from hipsim.errors import ComputationError
from hipsim.io.hips import load_hip
from hipsim.io.meshes import save_mesh
from hipsim.kinematics import motions, pelvis_from_femur
from hipsim.planning.clearance import clearance_along
from hipsim.planning.plan import plan
from hipsim.proximity import DistanceQuery
from hipsim.study.executors import Executor, Inline, Processes
from hipsim.study.manifest import as_json
from hipsim.study.output import run_to_folder
from hipsim.study.validation_row import Row, missing
from hipsim.surgery.resection import lesser_trochanter_resection

HIP = "woman_narrow"
STUDY = """\
name: sameness
hips: [woman_narrow]
motions: [neutral, {motion: ifi_test, step_deg: 4}]
procedures:
  - {procedure: derotate_femur, angle_deg: [10, 20]}
  - {procedure: resect_lesser_trochanter, depth_mm: 4}
outputs: {pictures: none}
"""
PROGRAM = (
    "from hipsim.study.validation_determinism import clearance_bytes\n"
    "import hashlib; print(hashlib.sha256(clearance_bytes()).hexdigest())"
)
TARGETS = {"neutral": 12.0}
PATIENCE_S = 300.0


def determinism_rows(page: Callable[[], str] | None, *, plans: int) -> Iterator[Row]:
    """Yield a row per kind of result.

    Parameters
    ----------
    page
        Makes the report page of an embedded hip anew; None leaves it out.
    plans
        How often to plan; fewer than two leaves it out.
    """
    yield _same("clearance", "clearance, points and kinds: 1 and 2 threads, twice each",
                [_threaded(n) for n in (1, 2, 1, 2)])  # fmt: skip
    apart = [sha256(clearance_bytes()).hexdigest().encode(), *map(_elsewhere, (1, 2))]
    yield _same("clearance, new processes", "clearance in processes with other hash seeds", apart)
    yield _same("resection STL", "femur and removed piece as STL, hip loaded anew each time",
                [_resection() for _ in range(2)])  # fmt: skip
    yield from _studies()
    what = "plan.json", f"plan of {HIP} without files: figures, reasons and surfaces"
    if plans < 2:
        yield missing("determinism", *what, expected="1 result", why="left out: takes a minute")
    else:
        yield _same(*what, [_plan() for _ in range(plans)])
    what = "HTML report", "page of an embedded hip, made twice"
    if page is None:
        yield missing("determinism", *what, expected="1 result", why="nothing makes pages here")
    else:
        yield _same(*what, [page().encode() for _ in range(2)])


def clearance_bytes() -> bytes:
    """Return the bytes of the clearance of an embedded hip over the IFI test."""
    found = clearance_along(load_hip(HIP), motions.ifi_test())
    return found.distance_mm.tobytes() + found.points_mm.tobytes() + found.kind.tobytes()


def _same(name: str, quantity: str, results: list[bytes]) -> Row:
    """Count the different results."""
    hashes = {sha256(result).hexdigest() for result in results}
    return Row(
        group="determinism",
        name=name,
        quantity=quantity,
        expected="1 result",
        value=float(len(hashes)),
        low=1.0,
        high=1.0,
        n=len(results),
        ours=f"{len(results[0])} bytes, sha256 {min(hashes)[:12]}",
        source="same inputs, same bytes",
    )


def _threaded(threads: int) -> bytes:
    """Return the bytes of distances computed on some threads."""
    hip = load_hip(HIP)
    query = DistanceQuery(hip.femoral_body("extracapsular").mesh, hip.pelvic_body("ischium").mesh)
    found = query(pelvis_from_femur(hip, motions.ifi_test()), n_threads=threads)
    points = found.points_a_mm.tobytes() + found.points_b_mm.tobytes()
    return found.distance_mm.tobytes() + points + found.kind.tobytes()


def _elsewhere(seed: int) -> bytes:
    """Return the hash of the clearance computed in a process of its own."""
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    if done.returncode:
        raise ComputationError(f"a process of its own failed: {done.stderr.strip()[-300:]}")
    return done.stdout.strip().encode()


def _resection() -> bytes:
    """Return the bytes of the surfaces a resection leaves and takes."""
    done = lesser_trochanter_resection(load_hip(HIP), depth_mm=5.0)
    with tempfile.TemporaryDirectory() as folder:
        files = [
            save_mesh(Path(folder, f"{name}.stl"), mesh)
            for name, mesh in (("femur", done.hip.femur), ("piece", done.removed))
            if mesh is not None
        ]
        return b"".join(file.read_bytes() for file in files)


def _studies() -> Iterator[Row]:
    """Yield the rows on a study in this process, in two workers, and once more."""
    with tempfile.TemporaryDirectory() as root:
        scenario = Path(root, "sameness.yaml")
        scenario.write_text(STUDY)
        ways: dict[str, Executor] = {"one": Inline(), "two": Processes(2), "again": Inline()}
        for name, executor in ways.items():
            run_to_folder(scenario, Path(root, name), executor=executor)
        for file in ("results.csv", "results.nc"):
            yield _same(file, "a study in this process, in two workers, and again",
                        [Path(root, name, file).read_bytes() for name in ways])  # fmt: skip


def _plan() -> bytes:
    """Return a plan as text with the surfaces of its options."""
    found = plan(load_hip(HIP), TARGETS)
    surfaces = [option.hip.femur.content_hash for option in found.options]
    told: dict[str, Any] = {"plan": json.loads(as_json(found.to_dict())), "surfaces": surfaces}
    return json.dumps(told, sort_keys=True).encode()
