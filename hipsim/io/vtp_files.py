"""VTP: VTK's polygonal data in XML, its arrays as text, in base64, raw or packed with zlib.

Read here and not by VTK, for the reason given in :mod:`hipsim.io.vtk_files`. Every array is as long
as the counts of its piece say, or the file is refused; nothing is unpacked beyond that.

References
----------
Kitware, VTK XML file formats, docs.vtk.org.
"""

import base64
import binascii
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import dataclass
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
from hipsim.io.vtk_files import split_at, strips_cut

KINDS = {
    "Int8": "i1", "UInt8": "u1", "Int16": "i2", "UInt16": "u2", "Int32": "i4", "UInt32": "u4",
    "Int64": "i8", "UInt64": "u8", "Float32": "f4", "Float64": "f8",
}  # fmt: skip
ORDERS = {"LittleEndian": "<", "BigEndian": ">"}
BEST_PACKED = 1100  # times that zlib shrinks at best
_MARK, _TAIL = b"<VTKFile", b"</VTKFile>"
_APPENDED = re.compile(rb"<AppendedData\b([^>]*)>\s*_")


class _Strict(ElementTree.TreeBuilder):
    """A tree without document types, and with them without entity tricks."""

    def doctype(self, name: str, public: str, system: str) -> None:
        """Refuse a document type."""
        raise ValueError("it declares a document type")


@dataclass(frozen=True)
class _Store:
    """How arrays are stored: byte order, kind of the lengths, packing, what is appended."""

    order: str
    head: str
    is_packed: bool
    appended: bytes
    is_raw: bool
    most: int


def read_vtp(path: Path) -> list[Part]:
    """Read the surface of a VTP file; its pieces are joined.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    parts
        One per piece: name, vertices (n, 3) in the file's unit, faces (m, 3).

    Raises
    ------
    MeshError
        If it is not VTP, an array is shorter than its count, or an index is none of its points.
    """
    content = path.read_bytes()
    if _MARK not in content[:1000]:
        raise MeshError(f"{path} cannot be read as VTP: wrong header")
    if not content.rstrip().endswith(_TAIL):
        raise MeshError(f"{path} is cut short: it does not end in {_TAIL.decode()}")
    try:
        text, appended, is_raw = _parted(content)
        root = _tree(text)
        if root.get("type") != "PolyData":
            raise MeshError(f"{path} holds {root.get('type')}, wanted a surface (PolyData)")
        store = _store(root, appended, is_raw=is_raw, most=BEST_PACKED * len(content))
        return [_piece(path.stem, piece, store) for piece in root.findall("PolyData/Piece")]
    except MeshError:
        raise
    except ElementTree.ParseError as error:
        raise unreadable(path, error) from None
    except (ValueError, KeyError, IndexError, OverflowError, struct.error, zlib.error) as error:
        raise unreadable(path, f"{type(error).__name__}: {error}") from None


def _parted(content: bytes) -> tuple[bytes, bytes, bool]:
    """Return the XML without what is appended, that, and whether it is raw."""
    found = _APPENDED.search(content)
    if found is None:
        return content, b"", False
    stop = content.rindex(b"</AppendedData>")
    text = content[: found.start()] + content[stop + len(b"</AppendedData>") :]
    return text, content[found.end() : stop], b"base64" not in found[1]


def _tree(text: bytes) -> ElementTree.Element:
    """Parse the XML."""
    parser = ElementTree.XMLParser(target=_Strict())
    parser.feed(text)
    root: ElementTree.Element = parser.close()
    if root.tag != "VTKFile":
        raise ValueError(f"its root is {root.tag[:40]!r}")
    return root


def _store(root: ElementTree.Element, appended: bytes, *, is_raw: bool, most: int) -> _Store:
    """Read how arrays are stored."""
    packer = root.get("compressor", "")
    if packer not in ("", "vtkZLibDataCompressor"):
        raise ValueError(f"it is packed by {packer[:40]}; save it with zlib or unpacked")
    order, head = ORDERS[root.get("byte_order", "LittleEndian")], root.get("header_type", "UInt32")
    if head not in ("UInt32", "UInt64"):
        raise ValueError(f"its lengths are of the kind {head[:40]!r}")
    return _Store(order, "I" if head == "UInt32" else "Q", bool(packer), appended, is_raw, most)


def _piece(name: str, piece: ElementTree.Element, store: _Store) -> Part:
    """Read points, polygons and strips of a piece."""
    n_points = _count(piece.get("NumberOfPoints", "0"))
    points = piece.find("Points/DataArray")
    if n_points and (points is None or points.get("NumberOfComponents", "3") != "3"):
        raise ValueError("its points have not three coordinates")
    vertices = np.zeros((0, 3))
    if n_points and points is not None:
        vertices = as_doubles(_array(points, 3 * n_points, store)).reshape(-1, 3)
    polygons = _cells(piece, "Polys", store)
    faces = (
        polygons
        if isinstance(polygons, np.ndarray)
        else triangles_of([cell.tolist() for cell in polygons])
    )
    found = np.vstack([faces, strips_cut(_cells(piece, "Strips", store))])
    check_indices(found, n_points)
    return name, vertices, found


