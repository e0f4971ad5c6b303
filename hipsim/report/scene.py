"""Bones, poses and colours in the few bytes a browser needs.

Everything is told in the pelvic frame ``app`` of the hip (X anterior, Y superior, Z to the
subject's right, origin at the hip joint centre), so a page needs no anatomy. Vertices are whole
numbers of ``STEP_MM`` from a corner: the picture is off by less than a hundredth of a millimetre,
the numbers shown are those measured, never taken from the picture. Colour is the least distance a
vertex comes to over a motion, on the fixed scale of every picture of hipsim.
"""

from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.geometry import Mesh, rigid
from hipsim.kinematics import Motion
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.planning.clearance import Clearance
from hipsim.planning.impingement import VertexField, impingement_map
from hipsim.report.subject import Subject
from hipsim.viz.style import DISTANCE_RANGE_MM

STEP_MM = 0.01
COLOURS = 254  # steps of the scale; 0 is overlap, 255 is beyond it


def packed(array: NDArray[Any], kind: str) -> dict[str, Any]:
    """Return an array as base64 text with its shape and kind, little-endian.

    Examples
    --------
    >>> packed(np.array([[1, 2]]), "u2")
    {'kind': 'u2', 'shape': [1, 2], 'data': 'AQACAA=='}
    """
    data = np.ascontiguousarray(array, dtype=f"<{kind}")
    return {
        "kind": kind,
        "shape": list(data.shape),
        "data": b64encode(data.tobytes()).decode("ascii"),
    }


def packed_mesh(mesh: Mesh) -> dict[str, Any]:
    """Return a mesh as whole numbers of ``STEP_MM`` from its lowest corner.

    Vertices of bones longer than 655 mm no longer fit 16 bits and are told in wider numbers.
    """
    corner = mesh.bounds[0]
    steps = np.rint((mesh.vertices - corner) / STEP_MM)
    wide = "u2" if steps.max() < 2**16 else "u4"
    index = "u2" if len(mesh.vertices) < 2**16 else "u4"
    return {
        "corner": corner.tolist(),
        "step": STEP_MM,
        "vertices": packed(steps, wide),
        "faces": packed(mesh.faces, index),
    }


def scene_of(subject: Subject) -> dict[str, Any]:
    """Return bones, poses and colours of a subject for the page."""
    plans = {name: picture_of(subject, name) for name in subject.plans}
    kinds = ("pelvis", "femur", "poses", "colours")
    scene = {kind: {name: plan[kind] for name, plan in plans.items()} for kind in kinds}
    return {"side": subject.hip.side, "scale_mm": list(DISTANCE_RANGE_MM), **scene}


def picture_of(subject: Subject, plan: str) -> dict[str, Any]:
    """Return bones, poses and colours of one plan."""
    hip, found = subject.plans[plan], subject.clearances[plan]
    return {
        "pelvis": _pelvis(hip, subject),
        "femur": packed_mesh(hip.femur),
        "poses": {motion.name: _poses(hip, motion) for motion in subject.motions},
        "colours": {m.name: _colours(hip, m, found[m.name]) for m in subject.motions},
    }


def _pelvis(plan: Hip, subject: Subject) -> dict[str, Any] | None:
    """Return the hip bone in its own frame; None where it is that of the first plan."""
    if plan is not subject.hip and plan.hip_bone is subject.hip.hip_bone:
        return None
    return packed_mesh(plan.hip_bone.transformed(app_from_scan(plan)))


def app_from_scan(hip: Hip) -> Array:
    """Return the transform from the scan frame to the pelvic frame ``app``, shape (4, 4)."""
    return rigid.inverse(hip.pelvic_frame("app"))


def _poses(hip: Hip, motion: Motion) -> dict[str, Any]:
    """Return the upper three rows of each pose of the femur, from the scan to the page's frame."""
    moved = app_from_scan(hip) @ pelvis_from_femur(hip, motion)
    return packed(moved[:, :3].reshape(len(moved), 12), "f8")


def _colours(hip: Hip, motion: Motion, clearance: Clearance) -> dict[str, Any]:
    """Return the colour of each vertex of both bones.

    Only the regions that clearance is measured on have colours: the joint itself is always near.
    """
    found = impingement_map(
        hip,
        motion,
        femoral_region=clearance.femoral_region,
        pelvic_region=clearance.pelvic_region,
    )
    return {
        "femur": packed(_painted(hip.femur, found.femoral), "u1"),
        "pelvis": packed(_painted(hip.hip_bone, found.pelvic), "u1"),
    }


def _painted(bone: Mesh, field: VertexField) -> NDArray[np.uint8]:
    """Return for each vertex of a bone how near the motion brings it to the other, as a colour."""
    low, high = DISTANCE_RANGE_MM
    steps = 1 + np.floor((field.distance_mm - low) / (high - low) * COLOURS)
    colours = np.full(len(bone.vertices), 255, dtype=np.uint8)
    colours[field.vertices] = np.clip(steps, 0, 255).astype(np.uint8)
    return colours
