"""VTK's legacy format: polygonal data as text or binary, versions 1 to 5.1.

Read here and not by VTK, which makes room for whatever a header names and follows indices wherever
they point. Points, polygons and strips are taken; lines, fields and metadata before them are passed
over; what comes behind (values of points and cells) is not looked at.

References
----------
Kitware, VTK File Formats for VTK Version 4.2, and the release notes of VTK 9 for version 5.1.
"""

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from hipsim.checks import IntArray
from hipsim.errors import MeshError
from hipsim.io.polygons import (
    Part,
    as_doubles,
    check_indices,
    numbers_of,
    triangles_of,
    unreadable,
    wholes_of,
)

KINDS = {
    "char": "i1", "signed_char": "i1", "unsigned_char": "u1", "short": "i2", "unsigned_short": "u2",
    "int": "i4", "unsigned_int": "u4", "float": "f4", "double": "f8", "vtktypeint32": "i4",
    "vtktypeint64": "i8", "vtkidtype": "i4",
}  # fmt: skip
_MARK = b"# vtk DataFile"
_WORD = re.compile(rb"\S+")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_CELLS = ("vertices", "lines", "polygons", "triangle_strips")
_ENDS = ("point_data", "cell_data")


@dataclass
class _Cursor:
    """A place in the file."""

    content: bytes
    at: int
    is_text: bool

    def line(self) -> list[str] | None:
        """Return the words of the next line that is not empty, None at the end."""
        while self.at < len(self.content):
            words = self._any_line()
            if words:
                return words
        return None

    def skip_line(self) -> None:
        """Pass over a line, empty or not."""
        self._any_line()

    def skip_to_gap(self) -> None:
        """Pass over lines up to an empty one."""
        while self.at < len(self.content) and self._any_line():
            pass

    def numbers(self, count: int, kind: str) -> np.ndarray:
        """Return the next numbers."""
        size = 1 if self.is_text else np.dtype(kind).itemsize
        if not 0 <= count * size <= len(self.content) - self.at:
            raise ValueError(f"it claims {count} numbers, more than follow")
        if not self.is_text:
            found = np.frombuffer(self.content, f">{kind}", count=count, offset=self.at)
            self.at += count * size
            return found.astype(kind)
        words = list(islice(_WORD.finditer(self.content, self.at), count))
        if len(words) < count:
            raise ValueError(f"it claims {count} numbers, and has {len(words)}")
        self.at = words[-1].end() if words else self.at
        plain = [word[0] for word in words]
        return numbers_of(plain) if kind[0] == "f" else wholes_of(plain)

    def _any_line(self) -> list[str]:
        found = _LINE.match(self.content, self.at)
        text = found[0] if found else b""
        self.at += len(text)
        return text.decode("latin-1").split()


def read_vtk(path: Path) -> list[Part]:
    """Read the surface of a legacy VTK file.

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
        If it is not VTK, holds no polygonal data, claims more than it has, or an index is none of
        its points.
    """
    content = path.read_bytes()
    if not content.startswith(_MARK):
        raise MeshError(f"{path} cannot be read as VTK: wrong header")
    cursor = _Cursor(content, 0, True)
    try:
        version = float((cursor.line() or [])[-1])
        cursor.skip_line()
        word = (cursor.line() or [""])[0].lower()
        if word not in ("ascii", "binary"):
            raise ValueError(f"wanted ASCII or BINARY, got {word[:40]!r}")
        cursor.is_text = word == "ascii"
        return [_surface(path, cursor, version)]
    except MeshError:
        raise
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise unreadable(path, error) from None


def _surface(path: Path, cursor: _Cursor, version: float) -> Part:
    """Read section by section."""
    points: np.ndarray | None = None
    faces: list[IntArray] = []
    while (words := cursor.line()) is not None:
        key = words[0].lower()
        if key == "dataset" and words[1].lower() != "polydata":
            raise MeshError(f"{path} holds {words[1]}, wanted a surface (PolyData)")
        if key == "metadata":
            cursor.skip_to_gap()
        elif key == "field":
            _skip_field(cursor, _whole(words[2]))
        elif key == "points":
            points = cursor.numbers(3 * _whole(words[1]), KINDS[words[2].lower()]).reshape(-1, 3)
        elif key in _CELLS:
            cells = _cells(cursor, words, version)
            faces.append(_triangles(key, cells))
        elif key in _ENDS:
            break
        elif key != "dataset":
            raise ValueError(f"wanted a section, got {words[0][:40]!r}")
    if points is None:
        raise ValueError("it has no points")
    found = np.vstack([np.zeros((0, 3), dtype=np.int64), *faces])
    check_indices(found, len(points))
    return path.stem, as_doubles(points), found


