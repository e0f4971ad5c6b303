"""Plane sections of closed surfaces: outlines with area, centroid and second moments."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from hipsim.checks import Array
from hipsim.geometry.mesh import Mesh
from hipsim.geometry.rigid import unit


@dataclass(frozen=True, eq=False)
class Outline:
    """One closed outline of a section.

    Attributes
    ----------
    segments
        The outline as unordered segments, shape (k, 2, 3), mm, frame of the mesh.
    area_mm2
        Enclosed area; a hole inside another outline is negative.
    centroid
        Centre of area, shape (3,).
    """

    segments: Array
    area_mm2: float
    centroid: Array


def section(mesh: Mesh, point: Array, normal: Array) -> list[Outline]:
    """Cut a closed mesh with a plane.

    Parameters
    ----------
    mesh
        Closed mesh, mm.
    point, normal
        A point of the plane and its normal, shape (3,), frame of the mesh.

    Returns
    -------
    outlines
        Largest area first; empty where the plane misses the mesh.

    Examples
    --------
    >>> cube = Mesh([[x, y, z] for x in (0, 2) for y in (0, 2) for z in (0, 2)],
    ...             [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
    ...              [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]])
    >>> outline, = section(cube, np.array([0, 0, 0.5]), np.array([0.0, 0, 1]))
    >>> round(outline.area_mm2, 9), outline.centroid.round(9).tolist()
    (4.0, [1.0, 1.0, 0.5])
    """
    normal = unit(normal)
    segments, nodes = _crossings(mesh, (mesh.vertices - point) @ normal)
    if len(segments) == 0:
        return []
    labels = _loops(nodes)
    outlines = [_outline(segments[labels == k], normal) for k in range(labels.max() + 1)]
    return sorted(outlines, key=lambda outline: -outline.area_mm2)


def section_segments(mesh: Mesh, point: Array, normal: Array) -> Array:
    """Cut a mesh, open or closed, with a plane; return the unordered segments, shape (k, 2, 3)."""
    return _crossings(mesh, (mesh.vertices - point) @ unit(normal))[0]


def outline_around(outlines: list[Outline], point: Array) -> Outline | None:
    """Return the outline whose centroid is nearest to a point, or None if there is none."""
    return min(outlines, key=lambda o: float(np.linalg.norm(o.centroid - point)), default=None)


def _crossings(mesh: Mesh, height: Array) -> tuple[Array, np.ndarray]:
    """Return the directed segment of each crossed face, and its two edge codes."""
    above = height >= 0.0  # a vertex on the plane counts as above: every crossing is proper
    corners = above[mesh.faces]
    crossed = np.flatnonzero(corners.any(axis=1) & ~corners.all(axis=1))
    faces, corners = mesh.faces[crossed], corners[crossed]
    leaving = np.argmax(corners & ~np.roll(corners, -1, axis=1), axis=1)
    entering = np.argmax(~corners & np.roll(corners, -1, axis=1), axis=1)
    ends = [_on_edge(mesh, height, faces, start) for start in (leaving, entering)]
    segments = np.stack([ends[0][0], ends[1][0]], axis=1)
    return segments, np.stack([ends[0][1], ends[1][1]], axis=1)


def _on_edge(
    mesh: Mesh, height: Array, faces: np.ndarray, start: np.ndarray
) -> tuple[Array, np.ndarray]:
    """Return the crossing point on the edge from corner ``start``, and the edge's code."""
    rows = np.arange(len(faces))
    i, j = faces[rows, start], faces[rows, (start + 1) % 3]
    low, high = np.minimum(i, j), np.maximum(i, j)
    share = (height[low] / (height[low] - height[high]))[:, None]
    points = (1.0 - share) * mesh.vertices[low] + share * mesh.vertices[high]
    return points, low * len(mesh.vertices) + high


def _loops(nodes: np.ndarray) -> np.ndarray:
    """Label segments that hang together through shared edges, shape (k,)."""
    _, flat = np.unique(nodes, return_inverse=True)
    pairs = flat.reshape(-1, 2)
    n = int(pairs.max()) + 1
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1][pairs[:, 0]]


def _outline(segments: Array, normal: Array) -> Outline:
    """Sum area and centroid over the segments of one outline (Green's theorem)."""
    origin = segments[0, 0]
    a, b = segments[:, 0] - origin, segments[:, 1] - origin
    double = np.cross(a, b) @ normal
    area = 0.5 * double.sum()
    if abs(area) < 1e-12:
        return Outline(segments, 0.0, segments.mean(axis=(0, 1)))
    centroid = origin + (double[:, None] * (a + b)).sum(axis=0) / (6.0 * area)
    return Outline(segments, float(area), centroid)
