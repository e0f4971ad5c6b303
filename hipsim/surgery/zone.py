"""The resectable zone: the body that bounds every resection of the lesser trochanter.

It holds the trochanter proper and the air around it, and nothing else a surgeon would not want to
lose: the ball about the apex, drawn out down the shaft to where the trochanter has run out, as far
as it lies

* outside the shaft: the convex outline of the bone 30 mm below the apex, where the trochanter has
  run out, drawn up parallel to the shaft axis, is the line of the shaft's cortex under the
  trochanter. It is followed where it looks within 45 degrees of the LT axis and goes on in its
  tangents from there, so that nothing is hollowed out of the crest behind or the shaft in front:
  no plane that is tilted by up to 45 degrees and spares the shaft goes deeper;
* on the trochanter's side of the pass to the neck (see :mod:`hipsim.surgery.trochanter`), where the
  zone ends in a ramp of 45 degrees, as a burr leaves it.

The ball stays within the 22 mm that define the LT region, so no surface of neck or head is ever
cut, and its flank is the slope that blends a cut into crest and neck. The zone is that of the
intact bone, also after resections; every tool is the zone beyond some surface, so of two tools with
one surface under the other, one holds the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.geometry import Mesh, cut, rigid
from hipsim.geometry.workpiece import Workpiece, make_workpiece
from hipsim.surgery.trochanter import (
    SHAFT_BELOW_APEX_MM,
    Trochanter,
    find_neck_pass,
    find_trochanter,
    shaft_slab,
)

TOOL_RADIUS_MM = 20.5  # within the 22 mm of the LT region by half a coarse face
FLAT = 1.006  # a ball's centre keeps off flats that lie 0.4 % inside their radius, and some more
REACH_MM = (-45.0, 40.0)  # along the shaft from the apex: faces any tool might meet
Kept = TypeVar("Kept")
FOLLOWED_DEG = 45.0  # from the LT axis; no tilt of a plane is larger
TANGENT_MM = 80.0  # of the tangents; beyond every tool
ABOVE_MM = 60.0  # how far the outline of the shaft is drawn beyond the apex


@dataclass(frozen=True, eq=False)
class Zone:
    """Where a lesser trochanter may be resected.

    Parameters
    ----------
    trochanter
        Seen along its own axis.
    points, normals
        Planes that bound the zone towards shaft and neck: a point on each and the direction away
        from the zone, each shape (k, 3), scan frame, mm.
    shaft_outline
        Corners of the convex line of the shaft's cortex under the trochanter and of its tangents,
        shape (k, 2), counter-clockwise, mm from the shaft axis along the trochanter's ``outward``
        and ``forward``.
    foot
        The apex's foot on the shaft axis, shape (3,), scan frame, mm.
    neck_pass
        The pass between trochanter and neck, shape (3,), scan frame, or None if no way to the head
        stays over the height of the shaft.
    """

    trochanter: Trochanter
    points: Array
    normals: Array
    shaft_outline: Array
    foot: Array
    neck_pass: Array | None

    def above_planes(self, points: Array, normals: Array, *, inset_mm: float = 0.0) -> Mesh:
        """Return the convex body of the zone, shaft included, on one side of further planes.

        Parameters
        ----------
        points, normals
            A point on each plane and the direction away from what is kept, each shape (k, 3).
        inset_mm
            How far every bound is drawn in.
        """
        apex, up = self.trochanter.apex, self.trochanter.up
        deep = apex - 2.0 * SHAFT_BELOW_APEX_MM * up
        radius = TOOL_RADIUS_MM - FLAT * inset_mm
        body = cut.capsule(apex, deep, radius, across=self.trochanter.outward)
        away = rigid.unit(np.vstack([self.normals, normals]))
        return cut.trimmed(body, np.vstack([self.points, points]) - inset_mm * away, away)

    def shaft_body(self, grown_mm: float = 0.0) -> Mesh:
        """Return the shaft under the trochanter as a prism, its outline grown by some mm."""
        outline, up = self.shaft_outline, self.trochanter.up
        if grown_mm > 0.0:
            turn = np.radians(np.arange(0.0, 360.0, 10.0))
            ring = grown_mm * np.column_stack([np.cos(turn), np.sin(turn)])
            outline = (outline[:, None] + ring).reshape(-1, 2)
        flat = outline @ np.stack([self.trochanter.outward, self.trochanter.forward])
        ends = [self.foot + height * up for height in (-ABOVE_MM, ABOVE_MM)]
        return cut.hull(np.vstack([end + flat for end in ends]))

    def body_proud(self, proud_mm: float) -> Mesh:
        """Return the zone down to some mm over the line of the shaft's cortex."""
        none = np.empty((0, 3))
        bounds, shaft = self.above_planes(none, none), self.shaft_body(proud_mm)
        is_apart = cut.common(bounds, shaft) is None
        return bounds if is_apart else cut.difference(bounds, shaft).mesh

    @cached_property
    def body(self) -> Mesh:
        """The zone itself."""
        return self.body_proud(0.0)


