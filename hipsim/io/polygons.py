"""What the readers of STL, PLY, OBJ and OFF share: words into numbers, polygons into triangles.

These formats are read here and not by a guest library, so that a damaged file is refused instead
of being read as far as it goes: every word must be a number, every count must be met, every index
must lie within the list, and no memory is taken for what a header merely claims.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from hipsim.checks import Array, IntArray
from hipsim.errors import MeshError

Part = tuple[str, Array, IntArray]
LONGEST_INDEX = 18  # digits; more do not fit 64 bits
_NOT_IN_NUMBERS = b"_"  # Python reads 1_000 as a number; no mesh format does


def as_doubles(values: np.ndarray) -> Array:
    """Return numbers as float64; what is not finite stays so, without a warning."""
    with np.errstate(invalid="ignore"):
        return values.astype(np.float64)


def numbers_of(words: Sequence[bytes]) -> Array:
    """Turn words into numbers.

    Raises
    ------
    ValueError
        If a word is not a number.

    Examples
    --------
    >>> numbers_of([b"1", b"-2.5e1"]).tolist()
    [1.0, -25.0]
    """
    if any(_NOT_IN_NUMBERS in word for word in words):
        raise ValueError("a number is written with an underscore")
    return np.array([float(word) for word in words], dtype=np.float64)


def wholes_of(words: Sequence[bytes]) -> IntArray:
    """Turn words into whole numbers.

    Raises
    ------
    ValueError
        If a word is not a whole number, or has more than 18 digits.
    """
    if any(_NOT_IN_NUMBERS in word or len(word) > LONGEST_INDEX for word in words):
        raise ValueError("an index is no whole number of a usual size")
    return np.array([int(word) for word in words], dtype=np.int64)


def triangles_of(polygons: Iterable[Sequence[int]]) -> IntArray:
    """Cut polygons into fans of triangles, shape (m, 3).

    Raises
    ------
    ValueError
        If a polygon has fewer than three corners.

    Examples
    --------
    >>> triangles_of([(0, 1, 2, 3)]).tolist()
    [[0, 1, 2], [0, 2, 3]]
    """
    fans: list[tuple[int, int, int]] = []
    for corners in polygons:
        if len(corners) < 3:
            raise ValueError(f"a face has {len(corners)} corners")
        first = corners[0]
        fans += [(first, b, c) for b, c in zip(corners[1:-1], corners[2:], strict=True)]
    return np.array(fans, dtype=np.int64).reshape(-1, 3)


def polygons_in_row(words: Sequence[bytes], count: int) -> tuple[IntArray, int]:
    """Read ``count`` polygons, each its number of corners and their indices.

    Returns
    -------
    triangles
        Shape (m, 3).
    used
        How many words they took.

    Raises
    ------
    ValueError
        If the words end early, or one is no whole number.
    """
    if count * 4 <= len(words) and set(words[: 4 * count : 4]) == {b"3"}:  # triangles only
        return wholes_of(words[: 4 * count]).reshape(-1, 4)[:, 1:], 4 * count
    at, polygons = 0, []
    for _ in range(count):
        if at >= len(words):
            raise ValueError("the list of faces ends early")
        size = int(wholes_of(words[at : at + 1])[0])
        if size < 3 or at + 1 + size > len(words):
            raise ValueError(f"a face claims {size} corners")
        polygons.append(wholes_of(words[at + 1 : at + 1 + size]).tolist())
        at += 1 + size
    return triangles_of(polygons), at


def check_indices(faces: IntArray, n_vertices: int) -> None:
    """Raise ValueError unless every index is one of the vertices."""
    if faces.size and (faces.min() < 0 or faces.max() >= n_vertices):
        wrong = int(faces.min()) if faces.min() < 0 else int(faces.max())
        raise ValueError(f"a face names the corner {wrong} of {n_vertices}")


def unreadable(path: Path, why: object) -> MeshError:
    """Return the error of a file that is not what its ending says."""
    return MeshError(f"{path} cannot be read as {path.suffix[1:].upper()}: {why}")
