"""Combinations against operations carried out, and what the front promises."""

import numpy as np
import pytest

import hipsim as hs
from hipsim.errors import InputError
from hipsim.planning.targets import Target, as_targets
from hipsim.planning.tradeoff import Amounts, TradeOff, tradeoff

SAME_MM = 1e-6  # the derotation law, through the turning of a mesh
DEPTHS, ANGLES = [0.0, 3.0, 6.0], [0.0, 10.0, 20.0, 30.0]


def targets() -> tuple[Target, ...]:
    motion = hs.motions.ifi_test(step_deg=5)
    return (*as_targets({"neutral": 15}), Target(motion, 1.0, "1 mm"))


@pytest.fixture(scope="module")
def found() -> TradeOff:
    hip = hs.load_hip("woman_narrow")
    depths, angles = (
        Amounts("resect_lesser_trochanter", DEPTHS),
        Amounts("derotate_femur", ANGLES),
    )
    return tradeoff(hip, targets(), depths, angles)


@pytest.mark.parametrize(("i", "j"), [(0, 0), (2, 0), (0, 3), (1, 2)])
def test_tradeoff__is_what_the_operations_leave(found: TradeOff, i: int, j: int) -> None:
    hip = hs.load_hip("woman_narrow")
    hip = hs.resect_lesser_trochanter(hip, depth_mm=DEPTHS[i])
    hip = hs.derotate_femur(hip, angle_deg=ANGLES[j])
    for t, target in enumerate(targets()):
        expected = hs.clearance_along(hip, target.motion).minimum_mm
        assert found.clearance_mm[t, i, j] == pytest.approx(expected, abs=SAME_MM)


def test_tradeoff__any_pair_of_operations_is_carried_out(found: TradeOff) -> None:
    hip = hs.load_hip("woman_narrow")
    about_shaft = Amounts("derotate_femur", [0.0, 10.0], {"axis": "anatomical"})
    assert not about_shaft.follows_law
    other = tradeoff(hip, targets()[:1], Amounts("resect_lesser_trochanter", [0, 3]), about_shaft)
    turned = hs.derotate_femur(hip, angle_deg=10, axis="anatomical")
    expected = hs.clearance_along(turned, hs.motions.neutral()).minimum_mm
    assert other.clearance_mm[0, 0, 1] == pytest.approx(expected, abs=SAME_MM)


def test_tradeoff__more_bone_gone_is_never_less_space(found: TradeOff) -> None:
    assert (np.diff(found.clearance_mm, axis=1) >= -SAME_MM).all()


def test_front__reaches_every_target_and_no_cheaper_one_does(found: TradeOff) -> None:
    assert found.front
    for best in found.front:
        for target in targets():
            assert best.clearance_mm[target.motion.name] >= target.clearance_mm - SAME_MM
        i, j = DEPTHS.index(best.first), ANGLES.index(best.second)
        cheaper = found.is_reached[: i + 1, : j + 1].copy()
        cheaper[i, j] = False
        assert not cheaper.any()


def test_front__costs_are_told(found: TradeOff) -> None:
    resected = found.at(2, 0)
    assert resected.footprint_lost_share > 0
    assert found.at(0, 2).footprint_lost_share == 0
    assert found.second_effects[2].version_change_deg == pytest.approx(-20, abs=0.5)


def test_binding__is_the_target_missed_most(found: TradeOff) -> None:
    margins = found.clearance_mm - np.array([15.0, 1.0])[:, None, None]
    expected = np.where(margins[0] <= margins[1], "neutral", "ifi_test")
    assert (found.binding == expected).all()
    assert found.margin_mm == pytest.approx(margins.min(axis=0))


def test_tradeoff__threads_do_not_change_it(found: TradeOff) -> None:
    hip, (one, other) = hs.load_hip("woman_narrow"), (found.first, found.second)
    again = tradeoff(hip, targets(), one, other, n_threads=1)
    assert again.clearance_mm.tolist() == found.clearance_mm.tolist()


def test_tradeoff__refuses_what_it_cannot_use() -> None:
    hip = hs.load_hip("woman_narrow")
    angles = Amounts("derotate_femur", [0, 10])
    with pytest.raises(InputError, match="at least one target"):
        tradeoff(hip, [], angles, angles)
    with pytest.raises(InputError, match="at least two and rise"):
        Amounts("derotate_femur", [10, 0])
    with pytest.raises(InputError, match="procedure"):
        Amounts("wish", [0, 1])
    with pytest.raises(InputError, match="does not know"):
        Amounts("derotate_femur", [0, 1], {"speed": 2})
