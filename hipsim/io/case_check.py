"""Check a case from its files to its joints: what ``hipsim check`` prints.

Order of checks: every file is read; the unit is recognised; every surface is mended where that is
safe and judged; those that can stand for a bone are held against their names and each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hipsim.anatomy.find_cut_femur import find_cut_femur
from hipsim.anatomy.find_femur import find_femur
from hipsim.anatomy.findings import Finding, worst
from hipsim.anatomy.sizes import SIZES, length_of
from hipsim.checks import SIDES, Array, Side
from hipsim.errors import AnatomyError, CaseError, ComputationError, MeshError
from hipsim.geometry import Mesh
from hipsim.io.cases import BONES, Case
from hipsim.io.fit_together import Row, check_resolution, check_together
from hipsim.io.meshes import load_mesh
from hipsim.io.quality import check_bone
from hipsim.io.repairs import repaired
from hipsim.io.units import UNITS_MM, UnitDecision, recognise_unit


@dataclass(frozen=True)
class CaseCheck:
    """Everything found on a case.

    Attributes
    ----------
    unit
        Unit the files were read in.
    rows
        What each finding is about (``femur_r``, ``left joint``, ``case``), and the finding.
    repairs
        Bone to what is mended on loading.
    """

    unit: str
    rows: tuple[Row, ...]
    repairs: Mapping[str, tuple[str, ...]]


def check_case(case: Case) -> CaseCheck:
    """Check every bone of a case, and the bones against each other.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    check
        Findings that fail do not stop the others.
    """
    raw, rows = _read(case)
    unit, found = _unit(raw, case.stated_unit)
    rows.append(("case", found))
    scaled = {bone: Mesh(m.vertices * UNITS_MM[unit], m.faces) for bone, m in raw.items()}
    fit, repairs = {}, {}
    for bone, mesh in scaled.items():
        mended = repaired(mesh)
        findings = check_bone(mesh, BONES[bone], mended=mended)
        rows += [(bone, finding) for finding in findings]
        repairs[bone] = mended.repairs
        if worst(findings) != "fail":
            fit[bone] = mended.mesh
    return CaseCheck(unit, (*rows, *_together(fit)), repairs)


def _read(case: Case) -> tuple[dict[str, Mesh], list[Row]]:
    """Read every file in its own unit, and say which cannot be read."""
    factor = None if case.stated_unit is None else 1.0  # a stated unit goes before 3MF's own
    raw: dict[str, Mesh] = {}
    rows: list[Row] = []
    for bone, file in sorted(case.files.items()):
        try:
            raw[bone] = load_mesh(file, unit_mm=factor)
        except MeshError as error:
            advice = "export the surface again"
            rows.append((bone, Finding("fail", "readable", str(error), advice)))
    return raw, rows


def _unit(raw: Mapping[str, Mesh], stated: str | None) -> tuple[str, Finding]:
    """Return the unit to read in, and how it was told."""
    fallback = stated or "mm"
    if not raw:
        return fallback, Finding("fail", "unit", "no file can be read", "export the bones again")
    try:
        decision: UnitDecision = recognise_unit(raw, stated)
    except CaseError as error:
        advice = f"read in {fallback} for the checks below"
        return fallback, Finding("fail", "unit", str(error), advice)
    return decision.unit, Finding("pass", "unit", f"{decision.unit} ({decision.why})")


def _together(fit: Mapping[str, Mesh]) -> Iterable[Row]:
    """Judge the bones that can be used against each other."""
    bones = {bone: mesh for bone, mesh in fit.items() if bone != "sacrum"}
    try:
        rows = check_together(bones)
    except ComputationError as error:
        advice = "repair the surfaces first"
        rows = [("case", Finding("warn", "fit together", f"not judged: {error}", advice))]
    trochanters: dict[Side, Array] = {}
    for side in SIDES:
        femur = bones.get(f"femur_{side[0]}")
        if femur is not None:
            is_whole = length_of(femur) >= SIZES["femur"].whole_mm[0]
            try:
                marks = (find_femur if is_whole else find_cut_femur)(femur).landmarks
                trochanters[side] = marks["lesser_trochanter"]
            except AnatomyError as error:
                advice = "give the landmarks in landmarks.json, or a complete bone"
                finding = Finding("warn", "landmarks", str(error), advice)
                rows.append((f"femur_{side[0]}", finding))
    return [*rows, *check_resolution(bones, trochanters)]
