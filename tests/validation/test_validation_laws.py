"""The laws hold on a phantom, and a broken one is seen."""

import numpy as np
import pytest
from phantom import phantom_hip

from hipsim.study import validation_laws
from hipsim.study.validation_laws import LAWS, law_rows

SEEN_MM = 0.1  # far above the tolerance of a law, far below what an error of side or sign does
PHANTOM_HAS_NO = {"wrong side", "wrong unit"}  # bones that can be recognised


@pytest.fixture(scope="module")
def hip():
    return phantom_hip("left")


@pytest.fixture
def violation(hip):
    def of(name):
        return next(law.violation(hip) for law in LAWS if law.name == name)

    return of


@pytest.mark.parametrize(
    "law", [x for x in LAWS if x.name not in PHANTOM_HAS_NO], ids=lambda x: x.name
)
def test_law__holds_on_a_phantom(law, hip):
    assert law.violation(hip) <= law.high, law.name


def test_law_rows__are_judged_by_the_worst_hip(monkeypatch, hip):
    worse = iter([0.0, 5.0])
    law = validation_laws.Law("made", "a", "none", "mm", 1e-9, lambda hip: next(worse))
    monkeypatch.setattr(validation_laws, "LAWS", (law,))
    (row,) = law_rows([hip, hip], subjects="virtual")
    assert (row.value, row.verdict, row.n) == (5.0, "disagrees", 2)


def test_mirror__sees_a_forgotten_side(monkeypatch, violation):
    def only_meshes(hip):
        return validation_laws_mirrored(hip).evolved(side=hip.side)

    validation_laws_mirrored = validation_laws.mirrored
    monkeypatch.setattr(validation_laws, "mirrored", only_meshes)
    assert violation("mirror image") > SEEN_MM


def test_derotation__sees_a_wrong_sign(monkeypatch, violation):
    right = validation_laws.derotate_femur
    monkeypatch.setattr(
        validation_laws, "derotate_femur", lambda hip, angle_deg: right(hip, angle_deg=-angle_deg)
    )
    assert violation("derotation") > SEEN_MM


def test_removal__sees_bone_that_grows(monkeypatch, hip, violation):
    states = iter([phantom_hip("left", gap_mm=20.0), phantom_hip("left", gap_mm=10.0)])
    monkeypatch.setattr(
        validation_laws, "resect_lesser_trochanter", lambda hip, depth_mm: next(states)
    )
    assert violation("removal") > SEEN_MM


def test_tilt__sees_a_wrong_sign(monkeypatch, violation):
    query = validation_laws.ClearanceQuery

    class Tilted(query):
        def __call__(self, motion, **rest):
            return super().__call__(motion.evolved(pelvic_tilt_deg=-motion.pelvic_tilt_deg), **rest)

    monkeypatch.setattr(validation_laws, "ClearanceQuery", Tilted)
    assert violation("pelvic tilt") > SEEN_MM


def test_units__see_bones_that_are_taken_for_mm(monkeypatch, violation):
    monkeypatch.setattr(validation_laws, "assemble_hip", lambda *given, **rest: None)
    assert violation("wrong unit") == violation("wrong side") == 1.0
    assert np.isclose(len(validation_laws.SCALES), 4)
