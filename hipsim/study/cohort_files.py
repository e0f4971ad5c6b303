"""Cohorts on the disk: a table of all subjects, a summary by sex, where it all comes from.

A folder receives ``cohort.csv`` (one row per subject and motion), ``summary.csv`` (one row per sex
and motion) and, last, ``manifest.json``, all together at the end. The module of reference figures
that comes with the software is written here too.
"""

import csv
import hashlib
import io
import math
import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.errors import InputError
from hipsim.io.files import staged_folder, utf8_of_file, write_text
from hipsim.kinematics.motion import Motion
from hipsim.planning.cohort import Cohort
from hipsim.planning.reference import ReferencePopulation
from hipsim.study.conventions import CONVENTIONS, DISCLAIMER
from hipsim.study.manifest import MANIFEST, as_json, versions

TABLE, SUMMARY = "cohort.csv", "summary.csv"
FILES = (TABLE, SUMMARY, MANIFEST)
DIGITS = 4
LINE = 100  # of the generated module


def write_cohort(
    cohort: Cohort, out: str | Path, *, existing: str = "refuse", seconds: float | None = None
) -> tuple[Path, ...]:
    """Write a cohort into a folder.

    Parameters
    ----------
    cohort
        What was found.
    out
        The folder; made if missing.
    existing
        What to do with a cohort the folder holds: ``"refuse"`` or ``"replace"`` it.
    seconds
        How long the run took, for the manifest.

    Returns
    -------
    files
        Paths of what was written.

    Raises
    ------
    InputError
        If the folder holds a cohort and may not be changed, or cannot be written.
    """
    folder = Path(out)
    refuse_cohort(folder, existing=existing)
    with staged_folder(folder) as stage:
        write_text(stage / TABLE, as_csv(cohort.rows()))
        write_text(stage / SUMMARY, as_csv(summary_rows(cohort)))
        hashes = {n: hashlib.sha256((stage / n).read_bytes()).hexdigest() for n in (TABLE, SUMMARY)}
        about = {**cohort_manifest(cohort), "seconds": seconds, "files": hashes}
        write_text(stage / MANIFEST, as_json(about))
    return tuple(folder / name for name in FILES)


def refuse_cohort(folder: Path, *, existing: str) -> None:
    """Refuse a folder that holds a cohort or other results unless they may be replaced.

    Raises
    ------
    InputError
        If it does.
    """
    held = [name for name in (*FILES, "results.csv") if (folder / name).exists()]
    if held and existing != "replace":
        raise InputError(
            f"{folder} already holds results ({', '.join(held)}): choose another folder, or "
            "replace them with --overwrite"
        )


def read_table(path: str | Path) -> list[dict[str, Any]]:
    """Read the rows of a ``cohort.csv``; numbers as numbers, empty cells as None.

    Raises
    ------
    InputError
        If there is no such file, or it is not a table of a cohort.
    """
    source = Path(path)
    try:
        told = list(csv.DictReader(io.StringIO(utf8_of_file(source))))
    except csv.Error as error:
        raise InputError(f"{source} is no table of a cohort: {error}") from None
    if any(None in row or None in row.values() for row in told):
        raise InputError(f"{source} is damaged: a row has more or fewer cells than the first")
    rows = [{name: _value(cell) for name, cell in row.items()} for row in told]
    if not rows or not {"subject", "sex", "motion", "minimum_mm"} <= set(rows[0]):
        raise InputError(f"{source} is no table of a cohort: it needs subject, sex, motion, space")
    return rows


def summary_rows(cohort: Cohort) -> list[dict[str, Any]]:
    """Return one row per sex and measure: number, mean, spread, percentiles, share below."""
    rows: list[dict[str, Any]] = []
    for measure in cohort.measures:
        motion = next(m for m in cohort.motions if m.name == measure.partition("/")[0])
        threshold, least = motion.threshold_mm, cohort.minimum_mm(measure)
        for sex in np.unique(cohort.population.sexes).tolist():
            own = least[(cohort.population.sexes == sex) & cohort.is_measured]
            rows.append(
                {
                    "motion": measure,
                    "sex": sex,
                    "subjects": len(own),
                    **_spread(own),
                    "threshold_mm": threshold,
                    "share_of_subjects_below": None
                    if threshold is None or len(own) == 0
                    else float((own < threshold).mean()),
                }
            )
    return rows


