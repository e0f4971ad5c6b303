"""Compiled distance of two triangles in space, nine numbers each."""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner


@inner
def triangle_distance2(p, q, limit, points):
    """Return the squared distance of triangles p and q (9,) and fill their closest points (6,).

    A pair no closer than the square root of ``limit`` may be answered by any number above it.

    Disjoint triangles are closest along two edges, or at a corner of one that lies over the
    other; triangles that meet are pierced by an edge, or two edges meet. Every candidate is a
    pair of points of the two triangles, so rounding can only lengthen the answer; the search
    ends early at a pair whose two perpendicular planes keep the triangles apart, because that
    proves it closest.
    """
    best, proven = edges_distance2(p, q, limit, points)
    for side in range(0, 6, 3):
        if not proven:
            best, proven = face_distance2(p, q, side, best, points)
        p, q = q, p
    return best


@inner
def edges_distance2(p, q, limit, points):
    """Return the least squared distance of the nine edge pairs and whether it is proven.

    A closest pair of points spans two perpendicular planes; how far apart these keep the
    triangles proves the pair closest, or the triangles no closer than ``limit``.
    """
    best = np.inf
    for i in range(0, 9, 3):
        j = (i + 3) % 9
        for k in range(0, 9, 3):
            m = (k + 3) % 9
            square, s, t = segments_distance2(p, i, j, q, k, m)
            if square >= best:
                continue
            best = square
            over_p = over_q = 0.0
            for c in range(3):
                on_p = p[i + c] + s * (p[j + c] - p[i + c])
                on_q = q[k + c] + t * (q[m + c] - q[k + c])
                points[c], points[3 + c] = on_p, on_q
                over_p += (p[(i + 6) % 9 + c] - on_p) * (on_q - on_p)
                over_q += (q[(k + 6) % 9 + c] - on_q) * (on_q - on_p)
            gap = square - max(over_p, 0.0) + min(over_q, 0.0)
            if gap > 0.0 and (gap == square or gap * gap >= limit * square):
                return best, True
    return best, False


@inner
def segments_distance2(p, i, j, q, k, m):
    """Return the squared distance of segments p[i]p[j] and q[k]q[m] and the places on them.

    Minimises a convex quadratic over the unit square; the free minimum comes from cross
    products, which keep their precision for nearly parallel segments.
    """
    ux, uy, uz = p[j] - p[i], p[j + 1] - p[i + 1], p[j + 2] - p[i + 2]
    vx, vy, vz = q[m] - q[k], q[m + 1] - q[k + 1], q[m + 2] - q[k + 2]
    wx, wy, wz = p[i] - q[k], p[i + 1] - q[k + 1], p[i + 2] - q[k + 2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    nn = nx * nx + ny * ny + nz * nz
    uu = ux * ux + uy * uy + uz * uz
    vv = vx * vx + vy * vy + vz * vz
    uv = ux * vx + uy * vy + uz * vz
    s = t = 0.0
    if nn > 0.0:
        top = nx * (vy * wz - vz * wy) + ny * (vz * wx - vx * wz) + nz * (vx * wy - vy * wx)
        s = min(max(top / nn, 0.0), 1.0)
    if vv > 0.0:
        t = (uv * s + vx * wx + vy * wy + vz * wz) / vv
    if t <= 0.0 or t >= 1.0:
        t = min(max(t, 0.0), 1.0)
        if uu > 0.0:
            s = min(max((uv * t - ux * wx - uy * wy - uz * wz) / uu, 0.0), 1.0)
    x, y, z = wx + s * ux - t * vx, wy + s * uy - t * vy, wz + s * uz - t * vz
    return x * x + y * y + z * z, s, t


@inner
def face_distance2(p, q, side, best, points):
    """Try the corner of p nearest to the plane of q, or where edges of p cross that plane.

    Returns the least squared distance and whether it is proven to be that of the triangles.
    ``side`` is the place of p's point in ``points``.
    """
    ux, uy, uz = q[3] - q[0], q[4] - q[1], q[5] - q[2]
    vx, vy, vz = q[6] - q[0], q[7] - q[1], q[8] - q[2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    first = nx * (p[0] - q[0]) + ny * (p[1] - q[1]) + nz * (p[2] - q[2])
    second = nx * (p[3] - q[0]) + ny * (p[4] - q[1]) + nz * (p[5] - q[2])
    third = nx * (p[6] - q[0]) + ny * (p[7] - q[1]) + nz * (p[8] - q[2])
    is_over = min(first, second, third) > 0.0 or max(first, second, third) < 0.0
    lowest = min(abs(first), abs(second), abs(third))
    proven = False
    for i in range(0, 9, 3):
        j = (i + 3) % 9
        t = first / (first - second) if first * second <= 0.0 and first != second else -1.0
        if is_over:
            t = 0.0 if abs(first) == lowest else -1.0
        if t >= 0.0:
            x = p[i] + t * (p[j] - p[i])
            y = p[i + 1] + t * (p[j + 1] - p[i + 1])
            z = p[i + 2] + t * (p[j + 2] - p[i + 2])
            square = foot_distance2(x, y, z, q, nx, ny, nz, best, side, points)
            if square <= best:
                best, proven = square, is_over
        first, second, third = second, third, first
    return best, proven


@inner
def foot_distance2(x, y, z, q, nx, ny, nz, best, side, points):
    """Return the squared distance of a point from its foot in triangle q, infinite if outside.

    Fills ``points`` if the distance is at most ``best``.
    """
    nn = nx * nx + ny * ny + nz * nz
    if nn == 0.0:
        return np.inf
    px, py, pz = x - q[0], y - q[1], z - q[2]
    ux, uy, uz = q[3] - q[0], q[4] - q[1], q[5] - q[2]
    vx, vy, vz = q[6] - q[0], q[7] - q[1], q[8] - q[2]
    s = (nx * (py * vz - pz * vy) + ny * (pz * vx - px * vz) + nz * (px * vy - py * vx)) / nn
    t = (nx * (uy * pz - uz * py) + ny * (uz * px - ux * pz) + nz * (ux * py - uy * px)) / nn
    if s < 0.0 or t < 0.0 or s + t > 1.0:
        return np.inf
    fx, fy, fz = s * ux + t * vx, s * uy + t * vy, s * uz + t * vz
    square = (px - fx) ** 2 + (py - fy) ** 2 + (pz - fz) ** 2
    if square <= best:
        points[side], points[side + 1], points[side + 2] = x, y, z
        points[3 - side], points[4 - side], points[5 - side] = q[0] + fx, q[1] + fy, q[2] + fz
    return square
