"""A small study on phantom hips, run once per test session."""

from functools import cache

from phantom import phantom_hip

from hipsim.study.run import Results, run_hips
from hipsim.study.scenario import Scenario, load_scenario

TEXT = """\
name: phantom study
hips: [p1, p2]
motions:
  - neutral
  - {motion: ifi_test, step_deg: 5}
  - {motion: grid, extension_deg: [0, 20], adduction_deg: 0, rotation_deg: 0, step_deg: 10}
procedures:
  - {procedure: resect_lesser_trochanter, depth_mm: [4, 8]}
  - {procedure: derotate_femur, angle_deg: 10}
targets_mm: {neutral: 24}
pictures: none
"""


def scenario_in(folder, text=TEXT) -> Scenario:
    """Load the scenario from a file beside two cases whose meshes are never read."""
    for name in ("p1/hip_r.ply", "p1/femur_r.ply", "p2/hip_l.ply", "p2/femur_l.ply"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"")
    path = folder / "study.yaml"
    path.write_text(text)
    return load_scenario(path)


def phantom_hips():
    """Return a right and a left hip with different gaps."""
    return [phantom_hip("right", gap_mm=22.0), phantom_hip("left", gap_mm=12.0)]


@cache
def phantom_results(folder) -> Results:
    """Run the scenario on the phantoms."""
    return run_hips(scenario_in(folder), phantom_hips())
