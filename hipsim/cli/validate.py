"""``hipsim validate``: rerun the proof, and print what agrees and what does not."""

import os
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from hipsim.study.validation import Validation
    from hipsim.study.validation_row import Row

BONES_VARIABLE = "HIPSIM_BONES"
EXIT_DISAGREES = 1
WIDTH = 100  # columns of a terminal


def validate(
    *,
    bones: Path | None = None,
    out: Path | None = None,
    quick: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Rerun the proof: known bodies, other libraries, laws, published figures, same bytes.

    Prints a table and answers 1 when something disagrees that has no stated reason. Takes some
    minutes; with --quick less than one.

    Parameters
    ----------
    bones
        Folder with real hips, at any depth; by default what HIPSIM_BONES names, if it is set.
    out
        Folder for validation.csv, .json, .md and slopes.md; made if missing, replaced if there.
    quick
        Leave out the population and the plan, and look at two real hips.
    """
    from hipsim.cli.progress import ProgressBar
    from hipsim.study.validation import validate as compute
    from hipsim.study.validation import write_validation

    stated = os.environ.get(BONES_VARIABLE)
    folder = bones or (Path(stated) if stated else None)
    with ProgressBar("parts") as progress:
        found = compute(folder, depth="quick" if quick else "full", page=page, progress=progress)
    print(report(found))
    if out is not None:
        files = write_validation(found, out)
        print(f"\nWritten to {out}: {', '.join(path.name for path in files)}.")
    print("Research software, not a medical device.")
    return EXIT_DISAGREES if found.unaccounted else 0


def page() -> str:
    """Make the page of an embedded hip from its files."""
    from hipsim.io.hips import load_hip
    from hipsim.kinematics import motions
    from hipsim.report.page import page_of
    from hipsim.report.subject import make_subject
    from hipsim.study.conventions import CONVENTIONS
    from hipsim.surgery import resect_lesser_trochanter

    hip = load_hip("woman_narrow")
    plans = {"intact": hip, "resection 4 mm": resect_lesser_trochanter(hip, depth_mm=4)}
    subject = make_subject(plans, [motions.neutral(), motions.ifi_test(step_deg=5)])
    return page_of(subject, title="sameness", about={}, conventions=CONVENTIONS)


def report(found: "Validation") -> str:
    """Lay out the table for a terminal: a line per row, then reasons, then counts.

    Parameters
    ----------
    found
        The table.
    """
    from hipsim.study.validation import GROUPS
    from hipsim.study.validation_row import counts

    lines: list[str] = []
    for group, title in GROUPS.items():
        rows = [row for row in found.rows if row.group == group]
        lines += [title.upper(), *(line for row in rows for line in _lines(row)), ""]
    said = ", ".join(f"{n} {verdict}" for verdict, n in counts(found.rows).items())
    lines += [f"{len(found.rows)} rows: {said}."]
    return "\n".join([*lines, *_unexplained(found.unaccounted)])


def _lines(row: "Row") -> list[str]:
    """Lay out one row: verdict, what, ours against expected, reason."""
    who = f" ({row.subjects})" if row.subjects else ""
    told = f"{row.verdict:<10} {row.name}{who}: "
    told += f"{row.ours} {row.unit}".strip() if row.value is not None else row.quantity
    if row.expected:
        told += f" [expected {row.expected}]"
    reason = wrap(row.reason, WIDTH, initial_indent=" " * 11, subsequent_indent=" " * 11)
    return [*wrap(told, WIDTH, subsequent_indent=" " * 11), *reason]


def _unexplained(rows: Sequence["Row"]) -> list[str]:
    """Name what disagrees without a reason."""
    if not rows:
        return ["Everything that disagrees has its reason beside it."]
    return ["Without a reason: " + "; ".join(f"{row.name} {row.subjects}".strip() for row in rows)]
