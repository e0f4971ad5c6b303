"""Closed meshes turned into voxels: which voxel centres lie inside."""

import numpy as np

from hipsim.geometry import Mesh

OFF_GRID = np.array([3.1e-7, 2.3e-7])  # voxels: keeps rays off the edges of triangles


def inside(points_of: Mesh, shape, mm_from_index) -> np.ndarray:
    """Return which voxel centres lie in a closed mesh, by counting crossings along axis 2."""
    back = np.linalg.inv(mm_from_index)
    corners = (points_of.vertices @ back[:3, :3].T + back[:3, 3])[points_of.faces]
    corners[..., :2] += OFF_GRID
    low = np.ceil(corners[..., :2].min(axis=1)).astype(int)
    size = np.floor(corners[..., :2].max(axis=1)).astype(int) - low + 1
    toggles = np.zeros((*shape[:2], shape[2] + 1), dtype=np.int32)
    for i, j in np.ndindex(*size.max(axis=0)):
        chosen = np.flatnonzero((size > (i, j)).all(axis=1))
        _toggle(toggles, corners[chosen], low[chosen] + (i, j))
    return np.cumsum(toggles, axis=2)[..., :-1] % 2 == 1


def _toggle(toggles, corners, column) -> None:
    """Mark where the ray of each column enters or leaves through its triangle."""
    a, b, c = np.moveaxis(corners, 1, 0)
    u, v, w = b[:, :2] - a[:, :2], c[:, :2] - a[:, :2], column - a[:, :2]
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        s = (w[:, 0] * v[:, 1] - w[:, 1] * v[:, 0]) / area
        t = (u[:, 0] * w[:, 1] - u[:, 1] * w[:, 0]) / area
        height = a[:, 2] + s * (b[:, 2] - a[:, 2]) + t * (c[:, 2] - a[:, 2])
    is_hit = (s >= 0) & (t >= 0) & (s + t <= 1)
    is_hit &= ((column >= 0) & (column < toggles.shape[:2])).all(axis=1)
    level = np.clip(np.ceil(height[is_hit]), 0, toggles.shape[2] - 1).astype(int)
    np.add.at(toggles, (*column[is_hit].T, level), 1)


def label_volume(meshes, spacing, turn, *, margin=3, offset=(0.3, 0.6, 0.1), around=None):
    """Return a label map of closed meshes by number, and its map from index to mm.

    The axes are the columns of the rotation ``turn``; later meshes win where two overlap. The
    grid leaves ``margin`` voxels around the meshes, or the part of them near the points
    ``around``, and starts off their corner by ``offset``.
    """
    matrix = np.asarray(turn) * np.asarray(spacing)
    boxes = {number: _box(mesh.vertices, matrix) for number, mesh in meshes.items()}
    if around is not None:
        limits = _box(np.asarray(around), matrix)
        boxes = {n: np.clip(box, *limits) for n, box in boxes.items()}
    low = np.min([box[0] for box in boxes.values()], axis=0) - margin
    high = np.max([box[1] for box in boxes.values()], axis=0) + margin
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = matrix, matrix @ (low - np.array(offset))
    values = np.zeros((high - low + 1).astype(int), dtype=np.uint8)
    for number, mesh in meshes.items():
        start = (boxes[number][0] - low).astype(int)
        shape = (boxes[number][1] - boxes[number][0]).astype(int) + 2
        own = affine.copy()
        own[:3, 3] += matrix @ start
        part = values[tuple(slice(a, a + n) for a, n in zip(start, shape, strict=True))]
        part[inside(mesh, part.shape, own)] = number
    return values, affine


def _box(points, matrix):
    """Return the whole indices around points, shape (2, 3)."""
    index = points @ np.linalg.inv(matrix).T
    return np.stack([np.floor(index.min(axis=0)), np.ceil(index.max(axis=0)) + 1])


def blocks(mask, mm_from_index) -> Mesh:
    """Return the surface of voxels as they are: squares of two triangles, outward."""
    padded = np.pad(mask, 1).astype(np.int8)
    corners = []
    for axis in range(3):
        step = np.diff(padded, axis=axis)
        for sign in (1, -1):  # into the solid, out of it
            low = np.argwhere(step == sign) - 1.0
            low[:, axis] += 0.5
            u, v = np.roll(np.eye(3), axis + 1, axis=1)[:2]
            square = np.array([-u - v, u - v, u + v, -u + v]) / 2.0
            corners.append(low[:, None] + square[::-sign])
    points = np.concatenate(corners).reshape(-1, 3)
    points, number = np.unique(np.round(2.0 * points).astype(int), axis=0, return_inverse=True)
    faces = number.reshape(-1, 4)[:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3)
    return Mesh(points / 2.0 @ mm_from_index[:3, :3].T + mm_from_index[:3, 3], faces)
