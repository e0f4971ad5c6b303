"""The parameters of a virtual hip: means by sex, and the ranges in which they make sense.

Checked at the door, in :meth:`HipShape.typical`; inside, a shape may leave the ranges a little
while the generator looks for the parameters on which the wanted angles are measured.
"""

from dataclasses import dataclass
from typing import Any, Literal

from hipsim.anatomy.virtual_figures import MEASURES, SEXES
from hipsim.checks import as_choice, as_number
from hipsim.errors import InputError

Sex = Literal["female", "male"]

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
}

# mm per mm of head radius: linear rules over the same 35 hips; what is missing goes its own way
PER_HEAD_RADIUS = {
    "femoral_length_mm": 10.7,
    "neck_length_mm": 1.9,
    "lesser_trochanter_reach_mm": 1.3,
    "inter_hip_mm": 4.0,
    "inter_asis_mm": 5.9,
}


@dataclass(frozen=True)
class HipShape:
    """What a virtual hip is made from.

    Defaults are the means in :mod:`hipsim.anatomy.virtual_figures` (35 CT hips, Fischer 2023,
    Sci Data 10:763); build one with :meth:`typical`.

    Parameters
    ----------
    sex
        ``"female"`` or ``"male"``: proportions that have no parameter of their own.
    head_radius_mm
        Radius of the femoral head (mean 21.7 in women, 24.5 in men); the size of both bones.
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
        Between the two anterior superior iliac spines (218, 243); met to about 5 mm.
    inter_tuberous_mm
        Between the centroids of the two ischial tuberosities (127, 109).

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

    @classmethod
    def typical(cls, sex: Sex = "female", **overrides: float | None) -> "HipShape":
        """Return the mean shape of a sex with some parameters replaced.

        Lengths that go with the size of the head follow a given head radius unless they are
        given too; None stands for the default.

        Raises
        ------
        InputError
            If a name is unknown or a value, given or following the head, is out of ``RANGES``.

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
        index = SEXES.index(as_choice(sex, SEXES, name="sex"))
        values: dict[str, Any] = {name: pair[index] for name, pair in MEASURES.items()}
        larger = float(given.get("head_radius_mm", values["head_radius_mm"]))
        larger -= values["head_radius_mm"]
        for name, rate in PER_HEAD_RADIUS.items():
            values[name] += rate * larger
        values.update(given)
        for name, (low, high) in RANGES.items():
            unit = name.rsplit("_", 1)[1]
            values[name] = as_number(values[name], name=name, low=low, high=high, unit=unit)
        return cls(sex=sex, **values)

    @property
    def size(self) -> float:
        """Head radius as a multiple of the mean of the sex."""
        return self.head_radius_mm / MEASURES["head_radius_mm"][SEXES.index(self.sex)]
