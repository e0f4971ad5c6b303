"""Compiled least signed distance of points to a closed surface over the poses of a motion.

A solid is the box tree of a closed surface and its pseudo-normals; a pose is twelve numbers: the
rotation row by row, then the shift, taking coordinates into the solid's frame.
Arrays and numbers only.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel
from hipsim.proximity._point_kernels import shifted
from hipsim.proximity._signed_kernels import signed_distance


@kernel
def find_minima(solid, normals, points, poses, level, weights, least, pose, share, bounds, room):
    """Find where in a motion each point is nearest to a solid, and how long it is below a level.

    Distances differ by no more than the way between two places, be it the way since the last pose
    that was measured or from the point before: a pose is left out where both prove that it
    neither lowers the minimum nor crosses the level. The pose that was nearest for the point
    before is measured first, so neighbours should follow each other. ``weights`` holds those of
    the n poses and of the n - 1 steps between them, (2 n - 1,); a step counts by the part of it
    below the level, the distance taken as linear along it.

    Fills the least distance, the first pose that has it, and the share, (m,) each. Room to work
    in: bounds (n, 2), and for the walk to the nearest triangle stack (128,), bounds (128,),
    foot (3,).
    """
    n = poses.shape[0]
    seed = nearest = 0
    for p in range(points.shape[0]):
        x, y, z = shifted(poses[nearest], points[p, 0], points[p, 1], points[p, 2])
        best, seed = signed_distance(solid, normals, x, y, z, seed, room)
        last, x0, y0, z0 = best, x, y, z
        step = np.inf if p == 0 else length(points[p], points[p - 1])
        total = before = 0.0
        was_below = was_exact = False
        for k in range(n):
            x, y, z = shifted(poses[k], points[p, 0], points[p, 1], points[p, 2])
            way = np.sqrt((x - x0) ** 2 + (y - y0) ** 2 + (z - z0) ** 2)
            low, high = last - way, last + way
            if p > 0:
                low, high = max(low, bounds[k, 0] - step), min(high, bounds[k, 1] + step)
            is_exact = low <= best or low < level <= high
            if is_exact:
                last, seed = signed_distance(solid, normals, x, y, z, seed, room)
                x0, y0, z0, low, high = x, y, z, last, last
                if last < best or (last == best and k < nearest):
                    best, nearest = last, k
            is_below = high < level
            part = 1.0 if is_below else 0.0
            total += weights[k] * part
            if k > 0 and weights[n + k - 1] > 0.0:
                if is_below != was_below:
                    if not is_exact:
                        last, seed = signed_distance(solid, normals, x, y, z, seed, room)
                        x0, y0, z0, low, high, is_exact = x, y, z, last, last, True
                    if not was_exact:
                        x, y, z = shifted(poses[k - 1], points[p, 0], points[p, 1], points[p, 2])
                        before, seed = signed_distance(solid, normals, x, y, z, seed, room)
                    part = (level - min(last, before)) / abs(last - before)
                total += weights[n + k - 1] * min(max(part, 0.0), 1.0)
            bounds[k, 0], bounds[k, 1] = low, high
            before, was_below, was_exact = last, is_below, is_exact
        least[p], pose[p], share[p] = best, nearest, total


@inner
def length(a, b):
    """Return the distance of two points."""
    return np.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)
