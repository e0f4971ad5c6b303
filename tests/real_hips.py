"""The twelve real hips by name, loaded once per test run; licensed apart, not in the repository."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Side
from hipsim.io import load_hip

CASES = {
    "z001": ("vsd/z001", "vsd/z001/{}"),
    "z027": ("vsd/z027", "vsd/z027/{}"),
    "z036": ("vsd/z036", "vsd/z036/{}"),
    "z042": ("vsd/z042", "vsd/z042/{}"),
    "vh_f": ("hubmap_vh/vh_f", "hubmap_vh/vh_f_{}"),
    "vh_m": ("hubmap_vh/vh_m", "hubmap_vh/vh_m_{}"),
}
HIPS: list[tuple[str, Side]] = [(case, side) for case in CASES for side in ("right", "left")]
CT_CASES = [case for case in CASES if case.startswith("z")]
CT_HIPS = [(case, side) for case, side in HIPS if case.startswith("z")]


@cache
def real_hip(bones: Path, case: str, side: Side) -> Hip:
    """Return a real hip with automatic landmarks."""
    return load_hip(bones / CASES[case][0], side=side)


def reference(bones: Path, case: str, side: Side) -> dict:
    """Return the independent figures of one hip."""
    text = (bones / CASES[case][1].format("reference.json")).read_text()
    return json.loads(text)[side[0].upper()]


def raters(bones: Path, case: str) -> dict[str, dict[str, np.ndarray]]:
    """Return the medians of five raters: 'pelvis' and one of 'femur_r', 'femur_l'."""
    text = (bones / CASES[case][1].format("raters.json")).read_text()
    return {
        bone: {name: np.array(point) for name, point in points.items()}
        for bone, points in json.loads(text).items()
    }
