"""Mean proportions of the hip by sex: the figures every virtual hip is built from.

Means over 35 CT hips of 13 men and 6 women, right or mirrored to the right (own measurements on
the subjects of Fischer 2023, Sci Data 10:763, doi 10.1038/s41597-023-02669-z). Figures only: no
surface of these subjects is part of the project. Six women are few; between the sexes only what
is known from the literature should be read out of the differences.

Each default of a parameter (``MEASURES``) is a mean over these hips; the width of the lesser
trochanter is read off their mean profile. Pairs are (female, male). Lengths in mm, angles in
degrees, origin at the hip joint centre, X anterior, Y up, Z lateral. The neck frame is the
condylar frame turned about Y by the version, so that the neck axis has no X. Half-widths are
half-axes of the ellipse with the same moments.
"""

SEXES = ("female", "male")

MEASURES: dict[str, tuple[float, float]] = {
    "head_radius_mm": (21.7, 24.5),
    "femoral_length_mm": (399.2, 427.8),  # hip joint centre to knee centre
    "neck_shaft_angle_deg": (127.5, 122.9),
    "version_deg": (11.2, 3.8),
    "neck_length_mm": (49.0, 53.9),  # head centre to where the neck passes the shaft axis
    "lesser_trochanter_reach_mm": (29.4, 33.9),  # apex from the proximal shaft axis
    "lesser_trochanter_direction_deg": (38.4, 29.0),  # from medial to posterior, neck frame
    "inter_hip_mm": (171.8, 174.6),  # between the hip joint centres
    "inter_asis_mm": (218.0, 243.0),
    "inter_tuberous_mm": (127.2, 109.3),  # between the centroids of the tuberosities
    "neck_width_mm": (30.9, 38.1),  # narrowest section, from above to below
    "shaft_width_mm": (30.0, 34.1),  # long axis of the section 0.225 of the length below the head
    "hip_bone_height_mm": (206.2, 219.8),
    "acetabular_inclination_deg": (54.9, 52.6),  # anatomical: rim axis to the vertical
    "acetabular_anteversion_deg": (26.2, 19.4),  # anatomical: rim axis in the transverse plane
    "ischium_width_mm": (22.2, 27.0),  # short axis of the axial section 1.5 head radii below
    "lesser_trochanter_level_mm": (52.3, 56.0),  # apex below the head centre, mechanical axis
    "lesser_trochanter_width_mm": (24.0, 27.1),  # of the mean profiles, at half their height
    "greater_trochanter_height_mm": (2.0, 4.8),  # tip above the head centre
    "greater_trochanter_lateral_mm": (59.7, 69.6),  # most lateral point, neck frame
    "neck_before_shaft_mm": (5.7, 9.2),  # neck axis in front of the proximal shaft axis
    "anterior_bow_mm": (5.7, 7.0),  # of the section centres off the chord 0.25 to 0.80
    "bicondylar_width_mm": (77.0, 87.5),
    "inter_psis_mm": (97.0, 89.0),
    "asis_in_front_mm": (50.0, 55.0),  # the anterior pelvic plane before the head centre
    # published 36.6 and 44.2; hipsim's centroid (measure_pelvis) lies 1.8 mm farther back of the
    # most posterior point than the published one on eight CT hips of the same series
    "tuberosity_behind_mm": (38.4, 46.0),
    "tuberosity_below_mm": (52.4, 54.9),
}

# mm per mm of head radius: linear rules over the same 35 hips where published, else the growth of
# the bone as a whole (the hip bone grows by 0.55 of the head's share); the rest goes its own way
PER_HEAD_RADIUS = {
    "femoral_length_mm": 10.7,
    "neck_length_mm": 1.9,
    "lesser_trochanter_reach_mm": 1.3,
    "inter_hip_mm": 4.0,
    "inter_asis_mm": 5.9,
    "neck_width_mm": 2.5,
    "shaft_width_mm": 1.45,
    "hip_bone_height_mm": 5.0,
    "ischium_width_mm": 0.56,
    "lesser_trochanter_width_mm": 1.1,
    "neck_before_shaft_mm": 0.3,
    "inter_psis_mm": 2.1,
    "asis_in_front_mm": 1.25,
    "tuberosity_behind_mm": 0.95,
    "tuberosity_below_mm": 1.3,
}
BICONDYLAR_PER_LENGTH = 0.185  # mm per mm of femoral length

NECK_MECHANICAL_EXCESS_DEG = 6.5  # neck to mechanical axis minus neck to shaft axis
ISTHMUS_PER_HEAD_RADIUS = 0.98  # head centre to narrowest neck section
RIM_FROM_CENTRE = ((24.3, -2.8), (26.9, -2.3))  # radius of the acetabular rim; along its axis
NECK_HALF_WIDTHS = ((15.5, 13.6), (19.1, 15.8))  # (up-down, front-back) for female, male

