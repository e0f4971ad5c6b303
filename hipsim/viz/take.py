"""One hip in its worst pose: upright transforms, which poses to show, which part of it to frame."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.kinematics import Motion, pelvis_from_femur
from hipsim.planning.clearance import Clearance
from hipsim.viz import words
from hipsim.viz.render import Window
from hipsim.viz.surfaces import Bones, app_from_scan, moved_surface, prepare_bones
from hipsim.viz.views import View

SHOWN_BELOW_LT_MM = 42.0
CUT_BELOW_LT_MM = 140.0
AXIAL_CUT_BELOW_LT_MM = 12.0  # seen from below, more shaft would hide the space
MARGIN_MM = 7.0
_ANGLES = ("flexion", "adduction", "rotation")


@dataclass(frozen=True, eq=False)
class Take:
    """One hip in the worst pose of a motion, ready for the stage.

    Parameters
    ----------
    hip
        The hip.
    clearance
        Its clearance along the motion.
    bones
        Its surfaces, scan frame.
    transforms
        ``app_from_femur`` of every pose: scan points of the femur to the upright frame, (n, 4, 4).
    """

    hip: Hip
    clearance: Clearance
    bones: Bones
    transforms: Array

    @property
    def worst(self) -> Array:
        """``app_from_femur`` of the worst pose, shape (4, 4)."""
        return np.asarray(self.transforms[self.clearance.index])

    @property
    def pair_mm(self) -> Array:
        """Closest pair of the worst pose in the upright frame, shape (2, 3): femur, ischium."""
        return rigid.apply(app_from_scan(self.hip), self.clearance.points_mm[self.clearance.index])

    def coloured(self) -> tuple[Any, Any]:
        """Return femur and hip bone of the worst pose, upright, with distances."""
        upright = app_from_scan(self.hip)
        scan_pose = rigid.inverse(upright) @ self.worst
        femur, hip_bone = self.bones.coloured(scan_pose)
        return moved_surface(femur, upright), moved_surface(hip_bone, upright)


def make_take(hip: Hip, clearance: Clearance, view: View) -> Take:
    """Prepare a hip for drawing.

    Raises
    ------
    InputError
        If the clearance was computed for another hip or side.
    """
    if (clearance.hip_name, clearance.side) != (hip.name, hip.side):
        raise InputError(
            f"the clearance belongs to {clearance.hip_name!r} ({clearance.side}), "
            f"not to {hip.name!r} ({hip.side}); compute it for the hip that is drawn"
        )
    below = AXIAL_CUT_BELOW_LT_MM if view.name == "axial" else CUT_BELOW_LT_MM
    heights = rigid.apply(rigid.inverse(hip.femoral_frame()), hip.femur.vertices)[:, 1]
    length = heights.max() - _lt_height(hip) + below
    transforms = app_from_scan(hip) @ pelvis_from_femur(hip, clearance.motion)
    regions = clearance.femoral_region, clearance.pelvic_region
    return Take(hip, clearance, prepare_bones(hip, regions, length_mm=length), transforms)


def poses_drawn(clearance: Clearance, n_poses: int) -> list[int]:
    """Return the indices of poses to draw, in order along the arm of the motion, worst included.

    For a grid the arm is the line through the worst pose along the first axis with several values.

    Parameters
    ----------
    clearance
        Along a path or a grid.
    n_poses
        How many, at least 1.
    """
    arm = worst_arm(clearance)
    at = int(np.flatnonzero(arm == clearance.index)[0])
    if n_poses == 1:
        return [clearance.index]
    even = np.linspace(0, len(arm) - 1, n_poses).round().astype(int)
    even[np.abs(even - at).argmin()] = at
    return [int(index) for index in arm[np.unique(even)]]


def worst_arm(clearance: Clearance) -> Array:
    """Return the indices of the poses on the arm, or the grid line, through the worst pose."""
    motion = clearance.motion
    if not motion.is_grid:
        run = motion.arms[motion.segments[clearance.index]]
        return np.arange(run.start, run.stop)
    table = motion.as_grid(np.arange(motion.n_poses))
    place = list(np.argwhere(table == clearance.index)[0])
    axis = int(np.argmax(np.array(motion.shape) > 1))
    return np.asarray(table[(*place[:axis], slice(None), *place[axis + 1 :])])


def pose_labels(clearance: Clearance, indices: list[int]) -> tuple[str, list[str]]:
    """Return what the drawn poses are counted in, with unit, and the value of each."""
    motion = clearance.motion
    if not motion.is_grid:
        return motion.progress_label, [words.plain(motion.progress[i]) for i in indices]
    angles = np.array([[motion.pose_deg(i)[name] for name in _ANGLES] for i in indices])
    axis = int(np.ptp(angles, axis=0).argmax())
    return f"{_ANGLES[axis]} (deg)", [words.plain(a) for a in angles[:, axis]]


def common_window(takes: list[Take], view: View, size_px: tuple[int, int]) -> Window:
    """Frame the space: upper femur and ischium of all takes, in the shape of the picture."""
    corners = np.concatenate([_box(take, view) for take in takes])
    low, high = corners.min(axis=0) - MARGIN_MM, corners.max(axis=0) + MARGIN_MM
    width, height = high - low
    tall = max(height, width * size_px[1] / size_px[0])
    centre = 0.5 * (low + high)
    return Window((float(centre[0]), float(centre[1])), float(tall))


def _box(take: Take, view: View) -> Array:
    """Return the corners, in the picture, of the upper femur and pelvic region, shape (2, 2)."""
    hip, femur_from_scan = take.hip, rigid.inverse(take.hip.femoral_frame())
    height = rigid.apply(femur_from_scan, hip.femur.vertices)[:, 1]
    upper = hip.femur.vertices[height > _lt_height(hip) - SHOWN_BELOW_LT_MM]
    pelvic = hip.pelvic_region(take.clearance.pelvic_region).vertices
    seen = [rigid.apply(take.worst, upper), rigid.apply(app_from_scan(hip), pelvic)]
    flat = view.project(np.concatenate(seen))
    return np.stack([flat.min(axis=0), flat.max(axis=0)])


def _lt_height(hip: Hip) -> float:
    """Return the height of the lesser trochanter in the femoral frame, in mm."""
    apex = hip.landmarks["lesser_trochanter"][None]
    return float(rigid.apply(rigid.inverse(hip.femoral_frame()), apex)[0, 1])


def check_same_motion(before: Motion, after: Motion) -> None:
    """Refuse to compare two motions.

    Raises
    ------
    InputError
        If poses or zeros differ.
    """
    if not before.same_poses(after):
        raise InputError(
            f"before and after must be the same motion, got {before.name!r} and {after.name!r}"
        )