def _spread(values: np.ndarray) -> dict[str, float | None]:
    """Return mean, standard deviation and percentiles, None where there is nobody."""
    names = ("mean_mm", "sd_mm", "p5_mm", "p25_mm", "p50_mm", "p75_mm", "p95_mm")
    if len(values) == 0:
        return dict.fromkeys(names)
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    numbers = [float(values.mean()), deviation, *np.percentile(values, (5, 25, 50, 75, 95))]
    return dict(zip(names, map(float, numbers), strict=True))


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows of one kind as a table; empty cells for None.

    Examples
    --------
    >>> print(as_csv([{"sex": "female", "mean_mm": 1.23456, "share": None}]), end="")
    sex,mean_mm,share
    female,1.2346,
    """
    text, writer = io.StringIO(), None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(text, list(row), lineterminator="\n")
            writer.writeheader()
        rounded = {n: round(v, DIGITS) if isinstance(v, float) else v for n, v in row.items()}
        writer.writerow(rounded)
    return text.getvalue()


def cohort_manifest(cohort: Cohort) -> dict[str, Any]:
    """Describe a cohort so that it can be judged and repeated."""
    population = cohort.population
    return {
        "note": DISCLAIMER,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "population": {
            "subjects": len(population),
            "sex_ratio": population.sex_ratio,
            "seed": population.seed,
            "method": population.method,
        },
        "failed": len(cohort.failures),
        "motions": [_about(motion) for motion in cohort.motions],
        "derotation_deg": cohort.derotation_deg,
        "regions": {"femoral": cohort.femoral_region, "pelvic": cohort.pelvic_region},
        "conventions": CONVENTIONS,
        "versions": versions(),
        "machine": {"platform": platform.platform(), "processors": os.cpu_count()},
    }


def _about(motion: Motion) -> dict[str, Any]:
    """Describe a motion."""
    return {
        "name": motion.name,
        "poses": motion.n_poses,
        "pelvic_zero": motion.pelvic_zero,
        "femoral_zero": motion.femoral_zero,
        "threshold_mm": motion.threshold_mm,
        "reference": motion.reference,
    }


def reference_module(reference: ReferencePopulation, *, command: str) -> str:
    """Return the text of the module that ships a reference population.

    Parameters
    ----------
    reference
        What it holds.
    command
        That makes the module anew.
    """
    lines = [
        '"""Percentiles of the reference population, mm; generated, do not edit.',
        "",
        f"Made by ``{command}``; see :mod:`hipsim.planning.reference`.",
        '"""',
        "",
        "from hipsim.anatomy.virtual_shape import Sex",
        "",
        f"NAME = {_quoted(reference.name)}",
        *_source_lines(reference.source),
        "# fmt: off",
        f"LEVELS_PCT: tuple[float, ...] = {_tuple(reference.levels, 0)}",
        "",
        "TABLE_MM: dict[str, dict[Sex, tuple[float, ...]]] = {",
    ]
    for motion, columns in reference.table_mm.items():
        lines.append(f"    {_quoted(motion)}: {{")
        lines += [f'        "{sex}": {_tuple(values, 8)},' for sex, values in columns.items()]
        lines.append("    },")
    return "\n".join([*lines, "}", "# fmt: on"]) + "\n"


def _source_lines(source: str) -> list[str]:
    """Return the assignment of the source, in brackets where it needs several lines."""
    whole = f"SOURCE = {_quoted(source)}"
    if len(whole) <= LINE:
        return [whole]
    return ["SOURCE = (", *(f"    {_quoted(part)}" for part in _broken(source, LINE - 8)), ")"]


def _quoted(text: str) -> str:
    """Return a string literal as the formatter writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tuple(values: Iterable[float], indent: int) -> str:
    """Return a tuple literal over as many lines as it needs."""
    margin, lines = " " * (indent + 4), [""]
    for value in values:
        word = f"{value:g}," if value % 1 else f"{value:.1f},"
        if len(margin) + len(lines[-1]) + len(word) + 1 > LINE:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    body = "\n".join(f"{margin}{line}" for line in lines)
    return f"(\n{body}\n{' ' * indent})"


def _broken(text: str, width: int) -> list[str]:
    """Break a text into pieces that join to it again."""
    words, pieces = text.split(" "), [""]
    for word in words:
        if pieces[-1] and len(pieces[-1]) + len(word) > width:
            pieces.append("")
        pieces[-1] += f"{word} "
    pieces[-1] = pieces[-1].rstrip()
    return pieces


def _value(cell: str) -> Any:
    """Return a cell as a number where it is one."""
    if cell == "":
        return None
    try:
        return int(cell)
    except ValueError:
        pass
    try:
        number = float(cell)
    except ValueError:
        return cell
    return number if math.isfinite(number) else cell
