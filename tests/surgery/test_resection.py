"""Laws of a planar resection: nested, monotone, the same left and right, nothing else touched."""

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_hip
from real_hips import real_hip
from shapes import random_rigid

from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.errors import AnatomyError, InputError, MeshError
from hipsim.geometry import Mesh, cut
from hipsim.kinematics import arcs, pelvis_from_femur
from hipsim.proximity import DistanceQuery
from hipsim.surgery import (
    derotate_femur,
    largest_resection_depth,
    lesser_trochanter_resection,
    resect_lesser_trochanter,
)

VOLUME_TOL = 1e-6  # relative, of a piece
PLACE_TOL_MM = 1e-6  # rounding in scan coordinates
MONOTONE_TOL_MM = 1e-9  # rounding of two distances that should be equal
DEPTHS_MM = (2.0, 5.0, 8.0, 12.0)
CT_CASES = [("z001", "right"), ("z027", "right"), ("z042", "left")]


def moved(hip: Hip, transform: np.ndarray) -> Hip:
    return hip.evolved(
        femur=hip.femur.transformed(transform),
        hip_bone=hip.hip_bone.transformed(transform),
        landmarks=hip.landmarks.moved(transform),
    )


def clearances(hip: Hip) -> np.ndarray:
    """Return distances of a resectable femur to the ischium over poses around the IFI test."""
    motion = arcs.grid(
        extension_deg=(0, 20), adduction_deg=(0, 10), rotation_deg=(-20, 10), step_deg=10
    )
    query = DistanceQuery(
        hip.femoral_region("extracapsular"),
        hip.pelvic_region("ischium"),
        parent_a=hip.femur,
        parent_b=hip.hip_bone,
    )
    return query(pelvis_from_femur(hip, motion)).distance_mm


def structure_area(hip: Hip, structure: str) -> float:
    mask = hip.femoral_labels == FEMORAL_STRUCTURES.index(structure)
    return float(hip.femur.face_areas_mm2[mask].sum())


def test_resect_lesser_trochanter__of_nothing_changes_nothing():
    hip = phantom_hip()
    after = resect_lesser_trochanter(hip, depth_mm=0)
    assert after.femur is hip.femur
    assert after.femoral_labels is hip.femoral_labels
    assert after.notes[-1]["removed_volume_mm3"] == 0.0
    assert lesser_trochanter_resection(hip, depth_mm=0).removed is None


def test_resect_lesser_trochanter__leaves_its_input_alone():
    hip = phantom_hip()
    before = hip.femur.content_hash, hip.femoral_labels.tobytes(), hip.notes
    resect_lesser_trochanter(hip, depth_mm=5)
    assert (hip.femur.content_hash, hip.femoral_labels.tobytes(), hip.notes) == before


def test_resection__of_a_cone_takes_the_cube_of_the_depth():
    hip = phantom_hip()
    small, large = (lesser_trochanter_resection(hip, depth_mm=d).volume_mm3 for d in (4.0, 8.0))
    assert large / small == pytest.approx(8.0, rel=VOLUME_TOL)


def test_resection__is_flat_at_its_depth():
    hip = phantom_hip()
    result = lesser_trochanter_resection(hip, depth_mm=5)
    heights = (result.removed.vertices - result.plane_point_mm) @ result.plane_normal
    assert heights.min() == pytest.approx(0.0, abs=PLACE_TOL_MM)
    assert heights.max() == pytest.approx(5.0, abs=PLACE_TOL_MM)
    left = result.hip.femur.vertices - result.plane_point_mm
    left = left[np.linalg.norm(left, axis=1) < 20.0]
    assert (left @ result.plane_normal).max() == pytest.approx(0.0, abs=PLACE_TOL_MM)


def test_resection__is_perpendicular_to_the_lt_axis_and_the_shaft():
    hip = phantom_hip()
    normal = lesser_trochanter_resection(hip, depth_mm=5).plane_normal
    proximal, distal, apex = (
        hip.landmarks[n] for n in ("shaft_axis_proximal", "shaft_axis_distal", "lesser_trochanter")
    )
    assert normal @ (proximal - distal) == pytest.approx(0.0, abs=PLACE_TOL_MM)
    assert np.linalg.det([normal, proximal - distal, apex - distal]) == pytest.approx(0, abs=1e-3)
    assert normal @ (apex - proximal) > 0


@pytest.mark.parametrize("tilt", [-15.0, 0.0, 30.0])
def test_resection__keeps_plus_removed_is_the_whole(tilt):
    hip = phantom_hip()
    result = lesser_trochanter_resection(hip, depth_mm=6, tilt_deg=tilt)
    parts = result.hip.femur.volume_mm3 + result.volume_mm3
    assert parts == pytest.approx(hip.femur.volume_mm3, rel=VOLUME_TOL)
    assert result.hip.femur.is_closed
    assert result.removed.is_closed
    note = result.hip.notes[-1]
    assert note["removed_volume_mm3"] == result.volume_mm3
    assert (note["depth_mm"], note["tilt_deg"]) == (6.0, tilt)


