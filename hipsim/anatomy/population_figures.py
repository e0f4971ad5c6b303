"""What hips vary by: means, spreads and correlations of the parameters of virtual hips, by sex.

One rule chose every row, before any hip was moved: where a published CT series of at least a
hundred gives the generator's own quantity by sex, its figures are taken; else the 35 CT hips the
proportions of the virtual hips come from. No figure was chosen or tuned by what a hip does in
motion.

Two kinds of parameters: those whose correlations with all others are published are drawn together
(``SPREADS``); the rest departs on its own from what is expected of a hip of those dimensions
(:func:`hipsim.anatomy.virtual_shape.expected`), by the spread that this expectation leaves
unexplained (``DEPARTURES``). Version and neck-shaft angle come from the larger series, so that the
mean hip of a population is not the default of ``make_hip`` (35 CT hips): it has 5 to 8 degrees more
version and 1 to 5 degrees less neck-shaft angle, and with that its trochanters sit higher.

Assumed: within a sex every parameter is normally distributed, cut at the ranges the generator
states (:data:`hipsim.anatomy.virtual_shape.RANGES`); the correlations are the same in both sexes;
those measured in one series hold in the other; departures depend on nothing; no dependence on
age, body height or ethnicity.
Six women are few: their spreads are indicative only.
"""

from typing import NamedTuple

CT_HIPS = (
    "35 CT hips of 13 men and 6 women; subjects of Fischer 2023, doi 10.1038/s41597-023-02669-z"
)
CT_FEMORA = "1070 CT femora; Hartel 2016, doi 10.1371/journal.pone.0149480"


class Spread(NamedTuple):
    """Mean and standard deviation before truncation, (female, male)."""

    mean: tuple[float, float]
    sd: tuple[float, float]
    source: str


# Hartel gives quartiles of both sexes together: (117.9, 125.6) and (7.4, 20.4) degrees. Spread
# within a sex: (interquartile range / 1.349)^2 less the square of half the difference of the
# sexes. Their automatic neck, shaft and condylar axes are taken for the generator's (assumed).
# The direction of the lesser trochanter is that at the mean version: the generator itself turns
# the apex by 0.36 degrees per degree of version. Its spread is what version does not explain:
# condylar direction + 0.64 version, from SD (12.0, 13.2), (12.9, 10.5) and correlation -0.63.
SPREADS: dict[str, Spread] = {
    "head_radius_mm": Spread((21.7, 24.5), (1.1, 1.1), CT_HIPS),
    "femoral_length_mm": Spread((399.2, 427.8), (20.5, 19.7), CT_HIPS),
    "neck_shaft_angle_deg": Spread((123.0, 121.5), (5.7, 5.7), CT_FEMORA),
    "version_deg": Spread((16.4, 12.1), (9.4, 9.4), CT_FEMORA),
    "neck_length_mm": Spread((49.0, 53.9), (3.9, 4.5), CT_HIPS),
    "lesser_trochanter_reach_mm": Spread((29.4, 33.9), (1.9, 2.1), CT_HIPS),
    "lesser_trochanter_direction_deg": Spread((38.4, 29.0), (9.4, 10.4), CT_HIPS),
    "inter_hip_mm": Spread((171.8, 174.6), (12.1, 9.4), CT_HIPS),
    "inter_asis_mm": Spread((218.0, 243.0), (13.8, 15.4), CT_HIPS),
    "inter_tuberous_mm": Spread((127.2, 109.3), (9.2, 9.7), CT_HIPS),
    "neck_width_mm": Spread((30.9, 38.1), (2.4, 3.5), CT_HIPS),
    "shaft_width_mm": Spread((30.0, 34.1), (1.9, 2.4), CT_HIPS),
    "hip_bone_height_mm": Spread((206.2, 219.8), (9.8, 9.9), CT_HIPS),
    "acetabular_inclination_deg": Spread((54.9, 52.6), (5.0, 4.3), CT_HIPS),
    "acetabular_anteversion_deg": Spread((26.2, 19.4), (4.0, 4.4), CT_HIPS),
    "ischium_width_mm": Spread((22.2, 27.0), (2.2, 2.4), CT_HIPS),
}

