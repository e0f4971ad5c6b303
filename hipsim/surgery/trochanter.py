"""How the lesser trochanter sits on the femur: its axis, its height, what surrounds it.

The LT axis runs from the shaft axis to the apex of the trochanter and is perpendicular to the shaft
axis. Heights are measured along it (or along a direction tilted from it) from the shaft axis
outwards. Everything is in the scan frame and in mm.

Three things bound a resection. The shaft: 30 mm below the apex the trochanter has run out into the
shaft, and no plane may go deeper than the bone reaches there. The neck: between trochanter and
neck there is a pass, the highest point at which a way from the apex to the head starts to climb
again; what lies beyond it is calcar and neck, not trochanter. And the size of a trochanter, towards
the crest.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hipsim.anatomy.fragments import fragment_shaft_axis
from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, IntArray
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid

APEX_RADIUS_MM = 8.0  # the farthest point of the trochanter is sought this near to its axis
SHAFT_BELOW_APEX_MM = 30.0  # level at which the trochanter has run out (published LT profiles)
SHAFT_SLAB_MM = 3.0  # half-height of the slice of shaft measured there
LOWEST_PASS_MM = 0.5  # over the shaft; one that is lower bounds nothing a plane could reach


@dataclass(frozen=True, eq=False)
class Trochanter:
    """A lesser trochanter seen along the direction in which it is to be planed.

    Parameters
    ----------
    apex
        Landmark of the intact trochanter, shape (3,), scan frame, mm.
    up, outward, forward
        Orthonormal directions, each shape (3,), scan frame: up the shaft, out of the bone
        (normal of the planes), and the tangent that completes them.
    apex_mm
        Height of the apex landmark over the shaft axis.
    top_mm
        Height of the farthest point near the apex over the shaft axis.
    shaft_mm
        Height to which the shaft reaches 30 mm below the apex.
    """

    apex: Array
    up: Array
    outward: Array
    forward: Array
    apex_mm: float
    top_mm: float
    shaft_mm: float

    @property
    def top_above_apex_mm(self) -> float:
        """Height of the farthest point over the apex landmark, negative after a resection."""
        return self.top_mm - self.apex_mm

    @property
    def largest_depth_mm(self) -> float:
        """Depth at which a plane would touch the shaft."""
        return max(self.top_mm - self.shaft_mm, 0.0)


def find_trochanter(hip: Hip, tilt_deg: float = 0.0) -> Trochanter:
    """Measure the lesser trochanter along its axis, or along a direction tilted from it.

    Parameters
    ----------
    hip
        With ``lesser_trochanter`` and both ``shaft_axis`` landmarks, and a closed femur.
    tilt_deg
        Turn of the direction about the shaft axis, posterior positive on both sides.

    Raises
    ------
    AnatomyError
        If a landmark is missing, the apex lies on the shaft axis, or there is no bone at the
        apex or 30 mm below it.
    """
    apex, (foot, up, axis) = hip.landmarks["lesser_trochanter"], _axes(hip)
    turn = rigid.rotation_about(up, side_sign(hip.side) * np.deg2rad(tilt_deg))
    outward = turn @ axis
    forward = np.cross(outward, up)
    height = (hip.femur.vertices - foot) @ outward
    top = _farthest(hip.femur, apex, outward, height)[0]
    shaft = float(((shaft_slab(hip.femur, apex, up) - foot) @ outward).max())
    return Trochanter(apex, up, outward, forward, float((apex - foot) @ outward), top, shaft)


def find_neck_pass(hip: Hip) -> Array | None:
    """Return the pass between trochanter and neck as heights along the LT axis have it.

    Parameters
    ----------
    hip
        Intact, or after procedures that noted the pass of the intact bone.

    Returns
    -------
    neck_pass
        Shape (3,), scan frame, mm, or None if no way to the head stays over the height of the
        shaft.

    Raises
    ------
    AnatomyError
        If a landmark is missing, or there is no bone at the apex or 30 mm below it.
    """
    is_noted, neck_pass = _noted_pass(hip)
    if is_noted:
        return neck_pass
    apex, (foot, up, outward) = hip.landmarks["lesser_trochanter"], _axes(hip)
    height = (hip.femur.vertices - foot) @ outward
    shaft = ((shaft_slab(hip.femur, apex, up) - foot) @ outward).max()
    heads = np.unique(hip.femur.faces[hip.femoral_labels == FEMORAL_STRUCTURES.index("head")])
    dry = np.where(height > shaft + LOWEST_PASS_MM, height, -np.inf)
    vertex = _find_pass(hip.femur, dry, _farthest(hip.femur, apex, outward, height)[1], heads)
    return None if vertex is None else hip.femur.vertices[vertex]


def _noted_pass(hip: Hip) -> tuple[bool, Array | None]:
    """Tell whether an earlier resection noted the pass, and where it is now.

    On a surface that has been cut the pass can no longer be found.
    """
    is_noted, neck_pass = False, None
    for note in hip.notes:
        if "neck_pass_mm" in note and not is_noted:
            is_noted = True
            neck_pass = None if note["neck_pass_mm"] is None else np.array(note["neck_pass_mm"])
        if neck_pass is not None and "lesser_trochanter" in note.get("turned_landmarks", ()):
            neck_pass = rigid.apply(np.array(note["moved_from_before"]), neck_pass[None])[0]
    return is_noted, neck_pass


def _axes(hip: Hip) -> tuple[Array, Array, Array]:
    """Return the foot of the apex on the shaft axis, up the shaft, and the LT axis."""
    apex, (proximal, distal) = hip.landmarks["lesser_trochanter"], fragment_shaft_axis(hip)
    up = rigid.unit(proximal - distal)
    foot = proximal + up * ((apex - proximal) @ up)
    if np.linalg.norm(apex - foot) < 1.0:
        raise AnatomyError("the lesser trochanter's apex lies on the shaft axis; check landmarks")
    return foot, up, rigid.unit(apex - foot)


def _farthest(femur: Mesh, apex: Array, outward: Array, height: Array) -> tuple[float, int]:
    """Return the greatest height near the axis through the apex, and a vertex to start from.

    Where an earlier cut left large flat faces no vertex may be near; the surface itself is.
    """
    offset = femur.vertices - apex
    along = offset @ outward
    aside = np.linalg.norm(offset - np.outer(along, outward), axis=1)
    is_near = (aside < APEX_RADIUS_MM) & (height > 0.0)  # not the far side of the shaft
    faces = _pierced_faces(femur, apex, outward)
    faces = faces[height[femur.faces[faces]].min(axis=1, initial=np.inf) > 0.0]
    if len(faces) == 0:
        raise AnatomyError(
            "there is no bone under the lesser trochanter's apex; check the landmark "
            "and that femur and landmarks are in one frame"
        )
    normals = femur.area_vectors[faces]
    at_axis = ((femur.face_centres[faces] - apex) * normals).sum(axis=1) / (normals @ outward)
    near = np.concatenate([np.flatnonzero(is_near), femur.faces[faces[at_axis.argmax()]]])
    start = int(near[along[near].argmax()])
    return float(max(at_axis.max(), along[start]) + (height - along)[0]), start


def _pierced_faces(femur: Mesh, point: Array, direction: Array) -> IntArray:
    """Return the faces that look along a direction and are met by the line through a point."""
    facing = np.flatnonzero(femur.area_vectors @ direction > 0.0)
    corners = femur.triangles[facing] - point
    areas = np.cross(corners, np.roll(corners, -1, axis=1)) @ direction
    return facing[(areas >= -1e-9).all(axis=1)]  # mm2; a line through a vertex meets its faces


def shaft_slab(femur: Mesh, apex: Array, up: Array) -> Array:
    """Return points of the bone's surface around the level at which the trochanter has run out.

    Parameters
    ----------
    femur
        Scan frame, mm.
    apex, up
        Apex of the trochanter and the direction of the shaft, each shape (3,), scan frame.

    Returns
    -------
    points
        Vertices of the slab 27 to 33 mm below the apex and crossings of edges with its ends, shape
        (n, 3), scan frame, mm.

    Raises
    ------
    AnatomyError
        If there is no bone at that level.
    """
    level = (femur.vertices - apex) @ up
    low, high = (-SHAFT_BELOW_APEX_MM + s * SHAFT_SLAB_MM for s in (-1.0, 1.0))
    ends = femur.edge_counts[0]
    found = [femur.vertices[(level >= low) & (level <= high)]]
    for plane in (low, high):
        a, b = ends[(level[ends] < plane).sum(axis=1) == 1].T
        part = ((plane - level[a]) / (level[b] - level[a]))[:, None]
        found.append(femur.vertices[a] + part * (femur.vertices[b] - femur.vertices[a]))
    points = np.concatenate(found)
    if len(points) == 0:
        raise AnatomyError("there is no shaft 30 mm below the lesser trochanter; is it cropped?")
    return points


def _find_pass(femur: Mesh, height: Array, start: int, goals: IntArray) -> int | None:
    """Return the lowest vertex of the highest way over the surface from a vertex to any goal.

    Found by flooding: the highest water level at which start and a goal are still one island.
    """
    edges = femur.edge_counts[0]
    edge_height = height[edges].min(axis=1)
    is_dry = np.isfinite(edge_height)
    edges, edge_height = edges[is_dry], edge_height[is_dry]
    order = np.unique(height[np.isfinite(height)])
    low, high = 0, len(order)  # joined at order[low], if at all; apart at order[high]
    if not len(order) or not _is_joined(edges, len(height), start, goals[height[goals] > -np.inf]):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        dry = edge_height >= order[middle]
        joined = _is_joined(edges[dry], len(height), start, goals[height[goals] >= order[middle]])
        low, high = (middle, high) if joined else (low, middle)
    return int(np.flatnonzero(height == order[low])[0])


def _is_joined(edges: IntArray, n_vertices: int, start: int, goals: IntArray) -> bool:
    """Tell whether edges lead from a vertex to any of the goals."""
    graph = coo_array((np.ones(len(edges)), edges.T), shape=(n_vertices, n_vertices))
    island = connected_components(graph, directed=False)[1]
    return bool((island[goals] == island[start]).any())
