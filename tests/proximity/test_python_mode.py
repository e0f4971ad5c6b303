"""The kernels also run as plain Python, where an index out of range or an unset name would show."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hipsim.geometry import rigid
from hipsim.proximity import DistanceQuery

SCRIPT = """
import json, sys
sys.path[:0] = sys.argv[1:]
from test_python_mode import measure
print(json.dumps(measure()))
"""
SAME_TOL = 1e-12  # mm, compiled and interpreted code may round differently


def measure() -> list[float]:
    """Return distances of two tetrahedra and a collapsed one, apart and overlapping."""
    from shapes import box

    from hipsim.geometry import Mesh

    corner = Mesh(
        np.vstack([np.zeros(3), 3.0 * np.eye(3)]), [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]
    )
    thin = Mesh(np.ones((3, 3)), [[0, 1, 2]])
    poses = np.stack([rigid.translation([x, 0.1, 0.2]) for x in np.linspace(4.0, -0.5, 9)])
    parts = [DistanceQuery(a, box())(poses, n_threads=1) for a in (corner, thin)]
    return [float(d) for part in parts for d in part.distance_mm]


def test_kernels__give_the_same_as_plain_python():
    tests = Path(__file__).parents[1]
    folders = [str(folder) for folder in (tests.parent, tests, tests / "proximity")]
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, *folders],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    compiled = measure()
    assert json.loads(run.stdout) == pytest.approx(compiled, abs=SAME_TOL)
    assert min(compiled) < 0.0 < max(compiled)
