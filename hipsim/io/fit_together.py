"""Do the bones of a case fit together? Sides, joints, pelvis, and what is near what in the scan.

Every bone tells its side by its shape; that is held against what it is called. Every femur is held
against the socket of its side. What contradicts is a failure with both facts in it; what cannot be
judged (a bone cut off, a bone of wax) is a warning.
"""

from collections.abc import Mapping

import numpy as np

from hipsim.anatomy.belonging import (
    NOT_IN_SOCKET,
    Socket,
    check_joint,
    check_pair,
    check_pelvis,
    find_socket,
    find_socket_for,
)
from hipsim.anatomy.find_side import find_head, side_of_femur, side_of_hip_bone
from hipsim.anatomy.findings import Finding
from hipsim.checks import SIDES, Array, Side
from hipsim.errors import AnatomyError, InputError
from hipsim.geometry import Mesh
from hipsim.geometry.cut import intersection
from hipsim.geometry.fit import SphereFit
from hipsim.geometry.winding import winding_number
from hipsim.io.quality import resolution_finding
from hipsim.io.units import length_of
from hipsim.proximity import DistanceQuery

NEAR_MM = 25.0  # of the lesser trochanter and of the tuberosity: where the closest points lie
TUBEROSITY_MM = (-37.0, -52.0, -22.0)  # centroid on the mean right hip bone, app frame
JOINT_SPACE_MM = (0.1, 4.0)  # least gap in 12 hips: 0.6 to 1.1 mm in CT
LARGEST_OVERLAP_MM3 = 5000.0  # a tenth of a femoral head; more is no slip of a segmentation

Row = tuple[str, Finding]


def check_together(bones: Mapping[str, Mesh]) -> list[Row]:
    """Check bones of a case against their names and against each other.

    Parameters
    ----------
    bones
        ``femur_r``, ``hip_l``, ``sacrum``... to closed surface, mm, one scan frame.

    Returns
    -------
    rows
        Bone or side, and what was found.
    """
    rows = [*check_names(bones), *check_joints(bones)]
    for side in SIDES:
        femur, hip_bone = (bones.get(f"{kind}_{side[0]}") for kind in ("femur", "hip"))
        if femur is not None and hip_bone is not None:
            rows.append((f"{side} joint", _joint_space(femur, hip_bone)))
    return [*rows, *_pair_rows(bones)]


def check_names(bones: Mapping[str, Mesh]) -> list[Row]:
    """Check every bone's side by its shape; parameters as :func:`check_together`."""
    return [(bone, _side(bone, mesh)) for bone, mesh in bones.items() if bone != "sacrum"]


def check_joints(bones: Mapping[str, Mesh]) -> list[Row]:
    """Check that every femur has its socket, and the two hip bones make a pelvis.

    Parameters as :func:`check_together`.
    """
    rows: list[Row] = []
    sockets = {side: _socket(bones, side) for side in SIDES}
    for side, socket in sockets.items():
        head = _head(bones, side)
        reasons = "; ".join(reason for reason in (head, socket) if isinstance(reason, str))
        if isinstance(head, SphereFit) and isinstance(socket, Socket):
            found = check_joint(bones[f"femur_{side[0]}"], head, socket)
            rows += [(f"{side} joint", finding) for finding in found]
        elif reasons and head is not None and socket is not None:
            rows.append((f"{side} joint", Finding("warn", "joint centres", "not checked", reasons)))
    right, left = (sockets[side] for side in SIDES)
    if isinstance(right, Socket) and isinstance(left, Socket):
        rows.append(("pelvis", check_pelvis(right, left)))
    return rows


def check_resolution(bones: Mapping[str, Mesh], trochanters: Mapping[Side, Array]) -> list[Row]:
    """Check how fine the surfaces are where the closest points will lie.

    Parameters
    ----------
    bones
        As for :func:`check_together`.
    trochanters
        Apex of the lesser trochanter of each side that has one, shape (3,), mm.
    """
    rows = []
    for side, apex in trochanters.items():
        if f"femur_{side[0]}" in bones:
            rows.append((f"femur_{side[0]}", _near(bones[f"femur_{side[0]}"], apex, "LT")))
    for side in SIDES:
        socket = _socket(bones, side)
        if isinstance(socket, Socket):
            x, y, z = TUBEROSITY_MM
            place = socket.laid.in_scan((x, y, z if side == "right" else -z))
            rows.append((f"hip_{side[0]}", _near(bones[f"hip_{side[0]}"], place, "tuberosity")))
    return rows


def refuse_misfits(bones: Mapping[str, Mesh], files: Mapping[str, object]) -> tuple[str, ...]:
    """Raise if bones contradict their names or lie apart; return what else is unusual.

    A head that sits badly or has an unusual size may be disease, and is left to the person.

    Parameters
    ----------
    bones
        As for :func:`check_together`.
    files
        What each bone is called in the message, usually its file.

    Raises
    ------
    AnatomyError
        With every contradiction, both facts and what to do.
    """
    rows = [*check_names(bones), *check_joints(bones)]
    wrong = [row for row in rows if row[1].level == "fail" and _is_undeniable(row[1])]
    if wrong:
        said = "; ".join(f"{files.get(row, row)}: {f.found} ({f.advice})" for row, f in wrong)
        raise AnatomyError(f"the bones do not fit together: {said}")
    return tuple(f"{row}: {f.found}; {f.advice}" for row, f in rows if f.level != "pass")


