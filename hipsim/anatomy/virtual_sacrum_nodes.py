"""Node table of the virtual sacrum: the right half of the mean woman's, with its middle.

Centres and radii (x, y, z, radius) in mm, set by hand after the proportions of the sacra of the
Visible Human man and woman (HuBMAP CCF 3D Reference Object Library v1.2, Browne, Schlehlein et al.,
CC BY 4.0) and hung on the published place of the promontory. Pelvic frame ``app`` of the right hip:
X anterior, Y up, Z to the right, origin at the hip joint centre; the midplane is at Z = -85.9.
"""

PROMONTORY = ((-19.7, 100.5), (-11.2, 86.2))  # x, y: female, male; raters on 35 CT hips

NODES: dict[str, tuple[float, float, float, float]] = {
    "b1": (-33.7, 97.5, -85.9, 14.5),
    "b1s": (-33.7, 97.5, -73.9, 13.5),
    "b2": (-50.7, 76.5, -85.9, 10.5),
    "b2s": (-50.7, 76.5, -74.9, 10.0),
    "b3": (-71.7, 58.5, -85.9, 8.5),
    "b3s": (-71.7, 58.5, -76.9, 8.0),
    "b4": (-81.7, 38.5, -85.9, 7.0),
    "b4s": (-81.7, 38.5, -77.9, 6.5),
    "b5": (-83.7, 20.5, -85.9, 5.5),
    "b5s": (-83.7, 20.5, -79.9, 5.0),
    "apex": (-80.7, 7.5, -85.9, 4.0),
    "m1": (-55.7, 94.5, -85.9, 12.0),
    "m2": (-69.7, 76.5, -85.9, 10.0),
    "a1": (-34.7, 91.5, -47.9, 9.0),
    "a2": (-43.7, 76.5, -38.9, 9.0),
    "a3": (-61.7, 70.5, -40.9, 11.0),
    "a4": (-75.7, 56.5, -52.9, 8.0),
    "a5": (-83.7, 34.5, -61.9, 5.0),
    "p1": (-61.7, 98.5, -55.9, 9.0),
    "facet": (-59.7, 110.5, -66.9, 5.0),
    "c1": (-75.7, 96.5, -85.9, 6.0),
    "c2": (-89.7, 76.5, -85.9, 5.0),
    "c3": (-93.7, 54.5, -85.9, 4.5),
    "c4": (-91.7, 34.5, -85.9, 4.0),
}

# balls joined to cones and slabs; between the parts the union is blended
PARTS: dict[str, str] = {
    "body": "b1-b1s-b2s b1-b2s-b2 b2-b2s-b3s b2-b3s-b3 b3-b3s-b4s b3-b4s-b4 b4-b4s-b5s b4-b5s-b5 "
    "b5-b5s-apex m1-b1-b1s m1-b2-b2s m1-m2-b2 m2-b3-b3s m2-b2-b2s",
    "ala": "b1s-a1-a2 b1s-a2-b2s b2s-a2-a3 b2s-a3-b3s b3s-a3-a4 b3s-a4-b4s b4s-a4-a5 b4s-a5-b5s",
    "back": "m1-p1-a3 p1-a1-a2 p1-a2-a3 b1s-p1-m1 b1s-a1-p1 m1-m2-a3 p1-facet c1-p1-m1 c1-p1-a3 "
    "c1-a3-m2 c1-c2-m2 c2-a3-a4 c2-a3-m2 c2-c3-a4 m2-a4-b3s c3-a4-b4s c3-a5-a4 c3-c4-a5 c3-c4-b4 "
    "c2-c3-b3 c4-b5s-a5 c4-b5-b5s c4-b4-b5 c4-a5-b4s",
}

SUBDIVISIONS: dict[str, int] = {"body": 1, "ala": 2, "back": 1}

# hollows of the anterior foramina
FORAMINA: tuple[tuple[float, float, float, float], ...] = (
    (-35.7, 73.5, -62.9, 6.5),
    (-56.7, 54.5, -66.4, 6.0),
    (-71.7, 41.5, -68.9, 5.0),
    (-77.2, 25.5, -72.4, 4.0),
)
