"""MATLAB files of bones: the layout of the VSD models, and everything that is not it."""

import struct
import zlib

import numpy as np
import pytest
from patient import mat
from scipy.io import savemat
from shapes import box, sphere

from hipsim.errors import MeshError
from hipsim.io import matlab
from hipsim.io.meshes import load_parts

BONES = {"Hip_R": box(), "Femur_R": sphere(10.0, subdivisions=1)}


@pytest.mark.parametrize("packed", [False, True])
def test_load_parts__reads_the_layout_of_the_vsd_models(tmp_path, packed):
    found = load_parts(mat(tmp_path / "z.mat", BONES, do_compression=packed), unit_mm=10.0)
    assert list(found) == ["Hip_R", "Femur_R"]
    assert found["Hip_R"].faces.tolist() == BONES["Hip_R"].faces.tolist()
    assert found["Femur_R"].vertices == pytest.approx(10.0 * BONES["Femur_R"].vertices)
    assert all(mesh.is_closed for mesh in found.values())


def test_load_parts__keeps_two_bones_of_one_name(tmp_path):
    table = np.zeros((1, 2), dtype=[("name", object), ("mesh", object)])
    for i in range(2):
        table[0, i]["name"] = "Rib"
        table[0, i]["mesh"] = {"vertices": box().vertices, "faces": box().faces + 1}
    savemat(tmp_path / "z.mat", {"B": table})
    assert list(load_parts(tmp_path / "z.mat")) == ["Rib", "Rib (2)"]


def with_mesh(folder, **mesh):
    table = np.zeros((1, 1), dtype=[("name", object), ("mesh", object)])
    table[0, 0]["name"], table[0, 0]["mesh"] = "Hip_R", mesh
    savemat(folder / "bad.mat", {"B": table})
    return folder / "bad.mat"


BAD_MESHES = [
    ({"vertices": np.eye(3), "faces": np.array([[0, 1, 2]])}, "must be whole numbers counted from"),
    ({"vertices": np.eye(3), "faces": np.array([[1.5, 2, 3]])}, "must be whole numbers"),
    ({"vertices": np.eye(3), "faces": np.array([[1, 2, 9]])}, "faces must index 3 vertices"),
    ({"vertices": np.eye(3), "faces": np.array([[1, np.nan, 3]])}, "must be whole numbers"),
    ({"vertices": np.full((3, 3), np.nan), "faces": np.array([[1, 2, 3]])}, "must be finite"),
    ({"vertices": np.ones((3, 2)), "faces": np.array([[1, 2, 3, 4]])}, "without name, vertices or"),
    ({"points": np.eye(3)}, "without name, vertices or faces"),
]


@pytest.mark.parametrize(("mesh", "message"), BAD_MESHES)
def test_load_parts__refuses_what_is_no_mesh(tmp_path, mesh, message):
    with pytest.raises(MeshError, match=message):
        load_parts(with_mesh(tmp_path, **mesh))


def test_load_parts__says_what_it_found_instead_of_bones(tmp_path):
    savemat(tmp_path / "a.mat", {"landmarks": np.eye(3)})
    with pytest.raises(MeshError, match=r"wanted a struct array with .*, found landmarks"):
        load_parts(tmp_path / "a.mat")


BAD_FILES = [
    (b"\x89HDF\r\n\x1a\n" + b"0" * 200, r"MATLAB 7\.3 file: save it .* '-v7'"),
    (b"MATLAB 7.3 MAT-file".ljust(126) + b"IM", r"MATLAB 7\.3 file"),
    (b"hello", "cannot be read as MAT: wrong header"),
    (b"MATLAB 5.0".ljust(124) + b"\x00\x01IM" + b"\x0f\0\0\0\x20\0\0\0rubbish", "damaged or cut"),
]


@pytest.mark.parametrize(("content", "message"), BAD_FILES)
def test_load_parts__refuses_other_and_damaged_files(tmp_path, content, message):
    (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(MeshError, match=message):
        load_parts(tmp_path / "a.mat")


def test_load_parts__refuses_a_file_cut_short(tmp_path):
    content = mat(tmp_path / "z.mat", BONES).read_bytes()
    (tmp_path / "half.mat").write_bytes(content[: len(content) // 2])
    with pytest.raises(MeshError, match=r"half\.mat is damaged or cut short"):
        load_parts(tmp_path / "half.mat")


def test_load_parts__refuses_a_bomb_before_it_unfolds(tmp_path, monkeypatch):
    monkeypatch.setattr(matlab, "LARGEST_UNPACKED_BYTES", 10_000_000)
    packed = zlib.compress(b"\0" * 50_000_000, 9)
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    (tmp_path / "bomb.mat").write_bytes(head + struct.pack("<II", 15, len(packed)) + packed)
    assert len(packed) < 100_000
    with pytest.raises(MeshError, match=r"bomb\.mat has \d+ bytes and would unfold to more than"):
        load_parts(tmp_path / "bomb.mat")
