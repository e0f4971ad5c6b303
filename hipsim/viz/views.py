"""Anatomical views by name, computed from the pelvis, so scans in any orientation stand upright.

Directions are in the ``app`` pelvic frame of the hip (X anterior, Y superior, Z to the subject's
right). Pictures are parallel projections: a mm is the same length everywhere in the picture, so
one scale bar holds for all of it. Bones are never mirrored: a left hip looks like a left hip.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, Side, as_array, as_choice
from hipsim.geometry import rigid

VIEWS = ("anterior", "posterior", "lateral", "medial", "axial", "surgeon")
WORDS = {
    "anterior": "anterior view",
    "posterior": "posterior view",
    "lateral": "lateral view",
    "medial": "medial view",
    "axial": "axial view from below",
    "surgeon": "surgeon's posterolateral view",
}
# towards the eye (anterior, superior, lateral) and which way is up, before the side is known
_EYES = {
    "anterior": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "posterior": ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "lateral": ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
    "medial": ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
    "axial": ((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
    "surgeon": ((-1.0, -0.12, 0.5), (0.0, 1.0, 0.0)),
}
_OBLIQUE = 0.35  # a direction tilted more than about 20 deg towards an axis carries its letter


@dataclass(frozen=True, eq=False)
class View:
    """A parallel projection of the pelvis's ``app`` frame.

    Parameters
    ----------
    name
        One of ``VIEWS``.
    side
        Side of the hip; decides which way is lateral.
    eye, up, right
        Unit vectors (3,) in the ``app`` frame: towards the eye, up and right in the picture.
    """

    name: str
    side: Side
    eye: Array
    up: Array
    right: Array

    def project(self, points: ArrayLike) -> Array:
        """Return picture coordinates (n, 2) in mm, right and up of the hip joint centre.

        Parameters
        ----------
        points
            Shape (n, 3), in mm, in the ``app`` frame.
        """
        return as_array(points, (-1, 3), name="points") @ np.column_stack([self.right, self.up])

    @property
    def edge_labels(self) -> dict[str, str]:
        """What lies beyond the right, left, top and bottom edge of the picture."""
        towards = {"right": self.right, "left": -self.right, "top": self.up, "bottom": -self.up}
        return {edge: direction_letters(way, self.side) for edge, way in towards.items()}


def make_view(name: str, side: Side) -> View:
    """Return an anatomical view by name.

    Parameters
    ----------
    name
        ``"anterior"``, ``"posterior"``, ``"lateral"``, ``"medial"``, ``"axial"`` (from below,
        anterior on top, as radiologists read it) or ``"surgeon"`` (from behind, the outside and a
        little below, where the space opens to the eye).
    side
        Side of the hip.

    Raises
    ------
    InputError
        If there is no view of that name.

    Examples
    --------
    >>> view = make_view("posterior", "right")
    >>> view.project([[0, 0, 1]]).tolist()  # a right hip seen from behind: lateral is right
    [[1.0, 0.0]]
    """
    as_choice(name, VIEWS, name="view")
    mirror = np.array([1.0, 1.0, side_sign(side)])
    eye, up_hint = (np.array(way) * mirror for way in _EYES[name])
    eye = rigid.unit(eye)
    up = rigid.unit(up_hint - (up_hint @ eye) * eye)
    return View(name, side, eye, up, np.cross(up, eye))


def direction_letters(direction: ArrayLike, side: Side) -> str:
    """Name a direction of the ``app`` frame in the letters of radiology, with medial or lateral.

    Examples
    --------
    >>> direction_letters([0, 0, 1], "right"), direction_letters([0, 0, 1], "left")
    ('R lateral', 'R medial')
    """
    way = as_array(direction, (3,), name="direction")
    letters, word = [], ""
    for axis in np.argsort(-np.abs(way), kind="stable"):
        if abs(way[axis]) >= _OBLIQUE:
            letters.append(("AP", "SI", "RL")[axis][int(way[axis] < 0)])
            if axis == 2:
                word = " lateral" if way[2] * side_sign(side) > 0 else " medial"
    return "".join(letters) + word
