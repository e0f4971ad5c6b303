"""Which hips the table finds."""

import json

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.io.cases import find_case
from hipsim.io.meshes import save_mesh
from hipsim.study.validation_hips import find_cases, real_subjects, sex_of

TETRAHEDRON = Mesh(
    np.vstack([np.zeros(3), np.eye(3)]), [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]
)


def put(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        save_mesh(folder / name, TETRAHEDRON)


def test_find_cases__finds_folders_and_prefixes_at_any_depth(tmp_path):
    put(tmp_path / "deep" / "one", "femur_r.ply", "hip_r.ply")
    put(tmp_path / "flat", "a_femur_l.stl", "a_hip_l.stl", "b_femur_r.stl")
    found = find_cases(tmp_path)
    assert [(case.name, case.sides) for case in found] == [("one", ("right",)), ("a", ("left",))]


def test_find_cases__refuses_a_folder_without_any(tmp_path):
    with pytest.raises(InputError, match="no case with femur_r and hip_r"):
        find_cases(tmp_path)


@pytest.mark.parametrize(("text", "sex"), [('{"sex": "F"}', "female"), ("[1]", None)])
def test_sex_of__reads_what_lies_beside_the_bones(tmp_path, text, sex):
    put(tmp_path, "femur_r.ply", "hip_r.ply")
    (tmp_path / "reference.json").write_text(text)
    assert sex_of(find_case(tmp_path)) == sex


def test_sex_of__refuses_a_broken_file(tmp_path):
    put(tmp_path, "femur_r.ply", "hip_r.ply")
    (tmp_path / "reference.json").write_text("{")
    with pytest.raises(InputError, match="is no JSON"):
        sex_of(find_case(tmp_path))


def test_sex_of__takes_the_word_of_the_case_first(tmp_path):
    put(tmp_path, "femur_r.ply", "hip_r.ply")
    (tmp_path / "reference.json").write_text(json.dumps({"sex": "F"}))
    (tmp_path / "case.yaml").write_text("sex: male\n")
    assert sex_of(find_case(tmp_path)) == "male"


def test_real_subjects__note_why_a_hip_is_refused(tmp_path):
    put(tmp_path, "femur_r.ply", "hip_r.ply")
    found = real_subjects(tmp_path)
    assert found.hips == () and list(found.refused) == [f"{tmp_path.name} right"]


@pytest.mark.bones
def test_find_cases__finds_all_real_hips(bones):
    found = find_cases(bones)
    sides = {case.name: case.sides for case in found}
    assert {"z001", "z027", "z036", "z042", "vh_f", "vh_m"} <= set(sides)
    assert all(len(s) == 2 for s in sides.values())
