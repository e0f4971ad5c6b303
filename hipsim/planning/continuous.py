"""A motion as a continuous range of angles: the broken line through its poses, or its box."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import side_sign
from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.kinematics.motion import Motion
from hipsim.proximity.turning import AngleRange, Turning

STRAIGHT_DEG = 1e-9  # poses this near to the line through their neighbours add no corner


@dataclass(frozen=True, eq=False)
class Track:
    """A motion as a range of angles, and the way back from its pieces to the motion.

    Parameters
    ----------
    range_
        Pelvic tilt is in its flexion.
    ends
        Progress at the start and the end of each piece, shape (k, 2); None for a box.
    segments
        Arm of each piece.
    tilt_deg
        Pelvic tilt.
    """

    range_: AngleRange
    ends: Array | None
    segments: list[str]
    tilt_deg: float

    @classmethod
    def of(cls, motion: Motion, runs: list[slice] | None = None) -> "Track":
        """Return the box of a grid, or the broken line through the poses of runs (all arms)."""
        tilt = motion.pelvic_tilt_deg
        angles = motion.angles_deg + [tilt, 0.0, 0.0]
        if motion.is_grid:
            box = AngleRange.box(np.stack([angles.min(axis=0), angles.max(axis=0)], axis=1))
            return cls(box, None, [motion.segments[0]], tilt)
        lines, ends, names = [], [], []
        for run in motion.arms.values() if runs is None else runs:
            corners = _corners(np.column_stack([angles[run], motion.progress[run]]))
            lines.append(AngleRange.line(corners[:, :3]))
            progress = corners[:, 3] if len(corners) > 1 else np.repeat(corners[:, 3], 2)
            ends.append(np.column_stack([progress[:-1], progress[1:]]))
            names += [motion.segments[run.start]] * len(ends[-1])
        return cls(AngleRange.joined(lines), np.concatenate(ends), names, tilt)

    def pose_deg(self, angles: Array) -> dict[str, float]:
        """Return the pose in the zeros of the motion."""
        flexion, adduction, rotation = (float(angle) for angle in angles)
        return {"flexion": flexion - self.tilt_deg, "adduction": adduction, "rotation": rotation}

    def progress_at(self, piece: int, place: Array) -> float | None:
        """Return the progress at a place of a piece."""
        if self.ends is None:
            return None
        start, end = self.ends[piece]
        return float(start + place[0] * (end - start))

    def at(self, position: float) -> tuple[float, dict[str, float]]:
        """Return progress and pose at a position counted in pieces."""
        piece = min(int(position), len(self.segments) - 1)
        place = np.array([position - piece])
        progress = self.progress_at(piece, place)
        assert progress is not None  # paths only
        return progress, self.pose_deg(self.range_.angles_deg(np.array([piece]), place[None])[0])


def _corners(rows: Array) -> Array:
    """Leave out rows (n, k) that lie where a straight line from row to row, evenly, puts them."""
    bends = np.flatnonzero(np.abs(np.diff(rows, n=2, axis=0)).max(axis=1) > STRAIGHT_DEG) + 1
    kept = {0, len(rows) - 1, *bends.tolist()}
    for first, last in pairwise(sorted(kept)):
        shares = np.linspace(0.0, 1.0, last - first + 1)[:, None]
        straight = rows[first] + shares * (rows[last] - rows[first])
        if np.abs(rows[first : last + 1] - straight).max() > STRAIGHT_DEG:
            kept.update(range(first, last))
    return rows[sorted(kept)]


def turning_of(hip: Hip, motion: Motion) -> Turning:
    """Return what the joint angles do to the femur, scan frame to scan frame.

    Raises
    ------
    InputError
        If the motion's centre moves: the proofs are for rotation about one point.
    """
    if motion.centre != "fixed":
        raise InputError(
            f"certified answers need centre='fixed', {motion.name!r} has {motion.centre!r}: the "
            "proofs are for rotation about one point; sample it with clearance_along instead"
        )
    sign = side_sign(hip.side)
    return Turning(
        before=hip.pelvic_frame(motion.pelvic_zero),
        axes=np.array([[0.0, 0.0, 1.0], [sign, 0.0, 0.0], [0.0, sign, 0.0]]),
        after=rigid.inverse(hip.femoral_frame(motion.femoral_zero)),
    )
