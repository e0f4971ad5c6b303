"""Compiled least signed distance of points to a closed surface over the poses of a motion.

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
        x, y, z = moved(poses[nearest], points[p])
        best, seed = signed_distance(solid, normals, x, y, z, seed, room)
        last, x0, y0, z0 = best, x, y, z
        step = np.inf if p == 0 else length(points[p], points[p - 1])
        total = before = 0.0
        was_below = was_exact = False
        for k in range(n):
            x, y, z = moved(poses[k], points[p])
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
                        x, y, z = moved(poses[k - 1], points[p])
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


@inner
def moved(pose, point):
    """Return a point moved by a pose."""
    x, y, z = point[0], point[1], point[2]
    return (
        pose[0] * x + pose[1] * y + pose[2] * z + pose[9],
        pose[3] * x + pose[4] * y + pose[5] * z + pose[10],
        pose[6] * x + pose[7] * y + pose[8] * z + pose[11],
    )


@inner
def signed_distance(solid, normals, x, y, z, seed, room):
    """Return the distance of a point to a solid, negative inside, and the nearest triangle.

    The sign is that of the angle-weighted pseudo-normal at the nearest corner, edge or face
    (Baerentzen & Aanaes 2005); where it says nothing, because the point is in line with it or a
    triangle without area meets there, the winding number decides. ``foot`` gets the nearest point.
    """
    corners, foot = solid[2], room[2]
    nearest = nearest_triangle(solid, x, y, z, seed, room)
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
def nearest_triangle(tree, x, y, z, seed, room):
    """Return the triangle nearest to a point; depth first, nearer half first, from a guess."""
    boxes, links, corners = tree
    stack, bounds, foot = room
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
