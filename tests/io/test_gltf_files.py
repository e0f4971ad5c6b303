"""glTF: numbers within their views, files within the folder, nodes that end."""

import base64
import json
import struct

import numpy as np
import pytest

from hipsim.errors import MeshError
from hipsim.io.meshes import load_mesh, load_parts

CORNERS = (0, 0, 0, 1, 0, 0, 0, 1, 0)


def body(corners=CORNERS, indices=(0, 1, 2)):
    return struct.pack("<9f", *corners) + struct.pack(f"<{len(indices)}I", *indices)


def inside(data):
    return "data:application/octet-stream;base64," + base64.b64encode(data).decode()


def gltf(data=None, *, uri=None, node=None, accessor=None, view=None, shape=None, **more):
    data = body() if data is None else data
    return {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, **(node or {})}],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, **(shape or {})}]}
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}
            | (accessor or {}),
            {"bufferView": 1, "componentType": 5125, "count": (len(data) - 36) // 4,
             "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": 36, **(view or {})},
            {"buffer": 0, "byteOffset": 36, "byteLength": len(data) - 36},
        ],
        "buffers": [{"byteLength": len(data), "uri": uri or inside(data)}],
        **more,
    }  # fmt: skip


def saved(folder, about):
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "a.gltf").write_text(about if isinstance(about, str) else json.dumps(about))
    return folder / "in" / "a.gltf"


def glb(about, chunk=b"", length=None):
    text = json.dumps(about).encode()
    text += b" " * (-len(text) % 4)
    parts = struct.pack("<II", len(text), 0x4E4F534A) + text
    parts += struct.pack("<II", len(chunk), 0x004E4942) + chunk
    return struct.pack("<4sII", b"glTF", 2, length or 12 + len(parts)) + parts


def test_read_gltf__reads_a_file_beside_it(tmp_path):
    path = saved(tmp_path, gltf(uri="my%20bone.bin"))
    (path.parent / "my bone.bin").write_bytes(body())
    np.testing.assert_array_equal(load_mesh(path).triangles[0].ravel(), CORNERS)


def test_read_gltf__reads_the_chunk_of_a_glb(tmp_path):
    about = gltf()
    del about["buffers"][0]["uri"]
    (tmp_path / "a.glb").write_bytes(glb(about, body()))
    np.testing.assert_array_equal(load_mesh(tmp_path / "a.glb").triangles[0].ravel(), CORNERS)


def test_read_gltf__moves_by_matrix_or_by_parts(tmp_path):
    half = 0.5**0.5
    parts = {"rotation": [0, 0, half, half], "translation": [5, 0, 0], "scale": [2, 2, 2]}
    matrix = {"matrix": [0, 2, 0, 0, -2, 0, 0, 0, 0, 0, 2, 0, 5, 0, 0, 1]}
    for node in (parts, matrix):
        found = load_mesh(saved(tmp_path, gltf(node=node)))
        np.testing.assert_allclose(found.triangles[0, 1], [5, 2, 0], atol=1e-12)


def test_read_gltf__keeps_faces_outward_under_a_mirror(tmp_path):
    found = load_mesh(saved(tmp_path, gltf(node={"scale": [1, 1, -1]})))
    np.testing.assert_array_equal(found.face_normals[0], [0, 0, -1])


@pytest.mark.parametrize("mode", [5, 6])
def test_read_gltf__cuts_strips_and_fans(tmp_path, mode):
    square = (0, 0, 0, 1, 0, 0, 1, 1, 0)
    path = saved(tmp_path, gltf(body(square, (0, 1, 2, 1)), shape={"mode": mode}))
    assert len(load_mesh(path).faces) >= 1


def test_read_gltf__names_the_part_after_its_node(tmp_path):
    assert list(load_parts(saved(tmp_path, gltf(node={"name": "femur_r"})))) == ["femur_r"]


def test_read_gltf__undoes_normalisation(tmp_path):
    data = struct.pack("<9H", *(65535 * x for x in CORNERS)).ljust(36, b"\0") + body()[36:]
    about = gltf(data, accessor={"componentType": 5123, "normalized": True})
    np.testing.assert_array_equal(load_mesh(saved(tmp_path, about)).triangles[0].ravel(), CORNERS)


