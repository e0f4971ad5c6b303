"""The motion: poses in order, what their angles are stated against, and the space they need.

A motion is a path through joint angles, or a grid of them. It may have several named arms
(``segments``), each a run of neighbouring poses along which ``progress`` does not turn back.

Pelvic tilt. The angles are those of the femur against an upright pelvis. ``pelvic_tilt_deg``
tilts the pelvis forward from its named zero under the femur, which keeps its place in the room:
the angle between the bones is ``flexion_deg + pelvic_tilt_deg``, exactly, because tilt and flexion
share the axis Z. So 12 deg of anterior tilt turns 20 deg of extension into 8 deg between the bones.

Centre. ``centre`` says what the femur turns about: the centre of its head (``"fixed"``), or, moved
from there in every pose, the place where the joint gap is most even (``"equidistant"``,
:mod:`hipsim.kinematics.centre`).
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hipsim.anatomy.frames import FEMORAL_ZEROS, PELVIC_ZEROS
from hipsim.checks import Array, IntArray, as_array, as_choice, as_number
from hipsim.errors import InputError

ANGLE_LIMIT_DEG = 180.0
CENTRES = ("fixed", "equidistant")


@dataclass(frozen=True, eq=False)
class Motion:
    """Poses of the hip in order, in degrees, with their zeros and the space they need.

    Parameters
    ----------
    name
        What the motion is called in tables and files.
    flexion_deg, adduction_deg, rotation_deg
        Shape (n,) each; flexion, adduction, internal rotation positive on both sides.
    progress
        How far along the motion each pose is, shape (n,), in the unit of ``progress_label``.
    progress_label
        Axis title with unit, e.g. ``"extension (deg)"``.
    segments
        Name of the arm each pose belongs to, length n; an arm is an unbroken run.
    pelvic_zero
        ``"app"`` or ``"isb"``: the pelvic frame the angles are stated in.
    femoral_zero
        ``"condylar"`` or ``"isb"``.
    pelvic_tilt_deg
        Anterior tilt of the pelvis from its zero; added to flexion.
    threshold_mm
        Clearance below which a pose counts as narrow, for this motion; None where nobody has
        published or argued one.
    reference
        Where angles and threshold come from.
    shape
        Shape of a grid, (n,) for paths.
    grid_index
        For each pose its place in the grid counted row by row, shape (n,).
    centre
        ``"fixed"`` or ``"equidistant"``: what the femur turns about.

    Raises
    ------
    InputError
        If lengths disagree, an angle is not within -180 to 180 deg, a zero or centre is unknown, an
        arm is interrupted or turns back, or grid and poses do not match.

    Examples
    --------
    >>> motion = Motion("nod", [0, -10], [0, 0], [0, 5], [0, 10], "extension (deg)", ("nod", "nod"))
    >>> motion
    <Motion 'nod', 2 poses, app x condylar>
    >>> motion.pose_deg(1)
    {'flexion': -10.0, 'adduction': 0.0, 'rotation': 5.0}
    """

    name: str
    flexion_deg: Array
    adduction_deg: Array
    rotation_deg: Array
    progress: Array
    progress_label: str
    segments: tuple[str, ...]
    pelvic_zero: str = "app"
    femoral_zero: str = "condylar"
    pelvic_tilt_deg: float = 0.0
    threshold_mm: float | None = None
    reference: str = ""
    shape: tuple[int, ...] = ()
    grid_index: IntArray | None = None
    centre: str = "fixed"

    def __post_init__(self) -> None:
        as_choice(self.pelvic_zero, PELVIC_ZEROS, name="pelvic_zero")
        as_choice(self.femoral_zero, FEMORAL_ZEROS, name="femoral_zero")
        as_choice(self.centre, CENTRES, name="centre")
        n = np.size(self.flexion_deg)
        if n == 0:
            raise InputError(f"motion {self.name!r} needs at least one pose")
        for field in ("flexion_deg", "adduction_deg", "rotation_deg", "progress"):
            self._set(field, _frozen_row(getattr(self, field), n, field))
        self._set("segments", _as_segments(self.segments, n))
        self._set("pelvic_tilt_deg", _as_tilt(self.pelvic_tilt_deg))
        if self.threshold_mm is not None:
            self._set("threshold_mm", as_number(self.threshold_mm, name="threshold_mm", unit="mm"))
        self._set("shape", tuple(int(size) for size in self.shape) or (n,))
        self._set("grid_index", _as_grid_index(self.grid_index, self.shape, n))
        self._check_arms()

    def __repr__(self) -> str:
        poses = "1 pose" if self.n_poses == 1 else f"{self.n_poses} poses"
        return f"<Motion {self.name!r}, {poses}, {self.pelvic_zero} x {self.femoral_zero}>"

    @property
    def n_poses(self) -> int:
        """Number of poses."""
        return len(self.flexion_deg)

    @property
    def is_grid(self) -> bool:
        """Whether the poses fill a grid rather than follow a path."""
        return len(self.shape) > 1

    @property
    def angles_deg(self) -> Array:
        """Flexion, adduction, rotation of every pose, shape (n, 3)."""
        return np.column_stack([self.flexion_deg, self.adduction_deg, self.rotation_deg])

    @property
    def arms(self) -> dict[str, slice]:
        """Arm name to its run of poses, in order."""
        names = np.array(self.segments)
        first = {name: self.segments.index(name) for name in dict.fromkeys(self.segments)}
        return {n: slice(start, start + int((names == n).sum())) for n, start in first.items()}

    def pose_deg(self, index: int) -> dict[str, float]:
        """Return flexion, adduction and rotation of one pose."""
        if not -self.n_poses <= index < self.n_poses:
            raise InputError(f"pose must be within 0 to {self.n_poses - 1}, got {index}")
        names = ("flexion", "adduction", "rotation")
        return {n: float(a) for n, a in zip(names, self.angles_deg[index], strict=True)}

    def as_grid(self, values: ArrayLike) -> Array:
        """Sort one value per pose (n,) or (n, ...) into the grid, shape (*shape, ...).

        Examples
        --------
        >>> from hipsim.kinematics.arcs import grid
        >>> motion = grid(adduction_deg=0, rotation_deg=(-10, 0), step_deg=10)
        >>> motion.as_grid(motion.rotation_deg)[:, 0, :].tolist()
        [[-10.0, 0.0], [-10.0, 0.0], [-10.0, 0.0]]
        """
        array = np.asarray(values)
        if len(array) != self.n_poses:
            raise InputError(
                f"values must have one entry per pose ({self.n_poses}), got {len(array)}"
            )
        sorted_values = np.empty_like(array)
        sorted_values[self.grid_index] = array
        return sorted_values.reshape(*self.shape, *array.shape[1:])

    def same_poses(self, other: "Motion") -> bool:
        """Return whether another motion has the same poses against the same zeros and centre."""
        return (
            (self.pelvic_zero, self.femoral_zero, self.centre, self.segments)
            == (other.pelvic_zero, other.femoral_zero, other.centre, other.segments)
            and self.pelvic_tilt_deg == other.pelvic_tilt_deg
            and np.array_equal(self.angles_deg, other.angles_deg)
        )

    def evolved(self, **changes: Any) -> "Motion":
        """Return a copy with some fields replaced, checked anew.

        Examples
        --------
        >>> from hipsim.kinematics.arcs import neutral
        >>> neutral().evolved(name="tilted", pelvic_tilt_deg=12).pelvic_tilt_deg
        12.0
        """
        unknown = sorted(set(changes) - {field.name for field in fields(self)})
        if unknown:
            raise InputError(f"a motion has no {', '.join(unknown)}")
        return replace(self, **changes)

    def _set(self, field: str, value: object) -> None:
        """Store a checked value in the frozen dataclass."""
        object.__setattr__(self, field, value)

    def _check_arms(self) -> None:
        """Refuse an arm that is interrupted or turns back."""
        for name, run in self.arms.items():
            if set(self.segments[run]) != {name}:
                raise InputError(f"segment {name!r} must be one unbroken run of poses")
            steps = np.diff(self.progress[run])
            if (steps > 0).any() and (steps < 0).any():
                raise InputError(f"progress must not turn back within segment {name!r}")


def joined(name: str, arms: dict[str, Motion], **changes: Any) -> Motion:
    """Join motions into one, each an arm with its own name.

    Parameters
    ----------
    name
        Name of the whole.
    arms
        Arm name to motion, in order. All must share zeros, tilt, centre and progress label.
    changes
        Fields of the whole to set, e.g. ``threshold_mm`` or ``reference``; the threshold is None
        unless set here, for it belongs to the whole motion.

    Raises
    ------
    InputError
        If there is no arm, or the arms are stated against different zeros or progress.

    Examples
    --------
    >>> from hipsim.kinematics.arcs import arc
    >>> both = joined("both", {"straight": arc(flexion_deg=(0, -20)),
    ...                        "adducted": arc(flexion_deg=(0, -20), adduction_deg=10)})
    >>> both.arms["adducted"]
    slice(21, 42, None)
    """
    motions = list(arms.values())
    shared = ("pelvic_zero", "femoral_zero", "pelvic_tilt_deg", "progress_label", "centre")
    stated = {tuple(getattr(motion, field) for field in shared) for motion in motions}
    if len(stated) != 1:
        raise InputError(
            f"the arms of {name!r} must share {', '.join(shared)}; got {sorted(stated, key=str)}"
        )
    rows = ("flexion_deg", "adduction_deg", "rotation_deg", "progress")
    whole = {row: np.concatenate([getattr(motion, row) for motion in motions]) for row in rows}
    segments = tuple(arm for arm, motion in arms.items() for _ in range(motion.n_poses))
    common = dict(zip(shared, stated.pop(), strict=True))
    return Motion(name=name, segments=segments, **{**whole, **common, **changes})


def _frozen_row(values: ArrayLike, n: int, name: str) -> Array:
    """Return a read-only copy of shape (n,), angles within their limits."""
    row = as_array(values, (n,), name=name).copy()
    if name.endswith("_deg") and np.abs(row).max() > ANGLE_LIMIT_DEG:
        raise InputError(
            f"{name} must be within -180 to 180 deg, got {row[np.abs(row).argmax()]:g}"
        )
    row.flags.writeable = False
    return row


def _as_segments(segments: tuple[str, ...], n: int) -> tuple[str, ...]:
    """Return one arm name per pose, or raise."""
    names = tuple(str(name) for name in segments)
    if isinstance(segments, str) or len(names) != n:
        raise InputError(
            f"segments must name the arm of each of the {n} poses, got {segments!r:.80}"
        )
    return names


def _as_tilt(tilt_deg: float) -> float:
    """Return a pelvic tilt a standing, sitting or lying person can have."""
    return as_number(tilt_deg, name="pelvic_tilt_deg", low=-90, high=90, unit="deg")


def _as_grid_index(index: IntArray | None, shape: tuple[int, ...], n: int) -> IntArray:
    """Return a read-only permutation of the n poses that fits the shape, or raise."""
    order = np.arange(n) if index is None else np.array(index, dtype=np.int64)
    if int(np.prod(shape)) != n or not np.array_equal(np.sort(order), np.arange(n)):
        raise InputError(f"shape {shape} and grid_index must place each of the {n} poses once")
    order.flags.writeable = False
    return order
