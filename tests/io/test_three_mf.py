"""3MF: its unit, its transforms, and archives made to harm."""

import zipfile

import numpy as np
import pytest
from patient import CORE, MODEL, archive, three_mf
from shapes import box, sphere

from hipsim.errors import MeshError
from hipsim.io import three_mf as reader
from hipsim.io.meshes import load_mesh, load_parts

DIGITS_TOL = 1e-6  # mm, nine digits are written
BALL = sphere(10.0, subdivisions=1)


@pytest.mark.parametrize(
    ("unit", "factor"), [(None, 1.0), ("millimeter", 1.0), ("meter", 1000.0), ("inch", 25.4)]
)
def test_load_mesh__honours_the_unit(tmp_path, unit, factor):
    found = load_mesh(three_mf(tmp_path / "a.3mf", {"ball": BALL}, unit=unit))
    assert found.is_closed
    assert found.vertices == pytest.approx(factor * BALL.vertices, abs=factor * DIGITS_TOL)


def test_load_mesh__a_unit_that_is_given_comes_before_the_file(tmp_path):
    path = three_mf(tmp_path / "a.3mf", {"ball": BALL}, unit="inch")
    assert load_mesh(path, unit_mm=10.0).bounds == pytest.approx(10.0 * BALL.bounds, abs=1e-4)


def test_load_parts__keeps_the_names(tmp_path):
    path = three_mf(tmp_path / "a.3mf", {"femur_r": BALL, "hip <r>": box()})
    assert {name: len(mesh.faces) for name, mesh in load_parts(path).items()} == {
        "femur_r": 80,
        "hip <r>": 12,
    }


def test_load_mesh__applies_transforms_and_components(tmp_path):
    """A component moved by x + 1 in an item that turns x to y and moves z by 5."""
    corners = "".join(f'<vertex x="{x}" y="{y}" z="0"/>' for x, y in ((0, 0), (1, 0), (0, 1)))
    mesh = f'<mesh><vertices>{corners}</vertices><triangles><triangle v1="0" v2="1" v3="2"/>'
    objects = f'<object id="1">{mesh}</triangles></mesh></object><object id="2"><components>'
    objects += '<component objectid="1" transform="1 0 0 0 1 0 0 0 1 1 0 0"/></components></object>'
    items = '<item objectid="2" transform="0 1 0 -1 0 0 0 0 1 0 0 5"/>'
    path = archive(tmp_path / "a.3mf", f'<model xmlns="{CORE}">', objects, items)
    assert load_mesh(path).vertices.tolist() == [[0, 1, 5], [0, 2, 5], [-1, 1, 5]]


def test_load_mesh__keeps_faces_outward_under_a_mirror(tmp_path):
    build = '<item objectid="1" transform="-1 0 0 0 1 0 0 0 1 0 0 0"/>'
    assert load_mesh(three_mf(tmp_path / "a.3mf", {"b": box()}, build=build)).volume_mm3 > 0


def test_load_mesh__follows_components_into_other_parts(tmp_path):
    """The production extension: the root model only points at the others."""
    inner = three_mf(tmp_path / "inner.3mf", {"ball": BALL})
    with zipfile.ZipFile(inner) as read:
        text = read.read(MODEL)
    objects = '<object id="9"><components><component p:path="/3D/Objects/a.model" objectid="1"/>'
    head = f'<model xmlns="{CORE}" xmlns:p="http://schemas.microsoft.com/3dmanufacturing/production/2015/06">'
    path = archive(
        tmp_path / "a.3mf", head, objects + "</components></object>", '<item objectid="9"/>'
    )
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("3D/Objects/a.model", text)
    assert len(load_mesh(path).faces) == len(BALL.faces)


