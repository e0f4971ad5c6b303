"""Side effects are measured on two hips, not copied from what procedures say."""

import numpy as np
import pytest
from phantom import phantom_hip
from real_hips import real_hip

from hipsim.errors import InputError
from hipsim.io import load_hip
from hipsim.surgery import (
    PROCEDURES,
    angulate_femur,
    derotate_femur,
    lateralise_femur,
    lesser_trochanter_resection,
    resect_ischium,
    resect_lesser_trochanter,
    shorten_femur,
    side_effects,
)
from hipsim.surgery.leg import leg_axis_deg

PLACE_TOL_MM = 1e-6  # rounding in scan coordinates
VOLUME_TOL_MM3 = 1e-3


def forgetful(hip):
    """Return a hip whose notes keep no result: only what carries the trochanter along."""
    kept = ("turned_landmarks", "moved_from_before", "cut_point_mm", "cut_normal", "neck_pass_mm")
    return hip.evolved(notes=tuple({k: n[k] for k in kept if k in n} for n in hip.notes))


def test_side_effects__of_a_resection_are_those_it_names():
    hip = forgetful(load_hip("woman_narrow"))
    done = lesser_trochanter_resection(hip, depth_mm=7.0)
    found = side_effects(hip, done.hip.evolved(notes=forgetful(done.hip).notes))
    assert found.removed_volume_mm3 == pytest.approx(done.volume_mm3, abs=VOLUME_TOL_MM3)
    assert found.deepest_cut_mm == pytest.approx(done.deepest_mm, abs=PLACE_TOL_MM)
    assert found.iliopsoas_lost_share == pytest.approx(done.footprint.lost_share)
    assert found.medial_cortex_mm == pytest.approx(done.medial_cortex_mm, abs=1e-3)
    assert found.hamstrings_lost_share == 0.0
    alignment = (
        found.version_change_deg,
        found.neck_shaft_angle_change_deg,
        found.leg_length_change_mm,
        found.mechanical_axis_change_deg,
        found.femoral_offset_change_mm,
    )
    assert alignment == (0.0, 0.0, 0.0, 0.0, 0.0)


def test_side_effects__of_osteotomies():
    hip = phantom_hip(version_deg=0.0)
    found = side_effects(hip, derotate_femur(hip, angle_deg=20.0))
    assert found.version_change_deg == pytest.approx(-20.0)
    assert (found.deepest_cut_mm, found.medial_cortex_mm) == (0.0, None)
    assert found.removed_volume_mm3 == pytest.approx(0.0, abs=VOLUME_TOL_MM3)
    assert found.mechanical_axis_change_deg == pytest.approx(0.0, abs=1e-9)
    found = side_effects(hip, angulate_femur(hip, angle_deg=-10.0))
    assert found.neck_shaft_angle_change_deg == pytest.approx(-10.0)
    assert found.mechanical_axis_change_deg < 0.0, "varus"
    assert found.removed_volume_mm3 > 100.0
    assert found.medial_cortex_mm is None
    found = side_effects(hip, shorten_femur(hip, length_mm=15.0))
    assert -15.0 <= found.leg_length_change_mm < -14.0
    found = side_effects(hip, lateralise_femur(hip, shift_mm=6.0))
    assert found.femoral_offset_change_mm == pytest.approx(6.0, abs=PLACE_TOL_MM)


@pytest.mark.parametrize("level", ["subtrochanteric", "intertrochanteric"])
def test_side_effects__see_a_resection_through_an_osteotomy(level):
    hip = load_hip("woman_narrow")
    cut_only = resect_lesser_trochanter(hip, depth_mm=6.0)
    alone = side_effects(hip, cut_only)
    both = side_effects(hip, derotate_femur(cut_only, angle_deg=20.0, level=level))
    assert both.deepest_cut_mm == pytest.approx(alone.deepest_cut_mm, abs=PLACE_TOL_MM)
    assert both.medial_cortex_mm == pytest.approx(alone.medial_cortex_mm, abs=1e-3)
    assert both.iliopsoas_lost_share == pytest.approx(alone.iliopsoas_lost_share)
    assert both.version_change_deg == pytest.approx(-20.0)


def test_side_effects__add_up_over_both_bones():
    hip = load_hip("woman_narrow")
    one, other = resect_lesser_trochanter(hip, depth_mm=3.0), resect_ischium(hip, depth_mm=5.0)
    both = resect_ischium(one, depth_mm=5.0)
    found = [side_effects(hip, after) for after in (one, other, both)]
    volumes = [effects.removed_volume_mm3 for effects in found]
    assert volumes[2] == pytest.approx(volumes[0] + volumes[1], abs=VOLUME_TOL_MM3)
    assert found[2].hamstrings_lost_share == pytest.approx(found[1].hamstrings_lost_share)
    assert 0.0 < found[1].hamstrings_lost_share < 1.0
    assert found[2].deepest_cut_mm == max(e.deepest_cut_mm for e in found[:2])


def test_side_effects__of_nothing_are_none():
    hip = phantom_hip()
    found = side_effects(hip, hip)
    assert found.medial_cortex_mm is None
    assert all(value == 0.0 for name, value in vars(found).items() if name != "medial_cortex_mm")


@pytest.mark.parametrize("name", [n for n, kind in PROCEDURES.items() if kind.idle is not None])
def test_side_effects__of_every_idle_procedure_are_none(name):
    hip, kind = load_hip("woman"), PROCEDURES[name]
    after = kind.function(hip, **{kind.amount: kind.idle})
    assert side_effects(hip, after) == side_effects(hip, hip)


@pytest.mark.parametrize("other", ["woman", "woman_narrow"])
def test_side_effects__refuse_another_hip(other):
    hip = load_hip("woman_narrow")
    stranger = load_hip(other).evolved(notes=() if other == "woman_narrow" else ({"a": 1},))
    with pytest.raises(InputError, match="did not come from"):
        side_effects(hip, stranger)


def test_leg_axis__is_zero_where_hip_and_knee_are_square():
    marks = phantom_hip().landmarks
    square = marks.updated(
        {"medial_epicondyle": [0.0, -400.0, -40.0], "lateral_epicondyle": [0.0, -400.0, 40.0]}
    )
    assert leg_axis_deg(square) == pytest.approx(0.0, abs=1e-9)
    valgus = square.updated({"hip_joint_centre": [0.0, 0.0, 400.0 * np.tan(np.radians(3.0))]})
    assert leg_axis_deg(valgus) == pytest.approx(3.0)


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), [("z027", "right"), ("z036", "left")])
def test_side_effects__on_ct_hips_are_those_of_the_resection(bones, case, side):
    hip = real_hip(bones, case, side)
    done = lesser_trochanter_resection(hip, depth_mm=8.0)
    found = side_effects(hip, done.hip)
    assert found.deepest_cut_mm == pytest.approx(8.0, abs=1e-3)
    assert found.removed_volume_mm3 == pytest.approx(done.volume_mm3, abs=VOLUME_TOL_MM3)
