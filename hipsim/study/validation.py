"""The proof, rerun: bodies, libraries, laws, published expectations and sameness in one table.

Every row is computed when it is asked for (:mod:`hipsim.study.validation_row` says how rows are
judged); none is typed in. ``quick`` leaves out the population and the plan, and looks at two real
hips; ``full`` looks at everything.
"""

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hipsim.errors import HipsimError
from hipsim.io.files import staged_folder, write_text
from hipsim.study.conventions import DISCLAIMER
from hipsim.study.manifest import as_json, versions
from hipsim.study.validation_anatomy import ANATOMY
from hipsim.study.validation_bodies import body_rows
from hipsim.study.validation_determinism import determinism_rows
from hipsim.study.validation_expectation import Expectation
from hipsim.study.validation_facts import Facts
from hipsim.study.validation_hips import Subjects, real_subjects, virtual_subjects
from hipsim.study.validation_laws import law_rows
from hipsim.study.validation_libraries import library_rows
from hipsim.study.validation_population import population_rows
from hipsim.study.validation_poses import POSES
from hipsim.study.validation_row import COLUMNS, VERDICTS, Row, counts, missing, unaccounted
from hipsim.study.validation_slopes import Slopes, markdown, slope_tables, slopes_of

Depth = Literal["quick", "full"]
Page = Callable[[], str]
Progress = Callable[[int, int], None]
GROUPS = {
    "bodies": "Bodies whose distances are known in closed form",
    "libraries": "Libraries written by others",
    "laws": "Laws of the subject",
    "evidence": "Published expectations",
    "determinism": "Same inputs, same bytes",
}
FILES = ("validation.csv", "validation.json", "validation.md", "slopes.md")
WHERE = "no folder of real hips: give --bones, or set HIPSIM_BONES"
LONG = "takes minutes: left out of the quick table"
TOLD = ("name", "subjects", "n", "quantity", "expected", "ours", "unit", "verdict", "reason",
        "source")  # fmt: skip


@dataclass(frozen=True)
class Amount:
    """How much is done: poses of a body, of a hip, hips at most, subjects, plans."""

    body_poses: int
    hip_poses: int
    real_hips: int | None
    subjects: int
    plans: int


AMOUNTS: dict[Depth, Amount] = {
    "quick": Amount(100, 40, 2, 0, 0),
    "full": Amount(400, 200, None, 200, 2),
}


@dataclass(frozen=True)
class Part:
    """Something that makes rows of one group."""

    group: str
    name: str
    rows: Callable[[], Iterable[Row]]


@dataclass(frozen=True)
class Validation:
    """The table.

    Parameters
    ----------
    rows
        In the order of ``GROUPS``.
    slopes
        Of every hip.
    depth
        How much was done.
    """

    rows: tuple[Row, ...]
    slopes: tuple[Slopes, ...]
    depth: Depth

    @property
    def unaccounted(self) -> list[Row]:
        """The rows that disagree without a reason."""
        return unaccounted(self.rows)


