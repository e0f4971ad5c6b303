"""Expectations 12 to 20 of the evidence: shape, surgery, range of motion, accuracy."""

from collections.abc import Callable

import numpy as np

from hipsim.study.validation_expectation import Because, Expectation, Take
from hipsim.study.validation_facts import (
    DEROTATION_DEG,
    RANGE_OF_MOTION,
    TURNED_OUT,
    WANTED_MM,
    Cut,
    Facts,
)

ROUNDING_MM = 1e-6
OPERATED_MM = (6.4, 22.4)  # before surgery, Aguilera-Bohorquez 2020
PUBLISHED_LOSS = {5.0: (22.0, 10.0), 10.0: (50.0, 13.0), 15.0: (76.0, 13.0)}  # %, mean and SD
UNTURNED = tuple(name for name in RANGE_OF_MOTION if name != TURNED_OUT)
NORMAL_LEE, NORMAL_MURPHY = (3.4, 9.6), (23.2, 11.2)  # deg, mean and SD


def _shadow(rotation_deg: float) -> Take:
    """Return what takes the change of the AP width at a rotation, in percent of neutral."""

    def change(facts: Facts) -> float:
        width = facts.shadows[0]
        return float(100.0 * (width[round(rotation_deg / 5.0) + 5] / width[5] - 1.0))

    return change


def _overhang_slope(facts: Facts) -> float:
    """Return how much the trochanter shows more per deg of external rotation, mm."""
    overhang = facts.shadows[1]
    return float(overhang[0] - overhang[-1]) / 50.0


def _lost(depth_mm: float) -> Take:
    """Return what takes the share of the footprint lost at a depth, %, nan where not possible."""

    def lost(facts: Facts) -> float:
        return next((cut.lost_pct for cut in facts.cuts if cut.depth_mm == depth_mm), np.nan)

    return lost


def _along_cuts(take: Callable[[Cut], float]) -> Callable[[Facts], np.ndarray]:
    """Return what takes a number of every depth, none first."""
    return lambda facts: np.array([take(cut) for cut in facts.cuts])


_gains = _along_cuts(lambda cut: cut.ifs_3d_mm)
_deepest = _along_cuts(lambda cut: cut.deepest_mm)
_losses = _along_cuts(lambda cut: cut.lost_pct)


def _gain(facts: Facts) -> np.ndarray:
    """Return the gain of neutral space at every depth, mm."""
    return _gains(facts) - facts.space.ifs_3d_mm


def _saturates(facts: Facts) -> bool:
    """Return whether a mm of depth gains less at the end than at the beginning."""
    gain, depth = _gain(facts), _deepest(facts)
    last, first = (gain[-1] - gain[-2]) / (depth[-1] - depth[-2]), gain[0] / depth[0]
    return bool(last <= first + ROUNDING_MM)


def _reaches(facts: Facts) -> float:
    """Return whether the deepest plane gives a hip like those operated on the wanted space."""
    is_like = OPERATED_MM[0] <= facts.space.ifs_axial_mm <= OPERATED_MM[1]
    return float(facts.cuts[-1].ifs_axial_mm > WANTED_MM) if is_like else np.nan


def _clear(facts: Facts, directions: tuple[str, ...]) -> float:
    """Return whether a hip over 15 mm has no contact in some directions; nan for others."""
    least = min(facts.range_minima_mm[name] for name in directions)
    return float(least > 0.0) if facts.is_wide else np.nan


def _footprint(depth_mm: float) -> Expectation:
    """Return the expectation of the share of the iliopsoas footprint lost at a depth."""
    mean, sd = PUBLISHED_LOSS[depth_mm]
    return Expectation(
        name=f"14 footprint at {depth_mm:g} mm",
        quantity=f"share of the iliopsoas attachment lost to a plane {depth_mm:g} mm deep: mean",
        expected=f"{mean:g} +- {sd:g}: within 1 SD",
        take=_lost(depth_mm),
        low=mean - sd,
        high=mean + sd,
        unit="%",
        source="hapa",
        because=Because(
            text="the cadavers were men, and women's trochanters are lower, so that as deep a "
            "plane takes more; the attachment does not show on bone and is drawn as tendon width "
            "and anatomy books say: paint the patient's own",
            low=mean,
            high=min(100.0, mean + 2.0 * sd),
        ),
    )


