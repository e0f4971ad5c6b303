"""Compiled sifting of boxes that could be nearest in some pose of a span.

D^2 interpolated between points v around x with weights w, less the sum of w |v - x|^2, bounds
D^2(x) from below whether the points are grid nodes around a place, the corners of a box, or the
ends of a straight way. So a few look-ups at the first and the last pose keep a box away from the
whole other surface in all poses between; how far these leave the straight way is added.

A way from side to side is the poses, their inverses, the length of the way to each (n,), the
distance that has to be beaten (n,), and near triangles of one and of the other (n,).
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner
from hipsim.proximity._grid_kernels import FRAME, ask, level_for
from hipsim.proximity._point_kernels import ROW, moved, shifted, turned

SPACING = 1.8  # of the grid's level asked, over the largest radius asked with
POINTS = 6  # look-ups that bound a box: corners and middles of its largest face's long sides
FINE = 0.8  # of a spacing squared, over finest spacing x distance: finer tells little more
COARSE = 2.0  # the same where poses are so few that filling the grids takes most of the time
STRIDE_MM = 2.5  # mean way between poses that counts as few
SMALL = 0.5  # of the way a box goes in a span: radius below which the span is cut, not the box


@inner
def stray(side, way, first, last):
    """Return how far the poses of a span, and the distances to beat, leave a straight way.

    The straight way goes from the first pose to the last; no point of the box around the side is
    farther from it than a corner is. Also returns how much longer the way of a point may be than
    that of another, over their distance.
    """
    poses, lengths, caps = way[0], way[2], way[3]
    one, two = poses[first], poses[last]
    off = over = square = 0.0
    for m in range(9):
        square += (two[m] - one[m]) ** 2
    length = lengths[last] - lengths[first]
    for k in range(first + 1, last):
        pose = poses[k]
        t = (lengths[k] - lengths[first]) / length if length > 0.0 else 0.0
        s = 1.0 - t
        over = max(over, caps[k] - s * caps[first] - t * caps[last])
        for c in range(8):
            x, y, z = corner_of(side[0], c)
            far = 0.0
            for m in range(3):
                n = 3 * m
                d = (pose[n] - s * one[n] - t * two[n]) * x
                d += (pose[n + 1] - s * one[n + 1] - t * two[n + 1]) * y
                d += (pose[n + 2] - s * one[n + 2] - t * two[n + 2]) * z
                far += (d + pose[9 + m] - s * one[9 + m] - t * two[9 + m]) ** 2
            off = max(off, far)
    return over + np.sqrt(off), np.sqrt(0.5 * square)


@inner
def corner_of(boxes, c):
    """Return a corner of the box around a whole side."""
    u = boxes[3] if c & 1 else -boxes[3]
    v = boxes[4] if c & 2 else -boxes[4]
    w = boxes[5] if c & 4 else -boxes[5]
    x = boxes[0] + u * boxes[6] + v * boxes[9] + w * boxes[12]
    y = boxes[1] + u * boxes[7] + v * boxes[10] + w * boxes[13]
    z = boxes[2] + u * boxes[8] + v * boxes[11] + w * boxes[14]
    return x, y, z


@inner
def measure_way(side, poses, lengths):
    """Measure how far points of a side have moved at most since the first pose."""
    lengths[0] = 0.0
    for k in range(1, poses.shape[0]):
        one, two, far = poses[k - 1], poses[k], 0.0
        for c in range(8):
            x, y, z = corner_of(side[0], c)
            u, v, w = shifted(two, x, y, z)
            x, y, z = shifted(one, x, y, z)
            far = max(far, (u - x) ** 2 + (v - y) ** 2 + (w - z) ** 2)
        lengths[k] = lengths[k - 1] + np.sqrt(far)


@inner
def open_boxes(side, n, fits, end, kept, smallest, room):
    """Open the boxes left over, room[0][1], that are large for the way they go in a span.

    The others are kept at fronts[end + kept:]. Returns how many are asked next and how many are
    kept, or -1 if there is no room.
    """
    boxes, links, arena, front = side[0], side[1], room[2], room[0][0]
    asked, chords, n_front = room[0][1], room[1][1], 0
    for m in range(n):
        node = asked[m]
        radius = boxes[node * ROW + 15]
        if links[node] < 0 or radius < smallest or radius < SMALL * np.sqrt(chords[m]):
            arena[end + kept] = node
            kept += 1
        else:
            front[n_front] = node
            n_front += 1
    if kept + 4 * n_front > fits:
        return 0, -1
    n = 0
    for m in range(n_front):
        for part in range(4):
            child = links[front[m]] if part & 2 else front[m] + 1
            if links[child] >= 0:
                child = links[child] if part & 1 else child + 1
            elif part & 1:
                continue
            asked[n] = child
            n += 1
    return n, kept


@inner
def drop_far(side, other, way, first, last, n, slack, turning, room):
    """Keep the boxes, room[0][1], not proven farther than wanted in all of a span; how many?

    First by their centres at both ends, then by a few points of each at one end and the other.
    Notes the squared way of every box that is kept, and in room[4][1:3] for either end a box that
    is surely nearer than any pair known, or -1.
    """
    boxes, asked, unclear = side[0], room[0][1], room[0][3]
    low, chords, spares, lengths = room[1][0], room[1][1], room[1][5], room[1][6]
    poses, near, far = way[0], way[3][first] + slack, way[3][last] + slack
    put_centres(boxes, poses[first], poses[last], n, room)
    at = n if first < last else 0
    widest = 0.0
    for m in range(n):
        widest = max(widest, boxes[asked[m] * ROW + 15])
    spacing = max(SPACING * widest, worthwhile_spacing(other, way, max(near, far)))
    level = level_for(other, spacing, max(near, far) + widest)
    ask(other, level, n + at, room)
    n_unclear, kept = np.int64(0), np.int64(0)
    least_here = least_there = np.inf
    unsure = other[5][FRAME * level + 3] ** 2  # more than interpolation takes from a bound
    room[4][1] = room[4][2] = -1
    for m in range(n):
        node = asked[m]
        radius = boxes[node * ROW + 15]
        here, there = low[m], low[at + m]
        if here < least_here and here + unsure < max(near - slack - radius, 0.0) ** 2:
            least_here, room[4][1] = here, node
        if there < least_there and there + unsure < max(far - slack - radius, 0.0) ** 2:
            least_there, room[4][2] = there, node
        if here < near * near or there < far * far:
            asked[kept], chords[kept] = node, chords[m]
            kept += 1
        elif spare(here - (near + radius) ** 2, there - (far + radius) ** 2, chords[m]) < 0.0:
            unclear[n_unclear], lengths[n_unclear], spares[n_unclear] = node, chords[m], np.inf
            n_unclear += 1
    for end in range(2 if first < last else 1):
        k = last if end == 1 else first
        ask_faces(side, other, n_unclear, level, poses[k], far if end == 1 else near, room)
        is_last, n_left = end == 1 or first == last, np.int64(0)
        for m in range(n_unclear):
            node = unclear[m]
            chord = np.sqrt(lengths[m]) + turning * boxes[node * ROW + 15]
            gain = low[m] if end == 0 else spare(spares[m], low[m], chord * chord)
            if gain < 0.0:
                asked[kept], chords[kept] = node, lengths[m]
                kept += 1
            elif not is_last:
                unclear[n_left], lengths[n_left], spares[n_left] = node, lengths[m], low[m]
                n_left += 1
        n_unclear = n_left
    return kept


@inner
def worthwhile_spacing(other, way, best):
    """Return the spacing below which a grid is not worth filling, for a distance to beat."""
    n_poses = way[2].shape[0]
    share = COARSE if way[2][n_poses - 1] > STRIDE_MM * n_poses else FINE
    return np.sqrt(share * other[5][3] * best)


@inner
def spare(first, second, square):
    """Return the least of (1 - s) first + s second - s (1 - s) square over s from 0 to 1."""
    if abs(first - second) >= square:
        return min(first, second)
    return 0.5 * (first + second) - 0.25 * square - 0.25 * (first - second) ** 2 / square


@inner
def put_centres(boxes, one, two, n, room):
    """Place the centres of boxes in both poses and note the squares of their ways."""
    asked, chords, points = room[0][1], room[1][1], room[1][2:5]
    for m in range(n):
        row = asked[m] * ROW
        x, y, z = moved(one, boxes, row)
        u, v, w = moved(two, boxes, row)
        points[0, m], points[1, m], points[2, m] = x, y, z
        points[0, n + m], points[1, n + m], points[2, n + m] = u, v, w
        chords[m] = (u - x) ** 2 + (v - y) ** 2 + (w - z) ** 2


@inner
def ask_faces(side, other, n, level, pose, best, room):
    """Bound what boxes, room[0][3], have to spare: squared distance less what is lost and wanted.

    By the corners of a triangle, or by six points of the largest face through a box's centre: that
    is two rectangles, and no point of the box is farther from them than the least half length.
    """
    boxes, links, nodes = side[0], side[1], room[0][3]
    low, points, total = room[1][0], room[1][2:5], np.int64(0)
    for m in range(n):
        link = links[nodes[m]]
        if link < 0:
            for c in range(3):
                x, y, z = moved(pose, side[2], 3 * c - 9 * (1 + link))
                points[0, total + c], points[1, total + c], points[2, total + c] = x, y, z
            total += 3
        else:
            put_face(boxes, nodes[m] * ROW, pose, total, points)
            total += POINTS
    ask(other, level, total, room)
    at = np.int64(0)
    for m in range(n):
        row = nodes[m] * ROW
        least = min(min(low[at], low[at + 1]), low[at + 2])
        if links[nodes[m]] < 0:
            low[m] = least - best**2 - boxes[row + 15] ** 2
            at += 3
        else:
            least = min(least, min(min(low[at + 3], low[at + 4]), low[at + 5]))
            loss = 0.25 * boxes[row + 3] ** 2 + boxes[row + 4] ** 2
            low[m] = least - (best + boxes[row + 5]) ** 2 - loss
            at += POINTS


@inner
def put_face(boxes, row, pose, at, points):
    """Place six points on the largest face through a box's centre."""
    l0, l1 = boxes[row + 3], boxes[row + 4]
    x, y, z = moved(pose, boxes, row)
    ux, uy, uz = turned(pose, boxes, row + 6, l0)
    vx, vy, vz = turned(pose, boxes, row + 9, l1)
    for c in range(POINTS):
        s, t = 1.0 - (c >> 1), 1.0 - 2.0 * (c & 1)
        points[0, at + c] = x + s * ux + t * vx
        points[1, at + c] = y + s * uy + t * vy
        points[2, at + c] = z + s * uz + t * vz