def test_load_mesh__agrees_with_an_independent_writer(tmp_path):
    pytest.importorskip("lxml")
    pytest.importorskip("networkx")
    trimesh = pytest.importorskip("trimesh")
    scene = trimesh.Scene(trimesh.Trimesh(BALL.vertices, BALL.faces, process=False))
    (tmp_path / "a.3mf").write_bytes(scene.export(file_type="3mf"))
    assert load_mesh(tmp_path / "a.3mf").volume_mm3 == pytest.approx(BALL.volume_mm3, rel=1e-6)


def model(folder, text, name=MODEL):
    with zipfile.ZipFile(folder / "bad.3mf", "w") as made:
        made.writestr(name, text)
    return folder / "bad.3mf"


TRIANGLE = '<vertex x="0" y="0" z="{}"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1" z="0"/>'


def one_triangle(z="0", corner="2", build='<item objectid="1"/>'):
    return (
        f'<model><resources><object id="1"><mesh><vertices>{TRIANGLE.format(z)}</vertices>'
        f'<triangles><triangle v1="0" v2="1" v3="{corner}"/></triangles></mesh></object>'
        f"</resources><build>{build}</build></model>"
    )


BAD_MODELS = [
    ("<model", "cannot be read as 3MF: "),
    ('<!DOCTYPE x [<!ENTITY a "b">]><model/>', "it declares a document type"),
    ('<model unit="parsec"/>', "unit must be one of micron, .*, got 'parsec'"),
    ("<model/>", "holds no triangle"),
    (one_triangle(z="nan"), "must be finite"),
    (one_triangle(z="zero"), "could not convert string to float"),
    (one_triangle(corner="7"), "faces must index 3 vertices, got 0 to 7"),
    (one_triangle(build='<item objectid="5"/>'), "there is no object 5"),
    (one_triangle(build='<item objectid="1" transform="1 0 0"/>'), "cannot reshape"),
    (one_triangle(build='<item objectid="1"/>' * 1001), "its objects nest endlessly"),
]


@pytest.mark.parametrize(("text", "message"), BAD_MODELS)
def test_load_mesh__refuses_bad_models(tmp_path, text, message):
    with pytest.raises(MeshError, match=message):
        load_mesh(model(tmp_path, text))


def test_load_mesh__refuses_objects_that_hold_each_other(tmp_path):
    both = "".join(
        f'<object id="{i}"><components>{f"<component objectid={chr(34)}{3 - i}{chr(34)}/>" * 9}'
        "</components></object>"
        for i in (1, 2)
    )
    path = archive(tmp_path / "a.3mf", "<model>", both, '<item objectid="1"/>')
    with pytest.raises(MeshError, match="nest endlessly"):
        load_mesh(path)


def test_load_mesh__refuses_a_zip_bomb_before_it_unfolds(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "LARGEST_UNPACKED_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.3mf", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(MODEL, b" " * 5_000_000)
    with pytest.raises(MeshError, match=r"would unfold from .* to 0\.005 GB, more than"):
        load_mesh(tmp_path / "bomb.3mf")


def test_load_mesh__writes_nothing_wherever_the_names_point(tmp_path):
    """Nothing is unpacked to the disk, so a name that climbs out of the folder does no harm."""
    path = model(tmp_path, one_triangle())
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("../../climbed.model", "<model/>")
    assert len(load_mesh(path).faces) == 1
    assert not list(tmp_path.parent.rglob("climbed.model"))


def test_load_mesh__refuses_other_archives(tmp_path):
    with pytest.raises(MeshError, match=r"it holds no 3d/3dmodel\.model"):
        load_mesh(model(tmp_path, "hello", "readme.txt"))
    (tmp_path / "a.3mf").write_bytes(b"hello")
    with pytest.raises(MeshError, match="cannot be read as 3MF: File is not a zip file"):
        load_mesh(tmp_path / "a.3mf")


def test_read_three_mf__vertices_are_plain_arrays(tmp_path):
    parts, unit_mm = reader.read_three_mf(three_mf(tmp_path / "a.3mf", {"b": box()}))
    assert unit_mm == 1.0
    assert np.ptp(parts[0][1], axis=0).tolist() == [1.0, 1.0, 1.0]
