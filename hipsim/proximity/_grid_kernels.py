"""Compiled search for the triangles of two surfaces that could be closest, by grids of distances.

A grid holds squared distances D^2 to a surface, filled where asked for. D^2(x) - |x|^2 is concave
whatever the surface, because it is the least of functions linear in x. Hence D^2 interpolated
between the grid nodes g around x, less the sum of w |g - x|^2, bounds D^2(x) from below; and over
a convex set in a ball of radius r, D^2 is at least its least value at the corners less r^2. A few
look-ups thus keep a whole box of triangles of one surface away from all of the other.

A side is a box tree and its grid: boxes, links, corners, values, steps, frame. A pose is twelve
numbers. Arrays and numbers only; nothing here calls, or is called by, another kernel file.
"""

# mypy: allow-untyped-defs

import numpy as np
from numba import njit

kernel = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)  # called from Python
inner = njit(
    nogil=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
)

ROW = 16  # numbers per box: centre 3, half lengths 3, axes 9 (one per three), radius
FRAME = 9  # numbers per level: first node 3, spacing, 1 / spacing, least D^2 outside, last place 3
SPACING = 1.8  # of the grid's level asked, over the largest radius asked with
LEAF_SPACING = 0.8  # of the level asked with leaves, squared, over finest spacing x distance
POINTS = 6  # look-ups that bound a box: corners and middles of its largest face's long sides
BEAM = 8  # boxes per level of the tree among which a first guess is sought
FEW = 8  # boxes not worth a look-up
LEAP = 0.5  # of a step: more than the known corner's distance grows by unless lost sight of
FRESH = 8.0  # radii a box may travel before it is asked again whether it still has to be opened
SMALLEST = 0.5  # of the finest spacing: radius below which a box is not looked into
NEARBY = 0.15  # of the finest spacing: distance below which no box would be ruled out
SHRUNK = 1.0 - 2e-7  # values are kept in single precision, rounded down
LEAST = 1e-30  # kept for zero, which marks what was not asked for yet


@kernel
def find_candidates(side_a, side_b, poses, backs, ways, seeds, lists, counts, states, room):
    """List the boxes of both surfaces that could hold the closest pair, in every pose.

    ``poses`` take a to b, ``backs`` b to a (n, 12); ``ways`` (n, 2) is how far points of a, of b,
    have moved at most since the first pose. Fills a pair of triangles to start from (n, 2), the
    boxes in lists (n, 2, m), leaves or small, and how many they are (n, 2), -1 where they are too
    many to list. ``states``: zeros, one per node of a, of b, to remember how far a box was or
    that it had to be opened. Room to work in: nodes (5, c), numbers (6, 6 c).
    """
    tip, near, last = 0, 0, 0.0
    for k in range(poses.shape[0]):
        pose = poses[k]
        best2, near = nearest2(side_b, moved(pose, side_a[2], 3 * tip), near, room)
        farthest = last + LEAP * (ways[k, 0] - ways[k - 1, 0])
        corner = -1
        if k == 0 or counts[k - 1, 0] < 0 or np.sqrt(best2) > farthest:
            corner = guess_corner(side_a, side_b, pose, room)
        for turn in range(2):
            if corner >= 0 and corner != tip:
                point = moved(pose, side_a[2], 3 * corner)
                square, triangle = nearest2(side_b, point, near, room)
                if square < best2:
                    best2, tip, near = square, corner, triangle
            last = np.sqrt(best2)
            side, other = (side_a, side_b) if turn == 0 else (side_b, side_a)
            pose, found, way = (poses, backs)[turn][k], lists[k, turn], ways[k, turn]
            counts[k, turn], corner = descend(
                side, other, pose, last, found, states[turn], way, room
            )
        seeds[k, 0], seeds[k, 1] = tip // 3, near


