"""Measure a moving femur as blind finding would: neck isthmus and lesser trochanter by their shape.

Landmarks that end a smooth bone (condyles, epicondyles) may follow the surface. The narrowest
section of the neck and the top of the lesser trochanter may not: as the version changes they wander
over the surface by millimetres. They are found anew on two patches of the moved surface, by the
definitions of :mod:`hipsim.anatomy.find_proximal_femur`.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy import _virtual_measure_kernels as kernels
from hipsim.anatomy.find_proximal_femur import (
    ISTHMUS_SHARE,
    LESSER_TROCHANTER_CAP_MM2,
    LESSER_TROCHANTER_LEVELS,
    LESSER_TROCHANTER_SECTOR_DEG,
)
from hipsim.anatomy.virtual_template_skin import Nodes, Skin
from hipsim.checks import Array, BoolArray, IntArray
from hipsim.errors import ComputationError
from hipsim.geometry import rigid
from hipsim.geometry.closing import border_loops
from hipsim.geometry.fit import fit_line

NECK_LEVELS = np.linspace(0.7, 1.3, 19)  # of the head radius along the neck
NECK_ENDS = (0.3, 1.7)  # of the head radius: the tube that is cut
NECK_RADII = 1.25  # of the tube
TROCHANTER_MARGIN = 0.02  # of the length, beyond the levels where the apex may be
SECTOR_MARGIN_DEG = 40.0
SECTIONS = 8  # of the shaft, by name shaft_0 ... shaft_7
STEADY = 1e-5
ROUNDS = 40

Line = tuple[Array, Array]


@dataclass(frozen=True, eq=False)
class Probe:
    """Neck and lesser trochanter of a template; build with :meth:`on`.

    Attributes
    ----------
    skin
        Of both patches.
    neck, trochanter
        Faces of each, indices of the skin's vertices, shape (m, 3).
    ends
        Vertices at the proximal and at the distal border of the neck.
    """

    skin: Skin
    neck: IntArray
    ends: tuple[IntArray, IntArray]
    trochanter: IntArray

    @classmethod
    def on(cls, skin: Skin, faces: IntArray, axes: Array, points: dict[str, Array]) -> "Probe":
        """Cut both patches out of a skin; ``points`` are in the condylar frame, its axes given."""
        vertices = skin.vertices @ axes
        axis, radius = rigid.unit(points["neck_isthmus"]), skin.home.ball_mm
        along = vertices @ axis
        off_neck = np.linalg.norm(vertices - np.outer(along, axis), axis=1)
        is_neck = (along > NECK_ENDS[0] * radius) & (along < NECK_ENDS[1] * radius)
        is_neck &= off_neck < NECK_RADII * radius
        is_apex = _may_be_apex(vertices, points, _shaft_axis(points), radius, margin=1.0)
        patches = [faces[mask[faces].all(axis=1)] for mask in (is_neck, is_apex)]
        both = np.concatenate(patches)
        used, renumbered = np.unique(both, return_inverse=True)
        renumbered = renumbered.reshape(-1, 3)
        neck, trochanter = np.split(renumbered, [len(patches[0])])
        border = np.unique(np.concatenate([rim for rim, _ in border_loops(neck)]))
        is_far = along[used[border]] > radius
        return cls(skin.part(used), neck, (border[~is_far], border[is_far]), trochanter)

    def found(self, nodes: Nodes, axes: Array, points: dict[str, Array]) -> dict[str, Array]:
        """Return the isthmus and the apex (3,) of a moved femur, condylar frame, mm."""
        vertices = self.skin.moved(nodes) @ axes
        isthmus = self._isthmus(vertices, points["neck_isthmus"], nodes.ball_mm)
        points = {**points, "neck_isthmus": isthmus}
        return points | {"lesser_trochanter": self._apex(vertices, points, nodes.ball_mm)}

    def _isthmus(self, vertices: Array, start: Array, radius: float) -> Array:
        """Return the mean centroid of the neck's sections, small ones weighing more."""
        axis, levels = rigid.unit(start), NECK_LEVELS * radius
        found = np.empty((len(levels), 4))
        for _ in range(ROUNDS):
            kernels.tube_sections(vertices, self.neck, axis, levels, found)
            start, end = (vertices[rim] @ axis for rim in self.ends)
            is_whole = (levels > start.max()) & (levels < end.min()) & (found[:, 0] > radius**2)
            if not is_whole.any():
                raise ComputationError("this femur cannot be reached: its neck has no section")
            area = np.where(is_whole, found[:, 0], np.inf)
            weights = np.exp((1.0 - area / area.min()) / ISTHMUS_SHARE)
            centroids = found[:, 1:] / (3.0 * found[:, :1]) + levels[:, None] * axis
            isthmus: Array = weights[is_whole] @ centroids[is_whole] / weights.sum()
            before, axis = axis, rigid.unit(isthmus)
            if np.abs(axis - before).max() < STEADY:
                break
        return isthmus

    def _apex(self, vertices: Array, points: dict[str, Array], radius: float) -> Array:
        """Return the top of the lesser trochanter over the shaft axis."""
        shaft = _shaft_axis(points)
        reach = np.linalg.norm(_off_shaft(vertices, shaft), axis=1)
        is_apex = _may_be_apex(vertices, points, shaft, radius, margin=0.0)
        faces, found = self.trochanter[is_apex[self.trochanter].all(axis=1)], np.empty(6)
        if len(faces) == 0:
            raise ComputationError("this femur cannot be reached: it has no lesser trochanter")
        highest = float(reach[faces].max())
        kernels.cap(vertices, faces, reach, highest, LESSER_TROCHANTER_CAP_MM2, found)
        centre: Array = found[2:5] / found[1]
        foot = _off_shaft(centre[None], shaft)[0]
        top = found[0] + 2.0 * found[1] / found[5]
        return centre + (top - np.linalg.norm(foot)) * rigid.unit(foot)


def _shaft_axis(points: dict[str, Array]) -> Line:
    """Return a point of the shaft axis and its direction downwards."""
    return fit_line([points[f"shaft_{i}"] for i in range(SECTIONS)])


def _off_shaft(vertices: Array, shaft: Line) -> Array:
    """Return the offset of points (n, 3) from the shaft axis."""
    foot, down = shaft
    offset: Array = vertices - foot
    offset -= np.outer(offset @ down, down)
    return offset


def _may_be_apex(
    vertices: Array, points: dict[str, Array], shaft: Line, radius: float, *, margin: float
) -> BoolArray:
    """Mark where the lesser trochanter is looked for, in the condylar frame; wider by a margin."""
    offset, up = _off_shaft(vertices, shaft), -shaft[1]
    neck = rigid.unit(points["neck_isthmus"])
    medial = rigid.unit(up * (up @ neck) - neck)
    angle = np.degrees(np.arctan2(offset @ np.cross(up, medial), offset @ medial))
    depth = vertices[:, 1] / points["distal_end"][1]
    from_neck = np.linalg.norm(vertices - np.outer(vertices @ neck, neck), axis=1)
    (high, low), (first, last) = LESSER_TROCHANTER_LEVELS, LESSER_TROCHANTER_SECTOR_DEG
    wider, turned = margin * TROCHANTER_MARGIN, margin * SECTOR_MARGIN_DEG
    is_level = (depth > high - wider) & (depth < low + wider)
    is_behind = (angle > first - turned) & (angle < last + turned)
    return is_level & is_behind & (from_neck > (1.1 - 0.2 * margin) * radius)
