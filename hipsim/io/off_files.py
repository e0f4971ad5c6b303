"""OFF: counts, corners, polygons, in words.

References
----------
Geomview manual, OFF: Object File Format. Colours of corners (COFF) and of faces are passed over.
"""

import re
from pathlib import Path

import numpy as np

from hipsim.io.polygons import (
    Part,
    check_indices,
    numbers_of,
    triangles_of,
    unreadable,
    wholes_of,
)

_COMMENT = re.compile(rb"#[^\n\r]*")
_MARKS = {b"OFF": 3, b"COFF": 7, b"NOFF": 6}


def read_off(path: Path) -> list[Part]:
    """Read the surface of an OFF file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    parts
        One: name, vertices (n, 3) in the file's unit, faces (m, 3).

    Raises
    ------
    MeshError
        If it is not OFF, a word is not the number it should be, a count is not met, or an index
        is none of the vertices.
    """
    lines = [line for line in _COMMENT.sub(b"", path.read_bytes()).splitlines() if line.strip()]
    try:
        return [_surface(path.stem, lines)]
    except (ValueError, IndexError) as error:
        raise unreadable(path, error) from None


def _surface(name: str, lines: list[bytes]) -> Part:
    """Read counts, corners and polygons, a line each."""
    mark, *rest = lines[0].split() if lines else [b""]
    if mark.upper() not in _MARKS:
        raise ValueError(f"it does not begin with OFF, but with {mark[:20]!r}")
    counts, lines = (rest, lines[1:]) if rest else (lines[1].split(), lines[2:])
    n_vertices, n_faces = wholes_of(counts[:2]).tolist() if len(counts) >= 2 else (-1, -1)
    if n_vertices < 0 or n_faces < 0 or n_vertices + n_faces > len(lines):
        raise ValueError(f"it claims {n_vertices} corners and {n_faces} faces, not as many lines")
    rows = [line.split() for line in lines[:n_vertices]]
    if any(len(row) < 3 for row in rows):
        raise ValueError("a corner has fewer than three coordinates")
    if mark.upper() == b"OFF" and any(len(row) != 3 for row in rows):
        raise ValueError("a corner has more than three coordinates")
    vertices = np.stack([numbers_of([row[i] for row in rows]) for i in range(3)], axis=1)
    faces = triangles_of(_polygon(line) for line in lines[n_vertices : n_vertices + n_faces])
    if len(lines) > n_vertices + n_faces:
        raise ValueError("lines follow behind the last face")
    check_indices(faces, n_vertices)
    return name, vertices, faces


def _polygon(line: bytes) -> list[int]:
    """Return the corners of a polygon; what follows on its line are colours."""
    words = line.split()
    size = int(wholes_of(words[:1])[0])
    if size < 3 or len(words) < 1 + size:
        raise ValueError(f"a face claims {size} corners and lists {len(words) - 1}")
    numbers_of(words[1 + size :])
    corners: list[int] = wholes_of(words[1 : 1 + size]).tolist()
    return corners
