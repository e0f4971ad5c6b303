"""The surface behind which all bone is far enough from the pelvis, on a grid about the trochanter.

Bone over a hollow goes too, as seen along the grid's third axis: what lies above bone that goes, in
the bone that may go, is no longer held, and no burr that comes from there could spare it.

The grid's nodes are looked at coarsely first. Distances are 1-Lipschitz, so a node that lies far
from the level, or far from the bone that may go, settles all nodes around it; only near the
surface inside that bone are distances asked for at every node.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.checks import Array, BoolArray, IntArray
from hipsim.errors import ComputationError
from hipsim.geometry import Mesh
from hipsim.geometry.implicit import contour_values
from hipsim.planning.required_space import Space
from hipsim.proximity.field import DistanceField

STRIDES = (8, 4, 2, 1)
DIAGONAL = np.sqrt(3.0)
RIM_NODES = 2  # beyond the bone that may go, so that the grid's border cuts none of it


@dataclass(frozen=True, eq=False)
class Lattice:
    """Nodes of a cubic grid in a frame of a bone.

    Parameters
    ----------
    frame
        Rotation, columns are the grid's axes in the scan frame, the third out of the bone, shape
        (3, 3); left-handed on one side, so that grids on mirror images are mirror images.
    first
        The first node, scan frame, mm, shape (3,).
    spacing_mm
        Distance of neighbours.
    shape
        Nodes along each axis, one more than a multiple of the largest stride.
    """

    frame: Array
    first: Array
    spacing_mm: float
    shape: tuple[int, int, int]

    @classmethod
    def around(cls, body: Mesh, *, frame: Array, origin: Array, spacing_mm: float) -> "Lattice":
        """Return the lattice through an origin that holds a body."""
        places = (body.vertices[np.unique(body.faces)] - origin) @ frame / spacing_mm
        low = np.floor(places.min(axis=0)).astype(np.int64) - RIM_NODES
        high = np.ceil(places.max(axis=0)).astype(np.int64) + RIM_NODES
        cells = -(-(high - low) // STRIDES[0]) * STRIDES[0]
        a, b, c = (int(n) + 1 for n in cells)
        return cls(frame, origin + spacing_mm * frame @ low, spacing_mm, (a, b, c))

    def points(self, index: IntArray) -> Array:
        """Return nodes (n, 3) in the scan frame, mm."""
        return self.first + self.spacing_mm * index @ self.frame.T

    def mesh(self, values: Array) -> Mesh:
        """Return the surface at which values on the nodes pass zero, scan frame."""
        a, b, c = (self.spacing_mm * np.arange(-1.0, n + 1.0) for n in self.shape)
        padded = np.pad(values, 1, constant_values=self.spacing_mm)
        found = contour_values(padded, (a, b, c))
        points = self.first + found.vertices @ self.frame.T
        is_turned = np.linalg.det(self.frame) < 0.0
        return Mesh(points, found.faces[:, ::-1] if is_turned else found.faces)


def too_near(
    spaces: list[Space], levels_mm: Array, bone: DistanceField, lattice: Lattice
) -> Mesh | None:
    """Return the body of all places too near to the pelvis, exact within the bone that may go.

    Parameters
    ----------
    spaces
        The space of each motion.
    levels_mm
        Distance below which a place is too near in each motion.
    bone
        Distances to the bone that may go. The lattice must hold it.
    lattice
        The nodes.

    Returns
    -------
    body
        Closed, scan frame; outside the bone its shape means nothing. None where no node within the
        bone is too near.
    """
    values = _values(spaces, levels_mm, bone, lattice)
    if not (values < 0.0).any():
        return None
    try:
        return lattice.mesh(values)
    except ComputationError as error:
        raise ComputationError(f"the required resection has no clean surface: {error}") from error


def _values(spaces: list[Space], levels_mm: Array, bone: DistanceField, lattice: Lattice) -> Array:
    """Return what is to be contoured at zero, negative where bone must go, shape (a, b, c)."""
    near, stride = DIAGONAL * lattice.spacing_mm, STRIDES[0]
    known = _Known.nothing(tuple((n - 1) // stride + 1 for n in lattice.shape))
    for stride in STRIDES:
        if stride < STRIDES[0]:
            known = known.spread(lattice.spacing_mm * stride)
        nodes = np.argwhere(known.is_open(near))
        if len(nodes) == 0:
            continue
        outside = bone(lattice.points(nodes * stride), np.eye(4)).distance_mm
        known.outside[tuple(nodes.T)] = outside
        way = 0.0 if stride == 1 else near * stride  # to the nodes that will stand for this one
        nodes = nodes[outside <= near + way]
        space = excess_mm(spaces, levels_mm, lattice.points(nodes * stride)).min(axis=0)
        known.space[tuple(nodes.T)], known.is_exact[tuple(nodes.T)] = space, True
    return _without_overhang(known, bone, lattice)


def _without_overhang(known: "_Known", bone: DistanceField, lattice: Lattice) -> Array:
    """Return the space of all nodes, none left above bone that goes."""
    near = DIAGONAL * lattice.spacing_mm
    nodes = np.argwhere((known.space <= near) & (known.outside <= near))
    if len(nodes) == 0:
        return known.space
    inside = np.full(known.space.shape, np.inf)
    inside[tuple(nodes.T)] = bone(lattice.points(nodes), np.eye(4)).distance_mm
    goes = np.maximum(known.space, inside)  # negative in bone that goes
    space: Array = np.minimum(known.space, np.minimum.accumulate(goes, axis=2))
    return space


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known of the nodes of one stride; arrays are filled in place, shape (a, b, c) each.

    ``space``: distance less level, the least over the targets, mm; where not exact, of a size it
    has at least and the right sign, or zero. ``outside``: distance from the bone that may go, or
    less.
    """

    space: Array
    outside: Array
    is_exact: BoolArray

    @classmethod
    def nothing(cls, shape: tuple[int, ...]) -> "_Known":
        """Return nodes of which nothing is known."""
        return cls(np.zeros(shape), np.full(shape, -np.inf), np.zeros(shape, bool))

    def is_open(self, near: float) -> BoolArray:
        """Mark the nodes that may have the surface in a cell of theirs, within the bone."""
        return ~self.is_exact & (np.abs(self.space) <= near) & (self.outside <= near)

    def spread(self, step_mm: float) -> "_Known":
        """Return the nodes of half the stride; each new one knows what its neighbour below does."""
        below = np.ix_(*(np.arange(2 * n - 1) // 2 for n in self.space.shape))
        odd = np.meshgrid(*(np.arange(2 * n - 1) % 2 for n in self.space.shape), indexing="ij")
        way = step_mm * np.sqrt(sum(odd))
        space = self.space[below]
        left = np.maximum(np.abs(space) - way, 0.0)
        is_exact = self.is_exact[below] & (way == 0.0)
        return _Known(np.copysign(left, space), self.outside[below] - way, is_exact)


def excess_mm(spaces: list[Space], levels_mm: Array, points: Array) -> Array:
    """Return by how much the distances of points (m, 3) exceed each level, shape (k, m)."""
    rows = [one.distances_mm(points) - level for one, level in zip(spaces, levels_mm, strict=True)]
    return np.stack(rows)
