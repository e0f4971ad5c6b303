"""Laws of a derotation osteotomy, above all: clearance(post, g) = clearance(intact, g + angle)."""

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_hip
from real_hips import real_hip

from hipsim.anatomy.frames import knee_centre
from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.anatomy.sides import side_sign
from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh, rigid
from hipsim.kinematics import arcs, pelvis_from_femur
from hipsim.proximity import DistanceQuery
from hipsim.surgery import derotate_femur, derotation_osteotomy, resect_lesser_trochanter

LAW_TOL_MM = 1e-6  # DESIGN: the law holds to this
PLACE_TOL_MM = 1e-9  # rounding in scan coordinates
ANGLE_TOL_DEG = 1e-9
VOLUME_TOL = 1e-9  # relative
POSES_DEG = {"extension_deg": (-10.0, 20.0), "adduction_deg": (-10.0, 15.0)}
ROTATION_DEG = (-25.0, 5.0)


def clearances(hip: Hip, turn_deg: float = 0.0) -> np.ndarray:
    """Return distances over a grid of poses, each turned internally by a further angle."""
    low, high = ROTATION_DEG
    turned = (low + turn_deg, high + turn_deg)
    motion = arcs.grid(**POSES_DEG, rotation_deg=turned, step_deg=10)
    query = DistanceQuery(
        hip.femoral_region("extracapsular"),
        hip.pelvic_region("ischium"),
        parent_a=hip.femur,
        parent_b=hip.hip_bone,
    )
    return query(pelvis_from_femur(hip, motion)).distance_mm


def version_deg(hip: Hip) -> float:
    """Return the angle of the neck axis before the Z axis of the femur, seen along Y."""
    neck = hip.landmarks["neck_isthmus"] - hip.landmarks["hip_joint_centre"]
    x, _, z = rigid.rotate(rigid.inverse(hip.femoral_frame()), neck[None])[0]
    return float(np.degrees(np.arctan2(-x, z * side_sign(hip.side))))


def in_femur(hip: Hip, landmark: str) -> np.ndarray:
    return rigid.apply(rigid.inverse(hip.femoral_frame()), hip.landmarks[landmark][None])[0]


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("angle", [20.0, -12.5])
def test_derotate_femur__equals_internal_rotation_of_the_intact_hip(side, angle):
    hip = phantom_hip(side, gap_mm=12.0, scan_pose_deg=(8.0, -5.0, 20.0))
    after = derotate_femur(hip, angle_deg=angle)
    np.testing.assert_allclose(clearances(after), clearances(hip, angle), atol=LAW_TOL_MM, rtol=0)


@pytest.mark.bones
@pytest.mark.parametrize("side", ["right", "left"])
def test_derotate_femur__equals_internal_rotation_on_real_hips(bones, side):
    hip = real_hip(bones, "z027", side)
    after = derotate_femur(hip, angle_deg=20)
    np.testing.assert_allclose(clearances(after), clearances(hip, 20), atol=LAW_TOL_MM, rtol=0)


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("level", ["subtrochanteric", "intertrochanteric", "supracondylar", 35.0])
def test_derotate_femur__lowers_version_by_the_angle(side, level):
    hip = phantom_hip(side, version_deg=35.0)
    after = derotate_femur(hip, angle_deg=20, level=level)
    assert version_deg(hip) == pytest.approx(35.0, abs=ANGLE_TOL_DEG)
    assert version_deg(after) == pytest.approx(15.0, abs=ANGLE_TOL_DEG)


def test_derotate_femur__by_nothing_changes_nothing():
    hip = phantom_hip()
    after = derotate_femur(hip, angle_deg=0)
    assert after.femur is hip.femur
    assert after.femoral_labels is hip.femoral_labels
    assert after.landmarks is hip.landmarks
    assert after.notes[-1]["contact_share"] == 1.0


def test_derotate_femur__leaves_its_input_alone():
    hip = phantom_hip()
    before = hip.femur.content_hash, hip.femoral_labels.tobytes(), hip.notes
    points = {name: point.copy() for name, point in hip.landmarks.items()}
    derotate_femur(hip, angle_deg=20)
    assert (hip.femur.content_hash, hip.femoral_labels.tobytes(), hip.notes) == before
    for name, point in points.items():
        np.testing.assert_array_equal(hip.landmarks[name], point)


@pytest.mark.parametrize("axis", ["mechanical", "anatomical"])
@pytest.mark.parametrize("level", ["subtrochanteric", "intertrochanteric", "supracondylar"])
def test_derotate_femur__keeps_the_volume_in_one_closed_mesh(level, axis):
    hip = phantom_hip()
    result = derotation_osteotomy(hip, angle_deg=15, level=level, axis=axis)
    femur, fragments = result.hip.femur, (result.proximal, result.distal)
    assert femur.is_closed
    assert femur.volume_mm3 == pytest.approx(hip.femur.volume_mm3, rel=VOLUME_TOL)
    assert sum(f.volume_mm3 for f in fragments) == pytest.approx(femur.volume_mm3, rel=VOLUME_TOL)
    assert all(fragment.is_closed for fragment in fragments)
    assert 0.0 < result.hip.notes[-1]["contact_share"] < 1.0


def test_derotate_femur__there_and_back_returns():
    hip = phantom_hip(gap_mm=12.0)
    back = derotate_femur(derotate_femur(hip, angle_deg=20), angle_deg=-20)
    assert back.femur.is_closed
    for name, point in hip.landmarks.items():
        np.testing.assert_allclose(back.landmarks[name], point, atol=PLACE_TOL_MM)
    np.testing.assert_allclose(clearances(back), clearances(hip), atol=LAW_TOL_MM)


