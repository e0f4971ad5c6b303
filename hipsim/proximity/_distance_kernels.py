"""Compiled minimum distance between two box trees, one pose after another.

A pose is twelve numbers: the rotation row by row, then the shift, taking a's coordinates to b's.
Arrays and numbers only.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel
from hipsim.proximity._point_kernels import ROW, moved
from hipsim.proximity._triangle_kernels import triangle_distance2

NEAR = 0.5  # share of the boxes' radii within which their axes are worth a look
NEARLY = 1.0 - 1e-11  # of a squared distance: what rounding may hide
TINY = 1e-10  # mm: nearer by less is not sought
TOUCHING_MM2 = 1e-22  # 1e-11 mm squared: rounding of float64 at a few hundred mm


@kernel
def sweep(tree_a, tree_b, poses, caps, lists, counts, distance, points, pairs, room):
    """Find the closest pair of triangles in every pose.

    ``lists`` (2, n, m) and ``counts`` (2, n) name the nodes of a and of b that could hold it; a
    count below zero stands for the whole tree. A pose starts with its pair of triangles in
    ``pairs`` (n, 2), in tree order; no pair farther than its ``caps`` (n,) is sought.

    Fills distance (n,), points on a and on b in b's frame (n, 6) and ``pairs``. Room to work in:
    stack (256, 2), bounds (256,), triangles (3, 9), reach (2, m), moved triangles (m, 9).
    """
    for k in range(poses.shape[0]):
        pose, closest, on, own = poses[k], pairs[k], points[k], np.inf
        on[:] = 0.0
        n_a, n_b, total = counts[0, k], counts[1, k], np.int64(0)
        if min(n_a, n_b) < 0:
            total = max(n_a, 1) * max(n_b, 1)
        for m in range(-2, total):
            if m == -2:
                i, j = -1 - closest[0], -1 - closest[1]
            elif m == -1:
                if k == 0 or caps[k] < np.inf:
                    continue
                i, j = -1 - pairs[k - 1, 0], -1 - pairs[k - 1, 1]
            else:
                i = np.int64(lists[0, k, m // max(n_b, 1)]) if n_a >= 0 else np.int64(0)
                j = np.int64(lists[1, k, m % max(n_b, 1)]) if n_b >= 0 else np.int64(0)
            best = min(own, caps[k] + TINY) if m >= 0 else own
            found = meet(tree_a, tree_b, pose, i, j, best, on, closest, room)
            if found < best:
                own = found
        if total == 0:
            best = min(own, caps[k] + TINY)
            found = compare(tree_a, tree_b, pose, lists, counts, k, best, on, closest, room)
            if found < best:
                own = found
        distance[k] = own


@inner
def compare(tree_a, tree_b, pose, lists, counts, k, best, on, closest, room):
    """Return the least distance of the listed nodes of a from those of b if less than ``best``.

    Pairs are measured unless a plane across the closest points so far, or across the line of the
    triangles' centres, keeps them apart.
    """
    links_a, links_b, corners_b = tree_a[1], tree_b[1], tree_b[2]
    q, found, reach, triangles = room[2][1], room[2][2], room[3], room[4]
    for m in range(counts[0, k]):
        link = links_a[lists[0, k, m]]
        if link < 0:
            move_triangle(tree_a[2], -9 * (1 + link), pose, triangles[m])
    need = measure_reach(tree_a, tree_b, pose, lists, counts, k, on, room)
    for m in range(counts[0, k]):
        i = np.int64(lists[0, k, m])
        for n in range(counts[1, k]):
            if reach[1, n] - reach[0, m] >= (best - TINY) * need:
                continue
            j, before = np.int64(lists[1, k, n]), best
            if links_a[i] >= 0 or links_b[j] >= 0:
                best = meet(tree_a, tree_b, pose, i, j, best, on, closest, room)
            else:
                for c in range(9):
                    q[c] = corners_b[c - 9 * (1 + links_b[j])]
                if centres_apart(triangles[m], q, best):
                    continue
                square = triangle_distance2(triangles[m], q, best * best, found)
                length = 0.0 if square <= TOUCHING_MM2 else np.sqrt(square)
                if length < best:
                    best, closest[0], closest[1] = length, -1 - links_a[i], -1 - links_b[j]
                    for c in range(6):
                        on[c] = found[c]
            if best < before:
                need = measure_reach(tree_a, tree_b, pose, lists, counts, k, on, room)
    return best


@inner
def measure_reach(tree_a, tree_b, pose, lists, counts, k, on, room):
    """Measure how far nodes of a reach along the line of the closest points, and how near b's are.

    Returns the length of the line, in which the reach is measured.
    """
    reach, triangles = room[3], room[4]
    x, y, z = on[3] - on[0], on[4] - on[1], on[5] - on[2]
    u = pose[0] * x + pose[3] * y + pose[6] * z
    v = pose[1] * x + pose[4] * y + pose[7] * z
    w = pose[2] * x + pose[5] * y + pose[8] * z
    shift = pose[9] * x + pose[10] * y + pose[11] * z
    for m in range(counts[0, k]):
        node = lists[0, k, m]
        if tree_a[1][node] < 0:
            reach[0, m] = -corner_along(triangles[m], 0, -x, -y, -z)
        else:
            reach[0, m] = shift - box_along(tree_a[0], node * ROW, -u, -v, -w)
    for m in range(counts[1, k]):
        node = lists[1, k, m]
        if tree_b[1][node] < 0:
            reach[1, m] = corner_along(tree_b[2], -9 * (1 + tree_b[1][node]), x, y, z)
        else:
            reach[1, m] = box_along(tree_b[0], node * ROW, x, y, z)
    return np.sqrt(x * x + y * y + z * z)


@inner
def corner_along(corners, c, x, y, z):
    """Return the least reach of a triangle along a direction."""
    one = corners[c] * x + corners[c + 1] * y + corners[c + 2] * z
    two = corners[c + 3] * x + corners[c + 4] * y + corners[c + 5] * z
    return min(min(one, two), corners[c + 6] * x + corners[c + 7] * y + corners[c + 8] * z)


@inner
def box_along(boxes, b, x, y, z):
    """Return the least reach of a box along a direction."""
    least = boxes[b] * x + boxes[b + 1] * y + boxes[b + 2] * z
    for c in range(3):
        m = b + 6 + 3 * c
        least -= boxes[b + 3 + c] * abs(boxes[m] * x + boxes[m + 1] * y + boxes[m + 2] * z)
    return least


@inner
def centres_apart(p, q, best):
    """Tell whether planes across the line of their centres keep triangles apart."""
    x = (q[0] + q[3] + q[6]) - (p[0] + p[3] + p[6])
    y = (q[1] + q[4] + q[7]) - (p[1] + p[4] + p[7])
    z = (q[2] + q[5] + q[8]) - (p[2] + p[5] + p[8])
    return apart_along(p, q, x, y, z, best)


@inner
def move_triangle(corners, row, pose, place):
    """Write the corners of a triangle, moved (9,)."""
    for c in range(0, 9, 3):
        place[c], place[c + 1], place[c + 2] = moved(pose, corners, row + c)


@inner
def meet(tree_a, tree_b, pose, i, j, best, on, closest, room):
    """Return the distance of two nodes if it is less than ``best``; depth first, nearer half first.

    Then fills the closest points (6,) and triangles (2,). An item is a node, or ``-1 - k`` for
    triangle k.
    """
    boxes_a, links_a, corners_a = tree_a
    boxes_b, links_b, corners_b = tree_b
    stack, bounds = room[0], room[1]
    p, q, found = room[2][0], room[2][1], room[2][2]
    stack[0, 0], stack[0, 1], bounds[0] = i, j, -np.inf
    height = 1
    while height > 0 and best > 0.0:
        height -= 1
        if bounds[height] >= best:
            continue
        i, j = stack[height, 0], stack[height, 1]
        link_a = links_a[i] if i >= 0 else i
        link_b = links_b[j] if j >= 0 else j
        if link_a < 0 and link_b < 0:
            move_triangle(corners_a, -9 * (1 + link_a), pose, p)
            for c in range(9):
                q[c] = corners_b[c - 9 * (1 + link_b)]
            if points_apart(p, q, on, best) or centres_apart(p, q, best):
                continue
            square = triangle_distance2(p, q, best * best, found)
            length = 0.0 if square <= TOUCHING_MM2 else np.sqrt(square)
            if length < best:
                best, closest[0], closest[1] = length, -1 - link_a, -1 - link_b
                for c in range(6):
                    on[c] = found[c]
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
    return best


@inner
def points_apart(p, q, on, best):
    """Tell whether planes across the line of a pair of points (6,) keep triangles apart."""
    return apart_along(p, q, on[3] - on[0], on[4] - on[1], on[5] - on[2], best)


@inner
def apart_along(p, q, x, y, z, best):
    """Tell whether planes across a direction keep triangles farther apart than ``best``."""
    gap = corner_along(q, 0, x, y, z) + corner_along(p, 0, -x, -y, -z)
    return gap > 0.0 and gap * gap > NEARLY * best * best * (x * x + y * y + z * z)


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
