"""Smooth solids from spheres, and their surfaces as closed triangle meshes.

A solid is a field: a function of points (n, 3) in mm that is negative inside and close to the
signed distance near the surface. Fields combine into fields: blended unions, cuts, holes.

The workhorse is the sphere mesh (Thiery, Guy, Boubekeur 2013, ACM Trans Graph 32:178, doi
10.1145/2508363.2508384): balls with their own radii, joined along edges by cones and over
triangles by slabs whose half thickness is interpolated. Inside one sphere mesh the plain minimum
is taken, because neighbours share balls and meet without a step; a soft minimum over many equal
values would inflate. Between fields the union is blended.

Only this file knows the contour filter (VTK's flying edges), and only inside a function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from hipsim.checks import Array, BoolArray, IntArray, as_number, as_points
from hipsim.errors import ComputationError, InputError
from hipsim.geometry.mesh import Mesh

Field = Callable[[Array], Array]

EVALUATION_CELL_MM = 24.0  # points are evaluated in cells of this size, with the near parts only
COARSE_CELL_MM = 6.0  # the field is looked at this coarsely first
STEEPEST = 1.3  # growth of a field per mm that the coarse look allows for
GRADIENT_STEP_MM = 0.05
LONGEST_STEP_MM = 2.0
RELAXED_SHARE = 0.6  # of the way to the mean of the neighbours, per pass


@dataclass(frozen=True, eq=False)
class SphereMesh:
    """Balls joined by cones and slabs.

    Parameters
    ----------
    centres
        Centres of the balls, shape (n, 3), in mm.
    radii
        Radii in mm, shape (n,).
    edges
        Pairs of balls joined by a cone, shape (k, 2); a ball alone is an edge to itself.
    triangles
        Triples of balls joined by a slab, shape (m, 3); their sides should be edges too.

    Examples
    --------
    >>> rod = SphereMesh(np.array([[0.0, 0, 0], [10, 0, 0]]), np.array([1.0, 2.0]),
    ...                  np.array([[0, 1]]), np.empty((0, 3), int))
    >>> rod(np.array([[5.0, 4.0, 0.0], [10.0, 0.0, 0.0]])).tolist()
    [2.5, -2.0]
    """

    centres: Array
    radii: Array
    edges: IntArray
    triangles: IntArray

    def __call__(self, points: Array) -> Array:
        edges, triangles = self._near(points)
        value = self._cones(points, edges).min(axis=1, initial=np.inf)
        return np.minimum(value, self._slabs(points, triangles).min(axis=1, initial=np.inf))

    @property
    def bounds(self) -> Array:
        """Lowest and highest corner of a box round all balls, shape (2, 3)."""
        reach = self.radii[:, None]
        return np.stack([(self.centres - reach).min(axis=0), (self.centres + reach).max(axis=0)])

    @cached_property
    def _slab_axes(self) -> tuple[Array, Array, Array]:
        """Unit normals (m, 3) and the two directions (m, 3) that give barycentric coordinates."""
        a, b, c = np.moveaxis(self.centres[self.triangles], 1, 0)
        normal = np.cross(b - a, c - a)
        square = np.einsum("ij,ij->i", normal, normal)[:, None]
        to_b, to_c = np.cross(c - a, normal) / square, np.cross(normal, b - a) / square
        return normal / np.sqrt(square), to_b, to_c

    @cached_property
    def _spheres(self) -> tuple[Array, Array]:
        """Middle and radius of a sphere round every cone, then every slab."""
        corners = [self.centres[self.edges], self.centres[self.triangles]]
        middle = np.concatenate([c.mean(axis=1) for c in corners])
        reach = np.concatenate(
            [
                (np.linalg.norm(c - c.mean(axis=1, keepdims=True), axis=2) + self.radii[i]).max(1)
                for c, i in zip(corners, (self.edges, self.triangles), strict=True)
            ]
        )
        return middle, reach

    def _near(self, points: Array) -> tuple[IntArray, IntArray]:
        """Pick the cones and slabs that can be the nearest at one of the points."""
        middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
        spread = np.linalg.norm(points - middle, axis=1).max()
        lowest = np.linalg.norm(self._spheres[0] - middle, axis=1) - self._spheres[1]
        highest = (np.linalg.norm(self.centres - middle, axis=1) - self.radii).min()
        is_near = lowest <= highest + 2.0 * spread
        n_edges = len(self.edges)
        return np.flatnonzero(is_near[:n_edges]), np.flatnonzero(is_near[n_edges:])

    def _cones(self, points: Array, chosen: IntArray) -> Array:
        """Evaluate cones at points, shape (n, k)."""
        first, second = self.edges[chosen].T
        start, along = self.centres[first], self.centres[second] - self.centres[first]
        square = np.einsum("ij,ij->i", along, along)
        offset = points[:, None] - start
        share = np.einsum("nki,ki->nk", offset, along) / np.where(square > 0.0, square, 1.0)
        share = np.clip(share, 0.0, 1.0)
        offset -= share[..., None] * along
        radius = self.radii[first] + share * (self.radii[second] - self.radii[first])
        return np.sqrt(np.einsum("nki,nki->nk", offset, offset)) - radius

    def _slabs(self, points: Array, chosen: IntArray) -> Array:
        """Evaluate slabs at points, shape (n, m); infinite beside the triangle."""
        normal, to_b, to_c = (axes[chosen] for axes in self._slab_axes)
        corners, radii = self.triangles[chosen], self.radii[self.triangles[chosen]]
        offset = points[:, None] - self.centres[corners[:, 0]]
        b, c = np.einsum("nmi,mi->nm", offset, to_b), np.einsum("nmi,mi->nm", offset, to_c)
        height = np.abs(np.einsum("nmi,mi->nm", offset, normal))
        radius = (1.0 - b - c) * radii[:, 0] + b * radii[:, 1] + c * radii[:, 2]
        return np.where((b >= 0) & (c >= 0) & (b + c <= 1), height - radius, np.inf)


def ball(centre: Array, radius_mm: float) -> Field:
    """Return the field of a ball: the exact signed distance in mm."""
    return lambda points: np.linalg.norm(points - centre, axis=1) - radius_mm


def half_space(point: Array, outward: Array) -> Field:
    """Return the field of everything behind the plane through ``point``; ``outward`` is unit."""
    return lambda points: (points - point) @ outward


def union(*fields: Field, blend_mm: float) -> Field:
    """Join solids with a fillet of about ``blend_mm``, whatever their order.

    Examples
    --------
    >>> pair = union(ball(np.zeros(3), 5.0), ball(np.array([30.0, 0, 0]), 5.0), blend_mm=2.0)
    >>> round(float(pair(np.array([[0.0, 5.0, 0.0]]))[0]), 3)
    -0.0
    """
    return lambda points: soft_minimum(np.stack([f(points) for f in fields]), blend_mm)


def intersection(*fields: Field, blend_mm: float) -> Field:
    """Keep what is inside all solids, with edges rounded by about ``blend_mm``."""
    return lambda points: -soft_minimum(np.stack([-f(points) for f in fields]), blend_mm)


def difference(field: Field, tool: Field, *, blend_mm: float) -> Field:
    """Cut ``tool`` out of a solid, with edges rounded by about ``blend_mm``."""
    return lambda points: -soft_minimum(np.stack([-field(points), tool(points)]), blend_mm)


def soft_minimum(values: Array, blend_mm: float) -> Array:
    """Return the smooth minimum over the first axis; never above the minimum."""
    lowest = values.min(axis=0)
    with np.errstate(invalid="ignore"):
        share = np.exp((lowest - values) / blend_mm)
    return lowest - blend_mm * np.log(share.sum(axis=0))


def evaluate(field: Field, points: Array) -> Array:
    """Evaluate a field at scattered points (n, 3), cell by cell, so that far parts cost nothing."""
    cell = np.floor(points / EVALUATION_CELL_MM).astype(np.int64)
    _, cell_of = np.unique(cell, axis=0, return_inverse=True)
    order = np.argsort(cell_of.ravel(), kind="stable")
    starts = np.flatnonzero(np.diff(cell_of.ravel()[order], prepend=-1))
    value = np.empty(len(points))
    for chosen in np.split(order, starts[1:]):
        value[chosen] = field(points[chosen])
    return value


def gradient(field: Field, points: Array) -> Array:
    """Return the gradient at points by central differences, shape (n, 3)."""
    steps = GRADIENT_STEP_MM * np.eye(3)
    columns = [evaluate(field, points + s) - evaluate(field, points - s) for s in steps]
    return np.column_stack(columns) / (2.0 * GRADIENT_STEP_MM)


def graded_lines(low: float, high: float, *, spacing: float, fine: tuple[float, ...] = ()) -> Array:
    """Place grid lines from ``low`` to at least ``high``, denser within a fine band.

    Parameters
    ----------
    low, high
        Ends in mm.
    spacing
        Distance of lines in mm.
    fine
        Empty, or ``(from, to, spacing)`` of the band with denser lines, in mm; outside it the
        spacing grows by at most a tenth per line.

    Returns
    -------
    lines
        Increasing positions in mm.

    Examples
    --------
    >>> graded_lines(0, 6, spacing=2).tolist()
    [0.0, 2.0, 4.0, 6.0]
    """
    as_number(spacing, name="spacing", low=0.2, high=10.0, unit="mm")
    if not fine:
        return low + spacing * np.arange(np.ceil((high - low) / spacing - 1e-9) + 1.0)
    start, end, dense = fine
    lines = [low]
    while lines[-1] < high:
        outside = max(start - lines[-1], lines[-1] - end, 0.0)
        lines.append(lines[-1] + min(spacing, dense + 0.1 * outside))
    return np.array(lines)


def contour(field: Field, lines: tuple[Array, Array, Array]) -> Mesh:
    """Triangulate the surface of a solid on a rectilinear grid.

    Parameters
    ----------
    field
        The solid; it must lie wholly inside the grid.
    lines
        Positions of the grid lines along X, Y, Z in mm, increasing.

    Returns
    -------
    mesh
        Closed, outward, with vertices on grid edges.

    Raises
    ------
    InputError
        If the grid is no larger than one cell in a direction.
    ComputationError
        If the surface does not exist or is cut open by the border of the grid.

    Notes
    -----
    The field is sampled on a coarse lattice first and only refined where a surface can be.
    """
    if any(len(axis) < 3 for axis in lines):
        raise InputError("a contour needs at least 3 grid lines per direction")
    values = _sampled(field, lines)
    positions, faces = _flying_edges(values)
    if len(faces) == 0:
        raise ComputationError("the solid has no surface inside the grid")
    vertices = np.column_stack(
        [np.interp(positions[:, i], np.arange(len(lines[i])), lines[i]) for i in range(3)]
    )
    mesh = Mesh(vertices, faces)
    if not mesh.is_closed:
        raise ComputationError("the surface is cut open by the border of the grid: enlarge it")
    return mesh if mesh.volume_mm3 > 0.0 else Mesh(vertices, faces[:, ::-1])


def _sampled(field: Field, lines: tuple[Array, Array, Array]) -> Array:
    """Sample a field on the grid, exactly near the surface, coarsely elsewhere."""
    stride = [max(1, round(COARSE_CELL_MM / np.diff(axis).mean())) for axis in lines]
    picked = [
        np.unique(np.append(np.arange(0, len(axis), q), len(axis) - 1))
        for axis, q in zip(lines, stride, strict=True)
    ]
    coarse = _on_grid(field, tuple(axis[p] for axis, p in zip(lines, picked, strict=True)))
    reach = _cell_diagonal(tuple(axis[p] for axis, p in zip(lines, picked, strict=True)))
    is_near = _dilated(np.abs(coarse) < STEEPEST * reach)
    nearest = [np.searchsorted(p, np.arange(len(a)), "right") - 1 for a, p in zip(lines, picked)]
    where = np.ix_(*nearest)
    values, is_wanted = coarse[where], is_near[where]
    index = np.argwhere(is_wanted)
    points = np.column_stack([axis[i] for axis, i in zip(lines, index.T, strict=True)])
    values[is_wanted] = evaluate(field, points)
    return values


def _on_grid(field: Field, lines: tuple[Array, ...]) -> Array:
    """Sample a field at every node of a grid."""
    nodes = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1)
    return evaluate(field, nodes.reshape(-1, 3)).reshape(nodes.shape[:3])


def _cell_diagonal(lines: tuple[Array, ...]) -> float:
    """Return the longest diagonal of a cell."""
    return float(np.linalg.norm([np.diff(axis).max() for axis in lines]))


def _dilated(mask: BoolArray) -> BoolArray:
    """Grow a mask (a, b, c) to the neighbours below: a cell is wanted if any corner is near."""
    for axis in range(3):
        following = np.roll(mask, -1, axis=axis)
        mask = mask | following
    return mask


def _flying_edges(values: Array) -> tuple[Array, IntArray]:
    """Contour a grid of values at zero; positions in units of grid lines."""
    import pyvista

    grid = pyvista.ImageData(dimensions=values.shape)
    away = np.where(np.abs(values) < 1e-6, 1e-6, values)  # a zero on a node makes empty triangles
    grid.point_data["field"] = away.ravel(order="F")
    surface = grid.contour([0.0], scalars="field", method="flying_edges", compute_normals=False)
    if surface.n_points == 0:
        return np.empty((0, 3)), np.empty((0, 3), dtype=np.int64)
    return np.asarray(surface.points, float), surface.faces.reshape(-1, 4)[:, 1:].astype(np.int64)


def relaxed(mesh: Mesh, field: Field, *, passes: int = 6) -> Mesh:
    """Even out the triangles of a contour without leaving the surface.

    Each pass moves every vertex towards the mean of its neighbours within the tangent plane and
    brings it back onto the surface by one Newton step.

    Parameters
    ----------
    mesh
        Closed contour of ``field``.
    field
        The solid.
    passes
        How often; six raise the smallest angles from almost zero to about 20 degrees.

    Returns
    -------
    mesh
        The same faces with moved vertices.
    """
    neighbours, points = _neighbour_mean(mesh), np.array(mesh.vertices)
    for _ in range(passes):
        normals = Mesh(points, mesh.faces).vertex_normals
        shift = RELAXED_SHARE * (neighbours @ points - points)
        shift -= np.einsum("ij,ij->i", shift, normals)[:, None] * normals
        points = projected(field, points + shift)
    return Mesh(points, mesh.faces)


def projected(field: Field, points: Array, *, tolerance_mm: float = 0.002) -> Array:
    """Bring points (n, 3) near the surface onto it by one Newton step each."""
    value = evaluate(field, points)
    off = np.flatnonzero(np.abs(value) > tolerance_mm)
    if len(off) == 0:
        return points
    slope = gradient(field, points[off])
    square = np.maximum(np.einsum("ij,ij->i", slope, slope), 0.25)  # flat near inner ridges
    step = slope * (value[off] / square)[:, None]
    length = np.linalg.norm(step, axis=1, keepdims=True)
    moved = points.copy()
    moved[off] -= step * np.minimum(1.0, LONGEST_STEP_MM / np.maximum(length, 1e-12))
    return moved


def _neighbour_mean(mesh: Mesh) -> sparse.csr_array:
    """Return the matrix (n, n) that gives each vertex the mean of its neighbours."""
    (first, second), n = mesh.edge_counts[0].T, len(mesh.vertices)
    links = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(n, n)).tocsr()
    links = links + links.T
    return sparse.diags_array(1.0 / links.sum(axis=1)) @ links


def check_topology(mesh: Mesh, *, euler_number: int, name: str) -> None:
    """Raise unless a mesh is closed, in one piece, outward and with the wanted Euler number.

    Parameters
    ----------
    mesh
        Any mesh.
    euler_number
        Vertices minus edges plus faces: 2 for a ball, 0 for a ring.
    name
        What the mesh is called in the message.

    Raises
    ------
    ComputationError
        If the mesh differs; the message says how.
    """
    (first, second), n = mesh.edge_counts[0].T, len(mesh.vertices)
    links = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(n, n))
    pieces = csgraph.connected_components(links, directed=False)[0]
    found = n - len(first) + len(mesh.faces)
    if not (mesh.is_closed and pieces == 1 and found == euler_number and mesh.volume_mm3 > 0.0):
        raise ComputationError(
            f"{name} must be one closed surface with Euler number {euler_number}; got "
            f"{'a closed' if mesh.is_closed else 'an open'} surface in {pieces} pieces with "
            f"Euler number {found}: change the shape less, or use a smaller spacing"
        )


def checked_points(points: Array) -> Array:
    """Return points as (n, 3) float64 for a field called from outside."""
    return as_points(points)
