"""What hips vary by: means, spreads and correlations of the parameters of virtual hips, by sex.

One rule chose every row, before any hip was moved: where a published CT series of at least a
hundred gives the generator's own quantity by sex, its figures are taken; else the 35 CT hips the
proportions of the virtual hips come from. No figure was chosen or tuned by what a hip does in
motion.

Assumed: within a sex every parameter is normally distributed, cut at the ranges the generator
states (:data:`hipsim.anatomy.virtual_shape.RANGES`); the correlations are the same in both sexes;
those measured in one series hold in the other; no dependence on age, body height or ethnicity.
Six women are few: their spreads are indicative only.
"""

from typing import NamedTuple

CT_HIPS = (
    "35 CT hips of 13 men and 6 women; subjects of Fischer 2023, doi 10.1038/s41597-023-02669-z"
)
CT_FEMORA = "1070 CT femora; Hartel 2016, doi 10.1371/journal.pone.0149480"


class Spread(NamedTuple):
    """Mean and standard deviation of a parameter before truncation, (female, male)."""

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
}

# correlations between the subjects of CT_HIPS, means of the sexes removed; lower triangle, each
# row against the rows above it. Those of the direction follow from the condylar direction's
# (-0.08, 0.17, -0.17, -0.63, 0.00, -0.16, -0.01, -0.44, 0.09 in the order of the table) by the
# same sum with version as its spread.
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
}
DEGREES_OF_FREEDOM = 17  # 19 subjects less two means
LEAST_EIGENVALUE = 0.05
