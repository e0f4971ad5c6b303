"""What may stand in a scenario file, as pydantic models.

Motions and procedures are unions chosen by their name; their keys come from the signatures of
the functions (:mod:`hipsim.study.keywords`). A hip is one of five kinds, told by its first key:
``case`` (a folder, a pattern of folders or an embedded name), ``virtual`` (parameters with lists
and ranges), ``population`` (a number of subjects), ``patients`` (subjects who meet a rule) and
``morph`` (a hip with measures changed).
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, PlainValidator, create_model
from pydantic_core import PydanticCustomError

from hipsim.anatomy.frames import FEMORAL_ZEROS, PELVIC_ZEROS
from hipsim.anatomy.hip import FEMORAL_REGIONS, PELVIC_REGIONS
from hipsim.anatomy.morph import RANGES as MORPH_RANGES
from hipsim.anatomy.morph import morph
from hipsim.anatomy.morph_fields import VersionLevel
from hipsim.anatomy.population import Method
from hipsim.anatomy.virtual_shape import RANGES as SHAPE_RANGES
from hipsim.anatomy.virtual_shape import HipShape, Sex
from hipsim.checks import Side
from hipsim.io.motion_files import load_motion
from hipsim.kinematics.motion import CENTRES
from hipsim.kinematics.motions import NAMED_MOTIONS
from hipsim.planning.trial import NARROW_MM
from hipsim.study.keywords import Amounts, Count, Entry, Number, Pair, Word, described, entry_for
from hipsim.surgery.procedure import PROCEDURES

VERSION = 1
MOST_PATIENTS = 1_000_000
Combine = Literal["each", "product", "zip"]
Detail = Literal["points", "distances", "minima"]
Pictures = Literal["all", "curves", "none"]

MOTIONS = {**NAMED_MOTIONS, "file": load_motion}
MOTION_KEYS: dict[str, Any] = {
    "name": (Word, Field(None, description="What the motion is called in tables.")),
    "threshold_mm": (Number, Field(None, description="Space below which a pose is narrow, mm.")),
    "pelvic_tilt_deg": (Number, Field(None, description="Anterior tilt of the pelvis, degrees.")),
    "pelvic_zero": (Literal[PELVIC_ZEROS], None),
    "femoral_zero": (Literal[FEMORAL_ZEROS], None),
    "centre": (
        Literal[CENTRES],
        Field(None, description="What the femur turns about: its head, or the most even gap."),
    ),
}


def _chosen_by(key: str, models: Mapping[str, type[Entry]]) -> Any:
    """Make the type of an entry chosen by a key; a bare name stands for ``{key: name}``."""

    def spell_out(value: Any) -> Any:
        return {key: value} if isinstance(value, str) else value

    union = reduce(or_, models.values())
    from_name = BeforeValidator(spell_out, json_schema_input_type=Literal[tuple(models)] | union)
    return Annotated[union, Field(discriminator=key), from_name]


MOTION_ENTRIES = {
    name: entry_for(function, ("motion", name), amounts="one", extra=MOTION_KEYS)
    for name, function in MOTIONS.items()
}
PROCEDURE_ENTRIES = {
    name: entry_for(kind.function, ("procedure", name), amounts="many")
    for name, kind in PROCEDURES.items()
}


class CaseEntry(Entry):
    """A hip of a patient: an embedded or fetched name, or case folders beside the scenario."""

    case: Word = Field(description="Embedded name, case folder, or a pattern such as cases/*.")
    side: Literal["right", "left", "both"] | None = None
    name: Word | None = None


class MadeEntry(Entry):
    """What every hip that is made has in common."""

    name: Word | None = None
    side: Side = "right"
    spacing_mm: Number = Field(2.0, description="Length of the triangles' edges, 1 to 4 mm.")


class PopulationEntry(MadeEntry):
    """Virtual subjects drawn from published spreads."""

    population: Count = Field(description="Number of subjects.")
    sex_ratio: Number = Field(0.5, description="Share of women, 0 to 1.")
    seed: Count | None = Field(None, description="That of the scenario where it is not given.")
    method: Method = "random"


class PatientsEntry(Entry):
    """Virtual subjects who meet a rule of inclusion, made of moved templates: fast."""

    patients: Count = Field(ge=1, le=MOST_PATIENTS, description="Number of patients.")
    neutral_mm: Pair = Field(
        list(NARROW_MM), description="Space in the neutral pose: from, and less than, mm."
    )
    sex_ratio: Number = Field(0.5, description="Share of women among those assessed, 0 to 1.")
    seed: Count | None = Field(None, description="That of the scenario where it is not given.")
    name: Word | None = None
    side: Side = "right"


def _amounts_of(ranges: Mapping[str, Any], about: Mapping[str, str]) -> dict[str, Any]:
    """Make one swept key per measure."""
    return {name: (Amounts, Field(None, description=about.get(name))) for name in ranges}


VIRTUAL_KEYS = tuple(SHAPE_RANGES)
MORPH_KEYS = tuple(MORPH_RANGES)
_COMBINE: Any = (Literal["product", "zip"], Field("product", description="How lists combine."))
VirtualEntry = create_model(
    "VirtualEntry",
    __base__=MadeEntry,
    virtual=(Sex, Field(description="Mean proportions of a woman or a man.")),
    combine=_COMBINE,
    **_amounts_of(SHAPE_RANGES, described(HipShape)),
)
MorphEntry = create_model(
    "MorphEntry",
    __base__=Entry,
    morph=(Word, Field(description="Embedded name or case folder of the hip to change.")),
    side=(Side | None, None),
    name=(Word | None, None),
    combine=_COMBINE,
    version_level=(VersionLevel, "subtrochanteric"),
    **_amounts_of(MORPH_RANGES, described(morph)),
)
HIP_ENTRIES: dict[str, type[Entry]] = {
    "case": CaseEntry,
    "virtual": VirtualEntry,
    "population": PopulationEntry,
    "patients": PatientsEntry,
    "morph": MorphEntry,
}


def hip_kind(value: Any) -> str | None:
    """Return which kind of hip an entry is, by the key it has; None for none or several.

    Examples
    --------
    >>> hip_kind({"virtual": "female", "version_deg": 20})
    'virtual'
    """
    kinds = [kind for kind in HIP_ENTRIES if isinstance(value, dict) and kind in value]
    return kinds[0] if len(kinds) == 1 else None


def _as_hip(value: Any) -> Entry:
    """Check one hip by its kind; a bare name or path stands for ``{case: name}``."""
    spelled = {"case": value} if isinstance(value, str) else value
    kind = hip_kind(spelled)
    if kind is None:
        raise PydanticCustomError("hip", f"wanted a name, or one of {_each_kind()}")
    return HIP_ENTRIES[kind].model_validate(spelled)


def _each_kind() -> str:
    """List the kinds of hips as they are written."""
    values = {"case": "name", "virtual": "female", "population": "100", "patients": "50"}
    values["morph"] = "name"
    return ", ".join(f"{{{kind}: {value}, ...}}" for kind, value in values.items())


class OutputsEntry(Entry):
    """What is kept of what is computed."""

    poses: Detail = Field(
        default="points",
        description="Per pose: distance and closest points; the distance; or of each motion only "
        "its minimum.",
    )
    measures: Literal["all", "numbers", "none"] = Field(
        default="all", description="Measures of every intact hip: with norms, the numbers, or none."
    )
    side_effects: Literal["all", "none"] = Field(
        default="none",
        description="What every plan costs: attachments, version, leg length, axis, cortex.",
    )
    pictures: Pictures = "all"


if TYPE_CHECKING:
    MotionItem = Any
    ProcedureItem = Any
    HipItem = Any
else:
    MotionItem = _chosen_by("motion", MOTION_ENTRIES)
    ProcedureItem = _chosen_by("procedure", PROCEDURE_ENTRIES)
    _ANY_HIP = reduce(or_, HIP_ENTRIES.values(), str)
    HipItem = Annotated[Entry, PlainValidator(_as_hip, json_schema_input_type=_ANY_HIP)]


class ScenarioEntry(Entry):
    """A study: hips, motions, procedures with amounts, targets, outputs, seed."""

    version: Literal[1] = Field(VERSION, description="Of this schema.")  # type: ignore[arg-type]
    name: Word = Field(description="What the study is called.")
    description: Word = ""
    hips: Annotated[list[HipItem], Field(min_length=1)]
    motions: Annotated[list[MotionItem], Field(min_length=1)]
    procedures: list[ProcedureItem] = []
    combine: Combine = Field(
        "each",
        description="each: every procedure alone; product: every one with every other; zip: the "
        "first amounts together, then the second.",
    )
    targets_mm: dict[str, Number] = Field({}, description="Motion to the space wanted over it.")
    femoral_region: Literal[tuple(FEMORAL_REGIONS)] = "extracapsular"  # type: ignore[valid-type]
    pelvic_region: Literal[tuple(PELVIC_REGIONS)] = "ischium"  # type: ignore[valid-type]
    outputs: OutputsEntry = OutputsEntry()
    pictures: Pictures | None = Field(None, description="Short for outputs: {pictures: ...}.")
    seed: Count = Field(0, description="Of everything that is drawn at random.")


def keys_at(data: Any, location: tuple[str | int, ...]) -> list[str]:
    """List the keys allowed in the mapping that holds ``location``."""
    match location:
        case (_,):
            return list(ScenarioEntry.model_fields)
        case ("outputs", _):
            return list(OutputsEntry.model_fields)
        case ("hips", int() as index, _):
            kind = hip_kind(data["hips"][index])
            return list(HIP_ENTRIES[kind].model_fields) if kind else []
        case (("motions" | "procedures") as kind, int() as index, _):
            entries = MOTION_ENTRIES if kind == "motions" else PROCEDURE_ENTRIES
            chosen = data[kind][index].get(kind[:-1])
            return list(entries[chosen].model_fields) if chosen in entries else []
        case (("hips" | "procedures"), int(), _, _):
            return ["start", "stop", "step"]
    return []


ENTRY_KEYS = {"hips": tuple(HIP_ENTRIES), "motions": ("motion",), "procedures": ("procedure",)}
DETAILS: tuple[str, ...] = get_args(Detail)
