"""Published norms of the measures, in one table, and where a patient stands among them.

A norm is a mean and SD, a range, or words; each names its population and source. A percentile is
given only where mean and SD come from people without hip complaints, measured as hipsim measures
(``"same"``) or nearly so (``"similar"``); ``"other"`` says that the method or the people differ,
and the figure is shown without a percentile. Sexes are kept apart where the source does.

A sample of twelve is not a population, so the percentile is that of a further person drawn from it
(Crawford and Howell, Clin Neuropsychol 1998;12:482): Student's t with n - 1 degrees of freedom, n
the number of people, not of hips.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as student_t

Group = Literal["women", "men", "all"]
Comparison = Literal["same", "similar", "other"]

SOURCES: dict[str, str] = {
    "ct35": "35 CT hips of 6 women and 13 men, 25-84 y, not selected for hip pain; own "
    "measurements on Fischer 2023, Sci Data 10:763, doi 10.1038/s41597-023-02669-z",
    "carmona": "Carmona, 628 hips, CT in 3D (hal-03553324)",
    "version100": "100 hip preservation patients, CT, four methods (orthoglobe 42116605); the "
    "normative band by Murphy is quoted there",
    "version44": "44 CT femora, semi-automatic (paperexplained c2d30b02); derived from the "
    "differences between methods stated there",
    "schroder": "Schroder 2015, J Hip Preserv Surg 2:410, doi 10.1093/jhps/hnv067: 250 "
    "asymptomatic hips, axial MRI",
    "dry100": "100 dry femora (asn-ng.com 1759587522); another definition",
    "av404": "404 CT, central acetabular slice (scite ejzQmJK)",
    "mri710": "710 women, MRI pelvimetry (pubmed 37561690)",
    "ge": "Ge 2019, doi 10.13929/j.1003-3289.201804073: 70 patients with impingement",
    "boschung": "Boschung 2023, Am J Sports Med: posterior impingement, FV > 35 by Murphy",
    "singer": "Singer 2015, meta-analysis: 140 control and 217 symptomatic hips, MRI",
}


@dataclass(frozen=True)
class Norm:
    """What is published about one measure in one group of people.

    Attributes
    ----------
    group
        ``"women"``, ``"men"`` or ``"all"``.
    source
        Key of ``SOURCES``.
    comparison
        How far method and people compare with the patient; see the module.
    mean, sd
        In the unit of the measure; None where not published.
    n, n_people
        Number of hips or measurements, and of people where that is another number.
    words
        What is published instead of, or besides, figures.
    """

    group: Group
    source: str
    comparison: Comparison
    mean: float | None = None
    sd: float | None = None
    n: int | None = None
    n_people: int | None = None
    words: str = ""

    def percentile(self, value: float) -> float | None:
        """Return the percentage of such people below a value, or None where that is not known.

        Examples
        --------
        >>> norm = Norm("all", "carmona", "similar", 124.7, 6.2, 628)
        >>> round(norm.percentile(124.7)), round(norm.percentile(130.9))
        (50, 84)
        """
        people = self.n_people or self.n
        if self.comparison == "other" or self.mean is None or self.sd is None or people is None:
            return None
        score = (value - self.mean) / (self.sd * np.sqrt(1.0 + 1.0 / people))
        return float(100.0 * student_t.cdf(score, people - 1))


def _ct35(
    women: tuple[float, float], men: tuple[float, float], comparison: Comparison = "same"
) -> tuple[Norm, ...]:
    """Return mean and SD over the hips of 6 women and 13 men."""
    return (
        Norm("women", "ct35", comparison, *women, n=12, n_people=6),
        Norm("men", "ct35", comparison, *men, n=23, n_people=13),
    )


def _all(source: str, comparison: Comparison, mean: float, sd: float | None, n: int) -> Norm:
    """Return the norm of women and men together."""
    return Norm("all", source, comparison, mean, sd, n)


NORMS: dict[str, tuple[Norm, ...]] = {
    "version_3d_deg": _ct35((11.21, 12.85), (3.83, 10.48)),
    "version_murphy_deg": (
        Norm("all", "version100", "other", words="10 to 25 called normal"),
        Norm("all", "version100", "other", 23.2, 11.2, 100, words="patients"),
    ),
    "version_reikeras_deg": (_all("version44", "other", 12.3, None, 44),),
    "version_lee_deg": (
        _all("version44", "other", 8.1, None, 44),
        Norm("all", "version100", "other", 3.4, 9.6, 100, words="patients"),
    ),
    "neck_shaft_angle_deg": (
        *_ct35((127.47, 5.41), (122.93, 3.97)),
        _all("carmona", "similar", 124.7, 6.2, 628),
    ),
    "head_radius_mm": _ct35((21.71, 1.07), (24.54, 1.08)),
    "femoral_offset_mm": (
        *_ct35((39.27, 4.74), (46.15, 4.37)),
        _all("carmona", "similar", 42.9, 6.8, 628),
    ),
    "neck_length_mm": _ct35((49.02, 3.86), (53.90, 4.48)),
    "mechanical_length_mm": _ct35((399.19, 20.50), (427.80, 19.72)),
    "femoral_length_mm": _ct35((450.11, 22.90), (482.88, 21.78)),
    # mean direction of the proximal shaft axis and the SD of its Z component, as an angle
    "shaft_to_mechanical_axis_deg": _ct35((4.25, 1.33), (4.93, 1.50)),
    "lt_reach_mm": _ct35((29.37, 1.92), (33.89, 2.13)),
    "lt_height_mm": _ct35((15.12, 1.05), (16.72, 1.60)),
    "lt_width_mm": (_all("dry100", "other", 21.5, 3.9, 100),),
    "lt_version_deg": (
        *_ct35((-27.19, 12.04), (-25.14, 13.20)),
        _all("schroder", "similar", -24.0, 11.5, 250),
    ),
    "lt_neck_angle_deg": (
        *_ct35((38.40, 9.24), (28.97, 10.61)),
        _all("schroder", "similar", 38.4, 9.6, 250),
    ),
    "inter_asis_mm": _ct35((218.06, 13.79), (242.51, 15.41)),
    "inter_hip_mm": _ct35((171.78, 12.12), (174.64, 9.41)),
    "inter_tuberous_mm": (
        *_ct35((127.25, 9.21), (109.28, 9.72), "similar"),
        Norm("women", "mri710", "other", 121.97, 11.8, 710),
    ),
    "ischial_angle_deg": (
        *_ct35((130.86, 3.08), (132.43, 4.66)),
        Norm("all", "ge", "other", 132.59, 1.39, 70, words="patients"),
    ),
    # of the mean landmarks of the same hips; no SD
    "pelvic_tilt_deg": (
        Norm("women", "ct35", "same", 6.1, None, 12, 6),
        Norm("men", "ct35", "same", 10.9, None, 23, 13),
    ),
    "acetabular_version_deg": (
        *_ct35((26.23, 4.05), (19.41, 4.38)),
        Norm("women", "av404", "other", 19.31, 5.04),
        Norm("men", "av404", "other", 16.46, 4.42),
    ),
    "acetabular_inclination_deg": _ct35((54.89, 4.96), (52.58, 4.34)),
    "acetabular_version_radiographic_deg": _ct35((21.16, 3.65), (15.25, 3.49)),
    "acetabular_inclination_radiographic_deg": _ct35((51.88, 5.01), (50.88, 4.48)),
    "mckibbin_index_deg": (Norm("all", "boschung", "other", words="over 70: combined excess"),),
    "ifs_3d_mm": _ct35((14.05, 6.42), (24.20, 4.40)),
    "ifs_axial_mm": (
        _all("schroder", "similar", 22.9, 7.0, 250),
        _all("singer", "similar", 26.01, 7.98, 140),
        Norm("all", "singer", "other", 14.91, 4.8, 217, words="patients"),
        Norm("all", "singer", "other", words="cut-off 15: sens. 77, spec. 81 %"),
    ),
    "qfs_axial_mm": (
        Norm("all", "singer", "other", 15.97, 6.07, 140, words="controls"),
        Norm("all", "singer", "other", 9.57, 3.7, 217, words="patients"),
        Norm("all", "singer", "other", words="cut-off 10"),
    ),
}


def norms_for(measure: str, sex: Literal["female", "male"] | None) -> tuple[Norm, ...]:
    """Return the norms of a measure that hold for a patient; both sexes' where it is not known.

    Examples
    --------
    >>> [norm.group for norm in norms_for("neck_shaft_angle_deg", "female")]
    ['women', 'all']
    >>> norms_for("version_tomczak_deg", None)
    ()
    """
    barred = {"female": "men", "male": "women", None: ""}[sex]
    return tuple(norm for norm in NORMS.get(measure, ()) if norm.group != barred)
