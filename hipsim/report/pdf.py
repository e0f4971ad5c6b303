"""A report on paper, for the record: the page's words and tables, charts as vectors, stills in 3D.

Set by Typst (extra ``pdf``). The template stands in ``static/report.typ``; words and numbers reach
it as values of a JSON file, never as text of the template, so no name of a hip or plan can be taken
for an instruction. The compiler sees nothing but a folder made for the purpose.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hipsim.errors import InputError
from hipsim.io.files import as_input_error
from hipsim.planning.clearance import Clearance
from hipsim.report.page import static
from hipsim.report.pdf_data import paper_data
from hipsim.report.subject import Figure, Subject
from hipsim.viz import words
from hipsim.viz.charts import plot_clearance
from hipsim.viz.grids import plot_grid
from hipsim.viz.probe import rendering_problem
from hipsim.viz.scene import draw_arc, draw_before_after
from hipsim.viz.style import FONT, font_folder

NEEDS_PDF = "a PDF needs the package of the extra 'pdf': pip install \"hipsim[pdf]\" (typst)"
TEMPLATE, DATA = "report.typ", "data.json"
Progress = Callable[[int, int], None]


def check_pdf() -> None:
    """Do nothing where a PDF can be set, else raise.

    Raises
    ------
    InputError
        If the compiler is missing; the message names the extra.
    """
    _compiler()


def pdf_of(
    subject: Subject,
    *,
    title: str,
    about: Mapping[str, Any],
    conventions: Mapping[str, str],
    progress: Progress | None = None,
) -> bytes:
    """Return a report as PDF.

    Parameters
    ----------
    subject, title, about, conventions
        As for :func:`hipsim.report.page.page_of`.
    progress
        Called with (pictures done, pictures).

    Returns
    -------
    pdf
        The file's bytes. Where 3D pictures cannot be drawn they are left out, and the report says
        so and why.

    Raises
    ------
    InputError
        If the compiler is missing; the message names the extra.
    """
    compiler = _compiler()
    with TemporaryDirectory() as name:
        folder = Path(name)
        data = paper_data(subject, title=title, about=about, conventions=conventions)
        add_pictures(data, subject, folder, progress=progress)
        data["font"] = FONT
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        (folder / DATA).write_text(text, encoding="utf-8")
        (folder / TEMPLATE).write_text(static(TEMPLATE), encoding="utf-8")
        made: bytes = compiler.compile(
            str(folder / TEMPLATE),
            root=str(folder),
            font_paths=[str(font_folder())],
            ignore_system_fonts=True,
        )
    return made


def add_pictures(
    data: dict[str, Any], subject: Subject, folder: Path, *, progress: Progress | None = None
) -> None:
    """Draw charts and stills into a folder and note them in the data of a report.

    Parameters
    ----------
    data
        From :func:`hipsim.report.pdf_data.paper_data`; changed.
    subject
        What is told.
    folder
        Where the pictures go.
    progress
        Called with (pictures done, pictures).
    """
    total = len(subject.motions) + 1
    problem = rendering_problem()
    if problem is None:
        data["stills"] = [_still(subject, folder)]
    else:
        data["notices"] = [f"Pictures in 3D are left out: {problem}."]
    drawn = [_figure(each, folder, n) for n, each in enumerate(subject.figures)]
    data["figures"] = rows_of_figures(drawn)
    for number, motion in enumerate(subject.motions):
        if progress is not None:
            progress(number + 1, total)
        curves = {plan: found[motion.name] for plan, found in subject.clearances.items()}
        data["motions"][number]["charts"] = _charts(curves, folder, number)
    if progress is not None:
        progress(total, total)


def _figure(figure: Figure, folder: Path, number: int) -> dict[str, Any]:
    """Bring a picture into the folder of a report."""
    path = folder / f"figure{number}{figure.path.suffix}"
    with as_input_error("read", figure.path):
        path.write_bytes(figure.path.read_bytes())
    return {"file": path.name, "title": figure.title, "is_wide": figure.is_wide}


def rows_of_figures(figures: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Lay out pictures: a wide one has a row of its own, of the others two stand side by side.

    Parameters
    ----------
    figures
        In order, each with ``is_wide``.

    Examples
    --------
    >>> wide, half = {"is_wide": True}, {"is_wide": False}
    >>> [len(row) for row in rows_of_figures([wide, half, half, half, wide])]
    [1, 2, 1, 1]
    """
    rows: list[list[Mapping[str, Any]]] = []
    for figure in figures:
        last = rows[-1] if rows else []
        if len(last) == 1 and not last[0]["is_wide"] and not figure["is_wide"]:
            last.append(figure)
        else:
            rows.append([figure])
    return rows


def _charts(curves: Mapping[str, Clearance], folder: Path, number: int) -> list[dict[str, str]]:
    """Draw the charts of one motion; a single pose needs none."""
    first = next(iter(curves.values()))
    motion = first.motion
    title = words.describe_name(motion.name)
    if motion.n_poses == 1 or (motion.is_grid and min(motion.shape[:2]) < 2):
        return []
    path = folder / f"chart{number}.svg"
    if motion.is_grid:
        plot_grid(first, path=path)
        return [{"file": path.name, "alt": f"clearance over the angles of {title}, as it is"}]
    plot_clearance(curves, path=path)
    return [{"file": path.name, "alt": f"clearance along {title}, each plan a curve"}]


def _still(subject: Subject, folder: Path) -> dict[str, str]:
    """Draw the narrowest pose of all motions, beside it the plan that is shown there."""
    now = subject.clearances[subject.intact]
    worst = min(now.values(), key=lambda clearance: clearance.minimum_mm)
    motion, path, plan = worst.motion.name, folder / "still.png", shown_plan(subject)
    if plan is None:
        draw_arc(subject.hip, worst, path)
        return {"file": path.name, "alt": "The hip in its narrowest pose"}
    after = subject.clearances[plan][motion]
    draw_before_after(subject.hip, subject.plans[plan], worst, after, path)
    return {"file": path.name, "alt": f"The hip in its narrowest pose, now and after: {plan}"}


def shown_plan(subject: Subject) -> str | None:
    """Return the plan a still shows: that which leaves most space in the narrowest motion.

    Of a plan with a decision it is one of the cheapest that reach every target, if there is any.

    Parameters
    ----------
    subject
        What is told.
    """
    others = [plan for plan in subject.plans if plan != subject.intact]
    now = subject.clearances[subject.intact]
    motion = min(now, key=lambda name: now[name].minimum_mm)
    rows = subject.decision.get("rows", ())
    cheapest = [row["plan"] for row in rows if row["is_cheapest"] and row["plan"] in others]
    return max(
        cheapest or others,
        key=lambda plan: subject.clearances[plan][motion].minimum_mm,
        default=None,
    )


def _compiler() -> Any:
    """Return the library that sets the PDF."""
    try:
        import typst
    except ImportError:
        raise InputError(NEEDS_PDF) from None
    return typst
