"""Surfaces: distances in colours agree with the exact query; crops and cuts are what they say."""

import numpy as np
import pytest

from hipsim.geometry import rigid
from hipsim.kinematics import pelvis_from_femur
from hipsim.surgery import derotate_femur
from hipsim.viz.surfaces import moved_surface, prepare_bones, removed_bone

DISTANCE_TOL = 1e-6  # mm, single precision inside VTK's distance
SAMPLING_MM = 0.5  # points up to 4 mm apart may miss the closest one
REGIONS = ("extracapsular", "ischium")
LENGTH_MM = 180.0


@pytest.fixture(scope="module")
def bones(hip):
    return prepare_bones(hip, REGIONS, length_mm=LENGTH_MM)


@pytest.fixture(scope="module")
def transforms(hip, motion):
    return pelvis_from_femur(hip, motion)


def test_coloured__smallest_distance_is_the_clearance(bones, curves, transforms):
    clearance = curves["as it is"]
    for pose in (0, clearance.motion.arms["abducted"].start):
        assert clearance.kind[pose] == "gap"
        for surface in bones.coloured(transforms[pose]):
            excess = np.nanmin(surface.point_data["distance_mm"]) - clearance.distance_mm[pose]
            assert -DISTANCE_TOL < excess < SAMPLING_MM
        femur, _ = bones.coloured(transforms[pose])
        smallest = np.nanmin(femur.point_data["distance_mm"])  # the apex is a vertex
        assert abs(smallest - clearance.distance_mm[pose]) < DISTANCE_TOL


def test_coloured__is_negative_inside_the_other_bone(bones, curves, transforms):
    clearance = curves["as it is"]
    femur, _ = bones.coloured(transforms[clearance.index])
    assert clearance.minimum_mm < 0.0
    assert abs(np.nanmin(femur.point_data["distance_mm"]) - clearance.minimum_mm) < DISTANCE_TOL


def test_coloured__knows_no_distance_outside_the_region(bones, transforms):
    femur, _ = bones.coloured(transforms[0])
    points = np.asarray(femur.points)
    in_head = np.linalg.norm(points, axis=1) < 23.0
    assert np.isnan(femur.point_data["distance_mm"][in_head]).all()
    assert (femur.point_data["emphasis"][in_head] == 0.0).all()


def test_prepare_bones__crops_the_femur_and_closes_it(bones, hip):
    height = np.asarray(bones.femur.points)[:, 1]
    top = hip.femur.vertices[:, 1].max()
    assert abs(height.max() - top) < DISTANCE_TOL
    assert abs(height.min() - (top - LENGTH_MM)) < DISTANCE_TOL
    assert bones.femur.clean().n_open_edges == 0


def test_moved_surface__leaves_the_original_alone(bones):
    before = np.array(bones.femur.points)
    moved = moved_surface(bones.femur, rigid.translation([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(bones.femur.points, before)
    np.testing.assert_allclose(np.asarray(moved.points) - before, [[1.0, 2.0, 3.0]] * len(before))


def test_removed_bone__is_what_a_resection_took(hip, resected):
    removed = removed_bone(hip, resected)
    gone = np.asarray(removed.points)
    apex = hip.landmarks["lesser_trochanter"]
    assert np.linalg.norm(gone - apex, axis=1).min() < DISTANCE_TOL


def test_removed_bone__is_nothing_without_surgery(hip):
    assert removed_bone(hip, hip) is None


def test_removed_bone__does_not_take_turned_bone_for_removed(hip):
    assert removed_bone(hip, derotate_femur(hip, angle_deg=20)) is None
