"""``hipsim check``: are these surfaces fit to stand for bones, and do they belong together?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hipsim.io.case_check import CaseCheck

EXIT_FAILED = 1
LEVELS = ("pass", "warn", "fail")
FACTS = ("size", "resolution", "side")  # what stands in the table; all of it is in the JSON


def check(case: str, /, *, json: Path | None = None) -> int:
    """Check a case: unit, surfaces, sides, joints; and say what to do.

    Every surface: closed, manifold, oriented, one piece, not hollow, without repeated or crossing
    faces, fine enough near the lesser trochanter and the ischial tuberosity, of plausible size.
    Every bone: is it of the side it is called? Every joint: does this femur belong into this
    socket, and do the bones touch or overlap in the scan?

    Exit code 0 when the case can be used, 1 when something fails.

    Parameters
    ----------
    case
        A case folder, folder/prefix, or the name of an embedded hip.
    json
        Also write the findings to this file.
    """
    from hipsim.io.case_check import check_case
    from hipsim.io.files import write_text
    from hipsim.io.hips import resolve_case
    from hipsim.study.manifest import as_json

    found = resolve_case(case)
    result = check_case(found)
    rows = findings(result)
    print(overview(rows, result.repairs))
    levels = [row["level"] for row in rows]
    print(f"{levels.count('pass')} pass, {levels.count('warn')} warn, {levels.count('fail')} fail")
    if json is not None:
        content = {"case": found.name, "unit": result.unit, "repairs": result.repairs}
        write_text(json, as_json({**content, "findings": rows}))
        print(f"written to {json}")
    return EXIT_FAILED if "fail" in levels else 0


def findings(result: "CaseCheck") -> list[dict[str, Any]]:
    """Return findings as plain rows.

    Parameters
    ----------
    result
        What the check found.

    Returns
    -------
    rows
        ``bone``, ``check``, ``level`` (pass, warn, fail), ``found``, ``advice``.
    """
    return [{"bone": bone, **vars(finding)} for bone, finding in result.rows]


def overview(rows: list[dict[str, Any]], repairs: "Mapping[str, Sequence[str]]") -> str:
    """Lay out findings: a line per bone, a line per fact about joints, then what to do.

    Parameters
    ----------
    rows
        What :func:`findings` returned.
    repairs
        Bone to what is mended on loading.
    """
    bones = [bone for bone in dict.fromkeys(row["bone"] for row in rows) if _is_bone(bone)]
    joints = [row for row in rows if not _is_bone(row["bone"])]
    mended = [
        f"mended on loading: {bone}: {', '.join(done)}" for bone, done in repairs.items() if done
    ]
    problems = [
        f"{row['level']}: {row['bone']}: {row['check']}: {row['found']}; {row['advice']}"
        for row in rows
        if row["level"] != "pass"
    ]
    tables = [_bone_table(rows, bones), "", _joint_table(joints), ""]
    return "\n".join([*tables, *mended, *problems])


def _bone_table(rows: list[dict[str, Any]], bones: list[str]) -> str:
    """Return a line per bone: how many checks passed, and the facts that tell most."""
    from hipsim.cli.tables import aligned

    lines = []
    for bone in bones:
        own = {row["check"]: row for row in rows if row["bone"] == bone}
        levels = [row["level"] for row in own.values()]
        facts = [own[fact]["found"].split(" (")[0] if fact in own else "-" for fact in FACTS]
        lines.append([bone, *(str(levels.count(level)) for level in LEVELS), *facts])
    return aligned(["bone", *LEVELS, *FACTS], lines, "lrrr")


def _joint_table(rows: list[dict[str, Any]]) -> str:
    """Return a line per finding on the case and its joints."""
    from hipsim.cli.tables import aligned

    lines = [[row["bone"], row["check"], row["level"], _short(row["found"], 72)] for row in rows]
    return aligned(["together", "check", "level", "found"], lines)


def _is_bone(what: str) -> bool:
    """Tell whether a finding is about one bone."""
    return what.startswith(("femur_", "hip_", "sacrum"))


def _short(text: str, width: int) -> str:
    """Cut a text to a width; the whole of it stands in the list of problems and in the JSON."""
    return text if len(text) <= width else f"{text[: width - 3]}..."
