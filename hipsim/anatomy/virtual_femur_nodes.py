"""Node table of the virtual femur: the mean woman.

Centres and radii (x, y, z, radius) in mm, fitted by robust least squares to the right femur
of the Visible Human man and woman (HuBMAP CCF 3D Reference Object Library v1.2, Browne, Schlehlein
et al., CC BY 4.0), after both were brought to the proportions of the mean woman by the warp of
:mod:`hipsim.anatomy.virtual_handles`. Condylar frame: origin
hip joint centre, X anterior, Y towards it from the knee, Z lateral.
"""

NODES: dict[str, tuple[float, float, float, float]] = {
    "hb": (0.3, -4.6, 7.3, 12.6),
    "ns1": (-1.8, -13.3, 18.0, 10.5),
    "ni1": (-5.0, -16.7, 17.1, 12.7),
    "ns2": (-2.8, -17.9, 34.5, 9.0),
    "ni2": (-5.3, -40.0, 18.3, 12.2),
    "s0": (-11.2, -53.4, 30.8, 11.1),
    "s1": (-7.6, -71.3, 29.6, 11.6),
    "s2": (0.1, -93.6, 25.5, 9.8),
    "s3": (7.4, -130.2, 24.7, 11.9),
    "s4": (14.1, -190.6, 19.2, 12.0),
    "s5": (16.8, -253.3, 14.8, 12.2),
    "s6": (17.8, -314.8, 6.3, 13.4),
    "s7": (16.5, -340.2, 9.2, 14.2),
    "g0": (-12.9, -30.8, 37.5, 11.2),
    "gua": (-5.6, -5.4, 49.4, 3.6),
    "gum": (-13.7, -2.1, 46.1, 3.4),
    "gup": (-20.4, -2.6, 41.4, 3.6),
    "gma": (-5.2, -21.9, 50.4, 3.1),
    "gmm": (-10.9, -21.3, 56.2, 6.5),
    "gmp": (-22.9, -18.0, 47.0, 5.1),
    "gda": (-5.1, -37.0, 47.0, 6.5),
    "gdm": (-11.8, -36.1, 47.3, 6.9),
    "gdp": (-21.3, -35.7, 39.2, 7.3),
    "gu0": (-16.1, -15.3, 44.5, 6.0),
    "gu1": (-5.4, -10.1, 40.7, 6.5),
    "gd0": (-10.4, -42.5, 36.6, 9.2),
    "c00": (-25.4, -2.0, 36.8, 5.8),
    "c4": (-16.8, -48.0, 18.3, 6.8),
    "c0": (-26.7, -9.8, 39.7, 5.0),
    "c1": (-26.6, -23.8, 36.1, 6.4),
    "c2": (-20.3, -39.0, 29.4, 8.8),
    "c2b": (-17.2, -45.9, 22.5, 8.9),
    "c3": (-16.3, -49.7, 17.3, 8.5),
    "l0": (-4.8, -52.0, 26.0, 10.7),
    "l1": (-20.2, -49.7, 8.5, 6.9),
    "l1d": (-17.2, -59.4, 15.6, 7.1),
    "l2": (-2.8, -66.1, 23.2, 9.1),
    "l3": (-2.3, -82.0, 25.2, 8.0),
    "a1": (-9.4, -78.7, 31.6, 9.8),
    "a2": (0.5, -124.2, 27.6, 10.0),
    "a3": (2.9, -187.4, 18.8, 4.1),
    "a4": (7.8, -250.9, 14.4, 5.8),
    "a5": (12.5, -310.7, 16.6, 9.9),
    "gf": (23.1, -402.4, 6.0, 7.8),
    "ga": (10.9, -409.1, 5.0, 9.2),
    "tr": (16.2, -390.7, -4.3, 12.7),
    "ms": (13.2, -385.2, -14.7, 11.1),
    "ls": (14.6, -382.2, 13.7, 15.3),
    "mfo": (20.7, -400.2, -16.6, 8.8),
    "mfi": (27.3, -400.4, -6.6, 9.7),
    "mao": (16.9, -413.1, -19.3, 10.2),
    "mai": (19.6, -412.2, -10.3, 10.7),
    "mdo": (7.9, -420.0, -21.0, 10.9),
    "mdi": (8.0, -419.8, -12.8, 10.7),
    "mqo": (-6.6, -419.5, -23.6, 10.5),
    "mqi": (-7.1, -419.5, -16.2, 9.8),
    "mpo": (-18.1, -408.9, -26.6, 9.8),
    "mpi": (-17.1, -407.9, -19.5, 9.1),
    "mbo": (-10.4, -396.7, -23.8, 7.7),
    "mbi": (-9.5, -396.4, -20.0, 7.9),
    "me": (3.7, -396.5, -27.0, 11.0),
    "mc": (4.4, -401.1, -18.2, 9.4),
    "lfo": (25.6, -397.8, 23.2, 8.0),
    "lfi": (30.5, -398.8, 18.5, 9.7),
    "lao": (15.2, -411.1, 24.7, 8.2),
    "lai": (18.4, -411.0, 18.7, 10.2),
    "ldo": (1.2, -417.0, 27.2, 9.0),
    "ldi": (2.5, -416.0, 20.8, 10.4),
    "lqo": (-13.1, -417.4, 29.7, 9.7),
    "lqi": (-9.9, -415.2, 20.7, 10.0),
    "lpo": (-19.0, -406.7, 27.8, 9.5),
    "lpi": (-14.9, -405.7, 17.2, 9.2),
    "lbo": (-8.9, -394.5, 24.4, 8.9),
    "lbi": (-7.6, -395.6, 16.3, 8.6),
    "le": (-1.2, -398.6, 27.2, 9.0),
    "lc": (3.1, -399.4, 17.4, 10.8),
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
