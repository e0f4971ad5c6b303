"""The trial as a scenario: patients by number, one number scales it; centres side by side."""

import json

import numpy as np
import pytest
from study_cases import phantom_hips

from hipsim.errors import ScenarioError
from hipsim.io.catalogue import embedded_scenarios
from hipsim.kinematics.motion import CENTRES
from hipsim.study import sources
from hipsim.study.run import run_hips
from hipsim.study.scenario import load_scenario
from hipsim.study.shards import shards_of, work_of
from hipsim.study.store import as_dataset

TEXT = """\
name: trial
hips: [{{patients: {n}, {more}}}]
motions: [neutral]
procedures:
  - {{procedure: derotate_femur, angle_deg: 10}}
seed: 3
"""
CENTRED = """\
name: centres
hips: [p1, p2]
motions:
  - {motion: ifi_test, step_deg: 10}
  - {motion: ifi_test, name: moving, step_deg: 10, centre: equidistant}
"""


def scenario(folder, n=3, more="side: right", text=TEXT):
    path = folder / "trial.yaml"
    path.write_text(text.format(n=n, more=more))
    return load_scenario(path)


def test_patients__do_not_depend_on_how_many_there_are(tmp_path):
    few, many = scenario(tmp_path, 3), scenario(tmp_path, 8)
    assert [hip.name for hip in few.hips] == ["patient_0", "patient_1", "patient_2"]
    assert [hip.recipe for hip in few.hips] == [hip.recipe for hip in many.hips[:3]]
    keys = [[shard.key for shard in shards_of(one)] for one in (few, many)]
    assert keys[0] == keys[1][:3] and len(set(keys[1])) == 8


def test_patients__take_rule_side_and_seed(tmp_path):
    more = "neutral_mm: [5, 12], sex_ratio: 1, seed: 9, side: left, name: woman"
    hips = scenario(tmp_path, 12, more).hips
    recipe = json.loads(hips[11].recipe)
    assert (hips[11].name, hips[11].side, recipe["number"]) == ("woman_11", "left", 11)
    assert recipe["rule"] == {"neutral_mm": [5.0, 12.0], "sex_ratio": 1.0}
    assert recipe["seed"] == 9
    assert json.loads(scenario(tmp_path).hips[0].recipe)["seed"] == 3  # of the scenario


@pytest.mark.parametrize(
    ("n", "more", "said"),
    [
        (0, "side: right", "patients: wanted"),
        (2, "neutral_mm: [17, 0]", r"neutral_mm: wanted \[from, to\] with from < to"),
        (2, "neutral_mm: 17", r"neutral_mm: wanted \[from, to\] with from < to"),
        (2, "sex_ratio: 3", "sex_ratio must be"),
        (2, "seed: -1", "seed must not be negative, got -1"),
        (2, "neutral_m: 3", "did you mean"),
    ],
)
def test_patients__refuses(n, more, said, tmp_path):
    with pytest.raises(ScenarioError, match=said):
        scenario(tmp_path, n, more)


def test_trial__compares_both_operations_and_each_with_each():
    trial = load_scenario(embedded_scenarios()["in_silico_trial"])
    assert len(trial.hips) == 50 and len(trial.plans) == 9
    names = [plan.name for plan in trial.plans]
    assert "resection 10 mm + derotation 20 deg" in names
    assert [motion.name for motion in trial.motions] == ["neutral", "ifi_test", "gait"]
    assert trial.side_effects == "all" and trial.targets_mm == {"neutral": 17.0}


def test_centre__both_models_come_side_by_side(tmp_path):
    for name in ("p1/hip_r.ply", "p1/femur_r.ply", "p2/hip_l.ply", "p2/femur_l.ply"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    path = tmp_path / "centres.yaml"
    path.write_text(CENTRED)
    asked = load_scenario(path)
    assert [motion.centre for motion in asked.motions] == ["fixed", "equidistant"]
    found = as_dataset(run_hips(asked, phantom_hips()))
    assert found.centre.values.tolist() == list(CENTRES)
    fixed, moving = (found.minimum_mm.sel(motion=m).values for m in ("ifi_test", "moving"))
    assert np.isfinite(moving).all() and (fixed != moving).any()


def test_centre__is_part_of_what_a_shard_depends_on(tmp_path):
    works = []
    for centre in CENTRES:
        text = CENTRED.replace("equidistant", centre).replace("[p1, p2]", "[woman_narrow]")
        path = tmp_path / "centres.yaml"
        path.write_text(text)
        works.append(work_of(load_scenario(path)).digest)
    assert works[0] != works[1]


def test_patients__one_that_cannot_be_measured_is_operated_all_the_same(tmp_path, monkeypatch):
    from hipsim.study import evaluate as room

    def broken(hip):
        raise IndexError("index 1 is out of bounds")

    monkeypatch.setattr(room, "measure", broken)
    monkeypatch.setattr(sources, "find_patient", lambda *a, **k: phantom_hips()[0])
    shard = next(iter(shards_of(scenario(tmp_path))))
    block = room.evaluate(shard)
    assert block.failures == ("", "") and np.isfinite(block.arrays["minimum_mm"]).all()
    assert block.measures["not_available"] == {"all": "IndexError: index 1 is out of bounds"}


def test_centre__refuses_another_word(tmp_path):
    path = tmp_path / "centres.yaml"
    path.write_text(CENTRED.replace("equidistant", "wandering").replace("[p1, p2]", "[woman]"))
    with pytest.raises(ScenarioError, match="centre: wanted 'fixed' or 'equidistant'"):
        load_scenario(path)
