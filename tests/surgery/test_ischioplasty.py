"""Laws of an ischioplasty: nested, flat, only the tuberosity, the same left and right."""

import numpy as np
import pytest
from laws import (
    MONOTONE_TOL_MM,
    PLACE_TOL_MM,
    check_input_untouched,
    check_nested,
    check_volume,
    clearances,
)
from phantom import mirrored_hip, phantom_hip
from real_hips import real_hip

from hipsim.anatomy.hip import PELVIC_STRUCTURES
from hipsim.anatomy.sides import side_sign
from hipsim.errors import AnatomyError, InputError
from hipsim.io import load_hip
from hipsim.kinematics import motions
from hipsim.planning.clearance import ClearanceQuery
from hipsim.surgery import ischium_resection, resect_ischium
from hipsim.surgery.ischioplasty import find_tuberosity

DEPTHS_MM = (2.0, 5.0, 8.0)
CT_CASES = [("z001", "right"), ("z027", "left"), ("z036", "right"), ("z042", "left")]


@pytest.fixture(scope="module")
def hip():
    return load_hip("woman_narrow")


def test_resection__keeps_and_takes_the_whole_and_more_the_deeper(hip):
    done = [ischium_resection(hip, depth_mm=depth) for depth in DEPTHS_MM]
    for one in done:
        check_volume(one)
        assert one.hip.femur is hip.femur
        assert one.medial_cortex_mm is None
    check_nested(done)


def test_resection__is_flat_at_its_depth_and_parallel_to_the_lateral_surface(hip):
    done, tuberosity = ischium_resection(hip, depth_mm=5.0), find_tuberosity(hip)
    note = done.hip.notes[-1]
    heights = (done.removed.vertices - note["plane_point_mm"]) @ note["plane_normal"]
    assert heights.min() == pytest.approx(0.0, abs=PLACE_TOL_MM)
    assert heights.max() == pytest.approx(5.0, abs=0.5)  # bone in front may rise over the apex
    lateral = hip.pelvic_frame("app")[:3, 2] * side_sign(hip.side)
    assert tuberosity.outward @ lateral > np.cos(np.radians(35.0))


def test_resection__in_two_steps_is_the_resection_of_their_sum(hip):
    once = resect_ischium(hip, depth_mm=6.0)
    twice = resect_ischium(resect_ischium(hip, depth_mm=4.0), depth_mm=2.0)
    assert twice.hip_bone.volume_mm3 == pytest.approx(once.hip_bone.volume_mm3, abs=1e-3)
    assert twice.notes[-1]["planed_mm"] == 6.0


def test_resection__of_nothing_changes_nothing(hip):
    after = resect_ischium(hip, depth_mm=0.0)
    assert after.hip_bone is hip.hip_bone
    assert after.pelvic_labels is hip.pelvic_labels
    assert after.notes[-1]["removed_volume_mm3"] == 0.0


def test_resection__leaves_its_input_alone(hip):
    check_input_untouched(hip, lambda one: resect_ischium(one, depth_mm=5.0))


def test_resection__of_the_mirrored_hip_is_the_mirror_image(hip):
    here, there = (ischium_resection(h, depth_mm=5.0) for h in (hip, mirrored_hip(hip)))
    assert there.volume_mm3 == pytest.approx(here.volume_mm3, rel=1e-6)
    assert there.footprint.lost_share == pytest.approx(here.footprint.lost_share, abs=1e-6)


def test_resection__never_lowers_clearance(hip):
    before = clearances(hip)
    is_apart = before > 0.0
    after = clearances(resect_ischium(hip, depth_mm=6.0))
    assert (after - before)[is_apart].min() > -MONOTONE_TOL_MM
    assert (after - before).max() > 1.0


def test_resection__asks_for_a_new_clearance_query(hip):
    after, query = resect_ischium(hip, depth_mm=5.0), ClearanceQuery(hip)
    with pytest.raises(InputError, match="make a new ClearanceQuery"):
        query.after(after)
    gained = ClearanceQuery(after)(motions.neutral()).minimum_mm
    assert gained >= query(motions.neutral()).minimum_mm - MONOTONE_TOL_MM


def test_resection__refuses_more_than_half_of_the_width(hip):
    largest = 0.5 * find_tuberosity(hip).width_mm
    with pytest.raises(InputError, match=f"at most {np.floor(10 * largest) / 10:.1f} mm"):
        resect_ischium(hip, depth_mm=largest + 0.01)
    with pytest.raises(InputError, match="depth_mm must be within 0"):
        resect_ischium(hip, depth_mm=-1.0)


def test_resection__refuses_a_hip_without_a_tuberosity():
    hip = phantom_hip()
    astray = hip.landmarks.updated({"ischial_tuberosity": [0.0, 300.0, 0.0]})
    with pytest.raises(AnatomyError, match="no ischium around its tuberosity"):
        resect_ischium(hip.evolved(landmarks=astray), depth_mm=2.0)


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), CT_CASES)
def test_resection__of_ct_hips_takes_the_side_of_the_tuberosity(bones, case, side):
    hip = real_hip(bones, case, side)
    done = ischium_resection(hip, depth_mm=5.0)
    check_volume(done)
    index = PELVIC_STRUCTURES.index("other_pelvis")
    areas = [h.hip_bone.face_areas_mm2[h.pelvic_labels == index].sum() for h in (hip, done.hip)]
    assert areas[1] == pytest.approx(areas[0], abs=PLACE_TOL_MM), "nothing but ischium"
    below = hip.pelvic_frame("app")
    heights = (done.removed.vertices - below[:3, 3]) @ below[:3, 1]
    assert heights.max() < -1.3 * hip.head_radius_mm, "clear of the posterior wall"
    assert 500.0 < done.volume_mm3 < 4000.0
    assert 0.0 < done.footprint.lost_share < 0.6
    assert 20.0 < find_tuberosity(hip).width_mm < 45.0
