"""Named pairs: what they are between, and the laws by which surgery changes them."""

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_hip

from hipsim.anatomy.hip import FEMORAL_STRUCTURES
from hipsim.errors import InputError
from hipsim.io import load_hip
from hipsim.kinematics.arcs import neutral
from hipsim.kinematics.clinical import ifi_test
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.pairs import (
    PAIRS,
    RESOLUTION_DEG,
    PairQuery,
    flexion_internal_rotation,
    pair_rows,
    pairs_before_and_after,
)
from hipsim.surgery import derotate_femur, resect_lesser_trochanter

DISTANCE_TOL = 1e-9  # mm, rounding
TURN_TOL_DEG = 2.5 * RESOLUTION_DEG  # each contact is found to the resolution
ISCHIAL = [pair for pair, (_, region) in PAIRS.items() if region == "ischium"]
MOTIONS = [neutral(), ifi_test(step_deg=5.0)]


@pytest.fixture(scope="module")
def hip():
    return load_hip("woman_narrow")


@pytest.fixture(scope="module")
def query(hip):
    return PairQuery(hip)


@pytest.fixture(scope="module")
def intact(query):
    return query(MOTIONS)


def test_pairs__are_all_measured(intact):
    assert set(intact.minimum_mm) == set(PAIRS)
    assert intact.not_available == {}
    assert intact.motions == ("neutral", "ifi_test")


def test_pairs__agree_with_clearance_between_the_same_regions(hip, intact):
    for pair in ISCHIAL:
        query = ClearanceQuery(hip, femoral_region=PAIRS[pair][0])
        expected = [query(motion).minimum_mm for motion in MOTIONS]
        assert np.abs(intact.minimum_mm[pair] - expected).max() < DISTANCE_TOL


def test_pairs__nearest_of_four_is_the_extracapsular_femur(hip, intact):
    whole = ClearanceQuery(hip)(MOTIONS[0]).minimum_mm
    assert min(intact.minimum_mm[pair][0] for pair in ISCHIAL) == pytest.approx(whole)


def test_pairs__resection_changes_nothing_but_the_lesser_trochanter(hip, query, intact):
    after = query.after(resect_lesser_trochanter(hip, depth_mm=4.0))(MOTIONS)
    assert after.least_mm("lesser trochanter - ischium") > intact.least_mm(
        "lesser trochanter - ischium"
    )
    for pair in ("greater trochanter - ischium", "neck - rim in front", "neck - rim behind"):
        assert np.abs(after.minimum_mm[pair] - intact.minimum_mm[pair]).max() < DISTANCE_TOL
    change = after.flexion_internal_rotation_deg - intact.flexion_internal_rotation_deg
    assert abs(change) < TURN_TOL_DEG


@pytest.mark.parametrize("angle_deg", [10.0, 20.0])
def test_flexion_internal_rotation__is_lost_degree_by_degree_to_derotation(
    hip, query, intact, angle_deg
):
    after = query.after(derotate_femur(hip, angle_deg=angle_deg))(MOTIONS)
    lost = intact.flexion_internal_rotation_deg - after.flexion_internal_rotation_deg
    assert lost == pytest.approx(angle_deg, abs=TURN_TOL_DEG)
    assert after.least_mm("lesser trochanter - ischium") > intact.least_mm(
        "lesser trochanter - ischium"
    )


def test_flexion_internal_rotation__is_that_of_the_table(hip, intact):
    assert flexion_internal_rotation(hip) == intact.flexion_internal_rotation_deg
    assert 10.0 < intact.flexion_internal_rotation_deg < 75.0


def test_pairs__after_the_same_hip_are_the_same_query(hip, query):
    assert query.after(hip) is query


def test_pairs__after_with_another_pelvis_are_measured_anew(hip, query, intact):
    other = hip.evolved(hip_bone=type(hip.hip_bone)(hip.hip_bone.vertices, hip.hip_bone.faces))
    again = query.after(other)(MOTIONS[:1])
    for pair in PAIRS:
        assert again.minimum_mm[pair][0] == pytest.approx(intact.minimum_mm[pair][0])


def test_pairs__of_a_mirrored_hip_are_the_same():
    right = phantom_hip()
    tables = [PairQuery(each)(MOTIONS[:1]) for each in (right, mirrored_hip(right))]
    for pair in ISCHIAL:
        one, two = (table.minimum_mm[pair][0] for table in tables)
        assert one == pytest.approx(two, abs=1e-6)


def test_pairs__say_what_is_not_there(hip):
    labels = hip.femoral_labels.copy()
    shaft, crest = (FEMORAL_STRUCTURES.index(name) for name in ("shaft", "intertrochanteric_crest"))
    labels[labels == crest] = shaft
    table = PairQuery(hip.evolved(femoral_labels=labels))(MOTIONS[:1])
    assert "intertrochanteric crest - ischium" not in table.minimum_mm
    assert "no intertrochanteric_crest" in table.not_available["intertrochanteric crest - ischium"]


def test_pairs__need_a_motion_and_one_side(hip, query):
    with pytest.raises(InputError, match="pairs need at least one motion"):
        query([])
    with pytest.raises(InputError, match="compare hips of one side"):
        pairs_before_and_after(phantom_hip("right"), phantom_hip("left"), MOTIONS)


def test_pair_rows__list_every_pair_and_motion(hip):
    before, after = pairs_before_and_after(hip, hip, MOTIONS)
    rows = pair_rows(before, after)
    assert len(rows) == len(PAIRS) * len(MOTIONS)
    assert {row["change_mm"] for row in rows} == {0.0}
