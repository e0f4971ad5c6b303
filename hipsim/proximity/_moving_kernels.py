"""Compiled pseudo-normals of a closed surface whose neighbourhoods are known beforehand.

Arrays and numbers only.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel


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
