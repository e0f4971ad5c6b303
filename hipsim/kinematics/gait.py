"""Normal walking: the hip over the gait cycle, and the same gait with longer or shorter strides.

The curves are six harmonics fitted by least squares to the published means (51 points of the cycle)
of Schwartz, Rozumalski, Trost, The effect of walking speed on the gait of typically developing
children, J Biomech 2008;41:1639. Root mean square error of the fit: flexion 0.07 deg, adduction
0.07 deg, rotation 0.19 deg at most, against standard deviations between subjects of about 6, 3 and
9.5 deg. Limits: children and adolescents; one mean curve, nobody's own gait; rotation, to which
the ischiofemoral space answers most, is the least certain.

Zeros: the Plug-in-Gait convention states the femur against the plane through both ASIS and the
midpoint of the PSIS (``isb``), with the knee axis through the epicondyles (``isb``). That pelvic
plane leans about 12 deg forward in standing: 6 deg of extension here are about 18 deg against a
vertical anterior pelvic plane.

Stride model: the sagittal excursion about its mid-range is multiplied by the stride factor,
``flexion = middle + factor (flexion - middle)``; adduction and rotation stay. For legs of fixed
length stride grows with excursion to first order. Between strides of 0.83 and 1.25 (cadence +20
and -20 % at constant speed) the model changes peak extension by 8.9 deg; measured: 8.3 deg
(PMC5774225, cadence -20 to +20 % at constant speed). Real long strides also turn the
pelvis, and the trunk leans.
"""

import numpy as np
from numpy.typing import ArrayLike

from hipsim.checks import Array, as_array, as_choice, as_number
from hipsim.kinematics.motion import Motion

GAIT_THRESHOLD_MM = 12.6  # halfway between 15.1 (healthy) and 10.2 mm (impingement)
GAIT_REFERENCE = (
    "Angles: Schwartz, Rozumalski, Trost, J Biomech 2008;41:1639, mean curve. Threshold: halfway "
    "between the smallest space of healthy (15.1 mm) and impinging hips (10.2 mm) in walking, "
    "Wang et al. 2023, doi 10.3389/fbioe.2023.1067600, 9 v 9 hips; halfway is hipsim's choice."
)
N_POSES = 101

# per speed: flexion, adduction, internal rotation; each mean, cos 1, sin 1, ... cos 6, sin 6, deg
# fmt: off
SERIES: dict[str, tuple[tuple[float, ...], ...]] = {
    "slow": (
        (17.7, 17.41, -3.32, -2.16, -2.44, -0.07, 1.48, 0.09, -0.17, -0.24, 0.2, 0.06, 0.1),
        (-0.01, 0.2, 4.32, 0.46, -0.54, -1.46, 0.09, -0.01, 0.17, -0.1, -0.12, -0.08, 0.01),
        (-2.74, 1.19, 0.07, -0.62, -0.39, -1.15, 0.88, -0.05, 0.6, 0.1, 0.02, -0.12, -0.08),
    ),
    "free": (
        (18.44, 20.86, -3.19, -3.15, -1.54, -0.11, 1.62, -0.11, -0.09, -0.28, 0.27, -0.02, 0.1),
        (-0.34, 0.48, 4.94, -0.05, -0.5, -1.59, 0.46, 0.05, 0.09, -0.15, -0.16, -0.07, 0.05),
        (-1.87, 1.19, 0.72, -1.05, -0.67, -1.16, 1.02, -0.08, 0.49, 0.02, 0.0, 0.03, -0.08),
    ),
    "fast": (
        (20.0, 24.0, -3.32, -3.91, -0.89, -0.09, 1.71, -0.13, -0.05, -0.24, 0.24, -0.07, 0.05),
        (-0.77, 0.64, 5.85, -0.81, -0.63, -1.76, 0.46, 0.01, 0.08, -0.08, -0.18, -0.07, 0.01),
        (-2.63, 0.98, 0.99, -1.36, -1.2, -0.93, 0.72, -0.19, 0.3, 0.07, 0.15, 0.15, -0.01),
    ),
}
# fmt: on
SPEEDS = tuple(SERIES)


