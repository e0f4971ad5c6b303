"""Motions from files: OpenSim ``.mot`` and ``.sto``, and CSV.

OpenSim's hip angles have the signs of this house on both sides (flexion, adduction, internal
rotation positive). What no file tells is against which axes of pelvis and femur its angles are
stated, and a wrong guess is worth 12 degrees of extension; so both zeros must be given.

Columns. A CSV of one's own: ``flexion_deg``, ``adduction_deg``, ``rotation_deg``, optionally
``time`` or ``progress``. OpenSim: ``hip_flexion_r``, ``hip_adduction_r``, ``hip_rotation_r`` (or
``_l``), also as ``/jointset/hip_r/hip_flexion_r/value``. Others are named with keywords; a minus
before the name turns the sign.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from hipsim.anatomy.frames import FEMORAL_ZEROS, PELVIC_ZEROS
from hipsim.checks import Array, IntArray, as_choice, as_number
from hipsim.errors import InputError
from hipsim.io.files import utf8_of_file
from hipsim.io.spelling import did_you_mean
from hipsim.kinematics.motion import Motion

SUFFIXES = (".mot", ".sto", ".csv")
LARGEST_FILE_BYTES = 100_000_000  # an hour of both legs at 200 Hz
ANGLES = ("flexion", "adduction", "rotation")
PelvicZero = Literal["app", "isb"]
FemoralZero = Literal["condylar", "isb", "tabletop"]


@dataclass(frozen=True, eq=False)
class AngleTable:
    """The columns of a motion file.

    Attributes
    ----------
    path
        Where it was read from.
    columns
        Name to values, shape (n,) each.
    is_degrees
        Whether the header says degrees (CSV: taken as degrees).
    """

    path: Path
    columns: Mapping[str, Array]
    is_degrees: bool


def load_motion(
    path: str | Path,
    *,
    pelvic_zero: PelvicZero,
    femoral_zero: FemoralZero,
    side: Literal["right", "left"] | None = None,
    flexion_column: str | None = None,
    adduction_column: str | None = None,
    rotation_column: str | None = None,
    start_s: float | None = None,
    stop_s: float | None = None,
    every: int = 1,
) -> Motion:
    r"""Read a motion from an OpenSim or CSV file.

    Parameters
    ----------
    path
        A .mot, .sto or .csv file.
    pelvic_zero, femoral_zero
        What the angles are stated against; no file says so.
    side
        Whose columns to take from a file that holds both hips.
    flexion_column, adduction_column, rotation_column
        Columns to take; a minus before the name turns the sign, ``none`` stands for zero.
    start_s, stop_s
        Part of the time to take, both ends included.
    every
        Take every n-th pose of it.

    Returns
    -------
    motion
        Progress is the file's time or progress, else the number of the pose. Named after the
        file.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing, an angle is not a number within -180 to
        180 deg, time turns back, or nothing is left between start and stop.

    References
    ----------
    Signs of hip_flexion, hip_adduction and hip_rotation: Delp et al., IEEE Trans Biomed Eng
    1990;37:757, as in the models gait2392 and of Rajagopal et al. 2016.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "step.csv"
    >>> _ = file.write_text("time,flexion_deg,adduction_deg,rotation_deg\n0,0,0,0\n1,-10,5,2\n")
    >>> load_motion(file, pelvic_zero="isb", femoral_zero="isb").pose_deg(1)
    {'flexion': -10.0, 'adduction': 5.0, 'rotation': 2.0}
    """
    as_choice(pelvic_zero, PELVIC_ZEROS, name="pelvic_zero")
    as_choice(femoral_zero, FEMORAL_ZEROS, name="femoral_zero")
    table = read_angle_table(path)
    asked = dict(zip(ANGLES, (flexion_column, adduction_column, rotation_column), strict=True))
    angles = {angle: _angle(table, angle, side, asked[angle]) for angle in ANGLES}
    progress, label = _progress(table)
    chosen = _chosen(table, progress, (start_s, stop_s), every)
    name = Path(path).stem
    try:
        return Motion(
            name=name,
            flexion_deg=angles["flexion"][chosen],
            adduction_deg=angles["adduction"][chosen],
            rotation_deg=angles["rotation"][chosen],
            progress=progress[chosen],
            progress_label=label,
            segments=(name,) * len(chosen),
            pelvic_zero=pelvic_zero,
            femoral_zero=femoral_zero,
            reference=f"Angles: file {Path(path).name}",
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def read_angle_table(path: str | Path) -> AngleTable:
    """Read the numbers of a motion file by column.

    Raises
    ------
    InputError
        If the file cannot be read, its ending is unknown, or a cell is not a number.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: a motion file ends in {', '.join(SUFFIXES)}")
    lines = utf8_of_file(path, most=LARGEST_FILE_BYTES).splitlines()
    if path.suffix.lower() == ".csv":
        return AngleTable(path, _columns(path, _rows_of_csv(path, lines), 1), True)
    start, is_degrees, n_rows = _header(path, lines)
    rows = (line.split() for line in lines[start:])
    columns = _columns(path, rows, start + 1)
    found = len(next(iter(columns.values())))
    if n_rows not in (None, str(found)):
        raise InputError(f"{path}: its header says nRows={n_rows}, but it holds {found} rows")
    return AngleTable(path, columns, is_degrees)


