"""What a full plan has beyond its options: trade-off, free range, what-ifs, centres, doubt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hipsim.errors import AnatomyError, ComputationError
from hipsim.planning.plan_centres import PlanCentres, plan_centres
from hipsim.planning.plan_conservative import Conservative, conservative
from hipsim.planning.plan_doubt import Doubt, plan_doubt
from hipsim.planning.plan_option import Option, Start
from hipsim.planning.plan_range import PlanRange, plan_range
from hipsim.planning.plan_steps import Steps
from hipsim.planning.plan_ways import Ways
from hipsim.planning.tradeoff import TradeOff

WEIGHTS = {  # about the seconds each takes
    "tradeoff": 5, "combined": 1, "conservative": 2, "free_range": 3, "centres": 3, "doubt": 10,
}  # fmt: skip
Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class Details:
    """The further parts of a plan; each None where it was not asked for or not available.

    Parameters
    ----------
    tradeoff
        Plane and derotation together.
    conservative
        What changes of habit give back.
    free_range
        How far the hip goes before and after.
    centres
        The space about both centres of the hip.
    doubt
        Intervals, probabilities, what matters most.
    """

    tradeoff: TradeOff | None = None
    conservative: Conservative | None = None
    free_range: PlanRange | None = None
    centres: PlanCentres | None = None
    doubt: Doubt | None = None


@dataclass(eq=False)
class Detailed:
    """The work on the further parts of one plan.

    Parameters
    ----------
    start, ways
        The hip and its ways; no ways where every target is met.
    options
        Found so far; the combined one joins them.
    failed
        Parts that are not available, and why.
    steps
        Progress.
    """

    start: Start
    ways: Ways | None
    options: list[Option]
    failed: dict[str, str]
    steps: Steps

    def all(self, *, n: int, seed: int) -> Details:
        """Work out every part.

        Parameters
        ----------
        n, seed
            Samples of the doubt, and where they come from.
        """
        found = Details()
        if self.ways is not None:
            found = replace(found, tradeoff=self._try("tradeoff", self.ways.tradeoff, told=True))
            self._combine(self.ways, found.tradeoff)
            habit = self._try("conservative", conservative, self.start.hip, self.start.targets)
            found = replace(found, conservative=habit)
        hips = {option.name: option.hip for option in self.options}
        rows = found.conservative.rows if found.conservative else ()
        helping = [row for row in rows if row.helps]
        start, hip = self.start, self.start.hip
        return replace(
            found,
            free_range=self._try("free_range", plan_range, hip, hips),
            centres=self._try("centres", plan_centres, hip, start.targets, hips),
            doubt=self._try(
                "doubt", plan_doubt, start, self.options, helping, n=n, seed=seed, told=True
            ),
        )

    def _combine(self, ways: Ways, found: TradeOff | None) -> None:
        """Add the cheapest combination to the options."""
        if found is None:
            self.steps.finish(WEIGHTS["combined"])
        else:
            option = self._try("combined", ways.combined, found)
            self.options += [] if option is None else [option]

    def _try(
        self, name: str, work: Callable[..., Found], *given: Any, told: bool = False, **more: Any
    ) -> Found | None:
        """Work out one part, or note why it is not available."""
        if told:
            more["progress"] = self.steps.within(WEIGHTS[name])
        try:
            found = work(*given, **more)
        except (AnatomyError, ComputationError) as error:
            self.failed[name], found = str(error), None
        self.steps.finish(WEIGHTS[name])
        return found


def weight_of(weights: Mapping[str, int], *, is_met: bool) -> int:
    """Return the sum of the weights of the parts that are worked out.

    Parameters
    ----------
    weights
        ``WEIGHTS``.
    is_met
        Then nothing needs to be done, and what could be done is not asked.
    """
    not_asked = ("tradeoff", "combined", "conservative") if is_met else ()
    return sum(weight for name, weight in weights.items() if name not in not_asked)