@inner
def guess_corner(side, other, pose, room):
    """Return a corner of a side that is probably near: down the tree, a few boxes abreast."""
    boxes, links, front, children = side[0], side[1], room[0][0], room[0][1]
    low, points, ranks = room[1][0], room[1][2:5], room[1][5]
    kept, least, corner = 1, np.inf, 0
    front[0] = 0
    while kept > 0:
        n, widest = 0, 0.0
        for m in range(kept):
            for part in range(2 if links[front[m]] >= 0 else 0):
                children[n] = links[front[m]] if part else front[m] + 1
                widest = max(widest, boxes[children[n] * ROW + 15])
                points[0, n], points[1, n], points[2, n] = moved(pose, boxes, children[n] * ROW)
                n += 1
        ask(other, level_for(other, SPACING * widest, 0.0), n, room)
        kept = 0
        for m in range(n):
            if links[children[m]] < 0 and low[m] < least:
                least, corner = low[m], 3 * (-1 - links[children[m]])
            place = kept
            while place > 0 and low[m] < ranks[place - 1]:
                ranks[place], front[place] = ranks[place - 1], front[place - 1]
                place -= 1
            ranks[place], front[place] = low[m], children[m]
            kept = min(kept + 1, BEAM)
    return corner


@inner
def descend(side, other, pose, best, found, states, travel, room):
    """List the leaves of a side that the other's grid cannot prove farther than ``best``.

    Asks every other generation. Boxes too small for the grid count as leaves. Returns their number,
    -1 if there are too many, and the corner that seems nearest or -1. A state above zero is a lower
    bound of a box's distance plus the travel then; below zero, it was opened at ``-1 - state``.
    """
    boxes, links = side[0], side[1]
    front, asked, leaves = room[0][0], room[0][1], room[0][2]
    capacity, smallest = front.shape[0], SMALLEST * other[5][3]
    n_front, n_leaves = (1, 0) if links[0] >= 0 else (0, 1)
    front[0] = leaves[0] = 0
    if best < NEARBY * other[5][3]:
        return -1, -1
    while n_front > 0:
        if 4 * n_front > capacity or n_leaves + 4 * n_front > capacity:
            return -1, -1
        n_asked, n_open, widest = 0, capacity, 0.0  # boxes to open stand at the end
        for m in range(n_front):
            for part in range(4):
                child = links[front[m]] if part & 2 else front[m] + 1
                if states[child] - travel >= best:
                    continue
                if links[child] >= 0:
                    child = links[child] if part & 1 else child + 1
                    if states[child] - travel >= best:
                        continue
                elif part & 1:
                    continue
                radius = boxes[child * ROW + 15]
                if links[child] < 0:
                    leaves[n_leaves] = child
                    n_leaves += 1
                elif states[child] < 0.0 and travel + states[child] + 1.0 <= FRESH * radius:
                    n_open -= 1
                    asked[n_open] = child
                else:
                    asked[n_asked] = child
                    n_asked += 1
                    widest = max(widest, radius)
        if n_asked > FEW:
            level = level_for(other, SPACING * widest, best + widest)
            n_asked = drop_far(side, other, n_asked, level, pose, best, states, travel, room)
        n_front, gap = 0, n_open - n_asked
        for m in range(capacity - gap):
            node = asked[m if m < n_asked else m + gap]
            if boxes[node * ROW + 15] < smallest:
                leaves[n_leaves] = node
                n_leaves += 1
            else:
                front[n_front] = node
                n_front += 1
    return keep_near(side, other, n_leaves, pose, best, found, states, travel, room)


@inner
def level_for(other, spacing, reach):
    """Return the coarsest level of a grid within a spacing, or else the finest that reaches."""
    frame = other[5]
    f = FRAME * (other[4][0] - 1)
    while f > 0 and frame[f + 3] > spacing and frame[f + 5 - FRAME] >= reach * reach:
        f -= FRAME
    return f // FRAME


