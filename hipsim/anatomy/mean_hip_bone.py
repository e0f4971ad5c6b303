"""Lay a hip bone on the mean hip bone: where are its parts, before any landmark is found?

The mean bone is made from published morphometry (:mod:`hipsim.anatomy.virtual_bones`), nobody's
scan. Both bones become points spread evenly over the surface; principal axes give four starts, and
from each the bone is laid on the mean one (:mod:`hipsim.geometry.registration`). The size is set
first, by the spread of the points, so that a bone cannot shrink into the other.

A real hip bone stays off the mean one of its own side by 5 to 7 mm, by 12 to 14 mm off the other's.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from hipsim.anatomy.sides import side_sign
from hipsim.anatomy.virtual_bones import contoured, pelvic_body
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import Array, Side
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.registration import Cloud, lay_on_from_starts, sampled_points

TEMPLATE_SPACING_MM = 6.0
SAMPLES = 400


@dataclass(frozen=True, eq=False)
class LaidOnMean:
    """A hip bone laid on the mean hip bone of one side.

    Attributes
    ----------
    misfit_mm
        Root mean square distance that remains between the surfaces, at the mean bone's size.
    scale
        Size of the bone over the size of the mean one.
    scan_from_mean
        Rigid (4, 4) from the frame of the mean bone (``app``, origin at the hip joint centre,
        mirrored for a left bone), its coordinates times ``scale``, to the scan.
    """

    misfit_mm: float
    scale: float
    scan_from_mean: Array

    def in_scan(self, point_mm: tuple[float, float, float]) -> Array:
        """Return where a point of the mean bone (X anterior, Y up, Z right) lies in the scan.

        For a left bone give the point of the mean left bone: Z lateral is negative.
        """
        return rigid.apply(self.scan_from_mean, self.scale * np.array([point_mm]))[0]


@lru_cache(maxsize=8)
def lay_on_mean(hip_bone: Mesh, side: Side) -> LaidOnMean:
    """Lay a hip bone on the mean hip bone of a side, whatever its own side.

    Parameters
    ----------
    hip_bone
        Closed mesh of a whole hip bone, mm, any frame.
    side
        Side of the mean bone.

    Returns
    -------
    laid
        The best of the four starts; kept for the last few meshes, since several checks ask.
    """
    mirror = np.array([1.0, 1.0, side_sign(side)])
    mean, size, middle = _mean_bone()
    own = sampled_points(hip_bone, SAMPLES)
    centre = own.mean(axis=0)
    scale = _spread(own - centre) / size
    points = (own - centre) * mirror / scale
    laid = lay_on_from_starts(points, mean, _starts(points, mean.points))
    # points @ turn + shift lies on the mean bone, so what lies on that, turned back, is in the scan
    back = (mirror[:, None] * laid.turn) * mirror
    origin = centre - scale * (mirror * (laid.turn @ (laid.shift + middle)))
    return LaidOnMean(laid.misfit_mm, scale, rigid.transform_from(back, origin))


@lru_cache(maxsize=1)
def _mean_bone() -> tuple[Cloud, float, Array]:
    """Return points of the mean right hip bone about their centre, their spread and centre."""
    body = pelvic_body(HipShape.typical("female"))
    mean = contoured(body, spacing_mm=TEMPLATE_SPACING_MM, is_final=False)
    points = sampled_points(mean, 4 * SAMPLES)
    middle = points.mean(axis=0)
    return Cloud.of(points - middle), _spread(points - middle), middle


def _spread(points: Array) -> float:
    """Return the root mean square distance from the origin."""
    return float(np.sqrt((points**2).sum(axis=1).mean()))


def _starts(points: Array, mean: Array) -> list[Array]:
    """Return the rotations (3, 3) that bring principal axes onto each other, for rows @ turn."""
    own, onto = (_principal_axes(cloud) for cloud in (points, mean))
    flips = [np.diag([a, b, a * b]) for a, b in product((1.0, -1.0), repeat=2)]
    return [own @ flip @ onto.T for flip in flips]


def _principal_axes(points: Array) -> Array:
    """Return right-handed principal axes as columns, longest first."""
    axes = np.linalg.eigh(points.T @ points)[1][:, ::-1].copy()
    axes[:, 2] *= np.sign(np.linalg.det(axes))
    return axes
