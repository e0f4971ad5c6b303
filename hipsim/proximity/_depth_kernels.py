"""Compiled signed distance of points to a closed surface, and the depth of one body in another.

A solid is the box tree of a closed surface and its pseudo-normals; a pose is twelve numbers: the
rotation row by row, then the shift, taking coordinates into the solid's frame.
Arrays and numbers only.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel
from hipsim.proximity._point_kernels import ROW, moved, nearest2
from hipsim.proximity._signed_kernels import signed_distance


@kernel
def find_inside(solid, normals, points, is_inside, seed, room):
    """Mark the points (n, 3) that lie inside a solid.

    Neighbours share an answer: nobody crosses a surface within the distance to it. ``seed`` is
    any triangle; for the room to work in see ``signed_distance``.
    """
    x0 = y0 = z0 = safe = 0.0
    known = False
    for k in range(points.shape[0]):
        x, y, z = points[k, 0], points[k, 1], points[k, 2]
        away2 = (x - x0) ** 2 + (y - y0) ** 2 + (z - z0) ** 2
        if k == 0 or away2 >= safe * safe:
            safe, seed = signed_distance(solid, normals, x, y, z, seed, room)
            known, x0, y0, z0 = safe < 0.0, x, y, z
        is_inside[k] = known


@kernel
def find_nearest(tree, points, nearest, seed, room):
    """Find the triangle (in tree order) nearest to each point (n, 3), starting from a seed."""
    for k in range(points.shape[0]):
        point = points[k, 0], points[k, 1], points[k, 2]
        _, seed = nearest2(tree[0], tree[1], tree[2], point, seed, room[0], room[1])
        nearest[k] = seed


@kernel
def find_deepest(tree, solid, normals, poses, depth, points, pairs, items, rooms, room):
    """Find the corner of a surface that lies deepest inside a solid, in every pose.

    Depth first, deeper half first. Nothing in a node is deeper than its radius less the signed
    distance of its centre, nor than its farthest point from any one point of the solid's surface,
    for which the foot of the centre serves: with flat boxes that is the tighter bound. A pose
    starts with the corner that was deepest in the pose before.

    ``depth`` (n,) comes in as the depth to beat and leaves as the largest; where it is beaten,
    fills the corner and the solid's nearest point, both in the solid's frame (n, 6), and the
    triangles of both in tree order (n, 2). Room to work in: items (256, 2), rooms (256,), and
    that of ``signed_distance``. An item is a node, or ``-1 - c`` for the c-th corner, and a
    triangle of the solid to start from.
    """
    boxes, _, corners = tree
    item, foot = 0, room[2]
    seed = 0
    for k in range(poses.shape[0]):
        items[0, 0], items[0, 1], rooms[0] = 0, seed, np.inf
        items[1, 0], items[1, 1], rooms[1] = item, seed, np.inf
        height = 1 if item == 0 else 2
        while height > 0:
            height -= 1
            if rooms[height] <= depth[k]:
                continue
            node, seed = items[height, 0], items[height, 1]
            radius = 0.0
            if node < 0:
                x, y, z = moved(poses[k], corners, -3 * (1 + node))
            else:
                x, y, z = moved(poses[k], boxes, node * ROW)
                radius = boxes[node * ROW + 15]
            signed, seed = signed_distance(solid, normals, x, y, z, seed, room)
            if radius - signed <= depth[k]:
                continue
            if node >= 0:
                back_to_tree(poses[k], foot)
                height = add_parts(tree, node, signed, seed, foot, items, rooms, height)
                continue
            depth[k], item = -signed, node
            points[k, 0], points[k, 1], points[k, 2] = x, y, z
            points[k, 3], points[k, 4], points[k, 5] = foot[0], foot[1], foot[2]
            pairs[k, 0], pairs[k, 1] = (-1 - node) // 3, seed


@inner
def add_parts(tree, node, signed, seed, foot, items, rooms, height):
    """Push the halves of a node, or the corners of a leaf, the deepest last."""
    boxes, links, corners = tree
    row = node * ROW
    bottom = height
    for part in range(3 if links[node] < 0 else 2):
        if links[node] < 0:
            item = 3 * links[node] - part + 2  # of triangle t = -1 - link: -1 - (3 t + part)
            space = min(
                distance(boxes, row, corners, -3 * (1 + item)) - signed,
                distance(foot, 0, corners, -3 * (1 + item)),
            )
        else:
            item = node + 1 if part == 0 else links[node]
            space = min(
                distance(boxes, row, boxes, item * ROW) + boxes[item * ROW + 15] - signed,
                farthest_in_box(boxes, item * ROW, foot),
            )
        place = height
        while place > bottom and rooms[place - 1] > space:
            items[place, 0], items[place, 1] = items[place - 1, 0], items[place - 1, 1]
            rooms[place] = rooms[place - 1]
            place -= 1
        items[place, 0], items[place, 1], rooms[place] = item, seed, space
        height += 1
    return height


@inner
def back_to_tree(pose, foot):
    """Move a point from the solid's frame to the tree's."""
    x, y, z = foot[0] - pose[9], foot[1] - pose[10], foot[2] - pose[11]
    for k in range(3):
        foot[k] = pose[k] * x + pose[3 + k] * y + pose[6 + k] * z


@inner
def farthest_in_box(boxes, row, point):
    """Return the distance of a point to the farthest point of a box."""
    x, y, z = point[0] - boxes[row], point[1] - boxes[row + 1], point[2] - boxes[row + 2]
    square = 0.0
    for k in range(3):
        m = row + 6 + 3 * k
        along = abs(x * boxes[m] + y * boxes[m + 1] + z * boxes[m + 2]) + boxes[row + 3 + k]
        square += along * along
    return np.sqrt(square)


@inner
def distance(p, i, q, j):
    """Return the distance of the points at p[i] and q[j]."""
    return np.sqrt((p[i] - q[j]) ** 2 + (p[i + 1] - q[j + 1]) ** 2 + (p[i + 2] - q[j + 2]) ** 2)
