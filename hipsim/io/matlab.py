"""MATLAB files of bones in the layout of the VSD full-body bone models.

A struct array, usually called ``B``, with the fields ``name`` and ``mesh``; ``mesh`` is a struct
with ``vertices`` (n, 3) and ``faces`` (m, 3), counted from 1. MATLAB 5 files only (MATLAB saves
7.3 files when told to, or when they are very large).

References
----------
Fischer, Database of segmentations and surface models of bones of the entire lower body created
from cadaver CT scans, Sci Data 2023, 10:763, doi 10.1038/s41597-023-02669-z.
"""

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.errors import MeshError
from hipsim.io.matlab_elements import variables_of
from hipsim.io.polygons import Part, as_doubles

LARGEST_UNPACKED_BYTES = 2_000_000_000
BEST_PACKED = 200  # times that meshes shrink at best; doubles of a bone shrink 2 to 10 times
_HEADER_BYTES = 128
_COMPRESSED = 15
_CHUNK_BYTES = 1 << 20
_HDF5_MARK = b"\x89HDF"


def read_matlab(path: Path) -> list[Part]:
    """Read the named surfaces of a MATLAB file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    parts
        Name, vertices (n, 3) in the file's unit and faces (m, 3) counted from 0.

    Raises
    ------
    MeshError
        If the file is no MATLAB 5 file, is damaged, would unfold to too much, or holds no struct
        array of named meshes.
    """
    content = path.read_bytes()
    _check_container(path, content)
    bones = _bone_table(path, _loaded(path, content))
    return [_part(path, bone) for bone in bones]


def _check_container(path: Path, content: bytes) -> None:
    """Refuse other kinds of file, and archives that would fill the memory."""
    if content[:4] == _HDF5_MARK or b"MATLAB 7.3" in content[:_HEADER_BYTES]:
        raise MeshError(f"{path} is a MATLAB 7.3 file: save it in MATLAB with save(..., '-v7')")
    if len(content) < _HEADER_BYTES or content[126:128] not in (b"IM", b"MI"):
        raise MeshError(f"{path} cannot be read as MAT: wrong header")
    order = "<" if content[126:128] == b"IM" else ">"
    at = _HEADER_BYTES
    room = min(LARGEST_UNPACKED_BYTES, BEST_PACKED * len(content))
    while at + 8 <= len(content) and room > 0:
        kind, size = struct.unpack_from(f"{order}II", content, at)
        body = memoryview(content)[at + 8 : at + 8 + size]
        room -= _unpacked_bytes(body, room) if kind == _COMPRESSED else size
        at += 8 + size
    if room <= 0:
        raise MeshError(
            f"{path} has {len(content)} bytes and would unfold to more than a scan of bones takes"
        )


def _unpacked_bytes(body: memoryview, room: int) -> int:
    """Count what a compressed element unfolds to, keeping nothing, up to ``room``."""
    packed, total = zlib.decompressobj(), 0
    data: bytes | memoryview = body
    try:
        while total < room and not packed.eof:
            chunk = packed.decompress(data, _CHUNK_BYTES)
            data = packed.unconsumed_tail
            total += len(chunk)
            if not chunk and not data:
                break
    except zlib.error:
        return total  # the reader says that it is damaged
    return total


def _loaded(path: Path, content: bytes) -> Mapping[str, Any]:
    """Read a MATLAB 5 file."""
    try:
        return variables_of(content)
    except (ValueError, IndexError, OverflowError, zlib.error) as error:
        raise MeshError(f"{path} is damaged or cut short: {error}") from None


def _bone_table(path: Path, variables: Mapping[str, Any]) -> list[Any]:
    """Return the records of the struct array that names bones and their meshes."""
    for value in variables.values():
        is_table = isinstance(value, list) and value and isinstance(value[0], dict)
        if is_table and {"name", "mesh"} <= set(value[0]):
            return list(value)
    seen = ", ".join(name for name in variables if not name.startswith("__")) or "nothing"
    raise MeshError(
        f"{path} holds no bones: wanted a struct array with the fields name and mesh "
        f"(mesh.vertices, mesh.faces), found {seen}"
    )


def _part(path: Path, bone: Any) -> Part:
    """Take name, vertices and faces out of one record."""
    try:
        name = str(_inner(bone["name"]))
        mesh = _inner(bone["mesh"])
        vertices, faces = (
            as_doubles(np.asarray(_inner(mesh[key]))).reshape(-1, 3)
            for key in ("vertices", "faces")
        )
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise MeshError(f"{path}: a bone without name, vertices or faces: {error}") from None
    is_whole = (np.abs(faces) < 2**31).all() and (faces == np.round(faces)).all()
    if not is_whole or (len(faces) and faces.min() < 1):
        raise MeshError(f"{path}: faces of {name!r} must be whole numbers counted from 1")
    return name, vertices, faces.astype(np.int64) - 1


def _inner(value: Any) -> Any:
    """Unwrap what MATLAB wraps: a 1 x 1 cell or struct."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value
