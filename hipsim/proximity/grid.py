"""Squared distances to a surface on nested regular grids, filled by the kernels where asked for.

Each level has twice the spacing and reaches twice as far beyond the surface as the one before, so
that what interpolation loses stays in proportion to the distance. Most places are never asked for:
the system gives memory to the pages that are. See ``_grid_kernels`` for what the values are for.
"""

import mmap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hipsim.checks import Array, IntArray
from hipsim.proximity.tree import BoxTree

FINEST_MM = 1.5  # spacing of the first level for regions of bones
SHARES = 1 / 200, 1 / 64  # of the surface's diagonal, between which it stays for other sizes
THINNEST_MM = 1e-6  # spacing for a single point
LEVELS = 6
MARGIN = 16  # spacings each level reaches beyond the surface
EDGE = 1e-6  # of a spacing: what is left out at a level's far end, so that it has a cell there


@dataclass(frozen=True, eq=False)
class DistanceGrid:
    """Room for the squared distances to a surface; build with :func:`make_grid`.

    Parameters
    ----------
    values
        Squared distances, mm2, rounded down; 0 where not asked for yet. All levels, flat.
    steps
        Number of levels; then for each: places from one row, from one layer to the next, and
        the place of the first value.
    frame
        For each level: first node (3), spacing, its inverse, the least squared distance beyond
        the grid, and the last place in spacings (3); at last, the share of a squared distance
        that its value may fall short to.
    """

    values: NDArray[np.float32]
    steps: IntArray
    frame: Array


def make_grid(tree: BoxTree, *, share: float = 1.0) -> DistanceGrid:
    """Make room for the distances to the surface of a tree.

    Parameters
    ----------
    tree
        Of the surface.
    share
        Values may fall short of the squared distance to this share of it, 1 for none. Those of a
        grid that is asked once are found several times faster where they need not be exact.

    Examples
    --------
    >>> from hipsim.geometry import Mesh
    >>> from hipsim.proximity.tree import make_tree
    >>> mesh = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])
    >>> grid = make_grid(make_tree(mesh, np.zeros(3)))
    >>> int(grid.steps[0]), int(np.count_nonzero(grid.values))
    (6, 0)
    """
    axes = [tree.corners[axis::3] for axis in range(3)]  # ten times quicker than along an axis
    low, high = np.array([x.min() for x in axes]), np.array([x.max() for x in axes])
    diagonal = float(np.linalg.norm(high - low))
    finest = float(np.clip(FINEST_MM, SHARES[0] * diagonal, SHARES[1] * diagonal))
    finest = max(finest, THINNEST_MM)
    steps, frame, start = [LEVELS], [], 0
    for level in range(LEVELS):
        spacing = finest * 2.0**level
        cells = np.ceil((high - low) / spacing).astype(int) + 2 * MARGIN
        first = 0.5 * (low + high - cells * spacing)
        rim = (MARGIN - EDGE) * spacing
        steps += [int(cells[0] + 1), int((cells[0] + 1) * (cells[1] + 1)), start]
        frame += [*first, spacing, 1.0 / spacing, rim**2, *(cells - EDGE)]
        start += int(np.prod(cells + 1))
    # straight from the system: memory a process has freed would be cleared and so taken whole
    values = np.frombuffer(mmap.mmap(-1, 4 * start), dtype=np.float32)
    return DistanceGrid(values, np.array(steps), np.array([*frame, share]))
