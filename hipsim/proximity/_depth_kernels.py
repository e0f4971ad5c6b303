"""Compiled signed distance of points to a closed surface, and the depth of one body in another.

A solid is the box tree of a closed surface and its pseudo-normals; a pose is twelve numbers: the
rotation row by row, then the shift, taking coordinates into the solid's frame.
Arrays and numbers only; nothing here calls, or is called by, another kernel file.
"""

# mypy: allow-untyped-defs

import numpy as np
from numba import njit

kernel = njit(cache=True, nogil=True, error_model="numpy")  # called from Python
inner = njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)

ROW = 16  # numbers per box: centre 3, half lengths 3, axes 9 (one per three), radius
FEATURES = 21  # numbers per triangle: pseudo-normals of 3 corners, 3 edges, the face
GRAZING = 1e-9  # cosine below which the sign of a pseudo-normal is not trusted
TOUCHING_MM = 1e-11  # rounding of float64 at a few hundred mm: on the surface, hence not inside


@kernel
def find_inside(solid, normals, points, is_inside, seed, stack, bounds, foot):
    """Mark the points (n, 3) that lie inside a solid.

    Neighbours share an answer: nobody crosses a surface within the distance to it. ``seed`` is
    any triangle; room to work in: stack (128,), bounds (128,), foot (3,).
    """
    x0 = y0 = z0 = safe = 0.0
    known = False
    for k in range(points.shape[0]):
        x, y, z = points[k, 0], points[k, 1], points[k, 2]
        away2 = (x - x0) ** 2 + (y - y0) ** 2 + (z - z0) ** 2
        if k == 0 or away2 >= safe * safe:
            safe, seed = signed_distance(solid, normals, x, y, z, seed, stack, bounds, foot)
            known, x0, y0, z0 = safe < 0.0, x, y, z
        is_inside[k] = known


@kernel
def find_nearest(tree, points, nearest, seed, stack, bounds, foot):
    """Find the triangle (in tree order) nearest to each point (n, 3), starting from a seed."""
    for k in range(points.shape[0]):
        x, y, z = points[k, 0], points[k, 1], points[k, 2]
        seed = nearest_triangle(tree, x, y, z, seed, stack, bounds, foot)
        nearest[k] = seed


@kernel
def find_deepest(
    tree, solid, normals, poses, depth, points, pairs, items, rooms, stack, bounds, foot
):
    """Find the corner of a surface that lies deepest inside a solid, in every pose.

    Depth first, deeper half first. Nothing in a node is deeper than its radius less the signed
    distance of its centre, nor than its farthest point from any one point of the solid's surface,
    for which the foot of the centre serves: with flat boxes that is the tighter bound. A pose
    starts with the corner that was deepest in the pose before.

    ``depth`` (n,) comes in as the depth to beat and leaves as the largest; where it is beaten,
    fills the corner and the solid's nearest point, both in the solid's frame (n, 6), and the
    triangles of both in tree order (n, 2). Room to work in: items (256, 2), rooms (256,), stack
    (128,), bounds (128,), foot (3,). An item is a node, or ``-1 - c`` for the c-th corner, and a
    triangle of the solid to start from.
    """
    boxes, links, corners = tree
    item = seed = 0
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
            signed, seed = signed_distance(solid, normals, x, y, z, seed, stack, bounds, foot)
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
            room = min(
                distance(boxes, row, corners, -3 * (1 + item)) - signed,
                distance(foot, 0, corners, -3 * (1 + item)),
            )
        else:
            item = node + 1 if part == 0 else links[node]
            room = min(
                distance(boxes, row, boxes, item * ROW) + boxes[item * ROW + 15] - signed,
                farthest_in_box(boxes, item * ROW, foot),
            )
        place = height
        while place > bottom and rooms[place - 1] > room:
            items[place, 0], items[place, 1] = items[place - 1, 0], items[place - 1, 1]
            rooms[place] = rooms[place - 1]
            place -= 1
        items[place, 0], items[place, 1], rooms[place] = item, seed, room
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


@inner
def moved(pose, points, i):
    """Return the point at points[i] moved by a pose."""
    x, y, z = points[i], points[i + 1], points[i + 2]
    return (
        pose[0] * x + pose[1] * y + pose[2] * z + pose[9],
        pose[3] * x + pose[4] * y + pose[5] * z + pose[10],
        pose[6] * x + pose[7] * y + pose[8] * z + pose[11],
    )


@inner
def signed_distance(solid, normals, x, y, z, seed, stack, bounds, foot):
    """Return the distance of a point to a solid, negative inside, and the nearest triangle.

    The sign is that of the angle-weighted pseudo-normal at the nearest corner, edge or face
    (Baerentzen & Aanaes 2005); where it says nothing, because the point is in line with it or a
    triangle without area meets there, the winding number decides. ``foot`` gets the nearest point.
    """
    corners = solid[2]
    nearest = nearest_triangle(solid, x, y, z, seed, stack, bounds, foot)
    square, feature = foot_on_triangle(corners, 9 * nearest, x, y, z, foot)
    length = np.sqrt(square)
    row = FEATURES * nearest + 3 * feature
    nx, ny, nz = normals[row], normals[row + 1], normals[row + 2]
    along = nx * (x - foot[0]) + ny * (y - foot[1]) + nz * (z - foot[2])
    if abs(along) > GRAZING * length * np.sqrt(nx * nx + ny * ny + nz * nz):
        is_inside = along < 0.0
    else:
        is_inside = length > TOUCHING_MM and winding_number(corners, x, y, z) > 0.5
    return (-length if is_inside else length), nearest


