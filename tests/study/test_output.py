"""A folder of results: complete or not there, and never over somebody's earlier results."""

import hashlib
import json

import pytest
from study_cases import TEXT, scenario_in

from hipsim.errors import InputError, ScenarioError
from hipsim.study.output import run_to_folder, write_results

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


TABLES = ["manifest.json", "measures.json", "results.csv", "results.nc"]


def test_run_to_folder__writes_everything_it_says(tmp_path):
    done = run_to_folder(small(tmp_path), tmp_path / "out")
    assert names(tmp_path / "out") == TABLES == sorted(path.name for path in done.files)
    assert done.notices == ()


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


def test_run_to_folder__leaves_nothing_when_a_plan_is_impossible(tmp_path):
    text = EMBEDDED.replace("depth_mm: 4", "depth_mm: 400").replace("PICTURES", "none")
    with pytest.raises(InputError, match="plan 'resection 400 mm': depth_mm must be at most"):
        run_to_folder(scenario_in(tmp_path, text), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_run_to_folder__leaves_nothing_when_interrupted(tmp_path):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_to_folder(small(tmp_path), tmp_path / "out", progress=interrupt)
    assert not (tmp_path / "out").exists()


def test_run_to_folder__says_early_that_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write to .*file/out: Not a directory"):
        run_to_folder(small(tmp_path), tmp_path / "file" / "out")


def test_run_to_folder__needs_a_scenario(tmp_path):
    with pytest.raises(ScenarioError, match="no such file"):
        run_to_folder(tmp_path / "none.yaml", tmp_path / "out")


def test_manifest__says_where_everything_comes_from(tmp_path, results):
    write_results(results, tmp_path)
    about = json.loads((tmp_path / "manifest.json").read_text())
    assert about["scenario"]["text"] == results.scenario.file.text
    assert about["scenario"]["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    assert about["hips"][0]["femur_sha256"] == results.hips[0].femur.content_hash
    assert {"hipsim", "python", "numpy", "numba", "manifold3d"} <= set(about["versions"])
    assert "not a medical device" in about["note"]
    assert about["motions"][1]["pelvic_zero"] == "app"
    for name, digest in about["files"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
