"""Files made by hand to do harm: bombs, huge claims, things that are no files, text that is code."""
# ruff: noqa: E501

import gzip
import io
import json
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.mesh_readers import MODEL, zipped
from tests.fuzz.readers import BROKEN, READERS

REFUSED = ("refused",)
EITHER = ("refused", "read")


@dataclass(frozen=True)
class Hostile:
    """A file to be read: ``make`` lays it down (or returns its bytes); what may come of it."""

    name: str
    make: Callable[[Path], bytes | None]
    allowed: tuple[str, ...] = REFUSED

    def clean(self, path: Path) -> None:
        """Take away what was laid down."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _of(name: str, content: bytes, allowed: tuple[str, ...] = REFUSED) -> Hostile:
    return Hostile(name, lambda path: content, allowed)


def _directory(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path.name)


def _device(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


def _missing(path: Path) -> None:
    path.unlink(missing_ok=True)


EVERYWHERE = (
    _of("empty", b""),
    _of("NUL bytes", b"\0" * 1000),
    _of("UTF-16", "name: bone\n".encode("utf-16")),
    _of("all bytes", bytes(range(256)) * 64),
    _of("half a MB of spaces", b" " * 500_000),
    _of("half a MB of brackets", b"[" * 500_000),
    _of("one long line", b"a" * 900_000),
    Hostile("directory", _directory),
    Hostile("pipe", _pipe),
    Hostile("symlink to itself", _loop),
    Hostile("device without end", _device),
    Hostile("missing", _missing),
)


def ply(n: int | str, m: int | str, kind: str = "binary_little_endian", body: bytes = b"") -> bytes:
    return (
        f"ply\nformat {kind} 1.0\nelement vertex {n}\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {m}\nproperty list uchar int vertex_indices\nend_header\n"
    ).encode() + body


def obj(corner: str = "0 1 0", face: str = "1 2 3") -> bytes:
    return f"v 0 0 0\nv 1 0 0\nv {corner}\nf {face}\n".encode()


def off(counts: str = "3 1 0", corner: str = "0 1 0", face: str = "3 0 1 2") -> bytes:
    return f"OFF\n{counts}\n0 0 0\n1 0 0\n{corner}\n{face}\n".encode()


def gltf(uri: str, accessor: str = "{}", view: str = "{}") -> bytes:
    about = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", **json.loads(accessor)},
            {"bufferView": 1, "componentType": 5125, "count": 3, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": 36, **json.loads(view)},
            {"buffer": 0, "byteOffset": 36, "byteLength": 12},
        ],
        "buffers": [{"byteLength": 48, "uri": uri}],
    }  # fmt: skip
    return json.dumps(about).encode()


def gltf_inside(numbers: tuple[float, ...], corners: tuple[int, ...], **more: str) -> bytes:
    import base64

    body = struct.pack("<9f", *numbers) + struct.pack("<3I", *corners)
    return gltf("data:application/octet-stream;base64," + base64.b64encode(body).decode(), **more)


def nested_gltf(depth: int) -> bytes:
    """Return a scene in which every node holds the next twice: 2 to the depth surfaces."""
    sound = json.loads(gltf_inside((0, 0, 0, 1, 0, 0, 0, 1, 0), (0, 1, 2)))
    nodes = [{"children": [2 * i + 1, 2 * i + 2]} for i in range(depth)]
    sound["nodes"] = [*nodes, *({"mesh": 0} for _ in range(depth + 2))]
    for i, node in enumerate(sound["nodes"]):
        if "children" in node:
            node["children"] = [min(i + 1, len(sound["nodes"]) - 1)] * 2
    return json.dumps(sound).encode()


def beside(name: str, content: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
    """Lay a further file above the folder of the one that is read."""

    def make(path: Path) -> bytes:
        (path.parent.parent / name).write_bytes(struct.pack("<9f3I", *range(9), 0, 1, 2))
        return content(path)

    return make


LAUGHS = b"<!DOCTYPE a [<!ENTITY a0 'ha'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10)
)
OUTSIDE = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
XML_MODEL = (
    b'<model unit="millimeter"><resources>%s</resources><build><item objectid="1"/></build></model>'
)


def model(vertices: str, triangles: str) -> bytes:
    inside = (
        f'<object id="1"><mesh><vertices>{vertices}</vertices><triangles>{triangles}</triangles>'
    )
    return zipped(XML_MODEL % f"{inside}</mesh></object>".encode())


POINTS = "".join(f'<vertex x="{x}" y="{y}" z="0"/>' for x, y in ((0, 0), (1, 0), (0, 1)))
TRIANGLE = '<triangle v1="0" v2="1" v3="2"/>'


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(MODEL, "w", force_zip64=True) as file,
    ):
        for _ in range(120):
            file.write(b" " * 1_000_000)
    return packed.getvalue()


def lying_zip() -> bytes:
    """Return an archive whose directory says 100 bytes of what unfolds to 120 MB."""
    content = bytearray(zip_bomb())
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 100)
    return bytes(content)


def zip_of(names: tuple[str, ...]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "<model/>")
    return packed.getvalue()


def vtk(points: str, polygons: str, kind: str = "ASCII") -> bytes:
    head = f"# vtk DataFile Version 3.0\na\n{kind}\nDATASET POLYDATA\n"
    return f"{head}POINTS {points}\nPOLYGONS {polygons}\n".encode()


def vtp(points: str, n: str = "3", cells: str = "0 1 2", ends: str = "3", m: str = "1") -> bytes:
    return (
        f'<VTKFile type="PolyData" version="0.1" byte_order="LittleEndian"><PolyData>'
        f'<Piece NumberOfPoints="{n}" NumberOfPolys="{m}"><Points><DataArray type="Float32" '
        f'NumberOfComponents="3" format="ascii">{points}</DataArray></Points><Polys>'
        f'<DataArray type="Int32" Name="connectivity" format="ascii">{cells}</DataArray>'
        f'<DataArray type="Int32" Name="offsets" format="ascii">{ends}</DataArray></Polys>'
        "</Piece></PolyData></VTKFile>"
    ).encode()


NINE = "0 0 0 1 0 0 0 1 0"


def mat_bomb() -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(120)) + packer.flush()
    return b"MATLAB 5.0".ljust(124) + b"\0\1IM" + struct.pack("<II", 15, len(packed)) + packed


def nifti(sizes: tuple[int, ...], code: int = 2, bits: int = 8, body: bytes = b"") -> bytes:
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, len(sizes), *sizes, *[1] * (7 - len(sizes)))
    struct.pack_into("<2h", head, 70, code, bits)
    struct.pack_into("<4f", head, 76, 1.0, 1.0, 1.0, 1.0)
    struct.pack_into("<f", head, 108, 352)
    struct.pack_into("<12f", head, 280, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    head[254], head[344:348] = 1, b"n+1\0"
    return bytes(head) + body


def gzip_bomb(head: bytes, size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(head)]
    parts += [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join(parts) + packer.flush()


def nrrd(sizes: str, extra: str = "encoding: raw", body: bytes = b"") -> bytes:
    return (
        f"NRRD0005\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: {sizes}\n"
        f"space directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\n{extra}\n\n"
    ).encode() + body


def mha(sizes: str, data: str = "LOCAL", extra: str = "") -> bytes:
    return (
        f"ObjectType = Image\nNDims = 3\nBinaryData = True\n{extra}DimSize = {sizes}\n"
        f"ElementSpacing = 1 1 1\nElementType = MET_UCHAR\nElementDataFile = {data}\n"
    ).encode()


YAML_BOMB = b"a0: &a0 [x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 10)
)
YAMLS = (
    _of("alias bomb", YAML_BOMB),
    _of("alias of itself", b"name: &a [*a]\nhips: *a\n"),
    _of("merge bomb", b"a: &a {x: 1}\n" + b"".join(b"b%d: &b%d {<<: [%s]}\n" % (i, i, b"*a, " * 200 if i == 0 else b"*b%d, " % (i - 1) * 200) for i in range(6))),
    _of("deep", b"hips: " + b"[" * 5000 + b"]" * 5000),
    _of("deep mappings", b"hips: " + b"{a: " * 3000 + b"1" + b"}" * 3000),
    _of("indented", b"".join(b" " * i + b"a:\n" for i in range(120))),
    _of("python object", b"name: !!python/object/apply:os.system ['touch hit']\n"),
    _of("python name", b"name: !!python/name:os.system\n"),
    _of("binary tag", b"name: !!binary '@@@@'\n"),
    _of("huge integer", b"name: " + b"9" * 5000 + b"\n"),
    _of("huge seed", b"name: a\nhips: [woman]\nmotions: [neutral]\nseed: " + b"9" * 4000 + b"\n"),
    _of("sexagesimal", b"version_deg: 190:20:30:59:59\nseed: 1:1:1:1:1:1:1:1:1\n"),
    _of("wrong date", b"name: 2024-13-45\n"),
    _of("wrong integer", b"name: !!int x\nside: !!float y\n"),
    _of("mapping as key", b"? {a: 1}\n: b\n"),
    _of("list as key", b"? [a, b]\n: b\n"),
    _of("two documents", b"name: a\n---\nname: b\n"),
    _of("not finite", b"name: a\nversion_deg: .nan\n"),
    _of("infinite", b"name: a\nversion_deg: .inf\nhips: [woman]\nmotions: [{motion: ifi_test, adduction_deg: .inf}]"),
    _of("key twice", b"name: a\nname: b\n"),
    _of("NUL inside", b"name: a\0b\n"),
    _of("carriage returns", b"name: a\rside: right\r", EITHER),
    _of("200 kB of entries", b"".join(b"a%d: [1, 2]\n" % i for i in range(12_000))),
    _of("900 kB of list", b"hips: [" + b"a, " * 300_000 + b"]\n"),
    _of("900 kB of text", b"description: '" + b"a b " * 225_000 + b"'\n", EITHER),
    _of("anchors without end", b"a: " + b"&a " * 20_000 + b"1\n"),
    _of("long key", b"? " + b"a" * 2000 + b"\n: 1\n"),
)  # fmt: skip
JSONS = (
    _of("deep", b'{"points": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    _of("deep objects", b'{"a":' * 90_000 + b"1" + b"}" * 90_000),
    _of("huge integer", b'{"LT": [1, 2, ' + b"9" * 5000 + b"]}"),
    _of("large integer", b'{"LT": [1, 2, ' + b"9" * 400 + b"]}"),
    _of("infinite", b'{"LT": [1e999, 2, 3], "name": Infinity}'),
    _of("NaN", b'{"LT": [NaN, 2, 3], "name": NaN}'),
    _of("many keys twice", b"{" + b", ".join(b'"a%d": 1' % (i % 40_000) for i in range(80_000)) + b"}"),
    _of("many keys", b"{" + b", ".join(b'"a%d": 1' % i for i in range(60_000)) + b"}"),
    _of("key twice", b'{"name": "a", "name": "b", "LT": [1, 2, 3], "LT": [3, 2, 1]}'),
    _of("lone surrogate", b'{"name": "\\ud800", "\\udfff": [1, 2, 3]}'),
    _of("a list", b"[1, 2, 3]"),
    _of("null", b"null"),
    _of("true", b'{"LT": [true, false, true], "iliopsoas": {"faces": [true]}}'),
    _of("words for numbers", b'{"LT": ["1", "2", "3"], "iliopsoas": {"curve": [["1", "2", "3"]]}}', EITHER),
    _of("900 kB of list", b'{"hips": [' + b"1, " * 300_000 + b"1]}"),
)  # fmt: skip
TOMLS = (
    _of("dotted without end", b".".join([b"a"] * 50_000) + b" = 1\n"),
    _of("table without end", b"[" + b".".join([b"a"] * 50_000) + b"]\n"),
    _of("deep", b"hips = " + b"[" * 50_000 + b"]" * 50_000),
    _of("deep inline", b"hips = " + b"{a=" * 20_000 + b"1" + b"}" * 20_000),
    _of("huge integer", b"seed = " + b"9" * 5000 + b"\n"),
    _of("huge hexadecimal", b"seed = 0x" + b"f" * 100_000 + b"\n"),
    _of("spaces in a quoted key", b'["a' + b" " * 300_000 + b'b"]\n'),
    _of("spaces in a text", b'description = """\n[ ' + b"a " * 200_000 + b'x\n"""\n'),
    _of("not finite", b'name = "a"\nhips = ["woman"]\nmotions = ["neutral"]\n[targets_mm]\nneutral = nan\n'),
    _of("key twice", b'name = "a"\nname = "b"\n'),
    _of("900 kB of list", b"hips = [" + b"1, " * 300_000 + b"]\n"),
    _of("many tables", b"".join(b"[[procedures]]\na = 1\n" for _ in range(30_000))),
    _of("date", b"seed = 2024-01-01T00:00:00Z\n"),
)  # fmt: skip
POINT_TABLES = (
    _of("comma for point", b"name,x,y,z\nLT,1,5,2,5,3,5\n"),
    _of("semicolons and commas", b"name;x;y;z\nLT;1,5;2,5;3,5\n"),
    _of("not finite", b"name,x,y,z\nLT,1,nan,inf\n"),
    _of("infinite", b"name,x,y,z\nLT,1,1e999,2\n"),
    _of("open quote", b'name,x,y,z\n"LT,1,2,3\n' + b"a" * 300_000),
    _of("many columns", b"name,x,y,z" + b",a" * 100_000 + b"\nLT,1,2,3\n", EITHER),
    _of("short row", b"name,x,y,z\nLT,1,2\n"),
    _of("long row", b"name,x,y,z\nLT,1,2,3,4\n"),
    _of("column twice", b"name,x,x,y,z\nLT,1,2,3,4\n"),
    _of("carriage returns", b"name,x,y,z\rLT,1,2,3\r", EITHER),
    _of("NUL inside", b"name,x,y,z\nLT,1\0,2,3\n"),
    _of("underscored", b"name,x,y,z\nLT,1_0,2,3\n"),
    _of("other digits", "name,x,y,z\nLT,\u0661,2,3\n".encode()),
)
FCSV_HEAD = b"# CoordinateSystem = LPS\n# columns = id,x,y,z,label\n"
MOTIONS = (
    _of("not finite", b"inDegrees=yes\nendheader\nflexion_deg adduction_deg rotation_deg\n1 nan 2\n"),
    _of("rows claimed", b"nRows=9999999999\ninDegrees=yes\nendheader\nflexion_deg adduction_deg rotation_deg\n"),
    _of("comma for point", b"inDegrees=yes\nendheader\nflexion_deg adduction_deg rotation_deg\n1,5 2 3\n"),
    _of("infinite", b"inDegrees=yes\nendheader\nflexion_deg adduction_deg rotation_deg\n1 1e999 2\n"),
    _of("column twice", b"inDegrees=yes\nendheader\nflexion_deg flexion_deg adduction_deg rotation_deg\n1 5 2 3\n"),
    _of("fewer rows than said", b"nRows=5\ninDegrees=yes\nendheader\nflexion_deg adduction_deg rotation_deg\n1 5 2\n"),
    _of("time not finite", b"inDegrees=yes\nendheader\ntime flexion_deg adduction_deg rotation_deg\nnan 1 5 2\n"),
)  # fmt: skip
MOTION_TABLES = (
    _of("not finite", b"flexion_deg,adduction_deg,rotation_deg\n1,nan,2\n"),
    _of("time not finite", b"time,flexion_deg,adduction_deg,rotation_deg\nnan,1,5,2\nnan,1,5,2\n"),
    _of("infinite time", b"time,flexion_deg,adduction_deg,rotation_deg\ninf,1,5,2\ninf,1,5,2\n"),
    _of("comma for point", b"flexion_deg;adduction_deg;rotation_deg\n1,5;2,5;3\n"),
    _of("column twice", b"flexion_deg,flexion_deg,adduction_deg,rotation_deg\n1,5,2,3\n"),
    _of("long field", b'flexion_deg,adduction_deg,rotation_deg\n"' + b"1" * 200_000 + b'",2,3\n'),
)
BODIES = (
    _of("deep", b"[" * 60_000),
    _of("huge integer", b'{"depth_mm": ' + b"9" * 5000 + b"}"),
    _of("large integer", b'{"depth_mm": ' + b"9" * 400 + b"}"),
    _of("too long", b" " * 64_001),
    _of("not finite", b'{"depth_mm": NaN}'),
    _of("infinite", b'{"depth_mm": 1e999}'),
    _of("level as list", b'{"level": ["subtrochanteric"]}'),
    _of("level as mapping", b'{"level": {"a": 1}}'),
    _of("key twice", b'{"depth_mm": 1, "depth_mm": 2}'),
    _of("lone surrogate", b'{"\\ud800": 1}'),
    _of("surrogate level", b'{"level": "\\ud800"}'),
)
SENT = (
    _of("no host", b"content-type: application/json\nx-token: secret\nhost: \n"),
    _of(
        "other token", b"host: 127.0.0.1:8765\ncontent-type: application/json\nx-token: \xff\xfe\n"
    ),
    _of("token in other letters", b"host: 127.0.0.1:8765\nx-token: secr\xc3\xa9t\n"),
    _of("two lengths", b"host: 127.0.0.1:8765\nx-token: secret\ncontent-type: text/plain\n"),
    _of("long header", b"host: 127.0.0.1:8765\nx-token: " + b"a" * 60_000 + b"\n"),
)
COHORTS = (
    _of("not finite", b"subject,sex,motion,minimum_mm,failure\n1,female,neutral,inf,\n"),
    _of("word for number", b"subject,sex,motion,minimum_mm,failure\n1,female,neutral,many,\n"),
    _of("huge integer", b"subject,sex,motion,minimum_mm,failure\n1,female,neutral," + b"9" * 5000 + b",\n"),
    _of("no failure column", b"subject,sex,motion,minimum_mm\n1,female,neutral,5\n"),
    _of("long row", b"subject,sex,motion,minimum_mm,failure\n1,female,neutral,5,,7,8\n"),
    _of("short row", b"subject,sex,motion,minimum_mm,failure\n1,female\n"),
    _of("long field", b"subject,sex,motion,minimum_mm,failure\n1,female,neutral,5,\"" + b"x" * 200_000),
)  # fmt: skip

BY_READER: dict[str, tuple[Hostile, ...]] = {
    "stl binary": (
        _of("4294967295 faces", b"x" * 80 + b"\xff\xff\xff\xff" + bytes(500)),
        _of("NaN", b"x" * 80 + struct.pack("<I", 1) + struct.pack("<12f", *[float("nan")] * 12) + b"\0\0"),
        _of("infinite", b"x" * 80 + struct.pack("<I", 1) + struct.pack("<12f", *[float("inf")] * 12) + b"\0\0"),
        _of("one byte short", b"x" * 80 + struct.pack("<I", 1) + bytes(49)),
        _of("one byte more", b"x" * 80 + struct.pack("<I", 1) + bytes(51)),
        _of("no face", b"x" * 80 + bytes(4)),
    ),
    "stl ascii": (
        _of("comma for point", b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0,5 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n"),
        _of("infinite", b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 1e999 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n"),
        _of("two corners", b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n"),
        _of("no end", b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"),
        _of("solids without end", b"solid endsolid " * 60_000),
    ),
    "ply binary": (
        _of("10^12 corners", ply(10**12, 1)),
        _of("10^12 faces", ply(3, 10**12, body=bytes(36))),
        _of("minus one face", ply(3, -1, body=bytes(49))),
        _of("index beyond", ply(3, 1, body=bytes(36) + struct.pack("<B3i", 3, 0, 1, 9))),
        _of("index below", ply(3, 1, body=bytes(36) + struct.pack("<B3i", 3, 0, 1, -1))),
        _of("NaN", ply(3, 1, body=struct.pack("<9f", *[float("nan")] * 9) + struct.pack("<B3i", 3, 0, 1, 2))),
        _of("two corners", ply(3, 1, body=bytes(36) + struct.pack("<B2i", 2, 0, 1))),
        _of("list of doubles", ply(3, 1, body=bytes(40)).replace(b"uchar int", b"double double")),
        _of("10^6 properties", ply(3, 1).replace(b"property float z\n", b"property float z\n" * 50_000)),
    ),
    "ply ascii": (
        _of("10^12 corners", ply(10**12, 1, "ascii")),
        _of("10^5000 corners", ply("9" * 5000, 1, "ascii")),
        _of("comma for point", ply(3, 1, "ascii", b"0,5 0 0\n1 0 0\n0 1 0\n3 0 1 2\n")),
        _of("infinite", ply(3, 1, "ascii", b"1e999 0 0\n1 0 0\n0 1 0\n3 0 1 2\n")),
        _of("index beyond", ply(3, 1, "ascii", b"0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n")),
        _of("index below", ply(3, 1, "ascii", b"0 0 0\n1 0 0\n0 1 0\n3 0 1 -1\n")),
        _of("list longer than said", ply(3, 1, "ascii", b"0 0 0\n1 0 0\n0 1 0\n4000000000 0 1 2\n")),
        _of("half an index", ply(3, 1, "ascii", b"0 0 0\n1 0 0\n0 1 0\n3 0 1 1.5\n")),
        _of("carriage returns", ply(3, 1, "ascii", b"0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n").replace(b"\n", b"\r\n"), EITHER),
    ),
    "obj": (
        _of("index 0", obj(face="0 1 2")),
        _of("index beyond", obj(face="1 2 4")),
        _of("index before the first", obj(face="-4 -2 -1")),
        _of("index of 30 digits", obj(face="1 2 " + "9" * 30)),
        _of("index of 5000 digits", obj(face="1 2 " + "9" * 5000)),
        _of("comma for point", obj(corner="0,5 1 0")),
        _of("infinite", obj(corner="1e999 1 0")),
        _of("two corners", obj(face="1 2")),
        _of("half an index", obj(face="1 2 2.5")),
        _of("other file", b"mtllib ../../../../etc/passwd\ncall /etc/passwd\n" + obj(), EITHER),
        _of("one polygon", obj(face="1 2 3 " * 50_000), EITHER),
        _of("many objects", b"".join(b"o a\nf 1 2 3\n" for _ in range(20_000)), EITHER),
        _of("relative", obj(face="-3 -2 -1"), EITHER),
    ),
    "off": (
        _of("10^12 corners", off(f"{10**12} 1 0")),
        _of("10^12 faces", off(f"3 {10**12} 0")),
        _of("minus one", off("-3 1 0")),
        _of("index below", off(face="3 0 1 -1")),
        _of("index beyond", off(face="3 0 1 3")),
        _of("comma for point", off(corner="0,5 1 0")),
        _of("infinite", off(corner="1e999 1 0")),
        _of("list longer than said", off(face="4000000000 0 1 2")),
        _of("two corners", off(face="2 0 1")),
    ),
    "glb": (
        _of("4 GB of JSON", struct.pack("<4sIIII", b"glTF", 2, 2**32 - 1, 2**32 - 4, 0x4E4F534A) + b"{}"),
        _of("no chunk", struct.pack("<4sII", b"glTF", 2, 12)),
        _of("chunks without length", struct.pack("<4sII", b"glTF", 2, 8020) + struct.pack("<II", 0, 0x4E4F534A) * 1000),
    ),
    "gltf": (
        Hostile("file outside", beside("secret.bin", lambda p: gltf("../secret.bin"))),
        Hostile("file outside, spelled", beside("secret.bin", lambda p: gltf("%2e%2e/secret.bin"))),
        Hostile("absolute", beside("secret.bin", lambda p: gltf(str(p.parent.parent / "secret.bin")))),
        Hostile("file URL", beside("secret.bin", lambda p: gltf(f"file://{p.parent.parent}/secret.bin"))),
        _of("http", gltf("http://127.0.0.1:9/a.bin")),
        _of("https", gltf("https://127.0.0.1:9/a.bin")),
        _of("device", gltf("/dev/zero")),
        _of("itself", gltf("a.gltf")),
        _of("directory", gltf(".")),
        _of("10^12 numbers", gltf_inside((0, 0, 0, 1, 0, 0, 0, 1, 0), (0, 1, 2), accessor='{"count": 1000000000000}')),
        _of("10^9 numbers of nothing", gltf_inside((0,) * 9, (0, 1, 2), accessor='{"bufferView": null, "count": 1000000000}').replace(b'"bufferView": null, ', b"")),
        _of("count below", gltf_inside((0, 0, 0, 1, 0, 0, 0, 1, 0), (0, 1, 2), accessor='{"count": -1}')),
        _of("index beyond", gltf_inside((0, 0, 0, 1, 0, 0, 0, 1, 0), (0, 1, 9))),
        _of("NaN", gltf_inside((float("nan"),) * 9, (0, 1, 2))),
        _of("view beyond", gltf_inside((0,) * 9, (0, 1, 2), view='{"byteOffset": 4000000000}')),
        _of("stride", gltf_inside((0,) * 9, (0, 1, 2), view='{"byteStride": 4000000000}')),
        _of("nodes that double", nested_gltf(40)),
        _of("node in itself", gltf_inside((0, 0, 0, 1, 0, 0, 0, 1, 0), (0, 1, 2)).replace(b'{"mesh": 0}', b'{"mesh": 0, "children": [0]}')),
        _of("matrix of NaN", gltf_inside((0, 0, 0, 1, 0, 0, 0, 1, 0), (0, 1, 2)).replace(b'{"mesh": 0}', b'{"mesh": 0, "scale": [NaN, 1, 1]}')),
        _of("deep", b'{"asset": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        _of("huge integer", gltf("a").replace(b'"count": 3', b'"count": ' + b"9" * 5000)),
    ),
    "3mf": (
        Hostile("bomb", lambda path: zip_bomb()),
        Hostile("lying bomb", lambda path: lying_zip()),
        _of("billion laughs", zipped(LAUGHS + b"]><model>&a9;</model>")),
        _of("billion laughs in UTF-16", zipped((LAUGHS + b"]><model>&a9;</model>").decode().encode("utf-16"))),
        _of("other file", zipped(OUTSIDE + b"<model>&x;</model>")),
        _of("other file in UTF-16", zipped((OUTSIDE + b"<model>&x;</model>").decode().encode("utf-16"))),
        _of("names outside", zip_of(("../../outside.model", "/etc/outside.model", "C:\\a.model"))),
        _of("only other names", zip_of(("../3D/3dmodel.model",))),
        _of("one name twice", zip_of((MODEL, MODEL.upper()))),
        _of("deep", zipped(b"<a>" * 100_000 + b"</a>" * 100_000)),
        _of("NaN", model(POINTS.replace('"1"', '"nan"'), TRIANGLE)),
        _of("infinite", model(POINTS.replace('"1"', '"1e999"'), TRIANGLE)),
        _of("index below", model(POINTS, TRIANGLE.replace('"2"', '"-1"'))),
        _of("index beyond", model(POINTS, TRIANGLE.replace('"2"', '"3"'))),
        _of("index of 30 digits", model(POINTS, TRIANGLE.replace('"2"', f'"{"9" * 30}"'))),
        _of("index of 5000 digits", model(POINTS, TRIANGLE.replace('"2"', f'"{"9" * 5000}"'))),
        _of("half an index", model(POINTS, TRIANGLE.replace('"2"', '"1.5"'))),
        _of("component of itself", zipped(XML_MODEL % b'<object id="1"><components><component objectid="1"/></components></object>')),
        _of("components that double", zipped(XML_MODEL % b"".join(b'<object id="%d"><components>%s</components></object>' % (i, b'<component objectid="%d"/>' % (i + 1) * 9) for i in range(1, 30)))),
        _of("nested objects", zipped(XML_MODEL % (b'<object id="1">' * 4000 + b"</object>" * 4000))),
        _of("transform of NaN", zipped((XML_MODEL % f'<object id="1"><mesh><vertices>{POINTS}</vertices><triangles>{TRIANGLE}</triangles></mesh></object>'.encode()).replace(b'objectid="1"', b'objectid="1" transform="nan 0 0 0 1 0 0 0 1 0 0 0"'))),
    ),
    "vtp": (
        _of("10^12 points", vtp(NINE, n="1000000000000")),
        _of("10^12 faces", vtp(NINE, m="1000000000000")),
        _of("minus one", vtp(NINE, n="-1")),
        _of("index beyond", vtp(NINE, cells="0 1 2000000")),
        _of("index below", vtp(NINE, cells="0 1 -1")),
        _of("ends beyond", vtp(NINE, ends="3000000")),
        _of("ends below", vtp(NINE, ends="-3")),
        _of("ends that turn back", vtp(NINE, cells="0 1 2 0 1 2", ends="6 3", m="2")),
        _of("fewer points", vtp("0 0 0", n="3")),
        _of("NaN", vtp(NINE.replace("1", "nan"))),
        _of("infinite", vtp(NINE.replace("1", "1e999"))),
        _of("comma for point", vtp(NINE.replace("1", "1,5"))),
        _of("billion laughs", LAUGHS + b"]><VTKFile>&a9;</VTKFile>"),
        _of("other file", OUTSIDE + b"<VTKFile>&x;</VTKFile>"),
        _of("two million components", vtp(NINE).replace(b'Components="3"', b'Components="2000000000"')),
        _of("deep", b"<VTKFile>" * 50_000 + b"</VTKFile>" * 50_000),
    ),
    "vtk binary": (
        _of("10^12 points", vtk("1000000000000 float", "1 4", "BINARY")),
        _of("10^12 faces", vtk("3 float\n" + "a" * 36, "1000000000000 4000000000000", "BINARY")),
        _of("minus one", vtk("-1 float\n" + "a" * 36, "-1 -4", "BINARY")),
        _of("field without end", vtk("3 float\n" + "a" * 36, "1 4\n" + "a" * 16 + "\nFIELD a 1000000000\n", "BINARY")),
    ),
    "vtk ascii": (
        _of("10^12 points", vtk("1000000000000 float\n" + NINE, "1 4\n3 0 1 2")),
        _of("2147483647 points", vtk("2147483647 float\n" + NINE, "1 4\n3 0 1 2")),
        _of("10^12 faces", vtk("3 float\n" + NINE, "1000000000000 4\n3 0 1 2")),
        _of("10^12 numbers", vtk("3 float\n" + NINE, "1 1000000000000\n3 0 1 2")),
        _of("minus one", vtk("-1 float\n" + NINE, "-1 -4\n3 0 1 2")),
        _of("index beyond", vtk("3 float\n" + NINE, "1 4\n3 0 1 2000000")),
        _of("index below", vtk("3 float\n" + NINE, "1 4\n3 0 1 -1")),
        _of("list longer than said", vtk("3 float\n" + NINE, "1 4\n3000 0 1 2")),
        _of("NaN", vtk("3 float\n" + NINE.replace("1", "nan"), "1 4\n3 0 1 2")),
        _of("infinite", vtk("3 float\n" + NINE.replace("1", "1e999"), "1 4\n3 0 1 2")),
        _of("comma for point", vtk("3 float\n" + NINE.replace("1", "1,5"), "1 4\n3 0 1 2")),
        _of("long word", vtk("3 float\n" + NINE + " " + "a" * 100_000, "1 4\n3 0 1 2")),
        _of("long title", vtk("3 float\n" + NINE, "1 4\n3 0 1 2").replace(b"\na\n", b"\n" + b"a" * 100_000 + b"\n"), EITHER),
        _of("field of 10^9", vtk("3 float\n" + NINE, "1 4\n3 0 1 2\nPOINT_DATA 3\nFIELD f 1\na 1 1000000000 double\n1 2 3"), EITHER),
        _of("scalars of 10^9", vtk("3 float\n" + NINE, "1 4\n3 0 1 2\nPOINT_DATA 1000000000\nSCALARS a double 1\nLOOKUP_TABLE default\n1"), EITHER),
    ),
    "mat": (
        Hostile("bomb", lambda path: mat_bomb()),
        _of("claims 4 GB", b"MATLAB 5.0".ljust(124) + b"\0\1IM" + struct.pack("<II", 14, 2**32 - 1) + bytes(100)),
        _of("a dimension of 2^31", b"MATLAB 5.0".ljust(124) + b"\0\1IM" + struct.pack("<II", 14, 72) + struct.pack("<4I", 6, 8, 6, 0) + struct.pack("<II2i", 5, 8, 2**31 - 1, 2**31 - 1) + struct.pack("<HH4s", 1, 1, b"B\0\0\0") + struct.pack("<II", 9, 32) + bytes(32)),
        _of("cells of 2^31", b"MATLAB 5.0".ljust(124) + b"\0\1IM" + struct.pack("<II", 14, 72) + struct.pack("<4I", 6, 8, 1, 0) + struct.pack("<II2i", 5, 8, 2**16, 2**13) + struct.pack("<HH4s", 1, 1, b"B\0\0\0") + struct.pack("<II", 14, 0) * 4),
        _of("a function", b"MATLAB 5.0".ljust(124) + b"\0\1IM" + struct.pack("<II", 14, 48) + struct.pack("<4I", 6, 8, 16, 0) + bytes(32)),
    ),
    "nifti": (
        _of("32767^3 voxels", nifti((32767, 32767, 32767))),
        _of("32767^7 voxels", nifti((32767,) * 7)),
        _of("no voxel", nifti((0, 0, 0))),
        _of("below", nifti((-1, 5, 5), body=bytes(100))),
        _of("cut short", nifti((100, 100, 100), body=bytes(1000))),
        _of("NaN", nifti((5, 5, 5), 16, 32, struct.pack("<f", float("nan")) * 125)),
        _of("bits that lie", nifti((1000, 1000, 1000), 64, 0)),
        _of("bits below", nifti((1000, 1000, 1000), 64, -64)),
        _of("colours", nifti((5, 5, 5), 128, 24, bytes(375))),
        _of("complex", nifti((5, 5, 5), 32, 64, bytes(1000))),
        _of("nothing in it", nifti((20, 20, 20), body=bytes(8000))),
    ),
    "nifti, packed": (
        Hostile("8 GB of numbers", lambda path: gzip_bomb(nifti((1000, 1000, 1000), 64, 64), 60 << 20)),
        Hostile("bomb behind the end", lambda path: gzip_bomb(nifti((5, 5, 5)), 150 << 20)),
        Hostile("125 MB of nothing", lambda path: gzip_bomb(nifti((500, 500, 500)), 125 << 20)),
        _of("32767^3 voxels", gzip.compress(nifti((32767, 32767, 32767)))),
        _of("bits that lie", gzip.compress(nifti((1000, 1000, 1000), 64, 0))),
        _of("many members", gzip.compress(b"") * 40_000),
    ),
    "nrrd": (
        _of("10^12 voxels", nrrd("10000 10000 10000", body=bytes(100))),
        _of("sizes beyond", nrrd("99999999999999999999 1 1")),
        _of("sizes below", nrrd("-1 5 5", body=bytes(100))),
        _of("no size", nrrd("", body=bytes(100))),
        Hostile("bomb", lambda path: nrrd("5 5 5", "encoding: gzip", gzip_bomb(b"", 150 << 20))),
        _of("10^9 voxels packed", nrrd("1000 1000 1000", "encoding: gzip", gzip.compress(bytes(1000)))),
        Hostile("other file", beside("secret.bin", lambda p: nrrd("4 4 3", "encoding: raw\ndata file: ../secret.bin"))),
        _of("absolute", nrrd("4 4 4", "encoding: raw\ndata file: /etc/passwd")),
        _of("device", nrrd("1000 1000 100", "encoding: raw\ndata file: /dev/zero")),
        _of("list of files", nrrd("4 4 4", "encoding: raw\ndata file: LIST\n/etc/passwd")),
        _of("numbered files", nrrd("4 4 4", "encoding: raw\ndata file: /etc/p%03d 1 1000000000 1")),
        _of("format of a name", nrrd("4 4 4", "encoding: raw\ndata file: %s%s%s%n 1 3 1")),
        _of("origin not finite", nrrd("4 4 4", body=bytes(64)).replace(b"origin: (0,0,0)", b"origin: (nan,0,0)")),
        _of("direction not finite", nrrd("4 4 4", body=bytes(64)).replace(b"(1,0,0)", b"(inf,0,0)")),
        _of("segment of 5000 digits", nrrd("4 4 4", "encoding: raw\nSegment0_Name:=femur_right\nSegment0_LabelValue:=" + "9" * 5000, bytes(64))),
        _of("segment of a word", nrrd("4 4 4", "encoding: raw\nSegment0_Name:=femur_right\nSegment0_LabelValue:=one", bytes(64))),
        _of("layer below", nrrd("4 4 4", "encoding: raw\nSegment0_Name:=femur_right\nSegment0_LabelValue:=1\nSegment0_Layer:=-9", bytes(64))),
        _of("text encoding", nrrd("4 4 4", "encoding: text", b"1 2 x")),
        _of("skip", nrrd("4 4 4", "encoding: raw\nbyte skip: 99999999999", bytes(64))),
        _of("skip below", nrrd("4 4 4", "encoding: raw\nbyte skip: -1", bytes(64)), EITHER),
        _of("lines to skip", nrrd("4 4 4", "encoding: raw\nline skip: 2000000000", bytes(64))),
    ),
    "mha": (
        _of("10^12 voxels", mha("10000 10000 10000")),
        _of("sizes below", mha("-1 5 5")),
        _of("sizes beyond", mha("99999999999999999999 1 1")),
        Hostile("other file", beside("secret.bin", lambda p: mha("4 4 3", "../secret.bin"))),
        _of("absolute", mha("4 4 4", "/etc/passwd")),
        _of("device", mha("1000 1000 100", "/dev/zero")),
        _of("list of files", mha("4 4 4", "LIST\n/etc/passwd\n/etc/passwd\n/etc/passwd\n/etc/passwd")),
        _of("numbered files", mha("4 4 4", "/etc/p%03d 1 1000000000 1")),
        _of("format of a name", mha("4 4 4", "%s%s%s%n 1 4 1")),
        _of("packed bomb", mha("1000 1000 1000", extra="CompressedData = True\nCompressedDataSize = 900000000000\n")),
        Hostile("packed", lambda path: mha("1000 1000 900", extra="CompressedData = True\n") + zlib.compress(bytes(1000))),
        _of("spacing not finite", mha("4 4 4").replace(b"1 1 1\n", b"nan 1 1\n") + bytes(64)),
        _of("many dimensions", mha("4 4 4").replace(b"NDims = 3", b"NDims = 1000000000") + bytes(64)),
        _of("ten dimensions", mha("4 4 4").replace(b"NDims = 3", b"NDims = 10") + bytes(64)),
        _of("channels", mha("4 4 4", extra="ElementNumberOfChannels = 1000000000\n") + bytes(64)),
        _of("long line", mha("4 4 4", extra="Comment = " + "a" * 100_000 + "\n") + bytes(64)),
    ),
    "dicom seg": (
        _of("mark only", bytes(128) + b"DICM"),
        _of("element of 4 GB", bytes(128) + b"DICM" + struct.pack("<HH2sHI", 2, 0, b"OB", 0, 2**32 - 2)),
        _of("deep sequences", bytes(128) + b"DICM" + struct.pack("<HHII", 0x62, 2, 0xFFFFFFFF, 0) * 20_000),
    ),
    "landmarks json": JSONS,
    "landmarks mrk.json": (
        *JSONS,
        _of("markups of numbers", b'{"markups": [1, 2]}'),
        _of("markups as text", b'{"markups": "abc"}'),
        _of("points as mapping", b'{"markups": [{"controlPoints": {"a": 1}}]}'),
        _of("position of texts", b'{"markups": [{"controlPoints": [{"label": "LT", "position": ["a", "b", "c"]}]}]}'),
    ),
    "landmarks fcsv": tuple(
        Hostile(one.name, lambda path, make=one.make: FCSV_HEAD + make(path).replace(b"name,", b"id,").replace(b"LT,", b"1,LT,"), one.allowed)
        for one in POINT_TABLES
    ) + (
        _of("not finite", FCSV_HEAD + b"1,nan,2,3,LT\n"),
        _of("comma for point", FCSV_HEAD + b"1,1,5,2,5,3,5,LT\n"),
        _of("other columns", b"# CoordinateSystem = LPS\n# columns = id,y,x,x,label\n1,1,2,3,LT\n"),
    ),
    "landmarks csv": POINT_TABLES,
    "footprint.json": (
        *JSONS,
        _of("face of 400 digits", b'{"iliopsoas": {"faces": [' + b"9" * 400 + b"]}}"),
        _of("face below", b'{"iliopsoas": {"faces": [-1]}}'),
        _of("infinite curve", b'{"iliopsoas": {"curve_mm": [[1e999, 0, 0], [1, 0, 0], [0, 1, 0]]}}'),
        _of("unit as list", b'{"unit": ["mm"], "iliopsoas": {"faces": [1]}}'),
        _of("curve too far", b'{"unit": "m", "iliopsoas": {"curve": [[1e308, 0, 0], [1, 0, 0], [0, 1, 0]]}}'),
    ),
    "case.yaml": (
        *YAMLS,
        _of("unit as list", b"unit: [mm]\n"),
        _of("unit as mapping", b"unit: {mm: 1}\n"),
        _of("side as list", b"side: [right]\n"),
        _of("side below", b"side: ../right\n"),
        _of("version beyond", b"version_deg: 1" + b"0" * 400 + b"\n"),
        _of("version infinite", b"version_deg: {right: .inf}\n"),
        _of("frame as mapping", b"frame: {a: b}\n"),
        _of("sources outside", b"sources: [{file: ../../../etc/passwd}, {file: /etc/passwd}]\n", EITHER),
        _of("number as key", b"1: a\n"),
        _of("null as key", b"~: a\n"),
    ),
    "scenario yaml": (
        *YAMLS,
        _of("case outside", b"name: a\nhips: [../../../etc]\nmotions: [neutral]\n", EITHER),
        _of("case everywhere", b"name: a\nhips: [{case: '/**/*'}]\nmotions: [neutral]\n"),
        _of("amounts without end", b"name: a\nhips: [woman]\nmotions: [neutral]\nprocedures: [{procedure: derotate_femur, angle_deg: {start: 0, stop: 1.0e+300, step: 1.0e-300}}]\n"),
        _of("amounts not finite", b"name: a\nhips: [woman]\nmotions: [neutral]\nprocedures: [{procedure: derotate_femur, angle_deg: {start: 0, stop: .inf, step: .nan}}]\n"),
        _of("population without end", b"name: a\nhips: [{population: 999999999999}]\nmotions: [neutral]\n"),
        _of("sweep without end", b"name: a\nhips: [{virtual: female, version_deg: {start: 0, stop: 9, step: 0.001}, head_radius_mm: {start: 20, stop: 25, step: 0.001}}]\nmotions: [neutral]\n"),
        _of("product without end", b"name: a\nhips: [woman]\nmotions: [neutral]\ncombine: product\nprocedures:\n" + b"  - {procedure: resect_lesser_trochanter, depth_mm: {start: 0, stop: 10, step: 0.002}}\n  - {procedure: derotate_femur, angle_deg: {start: 0, stop: 10, step: 0.002}}\n"),
        _of("amount of 400 digits", b"name: a\nhips: [woman]\nmotions: [{motion: ifi_test, adduction_deg: 1" + b"0" * 400 + b"}]\n"),
        _of("motion file outside", b"name: a\nhips: [woman]\nmotions: [{motion: from_file, path: /dev/zero, pelvic_zero: isb, femoral_zero: isb}]\n"),
        _of("name of a list", b"name: [a]\nhips: {}\nmotions: 5\n"),
    ),
    "scenario toml": TOMLS,
    "scenario json": JSONS,
    "motion mot": MOTIONS,
    "motion sto": MOTIONS,
    "motion csv": MOTION_TABLES,
    "results.nc": (
        _of("mark only", b"\x89HDF\r\n\x1a\n"),
        _of("mark and nothing", b"\x89HDF\r\n\x1a\n" + bytes(5000)),
        _of("classic netCDF", b"CDF\x01" + b"\xff" * 500),
    ),
    "manifest.json": (
        _of("targets as list", b'{"targets_mm": [1]}', EITHER),
        _of("targets of text", b'{"targets_mm": {"neutral": "a"}}'),
        _of("targets not finite", b'{"targets_mm": {"neutral": NaN}}'),
        _of("deep", b"[" * 200_000),
        _of("huge integer", b'{"seed": ' + b"9" * 5000 + b"}"),
    ),
    "shard": (
        _of("no sum", b"abc"),
        _of("sum of nothing", b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"),
    ),
    "cohort.csv": COHORTS,
    "cohort manifest": (
        _of("derotation of text", b'{"derotation_deg": "a"}'),
        _of("derotation not finite", b'{"derotation_deg": NaN}', EITHER),
        _of("motions as text", b'{"motions": "abc"}'),
        _of("deep", b"[" * 200_000),
        _of("huge integer", b'{"seed": ' + b"9" * 5000 + b"}"),
    ),
    "planner body": BODIES,
    "planner headers": SENT,
}  # fmt: skip
# what is no file, or reads as a file without settings, may also be "no such settings": fine
MAY_BE_ABSENT = ("case.yaml", "manifest.json", "cohort manifest", "cohort.csv", "results.nc")


def _hostile(name: str) -> tuple[Hostile, ...]:
    own = BY_READER.get(name, ())
    if name.startswith("planner") or name in BROKEN:
        return own
    allowed = EITHER if name in MAY_BE_ABSENT else REFUSED
    return (*(Hostile(one.name, one.make, allowed) for one in EVERYWHERE), *own)


HOSTILE: dict[str, tuple[Hostile, ...]] = {name: _hostile(name) for name in (*READERS, *BROKEN)}
