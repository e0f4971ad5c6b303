"""Clearance over a motion: closed form on the phantom, laws, and signs on real hips."""

from dataclasses import replace

import numpy as np
import pytest
from phantom import FACE_NORMAL, LT_APEX_MM, mirrored_hip, phantom_clearance_mm, phantom_hip
from scipy.spatial import ConvexHull
from scipy.spatial.transform import Rotation

from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.io.hips import load_hip
from hipsim.kinematics import pelvis_from_femur
from hipsim.kinematics.arcs import arc, grid, neutral
from hipsim.kinematics.clinical import faber, ifi_test, long_stride_walking
from hipsim.kinematics.gait import gait
from hipsim.kinematics.motion import joined
from hipsim.planning.clearance import ClearanceQuery, clearance_along
from hipsim.planning.gain import space_gained
from hipsim.proximity import DistanceQuery

DISTANCE_TOL = 1e-9  # mm, rounding of float64 at 500 mm
SCAN = rigid.transform_from(
    Rotation.from_euler("xyz", [170, 20, -35], degrees=True).as_matrix(), [300.0, -200.0, -900.0]
)
CLOSED_FORM = grid(
    extension_deg=(-10, 20), adduction_deg=(-15, 15), rotation_deg=(-30, 10), step_deg=5
)


@pytest.fixture(scope="module")
def query() -> ClearanceQuery:
    return ClearanceQuery(phantom_hip())


@pytest.fixture(scope="module")
def over_grid(query):
    return query(CLOSED_FORM)


def expected_mm(motion, **sizes):
    return phantom_clearance_mm(*motion.angles_deg.T, **sizes)


def test_nearest__says_what_a_call_says_of_its_minimum(query, over_grid):
    found_mm, structure = query.nearest(CLOSED_FORM)
    assert found_mm == pytest.approx(over_grid.minimum_mm, abs=DISTANCE_TOL)
    assert structure == over_grid.structure


def test_clearance__equals_the_closed_form_in_gap_and_overlap(over_grid):
    expected = expected_mm(CLOSED_FORM)
    assert (expected < 0).sum() > 10
    assert np.abs(over_grid.distance_mm - expected).max() < DISTANCE_TOL
    assert np.array_equal(over_grid.kind == "depth", expected < 0)


def test_clearance__points_are_the_moved_apex_and_its_foot_on_the_ischium(query, over_grid):
    transforms = pelvis_from_femur(query.hip, CLOSED_FORM)
    apex = rigid.apply(transforms, np.array([LT_APEX_MM]))[:, 0]
    femoral, pelvic = over_grid.points_mm[:, 0], over_grid.points_mm[:, 1]
    assert np.abs(femoral - apex).max() < DISTANCE_TOL
    foot = apex - over_grid.distance_mm[:, None] * FACE_NORMAL
    assert np.abs(pelvic - foot).max() < DISTANCE_TOL
    assert set(over_grid.structures) == {"lesser_trochanter"}


def test_clearance__names_minimum_and_its_pose(over_grid):
    index = int(expected_mm(CLOSED_FORM).argmin())
    assert over_grid.index == index
    assert over_grid.pose_deg == CLOSED_FORM.pose_deg(index)
    assert over_grid.minimum_mm == over_grid.distance_mm[index] < 0
    assert "minimum -" in repr(over_grid) and "(depth) at the lesser_trochanter" in repr(over_grid)


@pytest.mark.parametrize("motion", [ifi_test(step_deg=5), long_stride_walking(n_poses=31), faber()])
def test_clearance__of_a_mirrored_hip_is_the_same(motion):
    """Left equals right: in a mirror, in another scan frame, scanned in another pose."""
    right = phantom_hip(gap_mm=12.0)
    others = [
        mirrored_hip(right, axis=1),
        phantom_hip("left", gap_mm=12.0, scan_pose_deg=(20.0, 5.0, -40.0), scan_from_pelvis=SCAN),
    ]
    reference = clearance_along(right, motion)
    for other in others:
        found = clearance_along(other, motion)
        assert np.abs(found.distance_mm - reference.distance_mm).max() < DISTANCE_TOL
        assert found.side != reference.side


def check_changes_no_more_than_the_farthest_point_moves(query, motion):
    femur = query.hip.femoral_body(query.femoral_region).mesh
    corners = femur.vertices[ConvexHull(femur.vertices).vertices]
    moved = rigid.apply(pelvis_from_femur(query.hip, motion), corners)
    farthest = np.linalg.norm(np.diff(moved, axis=0), axis=2).max(axis=1)
    found = query(motion)
    assert (np.abs(np.diff(found.distance_mm)) <= farthest + DISTANCE_TOL).all()
    return found


