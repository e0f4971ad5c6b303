"""A study of one embedded hip in many small shards, and ways to run it in a process of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLANS_EACH = 1
N_SHARDS = 7
PATIENCE_S = 120.0  # for a machine that others use too
TEXT = """\
name: nothing lost
hips: [woman_narrow]
motions: [neutral, {motion: arc, flexion_deg: [0, -20], step_deg: 5}]
procedures:
  - {procedure: derotate_femur, angle_deg: {start: 8, stop: 32, step: 8}}
  - {procedure: resect_lesser_trochanter, depth_mm: [4, 400]}
outputs: {measures: numbers, pictures: none}
"""
PROGRAM = (
    "import hipsim.study.shards as shards; shards.PLANS_EACH = {each}\n"
    "from hipsim.cli import main; main()\n"
)


def scenario_file(folder: Path, text: str = TEXT) -> Path:
    """Write the scenario."""
    path = folder / "study.yaml"
    path.write_text(text)
    return path


def start_run(scenario: Path, out: Path, *options: str) -> subprocess.Popen:
    """Start ``hipsim run`` in a process of its own."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(each=PLANS_EACH), "run", str(scenario)]
        + ["--out", str(out), *options],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def n_kept(out: Path) -> int:
    """Count the shards on the disk."""
    return len(list((out / "unfinished" / "shards").glob("*/[!.]*.shard")))


def wait_for(is_so, process: subprocess.Popen | None = None) -> None:
    """Wait until something is so, or a process has ended."""
    end = time.monotonic() + PATIENCE_S
    while not is_so() and (process is None or process.poll() is None):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    """List the child processes of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found
