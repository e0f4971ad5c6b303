"""What a person hands over, taken apart into bones."""

import numpy as np
import pytest
import trimesh
from patient import mat, right_hip, scaled, three_mf, written
from shapes import box, sphere

from hipsim.errors import CaseError, MeshError
from hipsim.geometry import Mesh
from hipsim.io.meshes import save_mesh
from hipsim.io.sources import Labels, joined, merged, read_bone, read_source

BALL = sphere(10.0, subdivisions=1)


def bones_of(source):
    return sorted((piece.kind, piece.side, len(piece.mesh.faces)) for piece in source.pieces)


BOTH = [("femur", "right", 80), ("hip", "right", 12)]


def test_read_source__takes_a_file_by_its_name(tmp_path):
    source = read_source(save_mesh(tmp_path / "Right Femur 2.stl", BALL))
    assert bones_of(source) == [("femur", "right", 80)]
    assert [file.name for file in source.files] == ["Right Femur 2.stl"]


def test_read_source__takes_the_parts_of_a_file_by_their_names(tmp_path):
    parts = {"Femur_R": BALL, "Hip_R": box(), "Tibia_R": box()}
    for path in (mat(tmp_path / "z.mat", parts), three_mf(tmp_path / "z.3mf", parts)):
        source = read_source(path)
        assert bones_of(source) == BOTH
        assert source.notes == (f"{path.name}: left out Tibia_R",)


def test_read_source__takes_all_parts_of_a_file_named_after_a_bone(tmp_path):
    source = read_source(three_mf(tmp_path / "femur_r.3mf", {"a": BALL, "b": box()}))
    assert bones_of(source) == [("femur", "right", 12), ("femur", "right", 80)]


def test_read_source__takes_the_side_from_the_file_where_the_parts_say_none(tmp_path):
    parts = {"femur shaft": BALL, "femur head": box()}
    source = read_source(three_mf(tmp_path / "femur_l.3mf", parts))
    assert {(piece.kind, piece.side) for piece in source.pieces} == {("femur", "left")}


def test_read_source__takes_one_of_several_cases_of_a_folder(tmp_path):
    for name in ("a_{}.ply", "b_{}.ply"):
        written(tmp_path, {"femur_r": BALL, "hip_r": box()}, name=name)
    assert bones_of(read_source(tmp_path / "b")) == BOTH
    with pytest.raises(CaseError, match="holds 2 cases: type"):
        read_source(tmp_path)


def test_read_source__adds_patches_that_complete_an_open_bone(tmp_path):
    """A ball cut in three; the cap in the middle is only reached over the ring around it."""
    height = BALL.face_centres[:, 2]
    cuts = {"femur_r": height < 2, "ring": (height >= 2) & (height < 7), "cap": height >= 7}
    parts = {name: BALL.submesh(mask) for name, mask in cuts.items()}
    far = Mesh(parts["cap"].vertices + 100.0, parts["cap"].faces)
    source = read_source(three_mf(tmp_path / "z.3mf", {**parts, "elsewhere": far}))
    assert len(source.pieces) == 3
    assert sum(len(piece.mesh.faces) for piece in source.pieces) == len(BALL.faces)
    assert source.notes == ("z.3mf: left out elsewhere",)


def test_read_source__takes_a_folder_of_named_files(tmp_path):
    save_mesh(tmp_path / "Right Femur.stl", BALL)
    save_mesh(tmp_path / "pelvis right.ply", box())
    (tmp_path / "notes.txt").write_text("")
    assert bones_of(read_source(tmp_path)) == BOTH


def test_read_source__takes_a_case_folder_with_its_unit_frame_and_landmarks(tmp_path):
    written(tmp_path, {"femur_r": BALL, "hip_r": box()}, name="p_{}.ply")
    (tmp_path / "case.yaml").write_text("unit: cm\nframe: ras\n")
    (tmp_path / "landmarks_r.csv").write_text("name,x,y,z\n")
    source = read_source(tmp_path)
    assert bones_of(source) == BOTH
    assert {piece.stated_unit for piece in source.pieces} == {"cm"}
    assert source.frame == "ras"
    assert [file.name for file in source.landmarks] == ["landmarks_r.csv"]


def test_read_source__reads_the_frame_slicer_notes(tmp_path):
    path = save_mesh(tmp_path / "femur_r.ply", BALL)
    path.write_bytes(path.read_bytes().replace(b"hipsim, mm", b"SPACE=RAS "))
    assert read_source(path).frame == "ras"


def test_read_source__refuses_what_it_does_not_know(tmp_path):
    with pytest.raises(CaseError, match="none: no such file or folder"):
        read_source(tmp_path / "none")
    with pytest.raises(MeshError, match=r"cannot read .*none\.stl: no such file"):
        read_source(tmp_path / "none.stl")
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(CaseError, match=r"wanted a surface \(\.stl, .*, a label map .* or a case"):
        read_source(tmp_path / "a.txt")
    with pytest.raises(CaseError, match=r"no file that is named after a bone: .*found a\.txt"):
        read_source(tmp_path)


