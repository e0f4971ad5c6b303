"""Node table of the virtual hip bone: the mean woman.

Centres and radii (x, y, z, radius) in mm, fitted by robust least squares to the right hip bone
of the Visible Human man and woman (HuBMAP CCF 3D Reference Object Library v1.2, Browne, Schlehlein
et al., CC BY 4.0), after both were brought to the proportions of the mean woman by the warp of
:mod:`hipsim.anatomy.virtual_handles`. Pelvic frame
``app``: origin hip joint centre, X anterior, Y up, Z lateral.
"""

NODES: dict[str, tuple[float, float, float, float]] = {
    "asis": (48.2, 72.3, 24.4, 6.3),
    "tub": (34.9, 87.7, 29.7, 8.3),
    "c1b": (21.4, 99.6, 34.0, 7.0),
    "c2": (5.6, 109.3, 40.3, 8.6),
    "c3": (-17.7, 125.9, 31.0, 5.3),
    "c4": (-33.8, 131.4, 15.5, 5.3),
    "c5": (-50.3, 133.6, -8.7, 7.7),
    "c6": (-72.0, 112.4, -24.4, 10.6),
    "psis": (-91.0, 86.7, -37.4, 10.7),
    "piis": (-74.0, 60.3, -35.8, 7.4),
    "w1": (18.9, 75.6, 20.2, 4.0),
    "w2": (-7.0, 89.8, 25.0, 2.4),
    "w3": (-26.2, 106.9, 10.9, 2.3),
    "w4": (-19.6, 67.9, -2.4, 5.9),
    "w5": (10.6, 52.8, 10.6, 8.2),
    "w6": (-36.3, 103.4, -15.3, 13.1),
    "w7": (-33.6, 64.6, -17.8, 17.1),
    "w8": (-3.8, 62.7, 10.9, 7.2),
    "w9": (-50.8, 82.3, -11.4, 8.5),
    "sn": (-26.7, 60.3, -10.9, 11.1),
    "aiis": (25.6, 37.7, 8.3, 5.8),
    "ib": (-6.2, 34.0, -4.2, 13.9),
    "ibp": (-23.2, 24.4, -7.1, 9.3),
    "al": (-14.7, 32.6, -16.4, 6.6),
    "q1": (-2.0, 14.8, -21.9, 8.4),
    "q2": (-10.1, -2.7, -22.2, 5.7),
    "q3": (8.4, -2.9, -27.6, 8.6),
    "q4": (-6.7, -13.7, -27.4, 4.6),
    "i0": (-24.2, 1.2, -12.6, 9.4),
    "a0": (-20.4, -10.5, -13.9, 9.6),
    "a1": (-23.1, -22.8, -19.0, 7.2),
    "a2": (-24.1, -33.8, -27.5, 4.8),
    "a3": (-26.9, -41.5, -26.6, 5.2),
    "a4": (-25.7, -56.9, -35.7, 4.3),
    "b0": (-33.6, -12.0, -12.8, 7.2),
    "b1": (-42.3, -23.5, -16.2, 6.5),
    "b2": (-46.9, -31.8, -15.7, 7.5),
    "b3": (-36.7, -39.3, -12.5, 11.4),
    "b4": (-32.9, -57.7, -23.3, 6.0),
    "m1": (-31.4, -22.7, -11.3, 10.5),
    "m2": (-35.3, -35.8, -10.4, 11.3),
    "m3": (-36.5, -46.2, -17.7, 11.6),
    "isp": (-51.3, -8.0, -27.5, 3.0),
    "isu": (-38.5, -15.0, -19.7, 3.6),
    "q5": (-13.3, -17.8, -23.1, 4.9),
    "r1": (1.7, -51.5, -55.9, 4.0),
    "r1b": (-1.9, -46.4, -56.9, 4.8),
    "r0": (-13.0, -60.9, -43.8, 4.4),
    "r0b": (-15.0, -42.3, -42.9, 3.0),
    "r2": (11.1, -40.1, -71.1, 5.1),
    "r2b": (12.4, -29.7, -64.3, 2.9),
    "p5": (24.7, -36.5, -77.1, 6.8),
    "p0": (12.8, 10.0, -22.6, 11.4),
    "p1": (21.7, -1.6, -37.9, 9.6),
    "p1b": (23.0, -4.6, -49.9, 5.2),
    "p2": (23.8, -14.3, -56.8, 4.8),
    "p3": (43.6, -21.1, -78.3, 9.7),
    "p4": (29.2, -31.2, -75.6, 5.9),
    "pt": (45.8, -20.4, -67.7, 7.2),
    "p2b": (36.0, -12.6, -56.8, 6.1),
    "nch": (30.1, 55.4, 17.1, 5.0),
    "pn": (-85.3, 73.9, -35.6, 3.2),
    "w10": (-59.5, 98.3, -26.4, 13.3),
    "q6": (-32.4, 5.9, -17.2, 6.2),
    "ra": (13.3, 20.1, -1.5, 5.7),
    "rp": (-28.8, 10.5, 1.9, 7.4),
}

