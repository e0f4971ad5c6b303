"""``hipsim check``: are these surfaces fit to stand for bones?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hipsim.io.cases import Case

EXIT_FAILED = 1


def check(case: str, /, *, json: Path | None = None) -> int:
    """Check every bone of a case: closed, oriented, one piece, size; and say what to do.

    Exit code 0 when every bone can be used, 1 when one fails.

    Parameters
    ----------
    case
        A case folder, folder/prefix, or the name of an embedded hip.
    json
        Also write the findings to this file.
    """
    from hipsim.io.files import write_text
    from hipsim.io.hips import resolve_case
    from hipsim.study.manifest import as_json

    found = resolve_case(case)
    rows = findings(found)
    print(overview(rows))
    levels = [row["level"] for row in rows]
    print(f"{levels.count('pass')} pass, {levels.count('warn')} warn, {levels.count('fail')} fail")
    if json is not None:
        write_text(json, as_json({"case": found.name, "unit": found.unit, "findings": rows}))
        print(f"written to {json}")
    return EXIT_FAILED if "fail" in levels else 0


def findings(case: "Case") -> list[dict[str, Any]]:
    """Check every bone of a case.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    rows
        ``bone``, ``check``, ``level`` (pass, warn, fail), ``found``, ``advice``.
    """
    from hipsim.errors import MeshError
    from hipsim.io.cases import BONES
    from hipsim.io.meshes import load_mesh
    from hipsim.io.quality import Finding, check_bone

    rows: list[dict[str, Any]] = []
    for bone, file in sorted(case.files.items()):
        try:
            found = check_bone(load_mesh(file, unit_mm=case.unit_mm), BONES[bone])
        except MeshError as error:
            found = (Finding("fail", "readable", str(error), "export the surface again"),)
        rows.extend({"bone": bone, **vars(finding)} for finding in found)
    return rows


def overview(rows: list[dict[str, Any]]) -> str:
    """Lay out findings: a line per bone, then a line for everything that did not pass.

    Parameters
    ----------
    rows
        What :func:`findings` returned.
    """
    from hipsim.cli.tables import aligned

    bones = list(dict.fromkeys(row["bone"] for row in rows))
    checks = list(dict.fromkeys(row["check"] for row in rows))
    level = {(row["bone"], row["check"]): row["level"] for row in rows}
    facts = {(row["bone"], row["check"]): row["found"] for row in rows}
    lines = [
        [bone, *(level.get((bone, check), "-") for check in checks), *_facts(facts, bone)]
        for bone in bones
    ]
    problems = [
        f"{row['level']}: {row['bone']}: {row['check']}: {row['found']}; {row['advice']}"
        for row in rows
        if row["level"] != "pass"
    ]
    return "\n".join([aligned(["bone", *checks, "length", "surface"], lines), *problems])


def _facts(facts: dict[tuple[str, str], str], bone: str) -> list[str]:
    """Return the length and the resolution of a bone as found."""
    return [facts.get((bone, check), "-") for check in ("size", "resolution")]
