"""OBJ: corners and polygons in lines, by object.

Textures, normals, materials and curves are passed over, and no other file is opened. Indices count
from 1; negative ones count back from the corner before them.

References
----------
Wavefront Technologies, Advanced Visualizer manual, appendix B1: object files.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hipsim.checks import Array
from hipsim.io.polygons import (
    LONGEST_INDEX,
    Part,
    check_indices,
    numbers_of,
    triangles_of,
    unreadable,
)

_CONTINUED = re.compile(rb"\\\r?\n")
_COORDINATES = (3, 4, 6, 7)  # x y z, a weight, a colour


@dataclass
class _Object:
    """The polygons below a line ``o``."""

    name: str
    polygons: list[list[int]] = field(default_factory=list)


def read_obj(path: Path) -> list[Part]:
    """Read the surfaces of an OBJ file, one per object.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    parts
        Name, vertices (n, 3) in the file's unit, faces (m, 3); an object called as an earlier one
        goes on with it.

    Raises
    ------
    MeshError
        If a coordinate is no number, or an index is none of the corners before it or behind it.
    """
    content = _CONTINUED.sub(b" ", path.read_bytes())
    objects = {"": _Object(path.stem)}
    current, corners = objects[""], []
    try:
        for line in content.splitlines():
            key, *words = line.partition(b"#")[0].split() or (b"",)
            if key == b"v":
                corners.append(_corner(words))
            elif key == b"f":
                current.polygons.append([_index(word, len(corners)) for word in words])
            elif key == b"o":
                name = b" ".join(words).decode("utf-8", "replace")
                current = objects.setdefault(name, _Object(name or path.stem))
        vertices = np.array(corners, dtype=np.float64).reshape(-1, 3)
        return [_part(one, vertices) for one in objects.values() if one.polygons]
    except ValueError as error:
        raise unreadable(path, error) from None


def _corner(words: list[bytes]) -> list[float]:
    """Read a line ``v``."""
    if len(words) not in _COORDINATES:
        raise ValueError(f"a corner of {len(words)} numbers")
    found: list[float] = numbers_of(words).tolist()
    return found[:3]


def _index(word: bytes, n_before: int) -> int:
    """Return the corner, from 0, that ``7/2/3`` or ``-1`` means."""
    first = word.partition(b"/")[0]
    if b"_" in first or len(first) > LONGEST_INDEX:
        raise ValueError(f"{word[:40]!r} is no index of a corner")
    number = int(first)
    if number == 0 or n_before + number < 0:
        raise ValueError(f"a face names the corner {number}; they count from 1")
    return number - 1 if number > 0 else n_before + number


def _part(one: _Object, vertices: Array) -> Part:
    """Return an object with the corners it uses."""
    faces = triangles_of(one.polygons)
    check_indices(faces, len(vertices))
    used, renumbered = np.unique(faces, return_inverse=True)
    return one.name, vertices[used], renumbered.reshape(-1, 3).astype(np.int64)
