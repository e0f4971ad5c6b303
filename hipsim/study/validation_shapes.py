"""Bodies whose distances are known in closed form, and how far their meshes stand off.

A round body is the hull of balls: a ball, a capsule (two equal balls), a cone with round ends (two
unequal ones). Its mesh is the hull of points on those balls. The mesh holds the hull of the balls
that fit inside the points, smaller in radius by the sagitta of the coarsest face, and lies within
the round body. So the distance of two meshes exceeds that of the round bodies by no more than the
sum of the two sagittas, and never falls below it; that is proven, not measured. Boxes and plates
are meshes already, and agree to rounding.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from hipsim.checks import Array
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.cut import hull

PLATE_MM = 2000.0  # half the edge of a plate: farther than any body of the table reaches


@dataclass(frozen=True, eq=False)
class RoundBody:
    """The hull of two balls (or of one), with its mesh.

    Parameters
    ----------
    ends
        Centres of the balls, shape (2, 3), mm.
    radii
        Shape (2,), mm.
    mesh
        Closed; within the body.
    sagitta_mm
        The body made smaller by so much lies within the mesh.
    """

    ends: Array
    radii: Array
    mesh: Mesh
    sagitta_mm: float


def round_body(ends: Array, radii: Array, *, subdivisions: int = 3) -> RoundBody:
    """Make a ball, capsule or round cone.

    Parameters
    ----------
    ends
        Centres of the balls, shape (2, 3), mm; the same twice for a ball.
    radii
        Shape (2,), mm.
    subdivisions
        Of the icosahedron the points on the balls are taken from.

    Examples
    --------
    >>> ball = round_body(np.zeros((2, 3)), np.array([10.0, 10.0]))
    >>> ball.mesh.is_closed, round(ball.sagitta_mm, 2)
    (True, 0.05)
    """
    directions, inner = _directions(subdivisions)
    points = [end + radius * directions for end, radius in zip(ends, radii, strict=True)]
    is_ball = np.allclose(ends[0], ends[1]) and radii[0] == radii[1]
    mesh = hull(points[0] if is_ball else np.vstack(points))
    return RoundBody(ends, radii, mesh, float(radii.max() * (1.0 - inner)))


def covering_deg(subdivisions: int = 3) -> float:
    """Return the largest angle of any direction to the nearest point of a ball's mesh."""
    return float(np.degrees(np.arccos(_directions(subdivisions)[1])))


def box(half_mm: Array) -> Mesh:
    """Return a box about the origin, half edges (3,), mm."""
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return hull(corners * half_mm)


def plate(level_mm: float, *, thickness_mm: float = 50.0) -> Mesh:
    """Return a wide plate whose face towards the origin is the plane x = level, mm."""
    low, high = sorted((level_mm, level_mm + np.copysign(thickness_mm, level_mm)))
    middle = np.array([0.5 * (low + high), 0.0, 0.0])
    body = box(np.array([0.5 * (high - low), PLATE_MM, PLATE_MM]))
    return Mesh(body.vertices + middle, body.faces)


def ball_chain_distance(a: RoundBody, b: RoundBody, poses: Array) -> Array:
    """Return the distance of two round bodies of equal ends in closed form, b from a, (n,).

    Segments of the axes by Lumelsky's case distinction; balls are segments without length.

    References
    ----------
    Lumelsky, On fast computation of distance between line segments, Inf Process Lett 1985;21:55.
    """
    moved = rigid.apply(poses, a.ends)
    return segment_distance(moved, b.ends) - a.radii[0] - b.radii[0]


def segment_distance(first: Array, second: Array) -> Array:
    """Return the distance of segments (n, 2, 3) to one segment (2, 3), shape (n,).

    Examples
    --------
    >>> segment_distance(np.array([[[0, 0, 0], [2, 0, 0]]], float),
    ...                  np.array([[1, 3, -1], [1, 3, 1]], float)).tolist()
    [3.0]
    """
    p, q = first[:, 0], second[0]
    u, v = first[:, 1] - p, second[1] - q
    w = p - q
    a, b, c = (u * u).sum(1), u @ v, float(v @ v)
    d, e = (u * w).sum(1), w @ v
    flat = a * c - b * b
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.where(flat > 1e-12, np.clip((b * e - c * d) / flat, 0.0, 1.0), 0.0)
        t = np.clip((b * s + e) / c, 0.0, 1.0) if c > 0.0 else np.zeros(len(p))
        s = np.where(a > 0.0, np.clip((b * t - d) / a, 0.0, 1.0), 0.0)
    gap = w + s[:, None] * u - t[:, None] * v
    return np.sqrt((gap * gap).sum(1))


def to_box_distance(points: Array, half_mm: Array) -> Array:
    """Return the distance of points (n, 3) to a box about the origin, 0 inside, shape (n,)."""
    return np.linalg.norm(np.maximum(np.abs(points) - half_mm, 0.0), axis=1)


def random_poses(n: int, *, reach_mm: float, seed: int) -> Array:
    """Return rotations spread evenly over all, with shifts up to a reach, shape (n, 4, 4).

    Examples
    --------
    >>> random_poses(3, reach_mm=10.0, seed=1).shape
    (3, 4, 4)
    """
    chance = np.random.default_rng(seed)
    w, x, y, z = rigid.unit(chance.normal(size=(n, 4))).T
    turns = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    ).transpose(2, 0, 1)
    poses = np.tile(np.eye(4), (n, 1, 1))
    poses[:, :3, :3] = turns
    poses[:, :3, 3] = chance.uniform(-reach_mm, reach_mm, (n, 3))
    return poses


@cache
def _directions(subdivisions: int) -> tuple[Array, float]:
    """Return points on the unit ball (n, 3), and the radius of the ball within their hull."""
    golden = (1.0 + 5.0**0.5) / 2.0
    corners = [np.roll([0.0, s, t * golden], k) for s in (-1, 1) for t in (-1, 1) for k in range(3)]
    points = rigid.unit(np.array(corners))
    for _ in range(subdivisions):
        triangles = hull(points).triangles
        middles = (triangles + np.roll(triangles, 1, axis=1)).reshape(-1, 3) / 2.0
        points = np.unique(np.round(np.vstack([points, rigid.unit(middles)]), 12), axis=0)
        points = rigid.unit(points)
    found = hull(points)
    heights = (found.face_normals * found.triangles[:, 0]).sum(axis=1)
    return points, float(heights.min())