# Departures from the expected, (female, male): published spread within the sex, less (in
# quadrature) what head radius, neck length and neck-shaft angle of the 35 hips explain by the
# rules. Published, in the order of the table: 6.8, 5.5; 2.2, 4.0 (length of the trochanter's base
# at half its height above the smooth bone); 4.3, 4.6; 5.0, 3.3; 1.8, 3.4; 0.7, 1.9; 2.8, 3.2; 10.9,
# 6.4; 3.5, 5.3; 2.7, 3.7; 3.8, 3.7. The trochanters hang on the shaft, so that their spreads round
# the head centre come out by themselves, larger where neck-shaft angles spread more. Where the
# rules explain more than is there (lateral reach of the greater trochanter in men, width of the
# knee), a spread of about a measuring error is assumed.
DEPARTURES: dict[str, Spread] = {
    "lesser_trochanter_level_mm": Spread((0.0, 0.0), (4.9, 3.1), CT_HIPS),
    "lesser_trochanter_width_mm": Spread((0.0, 0.0), (1.8, 3.8), CT_HIPS),
    "greater_trochanter_height_mm": Spread((0.0, 0.0), (1.7, 2.7), CT_HIPS),
    "greater_trochanter_lateral_mm": Spread((0.0, 0.0), (1.1, 1.1), CT_HIPS),
    "neck_before_shaft_mm": Spread((0.0, 0.0), (1.8, 3.4), CT_HIPS),
    "anterior_bow_mm": Spread((0.0, 0.0), (0.7, 1.9), CT_HIPS),
    "bicondylar_width_mm": Spread((0.0, 0.0), (1.5, 1.5), CT_HIPS),
    "inter_psis_mm": Spread((0.0, 0.0), (10.7, 6.0), CT_HIPS),
    "asis_in_front_mm": Spread((0.0, 0.0), (3.2, 5.1), CT_HIPS),
    "tuberosity_behind_mm": Spread((0.0, 0.0), (2.5, 3.6), CT_HIPS),
    "tuberosity_below_mm": Spread((0.0, 0.0), (3.5, 3.4), CT_HIPS),
}

# correlations between the subjects of CT_HIPS, means of the sexes removed (of the neck its long
# half-axis, of the ischium its short one); lower triangle, each row against the rows above it.
# Those of the direction follow from the condylar direction's (-0.08, 0.17, -0.17, -0.63, 0.00,
# -0.16, -0.01, -0.44, 0.09 for the first ten) by the same sum with version as its spread.
# fmt: off
CORRELATIONS: dict[str, tuple[float, ...]] = {
    "head_radius_mm": (),
    "femoral_length_mm": (0.58,),
    "neck_shaft_angle_deg": (-0.11, 0.28),
    "version_deg": (0.14, -0.09, -0.08),
    "neck_length_mm": (0.58, 0.44, -0.06, 0.07),
    "lesser_trochanter_reach_mm": (0.38, 0.34, -0.20, -0.17, 0.38),
    "lesser_trochanter_direction_deg": (0.00, 0.15, -0.28, -0.08, 0.05, -0.33),
    "inter_hip_mm": (0.63, 0.50, 0.26, -0.10, 0.43, 0.39, -0.09),
    "inter_asis_mm": (0.11, -0.04, -0.17, 0.08, 0.05, 0.50, -0.51, 0.01),
    "inter_tuberous_mm": (0.09, 0.40, 0.48, -0.10, 0.27, 0.13, 0.04, 0.67, -0.37),
    "neck_width_mm": (0.85, 0.52, -0.08, 0.29, 0.42, 0.43, -0.25, 0.50, 0.17, 0.02),
    "shaft_width_mm": (0.70, 0.30, -0.30, 0.46, 0.66, 0.21, -0.08, 0.35, -0.02, 0.11, 0.72),
    "hip_bone_height_mm": (
        0.57, 0.74, 0.17, -0.08, 0.35, 0.37, -0.06, 0.71, 0.11, 0.46, 0.49, 0.38,
    ),
    "acetabular_inclination_deg": (
        -0.40, -0.04, -0.06, -0.45, -0.21, -0.31, 0.43, -0.14, -0.74, 0.34, -0.37, -0.22, -0.13,
    ),
    "acetabular_anteversion_deg": (
        -0.52, 0.10, 0.40, -0.11, -0.28, 0.17, -0.29, -0.06, 0.05, 0.45, -0.29, -0.38, -0.06, 0.28,
    ),
    "ischium_width_mm": (
        0.32, -0.24, -0.42, 0.29, 0.48, 0.16, -0.16, 0.16, 0.01, -0.04, 0.34, 0.73, 0.08, -0.20,
        -0.42,
    ),
}
# fmt: on
DEGREES_OF_FREEDOM = 17  # 19 subjects less two means
LEAST_EIGENVALUE = 0.05
