"""A plan's folder read again: the same hips, and a clear word where the case is another."""

import json
import shutil

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.io.catalogue import embedded_hips
from hipsim.io.hips import load_hip, resolve_case
from hipsim.kinematics import motions
from hipsim.planning import plan as planning
from hipsim.planning import plan_ways
from hipsim.study import plan_files
from hipsim.study.plan_files import plan_to_folder
from hipsim.study.plan_folder import asked_record, input_record, is_plan, read_plan
from hipsim.study.sources import case_source


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Write a case, and a quick plan of it with two ways and no 3D pictures; return it as found."""
    room = tmp_path_factory.mktemp("planned")
    case = resolve_case(shutil.copytree(embedded_hips()["woman_narrow"], room / "case"))
    hip = load_hip(case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_ways, "DEPTH_STEP_MM", 8.0)
        patch.setattr(plan_ways, "ANGLE_STEP_DEG", 40.0)
        patch.setattr(planning, "WAYS", ("ideal", "derotation"))
        patch.setattr(plan_files, "rendering_problem", lambda: "no 3D here")
        source = case_source(case.name, case, hip.side)
        return plan_to_folder(
            hip, room / "out", targets={"neutral": 11}, detail="quick", source=source
        )


@pytest.fixture
def copied(planned, tmp_path):
    """Copy the plan and return its folder and its record, to be spoilt."""
    folder = shutil.copytree(planned.files[0].parent, tmp_path / "plan")
    return folder, json.loads((folder / "plan.json").read_text(encoding="utf-8"))


def written(folder, record):
    """Write a record into a plan's folder and return the folder."""
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def test_read_plan__has_the_hips_and_targets_of_the_plan(planned):
    folder = planned.files[0].parent
    assert is_plan(folder) and not is_plan(folder.parent / "case")
    found = read_plan(folder)
    assert found.targets[0].clearance_mm == 11.0
    assert list(found.hips) == ["as it is", "ideal", "derotation"]
    for option in planned.plan.options:
        again = found.hips[option.name].femur.vertices
        np.testing.assert_array_equal(again, option.hip.femur.vertices)
    assert found.record["asked"]["samples"] == 256 and found.record["asked"]["seed"] == 0


def test_picture__is_one_that_the_plan_lists(planned):
    found = read_plan(planned.files[0].parent)
    assert found.picture("unfolded_ideal.svg").is_file()
    assert found.picture("unfolded_plane.svg") is None
    assert found.picture("../case/case.yaml") is None


def test_read_plan__refuses_a_case_that_was_changed_or_moved(copied, tmp_path):
    folder, record = copied
    case = shutil.copytree(embedded_hips()["woman_narrow"], tmp_path / "own")
    source = case_source("own", resolve_case(case), "right")
    written(folder, {**record, "input": input_record(source)})
    assert read_plan(folder).hips["as it is"].name == "own"
    with (case / "case.yaml").open("a", encoding="utf-8") as file:
        file.write("# another thought\n")
    with pytest.raises(
        InputError, match=r"^the files of .*own have been changed since .* was planned"
    ):
        read_plan(folder)
    case.rename(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"^the case of .*own, has been moved since: put it back"):
        read_plan(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input": None}, "does not say which case was planned on"),
        ({"asked": {"targets": None}}, r"^.*plan\.json has targets for motions of one's own"),
        ({"files": "all"}, "is damaged: TypeError: not the record of a plan"),
        ({"asked": {}}, r"plan\.json is damaged: KeyError"),
        ({"input": {"recipe": 1}}, r"plan\.json is damaged"),
    ],
)
def test_read_plan__refuses_a_record_it_cannot_follow(copied, change, words):
    folder, record = copied
    with pytest.raises(InputError, match=words):
        read_plan(written(folder, {**record, **change}))


def test_read_plan__refuses_a_folder_without_a_plan_and_broken_json(copied, tmp_path):
    with pytest.raises(InputError, match="holds no plan: wanted a folder that hipsim plan wrote"):
        read_plan(tmp_path)
    folder, _ = copied
    (folder / "plan.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"plan\.json is damaged: JSONDecodeError"):
        read_plan(folder)


def test_records__say_nothing_they_do_not_know():
    assert input_record(None) is None
    assert asked_record({motions.neutral(): 17}, sex=None) == {"targets": None, "sex": None}
    assert asked_record({"neutral": 17, "ifi_test": "p25"}, seed=1) == {
        "targets": {"neutral": 17, "ifi_test": "p25"},
        "seed": 1,
    }