def _header(path: Path, lines: list[str]) -> tuple[int, bool, str | None]:
    """Return where OpenSim's header ends, whether it says degrees, and how many rows it says."""
    ends = [i for i, line in enumerate(lines) if line.strip().lower() == "endheader"]
    if not ends:
        raise InputError(f"{path}: an OpenSim file has a line 'endheader' before its columns")
    said = dict(line.split("=", 1) for line in lines[: ends[0]] if "=" in line)
    stated = {key.strip().lower(): value.strip().lower() for key, value in said.items()}
    if stated.get("indegrees") not in ("yes", "no"):
        raise InputError(f"{path}: the header must say inDegrees=yes or inDegrees=no")
    return ends[0] + 1, stated["indegrees"] == "yes", stated.get("nrows", stated.get("datarows"))


def _columns(path: Path, rows: Iterable[list[str]], first_line: int) -> dict[str, Array]:
    """Turn a line of names and lines of numbers into columns."""
    names: list[str] = []
    numbers: list[list[float]] = []
    for line, row in enumerate(rows, start=first_line):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if not names:
            names = cells
            _refuse_twice(path, line, names)
            continue
        if len(cells) != len(names):
            raise InputError(f"{path}:{line}: {len(names)} columns, but {len(cells)} values")
        numbers.append([_number(path, line, cell) for cell in cells])
    if not numbers:
        raise InputError(f"{path} holds no poses")
    return dict(zip(names, np.array(numbers).T, strict=True))


def _refuse_twice(path: Path, line: int, names: list[str]) -> None:
    """Refuse a column that is there twice."""
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise InputError(f"{path}:{line}: column {twice[0]!r} is there twice; keep one")


def _rows_of_csv(path: Path, lines: list[str]) -> Iterator[list[str]]:
    """Part lines at their commas."""
    try:
        yield from csv.reader(lines)
    except csv.Error as error:
        raise InputError(f"{path} cannot be read as CSV: {error}") from None


def _number(path: Path, line: int, cell: str) -> float:
    """Read one cell; Python takes 1_000 and digits of other scripts for numbers, too."""
    try:
        if not cell.isascii() or "_" in cell:
            raise ValueError(cell)
        return float(cell)
    except ValueError:
        raise InputError(f"{path}:{line}: wanted a number, got {cell!r}") from None


def _angle(table: AngleTable, angle: str, side: str | None, asked: str | None) -> Array:
    """Return one angle in degrees, clinical signs."""
    n_poses = len(next(iter(table.columns.values())))
    if asked == "none":
        return np.zeros(n_poses)
    column = _column_of(table, angle, side) if asked is None else asked.removeprefix("-")
    if column not in table.columns:
        known = list(table.columns)
        hint = did_you_mean(column, known) or f"; columns: {', '.join(known[:20])}"
        raise InputError(f"{table.path}: no column {column!r}{hint}")
    values = table.columns[column] * (-1.0 if asked and asked.startswith("-") else 1.0)
    return values if table.is_degrees else np.degrees(values)


def _column_of(table: AngleTable, angle: str, side: str | None) -> str:
    """Find the column of an angle by the names that are usual."""
    plain = f"{angle}_deg"
    if plain in table.columns:
        return plain
    sides = ("r", "l") if side is None else (side[0],)
    usual = {
        letter: (f"hip_{angle}_{letter}", f"/jointset/hip_{letter}/hip_{angle}_{letter}/value")
        for letter in sides
    }
    found = [name for names in usual.values() for name in names if name in table.columns]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{table.path} holds {' and '.join(found)}: say side 'right' or 'left'")
    wanted = ", ".join([plain, *(names[0] for names in usual.values())])
    raise InputError(
        f"{table.path} has no column for {angle}: wanted {wanted}, found "
        f"{', '.join(list(table.columns)[:20])}; or name it with {angle}_column"
    )


def _progress(table: AngleTable) -> tuple[Array, str]:
    """Return the time or progress of the file, else the number of each pose."""
    for name, label in (("time", "time (s)"), ("progress", "progress")):
        if name in table.columns:
            values = table.columns[name]
            if not np.isfinite(values).all():
                raise InputError(f"{table.path}: {name} must be finite numbers")
            if (np.diff(values) < 0.0).any():
                raise InputError(f"{table.path}: {name} must not turn back")
            return values, label
    n_poses = len(next(iter(table.columns.values())))
    return np.arange(n_poses, dtype=np.float64), "pose"


def _chosen(
    table: AngleTable, progress: Array, ends_s: tuple[float | None, float | None], every: int
) -> IntArray:
    """Return the positions of the poses to take."""
    step = int(as_number(every, name="every", low=1, high=1e6))
    start, stop = (
        as_number(end, name=name, unit="s") if end is not None else default
        for end, name, default in zip(ends_s, ("start_s", "stop_s"), (-np.inf, np.inf), strict=True)
    )
    chosen = np.flatnonzero((progress >= start) & (progress <= stop))[::step]
    if not len(chosen):
        spans = f"{progress[0]:g} to {progress[-1]:g}"
        raise InputError(f"{table.path}: no pose between start_s and stop_s; it spans {spans}")
    return chosen
