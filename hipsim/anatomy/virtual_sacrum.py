"""The sacrum of a virtual pelvis: a wedge that fits between the two hip bones.

Its nodes (:mod:`hipsim.anatomy.virtual_sacrum_nodes`) follow the same warp as the hip bone, with
the promontory as one more named point, and it is cut back from the hip bones by the width of the
sacroiliac joint, so that its faces are their counterparts. The pelvis being symmetrical, every
point is folded to the right of the midplane before it is looked at.
"""

import numpy as np

from hipsim.anatomy import virtual_sacrum_nodes as table
from hipsim.anatomy.virtual_bones import Body, parts_of, pelvic_body
from hipsim.anatomy.virtual_figures import SEXES
from hipsim.anatomy.virtual_handles import Handles, Warp, pelvic_handles
from hipsim.anatomy.virtual_pelvis_handles import pelvic_scale
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import Array
from hipsim.geometry import implicit
from hipsim.geometry.implicit import Field

JOINT_MM = 2.5  # sacroiliac joint space
SACRAL_BLEND_MM = 3.0
FACE_BLEND_MM = 1.0
FORAMEN_BLEND_MM = 2.0
EULER_NUMBER = 2


def sacral_body(shape: HipShape) -> Body:
    """Return the sacrum of a shape in the frame of its right hip bone's body.

    Parameters
    ----------
    shape
        The one the hip bone's body is made from.
    """
    half = 0.5 * shape.inter_hip_mm
    warp = Warp.between(_handles(HipShape.typical("female")), _handles(shape))
    parts = parts_of(table, warp)
    bone = implicit.union(*parts, blend_mm=SACRAL_BLEND_MM)
    foramina = np.array(table.FORAMINA)
    for centre, radius in zip(*warp.balls(foramina[:, :3], foramina[:, 3]), strict=True):
        bone = implicit.difference(bone, implicit.ball(centre, radius), blend_mm=FORAMEN_BLEND_MM)
    field = implicit.difference(bone, _grown(pelvic_body(shape).field), blend_mm=FACE_BLEND_MM)
    boxes = np.stack([part.bounds for part in parts])
    low, high = boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)
    low[2] = -2.0 * half - high[2]
    return Body(_folded(field, half), np.stack([low, high]), ((), (), ()))


def _handles(shape: HipShape) -> Handles:
    """Return the points of the hip bone and the promontory."""
    x, y = pelvic_scale(shape) * np.array(table.PROMONTORY[SEXES.index(shape.sex)])
    return {**pelvic_handles(shape), "promontory": np.array([x, y, -0.5 * shape.inter_hip_mm])}


def _grown(field: Field) -> Field:
    """Return a solid with a layer as thick as the joint all over."""
    return lambda points: field(points) - JOINT_MM


def _folded(field: Field, half_mm: float) -> Field:
    """Return a solid that is the same to the left of the midplane as to its right."""

    def symmetrical(points: Array) -> Array:
        folded = points.copy()
        folded[:, 2] = np.abs(points[:, 2] + half_mm) - half_mm
        return field(folded)

    return symmetrical