def gait(speed: str = "free", *, stride_factor: float = 1.0, n_poses: int = N_POSES) -> Motion:
    """Return one cycle of level walking, heel strike to heel strike of the same foot.

    Parameters
    ----------
    speed
        ``"slow"``, ``"free"`` (default) or ``"fast"``.
    stride_factor
        Stride length against normal, 0.3 to 1.7; see the module's stride model.
    n_poses
        Poses from 0 to 100 % of the cycle, both included.

    Returns
    -------
    motion
        Against the ``isb`` zeros of pelvis and femur; progress is the cycle in percent.

    Raises
    ------
    InputError
        If the speed is unknown, or a number is out of range.

    References
    ----------
    Schwartz, Rozumalski, Trost, J Biomech 2008;41:1639, doi 10.1016/j.jbiomech.2008.03.015.

    Examples
    --------
    >>> motion = gait()
    >>> peak = int(motion.flexion_deg.argmin())
    >>> float(motion.progress[peak]), round(float(motion.flexion_deg[peak]), 1)
    (53.0, -5.8)
    """
    count = int(as_number(n_poses, name="n_poses", low=8, high=1e6))
    cycle = np.linspace(0.0, 100.0, count)
    flexion, adduction, rotation = gait_angles(cycle, speed, stride_factor=stride_factor)
    name = f"gait_{speed}" if stride_factor == 1.0 else f"gait_{speed}_stride_{stride_factor:g}"
    return Motion(
        name=name,
        flexion_deg=flexion,
        adduction_deg=adduction,
        rotation_deg=rotation,
        progress=cycle,
        progress_label="gait cycle (%)",
        segments=(name,) * count,
        pelvic_zero="isb",
        femoral_zero="isb",
        threshold_mm=GAIT_THRESHOLD_MM,
        reference=GAIT_REFERENCE,
    )


def gait_angles(cycle_pct: ArrayLike, speed: str = "free", *, stride_factor: float = 1.0) -> Array:
    """Return flexion, adduction and internal rotation at any moment of the cycle.

    Parameters
    ----------
    cycle_pct
        Moments in percent of the cycle, shape (n,); periodic, 0 and 100 are heel strike.
    speed
        ``"slow"``, ``"free"`` or ``"fast"``.
    stride_factor
        Stride length against normal, 0.3 to 1.7.

    Returns
    -------
    angles
        Degrees, shape (3, n), ``isb`` zeros.

    Raises
    ------
    InputError
        If the speed is unknown, or a number is out of range.

    Examples
    --------
    >>> gait_angles([0, 100]).round(1)[:, 0].tolist()
    [35.6, -1.7, -2.9]
    """
    as_choice(speed, SPEEDS, name="speed")
    factor = as_number(stride_factor, name="stride_factor", low=0.3, high=1.7)
    flexion, *rest = _series(as_array(cycle_pct, (-1,), name="cycle_pct"), speed)
    middle = _mid_flexion(speed)
    return np.stack([middle + factor * (flexion - middle), *rest])


def _mid_flexion(speed: str) -> float:
    """Return the middle between greatest flexion and greatest extension of a speed."""
    flexion = _series(np.linspace(0.0, 100.0, 1001), speed)[0]
    return 0.5 * float(flexion.max() + flexion.min())


def _series(cycle_pct: Array, speed: str) -> Array:
    """Sum the harmonics, shape (3, n)."""
    coefficients = np.array(SERIES[speed])
    turns = 2.0 * np.pi * np.outer(np.arange(1, 7), cycle_pct / 100.0)
    waves = np.stack([np.cos(turns), np.sin(turns)], axis=1).reshape(12, -1)
    return coefficients[:, :1] + coefficients[:, 1:] @ waves
