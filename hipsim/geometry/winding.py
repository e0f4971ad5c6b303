"""Inside or outside, by the winding number: right for any closed surface, and slow.

Jacobson, Kavan, Sorkine-Hornung, Robust inside-outside segmentation using generalized winding
numbers, ACM Trans Graph 32:33 (2013); the solid angle of a triangle after van Oosterom & Strackee,
IEEE Trans Biomed Eng 30:125 (1983). For thousands of poses see the proximity room.
"""

import numpy as np
from numpy.typing import ArrayLike

from hipsim.checks import Array, as_points
from hipsim.geometry.mesh import Mesh

_PAIRS_AT_ONCE = 2_000_000  # points x faces; bounds the memory


def winding_number(mesh: Mesh, points: ArrayLike) -> Array:
    """Return how often a surface winds around points: 1 inside a closed outward one, 0 outside.

    Parameters
    ----------
    mesh
        Any surface, mm; for an open one the number lies between.
    points
        Shape (n, 3), mm, same frame.

    Returns
    -------
    number
        Shape (n,), no unit.

    Examples
    --------
    >>> body = Mesh(np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> (winding_number(body, [[0.1, 0.1, 0.1], [1, 1, 1]]).round(6) + 0.0).tolist()
    [1.0, 0.0]
    """
    asked = as_points(points)
    at_once = max(1, _PAIRS_AT_ONCE // len(mesh.faces))
    parts = [
        _solid_angles(mesh.triangles, asked[i : i + at_once]).sum(axis=1)
        for i in range(0, len(asked), at_once)
    ]
    return np.concatenate([*parts, np.empty(0)]) / (4.0 * np.pi)


def _solid_angles(triangles: Array, points: Array) -> Array:
    """Return the signed solid angle of each triangle (m, 3, 3) seen from points (n, 3): (n, m)."""
    a, b, c = (triangles[None, :, corner] - points[:, None] for corner in range(3))
    la, lb, lc = (np.linalg.norm(corner, axis=-1) for corner in (a, b, c))
    volume = np.einsum("nmi,nmi->nm", a, np.cross(b, c))
    ab, bc, ca = (np.einsum("nmi,nmi->nm", p, q) for p, q in ((a, b), (b, c), (c, a)))
    angles: Array = 2.0 * np.arctan2(volume, la * lb * lc + ab * lc + bc * la + ca * lb)
    return angles
