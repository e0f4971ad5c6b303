"""``hipsim analyse``: statistics of what a study or a cohort found."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from hipsim.study.analyse import Analysis
    from hipsim.study.analysis_intervals import Interval

MOST_ROWS = 8  # of one table on the terminal; the files hold all


def analyse(
    folder: Path,
    /,
    *,
    out: Path | None = None,
    group_by: str | None = None,
    narrow_mm: float = 17.0,
    split_at: float | None = None,
    motion: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    column: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    response_percentile: float = 25.0,
    patient: str | None = None,
    side: Literal["right", "left"] | None = None,
    sex: Literal["female", "male"] | None = None,
    cohort: Path | None = None,
    confidence: float = 0.95,
    pictures: Literal["all", "none"] = "all",
    overwrite: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Compare groups and plans, correlate anatomy with space, place a patient in a cohort.

    Reads what "hipsim run" or "hipsim cohort" has written. Plans on the same hips are compared as
    pairs; hips of one person count once. With --out every table is written as CSV, all of it as
    analysis.json, and charts.

    Parameters
    ----------
    folder
        Results of "hipsim run" or "hipsim cohort".
    out
        Folder for tables and charts; made if missing.
    group_by
        sex, side, narrow (neutral space below --narrow-mm) or any column, parted at --split-at
        or its median; by default sex and narrow, where there are both groups.
    narrow_mm
        Neutral space below which a hip is narrow.
    split_at
        Value at which --group-by parts a column.
    motion
        Give it several times for several motions; all by default.
    column
        Column to correlate with the space; give it several times; all of anatomy by default.
    response_percentile
        In motions without a target: percentile of the reference population of the hip's sex that
        is a response, at least 0 mm.
    patient
        Hip of the results by name, case folder or embedded hip: its percentile.
    side
        Of the patient's case.
    sex
        Of the patient, where it is not known.
    cohort
        Results to compare the patient with; by default the reference population, or FOLDER if
        that is a cohort and the patient is not in it.
    confidence
        Of all intervals, as a share.
    pictures
        Charts beside the tables.
    overwrite
        Replace the analysis the folder --out holds.
    """
    from hipsim.study.analyse import Question
    from hipsim.study.analyse import analyse as analysed

    question = Question(
        group_by=group_by,
        narrow_mm=narrow_mm,
        split_at=split_at,
        motions=motion,
        columns=column,
        response_percentile=response_percentile,
        patient=patient,
        side=side,
        sex=sex,
        cohort=cohort,
        confidence=confidence,
    )
    found = analysed(folder, question)
    files: tuple[Path, ...] = ()
    if out is not None:
        from hipsim.study.analysis_files import write_analysis

        existing = "replace" if overwrite else "refuse"
        files = write_analysis(found, out, existing=existing, pictures=pictures)
    print(told(found))
    if files:
        print(f"\nWritten to {out}: {', '.join(path.name for path in files)}.")
    print("Research software, not a medical device.")


def told(found: "Analysis") -> str:
    """Lay out an analysis for a terminal."""
    level = f"{100 * found.question.confidence:g} %"
    parts = [
        f"{found.table.title}: {len(found.table)} hips; intervals {level}; n counts persons",
        _groups(found),
        *_correlations(found),
        _doses(found),
        *_plans(found),
        _percentiles(found),
        "\n".join(f"Note: {note}" for note in found.notes),
    ]
    return "\n\n".join(part for part in parts if part)


def _groups(found: "Analysis") -> str:
    """Lay out the groups in the intact hip."""
    header = ["space over", "group", "n", "mean mm", "v", "n", "mean mm", "difference mm"]
    header += ["Hedges g", "larger in", "p (rank, Holm)"]
    rows = []
    for one in found.groups:
        c = one.found
        if one.plan == "intact":
            second = [c.second.name, str(c.second.n_persons), f"{c.second.mean:.1f}"]
            first = [c.first.name, str(c.first.n_persons), f"{c.first.mean:.1f}"]
            effect = [_ends(c.difference, 1), _ends(c.hedges_g, 2), f"{100 * c.larger_share:.0f} %"]
            rows.append([one.motion, *second, *first, *effect, _p(one.p_rank_holm)])
    return _table("Groups, intact hips", header, rows, "llrrlrrrrrr", most=24)


def _correlations(found: "Analysis") -> list[str]:
    """Lay out the strongest correlations of each motion."""
    header = ["column", "n", "Pearson r", "Spearman rho", "p (Holm)", "mm per unit"]
    parts = []
    for motion, each in found.correlations.items():
        rows = [
            [one.column, str(one.n), _ends(one.pearson, 2), _ends(one.spearman, 2)]
            + [_p(one.p_pearson_holm), _ends(one.slope, 3)]
            for one in each.found
        ]
        parts.append(_table(f"Anatomy and intact space over {motion}", header, rows, "lrrrrr"))
    return parts


