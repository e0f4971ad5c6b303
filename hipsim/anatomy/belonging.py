"""Do these bones belong to one person and one scan? Judged by the joint they should make.

The head must sit in the socket and be a little smaller than it: the cartilage of both lies between.
Head and socket are fitted apart from each other, the socket without looking at the femur, so that
a femur that lies elsewhere is told from a bone without a socket.

Ranges are means +- 3 standard deviations of 35 CT hips (Fischer 2023, doi
10.1038/s41597-023-02669-z): acetabular minus head radius 1.8 +- 0.3 mm in women and +- 0.5 in men;
centres 0.3 +- 0.5, 0.2 +- 0.3 and 0.0 +- 0.7 mm apart along the pelvic axes. Outside them a hip may
be dysplastic or subluxated, so that is a warning; what no joint can be is a failure.
"""

from dataclasses import dataclass, replace

import numpy as np

from hipsim.anatomy.find_acetabulum import find_acetabulum
from hipsim.anatomy.findings import Finding
from hipsim.anatomy.mean_hip_bone import LaidOnMean, lay_on_mean
from hipsim.checks import Array, Side
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh
from hipsim.geometry.fit import SphereFit, SphereSearch, angle_rad, find_sphere
from hipsim.geometry.mending import calmed
from hipsim.geometry.rigid import unit

MEAN_SOCKET_MM = 23.5  # radius of the mean woman's bony socket, the size of the mean hip bone
SOCKET_RADII = (  # windows, of the mean socket at the size of this bone; 12 hips: 0.95 to 1.05
    (0.85, 0.97),
    (0.93, 1.07),
    (1.03, 1.2),
)
SOCKET_NEAR = 0.5  # of its radius: how far from where it should be; 12 hips: up to 0.35
SAME_SPHERE_MM = 1.0  # centres of one socket found by different searches
LEAST_SOCKET_COVERAGE = 0.10
USUAL_EXCESS_MM = (0.3, 3.3)
POSSIBLE_EXCESS_MM = (-1.0, 5.0)  # cartilage is 1 to 2 mm thick on either side
USUAL_OFFSET_MM = 2.5
POSSIBLE_OFFSET_MM = 6.0
NOT_IN_SOCKET = "the head is not in this socket"
USUAL_SHAFT_DEG = 75.0  # a leg in a scanner is not flexed or abducted farther
POSSIBLE_SHAFT_DEG = 150.0
USUAL_SIDES_MM = {"length": 20.0, "head radius": 1.5}  # right against left of one person
INTER_HIP_MM = (120.0, 230.0)  # 173 +- 10 mm in adults, less in children
USUAL_TILT_DEG = 30.0  # between the two hip bones of one pelvis


@dataclass(frozen=True, eq=False)
class Socket:
    """The acetabulum of a hip bone, found without a femur.

    Attributes
    ----------
    sphere
        Fitted to the articular surface, scan frame, mm.
    up
        Pelvic up, unit, shape (3,), scan frame; good to about 15 degrees.
    laid
        The bone laid on the mean one.
    """

    sphere: SphereFit
    up: Array
    laid: LaidOnMean


def find_socket(hip_bone: Mesh, side: Side) -> Socket:
    """Find the acetabulum of a hip bone by its shape alone.

    Parameters
    ----------
    hip_bone
        Closed mesh of a whole hip bone, mm, any frame.
    side
        Its side; see :func:`hipsim.anatomy.find_side.side_of_hip_bone`.

    Raises
    ------
    AnatomyError
        If there is no hollow round surface where the acetabulum should be.
    """
    laid = lay_on_mean(hip_bone, side)
    radius = laid.scale * MEAN_SOCKET_MM
    calm = calmed(hip_bone)  # without the steps of voxels, which hide the round
    tried = [
        _hollow_sphere(bone, laid, radius, window)
        for bone in (hip_bone, calm)
        for window in SOCKET_RADII
    ]
    found = [s for s in tried if s is not None and s.coverage >= LEAST_SOCKET_COVERAGE]
    if not found:
        low, high = SOCKET_RADII[0][0] * radius, SOCKET_RADII[-1][1] * radius
        raise AnatomyError(
            f"no acetabulum found: wanted a hollow sphere of {low:.0f} to {high:.0f} mm radius; "
            f"is this one whole {side} hip bone?"
        )
    return Socket(_agreed(found), unit(laid.scan_from_mean[:3, 1]), laid)


def _agreed(found: list[SphereFit]) -> SphereFit:
    """Return the sphere that most searches agree on; among those as many agree on, the largest.

    Each window of radii has a best sphere of its own; only the socket is found from several.
    """

    def worth(sphere: SphereFit) -> tuple[int, float]:
        apart = [float(np.linalg.norm(sphere.centre - other.centre)) for other in found]
        votes = sum(distance < SAME_SPHERE_MM for distance in apart)
        return votes, sphere.coverage * sphere.radius_mm**2

    return max(found, key=worth)


def find_socket_for(hip_bone: Mesh, side: Side, head: SphereFit) -> Socket:
    """Find the acetabulum by shape alone, and once more around a head; the larger surface counts.

    In a bone far from the mean the first search may miss the socket that the second one finds.

    Parameters
    ----------
    hip_bone, side
        As for :func:`find_socket`.
    head
        Head of the femur of the same side, same frame.

    Raises
    ------
    AnatomyError
        As :func:`find_socket`.
    """
    socket = find_socket(hip_bone, side)
    try:
        near = find_acetabulum(hip_bone, head)
    except AnatomyError:  # the head is not in a socket: the first search stands
        return socket
    largest = max(socket.sphere, near, key=lambda sphere: sphere.coverage * sphere.radius_mm**2)
    return replace(socket, sphere=largest)