def _cells(piece: ElementTree.Element, kind: str, store: _Store) -> list[IntArray] | IntArray:
    """Return the corners of each cell of a kind."""
    count = _count(piece.get(f"NumberOf{kind}", "0"))
    if count == 0:
        return np.zeros((0, 3), dtype=np.int64)
    arrays = {array.get("Name"): array for array in piece.findall(f"{kind}/DataArray")}
    ends = _array(arrays["offsets"], count, store).astype(np.int64)
    n_corners = int(ends[-1])
    corners = _array(arrays["connectivity"], n_corners, store).astype(np.int64)
    return split_at(corners, np.concatenate([[0], ends]))


def _array(element: ElementTree.Element, count: int, store: _Store) -> np.ndarray:
    """Return the numbers of an array, exactly ``count``."""
    kind = np.dtype(store.order + KINDS[element.attrib["type"]])
    if not 0 <= count * kind.itemsize <= store.most:
        raise ValueError(f"it claims {count} numbers, more than it can hold")
    form = element.get("format", "ascii")
    if form == "ascii":
        words = (element.text or "").encode("latin-1", "replace").split()
        numbers = numbers_of(words) if kind.kind == "f" else wholes_of(words)
    elif form == "binary":
        text = "".join((element.text or "").split()).encode("latin-1", "replace")
        numbers = np.frombuffer(_block(text, count * kind.itemsize, store, is_raw=False), kind)
    elif form == "appended":
        data = store.appended[_count(element.attrib["offset"]) :]
        block = _block(data, count * kind.itemsize, store, is_raw=store.is_raw)
        numbers = np.frombuffer(block, kind)
    else:
        raise ValueError(f"an array is stored as {form[:40]!r}")
    if len(numbers) != count:
        raise ValueError(f"an array has {len(numbers)} numbers, wanted {count}")
    return numbers


def _block(data: bytes, size: int, store: _Store, *, is_raw: bool) -> bytes:
    """Return the bytes of an array that stands at the beginning of some data."""
    width = struct.calcsize(store.head)
    heads = 1
    if store.is_packed:
        heads += 2 + struct.unpack(store.order + store.head, _first(data, width, is_raw))[0]
    if heads * width > len(data):
        raise ValueError("the lengths of its blocks are cut short")
    head = struct.unpack(f"{store.order}{heads}{store.head}", _first(data, heads * width, is_raw))
    if not store.is_packed:
        return _plain(data, head[0], width, is_raw=is_raw)[:size]
    total = sum(head[3:])
    body = _behind(data, heads * width, total, is_raw=is_raw)
    return _unpacked(body, head, size)


def _first(data: bytes, size: int, is_raw: bool) -> bytes:
    """Return the first bytes of some data."""
    if is_raw:
        return data[:size]
    return _decoded(data[: -(-size // 3) * 4])[:size]


def _plain(data: bytes, size: int, width: int, *, is_raw: bool) -> bytes:
    """Return a block that is not packed; its length may be encoded with it or apart."""
    if is_raw:
        found = data[width : width + size]
    elif b"=" in data[: -(-width // 3) * 4]:
        found = _behind(data, width, size, is_raw=False)
    else:
        found = _decoded(data[: -(-(width + size) // 3) * 4])[width:]
    if len(found) < size:
        raise ValueError("an array is cut short")
    return found[:size]


def _behind(data: bytes, head: int, size: int, *, is_raw: bool) -> bytes:
    """Return the bytes that follow lengths encoded apart."""
    if is_raw:
        return data[head : head + size]
    start = -(-head // 3) * 4
    return _decoded(data[start : start + -(-size // 3) * 4])[:size]


def _decoded(text: bytes) -> bytes:
    """Decode base64."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"an array is no base64: {error}") from None


def _unpacked(body: bytes, head: tuple[int, ...], size: int) -> bytes:
    """Unpack blocks of stated lengths, to a stated size and no further."""
    found, at = b"", 0
    for packed in head[3:]:
        opener = zlib.decompressobj()
        found += opener.decompress(body[at : at + packed], size - len(found) + 1)
        at += packed
        if len(found) > size:
            raise ValueError("an array unpacks to more than its count")
    return found


def _count(word: str) -> int:
    """Return a count from 0."""
    number = int(wholes_of([word.strip().encode("latin-1", "replace")])[0])
    if number < 0:
        raise ValueError(f"it claims {number} of something")
    return number
