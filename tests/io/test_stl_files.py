"""STL: a binary file as long as its faces, or a text in the grammar of the format; nothing else."""

import struct

import numpy as np
import pytest

from hipsim.errors import MeshError
from hipsim.io.meshes import count_triangles, load_mesh, load_parts

FACET = """facet normal 0 0 1
outer loop
vertex 0 0 0
vertex {x} 0 0
vertex 0 1 0
endloop
endfacet
"""


def text(body, name="a"):
    return f"solid {name}\n{body}endsolid {name}\n".encode()


def binary(count, corners=(0, 0, 0, 1, 0, 0, 0, 1, 0), more=b""):
    return b"x" * 80 + struct.pack("<I", count) + struct.pack("<12fH", 0, 0, 1, *corners, 0) + more


def test_read_stl__takes_text_in_any_case_and_line_end(tmp_path):
    (tmp_path / "a.stl").write_bytes(text(FACET.format(x=2)).upper().replace(b"\n", b"\r\n"))
    assert load_mesh(tmp_path / "a.stl").vertices[:, 0].max() == 2.0


def test_read_stl__keeps_several_solids(tmp_path):
    (tmp_path / "a.stl").write_bytes(
        text(FACET.format(x=2)) + b"\n" + text(FACET.format(x=3), "hip_r")
    )
    assert list(load_parts(tmp_path / "a.stl")) == ["a", "hip_r"]
    assert count_triangles(tmp_path / "a.stl") == 2


def test_read_stl__a_binary_file_may_begin_like_a_text(tmp_path):
    content = b"solid" + binary(1)[5:]
    (tmp_path / "a.stl").write_bytes(content)
    assert len(load_mesh(tmp_path / "a.stl").faces) == 1


REFUSED = {
    "4294967295 faces": (binary(2**32 - 1), "claims 4294967295 faces"),
    "one byte more": (binary(1, more=b"\0"), "take 134 bytes, and has 135"),
    "not finite": (binary(1, (np.nan,) * 9), "must be finite"),
    "comma for point": (text(FACET.format(x="0,5")), "could not convert"),
    "underscore": (text(FACET.format(x="1_0")), "underscore"),
    "two corners": (text(FACET.format(x=1).replace("vertex 0 1 0\n", "")), "facet is not whole"),
    "other words": (text(FACET.format(x=1).replace("endloop", "endlop")), "wanted 'endloop'"),
    "no end": (text(FACET.format(x=1)).partition(b"endsolid")[0], "does not end"),
    "words behind": (text(FACET.format(x=1)) + b"more\n", "wanted a line 'solid'"),
    "no face": (text(""), "holds no triangle"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_read_stl__refuses(tmp_path, case):
    content, message = REFUSED[case]
    (tmp_path / "a.stl").write_bytes(content)
    with pytest.raises(MeshError, match=rf"a\.stl.*{message}"):
        load_mesh(tmp_path / "a.stl")
