"""Landmarks a person has set: 3D Slicer markups (.mrk.json, .fcsv), hipsim's JSON, CSV.

Slicer files say in which frame their points are (LPS or RAS) and the points are turned into the
frame of the bones; where the frame of the bones is not known, that is an error and not a guess,
for the two frames differ by half a turn and nothing would look wrong. Points without a frame are
in the frame of the bones.

References
----------
3D Slicer developer guide, Markups: file formats .mrk.json and .fcsv.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.checks import Array, Side, as_side
from hipsim.errors import CaseError, InputError
from hipsim.io.files import utf8_of_file
from hipsim.io.json_files import parsed_json
from hipsim.io.landmark_names import landmark_of
from hipsim.io.units import UNITS_MM

FRAMES = ("lps", "ras", "unknown")
LANDMARK_SUFFIXES = (".mrk.json", ".json", ".fcsv", ".csv")
LARGEST_FILE_BYTES = 1_000_000
FARTHEST = 1e9  # of any unit; farther is damage
_FCSV_COLUMNS = "id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID"
_FCSV_CODES = {"0": "ras", "1": "lps"}
HALF_TURN = np.array([-1.0, -1.0, 1.0])  # between LPS and RAS, either way


@dataclass(frozen=True, eq=False)
class NamedPoint:
    """A landmark as a file gives it: name, the side its label names (or None), point (3,) in mm."""

    name: str
    side: Side | None
    point: Array


@dataclass(frozen=True)
class _Raw:
    """A point as it stands in the file; what the file does not say is None."""

    label: str
    point: object
    unit: str | None = None
    frame: str | None = None
    side: str | None = None


def read_landmarks(
    path: str | Path, *, unit: str = "mm", frame: str = "unknown"
) -> tuple[NamedPoint, ...]:
    """Read the landmarks of a file.

    Parameters
    ----------
    path
        A file ending in one of ``LANDMARK_SUFFIXES``. JSON is ``{"unit": "mm", "points": {name:
        [x, y, z]}}``, optionally with ``"frame"``, or the points alone. CSV has the columns name,
        x, y, z, optionally unit, frame and side, or comment lines ``# unit: mm``, ``# frame: lps``.
    unit
        Unit of the numbers where the file does not state one.
    frame
        Frame of the bones, ``"lps"``, ``"ras"`` or ``"unknown"``; the points are turned into it.

    Returns
    -------
    points
        In mm, in the frame of the bones, in the order of the file.

    Raises
    ------
    CaseError
        If the file cannot be read, a name, unit or frame is unknown, a coordinate is not a finite
        number, a point is there twice, or its frame cannot be related to that of the bones.
    """
    path = Path(path)
    if not path.name.lower().endswith(LANDMARK_SUFFIXES):
        raise CaseError(f"{path}: a landmark file must end in {', '.join(LANDMARK_SUFFIXES)}")
    text = small_text(path)
    suffix = path.suffix.lower()
    read = {".json": _from_json, ".fcsv": _from_fcsv, ".csv": _from_csv}[suffix]
    points = tuple(_named(path, raw, unit, frame) for raw in read(path, text))
    seen: set[tuple[str, Side | None]] = set()
    for found in points:
        if (found.name, found.side) in seen:
            raise CaseError(f"{path}: landmark {found.name!r} is there twice; keep one")
        seen.add((found.name, found.side))
    return points


def small_text(path: Path) -> str:
    """Return the text of a small file in UTF-8, or raise CaseError."""
    return utf8_of_file(path, error=CaseError, most=LARGEST_FILE_BYTES)


def _from_json(path: Path, text: str) -> Iterator[_Raw]:
    """Read hipsim's JSON or Slicer's, whichever it is."""
    data = parsed_json(path, text, error=CaseError)
    if isinstance(data, Mapping) and "markups" in data:
        yield from _from_markups(path, data["markups"])
        return
    wrapped = isinstance(data, Mapping) and "points" in data
    points = data["points"] if wrapped else data
    if not isinstance(points, Mapping):
        raise CaseError(f'{path}: wanted {{"unit": "mm", "points": {{name: [x, y, z]}}}}')
    unit, frame = (data.get("unit"), data.get("frame")) if wrapped else (None, None)
    for name, point in points.items():
        yield _Raw(name, point, unit, frame)


def _from_markups(path: Path, markups: object) -> Iterator[_Raw]:
    """Read Slicer's markups; points that were never placed are passed over."""
    try:
        for markup in markups:  # type: ignore[attr-defined]
            frame = str(markup.get("coordinateSystem", "LPS"))
            unit = str(markup.get("coordinateUnits", "mm")).strip("[]")
            for point in markup.get("controlPoints", ()):
                if point.get("positionStatus", "defined") == "defined":
                    yield _Raw(str(point["label"]), point["position"], unit, frame)
    except (TypeError, AttributeError, KeyError) as error:
        raise CaseError(f"{path} cannot be read as Slicer markups: {error!r}") from None


