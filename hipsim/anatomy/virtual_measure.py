"""What a finished virtual bone measures, in the terms it was asked in.

Every figure is taken from the surface and from landmarks that hipsim found on it without knowing
how it was made, by hipsim's own measures where there is one: asked and measured are the same thing.
Both bones are right ones, mm, origin at the hip joint centre; femur in its condylar frame, hip bone
in the ``app`` frame.
"""

import numpy as np

from hipsim.anatomy.find_acetabulum import find_acetabulum, find_rim
from hipsim.anatomy.hip import PELVIC_STRUCTURES
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.measure_femur import trochanter_shape_of
from hipsim.anatomy.measure_pelvis import orientation_of, tuberosity_of
from hipsim.anatomy.measure_slices import ACROSS, AxialFemur, mean_squares, nearest_on_neck_axis
from hipsim.anatomy.regions import label_hip_bone
from hipsim.anatomy.virtual_handles import lesser_trochanter_azimuth_deg
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import Array
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import SphereFit, angle_rad
from hipsim.geometry.section import Outline, section

SHAFT_LEVEL = 0.225  # of the length below the head centre
BOW_LEVELS = np.linspace(0.25, 0.80, 12)
ISCHIUM_LEVEL = 1.5  # head radii below the head centre
_UP = np.array([0.0, 1.0, 0.0])

Values = dict[str, float]


def femoral_values(mesh: Mesh, points: dict[str, Array], asked: HipShape) -> Values:
    """Measure the parameters of a femur.

    Parameters
    ----------
    mesh
        The femur, condylar frame, mm.
    points
        Its femoral landmarks, found on it, same frame.
    asked
        Sex and head radius, which are not measured here.

    Raises
    ------
    AnatomyError
        If a section or the lesser trochanter is not where a femur has it.
    """
    neck, top = -points["neck_isthmus"], points["shaft_axis_proximal"]
    down = rigid.unit(points["shaft_axis_distal"] - top)
    knee = points["lateral_epicondyle"] + points["medial_epicondyle"]
    length = 0.5 * float(np.linalg.norm(knee))
    version = float(np.degrees(np.arctan2(neck[0], -neck[2])))
    return {
        "femoral_length_mm": length,
        "neck_shaft_angle_deg": float(np.degrees(angle_rad(neck, down))),
        "version_deg": version,
        "bicondylar_width_mm": float(
            (points["lateral_epicondyle"] - points["medial_epicondyle"])[2]
        ),
        **_neck_values(mesh, points, rigid.unit(neck)),
        **_lesser_trochanter_values(mesh, points, asked, version),
        **_shaft_values(mesh, length),
    }


def _neck_values(mesh: Mesh, points: dict[str, Array], neck: Array) -> Values:
    """Measure length, width and gap of the neck, and the greater trochanter."""
    end = nearest_on_neck_axis(points)
    top = points["shaft_axis_proximal"]
    down = rigid.unit(points["shaft_axis_distal"] - top)
    foot = top + down * ((end - top) @ down)
    out = rigid.unit(np.array([-neck[0], 0.0, -neck[2]]))
    front = np.cross(_UP, out)
    around = _outline(mesh, points["neck_isthmus"], neck)
    up = rigid.unit(_UP - (_UP @ neck) * neck)
    flat = around.segments @ np.column_stack([up, np.cross(neck, up)])
    upper = mesh.vertices[mesh.vertices[:, 1] > points["lesser_trochanter"][1]]
    return {
        "neck_length_mm": float(np.linalg.norm(end)),
        "neck_before_shaft_mm": float((end - foot) @ front),
        "neck_width_mm": 4.0 * float(np.sqrt(mean_squares(flat)[0, 0])),
        "greater_trochanter_height_mm": float(points["greater_trochanter"][1]),
        "greater_trochanter_lateral_mm": float((upper @ out).max()),
    }