@inner
def drop_far(side, other, n, level, pose, best, states, travel, room):
    """Keep the boxes not proven farther than ``best``; return their number.

    First by their centres, then by six points of the largest face through the centre: that is two
    rectangles, and no point of the box is farther from them than the least half length.
    """
    boxes, asked, unclear = side[0], room[0][1], room[0][3]
    low, needs, points = room[1][0], room[1][1], room[1][2:5]
    for m in range(n):
        points[0, m], points[1, m], points[2, m] = moved(pose, boxes, asked[m] * ROW)
        needs[m] = (best + boxes[asked[m] * ROW + 15]) ** 2
    ask(other, level, n, room)
    kept = n_unclear = 0
    for m in range(n):
        node = asked[m]
        if low[m] < best * best:
            states[node] = -1.0 - travel
            asked[kept] = node
            kept += 1
        elif low[m] < needs[m]:
            unclear[n_unclear] = node
            n_unclear += 1
        else:
            states[node] = np.sqrt(low[m]) - boxes[node * ROW + 15] + travel
    for m in range(n_unclear):
        put_face(boxes, unclear[m] * ROW, pose, best, m * POINTS, needs, points)
    ask(other, level, n_unclear * POINTS, room)
    for m in range(n_unclear):
        node, at = unclear[m], m * POINTS
        least = min(min(low[at], low[at + 1]), min(low[at + 2], low[at + 3]))
        least = min(least, min(low[at + 4], low[at + 5]))
        if least < needs[at]:
            states[node] = -1.0 - travel
            asked[kept] = node
            kept += 1
        else:
            half = boxes[node * ROW + 5]
            loss = needs[at] - (best + half) ** 2
            states[node] = np.sqrt(least - loss) - half + travel
    return kept


@inner
def put_face(boxes, row, pose, best, at, needs, points):
    """Place six points on the largest face through a box's centre, and what they must reach."""
    l0, l1, l2 = boxes[row + 3], boxes[row + 4], boxes[row + 5]
    x, y, z = moved(pose, boxes, row)
    ux, uy, uz = turned(pose, boxes, row + 6, l0)
    vx, vy, vz = turned(pose, boxes, row + 9, l1)
    for c in range(POINTS):
        s, t = 1.0 - (c >> 1), 1.0 - 2.0 * (c & 1)
        points[0, at + c] = x + s * ux + t * vx
        points[1, at + c] = y + s * uy + t * vy
        points[2, at + c] = z + s * uz + t * vz
        needs[at + c] = (best + l2) ** 2 + 0.25 * l0 * l0 + l1 * l1


@inner
def keep_near(side, other, n, pose, best, found, states, travel, room):
    """List the leaves not proven farther than ``best`` by their corners; see ``descend``."""
    boxes, links, corners, leaves, first = side[0], side[1], side[2], room[0][2], room[0][3]
    low, needs, points = room[1][0], room[1][1], room[1][2:5]
    widest = 0.0
    for m in range(n):
        leaf, radius = leaves[m], boxes[leaves[m] * ROW + 15]
        widest = max(widest, radius)
        while links[leaf] >= 0:
            leaf += 1
        first[m] = 3 * (-1 - links[leaf])
        for c in range(3):
            at = 3 * m + c
            points[0, at], points[1, at], points[2, at] = moved(pose, corners, 3 * (first[m] + c))
            needs[at] = best * best + radius * radius if leaf == leaves[m] else np.inf
    spacing = np.sqrt(LEAF_SPACING * other[5][3] * best)
    ask(other, level_for(other, spacing, best + widest), 3 * n, room)
    count, nearest, corner = 0, np.inf, -1
    for m in range(n):
        at = 3 * m
        least = min(min(low[at], low[at + 1]), low[at + 2])
        if least >= needs[at]:
            states[leaves[m]] = np.sqrt(least - needs[at] + best * best) + travel
            continue
        if count == found.shape[0]:
            return -1, -1
        found[count] = leaves[m]
        count += 1
        if least < nearest:
            nearest = least
            corner = first[m] + (1 if low[at + 1] == least else (2 if low[at + 2] == least else 0))
    return count, corner


