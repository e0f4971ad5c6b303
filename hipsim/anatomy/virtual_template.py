"""Virtual hips by the thousand: one template per bone and sex, moved in milliseconds.

:func:`hipsim.anatomy.virtual.make_hip` contours two implicit bodies, which takes seconds. A cohort
wants the same bones faster: the bones of the mean woman and the mean man are contoured once and
their vertices follow the nodes of the implicit body (:mod:`hipsim.anatomy.virtual_template_skin`),
landmarks with them. As there, version, neck-shaft angle, length and reach are set on the finished
surface: the parameters are corrected until the moved landmarks measure what was asked.

Nothing is fitted or stored: the template is built from the code when first asked for, in about ten
seconds for a sex, and kept for the rest of the process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import ModuleType

import numpy as np

from hipsim.anatomy import frames, virtual_femur_nodes, virtual_pelvis_nodes
from hipsim.anatomy.find_femur import find_femur
from hipsim.anatomy.find_pelvis import find_pelvis
from hipsim.anatomy.find_proximal_femur import SHAFT_LEVELS
from hipsim.anatomy.hip import Labels
from hipsim.anatomy.landmarks import LANDMARK_NAMES, Landmarks
from hipsim.anatomy.population import sample_population
from hipsim.anatomy.regions import label_femur, label_hip_bone
from hipsim.anatomy.virtual_bones import (
    FEMORAL_BLEND_MM,
    HEAD_BLEND_MM,
    PELVIC_BLEND_MM,
    contoured,
    femoral_body,
    pelvic_body,
    socket_radius,
)
from hipsim.anatomy.virtual_fit import FEMORAL_TOLERANCES
from hipsim.anatomy.virtual_handles import (
    FixedWarp,
    Handles,
    femoral_handles,
    femoral_points,
    lesser_trochanter_azimuth_deg,
    pelvic_handles,
)
from hipsim.anatomy.virtual_measure import femoral_values, pelvic_values
from hipsim.anatomy.virtual_shape import HipShape, Sex
from hipsim.anatomy.virtual_template_correction import Correction
from hipsim.anatomy.virtual_template_marks import Marks, patch, ring
from hipsim.anatomy.virtual_template_measure import SECTIONS, Probe
from hipsim.anatomy.virtual_template_skin import Cells, Nodes, Skin
from hipsim.checks import Array
from hipsim.errors import ComputationError, HipsimError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import angle_rad, fit_line
from hipsim.geometry.section import section

SPACING_MM = 3.0
ROUNDS = 16
SAMPLE, SAMPLE_SEED = 44, 2  # of the population, to learn the correction from
BRISK = 3  # rounds of whole steps; then the steps overshoot and are halved
MET = 0.4  # share of the generator's tolerances that is met without a correction
TRUSTED = 3.0  # so many tolerances are corrected once without looking again: a fifth is left
SHAFT_REACH_MM, NECK_REACH_MM = 40.0, 30.0  # from the axis; nothing else lies as near
_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, eq=False)
class MovedBone:
    """The nodes of a bone brought to a shape, and the way to its anatomical frame.

    Attributes
    ----------
    nodes
        Of the implicit body, its own frame.
    to_frame
        Rigid (4, 4): condylar frame from the body's for a femur, ``app`` frame for a hip bone.
    points
        Landmarks in the anatomical frame, shape (3,) each, mm.
    """

    nodes: Nodes
    to_frame: Array
    points: dict[str, Array]


@dataclass(frozen=True, eq=False)
class FemoralFit:
    """How the nodes of a femur are brought to a shape; all a cohort's worker needs besides regions.

    Attributes
    ----------
    nodes
        Of the template.
    warp
        Takes the table of nodes, and the points that steer the mean woman's femur, to any other.
    marks
        Landmarks and the shaft's sections, and how they follow.
    probe
        Where isthmus and lesser trochanter are found anew.
    correction
        What the parameters must be corrected by; empty while it is learned.
    """

    nodes: Nodes
    warp: FixedWarp
    marks: Marks
    probe: Probe
    correction: Correction | None = None
    excess: Mapping[str, float] = field(default_factory=dict)

    def moved(self, shape: HipShape) -> MovedBone:
        """Return the femur on which the landmarks measure what a shape asks for.

        Raises
        ------
        ComputationError
            If they cannot be brought there.
        """
        trial = shape if self.correction is None else self.correction.undone(shape)
        for done in range(ROUNDS):
            bone = self.at(trial)
            found = landmark_values(bone.points, shape)
            off = {n: getattr(shape, n) - value - self.excess[n] for n, value in found.items()}
            worst = max(abs(off[name]) / FEMORAL_TOLERANCES[name] for name in off)
            if worst < MET:
                return bone
            pace = 1.0 if done < BRISK else 0.5
            trial = replace(trial, **{n: getattr(trial, n) + pace * off[n] for n in off})
            if worst < TRUSTED:
                return self._followed(_femoral_nodes(trial, self.warp))[1]
        missed = ", ".join(
            f"{name} {found[name]:.1f} for {getattr(shape, name):.1f}" for name in found
        )
        raise ComputationError(
            f"this femur cannot be reached in {ROUNDS} rounds, got {missed}; "
            "keep the parameters nearer to their defaults"
        )

    def at(self, trial: HipShape) -> MovedBone:
        """Return the femur of some parameters, uncorrected, in its own condylar frame."""
        axes, bone = self._followed(_femoral_nodes(trial, self.warp))
        return replace(bone, points=self.probe.found(bone.nodes, axes, bone.points))

    def _followed(self, nodes: Nodes) -> tuple[Array, MovedBone]:
        """Return the axes (3, 3) of a femur and it, isthmus and apex not found but followed."""
        axes, points = _in_frame(self.marks.at(nodes, self.nodes))
        return axes, MovedBone(nodes, rigid.transform_from(axes.T), points)


@dataclass(frozen=True, eq=False)
class PelvicFit:
    """How the nodes of a hip bone are brought to a shape; attributes as of :class:`FemoralFit`."""

    nodes: Nodes
    warp: FixedWarp
    marks: Marks
    correction: Correction | None = None

    def moved(self, shape: HipShape) -> MovedBone:
        """Return the hip bone of a shape in the pelvic frame of its own landmarks."""
        return self.at(shape if self.correction is None else self.correction.undone(shape))

    def at(self, trial: HipShape) -> MovedBone:
        """Return the hip bone of some parameters, uncorrected, in its own pelvic frame."""
        nodes = _pelvic_nodes(trial, self.warp)
        right = self.marks.at(nodes, self.nodes)
        across = np.array([0.0, 0.0, trial.inter_hip_mm])
        points = {name: right[name] for name in ("ischial_tuberosity", "ischial_spine")}
        points |= {name: np.zeros(3) for name in ("hip_joint_centre", "acetabular_centre")}
        for name in ("asis", "psis", "pubic_tubercle"):
            points[f"{name}_right"] = right[name]
            points[f"{name}_left"] = right[name] * [1.0, 1.0, -1.0] - across
        to_frame = rigid.inverse(frames.pelvic_frame(Landmarks(points), "app"))
        moved = {name: rigid.apply(to_frame, point[None])[0] for name, point in points.items()}
        return MovedBone(nodes, to_frame, moved)


@dataclass(frozen=True, eq=False)
class Template:
    """A bone of the mean woman or man, contoured once, and how it follows a shape.

    Attributes
    ----------
    mesh
        Its contour, frame of the implicit body, mm.
    labels
        Structure of each face.
    skin
        How the contour follows the nodes.
    fit
        How the nodes follow a shape.
    """

    mesh: Mesh
    labels: Labels
    skin: Skin
    fit: FemoralFit | PelvicFit

    def moved(self, shape: HipShape) -> tuple[Mesh, dict[str, Array]]:
        """Return surface and landmarks of a shape in the bone's anatomical frame, right side.

        Raises
        ------
        ComputationError
            If the parameters do not go together.
        """
        bone = self.fit.moved(shape)
        return self.placed(bone), bone.points

    def placed(self, bone: MovedBone) -> Mesh:
        """Return the surface of a moved bone in its anatomical frame."""
        return Mesh(rigid.apply(bone.to_frame, self.skin.moved(bone.nodes)), self.mesh.faces)


@cache
def femoral_template(sex: Sex) -> Template:
    """Return the femur of a sex, built when first asked for."""
    home, warp = HipShape.typical(sex), _fixed_warp(virtual_femur_nodes, femoral_handles)
    mesh, nodes = contoured(femoral_body(home), spacing_mm=SPACING_MM), _femoral_nodes(home, warp)
    skin = Skin.on(
        mesh, Cells.of(virtual_femur_nodes), nodes, blends_mm=(FEMORAL_BLEND_MM, HEAD_BLEND_MM)
    )
    marks = Marks.on(skin, _femoral_marks(mesh))
    axes, points = _in_frame(marks.at(nodes, nodes))
    fit = FemoralFit(nodes, warp, marks, Probe.on(skin, mesh.faces, axes, points))
    bone = fit.at(home)
    known = Landmarks({n: p for n, p in bone.points.items() if n in LANDMARK_NAMES})
    local = mesh.transformed(bone.to_frame)
    labels = label_femur(local, known, "right", home.head_radius_mm)
    return Template(mesh, labels, skin, _learned_femur(Template(mesh, labels, skin, fit), fit, sex))


@cache
def pelvic_template(sex: Sex) -> Template:
    """Return the hip bone of a sex, built when first asked for."""
    home, warp = HipShape.typical(sex), _fixed_warp(virtual_pelvis_nodes, pelvic_handles)
    mesh, nodes = contoured(pelvic_body(home), spacing_mm=SPACING_MM), _pelvic_nodes(home, warp)
    skin = Skin.on(mesh, Cells.of(virtual_pelvis_nodes), nodes, blends_mm=(PELVIC_BLEND_MM, 0.0))
    marks = {n: (p, patch(mesh.vertices, p)) for n, p in _pelvic_points(mesh, home).items()}
    fit = PelvicFit(nodes, warp, Marks.on(skin, marks))
    bone = fit.at(home)
    labels = label_hip_bone(mesh.transformed(bone.to_frame), Landmarks(bone.points))
    learned = _learned_hip_bone(Template(mesh, labels, skin, fit), fit, sex)
    return Template(mesh, labels, skin, learned)


def _learned_femur(template: "Template", fit: FemoralFit, sex: Sex) -> FemoralFit:
    """Learn what the parameters of a femur must be corrected by."""
    made, measured, seen = [], [], []
    for trial in _sample(sex):
        try:
            bone = fit.at(trial)
            measured.append(femoral_values(template.placed(bone), bone.points, trial))
        except HipsimError:
            continue
        made.append(trial)
        seen.append(landmark_values(bone.points, trial))
    excess = {
        n: float(np.median([m[n] - s[n] for m, s in zip(measured, seen, strict=True)]))
        for n in seen[0]
    }
    return replace(fit, correction=Correction.learned(made, measured), excess=excess)


def _learned_hip_bone(template: "Template", fit: PelvicFit, sex: Sex) -> PelvicFit:
    """Learn what the parameters of a hip bone must be corrected by."""
    made, measured = [], []
    for trial in _sample(sex):
        bone = fit.at(trial)
        try:
            measured.append(pelvic_values(template.placed(bone), bone.points, trial))
        except HipsimError:
            continue
        made.append(trial)
    return replace(fit, correction=Correction.learned(made, measured))


def _sample(sex: Sex) -> list[HipShape]:
    """Return shapes over the whole population of a sex to learn from."""
    share = float(sex == "female")
    return list(sample_population(SAMPLE, sex_ratio=share, seed=SAMPLE_SEED, method="sobol"))


def landmark_values(points: dict[str, Array], asked: HipShape) -> dict[str, float]:
    """Measure a femur by its moved landmarks: what the space depends on most.

    Parameters
    ----------
    points
        Landmarks and centres of shaft sections, condylar frame, shape (3,) each, mm.
    asked
        The shape that was asked for; the direction of the lesser trochanter turns with its version.

    Returns
    -------
    values
        Name to mm or degrees; names as in the generator's ``FEMORAL_TOLERANCES``.
    """
    neck = -points["neck_isthmus"]
    foot, down = fit_line([points[f"shaft_{i}"] for i in range(SECTIONS)])
    apex = points["lesser_trochanter"] - foot
    apex = apex - (apex @ down) * down
    azimuth = float(np.degrees(np.arctan2(-apex[0], -apex[2])))
    turned = azimuth - lesser_trochanter_azimuth_deg(asked)
    knee = 0.5 * (points["medial_epicondyle"] + points["lateral_epicondyle"])
    return {
        "version_deg": float(np.degrees(np.arctan2(neck[0], -neck[2]))),
        "neck_shaft_angle_deg": float(np.degrees(angle_rad(neck, down))),
        "femoral_length_mm": float(np.linalg.norm(knee)),
        "lesser_trochanter_reach_mm": float(np.linalg.norm(apex)),
        "lesser_trochanter_direction_deg": asked.lesser_trochanter_direction_deg + turned,
        "lesser_trochanter_level_mm": -float(points["lesser_trochanter"][1]),
    }


def _fixed_warp(table: ModuleType, handles: Callable[[HipShape], Handles]) -> FixedWarp:
    """Return the warps of a node table, which is the mean woman's."""
    rows = np.array(list(table.NODES.values()))
    return FixedWarp.of(handles(HipShape.typical("female")), rows[:, :3], rows[:, 3])


