"""Close a region of a bone: walls inside the bone turn an open surface into a body.

Whether two regions overlap, and how deep, is a question to closed bodies. The whole bone is the
wrong one to ask: a femur in the hip bone's other parts would be deep in the ischium the moment the
two regions touch, so that the answer jumps. Here every border of the region becomes the rim of a
cone whose apex lies inside the bone, where all of the border can be seen: a cone from there meets
neither itself nor the bone. The surface of the region stays as it is, triangle by triangle, and
the walls can be reached only through bone.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.geometry.mesh import Mesh

RINGS = (0.15, 0.35, 0.6)  # of the way from rim to apex; long thin triangles slow every search
SHARPNESS = 10.0  # how much the least visible part of the border counts above the rest
PULL = 0.1  # of the apex to the middle of its border; keeps it from leaving by the far side
START_RADII = 0.3  # how deep the search for the apex starts


@dataclass(frozen=True, eq=False)
class ClosedRegion:
    """A region of a bone as a closed body.

    Parameters
    ----------
    mesh
        First the faces of the region in the bone's order, then those of the walls.
    bone_faces
        Face of the bone each face is, or for a wall the one at its rim, shape (m,).
    n_surface
        How many faces are the bone's surface; the rest are walls.
    """

    mesh: Mesh
    bone_faces: IntArray
    n_surface: int


def close_region(bone: Mesh, is_region: BoolArray) -> ClosedRegion:
    """Close a region of a bone by cones inside the bone.

    Parameters
    ----------
    bone
        Closed, outward, mm.
    is_region
        Which faces belong to the region, at least one, shape (m,).

    Returns
    -------
    closed
        The body; without walls if the region has no border.

    Examples
    --------
    >>> body = Mesh(np.vstack([np.zeros(3), np.eye(3)]),
    ...             [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> closed = close_region(body, np.array([True, False, False, False]))
    >>> closed.mesh.is_closed, closed.n_surface, set(closed.bone_faces.tolist())
    (True, 1, {0})
    """
    (source,) = np.nonzero(is_region)
    points, faces, owners = [bone.vertices], [bone.faces[source]], [source]
    for rim, inside in border_loops(bone.faces[source]):
        apex = _apex(bone, rim)
        wall, new = _cone(bone.vertices[rim], rim, apex, sum(map(len, points)))
        points.append(new)
        faces.append(wall)
        owners.append(np.tile(source[inside], len(wall) // len(rim)))
    used, renumbered = np.unique(np.concatenate(faces), return_inverse=True)
    mesh = Mesh(np.concatenate(points)[used], renumbered.reshape(-1, 3))
    return ClosedRegion(mesh, np.concatenate(owners), len(source))


def border_loops(faces: IntArray) -> list[tuple[IntArray, IntArray]]:
    """Return the borders of faces (m, 3): the vertices of each loop, and the face at each edge.

    Every loop passes a vertex once; where the border touches itself, it is two loops.

    Examples
    --------
    >>> [(rim.tolist(), face.tolist()) for rim, face in border_loops(np.array([[0, 1, 2]]))]
    [([0, 1, 2], [0, 0, 0])]
    """
    start, end = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    n = int(faces.max()) + 1
    (free,) = np.nonzero(~np.isin(start * n + end, end * n + start))
    onward: dict[int, list[int]] = {}
    for edge in free.tolist():
        onward.setdefault(int(start[edge]), []).append(edge)
    loops = []
    while onward:
        path: list[int] = []  # edges
        vertex = next(iter(onward))
        while vertex in onward:
            path.append(onward[vertex].pop())
            if not onward[vertex]:
                del onward[vertex]
            vertex = int(end[path[-1]])
            passed = start[path].tolist()
            if vertex in passed:
                loop = path[passed.index(vertex) :]
                loops.append((start[loop], np.array(loop) // 3))
                del path[passed.index(vertex) :]
    return loops


def _apex(bone: Mesh, rim: IntArray) -> Array:
    """Return a point inside the bone from where the faces at a border are seen, best the worst.

    A border that surgery elsewhere leaves alone has the same apex, which is then at hand.
    """
    is_rim = np.zeros(len(bone.vertices), dtype=bool)
    is_rim[rim] = True
    beside = Mesh(bone.vertices, bone.faces[is_rim[bone.faces].any(axis=1)])
    has_area = beside.face_areas_mm2 > 0.0
    seen = beside.face_centres[has_area], beside.face_normals[has_area]
    border = bone.vertices[rim], beside.vertex_normals[rim].mean(axis=0)
    return np.frombuffer(_seen_from(*(part.tobytes() for part in (*seen, *border))))


@lru_cache(maxsize=256)
def _seen_from(centres_: bytes, normals_: bytes, rim_: bytes, outward_: bytes) -> bytes:
    """Return the apex of a border from centres and normals of its faces, rim, and outward.

    A face is seen from inside by the cosine between its normal and the line of sight. The point
    minimises a smooth maximum of the negative cosines plus its squared distance from the border's
    middle in radii of the border; the search turns with the bone.
    """
    from scipy.optimize import minimize

    parts = (centres_, normals_, rim_, outward_)
    centres, normals, rim, outward = (np.frombuffer(part).reshape(-1, 3) for part in parts)
    middle = rim.mean(axis=0)
    radius = np.sqrt(((rim - middle) ** 2).sum(axis=1).mean())

    def cost(apex: Array) -> tuple[float, Array]:
        sight = centres - apex
        length = np.linalg.norm(sight, axis=1, keepdims=True)
        cosine = (sight * normals).sum(axis=1, keepdims=True) / length
        weight = np.exp(-SHARPNESS * cosine)
        slope = (weight * (normals - cosine * sight / length) / length).sum(axis=0) / weight.sum()
        away = (apex - middle) / radius**2
        return np.log(weight.sum()) / SHARPNESS + PULL * away @ (apex - middle), (
            slope + 2.0 * PULL * away
        )

    start = middle - START_RADII * radius * outward[0]
    found: Array = minimize(cost, start, jac=True, method="BFGS", options={"gtol": 1e-9}).x
    return found.tobytes()


def _cone(points: Array, rim: IntArray, apex: Array, first: int) -> tuple[IntArray, Array]:
    """Return the faces from a rim (k,) to an apex and the new vertices, numbered from ``first``."""
    count = len(rim)
    rings = [rim, *(first + count * n + np.arange(count) for n in range(len(RINGS)))]
    top = np.full(count, first + count * len(RINGS))
    faces = [np.column_stack([np.roll(rings[-1], -1), rings[-1], top])]
    for outer, inner in zip(rings[:-1], rings[1:], strict=True):
        outer_next, inner_next = np.roll(outer, -1), np.roll(inner, -1)
        faces.append(np.column_stack([outer_next, outer, inner]))
        faces.append(np.column_stack([outer_next, inner, inner_next]))
    new = [points + share * (apex - points) for share in RINGS]
    return np.concatenate(faces), np.vstack([*new, apex[None]])
