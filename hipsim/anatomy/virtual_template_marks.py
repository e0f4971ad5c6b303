"""Landmarks that follow a skin: linear in the nodes, so that they cost microseconds.

A landmark on the surface keeps its place among the vertices round it; one inside the bone, the
centre of a section, goes with the ring of vertices of that section. Where a landmark is an extreme
point, sliding along the surface moves it across, not along, what it measures.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.virtual_template_skin import Nodes, Skin
from hipsim.checks import Array

PATCH_MM = 4.0  # standard deviation of the weights round a landmark of the surface
RING_MM = 6.0  # half the width of a ring


@dataclass(frozen=True, eq=False)
class Marks:
    """Landmarks and how they follow the nodes; build with :meth:`on`.

    Attributes
    ----------
    names
        Of the landmarks, length k.
    home
        Their places on the template, shape (k, 3), frame of the nodes, mm.
    by_centres, by_radii, by_ball
        Change with the nodes' centres, shape (k, n), with their radii, (k, 3, n), and with the
        relative growth of the ball, (k, 3).
    """

    names: tuple[str, ...]
    home: Array
    by_centres: Array
    by_radii: Array
    by_ball: Array

    @classmethod
    def on(cls, skin: Skin, marks: dict[str, tuple[Array, Array]]) -> "Marks":
        """Tie landmarks to a skin.

        Parameters
        ----------
        skin
            The template.
        marks
            Name to place (3,) and weights over the vertices of the template (n,).
        """
        weights = np.array([share / share.sum() for _, share in marks.values()])
        free = weights * (1.0 - skin.with_ball)
        return cls(
            tuple(marks),
            np.array([point for point, _ in marks.values()]),
            (skin.weights.T @ free.T).T,
            np.stack([(skin.weights.T @ (free * axis).T).T for axis in skin.normals.T], axis=1),
            (weights * skin.with_ball) @ skin.vertices,
        )

    def at(self, nodes: Nodes, home: Nodes) -> dict[str, Array]:
        """Return each landmark's place (3,) for other nodes than those at home."""
        growth = nodes.ball_mm / home.ball_mm - 1.0
        places = self.home + self.by_centres @ (nodes.centres - home.centres)
        places += self.by_radii @ (nodes.radii - home.radii) + growth * self.by_ball
        return dict(zip(self.names, places, strict=True))


def patch(vertices: Array, point: Array) -> Array:
    """Return the weights of vertices (n, 3) round a point of the surface, shape (n,)."""
    square = ((vertices - point) ** 2).sum(axis=1)
    return np.exp((square.min() - square) / (2.0 * PATCH_MM**2))


def ring(vertices: Array, point: Array, along: Array, reach_mm: float) -> Array:
    """Return the weights of the vertices round a section across a unit direction, shape (n,)."""
    offset = vertices - point
    height = offset @ along
    away = np.linalg.norm(offset - np.outer(height, along), axis=1)
    return np.where(away < reach_mm, np.maximum(1.0 - np.abs(height) / RING_MM, 0.0), 0.0)
