"""Everything hipsim measures on one hip, as one plain dictionary, beside published norms.

Coordinates are those of the input files, in mm. A measure that cannot be taken, because a landmark
is missing, is left out and listed under ``not_available`` with its reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from itertools import product
from typing import Any

from hipsim.anatomy.attachment import Footprint
from hipsim.anatomy.confidence import as_plain
from hipsim.anatomy.footprint import hamstring_footprint, iliopsoas_footprint
from hipsim.anatomy.frames import FEMORAL_ZEROS, PELVIC_ZEROS
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.measures import VERSION_METHODS
from hipsim.anatomy.sex import Sex
from hipsim.checks import Array, as_choice
from hipsim.errors import AnatomyError
from hipsim.kinematics import joint_angles
from hipsim.planning.space import HAMSTRING_LAYER_MM
from hipsim.study.conventions import CONVENTIONS, DISCLAIMER
from hipsim.study.measure_list import MEASURES, Measure, Taken
from hipsim.study.norms import SOURCES, norms_for

SEXES: tuple[Sex, ...] = ("female", "male")
DIRECT_KEYS = ("neck_shaft_angle_deg", "ifs_3d_mm", "ifs_axial_mm", "qfs_3d_mm", "qfs_axial_mm")


def measure(
    hip: Hip, *, sex: Sex | None = None, hamstring_layer_mm: float = HAMSTRING_LAYER_MM
) -> dict[str, Any]:
    """Measure a hip and set every measure beside what is published.

    Parameters
    ----------
    hip
        Any hip.
    sex
        Of the patient; None takes that of a virtual hip, or where nobody knows it, shows the
        norms of both sexes.
    hamstring_layer_mm
        Thickness of the tendon layer of the quadratus femoris space, mm.

    Returns
    -------
    measures
        ``measures``: one entry per measure with ``key``, ``group``, ``label``, ``value``, ``unit``,
        ``method`` and ``norms`` (each with its percentile or None); ``sources`` of the norms.
        The same for programs: ``name``, ``side``, ``sex``, ``hjc_mm``, ``head_radius_mm``,
        ``pelvic_frames`` and ``femoral_frames`` (zero to 3 x 3, rows X, Y, Z in the scan frame),
        ``landmarks_mm``, ``landmark_confidence`` (for each landmark that software has found:
        ``expected_mm``, the root mean square distance from an expert to be expected, what it is
        made of, and ``is_estimated`` where the bone does not show it), ``stated_version_deg`` (of
        a femur that ends in its shaft, else None), ``femoral_version_deg`` (method to value),
        ``neck_shaft_angle_deg``, ``ifs_3d_mm``, ``ifs_axial_mm``, ``qfs_3d_mm``, ``qfs_axial_mm``
        (neutral pose, ``app`` x ``condylar``), ``hamstring_layer_mm``, ``scan_pose_deg`` (flexion,
        adduction, rotation, the same zeros), ``scan_poses_deg`` (every pair of zeros),
        ``footprints``, ``not_available``, ``unsure`` (what makes it doubtful that the bones belong
        together), ``conventions``.

    Raises
    ------
    InputError
        If the sex is unknown or the layer out of range.

    Examples
    --------
    >>> from hipsim.io import load_hip
    >>> found = measure(load_hip("woman_narrow"), sex="female")
    >>> sorted(found["femoral_version_deg"])
    ['3d', 'lee', 'murphy', 'reikeras', 'tomczak']
    """
    known = _known_sex(hip) if sex is None else sex
    if known is not None:
        as_choice(known, SEXES, name="sex")
    missing: dict[str, str] = {}
    taken = Taken(hip, hamstring_layer_mm)
    rows = [row for each in MEASURES if (row := _row(each, taken, known, missing)) is not None]
    return {
        "name": hip.name,
        "side": hip.side,
        "sex": known,
        "hjc_mm": hip.landmarks["hip_joint_centre"].tolist(),
        "head_radius_mm": hip.head_radius_mm,
        "hamstring_layer_mm": hamstring_layer_mm,
        "landmarks_mm": {name: point.tolist() for name, point in hip.landmarks.items()},
        **_sureness(hip),
        "measures": rows,
        **_by_key({row["key"]: row["value"] for row in rows}),
        **_described(hip, missing),
        "not_available": missing,
        "sources": {
            norm["source"]: SOURCES[norm["source"]] for row in rows for norm in row["norms"]
        },
        "conventions": CONVENTIONS,
        "note": DISCLAIMER,
    }


def _sureness(hip: Hip) -> dict[str, Any]:
    """Say how well the landmarks are known, and whether the bones belong together."""
    return {
        "landmark_confidence": as_plain(hip.confidence),
        "stated_version_deg": _noted(hip, "landmarks", "stated_version_deg"),
        "unsure": list(_noted(hip, "load", "unsure") or ()),
    }


def _row(
    each: Measure, taken: Taken, sex: Sex | None, missing: dict[str, str]
) -> dict[str, Any] | None:
    """Take one measure and add its norms, or note why it cannot be taken."""
    try:
        value = each.take(taken)
    except AnatomyError as error:
        missing[each.key] = str(error)
        return None
    norms = [
        {**asdict(norm), "percentile": norm.percentile(value)} for norm in norms_for(each.key, sex)
    ]
    return {
        "key": each.key,
        "group": each.group,
        "label": each.label,
        "value": value,
        "unit": each.unit,
        "method": each.method,
        "norms": norms,
    }


def _by_key(values: Mapping[str, float]) -> dict[str, Any]:
    """Return the values programs ask for by name."""
    versions = {method: f"version_{method}_deg" for method in VERSION_METHODS}
    found: dict[str, Any] = {key: values[key] for key in DIRECT_KEYS if key in values}
    known = {method: values[key] for method, key in versions.items() if key in values}
    return {**found, **({"femoral_version_deg": known} if known else {})}


def _described(hip: Hip, missing: dict[str, str]) -> dict[str, Any]:
    """Return frames, scan poses and footprints, or note why one is not there."""
    frames: dict[str, dict[str, Callable[[], Any]]] = {
        "pelvic_frames": {zero: partial(_axes, hip.pelvic_frame, zero) for zero in PELVIC_ZEROS},
        "femoral_frames": {zero: partial(_axes, hip.femoral_frame, zero) for zero in FEMORAL_ZEROS},
        "footprints": {
            "iliopsoas": partial(_footprint, iliopsoas_footprint, hip),
            "hamstrings": partial(_footprint, hamstring_footprint, hip),
        },
    }
    found = {name: _available(name, entries, missing) for name, entries in frames.items()}
    pairs = product(found["pelvic_frames"], found["femoral_frames"])
    poses = {f"{p} x {f}": joint_angles(hip, p, f) for p, f in pairs}
    neutral = poses.get("app x condylar", {})
    parts = {**found, "scan_poses_deg": poses, "scan_pose_deg": neutral}
    return {name: part for name, part in parts.items() if part}


def _available(
    name: str, entries: Mapping[str, Callable[[], Any]], missing: dict[str, str]
) -> dict[str, Any]:
    """Return the entries that can be had, and note why the others cannot."""
    found = {}
    for entry, take in entries.items():
        try:
            found[entry] = take()
        except AnatomyError as error:
            missing[f"{name}: {entry}"] = str(error)
    return found


def _footprint(take: Callable[[Hip], Footprint], hip: Hip) -> dict[str, Any]:
    """Describe a footprint without its faces."""
    footprint = take(hip)
    return {
        "area_mm2": footprint.area_mm2,
        "lost_share": footprint.lost_share,
        "centroid_mm": footprint.centroid_mm.tolist(),
        "origin": footprint.origin,
    }


def _axes(frame: Callable[[str], Array], zero: str) -> list[list[float]]:
    """Return the axes of a frame as rows."""
    return [[float(x) for x in row] for row in frame(zero)[:3, :3].T]


def _known_sex(hip: Hip) -> Sex | None:
    """Return the sex a virtual hip was made with."""
    sex = _noted(hip, "make_hip", "sex")
    return None if sex is None else "female" if sex == "female" else "male"


def _noted(hip: Hip, step: str, entry: str) -> Any:
    """Return an entry of the note of a step, or None."""
    return next((n.get(entry) for n in hip.notes if n.get("step") == step), None)
