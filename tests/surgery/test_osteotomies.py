"""Laws of angulation, shortening, lateralisation and oblique cuts."""

import numpy as np
import pytest
from laws import PLACE_TOL_MM, VOLUME_TOL, check_input_untouched
from phantom import mirrored_hip, phantom_hip
from real_hips import real_hip

from hipsim.anatomy.frames import knee_centre
from hipsim.anatomy.measure_femur import femoral_offset_mm, neck_shaft_angle_deg
from hipsim.anatomy.sides import side_sign
from hipsim.errors import InputError
from hipsim.geometry import rigid
from hipsim.io import load_hip
from hipsim.surgery import (
    angulate_femur,
    angulation_osteotomy,
    derotation_osteotomy,
    lateralising_osteotomy,
    shortening_osteotomy,
)

ANGLE_TOL_DEG = 1e-6
EACH = {
    angulation_osteotomy: {"angle_deg": -12.0},
    shortening_osteotomy: {"length_mm": 15.0},
    lateralising_osteotomy: {"shift_mm": 8.0},
    derotation_osteotomy: {"angle_deg": 15.0, "axis": "anatomical"},
}
each = pytest.mark.parametrize("operate", EACH, ids=lambda f: f.__name__)
each_side = pytest.mark.parametrize("side", ["right", "left"])


def check_volume(done) -> None:
    """Check that fragments and what was taken add up, each closed, and meet."""
    parts = done.proximal.volume_mm3 + done.distal.volume_mm3
    assert parts == pytest.approx(done.hip.femur.volume_mm3, rel=VOLUME_TOL)
    assert parts + done.volume_mm3 == pytest.approx(done.before.femur.volume_mm3, rel=VOLUME_TOL)
    closed = (done.proximal, done.distal, done.hip.femur)
    assert all(m.is_closed for m in closed)
    assert done.removed is None or done.removed.is_closed
    assert 0.3 < done.hip.notes[-1]["contact_share"] <= 1.0


@each
@pytest.mark.parametrize("obliquity", [-10.0, 0.0, 10.0])
@each_side
def test_each__keeps_the_volume_in_one_closed_mesh(operate, obliquity, side):
    hip = phantom_hip(side)
    check_volume(operate(hip, **EACH[operate], level="subtrochanteric", obliquity_deg=obliquity))


@each
def test_each__by_nothing_changes_nothing(operate):
    hip, (amount, *_) = phantom_hip(), EACH[operate]
    after = operate(hip, **{amount: 0.0})
    assert after.hip.femur is hip.femur
    assert after.hip.landmarks is hip.landmarks
    assert after.removed is None
    assert after.volume_mm3 == 0.0


@each
def test_each__leaves_its_input_alone(operate):
    check_input_untouched(phantom_hip(), lambda hip: operate(hip, **EACH[operate]))


@each
def test_each__of_the_mirrored_hip_is_the_mirror_image(operate):
    hip = load_hip("woman_narrow")
    a, b = (operate(h, **EACH[operate]) for h in (hip, mirrored_hip(hip)))
    assert b.volume_mm3 == pytest.approx(a.volume_mm3, rel=VOLUME_TOL)
    for name, point in a.hip.landmarks.items():
        if not name.endswith(("_right", "_left")):
            np.testing.assert_allclose(b.hip.landmarks[name] * [-1, 1, 1], point, atol=1e-6)


@each_side
@pytest.mark.parametrize("angle", [15.0, -15.0])
@pytest.mark.parametrize("level", ["intertrochanteric", "subtrochanteric"])
def test_angulation__changes_the_neck_shaft_angle_by_the_angle(side, angle, level):
    hip = load_hip("woman_narrow")
    hip = hip if side == "right" else mirrored_hip(hip)
    done = angulation_osteotomy(hip, angle_deg=angle, level=level)
    change = neck_shaft_angle_deg(done.hip) - neck_shaft_angle_deg(hip)
    assert change == pytest.approx(angle, abs=ANGLE_TOL_DEG)
    check_volume(done)


@each_side
def test_angulation__into_valgus_takes_a_wedge_from_the_lateral_side(side):
    hip = phantom_hip(side)
    valgus, varus = (angulation_osteotomy(hip, angle_deg=a) for a in (12.0, -12.0))
    lateral = hip.femoral_frame()[:3, 2] * side_sign(side)
    base = [done.removed.face_areas_mm2 @ done.removed.face_centres @ lateral for done in
            (valgus, varus)] / np.array([done.removed.face_areas_mm2.sum() for done in
                                         (valgus, varus)])  # fmt: skip
    assert base[0] > base[1] + 1.0
    moved = [(d.moved_from_before[:3, :3] @ hip.femoral_frame()[:3, 1]) @ lateral
             for d in (valgus, varus)]  # fmt: skip
    assert moved[0] < 0.0 < moved[1], "the knee goes laterally in valgus"
    changes = [done.hip.notes[-1]["mechanical_axis_change_deg"] for done in (valgus, varus)]
    assert changes[0] > 0.0 > changes[1]


