"""What the experiment found, beside what is published, as text and as a record."""

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.report import Goal, at_least, at_most, goal_table, machine, table
from hipsim.anatomy.population import PARAMETERS
from hipsim.anatomy.virtual_handles import lesser_trochanter_azimuth_deg
from hipsim.checks import Array
from hipsim.planning.cohort import Cohort

if TYPE_CHECKING:
    from benchmarks.population import Experiment

SEXES = ("female", "male")
NARROW_MM = 15.0
ALL, MOST_MINUTES = 40_000, 8.0
STANCE = (40.0, 65.0)  # of the cycle: terminal extension
# 35 CT hips (EVIDENCE 9): mean and SD of women and of men, mm
CT_HIPS = {
    "neutral": ((14.0, 6.4), (24.2, 4.4)),
    "ext10": ((9.9, 6.3), (20.4, 5.2)),
    "ext20": ((8.0, 6.1), (17.6, 5.9)),
    "add10": ((7.6, 6.1), (18.3, 5.0)),
    "ER20": ((7.0, 6.0), (18.3, 4.7)),
    "IR20": ((20.7, 6.5), (28.9, 4.1)),
    "ext10+add10": ((3.7, 4.5), (13.4, 6.3)),
    "ext10+add10+ER20": ((0.5, 1.4), (7.0, 5.9)),
}
TOLD = """\
Anatomy was drawn from published means, spreads and correlations (`hipsim/anatomy/
population_figures.py`); no parameter was chosen or tuned on clearance. Space is the exact minimum
distance in three dimensions between the extracapsular femur and the ischium, minus the depth where
bones overlap; published figures are mostly distances in an axial slice, which are larger.
"""


def report(done: "Experiment") -> tuple[str, dict[str, Any], list[Goal]]:
    """Return the report, the record and the goals."""
    goals = _goals(done)
    parts = [
        "# The experiment: virtual subjects walk",
        TOLD + "\n" + ", ".join(f"{name} {value}" for name, value in machine().items()) + ".",
        goal_table(goals),
        _speed(done),
        "## Walking, by sex",
        _walking_table(done.walking),
        "## The same from fewer subjects",
        _repeat_table(done),
        "## Correlations of the smallest space in walking with anatomy, within a sex",
        _correlation_table(done.walking),
        "## Beside published slopes",
        _slope_table(done.poses),
        "## Beside 35 CT hips in the same poses",
        _ct_table(done.poses),
        CT_WORDS,
    ]
    return (
        "\n\n".join(parts),
        {"machine": machine(), "seconds": done.seconds, "core_seconds": done.core_seconds},
        goals,
    )


CT_WORDS = """\
The CT hips are 12 of six women and 23 of thirteen men; their overlap counts as 0 mm, so the last
rows are cut off at contact there and shown so here too. Version and neck-shaft angle of the
population come from a series of 1,070 femora with more version than these 35 hips have (women 16 v
11, men 12 v 4 deg), and space falls with version.
"""


def _goals(done: "Experiment") -> list[Goal]:
    """Judge what the project asks of the experiment."""
    walking = done.walking
    least = [_own(walking, "gait_free", sex) for sex in SEXES]
    gap = float(least[1].mean() - least[0].mean())
    errors = [
        _apart(_own(done.walking_again, "gait_free", s), own)
        for s, own in zip(SEXES, least, strict=True)
    ]
    phase = walking.progress("gait_free")[walking.is_measured]
    share = float(((phase > STANCE[0]) & (phase < STANCE[1])).mean())
    return [
        at_most("40,000 subjects, two processors", [_minutes(done)], MOST_MINUTES, unit="min"),
        at_least("men over women, walking", [gap], 4.0, unit="mm"),
        at_most("men over women, walking", [gap], 10.0, unit="mm"),
        at_least("smallest at 40 to 65 % of the cycle", [share], 0.5, unit="of subjects"),
        at_most("means of fewer subjects, in standard errors", errors, 2.5, unit=""),
    ]


def _apart(few: Array, many: Array) -> float:
    """Return how far two means are apart, in standard errors of their difference."""
    error = np.sqrt(few.var(ddof=1) / len(few) + many.var(ddof=1) / len(many))
    return float(abs(few.mean() - many.mean()) / error)


def _minutes(done: "Experiment") -> float:
    """Return the minutes 40,000 subjects take two processors that have nothing else to do."""
    return min(done.seconds, done.core_seconds / 2.0) / 60.0 * ALL / len(done.walking)


