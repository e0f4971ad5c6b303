"""Node table of the virtual hip bone: the mean woman.

Centres and radii (x, y, z, radius) in mm, fitted by robust least squares to the four hip bones of
the Visible Human man and woman (HuBMAP CCF 3D Reference Object Library v1.2, Browne, Schlehlein et
al., CC BY 4.0) at once, each in its own place: the warp of :mod:`hipsim.anatomy.virtual_handles`
takes the table there. The lateral face of the ischium counts four times, real bone outside the
virtual one there twice as much again, because what stands out touches first. Pelvic frame ``app``:
origin hip joint centre, X anterior, Y up, Z lateral.
"""

NODES: dict[str, tuple[float, float, float, float]] = {
    "asis": (47.8, 70.5, 22.9, 5.9),
    "tub": (37.2, 85.4, 26.1, 9.0),
    "c1b": (23.9, 99.1, 35.9, 7.0),
    "c2": (6.6, 107.3, 38.8, 9.0),
    "c3": (-8.2, 122.2, 39.2, 5.7),
    "c4": (-36.2, 134.1, 14.4, 5.6),
    "c5": (-45.8, 131.9, -3.1, 7.2),
    "c6": (-69.9, 116.5, -21.8, 10.3),
    "psis": (-88.8, 85.1, -36.3, 12.3),
    "piis": (-79.1, 58.5, -37.5, 6.5),
    "w1": (19.1, 77.6, 20.4, 4.8),
    "w2": (-6.6, 92.0, 27.0, 3.4),
    "w3": (-27.6, 105.9, 11.2, 1.8),
    "w4": (-19.9, 70.7, -1.4, 3.6),
    "w5": (12.4, 55.3, 11.4, 9.6),
    "w6": (-37.4, 109.9, -14.3, 11.6),
    "w7": (-34.3, 62.1, -20.2, 16.4),
    "w8": (-1.7, 66.1, 15.5, 8.5),
    "w9": (-49.8, 77.5, -12.8, 10.5),
    "sn": (-29.9, 66.8, -14.9, 12.7),
    "aiis": (26.2, 38.9, 7.8, 6.5),
    "ib": (-5.9, 39.4, -0.7, 12.6),
    "ibp": (-24.5, 27.9, -6.2, 6.8),
    "al": (-11.0, 42.6, -13.0, 8.4),
    "q1": (0.9, 21.6, -21.9, 9.0),
    "q2": (-13.0, 1.9, -24.8, 5.4),
    "q3": (7.2, -1.5, -29.7, 6.2),
    "q4": (-12.9, -17.3, -28.0, 3.3),
    "i0": (-28.4, 9.0, -13.4, 6.7),
    "a0": (-23.7, -19.1, -9.7, 7.3),
    "a1": (-27.3, -45.6, -29.1, 3.2),
    "a2": (-33.2, -51.2, -25.2, 6.5),
    "a3": (-30.4, -41.4, -19.6, 7.4),
    "a4": (-26.4, -58.1, -34.6, 4.9),
    "b0": (-34.3, -20.2, -10.9, 7.4),
    "b1": (-43.2, -22.0, -15.3, 6.4),
    "b2": (-51.6, -34.1, -12.4, 3.6),
    "b3": (-41.7, -34.6, -17.8, 8.3),
    "b4": (-35.8, -49.7, -16.1, 9.1),
    "m1": (-30.4, -26.0, -7.0, 6.6),
    "m2": (-34.7, -41.3, -2.2, 6.0),
    "m3": (-38.9, -47.3, -19.2, 11.0),
    "isp": (-50.3, -5.4, -30.8, 2.4),
    "isu": (-41.4, -19.3, -18.4, 4.1),
    "q5": (-13.4, -10.6, -23.9, 6.6),
    "r1": (7.0, -57.6, -50.5, 1.7),
    "r1b": (-6.1, -53.1, -51.5, 8.6),
    "r0": (-16.4, -61.0, -42.6, 5.6),
    "r0b": (-12.3, -44.8, -45.4, 3.5),
    "r2": (5.6, -43.5, -68.1, 4.4),
    "r2b": (7.9, -34.6, -62.1, 2.3),
    "p5": (26.7, -34.1, -78.2, 8.3),
    "p0": (11.1, 11.1, -22.7, 12.8),
    "p1": (29.3, -6.7, -49.5, 8.0),
    "p1b": (22.4, -5.5, -52.9, 4.8),
    "p2": (22.3, -18.0, -62.2, 5.9),
    "p3": (46.5, -20.2, -82.9, 9.2),
    "p4": (28.5, -32.3, -76.9, 6.9),
    "pt": (46.4, -18.9, -71.1, 7.3),
    "p2b": (40.8, -11.9, -61.9, 5.6),
    "nch": (29.8, 59.4, 15.6, 5.1),
    "pn": (-85.8, 74.4, -36.4, 3.9),
    "w10": (-58.3, 100.3, -28.3, 14.4),
    "q6": (-33.4, 13.2, -13.2, 5.5),
    "ra": (9.7, 29.2, 0.9, 12.0),
    "rp": (-27.8, 10.1, -5.3, 11.6),
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
    "spine": "i0-isp-b0 ibp-isp-i0 isp-isu-b0 isu-b0-b1 isu-b1-a1 isu-q5-a1 q5-a1-a2 a1-b1-m1",
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