def test_resection__deeper_holds_shallower():
    hip = phantom_hip()
    pieces = [lesser_trochanter_resection(hip, depth_mm=d).removed for d in DEPTHS_MM]
    for small, large in zip(pieces, pieces[1:], strict=False):
        together = cut.union(small, large).mesh.volume_mm3
        assert together == pytest.approx(large.volume_mm3, rel=VOLUME_TOL)
        assert large.volume_mm3 > small.volume_mm3


def test_resection__in_two_steps_is_the_resection_of_their_sum():
    once = resect_lesser_trochanter(phantom_hip(), depth_mm=9)
    half = resect_lesser_trochanter(phantom_hip(), depth_mm=4)
    twice = resect_lesser_trochanter(half, depth_mm=5)
    assert twice.femur.volume_mm3 == pytest.approx(once.femur.volume_mm3, rel=1e-12)
    assert [note["depth_mm"] for note in twice.notes] == [4.0, 5.0]


def test_resect_lesser_trochanter__labels_the_cut_and_keeps_every_other_label():
    hip = phantom_hip()
    after = resect_lesser_trochanter(hip, depth_mm=5)
    for structure in FEMORAL_STRUCTURES:
        change = structure_area(after, structure) - structure_area(hip, structure)
        is_trochanter = structure == "lesser_trochanter"
        assert (change < -1.0) if is_trochanter else (abs(change) < PLACE_TOL_MM)
    assert after.femoral_region("lesser_trochanter").face_areas_mm2.sum() > 0
    np.testing.assert_array_equal(
        after.landmarks["lesser_trochanter"], hip.landmarks["lesser_trochanter"]
    )


@pytest.mark.parametrize("tilt", [-15.0, 0.0, 30.0])
def test_resection__of_the_mirrored_hip_is_the_mirror_image(tilt):
    hip = phantom_hip(version_deg=30.0)
    a = lesser_trochanter_resection(hip, depth_mm=7, tilt_deg=tilt)
    b = lesser_trochanter_resection(mirrored_hip(hip), depth_mm=7, tilt_deg=tilt)
    assert b.volume_mm3 == pytest.approx(a.volume_mm3, rel=VOLUME_TOL)
    np.testing.assert_allclose(b.plane_normal * [-1, 1, 1], a.plane_normal, atol=1e-12)


def test_resection__does_not_depend_on_where_the_patient_lay(rng):
    hip = phantom_hip()
    here = lesser_trochanter_resection(hip, depth_mm=7, tilt_deg=10)
    there = lesser_trochanter_resection(moved(hip, random_rigid(rng)), depth_mm=7, tilt_deg=10)
    assert there.volume_mm3 == pytest.approx(here.volume_mm3, rel=VOLUME_TOL)


@pytest.mark.parametrize("side", ["right", "left"])
def test_resection__tilted_takes_more_from_behind(side):
    hip = phantom_hip(side)
    forward = [
        lesser_trochanter_resection(hip, depth_mm=6, tilt_deg=t).plane_normal[0]
        for t in (-15, 0, 30)
    ]
    assert forward[0] > forward[1] > forward[2]


def test_resect_lesser_trochanter__never_lowers_clearance():
    hip = phantom_hip(gap_mm=12.0)
    before = clearances(hip)
    for depth in DEPTHS_MM:
        after = clearances(resect_lesser_trochanter(hip, depth_mm=depth))
        assert (after - before).min() > -MONOTONE_TOL_MM
        assert (after - before).max() <= depth + (0 if before.min() >= 0 else 1)
        before = after


def test_largest_resection_depth__is_where_the_shaft_begins():
    hip = phantom_hip()
    largest = largest_resection_depth(hip)
    foot = 29.4  # mm; apex of the phantom over its shaft axis, whose radius is 12 mm
    assert largest == pytest.approx(foot - 12.0, abs=0.5)
    resect_lesser_trochanter(hip, depth_mm=largest)
    offered = np.floor(10.0 * largest) / 10.0
    with pytest.raises(InputError, match=f"at most {offered:.1f} mm on this hip"):
        resect_lesser_trochanter(hip, depth_mm=largest + 0.01)


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        ({"depth_mm": -1.0}, "depth_mm must be within 0"),
        ({"depth_mm": float("nan")}, "depth_mm must be finite"),
        ({"depth_mm": 5.0, "tilt_deg": 60.0}, "tilt_deg must be within -20 to 45 deg"),
    ],
)
def test_resect_lesser_trochanter__refuses_amounts_out_of_range(amounts, message):
    with pytest.raises(InputError, match=message):
        resect_lesser_trochanter(phantom_hip(), **amounts)


