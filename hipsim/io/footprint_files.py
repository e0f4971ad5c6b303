"""Footprints of tendons a person has painted on the bones of a case: ``footprint.json``.

The file names a tendon and says where it attaches, by faces of the mesh or by a closed curve drawn
on it::

    {"iliopsoas": {"curve_mm": [[12.1, -40.3, 8.8], ...]}, "hamstrings": {"faces": [17, 18, ...]}}

``curve_mm`` is in mm, ``curve`` in the file's ``"unit"``, else in that of the case; ``"frame"`` may
say ``"lps"`` or ``"ras"``, as in a landmark file. ``faces`` are counted from 0 in the order of the
triangles in the bone's file, and hold as long as nothing of that file had to be mended.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np

from hipsim.anatomy.attachment import ATTACHED_BONE, Attachment, Footprint
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.painting import footprint_from_curve, footprint_from_faces
from hipsim.errors import AnatomyError, CaseError, InputError
from hipsim.io.json_files import parsed_json
from hipsim.io.landmark_files import FARTHEST, signs_between, small_text
from hipsim.io.spelling import did_you_mean
from hipsim.io.units import UNITS_MM

MOST_FACES = 2**31
WAYS = ("faces", "curve_mm", "curve")
SETTINGS = ("unit", "frame")
ATTACHMENTS: tuple[Attachment, ...] = get_args(Attachment)
Painted = dict[str, dict[str, np.ndarray]]


def read_footprints(
    path: str | Path, *, unit: str = "mm", frame: str = "unknown"
) -> dict[str, Any]:
    """Read the painted footprints of a file, not yet laid on a bone.

    Parameters
    ----------
    path
        A JSON file as described above.
    unit
        Unit of a ``curve`` where the file states none.
    frame
        Frame of the bones, ``"lps"``, ``"ras"`` or ``"unknown"``; curves are turned into it.

    Returns
    -------
    painted
        Attachment to ``{"faces": (k,) integers}`` or ``{"curve_mm": (n, 3) points}``, in the frame
        of the bones.

    Raises
    ------
    CaseError
        If the file cannot be read, a name, unit or frame is unknown, or the shape is not that of
        faces or points.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "footprint.json")
    ...     _ = file.write_text('{"iliopsoas": {"faces": [3, 4]}}')
    ...     read_footprints(file)["iliopsoas"]["faces"].tolist()
    [3, 4]
    """
    path = Path(path)
    data = _mapping(path)
    signs = signs_between(path, data.get("frame"), frame)
    painted: Painted = {}
    for name in ATTACHMENTS:
        if name not in data:
            continue
        way, value = _way(path, name, data[name])
        if way == "faces":
            painted[name] = {"faces": _faces(path, name, value)}
        else:
            scale = 1.0 if way == "curve_mm" else UNITS_MM[data.get("unit") or unit]
            painted[name] = {"curve_mm": _points(path, name, value) * scale * signs}
    return painted


def paint_footprints(hip: Hip, painted: Painted, *, where: str | Path) -> Hip:
    """Return the hip with painted footprints in place of the parametric ones.

    Parameters
    ----------
    hip
        As loaded, nothing cut.
    painted
        What :func:`read_footprints` returned.
    where
        What the painting is called in messages, usually its file.

    Raises
    ------
    CaseError
        If a face is not one of the bone, a curve does not lie on it, or nothing is enclosed.
    """
    footprints: dict[str, Footprint] = dict(hip.footprints)
    for name in ATTACHMENTS:
        way = painted.get(name, {})
        try:
            if "faces" in way:
                footprints[name] = footprint_from_faces(hip, way["faces"], attachment=name)
            elif way:
                footprints[name] = footprint_from_curve(hip, way["curve_mm"], attachment=name)
        except (InputError, AnatomyError) as error:
            raise CaseError(f"{where}: {name}: {error}") from None
    return hip.evolved(footprints=footprints)


def refuse_faces_of_other_mesh(
    painted: Painted, why: Mapping[str, Sequence[str]], *, where: str | Path
) -> None:
    """Raise CaseError where faces were painted on a mesh that is not the one loaded.

    Parameters
    ----------
    painted
        What :func:`read_footprints` returned.
    why
        ``"femur"`` and ``"hip_bone"`` to what makes the loaded mesh differ from the file.
    where
        What the painting is called in the message.
    """
    for name, way in painted.items():
        changes = why.get(ATTACHED_BONE[name], ())
        if "faces" in way and changes:
            raise CaseError(
                f"{where}: {name} is painted by faces, but the {ATTACHED_BONE[name]} was mended on "
                f"loading ({', '.join(changes)}), so its faces are no longer those of the file; "
                "paint it by a curve (curve_mm), or save the mended bone and paint that"
            )


def _mapping(path: Path) -> Mapping[str, Any]:
    """Return the entries of a JSON file, their names and unit checked."""
    data = parsed_json(path, small_text(path), error=CaseError)
    if not isinstance(data, Mapping):
        raise CaseError(f'{path}: wanted {{"iliopsoas": {{"curve_mm": [[x, y, z], ...]}}}}')
    known = (*ATTACHMENTS, *SETTINGS)
    for name in data:
        if name not in known:
            hint = did_you_mean(name, known) or f"; known: {', '.join(known)}"
            raise CaseError(f"{path}: unknown attachment {name!r}{hint}")
    unit = data.get("unit")
    if unit is not None and (not isinstance(unit, str) or unit not in UNITS_MM):
        raise CaseError(f"{path}: unit must be one of {', '.join(UNITS_MM)}, got {unit!r}")
    if unit not in (None, "mm") and '"curve_mm"' in json.dumps(data):
        raise CaseError(
            f"{path}: curve_mm is in mm, but the unit of the file is {unit}; call it 'curve', or "
            "leave the unit out"
        )
    return data


def _way(path: Path, name: str, entry: object) -> tuple[str, object]:
    """Return the one way in which a footprint is painted, and its value."""
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise CaseError(f"{path}: {name} wants one of {', '.join(WAYS)}, got {_short(entry)}")
    way, value = next(iter(entry.items()))
    if way not in WAYS:
        hint = did_you_mean(way, WAYS) or f"; known: {', '.join(WAYS)}"
        raise CaseError(f"{path}: {name}: unknown key {way!r}{hint}")
    return way, value


def _faces(path: Path, name: str, value: object) -> np.ndarray:
    """Return indices of faces, shape (k,)."""
    is_whole = isinstance(value, list) and all(
        type(face) is int and 0 <= face < MOST_FACES for face in value
    )
    if not is_whole or not value:
        raise CaseError(
            f"{path}: {name}: faces must be a list of whole numbers from 0, got {_short(value)}"
        )
    return np.array(value, dtype=np.int64)


def _points(path: Path, name: str, value: object) -> np.ndarray:
    """Return the points of a curve, shape (n, 3), in the unit they are written in."""
    try:
        points = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        points = np.empty(0)
    is_curve = points.ndim == 2 and points.shape[1] == 3 and len(points) >= 3
    if not is_curve or not (np.abs(points) < FARTHEST).all():
        raise CaseError(
            f"{path}: {name}: a curve must be at least 3 points of three finite numbers, "
            f"[[x, y, z], ...], got {_short(value)}"
        )
    return points


def _short(value: object) -> str:
    """Write the beginning of a value."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
