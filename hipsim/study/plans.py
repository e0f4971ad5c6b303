"""Plans: what is done to a hip. The intact hip is the first plan of every study.

The amount at which a procedure does nothing, zero for most, means 'not done', so
``depth_mm: [0, 5]`` adds one plan, not two, and in a product every procedure may be left out. A
full excision is done at every amount: what it leaves proud may be zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from hipsim.anatomy.hip import Hip
from hipsim.errors import InputError
from hipsim.study.keywords import Entry, said
from hipsim.surgery.procedure import Procedure, apply_procedures

INTACT = "intact"
MOST_PLANS = 100_000  # of one scenario
WORDS = {
    "resect_lesser_trochanter": "resection",
    "burr_lesser_trochanter": "burr",
    "contour_lesser_trochanter": "contouring",
    "excise_lesser_trochanter": "excision",
    "derotate_femur": "derotation",
    "angulate_femur": "valgus",
    "shorten_femur": "shortening",
    "lateralise_femur": "lateralisation",
    "resect_ischium": "ischioplasty",
}


@dataclass(frozen=True)
class Plan:
    """Procedures done one after the other; none for the intact hip."""

    procedures: tuple[Procedure, ...] = ()

    @property
    def name(self) -> str:
        """What the plan is called in tables, e.g. ``resection 5 mm + derotation 20 deg``."""
        return " + ".join(label(procedure) for procedure in self.procedures) or INTACT

    def __call__(self, hip: Hip) -> Hip:
        """Return the hip after the plan."""
        return apply_procedures(hip, self.procedures)


def label(procedure: Procedure) -> str:
    """Name a procedure for tables: what, how much, and what differs from the default.

    Examples
    --------
    >>> label(Procedure("derotate_femur", {"angle_deg": 20.0, "level": "supracondylar"}))
    'derotation 20 deg supracondylar'
    """
    kind = procedure.kind
    word = WORDS.get(procedure.name, procedure.name.replace("_", " "))
    other = {k: v for k, v in procedure.parameters.items() if k != kind.amount}
    stated = [v if isinstance(v, str) else f"{k} {v:g}" for k, v in other.items()]
    return " ".join([word, f"{procedure.amount:g}", kind.unit, *stated])


def expand_plans(entries: Sequence[Entry], combine: str) -> tuple[Plan, ...]:
    """Turn procedures with lists of amounts into plans, the intact hip first.

    Parameters
    ----------
    entries
        Procedures of a scenario, each amount a list.
    combine
        ``"each"``: every procedure alone; ``"product"``: one of each, in the order given, each
        of which may also be left out where its amounts hold 0; ``"zip"``: the first of each
        together, then the second of each, where one alone goes with all.

    Returns
    -------
    plans
        Without repetition.

    Raises
    ------
    InputError
        If procedures to be zipped have different numbers of amounts, or there would be over
        ``MOST_PLANS`` plans.
    """
    alone = [_variants(entry) for entry in entries]
    if combine == "product":
        _refuse_many(prod(len(variants) for variants in alone))
        chains: Iterable[tuple[Procedure | None, ...]] = product(*alone)
    elif combine == "zip":
        chains = _zipped(alone)
    else:
        chains = [(procedure,) for variants in alone for procedure in variants]
    plans = [Plan(tuple(p for p in chain if p is not None)) for chain in chains]
    return tuple({plan.name: plan for plan in (Plan(), *plans)}.values())


def _refuse_many(count: int) -> None:
    """Refuse combinations that nobody could run."""
    if count > MOST_PLANS:
        raise InputError(f"the amounts make {count} plans together, wanted at most {MOST_PLANS}")


def _zipped(alone: Sequence[list[Procedure | None]]) -> Iterable[tuple[Procedure | None, ...]]:
    """Take the first of each procedure, then the second; one alone goes with all."""
    lengths = {len(variants) for variants in alone} - {1}
    if len(lengths) > 1:
        told = " and ".join(str(len(variants)) for variants in alone)
        raise InputError(f"combine: zip wants procedures with equally many amounts, got {told}")
    longest = max(lengths, default=1)
    return zip(*(v * longest if len(v) == 1 else v for v in alone), strict=True)


def _variants(entry: Entry) -> list[Procedure | None]:
    """List a procedure with each combination of its keywords; None where it does nothing."""
    amounts = said(entry, frozenset({"procedure"}))
    _refuse_many(prod(len(values) for values in amounts.values()))
    name: str = entry.procedure  # type: ignore[attr-defined]
    sets = [dict(zip(amounts, values, strict=True)) for values in product(*amounts.values())]
    procedures = [Procedure(name, chosen) for chosen in sets]
    return [None if procedure.is_idle else procedure for procedure in procedures]