def _cells(cursor: _Cursor, words: list[str], version: float) -> list[IntArray] | IntArray:
    """Return the corners of each cell; all at once where every cell has three."""
    first, second = _whole(words[1]), _whole(words[2])
    if version >= 5.0:
        ends = _named(cursor, "offsets", first)
        corners = _named(cursor, "connectivity", second)
        return split_at(corners, ends)
    flat = cursor.numbers(second, "i4").astype(np.int64)
    if second == 4 * first and (flat[::4] == 3).all():
        return flat.reshape(-1, 4)[:, 1:]
    cells, at = [], 0
    for _ in range(first):
        size = int(flat[at])
        if size < 0 or at + 1 + size > len(flat):
            raise ValueError(f"a cell claims {size} corners")
        cells.append(flat[at + 1 : at + 1 + size])
        at += 1 + size
    if at != len(flat):
        raise ValueError(f"its cells take {at} numbers, not {second}")
    return cells


def split_at(corners: IntArray, ends: IntArray) -> list[IntArray] | IntArray:
    """Part a list of corners where cells begin and end.

    Parameters
    ----------
    corners
        Indices of all cells one after the other, shape (k,).
    ends
        Where each begins, and the end of the last, shape (n + 1,); empty for no cell.

    Raises
    ------
    ValueError
        If they do not lead from 0 to k without turning back.
    """
    if not len(ends) and not len(corners):
        return np.zeros((0, 3), dtype=np.int64)
    if not len(ends) or ends[0] != 0 or ends[-1] != len(corners) or (np.diff(ends) < 0).any():
        raise ValueError("the ends of its cells do not lead from the first to the last corner")
    if (np.diff(ends) == 3).all():
        return corners.reshape(-1, 3)
    return np.split(corners, ends[1:-1])


def _named(cursor: _Cursor, name: str, count: int) -> IntArray:
    """Return the array of whole numbers that stands under its name."""
    words = cursor.line() or [""]
    if words[0].lower() != name:
        raise ValueError(f"wanted {name.upper()}, got {words[0][:40]!r}")
    return cursor.numbers(count, KINDS[words[1].lower()]).astype(np.int64)


def _triangles(key: str, cells: list[IntArray] | IntArray) -> IntArray:
    """Cut cells into triangles; points and lines have none."""
    if key == "polygons":
        return cells if isinstance(cells, np.ndarray) else triangles_of([c.tolist() for c in cells])
    if key == "triangle_strips":
        return strips_cut(cells)
    return np.zeros((0, 3), dtype=np.int64)


def strips_cut(cells: list[IntArray] | IntArray) -> IntArray:
    """Cut strips into triangles that look the same way, shape (m, 3)."""
    found = [np.zeros((0, 3), dtype=np.int64)]
    for strip in cells:
        if len(strip) < 3:
            raise ValueError(f"a strip has {len(strip)} corners")
        faces = np.stack([strip[:-2], strip[1:-1], strip[2:]], axis=1)
        faces[1::2] = faces[1::2, ::-1]
        found.append(faces)
    return np.vstack(found)


def _skip_field(cursor: _Cursor, count: int) -> None:
    """Pass over the arrays of a field."""
    for _ in range(min(count, len(cursor.content))):
        words = cursor.line()
        if words is None:
            raise ValueError("a field is cut short")
        if words[0].lower() == "metadata":
            cursor.skip_to_gap()
            words = cursor.line() or []
        cursor.numbers(_whole(words[1]) * _whole(words[2]), KINDS[words[3].lower()])


def _whole(word: str) -> int:
    """Return a count."""
    number = int(wholes_of([word.encode("latin-1")])[0])
    if number < 0:
        raise ValueError(f"it claims {number} of something")
    return number
