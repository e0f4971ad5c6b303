"""Where a hip of a study comes from: a recipe in words that any process can follow.

A recipe is small and plain (JSON), so a plan of work over 100,000 hips fits into memory and travels
to other machines; the bones are read or made where they are needed. Its fingerprint covers the
content of the files it names.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.morph import morph
from hipsim.anatomy.virtual import hip_from_shape
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import Side
from hipsim.io.cases import Case, find_case
from hipsim.io.files import as_input_error
from hipsim.io.hips import load_hip
from hipsim.planning.trial import Rule, find_patient

COMPANIONS = ("case.yaml",)
KEPT_HIPS = 2  # per process: neighbouring shards share a hip


@dataclass(frozen=True)
class HipSource:
    """A hip of a study that is not in memory yet.

    Parameters
    ----------
    name
        What it is called in tables.
    side
        Which hip.
    recipe
        What to do, as canonical JSON; ``kind`` is ``case``, ``virtual``, ``patient`` or ``morph``.

    Examples
    --------
    >>> source = virtual_source("narrow", HipShape.typical("female", inter_tuberous_mm=100))
    >>> source.name, json.loads(source.recipe)["kind"], len(source.fingerprint())
    ('narrow', 'virtual', 64)
    """

    name: str
    side: Side
    recipe: str

    def load(self) -> Hip:
        """Read or make the hip.

        Raises
        ------
        HipsimError
            If its files cannot be used, or its parameters do not go together.
        """
        return _followed(self.recipe, self.fingerprint()).evolved(name=self.name)

    @property
    def person(self) -> str:
        """Whose hip it is: the case folder for hips and morphs of a case, else the hip's name."""
        return str(json.loads(self.recipe).get("case", self.name))

    def fingerprint(self) -> str:
        """Return the SHA-256 of the recipe and of every file it names."""
        recipe = json.loads(self.recipe)
        digest = hashlib.sha256(self.recipe.encode())
        if "case" in recipe:
            for file in _files_of(find_case(recipe["case"]), self.side):
                digest.update(file.name.encode() + _file_digest(file))
        return digest.hexdigest()


def case_source(name: str, case: Case, side: Side) -> HipSource:
    """Return the source of a case folder."""
    return HipSource(name, side, _written(kind="case", case=_path_of(case), side=side))


def virtual_source(
    name: str, shape: HipShape, *, side: Side = "right", spacing_mm: float = 2.0
) -> HipSource:
    """Return the source of a virtual hip."""
    recipe = _written(kind="virtual", shape=vars(shape), side=side, spacing_mm=float(spacing_mm))
    return HipSource(name, side, recipe)


def patient_source(name: str, number: int, rule: Rule, *, seed: int, side: Side) -> HipSource:
    """Return the source of a patient of a trial."""
    recipe = _written(kind="patient", number=number, rule=asdict(rule), seed=seed, side=side)
    return HipSource(name, side, recipe)


def morph_source(name: str, case: Case, side: Side, changes: dict[str, Any]) -> HipSource:
    """Return the source of a case with measures changed; ``changes`` are keywords of ``morph``."""
    recipe = _written(kind="morph", case=_path_of(case), side=side, changes=changes)
    return HipSource(name, side, recipe)


def _written(**recipe: Any) -> str:
    """Write a recipe so that equal ones are equal texts."""
    return json.dumps(recipe, sort_keys=True, allow_nan=False)


def _path_of(case: Case) -> str:
    """Return what finds the case from any working directory."""
    return str((case.folder / case.prefix).absolute() if case.prefix else case.folder.absolute())


@lru_cache(KEPT_HIPS)
def _followed(recipe: str, fingerprint: str) -> Hip:
    """Follow a recipe; the fingerprint tells a changed file from the one that is remembered."""
    steps = json.loads(recipe)
    if steps["kind"] == "virtual":
        shape = HipShape(**steps["shape"])
        return hip_from_shape(shape, side=steps["side"], spacing_mm=steps["spacing_mm"])
    if steps["kind"] == "patient":
        low, high = steps["rule"]["neutral_mm"]
        rule = Rule((low, high), steps["rule"]["sex_ratio"])
        return find_patient(steps["number"], rule=rule, seed=steps["seed"], side=steps["side"])
    hip = load_hip(find_case(steps["case"]), side=steps["side"])
    return morph(hip, **steps["changes"]) if steps["kind"] == "morph" else hip


def _files_of(case: Case, side: Side) -> list[Path]:
    """List every file of a case that a hip depends on."""
    companions = [case.companion(name) for name in COMPANIONS]
    stems = ("landmarks", f"landmarks_{side[0]}")
    named = [*companions, *map(case.landmark_file, stems), case.footprint_file(side)]
    return [*sorted(case.files.values()), *(file for file in named if file is not None)]


def _file_digest(file: Path) -> bytes:
    """Return the SHA-256 of a file's content."""
    with as_input_error("read", file), file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()
