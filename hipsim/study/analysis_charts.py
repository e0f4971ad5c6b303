"""From an analysis to its charts: what is drawn, in which panels."""

from pathlib import Path

import numpy as np

from hipsim.planning.cohort import ARM_MARK
from hipsim.planning.reference import reference_population
from hipsim.study.analyse import Analysis, motions_of
from hipsim.study.analysis_correlations import Correlation
from hipsim.study.analysis_data import load_table
from hipsim.study.analysis_doses import DoseResponse
from hipsim.study.analysis_intervals import Interval
from hipsim.study.analysis_plans import PlanCost, PlanResponse
from hipsim.study.analysis_samples import by_person
from hipsim.study.analysis_standing import cohort_values
from hipsim.study.plans import INTACT
from hipsim.viz.analysis import Doses, Scatter, plot_correlations, plot_doses, plot_groups
from hipsim.viz.analysis_plans import (
    Column,
    Ends,
    Standing,
    levels_as_sample,
    plot_plans,
    plot_standing,
)

MOST_PANELS = 4
COSTS_DRAWN = {"iliopsoas_lost_share": "iliopsoas attachment lost"}


def draw_analysis(analysis: Analysis, folder: Path) -> None:
    """Draw every chart an analysis fills into an existing folder."""
    _draw_groups(analysis, folder)
    _draw_correlations(analysis, folder)
    _draw_doses(analysis, folder)
    if analysis.head is not None and analysis.head.responses:
        _draw_plans(analysis, folder)
    if analysis.percentiles:
        _draw_standing(analysis, folder)


def _draw_groups(analysis: Analysis, folder: Path) -> None:
    """Draw the intact space by group, a chart for each grouping."""
    table = analysis.table
    for place, one in enumerate(analysis.groupings):
        found = [c for c in analysis.groups if c.grouping == one.name and c.plan == INTACT]
        motions = list(dict.fromkeys(c.motion for c in found))[:MOST_PANELS]
        if not motions:
            continue
        panels = {
            motion: {
                name: by_person(
                    table.space_mm[motion, INTACT][one.labels == name],
                    table.persons[one.labels == name],
                ).values
                for name in one.names
            }
            for motion in motions
        }
        told = (
            {c.motion: _difference(c.found.difference) for c in found}
            if len(one.names) == 2
            else {}
        )
        title = f"{table.title}: space by {one.name}"
        plot_groups(panels, path=folder / f"groups_{place + 1}.png", title=title, told=told)


def _draw_correlations(analysis: Analysis, folder: Path) -> None:
    """Draw the strongest columns of the first motion that has some."""
    for motion, found in analysis.correlations.items():
        if found.found:
            panels = [_scatter(analysis, one) for one in found.found[:MOST_PANELS]]
            title = f"{analysis.table.title}: anatomy and space over {_words(motion)}"
            plot_correlations(panels, path=folder / "correlations.png", title=title)
            return


def _scatter(analysis: Analysis, one: Correlation) -> Scatter:
    """Return the panel of one column."""
    table = analysis.table
    pair = np.column_stack([table.numbers[one.column], table.space_mm[one.space, INTACT]])
    x, y = by_person(pair, table.persons).values.T
    r, slope = one.pearson, one.slope
    told = (
        f"r {r.value:+.2f} [{r.low:+.2f}, {r.high:+.2f}], n = {one.n}\n"
        f"{slope.value:+.2f} mm per unit [{slope.low:+.2f}, {slope.high:+.2f}]"
    )
    label = _words(one.column.removeprefix("made_").removeprefix("measured_"))
    line = (one.slope.value, one.intercept, one.residual_mm, one.confidence)
    return Scatter(x, y, label, "smallest space (mm)", told, *line)


def _draw_doses(analysis: Analysis, folder: Path) -> None:
    """Draw gain by amount, a chart for each procedure."""
    kinds = dict.fromkeys(one.procedure for one in analysis.doses)
    for place, procedure in enumerate(kinds):
        own = [one for one in analysis.doses if one.procedure == procedure]
        motions = list(dict.fromkeys(one.motion for one in own))[:MOST_PANELS]
        panels = [
            Doses(
                _words(motion),
                own[0].unit,
                {one.group: _curve(one) for one in _sorted(analysis, own) if one.motion == motion},
            )
            for motion in motions
        ]
        title = f"{analysis.table.title}: gain by amount of {procedure}"
        level = analysis.question.confidence
        plot_doses(panels, path=folder / f"doses_{place + 1}.png", title=title, confidence=level)


