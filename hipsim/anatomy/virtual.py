"""Virtual hips: closed meshes with exact landmarks from two dozen parameters, without a scan.

Both bones are implicit bodies (:mod:`hipsim.anatomy.virtual_bones`) whose node tables were fitted
to the Visible Human man and woman (HuBMAP CCF 3D Reference Object Library v1.2, CC BY 4.0) and
whose proportions are published means (:mod:`hipsim.anatomy.virtual_figures`). What is asked is
what is measured: the parameters are set on the finished surface, by correcting those of the bodies
until hipsim's own measurement returns what was asked (:mod:`hipsim.anatomy.virtual_fit`).

The hip comes in the neutral pose: pelvic frame ``app``, origin at the hip joint centre, the
condylar frame of the femur parallel to it.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.regions import label_femur, label_hip_bone
from hipsim.anatomy.sides import other_side, side_sign
from hipsim.anatomy.virtual_bones import contoured
from hipsim.anatomy.virtual_fit import (
    FEMORAL_TOLERANCES,
    PELVIC_TOLERANCES,
    Finished,
    finished_femur,
    finished_hip_bone,
    not_met,
)
from hipsim.anatomy.virtual_sacrum import EULER_NUMBER as SACRAL_EULER_NUMBER
from hipsim.anatomy.virtual_sacrum import sacral_body
from hipsim.anatomy.virtual_shape import HipShape, Sex
from hipsim.checks import Array, Side, as_choice, as_number, as_side
from hipsim.geometry import Mesh, implicit, rigid

Sacrum = Literal["with", "without"]


@dataclass(frozen=True, eq=False)
class VirtualPelvis:
    """Both hips of one person; make one with :func:`make_pelvis`.

    Attributes
    ----------
    right, left
        Femur, hip bone, landmarks and structures of either side, in one frame.
    sacrum
        Closed mesh in the same frame, or None.
    """

    right: Hip
    left: Hip
    sacrum: Mesh | None


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
    side = as_side(side)
    spacing = as_number(spacing_mm, name="spacing_mm", low=1, high=4, unit="mm")
    bones = finished_femur(shape, spacing_mm=spacing), finished_hip_bone(shape, spacing_mm=spacing)
    hip = _hip(shape, *bones, name or f"virtual {shape.sex}", spacing)
    return hip if side_sign(side) > 0 else mirrored(hip)


def make_pelvis(
    *,
    sex: Sex = "female",
    spacing_mm: float = 2.0,
    sacrum: Sacrum = "with",
    name: str | None = None,
    **parameters: float | None,
) -> VirtualPelvis:
    """Make both virtual hips of a person and the sacrum between them, in one frame.

    Parameters
    ----------
    sex, spacing_mm, name, **parameters
        As in :func:`make_hip`.
    sacrum
        ``"with"`` or ``"without"``.

    Returns
    -------
    pelvis
        Right and left hip, mirror images in the neutral pose; axes of the ``app`` frame, origin
        half-way between the hip joint centres.

    Raises
    ------
    InputError
        If a parameter is unknown or out of range, or ``sacrum`` is another word.
    ComputationError
        If the parameters do not go together.

    Examples
    --------
    >>> pelvis = make_pelvis(spacing_mm=4, sacrum="without")
    >>> float(pelvis.right.landmarks["hip_joint_centre"][2].round(1))
    85.9
    """
    as_choice(sacrum, get_args(Sacrum), name="sacrum")
    spacing = as_number(spacing_mm, name="spacing_mm", low=1, high=4, unit="mm")
    shape = HipShape.typical(sex, **parameters)
    femur, bone = (make(shape, spacing_mm=spacing) for make in (finished_femur, finished_hip_bone))
    to_middle = rigid.translation([0.0, 0.0, 0.5 * shape.inter_hip_mm])
    right = moved(_hip(shape, femur, bone, name or f"virtual {sex}", spacing), to_middle)
    between = None
    if sacrum == "with":
        own = contoured(sacral_body(bone.trial), spacing_mm=spacing)
        implicit.check_topology(own, euler_number=SACRAL_EULER_NUMBER, name="virtual sacrum")
        between = own.transformed(to_middle @ bone.from_body)
    return VirtualPelvis(right, mirrored(right), between)


def _hip(shape: HipShape, femur: Finished, bone: Finished, name: str, spacing_mm: float) -> Hip:
    """Put a right hip together from its bones."""
    points = {n: p for n, p in bone.points.items() if n != "hip_joint_centre"}
    landmarks = Landmarks({**femur.points, **points})
    note: dict[str, Any] = {"step": "make_hip", "spacing_mm": spacing_mm, **asdict(shape)}
    note["not_met"] = {
        **not_met(femur, shape, FEMORAL_TOLERANCES),
        **not_met(bone, shape, PELVIC_TOLERANCES),
    }
    return Hip(
        side="right",
        femur=femur.mesh,
        hip_bone=bone.mesh,
        landmarks=landmarks,
        head_radius_mm=shape.head_radius_mm,
        femoral_labels=label_femur(femur.mesh, landmarks, "right", shape.head_radius_mm),
        pelvic_labels=label_hip_bone(bone.mesh, landmarks),
        name=name,
        notes=(note,),
    )


def mirrored(hip: Hip) -> Hip:
    """Return the mirror image of a hip about the plane Z = 0: the same hip of the other side."""
    return hip.evolved(
        side=other_side(hip.side),
        femur=hip.femur.mirrored(2),
        hip_bone=hip.hip_bone.mirrored(2),
        landmarks=_mirrored(hip.landmarks),
        femoral_labels=hip.femoral_labels.copy(),
        pelvic_labels=hip.pelvic_labels.copy(),
    )


def moved(hip: Hip, transform: Array) -> Hip:
    """Return a hip in another frame; ``transform`` (4, 4) is rigid."""
    return hip.evolved(
        femur=hip.femur.transformed(transform),
        hip_bone=hip.hip_bone.transformed(transform),
        landmarks=hip.landmarks.moved(transform),
    )


def _mirrored(landmarks: Landmarks) -> Landmarks:
    """Return the landmarks of the mirror image, with right and left pelvic points exchanged."""
    points = {}
    for name, point in landmarks.items():
        stem, _, ending = name.rpartition("_")
        if ending in ("right", "left"):
            name = f"{stem}_{other_side(as_side(ending))}"
        points[name] = point * [1.0, 1.0, -1.0]
    return Landmarks(points)
