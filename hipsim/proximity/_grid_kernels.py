"""Compiled look-ups in the grids of squared distances, filled where asked for.

D^2(x) - |x|^2 is concave for the distance D to any set, because it is the least of functions
linear in x. Hence D^2 interpolated between the grid nodes g around x with weights w, less the sum
of w |g - x|^2, bounds D^2(x) from below.

A side is a box tree and its grid: boxes, links, corners, values, steps, frame. Room to work in:
nodes (5, c), numbers (7, 6 c), fronts, spans and two numbers to remember.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner
from hipsim.proximity._point_kernels import nearly2

FRAME = 9  # numbers per level: first node 3, spacing, 1 / spacing, least D^2 outside, last place 3
SHRUNK = 1.0 - 2e-7  # values are kept in single precision, rounded down
LEAST = 1e-30  # kept for zero, which marks what was not asked for yet


@inner
def level_for(other, spacing, reach):
    """Return the coarsest level of a grid within a spacing, or else the finest that reaches."""
    frame = other[5]
    f = FRAME * (other[4][0] - 1)
    while f > 0 and frame[f + 3] > spacing and frame[f + 5 - FRAME] >= reach * reach:
        f -= FRAME
    return f // FRAME


@inner
def ask(other, level, n, room):
    """Bound the squared distances of points from below; measure what the grid does not hold yet.

    The points are room[1][2:5], the bounds room[1][0]. A value depends on its place only, so it
    does not matter which pose, or thread, asks first.
    """
    values, steps, frame = other[3], other[4], other[5]
    low, points, is_known = room[1][0], room[1][2:5], False
    f, s = FRAME * level, 3 * level + 1
    x0, y0, z0, h, inverse = frame[f], frame[f + 1], frame[f + 2], frame[f + 3], frame[f + 4]
    outside, x1, y1, z1 = frame[f + 5], frame[f + 6], frame[f + 7], frame[f + 8]
    one, dy, dz = np.uint64(1), np.uint64(steps[s]), np.uint64(steps[s + 1])
    start = np.uint64(steps[s + 2])
    while not is_known:
        is_known = True
        for m in range(np.uint64(n)):
            x = (points[0, m] - x0) * inverse
            y = (points[1, m] - y0) * inverse
            z = (points[2, m] - z0) * inverse
            cx, cy, cz = min(max(x, 0.0), x1), min(max(y, 0.0), y1), min(max(z, 0.0), z1)
            i, j, k = np.int64(cx), np.int64(cy), np.int64(cz)
            tx, ty, tz = cx - np.float64(i), cy - np.float64(j), cz - np.float64(k)
            at = start + np.uint64(i) + dy * np.uint64(j) + dz * np.uint64(k)
            a0, a1, b0, b1 = values[at], values[at + one], values[at + dy], values[at + dy + one]
            over = at + dz
            c0, c1 = values[over], values[over + one]
            d0, d1 = values[over + dy], values[over + dy + one]
            ux, uy = 1.0 - tx, 1.0 - ty
            a, b = ux * a0 + tx * a1, ux * b0 + tx * b1  # in double precision from here
            c, d = ux * c0 + tx * c1, ux * d0 + tx * d1
            low_z, high_z = uy * a + ty * b, uy * c + ty * d
            excess = h * h * (tx * ux + ty * uy + tz * (1.0 - tz))
            is_within = (cx == x) & (cy == y) & (cz == z)
            low[m] = (1.0 - tz) * low_z + tz * high_z - excess if is_within else outside
            least = min(min(min(a0, a1), min(b0, b1)), min(min(c0, c1), min(d0, d1)))
            if least == 0.0 and is_within:
                fill(other, level, at, i, j, k, room)
                is_known = False


@inner
def fill(other, level, at, i, j, k, room):
    """Measure the squared distances at the eight nodes of a cell."""
    values, steps, frame, remembered = other[3], other[4], other[5], room[4]
    f, s = FRAME * level, 3 * level + 1
    h, share = frame[f + 3], frame[frame.shape[0] - 1]
    for corner in range(8):
        p, q, r = corner & 1, (corner >> 1) & 1, corner >> 2
        place = at + np.uint64(p + steps[s] * q + steps[s + 1] * r)
        if values[place] == 0.0:
            point = frame[f] + h * (i + p), frame[f + 1] + h * (j + q), frame[f + 2] + h * (k + r)
            square, remembered[0] = nearly2(
                other[:3], point, remembered[0], share, room[0][4], room[1][5]
            )
            values[place] = max(square * SHRUNK, LEAST)
