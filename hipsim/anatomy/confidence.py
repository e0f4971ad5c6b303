"""How well a landmark is known: what experts scatter by, and how much the way of finding matters.

The number is in mm and means: the root mean square distance to be expected between this point and
the median of five raters. It is the root of the sum of two squares. The scatter is known
beforehand: how far single raters lie from the median on 19 CT femora (five raters, four trials
each, Fischer et al. 2023, Sci Data 10:763), or, where they published none, how far this software's
points lie from the median on the four CT pelves and femora it is tested on. The disagreement is
that of this very bone: how far other estimators of the same place lie from the one used, root mean
square. A small scatter with a large disagreement is a bone to look at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hipsim.checks import Array

RATERS = "five raters, 19 CT femora"
MEASURED = "measured against five raters, 4 CT subjects"
ESTIMATED = "estimated from the mean femur, not seen"
SCATTER_MM: Mapping[str, tuple[float, str]] = {
    "hip_joint_centre": (0.54, RATERS),
    "acetabular_centre": (0.54, RATERS),
    "lesser_trochanter": (2.96, RATERS),
    "medial_epicondyle": (5.4, RATERS),
    "lateral_epicondyle": (3.3, RATERS),
    "medial_posterior_condyle": (3.1, RATERS),
    "lateral_posterior_condyle": (3.4, RATERS),
    "greater_trochanter": (1.6, MEASURED),
    "neck_isthmus": (2.5, MEASURED),
    "asis": (2.1, MEASURED),
    "psis": (2.8, MEASURED),
    "pubic_tubercle": (2.4, MEASURED),
    "ischial_spine": (2.1, MEASURED),
}
ESTIMATED_MM = 30.0  # of points at a knee that is not there; 8 femora cut 100 mm below the LT


@dataclass(frozen=True)
class LandmarkConfidence:
    """How well one landmark is known.

    Attributes
    ----------
    expected_mm
        Root mean square distance from the median of five raters to be expected.
    scatter_mm
        The part known beforehand; None where nobody has measured it.
    source
        Who measured the scatter.
    others_mm
        Estimator to the distance at which it puts the same landmark on this bone.
    """

    expected_mm: float
    scatter_mm: float | None
    source: str
    others_mm: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_estimated(self) -> bool:
        """Whether the landmark is not on the bone but put where the mean femur has it."""
        return self.source == ESTIMATED

    @property
    def disagreement_mm(self) -> float:
        """Root mean square distance of the other estimators."""
        return float(np.sqrt(np.mean(np.square([*self.others_mm.values()] or [0.0]))))


def landmark_confidence(
    name: str, point: Array, others: Mapping[str, Array] | None = None
) -> LandmarkConfidence:
    """Say how well a landmark is known.

    Parameters
    ----------
    name
        A landmark name, with or without its side.
    point
        Where it was found, shape (3,), mm.
    others
        Where other estimators find it: estimator to point, same frame.

    Examples
    --------
    >>> others = {"other": np.array([0, 3, 0])}
    >>> found = landmark_confidence("lesser_trochanter", np.zeros(3), others)
    >>> found.scatter_mm, found.others_mm, round(found.expected_mm, 2)
    (2.96, {'other': 3.0}, 4.21)
    """
    apart = {w: float(np.linalg.norm(p - point)) for w, p in (others or {}).items()}
    stem = name.removesuffix("_right").removesuffix("_left")
    scatter, source = SCATTER_MM.get(stem, (None, "no published scatter"))
    disagreement = LandmarkConfidence(0.0, None, "", apart).disagreement_mm
    return LandmarkConfidence(float(np.hypot(scatter or 0.0, disagreement)), scatter, source, apart)


def as_plain(confidence: Mapping[str, LandmarkConfidence]) -> dict[str, dict[str, Any]]:
    """Return confidences as dictionaries of numbers and words, for a report or a file.

    Examples
    --------
    >>> found = {"asis_left": landmark_confidence("asis_left", np.zeros(3))}
    >>> as_plain(found)["asis_left"]["expected_mm"]
    2.1
    """
    return {
        name: {
            "expected_mm": one.expected_mm,
            "scatter_mm": one.scatter_mm,
            "source": one.source,
            "is_estimated": one.is_estimated,
            "disagreement_mm": one.disagreement_mm,
            "others_mm": dict(one.others_mm),
        }
        for name, one in confidence.items()
    }


def confidences(
    points: Mapping[str, Array],
    others: Mapping[str, Mapping[str, Array]],
    *,
    estimated: Iterable[str] = (),
) -> dict[str, LandmarkConfidence]:
    """Say how well each of several landmarks is known.

    Parameters
    ----------
    points
        Landmarks found by software, mm.
    others
        Landmark name to estimator to point.
    estimated
        Names of those that are not on the bone.

    Returns
    -------
    confidence
        For each landmark of which anything is known; one set by a person has none.
    """
    guessed = LandmarkConfidence(ESTIMATED_MM, ESTIMATED_MM, ESTIMATED)
    found = {n: landmark_confidence(n, p, others.get(n)) for n, p in points.items()}
    known = {n: c for n, c in found.items() if c.scatter_mm is not None or c.others_mm}
    return {**known, **dict.fromkeys(estimated, guessed)}
