"""A surface that follows a node table: the skin of a virtual bone, moved in a millisecond.

A vertex of the template lies on the cones and slabs of the bone's sphere mesh. Its barycentric
coordinates on those near it, mixed by how near they are and smoothed over the mesh, weigh the
nodes of the table: a first place follows the nodes linearly. A few steps along the gradient of the
blended union, over the few cones and slabs a vertex can lie on, bring it onto the surface.

Surface that a ball made, the femoral head or the carved acetabulum, scales about the hip joint
centre with the ball's radius; in between both are mixed by how far the union is from the surface.
"""

from dataclasses import dataclass
from types import ModuleType

import numpy as np
from scipy import sparse

from hipsim.anatomy import _virtual_template_kernels as kernels
from hipsim.anatomy.virtual_bones import LEAST_RADIUS_MM, nets_of
from hipsim.anatomy.virtual_handles import FixedWarp
from hipsim.checks import Array, IntArray
from hipsim.geometry import Mesh

MIX_MM = 4.0  # how fast the weight of a cone or slab falls off with its distance
LEAST_WEIGHT = 1e-3
SMOOTHING_PASSES = 8  # of the weights over the mesh; without, faces may fold
REACH_MM = 1.5  # cells this much farther than the nearest may become the nearest
BALL_MM = 1.0  # distance of the union from the surface at which the ball takes over
LEFT_ALONE_MM = 1.5  # beyond it the union says nothing about where the surface is
PARTS = 16  # room for so many parts of a bone
STEPS = 3
LONGEST_STEP_MM = 2.0

Blends = tuple[float, float]
Forms = tuple[Array, Array, Array]  # cones (k, 9), slabs (m, 15), balls round them (k + m, 4)


@dataclass(frozen=True, eq=False)
class Cells:
    """The cones and slabs of a bone, all parts together.

    Attributes
    ----------
    weights
        Each ball of the cells as a weighted mean of the table's nodes, shape (n, n_nodes).
    edges, triangles
        Balls of the cones (k, 2) and of the slabs (m, 3).
    part_of
        Part each cone, then each slab belongs to, shape (k + m,).
    """

    weights: sparse.csr_array
    edges: IntArray
    triangles: IntArray
    part_of: IntArray

    @classmethod
    def of(cls, table: ModuleType) -> "Cells":
        """Read the cells of a node table."""
        nets = nets_of(table)
        firsts = np.cumsum([0, *(net.weights.shape[0] for net in nets)])
        sized = list(zip(nets, firsts, strict=False))
        parts = [
            np.repeat(np.arange(len(nets)), [len(getattr(net, kind)) for net in nets])
            for kind in ("edges", "triangles")
        ]
        return cls(
            sparse.vstack([net.weights for net in nets]).tocsr(),
            np.concatenate([net.edges + first for net, first in sized]),
            np.concatenate([net.triangles + first for net, first in sized]),
            np.concatenate(parts).astype(np.int64),
        )

    def placed(self, centres: Array, radii: Array) -> Forms:
        """Return the rows of cones, slabs and balls round them for nodes in their places."""
        cones, slabs = np.empty((len(self.edges), 9)), np.empty((len(self.triangles), 15))
        covers = np.empty((len(cones) + len(slabs), 4))
        balls, sizes = self.weights @ centres, self.weights @ radii
        kernels.place_cells(balls, sizes, self.edges, self.triangles, cones, slabs, covers)
        return cones, slabs, covers


@dataclass(frozen=True, eq=False)
class Nodes:
    """Where the nodes of a bone are: centres (n, 3), radii (n,) and the radius of its ball, mm."""

    centres: Array
    radii: Array
    ball_mm: float

    @classmethod
    def warped(cls, warp: FixedWarp, target: Array, ball_mm: float) -> "Nodes":
        """Return the nodes of a table after a warp to given points (n, 3)."""
        centres, radii = warp.balls(target)
        return cls(centres, np.maximum(radii, LEAST_RADIUS_MM), ball_mm)


