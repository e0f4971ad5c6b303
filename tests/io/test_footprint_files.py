"""Painted footprints of a case: read, checked, laid on the bone."""

import json
import shutil

import numpy as np
import pytest

from hipsim.errors import CaseError
from hipsim.geometry import Mesh
from hipsim.io.cases import find_case
from hipsim.io.catalogue import embedded_hips
from hipsim.io.footprint_files import paint_footprints, read_footprints
from hipsim.io.hips import load_hip
from hipsim.io.meshes import count_triangles, load_mesh, save_mesh

TRIANGLE = [[1, 2, 3], [4, 5, 6], [7, 8, 10]]


def written(folder, data, name="footprint.json"):
    file = folder / name
    file.write_text(data if isinstance(data, str) else json.dumps(data))
    return file


@pytest.fixture(scope="module")
def woman():
    return load_hip("woman")


@pytest.fixture
def case(tmp_path):
    """Return a copy of an embedded case."""
    return shutil.copytree(embedded_hips()["woman"], tmp_path / "p")


def test_read__takes_faces_and_curves(tmp_path):
    data = {"iliopsoas": {"faces": [5, 3]}, "hamstrings": {"curve_mm": TRIANGLE}}
    found = read_footprints(written(tmp_path, data))
    assert found["iliopsoas"]["faces"].tolist() == [5, 3]
    assert found["hamstrings"]["curve_mm"].tolist() == TRIANGLE


@pytest.mark.parametrize(
    ("settings", "unit", "factor"),
    [({}, "mm", 1.0), ({}, "cm", 10.0), ({"unit": "m"}, "cm", 1000.0), ({"unit": "mm"}, "m", 1.0)],
)
def test_read__scales_a_curve_by_the_files_unit_else_the_cases(tmp_path, settings, unit, factor):
    file = written(tmp_path, {**settings, "iliopsoas": {"curve": TRIANGLE}})
    found = read_footprints(file, unit=unit)["iliopsoas"]["curve_mm"]
    assert found.tolist() == (factor * np.array(TRIANGLE)).tolist()


def test_read__leaves_a_curve_in_mm_whatever_the_unit_of_the_case(tmp_path):
    file = written(tmp_path, {"iliopsoas": {"curve_mm": TRIANGLE}})
    assert read_footprints(file, unit="m")["iliopsoas"]["curve_mm"].tolist() == TRIANGLE


def test_read__turns_a_curve_into_the_frame_of_the_bones(tmp_path):
    file = written(tmp_path, {"frame": "RAS", "iliopsoas": {"curve_mm": TRIANGLE}})
    found = read_footprints(file, frame="lps")["iliopsoas"]["curve_mm"]
    assert found.tolist() == (np.array(TRIANGLE) * [-1.0, -1.0, 1.0]).tolist()
    with pytest.raises(CaseError, match="the frame of the bones is not known"):
        read_footprints(file)