def test_shortening__takes_a_segment_and_brings_the_knee_up_the_shaft():
    hip = phantom_hip()
    done = shortening_osteotomy(hip, length_mm=20.0)
    way = knee_centre(done.hip.landmarks) - knee_centre(hip.landmarks)
    shaft = hip.landmarks["shaft_axis_proximal"] - hip.landmarks["shaft_axis_distal"]
    np.testing.assert_allclose(way, 20.0 * rigid.unit(shaft), atol=PLACE_TOL_MM)
    section = 10.0 * 11.0**2 * np.sin(np.radians(18.0))  # the phantom's shaft is a 20-gon there
    assert done.volume_mm3 == pytest.approx(20.0 * section, rel=1e-6)
    assert -20.0 <= done.hip.notes[-1]["leg_length_change_mm"] < -19.0, "shorter, not longer"


@each_side
def test_lateralisation__adds_its_shift_to_the_offset(side):
    hip = phantom_hip(side, version_deg=0.0)
    for shift in (10.0, -6.0):
        done = lateralising_osteotomy(hip, shift_mm=shift)
        change = femoral_offset_mm(done.hip) - femoral_offset_mm(hip)
        assert change == pytest.approx(shift, abs=PLACE_TOL_MM)
        assert "lesser_trochanter" in done.hip.notes[-1]["turned_landmarks"]


@each_side
def test_lateralisation__over_an_oblique_cut_follows_the_cut(side):
    hip = phantom_hip(side)
    done = lateralising_osteotomy(hip, shift_mm=10.0, level="subtrochanteric", obliquity_deg=20.0)
    way = knee_centre(done.hip.landmarks) - knee_centre(hip.landmarks)
    up = rigid.unit(hip.landmarks["shaft_axis_proximal"] - hip.landmarks["shaft_axis_distal"])
    assert np.linalg.norm(way) == pytest.approx(10.0)
    assert way @ up == pytest.approx(10.0 * np.sin(np.radians(20.0)))


def test_derotation__over_an_oblique_cut_turns_about_its_normal():
    hip = phantom_hip()
    done = derotation_osteotomy(hip, angle_deg=20.0, obliquity_deg=15.0)
    normal = np.array(done.hip.notes[-1]["cut_normal"])
    turn = done.moved_from_before[:3, :3]
    np.testing.assert_allclose(turn @ normal, normal, atol=1e-12)
    assert np.degrees(np.arccos(0.5 * (np.trace(turn) - 1.0))) == pytest.approx(20.0)
    up = rigid.unit(hip.landmarks["hip_joint_centre"] - knee_centre(hip.landmarks))
    assert np.degrees(np.arccos(normal @ up)) == pytest.approx(15.0)


@pytest.mark.parametrize(
    ("operate", "choices", "message"),
    [
        (angulation_osteotomy, {"angle_deg": 60.0}, "angle_deg must be within -40 to 40"),
        (shortening_osteotomy, {"length_mm": -1.0}, "length_mm must be within 0 to 80"),
        (lateralising_osteotomy, {"shift_mm": 50.0}, "shift_mm must be within -40 to 40"),
        (lateralising_osteotomy, {"shift_mm": 39.0, "level": 60.0}, "would no longer touch"),
        (
            shortening_osteotomy,
            {"length_mm": 60.0, "level": "intertrochanteric"},
            "would take the lesser trochanter",
        ),
        (
            shortening_osteotomy,
            {"length_mm": 80.0, "level": "supracondylar"},
            "level must be within",
        ),
        (derotation_osteotomy, {"angle_deg": 5.0, "obliquity_deg": 60.0}, "within -45 to 45 deg"),
        (
            derotation_osteotomy,
            {"angle_deg": 5.0, "level": 21.0, "obliquity_deg": 40.0},
            "from the apex of the lesser trochanter",
        ),
    ],
)
def test_each__refuses_what_cannot_be_done(operate, choices, message):
    with pytest.raises(InputError, match=message):
        operate(phantom_hip(), **choices)


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), [("z027", "left"), ("z036", "right")])
def test_each__holds_its_laws_on_ct_hips(bones, case, side):
    hip = real_hip(bones, case, side)
    for operate, amounts in EACH.items():
        check_volume(operate(hip, **amounts))
    bent = angulate_femur(hip, angle_deg=-15.0)
    change = neck_shaft_angle_deg(bent) - neck_shaft_angle_deg(hip)
    assert change == pytest.approx(-15.0, abs=ANGLE_TOL_DEG)
