"""From whatever a person has to a case folder: ``hipsim import`` and ``fetch`` both end here.

The bones are written as PLY in mm, in the frame they came in; nothing is moved or smoothed. The
folder appears whole or not at all. ``case.yaml`` records unit, side, frame, every source with its
hash, and what was mended.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from hipsim.checks import SIDES, Side
from hipsim.errors import CaseError, InputError
from hipsim.geometry import Mesh
from hipsim.io.cases import Case, find_case
from hipsim.io.files import reason, write_text
from hipsim.io.hips import PAIRED_LANDMARKS
from hipsim.io.landmark_files import FRAMES, read_landmarks
from hipsim.io.meshes import save_mesh
from hipsim.io.sources import Source
from hipsim.io.units import UnitDecision
from hipsim.io.whole_bones import whole_bones


@dataclass(frozen=True)
class Statements:
    """What a person says about the sources; None is found out.

    Attributes
    ----------
    unit
        ``"mm"``, ``"cm"``, ``"m"`` or ``"inch"``.
    side
        The hip under study; also the side of bones whose name says none.
    frame
        ``"lps"`` or ``"ras"``, where the sources do not say it.
    landmarks
        Landmark files.
    urls
        File name to where it came from.
    description
        Further entries of ``case.yaml``: name, licence, citation...
    """

    unit: str | None = None
    side: Side | None = None
    frame: str | None = None
    landmarks: tuple[Path, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Imported:
    """A case folder just made.

    Attributes
    ----------
    case
        The case.
    meshes
        Bone to the surface written, mm.
    mended
        Bone to what was mended in it.
    units
        The unit of the sources and why, one for each unit stated and one for the rest.
    notes
        What a person should know.
    """

    case: Case
    meshes: Mapping[str, Mesh]
    mended: Mapping[str, tuple[str, ...]]
    units: tuple[UnitDecision, ...]
    notes: tuple[str, ...]


def import_case(source: Source, folder: str | Path, said: Statements = Statements()) -> Imported:
    """Make a case folder.

    Parameters
    ----------
    source
        The bones: :func:`hipsim.io.sources.read_source`, several put together by
        :func:`hipsim.io.sources.merged`.
    folder
        The case folder to make; must not exist, or be empty.
    said
        What a person says about them.

    Raises
    ------
    CaseError
        If the folder is there already, bones are missing or there twice, the side of a bone or
        the unit cannot be told, or a landmark belongs to no hip.
    MeshError
        If a surface cannot stand for its bone.
    InputError
        If the folder cannot be written.
    """
    folder = Path(folder)
    check_free(folder)
    frame = _frame(source.frame, said.frame)
    whole = whole_bones(source.pieces, said_unit=said.unit, said_side=said.side)
    notes = (*source.notes, *_gltf_notes(source, said, whole.units), *whole.notes)
    name = folder.resolve().name
    found = Imported(
        Case(folder, "", {}, name), whole.meshes, whole.mended, tuple(whole.units.values()), notes
    )
    points = _points((*source.landmarks, *said.landmarks), found, frame, said.side)
    records = _records(source, said, whole.units)
    with new_folder(folder) as stage:
        for bone, mesh in found.meshes.items():
            save_mesh(stage / f"{bone}.ply", mesh)
        for stem, marks in points.items():
            write_text(
                stage / f"{stem}.json", json.dumps({"unit": "mm", "points": marks}, indent=1)
            )
        write_text(stage / "case.yaml", _settings(found, said, frame, records))
    return replace(found, case=find_case(folder))


def check_free(folder: Path) -> None:
    """Raise CaseError if a folder is there and holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CaseError(f"{folder} is there already; choose another --out, or remove it first")


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a temporary folder that becomes ``folder`` when all went well, and vanishes otherwise.

    Raises
    ------
    InputError
        If the folder cannot be made or written.
    """
    stage = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        stage.mkdir()
        yield stage
        if folder.is_dir():
            folder.rmdir()  # empty, as was checked
        os.replace(stage, folder)
    except OSError as error:
        raise InputError(f"cannot write {folder}: {reason(error)}") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _frame(found: str, said: str | None) -> str:
    """Return the frame of the bones: what the sources say, else what the person says."""
    if said is None or found == said.lower():
        return found
    if said.lower() not in FRAMES:
        raise CaseError(f"--frame must be lps, ras or unknown, got {said!r}")
    if found != "unknown":
        raise CaseError(f"the sources say that they are in {found.upper()}, --frame says {said}")
    return said.lower()


def _gltf_notes(
    source: Source, said: Statements, units: Mapping[str | None, UnitDecision]
) -> list[str]:
    """Note where a glTF file is not in metres, as its specification wants."""
    notes = {}
    for piece in source.pieces:
        unit = units[said.unit or piece.stated_unit].unit
        if piece.file.suffix.lower() in (".glb", ".gltf") and unit != "m":
            name = piece.file.name
            notes[name] = f"{name}: glTF prescribes metres, but these bones are in {unit}"
    return list(notes.values())


def _points(
    files: Iterable[Path], found: Imported, frame: str, side: Side | None
) -> dict[str, dict[str, list[float]]]:
    """Read landmark files and sort their points into those of both sides and of one."""
    sides = [s for s in SIDES if f"femur_{s[0]}" in found.meshes]
    units = {decision.unit for decision in found.units}
    sorted_points: dict[str, dict[str, list[float]]] = {}
    for file in files:
        of_file = {"r": SIDES[0], "l": SIDES[1]}.get(file.name.split(".")[0][-2:].strip("_"))
        default = of_file or side or (sides[0] if len(sides) == 1 else None)
        for point in read_landmarks(file, unit=min(units), frame=frame):
            own = point.side or default
            if point.name not in PAIRED_LANDMARKS and own is None:
                raise CaseError(
                    f"{file}: {point.name!r} could belong to either hip; write its side into its "
                    "name, or say --side"
                )
            stem = "landmarks" if point.name in PAIRED_LANDMARKS else f"landmarks_{str(own)[0]}"
            sorted_points.setdefault(stem, {})[point.name] = point.point.tolist()
    return sorted_points


def _records(
    source: Source, said: Statements, units: Mapping[str | None, UnitDecision]
) -> list[dict[str, Any]]:
    """Return name, hash, bones and unit of every source file."""
    records: list[dict[str, Any]] = []
    told: set[str] = set()
    for file in dict.fromkeys((*source.files, *said.landmarks)):
        own = [piece for piece in source.pieces if piece.file == file]
        record: dict[str, Any] = {"file": file.name, "sha256": sha256_of(file)}
        if file.name in said.urls:
            record["url"] = said.urls[file.name]
        if own:
            unit = units[said.unit or own[0].stated_unit]
            names = {"_".join(filter(None, (p.kind, (p.side or "")[:1]))) for p in own}
            record |= {"bones": sorted(names), "unit": unit.unit}
            if unit.why not in told:
                record["why"] = unit.why  # the same words for every file of one decision
                told.add(unit.why)
        records.append(record)
    return records


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _settings(found: Imported, said: Statements, frame: str, records: list[dict[str, Any]]) -> str:
    """Return the text of ``case.yaml``."""
    settings = {
        "name": found.case.name,
        "unit": "mm",
        **({"side": said.side} if said.side else {}),
        "frame": frame,
        **said.description,
        "sources": records,
        "mended": {bone: list(mended) for bone, mended in found.mended.items() if mended},
    }
    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=100)
