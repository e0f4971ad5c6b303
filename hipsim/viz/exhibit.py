"""A hip and its plans along one motion, made ready to be shown in any pose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.kinematics import Motion
from hipsim.planning.clearance import Clearance, ClearanceQuery
from hipsim.viz.chart_parts import check_curves
from hipsim.viz.showing import Programme
from hipsim.viz.surfaces import app_from_scan, removed_bone
from hipsim.viz.take import Take, make_take
from hipsim.viz.views import make_view

SHORT_VIEW = "axial"  # seen from below the shaft hides the space, so the femur is cut short


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A hip as it is and after plans, and how near its bones come along one motion.

    Parameters
    ----------
    hips
        Name of each plan to the hip after it; the first is the hip as it is.
    clearances
        Name of each plan to its clearance along the motion.
    """

    hips: Mapping[str, Hip]
    clearances: Mapping[str, Clearance]
    _takes: dict[tuple[int, bool], Take] = field(default_factory=dict, repr=False)
    _removed: dict[int, Any | None] = field(default_factory=dict, repr=False)

    @property
    def hip(self) -> Hip:
        """The hip as it is."""
        return next(iter(self.hips.values()))

    @property
    def motion(self) -> Motion:
        """What the hip is moved through."""
        return self.clearance(0).motion

    @property
    def programme(self) -> Programme:
        """What there is to show."""
        least = tuple(clearance.index for clearance in self.clearances.values())
        return Programme(tuple(self.hips), least, self.motion.n_poses)

    def clearance(self, plan: int) -> Clearance:
        """Return the clearance of a plan, counted from 0."""
        return list(self.clearances.values())[plan]

    def take(self, plan: int, view: str) -> Take:
        """Return a plan's hip ready to draw, its femur cut short where a view needs that."""
        key = plan, view == SHORT_VIEW
        if key not in self._takes:
            hip = list(self.hips.values())[plan]
            self._takes[key] = make_take(hip, self.clearance(plan), make_view(view, hip.side))
        return self._takes[key]

    def pair_mm(self, plan: int, pose: int) -> Array:
        """Return the closest pair of a pose, upright frame: femur, then pelvis, shape (2, 3)."""
        hip, points = list(self.hips.values())[plan], self.clearance(plan).points_mm[pose]
        return np.asarray(rigid.apply(app_from_scan(hip), points))

    def removed(self, plan: int) -> Any | None:
        """Return the bone a plan takes, in the scan frame, or None where that is not all it does.

        See :func:`hipsim.viz.surfaces.removed_bone`.
        """
        if plan not in self._removed:
            self._removed[plan] = removed_bone(self.hip, list(self.hips.values())[plan])
        return self._removed[plan]


def make_exhibit(
    hips: Mapping[str, Hip], motion: Motion, *, regions: Mapping[str, str] | None = None
) -> Exhibit:
    """Measure a hip and its plans along a motion.

    Parameters
    ----------
    hips
        Name of each plan to the hip after it; the first is the hip as it is.
    motion
        The motion.
    regions
        ``femoral_region`` and ``pelvic_region``, if others than the defaults of
        :class:`~hipsim.planning.clearance.ClearanceQuery`.

    Raises
    ------
    AnatomyError
        If a region is empty or a landmark is missing.
    InputError
        If there is no hip, or the hips are not of one person and side.

    Examples
    --------
    >>> from hipsim.io.hips import load_hip
    >>> from hipsim.kinematics import motions
    >>> make_exhibit({"as it is": load_hip("woman_narrow")}, motions.neutral()).programme
    Programme(plans=('as it is',), least=(0,), n_poses=1)
    """
    if not hips:
        raise InputError("nothing to show: no hip was given")
    found: dict[str, Clearance] = {}
    intact: ClearanceQuery | None = None
    for name, hip in hips.items():
        if intact is not None and hip.hip_bone is intact.hip.hip_bone:
            query = intact.after(hip)
        else:
            query = ClearanceQuery(hip, **(regions or {}))
        intact = intact or query
        found[name] = query(motion)
    check_curves(found)
    return Exhibit(dict(hips), found)
