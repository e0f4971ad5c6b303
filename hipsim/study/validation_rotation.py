"""The space over rotation alone, external to internal: slopes, and where it does not run one way.

Where surfaces meet cadavers stop, so what is told of external rotation ends at contact.
"""

from functools import cached_property

import numpy as np

from hipsim.checks import Array


class RotationCurve:
    """What follows from the space over rotation; a hip or a virtual subject has it.

    Examples
    --------
    >>> class Steady(RotationCurve):
    ...     rotation = (np.array([-60.0, 0.0, 40.0]), np.array([2.0, 14.0, 26.0]))
    >>> Steady().internal_slope, round(Steady().external_slope, 3)
    (0.3, 0.2)
    """

    rotation: tuple[Array, Array]  # internal rotation from -60 to 40 deg, and the space there, mm

    @cached_property
    def internal_slope(self) -> float:
        """Mean slope over 40 deg of internal rotation, mm per deg."""
        return (self._space(40.0) - self._space(0.0)) / 40.0

    @cached_property
    def external_end_deg(self) -> float:
        """External rotation at contact, or 60 deg."""
        angle, space = self.rotation
        touching = angle[(angle <= 0.0) & (space <= 0.0)]
        return float(-touching.max()) if len(touching) else 60.0

    @cached_property
    def external_slope(self) -> float:
        """Mean loss per deg of external rotation up to 60 deg or contact, mm per deg."""
        end = self.external_end_deg
        return (self._space(0.0) - max(self._space(-end), 0.0)) / end if end else np.nan

    @cached_property
    def rises_with_external(self) -> float:
        """Largest rise of the space between degrees of external rotation before contact, mm."""
        angle, space = self.rotation
        before = (angle <= 0.0) & (angle >= -self.external_end_deg)
        return float(-np.diff(space[before]).min(initial=0.0))

    @cached_property
    def external_least_deg(self) -> float:
        """External rotation of least space, before contact or 60 deg."""
        angle, space = self.rotation
        before = (angle <= 0.0) & (angle >= -self.external_end_deg)
        return float(-angle[before][space[before].argmin()])

    @cached_property
    def falls_with_internal(self) -> float:
        """Largest fall of the space between degrees of internal rotation, mm."""
        angle, space = self.rotation
        return float(-np.diff(space[angle >= 0.0]).min(initial=0.0))

    def _space(self, rotation_deg: float) -> float:
        """Return the space at a rotation, mm."""
        return float(np.interp(rotation_deg, *self.rotation))
