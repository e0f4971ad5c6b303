"""Find the landmarks of a whole femur from its shape alone, in any orientation.

Order of finding: long axis (inertia) - head (the end with the most complete sphere; condyles cover
a third of theirs at most) - knee (:mod:`hipsim.anatomy.find_knee`) - shaft axis, neck isthmus and
trochanters (:mod:`hipsim.anatomy.find_proximal_femur`). Nothing assumes a scan frame or a side: the
side is what the shape says (anterior x superior points right; lateral is where the shaft is).

Distances are scaled by the head radius R or the length L (hip joint centre to the distal end of the
condyles); the shares follow from 35 CT hips (femoral shaft axis 0.225-0.40 L, LT about 0.13 L below
the head).
"""

from dataclasses import dataclass, field

import numpy as np

from hipsim.anatomy.find_knee import find_knee
from hipsim.anatomy.find_proximal_femur import find_proximal_landmarks
from hipsim.anatomy.find_side import find_head
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.sizes import HEAD_RADII_MM, LEAST_HEAD_COVERAGE
from hipsim.checks import Array, Side
from hipsim.errors import AnatomyError, InputError
from hipsim.geometry import Mesh
from hipsim.geometry.fit import SphereFit, SphereSearch, find_sphere

PLAUSIBLE = {  # in head radii; 35 CT hips lie well within
    "head centre to neck isthmus": ("hip_joint_centre", "neck_isthmus", (0.75, 1.6)),
    "head centre to greater trochanter": ("hip_joint_centre", "greater_trochanter", (1.6, 3.2)),
    "head centre to lesser trochanter": ("hip_joint_centre", "lesser_trochanter", (1.8, 3.8)),
    "epicondylar width": ("medial_epicondyle", "lateral_epicondyle", (2.7, 4.9)),
}


@dataclass(frozen=True, eq=False)
class FoundFemur:
    """What the shape of a femur says.

    Attributes
    ----------
    side
        Side of the femur by its shape.
    landmarks
        Femoral landmarks, scan frame, mm.
    head
        Sphere of the femoral head.
    others
        The same points by other estimators: landmark name to estimator to point.
    scan_from_femur
        Condylar frame (4, 4); nominal on a cut femur whose version is not known.
    estimated
        Landmarks that are not on the bone but estimated from published means.
    """

    side: Side
    landmarks: Landmarks
    head: SphereFit
    others: dict[str, dict[str, Array]] = field(default_factory=dict)
    scan_from_femur: Array = field(default_factory=lambda: np.eye(4))
    estimated: tuple[str, ...] = ()


def find_femur(femur: Mesh) -> FoundFemur:
    """Find head, knee, shaft, neck and both trochanters of a whole femur.

    Parameters
    ----------
    femur
        Closed mesh of a whole femur, mm, any frame.

    Returns
    -------
    found
        Side, landmarks in the frame of the mesh, head sphere.

    Raises
    ------
    AnatomyError
        If no femoral head, no pair of condyles or no neck is found, or what was found does not
        have the proportions of a femur (half a head, a bone cut off, another bone).
    """
    head, distal_tip = _find_head(femur)
    try:
        knee = find_knee(femur, head.centre, distal_tip)
        proximal = find_proximal_landmarks(femur, knee.scan_from_femur, knee.side, head.radius_mm)
    except AnatomyError:
        raise
    except InputError as error:  # a cap or a piece of surface that is not there
        raise AnatomyError(f"this does not look like a whole femur: {error}") from None
    points = {"hip_joint_centre": head.centre, **knee.points, **proximal.points}
    check_plausible(points, head)
    others = {**knee.others, **proximal.others}
    return FoundFemur(knee.side, Landmarks(points), head, others, knee.scan_from_femur)


def _find_head(femur: Mesh) -> tuple[SphereFit, Array]:
    """Return the head sphere and the far end of the bone's long axis.

    Where neither end of the bone is round enough, as among the steps of voxels, the head is looked
    for on a smoothed copy (:func:`hipsim.anatomy.find_side.find_head`).
    """
    centre, axis = _long_axis(femur)
    along = (femur.vertices - centre) @ axis
    low, high = along.min(), along.max()
    reach = 0.2 * (high - low)
    ends = [(along < low + reach, high), (along > high - reach, low)]
    fits = [(find_sphere(femur, SphereSearch(m, HEAD_RADII_MM)), far) for m, far in ends]
    round_enough = [
        (fit, far) for fit, far in fits if fit is not None and fit.coverage >= LEAST_HEAD_COVERAGE
    ]
    if not round_enough:
        head = find_head(femur)
        far = max(low, high, key=lambda end: abs(end - (head.centre - centre) @ axis))
        return head, centre + far * axis
    head, far = max(round_enough, key=lambda pair: pair[0].coverage)
    return head, centre + far * axis


def check_plausible(points: dict[str, Array], head: SphereFit) -> None:
    """Raise AnatomyError unless the points found have the proportions of a femur.

    Half a head may look like a knee, and a knee like half a head.

    Parameters
    ----------
    points
        Femoral landmarks, shape (3,), mm; what is missing is not checked.
    head
        Sphere of the femoral head, same frame.
    """
    for what, (start, end, (low, high)) in PLAUSIBLE.items():
        if start not in points or end not in points:
            continue
        found = float(np.linalg.norm(points[end] - points[start])) / head.radius_mm
        if not low <= found <= high:
            raise AnatomyError(
                f"this does not look like a whole femur: {what} is {found:.2f} head radii of "
                f"{head.radius_mm:.1f} mm, wanted {low:g} to {high:g}; is the head complete, and "
                f"is it one femur from head to condyles?"
            )


def _long_axis(mesh: Mesh) -> tuple[Array, Array]:
    """Return the centre of area and the direction of greatest spread of the surface."""
    weights = mesh.face_areas_mm2 / mesh.face_areas_mm2.sum()
    centre = weights @ mesh.face_centres
    offset = mesh.face_centres - centre
    return centre, np.linalg.eigh((offset * weights[:, None]).T @ offset)[1][:, 2]
