"""What holds for every resection, said once."""

import numpy as np
from real_hips import CT_HIPS, real_hip

from hipsim.anatomy.hip import Hip
from hipsim.geometry import Mesh
from hipsim.kinematics import arcs, pelvis_from_femur
from hipsim.proximity import DistanceQuery
from hipsim.proximity.field import DistanceField

VOLUME_TOL = 1e-6  # relative; the law of the issue
PLACE_TOL_MM = 1e-6  # rounding in scan coordinates
SHARE_TOL = 1e-12  # rounding of two sums of areas that should be equal
MONOTONE_TOL_MM = 1e-9  # rounding of two distances that should be equal


def clearances(hip: Hip) -> np.ndarray:
    """Return distances of the femur to the ischium over poses around the IFI test."""
    motion = arcs.grid(
        extension_deg=(0, 20), adduction_deg=(0, 10), rotation_deg=(-20, 10), step_deg=10
    )
    query = DistanceQuery(
        hip.femoral_region("extracapsular"),
        hip.pelvic_region("ischium"),
        parent_a=hip.femur,
        parent_b=hip.hip_bone,
    )
    return query(pelvis_from_femur(hip, motion)).distance_mm


def volume(hip: Hip) -> float:
    return hip.femur.volume_mm3 + hip.hip_bone.volume_mm3


def check_volume(done) -> None:
    """Check that kept and removed add up, and that both are closed."""
    assert abs(volume(done.hip) + done.volume_mm3 - volume(done.before)) < (
        VOLUME_TOL * done.before.hip_bone.volume_mm3
    )
    for mesh in (done.hip.femur, done.hip.hip_bone, done.removed):
        assert mesh.is_closed
    assert done.hip.notes[-1]["removed_volume_mm3"] == done.volume_mm3 > 0.0


def check_nested(done: list, *, share_tol: float = SHARE_TOL) -> None:
    """Check that each resection takes all that the one before took, and more."""
    for small, large in zip(done, done[1:], strict=False):
        assert farthest_outside(small.removed, large.removed, small.before) < PLACE_TOL_MM
        assert large.volume_mm3 > small.volume_mm3
        assert large.footprint.lost_share > small.footprint.lost_share - share_tol


def farthest_outside(inner: Mesh, outer: Mesh, hip: Hip) -> float:
    """Return how far corners and middles of faces of a body within bone lie outside another, in mm.

    Those on the bone's surface are left out: where a tool's wall lies in it to the last bit, as it
    may on a phantom, a piece has folds without thickness.
    """
    points, still = np.vstack([inner.vertices, inner.face_centres]), np.eye(4)[None]
    bones = [DistanceField(m)(points, still).distance_mm for m in (hip.femur, hip.hip_bone)]
    within = points[np.minimum(*bones) < -PLACE_TOL_MM]
    return float(DistanceField(outer)(within, still).distance_mm.max(initial=0.0))


def check_input_untouched(hip: Hip, operate) -> None:
    """Check that an operation leaves the hip it is given as it was."""

    def state():
        meshes = hip.femur.content_hash, hip.hip_bone.content_hash
        labels = hip.femoral_labels.tobytes(), hip.pelvic_labels.tobytes()
        return (*meshes, *labels, hip.notes, dict(hip.footprints))

    before = state()
    operate(hip)
    assert state() == before


def ct_hips(bones) -> list[Hip]:
    return [real_hip(bones, case, side) for case, side in CT_HIPS]
