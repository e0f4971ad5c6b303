"""Impingement maps: closed form on the phantom, and the clearance they must agree with."""

from dataclasses import replace

import numpy as np
import pytest
from phantom import LT_APEX_MM, mirrored_hip, phantom_clearance_mm, phantom_hip
from real_hips import real_hip

from hipsim.errors import InputError
from hipsim.kinematics import pelvis_from_femur
from hipsim.kinematics.arcs import arc, grid, neutral
from hipsim.kinematics.clinical import ifi_test
from hipsim.planning.clearance import Clearance, ClearanceQuery, clearance_along
from hipsim.planning.impingement import VertexField, impingement_map
from hipsim.proximity.field import DistanceField

DISTANCE_TOL = 1e-9  # mm, rounding of float64 at 500 mm
SHARE_TOL = 1e-9
FACE_MM = 2.5  # longest edge of a face of a CT hip near the ischium


def test_map__of_the_phantom_is_the_closed_form_at_the_apex():
    hip, motion = phantom_hip(), arc(flexion_deg=(0, -20), rotation_deg=(0, -30), n_poses=61)
    found = impingement_map(hip, motion, threshold_mm=8.0)
    expected = phantom_clearance_mm(*motion.angles_deg.T)
    (apex,) = np.nonzero(np.linalg.norm(hip.femur.vertices - LT_APEX_MM, axis=1) < 1e-6)
    assert found.femoral.nearest == apex[0]
    place = int(np.flatnonzero(found.femoral.vertices == apex[0])[0])
    assert found.femoral.distance_mm[place] == pytest.approx(expected.min(), abs=DISTANCE_TOL)
    assert found.femoral.pose_index[place] == expected.argmin()
    series = replace(clearance_along(hip, motion), distance_mm=expected)
    share = series.share_below(8.0)
    assert 0.1 < share < 0.9
    assert found.femoral.share_below[place] == pytest.approx(share, abs=SHARE_TOL)


def brute_force(hip, motion, vertices, body):
    """Return the distance of vertices of the femur to a body in every pose, (m, n)."""
    field, poses = DistanceField(body), pelvis_from_femur(hip, motion)
    return np.stack([field(vertices, pose).distance_mm for pose in poses], axis=1)


@pytest.mark.parametrize(
    "motion",
    [
        ifi_test(step_deg=4),
        grid(extension_deg=(-10, 30), adduction_deg=(-20, 20), rotation_deg=(-40, 40), step_deg=20),
        neutral(),
    ],
)
def test_map__counts_shares_as_clearance_does(motion):
    """Over arms of unequal length, over the poses of a grid, and in one pose."""
    hip = phantom_hip(gap_mm=12.0)
    found = impingement_map(hip, motion, threshold_mm=9.0).femoral
    vertices = hip.femur.vertices[found.vertices]
    every = brute_force(hip, motion, vertices, hip.pelvic_body("ischium").mesh)
    assert np.abs(found.distance_mm - every.min(axis=1)).max() < DISTANCE_TOL
    assert np.array_equal(found.pose_index, every.argmin(axis=1))
    like = clearance_along(hip, motion)
    shares = [replace(like, distance_mm=row).share_below(9.0) for row in every]
    assert np.abs(found.share_below - shares).max() < SHARE_TOL


def test_map__of_a_mirrored_hip_is_the_same():
    motion, hip = ifi_test(step_deg=5), phantom_hip(gap_mm=12.0)
    first, second = impingement_map(hip, motion), impingement_map(mirrored_hip(hip), motion)
    for side in ("femoral", "pelvic"):
        a, b = getattr(first, side), getattr(second, side)
        assert np.array_equal(a.vertices, b.vertices)
        assert np.abs(a.distance_mm - b.distance_mm).max() < 1e-6  # where the walls' apex ends
    assert (first.side, second.side) == ("right", "left")


def test_map__takes_the_threshold_of_the_motion_unless_told():
    hip = phantom_hip()
    assert impingement_map(hip, neutral()).threshold_mm == 15.0
    assert impingement_map(hip, neutral(), threshold_mm=17).threshold_mm == 17.0
    without = impingement_map(hip, arc(flexion_deg=(0, -5), n_poses=2))
    assert without.threshold_mm is None
    assert without.femoral.share_below is None
    assert repr(without).startswith("<ImpingementMap of 'phantom-right' in 'arc': least ")
    assert repr(without.femoral).startswith("<VertexField of ")


def test_map__refuses_an_unknown_region_and_a_threshold_without_value():
    with pytest.raises(InputError, match="region must be one of extracapsular"):
        impingement_map(phantom_hip(), neutral(), femoral_region="knee")
    with pytest.raises(InputError, match="threshold_mm must be finite"):
        impingement_map(phantom_hip(), neutral(), threshold_mm=np.inf)


def test_vertex_field__names_its_nearest_vertex():
    field = VertexField(np.array([4, 9]), np.array([2.0, -1.0]), np.array([0, 3]), None)
    assert field.nearest == 9
    assert repr(field) == "<VertexField of 2 vertices, least -1.00 mm>"


@pytest.fixture(scope="module", params=[("z001", "right"), ("z036", "left")])
def real(request, bones):
    return real_hip(bones, *request.param)


@pytest.mark.bones
def test_real_map__agrees_with_clearance(real):
    """A vertex is never nearer than the surface, and the nearest about as near."""
    motion = arc(flexion_deg=(20, -30), adduction_deg=(-10, 15), rotation_deg=(20, -40), n_poses=90)
    found = impingement_map(real, motion)
    clearance: Clearance = ClearanceQuery(real, femoral_region="lesser_trochanter")(motion)
    least = [field.distance_mm.min() for field in (found.femoral, found.pelvic)]
    assert clearance.minimum_mm - DISTANCE_TOL < min(least) < clearance.minimum_mm + FACE_MM
    if clearance.minimum_mm < 0.0:
        assert min(least) == pytest.approx(clearance.minimum_mm, abs=DISTANCE_TOL)


@pytest.mark.bones
def test_real_map__equals_brute_force(real):
    motion = arc(flexion_deg=(20, -30), adduction_deg=(-10, 15), rotation_deg=(20, -40), n_poses=60)
    found = impingement_map(real, motion, threshold_mm=10.0).femoral
    body = real.pelvic_body("ischium").mesh
    every = brute_force(real, motion, real.femur.vertices[found.vertices], body)
    assert np.abs(found.distance_mm - every.min(axis=1)).max() < DISTANCE_TOL
    like = clearance_along(real, motion)
    shares = [replace(like, distance_mm=row).share_below(10.0) for row in every]
    assert np.abs(found.share_below - shares).max() < SHARE_TOL


@pytest.mark.bones
def test_real_map__is_far_smaller_near_the_trochanters_tip_than_at_its_rim(real):
    found = impingement_map(real, ifi_test(step_deg=2)).femoral
    tip = real.landmarks["lesser_trochanter"]
    away = np.linalg.norm(real.femur.vertices[found.vertices] - tip, axis=1)
    assert found.distance_mm[away < 8.0].mean() < found.distance_mm[away > 15.0].mean() - 2.0
