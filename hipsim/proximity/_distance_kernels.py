"""Compiled minimum distance between two box trees, one pose after another.

A pose is twelve numbers: the rotation row by row, then the shift, taking a's coordinates to b's.
Arrays and numbers only; nothing here calls, or is called by, another kernel file.
"""

# mypy: allow-untyped-defs

import numpy as np
from numba import njit

kernel = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)  # called from Python
inner = njit(
    nogil=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
)

ROW = 16  # numbers per box: centre 3, half lengths 3, axes 9 (one per three), radius
NEAR = 0.5  # share of the boxes' radii within which their axes are worth a look
TOUCHING_MM2 = 1e-22  # 1e-11 mm squared: rounding of float64 at a few hundred mm


@kernel
def sweep(tree_a, tree_b, poses, lists, counts, distance, points, pairs, stack, bounds, work):
    """Find the closest pair of triangles in every pose.

    ``lists`` (n, 2, m) and ``counts`` (n, 2) name the nodes of a and of b that could hold it; a
    count below zero stands for the whole tree. Each of a's meets each of b's, depth first and
    nearer half first. A pose starts with its pair of triangles in ``pairs`` (n, 2), in tree order,
    and with the pair that was closest in the pose before.

    Fills distance (n,), points on a and on b in b's frame (n, 6) and ``pairs``. Room to work in:
    stack (256, 2), bounds (256,), work (3, 9). An item is a node, or ``-1 - k`` for triangle k.
    """
    boxes_a, links_a, corners_a = tree_a
    boxes_b, links_b, corners_b = tree_b
    p, q, found = work[0], work[1], work[2]
    closest_i = closest_j = -1
    for k in range(poses.shape[0]):
        pose, best = poses[k], np.inf
        points[k] = 0.0
        n_a = counts[k, 0] if counts[k, 0] >= 0 else 1
        n_b = counts[k, 1] if counts[k, 1] >= 0 else 1
        last_i, last_j = closest_i, closest_j
        for m in range(-2, n_a * n_b):
            if m < 0:
                i, j = (-1 - pairs[k, 0], -1 - pairs[k, 1]) if m == -2 else (last_i, last_j)
            else:
                i = lists[k, 0, m // n_b] if counts[k, 0] >= 0 else 0
                j = lists[k, 1, m % n_b] if counts[k, 1] >= 0 else 0
            stack[0, 0], stack[0, 1], bounds[0] = i, j, -np.inf
            if m >= 0 and max(links_a[i], links_b[j]) >= 0:
                bounds[0] = box_bound(boxes_a, i * ROW, boxes_b, j * ROW, pose, best)
            height = 1
            while height > 0 and best > 0.0:
                height -= 1
                if bounds[height] >= best:
                    continue
                i, j = stack[height, 0], stack[height, 1]
                link_a = links_a[i] if i >= 0 else i
                link_b = links_b[j] if j >= 0 else j
                if link_a < 0 and link_b < 0:
                    load_triangles(
                        corners_a, -9 * (1 + link_a), corners_b, -9 * (1 + link_b), pose, p, q
                    )
                    if planes_apart(p, q, points[k], best):
                        continue
                    square = triangle_distance2(p, q, best * best, found)
                    length = 0.0 if square <= TOUCHING_MM2 else np.sqrt(square)
                    if length < best:
                        best, closest_i, closest_j = length, link_a, link_b
                        for c in range(6):
                            points[k, c] = found[c]
                    continue
                is_near = best < NEAR * (boxes_a[i * ROW + 15] + boxes_b[j * ROW + 15])
                if is_near and axis_bound(boxes_a, i * ROW, boxes_b, j * ROW, pose) >= best:
                    continue
                if link_b < 0 or (link_a >= 0 and boxes_a[i * ROW + 15] > boxes_b[j * ROW + 15]):
                    i0, i1, j0, j1 = i + 1, link_a, j, j
                else:
                    i0, i1, j0, j1 = i, i, j + 1, link_b
                near = box_bound(boxes_a, i0 * ROW, boxes_b, j0 * ROW, pose, best)
                far = box_bound(boxes_a, i1 * ROW, boxes_b, j1 * ROW, pose, best)
                if far < near:
                    i0, i1, j0, j1, near, far = i1, i0, j1, j0, far, near
                if far < best:
                    stack[height, 0], stack[height, 1], bounds[height] = i1, j1, far
                    height += 1
                if near < best:
                    stack[height, 0], stack[height, 1], bounds[height] = i0, j0, near
                    height += 1
        distance[k] = best
        pairs[k, 0], pairs[k, 1] = -1 - closest_i, -1 - closest_j


@inner
def planes_apart(p, q, points, best):
    """Tell whether two planes keep triangles farther apart than ``best``.

    Tries planes across the line between a pair of points (6,) and across that of the centres.
    """
    x, y, z = points[3] - points[0], points[4] - points[1], points[5] - points[2]
    for _ in range(2):
        least = min(q[0] * x + q[1] * y + q[2] * z, q[3] * x + q[4] * y + q[5] * z)
        least = min(least, q[6] * x + q[7] * y + q[8] * z)
        most = max(p[0] * x + p[1] * y + p[2] * z, p[3] * x + p[4] * y + p[5] * z)
        most = max(most, p[6] * x + p[7] * y + p[8] * z)
        gap = least - most
        if gap > 0.0 and gap * gap > best * best * (x * x + y * y + z * z):
            return True
        x = (q[0] + q[3] + q[6]) - (p[0] + p[3] + p[6])
        y = (q[1] + q[4] + q[7]) - (p[1] + p[4] + p[7])
        z = (q[2] + q[5] + q[8]) - (p[2] + p[5] + p[8])
    return False


@inner
def box_bound(boxes_a, a, boxes_b, b, pose, best):
    """Return a lower bound of the distance of two boxes: their gap along the line of centres.

    Negative where they overlap, the more so the more they do, so that the search turns there.
    """
    x, y, z = boxes_a[a], boxes_a[a + 1], boxes_a[a + 2]
    dx = pose[0] * x + pose[1] * y + pose[2] * z + pose[9] - boxes_b[b]
    dy = pose[3] * x + pose[4] * y + pose[5] * z + pose[10] - boxes_b[b + 1]
    dz = pose[6] * x + pose[7] * y + pose[8] * z + pose[11] - boxes_b[b + 2]
    length = np.sqrt(dx * dx + dy * dy + dz * dz)
    bound = length - boxes_a[a + 15] - boxes_b[b + 15]
    if bound >= best or length == 0.0:
        return bound
    ex = pose[0] * dx + pose[3] * dy + pose[6] * dz
    ey = pose[1] * dx + pose[4] * dy + pose[7] * dz
    ez = pose[2] * dx + pose[5] * dy + pose[8] * dz
    reach = 0.0
    for k in range(3):
        m = 6 + 3 * k
        along_a = ex * boxes_a[a + m] + ey * boxes_a[a + m + 1] + ez * boxes_a[a + m + 2]
        along_b = dx * boxes_b[b + m] + dy * boxes_b[b + m + 1] + dz * boxes_b[b + m + 2]
        reach += boxes_a[a + 3 + k] * abs(along_a) + boxes_b[b + 3 + k] * abs(along_b)
    return max(bound, length - reach / length)


@inner
def axis_bound(boxes_a, a, boxes_b, b, pose):
    """Return the distance of one box from the other's bounding box in its own axes, the larger.

    Dearer than the line of centres, and better only where boxes are large for their distance.
    """
    x, y, z = boxes_a[a], boxes_a[a + 1], boxes_a[a + 2]
    dx = pose[0] * x + pose[1] * y + pose[2] * z + pose[9] - boxes_b[b]
    dy = pose[3] * x + pose[4] * y + pose[5] * z + pose[10] - boxes_b[b + 1]
    dz = pose[6] * x + pose[7] * y + pose[8] * z + pose[11] - boxes_b[b + 2]
    reach_0 = reach_1 = reach_2 = square_b = 0.0  # reach of b along the axes of a
    for k in range(3):
        n = b + 6 + 3 * k
        x, y, z = boxes_b[n], boxes_b[n + 1], boxes_b[n + 2]
        ex = pose[0] * x + pose[3] * y + pose[6] * z
        ey = pose[1] * x + pose[4] * y + pose[7] * z
        ez = pose[2] * x + pose[5] * y + pose[8] * z
        half = boxes_b[b + 3 + k]
        c0 = abs(ex * boxes_a[a + 6] + ey * boxes_a[a + 7] + ez * boxes_a[a + 8])
        c1 = abs(ex * boxes_a[a + 9] + ey * boxes_a[a + 10] + ez * boxes_a[a + 11])
        c2 = abs(ex * boxes_a[a + 12] + ey * boxes_a[a + 13] + ez * boxes_a[a + 14])
        reach_0, reach_1, reach_2 = reach_0 + half * c0, reach_1 + half * c1, reach_2 + half * c2
        reach = c0 * boxes_a[a + 3] + c1 * boxes_a[a + 4] + c2 * boxes_a[a + 5]
        gap = max(abs(dx * x + dy * y + dz * z) - half - reach, 0.0)
        square_b += gap * gap
    ex = pose[0] * dx + pose[3] * dy + pose[6] * dz
    ey = pose[1] * dx + pose[4] * dy + pose[7] * dz
    ez = pose[2] * dx + pose[5] * dy + pose[8] * dz
    square_a = 0.0
    for k in range(3):
        m = a + 6 + 3 * k
        gap = abs(ex * boxes_a[m] + ey * boxes_a[m + 1] + ez * boxes_a[m + 2])
        gap = max(gap - boxes_a[a + 3 + k] - reach_0, 0.0)
        square_a += gap * gap
        reach_0, reach_1, reach_2 = reach_1, reach_2, reach_0
    return np.sqrt(max(square_a, square_b))


@inner
def load_triangles(corners_a, row_a, corners_b, row_b, pose, p, q):
    """Write the corners of a triangle of a, moved, and of b (9,)."""
    for c in range(0, 9, 3):
        x, y, z = corners_a[row_a + c], corners_a[row_a + c + 1], corners_a[row_a + c + 2]
        for m in range(3):
            p[c + m] = pose[3 * m] * x + pose[3 * m + 1] * y + pose[3 * m + 2] * z + pose[9 + m]
            q[c + m] = corners_b[row_b + c + m]


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