# proximal femur, neck frame: ((x, y, z) female, (x, y, z) male)
PROXIMAL_POINTS = {
    "neck_meets_shaft": ((0.0, -34.0, 35.3), (0.0, -33.9, 41.9)),
    "lesser_trochanter": ((-20.9, -52.4, 10.1), (-20.9, -56.4, 9.3)),
    "trochanter_tip": ((-10.8, 2.0, 44.5), (-13.9, 4.8, 50.1)),
    "trochanter_lateral": ((0.6, -26.8, 59.7), (-3.9, -28.9, 69.6)),
    "trochanter_anterior": ((14.0, -19.0, 32.4), (17.0, -18.2, 39.6)),
    "crest_upper": ((-24.6, -31.5, 36.9), (-29.9, -36.6, 37.0)),
    "crest_middle": ((-23.4, -41.5, 31.0), (-27.6, -46.0, 31.0)),
    "crest_lower": ((-22.6, -50.0, 23.0), (-25.7, -55.0, 22.0)),
}

# surface of the lesser trochanter: (mm along the shaft from the apex, degrees from its direction
# towards posterior, distance from the shaft axis as a share of the apex's: female, male)
TROCHANTER_PROFILE = (
    (-20.0, 0.0, (0.560, 0.616)),
    (-15.0, 0.0, (0.641, 0.735)),
    (-10.0, 0.0, (0.804, 0.890)),
    (10.0, 0.0, (0.799, 0.817)),
    (15.0, 0.0, (0.659, 0.693)),
    (0.0, -60.0, (0.689, 0.698)),
    (0.0, -30.0, (0.727, 0.737)),
    (0.0, 30.0, (0.719, 0.717)),
    (0.0, 60.0, (0.572, 0.561)),
)

# shaft sections, condylar frame: level as a share of the length from the hip joint centre to the
# knee, ((x, z, half-width front-back, half-width side to side) female, male)
SHAFT_SECTIONS = (
    (0.170, (-7.4, 27.7, 15.0, 16.1), (-5.9, 33.4, 17.3, 19.4)),
    (0.200, (-4.7, 27.9, 14.3, 14.3), (-2.8, 33.8, 16.4, 16.9)),
    (0.250, (-1.0, 27.1, 14.2, 13.3), (1.7, 32.9, 16.0, 15.5)),
    (0.300, (2.5, 25.8, 14.5, 12.6), (5.9, 31.3, 16.2, 14.9)),
    (0.400, (8.8, 22.3, 14.4, 12.0), (13.2, 27.0, 16.4, 14.4)),
    (0.500, (12.6, 18.7, 14.2, 12.0), (17.6, 22.4, 16.5, 14.2)),
    (0.600, (14.5, 15.3, 14.1, 12.4), (19.8, 18.1, 16.5, 14.5)),
    (0.700, (15.8, 12.3, 14.2, 13.9), (21.3, 14.2, 16.1, 15.7)),
    (0.800, (16.3, 9.5, 14.8, 16.6), (21.4, 10.8, 16.6, 18.4)),
    (0.850, (16.4, 8.0, 15.2, 18.4), (20.9, 9.1, 17.1, 20.2)),
    (0.900, (15.8, 6.2, 16.1, 21.3), (19.7, 7.0, 17.8, 23.8)),
    (0.940, (14.1, 4.0, 18.1, 26.9), (17.3, 4.5, 19.9, 30.6)),
    (0.970, (12.0, 2.3, 21.6, 35.3), (13.6, 2.3, 25.1, 40.7)),
)

# straight line through the shaft from 0.2 to 0.4 of the length, extended upwards: level, (x, z)
SHAFT_AXIS = (
    (0.100, (-11.1, 31.5), (-10.1, 38.3)),
    (0.200, (-4.4, 28.5), (-2.2, 34.6)),
)

# distal femur, condylar frame, y from the knee centre
DISTAL_POINTS = {
    "medial_posterior_condyle": ((-24.2, -7.6, -22.8), (-25.2, -6.7, -26.2)),
    "lateral_posterior_condyle": ((-24.2, -6.6, 24.9), (-25.2, -5.4, 28.4)),
    "medial_distal_condyle": ((2.9, -29.2, -21.3), (5.3, -30.4, -25.9)),
    "lateral_distal_condyle": ((-1.7, -25.6, 25.9), (2.1, -27.3, 29.0)),
    "medial_epicondyle": ((2.5, 0.4, -38.5), (3.3, 0.0, -43.7)),
    "lateral_epicondyle": ((-2.5, -0.4, 38.5), (-3.3, 0.0, 43.7)),
    "medial_ridge": ((35.7, -5.1, -8.5), (40.4, -5.2, -10.9)),
    "lateral_ridge": ((38.7, -0.5, 20.9), (43.4, 1.1, 25.0)),
}

