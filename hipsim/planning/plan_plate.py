"""The plane of a cut as a thing one can look at: a thin square plate."""

import numpy as np
from numpy.typing import ArrayLike

from hipsim.checks import as_array, as_number
from hipsim.errors import InputError
from hipsim.geometry import Mesh, rigid

SIDE_MM, THICKNESS_MM = 50.0, 0.2
_CORNERS = np.array([(x, y, z) for y in (-1, 1) for z in (-1, 1) for x in (-1, 1)], dtype=float)
_FACES = np.array(
    [
        *[(0, 1, 2), (1, 3, 2), (4, 6, 5), (5, 6, 7)],
        *[(0, 4, 1), (1, 4, 5), (2, 3, 6), (3, 7, 6)],
        *[(0, 2, 4), (2, 6, 4), (1, 5, 3), (3, 5, 7)],
    ]
)


def plane_plate(
    point: ArrayLike,
    normal: ArrayLike,
    *,
    side_mm: float = SIDE_MM,
    thickness_mm: float = THICKNESS_MM,
) -> Mesh:
    """Return a plane as a closed square plate, half its thickness on either side.

    Parameters
    ----------
    point
        Middle of the plate, shape (3,), mm.
    normal
        Direction out of the bone, shape (3,), any length but zero.
    side_mm, thickness_mm
        Size of the plate.

    Raises
    ------
    InputError
        If the normal has no length or a size is not positive.

    Examples
    --------
    >>> plate = plane_plate([0, 0, 10], [0, 0, 2])
    >>> plate.is_closed, round(plate.volume_mm3, 6)
    (True, 500.0)
    """
    middle = as_array(point, (3,), name="point")
    way = as_array(normal, (3,), name="normal")
    if np.linalg.norm(way) == 0.0:
        raise InputError("the normal of a plane must have a length, got zeros")
    half = [
        0.5 * as_number(size, name=name, low=1e-6, unit="mm")
        for name, size in (("side_mm", side_mm), ("thickness_mm", thickness_mm))
    ]
    across = np.eye(3)[np.abs(way).argmin()]
    axes = rigid.axes_from(y=rigid.unit(way), z_hint=across)
    corners = _CORNERS * [half[0], half[1], half[0]]
    return Mesh(middle + corners @ axes.T, _FACES)