ANATOMY = (
    Expectation(
        name="12 LT behind neck",
        quantity="angle of the lesser trochanter behind the neck axis: mean",
        expected="38.4 +- 9.6, 43.3 +- 6.2: 20 to 60",
        take=lambda f: f.neck_angle_deg,
        low=20.0,
        high=60.0,
        unit="deg",
        source="jarth",
    ),
    Expectation(
        name="13 LT in AP view",
        quantity="overhang of the lesser trochanter per deg of external rotation: mean",
        expected="0.24: +- 50 %",
        take=_overhang_slope,
        low=0.12,
        high=0.36,
        unit="mm/deg",
        digits=2,
        source="jarth",
    ),
    Expectation(
        name="13 width at 20 IR",
        quantity="AP width from lateral cortex to LT tip, 20 deg IR v neutral: mean",
        expected="-12: +- 50 %",
        take=_shadow(20.0),
        low=-18.0,
        high=-6.0,
        unit="%",
        source="turgut",
    ),
    Expectation(
        name="13 width at 25 ER",
        quantity="AP width from lateral cortex to LT tip, 25 deg ER v neutral: mean",
        expected="+8: +- 50 %",
        take=_shadow(-25.0),
        low=4.0,
        high=12.0,
        unit="%",
        source="turgut",
        because=Because(
            text="with much version the widest view is passed before 25 deg of ER; in hips of up "
            "to 15 deg (3D) it is {} %; their neutral was that of the table, ours the condyles'",
            told=lambda f: _shadow(-25.0)(f) if f.version_deg("3d") <= 15.0 else np.nan,
            low=-6.0,
        ),
    ),
    *(_footprint(depth) for depth in PUBLISHED_LOSS),
    Expectation(
        name="14 footprint, monotone",
        quantity="hips that lose more of the attachment the deeper the plane",
        expected="all",
        judged="share",
        take=lambda f: bool((np.diff(_losses(f)) > 0.0).all()),
        low=1.0,
        source="hapa",
    ),
    Expectation(
        name="15 gain, monotone",
        quantity="hips whose neutral space never falls as the plane goes deeper",
        expected="all",
        judged="share",
        take=lambda f: bool((np.diff(_gain(f), prepend=0.0) >= -ROUNDING_MM).all()),
        low=1.0,
        source="geometry",
    ),
    Expectation(
        name="15 gain within depth",
        quantity="hips that never gain more space than the cut is deep",
        expected="all",
        judged="share",
        take=lambda f: bool((_gain(f) <= _deepest(f) + ROUNDING_MM).all()),
        low=1.0,
        source="geometry",
    ),
    Expectation(
        name="15 gain saturates",
        quantity="hips in which a mm of depth gains no more at the end than at the beginning",
        expected="all",
        judged="share",
        take=_saturates,
        told=lambda f: float(_gain(f)[-1]),
        low=1.0,
        source="geometry",
        because=Because(
            text="in the others the trochanter is still nearest at the deepest plane the shaft "
            "allows: space before {} mm",
            told=lambda f: np.nan if _saturates(f) else f.space.ifs_3d_mm,
            low=0.5,
        ),
    ),
    Expectation(
        name="15 reaches 17 mm",
        quantity="hips of 6.4 to 22.4 mm with over 17 mm after the deepest plane, axial",
        expected="15 of 16: at least 3 of 4",
        judged="share",
        take=_reaches,
        low=0.75,
        source="aguilera",
        because=Because(
            text="no plane that stays outside the shaft gives the others 17 mm: the deepest gives "
            "them {} mm",
            told=lambda f: f.cuts[-1].ifs_axial_mm if _reaches(f) == 0.0 else np.nan,
            low=0.0,
        ),
    ),
    Expectation(
        name="16 derotation, law",
        quantity=f"hips with the space of {DEROTATION_DEG:g} IR after {DEROTATION_DEG:g} deg of "
        "derotation below the trochanter, to 1e-6 mm",
        expected="all",
        judged="share",
        take=lambda f: abs(f.derotated_mm - f.at(rotation=DEROTATION_DEG)) <= ROUNDING_MM,
        low=1.0,
        source="geometry",
    ),
    Expectation(
        name="16 derotation, gain",
        quantity=f"gain of neutral space by {DEROTATION_DEG:g} deg of derotation: mean",
        expected="7.5 by the slope of 5 (0.38): 4 to 12",
        take=lambda f: f.derotated_mm - f.at(),
        low=4.0,
        high=12.0,
        unit="mm",
        source="kivlan",
    ),
    Expectation(
        name="17 IFS with version",
        quantity="correlation of axial space and femoral version (Murphy)",
        expected="r -0.19: below 0",
        judged="correlation",
        take=lambda f: f.space.ifs_axial_mm,
        other=lambda f: f.version_deg("murphy"),
        high=0.0,
        source="bjr",
        because=Because(
            text="a correlation of -0.19 has either sign in so few hips; the population tells",
            high=0.6,
        ),
    ),
    Expectation(
        name="18 Lee below Murphy",
        quantity="hips with less version by Lee than by Murphy",
        expected="all",
        judged="share",
        take=lambda f: f.version_deg("lee") < f.version_deg("murphy"),
        low=1.0,
        source="version100",
    ),
    Expectation(
        name="18 Murphy less Lee",
        quantity="version by Murphy less version by Lee: mean",
        expected="19.8; up to 18: 5 to 25",
        take=lambda f: f.version_deg("murphy") - f.version_deg("lee"),
        low=5.0,
        high=25.0,
        unit="deg",
        source="bjo",
    ),
    Expectation(
        name="18 Lee",
        quantity="version by Lee: mean",
        expected="{:g} +- {:g}: within 1 SD".format(*NORMAL_LEE),
        take=lambda f: f.version_deg("lee"),
        low=NORMAL_LEE[0] - NORMAL_LEE[1],
        high=NORMAL_LEE[0] + NORMAL_LEE[1],
        unit="deg",
        source="version100",
    ),
    Expectation(
        name="18 Murphy",
        quantity="version by Murphy: mean",
        expected="{:g} +- {:g}: within 1 SD".format(*NORMAL_MURPHY),
        take=lambda f: f.version_deg("murphy"),
        low=NORMAL_MURPHY[0] - NORMAL_MURPHY[1],
        high=NORMAL_MURPHY[0] + NORMAL_MURPHY[1],
        unit="deg",
        source="version100",
    ),
    Expectation(
        name="19 normal range",
        quantity="hips over 15 mm without contact in 0 to 90 flexion, 20 extension, 30 IR",
        expected="all: soft tissue stops them first",
        judged="share",
        take=lambda f: _clear(f, UNTURNED),
        told=lambda f: min(f.range_minima_mm[name] for name in UNTURNED),
        low=1.0,
        source="kouyoumdjian",
    ),
    Expectation(
        name="19 normal range, ER",
        quantity="hips over 15 mm without contact in 38 deg of ER",
        expected="all: soft tissue stops them first",
        judged="share",
        take=lambda f: _clear(f, (TURNED_OUT,)),
        told=lambda f: f.range_minima_mm[TURNED_OUT],
        low=1.0,
        source="kouyoumdjian",
        because=Because(
            text="38 deg is a mean of adults; the others touch at {} deg of ER",
            told=lambda f: f.external_end_deg if _clear(f, (TURNED_OUT,)) == 0.0 else np.nan,
            low=0.7,
        ),
    ),
    Expectation(
        name="20 error budget",
        quantity="SD of the neutral space by landmarks, surface and pose, before surgery: mean",
        expected="1.5 to 2: 1 to 3",
        take=lambda f: f.doubt_mm,
        low=1.0,
        high=3.0,
        unit="mm",
        source="budget",
    ),
)
