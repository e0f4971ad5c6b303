"""Compiled loops of the moving template: places of cones and slabs, and steps onto their union.

Arrays and numbers only. A vertex knows which cones and slabs it can lie on; the others are not
looked at, so that a step costs microseconds.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel

SHORT_MM = 0.15  # a step so short leaves 0.002 mm where the surface is as round as a rim
FLAT = 0.25  # least squared slope a step divides by: near inner ridges the field is flat
NEGLIGIBLE = 3.0  # parts so many blends farther away change nothing


@inner
def cover(centres, radii, balls, covers, row):
    """Fill middle and radius of a ball round the balls of a cell."""
    a, b, c = balls
    reach = 0.0
    for i in range(3):
        covers[row, i] = 0.5 * (
            min(centres[a, i], centres[b, i], centres[c, i])
            + max(centres[a, i], centres[b, i], centres[c, i])
        )
    for k in balls:
        square = 0.0
        for i in range(3):
            square += (centres[k, i] - covers[row, i]) ** 2
        reach = max(reach, np.sqrt(square) + radii[k])
    covers[row, 3] = reach


@kernel
def place_cells(centres, radii, edges, triangles, cones, slabs, covers):
    """Fill the rows of cones (k, 8), slabs (m, 15) and balls round both (k + m, 4).

    Rows are those of :mod:`hipsim.geometry._sphere_mesh_kernels`: start, vector to the end, radius
    and its change; corner, unit normal, two vectors that give barycentric coordinates, three radii.
    """
    for j in range(edges.shape[0]):
        a, b = edges[j, 0], edges[j, 1]
        for i in range(3):
            cones[j, i] = centres[a, i]
            cones[j, 3 + i] = centres[b, i] - centres[a, i]
        cones[j, 6] = radii[a]
        cones[j, 7] = radii[b] - radii[a]
        cover(centres, radii, (a, b, b), covers, j)
    for j in range(triangles.shape[0]):
        a, b, c = triangles[j, 0], triangles[j, 1], triangles[j, 2]
        ux, uy, uz = (
            centres[b, 0] - centres[a, 0],
            centres[b, 1] - centres[a, 1],
            centres[b, 2] - centres[a, 2],
        )
        vx, vy, vz = (
            centres[c, 0] - centres[a, 0],
            centres[c, 1] - centres[a, 1],
            centres[c, 2] - centres[a, 2],
        )
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        square = nx * nx + ny * ny + nz * nz
        length = np.sqrt(square)
        slabs[j, 0], slabs[j, 1], slabs[j, 2] = centres[a, 0], centres[a, 1], centres[a, 2]
        slabs[j, 3], slabs[j, 4], slabs[j, 5] = nx / length, ny / length, nz / length
        slabs[j, 6] = (vy * nz - vz * ny) / square
        slabs[j, 7] = (vz * nx - vx * nz) / square
        slabs[j, 8] = (vx * ny - vy * nx) / square
        slabs[j, 9] = (ny * uz - nz * uy) / square
        slabs[j, 10] = (nz * ux - nx * uz) / square
        slabs[j, 11] = (nx * uy - ny * ux) / square
        slabs[j, 12], slabs[j, 13], slabs[j, 14] = radii[a], radii[b], radii[c]
        cover(centres, radii, (a, b, c), covers, edges.shape[0] + j)


@inner
def cone_value(cones, j, x, y, z, slope):
    """Return the value of a cone at a point and fill its gradient."""
    dx, dy, dz = x - cones[j, 0], y - cones[j, 1], z - cones[j, 2]
    ex, ey, ez = cones[j, 3], cones[j, 4], cones[j, 5]
    square = ex * ex + ey * ey + ez * ez
    share, growth = 0.0, 0.0
    if square > 0.0:
        share = (dx * ex + dy * ey + dz * ez) / square
        if share <= 0.0:
            share = 0.0
        elif share >= 1.0:
            share = 1.0
        else:
            growth = cones[j, 7] / square
    dx, dy, dz = dx - share * ex, dy - share * ey, dz - share * ez
    length = np.sqrt(dx * dx + dy * dy + dz * dz)
    scale = 1.0 / max(length, 1e-9)
    slope[0] = dx * scale - growth * ex
    slope[1] = dy * scale - growth * ey
    slope[2] = dz * scale - growth * ez
    return length - cones[j, 6] - share * cones[j, 7]


@inner
def slab_value(slabs, j, x, y, z, slope):
    """Return the value of a slab at a point, infinite beside it, and fill its gradient."""
    dx, dy, dz = x - slabs[j, 0], y - slabs[j, 1], z - slabs[j, 2]
    b = dx * slabs[j, 6] + dy * slabs[j, 7] + dz * slabs[j, 8]
    c = dx * slabs[j, 9] + dy * slabs[j, 10] + dz * slabs[j, 11]
    if b < 0.0 or c < 0.0 or b + c > 1.0:
        return np.inf
    height = dx * slabs[j, 3] + dy * slabs[j, 4] + dz * slabs[j, 5]
    sign = 1.0 if height >= 0.0 else -1.0
    to_b, to_c = slabs[j, 13] - slabs[j, 12], slabs[j, 14] - slabs[j, 12]
    for i in range(3):
        slope[i] = sign * slabs[j, 3 + i] - to_b * slabs[j, 6 + i] - to_c * slabs[j, 9 + i]
    return sign * height - slabs[j, 12] - b * to_b - c * to_c


@inner
def add_part(total, best, blend):
    """Add the value and gradient of a part to a soft minimum: lowest, sum, gradient (3)."""
    if best[0] == np.inf:
        return
    if best[0] < total[0]:
        kept = 0.0 if total[1] == 0.0 else np.exp((best[0] - total[0]) / blend)
        total[0], added = best[0], 1.0
    else:
        kept, added = 1.0, np.exp((total[0] - best[0]) / blend)
    total[1] = kept * total[1] + added
    for i in range(3):
        total[2 + i] = kept * total[2 + i] + added * best[1 + i]


@inner
def union_value(point, cells, first, last, forms, blends, room):
    """Return the blended union of some cells and a ball at a point; its gradient in ``room[0]``.

    Rows of ``cells`` are (part, cell), parts in order; cells from the number of cones on are slabs.
    ``blends``: of the parts, of the ball about the origin with all parts, and the ball's radius; a
    blend of zero leaves the ball out. The gradient is in ``room[0, 2:5]``.
    """
    cones, slabs, covers = forms
    blend, with_ball, radius = blends
    total, best, slope = room[0], room[1], room[2]
    total[1] = total[2] = total[3] = total[4] = 0.0
    total[0], best[0], part = np.inf, np.inf, -1
    for e in range(first, last):
        if cells[e, 0] != part:
            add_part(total, best, blend)
            best[0], part = np.inf, cells[e, 0]
        j = cells[e, 1]
        limit = best[0] + covers[j, 3]
        square = 0.0
        for i in range(3):
            square += (point[i] - covers[j, i]) ** 2
        if limit <= 0.0 or square > limit * limit:
            continue
        if j < cones.shape[0]:
            value = cone_value(cones, j, point[0], point[1], point[2], slope)
        else:
            value = slab_value(slabs, j - cones.shape[0], point[0], point[1], point[2], slope)
        if value < best[0]:
            best[0], best[1], best[2], best[3] = value, slope[0], slope[1], slope[2]
    add_part(total, best, blend)
    for i in range(3):
        total[2 + i] /= total[1]
    value = total[0] - blend * np.log(total[1])
    if with_ball == 0.0:
        return value
    away = np.sqrt(point[0] ** 2 + point[1] ** 2 + point[2] ** 2)
    best[0] = away - radius
    for i in range(3):
        best[1 + i] = point[i] / max(away, 1e-9)
    total[0], total[1] = value, 1.0
    add_part(total, best, with_ball)
    for i in range(3):
        total[2 + i] /= total[1]
    return total[0] - with_ball * np.log(total[1])


@kernel
def union_values(points, cells, starts, cones, slabs, covers, blends, values, room):
    """Fill the blended union at points (n, 3), each with its own rows of ``cells``."""
    for i in range(points.shape[0]):
        values[i] = union_value(
            points[i], cells, starts[i], starts[i + 1], (cones, slabs, covers), blends, room
        )


@kernel
def step_onto(
    points, wanted, which, cells, starts, cones, slabs, covers, blends, n_steps, longest, room
):
    """Move the points ``which`` onto the surface where the union has its wanted value, in place."""
    for i in which:
        for _ in range(n_steps):
            value = union_value(
                points[i], cells, starts[i], starts[i + 1], (cones, slabs, covers), blends, room
            )
            g0, g1, g2 = room[0, 2], room[0, 3], room[0, 4]
            square = g0 * g0 + g1 * g1 + g2 * g2
            step = (value - wanted[i]) / max(square, FLAT)
            length = abs(step) * np.sqrt(square)
            if length > longest:
                step *= longest / length
            points[i, 0] -= step * g0
            points[i, 1] -= step * g1
            points[i, 2] -= step * g2
            if length < SHORT_MM:
                break


@kernel
def near_cells(points, part_of, cones, slabs, reach, blend, cells, counts, room):
    """Fill for each point the cells it can lie on after a move, or only count them.

    A cell counts if its value is within ``reach`` of its part's least, and its part if it changes
    the blended union. ``room`` is (3, n_parts); ``cells`` has no rows when only counting.
    """
    n_cones, n_cells, total = cones.shape[0], part_of.shape[0], 0
    slope, least = room[0], room[1]
    for i in range(points.shape[0]):
        for p in range(least.shape[0]):
            least[p] = np.inf
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        for j in range(n_cells):
            if j < n_cones:
                value = cone_value(cones, j, x, y, z, slope)
            else:
                value = slab_value(slabs, j - n_cones, x, y, z, slope)
            least[part_of[j]] = min(least[part_of[j]], value)
        lowest = np.inf
        for p in range(least.shape[0]):
            lowest = min(lowest, least[p])
        first = total
        for p in range(least.shape[0]):
            if least[p] > lowest + NEGLIGIBLE * blend:
                continue
            for j in range(n_cells):
                if part_of[j] != p:
                    continue
                # the cone that borders a slab is near wherever the slab is: take what is within
                if j < n_cones:
                    value = cone_value(cones, j, x, y, z, slope)
                else:
                    value = slab_distance(slabs, j - n_cones, x, y, z)
                if value <= least[p] + reach:
                    if cells.shape[0] > 0:
                        cells[total, 0], cells[total, 1] = p, j
                    total += 1
        counts[i] = total - first
    return total


@inner
def slab_distance(slabs, j, x, y, z):
    """Return about how far a point is from a slab, beside it too."""
    dx, dy, dz = x - slabs[j, 0], y - slabs[j, 1], z - slabs[j, 2]
    b = dx * slabs[j, 6] + dy * slabs[j, 7] + dz * slabs[j, 8]
    c = dx * slabs[j, 9] + dy * slabs[j, 10] + dz * slabs[j, 11]
    off = 0.0
    for share, i in ((b, 6), (c, 9)):
        if share < 0.0:
            length = np.sqrt(slabs[j, i] ** 2 + slabs[j, i + 1] ** 2 + slabs[j, i + 2] ** 2)
            off = max(off, -share / length)
    if b + c > 1.0:
        length = 0.0
        for i in range(3):
            length += (slabs[j, 6 + i] + slabs[j, 9 + i]) ** 2
        off = max(off, (b + c - 1.0) / np.sqrt(length))
    height = abs(dx * slabs[j, 3] + dy * slabs[j, 4] + dz * slabs[j, 5])
    b, c = min(max(b, 0.0), 1.0), min(max(c, 0.0), 1.0)
    radius = slabs[j, 12] + b * (slabs[j, 13] - slabs[j, 12]) + c * (slabs[j, 14] - slabs[j, 12])
    return np.sqrt(height * height + off * off) - radius
