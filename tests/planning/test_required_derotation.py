"""Laws of the least derotation: enough, none too much, the rotation it stands for."""

from functools import cache

import numpy as np
import pytest
from phantom import mirrored_hip

from hipsim.anatomy.hip import Hip
from hipsim.errors import InputError
from hipsim.io import load_hip
from hipsim.kinematics.arcs import neutral
from hipsim.kinematics.clinical import ifi_test
from hipsim.planning.clearance import clearance_along
from hipsim.planning.required_derotation import (
    RESOLUTION_DEG,
    RequiredDerotation,
    required_derotation,
)
from hipsim.planning.required_outcome import certified
from hipsim.planning.targets import Target
from hipsim.surgery import derotate_femur

LAW_MM = 1e-6  # rounding of a femur that was cut, turned and sewn
FINE = ifi_test(step_deg=0.1)
IFI_MM = 3.0


@cache
def hip() -> Hip:
    return load_hip("woman_narrow")


def in_neutral(gain_mm: float) -> Target:
    return Target(
        neutral(), certified(hip(), [Target(neutral(), 0, "")])[0].minimum_mm + gain_mm, ""
    )


@cache
def found() -> RequiredDerotation:
    return required_derotation(hip(), [in_neutral(1.0), Target(ifi_test(), IFI_MM, "3 mm")])


def test_required_derotation__of_targets_that_are_met_is_none():
    met = required_derotation(hip(), [in_neutral(0.0)])
    assert (met.angle_deg, met.hip is hip(), met.binding, met.is_reached) == (0.0, True, None, True)


def test_required_derotation__reaches_its_targets_on_a_ten_times_finer_arc():
    result = found()
    assert result.is_reached and 0.0 < result.angle_deg < 60.0
    assert clearance_along(result.hip, FINE).minimum_mm >= IFI_MM
    assert result.hip.notes[-1]["angle_deg"] == result.angle_deg


def test_required_derotation__a_fifth_of_a_degree_less_would_not_do():
    less = derotate_femur(hip(), angle_deg=found().angle_deg - 2.0 * RESOLUTION_DEG)
    wanted = [one.target for one in found().outcomes]
    rows = zip(wanted, certified(less, wanted), strict=True)
    assert any(now.minimum_mm < target.clearance_mm for target, now in rows)


def test_required_derotation__names_the_binding_target():
    assert found().binding is not None
    assert found().binding.target.motion.name == "ifi_test"


def test_required_derotation__is_the_rotation_of_the_intact_hip():
    """clearance(post, g) = clearance(intact, g + angle)."""
    angle, motion = found().angle_deg, ifi_test(step_deg=5)
    shifted = motion.evolved(rotation_deg=motion.rotation_deg + angle)
    np.testing.assert_allclose(
        clearance_along(found().hip, motion).distance_mm,
        clearance_along(hip(), shifted).distance_mm,
        atol=LAW_MM,
    )


def test_required_derotation__of_the_mirrored_hip_is_the_same():
    other = required_derotation(mirrored_hip(hip()), [one.target for one in found().outcomes])
    assert other.angle_deg == pytest.approx(found().angle_deg, abs=RESOLUTION_DEG)


def test_required_derotation__of_a_larger_target_is_no_smaller():
    angles = [required_derotation(hip(), [in_neutral(gain)]).angle_deg for gain in (0.5, 1.5, 3.0)]
    assert angles == sorted(angles)
    assert angles[0] > 0.0


def test_required_derotation__out_of_reach_leaves_least_missing():
    result = required_derotation(hip(), [Target(neutral(), 50.0, "50 mm")], largest_deg=20.0)
    assert not result.is_reached
    assert result.binding is result.outcomes[0]
    assert result.outcomes[0].missing_mm > 0.0
    steps = np.arange(0.0, 21.0, 5.0)
    reached = [
        clearance_along(derotate_femur(hip(), angle_deg=step), neutral()).minimum_mm
        for step in steps
    ]
    assert result.outcomes[0].after.minimum_mm >= max(reached) - LAW_MM


def test_required_derotation__about_the_anatomical_axis_reaches_its_target_too():
    result = required_derotation(hip(), [in_neutral(1.0)], axis="anatomical")
    assert result.is_reached
    assert (result.axis, result.hip.notes[-1]["axis"]) == ("anatomical", "anatomical")


def test_required_derotation__against_the_table_top_zero_reaches_its_target_too():
    motion = neutral().evolved(femoral_zero="tabletop")
    (start,) = certified(hip(), [Target(motion, 0.0, "")])
    result = required_derotation(hip(), [Target(motion, start.minimum_mm + 1.0, "1 mm more")])
    assert result.is_reached


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"level": "intertrochanteric"}, "must pass below everything that is swept"),
        ({"largest_deg": 120.0}, "largest_deg"),
        ({"level": 5.0}, "cut through the lesser trochanter"),
    ],
)
def test_required_derotation__refuses(changes, message):
    with pytest.raises(InputError, match=message):
        required_derotation(hip(), [in_neutral(1.0)], **changes)


def test_required_derotation__speaks_for_itself():
    assert "all targets reached" in repr(found())
