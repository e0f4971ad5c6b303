"""The resectable zone: trochanter proper, never the shaft, the same after surgery."""

import numpy as np
import pytest
from laws import farthest_outside
from phantom import phantom_hip
from real_hips import CT_HIPS, real_hip

from hipsim.anatomy.hip import FEMORAL_STRUCTURES
from hipsim.geometry import rigid
from hipsim.proximity.field import DistanceField
from hipsim.surgery import (
    derotate_femur,
    largest_resection_depth,
    lesser_trochanter_resection,
    resect_lesser_trochanter,
    resectable_zone,
)
from hipsim.surgery.zone import cortex_line, find_zone

PLACE_TOL_MM = 1e-6  # rounding in scan coordinates


def test_resectable_zone__is_closed_and_around_the_apex():
    hip = phantom_hip()
    zone, apex = resectable_zone(hip), hip.landmarks["lesser_trochanter"]
    assert zone.is_closed
    assert zone.volume_mm3 > 10_000.0
    up = find_zone(hip).trochanter.up
    assert ((zone.vertices - apex) @ up).min() > -30.0 - PLACE_TOL_MM
    assert DistanceField(zone)(apex[None], np.eye(4)[None]).distance_mm[0] < -5.0


def test_resectable_zone__is_found_once_for_a_hip():
    hip = phantom_hip()
    assert find_zone(hip) is find_zone(hip)
    assert find_zone(hip) is not find_zone(hip.evolved())


@pytest.mark.parametrize("tilt", [-20.0, 0.0, 20.0, 45.0])
def test_resectable_zone__holds_every_planar_resection(tilt):
    hip = phantom_hip()
    depth = largest_resection_depth(hip, tilt_deg=tilt)
    removed = lesser_trochanter_resection(hip, depth_mm=depth, tilt_deg=tilt).removed
    assert farthest_outside(removed, resectable_zone(hip), hip) < PLACE_TOL_MM


def test_resectable_zone__is_the_same_after_a_resection():
    hip = phantom_hip()
    after = resect_lesser_trochanter(hip, depth_mm=7.0)
    assert resectable_zone(after).volume_mm3 == pytest.approx(resectable_zone(hip).volume_mm3)


@pytest.mark.parametrize("level", ["subtrochanteric", "intertrochanteric"])
def test_resectable_zone__goes_along_with_the_trochanter(level):
    hip = resect_lesser_trochanter(phantom_hip(), depth_mm=2.0)
    after = derotate_femur(hip, angle_deg=25.0, level=level)
    is_turned = "lesser_trochanter" in after.notes[-1]["turned_landmarks"]
    moved = np.array(after.notes[-1]["moved_from_before"]) if is_turned else np.eye(4)
    before, now = resectable_zone(hip), resectable_zone(after)
    expected = rigid.apply(moved, before.vertices)
    np.testing.assert_allclose(now.bounds[0], expected.min(axis=0), atol=1e-3)
    np.testing.assert_allclose(now.bounds[1], expected.max(axis=0), atol=1e-3)


def test_cortex_line__follows_what_looks_along_the_axis_and_goes_on_in_tangents():
    turn = np.radians(np.arange(0, 360, 5))
    line = cortex_line(10.0 * np.column_stack([np.cos(turn), np.sin(turn)]))
    reach = np.linalg.norm(line, axis=1)
    assert reach[1:-1] == pytest.approx(np.full(len(line) - 2, 10.0))
    angle = np.degrees(np.arctan2(line[1:-1, 1], line[1:-1, 0]))
    assert angle.min() == pytest.approx(-45.0)
    assert angle.max() == pytest.approx(45.0)
    for end, look in ((line[0], (-1, 1)), (line[-1], (1, 1))):
        assert end @ [look[1], look[0]] / np.sqrt(2) == pytest.approx(10.0)


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), CT_HIPS)
def test_resectable_zone__of_ct_hips_spares_head_neck_and_shaft(bones, case, side):
    hip = real_hip(bones, case, side)
    zone = resectable_zone(hip)
    inside = DistanceField(zone)(hip.femur.face_centres, np.eye(4)[None]).distance_mm < 0.0
    held = {FEMORAL_STRUCTURES[i] for i in np.unique(hip.femoral_labels[inside])}
    assert held <= {"lesser_trochanter", "intertrochanteric_crest", "shaft", "neck"}
    neck = inside & (hip.femoral_labels == FEMORAL_STRUCTURES.index("neck"))
    assert hip.femur.face_areas_mm2[neck].sum() < 1.0
