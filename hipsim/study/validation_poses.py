"""Expectations 1 to 11 of the evidence: the space, and how it changes with the pose of the hip.

Signs, order and slopes count, absolute means only with wide bands: published means disagree with
each other by more than 15 mm (28 mm in skeletonised cadavers, 25 mm on MRI, 8 mm embalmed).
"""

import numpy as np

from hipsim.study.validation_expectation import Because, Expectation
from hipsim.study.validation_facts import Facts

ROUNDING_MM = 1e-6
RIDGE = ("greater_trochanter", "intertrochanteric_crest")


def _is_man(facts: Facts) -> float:
    """Return 1 for men, 0 for women, nan where nobody says."""
    return np.nan if facts.sex is None else float(facts.sex == "male")


def _turned_contact(facts: Facts) -> float:
    """Return the angle of contact where it is not there before any rotation."""
    return facts.contact_deg if facts.contact_deg > 0.0 else np.nan


def _in_wide(facts: Facts, value: float) -> float:
    """Return a value of a hip over 15 mm in neutral, else nan."""
    return value if facts.is_wide else np.nan


def _opened(facts: Facts) -> float:
    """Return the change of space from neutral to abduction with internal rotation."""
    return facts.at(adduction=-10.0, rotation=10.0) - facts.at()


def _closed(facts: Facts) -> float:
    """Return the change of space from neutral to adduction with external rotation."""
    return facts.at(adduction=10.0, rotation=-10.0) - facts.at()


