"""Virtual hips: closed meshes with exact landmarks from a dozen parameters, without a scan.

Both bones are implicit bodies (:mod:`hipsim.anatomy.virtual_bones`) whose node tables were fitted
to the Visible Human man and woman (HuBMAP CCF 3D Reference Object Library v1.2, CC BY 4.0) and
whose proportions are published means (:mod:`hipsim.anatomy.virtual_figures`). What is asked is
what is measured: angles and lengths of the femur are set on the finished surface, by correcting
the parameters until hipsim's own measurement returns them.

The hip comes in the neutral pose: pelvic frame ``app``, origin at the hip joint centre, the
condylar frame of the femur parallel to it.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from hipsim.anatomy import frames
from hipsim.anatomy.find_femur import find_femur
from hipsim.anatomy.find_pelvis import find_pelvis
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.regions import label_femur, label_hip_bone
from hipsim.anatomy.sides import other_side, side_sign
from hipsim.anatomy.virtual_bones import EULER_NUMBER, contoured, femoral_body, pelvic_body
from hipsim.anatomy.virtual_handles import lesser_trochanter_azimuth_deg
from hipsim.anatomy.virtual_shape import HipShape, Sex
from hipsim.checks import Array, Side, as_number, as_side
from hipsim.errors import AnatomyError, ComputationError
from hipsim.geometry import Mesh, implicit, rigid
from hipsim.geometry.fit import angle_rad, fit_line
from hipsim.geometry.section import section

TUNING_SPACING_MM = 3.0
ROUNDS = 10
TOLERANCES = {  # of what is measured on the surface against what was asked
    "version_deg": 0.5,
    "neck_shaft_angle_deg": 0.4,
    "femoral_length_mm": 0.8,
    "lesser_trochanter_reach_mm": 0.4,
    "lesser_trochanter_direction_deg": 4.0,
}
PELVIC_ROUNDS = 4
AXIS_LEVELS = (0.2, 0.225, 0.25, 0.3, 0.35, 0.4)  # of the length: the line the reach is taken from


def make_hip(
    *,
    sex: Sex = "female",
    side: Side = "right",
    spacing_mm: float = 2.0,
    name: str | None = None,
    **parameters: float | None,
) -> Hip:
    """Make a virtual hip from a few clinical numbers.

    Parameters
    ----------
    sex
        Proportions and defaults of the mean woman or man.
    side
        The left hip is the mirror image of the right one.
    spacing_mm
        About the length of the triangles' edges; finer round lesser trochanter and ischium.
    name
        What the hip is called in tables.
    **parameters
        Any of the numbers of :class:`~hipsim.anatomy.virtual_shape.HipShape`, for example
        ``version_deg=35``; the others keep the mean of the sex.

    Returns
    -------
    hip
        Closed femur and hip bone in the neutral pose, all landmarks, labelled structures; frame
        ``app``, origin at the hip joint centre.

    Raises
    ------
    InputError
        If a parameter is unknown or out of range.
    ComputationError
        If the parameters do not go together: a surface with holes, or a femur on which an angle
        cannot be reached.

    Examples
    --------
    >>> hip = make_hip(sex="female", version_deg=20, spacing_mm=4)
    >>> hip.femur.is_closed and hip.hip_bone.is_closed
    True
    """
    shape = HipShape.typical(sex, **parameters)
    return hip_from_shape(shape, side=side, spacing_mm=spacing_mm, name=name)


def hip_from_shape(
    shape: HipShape, *, side: Side = "right", spacing_mm: float = 2.0, name: str | None = None
) -> Hip:
    """Make the virtual hip of a shape; see :func:`make_hip`."""
    side, spacing = (
        as_side(side),
        as_number(spacing_mm, name="spacing_mm", low=1, high=4, unit="mm"),
    )
    femur, femoral_points = _femur(shape, spacing)
    bone, pelvic_points = _hip_bone(shape, spacing)
    landmarks = Landmarks({**femoral_points, **pelvic_points})
    if side_sign(side) < 0:
        femur, bone, landmarks = femur.mirrored(2), bone.mirrored(2), _mirrored(landmarks)
    note: dict[str, Any] = {"step": "make_hip", "spacing_mm": spacing, **asdict(shape)}
    return Hip(
        side=side,
        femur=femur,
        hip_bone=bone,
        landmarks=landmarks,
        head_radius_mm=shape.head_radius_mm,
        femoral_labels=label_femur(femur, landmarks, side, shape.head_radius_mm),
        pelvic_labels=label_hip_bone(bone, landmarks),
        name=name or f"virtual {shape.sex}",
        notes=(note,),
    )


@dataclass(frozen=True, eq=False)
class _Measured:
    """A contoured femur in its own condylar frame, its landmarks and what they measure."""

    mesh: Mesh
    points: dict[str, Array]
    asked: HipShape

    @property
    def values(self) -> dict[str, float]:
        """The quantities of ``TOLERANCES`` on this mesh."""
        points = self.points
        neck = -points["neck_isthmus"]
        top, bottom = points["shaft_axis_proximal"], points["shaft_axis_distal"]
        down = rigid.unit(bottom - top)
        length = float(np.linalg.norm(frames.knee_centre(Landmarks(points))))
        foot, along = fit_line([self._section_centre(share * length) for share in AXIS_LEVELS])
        apex = points["lesser_trochanter"] - foot
        apex = apex - (apex @ along) * along
        azimuth = float(np.degrees(np.arctan2(-apex[0], -apex[2])))
        return {
            "version_deg": float(np.degrees(np.arctan2(neck[0], -neck[2]))),
            "neck_shaft_angle_deg": float(np.degrees(angle_rad(neck, down))),
            "femoral_length_mm": length,
            "lesser_trochanter_reach_mm": float(np.linalg.norm(apex)),
            "lesser_trochanter_direction_deg": self.asked.lesser_trochanter_direction_deg
            + (azimuth - lesser_trochanter_azimuth_deg(self.asked)),
        }

    def _section_centre(self, below_mm: float) -> Array:
        """Return the centroid of the axial section of the shaft below the hip joint centre."""
        up = np.array([0.0, 1.0, 0.0])
        return section(self.mesh, -below_mm * up, up)[0].centroid


def _femur(shape: HipShape, spacing_mm: float) -> tuple[Mesh, dict[str, Array]]:
    """Contour the femur on which the wanted angles and lengths are measured."""
    asked = {name: getattr(shape, name) for name in TOLERANCES}
    trial, spacing, is_final = shape, TUNING_SPACING_MM, False
    for _ in range(ROUNDS):
        femur = _measure(trial, shape, spacing, is_final=is_final)
        found = femur.values
        off = {name: asked[name] - found[name] for name in asked}
        is_met = all(abs(off[name]) < tolerance for name, tolerance in TOLERANCES.items())
        if is_met and is_final:
            implicit.check_topology(
                femur.mesh, euler_number=EULER_NUMBER["femur"], name="virtual femur"
            )
            return femur.mesh, femur.points
        if is_met:
            spacing, is_final = spacing_mm, True
        else:
            trial = replace(trial, **{n: getattr(trial, n) + off[n] for n in off})
    missed = ", ".join(f"{name} {found[name]:.1f} for {asked[name]:.1f}" for name in asked)
    raise ComputationError(
        f"this femur cannot be reached in {ROUNDS} rounds, got {missed}; "
        f"keep the parameters nearer to their defaults"
    )


def _measure(trial: HipShape, asked: HipShape, spacing_mm: float, *, is_final: bool) -> _Measured:
    """Contour a femur and bring it into the condylar frame of its own landmarks."""
    mesh = contoured(femoral_body(trial), spacing_mm=spacing_mm, is_final=is_final)
    try:
        landmarks = find_femur(mesh).landmarks
    except AnatomyError as error:
        raise ComputationError(f"this femur cannot be reached: {error}") from None
    found = landmarks.updated({"hip_joint_centre": np.zeros(3)})
    to_frame = rigid.inverse(frames.femoral_frame(found, "right"))
    return _Measured(mesh.transformed(to_frame), dict(found.moved(to_frame)), asked)


def _hip_bone(shape: HipShape, spacing_mm: float) -> tuple[Mesh, dict[str, Array]]:
    """Contour the hip bone and bring it into the pelvic frame of its own landmarks."""
    mesh = contoured(pelvic_body(shape), spacing_mm=spacing_mm)
    implicit.check_topology(mesh, euler_number=EULER_NUMBER["hip_bone"], name="virtual hip bone")
    for _ in range(PELVIC_ROUNDS):
        found = _pelvic_points(mesh, shape)
        to_frame = rigid.inverse(frames.pelvic_frame(Landmarks(found), "app"))
        mesh = mesh.transformed(to_frame)
    found = _pelvic_points(mesh, shape)
    del found["hip_joint_centre"]
    return mesh, found


def _pelvic_points(mesh: Mesh, shape: HipShape) -> dict[str, Array]:
    """Find the landmarks of the whole pelvis: the other half is the mirror image."""
    across = rigid.translation([0.0, 0.0, -shape.inter_hip_mm])
    left = mesh.mirrored(2).transformed(across)
    found = find_pelvis(mesh, left, hip_joint_centre=np.zeros(3))
    return {
        **found.points,
        "ischial_tuberosity": found.tuberosity["right"],
        "ischial_spine": found.spine["right"],
        "acetabular_centre": np.zeros(3),
        "hip_joint_centre": np.zeros(3),
    }


def _mirrored(landmarks: Landmarks) -> Landmarks:
    """Return the landmarks of the mirror image, with right and left pelvic points exchanged."""
    points = {}
    for name, point in landmarks.items():
        stem, _, ending = name.rpartition("_")
        if ending in ("right", "left"):
            name = f"{stem}_{other_side(as_side(ending))}"
        points[name] = point * [1.0, 1.0, -1.0]
    return Landmarks(points)
