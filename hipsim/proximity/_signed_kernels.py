"""Compiled signed distance of a point to a closed surface.

A solid is the box tree of a closed surface and its pseudo-normals. Arrays and numbers only.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner
from hipsim.proximity._point_kernels import foot_of, nearest2

FEATURES = 21  # numbers per triangle: pseudo-normals of 3 corners, 3 edges, the face
GRAZING = 1e-9  # cosine below which the sign of a pseudo-normal is not trusted
TOUCHING_MM = 1e-11  # rounding of float64 at a few hundred mm: on the surface, hence not inside


@inner
def signed_distance(solid, normals, x, y, z, seed, room):
    """Return the distance of a point to a solid, negative inside, and the nearest triangle.

    The sign is that of the angle-weighted pseudo-normal at the nearest corner, edge or face
    (Baerentzen & Aanaes 2005); where it says nothing, because the point is in line with it or a
    triangle without area meets there, the winding number decides. Room to work in: stack (128,),
    bounds (128,), and a place for the nearest point (3,).
    """
    boxes, links, corners = solid
    foot = room[2]
    _, nearest = nearest2(boxes, links, corners, (x, y, z), seed, room[0], room[1])
    foot[0], foot[1], foot[2], feature = foot_of(corners, 9 * nearest, x, y, z)
    px, py, pz = x - foot[0], y - foot[1], z - foot[2]
    length = np.sqrt(px * px + py * py + pz * pz)
    row = FEATURES * nearest + 3 * feature
    nx, ny, nz = normals[row], normals[row + 1], normals[row + 2]
    along = nx * px + ny * py + nz * pz
    if abs(along) > GRAZING * length * np.sqrt(nx * nx + ny * ny + nz * nz):
        is_inside = along < 0.0
    else:
        is_inside = length > TOUCHING_MM and winding_number(corners, x, y, z) > 0.5
    return (-length if is_inside else length), nearest


@inner
def winding_number(corners, x, y, z):
    """Return how often a closed surface turns round a point (van Oosterom & Strackee 1983)."""
    total = 0.0
    for row in range(0, corners.shape[0], 9):
        ax, ay, az = corners[row] - x, corners[row + 1] - y, corners[row + 2] - z
        bx, by, bz = corners[row + 3] - x, corners[row + 4] - y, corners[row + 5] - z
        cx, cy, cz = corners[row + 6] - x, corners[row + 7] - y, corners[row + 8] - z
        a = np.sqrt(ax * ax + ay * ay + az * az)
        b = np.sqrt(bx * bx + by * by + bz * bz)
        c = np.sqrt(cx * cx + cy * cy + cz * cz)
        triple = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
        below = (
            a * b * c
            + (ax * bx + ay * by + az * bz) * c
            + (bx * cx + by * cy + bz * cz) * a
            + (cx * ax + cy * ay + cz * az) * b
        )
        total += np.arctan2(triple, below)
    return total / (2.0 * np.pi)
