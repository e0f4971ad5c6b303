"""Normal gait: the shipped series against the published curves, and the stride model."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.kinematics.gait import SPEEDS, gait, gait_angles

FIT_RMS_DEG = (0.075, 0.075, 0.19)  # six harmonics; the module's docstring states these
FIT_MAX_DEG = (0.35, 0.25, 0.6)
MEASURED_EXTENSION_CHANGE_DEG = 8.3  # PMC5774225, cadence -20 to +20 % at constant speed
MODEL_TOL_DEG = 1.0  # a first-order model against the mean of ten people
STANDING_TILT_DEG = 12.0  # of the ASIS-PSIS plane
GAIT_VARIABLE = "HIPSIM_GAIT"


@pytest.fixture(scope="module")
def published() -> dict[tuple[str, str], np.ndarray]:
    """Return (speed, axis) to the published curve, columns cycle and mean, or skip."""
    default = Path(__file__).parents[3] / "shared" / "gait"
    path = Path(os.environ.get(GAIT_VARIABLE, default)) / "schwartz2008_hip_pelvis.csv"
    if not path.is_file():
        pytest.skip(f"the published gait curves are not at {path} (set {GAIT_VARIABLE})")
    curves: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["segment"] == "HipAngles":
                point = (float(row["cycle_pct"]), float(row["mean_deg"]))
                curves.setdefault((row["speed"].lower(), row["axis"]), []).append(point)
    return {key: np.array(points) for key, points in curves.items()}


@pytest.mark.parametrize("speed", SPEEDS)
def test_gait_angles__follow_the_published_means(published, speed):
    for row, axis in enumerate(("flex(+)", "add(+)", "int_rot(+)")):
        cycle, mean = published[speed, axis].T
        error = gait_angles(cycle, speed)[row] - mean
        assert np.sqrt((error**2).mean()) < FIT_RMS_DEG[row]
        assert np.abs(error).max() < FIT_MAX_DEG[row]


@pytest.mark.parametrize("speed", SPEEDS)
def test_gait_angles__are_periodic(speed):
    cycle = np.linspace(0, 100, 37)
    assert np.allclose(gait_angles(cycle, speed), gait_angles(cycle + 300, speed), atol=1e-9)


def test_gait__starts_flexed_at_heel_strike_and_extends_most_before_toe_off():
    motion = gait()
    assert motion.flexion_deg[0] > 30.0
    assert 50.0 <= motion.progress[motion.flexion_deg.argmin()] <= 56.0
    assert 10.0 <= motion.progress[motion.adduction_deg.argmax()] <= 25.0
    assert (motion.progress[0], motion.progress[-1]) == (0.0, 100.0)


def test_gait__states_the_gait_laboratory_zeros():
    motion = gait("fast")
    assert (motion.pelvic_zero, motion.femoral_zero) == ("isb", "isb")
    assert motion.pelvic_tilt_deg == 0.0


def test_gait__faster_walking_extends_further():
    extension = [gait(speed).flexion_deg.min() for speed in ("slow", "free", "fast")]
    assert extension[0] > extension[1] > extension[2]


def test_gait__stride_factor_scales_the_sagittal_excursion_only():
    normal, long = gait(), gait(stride_factor=1.5)
    assert np.ptp(long.flexion_deg) == pytest.approx(1.5 * np.ptp(normal.flexion_deg), rel=1e-3)
    middle = [0.5 * (m.flexion_deg.max() + m.flexion_deg.min()) for m in (normal, long)]
    assert middle[0] == pytest.approx(middle[1], abs=0.02)
    assert np.array_equal(long.adduction_deg, normal.adduction_deg)
    assert np.array_equal(long.rotation_deg, normal.rotation_deg)


def test_gait__stride_model_predicts_the_measured_change_of_extension():
    """At constant speed the stride is the inverse of the cadence."""
    long, short = (gait(stride_factor=1 / cadence).flexion_deg.min() for cadence in (0.8, 1.2))
    assert short - long == pytest.approx(MEASURED_EXTENSION_CHANGE_DEG, abs=MODEL_TOL_DEG)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"speed": "sprint"}, "speed must be one of slow, free, fast, got 'sprint'"),
        ({"stride_factor": 2.0}, "stride_factor must be within 0.3 to 1.7"),
        ({"n_poses": 2}, "n_poses must be within 8"),
    ],
)
def test_gait__refuses(settings, message):
    with pytest.raises(InputError, match=message):
        gait(**settings)
