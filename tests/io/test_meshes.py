"""Surface files: what goes in comes out, and damaged files are refused by name."""

import numpy as np
import pytest
import trimesh
from patient import three_mf
from shapes import box, sphere

from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh
from hipsim.io import meshes
from hipsim.io.meshes import MESH_SUFFIXES, frame_of, load_mesh, load_parts, save_mesh

FLOAT32_TOL = 1e-5  # mm, a coordinate of 100 mm in STL


@pytest.fixture(scope="module")
def ball() -> Mesh:
    return sphere(50.0, subdivisions=2)


def as_trimesh(mesh: Mesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)


def written(folder, mesh, suffix):
    """Write a mesh by another program than ours, where there is one for the format."""
    path = folder / f"ball{suffix}"
    if suffix == ".3mf":
        return three_mf(path, {"ball": mesh})
    if suffix in (".vtp", ".vtk"):
        pv = pytest.importorskip("pyvista")
        pv.wrap(as_trimesh(mesh)).save(path)
    elif suffix == ".gltf":
        for name, content in trimesh.Scene(as_trimesh(mesh)).export(file_type="gltf").items():
            (folder / name.replace("model", "ball")).write_bytes(content)
    else:
        as_trimesh(mesh).export(path)
    return path


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_load_mesh__reads_every_format_closed(tmp_path, ball, suffix):
    loaded = load_mesh(written(tmp_path, ball, suffix))
    assert loaded.is_closed
    assert len(loaded.vertices) == len(ball.vertices)
    assert loaded.volume_mm3 == pytest.approx(ball.volume_mm3, rel=FLOAT32_TOL)


@pytest.mark.parametrize("suffix", [".ply", ".stl"])
def test_save_mesh__comes_back(tmp_path, ball, suffix):
    loaded = load_mesh(save_mesh(tmp_path / f"ball{suffix}", ball))
    assert loaded.is_closed
    assert loaded.bounds == pytest.approx(ball.bounds, abs=FLOAT32_TOL)


def test_save_mesh__ply_is_exact(tmp_path, ball, rng):
    moved = Mesh(ball.vertices + rng.normal(size=3), ball.faces)
    loaded = load_mesh(save_mesh(tmp_path / "ball.ply", moved))
    assert loaded.content_hash == moved.content_hash


def test_save_mesh__refuses_other_formats(tmp_path, ball):
    with pytest.raises(InputError, match=r"must end in \.ply, \.stl, \.obj, \.glb"):
        save_mesh(tmp_path / "ball.dae", ball)


def test_load_mesh__scales_by_the_unit(tmp_path, ball):
    path = save_mesh(tmp_path / "ball.ply", ball)
    assert load_mesh(path, unit_mm=10.0).bounds == pytest.approx(10.0 * ball.bounds)


def test_load_mesh__applies_the_transforms_of_a_scene(tmp_path, ball):
    shift = np.array([100.0, 0.0, 0.0])
    scene = trimesh.Scene()
    scene.add_geometry(
        as_trimesh(ball), transform=trimesh.transformations.translation_matrix(shift)
    )
    scene.add_geometry(as_trimesh(ball))
    scene.export(tmp_path / "two.glb")
    loaded = load_mesh(tmp_path / "two.glb")
    assert len(loaded.faces) == 2 * len(ball.faces)
    assert np.ptp(loaded.bounds[:, 0]) == pytest.approx(200.0, abs=FLOAT32_TOL)


def test_load_mesh__drops_faces_that_collapse_on_joining(tmp_path):
    path = tmp_path / "sliver.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 1 0\nf 1 2 3\nf 2 3 4\n")
    assert len(load_mesh(path).faces) == 1