def test_clearance__changes_no_more_than_the_farthest_point_moves(query):
    motion = arc(flexion_deg=(30, -30), adduction_deg=(-20, 20), rotation_deg=(40, -60), n_poses=60)
    found = check_changes_no_more_than_the_farthest_point_moves(query, motion)
    assert set(found.kind) == {"gap", "depth"}


@pytest.mark.parametrize(
    "motion", [{"flexion_deg": -15}, {"adduction_deg": 10}, {"rotation_deg": -20}]
)
def test_clearance__shrinks_in_extension_adduction_and_external_rotation(query, motion):
    ends = [arc(**{axis: (0, sign * end) for axis, end in motion.items()}) for sign in (1, -1)]
    towards, away = (query(end).distance_mm[-1] for end in ends)
    assert towards < query(neutral()).minimum_mm - 2.0 < away


def test_clearance__of_a_part_is_never_less_than_of_the_whole(query):
    motion = arc(flexion_deg=(40, -30), rotation_deg=(20, -60), n_poses=40)
    whole = query(motion).distance_mm
    for region in ("lesser_trochanter", "greater_trochanter", "intertrochanteric_crest", "shaft"):
        part = clearance_along(query.hip, motion, femoral_region=region)
        assert (part.distance_mm >= whole - DISTANCE_TOL)[whole > 0].all()
        assert set(part.structures) == {region}


def test_clearance__names_the_structure_that_takes_over(query):
    """Turned out far enough, the crest or greater trochanter comes nearer than the LT."""
    found = query(arc(flexion_deg=(0, 45), adduction_deg=(0, -30), rotation_deg=(0, -90)))
    assert found.structures[0] == "lesser_trochanter"
    assert found.structures[-1] in ("intertrochanteric_crest", "greater_trochanter")
    assert found.structure_minima_mm.keys() == set(found.structures)
    assert min(found.structure_minima_mm.values()) == found.minimum_mm


def test_clearance_along__equals_a_prepared_query(query):
    motion = ifi_test(step_deg=5)
    once = clearance_along(query.hip, motion)
    assert np.array_equal(once.distance_mm, query(motion).distance_mm)


def test_clearance__has_a_minimum_for_every_arm(query):
    motion = ifi_test(step_deg=5)
    found = query(motion)
    expected = expected_mm(motion)
    for arm, run in motion.arms.items():
        if arm != "abducted":  # 20 deg of abduction leave the closed form's range
            assert found.segment_minima_mm[arm] == pytest.approx(expected[run].min())
        assert motion.segments[found.segment_index[arm]] == arm
    assert found.segment == "adducted"
    assert found.segment_minima_mm["abducted"] > found.segment_minima_mm["neutral"]
    assert found.progress == 20.0


def test_clearance__takes_the_threshold_of_the_motion_unless_told(query):
    assert query(neutral()).threshold_mm == 15.0
    assert query(neutral(), threshold_mm=17).threshold_mm == 17.0
    assert query(arc(flexion_deg=(0, 5))).threshold_mm is None
    with pytest.raises(InputError, match="threshold_mm must be finite"):
        query(neutral(), threshold_mm=np.nan)


def test_share_below__is_a_share_of_the_arc_not_of_its_samples(query):
    """Where clearance falls along extension, the share is the part beyond the crossing angle."""
    fine = arc(flexion_deg=(0, -20), step_deg=0.01)
    threshold = float(expected_mm(fine)[800])  # reached at 8 of 20 deg
    for step, tolerance in ((0.01, 1e-6), (1.0, 1e-4), (7.0, 0.01)):
        found = query(arc(flexion_deg=(0, -20), step_deg=step))
        assert found.share_below(threshold) == pytest.approx(0.6, abs=tolerance)


def test_share_below__counts_poses_where_there_is_no_length(query, over_grid):
    assert query(neutral()).share_below() == 0.0
    assert query(neutral()).share_below(23) == 1.0
    assert over_grid.share_below(0.0) == (expected_mm(CLOSED_FORM) < 0).mean()


@pytest.mark.parametrize(("threshold", "share"), [(-100.0, 0.0), (100.0, 1.0)])
def test_share_below__reaches_nothing_and_everything(query, threshold, share):
    assert query(ifi_test(step_deg=5)).share_below(threshold) == share


