"""Legacy VTK: every version VTK itself writes, and nothing that claims more than it holds."""

import numpy as np
import pytest

from hipsim.errors import MeshError
from hipsim.io.meshes import load_mesh

NINE = "0 0 0 1 0 0 0 1 0"


def vtk(cells="POLYGONS 1 4\n3 0 1 2\n", points=f"POINTS 3 float\n{NINE}\n", version="3.0"):
    head = f"# vtk DataFile Version {version}\n\nASCII\nDATASET POLYDATA\n"
    return f"{head}{points}{cells}".encode()


@pytest.mark.parametrize("is_binary", [True, False])
def test_read_vtk__agrees_with_vtk(tmp_path, is_binary):
    pv = pytest.importorskip("pyvista")
    ball = pv.Sphere(theta_resolution=9, phi_resolution=7)
    ball.field_data["numbers"] = np.arange(5.0)
    ball.save(tmp_path / "a.vtk", binary=is_binary)
    found = load_mesh(tmp_path / "a.vtk")
    assert found.is_closed and len(found.faces) == ball.n_cells
    assert found.volume_mm3 == pytest.approx(ball.volume, rel=1e-5)


def test_read_vtk__cuts_polygons_and_strips_the_same_way_round(tmp_path):
    square = "POINTS 4 float\n0 0 0 1 0 0 0 1 0 1 1 0\n"
    for cells in ("TRIANGLE_STRIPS 1 5\n4 0 1 2 3\n", "POLYGONS 1 5\n4 0 1 3 2\n"):
        (tmp_path / "a.vtk").write_bytes(vtk(cells, square))
        found = load_mesh(tmp_path / "a.vtk")
        np.testing.assert_array_equal(found.face_normals, [[0, 0, 1], [0, 0, 1]])


def test_read_vtk__passes_over_lines_and_values(tmp_path):
    cells = "LINES 1 3\n2 0 1\nPOLYGONS 1 4\n3 0 1 2\nPOINT_DATA 3\nSCALARS a float 9999999\n"
    (tmp_path / "a.vtk").write_bytes(vtk(cells))
    assert len(load_mesh(tmp_path / "a.vtk").faces) == 1


REFUSED = {
    "10^12 points": (vtk(points=f"POINTS {10**12} float\n{NINE}\n"), "claims 3000000000000 numb"),
    "more than follow": (vtk(points=f"POINTS 9 float\n{NINE}\n"), "could not convert|and has"),
    "index beyond": (vtk("POLYGONS 1 4\n3 0 1 3\n"), "the corner 3 of 3"),
    "index below": (vtk("POLYGONS 1 4\n3 0 1 -1\n"), "the corner -1 of 3"),
    "cell that lies": (vtk("POLYGONS 1 4\n9 0 1 2\n"), "a cell claims 9 corners"),
    "numbers left": (vtk("POLYGONS 1 5\n3 0 1 2 0\n"), "take 4 numbers, not 5"),
    "two corners": (vtk("POLYGONS 1 3\n2 0 1\n"), "a face has 2 corners"),
    "short strip": (vtk("TRIANGLE_STRIPS 1 3\n2 0 1\n"), "a strip has 2 corners"),
    "below none": (vtk("POLYGONS -1 4\n3 0 1 2\n"), "claims -1 of something"),
    "ends that turn back": (
        vtk("POLYGONS 3 3\nOFFSETS vtktypeint64\n0 5 3\nCONNECTIVITY vtktypeint64\n0 1 2\n",
            version="5.1"), "the ends of its cells",
    ),
    "other section": (vtk("POLYGONS 3 3\nENDS vtktypeint64\n", version="5.1"), "wanted OFFSETS"),
    "no section": (vtk("POLYGON 1 4\n3 0 1 2\n"), "wanted a section, got 'POLYGON'"),
    "neither text nor binary": (vtk().replace(b"ASCII", b"EBCDIC"), "wanted ASCII or BINARY"),
    "no points": (vtk(points=""), "it has no points"),
    "field cut short": (vtk("FIELD a 3\n"), "a field is cut short"),
    "comma for point": (vtk(points=f"POINTS 3 float\n{NINE}\n".replace("1", "1,5")), "convert"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_read_vtk__refuses(tmp_path, case):
    content, message = REFUSED[case]
    (tmp_path / "a.vtk").write_bytes(content)
    with pytest.raises(MeshError, match=rf"a\.vtk.*({message})"):
        load_mesh(tmp_path / "a.vtk")
