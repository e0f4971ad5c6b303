"""The further parts of a plan for programs: plain numbers and text, units in the names."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hipsim.planning.amounts_needed import RequiredAmount
from hipsim.planning.free_range import FreeRange
from hipsim.planning.plan_centres import PlanCentres
from hipsim.planning.plan_conservative import Conservative
from hipsim.planning.plan_details import Details
from hipsim.planning.plan_doubt import COVERED, LIKELY, Doubt, OptionDoubt
from hipsim.planning.plan_range import PlanRange
from hipsim.planning.tradeoff import TradeOff
from hipsim.planning.what_if import WhatIf


def details_record(details: Details) -> dict[str, Any]:
    """Describe the further parts of a plan; None for those it does not have.

    Parameters
    ----------
    details
        Any, also of a quick plan.
    """
    told: dict[str, Callable[[Any], dict[str, Any]]] = {
        "tradeoff": _tradeoff,
        "conservative": _conservative,
        "free_range": _range,
        "centres": _centres,
        "doubt": _doubt,
    }
    parts = {name: getattr(details, name) for name in told}
    return {n: None if part is None else told[n](part) for n, part in parts.items()}


def _tradeoff(found: TradeOff) -> dict[str, Any]:
    """Describe a trade-off."""
    return {
        "first": {"procedure": found.first.procedure, "unit": found.first.unit,
                  "fixed": found.first.fixed, "amounts": found.first.amounts},
        "second": {"procedure": found.second.procedure, "unit": found.second.unit,
                   "fixed": found.second.fixed, "amounts": found.second.amounts},
        "space_mm": {t.motion.name: found.clearance_mm[k] for k, t in enumerate(found.targets)},
        "structure": {t.motion.name: found.structures[k] for k, t in enumerate(found.targets)},
        "front": [asdict(pair) for pair in found.front],
    }  # fmt: skip


def _conservative(found: Conservative) -> dict[str, Any]:
    """Describe what changes of habit give back."""
    return {
        "changes": [
            {
                "change": row.change.name,
                "what": row.what,
                "amount": row.amount,
                "unit": row.change.unit,
                "space_mm": row.space_mm,
                "gain_mm": row.gain_mm,
                "enough_for_every_target": row.needed,
            }
            for row in found.rows
        ],
        "motions": [_what_if(each) for each in found.motions],
        "walking": None if found.walking is None else _what_if(found.walking),
    }


def _what_if(found: WhatIf) -> dict[str, Any]:
    """Describe what changes give in one motion."""
    return {
        "motion": found.motion.name,
        "target_mm": found.target_mm,
        "space_mm": found.before.minimum_mm,
        "changes": [
            {
                "change": row.change.name,
                "amount": row.amount,
                "unit": row.change.unit,
                "space_mm": row.minimum_mm,
                "gain_mm": row.gain_mm,
                "enough": None if row.needed is None else row.needed.amount,
                "not_enough_until": None if row.needed is None else row.needed.not_enough_until,
                "sentence": row.sentence,
            }
            for row in found.rows
        ],
    }


def _range(found: PlanRange) -> dict[str, Any]:
    """Describe the range before and after."""
    return {
        "from": "neutral, the other angles staying",
        "room_mm": found.before.target_mm,
        "most_limited": found.most_limited,
        "before": _limits(found.before),
        "after": {name: _limits(each) for name, each in found.after.items()},
    }


def _limits(found: FreeRange) -> dict[str, Any]:
    """Describe the limits of a range."""
    return {name: asdict(limit) for name, limit in found.limits.items()}


def _centres(found: PlanCentres) -> dict[str, Any]:
    """Describe the space about both centres."""
    return {
        "before": {
            name: {
                "fixed_mm": both.fixed.minimum_mm,
                "equidistant_mm": both.equidistant.minimum_mm,
                "largest_shift_mm": both.largest_shift_mm,
            }
            for name, both in found.before.items()
        },
        "after_equidistant_mm": found.after_mm,
    }


def _doubt(found: Doubt) -> dict[str, Any]:
    """Describe how sure the options are."""
    return {
        "execution": found.execution,
        "samples": found.n,
        "seed": found.seed,
        "interval_holds": COVERED,
        "priors": [asdict(prior) for prior in found.priors],
        "options": {name: _option(each) for name, each in found.options.items()},
        "needed": {name: _needed(each) for name, each in found.needed.items()},
        "not_known": found.without,
    }


def _option(found: OptionDoubt) -> dict[str, Any]:
    """Describe what the samples say of one thing that may be done."""
    return {
        "space_mm": found.space,
        "probability": found.probability,
        "probability_of_all": found.probability_of_all,
        "share_of_variance": found.indices,
    }


def _needed(found: RequiredAmount) -> dict[str, Any]:
    """Describe how much of one operation is needed."""
    return {
        "unit": found.unit,
        "largest": found.largest,
        "interval": found.interval,
        f"amount_for_{LIKELY:.0%}".replace("%", "_percent"): found.amount_for(LIKELY),
        "probability_of_largest": found.probability(found.largest),
    }
