"""Compiled loop of the sphere mesh: the smallest value over cones and slabs, point by point.

Cones and slabs that cannot be nearest to any of the points are sorted out first; then, for each
point, those with a ball round them farther away than the best value so far are skipped. The
nearest one of the point before is tried first, because points come neighbour by neighbour.
"""

# mypy: allow-untyped-defs

import numpy as np
from numba import njit

ROUNDING_MM = 1e-6  # so that the nearest cone itself is never sorted out


@njit(cache=True)
def nearest_values(points, cones, cone_balls, slabs, slab_balls):
    """Return the field of a sphere mesh at points (n, 3).

    Rows of ``cones`` (k, 8): start, vector to the end, radius at the start, its change. Rows of
    ``slabs`` (m, 15): corner, unit normal, two vectors that give barycentric coordinates, three
    radii. Rows of ``cone_balls`` and ``slab_balls``: middle and radius of a ball round each.
    """
    middle, spread = _extent(points)
    highest = np.inf
    for j in range(len(cones)):
        dx, dy, dz = cones[j, 0] - middle[0], cones[j, 1] - middle[1], cones[j, 2] - middle[2]
        highest = min(highest, np.sqrt(dx * dx + dy * dy + dz * dz) - cones[j, 6])
    reach = highest + 2.0 * spread + ROUNDING_MM
    near_cones, near_slabs = _within(cone_balls, middle, reach), _within(slab_balls, middle, reach)
    values = np.empty(len(points))
    last_cone, last_slab = near_cones[0], -1
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        best = _cone(cones[last_cone], x, y, z)
        if last_slab >= 0:
            best = min(best, _slab(slabs[last_slab], x, y, z))
        for j in near_cones:
            if _is_farther(cone_balls[j], x, y, z, best):
                continue
            value = _cone(cones[j], x, y, z)
            if value < best:
                best, last_cone = value, j
        for j in near_slabs:
            if _is_farther(slab_balls[j], x, y, z, best):
                continue
            value = _slab(slabs[j], x, y, z)
            if value < best:
                best, last_slab = value, j
        values[i] = best
    return values


@njit(cache=True)
def _extent(points):
    """Return the mean of the points and the distance of the farthest from it."""
    middle = np.zeros(3)
    for i in range(len(points)):
        middle += points[i]
    middle /= len(points)
    farthest = 0.0
    for i in range(len(points)):
        offset = points[i] - middle
        farthest = max(farthest, offset[0] ** 2 + offset[1] ** 2 + offset[2] ** 2)
    return middle, np.sqrt(farthest)


@njit(cache=True)
def _within(balls, middle, reach):
    """Return the indices of the balls that come within a distance of a point."""
    found = np.empty(len(balls), dtype=np.int64)
    n = 0
    for j in range(len(balls)):
        if not _is_farther(balls[j], middle[0], middle[1], middle[2], reach):
            found[n] = j
            n += 1
    return found[:n]


@njit(cache=True)
def _is_farther(ball, x, y, z, reach):
    """Tell whether everything inside a ball is at least ``reach`` away; negative is inside."""
    limit = reach + ball[3]
    dx, dy, dz = x - ball[0], y - ball[1], z - ball[2]
    return limit <= 0.0 or dx * dx + dy * dy + dz * dz > limit * limit


@njit(cache=True)
def _cone(cone, x, y, z):
    """Return the distance to the axis minus the radius there."""
    dx, dy, dz = x - cone[0], y - cone[1], z - cone[2]
    square = cone[3] ** 2 + cone[4] ** 2 + cone[5] ** 2
    share = 0.0
    if square > 0.0:
        share = (dx * cone[3] + dy * cone[4] + dz * cone[5]) / square
        share = min(max(share, 0.0), 1.0)
    dx, dy, dz = dx - share * cone[3], dy - share * cone[4], dz - share * cone[5]
    return np.sqrt(dx * dx + dy * dy + dz * dz) - cone[6] - share * cone[7]


@njit(cache=True)
def _slab(slab, x, y, z):
    """Return the height over the triangle minus the half thickness there; infinite beside it."""
    dx, dy, dz = x - slab[0], y - slab[1], z - slab[2]
    b = dx * slab[6] + dy * slab[7] + dz * slab[8]
    c = dx * slab[9] + dy * slab[10] + dz * slab[11]
    if b < 0.0 or c < 0.0 or b + c > 1.0:
        return np.inf
    height = abs(dx * slab[3] + dy * slab[4] + dz * slab[5])
    return height - (1.0 - b - c) * slab[12] - b * slab[13] - c * slab[14]
