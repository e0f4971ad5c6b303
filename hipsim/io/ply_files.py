"""PLY, binary and as text.

Elements are read in the order of the header, whatever they are; of ``vertex`` the properties x, y
and z are taken, of ``face`` the list of corners. Room is made for what is in the file, not for what
the header claims.

References
----------
Turk, The PLY Polygon File Format, Georgia Institute of Technology, 1994.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.checks import Array, IntArray
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
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2",
    "ushort": "u2", "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
LISTS = ("vertex_indices", "vertex_index")
MOST_PROPERTIES = 1000
_END = re.compile(rb"(?:^|[\r\n])end_header[ \t]*(\r\n|\n|\r)")
_WORDS = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": ""}


@dataclass
class _Element:
    """An element of the header: its properties as (name, kind, kind of the count or None)."""

    name: str
    count: int
    properties: list[tuple[str, str, str | None]] = field(default_factory=list)


def read_ply(path: Path) -> list[Part]:
    """Read the surface of a PLY file.

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
        If it is not PLY, its length is not what its header says, a word is no number, or an index
        is none of the vertices.
    """
    content = path.read_bytes()
    try:
        end = _END.search(content)
        if not content[:4].split() == [b"ply"] or end is None:
            raise ValueError("Not a ply file" if content[:3] != b"ply" else "its header has no end")
        order, elements = _header(content[: end.start()].decode("ascii", "replace"))
        body = content[end.end() :]
        columns = _binary(body, elements, order) if order else _text(body, elements)
        return [_surface(path.stem, columns)]
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise unreadable(path, error) from None


def _header(text: str) -> tuple[str, list[_Element]]:
    """Return the byte order, nothing for text, and the elements."""
    order, elements = None, []
    for line in text.splitlines()[1:]:
        key, *words = line.split() or [""]
        if key == "format" and order is None and words and words[0] in _WORDS:
            order = _WORDS[words[0]]
        elif key == "element" and len(words) == 2:
            elements.append(_Element(words[0], int(wholes_of([words[1].encode()])[0])))
        elif key == "property" and elements:
            elements[-1].properties.append(_property(words))
        elif key not in ("", "comment", "obj_info"):
            raise ValueError(f"its header holds {line[:60]!r}")
    names = [element.name for element in elements]
    if order is None or len(set(names)) < len(names) or any(e.count < 0 for e in elements):
        raise ValueError("its header names no format, an element twice, or a count below 0")
    if sum(len(element.properties) for element in elements) > MOST_PROPERTIES:
        raise ValueError(f"its header names over {MOST_PROPERTIES} properties")
    return order, elements


def _property(words: list[str]) -> tuple[str, str, str | None]:
    """Return name, kind and kind of the count of a property."""
    if len(words) == 2:
        return words[1], KINDS[words[0]], None
    if len(words) != 4 or words[0] != "list" or KINDS[words[1]][0] == "f":
        raise ValueError(f"its header holds the property {' '.join(words)[:60]!r}")
    return words[3], KINDS[words[2]], KINDS[words[1]]


def _binary(body: bytes, elements: list[_Element], order: str) -> dict[str, dict[str, Any]]:
    """Read elements of fixed length at once, others row by row."""
    at, found = 0, {}
    for element in elements:
        if any(counted for _, _, counted in element.properties):
            found[element.name], at = _lists(body, at, element, order)
            continue
        row = np.dtype([(name, order + kind) for name, kind, _ in element.properties])
        if at + element.count * row.itemsize > len(body) or (element.count and not row.itemsize):
            raise ValueError(f"PLY is unexpected length: it claims {element.count} {element.name}")
        rows = np.frombuffer(body, row, count=element.count, offset=at)
        found[element.name] = {name: rows[name] for name in row.names or ()}
        at += element.count * row.itemsize
    if at != len(body):
        raise ValueError(f"PLY is unexpected length: {len(body) - at} bytes follow its elements")
    return found


def _lists(body: bytes, at: int, element: _Element, order: str) -> tuple[dict[str, Any], int]:
    """Read rows with lists: at once where all lists are of three, else one by one."""
    if element.count > len(body):
        raise ValueError(f"PLY is unexpected length: it claims {element.count} {element.name}")
    three = np.dtype(
        [
            field
            for name, kind, counted in element.properties
            for field in (
                [(f"#{name}", order + counted), (name, order + kind, 3)]
                if counted
                else [(name, order + kind)]
            )
        ]
    )
    if at + element.count * three.itemsize <= len(body):
        rows = np.frombuffer(body, three, count=element.count, offset=at)
        if all((rows[f"#{name}"] == 3).all() for name, _, counted in element.properties if counted):
            columns = {name: rows[name] for name, _, _ in element.properties}
            return columns, at + element.count * three.itemsize
    return _rows(body, at, element, order)


def _rows(body: bytes, at: int, element: _Element, order: str) -> tuple[dict[str, Any], int]:
    """Read rows whose lists differ in length."""
    columns: dict[str, Any] = {name: [] for name, _, _ in element.properties}
    for _ in range(element.count):
        for name, kind, counted in element.properties:
            size = 1
            if counted:
                size = int(np.frombuffer(body, order + counted, count=1, offset=at)[0])
                at += np.dtype(counted).itemsize
            if size < 0 or at + size * np.dtype(kind).itemsize > len(body):
                raise ValueError(f"PLY is unexpected length: a list claims {size} entries")
            columns[name].append(np.frombuffer(body, order + kind, count=size, offset=at))
            at += size * np.dtype(kind).itemsize
    return columns, at


def _text(body: bytes, elements: list[_Element]) -> dict[str, dict[str, Any]]:
    """Read elements as text, a row each line."""
    lines = [line.split() for line in body.splitlines() if line.strip()]
    if sum(element.count for element in elements) != len(lines):
        told = ", ".join(f"{element.count} {element.name}" for element in elements)
        raise ValueError(f"PLY is unexpected length: it claims {told}, and has {len(lines)} lines")
    found, start = {}, 0
    for element in elements:
        rows = lines[start : start + element.count]
        found[element.name] = _columns(rows, element)
        start += element.count
    return found


def _columns(rows: list[list[bytes]], element: _Element) -> dict[str, Any]:
    """Turn the words of an element's rows into columns."""
    if not any(counted for _, _, counted in element.properties):
        if any(len(row) != len(element.properties) for row in rows):
            raise ValueError(f"a line of {element.name} has not {len(element.properties)} numbers")
        return {
            name: numbers_of([row[i] for row in rows])
            for i, (name, _, _) in enumerate(element.properties)
        }
    columns: dict[str, Any] = {name: [] for name, _, _ in element.properties}
    for row in rows:
        at = 0
        for name, kind, counted in element.properties:
            size = int(wholes_of(row[at : at + 1])[0]) if counted else 1
            at += bool(counted)
            words = row[at : at + size]
            if size < 0 or len(words) != size:
                raise ValueError(f"a list of {element.name} claims {size} entries")
            columns[name].append(numbers_of(words) if kind[0] == "f" else wholes_of(words))
            at += size
        if at != len(row):
            raise ValueError(f"a line of {element.name} has {len(row) - at} words too many")
    return columns


def _surface(name: str, columns: dict[str, dict[str, Any]]) -> Part:
    """Put vertices and faces together."""
    vertex, face = columns["vertex"], columns.get("face", {})
    vertices: Array = np.stack([as_doubles(np.asarray(vertex[key])) for key in "xyz"], axis=1)
    lists = next((face[key] for key in LISTS if key in face), ())
    faces = _faces(lists)
    check_indices(faces, len(vertices))
    return name, vertices, faces


def _faces(lists: Any) -> IntArray:
    """Return triangles of lists of corners."""
    if isinstance(lists, np.ndarray):
        return lists.astype(np.int64).reshape(-1, 3)
    if any(row.dtype.kind == "f" for row in lists):
        raise ValueError("corners are not counted in whole numbers")
    return triangles_of([row.tolist() for row in lists])
