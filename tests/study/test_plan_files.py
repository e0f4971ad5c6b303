"""A plan on the disk: files, frames, what is kept and what is refused."""

import csv
import json

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.io import load_hip
from hipsim.io.meshes import frame_of, load_mesh
from hipsim.planning import plan as planning
from hipsim.planning import plan_ways
from hipsim.study import plan_files
from hipsim.study.plan_files import COLUMNS, plan_to_folder, stated_frame

FLOAT32_TOL = 1e-4  # mm, a coordinate of 1000 mm in STL
CSV_TOL = 5e-4  # mm, three decimals
TARGETS = {"neutral": 11, "ifi_test": -0.0}


@pytest.fixture(scope="module")
def hip():
    return load_hip("woman_narrow")


@pytest.fixture(scope="module")
def written(hip, tmp_path_factory):
    """Write a plan of three ways with short curves and no 3D pictures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_ways, "DEPTH_STEP_MM", 8.0)
        patch.setattr(plan_ways, "ANGLE_STEP_DEG", 40.0)
        patch.setattr(planning, "WAYS", ("ideal", "plane", "derotation"))
        patch.setattr(plan_files, "rendering_problem", lambda: "no 3D here")
        return plan_to_folder(
            hip, tmp_path_factory.mktemp("plan") / "out", targets=TARGETS, detail="quick"
        )


@pytest.fixture(scope="module")
def folder(written):
    return written.files[0].parent


@pytest.fixture(scope="module")
def record(folder):
    return json.loads((folder / "plan.json").read_text())


def rows_of(folder):
    with (folder / "plan.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_plan_to_folder__writes_numbers_surfaces_and_curves(written, folder, record):
    names = {path.name for path in written.files}
    assert names == {path.name for path in folder.iterdir()} == set(record["files"])
    assert {"plan.json", "plan.csv", "decision.csv", "response.png", "response.svg"} <= names
    assert {"unfolded_ideal.png", "unfolded_ideal.svg", "unfolded_plane.svg"} <= names
    assert "unfolded_derotation.png" not in names
    assert {"femur_r_plane.stl", "removed_r_plane.stl", "cut_plane_r.stl"} <= names
    assert "femur_r_derotation.stl" in names and "removed_r_derotation.stl" not in names
    assert written.notices == ("no 3D here",)
    assert record["left_out"] == ["no 3D here"]


def test_plan_to_folder__surfaces_are_the_plan_in_the_scan_frame(written, folder, hip):
    plane = written.plan.option("plane")
    femur = load_mesh(folder / "femur_r_plane.stl")
    assert femur.is_closed
    assert femur.bounds == pytest.approx(plane.hip.femur.bounds, abs=FLOAT32_TOL)
    piece = load_mesh(folder / "removed_r_plane.stl")
    assert piece.is_closed
    low, high = hip.femur.bounds
    assert (piece.bounds[0] > low - FLOAT32_TOL).all() and (piece.bounds[1] < high + 1.0).all()
    plate = load_mesh(folder / "cut_plane_r.stl")
    assert plate.is_closed
    point, normal = plane.plane
    assert (plate.vertices - point) @ normal == pytest.approx(
        np.sign((plate.vertices - point) @ normal) * 0.1, abs=FLOAT32_TOL
    )


def test_plan_to_folder__has_a_row_per_option_and_target(written, folder):
    rows = rows_of(folder)
    assert tuple(rows[0]) == COLUMNS
    assert [(row["option"], row["motion"]) for row in rows] == [
        (option, motion)
        for option in ("intact", "ideal", "plane", "derotation")
        for motion in ("neutral", "ifi_test")
    ]
    by_name = {(row["option"], row["motion"]): row for row in rows}
    for option in written.plan.options:
        for row in option.reached:
            told = by_name[option.name, row.target.motion.name]
            assert float(told["space_after_mm"]) == pytest.approx(row.after.minimum_mm, abs=CSV_TOL)
            assert told["is_reached"] == str(row.is_reached)


def test_plan_to_folder__says_what_it_is_and_in_which_frame(record):
    assert "not a medical device" in record["note"]
    assert "does not state whether LPS or RAS" in record["frame"]
    assert record["versions"]["manifold3d"]


@pytest.mark.parametrize(("noted", "frame"), [("lps", "lps"), ("ras", "ras"), ("unknown", None)])
def test_stated_frame__is_what_the_case_says(hip, noted, frame):
    assert stated_frame(hip.evolved(notes=({"step": "load", "frame": noted},))) == frame


def test_plan_to_folder__notes_the_frame_for_slicer(written, tmp_path):
    operated = written.plan
    notes = tuple({**note, "frame": "ras"} for note in operated.hip.notes)
    start = type(operated.start)(
        operated.hip.evolved(notes=notes), *list(vars(operated.start).values())[1:]
    )
    again = type(operated)(start, operated.sex, operated.options[1:2], operated.required)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_files, "rendering_problem", lambda: "no 3D here")
        plan_files.write_plan(again, tmp_path)
    assert frame_of(tmp_path / "femur_r_plane.stl") == "ras"
    assert "RAS" in json.loads((tmp_path / "plan.json").read_text())["frame"]


def test_plan_to_folder__refuses_a_folder_with_a_plan_and_replaces_when_told(tmp_path):
    met, wanted = load_hip("man"), {"neutral": 10}
    plan_to_folder(met, tmp_path, targets=wanted, detail="quick")
    (tmp_path / "mine.txt").write_text("stays")
    before = (tmp_path / "plan.json").read_bytes()
    with pytest.raises(InputError, match="already holds a plan"):
        plan_to_folder(met, tmp_path, targets=wanted, detail="quick")
    assert (tmp_path / "plan.json").read_bytes() == before
    plan_to_folder(met, tmp_path, targets={"neutral": 12}, detail="quick", existing="replace")
    assert "12 mm" in (tmp_path / "plan.json").read_text()
    assert (tmp_path / "mine.txt").read_text() == "stays"
    assert [row["option"] for row in rows_of(tmp_path)] == ["intact"]


def test_plan_to_folder__leaves_nothing_when_stopped(tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plan_to_folder(load_hip("man"), tmp_path / "out", targets={"neutral": 10}, progress=stop)
    assert not (tmp_path / "out").exists()


def test_plan_to_folder__leaves_nothing_when_a_target_is_wrong(tmp_path):
    with pytest.raises(InputError, match="must be millimetres"):
        plan_to_folder(load_hip("man"), tmp_path / "out", targets={"neutral": "much"})
    assert not (tmp_path / "out").exists()
