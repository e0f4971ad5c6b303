"""Hips from and to the disk: landmarks that override, and real and ugly bones."""

import json
import shutil

import numpy as np
import pytest
from patient import right_hip, scaled, three_mf, written
from phantom import phantom_hip

from hipsim.errors import CaseError, HipsimError
from hipsim.io.cases import find_case
from hipsim.io.catalogue import embedded_hips
from hipsim.io.hips import load_bones, load_hip, load_landmarks, resolve_case, save_case
from hipsim.io.meshes import load_mesh

CT = "vsd/z027"
FLOAT_TOL = 1e-9  # mm, scaling there and back


@pytest.fixture(scope="module")
def hip():
    return phantom_hip("right")


def saved_landmarks(tmp_path, hip, data, name="landmarks.json", twin="none.json"):
    folder = save_case(hip, tmp_path / "p")
    (folder / "landmarks.json").unlink()
    (folder / name).write_text(data if isinstance(data, str) else json.dumps(data))
    return find_case(folder)


def test_save_case__comes_back(tmp_path, hip):
    case = find_case(save_case(hip, tmp_path / "p"))
    assert load_mesh(case.files["femur_r"]).content_hash == hip.femur.content_hash
    assert load_mesh(case.files["hip_r"]).content_hash == hip.hip_bone.content_hash
    points = load_landmarks(case, "right")
    assert {n: p.tolist() for n, p in points.items()} == {
        n: p.tolist() for n, p in hip.landmarks.items()
    }
    assert case.name == hip.name


def test_save_case__refuses_to_mix_two_cases(tmp_path, hip):
    save_case(hip, tmp_path / "p")
    with pytest.raises(CaseError, match="already holds a case; choose another folder"):
        save_case(hip, tmp_path / "p")


@pytest.mark.parametrize("wrap", [lambda p: p, lambda p: {"points": p}])
def test_load_landmarks__takes_both_forms(tmp_path, hip, wrap):
    case = saved_landmarks(tmp_path, hip, wrap({"lesser_trochanter": [1, 2, 3]}))
    assert load_landmarks(case, "right")["lesser_trochanter"].tolist() == [1.0, 2.0, 3.0]


def test_load_landmarks__scales_by_its_own_unit(tmp_path, hip):
    data = {"unit": "m", "points": {"lesser_trochanter": [0.001, 0.002, 0.003]}}
    points = load_landmarks(saved_landmarks(tmp_path, hip, data), "right")
    assert points["lesser_trochanter"] == pytest.approx([1.0, 2.0, 3.0])


BAD_LANDMARKS = [
    ("{", r"landmarks\.json is not valid JSON"),
    ([1, 2], r'wanted \{"unit": "mm", "points"'),
    ({"points": [1]}, r'wanted \{"unit": "mm", "points"'),
    ({"unit": "yard", "points": {"LT": [1, 2, 3]}}, "unit must be one of mm, .*, got 'yard'"),
    ({"leser_trochanter": [1, 2, 3]}, r"'leser_trochanter' \(did you mean 'lesser_trochanter'\?\)"),
    ({"zzz": [1, 2, 3]}, "unknown landmark 'zzz'; known: hip_joint_centre"),
    ({"asis_left": [1, 2]}, r"'asis_left' must be three finite numbers, got \[1, 2\]"),
    ({"asis_left": ["a", 2, 3]}, "'asis_left' must be three finite numbers"),
    ('{"asis_left": [NaN, 1, 2]}', "'asis_left' must be three finite numbers"),
]


@pytest.mark.parametrize(("data", "message"), BAD_LANDMARKS)
def test_load_landmarks__refuses(tmp_path, hip, data, message):
    case = saved_landmarks(tmp_path, hip, data)
    with pytest.raises(CaseError, match=message):
        load_landmarks(case, "right")


