"""STL, binary and as text.

A binary file is one whose length is what its count of faces demands; everything else must be text
in the grammar of the format, to its last word. Several solids of a text are several parts.

References
----------
3D Systems, StereoLithography Interface Specification, 1989.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hipsim.checks import IntArray
from hipsim.errors import MeshError
from hipsim.io.polygons import Part, as_doubles, numbers_of, unreadable

_HEAD = 84
_FACE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("unused", "<u2")])
_WORDS = 21  # of a facet
_KEYWORDS = {
    0: b"facet", 1: b"normal", 5: b"outer", 6: b"loop", 7: b"vertex", 11: b"vertex",
    15: b"vertex", 19: b"endloop", 20: b"endfacet",
}  # fmt: skip
_CORNERS = (8, 9, 10, 12, 13, 14, 16, 17, 18)


def read_stl(path: Path) -> list[Part]:
    """Read the surfaces of an STL file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    parts
        Name, corners (3 m, 3) in the file's unit, faces (m, 3); three corners of their own each.

    Raises
    ------
    MeshError
        If its length is not that of its faces, or a word of a text is not what the format wants.
    """
    content = path.read_bytes()
    n_faces = int.from_bytes(content[80:_HEAD], "little")
    if len(content) >= _HEAD and len(content) == _HEAD + n_faces * _FACE.itemsize:
        corners = np.frombuffer(content, _FACE, offset=_HEAD)["corners"]
        return [(path.stem, as_doubles(corners.reshape(-1, 3)), _three_each(n_faces))]
    if content[:1000].lstrip()[:5].lower() == b"solid" and b"\0" not in content:
        try:
            return _solids(path.stem, content)
        except ValueError as error:
            raise unreadable(path, error) from None
    if len(content) < _HEAD:
        raise MeshError(f"{path} holds no triangle: it is damaged, cut short, or not a surface")
    raise unreadable(
        path,
        f"it claims {n_faces} faces, which take {_HEAD + n_faces * _FACE.itemsize} bytes, and has "
        f"{len(content)}",
    )


def _solids(stem: str, content: bytes) -> list[Part]:
    """Read the solids of a text."""
    parts: list[Part] = []
    lines = content.splitlines()
    while lines:
        while lines and not lines[0].strip():
            lines = lines[1:]
        if not lines:
            break
        keyword, _, name = lines[0].strip().partition(b" ")
        if keyword.lower() != b"solid":
            raise ValueError(f"wanted a line 'solid', got {lines[0][:40]!r}")
        stop = _end(lines)
        corners = _corners(b"\n".join(lines[1:stop]).split())
        called = name.decode("utf-8", "replace").strip()
        faces = _three_each(len(corners) // 3)
        parts.append((stem if not parts or not called else called, corners, faces))
        lines = lines[stop + 1 :]
    return parts


def _end(lines: Sequence[bytes]) -> int:
    """Return the line that ends the first solid."""
    for number, line in enumerate(lines):
        if line.split()[:1] and line.split()[0].lower() == b"endsolid":
            return number
    raise ValueError("a solid does not end: the file is cut short")


def _corners(words: Sequence[bytes]) -> np.ndarray:
    """Return the corners of all facets, shape (3 m, 3)."""
    if len(words) % _WORDS:
        raise ValueError("a facet is not whole")
    for place, keyword in _KEYWORDS.items():
        for word in set(words[place::_WORDS]):
            if word.lower() != keyword:
                raise ValueError(f"wanted {keyword.decode()!r}, got {word[:40]!r}")
    columns = [numbers_of(words[place::_WORDS]) for place in _CORNERS]
    return np.stack(columns, axis=1).reshape(-1, 3)


def _three_each(n_faces: int) -> IntArray:
    """Return faces with corners of their own."""
    return np.arange(3 * n_faces, dtype=np.int64).reshape(-1, 3)