def _sorted(analysis: Analysis, found: list[DoseResponse]) -> list[DoseResponse]:
    """Sort groups as other charts do, so that each keeps its colour."""
    names = analysis.groupings[0].names if analysis.groupings else ()
    return sorted(found, key=lambda one: names.index(one.group) if one.group in names else 0)


def _curve(one: DoseResponse) -> np.ndarray:
    """Return amounts, means and ends of a dose response, shape (4, k)."""
    return np.column_stack([one.amounts, np.array(one.gain_mm, dtype=float)]).T


def _draw_plans(analysis: Analysis, folder: Path) -> None:
    """Draw plans head to head: gain over each motion, responders, attachment lost."""
    head = analysis.head
    assert head is not None
    plans = list(dict.fromkeys(one.plan for one in head.responses))
    columns = []
    for motion in motions_of(analysis.table, analysis.question)[:MOST_PANELS]:
        own = {one.plan: one for one in head.responses if one.motion == motion}
        gains = [_ends(own[plan].gain_mm) if plan in own else None for plan in plans]
        columns.append(Column(f"gain, {_words(motion)}", "mm", gains))
    columns += _responders(head.responses, plans)
    columns += _costs(head.costs, plans)
    level = 100 * analysis.question.confidence
    n = max(one.n for one in head.responses)
    foot = f"n = {n} persons, every plan on each; mean or share with {level:g} % interval"
    title = f"{analysis.table.title}: plans head to head"
    plot_plans(plans, columns, path=folder / "plans.png", title=title, foot=foot)


def _responders(found: tuple[PlanResponse, ...], plans: list[str]) -> list[Column]:
    """Return a column of responders for each motion that has a target."""
    columns = []
    for motion in dict.fromkeys(one.motion for one in found if one.responders is not None):
        own = {one.plan: one for one in found if one.motion == motion}
        label = f"% reach {own[plans[0]].target.split(' (')[0]}"
        shares = [own[plan].responders for plan in plans]
        ends = [None if share is None else _ends(share) for share in shares]
        columns.append(Column(f"responders, {_words(motion)}", label, ends, is_share=True))
    return columns[:MOST_PANELS]


def _costs(found: tuple[PlanCost, ...], plans: list[str]) -> list[Column]:
    """Return the columns of side effects that are drawn."""
    columns = []
    for cost, title in COSTS_DRAWN.items():
        own = {one.plan: _ends(one.mean) for one in found if one.cost == cost}
        if own:
            values = [own.get(plan) for plan in plans]
            columns.append(Column(title, "% of footprint", values, is_share=True))
    return columns


def _draw_standing(analysis: Analysis, folder: Path) -> None:
    """Draw the cohort with the patient marked, whole motions before arms."""
    chosen = sorted(analysis.percentiles, key=lambda one: ARM_MARK in one.what)[:MOST_PANELS]
    asked, table = analysis.question, analysis.table
    others = load_table(asked.cohort) if asked.cohort is not None else table
    panels = []
    for one in chosen:
        sex = one.cohort.rpartition(", ")[2]
        if one.cohort.startswith(reference_population().name):
            reference = reference_population()
            column = reference.table_mm[one.what][sex]  # type: ignore[index]
            values = levels_as_sample(reference.levels, column)
        else:
            known = sex if sex in ("female", "male") else ""
            values = cohort_values(others, asked, one.what, known)
            values = values[np.isfinite(values)]
        p = one.percentile
        told = f"percentile {p.value:.1f} [{p.low:.1f}, {p.high:.1f}], n = {one.n}"
        panels.append(Standing(_words(one.what), told, values, one.value_mm))
    title = f"{asked.patient} in {chosen[0].cohort}"
    plot_standing(panels, path=folder / "percentiles.png", title=title)


def _ends(interval: Interval) -> Ends | None:
    """Return an interval to be drawn, None where there is none."""
    value, low, high = interval
    if np.isnan(value):
        return None
    return (value, value if np.isnan(low) else low, value if np.isnan(high) else high)


def _difference(found: Interval) -> str:
    """Tell a difference."""
    return f"difference {found.value:+.1f} [{found.low:+.1f}, {found.high:+.1f}] mm"


def _words(name: str) -> str:
    """Write a name for people, its unit in brackets."""
    stem, _, unit = name.rpartition("_")
    return f"{stem.replace('_', ' ')} ({unit})" if unit in ("mm", "deg") else name.replace("_", " ")