def test_share_below__is_strict_where_clearance_is_level(query):
    level = replace(query(arc(flexion_deg=(0, -4), n_poses=3)), distance_mm=np.full(3, 5.0))
    assert level.share_below(5.0) == 0.0
    assert level.share_below(5.1) == 1.0


def test_share_below__weighs_the_arms_by_their_length(query):
    """Twice the way below the threshold counts twice; a single pose has no length."""
    arms = {"far": arc(flexion_deg=(0, -20)), "near": arc(flexion_deg=(0, -10), n_poses=2)}
    motion = joined("three", {**arms, "still": neutral().evolved(progress_label="extension (deg)")})
    near = replace(query(motion), distance_mm=np.array([9.0] * 21 + [1.0] * 3))
    assert near.segment_share_below(5.0) == {"far": 0.0, "near": 1.0, "still": 1.0}
    assert near.share_below(5.0) == pytest.approx(10 / 30)


def test_share_below__refuses_without_a_threshold(query):
    with pytest.raises(InputError, match="'arc' has no threshold of its own"):
        query(arc(flexion_deg=(0, -5), n_poses=2)).share_below()


def test_clearance_query__refuses_an_unknown_region():
    with pytest.raises(InputError, match="region must be one of extracapsular"):
        ClearanceQuery(phantom_hip(), femoral_region="knee")
    with pytest.raises(InputError, match="region must be one of ischium"):
        ClearanceQuery(phantom_hip(), pelvic_region="sacrum")


def test_space_gained__is_exact_when_the_ischium_is_moved_back():
    motion = arc(flexion_deg=(0, -20), adduction_deg=(0, 10), rotation_deg=(0, -20), n_poses=21)
    before, after = (clearance_along(phantom_hip(gap_mm=gap), motion) for gap in (20.0, 24.5))
    gained = space_gained(before, after)
    assert np.abs(gained.gain_mm - 4.5).max() < DISTANCE_TOL
    assert gained.minimum_gain_mm == pytest.approx(4.5, abs=DISTANCE_TOL)
    assert gained.segment_gain_mm == {"arc": pytest.approx(4.5, abs=DISTANCE_TOL)}
    assert gained.pose_shift_deg == {"flexion": 0.0, "adduction": 0.0, "rotation": 0.0}
    assert not gained.is_structure_changed
    assert gained.share_below_change(5.0) < 0.0


def test_space_gained__tells_which_pose_and_structure_took_over():
    """A trochanter turned forward is nearest turned in, or leaves the first place to the shaft."""
    motion = arc(rotation_deg=(10, -30), step_deg=5)
    before = clearance_along(phantom_hip(), motion)
    turned, short = (
        space_gained(before, clearance_along(phantom_hip(lt_apex_mm=apex), motion))
        for apex in ((22.0, -58.0, 0.0), (22.0, -58.0, 8.0))
    )
    assert turned.pose_shift_deg == {"flexion": 0.0, "adduction": 0.0, "rotation": 40.0}
    assert not turned.is_structure_changed
    assert (short.before.structure, short.after.structure) == ("lesser_trochanter", "shaft")
    assert short.is_structure_changed


def test_space_gained__refuses_what_cannot_be_compared(query):
    motion = arc(flexion_deg=(0, -10), n_poses=3)
    before = query(motion)
    with pytest.raises(InputError, match="same poses and zeros, got motions 'arc' and 'tilted'"):
        space_gained(before, query(motion.evolved(name="tilted", pelvic_tilt_deg=5)))
    with pytest.raises(InputError, match="one side and the same regions"):
        space_gained(before, clearance_along(query.hip, motion, femoral_region="shaft"))
    with pytest.raises(InputError, match="one side and the same regions"):
        space_gained(before, clearance_along(phantom_hip("left"), motion))


@pytest.fixture(scope="module", params=[("z001", "right"), ("z027", "left"), ("z036", "right")])
def real(request, bones) -> ClearanceQuery:
    """Return a query on a CT hip: wide, narrow, and scanned flexed and turned by up to 42 deg."""
    case, side = request.param
    return ClearanceQuery(load_hip(bones / "vsd" / case, side=side))


