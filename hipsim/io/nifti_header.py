"""What the head of a NIfTI file says beyond geometry: label names, orientation, length.

SimpleITK reads the image; three things it does not tell are read here. The names of labels stand
in an XML extension (TotalSegmentator writes them there). A file without qform and sform has no
orientation: left and right are unknown. And a file that is cut short is read by SimpleITK as if
the missing slices were empty, so its length is checked first.

References
----------
NIfTI-1 and NIfTI-2 header definitions, nifti.nimh.nih.gov.
"""

import gzip
import math
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hipsim.errors import InputError
from hipsim.io.files import reason, size_of_file
from hipsim.io.label_names import Segment

LONGEST_HEAD = 4 << 20  # bytes; names of a thousand labels take 0.2 MB
CHUNK = 1 << 22  # bytes
BITS = {2: 8, 4: 16, 8: 32, 16: 32, 64: 64, 256: 8, 512: 16, 768: 32, 1024: 64, 1280: 64}
_LABEL = re.compile(
    r"<Label\b[^>]*?\bKey=\"(\d+)\"[^>]*>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</Label>", re.DOTALL
)


@dataclass(frozen=True)
class NiftiHead:
    """The head of a NIfTI file.

    Attributes
    ----------
    n_bytes
        Length the file must have, unpacked.
    is_oriented
        Whether a qform or sform is given.
    segments
        Labels with names; empty where the file carries none.
    """

    n_bytes: int
    is_oriented: bool
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class _Layout:
    """Where the fields stand: NIfTI-1 and NIfTI-2 differ."""

    size: int
    dim: str
    dim_at: int
    bits_at: int
    offset: str
    offset_at: int
    code: str
    codes_at: tuple[int, int]


_LAYOUTS = (
    _Layout(348, "h", 40, 72, "f", 108, "h", (252, 254)),
    _Layout(540, "q", 16, 14, "q", 168, "i", (344, 348)),
)


def read_nifti_head(path: Path) -> NiftiHead:
    """Read the head of a ``.nii`` or ``.nii.gz`` file.

    Raises
    ------
    InputError
        If the file is no NIfTI file or cannot be unpacked.
    """
    with _unpacked(path) as file:
        head = file.read(540)
        layout, order = _layout(path, head)
        (start,) = struct.unpack_from(order + layout.offset, head, layout.offset_at)
        if not layout.size <= start <= LONGEST_HEAD:
            raise InputError(f"{path}: its voxels start at byte {start:g}; the header is damaged")
        names = file.read(max(0, int(start) - len(head)))
    count, *sizes = struct.unpack_from(f"{order}8{layout.dim}", head, layout.dim_at)
    if not 1 <= count <= 7 or any(size < 1 for size in sizes[:count]):
        raise InputError(f"{path}: its header gives the sizes {sizes}; it is damaged")
    kind, bits = (
        struct.unpack_from(order + "h", head, at)[0] for at in (layout.bits_at - 2, layout.bits_at)
    )
    if BITS.get(kind) != bits:
        raise InputError(
            f"{path}: its header says voxels of kind {kind} with {bits} bits; a label map holds "
            "whole numbers or decimals of 8 to 64 bits"
        )
    codes = [struct.unpack_from(order + layout.code, head, at)[0] for at in layout.codes_at]
    n_bytes = int(start) + math.prod(sizes[:count]) * bits // 8
    return NiftiHead(n_bytes, any(code > 0 for code in codes), _segments(head + names))


def check_complete(path: Path, n_bytes: int) -> None:
    """Raise InputError if a NIfTI file holds less than its header promises, or is damaged."""
    if path.suffix.lower() != ".gz":
        found = size_of_file(path)
    else:
        found = 0
        with _unpacked(path) as file:
            while found < n_bytes and (chunk := file.read(CHUNK)):
                found += len(chunk)
    if found < n_bytes:
        raise InputError(
            f"{path} is cut short: its header promises {n_bytes} bytes, it holds {found}; copy "
            "or download it again"
        )


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open a file, through gzip where it is packed; say in words what goes wrong."""
    size_of_file(path)
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path, "rb") as packed:
                yield packed  # type: ignore[misc]
        else:
            with path.open("rb") as plain:
                yield plain
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise InputError(f"{path} is damaged or cut short: {error}") from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from None


def _layout(path: Path, head: bytes) -> tuple[_Layout, str]:
    """Return version and byte order of a NIfTI header."""
    for layout in _LAYOUTS:
        for order in "<>":
            if len(head) >= layout.size and struct.unpack_from(order + "i", head) == (layout.size,):
                return layout, order
    raise InputError(f"{path} is not a NIfTI file, whatever its name says")


def _segments(head: bytes) -> tuple[Segment, ...]:
    """Return the labels named in an XML extension."""
    text = head.decode("utf-8", errors="ignore")
    return tuple(
        Segment(int(number), (name.strip(),))
        for number, name in _LABEL.findall(text)
        if int(number) > 0 and name.strip()
    )