def validate(
    bones: str | Path | None = None,
    *,
    depth: Depth = "full",
    page: Page | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Compute the table.

    Parameters
    ----------
    bones
        Folder with real hips, at any depth.
    depth
        ``"quick"`` or ``"full"``.
    page
        Makes a report page anew, to see whether it is the same.
    progress
        Called with (parts done, parts).

    Raises
    ------
    InputError
        If the folder holds no hip.
    """
    amount = AMOUNTS[depth]
    virtual = virtual_subjects()
    real = None if bones is None else real_subjects(bones, most=amount.real_hips)
    groups = {"virtual": virtual, **({"real": real} if real else {})}
    facts = {name: [Facts(hip, sex) for hip, sex in s.hips] for name, s in groups.items()}
    parts = [
        Part("bodies", "bodies", lambda: body_rows(poses=amount.body_poses)),
        *(_libraries(name, some, amount) for name, some in groups.items()),
        *(_laws(name, some) for name, some in groups.items()),
        *(_expected(e, name, some) for e in (*POSES, *ANATOMY) for name, some in facts.items()),
        Part("evidence", "population", lambda: _population(amount.subjects)),
        Part("evidence", "hips", lambda: _refused(groups, is_without=real is None)),
        Part("determinism", "sameness", lambda: determinism_rows(page, plans=amount.plans)),
    ]
    rows = _computed(parts, progress)
    slopes = tuple(slopes_of(each) for some in facts.values() for each in some)
    return Validation(tuple(rows), slopes, depth)


def _libraries(name: str, some: Subjects, amount: Amount) -> Part:
    """Return the part that asks other libraries about some hips."""
    hips = [hip for hip, _ in some.hips]
    return Part(
        "libraries", name, lambda: library_rows(hips, subjects=name, poses=amount.hip_poses)
    )


def _laws(name: str, some: Subjects) -> Part:
    """Return the part that tries the laws on some hips."""
    return Part("laws", name, lambda: law_rows([hip for hip, _ in some.hips], subjects=name))


def _expected(expectation: Expectation, name: str, some: Sequence[Facts]) -> Part:
    """Return the part that judges one expectation on some hips."""
    return Part("evidence", expectation.name, lambda: [expectation.row(some, subjects=name)])


def _population(n: int) -> Iterable[Row]:
    """Return the rows of the population, or that it was left out."""
    if n:
        return population_rows(n)
    return [missing("evidence", "population", "published expectations on virtual subjects",
                    subjects="population", why=LONG)]  # fmt: skip


def _refused(groups: dict[str, Subjects], *, is_without: bool) -> Iterator[Row]:
    """Yield a row for every hip that could not be loaded, or one that there is none."""
    if is_without:
        yield missing("evidence", "real hips", "published expectations on real hips",
                      subjects="real", why=WHERE)  # fmt: skip
    for subjects, some in groups.items():
        for name, why in some.refused.items():
            yield missing("evidence", f"hip {name}", "a hip of the folder", subjects=subjects,
                          why=why)  # fmt: skip


def _computed(parts: Sequence[Part], progress: Progress | None) -> list[Row]:
    """Compute part after part and sort the rows into groups; a part that fails disagrees."""
    rows: list[Row] = []
    for done, part in enumerate(parts, start=1):
        try:
            rows += part.rows()
        except HipsimError as error:
            rows.append(_failed(part, error))
        if progress is not None:
            progress(done, len(parts))
    order = list(GROUPS)
    return sorted(rows, key=lambda r: (order.index(r.group), r.group == "evidence" and r.name))


def _failed(part: Part, error: HipsimError) -> Row:
    """Return the row of a part that could not be computed: no number, so it disagrees."""
    return Row(
        group=part.group,
        name=part.name,
        quantity="could not be computed",
        expected="a number",
        value=math.nan,
        ours=str(error),
    )


def write_validation(found: Validation, out: str | Path) -> tuple[Path, ...]:
    """Write the table as CSV, JSON and Markdown, and the slopes as Markdown.

    Parameters
    ----------
    found
        The table.
    out
        The folder; made if missing. Files of an earlier table are replaced.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    folder = Path(out)
    with staged_folder(folder) as stage:
        texts = (
            as_csv(found.rows),
            as_record(found),
            as_markdown(found),
            slope_tables(found.slopes),
        )
        for name, text in zip(FILES, texts, strict=True):
            write_text(stage / name, text)
    return tuple(folder / name for name in FILES)


def as_csv(rows: Sequence[Row]) -> str:
    """Return the table as CSV, a row per comparison."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.as_dict() for row in rows)
    return text.getvalue()


def as_record(found: Validation) -> str:
    """Return the table as JSON with counts and versions."""
    rows = [row.as_dict() for row in found.rows]
    for row in rows:
        value = row["value"]
        row["value"] = None if value is not None and value != value else value
    return as_json({
        "note": DISCLAIMER, "depth": found.depth, "counts": counts(found.rows),
        "unaccounted": [row.name for row in found.unaccounted], "rows": rows,
        "versions": versions(),
    })  # fmt: skip


def as_markdown(found: Validation) -> str:
    """Return the table as Markdown, what disagrees first."""
    wrong = [row for row in found.rows if row.verdict == "disagrees"]
    lines = [f"# Validation of hipsim\n\n{DISCLAIMER}\n\n{_counted(found)}"]
    lines.append(f"\n## What disagrees, and why\n\n{_table(wrong)}" if wrong else "")
    for group, title in GROUPS.items():
        rows = [row for row in found.rows if row.group == group]
        lines.append(f"\n## {title}\n\n{_table(rows)}")
    return "".join(lines)


def _counted(found: Validation) -> str:
    """Return verdicts by group and subjects."""
    keys = dict.fromkeys((row.group, row.subjects) for row in found.rows)
    rows = []
    for key in keys:
        some = [row for row in found.rows if (row.group, row.subjects) == key]
        rows.append([" ".join(filter(None, key)), *(str(n) for n in counts(some).values())])
    rows.append(["all", *(str(n) for n in counts(found.rows).values())])
    return markdown(["rows", *VERDICTS], rows)


def _table(rows: Sequence[Row]) -> str:
    """Return rows as they are read."""
    cells = [[str(row.as_dict()[name]) for name in TOLD] for row in rows]
    return markdown(TOLD, cells)
