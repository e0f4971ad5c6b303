"""Lay a proximal femur on the mean proximal femur, head on head, and on its mirror image.

The mean bone is made from published morphometry (:mod:`hipsim.anatomy.virtual_bones`). Head centre
and head radius are known, so that place and size are given and only the rotation is sought; what is
compared reaches to below the lesser trochanter, so a femur without its knee will do.
"""

from functools import lru_cache

import numpy as np

from hipsim.anatomy.sides import side_sign
from hipsim.anatomy.virtual_bones import contoured, femoral_body
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import Array, Side
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import SphereFit
from hipsim.geometry.registration import Cloud, Laid, lay_on_from_starts, sampled_points

REACH = 3.3  # head radii from the head centre: the lesser trochanter's apex is at 2.6
UP = (-0.17, 0.98, 0.07)  # proximal shaft axis of the mean woman, condylar frame
MEDIAL = (0.14, 0.69, -0.69)  # from the shaft to the head along the neck
TEMPLATE_SPACING_MM = 6.0
SAMPLES = 400
TURNS_DEG = (-50.0, -25.0, 0.0, 25.0, 50.0)  # about the shaft, from where head and shaft agree


def lay_on_mean_femur(femur: Mesh, head: SphereFit, axes: Array, side: Side) -> Laid:
    """Lay a proximal femur on the mean proximal femur of a side, whatever its own side.

    Parameters
    ----------
    femur
        Closed mesh, mm, any frame.
    head
        Its head.
    axes
        Rough axes as columns, shape (3, 3): up along the shaft; medial, from the shaft to the
        head; and up x medial.
    side
        Side of the mean bone.

    Returns
    -------
    laid
        Misfit in mm at the mean bone's size, and the rotation.
    """
    mean, radius = _mean_bone()
    scaled = Mesh((femur.vertices - head.centre) * (radius / head.radius_mm), femur.faces)
    part = scaled.submesh(np.linalg.norm(scaled.face_centres, axis=1) < REACH * radius)
    # up and medial keep their sense in a mirror, up x medial does not
    mirror = np.array([1.0, 1.0, side_sign(side)])
    points = (sampled_points(part, SAMPLES) @ axes * mirror) @ _mean_axes().T
    turns = rigid.rotation_about(UP, np.radians(TURNS_DEG)).transpose(0, 2, 1)
    return lay_on_from_starts(points, mean, turns, is_pivoted=True)


def _mean_axes() -> Array:
    """Return the rough axes of the mean right femur: up, medial, up x medial as columns."""
    up = rigid.unit(np.array(UP))
    medial = np.array(MEDIAL)
    medial = rigid.unit(medial - (medial @ up) * up)
    return np.column_stack([up, medial, np.cross(up, medial)])


@lru_cache(maxsize=1)
def _mean_bone() -> tuple[Cloud, float]:
    """Return points of the mean proximal right femur about its head centre, and its radius."""
    shape = HipShape.typical("female")
    mesh = contoured(femoral_body(shape), spacing_mm=TEMPLATE_SPACING_MM, is_final=False)
    points = sampled_points(mesh, 16 * SAMPLES)
    near = np.linalg.norm(points, axis=1) < REACH * shape.head_radius_mm
    return Cloud.of(points[near]), shape.head_radius_mm
