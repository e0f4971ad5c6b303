"""From what a file holds to the one outer surface of a bone: weld, take apart, unite, keep outside.

Anatomical atlases model a bone as several hollow shells that touch (ilium, ischium and pubis of
cortical bone, each with an inner wall, and sheets of spongy bone between), or as patches that meet
along their borders. Distances need the outside alone. Nothing is remeshed here: corners at one
place become one, closed shells are united exactly, and the walls of the cavities are left out, so
what remains are triangles of the input.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from hipsim.checks import IntArray
from hipsim.errors import MeshError
from hipsim.geometry.cut import union
from hipsim.geometry.mesh import Mesh
from hipsim.geometry.winding import winding_number

WELD_MM = 1e-3  # corners this near are one; float32 metres round to 0.00006 mm
GAP_MM = 0.5  # between shells that should touch: their rims are joined if the inside is open
HOLLOW_MM = 3.0  # mean thickness; less is the wall of a bone that is open inside
SPECK_SHARE = 0.01  # of the area; a smaller piece is noise of the segmentation
_OUTSIDE_SHARE = 0.05  # of an open sheet's corners that may lie outside the bone
_SAMPLES = 200  # corners of an open sheet that are looked at


def outer_surface(mesh: Mesh) -> Mesh:
    """Return the outer surface of one bone given as patches, shells or nested walls.

    Parameters
    ----------
    mesh
        Everything that belongs to one bone and nothing else, mm: patches that meet along their
        borders, closed shells that touch or overlap, inner walls turned either way, open sheets
        inside.

    Returns
    -------
    outside
        Closed, outward, one piece, same frame. Its faces are faces of the input, but for
        slivers where two shells cross.

    Raises
    ------
    MeshError
        If no piece is closed, an open piece lies outside the closed ones, or several separate
        pieces remain.

    Examples
    --------
    >>> corners = np.vstack([np.zeros(3), 90 * np.eye(3)])
    >>> faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> hollow = Mesh(np.vstack([corners, 0.5 * corners + 0.5]),
    ...               np.vstack([faces, faces[:, ::-1] + 4]))
    >>> outer_surface(hollow)
    <Mesh 4 vertices, 4 faces, closed>
    """
    shells, sheets = _shells_and_sheets(without_double_faces(welded(mesh), opposite="cancel"))
    if not shells:
        raise MeshError(
            f"no closed outer surface: none of the {len(sheets)} large pieces of this surface is "
            "closed; close the holes, or export the bone as one closed surface"
        )
    walls = split_pieces(_united(shells))
    if mean_thickness_mm(_largest(walls)) < HOLLOW_MM and len(shells) > 1:
        walls = split_pieces(_united(_snapped(shells, GAP_MM)))
    outside = _largest(walls)
    _check_one_bone(outside, walls, sheets)
    return outside


def mean_thickness_mm(mesh: Mesh) -> float:
    """Return the thickness of a plate with the volume and surface of a closed mesh, in mm.

    Whole hip bones and femora have 8 mm and more, the walls of a hollow one 1 to 2 mm.

    Examples
    --------
    >>> sheet = Mesh([[0, 0, 0], [9, 0, 0], [0, 9, 0], [0, 0, 1]],
    ...              [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> round(mean_thickness_mm(sheet), 2)
    0.3
    """
    return 2.0 * abs(mesh.volume_mm3) / float(mesh.face_areas_mm2.sum())


def welded(mesh: Mesh, *, within_mm: float = WELD_MM) -> Mesh:
    """Return the mesh with corners nearer than ``within_mm`` joined and collapsed faces dropped.

    Parameters
    ----------
    mesh
        Any mesh, mm.
    within_mm
        Largest distance of corners that are one.

    Raises
    ------
    MeshError
        If no face is left.

    Examples
    --------
    >>> patches = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1e-6, 0], [1, 1, 0], [0, 1, 0]],
    ...                [[0, 1, 2], [3, 4, 5]])
    >>> len(welded(patches).vertices)
    4
    """
    n = len(mesh.vertices)
    pairs = cKDTree(mesh.vertices).query_pairs(within_mm, output_type="ndarray")
    links = coo_array((np.ones(len(pairs), dtype=bool), pairs.T), shape=(n, n))
    number = connected_components(links, directed=False)[1]
    _, first, number = np.unique(number, return_index=True, return_inverse=True)
    faces = number.reshape(-1)[mesh.faces]
    a, b, c = faces.T
    kept = (a != b) & (b != c) & (c != a)
    if not kept.any():
        raise MeshError(f"every face is smaller than {within_mm:g} mm: wrong unit, or no surface")
    return Mesh(mesh.vertices[first], faces).submesh(kept)


def without_double_faces(mesh: Mesh, *, opposite: Literal["keep", "cancel"] = "keep") -> Mesh:
    """Return the mesh with each face once, of faces on the same corners turned alike.

    Parameters
    ----------
    mesh
        Any mesh.
    opposite
        What to do with two faces on the same corners turned opposite ways: ``cancel`` drops both,
        as is right for two shells with a wall in common.

    Examples
    --------
    >>> mesh = Mesh(np.eye(4)[:, :3], [[0, 1, 2], [1, 2, 0], [1, 2, 3], [3, 2, 1]])
    >>> [len(without_double_faces(mesh, opposite=o).faces) for o in ("keep", "cancel")]
    [3, 1]
    """
    group = corner_codes(mesh)
    rows = np.arange(len(group))
    place = np.argmin(mesh.faces, axis=1)
    turn = np.where(mesh.faces[rows, (place + 1) % 3] < mesh.faces[rows, (place + 2) % 3], 1, -1)
    _, first, of_face = np.unique(2 * group + (turn > 0), return_index=True, return_inverse=True)
    kept = np.isin(rows, first)
    if opposite == "cancel":
        _, number = np.unique(group[first], return_inverse=True)
        surplus = np.bincount(number, weights=turn[first])
        kept &= surplus[number][of_face] != 0.0
    return mesh if kept.all() or not kept.any() else mesh.submesh(kept)


def corner_codes(mesh: Mesh) -> IntArray:
    """Return a number for each face that is the same for faces on the same corners, shape (m,).

    Examples
    --------
    >>> a, b = corner_codes(Mesh(np.eye(3), [[0, 1, 2], [2, 1, 0]]))
    >>> bool(a == b)
    True
    """
    low, middle, high = np.sort(mesh.faces, axis=1).T
    n = len(mesh.vertices)
    codes: IntArray = (low * n + middle) * n + high
    return codes


def unzipped(mesh: Mesh) -> Mesh:
    """Return the mesh with its vertices repeated until no edge has more than two faces.

    Where four or more faces meet at an edge, as where two shells touch, they are paired in the
    order of the file, since parts are written one after the other.

    Examples
    --------
    >>> touching = Mesh([[0, 0, 0], [0, 0, 9], [9, 0, 0], [0, 9, 0], [-9, 0, 0], [0, -9, 0]],
    ...                 [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3],
    ...                  [0, 4, 1], [0, 1, 5], [0, 5, 4], [1, 4, 5]])
    >>> len(unzipped(touching).vertices), [piece.is_closed for piece in split_pieces(touching)]
    (8, [True, True])
    """
    first, second = _paired_corners(mesh)
    n = 3 * len(mesh.faces)
    links = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(n, n))
    number = connected_components(links, directed=False)[1]
    _, corner, number = np.unique(number, return_index=True, return_inverse=True)
    return Mesh(mesh.vertices[mesh.faces.ravel()[corner]], number.reshape(-1, 3))


@lru_cache(maxsize=4)
def split_pieces(mesh: Mesh) -> tuple[Mesh, ...]:
    """Return the pieces of a mesh that are joined along edges, each with vertices of its own.

    Kept for the last few meshes, since several checks ask.

    Examples
    --------
    >>> len(split_pieces(Mesh(np.vstack([np.eye(3), 9 + np.eye(3)]), [[0, 1, 2], [3, 4, 5]])))
    2
    """
    apart = unzipped(mesh)
    n, (a, b, c) = len(apart.vertices), apart.faces.T
    ends = (np.concatenate([a, b]), np.concatenate([b, c]))
    links = coo_array((np.ones(2 * len(a), dtype=bool), ends), shape=(n, n))
    number = connected_components(links, directed=False)[1][a]
    return tuple(apart.submesh(number == k) for k in np.unique(number))


def _paired_corners(mesh: Mesh) -> tuple[IntArray, IntArray]:
    """Return corners, numbered 3 x face + place, that are one because their faces share an edge."""
    start, end = mesh.faces.ravel(), np.roll(mesh.faces, -1, axis=1).ravel()
    n = len(mesh.vertices)
    rank = _rank_among_equals(start * n + end)
    most = int(rank.max()) + 1
    there, back = ((p * n + q) * most + rank for p, q in ((start, end), (end, start)))
    _, edge, partner = np.intersect1d(there, back, assume_unique=True, return_indices=True)
    edge_end, partner_end = (3 * (e // 3) + (e + 1) % 3 for e in (edge, partner))
    return np.concatenate([edge, edge_end]), np.concatenate([partner_end, partner])


def turned_outward(mesh: Mesh) -> Mesh:
    """Return a closed mesh with its faces counter-clockwise seen from outside."""
    return mesh if mesh.volume_mm3 > 0.0 else Mesh(mesh.vertices, mesh.faces[:, ::-1])


def _rank_among_equals(code: IntArray) -> IntArray:
    """Return how many equal values stand before each value, shape (k,)."""
    order = np.argsort(code, kind="stable")
    _, first, group = np.unique(code[order], return_index=True, return_inverse=True)
    rank = np.empty_like(code)
    rank[order] = np.arange(len(code)) - first[group]
    return rank


def _shells_and_sheets(mesh: Mesh) -> tuple[list[Mesh], list[Mesh]]:
    """Return the closed pieces, turned outward, largest first, and the open ones; no specks."""
    shells: list[Mesh] = []
    sheets: list[Mesh] = []
    least = SPECK_SHARE * mesh.face_areas_mm2.sum()
    for piece in split_pieces(mesh):
        closed = piece.is_closed and piece.volume_mm3 != 0.0
        if piece.face_areas_mm2.sum() > least:
            (shells if closed else sheets).append(piece)
    outward = [turned_outward(shell) for shell in shells]
    return sorted(outward, key=lambda shell: -shell.volume_mm3), sheets


def _snapped(shells: list[Mesh], gap_mm: float) -> list[Mesh]:
    """Return shells whose corners within a gap of an earlier shell's corner lie on it."""
    snapped = shells[:1]
    for shell in shells[1:]:
        corners = np.vstack([earlier.vertices for earlier in snapped])
        distance, nearest = cKDTree(corners).query(shell.vertices)
        is_near = (distance < gap_mm)[:, None]
        snapped.append(Mesh(np.where(is_near, corners[nearest], shell.vertices), shell.faces))
    return snapped


