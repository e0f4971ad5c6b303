"""Bodies and motions to measure between."""

import numpy as np
from shapes import random_rotation, sphere

from hipsim.geometry import Mesh, rigid

SOUPS = ["plain", "segments", "points", "slivers", "coplanar", "lattice"]


def soup(rng: np.random.Generator, shape: str, size_mm: float) -> Mesh:
    """Return up to twelve unconnected triangles, possibly degenerate."""
    corners = rng.normal(size=(rng.integers(1, 13), 3, 3)) * size_mm
    corners += rng.normal(size=(len(corners), 1, 3)) * 8.0
    if shape == "segments":
        corners[:, 2] = corners[:, 1]
    elif shape == "points":
        corners[:] = corners[:, :1]
    elif shape == "slivers":
        corners[:, 2] = corners[:, :2].mean(axis=1) + rng.normal(size=(len(corners), 3)) * 1e-9
    elif shape == "coplanar":
        corners[..., 2] = 0.0
    elif shape == "lattice":
        corners = corners.round()
    return Mesh(corners.reshape(-1, 3), np.arange(3 * len(corners)).reshape(-1, 3))


def blob(rng: np.random.Generator, subdivisions: int) -> Mesh:
    """Return a closed lumpy body of about 20 mm."""
    ball = sphere(1.0, subdivisions=subdivisions)
    lumps = 1.0 + 0.3 * np.sin(ball.vertices @ rng.normal(size=(3, 3)) * 2.0).sum(axis=1)
    return Mesh(10.0 * ball.vertices * lumps[:, None], ball.faces)


def path(rng: np.random.Generator, count: int, reach_mm: float) -> np.ndarray:
    """Return poses that turn while they pass through the origin, shape (count, 4, 4)."""
    start, end = rng.normal(size=(2, 3)) * [1.0, 0.1, 0.1]
    start, end = reach_mm * rigid.unit(start), -reach_mm * rigid.unit(start + 0.2 * end)
    share = np.linspace(0.0, 1.0, count)[:, None]
    turn = rigid.rotation_about(rng.normal(size=3), 3.0 * share[:, 0])
    return rigid.transform_from(turn @ random_rotation(rng), start + share * (end - start))


def sagitta(mesh: Mesh, radius: float) -> float:
    """Return how far the faces dip below the sphere their corners lie on."""
    plane = np.abs((mesh.triangles[:, 0] * mesh.face_normals).sum(axis=1))
    return radius - plane.min()
