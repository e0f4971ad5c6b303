"""``hipsim report``: a run or a plan as one HTML page that opens anywhere, offline, or as a PDF."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipsim.errors import InputError

if TYPE_CHECKING:
    from hipsim.report.subject import Figure, Subject
    from hipsim.study.plan_folder import PlanFolder
    from hipsim.study.scenario import Scenario
    from hipsim.study.sources import HipSource


def report(result: Path, /, *, out: Path = Path("report.html"), hip: str | None = None) -> None:
    """Tell a run, a plan or a scenario as one page: hip in 3D, curves, plans side by side.

    The page is a single file without any link: it opens from the disk, by mail, offline.
    With --out NAME.pdf the same is set as a PDF for the record, with stills and charts as vectors
    (needs the extra pdf); of a plan with its decision table and its pictures.

    Parameters
    ----------
    result
        A folder that `hipsim run` or `hipsim plan` wrote, or a scenario file.
    out
        The page to write, .html or .pdf.
    hip
        Which hip of the run; may be left out when there is one.
    """
    from hipsim.io.files import write_file
    from hipsim.study.conventions import CONVENTIONS
    from hipsim.study.plan_folder import is_plan

    make = _maker(out)
    subject, title, told = (_of_plan if is_plan(result) else _of_run)(result, hip)
    made = make(subject, title=title, about=told, conventions=CONVENTIONS)
    write_file(out, lambda path: path.write_bytes(made))
    print(f"Written to {out} ({len(made) / 1e6:.1f} MB).")
    print("Research software, not a medical device.")


def _maker(out: Path) -> Callable[..., bytes]:
    """Return what makes the file that is asked for, or raise before any work is done."""
    suffix = out.suffix.lower()
    if suffix == ".pdf":
        from hipsim.report.pdf import check_pdf, pdf_of

        check_pdf()
        return pdf_of
    if suffix not in (".html", ".htm"):
        raise InputError(f"a report ends in .html or .pdf, got {out.name}")
    from hipsim.report.page import page_of

    return lambda *given, **told: page_of(*given, **told).encode()


def _of_run(result: Path, hip: str | None) -> "tuple[Subject, str, dict[str, Any]]":
    """Return what is told of a run, the title, and where it comes from."""
    from hipsim.cli.progress import ProgressBar

    scenario = scenario_of(result)
    source = chosen(scenario, hip)
    with ProgressBar("plans") as progress:
        subject = _subject(scenario, source, progress)
    return subject, f"{scenario.name}: {source.name}", about(scenario)


def _of_plan(folder: Path, hip: str | None) -> "tuple[Subject, str, dict[str, Any]]":
    """Return what is told of a plan, the title, and where it comes from."""
    from hipsim.cli.progress import ProgressBar
    from hipsim.report.of_plan import subject_of_record
    from hipsim.study.plan_folder import read_plan

    if hip is not None:
        raise InputError(f"{folder} is a plan of one hip: leave out --hip")
    with ProgressBar("options") as progress:
        found = read_plan(folder, progress=progress)
        subject = subject_of_record(
            found.record,
            found.targets,
            found.hips,
            figures=plan_figures(found),
            progress=progress,
        )
    title = f"{subject.hip.name}, {subject.hip.side} hip: plan"
    return subject, title, about_plan(found)


def plan_figures(found: "PlanFolder") -> "tuple[Figure, ...]":
    """List the pictures of a plan that a report on paper shows, those it has.

    Parameters
    ----------
    found
        The plan.
    """
    from hipsim.planning.plan_answer import label
    from hipsim.report.subject import Figure

    figures = [
        ("decision.svg", "Space of everything that may be done, and how sure it is", True),
        ("tradeoff.svg", "Resection and derotation together", True),
    ]
    for option in found.record["options"]:
        name = option["name"]
        figures.append((f"unfolded_{name}.svg", f"{label(name)}: what goes, unfolded", False))
        figures.append((f"depth_{name}.png", f"{label(name)}: what goes, on the bone", False))
    figures.append(("response.svg", "What more of each operation gains", True))
    paths = [(found.picture(name), title, is_wide) for name, title, is_wide in figures]
    return tuple(Figure(path, title, is_wide) for path, title, is_wide in paths if path)


def about_plan(found: "PlanFolder") -> dict[str, Any]:
    """Say where the report of a plan comes from.

    Parameters
    ----------
    found
        The plan.
    """
    from datetime import UTC, datetime

    from hipsim.study.manifest import stated_versions

    asked, case = found.record["asked"], found.record["input"]
    planned = ", ".join(f"{name} {number}" for name, number in found.record["versions"].items())
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "targets": "; ".join(map(str, found.targets)),
        "sex": found.record["sex"],
        "samples": f"{asked['samples']}, seed {asked['seed']}",
        "case": case["recipe"].get("case", case["name"]),
        "files of the case, SHA-256": case["sha256"],
        "planned with": planned,
        "versions": stated_versions(),
    }


def scenario_of(result: Path) -> "Scenario":
    """Return the scenario a folder of results came from, or that a file holds.

    Parameters
    ----------
    result
        Folder or file.

    Raises
    ------
    InputError
        If the folder holds no results, or its scenario has been changed or moved since.
    """
    from hipsim.study.manifest import MANIFEST
    from hipsim.study.scenario import load_scenario

    if not result.is_dir():
        return load_scenario(result)
    try:
        told = json.loads((result / MANIFEST).read_text(encoding="utf-8"))["scenario"]
        file, expected = Path(told["file"]), str(told["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{result} holds no results of hipsim run and no plan: wanted a folder with {MANIFEST} "
            "or plan.json, or a scenario file"
        ) from None
    if not file.exists() or hashlib.sha256(file.read_bytes()).hexdigest() != expected:
        raise InputError(
            f"the scenario of {result}, {file}, has been moved or changed since: run it again, or "
            "give the scenario file"
        )
    return load_scenario(file)


def chosen(scenario: "Scenario", hip: str | None) -> "HipSource":
    """Return the hip a page is about.

    Parameters
    ----------
    scenario
        With one or several hips.
    hip
        Name of one, or None where there is one.

    Raises
    ------
    InputError
        If there is no hip of that name, or several and none is named.
    """
    from hipsim.checks import as_choice

    names = {source.name: source for source in scenario.hips}
    if hip is None and len(names) > 1:
        shown = ", ".join(list(names)[:12])
        raise InputError(f"this run has {len(names)} hips, choose one with --hip: {shown}")
    return names[as_choice(hip or next(iter(names)), tuple(names), name="hip")]


def _subject(scenario: "Scenario", source: "HipSource", progress: Any) -> "Subject":
    """Carry the plans out and measure them."""
    from hipsim.report.facts import facts_of
    from hipsim.report.subject import make_subject

    intact = source.load()
    hips = {plan.name: plan(intact) for plan in scenario.plans}
    regions = {
        "femoral_region": scenario.femoral_region,
        "pelvic_region": scenario.pelvic_region,
    }
    motions = [
        motion.evolved(threshold_mm=scenario.targets_mm.get(motion.name, motion.threshold_mm))
        for motion in scenario.motions
    ]
    facts = {name: facts_of(intact, hip) for name, hip in hips.items()}
    return make_subject(hips, motions, regions=regions, progress=progress, facts=facts)


def about(scenario: "Scenario") -> dict[str, Any]:
    """Say where a page comes from.

    Parameters
    ----------
    scenario
        What was run.
    """
    from datetime import UTC, datetime

    from hipsim.study.manifest import stated_versions

    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": stated_versions(),
        "seed": scenario.seed,
        "scenario": scenario.file.text,
    }