POSES = (
    Expectation(
        name="01 IFS neutral",
        quantity="axial ischiofemoral space, neutral: mean",
        expected="25.1 +- 5.6; 26.0 +- 8.0; 22.9 +- 7.0: 12 to 40",
        take=lambda f: f.space.ifs_axial_mm,
        low=12.0,
        high=40.0,
        unit="mm",
        source="singer",
        because=Because(
            text="hips chosen for a narrow space are no sample of adults; they have {} mm",
            told=lambda f: f.space.ifs_axial_mm,
            low=5.0,
        ),
    ),
    Expectation(
        name="02 IFS by sex",
        quantity="axial space of men less that of women",
        expected="29.1 +- 4.1 less 22.2 +- 4.3: 4 to 10",
        judged="difference",
        take=lambda f: f.space.ifs_axial_mm,
        other=_is_man,
        low=4.0,
        high=10.0,
        unit="mm",
        source="audenaert",
        because=Because(
            text="some people, some of them chosen for a narrow hip, are no sample of the sexes",
            low=0.0,
        ),
    ),
    Expectation(
        name="03 IFS with impingement",
        quantity="axial space of impinging hips less that of controls",
        expected="14.9 +- 4.8 less 26.0 +- 8.0; 15 mm tells them with 77/81 %",
        take=lambda f: np.nan,
        lacking="no hip at hand has a diagnosis",
        unit="mm",
        source="singer",
    ),
    Expectation(
        name="04 QFS below IFS",
        quantity="hips with less quadratus femoris than ischiofemoral space",
        expected="all; QFS 16.0 +- 6.1",
        judged="share",
        take=lambda f: f.quadratus.qfs_axial_mm < f.space.ifs_axial_mm,
        told=lambda f: f.quadratus.qfs_axial_mm,
        low=1.0,
        source="singer",
    ),
    Expectation(
        name="04 QFS with IFS",
        quantity="correlation of the two spaces",
        expected="r 0.74: above 0",
        judged="correlation",
        take=lambda f: f.quadratus.qfs_axial_mm,
        other=lambda f: f.space.ifs_axial_mm,
        low=0.0,
        source="ge",
    ),
    Expectation(
        name="05 IR, monotone",
        quantity="hips whose space never falls over 40 deg of internal rotation",
        expected="all",
        judged="share",
        take=lambda f: f.falls_with_internal <= ROUNDING_MM,
        low=1.0,
        source="kivlan",
    ),
    Expectation(
        name="05 IR, slope",
        quantity="rise of the space per deg over 40 deg of internal rotation: mean",
        expected="+15 mm, 0.38: 0.2 to 0.6",
        take=lambda f: f.internal_slope,
        low=0.2,
        high=0.6,
        unit="mm/deg",
        digits=2,
        source="kivlan",
    ),
    Expectation(
        name="06 ER, monotone",
        quantity="hips whose space never rises over 60 deg of external rotation, up to contact",
        expected="all",
        judged="share",
        take=lambda f: f.rises_with_external <= ROUNDING_MM,
        low=1.0,
        source="kivlan",
        because=Because(
            text="in the others it rises again beyond the angle of least space ({} deg), where the "
            "trochanter passes behind the ischium; cadavers were measured at 0 and 60 deg only",
            told=lambda f: f.external_least_deg if f.rises_with_external > ROUNDING_MM else np.nan,
            low=0.6,
        ),
    ),
    Expectation(
        name="06 ER, slope",
        quantity="fall of the space per deg of external rotation, to 60 deg or contact: mean",
        expected="-14 mm, 0.23: 0.1 to 0.4",
        take=lambda f: f.external_slope,
        low=0.1,
        high=0.4,
        unit="mm/deg",
        digits=2,
        source="kivlan",
        because=Because(
            text="in space the nearest pair changes to ever nearer ones; the nearest pair of "
            "neutral, followed as by a caliper, falls by {} mm/deg over 60 deg; a second study of "
            "cadavers had 0.04",
            told=lambda f: -f.caliper_slopes[0],
            digits=2,
            high=0.55,
        ),
    ),
    Expectation(
        name="07 ext + add + ER",
        quantity="hips in contact by 60 deg of ER, in 10 deg of extension and adduction",
        expected="84 %: at least half",
        judged="share",
        take=lambda f: not np.isnan(f.contact_deg),
        told=lambda f: f.contact_deg,
        low=0.5,
        source="kivlan",
    ),
    Expectation(
        name="07 ext + add + ER, angle",
        quantity="ER at first contact, where it is not there at once: mean",
        expected="29 +- 20: within 1 SD",
        take=_turned_contact,
        low=9.0,
        high=49.0,
        unit="deg",
        source="kivlan",
    ),
    Expectation(
        name="08 abduction + IR",
        quantity="hips whose space rises with 10 deg of abduction and of IR",
        expected="all",
        judged="share",
        take=lambda f: _opened(f) > 0.0,
        told=_opened,
        low=1.0,
        source="jxwk",
    ),
    Expectation(
        name="08 adduction + ER",
        quantity="hips whose space falls with 10 deg of adduction and of ER",
        expected="all",
        judged="share",
        take=lambda f: _closed(f) < 0.0,
        told=_closed,
        low=1.0,
        source="jxwk",
    ),
    Expectation(
        name="09 gait, when",
        quantity="hips with their least space at 40 to 65 % of the gait cycle",
        expected="all: in extension",
        judged="share",
        take=lambda f: 40.0 <= f.walking.progress <= 65.0,
        told=lambda f: f.walking.progress,
        low=1.0,
        source="audenaert",
    ),
    Expectation(
        name="09 gait, least",
        quantity="least space in gait, hips over 15 mm in neutral: mean",
        expected="15.1 in healthy hips: 5 to 25",
        take=lambda f: _in_wide(f, f.walking.minimum_mm),
        low=5.0,
        high=25.0,
        unit="mm",
        source="wang",
    ),
    Expectation(
        name="09 gait, most",
        quantity="greatest space in gait, hips over 15 mm in neutral: mean",
        expected="50.2 in healthy hips: 35 to 65",
        take=lambda f: _in_wide(f, float(f.walking.distance_mm.max())),
        low=35.0,
        high=65.0,
        unit="mm",
        source="wang",
    ),
    Expectation(
        name="09 long strides",
        quantity="hips with less space in long strides than in gait",
        expected="all: 13.0 v 15.1 in healthy, 9.6 v 10.2 in impinging hips",
        judged="share",
        take=lambda f: f.striding.minimum_mm < f.walking.minimum_mm,
        told=lambda f: f.striding.minimum_mm - f.walking.minimum_mm,
        low=1.0,
        source="wang",
    ),
    Expectation(
        name="09 wide v narrow",
        quantity="least space in gait, hips over 15 mm in neutral less the others",
        expected="healthy less impinging 4.9: above 0",
        judged="difference",
        take=lambda f: f.walking.minimum_mm,
        other=lambda f: f.is_wide,
        low=0.0,
        unit="mm",
        source="wang",
    ),
    Expectation(
        name="10 FABER, nearest",
        quantity="hips where crest or greater trochanter is nearest in FABER",
        expected="all: it changes from the lesser trochanter",
        judged="share",
        take=lambda f: f.faber.structures[-1] in RIDGE,
        low=1.0,
        source="heimann",
    ),
    Expectation(
        name="10 FABER, proximal",
        quantity="greater trochanter to ischium, FABER less neutral: mean",
        expected="proximal ridge -26 +- 7: within 1 SD",
        take=lambda f: f.faber_change_mm("greater_trochanter"),
        low=-33.0,
        high=-19.0,
        unit="mm",
        source="heimann",
    ),
    Expectation(
        name="10 FABER, distal",
        quantity="intertrochanteric crest to ischium, FABER less neutral: mean",
        expected="distal ridge -6 +- 7: within 1 SD",
        take=lambda f: f.faber_change_mm("intertrochanteric_crest"),
        low=-13.0,
        high=1.0,
        unit="mm",
        source="heimann",
        because=Because(
            text="published on one axial level of the ridge in a FABER whose angles are not told; "
            "ours is the nearest point of the whole crest in 45 flexion, 30 abduction, 60 ER",
            high=15.0,
        ),
    ),
    Expectation(
        name="10 FABER, contact",
        quantity="hips with the femur on the ischium on the way into FABER",
        expected="96 %: at least half",
        judged="share",
        take=lambda f: f.faber.minimum_mm <= 0.0,
        told=lambda f: f.faber.minimum_mm,
        low=0.5,
        source="faber",
        because=Because(
            text="bone alone, in 45 flexion, 30 abduction, 60 ER: the cadavers' angles are not "
            "told; least gap {} mm",
            told=lambda f: f.faber.minimum_mm,
            low=0.25,
        ),
    ),
    Expectation(
        name="10 abd 30 + ER 60",
        quantity="hips with contact of the greater trochanter between 90 and 0 deg of flexion",
        expected="87 %: at least half",
        judged="share",
        take=lambda f: not np.isnan(f.trochanteric_contact_deg),
        low=0.5,
        source="faber",
    ),
    Expectation(
        name="10 abd 30 + ER 60, angle",
        quantity="flexion at that contact, coming from 90: mean",
        expected="47 +- 10: 20 to 60",
        take=lambda f: f.trochanteric_contact_deg,
        low=20.0,
        high=60.0,
        unit="deg",
        source="faber",
    ),
    Expectation(
        name="11 slopes",
        quantity="hips with slopes in three axes, in the table of slopes",
        expected="all: 34 % of hips differ by 4 mm between two MRI of one hip",
        judged="share",
        take=lambda f: bool(np.isfinite(f.slopes).all()),
        low=1.0,
        source="hatem",
    ),
    Expectation(
        name="11 rotation for 4 mm",
        quantity="rotation from neutral that changes the space by 4 mm: mean",
        expected="legs lie so differently in a scanner: 5 to 30",
        take=lambda f: 4.0 / abs(float(f.slopes[2])),
        low=5.0,
        high=30.0,
        unit="deg",
        source="hatem",
    ),
)
