"""Find the landmarks of a femur that ends in its shaft, as most CT scans of the hip show it.

Head, neck, shaft and trochanters are there; the knee is not, and with it neither the mechanical
axis nor the condylar line. What of them the proximal bone tells is its mean: in the condylar frame
the proximal shaft runs in a direction that differs little between people (published mean of 35 CT
hips), and the femoral version of the patient, measured elsewhere, does the rest. Given the version,
the frame is the one in which the shaft has that mean direction and the neck that version, and the
points at the knee are put where the mean knee of this head's size lies; they are estimates and
called so. Without the version they are not available, and a nominal version serves only to look
for the trochanters and to label the surface, for which 20 deg more or less make no difference that
matters.
"""

import numpy as np

from hipsim.anatomy.find_femur import FoundFemur, check_plausible
from hipsim.anatomy.find_knee import EPICONDYLAR_ANGLE_DEG
from hipsim.anatomy.find_proximal_femur import RightFemur, find_proximal_landmarks, neck_isthmus
from hipsim.anatomy.find_side import find_head, side_of_femur
from hipsim.anatomy.landmarks import DISTAL_FEMORAL_LANDMARKS, Landmarks
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, Side, as_number
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import SphereFit

MEAN_SHAFT_DOWN = (0.175, -0.982, -0.075)  # proximal shaft in the condylar frame, 35 CT hips
NOMINAL_VERSION_DEG = 10.0  # where none is given: only to look for places
VERSION_RANGE_DEG = (-40.0, 80.0)
KNEE_BELOW_MM = (166.6, 10.667)  # hip joint centre to knee: constant and per mm of head radius
KNEE_WIDTH_MM = (6.5, 0.185)  # between the epicondyles: constant and per mm of that length
KNEE_TO_END = 0.07  # from the knee centre to the distal end, as a share of that length
CONDYLES_BEHIND = 0.31  # of the width, behind the knee centre
CONDYLES_APART = 0.30  # of the width, to either side
_ROUNDS = 12
_STEADY = 1e-7


def find_cut_femur(femur: Mesh, *, version_deg: float | None = None) -> FoundFemur:
    """Find head, shaft, neck and trochanters of a femur without its knee.

    Parameters
    ----------
    femur
        Closed mesh of a femur cut across its shaft some 60 mm or more below the lesser
        trochanter, mm, any frame.
    version_deg
        Femoral version against the posterior condylar line, anteversion positive, of the neck
        axis through head centre and neck isthmus; None if it is not known.

    Returns
    -------
    found
        Side, landmarks and head sphere. The four landmarks at the knee are estimates if the
        version is given, and missing if not.

    Raises
    ------
    InputError
        If the version is outside -40 to 80 deg.
    AnatomyError
        If there is no femoral head, too little shaft, or the shape does not tell the side.
    """
    low, high = VERSION_RANGE_DEG
    known = version_deg is not None
    version = NOMINAL_VERSION_DEG if version_deg is None else version_deg
    version = as_number(version, name="version_deg", low=low, high=high, unit="deg")
    head, side = find_head(femur), side_of_femur(femur).side
    frame = _frame_of_version(femur, head, side, version)
    proximal = find_proximal_landmarks(
        femur, frame, side, head.radius_mm, length_mm=_length_mm(head.radius_mm)
    )
    points = {"hip_joint_centre": head.centre, **proximal.points}
    check_plausible(points, head)
    if known:
        points |= _mean_knee(frame, side, head.radius_mm)
    return FoundFemur(
        side,
        Landmarks(points),
        head,
        others=proximal.others,
        scan_from_femur=frame,
        estimated=DISTAL_FEMORAL_LANDMARKS if known else (),
    )


def _length_mm(head_radius_mm: float) -> float:
    """Return the mean length from head centre to distal end of a femur with a head of this size."""
    constant, slope = KNEE_BELOW_MM
    return (1.0 + KNEE_TO_END) * (constant + slope * head_radius_mm)


def _frame_of_version(femur: Mesh, head: SphereFit, side: Side, version_deg: float) -> Array:
    """Return the frame in which the shaft has its mean direction and the neck a version."""
    mirror = np.diag([1.0, 1.0, side_sign(side)])
    far = femur.vertices[np.linalg.norm(femur.vertices - head.centre, axis=1).argmax()]
    up = rigid.unit(head.centre - far)
    axes = rigid.axes_from(y=up, z_hint=np.roll(up, 1) + np.roll(up, 2) * 0.5)
    for _ in range(_ROUNDS):
        frame = rigid.transform_from(axes, head.centre)
        bone = RightFemur.of(femur, frame, side, head.radius_mm, _length_mm(head.radius_mm))
        turn = _turn_to_mean(-bone.shaft_line[1], rigid.unit(neck_isthmus(bone)), version_deg)
        before, axes = axes, axes @ (mirror @ turn @ mirror).T
        if np.abs(axes - before).max() < _STEADY:
            break
    return rigid.transform_from(axes, head.centre)


def _turn_to_mean(down: Array, neck: Array, version_deg: float) -> Array:
    """Return the rotation that takes the shaft to its mean direction and the neck to a version."""
    wanted = rigid.unit(np.array(MEAN_SHAFT_DOWN))
    axis = np.cross(down, wanted)
    angle = np.arctan2(np.linalg.norm(axis), down @ wanted)
    turn = np.eye(3) if angle < _STEADY else rigid.rotation_about(axis, angle)
    for _ in range(50):
        x, _, z = turn @ neck
        off = np.arctan2(-x, z) - np.deg2rad(version_deg)
        turn = rigid.rotation_about(-wanted, off) @ turn
        if abs(off) < _STEADY:
            break
    return turn


def _mean_knee(frame: Array, side: Side, head_radius_mm: float) -> dict[str, Array]:
    """Return the four points at the knee where a mean knee has them, scan frame."""
    below = KNEE_BELOW_MM[0] + KNEE_BELOW_MM[1] * head_radius_mm
    width = KNEE_WIDTH_MM[0] + KNEE_WIDTH_MM[1] * below
    forward = 0.5 * width * np.tan(np.deg2rad(EPICONDYLAR_ANGLE_DEG))
    local = {
        "medial_epicondyle": (forward, -below, -0.5 * width),
        "lateral_epicondyle": (-forward, -below, 0.5 * width),
        "medial_posterior_condyle": (-CONDYLES_BEHIND * width, -below, -CONDYLES_APART * width),
        "lateral_posterior_condyle": (-CONDYLES_BEHIND * width, -below, CONDYLES_APART * width),
    }
    mirror = np.array([1.0, 1.0, side_sign(side)])
    return {n: rigid.apply(frame, (np.array(p) * mirror)[None])[0] for n, p in local.items()}
