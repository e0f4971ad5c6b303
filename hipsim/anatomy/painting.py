"""Footprints painted by a person: chosen faces, or a closed curve of points on the bone.

A painted footprint replaces the parametric one: ``hip.evolved(footprints={**hip.footprints,
"iliopsoas": painted})``.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from hipsim.anatomy.attachment import ATTACHED_BONE, Attachment, Footprint, make_footprint
from hipsim.anatomy.footprint import pieces_of_faces
from hipsim.anatomy.hip import Hip
from hipsim.checks import IntArray, as_choice, as_points
from hipsim.errors import AnatomyError, InputError
from hipsim.geometry import Mesh

CURVE_OFF_BONE_MM = 5.0  # a point farther from the bone was not drawn on it


def footprint_from_faces(
    hip: Hip, faces: ArrayLike, *, attachment: Attachment = "iliopsoas"
) -> Footprint:
    """Return the footprint of chosen faces.

    Parameters
    ----------
    hip
        An intact hip.
    faces
        Indices of faces of its femur (iliopsoas) or hip bone (hamstrings), in the order of the
        file the bone was loaded from, shape (k,).
    attachment
        ``"iliopsoas"`` or ``"hamstrings"``.

    Raises
    ------
    InputError
        If an index is not one of the bone's faces.
    AnatomyError
        If there is none.

    Examples
    --------
    >>> from hipsim.io import load_hip
    >>> footprint_from_faces(load_hip("man"), range(100)).origin
    'faces'
    """
    bone = _bone(hip, attachment)
    chosen = np.asarray(faces)
    is_whole = chosen.ndim == 1 and (len(chosen) == 0 or np.issubdtype(chosen.dtype, np.integer))
    if not is_whole or (len(chosen) and not 0 <= chosen.min() <= chosen.max() < len(bone.faces)):
        raise InputError(
            f"faces of the {attachment} must be whole numbers from 0 to {len(bone.faces) - 1}, the "
            f"faces of the {ATTACHED_BONE[attachment]}"
        )
    is_face = np.zeros(len(bone.faces), dtype=bool)
    is_face[chosen.astype(np.int64)] = True
    return make_footprint(bone, is_face, attachment=attachment, origin="faces")


def footprint_from_curve(
    hip: Hip, points_mm: ArrayLike, *, attachment: Attachment = "iliopsoas"
) -> Footprint:
    """Return the footprint inside a closed curve drawn on the bone.

    The curve is drawn along the edges of the mesh, from each point to the next and back to the
    first by the shortest way; the footprint is the smaller of the two parts.

    Parameters
    ----------
    hip
        An intact hip.
    points_mm
        Points of the curve in order, shape (n, 3) with n >= 3, scan frame, mm.
    attachment
        ``"iliopsoas"`` or ``"hamstrings"``.

    Raises
    ------
    InputError
        If there are fewer than three points, or one lies more than 5 mm off the bone.
    AnatomyError
        If the curve encloses no face.
    """
    bone, points = _bone(hip, attachment), as_points(points_mm, name="points_mm")
    if len(points) < 3:
        raise InputError(f"a closed curve needs at least 3 points, got {len(points)}")
    off, corners = KDTree(bone.vertices).query(points)
    if off.max() > CURVE_OFF_BONE_MM:
        raise InputError(
            f"the curve must lie on the {ATTACHED_BONE[attachment]}: point {int(off.argmax())} is "
            f"{off.max():.1f} mm off; are curve and bone in one frame, in mm?"
        )
    pieces = pieces_of_faces(bone, np.arange(len(bone.faces)), _curve_edges(bone, corners))
    areas = np.bincount(pieces, weights=bone.face_areas_mm2)
    is_inside = pieces != areas.argmax()
    if not is_inside.any():
        raise AnatomyError("the curve encloses no face of the bone; draw it larger")
    return make_footprint(bone, is_inside, attachment=attachment, origin="curve")


def _bone(hip: Hip, attachment: str) -> Mesh:
    """Return the bone a tendon attaches to."""
    bone: Mesh = getattr(
        hip, ATTACHED_BONE[as_choice(attachment, list(ATTACHED_BONE), name="attachment")]
    )
    return bone


def _curve_edges(bone: Mesh, corners: IntArray) -> IntArray:
    """Return the edges of the shortest ways between vertices, in order and back to the first."""
    ends = bone.edge_counts[0]
    length = np.linalg.norm(bone.vertices[ends[:, 0]] - bone.vertices[ends[:, 1]], axis=1)
    graph = coo_array((length, ends.T), shape=(len(bone.vertices),) * 2).tocsr()
    _, before = dijkstra(graph, directed=False, indices=corners, return_predecessors=True)
    codes = []
    for row, end in enumerate(np.roll(corners, -1)):
        while end != corners[row]:
            step = before[row, end]
            codes.append(min(step, end) * len(bone.vertices) + max(step, end))
            end = step
    return np.array(codes, dtype=np.int64)