def half(path, folder):
    content = path.read_bytes()
    damaged = folder / f"half{path.suffix}"
    damaged.write_bytes(content[: len(content) // 2])
    return damaged


@pytest.mark.parametrize("suffix", [".ply", ".stl", ".glb", ".3mf", ".vtp", ".vtk"])
def test_load_mesh__refuses_a_file_cut_short(tmp_path, ball, suffix):
    damaged = half(written(tmp_path, ball, suffix), tmp_path)
    with pytest.raises(MeshError, match=rf"half\{suffix}"):
        load_mesh(damaged)


HUGE_PLY = """ply
format binary_little_endian 1.0
element vertex 4000000000
property float x
property float y
property float z
element face 4000000000
property list uchar int vertex_indices
end_header
"""
BAD_FILES = [
    ("a.ply", b"", r"a\.ply is empty \(0 bytes\)"),
    ("a.ply", b"hello", r"a\.ply cannot be read as PLY: Not a ply file"),
    ("a.stl", b"hello", r"a\.stl holds no triangle"),
    ("a.obj", b"v 0 0 0\nv 1 0 0\n", r"a\.obj holds no triangle"),
    ("a.obj", b"v 0 0 0\nv 1 0 0\nv nan 1 0\nf 1 2 3\n", r"a\.obj: .*finite, got 1 NaN"),
    ("a.off", b"hello", r"a\.off cannot be read as OFF"),
    ("a.glb", b"hello", r"a\.glb cannot be read as GLB"),
    ("a.vtp", b"hello", r"a\.vtp cannot be read as VTP: wrong header"),
    ("a.vtk", b"hello", r"a\.vtk cannot be read as VTK: wrong header"),
    ("a.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", r"a\.obj cannot be read as OBJ"),
    ("a.off", b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 9\n", r"a\.off cannot be read as OFF"),
    ("a.off", b"OFF\n4000000000 1 0\n0 0 0\n1 0 0\n", r"a\.off cannot be read as OFF"),
    ("a.ply", HUGE_PLY.encode(), r"a\.ply cannot be read as PLY: PLY is unexpected length"),
    ("a.stl", b"x" * 80 + b"\xff\xff\xff\x7f" + b"0" * 500, r"a\.stl (holds|cannot)"),
    ("a.mat", b"hello", r"a\.mat: a mesh file must end in \.stl"),
    ("a.txt", b"hello", r"a\.txt: a mesh file must end in \.stl"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD_FILES)
def test_load_mesh__refuses_bad_files(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MeshError, match=message):
        load_mesh(tmp_path / name)


def test_load_mesh__names_a_missing_file(tmp_path):
    with pytest.raises(MeshError, match=r"cannot read .*none\.ply: no such file"):
        load_mesh(tmp_path / "none.ply")


def test_load_mesh__refuses_vtk_data_that_is_no_surface(tmp_path):
    pv = pytest.importorskip("pyvista")
    pv.ImageData(dimensions=(3, 3, 3)).save(tmp_path / "image.vtk")
    with pytest.raises(MeshError, match="holds STRUCTURED_POINTS, wanted a surface"):
        load_mesh(tmp_path / "image.vtk")


def test_load_mesh__refuses_absurdly_large_files(tmp_path, ball, monkeypatch):
    path = save_mesh(tmp_path / "ball.ply", ball)
    monkeypatch.setattr(meshes, "LARGEST_FILE_BYTES", 1000)
    with pytest.raises(MeshError, match=r"ball\.ply has .* GB, more than the 1e-06 GB"):
        load_mesh(path)


def test_load_mesh__takes_names_that_are_not_utf8(tmp_path):
    (tmp_path / "a.obj").write_bytes(b"o B\xfcro\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    assert len(load_mesh(tmp_path / "a.obj").faces) == 1


def test_load_parts__keeps_the_names_of_a_scene(tmp_path, ball):
    scene = trimesh.Scene()
    for name, mesh in (("femur_r", ball), ("hip_r", box())):
        scene.add_geometry(as_trimesh(mesh), node_name=name, geom_name=name)
    scene.export(tmp_path / "two.glb")
    found = load_parts(tmp_path / "two.glb", unit_mm=10.0)
    assert {name: len(mesh.faces) for name, mesh in found.items()} == {"femur_r": 320, "hip_r": 12}
    assert found["hip_r"].bounds[1] == pytest.approx([10.0, 10.0, 10.0])


def test_load_parts__keeps_the_objects_of_an_obj(tmp_path):
    text = "o {}\nv 0 0 {z}\nv 1 0 {z}\nv 0 1 {z}\nf {} {} {}\n"
    first, second = text.format("femur_r", 1, 2, 3, z=0), text.format("hip_r", 4, 5, 6, z=7)
    (tmp_path / "two.obj").write_text(first + second)
    found = load_parts(tmp_path / "two.obj")
    assert {name: mesh.vertices[0, 2] for name, mesh in found.items()} == {"femur_r": 0, "hip_r": 7}


def test_load_parts__refuses_a_scene_without_surfaces(tmp_path):
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 1 0 0\n")
    with pytest.raises(MeshError, match="holds no triangle"):
        load_parts(tmp_path / "a.obj")


@pytest.mark.parametrize(
    ("said", "frame"), [("SPACE=LPS", "lps"), ("SPACE=RAS", "ras"), ("", None)]
)
def test_frame_of__reads_what_slicer_notes(tmp_path, ball, said, frame):
    content = save_mesh(tmp_path / "a.ply", ball).read_bytes()
    noted = content.replace(b"comment hipsim, mm", b"comment 3D Slicer output. " + said.encode())
    (tmp_path / "a.ply").write_bytes(noted)
    assert frame_of(tmp_path / "a.ply") == frame
    assert load_mesh(tmp_path / "a.ply").content_hash == ball.content_hash


def test_frame_of__names_a_missing_file(tmp_path):
    with pytest.raises(MeshError, match=r"cannot read .*none\.stl"):
        frame_of(tmp_path / "none.stl")


def test_load_mesh__a_gltf_may_not_reach_out_of_its_folder(tmp_path, ball):
    (tmp_path / "in").mkdir()
    path = written(tmp_path / "in", ball, ".gltf")
    buffers = [file for file in (tmp_path / "in").iterdir() if file != path]
    for buffer in buffers:
        buffer.rename(tmp_path / buffer.name)
    path.write_text(path.read_text().replace('"uri":"', '"uri":"../'))
    with pytest.raises(MeshError, match=r"ball\.gltf cannot be read as GLTF: .*escapes"):
        load_mesh(path)


@pytest.mark.parametrize("suffix", [".ply", ".stl"])
@pytest.mark.parametrize("frame", ["lps", "ras"])
def test_save_mesh__notes_the_frame_as_slicer_does(tmp_path, ball, suffix, frame):
    path = save_mesh(tmp_path / f"ball{suffix}", ball, frame=frame)
    assert frame_of(path) == frame
    assert load_mesh(path).is_closed


def test_save_mesh__notes_no_frame_that_is_not_known(tmp_path, ball):
    assert frame_of(save_mesh(tmp_path / "ball.stl", ball)) is None
    with pytest.raises(InputError, match="frame must be one of lps, ras, got 'unknown'"):
        save_mesh(tmp_path / "ball.stl", ball, frame="unknown")
