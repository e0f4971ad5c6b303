"""Node table of the virtual femur: the mean woman.

Centres and radii (x, y, z, radius) in mm, fitted by robust least squares to the right femora of the
Visible Human man and woman (HuBMAP CCF 3D Reference Object Library v1.2, Browne, Schlehlein et al.,
CC BY 4.0) at once, each in its own place: the warp of :mod:`hipsim.anatomy.virtual_handles` takes
the table there. The lesser trochanter and the intertrochanteric crest count two to four times, real
bone outside the virtual one there twice as much again, because what stands out touches first.
Condylar frame: origin hip joint centre, X anterior, Y towards it from the knee, Z lateral.
"""

NODES: dict[str, tuple[float, float, float, float]] = {
    "hb": (2.4, -0.6, 5.2, 13.9),
    "ns1": (1.6, -10.8, 17.8, 7.5),
    "ni1": (-4.6, -11.8, 14.6, 11.6),
    "ns2": (-5.8, -22.0, 35.8, 11.0),
    "ni2": (-4.5, -41.4, 19.1, 13.0),
    "s0": (-11.8, -56.3, 31.4, 11.5),
    "s1": (-6.5, -70.5, 30.0, 12.4),
    "s2": (0.7, -97.7, 25.9, 11.1),
    "s3": (8.2, -141.9, 23.8, 13.2),
    "s4": (14.6, -208.5, 17.4, 12.8),
    "s5": (18.2, -278.0, 13.0, 13.2),
    "s6": (18.6, -340.2, -5.1, 8.6),
    "s7": (16.1, -342.3, 10.6, 14.8),
    "g0": (-15.5, -32.9, 32.8, 10.6),
    "gua": (1.7, -4.2, 48.2, 2.0),
    "gum": (-14.6, -6.1, 47.4, 6.6),
    "gup": (-25.2, -1.1, 33.4, 4.6),
    "gma": (-5.4, -22.9, 45.3, 5.6),
    "gmm": (-11.6, -26.0, 56.9, 8.0),
    "gmp": (-23.7, -18.3, 44.1, 4.7),
    "gda": (-4.2, -32.8, 46.6, 8.3),
    "gdm": (-15.3, -35.4, 46.7, 8.1),
    "gdp": (-23.2, -33.2, 34.4, 9.5),
    "gu0": (-19.3, -17.7, 46.3, 5.4),
    "gu1": (0.3, -11.6, 35.5, 8.7),
    "gd0": (-7.1, -42.7, 36.8, 10.0),
    "c00": (-31.1, -5.2, 37.3, 4.6),
    "c4": (-24.3, -49.4, 11.2, 2.0),
    "c0": (-28.5, -14.3, 35.3, 1.7),
    "c1": (-28.0, -27.4, 32.3, 4.5),
    "c2": (-21.4, -43.4, 26.5, 5.8),
    "c2b": (-19.1, -50.6, 15.0, 6.9),
    "c3": (-22.5, -51.7, 10.4, 2.9),
    "l0": (-4.3, -49.9, 24.4, 8.8),
    "l1": (-22.1, -50.2, 5.3, 6.5),
    "l1d": (-10.3, -68.2, 23.4, 8.2),
    "l2": (-0.2, -55.2, 20.7, 8.4),
    "l3": (-2.3, -79.4, 24.8, 8.8),
    "a1": (-13.4, -73.6, 31.7, 8.1),
    "a2": (0.8, -117.5, 29.6, 10.8),
    "a3": (-1.0, -183.9, 17.9, 1.8),
    "a4": (11.0, -247.8, 16.4, 7.8),
    "a5": (14.9, -308.8, 12.8, 14.6),
    "gf": (23.1, -399.8, 5.7, 9.8),
    "ga": (11.3, -407.5, 3.8, 10.0),
    "tr": (17.2, -390.0, -7.0, 12.8),
    "ms": (13.9, -384.4, -14.5, 11.6),
    "ls": (15.2, -380.2, 13.2, 15.7),
    "mfo": (19.7, -400.2, -14.9, 10.3),
    "mfi": (27.9, -399.5, -4.9, 10.8),
    "mao": (16.6, -412.5, -17.4, 11.0),
    "mai": (20.0, -410.9, -11.7, 10.9),
    "mdo": (8.3, -419.4, -20.7, 11.5),
    "mdi": (7.9, -418.1, -11.9, 10.8),
    "mqo": (-6.3, -418.7, -24.3, 11.1),
    "mqi": (-6.8, -419.4, -15.9, 9.5),
    "mpo": (-17.9, -408.5, -26.1, 10.5),
    "mpi": (-17.6, -408.5, -18.9, 9.0),
    "mbo": (-11.3, -400.6, -22.7, 8.6),
    "mbi": (-11.0, -398.4, -19.5, 7.9),
    "me": (4.4, -397.6, -26.3, 12.6),
    "mc": (4.1, -401.8, -20.9, 9.3),
    "lfo": (28.4, -397.3, 19.9, 9.4),
    "lfi": (29.6, -398.3, 18.8, 9.6),
    "lao": (16.7, -412.0, 23.4, 9.3),
    "lai": (18.3, -410.3, 20.2, 10.5),
    "ldo": (1.5, -417.1, 26.0, 9.3),
    "ldi": (2.3, -413.6, 20.2, 10.8),
    "lqo": (-15.3, -416.3, 30.0, 10.1),
    "lqi": (-9.9, -412.6, 20.2, 11.0),
    "lpo": (-19.0, -404.7, 27.1, 10.1),
    "lpi": (-15.0, -402.8, 16.6, 10.8),
    "lbo": (-5.4, -394.5, 23.9, 10.0),
    "lbi": (-4.1, -396.8, 16.9, 8.9),
    "le": (0.5, -397.7, 26.5, 10.6),
    "lc": (1.5, -397.8, 16.1, 12.2),
}

