"""Least-squares shapes: spheres (robust against a missing or foreign cap) and lines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hipsim.checks import Array, BoolArray, as_array, as_points
from hipsim.errors import InputError
from hipsim.geometry.mesh import Mesh
from hipsim.geometry.rigid import unit

_SAMPLES = 3000
_SCORED = 5000  # points on which a proposal is scored; the best is refined on all
_PLANE_RATIO = 1e-9
_BANDS_MM = (2.5, 2.0, 1.7, *(1.5,) * 12)


@dataclass(frozen=True, eq=False)
class SphereFit:
    """A sphere fitted to part of a surface.

    Attributes
    ----------
    centre
        Shape (3,), mm, frame of the points.
    radius_mm
        Radius.
    rms_mm
        Root mean square distance of the inliers from the sphere.
    coverage
        Inlier area divided by the area of the whole sphere; about 0.6 for a femoral head.
    is_inlier
        Mask over the vertices of the mesh, shape (n,).
    """

    centre: Array
    radius_mm: float
    rms_mm: float
    coverage: float
    is_inlier: BoolArray


def fit_sphere(points: ArrayLike, weights: ArrayLike | None = None) -> tuple[Array, float]:
    """Fit a sphere to points in the least-squares sense.

    Parameters
    ----------
    points
        Surface points, shape (n, 3) with n >= 4, in mm, any frame.
    weights
        How much each counts, shape (n,), positive; for vertices of a mesh the area around
        them, so that where they lie dense they count no more. Alike if left out.

    Returns
    -------
    centre
        Centre of the sphere, shape (3,), same frame as ``points``.
    radius
        Radius in mm.

    Raises
    ------
    InputError
        If fewer than four points are given, or all points lie in one plane.

    Notes
    -----
    The algebraic fit (linear in the unknowns) starts three Gauss-Newton steps on the geometric
    residual, which remove the algebraic fit's small bias on a partial sphere.

    Examples
    --------
    >>> centre, radius = fit_sphere([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, 0, 1]])
    >>> float(round(radius, 6))
    1.0
    """
    array = as_points(points)
    if len(array) < 4:
        raise InputError(f"a sphere needs at least 4 points, got {len(array)}")
    mean = array.mean(axis=0)
    local = array - mean
    spread = np.linalg.svd(local, compute_uv=False)
    if spread[2] <= _PLANE_RATIO * spread[0]:
        raise InputError("a sphere cannot be fitted to points in one plane")
    root = (
        np.ones(len(local))
        if weights is None
        else np.sqrt(as_array(weights, (len(local),), name="weights"))
    )
    design = np.column_stack([2.0 * local, np.ones(len(local))])
    solution = _least_squares(design, (local**2).sum(axis=1), root)
    centre, radius = solution[:3], np.sqrt(solution[3] + solution[:3] @ solution[:3])
    for _ in range(3):
        ray = local - centre
        length = np.linalg.norm(ray, axis=1)
        jacobian = np.column_stack([ray / length[:, None], np.ones(len(local))])
        step = _least_squares(jacobian, length - radius, root)
        centre, radius = centre + step[:3], radius + step[3]
    return centre + mean, float(radius)


def _least_squares(design: Array, wanted: Array, root: Array) -> Array:
    """Solve for the unknowns with the root of each row's weight."""
    solution = np.linalg.lstsq(design * root[:, None], wanted * root, rcond=None)[0]
    return solution.astype(np.float64, copy=False)


def fit_line(points: ArrayLike) -> tuple[Array, Array]:
    """Fit a line to points (n, 3); return a point on it and its unit direction, first to last.

    Examples
    --------
    >>> _, direction = fit_line([[0, 0, 0], [0, 0, 1], [0, 0, 3]])
    >>> direction.round(9).tolist()
    [0.0, 0.0, 1.0]
    """
    array = as_points(points)
    mean = array.mean(axis=0)
    direction = np.linalg.svd(array - mean, full_matrices=False)[2][0]
    return mean, direction * (1.0 if (array[-1] - array[0]) @ direction >= 0 else -1.0)


@dataclass(frozen=True, eq=False)
class SphereSearch:
    """Where on a surface a sphere is sought.

    Attributes
    ----------
    is_candidate
        Vertices that may lie on it, shape (n,).
    radii_mm
        Smallest and largest radius.
    is_hollow
        True for a socket, whose outward surface normals point to the centre.
    centre_near
        A point (3,) and how far from it, in mm, the centre may lie; None for anywhere.
    """

    is_candidate: BoolArray
    radii_mm: tuple[float, float]
    is_hollow: bool = False
    centre_near: tuple[Array, float] | None = None


