"""Fair a surface: take ripples and facets out and leave its form, as a bent sheet would lie.

The surface goes where it is nearest to its old place and bends least: the sum over the area of
squared shift plus length^4 times squared Laplacian of the position is smallest. A wave of length w
keeps 1 / (1 + (2 pi length / w)^4) of its height, whatever the triangles: with 3 mm, ripples of
9 mm keep a twentieth, a bone 60 mm round keeps 99 %. Averaging over neighbours instead shrinks
round bodies and depends on how fine the triangles are.

Botsch, Kobbelt, Pauly, Alliez, Lévy, Polygon Mesh Processing, AK Peters 2010, chapter 4.
"""

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from hipsim.checks import Array, as_array, as_number
from hipsim.errors import ComputationError
from hipsim.geometry.mesh import Mesh

FARTHEST_MM = 0.6
LEAST_RING = 0.3  # of the usual squared edge length: slivers must not stiffen the sheet
ACCURACY, MOST_ROUNDS = 1e-5, 400  # of the conjugate gradients


def faired(
    mesh: Mesh,
    *,
    length_mm: float,
    freedom: Array | None = None,
    farthest_mm: float = FARTHEST_MM,
) -> Mesh:
    """Take ripples out of a closed surface and keep its volume.

    Parameters
    ----------
    mesh
        Closed mesh, mm.
    length_mm
        Waves shorter than about four times this go.
    freedom
        How much of its shift each vertex makes, 0 (held) to 1, shape (n,); by default all of it.
    farthest_mm
        No vertex leaves its tangent plane by more; heights well below it are hardly cut.

    Returns
    -------
    mesh
        The same faces with moved vertices: within the surface, too, where triangles are uneven.

    Raises
    ------
    InputError
        If ``length_mm`` is not within 0.1 to 20 mm, ``farthest_mm`` not within 0.01 to 5 mm, or
        ``freedom`` has the wrong shape.
    ComputationError
        If the equations do not settle: triangles are empty or too uneven.

    Examples
    --------
    >>> from hipsim.geometry import implicit
    >>> lines = implicit.graded_lines(-8, 8, spacing=1.5)
    >>> ball = implicit.contour(implicit.ball(np.zeros(3), 6.0), (lines, lines, lines))
    >>> smooth = faired(ball, length_mm=1.0)
    >>> bool(abs(smooth.volume_mm3 / ball.volume_mm3 - 1.0) < 1e-3)
    True
    """
    as_number(length_mm, name="length_mm", low=0.1, high=20.0, unit="mm")
    as_number(farthest_mm, name="farthest_mm", low=0.01, high=5.0, unit="mm")
    count = len(mesh.vertices)
    share = np.ones(count) if freedom is None else as_array(freedom, (count,), name="freedom")
    normals = mesh.vertex_normals
    shift = share[:, None] * (_bent_least(mesh, length_mm) - mesh.vertices)
    height = np.einsum("ij,ij->i", shift, normals)
    along = shift - height[:, None] * normals
    height += share * _refill(mesh, shift, share)
    height = farthest_mm * np.tanh(height / farthest_mm)
    return Mesh(mesh.vertices + along + height[:, None] * normals, mesh.faces)


def _bent_least(mesh: Mesh, length_mm: float) -> Array:
    """Return the vertices (n, 3) of the sheet that bends least and stays near."""
    area = sparse.diags_array(_vertex_areas(mesh))
    curvature = length_mm**2 * _laplacian(mesh)
    matrix = (area + curvature.T @ area @ curvature).tocsr()
    near = sparse.diags_array(1.0 / matrix.diagonal())
    columns = []
    for old in mesh.vertices.T:
        new, failed = linalg.cg(
            matrix, area @ old, x0=old, rtol=ACCURACY, maxiter=MOST_ROUNDS, M=near
        )
        if failed:
            raise ComputationError(
                f"the surface cannot be faired in {MOST_ROUNDS} rounds: "
                "its triangles are empty or too uneven"
            )
        columns.append(new)
    return np.column_stack(columns)


def _vertex_areas(mesh: Mesh) -> Array:
    """Return a third of the area of the faces round each vertex, mm2, shape (n,)."""
    third = np.repeat(mesh.face_areas_mm2 / 3.0, 3)
    return np.bincount(mesh.faces.ravel(), third, len(mesh.vertices)).astype(np.float64)


def _laplacian(mesh: Mesh) -> sparse.csr_array:
    """Return the matrix (n, n) of the Laplacian, 1/mm2, each vertex by the size of its ring.

    The mean over a ring of radius h differs from its middle by h^2 / 4 times the Laplacian.
    """
    (first, second), n = mesh.edge_counts[0].T, len(mesh.vertices)
    links = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(n, n)).tocsr()
    links = links + links.T
    degree = links.sum(axis=1)
    square = ((mesh.vertices[first] - mesh.vertices[second]) ** 2).sum(axis=1)
    ring = (np.bincount(first, square, n) + np.bincount(second, square, n)) / degree
    ring = np.maximum(ring, LEAST_RING * np.median(ring))
    mean = sparse.diags_array(1.0 / degree) @ links
    return sparse.diags_array(4.0 / ring) @ (mean - sparse.eye_array(n))


def _refill(mesh: Mesh, shift: Array, share: Array) -> float:
    """Return the height in mm over the free vertices that gives a moved surface its volume back."""
    moved = Mesh(mesh.vertices + shift, mesh.faces)
    area = float((share * _vertex_areas(moved)).sum())
    return (mesh.volume_mm3 - moved.volume_mm3) / max(area, 1e-12)
