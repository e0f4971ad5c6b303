"""The measures of one hip, in the order a surgeon reads them: what each is called and how taken."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from hipsim.anatomy import measures
from hipsim.anatomy.footprint import hamstring_footprint, iliopsoas_footprint
from hipsim.anatomy.hip import Hip
from hipsim.planning.space import (
    HAMSTRING_LAYER_MM,
    IschiofemoralSpace,
    QuadratusFemorisSpace,
    ischiofemoral_space,
    quadratus_femoris_space,
)

GROUPS = ("femur", "lesser trochanter", "pelvis", "space", "attachments")


class Taken:
    """A hip and what several of its measures share, measured once.

    Parameters
    ----------
    hip
        Any hip.
    hamstring_layer_mm
        Thickness of the tendon layer of the quadratus femoris space.
    """

    def __init__(self, hip: Hip, hamstring_layer_mm: float = HAMSTRING_LAYER_MM) -> None:
        self.hip = hip
        self.hamstring_layer_mm = hamstring_layer_mm

    @cached_property
    def trochanter(self) -> measures.LesserTrochanterShape:
        """Shape of the lesser trochanter."""
        return measures.lesser_trochanter_shape(self.hip)

    @cached_property
    def acetabulum(self) -> measures.AcetabularOrientation:
        """Where the acetabulum looks."""
        return measures.acetabular_orientation(self.hip)

    @cached_property
    def space(self) -> IschiofemoralSpace:
        """The ischiofemoral space in neutral."""
        return ischiofemoral_space(self.hip)

    @cached_property
    def quadratus(self) -> QuadratusFemorisSpace:
        """The quadratus femoris space in neutral."""
        layer = self.hamstring_layer_mm
        return quadratus_femoris_space(self.hip, hamstring_layer_mm=layer, bare=self.space)

    def version_deg(self, method: str) -> float:
        """Femoral version by one method."""
        return measures.femoral_version_deg(self.hip, method)

    def mckibbin_deg(self) -> float:
        """Femoral version by Murphy plus anatomical acetabular version."""
        return self.version_deg("murphy") + self.acetabulum.version_anatomical_deg


@dataclass(frozen=True)
class Measure:
    """One measure: its key (ending in the unit), its place, its words, and how it is taken."""

    key: str
    group: str
    label: str
    method: str
    take: Callable[[Taken], float]

    @property
    def unit(self) -> str:
        """``"mm"``, ``"deg"``, ``"mm2"`` or ``"pct"``."""
        return self.key.rpartition("_")[2]


def _femur(key: str, label: str, method: str, take: Callable[[Taken], float]) -> Measure:
    return Measure(key, "femur", label, method, take)


def _trochanter(key: str, label: str, method: str, take: Callable[[Taken], float]) -> Measure:
    return Measure(key, "lesser trochanter", label, method, take)


def _pelvis(key: str, label: str, method: str, take: Callable[[Taken], float]) -> Measure:
    return Measure(key, "pelvis", label, method, take)


def _space(key: str, label: str, method: str, take: Callable[[Taken], float]) -> Measure:
    return Measure(key, "space", label, method, take)


def _patch(key: str, label: str, method: str, take: Callable[[Taken], float]) -> Measure:
    return Measure(key, "attachments", label, method, take)


MEASURES: tuple[Measure, ...] = (
    _femur(
        "version_murphy_deg", "femoral version, Murphy",
        "head centre to centroid of the axial slice just above the LT, v posterior condylar line",
        lambda t: t.version_deg("murphy"),
    ),
    _femur(
        "version_tomczak_deg", "femoral version, Tomczak",
        "head centre to centroid of the axial slice at the base of the neck",
        lambda t: t.version_deg("tomczak"),
    ),
    _femur(
        "version_reikeras_deg", "femoral version, Reikeras",
        "head centre to middle of the neck in the axial slices with parallel cortices",
        lambda t: t.version_deg("reikeras"),
    ),
    _femur(
        "version_lee_deg", "femoral version, Lee",
        "head centre to the most cephalic junction of neck and greater trochanter",
        lambda t: t.version_deg("lee"),
    ),
    _femur(
        "version_3d_deg", "femoral version, 3D isthmus",
        "head centre to centroid of the narrowest section across the neck, in space",
        lambda t: t.version_deg("3d"),
    ),
    _femur(
        "neck_shaft_angle_deg", "neck-shaft angle, 3D",
        "neck axis (head centre, isthmus) v proximal shaft axis, in space",
        lambda t: measures.neck_shaft_angle_deg(t.hip),
    ),
    _femur(
        "head_radius_mm", "head radius", "sphere fitted to the head",
        lambda t: t.hip.head_radius_mm,
    ),
    _femur(
        "femoral_offset_mm", "offset, 3D", "head centre to proximal shaft axis",
        lambda t: measures.femoral_offset_mm(t.hip),
    ),
    _femur(
        "neck_length_mm", "neck length",
        "head centre to where the neck axis passes nearest to the shaft axis",
        lambda t: measures.neck_length_mm(t.hip),
    ),
    _femur(
        "mechanical_length_mm", "length, head to knee centre",
        "hip joint centre to midpoint of the epicondyles",
        lambda t: measures.mechanical_length_mm(t.hip),
    ),
    _femur(
        "femoral_length_mm", "length, whole bone",
        "highest to lowest point along the mechanical axis",
        lambda t: measures.femoral_length_mm(t.hip),
    ),
    _femur(
        "shaft_to_mechanical_axis_deg", "shaft v mechanical axis",
        "proximal shaft axis v hip to knee centre, frontal plane",
        lambda t: measures.shaft_to_mechanical_axis_deg(t.hip),
    ),
    _trochanter(
        "lt_reach_mm", "apex from shaft axis", "perpendicular to the proximal shaft axis",
        lambda t: t.trochanter.reach_mm,
    ),
    _trochanter(
        "lt_height_mm", "height", "reach minus shaft radius 30 mm farther distal",
        lambda t: t.trochanter.height_mm,
    ),
    _trochanter(
        "lt_width_mm", "width at half height", "length along the shaft",
        lambda t: t.trochanter.width_mm,
    ),
    _trochanter(
        "lt_version_deg", "LT version",
        "shaft axis to apex v posterior condylar line; negative behind",
        lambda t: t.trochanter.version_deg,
    ),
    _trochanter(
        "lt_neck_angle_deg", "angle to neck axis", "femoral version (3D) minus LT version",
        lambda t: t.version_deg("3d") - t.trochanter.version_deg,
    ),
    _pelvis(
        "inter_asis_mm", "inter-ASIS width", "distance of the landmarks",
        lambda t: measures.inter_asis_mm(t.hip),
    ),
    _pelvis(
        "inter_hip_mm", "inter-hip-centre width",
        "twice the distance of this side from the midplane",
        lambda t: measures.inter_hip_mm(t.hip),
    ),
    _pelvis(
        "inter_tuberous_mm", "inter-tuberous width",
        "centroids of the tuberosities; twice the distance of this side from the midplane",
        lambda t: measures.inter_tuberous_mm(t.hip),
    ),
    _pelvis(
        "ischial_angle_deg", "ischial angle",
        "long axis of the axial slice 2.25 head radii below the hip v the transverse line",
        lambda t: measures.ischial_angle_deg(t.hip),
    ),
    _pelvis(
        "pelvic_tilt_deg", "tilt, ASIS-PSIS v APP",
        "ASIS-PSIS plane v horizontal with the anterior pelvic plane vertical; anterior positive",
        lambda t: measures.pelvic_tilt_deg(t.hip),
    ),
    _pelvis(
        "acetabular_version_deg", "acetabular version, anatom.",
        "rim plane normal in the transverse plane, anterior pelvic plane vertical",
        lambda t: t.acetabulum.version_anatomical_deg,
    ),
    _pelvis(
        "acetabular_inclination_deg", "acetab. inclination, anatom.",
        "rim plane normal v the vertical",
        lambda t: t.acetabulum.inclination_anatomical_deg,
    ),
    _pelvis(
        "acetabular_version_radiographic_deg", "acetabular version, radiogr.",
        "rim plane normal v the frontal plane",
        lambda t: t.acetabulum.version_radiographic_deg,
    ),
    _pelvis(
        "acetabular_inclination_radiographic_deg", "acetab. inclination, radiogr.",
        "rim plane normal v the vertical, seen in the frontal plane",
        lambda t: t.acetabulum.inclination_radiographic_deg,
    ),
    _pelvis(
        "mckibbin_index_deg", "McKibbin index",
        "femoral version (Murphy) plus acetabular version (anatomical)",
        lambda t: t.mckibbin_deg(),
    ),
    _space(
        "ifs_3d_mm", "ischiofemoral space, 3D",
        "least distance of LT and ischium in space, neutral pose",
        lambda t: t.space.ifs_3d_mm,
    ),
    _space(
        "ifs_axial_mm", "ischiofemoral space, axial",
        "least distance of LT and ischium within one axial plane, neutral pose",
        lambda t: t.space.ifs_axial_mm,
    ),
    _space(
        "qfs_3d_mm", "quadratus femoris space, 3D",
        "LT to the hamstring layer on its footprint or to bare ischium, in space",
        lambda t: t.quadratus.qfs_3d_mm,
    ),
    _space(
        "qfs_axial_mm", "quadratus femoris sp., axial", "the same within one axial plane",
        lambda t: t.quadratus.qfs_axial_mm,
    ),
    _patch(
        "iliopsoas_footprint_mm2", "iliopsoas on the LT", "surface left of its insertion",
        lambda t: iliopsoas_footprint(t.hip).area_mm2,
    ),
    _patch(
        "iliopsoas_lost_pct", "iliopsoas insertion lost", "share of it surgery has taken",
        lambda t: 100.0 * iliopsoas_footprint(t.hip).lost_share,
    ),
    _patch(
        "hamstring_footprint_mm2", "hamstrings on the tuberosity", "surface of their origin",
        lambda t: hamstring_footprint(t.hip).area_mm2,
    ),
)  # fmt: skip
