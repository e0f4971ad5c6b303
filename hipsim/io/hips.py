"""From a case folder to a :class:`~hipsim.anatomy.hip.Hip`, and back."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.anatomy.assemble import Bones, assemble_hip
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import LANDMARK_NAMES, PELVIC_LANDMARKS
from hipsim.anatomy.sides import other_side
from hipsim.checks import Array, Side
from hipsim.errors import CaseError
from hipsim.geometry import Mesh
from hipsim.io.cases import BONES, Case, find_case
from hipsim.io.catalogue import embedded_hips
from hipsim.io.files import write_text
from hipsim.io.meshes import load_mesh, save_mesh
from hipsim.io.quality import UNITS_MM, as_bone
from hipsim.io.spelling import did_you_mean

PAIRED_LANDMARKS = tuple(n for n in PELVIC_LANDMARKS if n.endswith(("_right", "_left")))


def load_hip(case: str | Path | Case, *, side: str | None = None) -> Hip:
    """Load one hip of a case: its bones, landmarks and structures.

    Landmarks found in ``landmarks.json`` are taken; the others are found on the bones.

    Parameters
    ----------
    case
        A case folder, ``folder/prefix``, a case already found, or the name of an embedded hip.
    side
        ``"right"`` or ``"left"``; may be left out when the case holds one hip.

    Returns
    -------
    hip
        In the frame of the files, in mm. Its first note says which files it came from.

    Raises
    ------
    CaseError
        If the folder or its files contradict themselves, or the side is missing.
    MeshError
        If a surface cannot stand for a bone: open, of the wrong size, damaged.
    AnatomyError
        If a landmark cannot be found.

    Examples
    --------
    >>> load_hip("woman_narrow").side
    'right'
    """
    found = case if isinstance(case, Case) else resolve_case(case)
    chosen = found.side(side)
    wanted = [f"femur_{chosen[0]}", f"hip_{chosen[0]}", f"hip_{other_side(chosen)[0]}"]
    loaded = {bone: load_bone(found, bone) for bone in wanted if bone in found.files}
    bones = Bones(*(mesh for mesh, _ in loaded.values()))
    hip = assemble_hip(bones, chosen, landmarks=load_landmarks(found, chosen), name=found.name)
    return hip.evolved(notes=(_source_note(found, loaded), *hip.notes))


def resolve_case(path: str | Path) -> Case:
    """Find a case by folder, ``folder/prefix`` or the name of an embedded hip.

    Raises
    ------
    CaseError
        As :func:`~hipsim.io.cases.find_case`, or if nothing has that name.
    """
    embedded, name = embedded_hips(), str(path)
    is_word = Path(path).parent == Path() and not Path(path).exists()
    if is_word and name in embedded:
        return find_case(embedded[name])
    if is_word and not any(file.name.startswith(name) for file in Path().iterdir()):
        hint = did_you_mean(name, embedded)
        raise CaseError(
            f"no case folder and no embedded hip is called {name!r}{hint}; "
            f"embedded hips: {', '.join(embedded)}"
        )
    return find_case(path)


def load_bone(case: Case, bone: str) -> tuple[Mesh, tuple[str, ...]]:
    """Load one bone of a case in mm, checked, and say what was mended.

    Raises
    ------
    MeshError
        If the surface cannot stand for the bone.
    """
    file = case.files[bone]
    mesh = load_mesh(file, unit_mm=case.unit_mm)
    return as_bone(mesh, BONES[bone], name=str(file))


def load_landmarks(case: Case, side: Side) -> dict[str, Array]:
    """Read the landmarks a person has set for one hip of a case, in mm.

    ``landmarks.json`` is ``{"unit": "mm", "points": {name: [x, y, z], ...}}`` or the points alone.
    In a case with both hips it may hold only points that carry their side (``asis_right``);
    the others go into ``landmarks_r.json`` and ``landmarks_l.json``.

    Raises
    ------
    CaseError
        If a file is not JSON of that form, a name is unknown, or it is not clear to which hip a
        point belongs.
    """
    points: dict[str, Array] = {}
    shared = case.companion("landmarks.json")
    if shared is not None:
        points.update(_read_points(shared, case.unit))
        lone = [n for n in points if n not in PAIRED_LANDMARKS]
        if lone and len(case.sides) > 1:
            raise CaseError(
                f"{shared}: the case holds both hips, so {lone[0]!r} could belong to either; "
                f"put it into landmarks_{side[0]}.json"
            )
    own = case.companion(f"landmarks_{side[0]}.json")
    if own is not None:
        points.update(_read_points(own, case.unit))
    return points


def save_case(hip: Hip, folder: str | Path) -> Path:
    """Write a hip as a case folder: bones as PLY, landmarks, name and unit.

    Parameters
    ----------
    hip
        Any hip, operated or not; structures are found anew when it is loaded.
    folder
        Made if missing; must not hold a case yet.

    Raises
    ------
    CaseError
        If the folder already holds a case.
    InputError
        If it cannot be written.
    """
    folder = Path(folder)
    if folder.is_dir() and any(file.stem in BONES for file in folder.iterdir()):
        raise CaseError(f"{folder} already holds a case; choose another folder")
    save_mesh(folder / f"femur_{hip.side[0]}.ply", hip.femur)
    save_mesh(folder / f"hip_{hip.side[0]}.ply", hip.hip_bone)
    points = {name: point.tolist() for name, point in hip.landmarks.items()}
    landmarks = json.dumps({"unit": "mm", "points": points}, indent=1)
    write_text(folder / "landmarks.json", landmarks + "\n")
    write_text(folder / "case.yaml", f"name: {json.dumps(hip.name)}\nunit: mm\n")
    return folder


def _source_note(case: Case, loaded: Mapping[str, tuple[Mesh, tuple[str, ...]]]) -> dict[str, Any]:
    """Record which files a hip came from and what was mended in them."""
    mended = {case.files[bone].name: list(repairs) for bone, (_, repairs) in loaded.items()}
    return {"step": "load", "folder": str(case.folder), "files": mended}


def _read_points(file: Path, case_unit: str) -> dict[str, Array]:
    """Read named points in mm from one JSON file."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CaseError(f"{file} is not valid JSON: {error}") from None
    wrapped = isinstance(data, Mapping) and "points" in data
    points = data["points"] if wrapped else data
    unit = data.get("unit", case_unit) if wrapped else case_unit
    if not isinstance(points, Mapping):
        raise CaseError(f'{file}: wanted {{"unit": "mm", "points": {{name: [x, y, z]}}}}')
    if unit not in UNITS_MM:
        raise CaseError(f"{file}: unit must be one of {', '.join(UNITS_MM)}, got {unit!r}")
    return {name: _point(file, name, point) * UNITS_MM[unit] for name, point in points.items()}


def _point(file: Path, name: str, point: object) -> Array:
    """Check one landmark's name and coordinates."""
    if name not in LANDMARK_NAMES:
        hint = did_you_mean(name, LANDMARK_NAMES) or f"; known: {', '.join(LANDMARK_NAMES)}"
        raise CaseError(f"{file}: unknown landmark {name!r}{hint}")
    try:
        array = np.asarray(point, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.shape != (3,) or not np.isfinite(array).all():
        raise CaseError(f"{file}: landmark {name!r} must be three finite numbers, got {point!r}")
    return array