@dataclass(frozen=True, eq=False)
class Skin:
    """A surface and how it follows the nodes; build with :meth:`on`.

    Attributes
    ----------
    vertices, normals
        The template and its outward unit normals, shape (n, 3), frame of the nodes, mm.
    home
        The nodes under the template.
    weights
        Of the nodes for each vertex, shape (n, n_nodes), rows sum to one, sparse.
    with_ball
        How much of each vertex the ball made, 0 to 1, shape (n,).
    cells, near
        Of the bone, and which of them each vertex can lie on: rows (part, cell), where each
        vertex's rows start.
    level
        Value of the blended union at each vertex, which it keeps, shape (n,).
    which
        Vertices that are brought onto the union: those it made.
    """

    vertices: Array
    normals: Array
    home: Nodes
    weights: sparse.csr_array
    with_ball: Array
    cells: Cells
    blends_mm: Blends
    near: tuple[IntArray, IntArray]
    level: Array
    which: IntArray

    @classmethod
    def on(cls, mesh: Mesh, cells: Cells, home: Nodes, *, blends_mm: Blends) -> "Skin":
        """Lay a skin over a contour of the bone with these nodes.

        ``blends_mm`` are those of the parts and of the ball with them, zero where the ball is
        carved out or the union is not all there is to the surface.
        """
        forms = cells.placed(home.centres, home.radii)
        near = _near(mesh.vertices, cells, forms, blends_mm[0])
        room = _room(near[1])
        level = np.empty(len(mesh.vertices))
        alone = blends_mm[0], 0.0, home.ball_mm
        kernels.union_values(mesh.vertices, *near, *forms, alone, level, room)
        with_ball = np.clip((np.abs(level) / BALL_MM - 0.2) / 0.8, 0.0, 1.0)
        kernels.union_values(mesh.vertices, *near, *forms, (*blends_mm, home.ball_mm), level, room)
        (which,) = np.nonzero(np.abs(level) < LEFT_ALONE_MM)
        weights = _sparse(_smoothed(_weights(mesh.vertices, cells, forms, near), mesh))
        skin = mesh.vertices, mesh.vertex_normals
        return cls(*skin, home, weights, with_ball, cells, blends_mm, near, level, which)

    def carried(self, nodes: Nodes) -> Array:
        """Return the vertices (n, 3) after following the nodes linearly; a first place."""
        shift = self.weights @ (nodes.centres - self.home.centres)
        growth = self.weights @ (nodes.radii - self.home.radii)
        shift += growth[:, None] * self.normals
        scale = nodes.ball_mm / self.home.ball_mm - 1.0
        share = self.with_ball[:, None]
        return self.vertices + (1.0 - share) * shift + share * scale * self.vertices

    def moved(self, nodes: Nodes) -> Array:
        """Return the vertices (n, 3) on the surface of the bone with other nodes, mm."""
        points = np.ascontiguousarray(self.carried(nodes))
        forms = self.cells.placed(nodes.centres, nodes.radii)
        kernels.step_onto(
            points,
            self.level,
            self.which,
            *self.near,
            *forms,
            (*self.blends_mm, nodes.ball_mm),
            STEPS,
            LONGEST_STEP_MM,
            _room(self.near[1]),
        )
        return points

    def part(self, vertices: IntArray) -> "Skin":
        """Return the skin of some vertices, given by their numbers (k,)."""
        cells, starts = self.near
        counts = np.diff(starts)[vertices]
        rows = np.concatenate([np.arange(starts[v], starts[v + 1]) for v in vertices])
        kept = np.zeros(len(self.vertices), dtype=bool)
        kept[self.which] = True
        near = cells[rows], np.concatenate([[0], np.cumsum(counts)])
        (which,) = np.nonzero(kept[vertices])
        return Skin(
            self.vertices[vertices],
            self.normals[vertices],
            self.home,
            self.weights[vertices],
            self.with_ball[vertices],
            self.cells,
            self.blends_mm,
            near,
            self.level[vertices],
            which,
        )


def _near(points: Array, cells: Cells, forms: Forms, blend_mm: float) -> tuple[IntArray, IntArray]:
    """Return which cells each point can lie on: rows (part, cell), and where each point's start."""
    counts, room = np.empty(len(points), dtype=np.int64), np.empty(PARTS)
    found = np.empty((0, 2), dtype=np.int64)
    for _ in range(2):
        size = kernels.near_cells(
            points, cells.part_of, *forms[:2], REACH_MM, blend_mm, found, counts, room
        )
        if len(found) == 0:
            found = np.empty((size, 2), dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)])
    owner = np.repeat(np.arange(len(points)), counts)
    order = np.lexsort((_values(points[owner], found[:, 1], forms), found[:, 0], owner))
    return found[order], starts


