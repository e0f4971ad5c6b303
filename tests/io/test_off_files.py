"""OFF: as many corners and faces as it says."""

import pytest

from hipsim.errors import MeshError
from hipsim.io.meshes import load_mesh


def off(counts="3 1 0", corner="0 1 0", face="3 0 1 2", mark="OFF\n"):
    return f"{mark}{counts}\n0 0 0\n1 0 0\n{corner}\n{face}\n"


READ = {
    "plain": (off(), 1),
    "counts beside the mark": (off(mark="OFF "), 1),
    "remarks": ("# made by hand\n" + off(face="3 0 1 2 # the first"), 1),
    "colour of a face": (off(face="3 0 1 2 255 0 0"), 1),
    "quadrilateral": (off("4 1 0", "1 1 0\n0 1 0", "4 0 1 2 3"), 2),
}


@pytest.mark.parametrize("case", READ)
def test_read_off__reads(tmp_path, case):
    text, n_faces = READ[case]
    (tmp_path / "a.off").write_text(text)
    assert len(load_mesh(tmp_path / "a.off").faces) == n_faces


REFUSED = {
    "10^12 corners": (off(f"{10**12} 1 0"), "claims 1000000000000 corners"),
    "below": (off("-3 1 0"), "claims -3 corners"),
    "one face more": (off(face="3 0 1 2\n3 0 2 1"), "follow behind the last face"),
    "index below": (off(face="3 0 1 -1"), "the corner -1 of 3"),
    "list that lies": (off(face="9 0 1 2"), "claims 9 corners and lists 3"),
    "two corners": (off(face="2 0 1"), "claims 2 corners"),
    "comma for point": (off(corner="0,5 1 0"), "could not convert"),
    "locale": (off(corner="0,5 1,5 0,5"), "could not convert"),
    "two coordinates": (off(corner="0 1"), "fewer than three coordinates"),
    "four coordinates": (off(corner="0 1 0 4"), "more than three coordinates"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_read_off__refuses(tmp_path, case):
    text, message = REFUSED[case]
    (tmp_path / "a.off").write_text(text)
    with pytest.raises(MeshError, match=rf"a\.off.*{message}"):
        load_mesh(tmp_path / "a.off")
