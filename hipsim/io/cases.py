"""Case folders: which file is which bone, in which unit.

A case is a folder with ``hip_r``, ``hip_l``, ``femur_r``, ``femur_l`` and optionally ``sacrum``,
each in any format of :mod:`hipsim.io.meshes`, optionally ``landmarks`` (or ``landmarks_r`` and
``landmarks_l``) in any format of :mod:`hipsim.io.landmark_files`, ``footprint.json`` and
``case.yaml``. All names may share a prefix (``vh_f_hip_r.stl``); a folder that holds several such
cases is addressed as ``folder/prefix``.

``footprint.json`` (``footprint_r.json`` and ``footprint_l.json`` in a case with both hips) says
where a person has painted the attachment of a tendon; without it, or without one of its two
entries, the attachment is drawn from the shape of the bone (:mod:`hipsim.anatomy.footprint`)::

    {"iliopsoas": {"curve_mm": [[x, y, z], ...]}, "hamstrings": {"faces": [0, 1, ...]}}

``curve_mm`` is a closed curve of points on the femur (iliopsoas) or hip bone (hamstrings);
``faces`` are numbers of triangles of its file, from 0. Units and frames:
:mod:`hipsim.io.footprint_files`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hipsim.checks import SIDES, Side, as_side
from hipsim.errors import CaseError
from hipsim.io.landmark_files import FRAMES, LANDMARK_SUFFIXES
from hipsim.io.meshes import MESH_SUFFIXES
from hipsim.io.spelling import did_you_mean
from hipsim.io.units import UNITS_MM
from hipsim.io.yaml_files import YamlFile, read_yaml

BONES = {
    "hip_r": "hip bone",
    "hip_l": "hip bone",
    "femur_r": "femur",
    "femur_l": "femur",
    "sacrum": "sacrum",
}
CASE_KEYS = (
    "name",
    "unit",
    "side",
    "version_deg",
    "description",
    "sex",
    "age_years",
    "source",
    "licence",
    "citation",
    "frame",
    "sources",
    "mended",
)
MAKE_ONE = "'hipsim import SOURCE --out CASE' makes a case of whatever holds the bones"
LARGEST_VERSION_DEG = 180.0
SOURCE_KEYS = ("file", "url", "sha256", "bones", "unit", "why")
_NAMED = re.compile(r"^(?P<prefix>.*?)(?P<bone>hip_r|hip_l|femur_r|femur_l|sacrum)$", re.IGNORECASE)


@dataclass(frozen=True)
class Case:
    """The files of one subject and what ``case.yaml`` says about them.

    Parameters
    ----------
    folder
        Where the files are.
    prefix
        What all file names start with, often nothing.
    files
        Bone (``hip_r``, ``femur_l``, ...) to file.
    name
        What the subject is called in tables.
    stated_unit
        Unit of the meshes as ``case.yaml`` states it: ``"mm"``, ``"cm"``, ``"m"`` or ``"inch"``;
        None where it states none and the size of the bones must tell.
    description
        The remaining entries of ``case.yaml``.
    """

    folder: Path
    prefix: str
    files: Mapping[str, Path]
    name: str
    stated_unit: str | None = None
    description: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        """The stated unit, mm where none is stated."""
        return self.stated_unit or "mm"

    @property
    def unit_mm(self) -> float:
        """Length of the unit in mm."""
        return UNITS_MM[self.unit]

    @property
    def frame(self) -> str:
        """Scan frame of the bones: ``"lps"``, ``"ras"`` or ``"unknown"``."""
        return str(self.description.get("frame", "unknown"))

    @property
    def sides(self) -> tuple[Side, ...]:
        """Sides of which both the femur and the hip bone are present."""
        return tuple(
            s for s in SIDES if f"femur_{s[0]}" in self.files and f"hip_{s[0]}" in self.files
        )

    def side(self, side: str | None = None) -> Side:
        """Return the side to work on: the one asked for, or the only one there is.

        Raises
        ------
        CaseError
            If the side is not in the case, or none was asked for and there are two.
        """
        if not self.sides:
            raise CaseError(f"{self.folder}: {self._missing()}")
        if side is None and "side" in self.description:
            side = self.description["side"]
        if side is None and len(self.sides) > 1:
            raise CaseError(f"{self.folder} holds both hips: say side 'right' or 'left'")
        wanted = self.sides[0] if side is None else as_side(side)
        if wanted not in self.sides:
            have = ", ".join(sorted(p.name for p in self.files.values()))
            raise CaseError(
                f"{self.folder} holds no {wanted} hip: wanted {self.prefix}femur_{wanted[0]} and "
                f"{self.prefix}hip_{wanted[0]}, found {have}"
            )
        return wanted

    def version_deg(self, side: Side) -> float | None:
        """Return the femoral version that ``case.yaml`` states for a femur cut off in its shaft.

        Either one number, or ``{right: 15, left: 12}``.
        """
        stated = self.description.get("version_deg")
        value = stated.get(side) if isinstance(stated, Mapping) else stated
        return None if value is None else float(value)

    def companion(self, stem: str) -> Path | None:
        """Return the file ``prefix + stem``, else ``stem``, else None."""
        for name in (self.prefix + stem, stem):
            if (self.folder / name).is_file():
                return self.folder / name
        return None

    def landmark_file(self, stem: str) -> Path | None:
        """Return the landmark file called ``stem``, or None.

        Raises
        ------
        CaseError
            If there are two.
        """
        found = [self.companion(stem + suffix) for suffix in LANDMARK_SUFFIXES]
        files = [file for file in found if file is not None]
        if len(files) > 1:
            raise CaseError(f"{self.folder} holds {' and '.join(f.name for f in files)}: keep one")
        return files[0] if files else None

    def footprint_file(self, side: Side) -> Path | None:
        """Return the file with the painted footprints of one hip, or None.

        Raises
        ------
        CaseError
            If it is not clear to which hip a file belongs, or there are two for one hip.
        """
        shared = self.companion("footprint.json")
        own = self.companion(f"footprint_{side[0]}.json")
        if shared is not None and len(self.sides) > 1:
            raise CaseError(
                f"{shared}: the case holds both hips: call it footprint_r.json or footprint_l.json"
            )
        if shared is not None and own is not None:
            raise CaseError(f"{self.folder} holds {shared.name} and {own.name}: keep one")
        return shared or own

    def _missing(self) -> str:
        """Say which bone lacks its partner."""
        for side in SIDES:
            femur, hip = f"femur_{side[0]}", f"hip_{side[0]}"
            if (femur in self.files) != (hip in self.files):
                have, want = (femur, hip) if femur in self.files else (hip, femur)
                return f"{self.files[have].name} has no {self.prefix}{want} beside it"
        return "no side has both a femur and a hip bone"


def find_case(path: str | Path) -> Case:
    """Find the files of a case.

    Parameters
    ----------
    path
        A folder that holds one case, or ``folder/prefix``.

    Raises
    ------
    CaseError
        If there is no such folder, no file is recognised, several cases are in the folder, a
        bone is there twice, or ``case.yaml`` holds something unknown.
    """
    path = Path(path)
    folder, wanted = (path, None) if path.is_dir() else (path.parent, path.name)
    if not folder.is_dir() or (path.exists() and not path.is_dir()):
        kind = f"a file, not a case folder; {MAKE_ONE}" if path.exists() else "no such case folder"
        raise CaseError(f"{path}: {kind}")
    groups = _by_prefix(folder)
    prefix = _only_prefix(folder, groups) if wanted is None else _named_prefix(path, groups)
    files = _one_file_per_bone(folder, groups[prefix])
    name = prefix.rstrip("_-. ") or folder.resolve().name
    case = Case(folder, prefix, files, name)
    settings = case.companion("case.yaml")
    return case if settings is None else _with_settings(case, read_yaml(settings, CaseError))


def _by_prefix(folder: Path) -> dict[str, list[tuple[str, Path]]]:
    """Group the mesh files whose name ends in a bone by what stands before it."""
    groups: dict[str, list[tuple[str, Path]]] = {}
    for file in sorted(folder.iterdir()):
        match = _NAMED.match(file.stem)
        if match and file.is_file() and file.suffix.lower() in MESH_SUFFIXES:
            groups.setdefault(match["prefix"], []).append((match["bone"].lower(), file))
    return {p: found for p, found in groups.items() if any(bone != "sacrum" for bone, _ in found)}


def _only_prefix(folder: Path, groups: Mapping[str, Any]) -> str:
    """Return the one prefix of a folder, or say why there is none or several."""
    if len(groups) == 1:
        return next(iter(groups))
    if not groups:
        seen = sorted(f.name for f in folder.iterdir())
        shown = ", ".join(seen[:8]) + (f" and {len(seen) - 8} more" if len(seen) > 8 else "")
        raise CaseError(
            f"{folder} holds no bone: wanted hip_r, hip_l, femur_r, femur_l (optionally sacrum) "
            f"ending in {', '.join(MESH_SUFFIXES)}; found {shown or 'nothing'}; {MAKE_ONE}"
        )
    choices = [str(folder / prefix.rstrip("_-. ")) for prefix in groups]
    raise CaseError(f"{folder} holds {len(groups)} cases: type {' or '.join(choices)}")


def _named_prefix(path: Path, groups: Mapping[str, Any]) -> str:
    """Return the prefix a person means by ``folder/prefix``."""
    for prefix in groups:
        if prefix and path.name in (prefix, prefix.rstrip("_-. ")):
            return prefix
    known = [p.rstrip("_-. ") for p in groups if p]
    hint = did_you_mean(path.name, known) or (f"; there is {', '.join(known)}" if known else "")
    raise CaseError(f"{path}: no such case folder, and no files starting with it{hint}")


def _one_file_per_bone(folder: Path, found: list[tuple[str, Path]]) -> dict[str, Path]:
    """Refuse two files for one bone."""
    files: dict[str, Path] = {}
    for bone, file in found:
        if bone in files:
            raise CaseError(
                f"{folder} holds {bone} twice: {files[bone].name} and {file.name}; keep one"
            )
        files[bone] = file
    return files


def _with_settings(case: Case, file: YamlFile) -> Case:
    """Take name, unit and description from ``case.yaml``."""
    data = dict(file.data)
    for key in data:
        if key not in CASE_KEYS:
            key = str(key)
            hint = did_you_mean(key, CASE_KEYS) or f"; known: {', '.join(CASE_KEYS)}"
            raise CaseError(f"{file.where((str(key),))}: unknown key {key!r}{hint}")
    unit = data.pop("unit", None)
    if unit is not None:
        _check_word(file, ("unit",), unit, UNITS_MM)
    for key, words in (("side", SIDES), ("frame", FRAMES)):
        if key in data:
            _check_word(file, (key,), data[key], words)
    _check_version(file, data.get("version_deg"))
    _check_sources(file, data.get("sources", []))
    mended = data.get("mended", {})
    if not isinstance(mended, Mapping) or not all(isinstance(v, list) for v in mended.values()):
        raise CaseError(f"{file.where(('mended',))}: mended must list what was done per bone")
    name = str(data.pop("name", case.name))
    return Case(case.folder, case.prefix, case.files, name, unit, data)


def _check_version(file: YamlFile, stated: object) -> None:
    """Raise unless a stated version is a number, or one for each side named."""
    values = stated if isinstance(stated, Mapping) else {SIDES[0]: stated}
    numbers = (int, float)
    is_fit = all(
        side in SIDES
        and (value is None or (isinstance(value, numbers) and type(value) is not bool))
        and (value is None or abs(value) <= LARGEST_VERSION_DEG)
        for side, value in values.items()
    )
    if not is_fit:
        raise CaseError(
            f"{file.where(('version_deg',))}: version_deg must be a number of degrees, or one for "
            f"each side as in {{right: 15, left: 12}}, within {LARGEST_VERSION_DEG:g} of 0, got "
            f"{str(stated)[:80]}"
        )


def _check_word(
    file: YamlFile, location: tuple[str | int, ...], value: object, known: Iterable[str]
) -> None:
    """Refuse a value that is none of the known words."""
    words = list(known)
    if value not in words:
        *most, last = words
        choice = f"{', '.join(most)} or {last}"
        raise CaseError(f"{file.where(location)}: {location[-1]} must be {choice}, got {value!r}")


def _check_sources(file: YamlFile, sources: object) -> None:
    """Refuse sources that are not a list of known entries."""
    if not isinstance(sources, list) or not all(isinstance(s, Mapping) for s in sources):
        raise CaseError(f"{file.where(('sources',))}: sources must be a list of files")
    for index, source in enumerate(sources):
        for key in source:
            if key not in SOURCE_KEYS:
                hint = did_you_mean(key, SOURCE_KEYS) or f"; known: {', '.join(SOURCE_KEYS)}"
                where = file.where(("sources", index, str(key)))
                raise CaseError(f"{where}: unknown key {key!r}{hint}")
