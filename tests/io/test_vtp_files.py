"""VTP: every way in which VTK stores arrays, and no entity, no bomb, no index beyond."""

import numpy as np
import pytest

from hipsim.errors import MeshError
from hipsim.io.meshes import load_mesh

NINE = "0 0 0 1 0 0 0 1 0"


def vtp(points=NINE, *, n="3", cells="0 1 2", ends="3", m="1", form="ascii", more="", kind=""):
    array = f'<DataArray type="{kind or "Int32"}" format="{form}"'
    return (
        f'<VTKFile type="PolyData" byte_order="LittleEndian"{more}><PolyData><Piece '
        f'NumberOfPoints="{n}" NumberOfPolys="{m}"><Points><DataArray type="Float32" '
        f'NumberOfComponents="3" format="ascii">{points}</DataArray></Points><Polys>'
        f'{array} Name="connectivity">{cells}</DataArray>{array} Name="offsets">{ends}</DataArray>'
        "</Polys></Piece></PolyData></VTKFile>"
    ).encode()


@pytest.mark.parametrize("mode", ["Ascii", "Binary", "Appended", "Raw"])
@pytest.mark.parametrize("packer", ["None", "ZLib"])
@pytest.mark.parametrize("head", ["UInt32", "UInt64"])
def test_read_vtp__agrees_with_vtk(tmp_path, mode, packer, head):
    pv = pytest.importorskip("pyvista")
    from vtkmodules.vtkIOXML import vtkXMLPolyDataWriter

    ball = pv.Sphere(theta_resolution=9, phi_resolution=7)
    writer = vtkXMLPolyDataWriter()
    writer.SetInputData(ball)
    writer.SetFileName(str(tmp_path / "a.vtp"))
    getattr(writer, f"SetDataModeTo{mode.replace('Raw', 'Appended')}")()
    getattr(writer, f"SetCompressorTypeTo{packer}")()
    getattr(writer, f"SetHeaderTypeTo{head}")()
    writer.SetEncodeAppendedData(mode != "Raw")
    assert writer.Write()
    found = load_mesh(tmp_path / "a.vtp")
    assert found.is_closed and len(found.faces) == ball.n_cells
    assert found.volume_mm3 == pytest.approx(ball.volume, rel=1e-5)


def test_read_vtp__joins_pieces(tmp_path):
    piece = vtp().partition(b"<PolyData>")[2].partition(b"</PolyData>")[0]
    (tmp_path / "a.vtp").write_bytes(
        vtp().replace(piece, piece + piece.replace(b"0 0 0", b"5 5 5"))
    )
    found = load_mesh(tmp_path / "a.vtp")
    np.testing.assert_array_equal(found.bounds, [[0, 0, 0], [5, 5, 5]])


LAUGHS = b"<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>"
OUTSIDE = b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"
REFUSED = {
    "entities": (LAUGHS + b"<VTKFile>&b;</VTKFile>", "declares a document type"),
    "another file": (OUTSIDE + b"<VTKFile>&b;</VTKFile>", "declares a document type"),
    "10^12 points": (vtp(n=str(10**12)), "claims 3000000000000 numbers"),
    "below none": (vtp(m="-1"), "claims -1 of something"),
    "fewer points": (vtp(points="0 0 0"), "has 3 numbers, wanted 9"),
    "index beyond": (vtp(cells="0 1 3"), "the corner 3 of 3"),
    "index below": (vtp(cells="0 1 -1"), "the corner -1 of 3"),
    "ends beyond": (vtp(ends="9"), "has 3 numbers, wanted 9"),
    "ends below": (vtp(ends="-3"), "claims -3 numbers"),
    "ends that turn back": (vtp(cells="0 1 2", ends="6 3", m="2"), "the ends of its cells"),
    "no base64": (vtp(cells="!!!!", ends="AwAAAA==", form="binary"), "Error"),
    "cut short": (vtp(ends="BAAAAAA=", form="binary"), "an array is cut short|Error"),
    "no such kind": (vtp(kind="Float16"), "Float16"),
    "stored otherwise": (vtp(form="clay"), "stored as 'clay'"),
    "other packer": (vtp(more=' compressor="vtkLZ4DataCompressor"'), "packed by vtkLZ4"),
    "other lengths": (vtp(more=' header_type="UInt8"'), "of the kind 'UInt8'"),
    "other root": (b"<a><VTKFile></VTKFile>", "cannot be read as VTP"),
    "no surface": (vtp().replace(b'"PolyData"', b'"ImageData"'), "holds ImageData"),
    "two coordinates": (vtp().replace(b'Components="3"', b'Components="2"'), "not three coord"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_read_vtp__refuses(tmp_path, case):
    content, message = REFUSED[case]
    (tmp_path / "a.vtp").write_bytes(content)
    with pytest.raises(MeshError, match=rf"a\.vtp.*({message})"):
        load_mesh(tmp_path / "a.vtp")
