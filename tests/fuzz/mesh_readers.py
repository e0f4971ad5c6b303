"""Surfaces: what is read must be, triangle by triangle, what a second parser finds in the file."""

import io
import json
import re
import struct
import zipfile
import zlib
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.geometry import Mesh
from hipsim.io.catalogue import embedded_hips
from hipsim.io.meshes import load_mesh, load_parts
from tests.fuzz.reader import Reader

SAME = 1e-5  # of the coordinate: single precision and nine digits
REFUSE = "refuse"  # what a second parser says of a file nobody can read as it stands
N_FACES = 200
MODEL = "3D/3dmodel.model"
FLOAT = rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?nan|[-+]?inf(?:inity)?"


@cache
def small_bone() -> Mesh:
    """Return the two hundred faces of the embedded narrow femur around its lesser trochanter."""
    folder = embedded_hips()["woman_narrow"]
    bone = load_mesh(folder / "femur_r.ply")
    points = json.loads((folder / "landmarks.json").read_text())["points"]
    away = np.linalg.norm(bone.face_centres - points["lesser_trochanter"], axis=1)
    piece = bone.submesh(away <= np.sort(away)[N_FACES - 1])
    return Mesh(np.round(piece.vertices, 3), piece.faces)


def written_by_trimesh(folder: Path, suffix: str, **options: Any) -> list[bytes]:
    import trimesh

    bone = small_bone()
    made = trimesh.Trimesh(bone.vertices, bone.faces, process=False)
    content = made.export(file_type=suffix, **options)
    return [content.encode() if isinstance(content, str) else content]


def written_by_vtk(folder: Path, suffix: str) -> list[bytes]:
    import pyvista as pv

    bone = small_bone()
    faces = np.column_stack([np.full(len(bone.faces), 3), bone.faces]).ravel()
    surface, found = pv.PolyData(np.array(bone.vertices), faces), []
    for is_binary in (True, False):
        surface.save(folder / f"a{suffix}", binary=is_binary)
        found.append((folder / f"a{suffix}").read_bytes())
    if suffix == ".vtp":
        found.append(plain_vtp(bone))
    return found


def plain_vtp(bone: Mesh) -> bytes:
    """Return a VTP file with its arrays appended raw and uncompressed."""
    arrays = [
        np.array(bone.vertices, "<f4"),
        np.array(bone.faces, "<i4"),
        np.arange(3, 3 * len(bone.faces) + 1, 3, dtype="<i4"),
    ]
    blocks = [struct.pack("<I", a.nbytes) + a.tobytes() for a in arrays]
    at = np.cumsum([0, *map(len, blocks)])
    text = (
        '<?xml version="1.0"?><VTKFile type="PolyData" version="0.1" byte_order="LittleEndian">'
        f'<PolyData><Piece NumberOfPoints="{len(bone.vertices)}" NumberOfVerts="0" '
        f'NumberOfLines="0" NumberOfStrips="0" NumberOfPolys="{len(bone.faces)}"><Points>'
        f'<DataArray type="Float32" NumberOfComponents="3" format="appended" offset="{at[0]}"/>'
        '</Points><Polys><DataArray type="Int32" Name="connectivity" format="appended" '
        f'offset="{at[1]}"/><DataArray type="Int32" Name="offsets" format="appended" '
        f'offset="{at[2]}"/></Polys></Piece></PolyData><AppendedData encoding="raw">_'
    )
    return text.encode() + b"".join(blocks) + b"</AppendedData></VTKFile>\n"


def gltf_of(content: bytes) -> list[bytes]:
    """Return a glTF with its buffer inside, of a GLB."""
    import base64

    length = struct.unpack_from("<I", content, 12)[0]
    about, body = json.loads(content[20 : 20 + length]), content[28 + length :]
    uri = "data:application/octet-stream;base64," + base64.b64encode(body).decode()
    about["buffers"][0] = {"byteLength": len(body), "uri": uri}
    return [json.dumps(about, indent=1).encode()]


