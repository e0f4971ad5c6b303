"""Slopes of the space of every hip: what a degree of pose, a mm of a landmark, a tilt is worth.

Central differences in the neutral pose, lesser trochanter to ischium. A landmark moves the frame it
helps to define and nothing else: its slope is the length of the gradient over three directions, so
a landmark off by 1 mm in the worst direction moves the space by so much.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import Landmarks
from hipsim.kinematics import arcs, motions
from hipsim.planning.clearance import ClearanceQuery
from hipsim.study.validation_facts import Facts
from hipsim.study.validation_row import spread

SHIFT_MM = 0.5
TILT_DEG = 5.0
LANDMARKS = {
    "head centre": ("hip_joint_centre",),
    "medial epicondyle": ("medial_epicondyle",),
    "lateral epicondyle": ("lateral_epicondyle",),
    "medial condyle": ("medial_posterior_condyle",),
    "lateral condyle": ("lateral_posterior_condyle",),
    "ASIS, one": ("asis_right",),
    "pubic tubercles, both": ("pubic_tubercle_right", "pubic_tubercle_left"),
}
PUBLISHED = (
    ("IR, mm/deg over 40", "+0.38", "Kivlan 2017"),
    ("ER, mm/deg to 60 or contact", "-0.23", "Kivlan 2017; -0.04 in 2024"),
    ("extension, mm/deg", "falls", "Audenaert 2021, Wang Y 2023"),
    ("adduction, mm/deg", "falls", "CT simulation jxwk 2020"),
    ("ER at contact, 10 ext + 10 add", "29 +- 20", "Kivlan 2017 (84 % of hips)"),
    ("gait, % of least", "40 to 65", "Audenaert 2021"),
    ("FABER, trochanter, mm", "-26 +- 7", "Heimann 2023"),
)


@dataclass(frozen=True)
class Slopes:
    """The slopes of one hip: a number per column of the table; nan where there is none."""

    name: str
    published: tuple[float, ...]
    by_axis: tuple[float, float, float]
    tilt: float
    landmarks: dict[str, float]


def slopes_of(facts: Facts) -> Slopes:
    """Measure the slopes of one hip.

    Parameters
    ----------
    facts
        Of the hip.
    """
    flexion, adduction, rotation = (float(slope) for slope in facts.slopes)
    published = (
        facts.internal_slope,
        -facts.external_slope,
        -flexion,
        adduction,
        facts.contact_deg,
        facts.walking.progress,
        facts.faber_change_mm("greater_trochanter"),
    )
    return Slopes(
        name=facts.name,
        published=published,
        by_axis=(flexion, adduction, rotation),
        tilt=_tilt_slope(facts.query),
        landmarks={name: _landmark_slope(facts, names) for name, names in LANDMARKS.items()},
    )


def slope_tables(found: Sequence[Slopes]) -> str:
    """Lay the slopes out as Markdown: beside what is published, then by input.

    Parameters
    ----------
    found
        The slopes of every hip.
    """
    titles = ["hip", *(column for column, _, _ in PUBLISHED)]
    rows = [
        ["published", *(figure for _, figure, _ in PUBLISHED)],
        ["source", *(source for _, _, source in PUBLISHED)],
        *([each.name, *(_number(value) for value in each.published)] for each in found),
        _summed([each.published for each in found]),
    ]
    inputs = [
        "hip", "flexion, mm/deg", "adduction, mm/deg", "internal rotation, mm/deg",
        "pelvic tilt, mm/deg", *(f"{name}, mm/mm" for name in LANDMARKS),
    ]  # fmt: skip
    numbers = [[*e.by_axis, e.tilt, *e.landmarks.values()] for e in found]
    lines = [[e.name, *map(_number, row)] for e, row in zip(found, numbers, strict=True)]
    lines.append(_summed(numbers))
    return (
        "# Slopes of the ischiofemoral space\n\n"
        "Lesser trochanter to ischium in space, about neutral. Change per degree; ER falls are "
        "negative. Research software, not a medical device.\n\n"
        "## Beside published signs and slopes\n\n"
        f"{markdown(titles, rows)}\n## By input\n\n"
        "Landmarks: length of the gradient, mm of space per mm of landmark in the worst "
        f"direction.\n\n{markdown(inputs, lines)}"
    )


def markdown(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown.

    Examples
    --------
    >>> print(markdown(["a", "b"], [["1", "x|y"]]), end="")
    | a | b |
    |---|---|
    | 1 | x/y |
    """
    lines = [list(titles), *rows]
    told = ["| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines]
    return "\n".join([told[0], "|" + "---|" * len(titles), *told[1:]]) + "\n"


def _tilt_slope(query: ClearanceQuery) -> float:
    """Return the change of the neutral space per deg of anterior tilt under a standing femur."""
    neutral = motions.neutral()
    ends = [query(neutral.evolved(pelvic_tilt_deg=t)).minimum_mm for t in (-TILT_DEG, TILT_DEG)]
    return (ends[1] - ends[0]) / (2.0 * TILT_DEG)


def _landmark_slope(facts: Facts, names: tuple[str, ...]) -> float:
    """Return the length of the gradient of the neutral space over a landmark, mm per mm."""
    gradient = []
    for step in SHIFT_MM * np.eye(3):
        ends = [_shifted(facts, names, sign * step) for sign in (-1.0, 1.0)]
        gradient.append((ends[1] - ends[0]) / (2.0 * SHIFT_MM))
    return float(np.linalg.norm(gradient))


def _shifted(facts: Facts, names: tuple[str, ...], step: np.ndarray) -> float:
    """Return the neutral space with landmarks moved; the regions stay."""
    points = dict(facts.hip.landmarks.items())
    hip: Hip = facts.hip.evolved(
        landmarks=Landmarks({**points, **{name: points[name] + step for name in names}})
    )
    return facts.query.after(hip)(arcs.neutral()).minimum_mm


def _number(value: float) -> str:
    """Write a number of the table."""
    return "none" if np.isnan(value) else f"{value:.2f}" if abs(value) < 5.0 else f"{value:.1f}"


def _summed(numbers: Sequence[Sequence[float]]) -> list[str]:
    """Return the last line of a table: mean, SD and range of every column."""
    columns = zip(*numbers, strict=True)
    return ["mean +- SD (range)", *(_told(np.array(column)) for column in columns)]


def _told(values: np.ndarray) -> str:
    """Write mean, SD and range of the hips that have the number."""
    known = values[~np.isnan(values)]
    return spread(known, 2 if len(known) and np.abs(known).max() < 5.0 else 1)