def test_load_landmarks__asks_whose_point_it_is(tmp_path, hip):
    folder = save_case(hip, tmp_path / "p")
    for bone in ("femur", "hip"):
        shutil.copy(folder / f"{bone}_r.ply", folder / f"{bone}_l.ply")
    (folder / "landmarks.json").write_text(json.dumps({"lesser_trochanter": [1, 2, 3]}))
    with pytest.raises(CaseError, match=r"could belong to either; put it into landmarks_r\.json"):
        load_landmarks(find_case(folder), "right")


def test_load_landmarks__keeps_the_sides_apart(tmp_path, hip):
    folder = save_case(hip, tmp_path / "p")
    for bone in ("femur", "hip"):
        shutil.copy(folder / f"{bone}_r.ply", folder / f"{bone}_l.ply")
    (folder / "landmarks.json").write_text(json.dumps({"asis_left": [0, 0, 1]}))
    (folder / "landmarks_l.json").write_text(json.dumps({"lesser_trochanter": [1, 2, 3]}))
    case = find_case(folder)
    assert sorted(load_landmarks(case, "left")) == ["asis_left", "lesser_trochanter"]
    assert sorted(load_landmarks(case, "right")) == ["asis_left"]


def test_resolve_case__suggests_embedded_hips(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaseError, match=r"'woman_narow' \(did you mean 'woman_narrow'\?\)"):
        resolve_case("woman_narow")


@pytest.mark.parametrize("name", ["woman", "woman_narrow", "man"])
def test_load_hip__loads_the_embedded_hips(name):
    hip = load_hip(name)
    assert hip.femur.is_closed and hip.hip_bone.is_closed
    assert name in embedded_hips()


@pytest.mark.parametrize(("unit", "factor"), [("m", 1000.0), ("cm", 10.0), ("mm", 1.0)])
@pytest.mark.parametrize("is_stated", [True, False])
def test_load_bones__finds_the_unit(tmp_path, unit, factor, is_stated):
    written(tmp_path, right_hip(), factor=1.0 / factor)
    (tmp_path / "case.yaml").write_text(f"unit: {unit}\n" if is_stated else "name: p\n")
    loaded = load_bones(find_case(tmp_path), right_hip())
    assert (loaded.unit.unit, loaded.unit.unit_mm) == (unit, factor)
    for bone, mesh in right_hip().items():
        assert loaded.meshes[bone].vertices == pytest.approx(mesh.vertices, abs=FLOAT_TOL)


def test_load_bones__refuses_a_stated_unit_that_contradicts_the_bones(tmp_path):
    written(tmp_path, right_hip())
    (tmp_path / "case.yaml").write_text("unit: cm\n")
    with pytest.raises(CaseError, match="the stated unit 'cm' contradicts the bones"):
        load_bones(find_case(tmp_path), right_hip())


def test_load_bones__believes_the_unit_in_a_3mf(tmp_path):
    for bone, mesh in right_hip().items():
        three_mf(tmp_path / f"{bone}.3mf", {bone: scaled(mesh, 1 / 25.4)}, unit="inch")
    loaded = load_bones(find_case(tmp_path), right_hip())
    assert loaded.unit.unit == "mm"
    assert loaded.meshes["hip_r"].bounds == pytest.approx(right_hip()["hip_r"].bounds, abs=1e-4)


def test_load_landmarks__reads_slicers_points_into_the_frame_of_the_case(tmp_path, hip):
    folder = save_case(hip, tmp_path / "p")
    (folder / "landmarks.json").unlink()
    (folder / "case.yaml").write_text("frame: ras\n")
    points = [{"label": "LT", "position": [1, 2, 3]}]
    text = json.dumps({"markups": [{"coordinateSystem": "LPS", "controlPoints": points}]})
    (folder / "landmarks.mrk.json").write_text(text)
    found = load_landmarks(find_case(folder), "right")
    assert found["lesser_trochanter"].tolist() == [-1.0, -2.0, 3.0]


