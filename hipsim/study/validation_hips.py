"""The hips the table is about: those that come with hipsim, and every real one in a folder."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sex import Sex, described_sex
from hipsim.checks import Side
from hipsim.errors import HipsimError, InputError
from hipsim.io.cases import Case, find_case
from hipsim.io.catalogue import embedded_hips
from hipsim.io.hips import load_hip

REFERENCE = "reference.json"  # may lie beside bones and say whose they are
_FEMUR = re.compile(r"(?P<prefix>.*)femur_[rl]\.(ply|stl|obj|off|vtp|vtk)$")


@dataclass(frozen=True)
class Subjects:
    """Loaded hips with the sex of each, and why others could not be loaded."""

    hips: tuple[tuple[Hip, Sex | None], ...]
    refused: dict[str, str]


def virtual_subjects() -> Subjects:
    """Load the hips that come with hipsim."""
    cases = [find_case(folder) for folder in embedded_hips().values()]
    return _loaded([(case, case.side()) for case in cases])


def real_subjects(folder: str | Path, *, most: int | None = None) -> Subjects:
    """Load every hip of the cases in a folder, at any depth.

    Parameters
    ----------
    folder
        Holds cases, in folders of their own or side by side with prefixes.
    most
        Only so many hips, taken evenly from all.

    Raises
    ------
    InputError
        If there is no case in it.
    """
    wanted = [(case, side) for case in find_cases(folder) for side in case.sides]
    if most is not None and most < len(wanted):
        last = len(wanted) - 1
        wanted = [wanted[round(i * last / max(most - 1, 1))] for i in range(most)]
    return _loaded(wanted)


def find_cases(folder: str | Path) -> list[Case]:
    """Return the cases in a folder at any depth, in order of their places.

    Parameters
    ----------
    folder
        Where to look.

    Raises
    ------
    InputError
        If there is none.
    """
    root = Path(folder)
    files = sorted(root.rglob("*femur_*")) if root.is_dir() else []
    places = {
        file.parent / found["prefix"]: file.parent
        for file in files
        if (found := _FEMUR.match(file.name))
    }
    cases = [find_case(place) for place in places]
    complete = [case for case in cases if case.sides]
    if not complete:
        raise InputError(f"no case with femur_r and hip_r, or the left ones, is in {root}")
    return complete


def sex_of(case: Case) -> Sex | None:
    """Return the sex case.yaml says, or a reference.json beside the bones, or None."""
    stated = described_sex(case.description.get("sex"))
    file = case.companion(REFERENCE)
    if stated is not None or file is None:
        return stated
    try:
        beside = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{file} is no JSON: {error}") from None
    return described_sex(beside.get("sex")) if isinstance(beside, dict) else None


def _loaded(wanted: Sequence[tuple[Case, Side]]) -> Subjects:
    """Load hips; note why one is refused."""
    hips, refused = [], {}
    for case, side in wanted:
        try:
            hips.append((load_hip(case, side=side), sex_of(case)))
        except HipsimError as error:
            refused[f"{case.name} {side}"] = str(error)
    return Subjects(tuple(hips), refused)
