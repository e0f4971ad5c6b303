"""``hipsim measure``: everything measured on one hip, beside published norms."""

from pathlib import Path
from textwrap import wrap
from typing import Any, Literal

WIDTH = 100  # columns of a terminal
SEX_WORDS = {"female": "woman", "male": "man", None: "sex not given: --sex picks the norms"}
GROUP_LETTERS = {"women": "F ", "men": "M ", "all": ""}
UNITS = {"deg": "°", "mm": " mm", "mm2": " mm2", "pct": " %"}
NO_NORM = "no norm found for this method"
DECIMALS = {"deg": 1, "mm": 1, "mm2": 0, "pct": 0}
ROW = "{0:<31}{1:>9}  {2:<41}{3:<12} {4}"  # measure, value, published, percentile, source


def measure(
    case: str,
    /,
    *,
    side: Literal["right", "left"] | None = None,
    sex: Literal["female", "male"] | None = None,
    hamstring_layer_mm: float = 8.0,
    json: Path | None = None,
) -> None:
    """Measure a hip: femur, lesser trochanter, pelvis, space and scan pose, beside published norms.

    Parameters
    ----------
    case
        A case folder, folder/prefix, or the name of an embedded hip.
    side
        Which hip; may be left out when the case holds one.
    sex
        Whose norms to show; by default what case.yaml says, or else both.
    hamstring_layer_mm
        Thickness of the hamstring tendons in the quadratus femoris space.
    json
        Also write everything to this file, coordinates in the frame of the input, in mm.
    """
    from hipsim.anatomy.sex import described_sex
    from hipsim.io.files import write_text
    from hipsim.io.hips import load_hip, resolve_case
    from hipsim.study.manifest import as_json
    from hipsim.study.measurements import measure as measure_hip

    files = resolve_case(case)
    known = sex or described_sex(files.description.get("sex"))
    hip = load_hip(files, side=side)
    found = measure_hip(hip, sex=known, hamstring_layer_mm=hamstring_layer_mm)
    if json is not None:
        write_text(json, as_json(found))
    print(report(found))
    if json is not None:
        print(f"written to {json}")


def report(found: dict[str, Any]) -> str:
    """Lay out measurements for a terminal of 100 columns.

    Parameters
    ----------
    found
        What :func:`hipsim.study.measurements.measure` returned.
    """
    numbers = {key: number for number, key in enumerate(found["sources"], 1)}
    lines = [f"{found['name']}, {found['side']} hip ({SEX_WORDS[found['sex']]})"]
    for doubt in found["unsure"]:
        lines += wrap(f"unsure: {doubt}", WIDTH, subsequent_indent="    ")
    lines.append("")
    header = ("measure", "value", "published mean ± SD (n)", "percentile", "")
    lines += [ROW.format(*header).rstrip(), "-" * WIDTH]
    group = ""
    for row in found["measures"]:
        if row["group"] != group:
            group = row["group"]
            lines.append(group.upper())
        lines += _rows(row, numbers)
    return "\n".join([*lines, *_pose(found), *_footer(found, numbers)])


def _rows(row: dict[str, Any], numbers: dict[str, int]) -> list[str]:
    """Lay out one measure: a line for each source of norms, women and men side by side."""
    value = f"{row['value'] + 0.0:.{DECIMALS[row['unit']]}f}{UNITS[row['unit']]}"
    by_source: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for norm in row["norms"]:
        by_source.setdefault((norm["source"], norm["words"]), []).append(norm)
    cells = [["", "", f"[{numbers[source]}]"] for source, _ in by_source] or [[NO_NORM, "", ""]]
    for cell, norms in zip(cells, by_source.values(), strict=False):
        cell[0] = "  ".join(_published(norm) for norm in norms)
        cell[1] = "  ".join(_place(norm) for norm in norms if norm["percentile"] is not None)
    starts = [(f"  {row['label']}", value), *[("", "")] * (len(cells) - 1)]
    return [ROW.format(*start, *cell).rstrip() for start, cell in zip(starts, cells, strict=True)]


def _published(norm: dict[str, Any]) -> str:
    """Write what is published: mean, SD and n, or words."""
    if norm["mean"] is None:
        return str(norm["words"])
    text = f"{GROUP_LETTERS[norm['group']]}{norm['mean']:.1f}"
    text += "" if norm["sd"] is None else f" ± {norm['sd']:.1f}"
    text += "" if norm["n"] is None else f" ({norm['n']})"
    return f"{text} {norm['words']}".rstrip()


def _place(norm: dict[str, Any]) -> str:
    """Write a percentile as people read it."""
    percentile = norm["percentile"]
    text = "<1" if percentile < 1.0 else ">99" if percentile > 99.0 else f"{percentile:.0f}"
    return f"{GROUP_LETTERS[norm['group']]}{text}"


def _pose(found: dict[str, Any]) -> list[str]:
    """Lay out the pose of the scan in each pair of zeros."""
    poses = found.get("scan_poses_deg", {})
    if not poses:
        return []
    lines = [
        "",
        "POSE IN THE SCAN (pelvic x femoral zero)    flexion   adduction  internal rotation",
    ]
    for zeros, angles in poses.items():
        columns = [f"{angles[n] + 0.0:+.1f}°" for n in ("flexion", "adduction", "rotation")]
        lines.append(f"  {zeros:<40}{columns[0]:>9}{columns[1]:>12}{columns[2]:>19}")
    return lines


def _footer(found: dict[str, Any], numbers: dict[str, int]) -> list[str]:
    """Say what is not available, where norms come from and how to read the table."""
    centre = " ".join(f"{x:.1f}" for x in found["hjc_mm"])
    told = (
        "Neutral: pelvic zero app x femoral zero condylar; extension, abduction and external "
        "rotation negative. F women, M men, n hips. Percentile: of one more person drawn from that "
        "sample, only where people not chosen for hip complaints were measured alike. Quadratus "
        f"femoris space: hamstring layer {found['hamstring_layer_mm']:g} mm on the bone, not a "
        f"tissue measured. Hip joint centre (x y z of the input, mm): {centre}."
    )
    by_reason: dict[str, list[str]] = {}
    for what, why in found["not_available"].items():
        by_reason.setdefault(why, []).append(what)
    missing = [f"not available: {', '.join(what)}: {why}" for why, what in by_reason.items()]
    sources = [f"[{number}] {found['sources'][key]}" for key, number in numbers.items()]
    lines = [""]
    for text in (*_estimated(found), *missing, told, *sources, found["note"]):
        lines += wrap(text, WIDTH, subsequent_indent="" if text is told else "    ")
    return lines


def _estimated(found: dict[str, Any]) -> list[str]:
    """Name the landmarks that are not on the bone, and what hangs on them."""
    known = found["landmark_confidence"]
    names = [name for name, one in known.items() if one["is_estimated"]]
    if not names:
        return []
    expected = max(known[name]["expected_mm"] for name in names)
    version = found["stated_version_deg"]
    rest = "" if version is None else (
        f"; versions and the zero of the femur rest on the stated version of {version:g}° (3D "
        "isthmus), which is not measured here"
    )  # fmt: skip
    return [
        f"only estimated, not seen on the bone: {', '.join(names)} (about {expected:.0f} mm "
        f"off){rest}"
    ]