@inner
def ask(other, level, n, room):
    """Bound the squared distances of points from below; measure what the grid does not hold yet.

    A value depends on its place only, so it does not matter which pose, or thread, asks first.
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
    values, steps, frame = other[3], other[4], other[5]
    f, s = FRAME * level, 3 * level + 1
    h = frame[f + 3]
    for corner in range(8):
        p, q, r = corner & 1, (corner >> 1) & 1, corner >> 2
        place = at + np.uint64(p + steps[s] * q + steps[s + 1] * r)
        if values[place] == 0.0:
            x, y, z = frame[f] + h * (i + p), frame[f + 1] + h * (j + q), frame[f + 2] + h * (k + r)
            square, _ = nearest2(other, (x, y, z), 0, room)
            values[place] = max(square * SHRUNK, LEAST)


@inner
def nearest2(side, point, seed, room):
    """Return the squared distance of a point to a side and the nearest triangle, from a guess."""
    boxes, links, corners = side[0], side[1], side[2]
    stack, bounds = room[0][4], room[1][5]
    nearest, height = seed, 1
    best = triangle2(corners, 9 * seed, point)
    stack[0], bounds[0] = 0, -1.0
    while height > 0:
        height -= 1
        if bounds[height] >= best:
            continue
        node = stack[height]
        while links[node] >= 0:
            first, second = node + 1, links[node]
            near = box2(boxes, first * ROW, point)
            far = box2(boxes, second * ROW, point)
            if far < near:
                first, second, near, far = second, first, far, near
            if near >= best:
                break
            if far < best:
                stack[height], bounds[height] = second, far
                height += 1
            node = first
        if links[node] < 0:
            square = triangle2(corners, -9 * (1 + links[node]), point)
            if square < best:
                best, nearest = square, -1 - links[node]
    return best, nearest


@inner
def box2(boxes, row, point):
    """Return the squared distance of a point to a box."""
    px, py, pz = point[0] - boxes[row], point[1] - boxes[row + 1], point[2] - boxes[row + 2]
    square = 0.0
    for k in range(3):
        m = row + 6 + 3 * k
        along = abs(px * boxes[m] + py * boxes[m + 1] + pz * boxes[m + 2])
        square += max(along - boxes[row + 3 + k], 0.0) ** 2
    return square


@inner
def triangle2(corners, row, point):
    """Return the squared distance of a point to a triangle."""
    x, y, z = point
    x0, y0, z0 = corners[row], corners[row + 1], corners[row + 2]
    ux, uy, uz = corners[row + 3] - x0, corners[row + 4] - y0, corners[row + 5] - z0
    vx, vy, vz = corners[row + 6] - x0, corners[row + 7] - y0, corners[row + 8] - z0
    px, py, pz = x - x0, y - y0, z - z0
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    nn = nx * nx + ny * ny + nz * nz
    s = nx * (py * vz - pz * vy) + ny * (pz * vx - px * vz) + nz * (px * vy - py * vx)
    t = nx * (uy * pz - uz * py) + ny * (uz * px - ux * pz) + nz * (ux * py - uy * px)
    if nn > 0.0 and s > 0.0 and t > 0.0 and s + t < nn:
        return (px * nx + py * ny + pz * nz) ** 2 / nn
    best = np.inf
    for i in range(row, row + 9, 3):
        j = i + 3 if i < row + 6 else row
        x0, y0, z0 = corners[i], corners[i + 1], corners[i + 2]
        ux, uy, uz = corners[j] - x0, corners[j + 1] - y0, corners[j + 2] - z0
        px, py, pz = x - x0, y - y0, z - z0
        uu = ux * ux + uy * uy + uz * uz
        s = min(max((ux * px + uy * py + uz * pz) / uu, 0.0), 1.0) if uu > 0.0 else 0.0
        best = min(best, (px - s * ux) ** 2 + (py - s * uy) ** 2 + (pz - s * uz) ** 2)
    return best


@inner
def moved(pose, points, i):
    """Return the point at points[i] moved by a pose."""
    x, y, z = turned(pose, points, i, 1.0)
    return x + pose[9], y + pose[10], z + pose[11]


@inner
def turned(pose, vectors, i, length):
    """Return the vector at vectors[i] turned by a pose, times a length."""
    x, y, z = length * vectors[i], length * vectors[i + 1], length * vectors[i + 2]
    return (
        pose[0] * x + pose[1] * y + pose[2] * z,
        pose[3] * x + pose[4] * y + pose[5] * z,
        pose[6] * x + pose[7] * y + pose[8] * z,
    )