def _is_undeniable(finding: Finding) -> bool:
    """Tell whether a failure cannot be disease: a wrong side, or bones of different places."""
    return finding.check != "joint size" and NOT_IN_SOCKET not in finding.advice


def _side(bone: str, mesh: Mesh) -> Finding:
    """Judge the name of a bone by its shape."""
    called = next(side for side in SIDES if side[0] == bone[-1])
    kind = "femur" if bone.startswith("femur") else "hip bone"
    try:
        shape = side_of_femur(mesh) if kind == "femur" else side_of_hip_bone(mesh)
    except AnatomyError as error:
        return Finding("warn", "side", "not checked by the shape", str(error))
    if shape.side == called:
        return Finding("pass", "side", f"{called}, margin {shape.margin:.2f} ({shape.why})")
    advice = f"rename the file to {bone[:-1]}{shape.side[0]}, or export it again if it was mirrored"
    found = f"called {called}, by its shape a {shape.side} {kind} ({shape.why})"
    return Finding("fail", "side", found, advice)


def _head(bones: Mapping[str, Mesh], side: Side) -> SphereFit | str | None:
    """Return the head of a side's femur, why there is none, or None without a femur."""
    femur = bones.get(f"femur_{side[0]}")
    try:
        return None if femur is None else find_head(femur)
    except AnatomyError as error:
        return str(error)


def _socket(bones: Mapping[str, Mesh], side: Side) -> Socket | str | None:
    """Return the socket of a hip bone, why there is none, or None without a hip bone."""
    bone, head = bones.get(f"hip_{side[0]}"), _head(bones, side)
    if bone is None:
        return None
    try:
        shape = side_of_hip_bone(bone).side
        if isinstance(head, SphereFit):
            return find_socket_for(bone, shape, head)
        return find_socket(bone, shape)
    except AnatomyError as error:
        return str(error)


def _joint_space(femur: Mesh, hip_bone: Mesh) -> Finding:
    """Judge the least gap between the bones in the scan, or how far they overlap."""
    distances = DistanceQuery(femur, hip_bone)(np.eye(4))
    gap, kind = float(distances.distance_mm[0]), str(distances.kind[0])
    low, high = JOINT_SPACE_MM
    if kind == "gap":
        found = f"{gap:.2f} mm between the bones"
        if low <= gap <= high:
            return Finding("pass", "joint space", found)
        advice = "the segmentations touch" if gap < low else "usual are 0.5 to 2 mm in CT"
        return Finding("warn", "joint space", found, f"{advice}: look at the joint in the scan")
    volume = _overlap_mm3(femur, hip_bone)
    found = f"the bones overlap: {-gap:.1f} mm deep, {volume:.0f} mm3"
    if volume > LARGEST_OVERLAP_MM3:
        advice = "export both bones in the frame of one scan; here one lies inside the other"
        return Finding("fail", "joint space", found, advice)
    advice = "part of one bone was segmented as the other: look at the joint in the scan"
    return Finding("warn", "joint space", found, advice)


def _overlap_mm3(femur: Mesh, hip_bone: Mesh) -> float:
    """Return the volume two bones that meet have in common."""
    try:
        return float(intersection(femur, hip_bone).mesh.volume_mm3)
    except InputError:  # the cut leaves nothing on one side: they only touch, or one is inside
        inside = winding_number(hip_bone, femur.vertices[:1])[0] > 0.5
        return femur.volume_mm3 if inside else 0.0


def _pair_rows(bones: Mapping[str, Mesh]) -> list[Row]:
    """Judge right against left."""
    rows = []
    for kind, label in (("femur", "femora"), ("hip", "hip bones")):
        right, left = (bones.get(f"{kind}_{side[0]}") for side in SIDES)
        if right is not None and left is not None:
            rows.append((label, check_pair((length_of(right), length_of(left)), "length")))
    right_head, left_head = (_head(bones, side) for side in SIDES)
    if isinstance(right_head, SphereFit) and isinstance(left_head, SphereFit):
        radii = (right_head.radius_mm, left_head.radius_mm)
        rows.append(("femora", check_pair(radii, "head radius")))
    return rows


def _near(mesh: Mesh, place: Array, what: str) -> Finding:
    """Judge the mean length of the edges near a place."""
    edges = mesh.vertices[mesh.edge_counts[0]]
    near = edges[np.linalg.norm(edges.mean(axis=1) - place, axis=1) < NEAR_MM]
    check = f"resolution near {what}"
    if not len(near):
        advice = "export the whole bone, with edges of 1 to 3 mm"
        return Finding("fail", check, f"no surface within {NEAR_MM:g} mm", advice)
    mean = float(np.linalg.norm(near[:, 0] - near[:, 1], axis=1).mean())
    return resolution_finding(check, f"edges of {mean:.2g} mm within {NEAR_MM:g} mm", mean)