def glb_of(text: bytes, body: bytes) -> bytes:
    """Return a GLB with sound lengths around some JSON."""
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<II", len(body), 0x004E4942) + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


@cache
def glb_body() -> tuple[bytes, bytes]:
    content = written_by_trimesh(Path(), "glb")[0]
    length = struct.unpack_from("<I", content, 12)[0]
    return content[20 : 20 + length], content[28 + length :]


def model(folder: Path) -> list[bytes]:
    from patient import three_mf

    path = three_mf(folder / "a.3mf", {"femur_r": small_bone()}, unit="centimeter")
    text = zipfile.ZipFile(path).read(MODEL)
    moved = text.replace(b'objectid="1"', b'objectid="1" transform="1 0 0 0 1 0 0 0 1 5 6 7"')
    return [text, moved]


def zipped(text: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MODEL, text)
    return packed.getvalue()


def matlab(folder: Path) -> list[bytes]:
    from patient import mat

    return [mat(folder / "a.mat", {"Hip_R": small_bone()}, do_compression=False).read_bytes()]


def squeezed(content: bytes) -> bytes:
    """Return a MATLAB file with its one variable compressed."""
    packed = zlib.compress(content[128:])
    return content[:128] + struct.pack("<II", 15, len(packed)) + packed


def read_parts(path: Path) -> list[Mesh]:
    return list(load_parts(path).values())


def read_whole(path: Path) -> list[Mesh]:
    return [load_mesh(path)]


def judge_surface(says: Any, found: list[Mesh], path: Path, content: bytes) -> str | None:
    """Compare what was read with what a second parser says: triangles, REFUSE, a count, or None."""
    for mesh in found:
        if not np.isfinite(mesh.vertices).all():
            return "a vertex is not finite"
        if mesh.faces.min() < 0 or mesh.faces.max() >= len(mesh.vertices):
            return "a face indexes no vertex"
    wanted = says(content)
    if wanted is None:
        return None
    if isinstance(wanted, str):
        return f"read what cannot be read as it stands: {len(found[0].faces)} faces"
    if isinstance(wanted, int):
        n = sum(len(mesh.faces) for mesh in found)
        return f"read {n} faces, the file says {wanted}" if n > wanted else None
    read = np.concatenate([with_area(mesh.triangles) for mesh in found])
    wanted = with_area(wanted)
    if read.shape != wanted.shape:
        return f"read {len(read)} triangles with area, the file says {len(wanted)}"
    if not np.allclose(read, wanted, rtol=SAME, atol=1e-30):
        return "the triangles are not those of the file"
    return None


def with_area(triangles: np.ndarray) -> np.ndarray:
    """Leave out triangles of which two corners are one."""
    a, b, c = np.moveaxis(triangles, 1, 0)
    same = (a == b).all(axis=1) | (b == c).all(axis=1) | (c == a).all(axis=1)
    return triangles[~same]


def says_stl(content: bytes) -> Any:
    if len(content) < 134 or len(content) != 84 + 50 * struct.unpack_from("<I", content, 80)[0]:
        return REFUSE
    kind = np.dtype([("n", "<f4", 3), ("c", "<f4", (3, 3)), ("a", "<u2")])
    rows = np.frombuffer(content, kind, offset=84)
    return rows["c"].astype(float)


_CORNER = rb"\s+vertex\s+(" + FLOAT + rb")\s+(" + FLOAT + rb")\s+(" + FLOAT + rb")"
_FACET = re.compile(
    rb"\s*facet\s+normal(?:\s+\S+){3}\s+outer\s+loop" + 3 * _CORNER + rb"\s+endloop\s+endfacet\b",
    re.IGNORECASE,
)


def says_ascii_stl(content: bytes) -> Any:
    """Count what stands between solid and endsolid; anything else there is no STL."""
    corners, at = [], 0
    while True:
        start = re.compile(rb"\s*solid\b[^\n\r]*", re.IGNORECASE).match(content, at)
        if not start:
            break
        at = start.end()
        while facet := _FACET.match(content, at):
            corners.append([float(x) for x in facet.groups()])
            at = facet.end()
        end = re.compile(rb"\s*endsolid\b[^\n\r]*", re.IGNORECASE).match(content, at)
        if not end:
            return REFUSE
        at = end.end()
    if content[at:].strip() or not corners:
        return REFUSE
    return np.array(corners).reshape(-1, 3, 3)


