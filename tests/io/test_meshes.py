"""Surface files: what goes in comes out, and damaged files are refused by name."""

import numpy as np
import pytest
import trimesh
from shapes import sphere

from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh
from hipsim.io.meshes import MESH_SUFFIXES, load_mesh, save_mesh

FLOAT32_TOL = 1e-5  # mm, a coordinate of 100 mm in STL


@pytest.fixture(scope="module")
def ball() -> Mesh:
    return sphere(50.0, subdivisions=2)


def as_trimesh(mesh: Mesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)


def written(folder, mesh, suffix):
    """Write a mesh by another program than ours, where there is one for the format."""
    path = folder / f"ball{suffix}"
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
    with pytest.raises(InputError, match=r"must end in \.ply or \.stl"):
        save_mesh(tmp_path / "ball.obj", ball)


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


@pytest.mark.parametrize("suffix", [".ply", ".stl", ".glb", ".vtp", ".vtk"])
def test_load_mesh__refuses_a_file_cut_short(tmp_path, ball, suffix):
    damaged = half(written(tmp_path, ball, suffix), tmp_path)
    with pytest.raises(MeshError, match=rf"half\{suffix}"):
        load_mesh(damaged)


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
    with pytest.raises(MeshError, match="holds ImageData, wanted a surface"):
        load_mesh(tmp_path / "image.vtk")
