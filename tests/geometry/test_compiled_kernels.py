"""A compiled kernel kept on disk never outlives a change of any kernel file."""

import os
import subprocess
import sys
from pathlib import Path

from hipsim.geometry import _compiled_kernels

HELPER = """
from hipsim.geometry._compiled_kernels import inner

@inner
def factor():
    return {factor}
"""
CALLER = """
from hipsim.geometry._compiled_kernels import kernel
from hipsim.geometry._helper_kernels import factor

@kernel
def scaled(x):
    return factor() * x
"""
SCRIPT = """
from hipsim.geometry._caller_kernels import scaled
print(scaled(10.0), sum(scaled.stats.cache_hits.values()))
"""


def package_with(folder: Path, factor: float) -> None:
    """Write a small package whose kernel calls one in another file."""
    room = folder / "hipsim" / "geometry"
    room.mkdir(parents=True, exist_ok=True)
    for package in (room.parent, room):
        (package / "__init__.py").touch()
    source = Path(_compiled_kernels.__file__).read_text(encoding="utf-8")
    (room / "_compiled_kernels.py").write_text(source, encoding="utf-8")
    (room / "_caller_kernels.py").write_text(CALLER, encoding="utf-8")
    (room / "_helper_kernels.py").write_text(HELPER.format(factor=factor), encoding="utf-8")


def run_in(folder: Path) -> list[float]:
    """Return the kernel's answer and how often it came from the disk, in a new process."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "kept"), "PYTHONPATH": str(folder)}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in run.stdout.split()]


def test_kernel__is_kept_until_a_kernel_it_calls_changes(tmp_path):
    package_with(tmp_path, 2.0)
    assert run_in(tmp_path) == [20.0, 0.0]
    assert run_in(tmp_path) == [20.0, 1.0]
    package_with(tmp_path, 3.0)
    assert run_in(tmp_path) == [30.0, 0.0]