@inner
def nearest_triangle(tree, x, y, z, seed, stack, bounds, foot):
    """Return the triangle nearest to a point; depth first, nearer half first, from a guess."""
    boxes, links, corners = tree
    nearest = seed
    best, _ = foot_on_triangle(corners, 9 * seed, x, y, z, foot)
    stack[0], bounds[0] = 0, -1.0
    height = 1
    while height > 0:
        height -= 1
        if bounds[height] >= best:
            continue
        node = stack[height]
        while links[node] >= 0:
            first, second = node + 1, links[node]
            near = box_distance2(boxes, first * ROW, x, y, z)
            far = box_distance2(boxes, second * ROW, x, y, z)
            if far < near:
                first, second, near, far = second, first, far, near
            if near >= best:
                break
            if far < best:
                stack[height], bounds[height] = second, far
                height += 1
            node = first
        if links[node] < 0:
            square, _ = foot_on_triangle(corners, 9 * (-1 - links[node]), x, y, z, foot)
            if square < best:
                best, nearest = square, -1 - links[node]
    return nearest


@inner
def box_distance2(boxes, row, x, y, z):
    """Return the squared distance of a point to a box."""
    px, py, pz = x - boxes[row], y - boxes[row + 1], z - boxes[row + 2]
    square = 0.0
    for k in range(3):
        m = row + 6 + 3 * k
        over = abs(px * boxes[m] + py * boxes[m + 1] + pz * boxes[m + 2]) - boxes[row + 3 + k]
        if over > 0.0:
            square += over * over
    return square


@inner
def foot_on_triangle(corners, row, x, y, z, foot):
    """Return the squared distance of a point to a triangle and the feature nearest to it.

    Features: corners 0 to 2, the edges that start there 3 to 5, the face 6.
    """
    ux, uy, uz = difference(corners, row + 3, row)
    vx, vy, vz = difference(corners, row + 6, row)
    px, py, pz = x - corners[row], y - corners[row + 1], z - corners[row + 2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    nn = nx * nx + ny * ny + nz * nz
    s = nx * (py * vz - pz * vy) + ny * (pz * vx - px * vz) + nz * (px * vy - py * vx)
    t = nx * (uy * pz - uz * py) + ny * (uz * px - ux * pz) + nz * (ux * py - uy * px)
    if nn > 0.0 and s > 0.0 and t > 0.0 and s + t < nn:
        s, t = s / nn, t / nn
        fx, fy, fz = s * ux + t * vx, s * uy + t * vy, s * uz + t * vz
        foot[0], foot[1], foot[2] = corners[row] + fx, corners[row + 1] + fy, corners[row + 2] + fz
        return (px - fx) ** 2 + (py - fy) ** 2 + (pz - fz) ** 2, 6
    best, feature = np.inf, 0
    for corner in range(3):
        i = row + 3 * corner
        j = row + 3 * ((corner + 1) % 3)
        ux, uy, uz = difference(corners, j, i)
        px, py, pz = x - corners[i], y - corners[i + 1], z - corners[i + 2]
        uu = ux * ux + uy * uy + uz * uz
        along = ux * px + uy * py + uz * pz
        s = min(max(along / uu, 0.0), 1.0) if uu > 0.0 else 0.0
        square = (px - s * ux) ** 2 + (py - s * uy) ** 2 + (pz - s * uz) ** 2
        if square < best:
            best = square
            feature = 3 + corner
            if s == 0.0:
                feature = corner
            elif s == 1.0:
                feature = (corner + 1) % 3
            foot[0] = corners[i] + s * ux
            foot[1] = corners[i + 1] + s * uy
            foot[2] = corners[i + 2] + s * uz
    return best, feature


@inner
def difference(corners, i, j):
    """Return the vector from the point at j to the point at i."""
    return corners[i] - corners[j], corners[i + 1] - corners[j + 1], corners[i + 2] - corners[j + 2]


@inner
def winding_number(corners, x, y, z):
    """Return how often a closed surface turns round a point (van Oosterom & Strackee 1983)."""
    total = 0.0
    for row in range(0, corners.shape[0], 9):
        ax, ay, az = corners[row] - x, corners[row + 1] - y, corners[row + 2] - z
        bx, by, bz = corners[row + 3] - x, corners[row + 4] - y, corners[row + 5] - z
        cx, cy, cz = corners[row + 6] - x, corners[row + 7] - y, corners[row + 8] - z
        a = np.sqrt(ax * ax + ay * ay + az * az)
        b = np.sqrt(bx * bx + by * by + bz * bz)
        c = np.sqrt(cx * cx + cy * cy + cz * cz)
        triple = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
        below = (
            a * b * c
            + (ax * bx + ay * by + az * bz) * c
            + (bx * cx + by * cy + bz * cz) * a
            + (cx * ax + cy * ay + cz * az) * b
        )
        total += np.arctan2(triple, below)
    return total / (2.0 * np.pi)
