"""What became of a target, in numbers and in words."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from hipsim.anatomy.hip import Hip
from hipsim.geometry import rigid
from hipsim.io import load_hip
from hipsim.kinematics.arcs import neutral
from hipsim.planning.continuous import turning_of
from hipsim.planning.required_outcome import TOLERANCE_MM, TargetOutcome, certified, limit_of
from hipsim.planning.targets import Target
from hipsim.surgery.zone import find_zone

FAR_MM = 25.0  # from the apex, beyond every bound of the zone


@cache
def hip() -> Hip:
    return load_hip("woman_narrow")


@cache
def outcome(wanted_mm: float) -> TargetOutcome:
    target = Target(neutral(), wanted_mm, f"{wanted_mm:g} mm")
    (found,) = certified(hip(), [target])
    return TargetOutcome(target, found, found, None)


def nearest_at(point: np.ndarray, structure: str = "lesser_trochanter") -> TargetOutcome:
    """Return the outcome of a hip whose nearest femoral point, in the scan, is a given one."""
    moved = turning_of(hip(), neutral()).transforms(np.zeros((1, 3)))[0]
    points = np.stack([rigid.apply(moved, point[None])[0], np.zeros(3)])
    missed = outcome(40.0)
    return replace(missed, after=replace(missed.after, points_mm=points, structure=structure))


def test_certified__proves_what_it_promises():
    found = outcome(10.0).after
    assert 0.0 <= found.minimum_mm - found.lower_bound_mm <= TOLERANCE_MM


def test_outcome__of_a_target_that_is_met_misses_nothing_and_has_no_limit():
    met = outcome(1.0)
    assert (met.is_reached, met.missing_mm, met.limited_by, limit_of(hip(), met)) == (
        True, 0.0, None, None,
    )  # fmt: skip


def test_outcome__of_a_target_that_is_missed_says_by_how_much():
    missed = outcome(40.0)
    assert missed.missing_mm == 40.0 - missed.after.minimum_mm
    assert missed.limited_by == missed.after.structure
    assert "missing" in repr(missed)


@pytest.mark.parametrize(
    ("along", "words"),
    [((1.0, 0.0), "upper margin"), ((-0.2, 1.0), "anterior margin"), ((0, -1), "posterior margin")],
)
def test_limit__names_the_margin_behind_which_the_bone_lies(along, words):
    seen = find_zone(hip()).trochanter
    up, forward = along
    forward *= 1.0 if hip().side == "right" else -1.0
    point = seen.apex + 2.0 * FAR_MM * (up * seen.up + forward * seen.forward + seen.outward)
    assert limit_of(hip(), nearest_at(point)) == f"lesser trochanter, its {words}"


def test_limit__names_the_shaft_under_the_trochanter():
    seen = find_zone(hip()).trochanter
    assert limit_of(hip(), nearest_at(find_zone(hip()).foot)).endswith("the shaft under it")
    deep = seen.apex - 20.0 * seen.outward
    assert limit_of(hip(), nearest_at(deep)).endswith("the shaft under it")


def test_limit__names_another_structure():
    found = nearest_at(hip().landmarks["lesser_trochanter"], "greater_trochanter")
    assert limit_of(hip(), found) == "greater trochanter"
