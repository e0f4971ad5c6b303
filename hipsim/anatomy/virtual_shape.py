"""The parameters of a virtual hip: means by sex, and the ranges in which they make sense.

Checked at the door, in :meth:`HipShape.typical`; inside, a shape may leave the ranges a little
while the generator looks for the parameters on which the wanted angles are measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hipsim.anatomy.sex import Sex
from hipsim.anatomy.virtual_figures import (
    BICONDYLAR_PER_LENGTH,
    MEASURES,
    NECK_MECHANICAL_EXCESS_DEG,
    PER_HEAD_RADIUS,
    SEXES,
)
from hipsim.checks import as_choice, as_number
from hipsim.errors import InputError

RANGES: dict[str, tuple[float, float]] = {
    "head_radius_mm": (18.0, 29.0),
    "femoral_length_mm": (320.0, 500.0),
    "neck_shaft_angle_deg": (110.0, 145.0),
    "version_deg": (-20.0, 50.0),
    "neck_length_mm": (40.0, 62.0),
    "lesser_trochanter_reach_mm": (24.0, 42.0),
    "lesser_trochanter_direction_deg": (0.0, 75.0),
    "inter_hip_mm": (145.0, 210.0),
    "inter_asis_mm": (180.0, 290.0),
    "inter_tuberous_mm": (85.0, 155.0),
    "neck_width_mm": (22.0, 46.0),
    "shaft_width_mm": (24.0, 42.0),
    "hip_bone_height_mm": (170.0, 256.0),
    "acetabular_inclination_deg": (38.0, 70.0),
    "acetabular_anteversion_deg": (2.0, 42.0),
    "ischium_width_mm": (16.0, 34.0),
    "lesser_trochanter_level_mm": (34.0, 76.0),
    "lesser_trochanter_width_mm": (17.0, 40.0),
    "greater_trochanter_height_mm": (-14.0, 20.0),
    "greater_trochanter_lateral_mm": (44.0, 84.0),
    "neck_before_shaft_mm": (-2.0, 19.0),
    "anterior_bow_mm": (0.5, 14.0),
    "bicondylar_width_mm": (64.0, 102.0),
    "inter_psis_mm": (60.0, 135.0),
    "asis_in_front_mm": (38.0, 72.0),
    "tuberosity_behind_mm": (24.0, 58.0),
    "tuberosity_below_mm": (39.0, 70.0),
}


@dataclass(frozen=True)
class HipShape:
    """What a virtual hip is made from.

    Defaults are the means in :mod:`hipsim.anatomy.virtual_figures` (35 CT hips, Fischer 2023,
    Sci Data 10:763), women and men in brackets below; build one with :meth:`typical`. Version and
    neck-shaft angle of a population (:mod:`hipsim.anatomy.population_figures`) come from a larger
    series and differ from these. Frames: the femur's is the condylar one, the neck's the same
    turned about the mechanical axis until the neck points straight across; the pelvis has its
    anterior plane vertical. All have their origin at the centre of the head.

    Parameters
    ----------
    sex
        ``"female"`` or ``"male"``: proportions that have no parameter of their own.
    head_radius_mm
        Radius of the femoral head (21.7, 24.5); the size of both bones.
    femoral_length_mm
        Hip joint centre to knee centre (399, 428).
    neck_shaft_angle_deg
        Between neck axis and proximal shaft axis in space (127.5, 122.9).
    version_deg
        Neck axis against the posterior condylar line, seen along the mechanical axis;
        anteversion positive (11.2, 3.8).
    neck_length_mm
        Head centre to the point where the neck axis passes the shaft axis (49, 54).
    lesser_trochanter_reach_mm
        Apex from the proximal shaft axis: the size of the lesser trochanter (29.4, 33.9).
    lesser_trochanter_direction_deg
        Of the apex about the shaft, from medial towards posterior, seen in the plane of the neck
        (38, 29).
    inter_hip_mm
        Between the two hip joint centres (172, 175).
    inter_asis_mm
        Between the two anterior superior iliac spines (218, 243).
    inter_tuberous_mm
        Between the centroids of the two ischial tuberosities (127, 109).
    lesser_trochanter_level_mm
        Apex below the head centre along the mechanical axis (52.3, 56.0).
    neck_width_mm
        Narrowest section of the neck from above to below (31, 38); its depth follows.
    shaft_width_mm
        Long axis of the shaft's section 0.225 of the length below the head centre (30, 34).
    hip_bone_height_mm
        Highest point of the iliac crest to the lowest of the ischium (206, 220).
    acetabular_inclination_deg
        Anatomical (Murray 1993): axis of the rim plane to the vertical (54.9, 52.6).
    acetabular_anteversion_deg
        Anatomical: the same axis in the transverse plane, from lateral to anterior (26.2, 19.4).
    ischium_width_mm
        Short axis of the axial section of the ischium 1.5 head radii below the head (22, 27).
    lesser_trochanter_width_mm
        Length along the shaft over which it is at least half as high as at its apex (24, 27).
    greater_trochanter_height_mm
        Tip above the head centre along the mechanical axis (2.0, 4.8).
    greater_trochanter_lateral_mm
        Most lateral point of the greater trochanter from the head centre, neck frame (60, 70).
    neck_before_shaft_mm
        Distance of the neck axis in front of the proximal shaft axis (5.7, 9.2).
    anterior_bow_mm
        Of the shaft: greatest deviation of its section centres to the front, off the chord from
        0.25 to 0.80 of the length (5.7, 7.0).
    bicondylar_width_mm
        Between the epicondyles (77, 87.5).
    inter_psis_mm
        Between the two posterior superior iliac spines (97, 89).
    asis_in_front_mm
        Anterior pelvic plane in front of the head centre (50, 55).
    tuberosity_behind_mm, tuberosity_below_mm
        Centroid of the ischial tuberosity behind (36.6, 44.2) and below (52.4, 54.9) the head
        centre.

    Examples
    --------
    >>> HipShape.typical("female").head_radius_mm
    21.7
    """

    sex: Sex
    head_radius_mm: float
    femoral_length_mm: float
    neck_shaft_angle_deg: float
    version_deg: float
    neck_length_mm: float
    lesser_trochanter_reach_mm: float
    lesser_trochanter_direction_deg: float
    inter_hip_mm: float
    inter_asis_mm: float
    inter_tuberous_mm: float
    neck_width_mm: float
    shaft_width_mm: float
    hip_bone_height_mm: float
    acetabular_inclination_deg: float
    acetabular_anteversion_deg: float
    ischium_width_mm: float
    lesser_trochanter_level_mm: float
    lesser_trochanter_width_mm: float
    greater_trochanter_height_mm: float
    greater_trochanter_lateral_mm: float
    neck_before_shaft_mm: float
    anterior_bow_mm: float
    bicondylar_width_mm: float
    inter_psis_mm: float
    asis_in_front_mm: float
    tuberosity_behind_mm: float
    tuberosity_below_mm: float

    @classmethod
    def typical(cls, sex: Sex = "female", **overrides: float | None) -> "HipShape":
        """Return the mean shape of a sex with some parameters replaced.

        Parameters that go with others follow these unless they are given too
        (:func:`expected`); None stands for the default.

        Raises
        ------
        InputError
            If a name is unknown or a value, given or following, is out of ``RANGES``.

        Examples
        --------
        >>> HipShape.typical("male", version_deg=20.0).version_deg
        20.0
        """
        given = {name: value for name, value in overrides.items() if value is not None}
        unknown = sorted(set(given) - set(MEASURES))
        if unknown:
            known = ", ".join(MEASURES)
            raise InputError(f"unknown parameters {', '.join(unknown)}; known: {known}")
        as_choice(sex, SEXES, name="sex")
        values: dict[str, Any] = expected(sex, given)
        for name, (low, high) in RANGES.items():
            unit = name.rsplit("_", 1)[1]
            values[name] = as_number(values[name], name=name, low=low, high=high, unit=unit)
        return cls(sex=sex, **values)

    @property
    def size(self) -> float:
        """Head radius as a multiple of the mean of the sex."""
        return self.head_radius_mm / MEASURES["head_radius_mm"][SEXES.index(self.sex)]


def expected(sex: Sex, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every parameter is expected to be, some being given.

    Most lengths follow the head radius by linear rules over the 35 hips of the figures, the width
    of the knee the femoral length. Both trochanters hang on the shaft: where neck length and
    neck-shaft angle take the shaft, they go too.

    Parameters
    ----------
    sex
        Whose means are departed from.
    given
        Known parameters: numbers, or arrays (n,) for many hips at once.

    Returns
    -------
    values
        Every parameter, in the order of ``MEASURES``; the given ones as they are.

    Examples
    --------
    >>> round(expected("female", {"head_radius_mm": 22.7})["femoral_length_mm"], 1)
    409.9
    """
    index = SEXES.index(sex)
    mean = {name: pair[index] for name, pair in MEASURES.items()}
    larger = given.get("head_radius_mm", mean["head_radius_mm"]) - mean["head_radius_mm"]
    rates = {"head_radius_mm": 1.0, **PER_HEAD_RADIUS}
    values: dict[str, Any] = {n: v + rates.get(n, 0.0) * larger for n, v in mean.items()}
    values |= given
    longer = values["femoral_length_mm"] - mean["femoral_length_mm"]
    values["bicondylar_width_mm"] = mean["bicondylar_width_mm"] + BICONDYLAR_PER_LENGTH * longer
    size = values["head_radius_mm"] / mean["head_radius_mm"]
    ends = [neck_end(v["neck_shaft_angle_deg"], v["neck_length_mm"]) for v in (values, mean)]
    down, out = (end - size * usual for end, usual in zip(*ends, strict=True))
    for name, shift in (
        ("lesser_trochanter_level_mm", down),
        ("greater_trochanter_height_mm", -down),
        ("greater_trochanter_lateral_mm", out),
    ):
        values[name] = size * mean[name] + shift
    return values | dict(given)


def neck_end(neck_shaft_angle_deg: Any, neck_length_mm: Any) -> tuple[Any, Any]:
    """Return how far below and lateral of the head centre the neck axis passes the shaft axis.

    Parameters
    ----------
    neck_shaft_angle_deg, neck_length_mm
        Numbers, or arrays of one shape.

    Returns
    -------
    down, out
        mm, neck frame.
    """
    tilt = np.radians(neck_shaft_angle_deg + (NECK_MECHANICAL_EXCESS_DEG - 90.0))
    return neck_length_mm * np.sin(tilt), neck_length_mm * np.cos(tilt)
