"""Widths and angles of the pelvis and the acetabulum, each with its definition.

All refer to the ``app`` frame (anterior pelvic plane vertical); lateral is away from the midline.
A hip holds one hip bone, so a width between the two sides is twice the distance from the
midplane: the pelvis is taken as symmetrical. The midplane is across the line of the ASIS, through
the mean of the midpoints of ASIS, PSIS and pubic tubercles. Definitions are
those of the measurements of 35 CT hips that serve as norms (own measurements on the subjects of
Fischer 2023, Sci Data 10:763).
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from hipsim.anatomy.find_acetabulum import find_acetabulum, find_rim
from hipsim.anatomy.footprint import pieces_of_faces
from hipsim.anatomy.hip import PELVIC_STRUCTURES, Hip
from hipsim.anatomy.measure_slices import ACROSS, long_axis
from hipsim.anatomy.measure_version import femoral_version_deg
from hipsim.anatomy.regions import ISCHIUM_IN_FRONT_MM
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array, BoolArray
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import SphereFit
from hipsim.geometry.section import section

ISCHIAL_LEVEL = 2.25  # of R below the hip joint centre: about the level of the LT in neutral
TUBEROSITY_FACING = 0.7  # cosine of a face's normal to the way down and back: its core
TUBEROSITY_FLANK = 0.6  # ... and of faces that belong to it if they are near its core
TUBEROSITY_FLANK_MM = 8.0  # how near; at 0.6 the ramus may hang on, at 0.7 never seen
TUBEROSITY_LEVEL = 1.25  # of R below the hip joint centre: the ischium below is tuberosity
MIDPLANE_PAIRS = ("asis", "psis", "pubic_tubercle")
_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class AcetabularOrientation:
    """Where the acetabulum looks: the normal of its rim plane, by two conventions.

    Attributes
    ----------
    version_anatomical_deg
        Of the axis in the transverse plane from lateral to anterior; what an axial slice through
        the middle of the socket shows.
    inclination_anatomical_deg
        Between the axis and the vertical.
    version_radiographic_deg
        Between the axis and the frontal plane.
    inclination_radiographic_deg
        Between the vertical and the axis seen in the frontal plane.
    rim_rms_mm
        How uneven the rim is.

    References
    ----------
    Murray, The definition and measurement of acetabular orientation, J Bone Joint Surg Br
    1993;75:228.
    """

    version_anatomical_deg: float
    inclination_anatomical_deg: float
    version_radiographic_deg: float
    inclination_radiographic_deg: float
    rim_rms_mm: float


def inter_asis_mm(hip: Hip) -> float:
    """Measure the distance between the two anterior superior iliac spines.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    marks = hip.landmarks
    return float(np.linalg.norm(marks["asis_right"] - marks["asis_left"]))


def inter_hip_mm(hip: Hip) -> float:
    """Measure the distance between the hip joint centres: twice that from the midplane.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    return 2.0 * _off_midplane(hip, hip.landmarks["hip_joint_centre"])


def inter_tuberous_mm(hip: Hip) -> float:
    """Measure the distance between the centroids of the ischial tuberosities.

    The centroid of a tuberosity is that of its surface facing down and back
    (:func:`tuberosity_centroid`); the distance is twice that of this side from the midplane. On
    eight CT hips of the series behind the norm it lies as far medial of the most lateral point of
    the ischium as published (19.4 mm in women, 22.1 in men) to within 0.4 mm.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    return 2.0 * _off_midplane(hip, tuberosity_centroid(hip))


def tuberosity_centroid(hip: Hip) -> Array:
    """Return the centroid of the tuberosity's surface facing down and back, (3,), scan frame, mm.

    Only the largest piece of that surface counts, with its flanks: patches on the ramus and on the
    body of the ischium that face the same way do not.

    Raises
    ------
    AnatomyError
        If a landmark is missing, or the ischium has no such surface.
    """
    is_ischium = hip.pelvic_labels == PELVIC_STRUCTURES.index("ischium")
    return tuberosity_of(
        hip.hip_bone, is_ischium, hip.pelvic_frame("app"), radius_mm=hip.head_radius_mm
    )


def tuberosity_of(bone: Mesh, is_ischium: BoolArray, frame: Array, *, radius_mm: float) -> Array:
    """Return the centroid of the tuberosity of a bone without the rest of the hip, mm.

    Parameters
    ----------
    bone
        Hip bone, scan frame, mm.
    is_ischium
        Marks the faces of the ischium, shape (m,).
    frame
        ``scan_from_pelvis``, zero ``app``, shape (4, 4).
    radius_mm
        Radius of the femoral head.

    Raises
    ------
    AnatomyError
        If the ischium has no surface facing down and back.
    """
    cosine = bone.face_normals @ (frame[:3, :3] @ rigid.unit(np.array([-1.0, -1.0, 0.0])))
    height = (bone.face_centres - frame[:3, 3]) @ frame[:3, 1]
    is_low = is_ischium & (height < -TUBEROSITY_LEVEL * radius_mm)
    faces = np.flatnonzero(is_low & (cosine > TUBEROSITY_FACING))
    if len(faces) == 0:
        raise AnatomyError("the ischium has no surface facing down and back below the hip joint")
    areas, centres = bone.face_areas_mm2, bone.face_centres
    piece = pieces_of_faces(bone, faces)
    core = faces[piece == np.bincount(piece, areas[faces]).argmax()]
    flank = np.flatnonzero(is_low & (cosine > TUBEROSITY_FLANK))
    away, _ = cKDTree(centres[core]).query(centres[flank])
    chosen = flank[away < TUBEROSITY_FLANK_MM]
    centroid: Array = areas[chosen] @ centres[chosen] / areas[chosen].sum()
    return centroid


