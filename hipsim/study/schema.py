"""What may stand in a scenario file, as pydantic models.

Motions and procedures are unions chosen by their name; their keys come from the signatures of
the functions (:mod:`hipsim.study.keywords`).
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hipsim.anatomy.frames import FEMORAL_ZEROS, PELVIC_ZEROS
from hipsim.anatomy.hip import FEMORAL_REGIONS, PELVIC_REGIONS
from hipsim.kinematics.motions import NAMED_MOTIONS
from hipsim.study.keywords import Entry, Number, Word, entry_for
from hipsim.surgery.procedure import PROCEDURES

MOTION_KEYS: dict[str, Any] = {
    "name": (Word, None),
    "threshold_mm": (Number, None),
    "pelvic_tilt_deg": (Number, None),
    "pelvic_zero": (Literal[PELVIC_ZEROS], None),
    "femoral_zero": (Literal[FEMORAL_ZEROS], None),
}


def _chosen_by(key: str, models: Mapping[str, type[Entry]]) -> Any:
    """Make the type of an entry chosen by a key; a bare name stands for ``{key: name}``."""

    def spell_out(value: Any) -> Any:
        return {key: value} if isinstance(value, str) else value

    union = reduce(or_, models.values())
    return Annotated[union, Field(discriminator=key), BeforeValidator(spell_out)]


def _case_of(value: Any) -> Any:
    """Let a bare name or path stand for ``{case: name}``."""
    return {"case": value} if isinstance(value, str) else value


MOTION_ENTRIES = {
    name: entry_for(function, ("motion", name), amounts="one", extra=MOTION_KEYS)
    for name, function in NAMED_MOTIONS.items()
}
PROCEDURE_ENTRIES = {
    name: entry_for(kind.function, ("procedure", name), amounts="many")
    for name, kind in PROCEDURES.items()
}

if TYPE_CHECKING:
    MotionItem = Any
    ProcedureItem = Any
else:
    MotionItem = _chosen_by("motion", MOTION_ENTRIES)
    ProcedureItem = _chosen_by("procedure", PROCEDURE_ENTRIES)


class HipEntry(Entry):
    """A hip: an embedded name or a case folder relative to the scenario."""

    case: Word
    side: Literal["right", "left"] | None = None
    name: Word | None = None


class ScenarioEntry(Entry):
    """The top level of a scenario file."""

    name: Word
    description: Word = ""
    hips: Annotated[list[Annotated[HipEntry, BeforeValidator(_case_of)]], Field(min_length=1)]
    motions: Annotated[list[MotionItem], Field(min_length=1)]
    procedures: list[ProcedureItem] = []
    combine: Literal["each", "product"] = "each"
    targets_mm: dict[str, Number] = {}
    femoral_region: Literal[tuple(FEMORAL_REGIONS)] = "extracapsular"  # type: ignore[valid-type]
    pelvic_region: Literal[tuple(PELVIC_REGIONS)] = "ischium"  # type: ignore[valid-type]
    pictures: Literal["all", "curves", "none"] = "all"


def keys_at(data: Any, location: tuple[str | int, ...]) -> list[str]:
    """List the keys allowed in the mapping that holds ``location``."""
    match location:
        case (_,):
            return list(ScenarioEntry.model_fields)
        case ("hips", int(), _):
            return list(HipEntry.model_fields)
        case (("motions" | "procedures") as kind, int() as index, _):
            entries = MOTION_ENTRIES if kind == "motions" else PROCEDURE_ENTRIES
            chosen = data[kind][index].get(kind[:-1])
            return list(entries[chosen].model_fields) if chosen in entries else []
        case ("procedures", int(), _, _):
            return ["start", "stop", "step"]
    return []
