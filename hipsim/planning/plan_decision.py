"""The decision table: everything that may be done, in order of invasiveness, each judged alike.

A row says what is done, what space every target's motion then has and how surely, and what it
costs. The rows that reach every target and that no other such row undercuts are the cheapest: none
of the others takes no more bone, attachment, rotation and leg length and less of one of them. The
ideal resection is a yardstick, not a choice: no instrument makes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Literal

from hipsim.planning.amounts_needed import Interval
from hipsim.planning.pairs import ROTATION_DEG
from hipsim.planning.plan_conservative import ConservativeRow
from hipsim.planning.plan_details import Details
from hipsim.planning.plan_doubt import AS_IT_IS, Doubt
from hipsim.planning.plan_option import Option, Start
from hipsim.planning.required_outcome import TOLERANCE_MM

Kind = Literal["as it is", "conservative", "operation", "yardstick"]
ORDER = ("plane", "burr", "contour", "derotation", "combined", "ideal")
# differences that are none: mm3, share, deg, mm
LEAST_PRICE = (1.0, 0.005, 0.5, 0.5)


@dataclass(frozen=True)
class Cost:
    """What an operation costs.

    Parameters
    ----------
    removed_volume_mm3
        Bone taken.
    iliopsoas_lost_share
        Share of the attachment that is gone.
    version_change_deg, leg_length_change_mm
        Negative is less anteversion, a shorter leg.
    rotation_before_deg, rotation_after_deg
        Internal rotation at 90 deg of flexion up to the first contact of bone; infinite where none
        comes, ``nan`` where it is not known.
    """

    removed_volume_mm3: float
    iliopsoas_lost_share: float
    version_change_deg: float
    leg_length_change_mm: float
    rotation_before_deg: float
    rotation_after_deg: float

    @property
    def rotation_lost_deg(self) -> float:
        """Internal rotation in flexion that is lost; the turn itself where it is not known."""
        before, after = (
            min(rotation, ROTATION_DEG[1])
            for rotation in (self.rotation_before_deg, self.rotation_after_deg)
        )
        known = isfinite(before) and isfinite(after)
        return before - after if known else abs(self.version_change_deg)

    @property
    def prices(self) -> tuple[float, float, float, float]:
        """Bone, attachment, rotation and leg length, each 0 or more."""
        return (
            self.removed_volume_mm3,
            self.iliopsoas_lost_share,
            max(self.rotation_lost_deg, 0.0),
            abs(self.leg_length_change_mm),
        )


@dataclass(frozen=True)
class DecisionRow:
    """One thing that may be done.

    Parameters
    ----------
    name
        ``"as it is"``, the name of a change of habit, or of an option.
    kind
        What sort of thing it is.
    what
        What is done, for people.
    space_mm
        Motion name to the least clearance.
    missing_mm
        Motion name to what it misses; the targets that are not reached.
    interval_mm
        Motion name to the interval that holds 90 % of the samples; empty where not known.
    probability
        That every target is reached; None where not known.
    why_not_known
        Why there is no probability.
    matters_most
        The input that explains most of the variance of the margin, and its share.
    cost
        None where nothing is operated on.
    free_range_deg, free_range_gain_deg
        How far the direction goes that bone limits most as the hip is, and what is gained; None
        where not known.
    is_open
        Whether bone no longer limits that direction.
    moving_centre_mm
        Motion name to the space about the moving centre; empty where not known.
    enough
        Of a change of habit: the amount that reaches every target.
    is_cheapest
        Whether it reaches every target and no other row that does costs less.
    """

    name: str
    kind: Kind
    what: str
    space_mm: Mapping[str, float]
    missing_mm: Mapping[str, float]
    interval_mm: Mapping[str, Interval] = field(default_factory=dict)
    probability: float | None = None
    why_not_known: str | None = None
    matters_most: tuple[str, float] | None = None
    cost: Cost | None = None
    free_range_deg: float | None = None
    free_range_gain_deg: float | None = None
    is_open: bool = False
    moving_centre_mm: Mapping[str, float] = field(default_factory=dict)
    enough: str | None = None
    is_cheapest: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether every target is reached."""
        return not self.missing_mm


