"""``hipsim measure``: everything measured on one hip."""

from pathlib import Path
from typing import Any, Literal


def measure(
    case: str,
    /,
    *,
    side: Literal["right", "left"] | None = None,
    json: Path | None = None,
) -> None:
    """Measure a hip: landmarks, frames, femoral version, neck-shaft angle, ischiofemoral space.

    Parameters
    ----------
    case
        A case folder, folder/prefix, or the name of an embedded hip.
    side
        Which hip; may be left out when the case holds one.
    json
        Also write everything to this file, coordinates in the frame of the input, in mm.
    """
    from hipsim.io.files import write_text
    from hipsim.io.hips import load_hip
    from hipsim.study.manifest import as_json
    from hipsim.study.measurements import measure as measure_hip

    found = measure_hip(load_hip(case, side=side))
    if json is not None:
        write_text(json, as_json(found))
    print(report(found))
    if json is not None:
        print(f"written to {json}")


def report(found: dict[str, Any]) -> str:
    """Lay out measurements as a table.

    Parameters
    ----------
    found
        What :func:`hipsim.study.measurements.measure` returned.
    """
    from hipsim.cli.tables import aligned

    lines = [[what, value, unit] for what, value, unit in _lines(found)]
    title = f"{found['name']}, {found['side']} hip"
    missing = [f"not available: {what}: {why}" for what, why in found["not_available"].items()]
    footer = "neutral: pelvic zero app x femoral zero condylar; extension, abduction and "
    footer += f"external rotation negative\n{found['note']}"
    return "\n".join([title, aligned(["measure", "value", "unit"], lines, "lrl"), *missing, footer])


def _lines(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """List the measures that were found, as text."""
    lines = [("femoral head radius", f"{found['head_radius_mm']:.1f}", "mm")]
    for method, value in found.get("femoral_version_deg", {}).items():
        lines.append((f"femoral version ({method})", f"{value:.1f}", "deg"))
    if "neck_shaft_angle_deg" in found:
        lines.append(("neck-shaft angle", f"{found['neck_shaft_angle_deg']:.1f}", "deg"))
    for key, words in (("ifs_3d_mm", "in space"), ("ifs_axial_mm", "axial plane")):
        if key in found:
            lines.append((f"ischiofemoral space, neutral ({words})", f"{found[key]:.1f}", "mm"))
    for angle, value in found.get("scan_pose_deg", {}).items():
        lines.append((f"{angle} in the scan", f"{value + 0.0:+.1f}", "deg"))
    centre = " ".join(f"{x:.1f}" for x in found["hjc_mm"])
    lines.append(("hip joint centre (x y z of the input)", centre, "mm"))
    lines.append(("landmarks", str(len(found["landmarks_mm"])), ""))
    return lines
