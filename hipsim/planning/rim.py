"""The bone around the socket that the neck of the femur can run into: rim in front, rim behind.

Structures of the hip bone are few (:mod:`hipsim.anatomy.regions`), because clearance is a matter
of the ischium. Derotation and resection change what happens on the other side too, so here the
rim of the acetabulum with the wall outside it is taken from the surface itself: everything within
two socket radii of the socket's centre, without the hollow that looks at the head. In front that
includes the anterior inferior iliac spine, behind the posterior wall. Front and back are parted
by the plane of the acetabular axis and the pelvic (``app``) vertical.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hipsim.anatomy.find_acetabulum import find_acetabulum, find_rim
from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, BoolArray, IntArray
from hipsim.errors import AnatomyError
from hipsim.geometry import rigid
from hipsim.geometry.fit import SphereFit

REACH_RADII = 2.0  # from the socket's centre; the anterior inferior spine lies at 1.6 to 1.9
DEEPEST_RADII = 1.0  # behind the plane of the rim; what lies deeper is inside the pelvis
LOOKS_IN = 0.3  # cosine of a face's normal to the socket's centre, above which it looks at it
HOLLOW_RADII = 1.4  # from the centre: lunate surface and fossa
LEAST_SHARE = 0.05  # of the faces; smaller pieces are bumps of the fossa
EDGE_MM = 2.0  # of the hollow next to the rim that belongs to the rim


@dataclass(frozen=True, eq=False)
class RimRegions:
    """Faces of the hip bone around the socket.

    Parameters
    ----------
    is_front, is_back
        Masks over the faces of the hip bone.
    """

    is_front: BoolArray
    is_back: BoolArray


def rim_regions(hip: Hip) -> RimRegions:
    """Find the bone in front of and behind the socket.

    Parameters
    ----------
    hip
        With the landmarks of the pelvic ``app`` frame.

    Returns
    -------
    regions
        Two masks that share no face.

    Raises
    ------
    AnatomyError
        If the hip bone has no acetabulum around the head, or no rim.
    """
    is_none = np.zeros(len(hip.femur.vertices), dtype=bool)
    head = SphereFit(hip.landmarks["hip_joint_centre"], hip.head_radius_mm, 0.0, 0.0, is_none)
    socket = find_acetabulum(hip.hip_bone, head)
    rim = find_rim(hip.hip_bone, socket)
    is_wall = _outside_the_hollow(hip, socket, rim.centre, rim.normal)
    up = hip.pelvic_frame("app")[:3, 1]
    forward = rigid.unit(np.cross(up, rim.normal))
    forward = forward * np.sign(forward @ hip.pelvic_frame("app")[:3, 0])
    is_front = (hip.hip_bone.face_centres - rim.centre) @ forward > 0.0
    found = RimRegions(is_wall & is_front, is_wall & ~is_front)
    if not (found.is_front.any() and found.is_back.any()):
        raise AnatomyError("the hip bone has no bone in front of or behind its socket")
    return found


def _outside_the_hollow(hip: Hip, socket: SphereFit, centre: Array, normal: Array) -> BoolArray:
    """Mark the faces around a socket that are not its articular surface or fossa."""
    ray = hip.hip_bone.face_centres - socket.centre
    distance = np.linalg.norm(ray, axis=1)
    height = (hip.hip_bone.face_centres - centre) @ normal
    inward = -(ray * hip.hip_bone.face_normals).sum(axis=1) / distance
    is_hollow = (inward > LOOKS_IN) & (distance < HOLLOW_RADII * socket.radius_mm)
    is_hollow &= height < -EDGE_MM
    is_near = distance < REACH_RADII * socket.radius_mm
    is_near &= height > -DEEPEST_RADII * socket.radius_mm
    return _without_specks(hip.hip_bone.faces, is_near & ~is_hollow)


def _without_specks(faces: IntArray, is_marked: BoolArray) -> BoolArray:
    """Keep only pieces of the marked faces that are more than a bump of the fossa."""
    own = faces[is_marked]
    edges = np.concatenate([own[:, :2], own[:, 1:]])
    n = int(faces.max()) + 1
    graph = coo_array((np.ones(len(edges)), edges.T), shape=(n, n))
    piece = connected_components(graph, directed=False)[1][own[:, 0]]
    kept = is_marked.copy()
    kept[is_marked] = np.bincount(piece)[piece] >= LEAST_SHARE * len(own)
    return kept
