"""Where the voxels of NRRD and MetaImage files lie: in the file itself, or in one beside it.

Both formats can name other files, lists of them and patterns, anywhere on the disk. Only ``.mhd``
is meant for that, and only a file in its own folder is read.
"""

import math
import re
from collections.abc import Sequence
from pathlib import Path

from hipsim.errors import InputError
from hipsim.io.files import reason, size_of_file

LONGEST_HEAD = 1 << 20  # bytes
MOST_VOXELS = 2**30  # 1024 x 1024 x 1024; 1 GB for the usual label map
BEST_PACKED = 1100  # times that gzip shrinks at best
_NRRD_FILE = re.compile(rb"^data ?file:[ \t]*(.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_MANY_DIMENSIONS = re.compile(rb"^[ \t]*NDims[ \t]*=[ \t]*\d\d", re.MULTILINE)
_META_FILE = re.compile(rb"^[ \t]*ElementDataFile[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE)


def check_data_place(path: Path, suffix: str) -> None:
    """Raise InputError unless the voxels of an image lie where they may.

    Parameters
    ----------
    path
        An image.
    suffix
        ``.nrrd``, ``.mha``, ``.mhd`` or another, of which nothing is asked but to be a file.
    """
    if size_of_file(path) == 0:
        raise InputError(f"{path} is empty (0 bytes)")
    if suffix == ".mhd":
        detached_data(path)
    elif suffix in (".nrrd", ".mha"):
        names = _named(path, _NRRD_FILE if suffix == ".nrrd" else _META_FILE)
        if suffix == ".mha" and not names:
            raise InputError(f"{path} cannot be read as Meta: its header names no ElementDataFile")
        for name in names:
            if suffix == ".nrrd" or name != "LOCAL":
                raise InputError(
                    f"{path}: its voxels are said to be in {name[:100]!r}; only a file that holds "
                    "its voxels itself is read. Save it in one file"
                )


def detached_data(path: Path) -> Path | None:
    """Return the file beside an ``.mhd`` that holds its voxels, None where it does so itself.

    Raises
    ------
    InputError
        If it names a file elsewhere, several, or a pattern.
    """
    names = _named(path, _META_FILE)
    if not names:
        raise InputError(f"{path} cannot be read as Meta: its header names no ElementDataFile")
    if names == ["LOCAL"]:
        return None
    name = names[-1]
    is_plain = not re.search(r"[/\\%:\s\0]", name) and name not in ("", ".", "..", "LIST")
    if len(names) > 1 or not is_plain:
        raise InputError(
            f"{path}: its voxels are said to be in {name[:100]!r}; wanted the name of one file in "
            "the same folder"
        )
    data = path.parent / name
    if not data.resolve().is_relative_to(path.parent.resolve()):
        raise InputError(f"{path}: its voxels in {name!r} lie outside of its folder")
    size_of_file(data)
    return data


def _named(path: Path, pattern: re.Pattern[bytes]) -> list[str]:
    """Return what a header names as the place of its voxels."""
    try:
        with path.open("rb") as file:
            head = file.read(LONGEST_HEAD)
    except OSError as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from None
    if _MANY_DIMENSIONS.search(head):
        raise InputError(f"{path}: wanted a volume (3 dimensions), got ten or more")
    if pattern is _NRRD_FILE:
        head = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    else:
        head = head.partition(b"LOCAL")[0] + (b"LOCAL\n" if b"LOCAL" in head else b"")
    return [name.decode("latin-1").strip() for name in pattern.findall(head.replace(b"\r", b"\n"))]


def check_claim(path: Path, shape: Sequence[int], n_components: int) -> None:
    """Raise InputError where a header claims more than its file can hold, before room is made.

    Parameters
    ----------
    path
        An image.
    shape
        Voxels along each axis.
    n_components
        Values per voxel.
    """
    data = path if path.suffix.lower() != ".mhd" else detached_data(path) or path
    claimed = math.prod(map(int, shape)) * n_components
    size, held = " x ".join(map(str, shape)), size_of_file(data)
    if claimed < 1:
        raise InputError(f"{path}: its header claims {size} voxels, none at all")
    if claimed > MOST_VOXELS:
        raise InputError(
            f"{path}: its header claims {size} voxels; at most {MOST_VOXELS} are read. Crop the "
            "scan to pelvis and femora"
        )
    if claimed > held * BEST_PACKED:
        raise InputError(
            f"{path} is cut short: its header claims {size} voxels, more than {held} bytes can hold"
        )
