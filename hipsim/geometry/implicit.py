"""Smooth solids from spheres, and their surfaces as closed triangle meshes.

A solid is a field: a function of points (n, 3) in mm that is negative inside and close to the
signed distance near the surface. Fields combine into fields: blended unions, cuts, holes.

The workhorse is :class:`~hipsim.geometry.sphere_mesh.SphereMesh`. Unions are blended by a soft
minimum, which does not depend on the order of the parts; two surfaces that coincide are inflated
by blend x ln 2, so a sphere with a prescribed radius must occur in one part only.

Only this file knows the contour filter (VTK's flying edges), and only inside a function.
"""

from collections.abc import Callable

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from hipsim.checks import Array, BoolArray, IntArray, as_number
from hipsim.errors import ComputationError, InputError
from hipsim.geometry.mesh import Mesh
from hipsim.geometry.sphere_mesh import SphereMesh

Field = Callable[[Array], Array]

EVALUATION_CELL_MM = 24.0  # points are evaluated in cells of this size, with the near parts only
COARSE_CELL_MM = 6.0  # the field is looked at this coarsely first
STEEPEST = 1.3  # growth of a field per mm that the coarse look allows for
GRADIENT_STEP_MM = 0.05
LONGEST_STEP_MM = 2.0
NEGLIGIBLE_BLENDS = 8.0  # parts farther away than this many blends change nothing
RELAXED_SHARE = 0.6  # of the way to the mean of the neighbours, per pass


def ball(centre: Array, radius_mm: float) -> Field:
    """Return the field of a ball: the exact signed distance in mm."""
    return lambda points: np.linalg.norm(points - centre, axis=1) - radius_mm


def half_space(point: Array, outward: Array) -> Field:
    """Return the field of everything behind the plane through ``point``; ``outward`` is unit."""
    return lambda points: (points - point) @ outward


def union(*parts: SphereMesh, blend_mm: float) -> Field:
    """Join sphere meshes with fillets of about ``blend_mm``, whatever their order.

    Examples
    --------
    >>> pair = [SphereMesh(np.array([[x, 0, 0]]), np.array([5.0]), np.array([[0, 0]]),
    ...                    np.empty((0, 3), int)) for x in (0.0, 30.0)]
    >>> union(*pair, blend_mm=2.0)(np.array([[0.0, 6.0, 0.0]])).round(3).tolist()
    [1.0]
    """
    boxes = np.stack([part.bounds for part in parts])

    def field(points: Array) -> Array:
        low, high = points.min(axis=0), points.max(axis=0)
        gap = np.maximum(np.maximum(boxes[:, 0] - high, low - boxes[:, 1]), 0.0)
        gap = np.sqrt((gap**2).sum(axis=1))
        values: list[Array] = []
        nearest = np.inf  # the largest of the smallest values so far
        for i in np.argsort(gap):
            if gap[i] <= nearest + NEGLIGIBLE_BLENDS * blend_mm:
                values.append(parts[i](points))
                nearest = float(np.min(values, axis=0).max())
        return soft_minimum(np.stack(values), blend_mm)

    return field


def blended(*fields: Field, blend_mm: float) -> Field:
    """Join any solids with a fillet of about ``blend_mm``."""
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
    cell -= cell.min(axis=0, initial=0)
    code = np.ravel_multi_index(tuple(cell.T), tuple(cell.max(axis=0, initial=0) + 1))
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order]))
    value = np.empty(len(points))
    for chosen in np.split(order, starts + 1):
        value[chosen] = field(points[chosen])
    return value


def value_and_gradient(field: Field, points: Array) -> tuple[Array, Array]:
    """Return value (n,) and gradient (n, 3) from the four corners of a small tetrahedron."""
    corners = GRADIENT_STEP_MM * np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    stacked = (points[:, None] + corners).reshape(-1, 3)
    values = evaluate(field, stacked).reshape(-1, 4)
    return values.mean(axis=1), values @ corners / (4.0 * GRADIENT_STEP_MM**2)


Band = tuple[float, float, float]


