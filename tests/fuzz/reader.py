"""What the harness knows of a reader: files to damage, how to read one, how to judge what came."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def as_is(content: bytes) -> bytes:
    return content


def trusted(found: Any, path: Path, content: bytes) -> str | None:
    return None


@dataclass(frozen=True)
class Reader:
    """One reader under test.

    Attributes
    ----------
    name
        What it is called in the table.
    file
        Name of the file it is given, ``case.yaml`` or ``a.stl``.
    seeds
        Return sound files (what is inside of an archive, where ``pack`` makes one), given an
        empty folder to work in.
    read
        Read a path; any HipsimError is a refusal.
    judge
        Return what is wrong with a result, or None. Given result, path and content.
    is_text
        Which kinds of damage suit it.
    pack
        Make a file of a damaged inside: an archive with sound sums around damaged content.
    folder
        Prepare the folder that the file will lie in.
    """

    name: str
    file: str
    seeds: Callable[[Path], list[bytes]]
    read: Callable[[Path], Any]
    judge: Callable[[Any, Path, bytes], str | None] = trusted
    is_text: bool = False
    pack: Callable[[bytes], bytes] = as_is
    folder: Callable[[Path], object] = lambda folder: None
