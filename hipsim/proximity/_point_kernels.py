"""Compiled distance of points to a surface in a box tree; poses and points.

A pose is twelve numbers: the rotation row by row, then the shift. Arrays and numbers only.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner

ROW = 16  # numbers per box: centre 3, half lengths 3, axes 9 (one per three), radius
SURE = 1.0 - 1e-12  # of a bound: what rounding may take, so that the least is found from any guess


@inner
def nearest2(boxes, links, corners, point, guess, stack, bounds):
    """Return the squared distance of a point to a surface and the nearest triangle."""
    nearest, height = guess, 1
    best = triangle2(corners, 9 * guess, point)
    stack[0], bounds[0] = 0, -1.0
    while height > 0:
        height -= 1
        if bounds[height] > best:
            continue
        node = stack[height]
        while links[node] >= 0:
            first, second = node + 1, links[node]
            near = box2(boxes, first * ROW, point)
            far = box2(boxes, second * ROW, point)
            if far < near:
                first, second, near, far = second, first, far, near
            if near > best:
                break
            if far <= best:
                stack[height], bounds[height] = second, far
                height += 1
            node = first
        if links[node] < 0:
            square = triangle2(corners, -9 * (1 + links[node]), point)
            if square < best:
                best, nearest = square, -1 - links[node]
    return best, nearest


@inner
def nearly2(tree, point, guess, share, stack, bounds):
    """Return a bound of the squared distance to a surface, no less than a share, and a triangle.

    What cannot be nearer than that share of the nearest found is not looked into.
    """
    boxes, links, corners = tree
    nearest, height = guess, 1
    best = triangle2(corners, 9 * guess, point)
    bound = best
    stack[0], bounds[0] = 0, -1.0
    while height > 0:
        height -= 1
        node = stack[height]
        if bounds[height] > share * best:
            bound = min(bound, bounds[height])
            continue
        while links[node] >= 0:
            first, second = node + 1, links[node]
            near = box2(boxes, first * ROW, point)
            far = box2(boxes, second * ROW, point)
            if far < near:
                first, second, near, far = second, first, far, near
            if near > share * best:
                bound = min(bound, near)
                break
            if far > share * best:
                bound = min(bound, far)
            else:
                stack[height], bounds[height] = second, far
                height += 1
            node = first
        if links[node] < 0:
            square = triangle2(corners, -9 * (1 + links[node]), point)
            if square < best:
                best, nearest = square, -1 - links[node]
    return min(best, bound), nearest


@inner
def box2(boxes, row, point):
    """Return the squared distance of a point to a box, less what rounding may take."""
    px, py, pz = point[0] - boxes[row], point[1] - boxes[row + 1], point[2] - boxes[row + 2]
    square = 0.0
    for k in range(3):
        m = row + 6 + 3 * k
        along = abs(px * boxes[m] + py * boxes[m + 1] + pz * boxes[m + 2])
        square += max(along - boxes[row + 3 + k], 0.0) ** 2
    return square * SURE


@inner
def triangle2(corners, row, point):
    """Return the squared distance of a point to a triangle."""
    x, y, z, _ = foot_of(corners, row, point[0], point[1], point[2])
    return (point[0] - x) ** 2 + (point[1] - y) ** 2 + (point[2] - z) ** 2


@inner
def foot_of(corners, row, x, y, z):
    """Return the point of a triangle nearest to a point, and the feature it lies on.

    Features: corners 0 to 2, the edges that start there 3 to 5, the face 6.
    """
    ux, uy, uz = difference(corners, row + 3, row)
    vx, vy, vz = difference(corners, row + 6, row)
    x0, y0, z0 = corners[row], corners[row + 1], corners[row + 2]
    px, py, pz = x - x0, y - y0, z - z0
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    nn = nx * nx + ny * ny + nz * nz
    s = nx * (py * vz - pz * vy) + ny * (pz * vx - px * vz) + nz * (px * vy - py * vx)
    t = nx * (uy * pz - uz * py) + ny * (uz * px - ux * pz) + nz * (ux * py - uy * px)
    if nn > 0.0 and s > 0.0 and t > 0.0 and s + t < nn:
        s, t = s / nn, t / nn
        return x0 + s * ux + t * vx, y0 + s * uy + t * vy, z0 + s * uz + t * vz, 6
    best, fx, fy, fz, feature = np.inf, x0, y0, z0, 0
    for corner in range(3):
        i, j = row + 3 * corner, row + 3 * ((corner + 1) % 3)
        x0, y0, z0 = corners[i], corners[i + 1], corners[i + 2]
        ux, uy, uz = difference(corners, j, i)
        px, py, pz = x - x0, y - y0, z - z0
        uu = ux * ux + uy * uy + uz * uz
        s = min(max((ux * px + uy * py + uz * pz) / uu, 0.0), 1.0) if uu > 0.0 else 0.0
        square = (px - s * ux) ** 2 + (py - s * uy) ** 2 + (pz - s * uz) ** 2
        if square < best:
            best, fx, fy, fz = square, x0 + s * ux, y0 + s * uy, z0 + s * uz
            feature = corner if s == 0.0 else ((corner + 1) % 3 if s == 1.0 else 3 + corner)
    return fx, fy, fz, feature


@inner
def difference(points, i, j):
    """Return the vector from points[j] to points[i]."""
    return points[i] - points[j], points[i + 1] - points[j + 1], points[i + 2] - points[j + 2]


@inner
def shifted(pose, x, y, z):
    """Return a point moved by a pose."""
    return (
        pose[0] * x + pose[1] * y + pose[2] * z + pose[9],
        pose[3] * x + pose[4] * y + pose[5] * z + pose[10],
        pose[6] * x + pose[7] * y + pose[8] * z + pose[11],
    )


@inner
def moved(pose, points, i):
    """Return the point at points[i] moved by a pose."""
    return shifted(pose, points[i], points[i + 1], points[i + 2])


@inner
def turned(pose, vectors, i, length):
    """Return the vector at vectors[i] turned by a pose, times a length."""
    x, y, z = length * vectors[i], length * vectors[i + 1], length * vectors[i + 2]
    return (
        pose[0] * x + pose[1] * y + pose[2] * z,
        pose[3] * x + pose[4] * y + pose[5] * z,
        pose[6] * x + pose[7] * y + pose[8] * z,
    )