def test_load_landmarks__refuses_two_files_of_one_kind(tmp_path, hip):
    folder = save_case(hip, tmp_path / "p")
    (folder / "landmarks.csv").write_text("name,x,y,z\n")
    with pytest.raises(CaseError, match=r"holds landmarks\.json and landmarks\.csv: keep one"):
        load_landmarks(find_case(folder), "right")


def test_load_landmarks__a_side_in_the_name_says_whose_point_it_is(tmp_path, hip):
    folder = save_case(hip, tmp_path / "p")
    for bone in ("femur", "hip"):
        shutil.copy(folder / f"{bone}_r.ply", folder / f"{bone}_l.ply")
    (folder / "landmarks.json").write_text(json.dumps({"LT R": [1, 2, 3], "LT L": [4, 5, 6]}))
    case = find_case(folder)
    assert load_landmarks(case, "left")["lesser_trochanter"].tolist() == [4.0, 5.0, 6.0]
    assert load_landmarks(case, "right")["lesser_trochanter"].tolist() == [1.0, 2.0, 3.0]


def test_resolve_case__finds_fetched_hips_but_embedded_names_win(tmp_path, monkeypatch):
    monkeypatch.setenv("HIPSIM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    for name in ("vh_f", "woman"):
        (tmp_path / "data" / "cases" / name).mkdir(parents=True)
        written(tmp_path / "data" / "cases" / name, right_hip())
    assert resolve_case("vh_f").folder == tmp_path / "data" / "cases" / "vh_f"
    assert resolve_case("woman").folder == embedded_hips()["woman"]
    with pytest.raises(CaseError, match=r"fetched hips in .*cases: vh_f.*'hipsim fetch vh_m'"):
        resolve_case("vh_m")


@pytest.mark.bones
def test_load_hip__notes_where_it_came_from(bones):
    hip = load_hip(bones / CT, side="left")
    assert sorted(hip.notes[0]["files"]) == ["femur_l.ply", "hip_l.ply", "hip_r.ply"]


@pytest.mark.bones
def test_load_hip__takes_landmarks_over_its_own(bones, tmp_path):
    shutil.copytree(bones / CT, tmp_path / "p")
    found = load_hip(tmp_path / "p", side="left").landmarks["lesser_trochanter"]
    wanted = np.round(found + 1.0, 3)
    points = {"lesser_trochanter": wanted.tolist()}
    (tmp_path / "p" / "landmarks_l.json").write_text(json.dumps(points))
    hip = load_hip(tmp_path / "p", side="left")
    assert hip.landmarks["lesser_trochanter"].tolist() == wanted.tolist()


@pytest.mark.bones
@pytest.mark.parametrize("unit", ["", "unit: m\n"])
def test_load_hip__refuses_the_ugly_bones_however_they_are_called(bones, tmp_path, unit):
    with pytest.raises(CaseError, match=r"holds no bone: .* found LICENSE, r_femur\.stl"):
        load_hip(bones / "ugly")
    shutil.copy(bones / "ugly" / "r_pelvis.stl", tmp_path / "hip_r.stl")
    shutil.copy(bones / "ugly" / "r_femur.stl", tmp_path / "femur_r.stl")
    (tmp_path / "case.yaml").write_text(f"name: ugly\n{unit}")
    with pytest.raises(HipsimError, match="fits no unit|cannot be used as a"):
        load_hip(tmp_path)


@pytest.mark.bones
def test_load_hip__refuses_hollow_shells(bones, tmp_path):
    originals = bones / "hubmap_vh" / "original"
    shutil.copy(originals / "VH_F_Pelvis.glb", tmp_path / "hip_r.glb")
    shutil.copy(originals / "VH_F_Knee_R.glb", tmp_path / "femur_r.glb")
    (tmp_path / "case.yaml").write_text("unit: m\n")
    with pytest.raises(HipsimError, match="fits no unit|cannot be used as a"):
        load_hip(tmp_path)
