"""What a person takes away from the planner: a scenario file, a surface, a report."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hipsim import __version__
from hipsim.anatomy.hip import Hip
from hipsim.io.meshes import save_mesh
from hipsim.planner.live import LivePlanner, Wanted
from hipsim.report.page import page_of
from hipsim.report.subject import Subject
from hipsim.study.conventions import CONVENTIONS
from hipsim.surgery import Procedure


def scenario_text(planner: LivePlanner, wanted: Wanted) -> str:
    """Return a scenario file that repeats a plan on the planner's hip.

    Parameters
    ----------
    planner
        Knows the hip and where it came from.
    wanted
        The plan.
    """
    lines = [
        "# Saved by the hipsim planner. To repeat it:",
        "#   hipsim run THIS_FILE --out out",
        "",
        f"name: {_quoted(f'{planner.hip.name}: {wanted.plan.name}')}",
        "hips:",
        f"  - {{case: {_quoted(planner.source)}, side: {planner.hip.side}}}",
        "motions:",
        *(f"  - {motion.name}" for motion in planner.motions),
    ]
    if wanted.plan.procedures:
        lines += ["procedures:", *(_procedure(p) for p in wanted.plan.procedures)]
        lines += ["combine: product"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write a text so that YAML reads it back as it is (JSON strings are YAML)."""
    return json.dumps(text, ensure_ascii=False)


def _procedure(procedure: Procedure) -> str:
    """Write a procedure of a scenario."""
    told = {"procedure": procedure.name, **procedure.parameters}
    return "  - {" + ", ".join(f"{key}: {json.dumps(value)}" for key, value in told.items()) + "}"


def stl_bytes(hip: Hip) -> bytes:
    """Return the femur of a hip as binary STL, mm, in the frame of its files."""
    with TemporaryDirectory() as folder:
        return save_mesh(Path(folder, "femur.stl"), hip.femur).read_bytes()


def report_text(subject: Subject) -> str:
    """Return the report of plans that were compared in the planner."""
    about = {
        "made by": f"hipsim {__version__}, planner",
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "hip": f"{subject.hip.name}, {subject.hip.side}",
    }
    title = f"{subject.hip.name}, {subject.hip.side} hip: plans compared"
    return page_of(subject, title=title, about=about, conventions=CONVENTIONS)
