"""Node table of the virtual hip bone: the mean woman.

Centres and radii (x, y, z, radius) in mm, fitted by robust least squares to the four hip bones of
the Visible Human man and woman (HuBMAP CCF 3D Reference Object Library v1.2, Browne, Schlehlein et
al., CC BY 4.0) at once, each in its own place: the warp of :mod:`hipsim.anatomy.virtual_handles`
takes the table there. Each node is drawn towards the middle of its neighbours, its radius towards
their mean, so that the bone has no beads; what fairing (:mod:`hipsim.geometry.fairing`) takes off
the surface is added before. The lateral face of the ischium counts four times, real bone outside
the virtual one there twice as much again, and it stands 0.4 mm proud, because what stands out
touches first; the spine counts four times too. Pelvic frame ``app``: origin hip joint centre, X
anterior, Y up, Z lateral.
"""

NODES: dict[str, tuple[float, float, float, float]] = {
    "asis": (47.2, 71.3, 23.7, 6.0),
    "tub": (39.9, 83.9, 25.3, 7.9),
    "c1b": (25.0, 97.9, 35.1, 7.5),
    "c2": (6.4, 108.8, 39.9, 8.2),
    "c3": (-8.3, 121.7, 38.3, 5.7),
    "c4": (-31.8, 133.5, 19.2, 5.1),
    "c5": (-44.3, 133.0, -0.5, 6.8),
    "c6": (-66.0, 118.7, -19.4, 11.0),
    "psis": (-96.1, 84.4, -38.6, 8.9),
    "piis": (-39.9, 66.4, -20.8, 14.5),
    "w1": (16.6, 79.2, 21.9, 5.5),
    "w2": (-8.2, 90.6, 25.7, 2.7),
    "w3": (-31.0, 104.7, 7.0, 2.7),
    "w4": (-19.6, 70.2, -2.7, 5.5),
    "w5": (17.3, 55.8, 11.3, 8.4),
    "w6": (-39.8, 111.3, -15.5, 11.7),
    "w7": (-32.1, 83.6, -10.9, 11.7),
    "w8": (0.0, 62.9, 13.0, 8.5),
    "w9": (-53.9, 83.3, -16.7, 11.7),
    "sn": (-18.7, 51.6, -7.8, 12.5),
    "aiis": (24.5, 36.1, 7.1, 6.1),
    "ib": (-11.5, 19.1, -9.3, 18.0),
    "ibp": (-28.2, 5.4, -15.9, 11.3),
    "al": (-20.2, 14.5, -13.9, 12.2),
    "q1": (-8.2, 8.9, -16.9, 13.4),
    "q2": (-22.3, -4.2, -20.4, 7.1),
    "q3": (0.7, -0.8, -26.3, 9.1),
    "q4": (-8.0, -12.7, -29.3, 4.3),
    "i0": (-21.2, -2.5, -14.1, 12.6),
    "a0": (-19.2, -10.3, -16.7, 8.8),
    "a1": (-27.7, -19.9, -14.2, 9.0),
    "a2": (-23.6, -31.7, -24.0, 6.8),
    "a3": (-31.3, -42.4, -21.1, 6.7),
    "a4": (-30.9, -47.6, -22.2, 7.4),
    "b0": (-29.6, -9.8, -14.8, 7.4),
    "b1": (-40.9, -20.4, -14.7, 7.3),
    "b2": (-52.3, -31.7, -13.8, 3.5),
    "b3": (-43.1, -40.3, -15.6, 7.5),
    "b4": (-34.6, -48.2, -18.1, 10.4),
    "m1": (-32.7, -17.8, -11.9, 9.2),
    "m2": (-29.3, -27.9, -5.6, 6.6),
    "m3": (-36.9, -40.2, -3.7, 6.2),
    "isp": (-49.5, -2.8, -27.0, 4.2),
    "isu": (-33.4, -11.0, -22.8, 5.0),
    "q5": (-18.8, -17.6, -22.4, 6.6),
    "r1": (-16.5, -60.1, -40.9, 5.1),
    "r1b": (-9.7, -46.0, -48.5, 4.2),
    "r0": (-28.2, -56.2, -28.1, 8.3),
    "r0b": (-21.0, -42.8, -33.5, 5.2),
    "r2": (-1.4, -58.2, -49.0, 4.6),
    "r2b": (-0.1, -45.0, -56.4, 4.8),
    "p5": (1.7, -50.1, -57.6, 4.4),
    "p0": (3.6, 14.3, -15.8, 16.0),
    "p1": (30.2, -6.1, -49.8, 7.7),
    "p1b": (19.7, -15.9, -62.1, 5.0),
    "p2": (10.7, -32.0, -63.8, 2.9),
    "p3": (15.6, -38.6, -74.5, 6.7),
    "p4": (-1.0, -48.6, -57.8, 4.6),
    "pt": (46.2, -23.0, -85.7, 11.1),
    "p2b": (45.3, -15.7, -67.8, 6.5),
    "nch": (31.6, 57.5, 14.0, 5.2),
    "pn": (-72.7, 60.3, -32.3, 7.2),
    "w10": (-59.5, 99.8, -29.2, 13.5),
    "q6": (-29.2, 11.6, -16.0, 8.6),
    "ra": (6.1, 24.7, -6.7, 14.4),
    "rp": (-19.0, 8.1, -9.9, 17.4),
    "im": (-34.7, -27.5, -18.5, 6.5),
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
        "ibp-q6-isp ibp-q6-sn i0-q2-q5 i0-q5-a0 ib-sn-ibp ib-ra ra-p0 aiis-ra ib-ibp-rp "
        "ibp-i0-rp"
    ),
    "ischium": (
        "i0-a0-b0 a0-m1-b0 b0-m1-b1 a0-a1-m1 a1-m2-m1 m1-m2-b1 b1-m2-b2 a1-a2-m2 a2-m3-m2 "
        "m2-m3-b2 b2-m3-b3 a2-a3-m3 m3-b4-b3 a3-b4-m3 a3-a4-b4"
    ),
    "spine": (
        "i0-isp-b0 ibp-isp-i0 isp-isu-b0 isu-b0-b1 isu-q5-a1 q5-a1-a2 a1-b1-m1 isu-b1-im "
        "isu-im-a1 im-a1-a2 im-b1-b3 im-b3-a3 im-a2-a3"
    ),
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