def graded_lines(low: float, high: float, *, spacing: float, bands: tuple[Band, ...] = ()) -> Array:
    """Place grid lines from ``low`` to at least ``high``, denser within bands.

    Parameters
    ----------
    low, high
        Ends in mm.
    spacing
        Distance of lines in mm.
    bands
        ``(from, to, spacing)`` of stretches with denser lines, in mm; beside them the spacing
        grows by a tenth of the distance from the band.

    Returns
    -------
    lines
        Increasing positions in mm.

    Raises
    ------
    InputError
        If a spacing is not within 0.2 to 12 mm.

    Examples
    --------
    >>> graded_lines(0, 6, spacing=2).tolist()
    [0.0, 2.0, 4.0, 6.0]
    >>> graded_lines(0, 6, spacing=2, bands=((4, 6, 1.0),)).round(2).tolist()
    [0.0, 1.4, 2.66, 3.79, 4.81, 5.81, 6.81]
    """
    for step in (spacing, *(band[2] for band in bands)):
        as_number(step, name="spacing", low=0.2, high=12.0, unit="mm")
    lines = [float(low)]
    while lines[-1] < high - 1e-9:
        here = lines[-1]
        steps = [dense + 0.1 * max(start - here, here - end, 0.0) for start, end, dense in bands]
        lines.append(here + min([spacing, *steps]))
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
    return contour_values(_sampled(field, lines), lines)


def contour_values(values: Array, lines: tuple[Array, Array, Array]) -> Mesh:
    """Triangulate the surface where values on a rectilinear grid pass zero.

    Parameters
    ----------
    values
        Negative inside the solid, shape (a, b, c); positive all round the border of the grid.
    lines
        Positions of the grid lines along X, Y, Z in mm, increasing, of lengths a, b, c.

    Returns
    -------
    mesh
        Closed, outward. Its vertices lie on grid edges, where the values between the two ends of
        the edge, taken as linear, are zero.

    Raises
    ------
    ComputationError
        If there is no surface or it is cut open by the border of the grid.

    Examples
    --------
    >>> values = np.ones((3, 3, 3))
    >>> values[1, 1, 1] = -1.0
    >>> round(contour_values(values, (np.arange(3.0),) * 3).volume_mm3, 4)  # an octahedron
    0.1667
    """
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
    picked = [_picked(axis) for axis in lines]
    sparse_lines = tuple(axis[p] for axis, p in zip(lines, picked, strict=True))
    coarse = _on_grid(field, sparse_lines)
    longest = float(np.linalg.norm([np.diff(axis).max() for axis in sparse_lines]))
    is_near = _any_corner(np.abs(coarse) < STEEPEST * longest)
    below = [np.searchsorted(p, np.arange(p[-1] + 1), "right") - 1 for p in picked]
    where = np.ix_(*below)
    values, is_wanted = coarse[where], is_near[where]
    index = np.argwhere(is_wanted)
    points = np.column_stack([axis[i] for axis, i in zip(lines, index.T, strict=True)])
    values[is_wanted] = evaluate(field, points)
    return values


def _picked(axis: Array) -> IntArray:
    """Choose lines about a coarse cell apart, the last one always."""
    steps = np.floor((axis - axis[0]) / COARSE_CELL_MM).astype(np.int64)
    return np.unique(np.append(np.unique(steps, return_index=True)[1], len(axis) - 1))


def _on_grid(field: Field, lines: tuple[Array, ...]) -> Array:
    """Sample a field at every node of a grid."""
    nodes = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1)
    return evaluate(field, nodes.reshape(-1, 3)).reshape(nodes.shape[:3])


def _any_corner(mask: BoolArray) -> BoolArray:
    """Mark each node whose cell above it has a marked corner."""
    for axis in range(3):
        mask = mask | np.roll(mask, -1, axis=axis)
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


def projected(field: Field, points: Array) -> Array:
    """Bring points (n, 3) near the surface onto it by one Newton step each."""
    value, slope = value_and_gradient(field, points)
    square = np.maximum(np.einsum("ij,ij->i", slope, slope), 0.25)  # flat near inner ridges
    step = slope * (value / square)[:, None]
    length = np.linalg.norm(step, axis=1, keepdims=True)
    return points - step * np.minimum(1.0, LONGEST_STEP_MM / np.maximum(length, 1e-12))


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
