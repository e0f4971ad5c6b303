"""An analysis on the disk: a CSV for every table, one JSON with everything, charts.

A folder receives ``groups.csv``, ``correlations.csv``, ``doses.csv``, ``plans.csv``, ``pairs.csv``,
``costs.csv``, ``percentiles.csv`` (those that there are), the charts of the same names as PNG and
SVG, and ``analysis.json``, all together at the end.
"""

import csv
import io
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hipsim.errors import InputError
from hipsim.io.files import staged_folder, write_text
from hipsim.study.analyse import Analysis
from hipsim.study.conventions import CONVENTIONS, DISCLAIMER
from hipsim.study.manifest import MANIFEST, as_json, versions

ANALYSIS = "analysis.json"
DIGITS = 6  # significant
METHODS = {
    "persons": "hips of one person are averaged first; n counts persons",
    "difference": "later group less earlier: Welch; paired: Student on differences",
    "hedges_g": "pooled SD, paired: of differences; corrected for small n; large-sample interval",
    "cliffs_delta": "Feng and Cliff 2004; paired: sign of differences, exact",
    "p_rank": "Mann-Whitney; paired: Wilcoxon signed ranks (Pratt); Holm within a grouping",
    "correlations": "Pearson (Fisher), Spearman (Bonett and Wright 2000), Holm over columns",
    "slope_mm": "mean over persons of their own slope through zero, Student",
    "half_amount": "median of the least amounts that reach the target, order statistics",
    "target": "of the scenario, else reference percentile of the hip's sex, never less than 0 mm",
    "responders": "Clopper-Pearson; pairs: Newcombe 1998 method 10, McNemar exact, Holm",
    "percentile": "share with less, ties half; Clopper-Pearson; of the cohort's size only",
}


def tables(analysis: Analysis) -> dict[str, list[dict[str, Any]]]:
    """Return name to rows of every table an analysis fills."""
    parts: dict[str, Iterable[Any]] = {
        "groups": analysis.groups,
        "correlations": analysis.correlations.values(),
        "doses": analysis.doses,
        "percentiles": analysis.percentiles,
    }
    if analysis.head is not None:
        head = analysis.head
        parts |= {"plans": head.responses, "pairs": head.pairs, "costs": head.costs}
    found = {name: [row for each in part for row in each.to_rows()] for name, part in parts.items()}
    return {name: rows for name, rows in found.items() if rows}


def as_table(rows: list[dict[str, Any]]) -> str:
    """Write rows as CSV, numbers with six significant digits, empty cells where there is none.

    Examples
    --------
    >>> print(as_table([{"n": 3, "mean": 1.23456789}, {"n": 0, "mean": float("nan")}]), end="")
    n,mean
    3,1.23457
    0,
    """
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(row.get(name)) for name in names})
    return text.getvalue()


def write_analysis(
    analysis: Analysis, out: str | Path, *, existing: str = "refuse", pictures: str = "all"
) -> tuple[Path, ...]:
    """Write an analysis into a folder.

    Parameters
    ----------
    analysis
        What was found.
    out
        The folder; made if missing. One that holds results of a study is refused.
    existing
        What to do with an analysis the folder holds: ``"refuse"`` or ``"replace"`` it.
    pictures
        ``"all"`` or ``"none"``.

    Returns
    -------
    files
        Paths of what was written.

    Raises
    ------
    InputError
        If the folder holds results, or an analysis and may not be changed, or cannot be written.
    """
    folder = Path(out)
    if (folder / MANIFEST).exists():
        raise InputError(f"{folder} holds the results of a study: choose another folder")
    if (folder / ANALYSIS).exists() and existing != "replace":
        raise InputError(
            f"{folder} already holds an analysis: choose another folder, or replace it with "
            "--overwrite"
        )
    found = tables(analysis)
    with staged_folder(folder) as stage:
        for name, rows in found.items():
            write_text(stage / f"{name}.csv", as_table(rows))
        if pictures == "all":
            from hipsim.study.analysis_charts import draw_analysis

            draw_analysis(analysis, stage)
        write_text(stage / ANALYSIS, as_json(_about(analysis, found)))
        names = sorted(path.name for path in stage.iterdir())
    return tuple(folder / name for name in names)


def _about(analysis: Analysis, found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Describe an analysis so that it can be judged and repeated."""
    asked = {name: _plain(value) for name, value in vars(analysis.question).items()}
    return {
        "note": DISCLAIMER,
        "of": analysis.table.title,
        "hips": len(analysis.table),
        "question": asked,
        "notes": list(analysis.notes),
        "methods": METHODS,
        "conventions": CONVENTIONS,
        "versions": versions(),
        **{
            name: [{key: _plain(cell) for key, cell in row.items()} for row in rows]
            for name, rows in found.items()
        },
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: null where a number is not known, text where it is endless."""
    if isinstance(value, float):
        return None if math.isnan(value) else value if math.isfinite(value) else str(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value


def _cell(value: Any) -> str:
    """Write a cell."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
