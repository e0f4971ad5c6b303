"""Clinical tests and provocative motions of ischiofemoral impingement.

Thresholds belong to motions. The 15 mm of the static image hold in neutral only: over a combined
motion nearly every hip comes nearer. Where a study gives a number for the motion, or for both
groups in it, that is used; else the threshold is :data:`CONTACT_MM`, below which a simulated gap
cannot be told from contact. Angles nobody has published are parameters with stated defaults.
"""

import numpy as np

from hipsim.checks import as_number
from hipsim.errors import InputError
from hipsim.kinematics.arcs import arc
from hipsim.kinematics.gait import N_POSES, gait
from hipsim.kinematics.motion import Motion, joined

CONTACT_MM = 2.0  # error budget of image-based simulation of the space, 1.5 to 2 mm
LONG_STRIDE_THRESHOLD_MM = 11.3  # halfway between 13.0 (healthy) and 9.6 mm (impingement)
FABER_THRESHOLD_MM = 7.0  # Heimann et al. 2023: predicts quadratus femoris oedema, AUC 0.89
_CONTACT = (
    f"Threshold: no published figure for this motion; {CONTACT_MM:g} mm, below which simulation "
    "cannot tell a gap from contact (CT surface, hip centre and pose errors together)."
)


def ifi_test(
    *,
    extension_deg: float = 20.0,
    adduction_deg: float = 10.0,
    abduction_deg: float = 20.0,
    step_deg: float = 1.0,
) -> Motion:
    """Return the ischiofemoral impingement test: passive extension, three ways.

    Painful in neutral or adduction and painless in abduction: the test that defines the disease.

    Parameters
    ----------
    extension_deg
        Extension reached, from 0, against a vertical anterior pelvic plane.
    adduction_deg
        Adduction held in the arm ``adducted``; positive. The default follows the cadaver study
        of Kivlan et al. 2017 (10 deg).
    abduction_deg
        Abduction held in the arm ``abducted``; positive. No published angle; 20 deg by default.
    step_deg
        Largest step of extension.

    Returns
    -------
    motion
        Arms ``neutral``, ``adducted``, ``abducted``; progress is extension.

    Raises
    ------
    InputError
        If an angle is negative or beyond 60 deg.

    References
    ----------
    Gomez-Hoyos et al., Accuracy of 2 clinical tests for ischiofemoral impingement, Arthroscopy
    2016;32:1279; Gabrielli et al., Arthrosc Tech 2022, doi 10.1016/j.eats.2022.02.024.

    Examples
    --------
    >>> motion = ifi_test()
    >>> list(motion.arms), motion.n_poses, motion.threshold_mm
    (['neutral', 'adducted', 'abducted'], 63, 2.0)
    """
    extension = _as_angle(extension_deg, "extension_deg", low=1.0)
    held = {
        "neutral": 0.0,
        "adducted": _as_angle(adduction_deg, "adduction_deg"),
        "abducted": -_as_angle(abduction_deg, "abduction_deg"),
    }
    arms = {
        arm: arc(flexion_deg=(0.0, -extension), adduction_deg=angle, step_deg=step_deg)
        for arm, angle in held.items()
    }
    reference = "Gomez-Hoyos et al. 2016; Gabrielli et al. 2022, doi 10.1016/j.eats.2022.02.024. "
    return joined("ifi_test", arms, threshold_mm=CONTACT_MM, reference=reference + _CONTACT)


def long_stride_walking(
    stride_factor: float = 1.2,
    *,
    short_factor: float = 0.8,
    speed: str = "free",
    n_poses: int = N_POSES,
) -> Motion:
    """Return the long-stride walking test: one cycle with a short and one with a long stride.

    Pain lateral to the ischium in terminal extension with long, none with short strides.

    Parameters
    ----------
    stride_factor
        Long stride against normal, 1.0 to 1.7; see the stride model in
        :mod:`hipsim.kinematics.gait`.
    short_factor
        Short stride against normal, 0.3 to 1.0.
    speed
        Gait the strides are made from: ``"slow"``, ``"free"`` or ``"fast"``.
    n_poses
        Poses per cycle.

    Returns
    -------
    motion
        Arms ``short_stride``, ``long_stride``; progress is the gait cycle, ``isb`` zeros.

    Raises
    ------
    InputError
        If the long stride is not longer than the short one, or a factor is out of range.

    References
    ----------
    Gomez-Hoyos et al., Arthroscopy 2016;32:1279 (sensitivity 95 %, specificity 84 %).

    Examples
    --------
    >>> motion = long_stride_walking(stride_factor=1.2)
    >>> {arm: round(float(motion.flexion_deg[run].min()), 1) for arm, run in motion.arms.items()}
    {'short_stride': -1.6, 'long_stride': -10.1}
    """
    if not short_factor < stride_factor:
        raise InputError(
            f"the long stride must exceed the short one, got {stride_factor:g} and {short_factor:g}"
        )
    arms = {
        "short_stride": gait(speed, stride_factor=short_factor, n_poses=n_poses),
        "long_stride": gait(speed, stride_factor=stride_factor, n_poses=n_poses),
    }
    reference = (
        "Test: Gomez-Hoyos et al. 2016. Angles: Schwartz et al. 2008, sagittal excursion times the "
        "stride factor. Threshold: halfway between the smallest space of healthy (13.0 mm) and "
        "impinging hips (9.6 mm) in long-stride walking, Wang et al. 2023, doi "
        "10.3389/fbioe.2023.1067600; halfway is hipsim's choice."
    )
    threshold = LONG_STRIDE_THRESHOLD_MM
    return joined("long_stride_walking", arms, threshold_mm=threshold, reference=reference)


