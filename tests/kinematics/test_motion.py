"""The motion: what it refuses, its arms, its grid."""

import dataclasses

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.kinematics import Motion
from hipsim.kinematics.arcs import arc, grid, neutral
from hipsim.kinematics.motion import joined


def motion_of(**changes) -> Motion:
    fields = {
        "name": "test",
        "flexion_deg": [0.0, -5.0, -10.0],
        "adduction_deg": [0.0, 0.0, 0.0],
        "rotation_deg": [0.0, 0.0, 0.0],
        "progress": [0.0, 5.0, 10.0],
        "progress_label": "extension (deg)",
        "segments": ("a", "a", "b"),
    }
    return Motion(**{**fields, **changes})


def test_motion__is_frozen_and_shares_no_memory():
    flexion = np.zeros(3)
    motion = motion_of(flexion_deg=flexion)
    flexion[:] = 99.0
    assert motion.flexion_deg.tolist() == [0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="read-only"):
        motion.flexion_deg[0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        motion.name = "other"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"flexion_deg": []}, "at least one pose"),
        ({"rotation_deg": [0.0, 1.0]}, r"rotation_deg must have shape \(3,\), got \(2,\)"),
        ({"adduction_deg": [0.0, np.inf, 0.0]}, "adduction_deg must be finite"),
        ({"flexion_deg": [0.0, 0.0, -181.0]}, "flexion_deg must be within -180 to 180 deg"),
        ({"segments": ("a", "a")}, "segments must name the arm of each of the 3 poses"),
        ({"segments": "aab"}, "segments must name the arm of each of the 3 poses"),
        ({"segments": ("a", "b", "a")}, "segment 'a' must be one unbroken run"),
        ({"segments": ("a", "a", "a"), "progress": [0, 2, 1]}, "must not turn back"),
        ({"pelvic_zero": "table"}, "pelvic_zero must be one of app, isb"),
        ({"femoral_zero": "desk"}, "femoral_zero must be one of condylar, isb, tabletop"),
        ({"pelvic_tilt_deg": 100}, "pelvic_tilt_deg must be within -90 to 90"),
        ({"threshold_mm": np.nan}, "threshold_mm must be finite"),
        ({"shape": (2, 2)}, "must place each of the 3 poses once"),
        ({"grid_index": [0, 1, 1]}, "must place each of the 3 poses once"),
    ],
)
def test_motion__refuses(changes, message):
    with pytest.raises(InputError, match=message):
        motion_of(**changes)


def test_motion__names_its_arms_in_order():
    assert motion_of().arms == {"a": slice(0, 2), "b": slice(2, 3)}


def test_pose_deg__refuses_a_pose_that_is_not_there():
    with pytest.raises(InputError, match="pose must be within 0 to 2, got 3"):
        motion_of().pose_deg(3)


def test_evolved__checks_the_change():
    assert motion_of().evolved(threshold_mm=7).threshold_mm == 7.0
    with pytest.raises(InputError, match="a motion has no stride"):
        motion_of().evolved(stride=2)


def test_same_poses__sees_angles_zeros_and_tilt_but_not_the_threshold():
    motion = motion_of()
    assert motion.same_poses(motion_of(threshold_mm=3.0, name="other"))
    for change in ({"pelvic_zero": "isb"}, {"pelvic_tilt_deg": 1}, {"rotation_deg": [0, 0, 1]}):
        assert not motion.same_poses(motion.evolved(**change))
    assert not motion.same_poses(neutral())


def test_joined__refuses_arms_against_different_zeros():
    with pytest.raises(InputError, match="the arms of 'both' must share pelvic_zero"):
        joined("both", {"a": neutral(), "b": neutral().evolved(pelvic_zero="isb")})
    with pytest.raises(InputError, match="must share"):
        joined("none", {})


def test_joined__drops_the_thresholds_of_its_arms():
    assert joined("twice", {"a": neutral(), "b": neutral()}).threshold_mm is None


def test_arc__divides_a_range_evenly_with_steps_no_larger_than_asked():
    motion = arc(flexion_deg=(0, -20), adduction_deg=(0, 5), step_deg=3)
    assert motion.n_poses == 8
    assert np.abs(np.diff(motion.flexion_deg)).max() <= 3
    assert motion.pose_deg(-1) == {"flexion": -20.0, "adduction": 5.0, "rotation": 0.0}
    assert arc(flexion_deg=(0, -20), step_deg=0.1).n_poses == 201


@pytest.mark.parametrize(
    ("ranges", "label", "last"),
    [
        ({"flexion_deg": (0, 90)}, "flexion (deg)", 90),
        ({"flexion_deg": (10, -30), "rotation_deg": (0, 20)}, "extension (deg)", 30),
        ({"adduction_deg": (0, 20)}, "adduction (deg)", 20),
        ({"adduction_deg": (0, -20)}, "abduction (deg)", 20),
        ({"rotation_deg": (0, 40)}, "internal rotation (deg)", 40),
        ({"rotation_deg": (0, -60), "flexion_deg": (0, 5)}, "external rotation (deg)", 60),
    ],
)
def test_arc__names_the_direction_that_moves_most(ranges, label, last):
    motion = arc(**ranges)
    assert (motion.progress_label, motion.progress[-1]) == (label, last)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "an arc needs an angle that moves"),
        ({"flexion_deg": (0, 1, 2)}, r"must be a number or \(from, to\)"),
        ({"flexion_deg": (0, np.nan)}, "range of an angle must be finite"),
        ({"flexion_deg": (0, 9), "step_deg": 0}, "step_deg must be within"),
        ({"flexion_deg": (0, 9), "n_poses": 1}, "n_poses must be within"),
    ],
)
def test_arc__refuses(settings, message):
    with pytest.raises(InputError, match=message):
        arc(**settings)


@pytest.mark.parametrize("extension", [(0, 20), (0, 15), 10])
def test_grid__changes_one_angle_by_one_step_between_neighbours(extension):
    motion = grid(extension_deg=extension, adduction_deg=(-5, 15), rotation_deg=(-30, 0))
    steps = np.abs(np.diff(motion.angles_deg, axis=0))
    assert np.allclose(steps.sum(axis=1), 5.0)
    assert (np.count_nonzero(steps, axis=1) == 1).all()


def test_grid__as_grid_sorts_the_poses_back():
    motion = grid(extension_deg=(0, 20), adduction_deg=(-5, 15), rotation_deg=(-30, 0))
    assert motion.shape == (5, 5, 7)
    ordered = motion.as_grid(motion.angles_deg)
    assert ordered.shape == (5, 5, 7, 3)
    axes = (-np.linspace(0, 20, 5), np.linspace(-5, 15, 5), np.linspace(-30, 0, 7))
    expected = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    assert np.allclose(ordered, expected)


def test_as_grid__refuses_a_wrong_count():
    with pytest.raises(InputError, match="one entry per pose"):
        grid().as_grid([1.0])
