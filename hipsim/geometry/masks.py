"""Voxels of one label: found in a volume that is never copied, made one solid piece.

A label map is an array of whole numbers; a voxel belongs to a label when it holds the label's
number. Voxels are joined through their faces (6 neighbours), the background also through its
edges (18 neighbours): this is how the contour filter of :mod:`hipsim.geometry.contouring` joins
them, so that one piece without cavities gives one closed surface.

A stray voxel far away must not make the work as large as the scan. So blocks of
``BLOCK`` x ``BLOCK`` x ``BLOCK`` voxels are counted first, slab by slab; blocks that touch are
grouped, and single voxels are looked at within the box of one group only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from hipsim.checks import BoolArray, IntArray
from hipsim.errors import InputError

BLOCK = 8  # voxels
MOST_COUNTED = 1 << 16  # numbers counted by a table; larger ones are sorted
_ALL_NEIGHBOURS = np.ones((3, 3, 3), dtype=bool)
_FACES_AND_EDGES = ndimage.generate_binary_structure(3, 2)


@dataclass(frozen=True, eq=False)
class Solid:
    """One piece of a label without cavities.

    Attributes
    ----------
    mask
        Voxels of the piece within its bounding box, shape (a, b, c).
    start
        Index of the box's first voxel in the volume, shape (3,).
    dropped
        Sizes of the other pieces of the label in voxels, largest first, shape (k,).
    filled
        Sizes of the cavities that were filled, in voxels, largest first, shape (m,).
    """

    mask: BoolArray
    start: IntArray
    dropped: IntArray
    filled: IntArray

    @property
    def n_voxels(self) -> int:
        """Voxels of the piece, filled cavities included."""
        return int(np.count_nonzero(self.mask))


def largest_solid(values: np.ndarray, label: int) -> Solid | None:
    """Return the largest piece of a label, its cavities filled.

    Parameters
    ----------
    values
        Label map, shape (a, b, c), whole numbers; only read, never copied.
    label
        The number that marks the label.

    Returns
    -------
    solid
        The piece, where it lies, and what was dropped and filled; None if no voxel holds the
        label.

    Raises
    ------
    InputError
        If ``values`` is not a volume of whole numbers.

    Examples
    --------
    >>> values = np.zeros((20, 20, 20), dtype=np.uint8)
    >>> values[4:9, 4:9, 4:9], values[6, 6, 6], values[0, 0, 19] = 3, 0, 3
    >>> solid = largest_solid(values, 3)
    >>> solid.mask.shape, solid.n_voxels, solid.dropped.tolist(), solid.filled.tolist()
    ((5, 5, 5), 125, [1], [1])
    """
    if values.ndim != 3 or not (np.issubdtype(values.dtype, np.integer) or values.dtype == bool):
        raise InputError(
            f"a label map must be a volume of whole numbers, got shape {values.shape} of "
            f"{values.dtype}"
        )
    best: tuple[BoolArray, IntArray] | None = None
    sizes: list[IntArray] = []
    for mask, start in _groups(values, label):
        numbered, n_pieces = ndimage.label(mask)
        counts = np.bincount(numbered.ravel(), minlength=n_pieces + 1)[1:]
        sizes.append(counts)
        if best is None or counts.max() > np.count_nonzero(best[0]):
            best = _trimmed(numbered == int(np.argmax(counts)) + 1, start)
    if best is None:
        return None
    dropped = np.sort(np.concatenate(sizes))[::-1][1:]
    mask, filled = without_cavities(best[0])
    return Solid(mask, best[1], dropped, filled)


def without_cavities(mask: BoolArray) -> tuple[BoolArray, IntArray]:
    """Fill what is wholly enclosed by a piece.

    Returns
    -------
    mask
        The piece without cavities, same shape.
    filled
        Sizes of the cavities in voxels, largest first.
    """
    numbered, n_pieces = ndimage.label(~np.pad(mask, 1), structure=_FACES_AND_EDGES)
    inner = numbered[1:-1, 1:-1, 1:-1]
    outside = int(numbered[0, 0, 0])
    counts = np.bincount(inner.ravel(), minlength=n_pieces + 1)
    counts[[0, outside]] = 0
    if not counts.any():
        return mask, np.empty(0, dtype=np.int64)
    return inner != outside, np.sort(counts[counts > 0])[::-1]


def label_counts(values: np.ndarray) -> dict[int, int]:
    """Count the voxels of every label but 0, slice by slice.

    Examples
    --------
    >>> label_counts(np.array([[[0, 7], [7, 2]]]))
    {2: 1, 7: 2}
    """
    found: dict[int, int] = {}
    for layer in values:
        if layer.min() >= 0 and layer.max() < MOST_COUNTED:
            counts = np.bincount(layer.ravel())
            numbers = np.flatnonzero(counts)
            counts = counts[numbers]
        else:
            numbers, counts = np.unique(layer, return_counts=True)
        for number, count in zip(numbers, counts, strict=True):
            found[int(number)] = found.get(int(number), 0) + int(count)
    found.pop(0, None)
    return dict(sorted(found.items()))


def _groups(values: np.ndarray, label: int) -> Iterator[tuple[BoolArray, IntArray]]:
    """Yield the voxels of each group of touching blocks, and the first index of its box."""
    numbered, n_groups = ndimage.label(_blocks(values, label), structure=_ALL_NEIGHBOURS)
    for number, box in zip(range(1, n_groups + 1), ndimage.find_objects(numbered), strict=True):
        part = values[tuple(slice(s.start * BLOCK, s.stop * BLOCK) for s in box)]
        mask = part == label
        own = numbered[box] == number
        if not own.all():
            mask &= _enlarged(own, mask.shape)
        yield mask, BLOCK * np.array([s.start for s in box])


def _blocks(values: np.ndarray, label: int) -> BoolArray:
    """Mark the blocks that hold a voxel of the label."""
    rows = []
    for first in range(0, values.shape[0], BLOCK):
        flat = (values[first : first + BLOCK] == label).any(axis=0)
        for axis in (0, 1):
            flat = np.logical_or.reduceat(flat, np.arange(0, flat.shape[axis], BLOCK), axis=axis)
        rows.append(flat)
    return np.stack(rows)


def _enlarged(blocks: BoolArray, shape: tuple[int, ...]) -> BoolArray:
    """Repeat each block's mark for its voxels, cut to a shape."""
    for axis in range(3):
        blocks = np.repeat(blocks, BLOCK, axis=axis)
    return blocks[: shape[0], : shape[1], : shape[2]]


def _trimmed(mask: BoolArray, start: IntArray) -> tuple[BoolArray, IntArray]:
    """Cut a mask to its bounding box."""
    box = ndimage.find_objects(mask.view(np.uint8))[0]
    return np.ascontiguousarray(mask[box]), start + np.array([s.start for s in box])