def _from_fcsv(path: Path, text: str) -> Iterator[_Raw]:
    """Read Slicer's older table; the frame is a word, or a code in files before version 4.11."""
    remarks = _remarks(text, "=")
    frame = remarks.get("coordinatesystem")
    if frame is None:
        raise CaseError(f"{path}: wanted a line '# CoordinateSystem = LPS' or RAS")
    columns = remarks.get("columns", _FCSV_COLUMNS).split(",")
    if any(columns.count(name) != 1 for name in ("x", "y", "z", "label")):
        raise CaseError(f"{path}: wanted the columns x, y, z and label once, got {columns}")
    for row in _table(path, _rows(text), ","):
        cells = dict(zip(columns, row, strict=False))
        point = _numbers(cells.get(axis) for axis in "xyz")
        yield _Raw(cells.get("label", ""), point, "mm", _FCSV_CODES.get(frame, frame))


def _from_csv(path: Path, text: str) -> Iterator[_Raw]:
    """Read a table with a header; Excel's semicolons are taken too."""
    remarks, rows = _remarks(text, ":"), _rows(text)
    mark = ";" if rows and ";" in rows[0] and "," not in rows[0] else ","
    table = _table(path, rows, mark)
    header = [name.lower() for name in table[0]] if table else []
    header = ["name" if name in ("label", "landmark") else name for name in header]
    if not {"name", "x", "y", "z"} <= set(header):
        raise CaseError(
            f"{path}: wanted a header with name, x, y, z (optionally unit, frame, side), "
            f"got {','.join(header)[:200] or 'nothing'}"
        )
    if len(set(header) - {""}) < sum(bool(name) for name in header):
        raise CaseError(f"{path}: a column is there twice: {','.join(header)[:200]}")
    for row in table[1:]:
        if len(row) != len(header):
            raise CaseError(
                f"{path}: {len(header)} columns, but {len(row)} values in {','.join(row)[:80]!r}; "
                "numbers are written with a point (1.5), not with a comma"
            )
        cells = {**remarks, **{k: v for k, v in zip(header, row, strict=False) if v}}
        point = _numbers(cells.get(axis) for axis in "xyz")
        named = (cells.get(key) for key in ("unit", "frame", "side"))
        yield _Raw(cells.get("name", ""), point, *named)


def _table(path: Path, rows: list[str], mark: str) -> list[list[str]]:
    """Part rows into cells."""
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(rows, delimiter=mark)]
    except csv.Error as error:
        raise CaseError(f"{path} cannot be read as a table: {error}") from None


def _remarks(text: str, sign: str) -> dict[str, str]:
    """Return what the comment lines state, keys in lower case."""
    lines = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
    stated = [line.partition(sign) for line in lines if sign in line]
    return {key.strip().lower(): value.strip() for key, _, value in stated}


def _rows(text: str) -> list[str]:
    """Return the lines that are neither comments nor empty."""
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _numbers(cells: Iterable[str | None]) -> object:
    """Turn the cells of a table into numbers, or leave them for the error message."""
    texts = list(cells)
    if any(text is not None and ("_" in text or not text.isascii()) for text in texts):
        return texts  # Python takes 1_000 and digits of other scripts for numbers
    try:
        return [float(text) for text in texts if text is not None]
    except ValueError:
        return texts


def _named(path: Path, raw: _Raw, unit: str, frame: str) -> NamedPoint:
    """Check one point and bring it into mm and the frame of the bones."""
    try:
        name, side = landmark_of(raw.label, side=None if raw.side is None else as_side(raw.side))
    except InputError as error:
        raise CaseError(f"{path}: {error}") from None
    stated = unit if raw.unit is None else raw.unit
    if not isinstance(stated, str) or stated not in UNITS_MM:
        raise CaseError(
            f"{path}: unit must be one of {', '.join(UNITS_MM)}, got {str(stated)[:80]!r}"
        )
    point = _point(raw.point) * UNITS_MM[stated]
    if point.shape != (3,) or not np.isfinite(point).all():
        got = str(raw.point)[:200]
        raise CaseError(f"{path}: landmark {raw.label!r} must be three finite numbers, got {got}")
    return NamedPoint(name, side, point * signs_between(path, raw.frame, frame))


def _point(value: object) -> Array:
    """Turn what a file holds into coordinates, or into nothing where they are no numbers."""
    if isinstance(value, list | tuple) and any(isinstance(number, bool | str) for number in value):
        return np.empty(0)
    try:
        found = np.asarray(value, dtype=np.float64)
        return found if (np.abs(found) < FARTHEST).all() else np.full(3, np.nan)
    except (TypeError, ValueError, OverflowError):
        return np.empty(0)


def signs_between(path: Path, stated: Any, frame: str) -> Array:
    """Return the signs that bring points from a file's frame to that of the bones, shape (3,).

    Parameters
    ----------
    path
        The file, for messages.
    stated
        The frame it states, or None.
    frame
        Frame of the bones.

    Raises
    ------
    CaseError
        If the frame is unknown, or that of the bones is not known.
    """
    own = "unknown" if stated is None else str(stated).lower()
    if own not in FRAMES:
        raise CaseError(f"{path}: the frame of points must be LPS or RAS, got {stated!r}")
    if own in ("unknown", frame):
        return np.ones(3)
    if frame == "unknown":
        raise CaseError(
            f"{path}: the points are in {own.upper()}, but the frame of the bones is not known; "
            "say 'frame: lps' or 'frame: ras' in case.yaml (hipsim import: --frame). 3D Slicer "
            "exports surfaces in LPS unless told otherwise"
        )
    return HALF_TURN