def says_obj(content: bytes) -> Any:
    """Read lines v and f; whatever does not fit is to be refused."""
    points, triangles = [], []
    text = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\\\n", b" ")
    try:
        for line in text.split(b"\n"):
            key, *words = line.split(b"#")[0].split() or [b""]
            if key == b"v":
                points.append([float(w) for w in words])
                if len(words) not in (3, 4, 6, 7):
                    return REFUSE
            elif key == b"f":
                numbers = [int(w.split(b"/")[0]) for w in words]
                places = [n - 1 if n > 0 else len(points) + n for n in numbers]
                if 0 in numbers or min(places) < 0 or len(places) < 3:
                    return REFUSE
                triangles += [
                    [places[0], *pair] for pair in zip(places[1:-1], places[2:], strict=True)
                ]
        return np.array([p[:3] for p in points])[np.array(triangles)]
    except (ValueError, IndexError):
        return REFUSE


def says_off(content: bytes) -> Any:
    """Read all words after OFF in a row."""
    text = re.sub(rb"#[^\n\r]*", b" ", content)
    words = text.split()
    try:
        if words[0].upper() != b"OFF":
            return None
        n, m = int(words[1]), int(words[2])
        rows = [line.split() for line in text.splitlines() if line.strip()]
        if any(len(row) > 4 for row in rows[2 + n :]):
            return None  # colours, or what may be taken for them
        points = np.array([float(w) for w in words[4 : 4 + 3 * n]]).reshape(n, 3)
        at, triangles = 4 + 3 * n, []
        for _ in range(m):
            places = [int(w) for w in words[at + 1 : at + 1 + int(words[at])]]
            if len(places) != int(words[at]) or min(places) < 0 or len(places) < 3:
                return REFUSE
            at += 1 + len(places)
            triangles += [[places[0], *pair] for pair in zip(places[1:-1], places[2:], strict=True)]
        return points[np.array(triangles)]
    except (ValueError, IndexError):
        return REFUSE


def says_ply(content: bytes) -> Any:
    """Read the plain layout only: three coordinates, one list, no more; counts otherwise."""
    head, mark, body = content.replace(b"\r\n", b"\n").partition(b"end_header\n")
    n, m = (re.findall(rb"^element " + k + rb" (\S+) *$", head, re.M) for k in (b"vertex", b"face"))
    if not mark or len(n) != 1 or len(m) != 1:
        return None
    try:
        n, m = int(n[0]), int(m[0])
    except ValueError:
        return REFUSE
    plain = rb"(?:^property (?:double|float) [xyz]\n){3}element face .*\nproperty list uchar int"
    if not re.search(plain, head, re.M) or head.count(b"property") != 4:
        return None
    if (
        re.findall(rb"property \w+ ([xyz])", head) != [b"x", b"y", b"z"]
        or head.count(b"element") > 2
    ):
        return None
    if b"format ascii 1.0\n" in head:
        return says_off(b"OFF %d %d 0 " % (n, m) + body)
    kinds = re.findall(rb"property (double|float) [xyz]", head)
    if b"format binary_little_endian 1.0\n" not in head or len(set(kinds)) != 1:
        return None
    _, _, body = content.partition(b"end_header")
    body = body[2 if body[:2] == b"\r\n" else 1 :]
    width = {b"double": 8, b"float": 4}[kinds[0]]
    rows = (
        np.frombuffer(body[3 * width * n :][: 13 * m], np.dtype([("n", "u1"), ("f", "<i4", 3)]))
        if len(body) == 3 * width * n + 13 * m
        else None
    )
    if rows is None or not (rows["n"] == 3).all():
        return None if len(body) >= 3 * width * n + 1 * m else REFUSE
    points = np.frombuffer(body, f"<f{width}", count=3 * n).reshape(n, 3).astype(float)
    if not m or rows["f"].min() < 0 or rows["f"].max() >= n:
        return REFUSE
    return points[rows["f"]]


