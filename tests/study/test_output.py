"""A folder of results: complete or not there, and never over somebody's earlier results."""

import csv
import hashlib
import json

import numpy as np
import pytest
from study_cases import scenario_in

from hipsim.errors import InputError, ScenarioError
from hipsim.study.lock import FolderLock
from hipsim.study.output import run_to_folder
from hipsim.study.results import load_results

EMBEDDED = """\
name: embedded
hips: [woman_narrow]
motions: [neutral, {motion: ifi_test, step_deg: 10}]
procedures:
  - {procedure: resect_lesser_trochanter, depth_mm: 4}
pictures: PICTURES
"""


def small(folder, pictures="none"):
    return scenario_in(folder, EMBEDDED.replace("PICTURES", pictures))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


TABLES = ["log.jsonl", "manifest.json", "measures.json", "results.csv", "results.nc"]


def test_run_to_folder__writes_everything_it_says(tmp_path):
    done = run_to_folder(small(tmp_path), tmp_path / "out")
    assert names(tmp_path / "out") == TABLES
    assert sorted(path.name for path in done.files) == TABLES[1:]
    assert done.notices == () and done.n_failed == 0


def test_run_to_folder__draws_curves_and_gains(tmp_path):
    run_to_folder(small(tmp_path, "curves"), tmp_path / "out")
    pictures = [name for name in names(tmp_path / "out") if name.endswith(".png")]
    assert pictures == [
        "curves_woman_narrow_ifi_test.png",
        "gain_woman_narrow_ifi_test.png",
        "gain_woman_narrow_neutral.png",
    ]


def test_run_to_folder__refuses_earlier_results(tmp_path):
    run_to_folder(small(tmp_path), tmp_path / "out")
    before = (tmp_path / "out" / "manifest.json").read_text()
    with pytest.raises(InputError, match="already holds results .* replace them with --overwrite"):
        run_to_folder(small(tmp_path), tmp_path / "out")
    assert (tmp_path / "out" / "manifest.json").read_text() == before