def ischial_angle_deg(hip: Hip) -> float:
    """Measure the direction of the ischium's long axis in an axial slice.

    Angle between the transverse line, towards lateral, and the long axis of the slice (that of the
    ellipse with the same moments), towards anterior, 2.25 head radii below the hip joint centre,
    about where the lesser trochanter passes; ischium and ramus count as one. The larger, the more
    the ischium faces laterally.

    Raises
    ------
    AnatomyError
        If a landmark is missing or the bone ends above that level.
    """
    frame = hip.pelvic_frame("app")
    level = rigid.apply(frame, (-ISCHIAL_LEVEL * hip.head_radius_mm * _UP)[None])[0]
    inverse = rigid.inverse(frame)
    outlines = [rigid.apply(inverse, outline.segments.reshape(-1, 3)).reshape(-1, 2, 3)
                for outline in section(hip.hip_bone, level, frame[:3, 1])]  # fmt: skip
    own = [local for local in outlines if local[..., 0].mean() < ISCHIUM_IN_FRONT_MM]
    if not own:
        raise AnatomyError(f"the ischium ends less than {ISCHIAL_LEVEL:g} head radii below the hip")
    across = np.concatenate(own)[:, :, ACROSS] * [side_sign(hip.side), 1.0]
    lateral, anterior = long_axis(across)
    return float(np.degrees(np.arctan2(anterior, lateral)))


def pelvic_tilt_deg(hip: Hip) -> float:
    """Measure the tilt of the ASIS-PSIS plane when the anterior pelvic plane is vertical.

    Positive where the PSIS are higher (anterior tilt): what the pelvic zeros ``app`` and ``isb``
    differ by.

    Raises
    ------
    AnatomyError
        If a landmark is missing.
    """
    forward = hip.pelvic_frame("app")[:3, :3].T @ hip.pelvic_frame("isb")[:3, 0]
    return float(np.degrees(np.arctan2(-forward[1], forward[0])))


def acetabular_orientation(hip: Hip) -> AcetabularOrientation:
    """Measure where the acetabulum looks, in the ``app`` frame.

    Raises
    ------
    AnatomyError
        If a landmark is missing, or the socket or its rim is not found on the bone.
    """
    centre = hip.landmarks["hip_joint_centre"]
    head = SphereFit(centre, hip.head_radius_mm, 0.0, 1.0, np.zeros(0, dtype=bool))
    rim = find_rim(hip.hip_bone, find_acetabulum(hip.hip_bone, head))
    axis = hip.pelvic_frame("app")[:3, :3].T @ rim.normal * [1.0, 1.0, side_sign(hip.side)]
    return orientation_of(axis, rms_mm=rim.rms_mm)


def orientation_of(axis: Array, *, rms_mm: float = 0.0) -> AcetabularOrientation:
    """Return the angles of an acetabular axis, both conventions.

    Parameters
    ----------
    axis
        Outward unit normal of the rim plane, ``app`` frame of a right hip, shape (3,).
    rms_mm
        How uneven the rim is.

    Examples
    --------
    >>> round(orientation_of(np.array([0.3, -0.6, 0.74])).version_anatomical_deg, 1)
    22.1
    """
    x, y, z = axis
    return AcetabularOrientation(
        version_anatomical_deg=float(np.degrees(np.arctan2(x, z))),
        inclination_anatomical_deg=float(np.degrees(np.arccos(-y))),
        version_radiographic_deg=float(np.degrees(np.arcsin(x))),
        inclination_radiographic_deg=float(np.degrees(np.arctan2(z, -y))),
        rim_rms_mm=rms_mm,
    )


def mckibbin_index_deg(hip: Hip, method: str = "murphy") -> float:
    """Add femoral and acetabular version (McKibbin, J Bone Joint Surg Br 1970;52:148).

    Parameters
    ----------
    hip
        A hip with all landmarks.
    method
        Of the femoral version, ``"murphy"`` by default; the acetabular version is the anatomical
        one, of the rim plane. Both count towards anterior.

    Raises
    ------
    InputError
        If the method is unknown.
    AnatomyError
        If either version cannot be measured.
    """
    return femoral_version_deg(hip, method) + acetabular_orientation(hip).version_anatomical_deg


def _off_midplane(hip: Hip, point: Array) -> float:
    """Return the distance of a point from the midplane of the pelvis."""
    marks = hip.landmarks
    across = rigid.unit(marks["asis_right"] - marks["asis_left"])
    ends = [marks[f"{name}_{side}"] for name in MIDPLANE_PAIRS for side in ("right", "left")]
    return float(abs((point - np.mean(ends, axis=0)) @ across))
