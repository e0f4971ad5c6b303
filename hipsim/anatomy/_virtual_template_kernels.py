"""Compiled loops of the moving template: places of cones and slabs, and steps onto their union.

Arrays and numbers only. A vertex knows which cones and slabs it can lie on; the others are not
looked at, so that a step costs microseconds.
"""

# mypy: allow-untyped-defs

import numpy as np

from hipsim.geometry._compiled_kernels import inner, kernel

SHORT_MM = 0.15  # a step so short leaves 0.002 mm where the surface is as round as a rim
FLAT = 0.25  # least squared slope a step divides by: near inner ridges the field is flat
SLACK_MM = 1.0  # cells this much higher are listed for the next steps
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
    """Fill the rows of cones (k, 9), slabs (m, 15) and balls round both (k + m, 4).

    Rows are those of :mod:`hipsim.geometry._sphere_mesh_kernels`: start, vector to the end, radius
    and its change, here also one over the squared length; corner, unit normal, two vectors that
    give barycentric coordinates, three radii.
    """
    for j in range(edges.shape[0]):
        a, b = edges[j, 0], edges[j, 1]
        for i in range(3):
            cones[j, i] = centres[a, i]
            cones[j, 3 + i] = centres[b, i] - centres[a, i]
        cones[j, 6] = radii[a]
        cones[j, 7] = radii[b] - radii[a]
        square = cones[j, 3] ** 2 + cones[j, 4] ** 2 + cones[j, 5] ** 2
        cones[j, 8] = 1.0 / square if square > 0.0 else 0.0
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
def cone_value(cones, j, x, y, z):
    """Return the value of a cone at a point."""
    dx, dy, dz = x - cones[j, 0], y - cones[j, 1], z - cones[j, 2]
    ex, ey, ez = cones[j, 3], cones[j, 4], cones[j, 5]
    share = min(max((dx * ex + dy * ey + dz * ez) * cones[j, 8], 0.0), 1.0)
    dx, dy, dz = dx - share * ex, dy - share * ey, dz - share * ez
    return np.sqrt(dx * dx + dy * dy + dz * dz) - cones[j, 6] - share * cones[j, 7]


@inner
def cone_slope(cones, j, x, y, z):
    """Return the gradient of a cone at a point."""
    dx, dy, dz = x - cones[j, 0], y - cones[j, 1], z - cones[j, 2]
    ex, ey, ez = cones[j, 3], cones[j, 4], cones[j, 5]
    share = (dx * ex + dy * ey + dz * ez) * cones[j, 8]
    growth = cones[j, 7] * cones[j, 8] if 0.0 < share < 1.0 else 0.0
    share = min(max(share, 0.0), 1.0)
    dx, dy, dz = dx - share * ex, dy - share * ey, dz - share * ez
    scale = 1.0 / max(np.sqrt(dx * dx + dy * dy + dz * dz), 1e-9)
    return dx * scale - growth * ex, dy * scale - growth * ey, dz * scale - growth * ez


@inner
def slab_value(slabs, j, x, y, z):
    """Return the value of a slab at a point, infinite beside it."""
    dx, dy, dz = x - slabs[j, 0], y - slabs[j, 1], z - slabs[j, 2]
    b = dx * slabs[j, 6] + dy * slabs[j, 7] + dz * slabs[j, 8]
    c = dx * slabs[j, 9] + dy * slabs[j, 10] + dz * slabs[j, 11]
    if b < 0.0 or c < 0.0 or b + c > 1.0:
        return np.inf
    height = abs(dx * slabs[j, 3] + dy * slabs[j, 4] + dz * slabs[j, 5])
    to_b, to_c = slabs[j, 13] - slabs[j, 12], slabs[j, 14] - slabs[j, 12]
    return height - slabs[j, 12] - b * to_b - c * to_c


@inner
def slab_slope(slabs, j, x, y, z):
    """Return the gradient of a slab at a point that is not beside it."""
    dx, dy, dz = x - slabs[j, 0], y - slabs[j, 1], z - slabs[j, 2]
    height = dx * slabs[j, 3] + dy * slabs[j, 4] + dz * slabs[j, 5]
    sign = 1.0 if height >= 0.0 else -1.0
    to_b, to_c = slabs[j, 13] - slabs[j, 12], slabs[j, 14] - slabs[j, 12]
    return (
        sign * slabs[j, 3] - to_b * slabs[j, 6] - to_c * slabs[j, 9],
        sign * slabs[j, 4] - to_b * slabs[j, 7] - to_c * slabs[j, 10],
        sign * slabs[j, 5] - to_b * slabs[j, 8] - to_c * slabs[j, 11],
    )


@inner
def measure_parts(point, cells, listed, n, slack, kept, forms, values, winners):
    """Fill value and lowest cell of each part among the ``n`` rows of cells that are listed.

    A cell farther than the lowest by the ball round it is not looked at. Those that are not
    farther by more than ``slack`` are written to ``kept``; returns how many, and of parts.
    """
    cones, slabs, covers = forms
    x, y, z = point
    n_cones, n_kept, n_parts, part = np.uint64(cones.shape[0]), 0, 0, np.int64(-1)
    best, winner = np.inf, np.uint64(0)
    for m in range(n):
        row = np.uint64(listed[m])
        if cells[row, 0] != part:
            if part >= 0:
                values[n_parts], winners[n_parts] = best, winner
                n_parts += 1
            best, part = np.inf, cells[row, 0]
        j = np.uint64(cells[row, 1])
        limit = best + slack + covers[j, 3]
        dx, dy, dz = x - covers[j, 0], y - covers[j, 1], z - covers[j, 2]
        if limit <= 0.0 or dx * dx + dy * dy + dz * dz > limit * limit:
            continue
        kept[n_kept] = listed[m]
        n_kept += 1
        if j < n_cones:
            value = cone_value(cones, j, x, y, z)
        else:
            value = slab_value(slabs, j - n_cones, x, y, z)
        if value < best:
            best, winner = value, j
    values[n_parts], winners[n_parts] = best, winner
    return n_kept, n_parts + 1