# balls joined to cones and slabs; between the parts the union is blended
PARTS: dict[str, str] = {
    "neck": "hb-ns1-ni1 ns1-ni1-ns2 ni1-ns2-ni2 ns2-ni2-s0 ns2-g0-s0",
    "shaft": "s0-s1 s1-s2 s2-s3 s3-s4 s4-s5 s5-s6 s6-s7 s7-tr",
    "greater_trochanter": (
        "gua-gum-gma gum-gmm-gma gum-gup-gmm gup-gmp-gmm gma-gmm-gda gmm-gdm-gda gmm-gmp-gdm "
        "gmp-gdp-gdm"
    ),
    "trochanteric_core": "g0-gu0-gd0 g0-gu1-gu0 g0-gd0-s0 gd0-s1 ns2-gu1-g0",
    "crest": (
        "c00-c0-gu0 c0-c1-gu0 c1-g0-gu0 c1-c2-g0 c2-c2b-g0 c2b-s0-g0 c2b-c3-s0 c3-l0-s0 c3-c4-l0"
    ),
    "lesser_trochanter": "l0-l1-l1d l0-l1d-l2 l2-l3 l3-s2",
    "linea_aspera": "l3-a1 a1-a2 a2-a3 a3-a4 a4-a5 a5-s7",
    "metaphysis": ("s7-ms-tr s7-ls-tr ms-tr-mc ls-tr-lc ms-me ls-le ms-mbi ls-lbi ms-mbo ls-lbo"),
    "trochlea": (
        "mfi-gf-tr lfi-gf-tr mfi-mai-gf mai-ga-gf lfi-lai-gf lai-ga-gf ga-tr ms-mfo-mfi "
        "ls-lfo-lfi ms-mfi-tr ls-lfi-tr"
    ),
    "medial_condyle": (
        "me-mfo-mao mc-mfi-mai mfo-mfi-mao mfi-mai-mao me-mao-mdo mc-mai-mdi mao-mai-mdo "
        "mai-mdi-mdo me-mdo-mqo mc-mdi-mqi mdo-mdi-mqo mdi-mqi-mqo me-mqo-mpo mc-mqi-mpi "
        "mqo-mqi-mpo mqi-mpi-mpo me-mpo-mbo mc-mpi-mbi mpo-mpi-mbo mpi-mbi-mbo me-mbo-mfo "
        "mc-mbi-mfi mbo-mbi-mfo mbi-mfi-mfo"
    ),
    "lateral_condyle": (
        "le-lfo-lao lc-lfi-lai lfo-lfi-lao lfi-lai-lao le-lao-ldo lc-lai-ldi lao-lai-ldo "
        "lai-ldi-ldo le-ldo-lqo lc-ldi-lqi ldo-ldi-lqo ldi-lqi-lqo le-lqo-lpo lc-lqi-lpi "
        "lqo-lqi-lpo lqi-lpi-lpo le-lpo-lbo lc-lpi-lbi lpo-lpi-lbo lpi-lbi-lbo le-lbo-lfo "
        "lc-lbi-lfi lbo-lbi-lfo lbi-lfi-lfo"
    ),
}

# how often a part is subdivided; the others stay as they are
SUBDIVISIONS: dict[str, int] = {
    "neck": 2,
    "shaft": 2,
    "greater_trochanter": 2,
    "trochanteric_core": 1,
    "crest": 2,
    "lesser_trochanter": 2,
    "linea_aspera": 2,
    "metaphysis": 1,
    "trochlea": 2,
    "medial_condyle": 2,
    "lateral_condyle": 2,
}