def says_vtk(content: bytes) -> Any:
    """Return at most how many triangles a legacy file can hold."""
    found = re.findall(rb"^(?:POLYGONS|TRIANGLE_STRIPS)\s+\d+\s+(\d+)", content, re.M)
    return sum(map(int, found)) if found else None


def says_model(content: bytes) -> Any:
    """Return at most how many triangles the model of a 3MF lists, each item once."""
    try:
        text = zipfile.ZipFile(io.BytesIO(content)).read(MODEL)
    except Exception:  # damaged on purpose
        return None
    placed = text.count(b"<item") + text.count(b"<component")
    return text.count(b"<triangle ") * max(placed, 1)


def says_gltf(text: bytes) -> Any:
    """Return how many triangles the accessors of a plain scene claim, at most."""
    try:
        about = json.loads(text)
        if len(about["meshes"]) != 1 or len(about["nodes"]) > 2:
            return None
        shapes = about["meshes"][0]["primitives"]
        if any(shape.get("mode", 4) != 4 for shape in shapes):
            return None
        return sum(about["accessors"][s["indices"]]["count"] // 3 for s in shapes)
    except Exception:  # damaged on purpose
        return None


def says_glb(content: bytes) -> Any:
    length = struct.unpack_from("<I", content, 12)[0] if len(content) > 16 else 0
    return says_gltf(content[20 : 20 + length])


def _unsaid(content: bytes) -> None:
    return None


def _surface(name: str, file: str, seeds: Any, says: Any, **more: Any) -> Reader:
    return Reader(name, file, seeds, read_parts, partial(judge_surface, says), **more)


def _by_trimesh(suffix: str, **options: Any) -> Any:
    return lambda folder: written_by_trimesh(folder, suffix, **options)


READERS = (
    _surface("stl binary", "a.stl", _by_trimesh("stl"), says_stl),
    _surface("stl ascii", "a.stl", _by_trimesh("stl_ascii"), says_ascii_stl, is_text=True),
    _surface("ply binary", "a.ply", _by_trimesh("ply"), says_ply),
    _surface("ply ascii", "a.ply", _by_trimesh("ply", encoding="ascii"), says_ply, is_text=True),
    _surface("obj", "a.obj", _by_trimesh("obj"), says_obj, is_text=True),
    _surface("off", "a.off", _by_trimesh("off"), says_off, is_text=True),
    _surface("glb", "a.glb", _by_trimesh("glb"), says_glb),
    _surface(
        "glb, text inside", "a.glb", lambda f: [glb_body()[0]], says_glb,
        is_text=True, pack=lambda text: glb_of(text, glb_body()[1]),
    ),
    _surface(
        "gltf",
        "a.gltf",
        lambda f: gltf_of(written_by_trimesh(f, "glb")[0]),
        says_gltf,
        is_text=True,
    ),
    _surface("3mf", "a.3mf", lambda f: [zipped(t) for t in model(f)], says_model),
    _surface("3mf, text inside", "a.3mf", model, says_model, is_text=True, pack=zipped),
    _surface("vtp", "a.vtp", lambda f: written_by_vtk(f, ".vtp"), _unsaid),
    _surface("vtp as text", "a.vtp", lambda f: written_by_vtk(f, ".vtp"), _unsaid, is_text=True),
    _surface("vtk binary", "a.vtk", lambda f: written_by_vtk(f, ".vtk")[:1], says_vtk),
    _surface("vtk ascii", "a.vtk", lambda f: written_by_vtk(f, ".vtk")[1:], says_vtk, is_text=True),
    _surface("mat", "a.mat", matlab, _unsaid),
    _surface("mat, packed", "a.mat", matlab, _unsaid, pack=squeezed),
)  # fmt: skip