def _hollow_sphere(
    hip_bone: Mesh, laid: LaidOnMean, radius: float, window: tuple[float, float]
) -> SphereFit | None:
    """Return the best hollow sphere near where the socket should be, its radius in a window.

    A sphere search prefers the more complete sphere, which the acetabular fossa may be part of; the
    articular surface is the larger one.
    """
    expected = laid.in_scan((0.0, 0.0, 0.0))
    search = SphereSearch(
        is_candidate=np.linalg.norm(hip_bone.vertices - expected, axis=1) < 2.0 * radius,
        radii_mm=(window[0] * radius, window[1] * radius),
        is_hollow=True,
        centre_near=(expected, SOCKET_NEAR * radius),
    )
    return find_sphere(hip_bone, search)


def check_joint(femur: Mesh, head: SphereFit, socket: Socket) -> tuple[Finding, ...]:
    """Check that a femur belongs into a socket.

    Parameters
    ----------
    femur
        Closed mesh, scan frame, mm.
    head
        Its head.
    socket
        The socket of the hip bone of the same side, same frame.

    Returns
    -------
    findings
        ``joint centres``, ``joint size`` and ``joint direction``.
    """
    offset = float(np.linalg.norm(head.centre - socket.sphere.centre))
    excess = socket.sphere.radius_mm - head.radius_mm
    down = head.centre - femur.vertices[_farthest(femur, head.centre)]
    angle = float(np.degrees(angle_rad(down, socket.up)))
    return (
        _centres(offset, head.radius_mm),
        _sizes(excess, head.radius_mm, socket.sphere.radius_mm),
        _direction(angle),
    )


def check_pair(lengths_mm: tuple[float, float], what: str) -> Finding:
    """Check that the right and the left bone of a case may be one person's.

    Parameters
    ----------
    lengths_mm
        The same measure of the right and the left bone.
    what
        ``"length"`` or ``"head radius"``.

    Examples
    --------
    >>> check_pair((462.0, 469.0), "length").level
    'pass'
    """
    right, left = lengths_mm
    found = f"{what} right {right:.1f} mm, left {left:.1f} mm"
    if abs(right - left) <= USUAL_SIDES_MM[what]:
        return Finding("pass", f"both sides: {what}", found)
    advice = (
        f"sides of one person differ by less than {USUAL_SIDES_MM[what]:g} mm as a rule: check "
        "that both bones are whole and of the same person"
    )
    return Finding("warn", f"both sides: {what}", found, advice)


def check_pelvis(right: Socket, left: Socket) -> Finding:
    """Check that two hip bones lie as one pelvis: apart as hips are, and turned alike."""
    apart = float(np.linalg.norm(right.sphere.centre - left.sphere.centre))
    tilt = float(np.degrees(angle_rad(right.up, left.up)))
    found = f"sockets {apart:.0f} mm apart, bones turned {tilt:.0f} deg against each other"
    low, high = INTER_HIP_MM
    if low <= apart <= high and tilt <= USUAL_TILT_DEG:
        return Finding("pass", "pelvis", found)
    advice = (
        f"wanted {low:g} to {high:g} mm and at most {USUAL_TILT_DEG:g} deg: export both hip bones "
        "in the frame of one scan, neither moved nor mirrored"
    )
    return Finding("fail", "pelvis", found, advice)


def _centres(offset: float, radius: float) -> Finding:
    """Judge the distance between the centres of head and socket."""
    found = f"head centre {offset:.1f} mm from the socket's"
    if offset > POSSIBLE_OFFSET_MM:
        advice = (
            "the femur lies elsewhere: export both bones in the frame of one scan, and check that "
            "neither was converted between LPS and RAS alone"
            if offset > radius
            else f"{NOT_IN_SOCKET}: is it dislocated, or another person's femur?"
        )
        return Finding("fail", "joint centres", found, advice)
    if offset > USUAL_OFFSET_MM:
        advice = f"usual are up to {USUAL_OFFSET_MM:g} mm: is the hip subluxated or dysplastic?"
        return Finding("warn", "joint centres", found, advice)
    return Finding("pass", "joint centres", found)


def _sizes(excess: float, head: float, socket: float) -> Finding:
    """Judge the radius of the socket against the head's."""
    found = f"head radius {head:.1f} mm, socket {socket:.1f} mm ({excess:+.1f} mm)"
    if not POSSIBLE_EXCESS_MM[0] <= excess <= POSSIBLE_EXCESS_MM[1]:
        low, high = POSSIBLE_EXCESS_MM
        advice = (
            f"a socket is {low:g} to {high:g} mm wider than its head: the femur belongs to another "
            "person, or one bone was scaled"
        )
        return Finding("fail", "joint size", found, advice)
    if not USUAL_EXCESS_MM[0] <= excess <= USUAL_EXCESS_MM[1]:
        low, high = USUAL_EXCESS_MM
        advice = (
            f"usual are {low:g} to {high:g} mm: check that femur and hip bone are one person's, "
            "and that part of the head was not segmented as hip bone"
        )
        return Finding("warn", "joint size", found, advice)
    return Finding("pass", "joint size", found)


def _direction(angle: float) -> Finding:
    """Judge which way the femur hangs."""
    found = f"femur {angle:.0f} deg from straight down"
    if angle <= USUAL_SHAFT_DEG:
        return Finding("pass", "joint direction", found)
    advice = "a leg in a scanner does not point there: check the orientation of both files"
    level = "fail" if angle > POSSIBLE_SHAFT_DEG else "warn"
    return Finding("fail" if level == "fail" else "warn", "joint direction", found, advice)


def _farthest(mesh: Mesh, point: Array) -> int:
    """Return the vertex farthest from a point."""
    return int(np.argmax(np.linalg.norm(mesh.vertices - point, axis=1)))
