"""Certified minima of hips: closed form on the phantom, laws, a million samples, real hips."""

from dataclasses import replace

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_clearance_mm, phantom_hip
from real_hips import CT_HIPS, real_hip

from hipsim.errors import AnatomyError, ComputationError, InputError
from hipsim.kinematics import pelvis_from_femur
from hipsim.kinematics.arcs import arc, grid, neutral
from hipsim.kinematics.clinical import ifi_test, long_stride_walking
from hipsim.kinematics.gait import gait
from hipsim.kinematics.motion import Motion, joined
from hipsim.planning.certified import (
    CertifiedQuery,
    certified_minimum,
    certified_minimum_in_box,
    first_contact,
)
from hipsim.planning.clearance import ClearanceQuery, clearance_along
from hipsim.planning.continuous import Track, turning_of

TOLERANCE = 0.01  # mm, what a certificate promises by default
ROUNDING = 1e-9  # mm, float64 at 500 mm
TOUCHING = 1e-6  # mm, overlap below this counts as none
RESOLUTION = 0.05  # deg, what a first contact promises by default
STEP = 0.01  # deg, brute force along an arc
MILLION = 1_000_000
VALID = {"flexion": (-20, 10), "adduction": (-15, 15), "rotation": (-30, 10)}  # of the closed form


@pytest.fixture(scope="module")
def query() -> CertifiedQuery:
    return CertifiedQuery(phantom_hip())


def random_box(rng) -> np.ndarray:
    """Return ranges (3, 2) within which the closed form of the phantom holds."""
    limits = np.array(list(VALID.values()), dtype=float)
    return np.sort(rng.uniform(limits[:, :1], limits[:, 1:], (3, 2)), axis=1)


def box_of(ranges) -> Motion:
    flexion, adduction, rotation = (tuple(ends) for ends in ranges)
    extension = (-flexion[1], -flexion[0])
    return grid(extension_deg=extension, adduction_deg=adduction, rotation_deg=rotation)


def line_through(corners) -> Motion:
    """Return a motion of few poses far apart, the progress of which is their number."""
    n = len(corners)
    return Motion("line", *np.transpose(corners), np.arange(n), "pose", ("line",) * n)