# hip bone, pelvic frame (anterior pelvic plane vertical)
PELVIC_POINTS = {
    "asis": ((50.0, 73.0, 23.0), (55.0, 71.0, 34.0)),
    "aiis": ((32.0, 37.0, 9.0), (39.0, 38.0, 12.0)),
    "psis": ((-98.0, 89.0, -38.0), (-90.0, 99.0, -43.0)),
    "piis": ((-79.0, 58.0, -37.0), (-77.0, 62.0, -37.0)),
    "crest_1": ((28.0, 100.0, 39.0), (35.0, 104.0, 48.0)),
    "crest_2": ((2.0, 120.0, 40.0), (9.0, 129.0, 46.0)),
    "crest_3": ((-22.0, 131.0, 28.0), (-14.0, 144.0, 29.0)),
    "crest_4": ((-45.0, 137.0, 6.0), (-36.0, 149.0, 2.0)),
    "crest_5": ((-73.0, 126.0, -20.0), (-61.0, 137.0, -26.0)),
    "wing_centre": ((-18.0, 81.0, 7.0), (-15.0, 89.0, 8.0)),
    "pubic_tubercle": ((50.0, -17.0, -66.0), (55.0, -17.0, -68.0)),  # front of the pubic crest
    "ramus_middle": ((29.3, -8.3, -47.2), (31.0, -6.3, -49.3)),  # core of the superior ramus
    "ramus_medial": ((36.2, -18.7, -64.0), (40.5, -14.9, -66.2)),
    "symphysis": ((36.0, -28.0, -84.0), (34.0, -26.0, -85.0)),
    "ischial_spine": ((-51.0, -4.0, -30.0), (-58.0, 5.0, -38.0)),
    "greater_notch": ((-36.0, 32.0, -13.0), (-37.0, 40.0, -16.0)),
    "lesser_notch": ((-47.0, -22.0, -17.0), (-52.0, -14.0, -26.0)),
    "tuberosity_inferior": ((-26.4, -66.3, -29.3), (-32.0, -67.9, -43.8)),
    "foramen": ((2.8, -27.3, -41.5), (1.3, -26.4, -46.0)),
}
TUBEROSITY_CENTROID = ((-38.4, -52.4, -22.3), (-46.0, -54.9, -32.7))
SYMPHYSIS_GAP_HALF_MM = 2.0

# foramen, seen where it is largest: direction of its long axis, direction of sight, half-axes
FORAMEN_LONG_AXIS = ((0.766, 0.507, -0.382), (0.812, 0.538, -0.145))
FORAMEN_SIGHT = ((0.625, -0.486, 0.599), (0.500, -0.580, 0.626))
FORAMEN_HALF_AXES = ((25.5, 17.2), (26.9, 17.4))

# ischium, axial sections: level in head radii below the hip joint centre, ((x, z, long half-axis,
# short half-axis, direction of the long axis from X towards Z in degrees) female, male)
ISCHIUM_SECTIONS = (
    (0.90, (-26.8, -17.2, 22.0, 13.1, -6.0), (-34.6, -23.3, 22.1, 13.6, -7.0)),
    (1.10, (-30.4, -16.9, 20.1, 11.7, -16.0), (-38.0, -24.0, 20.0, 12.9, -17.0)),
    (1.30, (-32.5, -16.4, 18.9, 11.2, -22.0), (-39.4, -24.7, 19.4, 13.1, -20.0)),
    (1.50, (-33.4, -16.3, 18.2, 11.1, -26.0), (-40.1, -25.9, 19.3, 13.5, -20.0)),
)
# most lateral point of the ischium: level as above, ((x, z) female, (x, z) male)
ISCHIUM_LATERAL = (
    (1.75, (-38.0, -3.9), (-43.0, -12.5)),
    (2.00, (-37.0, -4.9), (-44.0, -14.6)),
    (2.25, (-37.0, -6.8), (-43.0, -18.8)),
)
# rays from the hip joint centre: direction, (first bone, first exit from bone) female and male
SOCKET_RAYS = (
    ((0.0, 0.0, -1.0), (26.9, 32.4), (30.6, 35.2)),
    ((-1.0, 0.0, 0.0), (23.1, 32.7), (26.1, 33.6)),
    ((0.0, 1.0, 0.0), (23.9, 60.2), (26.7, 67.5)),
    ((-1.0, 0.0, -1.0), (25.5, 37.2), (26.8, 47.4)),
    ((1.0, 0.0, -1.0), (24.5, 39.1), (26.5, 45.5)),
    ((0.0, 1.0, -1.0), (26.0, 36.6), (29.0, 41.9)),
    ((-1.0, 1.0, 0.0), (23.5, 41.2), (26.2, 43.7)),
    ((1.0, 1.0, 0.0), (24.2, 30.3), (26.4, 36.5)),
)
SOCKET_OVER_HEAD_MM = 1.8  # acetabular radius of the bone minus head radius