def _speed(done: "Experiment") -> str:
    """Tell how long the run took, and on how busy a machine."""
    n = len(done.walking)
    return (
        f"{n:,} subjects x {done.walking.motions[0].n_poses} poses: {done.seconds:.0f} s by the "
        f"wall clock, {done.core_seconds:.0f} s of processor time, "
        f"{1000 * done.core_seconds / n:.1f} ms a subject, {n / done.seconds:.0f} subjects a "
        "second. The goal is judged by the wall clock, or by half the processor time where that "
        "says less: then the machine was busy with others (its load is given above). The "
        f"templates took {done.seconds_before:.0f} s before. Time is proportional to subjects."
    )


def _own(cohort: Cohort, measure: str, sex: str) -> Array:
    """Return the smallest space of the measured subjects of a sex."""
    return cohort.minimum_mm(measure)[(cohort.population.sexes == sex) & cohort.is_measured]


def _count(cohort: Cohort, sex: str) -> int:
    """Return how many subjects of a sex were measured."""
    return int(((cohort.population.sexes == sex) & cohort.is_measured).sum())


def _walking_table(walking: Cohort) -> str:
    """Lay out what walking needs by sex."""
    rows: list[list[object]] = []
    phase = walking.progress("gait_free")
    for sex in SEXES:
        is_own = (walking.population.sexes == sex) & walking.is_measured
        least = _own(walking, "gait_free", sex)
        low, middle, high = np.percentile(phase[is_own], (5, 50, 95))
        rows.append(
            [
                sex,
                len(least),
                f"{least.mean():.2f} +- {least.std(ddof=1):.2f}",
                f"{100 * (least < NARROW_MM).mean():.1f} %",
                f"{middle:.0f} ({low:.0f} to {high:.0f}) %",
                f"{walking.clearance_mm['gait_free'][is_own].max(axis=1).mean():.1f}",
            ]
        )
    header = ["sex", "hips", "smallest space mm", "under 15 mm", "phase of it", "largest space mm"]
    failed = f"{len(walking.failures)} of {len(walking)} subjects could not be made."
    return table(header, rows) + "\n" + failed


def _repeat_table(done: "Experiment") -> str:
    """Set the means of both runs side by side."""
    rows: list[list[object]] = []
    for sex in SEXES:
        many, few = (_own(c, "gait_free", sex) for c in (done.walking, done.walking_again))
        error = few.std(ddof=1) / np.sqrt(len(few))
        rows.append(
            [sex, f"{many.mean():.2f}", f"{few.mean():.2f}", f"{error:.2f}",
             f"{(few.mean() - many.mean()) / error:+.1f}"]
        )  # fmt: skip
    header = ["sex", f"{len(done.walking)} subjects, mm", f"{len(done.walking_again)} others, mm",
              "standard error", "apart by, errors"]  # fmt: skip
    return table(header, rows)


def _correlation_table(walking: Cohort) -> str:
    """Lay out correlation and slope of every parameter, strongest first."""
    least, values = walking.minimum_mm("gait_free"), walking.population.values
    rows = []
    for column, name in enumerate(PARAMETERS):
        cells = []
        for sex in SEXES:
            is_own = (walking.population.sexes == sex) & walking.is_measured
            x, y = values[is_own, column], least[is_own]
            r = float(np.corrcoef(x, y)[0, 1])
            cells.append((r, r * float(y.std() / x.std())))
        rows.append((name, cells))
    rows.sort(key=lambda row: -max(abs(r) for r, _ in row[1]))
    header = ["parameter", "r women", "r men", "mm per unit, women", "mm per unit, men"]
    lines: list[list[object]] = [
        [name, f"{f[0]:+.2f}", f"{m[0]:+.2f}", f"{f[1]:+.2f}", f"{m[1]:+.2f}"]
        for name, (f, m) in rows
    ]
    return table(header, lines)