# balls joined to cones and slabs; between the parts the union is blended
PARTS: dict[str, str] = {
    "wing": (
        "asis-tub-w1 tub-c1b-w1 c1b-c2-w2 c1b-w1-w2 c2-c3-w2 c3-w3-w2 c3-c4-w3 c4-c5-w3 "
        "c5-w3-w6 c5-c6-w6 c6-psis-w10 c6-w10-w6 psis-w9-w10 w6-w10-w9 w6-w9-w7 psis-pn-w9 "
        "pn-piis-w9 piis-w9-w7 w3-w6-w7 w3-w7-w4 w2-w3-w4 w8-w2-w4 w1-w8-w2 w5-w1-w8 "
        "asis-w5-w1 asis-nch-w5 nch-aiis-w5 w5-ib-aiis w5-ib-w8 w8-ib-w4 w4-ib-sn w4-w7-sn "
        "w7-piis-sn"
    ),
    "body": (
        "ib-ibp-i0 ib-ibp-al ib-al-q1 ibp-al-sn al-q1-q2 ibp-q2-i0 al-ibp-q2 ib-q1-p0 "
        "q1-q2-q3 q1-q3-p0 q2-q4-q3 q2-q4-q5 al-q6-q2 q6-isp-q2 q2-isp-isu q2-isu-q5 sn-q6-al "
        "ibp-q6-isp ibp-q6-sn i0-q2-q5 i0-q5-a0  ib-sn-ibp ib-ra ra-p0 aiis-ra i0-rp ib-rp"
    ),
    "ischium": (
        "i0-a0-b0 a0-m1-b0 b0-m1-b1 a0-a1-m1 a1-m2-m1 m1-m2-b1 b1-m2-b2 a1-a2-m2 a2-m3-m2 "
        "m2-m3-b2 b2-m3-b3 a2-a3-m3 m3-b4-b3 a3-b4-m3 a3-a4-b4"
    ),
    "spine": "i0-isp-b0 ibp-isp-i0 isp-isu-b0 isu-b0-b1 isu-b1-a1 isu-q5-a1 q5-a1-a2",
    "lower_ramus": (
        "b4-a4-r0 a4-r0-r0b a3-a4-r0b a3-b4-a4 r0-r1-r0b r0b-r1-r1b r1-r1b-r2 r1b-r2-r2b "
        "r2-r2b-p5 r2b-p5-p4"
    ),
    "pubis": ("p0-p1 p1-p1b p1b-p2-p2b p2-p3-pt p2-p2b-pt p2-p3-p4 p1-p1b-p2b p3-p4-p5 r2b-p4-p2"),
}

# how often a part is subdivided; the others stay as they are
SUBDIVISIONS: dict[str, int] = {
    "wing": 2,
    "body": 2,
    "ischium": 2,
    "spine": 1,
    "lower_ramus": 2,
    "pubis": 2,
}

# the socket is carved: a cup is added (ball, cut by the plane of the rim), the ball of the socket
# and the smaller one of the acetabular fossa are taken out; x, y, z, radius for head radius 21.7
CUP_BALL = (0.3, 3.7, -1.6, 30.0)
RIM_POINT = (-0.72, 1.15, -1.47)
RIM_NORMAL = (0.362, -0.574, 0.735)
FOSSA_BALL = (1.7, -15.5, -16.5, 10.0)