def test_run_to_folder__replaces_its_own_files_and_no_others(tmp_path):
    run_to_folder(small(tmp_path, "curves"), tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    run_to_folder(small(tmp_path), tmp_path / "out", existing="replace")
    assert names(tmp_path / "out") == sorted([*TABLES, "notes.txt"])


def test_run_to_folder__the_table_is_the_same_bytes_every_time(tmp_path):
    for out in ("a", "b"):
        run_to_folder(small(tmp_path), tmp_path / out)
    first, second = ((tmp_path / out / "results.csv").read_bytes() for out in ("a", "b"))
    assert first == second


def test_run_to_folder__a_plan_that_is_impossible_is_a_row_with_its_reason(tmp_path):
    text = EMBEDDED.replace("depth_mm: 4", "depth_mm: [4, 400]").replace("PICTURES", "curves")
    done = run_to_folder(scenario_in(tmp_path, text), tmp_path / "out")
    ((why, count),) = done.failures
    assert (count, done.n_failed) == (1, 1) and why.startswith("depth_mm must be at most")
    rows = list(csv.DictReader((tmp_path / "out" / "results.csv").read_text().splitlines()))
    failed = [row for row in rows if row["failure"]]
    assert {row["plan"] for row in failed} == {"resection 400 mm"} and len(failed) == 2
    assert {row["space_after_mm"] for row in failed} == {""}
    assert all(row["space_before_mm"] for row in rows)


def test_run_to_folder__a_hip_that_cannot_be_loaded_is_on_record_and_the_others_go_on(tmp_path):
    text = EMBEDDED.replace("[woman_narrow]", "[p1, woman_narrow]").replace("PICTURES", "curves")
    done = run_to_folder(scenario_in(tmp_path, text), tmp_path / "out")
    assert done.n_failed == 2
    about = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert "is empty" in about["hips"][0]["failure"] and about["hips"][0]["name"] == "p1"
    assert about["failed"] == 2 and "femur_sha256" in about["hips"][1]
    assert "gain_woman_narrow_neutral.png" in names(tmp_path / "out")
    with load_results(tmp_path / "out") as dataset:
        found = dataset.minimum_mm.sel(plan="intact", motion="neutral")
        assert found.isnull().values.tolist() == [True, False]


def test_run_to_folder__leaves_nothing_when_stopped_before_the_first_shard(tmp_path):
    def interrupt(done, total, failed):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_to_folder(small(tmp_path), tmp_path / "out", progress=interrupt)
    assert not (tmp_path / "out").exists()


def test_run_to_folder__refuses_a_folder_in_which_another_run_is_at_work(tmp_path):
    with FolderLock(tmp_path / "out" / "unfinished"):
        with pytest.raises(InputError, match="another run is at work in"):
            run_to_folder(small(tmp_path), tmp_path / "out")
        assert (tmp_path / "out" / "unfinished" / "whole.lock").exists()


DETAILS = {"distances": {"distance_mm"}, "minima": set()}


@pytest.mark.parametrize("detail", DETAILS)
def test_run_to_folder__keeps_what_is_asked_for(tmp_path, detail):
    text = EMBEDDED.replace(
        "pictures: PICTURES", f"outputs: {{poses: {detail}, measures: none, pictures: curves}}"
    )
    done = run_to_folder(scenario_in(tmp_path, text), tmp_path / "out")
    assert names(tmp_path / "out") == [n for n in TABLES if n != "measures.json"]
    assert "pictures need the closest points of every pose" in done.notices[0]
    with load_results(tmp_path / "out") as dataset:
        assert {"distance_mm", "points_mm"} & set(dataset.data_vars) == DETAILS[detail]
        assert not dataset.minimum_mm.isnull().any()


def test_run_to_folder__says_early_that_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write to .*file/out: Not a directory"):
        run_to_folder(small(tmp_path), tmp_path / "file" / "out")


def test_run_to_folder__needs_a_scenario(tmp_path):
    with pytest.raises(ScenarioError, match="no such file"):
        run_to_folder(tmp_path / "none.yaml", tmp_path / "out")


def test_manifest__says_where_everything_comes_from(tmp_path):
    scenario = small(tmp_path)
    run_to_folder(scenario, tmp_path / "out")
    about = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert about["scenario"]["text"] == scenario.file.text
    assert about["scenario"]["sha256"] == hashlib.sha256(scenario.file.text.encode()).hexdigest()
    hip = scenario.hips[0].load()
    assert about["hips"][0]["femur_sha256"] == hip.femur.content_hash
    assert {"hipsim", "python", "numpy", "numba", "manifold3d"} <= set(about["versions"])
    assert "not a medical device" in about["note"]
    assert about["motions"][1]["pelvic_zero"] == "app"
    assert (about["seed"], about["n_hips"]) == (0, 1)
    for name, digest in about["files"].items():
        content = (tmp_path / "out" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
    measured = json.loads((tmp_path / "out" / "measures.json").read_text())
    assert measured["hips"][0]["name"] == "woman_narrow"


def test_log__is_one_json_object_per_line(tmp_path):
    run_to_folder(small(tmp_path), tmp_path / "out")
    lines = (tmp_path / "out" / "log.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["event"] for event in events] == ["start", "shard", "end"]
    assert events[1]["seconds"] > 0 and events[1]["failed"] == 0


def test_run_to_folder__side_effects_of_what_failed_are_not_a_number(tmp_path):
    text = EMBEDDED.replace("depth_mm: 4", "depth_mm: [4, 400]").replace(
        "pictures: PICTURES", "outputs: {side_effects: all, pictures: none, measures: none}"
    )
    text = text.replace("[woman_narrow]", "[p1, woman_narrow]")
    run_to_folder(scenario_in(tmp_path, text), tmp_path / "out")
    with load_results(tmp_path / "out") as dataset:
        lost = dataset.iliopsoas_lost_share.load()
    assert np.isnan(lost[0]).all() and np.isnan(lost[1, 2])
    assert float(lost[1, 0]) == 0.0 < float(lost[1, 1]) < 1.0