def _slope_table(poses: Cohort) -> str:
    """Set slopes and shares beside what EVIDENCE section 8 holds."""
    is_known = poses.is_measured
    # 40 internal to 60 external, 10 deg apart; bones in a room do not overlap
    turned = np.maximum(poses.clearance_mm["rotation"][is_known], 0.0)
    side = poses.clearance_mm["adduction"][is_known]  # 20 abduction to 20 adduction
    provoked = poses.clearance_mm["provoked"][is_known]  # 0 to 60 external
    neutral = poses.minimum_mm("neutral")[is_known]
    met = provoked.min(axis=1) <= 0.0
    first = 2.0 * (provoked <= 0.0).argmax(axis=1)[met]
    women, men = (_own(poses, "neutral", sex) for sex in SEXES)
    columns = {n: poses.population.values[is_known, i] for i, n in enumerate(PARAMETERS)}
    version, reach = columns["version_deg"], columns["lesser_trochanter_reach_mm"]
    direction = columns["lesser_trochanter_direction_deg"]
    width = _projected_widths(poses)
    rows: list[list[object]] = [
        [1, "space, neutral, mm", "25.1 +- 5.6; 22.9 +- 7.0 (axial)",
         f"{neutral.mean():.1f} +- {neutral.std():.1f} (3D)"],
        [2, "women, men, neutral, mm", "22.2 +- 4.3, 29.1 +- 4.1; less in women by 4 to 10",
         f"{women.mean():.1f} +- {women.std():.1f}, {men.mean():.1f} +- {men.std():.1f}; "
         f"{men.mean() - women.mean():.1f}"],
        [5, "internal rotation 0 to 40, mm/deg, overlap as 0", "+0.38 (0.2 to 0.6)",
         f"{(turned[:, 0] - turned[:, 4]).mean() / 40:+.2f}"],
        [6, "external rotation 0 to 60, mm/deg, overlap as 0", "-0.23 (0.1 to 0.4)",
         f"{(turned[:, 10] - turned[:, 4]).mean() / 60:+.2f}"],
        [6, "external rotation 0 to 20, mm/deg, overlap as 0", "",
         f"{(turned[:, 6] - turned[:, 4]).mean() / 20:+.2f}"],
        [7, "contact in 10 ext + 10 add + ER up to 60", "84 % at 29 +- 20 deg",
         f"{100 * met.mean():.0f} % at {first.mean():.0f} +- {first.std():.0f} deg"],
        [8, "abduction 0 to 20, mm/deg", "rises", f"{(side[:, 0] - side[:, 2]).mean() / 20:+.2f}"],
        [8, "adduction 0 to 20, mm/deg", "falls", f"{(side[:, 4] - side[:, 2]).mean() / 20:+.2f}"],
        [9, "phase of the least space in walking", "at extension, 40 to 65 %", "see above"],
        [12, "trochanter to neck axis, deg", "38.4 +- 9.6 (MRI), 43.3 +- 6.2 (CT)",
         f"{direction.mean():.1f} +- {direction.std():.1f} (drawn, not found)"],
        [13, "width cortex to trochanter, IR 20, ER 25", "88 %, 108 %",
         f"{width[0]:.0f} %, {width[1]:.0f} %"],
        [17, "r and mm/deg of version, neutral", "r -0.19; negative",
         f"{_r(version, neutral):+.2f}, {_slope(version, neutral):+.2f}"],
        ["", "r and mm/mm of trochanter reach, neutral", "falls with its size",
         f"{_partial(poses, neutral, 'lesser_trochanter_reach_mm')}; raw r of both sexes "
         f"{_r(reach, neutral):+.2f}"],
    ]  # fmt: skip
    return table(["row", "quantity", "published", "here"], rows)


def _partial(poses: Cohort, space: Array, name: str) -> str:
    """Return the slope on a parameter with all others held, as text."""
    values = poses.population.values[poses.is_measured]
    is_male = (poses.population.sexes == "male")[poses.is_measured]
    design = np.column_stack([values - values.mean(axis=0), is_male, np.ones(len(values))])
    slopes = np.linalg.lstsq(design, space, rcond=None)[0]
    return f"{slopes[PARAMETERS.index(name)]:+.2f} mm/mm, all else equal"


def _projected_widths(poses: Cohort) -> tuple[float, float]:
    """Return the width from lateral cortex to trochanter seen from in front, turned, per cent."""
    shapes = [shape for shape, known in zip(poses.population, poses.is_measured, strict=True)
              if known]  # fmt: skip
    towards = np.radians([lesser_trochanter_azimuth_deg(shape) for shape in shapes])
    reach = np.array([shape.lesser_trochanter_reach_mm for shape in shapes])
    half = 0.5 * np.array([shape.shaft_width_mm for shape in shapes])
    widths = [half + reach * np.cos(towards + np.radians(turn)) for turn in (0.0, 20.0, -25.0)]
    return tuple(float(100.0 * (w / widths[0]).mean()) for w in widths[1:])  # type: ignore[return-value]


def _ct_table(poses: Cohort) -> str:
    """Set the population beside the CT hips pose by pose."""
    rows: list[list[object]] = []
    for name, published in CT_HIPS.items():
        row: list[object] = [name]
        for sex, (mean, sd) in zip(SEXES, published, strict=True):
            own = np.maximum(_own(poses, name, sex), 0.0)
            row += [f"{mean:.1f} +- {sd:.1f}", f"{own.mean():.1f} +- {own.std(ddof=1):.1f}",
                    f"{own.mean() - mean:+.1f}"]  # fmt: skip
        rows.append(row)
    header = ["pose", "CT women", "virtual women", "apart", "CT men", "virtual men", "apart"]
    return table(header, rows)


def _r(x: Array, y: Array) -> float:
    """Return a correlation."""
    return float(np.corrcoef(x, y)[0, 1])


def _slope(x: Array, y: Array) -> float:
    """Return the slope of a straight line."""
    return float(np.polyfit(x, y, 1)[0])