def _lesser_trochanter_values(
    mesh: Mesh, points: dict[str, Array], asked: HipShape, version: float
) -> Values:
    """Measure the lesser trochanter; its direction as seen at the version it was asked with."""
    is_near = mesh.vertices[:, 1] > 2.0 * points["lesser_trochanter"][1]
    near = mesh.submesh(is_near[mesh.faces].all(axis=1))
    shape = trochanter_shape_of(AxialFemur(near, points, asked.head_radius_mm))
    behind = -shape.version_deg - lesser_trochanter_azimuth_deg(asked)
    return {
        "lesser_trochanter_level_mm": -float(points["lesser_trochanter"][1]),
        "lesser_trochanter_reach_mm": shape.reach_mm,
        "lesser_trochanter_width_mm": shape.width_mm,
        "lesser_trochanter_direction_deg": asked.lesser_trochanter_direction_deg + behind,
    }


def _shaft_values(mesh: Mesh, length: float) -> Values:
    """Measure width and bow of the shaft."""
    at = _outline(mesh, -SHAFT_LEVEL * length * _UP, _UP)
    half_axes = 2.0 * np.sqrt(np.linalg.eigvalsh(mean_squares(at.segments[:, :, ACROSS])))
    levels = BOW_LEVELS * length
    forward = np.array([_outline(mesh, -level * _UP, _UP).centroid[0] for level in levels])
    chord = np.interp(levels, levels[[0, -1]], forward[[0, -1]])
    return {
        "shaft_width_mm": 2.0 * float(half_axes[1]),
        "anterior_bow_mm": float((forward - chord).max()),
    }


def pelvic_values(mesh: Mesh, points: dict[str, Array], asked: HipShape) -> Values:
    """Measure the parameters of a hip bone.

    Parameters
    ----------
    mesh
        The hip bone, pelvic frame ``app``, mm.
    points
        Its pelvic landmarks, both sides, found on it, same frame.
    asked
        Head radius and distance of the hip joint centres, which are not measured here.

    Raises
    ------
    AnatomyError
        If socket, rim or tuberosity are not found.
    """
    radius = asked.head_radius_mm
    centre = np.zeros(3)
    labels = label_hip_bone(mesh, Landmarks(points))
    is_ischium = labels == PELVIC_STRUCTURES.index("ischium")
    tuberosity = tuberosity_of(mesh, is_ischium, np.eye(4), radius_mm=radius)
    head = SphereFit(centre, radius, 0.0, 1.0, np.zeros(0, dtype=bool))
    rim = find_rim(mesh, find_acetabulum(mesh, head))
    axis = orientation_of(rim.normal)
    return {
        "inter_asis_mm": float((points["asis_right"] - points["asis_left"])[2]),
        "inter_psis_mm": float((points["psis_right"] - points["psis_left"])[2]),
        "asis_in_front_mm": float(points["asis_right"][0]),
        "hip_bone_height_mm": float(np.ptp(mesh.vertices[:, 1])),
        "inter_tuberous_mm": asked.inter_hip_mm + 2.0 * float(tuberosity[2]),
        "tuberosity_behind_mm": -float(tuberosity[0]),
        "tuberosity_below_mm": -float(tuberosity[1]),
        "ischium_width_mm": _ischium_width(mesh, -ISCHIUM_LEVEL * radius),
        "acetabular_inclination_deg": axis.inclination_anatomical_deg,
        "acetabular_anteversion_deg": axis.version_anatomical_deg,
    }


def _ischium_width(mesh: Mesh, level: float) -> float:
    """Return the short axis of the axial section of the ischium, the rearmost outline."""
    outlines = section(mesh, level * _UP, _UP)
    if not outlines:
        raise AnatomyError(f"the ischium ends less than {-level:.0f} mm below the head centre")
    rear = min(outlines, key=lambda outline: float(outline.centroid[0]))
    squares = mean_squares(rear.segments[:, :, ACROSS])
    return 4.0 * float(np.sqrt(np.linalg.eigvalsh(squares)[0]))


def _outline(mesh: Mesh, point: Array, normal: Array) -> Outline:
    """Return the outline around a point of a plane, or say that there is none."""
    outlines = section(mesh, point, normal)
    if not outlines:
        raise AnatomyError("a section of the femur misses the bone")
    return min(outlines, key=lambda outline: float(np.linalg.norm(outline.centroid - point)))