@pytest.mark.bones
@pytest.mark.parametrize(
    "pose", [{"flexion_deg": -10}, {"adduction_deg": 10}, {"rotation_deg": -20}]
)
def test_real_hip__extension_adduction_and_external_rotation_each_shrink_the_space(real, pose):
    moved = real(neutral().evolved(**{axis: [angle] for axis, angle in pose.items()}))
    assert moved.minimum_mm < real(neutral()).minimum_mm - 1.0
    assert moved.structure == "lesser_trochanter"


@pytest.mark.bones
def test_real_hip__ifi_test_hurts_in_adduction_and_not_in_abduction(real):
    minima = real(ifi_test()).segment_minima_mm
    assert minima["adducted"] < minima["neutral"] < real(neutral()).minimum_mm
    assert minima["abducted"] > minima["neutral"] + 8.0


@pytest.mark.bones
def test_real_hip__gait_is_narrowest_in_terminal_stance_and_narrower_with_a_long_stride(real):
    """Smallest at hip extension (Audenaert 2020): 40 to 65 % of the cycle."""
    assert 40.0 <= real(gait()).progress <= 65.0
    minima = real(long_stride_walking()).segment_minima_mm
    assert minima["long_stride"] < minima["short_stride"]


@pytest.mark.bones
def test_real_hip__faber_brings_the_greater_trochanter_to_the_ischium(real):
    """Kivlan 2016: contact of trochanter and ischium in 22 of 23 hips; here within 4 mm."""
    found = real(faber())
    assert (found.structures[0], found.structure) == ("lesser_trochanter", "greater_trochanter")
    assert found.minimum_mm < 4.0


@pytest.mark.bones
@pytest.mark.parametrize("region", ["extracapsular", "lesser_trochanter", "greater_trochanter"])
def test_real_hip__changes_no_more_than_the_farthest_point_moves_through_contact(real, region, rng):
    """Far beyond what a hip does, so that bones pass through each other at many places.

    Regions in one piece; the shaft is in several on some bones.
    """
    query = ClearanceQuery(real.hip, femoral_region=region)
    kinds = set()
    for _ in range(4):
        ends = rng.uniform([[-10, -10, -10], [-40, 10, -70]], [[30, 0, 50], [-20, 30, -30]]).T
        angles = dict(zip(("flexion_deg", "adduction_deg", "rotation_deg"), ends, strict=True))
        motion = arc(**angles, n_poses=120)
        kinds |= set(check_changes_no_more_than_the_farthest_point_moves(query, motion).kind)
    assert "depth" in kinds or region != "extracapsular"


@pytest.mark.bones
def test_real_hip__gap_is_that_of_the_open_regions(real):
    """Walls are never nearest; what is measured is the surface of the bone."""
    motion = grid(
        extension_deg=(-10, 30), adduction_deg=(-20, 20), rotation_deg=(-40, 40), step_deg=20
    )
    femoral, pelvic = real.hip.femoral_region("extracapsular"), real.hip.pelvic_region("ischium")
    expected = DistanceQuery(femoral, pelvic)(pelvis_from_femur(real.hip, motion)).distance_mm
    found = real(motion)
    is_gap = found.kind == "gap"
    assert is_gap.sum() > 20
    assert np.abs(found.distance_mm - expected)[is_gap].max() < DISTANCE_TOL
    assert (expected[~is_gap] == 0.0).all()


@pytest.mark.bones
def test_real_hip__in_a_mirror_has_the_same_clearance(real):
    motion = ifi_test(step_deg=4)
    mirrored = clearance_along(mirrored_hip(real.hip), motion)
    assert np.abs(mirrored.distance_mm - real(motion).distance_mm).max() < DISTANCE_TOL


def test_after__answers_as_a_new_query_and_keeps_the_old():
    hip, motion = phantom_hip(gap_mm=14.0), ifi_test()
    query = ClearanceQuery(hip)
    before = query(motion).distance_mm
    operated = hip.evolved(
        femur=hip.femur.transformed(rigid.translation([0.0, 0.0, 2.0])), name="moved"
    )
    shared, fresh = query.after(operated)(motion), ClearanceQuery(operated)(motion)
    np.testing.assert_array_equal(shared.distance_mm, fresh.distance_mm)
    assert (shared.structures, shared.hip_name) == (fresh.structures, "moved")
    np.testing.assert_array_equal(query(motion).distance_mm, before)


def test_after__refuses_another_hip_bone():
    with pytest.raises(InputError, match="has another hip bone"):
        ClearanceQuery(phantom_hip()).after(phantom_hip(gap_mm=10.0))