@pytest.mark.parametrize(
    ("landmark", "point", "message"),
    [
        ("lesser_trochanter", "shaft_axis_proximal", "lies on the shaft axis"),
        ("lesser_trochanter", (-22.0, 90.0, 8.0), "no bone under"),
        ("lesser_trochanter", (-8.0, -410.0, -46.0), "no shaft 30 mm below"),
    ],
)
def test_resect_lesser_trochanter__refuses_landmarks_off_the_bone(landmark, point, message):
    hip = phantom_hip()
    place = hip.landmarks[point] if isinstance(point, str) else point
    astray = hip.evolved(landmarks=hip.landmarks.updated({landmark: place}))
    with pytest.raises(AnatomyError, match=message):
        resect_lesser_trochanter(astray, depth_mm=5)


def test_resect_lesser_trochanter__refuses_an_open_femur():
    hip = phantom_hip()
    femur = Mesh(hip.femur.vertices, hip.femur.faces[1:])
    with pytest.raises(MeshError, match="3 open edges"):
        resect_lesser_trochanter(
            hip.evolved(femur=femur, femoral_labels=hip.femoral_labels[1:]), depth_mm=5
        )


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), CT_CASES)
def test_resection__on_real_hips_stays_on_the_trochanter(bones, case, side):
    hip = real_hip(bones, case, side)
    apex = hip.landmarks["lesser_trochanter"]
    for depth, reach in ((5.0, 16.0), (10.0, 30.0), (largest_resection_depth(hip), 42.0)):
        result = lesser_trochanter_resection(hip, depth_mm=depth)
        assert np.linalg.norm(result.removed.vertices - apex, axis=1).max() < reach
        for structure, most in (("head", 0.0), ("neck", 0.5), ("greater_trochanter", 0.0)):
            lost = structure_area(hip, structure) - structure_area(result.hip, structure)
            assert lost <= most + PLACE_TOL_MM


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), CT_CASES)
def test_resection__ends_at_the_pass_to_the_neck(bones, case, side):
    hip = real_hip(bones, case, side)
    largest = largest_resection_depth(hip)
    for depth in (10.0, largest - 1e-3):
        result = lesser_trochanter_resection(hip, depth_mm=depth)
        neck_pass = np.array(result.hip.notes[-1]["neck_pass_mm"])
        below_top = depth - (neck_pass - result.plane_point_mm) @ result.plane_normal
        assert 4.0 < below_top < 10.0  # no plane of 4 mm gets there, 10 mm do
        away = np.linalg.norm(result.hip.femur.vertices - neck_pass, axis=1)
        assert away.min() < PLACE_TOL_MM


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), CT_CASES)
def test_resect_lesser_trochanter__never_lowers_clearance_on_real_hips(bones, case, side):
    hip = real_hip(bones, case, side)
    before = clearances(hip)
    for depth in (5.0, 10.0, largest_resection_depth(hip)):
        after = clearances(resect_lesser_trochanter(hip, depth_mm=depth))
        is_apart = before > 0.0  # of overlapping bones the deepest point may come to light
        assert is_apart.any()
        assert (after - before)[is_apart].min() > -MONOTONE_TOL_MM
        before = after


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), CT_CASES)
def test_resection__of_real_hips_in_two_steps_is_the_resection_of_their_sum(bones, case, side):
    hip = real_hip(bones, case, side)
    largest = largest_resection_depth(hip)
    once = resect_lesser_trochanter(hip, depth_mm=largest - 0.5)
    ten = derotate_femur(resect_lesser_trochanter(hip, depth_mm=10), angle_deg=10)
    twice = resect_lesser_trochanter(ten, depth_mm=largest - 10.5)
    assert twice.femur.is_closed
    assert twice.femur.volume_mm3 == pytest.approx(once.femur.volume_mm3, abs=0.01)


@pytest.mark.bones
def test_largest_resection_depth__of_real_hips_is_the_published_height(bones):
    """Height of the LT over the shaft 30 mm distal: 15.1 +- 1.1 (F), 16.7 +- 1.6 mm (M)."""
    depths = [largest_resection_depth(real_hip(bones, case, side)) for case, side in CT_CASES]
    assert min(depths) > 15.1 - 2 * 1.1
    assert max(depths) < 16.7 + 2 * 1.6


@pytest.mark.parametrize("side", ["right", "left"])
def test_tilt__positive_turns_the_plane_to_the_back_on_both_sides(side):
    hip = phantom_hip(side)
    anterior = hip.femoral_frame()[:3, 0]
    straight, tilted = (
        lesser_trochanter_resection(hip, depth_mm=4.0, tilt_deg=tilt).plane_normal
        for tilt in (0.0, 20.0)
    )
    assert tilted @ anterior < straight @ anterior - 0.05