def decision_rows(
    start: Start, options: Sequence[Option], details: Details
) -> tuple[DecisionRow, ...]:
    """Bring everything that may be done into one table.

    Parameters
    ----------
    start
        The hip and its targets.
    options
        What may be done.
    details
        What else is known.
    """
    given = {option.name: option for option in options}
    known = [name for name in ORDER if name in given]
    rows = [_as_it_is(start, details)]
    changes = details.conservative.rows if details.conservative else ()
    rows += [_change(start, row) for row in changes if row.helps]
    rows += [_operation(start, given[name], details) for name in known]
    return cheapest_marked([_sure(row, details.doubt) for row in rows])


def cheapest_marked(rows: Sequence[DecisionRow]) -> tuple[DecisionRow, ...]:
    """Mark the rows that reach every target and cost less in something than every other.

    Parameters
    ----------
    rows
        Of one hip and the same targets.
    """
    return tuple(replace(row, is_cheapest=_is_cheapest(row, rows)) for row in rows)


def _is_cheapest(row: DecisionRow, rows: Sequence[DecisionRow]) -> bool:
    """Whether a row is a choice that reaches every target and nothing undercuts."""
    if not row.is_reached or row.kind == "yardstick":
        return False
    if row.cost is None:
        return True
    others = [other for other in rows if other is not row and other.is_reached]
    return not any(
        other.kind != "yardstick" and (other.cost is None or _undercuts(other.cost, row.cost))
        for other in others
    )


def _undercuts(one: Cost, other: Cost) -> bool:
    """Whether one costs no more in anything and clearly less in something."""
    rows = list(zip(one.prices, other.prices, LEAST_PRICE, strict=True))
    is_no_more = all(a <= b + least for a, b, least in rows)
    return is_no_more and any(a < b - least for a, b, least in rows)


def _as_it_is(start: Start, details: Details) -> DecisionRow:
    """Return the row of the hip as it is."""
    reached, way = start.reached, details.free_range
    return DecisionRow(
        name=AS_IT_IS,
        kind="as it is",
        what="nothing is done",
        space_mm={row.target.motion.name: row.before.minimum_mm for row in reached},
        missing_mm={r.target.motion.name: r.missing_mm for r in reached if not r.is_reached},
        free_range_deg=None if way is None else way.limit_deg(),
        moving_centre_mm={} if details.centres is None else details.centres.moving_mm,
    )


def _change(start: Start, row: ConservativeRow) -> DecisionRow:
    """Return the row of a change of habit."""
    wanted = {t.motion.name: t.clearance_mm for t in start.targets}
    short = {name: wanted[name] - space for name, space in row.space_mm.items()}
    return DecisionRow(
        name=row.change.name,
        kind="conservative",
        what=row.what,
        space_mm=row.space_mm,
        missing_mm={name: missing for name, missing in short.items() if missing > TOLERANCE_MM},
        enough=row.needed_words,
    )


def _operation(start: Start, option: Option, details: Details) -> DecisionRow:
    """Return the row of an option."""
    way, centres, name = details.free_range, details.centres, option.name
    return DecisionRow(
        name=name,
        kind="yardstick" if name == "ideal" else "operation",
        what=option.what,
        space_mm={row.target.motion.name: row.after.minimum_mm for row in option.reached},
        missing_mm={r.target.motion.name: r.missing_mm for r in option.reached if r.missing_mm},
        cost=_cost(start, option),
        free_range_deg=None if way is None else way.limit_deg(name),
        free_range_gain_deg=None if way is None else way.gain_deg(name),
        is_open=way is not None and way.is_open(name),
        moving_centre_mm={} if centres is None else centres.after_mm.get(name, {}),
    )


def _cost(start: Start, option: Option) -> Cost:
    """Return what an option costs."""
    effects = option.side_effects
    return Cost(
        removed_volume_mm3=effects.removed_volume_mm3,
        iliopsoas_lost_share=effects.iliopsoas_lost_share,
        version_change_deg=effects.version_change_deg,
        leg_length_change_mm=effects.leg_length_change_mm,
        rotation_before_deg=start.pairs.flexion_internal_rotation_deg,
        rotation_after_deg=option.pairs.flexion_internal_rotation_deg,
    )


def _sure(row: DecisionRow, doubt: Doubt | None) -> DecisionRow:
    """Return a row with what the samples say of it."""
    if doubt is None or row.name not in doubt.options:
        return replace(row, why_not_known=None if doubt is None else doubt.without.get(row.name))
    found = doubt.options[row.name]
    return replace(
        row,
        interval_mm=found.space,
        probability=found.probability_of_all,
        matters_most=found.ranked[0],
    )
