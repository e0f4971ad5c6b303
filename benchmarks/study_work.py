"""The parts of the study benchmark that need a process of their own.

    python -m benchmarks.study_work compute HIPS PROCESSES
    python -m benchmarks.study_work drive EVALUATIONS

Each prints one JSON object.
"""

import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from hipsim.io.catalogue import embedded_hips
from hipsim.io.hips import resolve_case
from hipsim.study.blocks import Block, as_bytes, from_bytes
from hipsim.study.executors import THREADS, Finished, Note, Processes
from hipsim.study.output import LOG, run_to_folder
from hipsim.study.scenario import load_scenario
from hipsim.study.shards import Shard
from hipsim.study.sources import case_source

PLANS_EACH = 16
TEXT = """\
name: benchmark
hips: [{hips}]
motions: [neutral, {{motion: ifi_test, step_deg: 4}}]
procedures:
  - {{procedure: derotate_femur, angle_deg: {{start: 2, stop: 18, step: 2}}}}
  - {{procedure: resect_lesser_trochanter, depth_mm: {{start: 1, stop: 6, step: 1}}}}
outputs: {{measures: numbers, pictures: none}}
"""
REAL, DRIVEN = "{{case: ./hip_{0}, name: hip_{0}}}", "{{population: {0}}}"
ONE_THREAD = dict.fromkeys(THREADS, "1")
SAMPLES = 200


class Replayed:
    """An executor that gives every shard the content of one, computed elsewhere on a real hip."""

    def __init__(self) -> None:
        self.computing_s = 0.0

    def run(self, shards: Iterable[Shard], note: Note) -> Iterator[Finished]:
        """Yield the shards in order."""
        block = None
        for shard in shards:
            if block is None:
                start = time.perf_counter()
                block = _computed(shard, note)
                self.computing_s = time.perf_counter() - start
            named = replace(block, hip={**block.hip, "name": shard.source.name})
            yield Finished(shard, as_bytes(named))


def compute(hips: int, workers: int) -> dict[str, Any]:
    """Run a real study; return its seconds, those of its shards, and of processors.

    Every hip has its own case folder, so each is read and prepared as in a real study. Each process
    has one thread: one process is one processor's work.
    """
    os.environ.update(ONE_THREAD)
    with tempfile.TemporaryDirectory() as folder:
        for hip in range(hips):
            shutil.copytree(embedded_hips()["woman_narrow"], Path(folder) / f"hip_{hip}")
        scenario = _scenario(Path(folder), ", ".join(map(REAL.format, range(hips))))
        start, driver = time.perf_counter(), time.process_time()
        run_to_folder(scenario, Path(folder) / "out", executor=Processes(workers))
        wall, driver = time.perf_counter() - start, time.process_time() - driver
        lines = (Path(folder) / "out" / LOG).read_text().splitlines()
    seconds = [json.loads(line).get("seconds", 0.0) for line in lines]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "wall_s": wall,
        "shards_s": sum(seconds),
        "driver_cpu_s": driver,
        "workers_cpu_s": used.ru_utime + used.ru_stime,
    }


def drive(evaluations: int) -> dict[str, Any]:
    """Drive a study whose shards cost nothing and return seconds and memory."""
    trace: list[tuple[float, float]] = []

    def watch(done: int, total: int, failed: int) -> None:
        if done >= len(trace) * total / SAMPLES:
            trace.append((done / total, _resident_mb()))

    with tempfile.TemporaryDirectory() as folder:
        scenario = _scenario(Path(folder), DRIVEN.format(evaluations // PLANS_EACH))
        executor, start, cpu = Replayed(), time.perf_counter(), time.process_time()
        run_to_folder(scenario, Path(folder) / "out", executor=executor, progress=watch)
        wall = time.perf_counter() - start - executor.computing_s
        cpu = time.process_time() - cpu
        size = sum(file.stat().st_size for file in (Path(folder) / "out").iterdir())
    trace.append((1.02, _resident_mb()))
    return {
        "evaluations": evaluations // PLANS_EACH * PLANS_EACH,
        "wall_s": wall,
        "cpu_s": cpu,
        "peak_mb": _peak_mb(),
        "results_mb": size / 1e6,
        "trace": trace,
    }


def _resident_mb() -> float:
    """Return the MB this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _peak_mb() -> float:
    """Return the most MB this process has held; ``ru_maxrss`` would count its parent's as well."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (held,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(held) * 1024 / 1e6


def _computed(shard: Shard, note: Note) -> Block:
    """Compute a shard on an embedded hip, in another process, whose memory is not the driver's."""
    source = case_source("woman_narrow", resolve_case("woman_narrow"), "right")
    (finished,) = Processes(1).run([replace(shard, source=source)], note)
    return from_bytes(finished.data)


def _scenario(folder: Path, hips: str) -> Any:
    """Load a study of some hips, 16 plans each."""
    path = folder / "study.yaml"
    path.write_text(TEXT.format(hips=hips))
    return load_scenario(path)


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    print(json.dumps({"compute": compute, "drive": drive}[what](*map(int, numbers))))
