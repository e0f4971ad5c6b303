"""What a change of habit gives back, and how little of it is enough."""

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_hip
from real_hips import real_hip

from hipsim.errors import InputError
from hipsim.kinematics.arcs import arc, grid, neutral
from hipsim.kinematics.clinical import ifi_test, long_stride_walking
from hipsim.kinematics.gait import gait
from hipsim.planning.certified import certified_minimum
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.what_if import CHANGES, changed, what_if

TOLERANCE = 0.01  # mm, of certified minima
MIRROR = 1e-6  # mm
STRIDE = 0.02  # deg, the mid-range of 101 samples against that of the curve
NARROW = 6.0  # mm, a phantom that walks with little room


@pytest.fixture(scope="module")
def hip():
    return phantom_hip(gap_mm=NARROW)


def amounts(change, n=40):
    return np.linspace(0.0, CHANGES[change].most, n)


def test_changed__stride_is_the_stride_of_gait():
    for factor in (0.5, 0.8):
        short = changed(gait(), CHANGES["shorter_stride"], 100 * (1 - factor))
        wanted = gait(stride_factor=factor).angles_deg
        assert np.abs(short.angles_deg - wanted).max() < STRIDE


def test_changed__keeps_each_arm_about_its_own_middle():
    both = long_stride_walking()
    short = changed(both, CHANGES["shorter_stride"], 50.0)
    for run in both.arms.values():
        before, after = both.flexion_deg[run], short.flexion_deg[run]
        assert np.ptp(after) == pytest.approx(0.5 * np.ptp(before))
        assert after.max() + after.min() == pytest.approx(before.max() + before.min())


@pytest.mark.parametrize(
    ("name", "turn"),
    [
        ("wider_step", (0, -3, 0)),
        ("anterior_tilt", (3, 0, 0)),
        ("posterior_tilt", (-3, 0, 0)),
        ("toe_in", (0, 0, 3)),
    ],
)
def test_changed__turns_every_pose_alike(name, turn):
    motion = changed(ifi_test(), CHANGES[name], 3.0)
    assert motion.angles_deg - ifi_test().angles_deg == pytest.approx(np.tile(turn, (63, 1)))
    assert motion.arms == ifi_test().arms and motion.name == f"ifi_test_{name}_3"


def test_changed__tilt_is_pelvic_tilt(hip):
    tilted = gait().evolved(pelvic_tilt_deg=4.0)
    found = certified_minimum(hip, changed(gait(), CHANGES["anterior_tilt"], 4.0))
    assert found.minimum_mm == pytest.approx(
        certified_minimum(hip, tilted).minimum_mm, abs=TOLERANCE
    )


def test_what_if__extension_shrinks_space_so_less_of_it_gives_space_back(hip):
    every = {name: 5.0 for name in CHANGES if name != "less_extension"}
    found = what_if(hip, gait(), target_mm=3.0, changes=every)
    assert found.before.minimum_mm < 3.0
    gains = {row.change.name: row.gain_mm for row in found.rows}
    assert all(gains[name] > 0 for name in ("shorter_stride", "wider_step", "toe_in"))
    assert gains["anterior_tilt"] > 0 > gains["posterior_tilt"]
    assert list(gains.values()) == sorted(gains.values(), reverse=True)
    for row in found.rows:
        motion = changed(gait(), row.change, row.amount)
        assert ClearanceQuery(hip)(motion).minimum_mm >= row.lower_bound_mm - 1e-9
        assert row.gain_mm == row.minimum_mm - found.before.minimum_mm


@pytest.mark.parametrize("name", ["shorter_stride", "wider_step", "anterior_tilt", "toe_in"])
def test_smallest_change__is_enough_and_nothing_less_is(hip, name):
    target = 3.0
    needed = what_if(hip, gait(), target_mm=target, changes={name: 1.0})[name].needed
    query = ClearanceQuery(hip)
    least = np.array([query(changed(gait(), CHANGES[name], a)).minimum_mm for a in amounts(name)])
    is_small = amounts(name) < needed.not_enough_until
    assert is_small.any() and (least[is_small] < target).all()
    if needed.amount is not None:
        assert query(changed(gait(), CHANGES[name], needed.amount)).minimum_mm >= target
        assert needed.amount - needed.not_enough_until < 0.05 * CHANGES[name].most


def test_smallest_change__is_none_where_no_amount_is_enough(hip):
    row = what_if(hip, gait(), target_mm=40.0, changes={"posterior_tilt": 5})["posterior_tilt"]
    assert row.needed.amount is None
    assert row.needed.not_enough_until == CHANGES["posterior_tilt"].most
    assert "no amount up to 15 deg is enough" in row.sentence and "costs" in row.sentence


def test_smallest_change__is_nothing_where_there_is_room_already():
    row = what_if(phantom_hip(), gait(), target_mm=1.0, changes={"toe_in": 5})["toe_in"]
    assert row.needed.amount == 0.0 and row.needed.not_enough_until == 0.0
    assert "reached without it" in row.sentence


def test_what_if__of_a_mirrored_hip_is_the_same(hip):
    changes = {"wider_step": 5, "toe_in": 5}
    one, other = (what_if(h, gait(), changes=changes) for h in (hip, mirrored_hip(hip)))
    for name in changes:
        assert other[name].minimum_mm == pytest.approx(one[name].minimum_mm, abs=MIRROR)


def test_what_if__needs_no_target(hip):
    found = what_if(hip, arc(flexion_deg=(0, -20)))
    assert found.target_mm is None and all(row.needed is None for row in found.rows)
    assert "less_extension" in {row.change.name for row in found.rows}
    assert "gains" in repr(found) and found.rows[0].sentence.endswith("mm.")


def test_what_if__takes_the_threshold_of_the_motion_as_its_target(hip):
    found = what_if(hip, gait(), changes={"wider_step": 5})
    assert found.target_mm == gait().threshold_mm
    assert "enough" in found.rows[0].sentence


@pytest.mark.parametrize(
    ("motion", "changes", "message"),
    [
        (neutral(), {"shorter_stride": 10}, "shorter_stride makes no sense for"),
        (gait(), {"less_extension": 10}, "less_extension makes no sense for"),
        (grid(step_deg=20), {"less_extension": 10}, "makes no sense"),
        (gait(), {"limp": 10}, "change must be one of"),
        (gait(), {"toe_in": 50}, "toe_in must be within 0 to 20 deg"),
        (gait(), {}, "changes needs at least one of"),
        (gait().evolved(centre="equidistant"), {"toe_in": 5}, "need centre='fixed'"),
    ],
)
def test_what_if__refuses(hip, motion, changes, message):
    with pytest.raises(InputError, match=message):
        what_if(hip, motion, changes=changes)


def test_what_if__refuses_a_row_it_does_not_have(hip):
    with pytest.raises(InputError, match="change must be one of toe_in"):
        what_if(hip, gait(), changes={"toe_in": 5})["wider_step"]


def test_what_if__shows_a_narrow_ct_hip_what_to_do(bones):
    """z027 walks with 6 mm: every habit with a known direction gives some of it back."""
    found = what_if(real_hip(bones, "z027", "right"), gait())
    for name in ("shorter_stride", "wider_step", "toe_in", "anterior_tilt"):
        assert found[name].gain_mm > 0.5
        assert found[name].needed.not_enough_until > 0.0