def _doses(found: "Analysis") -> str:
    """Lay out gain by amount."""
    header = ["procedure", "motion", "group", "n", "mm per unit", "largest amount: gain mm"]
    header += ["half reach the target with"]
    rows = []
    for one in found.doses:
        half = ""
        if one.half_amount is not None:
            value, low, high = (_amount(end, one.unit) for end in one.half_amount)
            half = f"{value} [{low}, {high}] ({one.target_mm:g} mm)"
        last = f"{one.amounts[-1]:g} {one.unit}: {_ends(one.gain_mm[-1], 1)}"
        told = [one.procedure, one.motion, one.group, str(max(one.n))]
        rows.append([*told, _ends(one.slope_mm, 2), last, half])
    return _table("Gain by amount", header, rows, "lllrrrl", most=24)


def _plans(found: "Analysis") -> list[str]:
    """Lay out plans head to head."""
    if found.head is None:
        return []
    header = ["motion", "plan", "done", "gain mm", "space mm", "responders", "of those treated"]
    rows = []
    for one in found.head.responses:
        share = "" if one.responders is None else _percent(one.responders)
        count = "" if one.n_responders is None else f"{one.n_responders} of {one.n}"
        spaces = [_ends(one.gain_mm, 1), f"{one.space_mm.value:.1f}"]
        rows.append([one.motion, one.plan, f"{one.n_done} of {one.n}", *spaces, count, share])
    targets = dict.fromkeys((o.motion, o.target) for o in found.head.responses if o.target)
    rule = "; ".join(f"{motion}: {target}" for motion, target in targets)
    parts = [_table("Plans head to head", header, rows, "llrrrrr", most=len(rows))]
    parts += [f"Responders reach, {rule}."] if rule else []
    return [*parts, _pairs(found), _costs(found)]


def _pairs(found: "Analysis") -> str:
    """Lay out the pairs of plans of the first motion."""
    assert found.head is not None
    header = ["second plan", "less first plan", "n", "gain mm", "p (rank, Holm)"]
    header += ["responders", "p (McNemar, Holm)"]
    if not found.head.pairs:
        return ""
    motion = found.head.pairs[0].motion
    rows = []
    for one in found.head.pairs:
        if one.motion == motion:
            g = one.gain
            names = [g.second.name, g.first.name, str(g.second.n_persons)]
            share = "" if one.responders is None else _percent(one.responders)
            tests = [_ends(g.difference, 1), _p(one.p_gain_holm), share]
            rows.append([*names, *tests, _p(one.p_responders_holm)])
    title = f"Every two plans on the same persons, {motion}"
    return _table(title, header, rows, "llrrrrr", most=30)


def _costs(found: "Analysis") -> str:
    """Lay out side effects, a column each."""
    assert found.head is not None
    costs = list(dict.fromkeys(one.cost for one in found.head.costs))
    plans = list(dict.fromkeys(one.plan for one in found.head.costs))
    means = {(one.plan, one.cost): one.mean.value for one in found.head.costs}
    rows = [[plan, *(_number(means[plan, cost]) for cost in costs)] for plan in plans]
    header = ["mean over persons", *(cost.replace("_", " ") for cost in costs)]
    return _table("Side effects", header, rows, "l" + "r" * len(costs), most=len(rows))


def _percentiles(found: "Analysis") -> str:
    """Lay out where the patient stands."""
    header = ["motion", "space mm", "percentile", "among", "n", "median mm"]
    rows = [
        [p.what, f"{p.value_mm:.1f}", _ends(p.percentile, 1), p.cohort, str(p.n)]
        + [f"{p.median_mm:.1f}"]
        for p in found.percentiles
    ]
    return _table(f"{found.question.patient}", header, rows, "lrrlrr", most=len(rows))


def _table(title: str, header: list[str], rows: Any, right: str, *, most: int = MOST_ROWS) -> str:
    """Lay out a table under its title; nothing if it has no row."""
    from hipsim.cli.tables import aligned

    if not rows:
        return ""
    more = f"\n... and {len(rows) - most} more, with --out in a file" if len(rows) > most else ""
    return f"{title}\n{aligned(header, rows[:most], right)}{more}"


def _ends(found: "Interval", digits: int) -> str:
    """Write a number with its interval."""
    value, low, high = (f"{number:.{digits}f}" for number in found)
    return f"{value} [{low}, {high}]" if low != "nan" else value


def _percent(found: "Interval") -> str:
    """Write a share with its interval."""
    value, low, high = (f"{100 * number:.0f}" for number in found)
    return f"{value} % [{low}, {high}]"


def _amount(value: float, unit: str) -> str:
    """Write an amount, or that it does not exist."""
    if value != value:
        return "not known"
    return "never" if value == float("inf") else f"{value:.1f} {unit}"


def _number(value: float) -> str:
    """Write a mean of unknown size."""
    return "" if value != value else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _p(value: float) -> str:
    """Write a p-value."""
    if value != value:
        return ""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
