"""Slow truth in plain numpy, to judge the fast code.

All pairs, extended precision, and other formulas than the compiled kernels use.
"""

import numpy as np

from hipsim.geometry import Mesh, rigid

LONG = np.longdouble


def minimum_distance(a: Mesh, b: Mesh, transform: np.ndarray | None = None) -> float:
    """Return the distance of two surfaces as the least of all pairs of triangles."""
    transform = np.eye(4) if transform is None else transform
    corners = rigid.apply(transform, a.vertices)[a.faces]
    middle = b.vertices.mean(axis=0)
    return float(triangle_distances(corners - middle, b.triangles - middle).min())


def triangle_distances(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the distance of every triangle (n, 3, 3) to every triangle (m, 3, 3)."""
    p, q = np.broadcast_arrays(p.astype(LONG)[:, None], q.astype(LONG)[None])
    least = np.full(p.shape[:2], np.inf, dtype=LONG)
    for i in range(3):
        least = np.minimum(least, _point_face(p[..., i, :], q))
        least = np.minimum(least, _point_face(q[..., i, :], p))
        start, end = p[..., i, :], p[..., i - 2, :]
        least = np.where(_pierces(start, end, q), 0.0, least)
        least = np.where(_pierces(q[..., i, :], q[..., i - 2, :], p), 0.0, least)
        for j in range(3):
            least = np.minimum(least, _segments(start, end, q[..., j, :], q[..., j - 2, :]))
    return least.astype(float)


def signed_distances(points: np.ndarray, solid: Mesh) -> np.ndarray:
    """Return the distance of points (n, 3) to a closed surface, negative inside."""
    points = points.astype(LONG)[:, None]
    q = np.broadcast_to(solid.triangles.astype(LONG), (len(points), len(solid.faces), 3, 3))
    least = _point_face(points, q)
    for j in range(3):
        least = np.minimum(least, _point_segment(points, q[..., j, :], q[..., j - 2, :]))
    distance = least.min(axis=1).astype(float)
    return np.where(_winding_number(points, q) > 0.5, -distance, distance)


def overlap_depth(a: Mesh, b: Mesh, transform: np.ndarray) -> float:
    """Return the largest depth of a vertex of either closed body in the other, 0 if none."""
    a_in_b = signed_distances(rigid.apply(transform, a.vertices), b)
    b_in_a = signed_distances(rigid.apply(rigid.inverse(transform), b.vertices), a)
    return float(max(0.0, -a_in_b.min(), -b_in_a.min()))


def _dot(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return (u * v).sum(axis=-1)


def _length(u: np.ndarray) -> np.ndarray:
    return np.sqrt(_dot(u, u))


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Divide, nan where the divisor is zero."""
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0.0)


def _point_segment(x: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    along = _ratio(_dot(x - start, end - start), _dot(end - start, end - start))
    place = np.nan_to_num(along).clip(0.0, 1.0)[..., None]
    return _length(x - start - place * (end - start))


def _segments(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Return the distance of segments ab and cd: an end to a segment, or between the lines."""
    ends = [
        _point_segment(a, c, d), _point_segment(b, c, d),
        _point_segment(c, a, b), _point_segment(d, a, b),
    ]  # fmt: skip
    normal = np.cross(b - a, d - c)
    square = _dot(normal, normal)
    s = _ratio(_dot(np.cross(c - a, d - c), normal), square)
    t = _ratio(_dot(np.cross(c - a, b - a), normal), square)
    crosses = (s >= 0.0) & (s <= 1.0) & (t >= 0.0) & (t <= 1.0)
    between = _ratio(abs(_dot(c - a, normal)), np.sqrt(square))
    return np.minimum.reduce([*ends, np.where(crosses, between, np.inf)])


def _point_face(x: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the height of points over triangles, infinite where the foot is outside."""
    normal = np.cross(q[..., 1, :] - q[..., 0, :], q[..., 2, :] - q[..., 0, :])
    height = _ratio(abs(_dot(x - q[..., 0, :], normal)), _length(normal))
    is_over = np.isfinite(height)
    for j in range(3):
        inward = np.cross(normal, q[..., j - 2, :] - q[..., j, :])
        is_over &= _dot(x - q[..., j, :], inward) >= 0.0
    return np.where(is_over, height, np.inf)


def _pierces(start: np.ndarray, end: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Mark segments that pass through the inside of triangles: signs of five volumes."""
    a, b, c = q[..., 0, :], q[..., 1, :], q[..., 2, :]

    def volume(u, v, w, x):
        return _dot(np.cross(v - u, w - u), x - u)

    ends = volume(a, b, c, start) * volume(a, b, c, end)
    around = [volume(start, end, u, v) for u, v in ((a, b), (b, c), (c, a))]
    same = np.all([v > 0.0 for v in around], axis=0) | np.all([v < 0.0 for v in around], axis=0)
    return (ends < 0.0) & same


def _winding_number(points: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Sum the solid angles of all triangles over 4 pi, one row per point."""
    a, b, c = (q[..., k, :] - points for k in range(3))
    la, lb, lc = _length(a), _length(b), _length(c)
    below = la * lb * lc + _dot(a, b) * lc + _dot(b, c) * la + _dot(c, a) * lb
    return (2.0 * np.arctan2(_dot(a, np.cross(b, c)), below)).sum(axis=1) / (4.0 * np.pi)