def resectable_zone(hip: Hip) -> Mesh:
    """Return the body that bounds every resection of the lesser trochanter.

    Parameters
    ----------
    hip
        With ``lesser_trochanter`` and both ``shaft_axis`` landmarks, and a closed femur.

    Returns
    -------
    zone
        Closed, scan frame, mm: trochanter proper and the air around it, never the line of the
        shaft's cortex, never beyond the pass to the neck. The same after resections, and carried
        along by osteotomies.

    Raises
    ------
    AnatomyError
        If a landmark is missing, or there is no bone at the apex or 30 mm below it.

    Examples
    --------
    >>> from hipsim.io import load_hip
    >>> resectable_zone(load_hip("woman")).is_closed
    True
    """
    return find_zone(hip).body


def find_zone(hip: Hip) -> Zone:
    """Return the zone with its parts; found once for a hip."""
    return once_for(_ZONES, hip, _find_zone)


def femur_at_trochanter(hip: Hip) -> Workpiece:
    """Return the femur prepared for tools within the zone; prepared once for a hip."""
    return once_for(_FEMORA, hip, _prepare_femur)


_ZONES: WeakKeyDictionary[Hip, Zone] = WeakKeyDictionary()
_FEMORA: WeakKeyDictionary[Hip, Workpiece] = WeakKeyDictionary()


def once_for(store: WeakKeyDictionary[Hip, Kept], hip: Hip, make: Callable[[Hip], Kept]) -> Kept:
    """Return what is known of a hip, found the first time it is asked; a hip never changes.

    Parameters
    ----------
    store
        Where it is kept as long as the hip is.
    hip
        The hip.
    make
        How it is found.
    """
    if hip not in store:
        store[hip] = make(hip)
    return store[hip]


def _find_zone(hip: Hip) -> Zone:
    """Measure trochanter, neck and shaft."""
    trochanter = find_trochanter(hip)
    apex, up, out = trochanter.apex, trochanter.up, trochanter.outward
    points, normals = [apex - SHAFT_BELOW_APEX_MM * up], [-up]
    neck_pass = find_neck_pass(hip)
    if neck_pass is not None:
        towards_neck = neck_pass - apex
        towards_neck = rigid.unit(towards_neck - out * (towards_neck @ out))
        points += [neck_pass] * 2
        normals += [towards_neck, towards_neck - out]
    foot = apex - trochanter.apex_mm * out
    across = (shaft_slab(hip.femur, apex, up) - foot) @ np.column_stack([out, trochanter.forward])
    outline = cortex_line(across)
    return Zone(trochanter, np.array(points), np.array(normals), outline, foot, neck_pass)


def cortex_line(points: Array) -> Array:
    """Return the convex outline of points as far as it looks along the first axis, and tangents.

    Parameters
    ----------
    points
        Shape (n, 2), mm.

    Returns
    -------
    corners
        Of a convex outline, counter-clockwise, shape (k, 2): the part of the points' own that looks
        within 45 degrees of the first axis, and its tangents beyond.

    Examples
    --------
    >>> square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    >>> cortex_line(square)[1:3].tolist()
    [[1.0, -1.0], [1.0, 1.0]]
    """
    from scipy.spatial import ConvexHull

    corners = points[ConvexHull(points).vertices]
    turn = np.radians([-FOLLOWED_DEG, FOLLOWED_DEG])
    looks = np.column_stack([np.cos(turn), np.sin(turn)])
    first, last = (corners @ looks.T).argmax(axis=0)
    followed = np.roll(corners, -first, axis=0)[: (last - first) % len(corners) + 1]
    before = followed[0] + TANGENT_MM * np.array([looks[0, 1], -looks[0, 0]])
    beyond = followed[-1] + TANGENT_MM * np.array([-looks[1, 1], looks[1, 0]])
    line: Array = np.vstack([before, followed, beyond])
    return line


def _prepare_femur(hip: Hip) -> Workpiece:
    """Set apart the femur around its lesser trochanter."""
    trochanter = find_zone(hip).trochanter
    level = ((hip.femur.vertices - trochanter.apex) @ trochanter.up)[hip.femur.faces]
    is_near = (level.max(axis=1) > REACH_MM[0]) & (level.min(axis=1) < REACH_MM[1])
    return make_workpiece(hip.femur, is_near)