def find_sphere(mesh: Mesh, search: SphereSearch) -> SphereFit | None:
    """Find the most complete spherical patch on part of a surface.

    Pairs of surface normals that nearly meet in a point propose centres; the proposal with the
    largest covered share of its sphere wins and is refined on its inliers. What is not round
    (neck, osteophytes, a cap lost in segmentation) is outvoted rather than averaged in.

    Parameters
    ----------
    mesh
        The bone, mm.
    search
        Where to look.

    Returns
    -------
    fit
        The sphere, or None if no proposal has at least 20 inliers.
    """
    index = np.flatnonzero(search.is_candidate)
    if len(index) < 20:
        return None
    points = mesh.vertices[index]
    normals = mesh.vertex_normals[index] * (-1.0 if search.is_hollow else 1.0)
    centres, radii = _propose(points, normals, search)
    if len(centres) == 0:
        return None
    areas = vertex_areas_mm2(mesh)[index]
    thin = slice(None, None, max(1, len(index) // _SCORED))
    scores = [
        _closeness(points[thin], normals[thin], c, r) @ areas[thin] / r**2
        for c, r in zip(centres, radii, strict=True)
    ]
    best = int(np.argmax(scores))
    return _refine(mesh, index, normals, centres[best], radii[best])


def vertex_areas_mm2(mesh: Mesh) -> Array:
    """Return a third of the area of the faces around each vertex, shape (n,), in mm2."""
    areas = np.zeros(len(mesh.vertices))
    np.add.at(areas, mesh.faces.ravel(), np.repeat(mesh.face_areas_mm2 / 3.0, 3))
    return areas


def _propose(points: Array, normals: Array, search: SphereSearch) -> tuple[Array, Array]:
    """Return centres and radii where two backward normals nearly meet at equal depth."""
    rng = np.random.default_rng(0)  # fixed: the same bone gives the same sphere
    i, j = rng.integers(0, len(points), (2, _SAMPLES))
    gap, turn = points[i] - points[j], normals[i] - normals[j]
    square = (turn**2).sum(axis=1)
    radius = (gap * turn).sum(axis=1) / np.where(square > 0.05, square, np.inf)
    centre = 0.5 * (points[i] + points[j] - radius[:, None] * (normals[i] + normals[j]))
    miss = np.linalg.norm(gap - radius[:, None] * turn, axis=1)
    low, high = search.radii_mm
    fits = (radius > low) & (radius < high) & (miss < 0.15 * radius)
    if search.centre_near is not None:
        expected, tolerance = search.centre_near
        fits &= np.linalg.norm(centre - expected, axis=1) < tolerance
    return centre[fits], radius[fits]


def _closeness(points: Array, normals: Array, centre: Array, radius: float) -> Array:
    """Weigh each point by its nearness to a sphere: 1 on it, 0 from 1 mm off it."""
    residual = np.linalg.norm(points - centre, axis=1) - radius
    return (1.0 - residual**2) * _inliers(points, normals, centre, radius, 1.0)


def _inliers(points: Array, normals: Array, centre: Array, radius: float, band: float) -> BoolArray:
    """Mark the points near a sphere whose normals point away from its centre."""
    ray = points - centre
    length = np.linalg.norm(ray, axis=1)
    aligned = (ray * normals).sum(axis=1) > 0.9 * length
    return (np.abs(length - radius) < band) & aligned


def _refine(
    mesh: Mesh, index: np.ndarray, normals: Array, centre: Array, radius: float
) -> SphereFit | None:
    """Refit in a shrinking band, weights falling smoothly to zero at its border.

    Tukey's weights, so that the fit does not hang on which vertices are just in or just out.
    """
    points, areas = mesh.vertices[index], vertex_areas_mm2(mesh)[index]
    for band in _BANDS_MM:
        kept = _inliers(points, normals, centre, radius, band)
        if kept.sum() < 20:
            return None
        off = np.linalg.norm(points[kept] - centre, axis=1) - radius
        weights = areas[kept] * (1.0 - (off / band) ** 2) ** 2
        centre, radius = fit_sphere(points[kept], weights)
    kept = _inliers(points, normals, centre, radius, 1.0)
    if kept.sum() < 20:
        return None
    residual = np.linalg.norm(points[kept] - centre, axis=1) - radius
    is_inlier = np.zeros(len(mesh.vertices), dtype=bool)
    is_inlier[index[kept]] = True
    return SphereFit(
        centre=centre,
        radius_mm=radius,
        rms_mm=float(np.sqrt((residual**2).mean())),
        coverage=float(areas[kept].sum() / (4.0 * np.pi * radius**2)),
        is_inlier=is_inlier,
    )


def angle_rad(a: Array, b: Array) -> float:
    """Return the angle between two directions (3,), accurate for small and large angles."""
    a, b = unit(a), unit(b)
    return float(2.0 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b)))
