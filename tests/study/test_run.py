"""Running a scenario: the same numbers as one by one, and errors that name hip and plan."""

import numpy as np
import pytest
from study_cases import TEXT, phantom_hips, scenario_in

from hipsim.errors import HipsimError, InputError
from hipsim.planning.clearance import clearance_along
from hipsim.study.run import run_hips, run_scenario
from hipsim.study.store import as_dataset
from hipsim.surgery import derotate_femur, resect_lesser_trochanter

ANGLE_TOL = 1e-6  # deg, rounding
VOLUME_TOL = 1e-6  # mm3, a sum of float64


def test_run_hips__arranges_hips_by_plans_by_motions(results):
    assert [[o.plan.name for o in row] for row in results.outcomes] == [
        ["intact", "resection 4 mm", "resection 8 mm", "derotation 10 deg"]
    ] * 2
    assert [hip.name for hip in results.hips] == ["phantom-right", "phantom-left"]
    assert all(len(o.clearances) == 3 for row in results.outcomes for o in row)


def test_run_hips__equals_the_functions_one_by_one(results):
    hip = phantom_hips()[1]
    motion = results.scenario.motions[1]
    for plan, operated in (
        (1, resect_lesser_trochanter(hip, depth_mm=4)),
        (3, derotate_femur(hip, angle_deg=10)),
    ):
        found = results.outcomes[1][plan].clearances[1].distance_mm
        assert np.array_equal(found, clearance_along(operated, motion).distance_mm)


def test_run_hips__adds_up_what_was_removed(results):
    intact, small, large, turned = (o.removed_volume_mm3 for o in results.outcomes[0])
    assert intact == turned == 0.0
    assert 0.0 < small < large
    note = resect_lesser_trochanter(phantom_hips()[0], depth_mm=4).notes[-1]
    assert small == pytest.approx(note["removed_volume_mm3"], abs=VOLUME_TOL)


def test_run_hips__tells_its_progress(tmp_path):
    seen = []
    scenario = scenario_in(tmp_path, TEXT.replace("[4, 8]", "4"))
    run_hips(scenario, phantom_hips()[:1], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_run_hips__names_hip_and_plan_when_surgery_is_impossible(tmp_path):
    scenario = scenario_in(tmp_path, TEXT.replace("[4, 8]", "[4, 400]"))
    message = r"hip 'phantom-right', plan 'resection 400 mm': depth_mm must be at most"
    with pytest.raises(InputError, match=message):
        run_hips(scenario, phantom_hips())


def test_run_scenario__names_a_hip_that_cannot_be_loaded(tmp_path):
    text = "name: x\nhips: [p1]\nmotions: [neutral]\n"
    with pytest.raises(HipsimError, match=r"hip 'p1': .*femur_r\.ply is empty"):
        run_scenario(scenario_in(tmp_path, text))


def test_run_hips__measures_what_surgery_costs_where_that_is_asked_for(tmp_path):
    text = TEXT.replace("pictures: none", "outputs: {side_effects: all, pictures: none}")
    scenario = scenario_in(tmp_path, text)
    found = run_hips(scenario, phantom_hips()[:1])
    turned, resected = found.outcomes[0][3], found.outcomes[0][2]
    assert turned.side_effects["version_change_deg"] == pytest.approx(-10.0, abs=ANGLE_TOL)
    assert resected.side_effects["iliopsoas_lost_share"] > 0.0
    dataset = as_dataset(found)
    assert dataset.version_change_deg.dims == ("hip", "plan")
    assert dataset.version_change_deg.attrs == {"long_name": "version change", "units": "deg"}
    assert float(dataset.version_change_deg[0, 3]) == turned.side_effects["version_change_deg"]