@inner
def with_part(total, value, slope, blend):
    """Return a soft minimum with one part more: lowest, sum, gradient (3)."""
    if value < total[0]:
        lowest, added = value, 1.0
        kept = 0.0 if total[1] == 0.0 else np.exp((value - total[0]) / blend)
    else:
        lowest, kept, added = total[0], 1.0, np.exp((total[0] - value) / blend)
    return (
        lowest,
        kept * total[1] + added,
        kept * total[2] + added * slope[0],
        kept * total[3] + added * slope[1],
        kept * total[4] + added * slope[2],
    )


@inner
def blended(point, values, winners, n_parts, forms, blends):
    """Return the blended union of some parts and a ball at a point, and its gradient (3).

    ``blends``: of the parts, of the ball about the origin with all parts, and the ball's radius; a
    blend of zero leaves the ball out.
    """
    cones, slabs, _ = forms
    blend, with_ball, radius = blends
    x, y, z = point
    n_cones = np.uint64(cones.shape[0])
    total = np.inf, 0.0, 0.0, 0.0, 0.0
    for p in range(n_parts):
        if values[p] < np.inf:
            j = np.uint64(winners[p])
            if j < n_cones:
                slope = cone_slope(cones, j, x, y, z)
            else:
                slope = slab_slope(slabs, j - n_cones, x, y, z)
            total = with_part(total, values[p], slope, blend)
    value, weight = total[0] - blend * np.log(total[1]), total[1]
    g0, g1, g2 = total[2] / weight, total[3] / weight, total[4] / weight
    if with_ball == 0.0:
        return value, g0, g1, g2
    away = np.sqrt(x * x + y * y + z * z)
    scale = 1.0 / max(away, 1e-9)
    total = value, 1.0, g0, g1, g2
    total = with_part(total, away - radius, (x * scale, y * scale, z * scale), with_ball)
    value, weight = total[0] - with_ball * np.log(total[1]), total[1]
    return value, total[2] / weight, total[3] / weight, total[4] / weight


@kernel
def union_values(points, cells, starts, cones, slabs, covers, blends, values, room):
    """Fill the blended union at points (n, 3), each with its own rows of ``cells``.

    Rows of ``cells`` are (part, cell), parts in order; cells from the number of cones on are slabs.
    Room to work in: rows (2, m), values of parts (2, k), cells of parts (k,).
    """
    forms, (rows, in_parts, winners) = (cones, slabs, covers), room
    for i in range(points.shape[0]):
        n = starts[i + 1] - starts[i]
        for m in range(n):
            rows[0, m] = starts[i] + m
        point = points[i, 0], points[i, 1], points[i, 2]
        n, n_parts = measure_parts(
            point, cells, rows[0], n, 0.0, rows[1], forms, in_parts[0], winners
        )
        values[i] = blended(point, in_parts[0], winners, n_parts, forms, blends)[0]


@inner
def still_lowest(values, before, n_parts, spare):
    """Tell whether no part has risen by more than there is to spare: what was dropped is higher."""
    is_lowest = True
    for p in range(n_parts):
        is_lowest = is_lowest and values[p] <= before[p] + spare
    return is_lowest


@kernel
def step_onto(
    points, wanted, which, cells, starts, cones, slabs, covers, blends, n_steps, longest, room
):
    """Move the points ``which`` onto the surface where the union has its wanted value, in place.

    The first look at a point lists the cells that can be the lowest of their parts within
    ``SLACK_MM``; the next looks are at these alone while that proves what was not listed higher.
    """
    forms, (rows, (values, before), winners) = (cones, slabs, covers), room
    for i in which:
        n, n_parts, away = np.int64(0), np.int64(0), np.inf
        for _ in range(n_steps):
            point = points[i, 0], points[i, 1], points[i, 2]
            if away < SLACK_MM:
                _, n_parts = measure_parts(
                    point, cells, rows[1], n, 0.0, rows[0], forms, values, winners
                )
            if away >= SLACK_MM or not still_lowest(values, before, n_parts, SLACK_MM - away):
                n, away = starts[i + 1] - starts[i], 0.0
                for m in range(n):
                    rows[0, m] = starts[i] + m
                n, n_parts = measure_parts(
                    point, cells, rows[0], n, SLACK_MM, rows[1], forms, values, winners
                )
                for p in range(n_parts):
                    before[p] = values[p]
            value, g0, g1, g2 = blended(point, values, winners, n_parts, forms, blends)
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
            away += min(length, longest)


@kernel
def near_cells(points, part_of, cones, slabs, reach, blend, cells, counts, room):
    """Fill for each point the cells it can lie on after a move, or only count them.

    A cell counts if its value is within ``reach`` of its part's least, and its part if it changes
    the blended union. ``room`` is (n_parts,); ``cells`` has no rows when only counting.
    """
    n_cones, n_cells, total = cones.shape[0], part_of.shape[0], 0
    least = room
    for i in range(points.shape[0]):
        for p in range(least.shape[0]):
            least[p] = np.inf
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        for j in range(n_cells):
            if j < n_cones:
                value = cone_value(cones, j, x, y, z)
            else:
                value = slab_value(slabs, j - n_cones, x, y, z)
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
                    value = cone_value(cones, j, x, y, z)
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
