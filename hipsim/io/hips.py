"""From a case folder to a :class:`~hipsim.anatomy.hip.Hip`, and back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hipsim.anatomy.assemble import Bones, assemble_hip
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import PELVIC_LANDMARKS
from hipsim.anatomy.sides import other_side
from hipsim.checks import Array, Side
from hipsim.errors import CaseError
from hipsim.geometry import Mesh
from hipsim.io.cases import BONES, Case, find_case
from hipsim.io.catalogue import cases_folder, embedded_hips, fetched_cases
from hipsim.io.files import write_text
from hipsim.io.fit_together import refuse_misfits
from hipsim.io.footprint_files import (
    paint_footprints,
    read_footprints,
    refuse_faces_of_other_mesh,
)
from hipsim.io.landmark_files import NamedPoint, read_landmarks
from hipsim.io.meshes import count_triangles, load_mesh, save_mesh
from hipsim.io.quality import as_bone
from hipsim.io.spelling import did_you_mean
from hipsim.io.units import UnitDecision, recognise_unit

PAIRED_LANDMARKS = tuple(n for n in PELVIC_LANDMARKS if n.endswith(("_right", "_left")))


def load_hip(case: str | Path | Case, *, side: str | None = None) -> Hip:
    """Load one hip of a case: its bones, landmarks and structures.

    Landmarks found in the case's landmark files are taken; the others are found on the bones. A
    footprint painted in its footprint file replaces the parametric one.

    Parameters
    ----------
    case
        A case folder, ``folder/prefix``, a case already found, or the name of an embedded or
        fetched hip.
    side
        ``"right"`` or ``"left"``; may be left out when the case holds one hip.

    Returns
    -------
    hip
        In the frame of the files, in mm. Its first note says which files it came from.

    Raises
    ------
    CaseError
        If the folder or its files contradict themselves, the side is missing, or a painted
        footprint does not fit its bone.
    MeshError
        If a surface cannot stand for a bone: open, of the wrong size, damaged.
    AnatomyError
        If a bone is, by its shape, of the other side, femur and hip bone make no joint, or a
        landmark cannot be found.

    Examples
    --------
    >>> load_hip("woman_narrow").side
    'right'
    """
    found = case if isinstance(case, Case) else resolve_case(case)
    chosen = found.side(side)
    wanted = [f"femur_{chosen[0]}", f"hip_{chosen[0]}", f"hip_{other_side(chosen)[0]}"]
    loaded = load_bones(found, [bone for bone in wanted if bone in found.files])
    unsure = refuse_misfits(loaded.meshes, found.files)
    bones = Bones(*loaded.meshes.values())
    points = load_landmarks(found, chosen, unit=loaded.unit.unit)
    version = found.version_deg(chosen)
    hip = assemble_hip(bones, chosen, landmarks=points, version_deg=version, name=found.name)
    hip = hip.evolved(notes=(_source_note(found, loaded, unsure), *hip.notes))
    return _painted(found, hip, loaded)


def resolve_case(path: str | Path) -> Case:
    """Find a case by folder, ``folder/prefix`` or the name of an embedded or fetched hip.

    A folder of that name in the working directory comes first, then the embedded hips, then
    those that ``hipsim fetch`` has brought.

    Raises
    ------
    CaseError
        As :func:`~hipsim.io.cases.find_case`, or if nothing has that name.
    """
    name = str(path)
    if Path(path).parent != Path() or Path(path).exists():
        return find_case(path)
    known = {**fetched_cases(), **embedded_hips()}
    if name in known:
        return find_case(known[name])
    if not any(file.name.startswith(name) for file in Path().iterdir()):
        raise CaseError(_nobody(name, known))
    return find_case(path)


def _nobody(name: str, known: Mapping[str, Path]) -> str:
    """Say that nothing is called so, what is, and how to get more."""
    from hipsim.io.open_hips import OPEN_HIPS

    embedded = embedded_hips()
    fetched = [hip for hip in known if hip not in embedded]
    lines = f"no case folder and no embedded hip is called {name!r}{did_you_mean(name, known)}; "
    lines += f"embedded hips: {', '.join(embedded)}"
    if fetched:
        lines += f"; fetched hips in {cases_folder()}: {', '.join(fetched)}"
    if name in OPEN_HIPS:
        lines += f"; 'hipsim fetch {name}' brings it"
    return lines


@dataclass(frozen=True, eq=False)
class LoadedBones:
    """Bones of a case, fit to be used.

    Attributes
    ----------
    meshes
        Bone (``femur_r``, ...) to closed surface, mm.
    mended
        Bone to what was mended on loading.
    unit
        Unit of the files, and why.
    """

    meshes: Mapping[str, Mesh]
    mended: Mapping[str, tuple[str, ...]]
    unit: UnitDecision


def load_bones(case: Case, names: Iterable[str]) -> LoadedBones:
    """Load bones of a case in mm, checked and where it is safe mended.

    The unit is the one ``case.yaml`` states, if it fits the bones, else the one recognised by
    their size.

    Parameters
    ----------
    case
        The case.
    names
        Which bones; all must be in it.

    Raises
    ------
    CaseError
        If the unit cannot be told or contradicts the bones.
    MeshError
        If a surface cannot stand for its bone.
    """
    as_stated = None if case.stated_unit is None else 1.0  # then 3MF's own unit does not count
    raw = {bone: load_mesh(case.files[bone], unit_mm=as_stated) for bone in names}
    unit = recognise_unit(raw, case.stated_unit)
    meshes, mended = {}, {}
    for bone, mesh in raw.items():
        scaled = Mesh(mesh.vertices * unit.unit_mm, mesh.faces)
        meshes[bone], mended[bone] = as_bone(scaled, BONES[bone], name=str(case.files[bone]))
    return LoadedBones(meshes, mended, unit)


def load_landmarks(case: Case, side: Side, *, unit: str | None = None) -> dict[str, Array]:
    """Read the landmarks a person has set for one hip of a case, in mm, in its frame.

    In a case with both hips ``landmarks`` may hold only points that carry their side
    (``asis_right``, ``LT left``); the others go into ``landmarks_r`` and ``landmarks_l``.

    Parameters
    ----------
    case
        The case.
    side
        Which hip.
    unit
        Unit of numbers without one; that of the case where it is not given.

    Raises
    ------
    CaseError
        If a file cannot be read, a name is unknown, or it is not clear to which hip a point
        belongs.
    """
    points: dict[str, Array] = {}
    for stem in ("landmarks", f"landmarks_{side[0]}"):
        file = case.landmark_file(stem)
        if file is not None:
            found = read_landmarks(file, unit=unit or case.unit, frame=case.frame)
            is_shared = stem == "landmarks" and len(case.sides) > 1
            points |= _of_side(file, found, side, is_shared=is_shared)
    return points


def _of_side(
    file: Path, found: Iterable[NamedPoint], side: Side, *, is_shared: bool
) -> dict[str, Array]:
    """Return the points that belong to one hip."""
    points = {}
    for named in found:
        if named.side is None and is_shared:
            raise CaseError(
                f"{file}: the case holds both hips, so {named.name!r} could belong to either; "
                f"put it into landmarks_{side[0]}.json, or write its side into its name"
            )
        if named.name in PAIRED_LANDMARKS or named.side in (None, side):
            points[named.name] = named.point
    return points


def _painted(case: Case, hip: Hip, loaded: LoadedBones) -> Hip:
    """Put the painted footprints of a case on the hip."""
    file = case.footprint_file(hip.side)
    if file is None:
        return hip
    painted = read_footprints(file, unit=loaded.unit.unit, frame=case.frame)
    if any("faces" in way for way in painted.values()):
        own = {"femur": f"femur_{hip.side[0]}", "hip_bone": f"hip_{hip.side[0]}"}
        changes = {bone: _changes(case, key, loaded) for bone, key in own.items()}
        refuse_faces_of_other_mesh(painted, changes, where=file)
    return paint_footprints(hip, painted, where=file)


def _changes(case: Case, bone: str, loaded: LoadedBones) -> tuple[str, ...]:
    """Return what makes the faces of a loaded bone differ from those of its file."""
    lost = count_triangles(case.files[bone]) - len(loaded.meshes[bone].faces)
    flat = (f"{lost} faces of the file are gone",) if lost and not loaded.mended[bone] else ()
    return (*loaded.mended[bone], *flat)


def save_case(hip: Hip, folder: str | Path) -> Path:
    """Write a hip as a case folder: bones as PLY, landmarks, name and unit.

    Parameters
    ----------
    hip
        Any hip, operated or not; structures are found anew when it is loaded, and footprints
        drawn anew.
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


def _source_note(case: Case, loaded: LoadedBones, unsure: tuple[str, ...]) -> dict[str, Any]:
    """Record where a hip came from: files, unit, frame, mending, what is unsure, and sex."""
    mended = {case.files[bone].name: list(repairs) for bone, repairs in loaded.mended.items()}
    unit = f"{loaded.unit.unit}: {loaded.unit.why}"
    return {
        "step": "load",
        "folder": str(case.folder),
        "unit": unit,
        "files": mended,
        "unsure": list(unsure),
        "sex": case.description.get("sex"),
        "frame": case.frame,
    }