@pytest.mark.parametrize("gap_mm", [22.0, 14.0])
def test_box__no_sample_of_a_million_is_below_the_certificate(gap_mm, rng):
    """Against the closed form, apart and in overlap, in boxes of every size."""
    query, kinds = CertifiedQuery(phantom_hip(gap_mm=gap_mm)), set()
    for _ in range(4):
        ranges = random_box(rng)
        found = query.minimum(box_of(ranges))
        angles = rng.uniform(ranges[:, 0], ranges[:, 1], (MILLION // 4, 3))
        values = phantom_clearance_mm(*angles.T, gap_mm=gap_mm)
        assert values.min() >= found.lower_bound_mm - ROUNDING
        assert 0.0 <= found.minimum_mm - found.lower_bound_mm <= TOLERANCE + ROUNDING
        there = phantom_clearance_mm(*found.pose_deg.values(), gap_mm=gap_mm)
        assert found.minimum_mm == pytest.approx(float(there[0]), abs=ROUNDING)
        assert found.structure == "lesser_trochanter"
        kinds.add(found.kind)
    assert kinds <= {"gap", "depth"}


def test_path__no_sample_between_the_poses_is_below_the_certificate(query, rng):
    """Poses up to 40 deg apart: what is certified is the straight way between them."""
    limits = np.array(list(VALID.values()), dtype=float)
    for _ in range(6):
        corners = rng.uniform(limits[:, 0], limits[:, 1], (5, 3))
        found = query.minimum(line_through(corners))
        position = np.linspace(0.0, 4.0, 40_001)
        angles = [np.interp(position, np.arange(5), column) for column in corners.T]
        values = phantom_clearance_mm(*angles)
        assert values.min() >= found.lower_bound_mm - ROUNDING
        assert found.minimum_mm <= values.min() + TOLERANCE + ROUNDING
        on_path = [np.interp(found.progress, np.arange(5), column) for column in corners.T]
        assert list(found.pose_deg.values()) == pytest.approx(on_path, abs=1e-9)


def test_path__finds_what_samples_miss(query):
    """The deepest pose lies between two poses of the motion."""
    motion = arc(flexion_deg=(80, -80), adduction_deg=-10, n_poses=3)
    found = query.minimum(motion)
    dense = clearance_along(query.hip, motion.evolved(**_denser(motion, 2001)))
    assert found.minimum_mm < clearance_along(query.hip, motion).minimum_mm - 10.0
    assert found.minimum_mm == pytest.approx(dense.minimum_mm, abs=TOLERANCE)
    assert (found.structure, found.kind) == (dense.structure, dense.kind[dense.index])


def _denser(motion, n) -> dict:
    """Return the fields of a motion with n poses along the same line."""
    where, places = np.linspace(0, motion.n_poses - 1, n), np.arange(motion.n_poses)
    names = ("flexion_deg", "adduction_deg", "rotation_deg", "progress")
    fields = {name: np.interp(where, places, getattr(motion, name)) for name in names}
    return {**fields, "segments": (motion.segments[0],) * n, "shape": (n,), "grid_index": None}


@pytest.mark.parametrize("motion", [gait(n_poses=31), long_stride_walking(n_poses=31), ifi_test()])
def test_motions__agree_with_the_sampled_clearance(query, motion):
    found, samples = query.minimum(motion), clearance_along(query.hip, motion)
    assert found.lower_bound_mm <= samples.minimum_mm <= found.minimum_mm + 0.5
    assert found.minimum_mm <= samples.minimum_mm + TOLERANCE
    assert found.segment in motion.arms
    at = _at(motion, found.progress, found.segment)
    assert list(found.pose_deg.values()) == pytest.approx(at, abs=1e-9)


def _at(motion, progress, arm) -> list[float]:
    run = motion.arms[arm]
    order = np.argsort(motion.progress[run], kind="stable")
    where = motion.progress[run][order]
    return [float(np.interp(progress, where, column[run][order])) for column in motion.angles_deg.T]


def test_minimum__of_one_pose_is_the_clearance_there(query):
    found, expected = query.minimum(neutral()), clearance_along(query.hip, neutral())
    assert found.minimum_mm == pytest.approx(expected.minimum_mm, abs=ROUNDING)
    assert found.lower_bound_mm == pytest.approx(expected.minimum_mm, abs=TOUCHING)
    assert found.points_mm == pytest.approx(expected.points_mm[0], abs=1e-6)
    assert (found.progress, found.segment) == (0.0, "neutral")


def test_minimum__names_the_pair_of_points(query):
    for motion in (ifi_test(), grid(extension_deg=(10, 20), adduction_deg=(0, 15))):
        found = query.minimum(motion)
        apart = np.linalg.norm(found.points_mm[0] - found.points_mm[1])
        assert apart == pytest.approx(abs(found.minimum_mm), abs=ROUNDING)
        pose = Motion("there", *np.array(list(found.pose_deg.values()))[:, None], [0], "", ("a",))
        again = clearance_along(query.hip, pose)
        assert again.minimum_mm == pytest.approx(found.minimum_mm, abs=TOLERANCE)
        assert again.structure == found.structure
        assert "no pose below" in repr(found)


def test_minimum__of_a_mirrored_hip_is_the_same(query):
    box = grid(extension_deg=(0, 20), adduction_deg=(-5, 15), rotation_deg=(-30, 0))
    for motion in (box, ifi_test()):
        here = query.minimum(motion)
        for axis in (1, 2):
            other = CertifiedQuery(mirrored_hip(query.hip, axis=axis)).minimum(motion)
            assert other.minimum_mm == pytest.approx(here.minimum_mm, abs=TOLERANCE)
            assert other.kind == here.kind and other.structure == here.structure


def test_minimum__pelvic_tilt_takes_extension_away(query):
    tilted = arc(flexion_deg=(0, -20), adduction_deg=5).evolved(pelvic_tilt_deg=12.0)
    straight = arc(flexion_deg=(12, -8), adduction_deg=5)
    found, expected = query.minimum(tilted), query.minimum(straight)
    assert found.minimum_mm == pytest.approx(expected.minimum_mm, abs=ROUNDING)
    assert found.pose_deg["flexion"] == pytest.approx(expected.pose_deg["flexion"] - 12.0)


def test_box__is_the_grid_it_is_named_after(query):
    hip = query.hip
    found = certified_minimum_in_box(hip, pelvic_zero="isb", pelvic_tilt_deg=3.0)
    box = grid(step_deg=5.0).evolved(pelvic_zero="isb", pelvic_tilt_deg=3.0)
    expected = certified_minimum(hip, box)
    assert found.minimum_mm == pytest.approx(expected.minimum_mm, abs=TOLERANCE)
    assert found.progress is None
    flat = certified_minimum_in_box(hip, extension_deg=10, adduction_deg=5, rotation_deg=0)
    assert flat.pose_deg == {"flexion": -10.0, "adduction": 5.0, "rotation": 0.0}


def test_turning__is_the_joint():
    for side, femoral_zero in (("right", "condylar"), ("left", "isb")):
        hip = phantom_hip(side, scan_pose_deg=(20.0, 5.0, -40.0))
        motion = long_stride_walking(n_poses=9).evolved(pelvic_zero="isb", pelvic_tilt_deg=4.0)
        motion = motion.evolved(femoral_zero=femoral_zero)
        angles = motion.angles_deg + [4.0, 0.0, 0.0]
        found = turning_of(hip, motion).transforms(angles)
        assert found == pytest.approx(pelvis_from_femur(hip, motion), abs=ROUNDING)


def test_track__leaves_out_poses_on_a_straight_line_only():
    assert len(Track.of(arc(flexion_deg=(0, -20), rotation_deg=(5, 9), step_deg=0.1)).segments) == 1
    assert len(Track.of(gait(n_poses=51)).segments) == 50
    halting = Motion("halt", [0, 1, 2, 4], np.zeros(4), np.zeros(4), [0, 1, 2, 3], "", ("a",) * 4)
    assert Track.of(halting).range_.starts_deg[:, 0].tolist() == [0.0, 2.0]
    curve = np.linspace(0.0, 1.0, 2001) ** 2 * 1e-3  # steps straight to 1e-9, the whole not
    slow = Motion("slow", curve, *np.zeros((2, 2001)), np.arange(2001), "", ("a",) * 2001)
    track = Track.of(slow)
    rows = np.interp(np.arange(2001), track.ends[:, 0], track.range_.starts_deg[:, 0])
    assert np.abs(rows[:-1] - curve[:-1]).max() < 1e-8


def test_arms__are_not_joined_to_each_other(query):
    """Two arms far apart: nothing between the end of one and the start of the next counts."""
    ahead, behind = (arc(flexion_deg=ends, adduction_deg=-10) for ends in ((70, 60), (-70, -80)))
    behind = behind.evolved(progress_label=ahead.progress_label)
    found = query.minimum(joined("both", {"ahead": ahead, "behind": behind}))
    alone = min(query.minimum(m).minimum_mm for m in (ahead, behind))
    between = query.minimum(arc(flexion_deg=(60, -70), adduction_deg=-10, n_poses=2)).minimum_mm
    assert found.minimum_mm == pytest.approx(alone, abs=TOLERANCE)
    assert between < alone - 1.0


@pytest.mark.parametrize("threshold_mm", [15.0, 4.0, 0.0, -2.0])
def test_first_contact__is_confirmed_by_brute_force(threshold_mm, rng):
    """Random arcs within reach of the closed form, every 0.01 deg."""
    hip, n_found = phantom_hip(gap_mm=9.0), 0
    query = CertifiedQuery(hip)
    limits = np.array(list(VALID.values()), dtype=float)
    for _ in range(8):
        corners = rng.uniform(limits[:, 0], limits[:, 1], (3, 3))
        motion = line_through(corners)
        found = query.first_contact(motion, threshold_mm=threshold_mm)["line"]
        travel = np.abs(np.diff(corners, axis=0)).max(axis=1)
        position = np.linspace(0.0, 2.0, int(travel.sum() * 2 / STEP))
        angles = [np.interp(position, np.arange(3), column) for column in corners.T]
        values = phantom_clearance_mm(*angles, gap_mm=9.0)
        is_below = values < threshold_mm
        if found.progress is None:
            assert not is_below.any() and found.clear_until == 2.0
            assert found.minimum.lower_bound_mm <= values.min()
            continue
        n_found += 1
        assert not is_below[position < found.clear_until - 1e-9].any()
        way = np.interp([found.clear_until, found.progress], [0, 1, 2], [0, *np.cumsum(travel)])
        assert 0.0 <= way[1] - way[0] <= RESOLUTION + 1e-9
        there = phantom_clearance_mm(*found.pose_deg.values(), gap_mm=9.0)[0]
        assert there <= threshold_mm + TOUCHING
        assert found.minimum is None
    assert n_found > 0


def test_first_contact__of_an_arc_that_starts_in_contact():
    hip = phantom_hip(gap_mm=-1.0)
    found = first_contact(hip, arc(flexion_deg=(0, -10)))["arc"]
    assert (found.clear_until, found.progress) == (0.0, 0.0)
    assert found.pose_deg == {"flexion": 0.0, "adduction": 0.0, "rotation": 0.0}


def test_first_contact__never(query):
    motion = joined("both", {"a": arc(flexion_deg=(0, -10)), "b": arc(flexion_deg=(5, -8))})
    found = query.first_contact(motion)
    assert list(found) == ["a", "b"]
    for arm, contact in found.items():
        assert contact.progress is None and contact.pose_deg is None
        assert contact.minimum.segment == arm
        assert contact.minimum.minimum_mm > 5.0
        assert contact.clear_until == motion.progress[motion.arms[arm]][-1]


def test_first_contact__counts_progress_the_way_the_motion_does():
    """Extension counts up while flexion goes down."""
    hip = phantom_hip(gap_mm=9.0)
    extending = first_contact(hip, arc(flexion_deg=(10, -20), adduction_deg=12), threshold_mm=2.0)
    found = extending["arc"]
    assert found.progress == pytest.approx(-found.pose_deg["flexion"])
    there = arc(flexion_deg=(found.pose_deg["flexion"], -20), adduction_deg=12, n_poses=2)
    assert clearance_along(hip, there).distance_mm[0] <= 2.0 + TOUCHING


def test_wrong_input__is_refused(query):
    with pytest.raises(InputError, match="a grid has no order of poses"):
        query.first_contact(grid())
    with pytest.raises(InputError, match="tolerance_mm must be within 1e-05"):
        query.minimum(neutral(), tolerance_mm=-1.0)
    with pytest.raises(InputError, match="region must be one of"):
        certified_minimum(query.hip, neutral(), femoral_region="knee")
    with pytest.raises(InputError, match="pelvic_zero must be one of"):
        certified_minimum_in_box(query.hip, pelvic_zero="table")
    with pytest.raises(InputError, match="range of an angle"):
        certified_minimum_in_box(query.hip, adduction_deg=(1, 2, 3))
    with pytest.raises(InputError, match="resolution_deg must be within"):
        first_contact(query.hip, ifi_test(), resolution_deg=0.0)
    with pytest.raises(ComputationError, match="the minimum lies between .* and .* mm; raise max"):
        certified_minimum(query.hip, grid(), tolerance_mm=1e-4, max_evaluations=5)
    with pytest.raises(ComputationError, match="raise max_evaluations or allow a coarser"):
        query.first_contact(ifi_test(), threshold_mm=15.0, max_evaluations=5)
    bare = replace(query.hip, pelvic_labels=np.ones_like(query.hip.pelvic_labels))
    with pytest.raises(AnatomyError, match="region 'ischium' is empty"):
        certified_minimum(bare, neutral())


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), [CT_HIPS[0], CT_HIPS[3]])
def test_real_hip__no_sample_is_below_the_certificate(bones, case, side, rng):
    hip = real_hip(bones, case, side)
    certified, clearance = CertifiedQuery(hip), ClearanceQuery(hip)
    found = certified.minimum(grid())
    angles = rng.uniform([-20, -5, -30], [0, 15, 0], (1500, 3))
    angles[:500] = np.clip(  # half of them around the minimum
        list(found.pose_deg.values()) + rng.normal(0, 1.0, (500, 3)), [-20, -5, -30], [0, 15, 0]
    )
    samples = Motion("samples", *angles.T, np.arange(1500), "", ("a",) * 1500)
    assert clearance(samples).minimum_mm >= found.lower_bound_mm - TOUCHING
    assert found.minimum_mm - found.lower_bound_mm <= TOLERANCE + ROUNDING
    assert found.structure == "lesser_trochanter"
    motion = arc(flexion_deg=(10, -20), adduction_deg=(0, 15), rotation_deg=(0, -30), step_deg=0.02)
    along, contact = clearance(motion).distance_mm, certified.first_contact(motion)["arc"]
    first = float(motion.progress[np.argmax(along <= 0.0)])
    assert contact.clear_until - 1e-9 <= first <= contact.progress + 0.03
