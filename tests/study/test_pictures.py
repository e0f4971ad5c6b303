"""Which pictures a run draws, and what it says about those it leaves out."""

from dataclasses import replace

import pytest
from study_cases import phantom_hips, scenario_in

from hipsim.study import pictures
from hipsim.study.pictures import draw_pictures, slug
from hipsim.study.run import run_hips

MANY = """\
name: many plans
hips: [p1]
motions: [{motion: arc, flexion_deg: [0, -20], step_deg: 10}]
procedures:
  - {procedure: resect_lesser_trochanter, depth_mm: {start: 1, stop: 8, step: 1}}
  - {procedure: derotate_femur, angle_deg: {start: 5, stop: 25, step: 5}}
pictures: curves
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    scenario = scenario_in(tmp_path_factory.mktemp("many"), MANY)
    return run_hips(scenario, phantom_hips()[:1])


def charts(folder):
    return sorted(path.stem for path in folder.glob("*.png"))


def with_pictures(results, wanted):
    outputs = results.scenario.outputs.model_copy(update={"pictures": wanted})
    return replace(results, scenario=replace(results.scenario, outputs=outputs))


def test_draw_pictures__none_is_none(results, tmp_path):
    assert draw_pictures(with_pictures(results, "none"), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_draw_pictures__few_plans_share_a_chart(results, tmp_path):
    draw_pictures(with_pictures(results, "curves"), tmp_path)
    assert charts(tmp_path)[:2] == [
        "curves_phantom-left_ifi_test",
        "curves_phantom-right_ifi_test",
    ]
    assert "gain_phantom-right_neutral" in charts(tmp_path)


def test_draw_pictures__many_plans_are_split_by_what_is_done(many, tmp_path):
    notices = draw_pictures(many, tmp_path)
    assert charts(tmp_path) == [
        "curves_phantom-right_arc_derotation",
        "curves_phantom-right_arc_resection",
        "gain_phantom-right_arc",
    ]
    assert notices == ["charts show the first 12 plans only"]


def test_draw_pictures__goes_on_where_3d_is_impossible(results, tmp_path, monkeypatch):
    reason = "3D pictures cannot be drawn on this machine: install libegl1"
    monkeypatch.setattr(pictures, "rendering_problem", lambda: reason)
    assert draw_pictures(with_pictures(results, "all"), tmp_path) == [reason]
    assert charts(tmp_path)


def test_slug__is_a_file_name():
    assert slug("arc", "a/b ..\\c", "ifi_test") == "arc_a-b-c_ifi_test"
