"""Compiled boxes and pseudo-normals of a closed surface whose faces are known beforehand.

Arrays and numbers only.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel
from hipsim.proximity._build_kernels import put_longest_first
from hipsim.proximity._point_kernels import ROW


@kernel
def refit_boxes(points, members, starts, boxes):
    """Fit the boxes of a tree to points (n, 3) that moved, keeping the boxes' axes.

    ``members[starts[k] : starts[k + 1]]`` are the points in the box of node k, each of them once.
    The boxes are those of :func:`hipsim.proximity._build_kernels.refit_tree`, in a third of the
    time.
    """
    for node in range(starts.shape[0] - 1):
        row, first, last = node * ROW, starts[node], starts[node + 1]
        u0, u1, u2 = boxes[row + 6], boxes[row + 7], boxes[row + 8]
        v0, v1, v2 = boxes[row + 9], boxes[row + 10], boxes[row + 11]
        w0, w1, w2 = boxes[row + 12], boxes[row + 13], boxes[row + 14]
        low_u = low_v = low_w = np.inf
        high_u = high_v = high_w = -np.inf
        for m in range(first, last):
            i = members[m]
            x, y, z = points[i, 0], points[i, 1], points[i, 2]
            u, v, w = x * u0 + y * u1 + z * u2, x * v0 + y * v1 + z * v2, x * w0 + y * w1 + z * w2
            low_u, low_v, low_w = min(low_u, u), min(low_v, v), min(low_w, w)
            high_u, high_v, high_w = max(high_u, u), max(high_v, v), max(high_w, w)
        u, v, w = 0.5 * (low_u + high_u), 0.5 * (low_v + high_v), 0.5 * (low_w + high_w)
        boxes[row + 3], boxes[row + 4] = 0.5 * (high_u - low_u), 0.5 * (high_v - low_v)
        boxes[row + 5] = 0.5 * (high_w - low_w)
        x0, y0, z0 = (
            u * u0 + v * v0 + w * w0,
            u * u1 + v * v1 + w * w1,
            u * u2 + v * v2 + w * w2,
        )
        boxes[row], boxes[row + 1], boxes[row + 2] = x0, y0, z0
        put_longest_first(boxes, row)
        square = 0.0
        for m in range(first, last):
            i = members[m]
            x, y, z = points[i, 0] - x0, points[i, 1] - y0, points[i, 2] - z0
            square = max(square, x * x + y * y + z * z)
        boxes[row + 15] = np.sqrt(square)


@inner
def known(value):
    """Return a number, or zero where it is none."""
    return value if value == value else 0.0


@kernel
def fill_normals(points, faces, edges, thinnest, room, normals):
    """Fill the pseudo-normals (m, 7, 3) of corners, edges and face, as ``solid.pseudo_normals``.

    ``edges`` (m, 3) numbers the edge that starts at each corner. ``room`` holds the sums at
    corners (n, 3) and at edges (k, 3).
    """
    at_corners, at_edges = room
    for sums in (at_corners, at_edges):
        for i in range(sums.shape[0]):
            for d in range(3):
                sums[i, d] = 0.0
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = (
            points[b, 0] - points[a, 0],
            points[b, 1] - points[a, 1],
            points[b, 2] - points[a, 2],
        )
        vx, vy, vz = (
            points[c, 0] - points[a, 0],
            points[c, 1] - points[a, 1],
            points[c, 2] - points[a, 2],
        )
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        double = np.sqrt(nx * nx + ny * ny + nz * nz)
        wx, wy, wz = vx - ux, vy - uy, vz - uz
        uu, vv, ww = (
            ux * ux + uy * uy + uz * uz,
            vx * vx + vy * vy + vz * vz,
            wx * wx + wy * wy + wz * wz,
        )
        uv = ux * vx + uy * vy + uz * vz
        if double <= thinnest * max(uu, vv, ww):  # noise: corners and edges it touches get nothing
            nx, ny, nz = np.nan, np.nan, np.nan
            double = 1.0
        nx, ny, nz = nx / double, ny / double, nz / double
        normals[f, 6, 0], normals[f, 6, 1], normals[f, 6, 2] = nx, ny, nz
        for i in range(3):
            turn = np.arctan2(double, uv if i == 0 else (uu - uv if i == 1 else vv - uv))
            v, e = faces[f, i], edges[f, i]
            at_corners[v, 0] += turn * nx
            at_corners[v, 1] += turn * ny
            at_corners[v, 2] += turn * nz
            at_edges[e, 0] += nx
            at_edges[e, 1] += ny
            at_edges[e, 2] += nz
    for f in range(faces.shape[0]):
        for i in range(3):
            for d in range(3):
                normals[f, i, d] = known(at_corners[faces[f, i], d])
                normals[f, 3 + i, d] = known(at_edges[edges[f, i], d])
        for d in range(3):
            normals[f, 6, d] = known(normals[f, 6, d])
