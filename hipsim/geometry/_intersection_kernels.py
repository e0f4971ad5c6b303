"""Compiled search for faces of one surface that pass through each other.

Faces are sorted by where they begin along one axis; each meets those that begin before it ends and
whose boxes overlap its own. Two triangles in general position cross if an edge of one passes
through the other; if they share a corner, only the edges opposite to it can. Moeller, J Graphics
Tools 2:25 (1997); the sign of a volume counts as zero within its rounding error.
"""

# mypy: allow-untyped-defs

from numba import njit

ROUNDING = 1e-14  # of the products a volume is summed from; the bound is about 1e-15

_kernel = njit(cache=True, error_model="numpy")


@_kernel
def crossing_pairs(triangles, corners, boxes, order, axis, found):
    """Write pairs of crossing faces to ``found`` (k, 2) and return how many there are in all.

    ``triangles`` (m, 3, 3); ``corners`` (m, 3) equal where corners coincide; ``boxes`` (m, 6) low
    and high; ``order`` (m,) faces by their low end along ``axis``. What has no room is counted.
    """
    count = 0
    for rank in range(len(order)):
        i = order[rank]
        for other in range(rank + 1, len(order)):
            j = order[other]
            if boxes[j, axis] > boxes[i, 3 + axis]:
                break
            if not _boxes_meet(boxes[i], boxes[j]):
                continue
            if _cross(triangles[i], triangles[j], corners[i], corners[j]):
                if count < len(found):
                    found[count, 0], found[count, 1] = min(i, j), max(i, j)
                count += 1
    return count


@_kernel
def _boxes_meet(a, b):
    """Tell whether two boxes overlap."""
    is_apart = False
    for k in range(3):
        is_apart = is_apart or a[k] > b[3 + k] or b[k] > a[3 + k]
    return not is_apart


@_kernel
def _cross(a, b, corners_a, corners_b):
    """Tell whether two triangles cross, beyond a corner or edge they share."""
    shared, at_a, at_b = 0, -1, -1
    for p in range(3):
        for q in range(3):
            if corners_a[p] == corners_b[q]:
                shared, at_a, at_b = shared + 1, p, q
    if shared >= 2:
        return False
    for k in range(3):
        # edge k runs from corner k to the next; opposite to corner c lies edge c + 1
        if (shared == 0 or k == (at_a + 1) % 3) and _edge_through(a[k], a[(k + 1) % 3], b):
            return True
        if (shared == 0 or k == (at_b + 1) % 3) and _edge_through(b[k], b[(k + 1) % 3], a):
            return True
    return False


@_kernel
def _edge_through(p, q, t):
    """Tell whether the segment from p to q passes through triangle t, its border included."""
    before = _side(t[0], t[1], t[2], p)
    if before == 0 or before != -_side(t[0], t[1], t[2], q):
        return False
    low, high = 0, 0
    for k in range(3):
        turn = _side(p, q, t[k], t[(k + 1) % 3])
        low, high = min(low, turn), max(high, turn)
    return low == 0 or high == 0


@_kernel
def _side(a, b, c, d):
    """Return the sign of the volume of a tetrahedron, 0 within rounding."""
    total, size = 0.0, 0.0
    for k in range(3):
        m, n = (k + 1) % 3, (k + 2) % 3
        first = (b[m] - a[m]) * (c[n] - a[n])
        second = (b[n] - a[n]) * (c[m] - a[m])
        total += (first - second) * (d[k] - a[k])
        size += (abs(first) + abs(second)) * abs(d[k] - a[k])
    if abs(total) <= ROUNDING * size:
        return 0
    return 1 if total > 0.0 else -1