def test_derotate_femur__of_the_mirrored_hip_is_the_mirror_image():
    hip = phantom_hip()
    a, b = derotate_femur(hip, angle_deg=20), derotate_femur(mirrored_hip(hip), angle_deg=20)
    for name in ("medial_epicondyle", "lateral_posterior_condyle", "shaft_axis_distal"):
        mirrored = b.landmarks[name] * [-1, 1, 1]
        np.testing.assert_allclose(mirrored, a.landmarks[name], atol=PLACE_TOL_MM)


@pytest.mark.parametrize(
    ("level", "turned", "kept"),
    [
        ("intertrochanteric", {"lesser_trochanter", "shaft_axis_proximal"}, {"neck_isthmus"}),
        ("subtrochanteric", {"shaft_axis_proximal", "shaft_axis_distal"}, {"lesser_trochanter"}),
        ("supracondylar", {"medial_epicondyle"}, {"shaft_axis_proximal", "shaft_axis_distal"}),
    ],
)
def test_derotate_femur__turns_what_is_distal(level, turned, kept):
    hip = phantom_hip()
    after = derotate_femur(hip, angle_deg=20, level=level)
    names = set(after.notes[-1]["turned_landmarks"])
    assert turned <= names
    assert not kept & names
    for name in kept | {"hip_joint_centre", "greater_trochanter"}:
        np.testing.assert_array_equal(after.landmarks[name], hip.landmarks[name])


def test_derotate_femur__above_the_trochanter_turns_it_with_the_knee():
    hip = phantom_hip()
    after = derotate_femur(hip, angle_deg=20, level="intertrochanteric")
    before, now = (in_femur(h, "lesser_trochanter") for h in (hip, after))
    np.testing.assert_allclose(now, before, atol=PLACE_TOL_MM)


def test_derotate_femur__keeps_the_labels_of_whole_structures():
    hip = phantom_hip()
    after = derotate_femur(hip, angle_deg=20)
    for structure in FEMORAL_STRUCTURES[:-1]:
        index = FEMORAL_STRUCTURES.index(structure)
        areas = [h.femur.face_areas_mm2[h.femoral_labels == index].sum() for h in (hip, after)]
        assert areas[1] == pytest.approx(areas[0], rel=VOLUME_TOL)


def test_derotate_femur__about_the_mechanical_axis_leaves_knee_and_leg_axis():
    note = derotate_femur(phantom_hip(), angle_deg=20).notes[-1]
    assert note["knee_centre_shift_mm"] == pytest.approx(0.0, abs=PLACE_TOL_MM)
    assert note["mechanical_axis_change_deg"] == pytest.approx(0.0, abs=1e-6)
    assert note["leg_length_change_mm"] == pytest.approx(0.0, abs=PLACE_TOL_MM)


def test_derotate_femur__about_the_anatomical_axis_tells_the_shift_of_the_knee():
    hip = phantom_hip()
    bent = hip.landmarks["shaft_axis_distal"] + [8.0, 0.0, 0.0]
    hip = hip.evolved(landmarks=hip.landmarks.updated({"shaft_axis_distal": bent}))
    axis = rigid.unit(bent - hip.landmarks["shaft_axis_proximal"])
    away = np.linalg.norm(np.cross(knee_centre(hip.landmarks) - bent, axis))
    after = derotate_femur(hip, angle_deg=20, axis="anatomical")
    note = after.notes[-1]
    assert away > 5.0
    assert note["knee_centre_shift_mm"] == pytest.approx(
        2 * away * np.sin(np.radians(10)), rel=1e-9
    )
    moved = knee_centre(after.landmarks) - knee_centre(hip.landmarks)
    assert np.linalg.norm(moved) == pytest.approx(note["knee_centre_shift_mm"], rel=1e-9)
    assert abs(note["mechanical_axis_change_deg"]) > 0.1


def test_derotate_femur__and_resection_commute():
    hip = phantom_hip(gap_mm=12.0)
    a = resect_lesser_trochanter(derotate_femur(hip, angle_deg=20), depth_mm=6)
    b = derotate_femur(resect_lesser_trochanter(hip, depth_mm=6), angle_deg=20)
    assert a.femur.volume_mm3 == pytest.approx(b.femur.volume_mm3, rel=VOLUME_TOL)
    np.testing.assert_allclose(clearances(a), clearances(b), atol=LAW_TOL_MM)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"angle_deg": 120.0}, "angle_deg must be within -90 to 90 deg"),
        ({"angle_deg": 10.0, "level": 5.0}, "cut through the lesser trochanter"),
        ({"angle_deg": 10.0, "level": -40.0}, "cut into the femoral head"),
        ({"angle_deg": 10.0, "level": 330.0}, "level must be within -100 to 302"),
        ({"angle_deg": 10.0, "level": "diaphyseal"}, "level must be one of subtrochanteric"),
        ({"angle_deg": 10.0, "axis": "neck"}, "axis must be one of mechanical"),
        ({"angle_deg": 80.0}, "fragments would no longer touch"),
    ],
)
def test_derotate_femur__refuses_what_cannot_be_done(choices, message):
    with pytest.raises(InputError, match=message):
        derotate_femur(phantom_hip(), **choices)


def test_derotate_femur__refuses_an_open_femur():
    hip = phantom_hip()
    femur = Mesh(hip.femur.vertices, hip.femur.faces[1:])
    with pytest.raises(MeshError, match="3 open edges"):
        derotate_femur(hip.evolved(femur=femur, femoral_labels=hip.femoral_labels[1:]), angle_deg=5)
