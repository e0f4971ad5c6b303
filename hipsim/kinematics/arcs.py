"""Plain motions: the neutral pose, a straight arc through joint angles, a grid of them.

A range is ``(from, to)`` in degrees, a number keeps the angle fixed. Signs are those of the
house (flexion, adduction, internal rotation positive), except where a keyword is named after the
opposite direction (``extension_deg``), which then is positive.
"""

import numpy as np

from hipsim.checks import Array, as_array, as_number
from hipsim.errors import InputError
from hipsim.kinematics.motion import Motion

Range = float | tuple[float, float] | list[float]

MOST_POSES = 10_000_000  # of one motion
NEUTRAL_THRESHOLD_MM = 15.0  # ischiofemoral space on MRI, Singer et al. 2015: sens. 77, spec. 81 %
NEUTRAL_REFERENCE = (
    "Threshold: ischiofemoral space <= 15 mm on axial MRI, supine and neutral (Singer et al. 2015, "
    "meta-analysis: sensitivity 76.9 %, specificity 81.0 %); valid for this pose only."
)
_DIRECTIONS = {
    "flexion": ("flexion (deg)", "extension (deg)"),
    "adduction": ("adduction (deg)", "abduction (deg)"),
    "rotation": ("internal rotation (deg)", "external rotation (deg)"),
}


def neutral() -> Motion:
    """Return the single pose in which the femoral and the pelvic axes are parallel.

    Examples
    --------
    >>> neutral().threshold_mm
    15.0
    """
    return Motion(
        name="neutral",
        flexion_deg=np.zeros(1),
        adduction_deg=np.zeros(1),
        rotation_deg=np.zeros(1),
        progress=np.zeros(1),
        progress_label="pose",
        segments=("neutral",),
        threshold_mm=NEUTRAL_THRESHOLD_MM,
        reference=NEUTRAL_REFERENCE,
    )


def arc(
    *,
    flexion_deg: Range = 0.0,
    adduction_deg: Range = 0.0,
    rotation_deg: Range = 0.0,
    step_deg: float = 1.0,
    n_poses: int | None = None,
    name: str = "arc",
) -> Motion:
    """Return a straight arc: every moving angle goes from its first to its last value in step.

    Parameters
    ----------
    flexion_deg, adduction_deg, rotation_deg
        A number, or (from, to) in degrees.
    step_deg
        Largest step of any angle between neighbouring poses; not used when ``n_poses`` is given.
    n_poses
        Number of poses, at least 2.
    name
        Name of the motion and of its only arm.

    Returns
    -------
    motion
        Progress is the angle that moves most, named after the direction it moves in. Zeros are
        ``app`` and ``condylar``, no threshold; change them with :meth:`Motion.evolved`.

    Raises
    ------
    InputError
        If no angle moves, or a range is not one or two finite numbers.

    Examples
    --------
    >>> extension = arc(flexion_deg=(0, -20), adduction_deg=10, step_deg=5)
    >>> extension.progress_label, extension.progress.tolist()
    ('extension (deg)', [0.0, 5.0, 10.0, 15.0, 20.0])
    """
    ends = np.array([_as_range(flexion_deg), _as_range(adduction_deg), _as_range(rotation_deg)])
    travel = np.ptp(ends, axis=1)
    if travel.max() == 0.0:
        raise InputError(
            "an arc needs an angle that moves: give one range as (from, to) in degrees"
        )
    count = _count(travel.max(), step_deg) if n_poses is None else _as_count(n_poses)
    angles = np.linspace(ends[:, 0], ends[:, 1], count)
    progress, label = _progress(angles, int(travel.argmax()))
    flexion, adduction, rotation = angles.T
    return Motion(name, flexion, adduction, rotation, progress, label, (name,) * count)


def grid(
    *,
    extension_deg: Range = (0.0, 20.0),
    adduction_deg: Range = (-5.0, 15.0),
    rotation_deg: Range = (-30.0, 0.0),
    step_deg: float = 5.0,
    name: str = "grid",
) -> Motion:
    """Return a grid over extension x adduction x rotation in which neighbours are near.

    The poses run in a serpentine (rotation to and fro, then adduction, then extension), so that
    each differs from the one before in one angle by one step: the distance core starts from the
    previous pose. ``motion.as_grid(values)`` sorts results back.

    Parameters
    ----------
    extension_deg
        Extension positive; a number or (from, to).
    adduction_deg, rotation_deg
        Adduction and internal rotation positive; a number or (from, to).
    step_deg
        Largest step of each angle; ranges are divided evenly.
    name
        Name of the motion.

    Raises
    ------
    InputError
        If a range is not one or two finite numbers, or the step is not positive.

    Examples
    --------
    >>> motion = grid(extension_deg=(0, 20), adduction_deg=(-5, 15), rotation_deg=0, step_deg=10)
    >>> motion.shape, motion.n_poses
    ((3, 3, 1), 9)
    >>> motion.adduction_deg.tolist()
    [-5.0, 5.0, 15.0, 15.0, 5.0, -5.0, -5.0, 5.0, 15.0]
    """
    first, last = _as_range(extension_deg)
    flexion, adduction, rotation = (
        np.linspace(*ends, _count(abs(ends[1] - ends[0]), step_deg))
        for ends in ((-first, -last), _as_range(adduction_deg), _as_range(rotation_deg))
    )
    shape = (len(flexion), len(adduction), len(rotation))
    if int(np.prod(shape)) > MOST_POSES:
        raise InputError(f"step_deg makes {np.prod(shape)} poses, wanted at most {MOST_POSES}")
    i, j, k = _serpentine(shape)
    count = len(i)
    return Motion(
        name=name,
        flexion_deg=flexion[i],
        adduction_deg=adduction[j],
        rotation_deg=rotation[k],
        progress=np.arange(count, dtype=np.float64),
        progress_label="pose of the grid",
        segments=(name,) * count,
        shape=shape,
        grid_index=np.ravel_multi_index((i, j, k), shape),
    )


def _serpentine(shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return grid indices (i, j, k) in an order in which one index changes by one at a time."""
    i, row, place = np.unravel_index(np.arange(np.prod(shape)), shape)
    j = np.where(i % 2 == 0, row, shape[1] - 1 - row)
    is_forth = (i * shape[1] + row) % 2 == 0
    return i, j, np.where(is_forth, place, shape[2] - 1 - place)


def _progress(angles: Array, axis: int) -> tuple[Array, str]:
    """Return the leading angle along the arc and the name of the direction it moves in."""
    forward, backward = list(_DIRECTIONS.values())[axis]
    values = angles[:, axis]
    return (-values + 0.0, backward) if values.sum() < 0.0 else (values, forward)


def _as_range(values: Range) -> tuple[float, float]:
    """Return (from, to), equal for a single number."""
    ends = as_array(np.atleast_1d(np.asarray(values)), (-1,), name="range of an angle")
    if len(ends) not in (1, 2):
        raise InputError(f"range of an angle must be a number or (from, to), got {values!r}")
    return float(ends[0]), float(ends[-1])


def _count(travel_deg: float, step_deg: float) -> int:
    """Return how many poses divide a travel evenly into steps no larger than asked for."""
    step = as_number(step_deg, name="step_deg", low=1e-3, high=90, unit="deg")
    travel = as_number(travel_deg, name="the travel of an angle", low=0, high=720, unit="deg")
    return int(np.ceil(travel / step - 1e-9)) + 1


def _as_count(n_poses: int) -> int:
    """Return a number of poses an arc can have."""
    return int(as_number(n_poses, name="n_poses", low=2, high=1e7))