def test_read_source__says_what_the_parts_are_called(tmp_path):
    path = three_mf(tmp_path / "z.3mf", {f"segment {i}": box() for i in range(10)})
    message = r"no bone is recognised .*\(segment 0, .*, segment 7 and 2 more\); rename it"
    with pytest.raises(CaseError, match=message):
        read_source(path)


def test_read_bone__takes_a_file_whatever_it_is_called(tmp_path):
    path = save_mesh(tmp_path / "export 3.stl", BALL)
    assert bones_of(read_bone(path, "hip_l")) == [("hip", "left", 80)]
    assert bones_of(read_bone(path, "sacrum")) == [("sacrum", None, 80)]


def framed(folder, bone, frame, mesh=BALL):
    path = save_mesh(folder / f"{bone}.ply", mesh)
    if frame:
        path.write_bytes(path.read_bytes().replace(b"hipsim, mm", b"SPACE=" + frame.encode()))
    return read_source(path)


def test_merged__turns_ras_into_lps(tmp_path):
    found = merged([framed(tmp_path, "femur_r", "LPS"), framed(tmp_path, "hip_r", "RAS", box())])
    assert found.frame == "lps"
    assert found.pieces[1].mesh.bounds.tolist() == [[-1, -1, 0], [0, 0, 1]]
    assert found.pieces[1].mesh.volume_mm3 == pytest.approx(1.0)
    assert found.notes == ("hip_r.ply: turned from RAS into LPS",)


def test_merged__notes_a_source_that_states_no_frame(tmp_path):
    found = merged([framed(tmp_path, "femur_r", "RAS"), framed(tmp_path, "hip_r", None)])
    assert found.frame == "ras"
    assert found.notes == ("hip_r.ply: states no frame; taken to be in RAS too",)


def test_merged__refuses_landmarks_in_another_frame(tmp_path):
    (tmp_path / "p").mkdir()
    written(tmp_path / "p", {"hip_r": box()})
    (tmp_path / "p" / "case.yaml").write_text("frame: ras\n")
    (tmp_path / "p" / "landmarks.csv").write_text("name,x,y,z\n")
    with pytest.raises(CaseError, match="these landmarks and bones are in RAS, other sources in L"):
        merged([framed(tmp_path, "femur_r", "LPS"), read_source(tmp_path / "p")])


def test_joined__keeps_every_face():
    whole = joined([BALL, box()])
    assert len(whole.faces) == 92
    assert whole.volume_mm3 == pytest.approx(BALL.volume_mm3 + 1.0)


def test_read_source__takes_a_glb_scene(tmp_path):
    scene = trimesh.Scene()
    for name, mesh in right_hip().items():
        small = scaled(mesh, 0.001)
        scene.add_geometry(
            trimesh.Trimesh(small.vertices, small.faces, process=False), node_name=name
        )
    scene.export(tmp_path / "patient.glb")
    source = read_source(tmp_path / "patient.glb")
    assert {(p.kind, p.side) for p in source.pieces} == {("femur", "right"), ("hip", "right")}
    assert np.ptp(source.pieces[0].mesh.bounds, axis=0).max() < 1.0


def test_read_source__takes_a_label_map_in_its_frame(tmp_path):
    """A ball of 20 mm in voxels of 1 x 1 x 2 mm, off the origin, told by number."""
    sitk = pytest.importorskip("SimpleITK")
    index = np.stack(np.meshgrid(*(np.arange(n) for n in (60, 60, 30)), indexing="ij"), axis=-1)
    centre_mm = np.array([30.0, 30.0, 30.0])
    is_in = np.linalg.norm(index * [1.0, 1.0, 2.0] - centre_mm, axis=-1) < 20.0
    image = sitk.GetImageFromArray(np.where(is_in, 7, 0).T.astype(np.uint8))
    image.SetSpacing((1.0, 1.0, 2.0))
    image.SetOrigin((100.0, -50.0, 20.0))
    sitk.WriteImage(image, str(tmp_path / "scan.nii.gz"))
    source = read_source(tmp_path / "scan.nii.gz", labels=Labels({"femur_l": 7}))
    (piece,) = source.pieces
    assert (source.frame, piece.stated_unit, piece.kind, piece.side) == (
        "lps",
        "mm",
        "femur",
        "left",
    )
    middle = piece.mesh.bounds.mean(axis=0)
    assert middle == pytest.approx(centre_mm + [100.0, -50.0, 20.0], abs=0.6)
    assert source.files == (tmp_path / "scan.nii.gz",)
    assert source.notes[0].endswith("voxels of 1 x 1 x 2 mm")
