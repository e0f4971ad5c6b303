"""``hipsim plan``: how much must go, where, and at what cost, for wanted clearances."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from hipsim.errors import InputError

if TYPE_CHECKING:
    from hipsim.cli.progress import ProgressBar
    from hipsim.planning.plan import Plan

WIDTH = 100  # columns of a terminal
PAGE = "report.html"
NO_DEVICE = "Research software, not a medical device."


def plan(
    case: str,
    /,
    *,
    out: Path,
    side: Literal["right", "left"] | None = None,
    target: Annotated[list[str] | None, Parameter(negative="")] = None,
    sex: Literal["female", "male"] | None = None,
    quick: Annotated[bool, Parameter(negative="")] = False,
    samples: int = 256,
    seed: int = 0,
    overwrite: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Plan surgery: what gives the wanted clearances, how surely, and at what cost.

    One table of everything that may be done, from a shorter stride to resection and derotation
    together, each with its space, the probability that it reaches every target, and its price.

    Writes plan.json, decision.csv, plan.csv, report.html (one page, offline), pictures, and STL
    surfaces (operated femur, removed piece, cut plane) in the frame of the scan. A folder that
    holds a plan already is refused. `hipsim view`, `animate` and `report` take the folder again.

    Parameters
    ----------
    case
        A case folder, folder/prefix, or the name of an embedded hip.
    out
        Folder for the plan; made if missing.
    side
        Which hip; may be left out when the case holds one.
    target
        MOTION=MM, or MOTION=pNN for a percentile of the reference population in that motion; once
        for each motion. By default neutral=17 and ifi_test=p25.
    sex
        Whose percentiles count; by default what case.yaml says.
    quick
        Options only: no trade-off, free range, changes of habit, centres or probabilities.
    samples, seed
        Of what is not known exactly: how many, at least 128, and where they start.
    overwrite
        Replace the plan the folder holds.
    """
    from hipsim.cli.progress import ProgressBar
    from hipsim.io.hips import load_hip, resolve_case
    from hipsim.planning.targets import DEFAULT_TARGETS
    from hipsim.study.plan_files import plan_to_folder
    from hipsim.study.sources import case_source

    found = resolve_case(case)
    hip = load_hip(found, side=side)
    with ProgressBar("plan") as progress:
        done = plan_to_folder(
            hip,
            out,
            targets=parsed_targets(target) if target else DEFAULT_TARGETS,
            sex=sex,
            detail="quick" if quick else "full",
            samples=samples,
            seed=seed,
            source=case_source(found.name, found, hip.side),
            existing="replace" if overwrite else "refuse",
            progress=progress,
        )
        page = write_page(done.plan, out, progress)
    names = ", ".join([*(path.name for path in done.files), page])
    print(f"{summary(done.plan)}\n\nWritten to {out}: {names}.")
    for notice in (*(f"Note: {notice}" for notice in done.notices), NO_DEVICE):
        print(notice)


def write_page(found: "Plan", out: Path, progress: "ProgressBar") -> str:
    """Write the page of a plan into its folder and return its name.

    Parameters
    ----------
    found
        The plan.
    out
        Its folder.
    progress
        Called with (options done, options).
    """
    from hipsim.io.files import write_text
    from hipsim.report.of_plan import subject_of_plan
    from hipsim.report.page import page_of
    from hipsim.study.conventions import CONVENTIONS
    from hipsim.study.manifest import stated_versions

    subject = subject_of_plan(found, progress=progress)
    targets = "; ".join(str(target) for target in found.targets)
    about = {"targets": targets, "sex": found.sex, "versions": stated_versions()}
    title = f"{found.hip.name}, {found.hip.side} hip: plan"
    text = page_of(subject, title=title, about=about, conventions=CONVENTIONS)
    write_text(out / PAGE, text)
    return PAGE


def parsed_targets(words: Sequence[str]) -> dict[str, str]:
    """Read targets as they are typed.

    Parameters
    ----------
    words
        ``MOTION=MM`` or ``MOTION=pNN``, each motion once.

    Raises
    ------
    InputError
        If one is written otherwise, or a motion comes twice.

    Examples
    --------
    >>> parsed_targets(["neutral=17", "ifi_test=p25"])
    {'neutral': '17', 'ifi_test': 'p25'}
    """
    found: dict[str, str] = {}
    for word in words:
        motion, equals, wanted = (part.strip() for part in word.partition("="))
        if not (motion and equals and wanted):
            raise InputError(
                f"a target is written MOTION=MM or MOTION=pNN, as neutral=17, got {word!r}"
            )
        if motion in found:
            raise InputError(f"the target of {motion!r} is given twice")
        found[motion] = wanted
    return found


def summary(found: "Plan") -> str:
    """Lay out a plan for a terminal: sentences, then the decision table or a row per target.

    Parameters
    ----------
    found
        The plan.
    """
    from hipsim.cli.plan_table import decision_table
    from hipsim.cli.tables import aligned
    from hipsim.planning.plan_words import left_out

    if found.doubt is not None:
        missing = [left_out(name, why) for name, why in found.not_available.items()]
        lines = [fill(line, WIDTH, subsequent_indent="  ") for line in (*found.answer, *missing)]
        return "\n".join([*lines, "", decision_table(found)])
    sentences = [fill(line, WIDTH, subsequent_indent="  ") for line in found.summary]
    if not found.options:
        return "\n".join(sentences)
    header = ["option", "motion", "target mm", "before mm", "after mm", "missing mm", "nearest"]
    rows = [
        [
            option.name,
            row.target.motion.name,
            f"{row.target.clearance_mm:.1f}",
            f"{row.before.minimum_mm:.1f}",
            f"{row.after.minimum_mm:.1f}",
            f"{row.missing_mm:.1f}" if not row.is_reached else "",
            row.after.structure.replace("_", " "),
        ]
        for option in found.options
        for row in option.reached
    ]
    return "\n".join([*sentences, "", aligned(header, rows, "llrrrrl")])