FLAT = [[0, 0], [1, 0], [0, 1]]
REFUSED = [
    ("[1", "is not valid JSON"),
    ([1], 'wanted {"iliopsoas": {"curve_mm"'),
    ({"iliopsaos": {"faces": [1]}}, r"unknown attachment 'iliopsaos' \(did you mean 'iliopsoas'"),
    ({"gluteus": {"faces": [1]}}, "unknown attachment 'gluteus'; known: iliopsoas, hamstrings"),
    ({"unit": "yard"}, "unit must be one of mm, cm, m, inch, got 'yard'"),
    ({"unit": "m", "iliopsoas": {"curve_mm": TRIANGLE}}, "curve_mm is in mm, but the unit .* is m"),
    ({"frame": "las"}, "the frame of points must be LPS or RAS, got 'las'"),
    ({"iliopsoas": [1, 2]}, "iliopsoas wants one of faces, curve_mm, curve, got"),
    ({"iliopsoas": {}}, "iliopsoas wants one of faces, curve_mm, curve, got"),
    ({"iliopsoas": {"faces": [1], "curve": TRIANGLE}}, "iliopsoas wants one of"),
    ({"hamstrings": {"face": [1]}}, r"hamstrings: unknown key 'face' \(did you mean 'faces'"),
    ({"hamstrings": {"zzz": [1]}}, "unknown key 'zzz'; known: faces, curve_mm, curve"),
    ({"iliopsoas": {"faces": []}}, "faces must be a list of whole numbers"),
    ({"iliopsoas": {"faces": [1.5]}}, "faces must be a list of whole numbers"),
    ({"iliopsoas": {"faces": [True]}}, "faces must be a list of whole numbers"),
    ({"iliopsoas": {"faces": 7}}, "faces must be a list of whole numbers from 0, got 7"),
    ({"iliopsoas": {"curve_mm": FLAT}}, "at least 3 points of three finite numbers"),
    ({"iliopsoas": {"curve_mm": TRIANGLE[:2]}}, "at least 3 points of three finite numbers"),
    ({"iliopsoas": {"curve_mm": [[1, 2, 3], [4, 5], [6, 7, 8]]}}, "three finite numbers"),
    ('{"iliopsoas": {"curve_mm": [[0, 0, NaN], [1, 0, 0], [0, 1, 0]]}}', "three finite numbers"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_read__refuses(tmp_path, data, message):
    with pytest.raises(CaseError, match=message):
        read_footprints(written(tmp_path, data))


def test_paint__names_file_and_tendon_where_the_painting_is_off_the_bone(woman):
    far = {"iliopsoas": {"curve_mm": np.array(TRIANGLE) + 1e4}}
    with pytest.raises(CaseError, match=r"a\.json: iliopsoas: the curve must lie on the femur"):
        paint_footprints(woman, far, where="a.json")
    beyond = {"hamstrings": {"faces": np.array([10**8])}}
    with pytest.raises(CaseError, match=r"a\.json: hamstrings: faces .* must be whole numbers"):
        paint_footprints(woman, beyond, where="a.json")


def test_load_hip__puts_painted_faces_on_the_hip(case, woman):
    written(case, {"iliopsoas": {"faces": [7, 8, 9]}})
    hip = load_hip(case)
    assert hip.footprints["iliopsoas"].faces.tolist() == [7, 8, 9]
    assert set(hip.footprints) == {"iliopsoas"} and not woman.footprints


def test_load_hip__paints_inside_a_curve_in_the_unit_of_the_case(case, woman):
    apex = woman.landmarks["lesser_trochanter"]
    away = np.linalg.norm(woman.femur.vertices - apex, axis=1)
    rim = woman.femur.vertices[np.argsort(abs(away - 6.0))[:40]]
    up, out = (woman.femoral_frame()[:3, k] for k in (1, 0))
    ring = rim[np.argsort(np.arctan2((rim - apex) @ up, (rim - apex) @ out))]
    written(
        case, {"unit": "cm", "iliopsoas": {"curve": (ring / 10.0).tolist()}}, "footprint_r.json"
    )
    footprint = load_hip(case).footprints["iliopsoas"]
    assert footprint.origin == "curve"
    assert np.linalg.norm(footprint.centroid_mm - apex) < 6.0


@pytest.mark.parametrize("change", ["turned", "flat"])
def test_load_hip__refuses_faces_of_a_mesh_that_is_not_the_files(case, change):
    femur = load_mesh(case / "femur_r.ply")
    faces = femur.faces[:, ::-1] if change == "turned" else np.vstack([femur.faces, [[0, 0, 1]]])
    save_mesh(case / "femur_r.ply", Mesh(femur.vertices, faces))
    written(case, {"iliopsoas": {"faces": [7, 8]}})
    with pytest.raises(CaseError, match=r"femur was mended on loading \(.*paint it by a curve"):
        load_hip(case)


def test_load_hip__takes_faces_of_the_bone_that_was_not_mended(case):
    femur = load_mesh(case / "femur_r.ply")
    save_mesh(case / "femur_r.ply", Mesh(femur.vertices, femur.faces[:, ::-1]))
    written(case, {"hamstrings": {"faces": [7, 8]}})
    assert load_hip(case).footprints["hamstrings"].faces.tolist() == [7, 8]


def test_footprint_file__belongs_to_one_hip(case):
    written(case, {})
    written(case, {}, "footprint_r.json")
    with pytest.raises(CaseError, match=r"footprint\.json and footprint_r\.json: keep one"):
        find_case(case).footprint_file("right")
    for bone in ("femur", "hip"):
        shutil.copy(case / f"{bone}_r.ply", case / f"{bone}_l.ply")
    with pytest.raises(CaseError, match=r"holds both hips: call it footprint_r\.json"):
        find_case(case).footprint_file("left")
    (case / "footprint.json").unlink()
    assert find_case(case).footprint_file("left") is None


def test_count_triangles__counts_those_without_area_too(tmp_path):
    soup = Mesh(np.eye(3), [[0, 1, 2], [0, 0, 1]])
    assert count_triangles(save_mesh(tmp_path / "a.ply", soup)) == 2
    assert len(load_mesh(tmp_path / "a.ply").faces) == 1


HARMFUL = {
    "face of 400 digits": '{"iliopsoas": {"faces": [' + "9" * 400 + "]}}",
    "face below": '{"iliopsoas": {"faces": [-1]}}',
    "unit as list": '{"unit": ["mm"], "iliopsoas": {"faces": [1]}}',
    "too far": '{"unit": "m", "iliopsoas": {"curve": [[1e308, 0, 0], [1, 0, 0], [0, 1, 0]]}}',
    "400 digits": '{"iliopsoas": {"curve_mm": [[1' + "0" * 400 + ", 0, 0], [1, 0, 0], [0, 1, 0]]}}",
    "painted twice": '{"iliopsoas": {"faces": [1]}, "iliopsoas": {"faces": [2]}}',
}


@pytest.mark.parametrize("case", HARMFUL)
def test_read__refuses_damage_by_name(tmp_path, case):
    (tmp_path / "footprint.json").write_text(HARMFUL[case])
    with pytest.raises(CaseError, match=r"footprint\.json"):
        read_footprints(tmp_path / "footprint.json")
