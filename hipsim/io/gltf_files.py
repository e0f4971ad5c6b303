"""glTF 2.0 and GLB: the triangles of a scene, placed as its nodes say.

Materials, pictures, skins and animations are not opened. Buffers are inside the file or beside it:
a name that leaves the folder, or an address in a network, is refused. Every accessor is checked
against its view and buffer before a number is read.

References
----------
Khronos Group, glTF 2.0 Specification, ISO/IEC 12113:2022.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.checks import Array, IntArray
from hipsim.errors import MeshError
from hipsim.io.gltf_buffers import Buffers, entry_of
from hipsim.io.polygons import Part, check_indices, unreadable

MOST_PLACED = 1000  # surfaces in one scene, each instance counted
MOST_NODES = 100_000  # visits
DEEPEST = 100
_GLB = (b"glTF", 2)
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_PACKED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression")


def read_gltf(path: Path) -> list[Part]:
    """Read the surfaces of a glTF or GLB file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    parts
        Name of the node (else of the mesh, else of the file), vertices (n, 3) in the file's unit,
        faces (m, 3).

    Raises
    ------
    MeshError
        If it is damaged, reaches for files outside of its folder, or is compressed.
    """
    content = path.read_bytes()
    try:
        text, inside = _chunks(content) if path.suffix.lower() == ".glb" else (content, b"")
        about = json.loads(text)
        packed = [name for name in about.get("extensionsRequired", []) if name in _PACKED]
        if packed:
            raise ValueError(f"it is compressed with {packed[0]}: export it without compression")
        buffers = Buffers(path.parent, about, inside)
        return [
            part
            for node, transform in _placed(about)
            for part in _parts(path, about, buffers, node, transform)
        ]
    except MeshError:
        raise
    except RecursionError:
        raise unreadable(path, "its JSON nests too deep") from None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise unreadable(path, f"{type(error).__name__}: {error}") from None


def _chunks(content: bytes) -> tuple[bytes, bytes]:
    """Return the JSON and the binary chunk of a GLB."""
    mark, version = content[:4], int.from_bytes(content[4:8], "little")
    if (mark, version) != _GLB:
        raise ValueError("it does not begin as a GLB of version 2")
    found: dict[int, bytes] = {}
    at, end = 12, int.from_bytes(content[8:12], "little")
    if end > len(content):
        raise ValueError(f"it claims {end} bytes and has {len(content)}")
    while at + 8 <= end:
        size, kind = (int.from_bytes(content[i : i + 4], "little") for i in (at, at + 4))
        if at + 8 + size > end:
            raise ValueError("a chunk is cut short")
        found.setdefault(kind, content[at + 8 : at + 8 + size])
        at += 8 + size
    return found[_JSON], found.get(_BIN, b"")


def _placed(about: dict[str, Any]) -> list[tuple[dict[str, Any], Array]]:
    """Return the nodes with a mesh, and where they stand, in the order of the scene."""
    nodes = about["nodes"]
    scenes = about.get("scenes") or [{"nodes": range(len(nodes))}]
    roots = scenes[about.get("scene", 0)].get("nodes", [])
    waiting = [(index, np.eye(4), 0) for index in reversed(roots)]
    placed: list[tuple[dict[str, Any], Array]] = []
    visits = 0
    while waiting:
        index, transform, depth = waiting.pop()
        visits += 1
        if visits > MOST_NODES or depth > DEEPEST or len(placed) > MOST_PLACED:
            raise ValueError("its nodes nest endlessly")
        node = entry_of(nodes, index)
        with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is refused later
            own = transform @ _transform(node)
        if "mesh" in node:
            placed.append((node, own))
        waiting += [(child, own, depth + 1) for child in reversed(node.get("children", []))]
    return placed


def _transform(node: dict[str, Any]) -> Array:
    """Return the (4, 4) matrix of a node."""
    if "matrix" in node:
        return np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T
    x, y, z, w = np.array(node.get("rotation", (0, 0, 0, 1)), dtype=np.float64)
    turned = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    found = np.eye(4)
    found[:3, :3] = turned * np.array(node.get("scale", (1, 1, 1)), dtype=np.float64).reshape(3)
    found[:3, 3] = np.array(node.get("translation", (0, 0, 0)), dtype=np.float64).reshape(3)
    return found


def _parts(
    path: Path, about: dict[str, Any], buffers: Buffers, node: dict[str, Any], transform: Array
) -> list[Part]:
    """Return the surfaces of a node, where it stands."""
    mesh = entry_of(about["meshes"], node["mesh"])
    name = str(node.get("name") or mesh.get("name") or path.stem)
    if not np.isfinite(transform).all():
        raise ValueError(f"the place of {name!r} is not finite")
    parts = []
    for shape in mesh["primitives"]:
        if shape.get("mode", _TRIANGLES) not in (_TRIANGLES, _STRIP, _FAN):
            continue  # points and lines
        corners = buffers.numbers(shape["attributes"]["POSITION"], "VEC3")
        faces = _faces(shape, buffers, len(corners))
        with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is refused later
            moved = corners @ transform[:3, :3].T + transform[:3, 3]
        is_mirrored = np.linalg.det(transform[:3, :3]) < 0.0
        parts.append((name, moved, faces[:, ::-1] if is_mirrored else faces))
    return parts


def _faces(shape: dict[str, Any], buffers: Buffers, n_corners: int) -> IntArray:
    """Return the triangles of a primitive, shape (m, 3)."""
    listed = np.arange(n_corners)
    if "indices" in shape:
        listed = buffers.numbers(shape["indices"], "SCALAR", whole="only").reshape(-1)
    mode = shape.get("mode", _TRIANGLES)
    if mode == _TRIANGLES:
        if len(listed) % 3:
            raise ValueError(f"{len(listed)} indices are no triangles")
        faces = listed.reshape(-1, 3)
    elif mode == _FAN:
        faces = np.stack([np.full(len(listed) - 2, listed[0]), listed[1:-1], listed[2:]], axis=1)
    else:
        faces = np.stack([listed[:-2], listed[1:-1], listed[2:]], axis=1)
        faces[1::2] = faces[1::2, ::-1]
    faces = faces.astype(np.int64)
    check_indices(faces, n_corners)
    return faces
