"""Every way to say which hips: their names, sides, parameters, and recipes to follow."""

import json

import pytest

from hipsim.anatomy.population import sample_population
from hipsim.errors import InputError
from hipsim.study.hips import expand_hips
from hipsim.study.schema import HIP_ENTRIES, hip_kind


def expanded(folder, seed=0, **entry):
    kind = hip_kind(entry)
    return expand_hips(HIP_ENTRIES[kind].model_validate(entry), folder, seed=seed)


def names(folder, **entry):
    return [hip.name for hip in expanded(folder, **entry)]


def case(folder, *sides):
    """Make a case whose meshes are never read."""
    folder.mkdir(parents=True)
    for side in sides:
        (folder / f"hip_{side}.ply").write_bytes(b"")
        (folder / f"femur_{side}.ply").write_bytes(b"")


@pytest.fixture
def cases(tmp_path):
    case(tmp_path / "c" / "a1", "r")
    case(tmp_path / "c" / "a2", "r", "l")
    case(tmp_path / "c" / "b1", "l")
    return tmp_path


def test_cases__a_pattern_takes_every_hip_of_every_folder(cases):
    assert names(cases, case="c/a*") == ["a1", "a2_right", "a2_left"]
    assert names(cases, case=str(cases / "c" / "b*")) == ["b1"]
    assert names(cases, case="c/a*", side="right") == ["a1", "a2_right"]
    assert names(cases, case="c/a*", name="mine") == ["mine_a1", "mine_a2_right", "mine_a2_left"]


def test_cases__both_sides_of_one(cases):
    assert names(cases, case="c/a2", side="both") == ["a2_right", "a2_left"]
    assert names(cases, case="c/a2", side="left") == ["a2_left"]
    assert names(cases, case="c/a2", side="left", name="mine") == ["mine"]


def test_virtual__parameters_with_lists_and_ranges_are_combined(tmp_path):
    entry = {"virtual": "female", "version_deg": [10, 20], "neck_shaft_angle_deg": 130}
    assert names(tmp_path, **entry) == ["virtual_female_version_10", "virtual_female_version_20"]
    span = {"start": 120, "stop": 130, "step": 5}
    assert len(names(tmp_path, **{**entry, "neck_shaft_angle_deg": span})) == 6
    zipped = {**entry, "neck_shaft_angle_deg": [120, 130], "combine": "zip", "name": "v"}
    assert names(tmp_path, **zipped) == [
        "v_neck_shaft_angle_120_version_10",
        "v_neck_shaft_angle_130_version_20",
    ] or names(tmp_path, **zipped) == [
        "v_version_10_neck_shaft_angle_120",
        "v_version_20_neck_shaft_angle_130",
    ]
    assert names(tmp_path, virtual="male", combine="zip") == ["virtual_male"]


def test_virtual__recipes_hold_every_parameter(tmp_path):
    (hip,) = expanded(tmp_path, virtual="male", version_deg=17, side="left", spacing_mm=4)
    recipe = json.loads(hip.recipe)
    assert (hip.side, recipe["side"], recipe["spacing_mm"]) == ("left", "left", 4.0)
    assert (recipe["shape"]["sex"], recipe["shape"]["version_deg"]) == ("male", 17.0)


def test_population__subjects_are_those_that_are_drawn(tmp_path):
    hips = expanded(tmp_path, population=12, seed=5)
    assert [hip.name for hip in hips[::11]] == ["subject_00", "subject_11"]
    drawn = sample_population(12, seed=5)
    assert [json.loads(hip.recipe)["shape"] for hip in hips] == [vars(shape) for shape in drawn]


def test_population__takes_the_seed_of_the_scenario_unless_it_has_its_own(tmp_path):
    entry = HIP_ENTRIES["population"]
    of_scenario = expand_hips(entry.model_validate({"population": 3}), tmp_path, seed=8)
    own = expand_hips(entry.model_validate({"population": 3, "seed": 8}), tmp_path, seed=1)
    other = expand_hips(entry.model_validate({"population": 3}), tmp_path, seed=9)
    assert of_scenario == own
    assert of_scenario[0].fingerprint() != other[0].fingerprint()


def test_morph__names_say_what_was_changed(tmp_path):
    entry = {"morph": "woman", "version_deg": {"start": -10, "stop": 10, "step": 10}}
    assert names(tmp_path, **entry) == ["woman_version_-10", "woman", "woman_version_+10"]
    assert names(tmp_path, **entry, name="w")[1] == "w_version_+0"


def test_morph__is_carried_out(tmp_path):
    (source,) = expanded(tmp_path, morph="woman_narrow", inter_tuberous_width_mm=8)
    hip = source.load()
    assert hip.name == source.name == "woman_narrow_inter_tuberous_width_+8"
    assert hip.notes[-1]["asked"]["inter_tuberous_width_mm"] == 8.0


def test_fingerprint__follows_the_content_of_the_files(cases):
    (hip,) = expanded(cases, case="c/a1")
    before = hip.fingerprint()
    (cases / "c" / "a1" / "femur_r.ply").write_bytes(b"other")
    changed = hip.fingerprint()
    (cases / "c" / "a1" / "notes.txt").write_text("not part of the case")
    assert before != changed == hip.fingerprint()
    (cases / "c" / "a1" / "case.yaml").write_text("unit: mm\n")
    assert hip.fingerprint() != changed


def test_fingerprint__says_when_a_file_cannot_be_read(cases):
    (hip,) = expanded(cases, case="c/a1")
    (cases / "c" / "a1" / "femur_r.ply").rename(cases / "elsewhere.ply")
    (cases / "c" / "a1" / "hip_r.ply").rename(cases / "elsewhere_too.ply")
    with pytest.raises(InputError, match="holds no bone"):
        hip.fingerprint()


def test_virtual__is_made(tmp_path):
    (source,) = expanded(tmp_path, virtual="female", version_deg=20, spacing_mm=4, name="v")
    hip = source.load()
    assert (hip.name, hip.notes[0]["version_deg"]) == ("v", 20.0)
    assert source.load().femur is hip.femur  # remembered
