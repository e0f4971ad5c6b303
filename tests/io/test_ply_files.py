"""PLY: as many corners and faces as the header says, all of them numbers, all within the list."""

import struct

import numpy as np
import pytest

from hipsim.errors import MeshError
from hipsim.io.meshes import load_mesh

CORNERS = "0 0 0\n1 0 0\n0 1 0\n"


def ply(body, *, kind="ascii", n=3, m=1, lists="uchar int vertex_indices", more=""):
    head = (
        f"ply\nformat {kind} 1.0\nelement vertex {n}\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {m}\nproperty list {lists}\n{more}end_header\n"
    )
    return head.encode() + (body if isinstance(body, bytes) else body.encode())


def packed(*corners, order="<", size=None):
    points = struct.pack(f"{order}9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)
    return points + struct.pack(f"{order}B{len(corners)}i", size or len(corners), *corners)


READ = {
    "text": (ply(CORNERS + "3 0 1 2\n"), 1),
    "carriage returns": (ply(CORNERS + "3 0 1 2\n").replace(b"\n", b"\r\n"), 1),
    "quadrilaterals": (ply(CORNERS + "1 1 0\n4 0 1 3 2\n", n=4), 2),
    "other name": (ply(CORNERS + "3 0 1 2\n", lists="uchar int vertex_index"), 1),
    "binary": (ply(packed(0, 1, 2), kind="binary_little_endian"), 1),
    "big end first": (ply(packed(0, 1, 2, order=">"), kind="binary_big_endian"), 1),
    "binary polygon": (ply(packed(0, 1, 2, 2), kind="binary_little_endian"), 1),
    "colour of a face": (
        ply(CORNERS + "3 0 1 2 255\n", more="property uchar red\n"), 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_read_ply__reads(tmp_path, case):
    content, n_faces = READ[case]
    (tmp_path / "a.ply").write_bytes(content)
    found = load_mesh(tmp_path / "a.ply")
    assert len(found.faces) == n_faces
    np.testing.assert_array_equal(found.vertices[:3].sum(axis=0), [1.0, 1.0, 0.0])


BINARY = "binary_little_endian"
REFUSED = {
    "10^12 corners": (ply(CORNERS, n=10**12), "claims 1000000000000 vertex"),
    "10^12 corners, binary": (ply(b"", kind=BINARY, n=10**12), "claims 1000000000000 vertex"),
    "10^12 faces": (ply(packed(0, 1, 2), kind=BINARY, m=10**12), "claims 1000000000000 face"),
    "5000 digits": (ply(CORNERS, n="9" * 5000), "no whole number of a usual size"),
    "one face fewer": (ply(CORNERS + "3 0 1 2\n", m=2), "has 4 lines"),
    "one line more": (ply(CORNERS + "3 0 1 2\n3 0 2 1\n"), "has 5 lines"),
    "bytes behind": (ply(packed(0, 1, 2) + b"\0", kind=BINARY), "1 bytes follow"),
    "comma for point": (ply(CORNERS.replace("1 0 0", "1,5 0 0") + "3 0 1 2\n"), "could not conv"),
    "infinite": (ply(CORNERS.replace("1 0 0", "1e999 0 0") + "3 0 1 2\n"), "must be finite"),
    "index below": (ply(CORNERS + "3 0 1 -1\n"), "the corner -1 of 3"),
    "index beyond": (ply(packed(0, 1, 3), kind=BINARY), "the corner 3 of 3"),
    "half an index": (ply(CORNERS + "3 0 1 1.5\n"), "invalid literal"),
    "list that lies": (ply(CORNERS + "300 0 1 2\n"), "claims 300 entries"),
    "list that lies, binary": (ply(packed(0, 1, size=200), kind=BINARY), "claims 200 entries"),
    "two corners": (ply(CORNERS + "2 0 1\n"), "a face has 2 corners"),
    "words behind a list": (ply(CORNERS + "3 0 1 2 7\n"), "1 words too many"),
    "two coordinates": (ply("0 0\n1 0 0\n0 1 0\n3 0 1 2\n"), "has not 3 numbers"),
    "counted in decimals": (
        ply(CORNERS, lists="float int vertex_indices"),
        "the property 'list float",
    ),
    "corners in decimals": (
        ply(CORNERS + "3 0 1 2\n", lists="uchar float vertex_indices"),
        "whole",
    ),
    "other header": (ply("").replace(b"element face", b"elephant face"), "its header holds"),
    "no format": (ply("").replace(b"format ascii", b"format none"), "its header holds"),
    "element twice": (ply("", more="element face 3\n"), "an element twice"),
    "many properties": (ply("", more="property int a\n" * 1000), "over 1000 properties"),
    "no end": (ply("").replace(b"end_header", b""), "its header has no end"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_read_ply__refuses(tmp_path, case):
    content, message = REFUSED[case]
    (tmp_path / "a.ply").write_bytes(content)
    with pytest.raises(MeshError, match=rf"a\.ply.*{message}"):
        load_mesh(tmp_path / "a.ply")
