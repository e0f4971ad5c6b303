"""The ways to make space, each worked out for the targets of a plan."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np

from hipsim.checks import Array
from hipsim.planning.plan_combined import Progress, combined_option, plan_tradeoff
from hipsim.planning.plan_option import Option, Start
from hipsim.planning.required_derotation import required_derotation
from hipsim.planning.required_resection import RequiredResection
from hipsim.planning.required_tools import ToolResection, best_burr, best_contour, best_plane
from hipsim.planning.response import Response, response
from hipsim.planning.tradeoff import TradeOff
from hipsim.surgery.osteotomy_cut import Level
from hipsim.surgery.resection import PlanarResection, largest_resection_depth

PROCEDURES_OF_TOOLS = {
    "plane": "resect_lesser_trochanter",
    "burr": "burr_lesser_trochanter",
    "contour": "contour_lesser_trochanter",
}
WAYS = ("ideal", "plane", "burr", "contour", "derotation")
LEVEL: Level = "subtrochanteric"
DEPTH_STEP_MM, ANGLE_STEP_DEG = 1.0, 5.0  # about, between the amounts of a response curve
LEAST_ARC_DEG = 40.0  # a response to derotation goes at least so far, and past the angle found
WITHIN = 0.999  # of the largest depth, so that rounding stays below it


@dataclass(frozen=True, eq=False)
class Ways:
    """The ways of one plan; each property works its own out when it is first asked for.

    Parameters
    ----------
    start
        The hip before.
    required
        The ideal resection.
    """

    start: Start
    required: RequiredResection

    @cached_property
    def ideal(self) -> Option | None:
        """The least resection, None where no bone of the zone gains space."""
        found = self.required
        if found.removed is None:
            return None
        what = f"the least bone that does it, at most {found.deepest_mm:.1f} mm deep"
        return self.start.option("ideal", what, found.hip, parameters={}, resection=found.resection)

    @cached_property
    def plane(self) -> Option | None:
        """The best single plane."""
        if self._plane is None:
            return None
        return self._tool(self._plane, "{depth_mm:.1f} mm deep, tilted {tilt_deg:.0f} deg")

    @cached_property
    def burr(self) -> Option | None:
        """The best path of a ball burr."""
        if self._plane is None:
            return None
        best = best_burr(self.required, plane=self._plane)
        words = "{depth_mm:.1f} mm deep, tilted {tilt_deg:.0f} deg, ball of {diameter_mm:g} mm"
        return self._tool(best, words)

    @cached_property
    def contour(self) -> Option | None:
        """The best contouring, which spares the anterior insertion."""
        if self._plane is None:
            return None
        best = best_contour(self.required)
        return self._tool(best, "{depth_mm:.1f} mm deep, the anterior insertion spared")

    @cached_property
    def derotation(self) -> Option:
        """The least derotation below the lesser trochanter."""
        start, motions = self.start, [target.motion for target in self.start.targets]
        found = required_derotation(start.hip, start.targets, level=LEVEL)
        most = max(LEAST_ARC_DEG, found.angle_deg + ANGLE_STEP_DEG)
        parameters = {
            "procedure": "derotate_femur",
            "angle_deg": found.angle_deg,
            "level": LEVEL,
            "axis": found.axis,
        }
        return start.option(
            "derotation",
            f"{found.angle_deg:.1f} deg, {LEVEL}",
            found.hip,
            parameters=parameters,
            response=response(
                start.hip, "derotate_femur", _amounts(most, ANGLE_STEP_DEG), motions, level=LEVEL
            ),
        )

    def tradeoff(self, progress: Progress | None = None) -> TradeOff | None:
        """Return what plane and derotation leave together; None where no bone of the zone helps.

        Parameters
        ----------
        progress
            Called with (depths done, depths).
        """
        if self.plane is None:
            return None
        alone = self.derotation.parameters["angle_deg"]
        return plan_tradeoff(
            self.start,
            tilt_deg=self.plane.parameters["tilt_deg"],
            farthest_deg=max(LEAST_ARC_DEG, alone + ANGLE_STEP_DEG),
            level=LEVEL,
            progress=progress,
        )

    def combined(self, found: TradeOff) -> Option:
        """Return the pair of plane and derotation that costs least.

        Parameters
        ----------
        found
            The trade-off.
        """
        return combined_option(self.start, found)

    @cached_property
    def _plane(self) -> ToolResection | None:
        """The best plane, about which a burr is sought."""
        return None if self.required.removed is None else best_plane(self.required)

    def _tool(self, best: ToolResection, words: str) -> Option:
        """Measure what an instrument does."""
        parameters = {"procedure": PROCEDURES_OF_TOOLS[best.tool], **best.amounts}
        if isinstance(best.resection, PlanarResection):
            parameters["plane_point_mm"] = best.resection.plane_point_mm
            parameters["plane_normal"] = best.resection.plane_normal
        fixed: dict[str, Any] = {
            name: amount for name, amount in best.amounts.items() if name != "depth_mm"
        }
        return self.start.option(
            best.tool,
            words.format(**best.amounts),
            best.resection.hip,
            parameters=parameters,
            resection=best.resection,
            response=self._depths(PROCEDURES_OF_TOOLS[best.tool], fixed),
        )

    def _depths(self, procedure: str, fixed: dict[str, Any]) -> Response:
        """Return the response to all depths a procedure allows on this hip."""
        hip, motions = self.start.hip, [target.motion for target in self.start.targets]
        largest = WITHIN * largest_resection_depth(hip, tilt_deg=fixed.get("tilt_deg", 0.0))
        return response(hip, procedure, _amounts(largest, DEPTH_STEP_MM), motions, **fixed)


def _amounts(largest: float, step: float) -> Array:
    """Return amounts from 0 to the largest, about a step apart."""
    amounts: Array = np.linspace(0.0, largest, max(ceil(largest / step), 1) + 1)
    return amounts
