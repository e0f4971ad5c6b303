"""Compiled measures of a moving femur: sections of its neck, the cap on its lesser trochanter.

Arrays and numbers only. The same quantities as :mod:`hipsim.geometry.section` and
:mod:`hipsim.geometry.cap` tell of any mesh, here of a patch whose faces are known: a tube for the
sections, a single top for the cap.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel

BISECTIONS = 20  # from a cap's depth of at most some 10 mm to 1e-5 mm


@kernel
def tube_sections(points, faces, axis, levels, found):
    """Sum area and first moments of the sections of a tube across an axis through the origin.

    ``levels`` (k,) are evenly spaced along ``axis``; rows of ``found`` (k, 4): twice the area, and
    six times the moment about the axis's own point on each plane.
    """
    first, step = levels[0], levels[1] - levels[0]
    for k in range(levels.shape[0]):
        for i in range(4):
            found[k, i] = 0.0
    for f in range(faces.shape[0]):
        low, high = np.inf, -np.inf
        for c in range(3):
            h = height(points, faces[f, c], axis)
            low, high = min(low, h), max(high, h)
        start = max(0, int(np.ceil((low - first) / step)))
        end = min(levels.shape[0] - 1, int(np.floor((high - first) / step)))
        for k in range(start, end + 1):
            add_segment(points, faces, f, axis, levels[k], found, k)


@inner
def height(points, i, axis):
    """Return how far along an axis a point lies."""
    return points[i, 0] * axis[0] + points[i, 1] * axis[1] + points[i, 2] * axis[2]


@inner
def add_segment(points, faces, f, axis, level, found, k):
    """Add the directed segment in which a plane cuts a face, about the axis's point."""
    leaving, entering = -1, -1
    for c in range(3):
        here = height(points, faces[f, c], axis) >= level
        after = height(points, faces[f, (c + 1) % 3], axis) >= level
        if here and not after:
            leaving = c
        if after and not here:
            entering = c
    if leaving < 0 or entering < 0:
        return
    i, j = faces[f, leaving], faces[f, (leaving + 1) % 3]
    p, q = faces[f, entering], faces[f, (entering + 1) % 3]
    hi, hp = height(points, i, axis) - level, height(points, p, axis) - level
    s = hi / (hi - height(points, j, axis) + level)
    t = hp / (hp - height(points, q, axis) + level)
    ax, ay, az = (
        points[i, 0] + s * (points[j, 0] - points[i, 0]) - level * axis[0],
        points[i, 1] + s * (points[j, 1] - points[i, 1]) - level * axis[1],
        points[i, 2] + s * (points[j, 2] - points[i, 2]) - level * axis[2],
    )
    bx, by, bz = (
        points[p, 0] + t * (points[q, 0] - points[p, 0]) - level * axis[0],
        points[p, 1] + t * (points[q, 1] - points[p, 1]) - level * axis[1],
        points[p, 2] + t * (points[q, 2] - points[p, 2]) - level * axis[2],
    )
    double = (
        (ay * bz - az * by) * axis[0]
        + (az * bx - ax * bz) * axis[1]
        + (ax * by - ay * bx) * axis[2]
    )
    found[k, 0] += double
    found[k, 1] += double * (ax + bx)
    found[k, 2] += double * (ay + by)
    found[k, 3] += double * (az + bz)


@kernel
def cap(points, faces, levels, highest, area, found):
    """Find the highest cap of an area: fill level, weight, moments (3) and area into ``found``.

    ``levels`` is the height of each vertex, ``highest`` that of the top.
    """
    low, high = highest - 1.0, highest
    while area_above(points, faces, levels, low) < area:
        high, low = low, low - 2.0 * (highest - low)
    for _ in range(BISECTIONS):
        level = 0.5 * (low + high)
        if area_above(points, faces, levels, level) < area:
            high = level
        else:
            low = level
    for i in range(6):
        found[i] = 0.0
    found[0] = low
    for f in range(faces.shape[0]):
        add_clipped(points, faces, f, levels, low, found)


