"""The numbers of a glTF: buffers, views into them, accessors, each within the one before."""

import base64
import binascii
import re
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import numpy as np

from hipsim.errors import MeshError
from hipsim.io.files import reason
from hipsim.io.polygons import as_doubles

KINDS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC3": 3}
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")
LARGEST_BYTES = 2_000_000_000


class Buffers:
    """The buffers of a glTF, each read when it is first needed.

    Parameters
    ----------
    folder
        Where the glTF lies; nothing outside of it is read.
    about
        Its JSON.
    inside
        The binary chunk of a GLB, or nothing.
    """

    def __init__(self, folder: Path, about: dict[str, Any], inside: bytes) -> None:
        self._folder, self._about, self._inside = folder, about, inside
        self._read: dict[int, bytes] = {}

    def numbers(
        self, accessor: object, shape: str, *, whole: Literal["only", "or not"] = "or not"
    ) -> np.ndarray:
        """Return the numbers of an accessor.

        Parameters
        ----------
        accessor
            Its number.
        shape
            ``"SCALAR"`` or ``"VEC3"``.
        whole
            Whether unsigned whole numbers are wanted, as indices are.

        Returns
        -------
        numbers
            Shape (n, 1) or (n, 3): whole numbers, or float64 with the normalisation undone.

        Raises
        ------
        ValueError
            If the accessor reaches out of its view or buffer, or is of another kind.
        MeshError
            If a buffer cannot be read.
        """
        found = entry_of(self._about["accessors"], accessor)
        if "sparse" in found or found["type"] != shape:
            raise ValueError(f"accessor {accessor} is sparse or no {shape}; export it plainly")
        kind = np.dtype(KINDS[found["componentType"]])
        if whole == "only" and kind.kind != "u":
            raise ValueError(f"accessor {accessor} holds no indices")
        view = entry_of(self._about["bufferViews"], found["bufferView"])
        raw = self._raw(found, view, kind, WIDTHS[shape])
        if whole == "only":
            return raw.astype(np.int64)
        is_scaled = found.get("normalized") is True and kind.kind != "f"
        return as_doubles(raw) / (np.iinfo(kind).max if is_scaled else 1.0)

    def _raw(
        self, found: dict[str, Any], view: dict[str, Any], kind: np.dtype, width: int
    ) -> np.ndarray:
        """Return what an accessor sees, shape (count, width)."""
        start, length = _whole(view.get("byteOffset", 0)), _whole(view["byteLength"])
        content = self._buffer(_whole(view["buffer"]))
        if start + length > len(content):
            raise ValueError(f"a view of {length} bytes reaches out of its buffer")
        step = _whole(view.get("byteStride", width * kind.itemsize))
        count, at = _whole(found["count"]), _whole(found.get("byteOffset", 0))
        row = width * kind.itemsize
        if step < row or count < 1 or at + (count - 1) * step + row > length:
            raise ValueError(f"an accessor of {count} entries reaches out of its view")
        return np.ndarray((count, width), kind, content, start + at, (step, kind.itemsize))

    def _buffer(self, index: int) -> bytes:
        """Return a buffer."""
        if index not in self._read:
            told = entry_of(self._about["buffers"], index)
            uri = told.get("uri")
            content = self._inside if uri is None else self._fetched(uri)
            if len(content) < _whole(told["byteLength"]):
                raise ValueError(f"buffer {index} is cut short")
            self._read[index] = content
        return self._read[index]

    def _fetched(self, uri: object) -> bytes:
        """Read a buffer inside of the text or beside the file."""
        if not isinstance(uri, str):
            raise ValueError("the name of a buffer is no text")
        if uri.startswith("data:"):
            head, mark, text = uri.partition(",")
            if not mark or not head.endswith(";base64"):
                raise ValueError("a buffer inside of the text is not in base64")
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError) as error:
                raise ValueError(f"a buffer inside of the text is damaged: {error}") from None
        return self._beside(_spelled_out(uri))

    def _beside(self, name: str) -> bytes:
        """Read a file of the same folder."""
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in name or "\0" in name:
            raise ValueError(f"the buffer {name[:200]!r} escapes the folder of the file")
        file = self._folder / parts
        if not file.resolve().is_relative_to(self._folder.resolve()) or not file.is_file():
            raise ValueError(f"the buffer {name[:200]!r} is no file of its folder")
        try:
            if file.stat().st_size > LARGEST_BYTES:
                raise MeshError(f"{file} is too large for the surface of a bone")
            return file.read_bytes()
        except OSError as error:
            raise MeshError(f"cannot read {file}: {reason(error)}") from None


def _spelled_out(uri: str) -> str:
    """Return a name with its ``%20`` and the like spelled out."""
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), uri.encode("utf-8", "replace"))
    return plain.decode("utf-8", "replace")


def entry_of(entries: list[Any], index: object) -> Any:
    """Return an entry by a number from 0.

    Raises
    ------
    ValueError
        If there is none.
    """
    if type(index) is not int or not 0 <= index < len(entries):
        raise ValueError(f"there is no entry {index!r} of {len(entries)}")
    return entries[index]


def _whole(value: object) -> int:
    """Return a whole number of 0 or more."""
    if type(value) is not int or value < 0:
        raise ValueError(f"wanted a whole number, got {value!r}")
    return value