def _values(points: Array, cell: IntArray, forms: Forms) -> Array:
    """Return the value of one cell at each point, shape (n,); infinite beside a slab."""
    cones, slabs, _ = forms
    is_slab, values = cell >= len(cones), np.empty(len(cell))
    values[~is_slab] = _on_cones(points[~is_slab], cones[cell[~is_slab]])[1]
    values[is_slab] = _on_slabs(points[is_slab], slabs[cell[is_slab] - len(cones)])[1]
    return values


def _room(starts: IntArray) -> tuple[IntArray, Array, IntArray]:
    """Return what the kernels need to work in, for points whose cells start there."""
    most = int(np.diff(starts).max(initial=0))
    return (
        np.empty((2, most), dtype=np.int64),
        np.empty((2, PARTS)),
        np.empty(PARTS, dtype=np.int64),
    )


def _weights(points: Array, cells: Cells, forms: Forms, near: tuple[IntArray, IntArray]) -> Array:
    """Weigh the nodes for each point by its barycentric coordinates on the cells near it."""
    (_, cell), owner = near[0].T, np.repeat(np.arange(len(points)), np.diff(near[1]))
    cones, slabs, _ = forms
    is_slab = cell >= len(cones)
    balls, shares, value = (np.zeros((len(cell), 3), dtype=t) for t in (np.int64, float, float))
    value = value[:, 0]
    balls[~is_slab, :2] = cells.edges[cell[~is_slab]]
    shares[~is_slab], value[~is_slab] = _on_cones(points[owner[~is_slab]], cones[cell[~is_slab]])
    index = cell[is_slab] - len(cones)
    balls[is_slab] = cells.triangles[index]
    shares[is_slab], value[is_slab] = _on_slabs(points[owner[is_slab]], slabs[index])
    least = np.full(len(points), np.inf)
    np.minimum.at(least, owner, value)
    mix = np.exp((least[owner] - value) / MIX_MM)
    total = np.bincount(owner, mix, minlength=len(points))
    entries = shares * (mix / total[owner])[:, None]
    shape = (len(points), cells.weights.shape[0])
    at = np.repeat(owner, 3), balls.ravel()
    weights: Array = (
        sparse.coo_array((entries.ravel(), at), shape=shape) @ cells.weights
    ).toarray()
    return weights


def _on_cones(points: Array, cones: Array) -> tuple[Array, Array]:
    """Return barycentric coordinates (n, 3) on cones and the field's values (n,)."""
    offset, along = points - cones[:, :3], cones[:, 3:6]
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip((offset * along).sum(axis=1) / square, 0.0, 1.0)
    distance = np.linalg.norm(offset - share[:, None] * along, axis=1)
    value = distance - cones[:, 6] - share * cones[:, 7]
    return np.column_stack([1.0 - share, share, np.zeros(len(share))]), value


def _on_slabs(points: Array, slabs: Array) -> tuple[Array, Array]:
    """Return barycentric coordinates (n, 3) on slabs and the field's values, infinite beside."""
    offset = points - slabs[:, :3]
    b, c = (np.einsum("ij,ij->i", offset, slabs[:, i : i + 3]) for i in (6, 9))
    shares = np.column_stack([1.0 - b - c, b, c])
    is_over = np.all(shares >= 0.0, axis=1)
    height = np.abs(np.einsum("ij,ij->i", offset, slabs[:, 3:6]))
    value = height - (shares * slabs[:, 12:15]).sum(axis=1)
    return np.where(is_over[:, None], shares, 0.0), np.where(is_over, value, np.inf)


def _sparse(weights: Array) -> sparse.csr_array:
    """Drop negligible weights and bring the rows back to one."""
    kept = np.where(weights > LEAST_WEIGHT, weights, 0.0)
    return sparse.csr_array(kept / kept.sum(axis=1, keepdims=True))


def _smoothed(weights: Array, mesh: Mesh) -> Array:
    """Average weights over neighbours, so that no two faces beside each other part or fold."""
    (first, second), n = mesh.edge_counts[0].T, len(mesh.vertices)
    links = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(n, n)).tocsr()
    links = links + links.T
    mean = sparse.diags_array(1.0 / links.sum(axis=1)) @ links
    for _ in range(SMOOTHING_PASSES):
        weights = 0.5 * weights + 0.5 * (mean @ weights)
    return weights