def _femoral_nodes(shape: HipShape, warp: FixedWarp) -> Nodes:
    """Return the nodes of a femur."""
    return Nodes.warped(warp, femoral_points(shape), shape.head_radius_mm)


def _pelvic_nodes(shape: HipShape, warp: FixedWarp) -> Nodes:
    """Return the nodes of a hip bone."""
    points = np.array(list(pelvic_handles(shape).values()))
    return Nodes.warped(warp, points, socket_radius(shape))


def _in_frame(places: dict[str, Array]) -> tuple[Array, dict[str, Array]]:
    """Return the axes (3, 3) of the condylar frame and landmarks in it; origin the joint's."""
    knee = 0.5 * (places["medial_epicondyle"] + places["lateral_epicondyle"])
    outward = places["lateral_posterior_condyle"] - places["medial_posterior_condyle"]
    axes = rigid.axes_from(y=-knee, z_hint=outward)
    points = {name: place @ axes for name, place in places.items()}
    return axes, points | {"hip_joint_centre": np.zeros(3)}


def _femoral_marks(mesh: Mesh) -> dict[str, tuple[Array, Array]]:
    """Find the landmarks of a femur and what each follows; frame of the mesh."""
    found = find_femur(mesh).landmarks
    found = found.updated({"hip_joint_centre": np.zeros(3)})
    frame = frames.femoral_frame(found, "right")
    local = mesh.transformed(rigid.inverse(frame))
    marks = dict(found.moved(rigid.inverse(frame)))
    end = float(-local.vertices[:, 1].min())
    high, low = (level * end for level in SHAFT_LEVELS)
    depths = np.linspace(high, low, SECTIONS)
    tied = {n: (p, patch(local.vertices, p)) for n, p in marks.items() if n != "hip_joint_centre"}
    isthmus = marks["neck_isthmus"]
    around = ring(local.vertices, isthmus, rigid.unit(isthmus), NECK_REACH_MM)
    tied["neck_isthmus"] = isthmus, around
    for i, depth in enumerate(depths):
        centre = section(local, -depth * _UP, _UP)[0].centroid
        tied[f"shaft_{i}"] = centre, ring(local.vertices, centre, _UP, SHAFT_REACH_MM)
    for name in ("shaft_axis_proximal", "shaft_axis_distal"):
        tied[name] = marks[name], ring(local.vertices, marks[name], _UP, SHAFT_REACH_MM)
    lowest = local.vertices[local.vertices[:, 1].argmin()]
    tied["distal_end"] = lowest, patch(local.vertices, lowest)
    return {n: (rigid.apply(frame, p[None])[0], share) for n, (p, share) in tied.items()}


def _pelvic_points(mesh: Mesh, shape: HipShape) -> dict[str, Array]:
    """Find the landmarks of a right hip bone whose other half is its mirror image."""
    left = mesh.mirrored(2).transformed(rigid.translation([0.0, 0.0, -shape.inter_hip_mm]))
    found = find_pelvis(mesh, left, hip_joint_centre=np.zeros(3))
    right = {name: found.points[f"{name}_right"] for name in ("asis", "psis", "pubic_tubercle")}
    low = {"ischial_tuberosity": found.tuberosity, "ischial_spine": found.spine}
    return right | {name: sides["right"] for name, sides in low.items()}
