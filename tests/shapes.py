"""Small closed meshes whose volume, area and distances are known in closed form."""

import numpy as np

from hipsim.geometry import Mesh

_CUBE_FACES = np.array(
    [
        [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
        [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
    ]
)  # fmt: skip


def box(low=(0.0, 0.0, 0.0), high=(1.0, 1.0, 1.0)) -> Mesh:
    """Return an axis-parallel box of 12 faces."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
    return Mesh(np.asarray(low) + corners * (np.asarray(high) - np.asarray(low)), _CUBE_FACES)


def sphere(radius=10.0, centre=(0.0, 0.0, 0.0), subdivisions=3) -> Mesh:
    """Return an icosphere whose vertices lie on the sphere."""
    golden = (1 + 5**0.5) / 2
    vertices = [[0, s, t * golden] for s in (-1, 1) for t in (-1, 1)]
    vertices = np.array([np.roll(v, k) for v in vertices for k in range(3)], dtype=float)
    faces = _convex_faces(vertices)
    for _ in range(subdivisions):
        vertices, faces = _subdivided(vertices, faces)
    vertices /= np.linalg.norm(vertices, axis=1, keepdims=True)
    return Mesh(vertices * radius + centre, faces)


def random_rotation(rng: np.random.Generator) -> np.ndarray:
    """Return a uniformly random rotation (3, 3)."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else -q


def random_rigid(rng: np.random.Generator, reach_mm: float = 300.0) -> np.ndarray:
    """Return a random rigid transform (4, 4)."""
    transform = np.eye(4)
    transform[:3, :3] = random_rotation(rng)
    transform[:3, 3] = rng.uniform(-reach_mm, reach_mm, 3)
    return transform


def _convex_faces(vertices):
    """Return the outward faces of the hull of an icosahedron."""
    from scipy.spatial import ConvexHull

    faces = ConvexHull(vertices).simplices.astype(np.int64)
    a, b, c = np.moveaxis(vertices[faces], 1, 0)
    inward = (np.cross(b - a, c - a) * a).sum(axis=1) < 0
    faces[inward] = faces[inward][:, ::-1]
    return faces


def _subdivided(vertices, faces):
    """Split every face in four."""
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    unique, index = np.unique(edges, axis=0, return_inverse=True)
    ab, bc, ca = (index.reshape(-1, 3) + len(vertices)).T
    a, b, c = faces.T
    parts = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    middle = vertices[unique].mean(axis=1)
    return np.vstack([vertices, middle]), np.vstack([np.column_stack(p) for p in parts])