def front_split(
    *,
    extension_deg: float = 40.0,
    external_rotation_deg: float = 20.0,
    flexion_deg: float = 120.0,
    n_poses: int = 41,
) -> Motion:
    """Return a front split as the trailing and as the leading leg, both from neutral.

    Parameters
    ----------
    extension_deg, external_rotation_deg
        Reached together by the trailing leg. No study gives the angles between the bones; by
        default beyond the 30 deg of extension that bone allows at least (Bunn et al. 2012),
        with the hip turned out.
    flexion_deg
        Reached by the leading leg.
    n_poses
        Poses per arm.

    Returns
    -------
    motion
        Arms ``trailing_leg``, ``leading_leg``; progress is the depth of the split in percent.

    Raises
    ------
    InputError
        If an angle is out of range.

    Examples
    --------
    >>> front_split().pose_deg(40)
    {'flexion': -40.0, 'adduction': 0.0, 'rotation': -20.0}
    """
    extension = _as_angle(extension_deg, "extension_deg", low=1.0)
    turned_out = _as_angle(external_rotation_deg, "external_rotation_deg", high=90.0)
    flexion = _as_angle(flexion_deg, "flexion_deg", low=1.0, high=150.0)
    arms = {
        "trailing_leg": _to_pose((-extension, 0.0, -turned_out), "depth of split (%)", n_poses),
        "leading_leg": _to_pose((flexion, 0.0, 0.0), "depth of split (%)", n_poses),
    }
    reference = "Angles: stated by hipsim, no published table; bone allows > 30 deg of extension "
    reference += "(Bunn et al. 2012, PMC3254736). " + _CONTACT
    return joined("front_split", arms, threshold_mm=CONTACT_MM, reference=reference)


def faber(
    *,
    flexion_deg: float = 45.0,
    abduction_deg: float = 30.0,
    external_rotation_deg: float = 60.0,
    n_poses: int = 46,
) -> Motion:
    """Return flexion, abduction and external rotation together, from neutral.

    The greater trochanter and the crest, not the lesser trochanter, come near the ischium.

    Parameters
    ----------
    flexion_deg, abduction_deg, external_rotation_deg
        Reached at the end; by default where trochanter and ischium met in 20 of 23 cadaver hips
        (Kivlan et al. 2016: 60 deg external rotation, 30 deg abduction, 47 +- 10 deg flexion).
    n_poses
        Number of poses.

    Raises
    ------
    InputError
        If an angle is out of range.

    References
    ----------
    Heimann et al., Insights Imaging 2023, doi 10.1186/s13244-023-01524-4; Kivlan et al., J Hip
    Preserv Surg 2016, doi 10.1093/jhps/hnw017.

    Examples
    --------
    >>> faber().threshold_mm
    7.0
    """
    flexion = _as_angle(flexion_deg, "flexion_deg", low=1.0, high=120.0)
    abduction = _as_angle(abduction_deg, "abduction_deg")
    turned_out = _as_angle(external_rotation_deg, "external_rotation_deg", high=90.0)
    motion = _to_pose((flexion, -abduction, -turned_out), "way into FABER (%)", n_poses)
    reference = (
        "Pose: Kivlan et al. 2016, doi 10.1093/jhps/hnw017. Threshold: proximal intertrochanteric "
        "distance <= 7 mm on FABER MRI predicts quadratus femoris oedema (AUC 0.89), Heimann et "
        "al. 2023, doi 10.1186/s13244-023-01524-4."
    )
    segments = ("faber",) * motion.n_poses
    return motion.evolved(
        name="faber", segments=segments, threshold_mm=FABER_THRESHOLD_MM, reference=reference
    )


def _to_pose(pose_deg: tuple[float, float, float], label: str, n_poses: int) -> Motion:
    """Return a straight arc from neutral to a pose, its progress in percent."""
    flexion, adduction, rotation = pose_deg
    motion = arc(
        flexion_deg=(0.0, flexion),
        adduction_deg=(0.0, adduction),
        rotation_deg=(0.0, rotation),
        n_poses=n_poses,
    )
    progress = np.linspace(0.0, 100.0, motion.n_poses)
    return motion.evolved(progress=progress, progress_label=label)


def _as_angle(value: float, name: str, *, low: float = 0.0, high: float = 60.0) -> float:
    """Return an angle a hip can reach in the direction the keyword names."""
    return as_number(value, name=name, low=low, high=high, unit="deg")
