"""What would be run is counted exactly, timed roughly, and sized from above."""

import pytest
from lost_cases import TEXT, scenario_file

from hipsim.study.estimate import estimate
from hipsim.study.executors import Inline
from hipsim.study.output import run_to_folder
from hipsim.study.scenario import load_scenario

pytestmark = pytest.mark.usefixtures("small_shards")


def test_estimate__counts_times_and_sizes(tmp_path, undisturbed):
    found = estimate(load_scenario(scenario_file(tmp_path)))
    assert (found.n_hips, found.n_plans, found.n_motions, found.n_poses) == (1, 7, 2, 6)
    assert (found.n_shards, found.n_done, found.problem) == (7, 0, "")
    assert found.seconds > 7 * found.plan_s > 0.0
    size = (undisturbed / "results.nc").stat().st_size
    assert found.result_bytes > size
    assert found.peak_bytes > found.result_bytes


def test_estimate__knows_what_is_done(tmp_path):
    class Stops(Inline):
        def run(self, shards, note):
            for index, finished in enumerate(super().run(shards, note)):
                if index == 3:
                    raise KeyboardInterrupt
                yield finished

    scenario, out = load_scenario(scenario_file(tmp_path)), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(scenario, out, executor=Stops())
    found = estimate(scenario, out)
    assert found.n_done == 3


def test_estimate__says_why_the_time_is_not_known(tmp_path):
    for name in ("hip_r.ply", "femur_r.ply"):
        (tmp_path / "p7").mkdir(exist_ok=True)
        (tmp_path / "p7" / name).write_bytes(b"")
    text = TEXT.replace("woman_narrow", "p7")
    found = estimate(load_scenario(scenario_file(tmp_path, text)))
    assert "is empty" in found.problem
