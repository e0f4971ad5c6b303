"""Compiled search for the boxes of two surfaces that could hold their closest points.

The distance is bounded from above by a pair of near points, sought in the first pose and followed
from pose to pose. Then the boxes of either side are sifted (see ``_sift_kernels``) over spans of
neighbouring poses: those not proven farther are asked again in half the span, at last in each
pose alone.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel
from hipsim.proximity._grid_kernels import level_for
from hipsim.proximity._point_kernels import ROW, foot_of, nearest2, shifted
from hipsim.proximity._sift_kernels import (
    ask_faces,
    drop_far,
    measure_way,
    open_boxes,
    stray,
    worthwhile_spacing,
)

FEW = 8  # boxes not worth a look-up
SINGLY = 2  # poses not worth a span
ROUNDS = 3  # from surface to surface and back, to come nearer
CONVERGED = 0.98  # of the squared distance before: no need of another round
SMALLEST = 0.5  # of the finest spacing: radius below which a box is not looked into
NEARBY = 0.15  # of the finest spacing: distance below which no box would be ruled out
SEARCH = -1  # turn in which only near points are sought, before a's (0) and b's (1)


@kernel
def find_candidates(side_a, side_b, poses, backs, ways, wanted, caps, seeds, lists, counts, room):
    """List the boxes of both surfaces that could hold the closest pair, in every pose.

    ``poses`` take a to b, ``backs`` b to a (n, 12). ``wanted`` is 0 if the distance is wanted in
    every pose, 1 if only the least of all.

    Fills how far points of a, of b, have moved at most since the first pose (2, n), bounds of the
    distance from above (n,), pairs of triangles that near (2, n), the boxes in lists (2, n, m),
    leaves or small, and how many they are (2, n), -1 where they are too many to list. Room to
    work in: nodes (5, c), numbers (7, 6 c), fronts (f,), spans (64, 4), four numbers to remember.
    """
    measure_way(side_a, poses, ways[0])
    measure_way(side_b, backs, ways[1])
    for turn in range(SEARCH, 2):
        side, other = (side_b, side_a) if turn == 1 else (side_a, side_b)
        there, back = (backs, poses) if turn == 1 else (poses, backs)
        mine = max(turn, 0)
        way = there, back, ways[mine], caps, seeds[mine], seeds[1 - mine]
        if turn == 0:
            follow(side, other, way, room)
            least = np.inf
            nearby = NEARBY * min(side_a[5][3], side_b[5][3])
            for k in range(poses.shape[0]):
                least = min(least, caps[k])
                counts[0, k] = counts[1, k] = -1 if caps[k] < nearby else 0
            if wanted == 1:
                caps[:] = least
        list_side(side, other, way, lists[mine], counts[mine], turn, room)


@inner
def follow(side, other, way, room):
    """Follow a pair of near points from pose to pose; how near they are bounds the distance."""
    mine, others = way[4], way[5]
    x, y, z = side[2][9 * mine[0]], side[2][9 * mine[0] + 1], side[2][9 * mine[0] + 2]
    for k in range(way[3].shape[0]):
        last = max(k - 1, 0)
        x, y, z = approach(side, other, way, k, mine[last], others[last], x, y, z, room)
        if room[4][3] < 0:  # a nearer pair was known
            x, y, z = side[2][9 * mine[k]], side[2][9 * mine[k] + 1], side[2][9 * mine[k] + 2]


@inner
def approach(side, other, way, k, i, j, x, y, z, room):
    """Go from a point of one surface to the nearest of the other, and back, while that is nearer.

    Returns the last point of the first surface. If no pair as near was known it is noted, and its
    triangle in room[4][3], else -1.
    """
    square = before = np.inf
    for turn in range(2 * ROUNDS):
        is_there = turn % 2 == 0
        pose = way[0][k] if is_there else way[1][k]
        target = other if is_there else side
        x, y, z = shifted(pose, x, y, z)
        square, near = nearest2(
            target[0], target[1], target[2], (x, y, z), j if is_there else i, room[0][4], room[1][5]
        )
        x, y, z, _ = foot_of(target[2], 9 * near, x, y, z)
        if is_there:
            j = near
            continue
        i = near
        if square > CONVERGED * before:
            break
        before = square
    room[4][3] = -1
    if square < way[3][k] ** 2:
        way[3][k] = np.sqrt(square)
        way[4][k], way[5][k], room[4][3] = i, j, i
    return x, y, z


@inner
def list_side(side, other, way, lists, counts, turn, room):
    """List the boxes of one side in every pose, or only seek near points in the first."""
    arena, spans = room[2], room[3]
    arena[0] = room[4][0] = 0
    spans[0, 0], spans[0, 1] = 0, 0 if turn == SEARCH else way[3].shape[0] - 1
    spans[0, 2], spans[0, 3] = 0, 1
    height = 1
    while height > 0:
        height -= 1
        first, last = spans[height, 0], spans[height, 1]
        start, count = spans[height, 2], spans[height, 3]
        if turn != SEARCH and is_settled(counts, first, last):
            continue
        n = sift(side, other, way, first, last, start, count, room)
        if first == last:
            if turn != SEARCH:
                counts[first] = keep_near(side, other, way, first, start + count, n, lists, room)
            continue
        end = start + count
        if n < 0:  # no room: the parts start where this span did
            n, end = count, start
        size = last + 1 - first
        n_parts = size if size <= 2 * SINGLY else 2
        for part in range(n_parts):
            spans[height, 0] = first + size * part // n_parts
            spans[height, 1] = first + size * (part + 1) // n_parts - 1
            spans[height, 2], spans[height, 3] = end, n
            height += 1


@inner
def is_settled(counts, first, last):
    """Tell whether all poses of a span are left to the whole tree."""
    most = counts[first]
    for k in range(first, last + 1):
        most = max(most, counts[k])
    return most < 0


@inner
def sift(side, other, way, first, last, start, count, room):
    """Keep the boxes of a front that could be nearest in some pose of a span, opened if large.

    Writes them behind the front, fronts[start : start + count]; returns how many, or -1 if there
    is no room. In a pose alone triangles are kept untried.
    """
    links, arena, asked, end = side[1], room[2], room[0][1], start + count
    fits, kept = min(asked.shape[0], arena.shape[0] - end), np.int64(0)
    slack, turning = 0.0, 0.0
    smallest, is_alone = SMALLEST * other[5][3], first == last
    if not is_alone:
        slack, turning = stray(side, way, first, last)
        smallest = slack
    if count > fits:
        return -1
    for m in range(count):
        asked[m] = arena[start + m]
    n = count
    while n > 0 and kept >= 0:
        if is_alone:
            n_asked, n = n, 0
            for m in range(n_asked):
                if links[asked[m]] < 0:
                    arena[end + kept] = asked[m]
                    kept += 1
                else:
                    asked[n] = asked[m]
                    n += 1
        if n > FEW:
            n = drop_far(side, other, way, first, last, n, slack, turning, room)
            for tip in range(1 if is_alone else 2):
                if room[4][1 + tip] >= 0:
                    renew(side, other, way, first, last, tip, room)
                    if not is_alone:
                        slack, turning = stray(side, way, first, last)
        else:
            room[1][1, :n] = 0.0
        n, kept = open_boxes(side, n, fits, end, kept, smallest, room)
    return kept


@inner
def renew(side, other, way, first, last, end, room):
    """Follow a nearer pair found at one end of a span towards the other end, while it is nearer."""
    node, links = room[4][1 + end], side[1]
    while links[node] >= 0:
        node += 1
    i, c = -1 - links[node], -9 * (1 + links[node])
    x, y, z = side[2][c], side[2][c + 1], side[2][c + 2]
    j = way[5][last if end == 1 else first]
    for m in range(last + 1 - first):
        k = last - m if end == 1 else first + m
        x, y, z = approach(side, other, way, k, i, j, x, y, z, room)
        if room[4][3] < 0:
            break
        i, j = way[4][k], way[5][k]


@inner
def keep_near(side, other, way, k, start, n, lists, room):
    """List the boxes of a front not proven farther than wanted in a pose; how many, or -1?"""
    boxes, leaves, nodes, low, best = side[0], room[2], room[0][3], room[1][0], way[3][k]
    if n < 0 or n > nodes.shape[0]:
        return -1
    widest, count = 0.0, np.int64(0)
    for m in range(n):
        nodes[m] = leaves[start + m]
        widest = max(widest, boxes[nodes[m] * ROW + 15])
    spacing = worthwhile_spacing(other, way, best)
    ask_faces(side, other, n, level_for(other, spacing, best + widest), way[0][k], best, room)
    for m in range(n):
        if low[m] >= 0.0:
            continue
        if count == lists.shape[1]:
            return -1
        lists[k, count] = nodes[m]
        count += 1
    return count