OUTSIDE = ("../secret.bin", "%2e%2e/secret.bin", "/etc/passwd", "file:///etc/passwd",
           "http://127.0.0.1:9/a.bin", "..\\secret.bin")  # fmt: skip


@pytest.mark.parametrize("uri", OUTSIDE)
def test_read_gltf__reads_nothing_outside_of_its_folder(tmp_path, uri):
    (tmp_path / "secret.bin").write_bytes(body())
    with pytest.raises(MeshError, match=r"a\.gltf cannot be read as GLTF: .*escapes"):
        load_mesh(saved(tmp_path, gltf(uri=uri)))


def test_read_gltf__follows_no_link_out_of_its_folder(tmp_path):
    (tmp_path / "secret.bin").write_bytes(body())
    path = saved(tmp_path, gltf(uri="a.bin"))
    (path.parent / "a.bin").symlink_to(tmp_path / "secret.bin")
    with pytest.raises(MeshError, match="is no file of its folder"):
        load_mesh(path)


def doubling(depth):
    nodes = [{"children": [i + 1, i + 1]} for i in range(depth)]
    return gltf() | {"nodes": [*nodes, {"mesh": 0}]}


REFUSED = {
    "10^12 numbers": (gltf(accessor={"count": 10**12}), "reaches out of its view"),
    "no number": (gltf(accessor={"count": 0}), "reaches out of its view"),
    "below": (gltf(accessor={"count": -1}), "wanted a whole number, got -1"),
    "view beyond": (gltf(view={"byteLength": 10**9}), "reaches out of its buffer"),
    "short steps": (gltf(view={"byteStride": 4}), "reaches out of its view"),
    "long steps": (gltf(view={"byteStride": 4 * 10**9}), "reaches out of its view"),
    "index beyond": (gltf(body(indices=(0, 1, 3))), "the corner 3 of 3"),
    "two indices": (gltf(body(indices=(0, 1))), "2 indices are no triangles"),
    "signed indices": (gltf(shape={"indices": 0}), "is sparse or no SCALAR"),
    "decimals as indices": (
        gltf(accessor={"type": "SCALAR"}, shape={"indices": 0, "attributes": {"POSITION": 1}}),
        "accessor",
    ),
    "sparse": (gltf(accessor={"sparse": {}}), "is sparse"),
    "not finite": (gltf(body((float("nan"),) * 9)), "must be finite"),
    "stands nowhere": (gltf(node={"translation": [float("inf"), 0, 0]}), "is not finite"),
    "node of itself": (gltf(node={"children": [0]}), "nest endlessly"),
    "nodes that double": (doubling(40), "nest endlessly"),
    "no such node": (gltf(scenes=[{"nodes": [7]}]), "there is no entry 7 of 1"),
    "true as number": (gltf(scenes=[{"nodes": [False]}]), "there is no entry False"),
    "compressed": (gltf(extensionsRequired=["KHR_draco_mesh_compression"]), "is compressed with"),
    "buffer cut short": (gltf(buffers=[{"byteLength": 99, "uri": inside(body())}]), "is cut short"),
    "no base64": (gltf(uri="data:;base64,!!"), "damaged"),
    "no such encoding": (gltf(uri="data:text/plain,a"), "is not in base64"),
    "name is no text": (gltf(uri=["a"]), "is no text"),
    "missing": (gltf(uri="none.bin"), "is no file of its folder"),
    "deep": ('{"asset": ' + "[" * 100_000, "nests too deep"),
    "a number of 5000 digits": ('{"asset": ' + "9" * 5000 + "}", "cannot be read as GLTF"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_read_gltf__refuses(tmp_path, case):
    about, message = REFUSED[case]
    with pytest.raises(MeshError, match=rf"a\.gltf.*{message}"):
        load_mesh(saved(tmp_path, about))


BAD_GLB = {
    "another version": (struct.pack("<4sII", b"glTF", 1, 12), "does not begin as a GLB"),
    "longer than it is": (glb(gltf(), length=10**6), "claims 1000000 bytes"),
    "chunk cut short": (glb(gltf(), length=100), "a chunk is cut short"),
}


@pytest.mark.parametrize("case", BAD_GLB)
def test_read_gltf__refuses_a_bad_glb(tmp_path, case):
    content, message = BAD_GLB[case]
    (tmp_path / "a.glb").write_bytes(content)
    with pytest.raises(MeshError, match=message):
        load_mesh(tmp_path / "a.glb")
