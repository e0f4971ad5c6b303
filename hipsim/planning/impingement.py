"""Impingement map: on each bone, how near every vertex comes to the other bone over a motion.

For each vertex of a region the least signed distance to the other bone's region over all poses
(negative inside it), the pose that has it, and the share of the motion it spends below the
threshold, counted as :meth:`~hipsim.planning.clearance.Clearance.share_below` counts. The other
region is a closed body, walled off inside its bone, as in clearance. Vertices sample the surface,
so the least value of a map is no lower than the clearance, and higher by less than a face's size.
"""

from dataclasses import dataclass

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, IntArray, Side, as_number
from hipsim.geometry import Mesh, rigid
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.kinematics.motion import Motion
from hipsim.proximity.field import DistanceField, nearby_order


@dataclass(frozen=True, eq=False)
class VertexField:
    """What a motion does to each of m vertices of a bone.

    Parameters
    ----------
    vertices
        Index of each vertex in the bone's mesh, ascending, shape (m,).
    distance_mm
        Least signed distance to the other region over the motion, shape (m,).
    pose_index
        The first pose that has it, shape (m,).
    share_below
        Share of the motion, 0 to 1, with less than the threshold, shape (m,); None without one.
    """

    vertices: IntArray
    distance_mm: Array
    pose_index: IntArray
    share_below: Array | None

    def __repr__(self) -> str:
        return (
            f"<VertexField of {len(self.vertices)} vertices, least {self.distance_mm.min():.2f} mm>"
        )

    @property
    def nearest(self) -> int:
        """Index in the bone's mesh of the vertex that comes nearest."""
        return int(self.vertices[self.distance_mm.argmin()])


@dataclass(frozen=True, eq=False)
class ImpingementMap:
    """Where the bones of a hip come near each other over a motion.

    Parameters
    ----------
    hip_name, side
        The hip.
    motion
        The motion.
    femoral_region, pelvic_region
        The regions mapped.
    femoral
        The femoral region's vertices, indexed in ``hip.femur``, against the pelvic region.
    pelvic
        The pelvic region's vertices, indexed in ``hip.hip_bone``, against the femoral region.
    threshold_mm
        Distance below which a pose counts as narrow, or None.
    """

    hip_name: str
    side: Side
    motion: Motion
    femoral_region: str
    pelvic_region: str
    femoral: VertexField
    pelvic: VertexField
    threshold_mm: float | None

    def __repr__(self) -> str:
        least = min(self.femoral.distance_mm.min(), self.pelvic.distance_mm.min())
        return (
            f"<ImpingementMap of {self.hip_name!r} in {self.motion.name!r}: least {least:.2f} mm>"
        )


def impingement_map(
    hip: Hip,
    motion: Motion,
    *,
    femoral_region: str = "lesser_trochanter",
    pelvic_region: str = "ischium",
    threshold_mm: float | None = None,
) -> ImpingementMap:
    """Map how near every vertex of two regions comes to the other region over a motion.

    Parameters
    ----------
    hip
        The hip.
    motion
        The motion.
    femoral_region, pelvic_region
        One of ``FEMORAL_REGIONS`` and one of ``PELVIC_REGIONS``.
    threshold_mm
        Distance below which a pose counts as narrow; the motion's own by default.

    Returns
    -------
    found
        A field on each bone.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark of the motion's zeros is missing.
    InputError
        If a region is unknown, or the threshold is not a finite number.
    """
    chosen = motion.threshold_mm if threshold_mm is None else threshold_mm
    threshold = None if chosen is None else as_number(chosen, name="threshold_mm", unit="mm")
    femoral, pelvic = hip.femoral_body(femoral_region), hip.pelvic_body(pelvic_region)
    surfaces = [
        Mesh(bone.vertices, bone.faces[body.bone_faces[: body.n_surface]])
        for bone, body in ((hip.femur, femoral), (hip.hip_bone, pelvic))
    ]
    transforms = pelvis_from_femur(hip, motion)
    task = motion, threshold
    return ImpingementMap(
        hip_name=hip.name,
        side=hip.side,
        motion=motion,
        femoral_region=femoral_region,
        pelvic_region=pelvic_region,
        femoral=_field(surfaces[0], pelvic.mesh, transforms, *task),
        pelvic=_field(surfaces[1], femoral.mesh, rigid.inverse(transforms), *task),
        threshold_mm=threshold,
    )


def _field(
    surface: Mesh, body: Mesh, transforms: Array, motion: Motion, threshold: float | None
) -> VertexField:
    """Return the field on the vertices that the faces of a surface use."""
    order = nearby_order(surface)
    poses, steps = _weights(motion)
    found = DistanceField(body)(
        surface.vertices[order],
        transforms,
        level_mm=threshold,
        pose_weights=poses,
        step_weights=steps,
    )
    back = np.argsort(order)
    return VertexField(
        vertices=order[back],
        distance_mm=found.distance_mm[back],
        pose_index=found.pose_index[back],
        share_below=None if threshold is None else found.share_below[back],
    )


def _weights(motion: Motion) -> tuple[Array, Array]:
    """Return the share of a motion each pose stands for, or each step where progress has length."""
    steps = np.abs(np.diff(motion.progress))
    names = np.array(motion.segments)
    steps[names[1:] != names[:-1]] = 0.0
    if motion.is_grid or not steps.any():
        return np.full(motion.n_poses, 1.0 / motion.n_poses), np.zeros_like(steps)
    return np.zeros(motion.n_poses), steps / steps.sum()
