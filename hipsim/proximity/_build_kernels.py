"""Compiled construction of the box tree; see :mod:`hipsim.proximity.tree` for the layout.

Arrays and numbers only.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel
from hipsim.proximity._point_kernels import ROW

SWEEPS = 8  # cyclic Jacobi converges quadratically; 3x3 needs 3 to 5
ALIGNED = 1e-9  # off-diagonal share below which an axis is as good as principal


@kernel
def build_tree(corners, order, boxes, links, keys, stack, matrix, axes):
    """Build a balanced binary tree of oriented boxes over triangles.

    Parameters
    ----------
    corners
        Nine numbers per triangle, flat.
    order
        Filled with the index of each triangle in tree order, shape (m,).
    boxes
        Filled with one row of ``ROW`` numbers per node, flat; parents before children.
    links
        Filled with the right child of each node (the left child follows its parent), or
        ``-1 - k`` for the leaf of the k-th triangle in tree order, shape (2 m - 1,).
    keys, stack, matrix, axes
        Room to work in: (m,), (128, 3), (3, 3), (3, 3).
    """
    count = order.shape[0]
    for k in range(count):
        order[k] = k
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, 0, count
    height = 1
    while height > 0:
        height -= 1
        node, low, high = stack[height, 0], stack[height, 1], stack[height, 2]
        fit_box(corners, order, low, high, boxes, node * ROW, matrix, axes)
        if high - low == 1:
            links[node] = -1 - low
            continue
        middle = (low + high) // 2
        project(corners, order, low, high, boxes, node * ROW + 6, keys)
        partition(keys, order, low, high - 1, middle)
        links[node] = node + 2 * (middle - low)
        stack[height, 0], stack[height, 1], stack[height, 2] = links[node], middle, high
        height += 1
        stack[height, 0], stack[height, 1], stack[height, 2] = node + 1, low, middle
        height += 1


@kernel
def refit_tree(corners, order, boxes, links, stack, matrix, axes):
    """Fit the boxes of a tree to triangles that moved, keeping its halves and the boxes' axes.

    ``corners`` are in tree order and ``order`` counts up; the rest as in :func:`build_tree`.
    """
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, 0, order.shape[0]
    height = 1
    while height > 0:
        height -= 1
        node, low, high = stack[height, 0], stack[height, 1], stack[height, 2]
        for k in range(3):
            for m in range(3):
                axes[m, k] = boxes[node * ROW + 6 + 3 * k + m]
        enclose(corners, order, low, high, boxes, node * ROW, matrix, axes)
        if high - low == 1:
            continue
        middle = (low + high) // 2
        stack[height, 0], stack[height, 1], stack[height, 2] = links[node], middle, high
        height += 1
        stack[height, 0], stack[height, 1], stack[height, 2] = node + 1, low, middle
        height += 1


@inner
def fit_box(corners, order, low, high, boxes, row, matrix, axes):
    """Write the box of triangles order[low:high] along their principal axes, longest first."""
    scatter(corners, order, low, high, matrix)
    principal_axes(matrix, axes)
    enclose(corners, order, low, high, boxes, row, matrix, axes)


@inner
def enclose(corners, order, low, high, boxes, row, matrix, axes):
    """Write the box of triangles order[low:high] along given axes, its longest axis first."""
    for k in range(3):
        x, y, z = axes[0, k], axes[1, k], axes[2, k]
        least, most = np.inf, -np.inf
        for place in range(low, high):
            c = 9 * order[place]
            first = corners[c] * x + corners[c + 1] * y + corners[c + 2] * z
            second = corners[c + 3] * x + corners[c + 4] * y + corners[c + 5] * z
            third = corners[c + 6] * x + corners[c + 7] * y + corners[c + 8] * z
            least, most = min(least, first, second, third), max(most, first, second, third)
        matrix[0, k], boxes[row + 3 + k] = 0.5 * (most + least), 0.5 * (most - least)
    for m in range(3):
        boxes[row + m] = 0.0
        for k in range(3):
            boxes[row + m] += matrix[0, k] * axes[m, k]
            boxes[row + 6 + 3 * k + m] = axes[m, k]
    put_longest_first(boxes, row)
    square = 0.0
    for place in range(low, high):
        for c in range(9 * order[place], 9 * order[place] + 9, 3):
            x, y = corners[c] - boxes[row], corners[c + 1] - boxes[row + 1]
            z = corners[c + 2] - boxes[row + 2]
            square = max(square, x * x + y * y + z * z)
    boxes[row + 15] = np.sqrt(square)


@inner
def put_longest_first(boxes, row):
    """Swap the axes of a box so that the first is the longest."""
    for k in range(1, 3):
        if boxes[row + 3 + k] > boxes[row + 3]:
            boxes[row + 3], boxes[row + 3 + k] = boxes[row + 3 + k], boxes[row + 3]
            for m in range(row + 6, row + 9):
                boxes[m], boxes[m + 3 * k] = boxes[m + 3 * k], boxes[m]


@inner
def scatter(corners, order, low, high, matrix):
    """Write the scatter matrix of the corners of triangles order[low:high]."""
    c = 9 * order[low]
    x0, y0, z0 = corners[c], corners[c + 1], corners[c + 2]  # near the mean, against cancellation
    sx = sy = sz = xx = xy = xz = yy = yz = zz = 0.0
    for place in range(low, high):
        for c in range(9 * order[place], 9 * order[place] + 9, 3):
            x, y, z = corners[c] - x0, corners[c + 1] - y0, corners[c + 2] - z0
            sx, sy, sz = sx + x, sy + y, sz + z
            xx, xy, xz = xx + x * x, xy + x * y, xz + x * z
            yy, yz, zz = yy + y * y, yz + y * z, zz + z * z
    count = 3.0 * (high - low)
    matrix[0, 0], matrix[1, 1] = xx - sx * sx / count, yy - sy * sy / count
    matrix[2, 2], matrix[0, 1] = zz - sz * sz / count, xy - sx * sy / count
    matrix[0, 2], matrix[1, 2] = xz - sx * sz / count, yz - sy * sz / count
    matrix[1, 0], matrix[2, 0], matrix[2, 1] = matrix[0, 1], matrix[0, 2], matrix[1, 2]


@inner
def principal_axes(matrix, axes):
    """Write the eigenvectors of a symmetric (3, 3) matrix as columns, and spoil it; Jacobi 1846."""
    for k in range(3):
        for m in range(3):
            axes[k, m] = 1.0 if k == m else 0.0
    for _ in range(SWEEPS):
        for p in range(2):
            for q in range(p + 1, 3):
                if abs(matrix[p, q]) <= ALIGNED * (abs(matrix[p, p]) + abs(matrix[q, q])):
                    continue
                theta = 0.5 * (matrix[q, q] - matrix[p, p]) / matrix[p, q]
                tangent = 1.0 / (abs(theta) + np.sqrt(theta * theta + 1.0))
                if theta < 0.0:
                    tangent = -tangent
                cosine = 1.0 / np.sqrt(tangent * tangent + 1.0)
                sine = tangent * cosine
                for k in range(3):
                    kp, kq = matrix[k, p], matrix[k, q]
                    matrix[k, p], matrix[k, q] = cosine * kp - sine * kq, sine * kp + cosine * kq
                for k in range(3):
                    pk, qk = matrix[p, k], matrix[q, k]
                    matrix[p, k], matrix[q, k] = cosine * pk - sine * qk, sine * pk + cosine * qk
                    kp, kq = axes[k, p], axes[k, q]
                    axes[k, p], axes[k, q] = cosine * kp - sine * kq, sine * kp + cosine * kq


@inner
def project(corners, order, low, high, boxes, axis, keys):
    """Write where the centres of triangles order[low:high] lie along an axis."""
    for place in range(low, high):
        total = 0.0
        for c in range(9 * order[place], 9 * order[place] + 9, 3):
            total += corners[c] * boxes[axis] + corners[c + 1] * boxes[axis + 1]
            total += corners[c + 2] * boxes[axis + 2]
        keys[place] = total


@inner
def partition(keys, order, low, high, middle):
    """Reorder so that keys[low:middle] <= keys[middle] <= keys[middle:high+1]; Hoare 1961."""
    while low < high:
        pivot = keys[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while keys[left] < pivot:
                left += 1
            while keys[right] > pivot:
                right -= 1
            if left <= right:
                keys[left], keys[right] = keys[right], keys[left]
                order[left], order[right] = order[right], order[left]
                left += 1
                right -= 1
        if middle <= right:
            high = right
        elif middle >= left:
            low = left
        else:
            return
