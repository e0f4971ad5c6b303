"""Case folders made of whatever a person has."""

import json
import os

import pytest
import yaml
from patient import mat, patient, right_hip, written

from hipsim.errors import CaseError, InputError, MeshError
from hipsim.geometry import Mesh
from hipsim.io.cases import find_case
from hipsim.io.hips import load_bones, load_landmarks
from hipsim.io.importing import Statements, import_case, new_folder, sha256_of
from hipsim.io.meshes import load_mesh
from hipsim.io.sources import Source, merged, read_source

FLOAT_TOL = 1e-9  # mm
VOLUME_TOL = 1e-3  # another way of closing where shells overlap
BOUNDS_TOL = 0.1  # mm
MARKS = "name,x,y,z\nASIS R,1,2,3\nLT R,4,5,6\nHJC,7,8,9\n"


def source_of(folder, bones=None, **settings):
    folder.mkdir(exist_ok=True)
    return read_source(written(folder, right_hip() if bones is None else bones, **settings))


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A MATLAB file of both hips in cm, with landmarks, made into a case."""
    folder = tmp_path_factory.mktemp("import")
    names = {f"{b.split('_')[0].title()}_{b[-1].upper()}": m for b, m in patient().items()}
    small = {name: Mesh(mesh.vertices / 10.0, mesh.faces) for name, mesh in names.items()}
    path = mat(folder / "z001.mat", {**small, "Patella_R": small["Hip_R"]})
    (folder / "marks.csv").write_text(MARKS)
    said = Statements(
        side="right", landmarks=(folder / "marks.csv",), description={"licence": "CC0"}
    )
    return path, import_case(read_source(path), folder / "case", said)


def test_import_case__writes_every_bone_in_mm(imported):
    _, done = imported
    assert sorted(done.case.files) == ["femur_l", "femur_r", "hip_l", "hip_r"]
    for bone, mesh in patient().items():
        assert load_mesh(done.case.files[bone]).vertices == pytest.approx(
            mesh.vertices, abs=FLOAT_TOL
        )


def test_import_case__records_what_was_read_and_decided(imported):
    path, done = imported
    settings = yaml.safe_load((done.case.folder / "case.yaml").read_text())
    assert (settings["name"], settings["unit"]) == ("case", "mm")
    assert (settings["side"], settings["frame"]) == ("right", "unknown")
    first, marks = settings["sources"]
    assert (first["file"], first["sha256"]) == ("z001.mat", sha256_of(path))
    assert first["unit"] == "cm" and "head radius" in first["why"]
    assert first["bones"] == ["femur_l", "femur_r", "hip_l", "hip_r"]
    assert marks["file"] == "marks.csv"
    assert settings["licence"] == "CC0"
    assert "z001.mat: left out Patella_R" in done.notes


def test_import_case__sorts_landmarks_by_side(imported):
    """Points without a unit are in that of the bones; without a side, of the hip under study."""
    case = imported[1].case
    right = load_landmarks(case, "right")
    assert right["asis_right"] == pytest.approx([10.0, 20.0, 30.0])
    assert right["lesser_trochanter"] == pytest.approx([40.0, 50.0, 60.0])
    assert right["hip_joint_centre"] == pytest.approx([70.0, 80.0, 90.0])
    assert list(load_landmarks(case, "left")) == ["asis_right"]


def test_import_case__can_be_imported_again(imported, tmp_path):
    """The case is a source too, with its landmarks; importing changes nothing."""
    first = imported[1].case
    again = import_case(read_source(first.folder), tmp_path / "again").case
    for bone, file in first.files.items():
        assert load_mesh(again.files[bone]).content_hash == load_mesh(file).content_hash
    assert load_landmarks(again, "right").keys() == load_landmarks(first, "right").keys()
    assert load_bones(again, ["hip_r"]).unit.unit == "mm"


def test_import_case__refuses_to_overwrite(tmp_path):
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "mine.txt").write_text("dear")
    with pytest.raises(CaseError, match="is there already; choose another --out"):
        import_case(Source(()), tmp_path / "case")
    assert os.listdir(tmp_path / "case") == ["mine.txt"]


def test_import_case__leaves_nothing_when_it_fails(tmp_path):
    source = source_of(tmp_path / "in")
    (tmp_path / "bad.json").write_text('{"nowhere": [1, 2, 3]}')
    said = Statements(landmarks=(tmp_path / "bad.json",))
    with pytest.raises(CaseError, match="unknown landmark 'nowhere'"):
        import_case(source, tmp_path / "case", said)
    assert sorted(os.listdir(tmp_path)) == ["bad.json", "in"]


def test_new_folder__vanishes_when_the_block_fails(tmp_path):
    with pytest.raises(MeshError), new_folder(tmp_path / "deep" / "case") as stage:
        (stage / "half.ply").write_text("")
        raise MeshError("no")
    assert os.listdir(tmp_path / "deep") == []


def test_new_folder__takes_the_place_of_an_empty_folder(tmp_path):
    (tmp_path / "case").mkdir()
    with new_folder(tmp_path / "case") as stage:
        (stage / "a.txt").write_text("")
    assert os.listdir(tmp_path / "case") == ["a.txt"]


def test_new_folder__says_why_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(InputError, match=r"cannot write .*case: "),
        new_folder(tmp_path / "file" / "case"),
    ):
        pass


def test_import_case__brings_slicers_points_into_a_stated_frame(tmp_path):
    points = [{"label": "LT", "position": [1, 2, 3]}]
    text = json.dumps({"markups": [{"coordinateSystem": "RAS", "controlPoints": points}]})
    (tmp_path / "F.mrk.json").write_text(text)
    said = Statements(frame="lps", landmarks=(tmp_path / "F.mrk.json",))
    done = import_case(source_of(tmp_path / "in"), tmp_path / "case", said)
    assert done.case.frame == "lps"
    found = load_landmarks(done.case, "right")
    assert found["lesser_trochanter"].tolist() == [-1.0, -2.0, 3.0]


def test_import_case__asks_whose_point_it_is(tmp_path):
    (tmp_path / "marks.csv").write_text(MARKS)
    said = Statements(landmarks=(tmp_path / "marks.csv",))
    with pytest.raises(CaseError, match="'hip_joint_centre' could belong to either hip"):
        import_case(source_of(tmp_path / "in", patient()), tmp_path / "case", said)


FRAMES = [
    ("las", "unknown", "--frame must be lps, ras or unknown, got 'las'"),
    ("lps", "ras", "the sources say that they are in RAS, --frame says lps"),
]


@pytest.mark.parametrize(("said", "found", "message"), FRAMES)
def test_import_case__refuses_a_frame(tmp_path, said, found, message):
    with pytest.raises(CaseError, match=message):
        import_case(Source((), found), tmp_path / "case", Statements(frame=said))


@pytest.mark.bones
@pytest.mark.parametrize("subject", ["F", "M"])
def test_import_case__closes_the_visible_human_originals(bones, tmp_path, subject):
    """Hollow shells in metres, femora in patches: as the surfaces that were closed by hand."""
    originals = bones / "hubmap_vh" / "original"
    names = (f"VH_{subject}_{part}.glb" for part in ("Pelvis", "Knee_R", "Knee_L"))
    source = merged([read_source(originals / name) for name in names])
    done = import_case(source, tmp_path / "case")
    closed = find_case(bones / "hubmap_vh" / f"vh_{subject.lower()}")
    assert sorted(done.meshes) == sorted(closed.files)
    for bone, mesh in done.meshes.items():
        reference = load_mesh(closed.files[bone])
        assert mesh.is_closed
        assert mesh.volume_mm3 == pytest.approx(reference.volume_mm3, rel=VOLUME_TOL)
        assert mesh.bounds == pytest.approx(reference.bounds, abs=BOUNDS_TOL)


@pytest.mark.bones
def test_import_case__refuses_the_ugly_bones(bones, tmp_path):
    with pytest.raises((MeshError, CaseError), match="cannot be used as a|fits no unit"):
        import_case(read_source(bones / "ugly"), tmp_path / "case")
    assert not (tmp_path / "case").exists()


@pytest.mark.bones
def test_import_case__a_matlab_file_of_a_ct_is_the_ct(bones, tmp_path):
    """As published: five bones among others in one file, which are written without a change."""
    case = find_case(bones / "vsd" / "z042")
    meshes = {bone: load_mesh(file) for bone, file in case.files.items()}
    words = {bone: bone.title() for bone in meshes}  # Hip_R, Femur_L, Sacrum
    path = mat(tmp_path / "z042.mat", {words[bone]: mesh for bone, mesh in meshes.items()})
    done = import_case(read_source(path), tmp_path / "case")
    for bone, mesh in meshes.items():
        assert load_mesh(done.case.files[bone]).content_hash == mesh.content_hash
    assert [decision.unit for decision in done.units] == ["mm"]
