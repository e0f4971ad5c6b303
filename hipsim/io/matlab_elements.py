"""The elements of a MATLAB 5 file: numbers, text, cells and structs, each within its bytes.

Read here because the usual reader crashes on damaged files. Sparse arrays, objects and functions
are passed over.

References
----------
MathWorks, MAT-File Format, Level 5.
"""

import math
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

KINDS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
TEXTS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16"}
DEEPEST = 20
_MATRIX, _COMPRESSED = 14, 15
_CELL, _STRUCT, _CHAR = 1, 2, 4
_NUMBERS = range(6, 16)
_HEADER_BYTES = 128


def variables_of(content: bytes) -> dict[str, Any]:
    """Return the variables of a MATLAB 5 file by name.

    Parameters
    ----------
    content
        The file; what it unfolds to must have been bounded before.

    Returns
    -------
    variables
        Numbers as arrays of their shape, text as str, cells as lists, structs as lists of
        mappings; None for what is passed over.

    Raises
    ------
    ValueError
        If an element reaches beyond the one around it, or is of no known kind.
    """
    order = "<" if content[126:128] == b"IM" else ">"
    found = {}
    for kind, body in _elements(content[_HEADER_BYTES:], order):
        if kind == _COMPRESSED:
            ((kind, body),) = list(_elements(zlib.decompress(body), order))[:1]
        if kind == _MATRIX:
            name, value = _matrix(body, order, 0)
            found[name] = value
    return found


def _elements(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of the elements in some bytes."""
    big = "little" if order == "<" else "big"
    at = 0
    while at + 8 <= len(data):
        head = int.from_bytes(data[at : at + 4], big)  # type: ignore[arg-type]
        if head >> 16:  # a small one: its length, kind and content in eight bytes
            kind, size, start, step = head & 0xFFFF, head >> 16, at + 4, 8
            if size > 4:
                raise ValueError(f"a small element claims {size} bytes")
        else:
            kind, start = head, at + 8
            size = int.from_bytes(data[at + 4 : at + 8], big)  # type: ignore[arg-type]
            step = 8 + (size if kind == _COMPRESSED else -(-size // 8) * 8)
        if start + size > len(data):
            raise ValueError(f"an element claims {size} bytes, more than follow")
        yield kind, data[start : start + size]
        at += step


def _matrix(body: bytes, order: str, depth: int) -> tuple[str, Any]:
    """Return name and value of an array."""
    if depth > DEEPEST:
        raise ValueError("its arrays nest endlessly")
    parts = list(_elements(body, order))
    if not parts:
        return "", np.zeros((0, 0))
    if len(parts) < 3:
        raise ValueError("an array without kind, shape or name")
    flags = int(_numbers(parts[0], order)[0])
    shape = tuple(int(size) for size in _numbers(parts[1], order))
    name = parts[2][1].decode("latin-1").rstrip("\0")
    if min(shape, default=-1) < 0:
        raise ValueError(f"an array of the shape {shape}")
    return name, _value(flags & 0xFF, shape, parts[3:], order, depth)


def _value(
    kind: int, shape: tuple[int, ...], parts: list[tuple[int, bytes]], order: str, depth: int
) -> Any:
    """Return the value of an array of some kind."""
    count = math.prod(shape)
    if kind in _NUMBERS:
        numbers = _numbers(parts[0], order) if parts else np.zeros(0)
        if len(numbers) != count:
            raise ValueError(f"an array of the shape {shape} holds {len(numbers)} numbers")
        return numbers.reshape(shape, order="F")
    if kind == _CHAR:
        return _text(parts[0], order) if parts else ""
    if kind == _CELL:
        return [_matrix(data, order, depth + 1)[1] for _, data in parts[:count]]
    return _records(count, parts, order, depth) if kind == _STRUCT else None


def _records(
    count: int, parts: list[tuple[int, bytes]], order: str, depth: int
) -> list[dict[str, Any]]:
    """Return the entries of a struct array."""
    width = int(_numbers(parts[0], order)[0])
    names, values = parts[1][1], parts[2:]
    if not 1 <= width <= 64 or len(names) % width:
        raise ValueError("the names of a struct are damaged")
    fields = [
        names[at : at + width].partition(b"\0")[0].decode("latin-1")
        for at in range(0, len(names), width)
    ]
    if len(values) != count * len(fields):
        raise ValueError(f"a struct of {count} entries holds {len(values)} values")
    each = len(fields)
    return [
        {
            field: _matrix(data, order, depth + 1)[1]
            for field, (_, data) in zip(fields, values[i * each : (i + 1) * each], strict=True)
        }
        for i in range(count if each else 0)
    ]


def _numbers(part: tuple[int, bytes], order: str) -> np.ndarray:
    """Return the numbers of an element."""
    kind, data = part
    if kind not in KINDS or len(data) % np.dtype(KINDS[kind]).itemsize:
        raise ValueError(f"an element of kind {kind} and {len(data)} bytes is no list of numbers")
    return np.frombuffer(data, order + KINDS[kind])


def _text(part: tuple[int, bytes], order: str) -> str:
    """Return the text of an element."""
    kind, data = part
    if kind not in TEXTS:
        raise ValueError(f"an element of kind {kind} is no text")
    code = TEXTS[kind]
    return data.decode(code + ("-le" if order == "<" else "-be") if code == "utf-16" else code)
