"""Find the knee end of a femur: posterior condyles, epicondyles and with them the condylar frame.

The posterior condyles are where the bone touches a plane behind it. The epicondyles are ends of a
line that no flat surface shows well (five raters scatter by 5.4 mm on the medial and 3.3 mm on the
lateral one), so two things are averaged. What is seen: the bone's most prominent places along the
direction in which the transepicondylar line is published to lie, 5.2 deg externally rotated from
the posterior condylar line. Looked for across the condylar line itself, the medial prominence is
found up to 10 mm too far back, on the posterior flank. What is known: that angle itself, whose
spread between people (SD 1.6 deg) is no larger than the error of the place seen (about 2 deg).

Every place is the centre of a cap (:mod:`hipsim.geometry.cap`) moved out to its contact plane, so
it does not jump between vertices.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import ConvexHull

from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, BoolArray, Side
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.cap import contact_point
from hipsim.geometry.section import section

CONDYLAR_SHARE = 0.10  # of the length, from the distal end: where condyles and epicondyles are
CONDYLE_CAP_MM2 = 100.0
EPICONDYLE_CAP_MM2 = 200.0
EPICONDYLAR_ANGLE_DEG = 5.2  # externally rotated from the condylar line (100 patients, SD 1.6)
WEIGHT_OF_PUBLISHED_ANGLE = 0.5  # SD 1.6 deg of people against about 2 deg of the place seen
_STEADY_MM = 1e-5
_ROUNDS = 60
_BACK = np.array([-1.0, 0.0, 0.0])
_OUT = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, eq=False)
class Knee:
    """The knee end of a femur.

    Attributes
    ----------
    side
        Side of the femur by its shape.
    scan_from_femur
        Condylar frame (4, 4), origin at the hip joint centre.
    points
        Epicondyles and posterior condyles by landmark name, shape (3,), scan frame, mm.
    others
        The same points by other estimators: landmark name to estimator to point.
    """

    side: Side
    scan_from_femur: Array
    points: dict[str, Array]
    others: dict[str, dict[str, Array]] = field(default_factory=dict)


def find_knee(femur: Mesh, centre: Array, distal_tip: Array) -> Knee:
    """Find condyles and epicondyles, turning the frame until both settle.

    Parameters
    ----------
    femur
        Closed mesh of a whole femur, scan frame, mm.
    centre
        Hip joint centre, shape (3,).
    distal_tip
        About where the bone ends at the knee, shape (3,).

    Raises
    ------
    AnatomyError
        If the bone has no condyles there.
    """
    up = rigid.unit(centre - distal_tip)
    length = float(((centre - femur.vertices) @ up).max())
    side, anterior = _side_and_anterior(femur, centre, up, length)
    mirror = np.array([1.0, 1.0, side_sign(side)])
    is_distal: BoolArray = (centre - femur.vertices) @ up > 0.8 * length
    distal = femur.submesh(np.all(is_distal[femur.faces], axis=1))
    axes = rigid.axes_from(y=up, z_hint=np.cross(anterior, up))
    for _ in range(_ROUNDS):
        found = _knee_in_frame(distal, rigid.transform_from(axes, centre), mirror)
        middle = 0.5 * (found["medial_epicondyle"] + found["lateral_epicondyle"])
        outward = found["lateral_posterior_condyle"] - found["medial_posterior_condyle"]
        before, axes = axes, rigid.axes_from(y=centre - middle, z_hint=outward * mirror[2])
        if np.abs(axes - before).max() * length < _STEADY_MM:
            break
    frame = rigid.transform_from(axes, centre)
    return Knee(side, frame, found, _other_estimates(distal, frame, mirror, found))


def _knee_in_frame(distal: Mesh, scan_from_femur: Array, mirror: Array) -> dict[str, Array]:
    """Find the four points in a given frame; they are returned in the scan frame."""
    bone = _local(distal, scan_from_femur, mirror)
    is_condylar = _is_condylar(bone)
    medial, lateral = _condyles(bone, is_condylar, CONDYLE_CAP_MM2)
    inner, outer = _epicondyles(bone, is_condylar)
    found = {
        "medial_epicondyle": inner,
        "lateral_epicondyle": outer,
        "medial_posterior_condyle": medial,
        "lateral_posterior_condyle": lateral,
    }
    return {n: rigid.apply(scan_from_femur, (p * mirror)[None])[0] for n, p in found.items()}


def _local(distal: Mesh, scan_from_femur: Array, mirror: Array) -> Mesh:
    """Return the bone in a femoral frame, mirrored to right."""
    bone = distal.transformed(rigid.inverse(scan_from_femur))
    return bone if mirror[2] > 0 else bone.mirrored(axis=2)


def _is_condylar(bone: Mesh) -> BoolArray:
    """Mark the vertices of the distal tenth."""
    y = bone.vertices[:, 1]
    return y < (1.0 - CONDYLAR_SHARE) * y.min()


def _condyles(bone: Mesh, is_condylar: BoolArray, area_mm2: float) -> tuple[Array, Array]:
    """Return where the medial and the lateral condyle touch a plane behind them."""
    z = bone.vertices[:, 2]
    middle = 0.5 * (z[is_condylar].min() + z[is_condylar].max())
    halves = (is_condylar & (z < middle), is_condylar & (z > middle))
    medial, lateral = (
        contact_point(bone, _BACK, area_mm2=area_mm2, is_candidate=h) for h in halves
    )
    return medial, lateral


def _epicondyles(bone: Mesh, is_condylar: BoolArray) -> tuple[Array, Array]:
    """Return the medial and the lateral epicondyle: what is seen and what is known, averaged."""
    medial, lateral = _prominences(bone, is_condylar, EPICONDYLAR_ANGLE_DEG)
    known = _at_published_angle(medial, lateral)
    return medial + WEIGHT_OF_PUBLISHED_ANGLE * (known - medial), lateral


def _prominences(bone: Mesh, is_condylar: BoolArray, turn_deg: float) -> tuple[Array, Array]:
    """Return the most prominent places along a line turned externally from Z."""
    out = rigid.rotation_about([0.0, 1.0, 0.0], -np.deg2rad(turn_deg)) @ _OUT
    medial, lateral = (
        contact_point(bone, d, area_mm2=EPICONDYLE_CAP_MM2, is_candidate=is_condylar)
        for d in (-out, out)
    )
    return medial, lateral


def _at_published_angle(medial: Array, lateral: Array) -> Array:
    """Return the medial point moved forward or back until the line has the published angle."""
    forward = np.tan(np.deg2rad(EPICONDYLAR_ANGLE_DEG)) * (lateral[2] - medial[2])
    return np.array([lateral[0] + forward, medial[1], medial[2]])


def _other_estimates(
    distal: Mesh, frame: Array, mirror: Array, found: dict[str, Array]
) -> dict[str, dict[str, Array]]:
    """Find the four points in other ways, to tell how far the choice of the way matters."""
    bone = _local(distal, frame, mirror)
    is_condylar = _is_condylar(bone)
    across = _prominences(bone, is_condylar, 0.0)
    seen = _prominences(bone, is_condylar, EPICONDYLAR_ANGLE_DEG)
    small = _condyles(bone, is_condylar, CONDYLE_CAP_MM2 / 4.0)
    local = {
        "medial_epicondyle": {
            "widest across the condylar line": across[0],
            "most prominent": seen[0],
            "published angle": _at_published_angle(*seen),
        },
        "lateral_epicondyle": {"widest across the condylar line": across[1]},
        "medial_posterior_condyle": {"smaller contact": small[0]},
        "lateral_posterior_condyle": {"smaller contact": small[1]},
    }
    return {
        name: {way: rigid.apply(frame, (p * mirror)[None])[0] for way, p in ways.items()}
        for name, ways in local.items()
        if name in found
    }


def _side_and_anterior(femur: Mesh, centre: Array, up: Array, length: float) -> tuple[Side, Array]:
    """Tell anterior from the condyles' overhang behind the shaft, side from the shaft's offset."""
    depth = (centre - femur.vertices) @ up
    distal = femur.vertices[depth > 0.88 * length]
    mid = _hull_centre(distal, up)
    above = _shaft_centroid(femur, centre, up, 0.80 * length)
    proximal = _shaft_centroid(femur, centre, up, 0.35 * length)
    across = distal - mid
    across -= np.outer(across @ up, up)
    wide = np.linalg.eigh(across.T @ across)[1][:, 2]
    anterior = above - mid
    anterior = rigid.unit(anterior - (anterior @ up) * up - (anterior @ wide) * wide)
    offset = (proximal - centre) @ np.cross(anterior, up)
    return ("right" if offset > 0 else "left"), anterior


def _hull_centre(points: Array, along: Array) -> Array:
    """Return the middle of the hull of points seen along a direction (area centroid)."""
    basis = np.linalg.svd(along[None])[2][1:]
    mean = points.mean(axis=0)
    flat = (points - mean) @ basis.T
    ring = flat[ConvexHull(flat).vertices]
    nxt = np.roll(ring, -1, axis=0)
    double = ring[:, 0] * nxt[:, 1] - ring[:, 1] * nxt[:, 0]
    middle = (double[:, None] * (ring + nxt)).sum(axis=0) / (3.0 * double.sum())
    hull_centre: Array = mean + middle @ basis
    return hull_centre


def _shaft_centroid(femur: Mesh, centre: Array, up: Array, depth: float) -> Array:
    """Return the centroid of the largest outline at a depth below the head centre."""
    outlines = section(femur, centre - depth * up, up)
    if not outlines:
        raise AnatomyError(f"the femur has no section {depth:.0f} mm below its head centre")
    return outlines[0].centroid
