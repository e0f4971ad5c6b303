"""Shared fixtures, and a compiled-kernel cache named after the kernels' own text."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_text = b"".join(p.read_bytes() for p in sorted((ROOT / "hipsim").rglob("*_kernels.py")))
_name = "hipsim-numba-" + hashlib.sha256(_text).hexdigest()[:16]
os.environ.setdefault("NUMBA_CACHE_DIR", os.path.join(tempfile.gettempdir(), _name))

import numpy as np  # noqa: E402  (numba must see the cache folder first)
import pytest  # noqa: E402

BONES_VARIABLE = "HIPSIM_BONES"


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a generator with a fixed seed, new for every test."""
    return np.random.default_rng(20090615)


@pytest.fixture(scope="session")
def bones() -> Path:
    """Return the folder of real hips, or skip: they are not part of the repository."""
    folder = Path(os.environ.get(BONES_VARIABLE, ROOT.parent / "shared" / "bones"))
    if not (folder / "vsd").is_dir():
        pytest.skip(f"real hips are not at {folder} (set {BONES_VARIABLE} to their folder)")
    return folder


@pytest.fixture(scope="session")
def subject() -> Any:
    """Return what a report tells of the embedded narrow hip and two plans."""
    import hipsim as hs
    from hipsim.report.subject import make_subject

    hip = hs.load_hip("woman_narrow")
    plans = {
        "intact": hip,
        "resection 5 mm": hs.resect_lesser_trochanter(hip, depth_mm=5),
        "derotation 20 deg": hs.derotate_femur(hip, angle_deg=20),
    }
    return make_subject(plans, [hs.motions.neutral(), hs.motions.ifi_test()])


@pytest.fixture(scope="session")
def planner() -> Any:
    """Return a planner of the embedded narrow hip."""
    import hipsim as hs
    from hipsim.planner.live import LivePlanner

    hip = hs.load_hip("woman_narrow")
    return LivePlanner(hip, [hs.motions.neutral(), hs.motions.ifi_test()], source="woman_narrow")
