"""The space of a plan under both centres of the hip: turned about a point, and kept even."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hipsim.anatomy.hip import Hip
from hipsim.planning.centres import CentreComparison, compare_centres
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.response import query_after
from hipsim.planning.targets import Target


@dataclass(frozen=True, eq=False)
class PlanCentres:
    """What the targets' motions leave about the fixed and about the moving centre.

    Parameters
    ----------
    before
        Motion name to both, as the hip is.
    after_mm
        Option name to motion name to the least clearance about the moving centre.
    """

    before: Mapping[str, CentreComparison]
    after_mm: Mapping[str, Mapping[str, float]]

    @property
    def moving_mm(self) -> dict[str, float]:
        """Motion name to the least clearance about the moving centre, as the hip is."""
        return {name: both.equidistant.minimum_mm for name, both in self.before.items()}

    @property
    def largest_difference_mm(self) -> float:
        """Largest difference the centre makes to the space of a target, as the hip is."""
        return max(abs(both.minimum_difference_mm) for both in self.before.values())


def plan_centres(
    hip: Hip, targets: Sequence[Target], options: Mapping[str, Hip] | None = None
) -> PlanCentres:
    """Measure the targets' motions about both centres.

    Parameters
    ----------
    hip
        The hip as it is.
    targets
        At least one.
    options
        Name of an option to the hip after it; asked about the moving centre only.

    Raises
    ------
    AnatomyError
        If the articular surfaces are not found.
    ComputationError
        If the moving centre does not settle.

    Examples
    --------
    >>> import hipsim as hs
    >>> from hipsim.planning.targets import as_targets
    >>> found = plan_centres(hs.make_hip(sex="female"), as_targets({"neutral": 17}))
    >>> found.largest_difference_mm < 5.0
    True
    """
    before = {
        target.motion.name: compare_centres(
            hip,
            target.motion,
            femoral_region=target.femoral_region,
            pelvic_region=target.pelvic_region,
        )
        for target in targets
    }
    asked = {name: _moving(hip, after, targets) for name, after in (options or {}).items()}
    return PlanCentres(before, asked)


def _moving(before: Hip, after: Hip, targets: Sequence[Target]) -> dict[str, float]:
    """Return the least clearance of every target's motion about the moving centre."""
    found = {}
    for target in targets:
        query = ClearanceQuery(
            before, femoral_region=target.femoral_region, pelvic_region=target.pelvic_region
        )
        motion = target.motion
        found[motion.name] = query_after(query, after)(motion, centre="equidistant").minimum_mm
    return found