@inner
def doubled(points, faces, f):
    """Return twice the area of a face."""
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    ux, uy, uz = (
        points[b, 0] - points[a, 0],
        points[b, 1] - points[a, 1],
        points[b, 2] - points[a, 2],
    )
    vx, vy, vz = (
        points[c, 0] - points[a, 0],
        points[c, 1] - points[a, 1],
        points[c, 2] - points[a, 2],
    )
    x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    return np.sqrt(x * x + y * y + z * z)


@inner
def area_above(points, faces, levels, level):
    """Return the area of the faces above a level."""
    total = 0.0
    for f in range(faces.shape[0]):
        a = levels[faces[f, 0]] - level
        b = levels[faces[f, 1]] - level
        c = levels[faces[f, 2]] - level
        if a <= 0.0 and b <= 0.0 and c <= 0.0:
            continue
        share = 1.0
        if min(a, b, c) < 0.0:
            share = share_above(a, b, c)
        total += 0.5 * share * doubled(points, faces, f)
    return total


@inner
def share_above(a, b, c):
    """Return the share of a triangle above zero from the heights of its corners."""
    if b > a and b > c:
        a, b, c = b, c, a
    elif c > a and c > b:
        a, b, c = c, a, b
    if b <= 0.0 and c <= 0.0:
        return a * a / ((a - b) * (a - c))
    low, other = (b, c) if b < c else (c, b)
    return 1.0 - low * low / ((low - a) * (low - other))


@inner
def add_clipped(points, faces, f, levels, level, found):
    """Add weight (area times height), first moments and area of the part of a face above a level.

    The part is a tip, or the face without one: both are triangles whose corners are on edges.
    """
    top = 0
    for c in range(1, 3):
        if levels[faces[f, c]] > levels[faces[f, top]]:
            top = c
    i, j, k = faces[f, top], faces[f, (top + 1) % 3], faces[f, (top + 2) % 3]
    a, b, c = levels[i] - level, levels[j] - level, levels[k] - level
    if a <= 0.0:
        return
    double = doubled(points, faces, f)
    # corners and heights of up to two triangles: tip-and-edges, by the number of corners above
    s = 1.0 if b > 0.0 else a / (a - b)
    t = 1.0 if c > 0.0 else a / (a - c)
    hj, hk = (b if b > 0.0 else 0.0), (c if c > 0.0 else 0.0)
    add_triangle(points, (i, j, k), (s, t), (a, hj, hk), 0.5 * double * s * t, found)
    if b > 0.0 and c <= 0.0:  # between j, its edge to k, and the edge i to k
        r = b / (b - c)
        add_quarter(points, (i, j, k), (t, r), b, 0.5 * double * r * (1.0 - t), found)
    elif c > 0.0 and b <= 0.0:
        r = c / (c - b)
        add_quarter(points, (i, k, j), (s, r), c, 0.5 * double * r * (1.0 - s), found)


@inner
def add_triangle(points, corners, shares, heights, area, found):
    """Add a triangle at a corner whose two others lie on the edges from it."""
    i, j, k = corners
    s, t = shares
    total = heights[0] + heights[1] + heights[2]
    found[1] += area * total / 3.0
    for d in range(3):
        p = points[i, d]
        q = p + s * (points[j, d] - p)
        r = p + t * (points[k, d] - p)
        found[2 + d] += (
            area
            * ((total + heights[0]) * p + (total + heights[1]) * q + (total + heights[2]) * r)
            / 12.0
        )
    found[5] += area


@inner
def add_quarter(points, corners, shares, height_j, area, found):
    """Add the triangle of a corner j, where j to k and where i to k cross the level."""
    i, j, k = corners
    t, r = shares
    found[1] += area * height_j / 3.0
    for d in range(3):
        q = points[j, d]
        on_jk = q + r * (points[k, d] - q)
        on_ik = points[i, d] + t * (points[k, d] - points[i, d])
        found[2 + d] += area * height_j * (2.0 * q + on_jk + on_ik) / 12.0
    found[5] += area