def _united(shells: list[Mesh]) -> Mesh:
    """Return the union of closed shells."""
    body = shells[0]
    for shell in shells[1:]:
        body = union(body, shell).mesh
    return body


def _largest(walls: Sequence[Mesh]) -> Mesh:
    """Return the wall around the most."""
    return max(walls, key=lambda wall: wall.volume_mm3)


def _check_one_bone(outside: Mesh, walls: Sequence[Mesh], sheets: list[Mesh]) -> None:
    """Raise if the inside is open, or something other than cavities and specks is left out."""
    if mean_thickness_mm(outside) < HOLLOW_MM:
        raise MeshError(
            f"no outer surface: these are walls {mean_thickness_mm(outside):.1f} mm thick around "
            f"an inside that is open by more than {GAP_MM:g} mm; close the gaps, or export "
            "the bone as one closed surface"
        )
    others = [wall for wall in walls if wall is not outside and wall.volume_mm3 > 0.0]
    apart = sum(_lies_outside(wall, outside) for wall in others)
    if apart:
        raise MeshError(
            f"no single outer surface: {apart + 1} separate closed pieces remain; give the "
            "parts of one bone only, and leave out other bones and cartilage"
        )
    loose = [sheet for sheet in sheets if _lies_outside(sheet, outside)]
    if loose:
        raise MeshError(
            f"no closed outer surface: an open piece of {len(loose[0].faces)} faces lies outside "
            "the closed ones; close it first"
        )


def _lies_outside(piece: Mesh, outside: Mesh) -> bool:
    """Tell whether a piece that is more than a speck has corners outside a closed surface."""
    if piece.face_areas_mm2.sum() < SPECK_SHARE * outside.face_areas_mm2.sum():
        return False
    corners = piece.vertices[:: max(1, len(piece.vertices) // _SAMPLES)]
    return float((winding_number(outside, corners) < 0.5).mean()) > _OUTSIDE_SHARE
