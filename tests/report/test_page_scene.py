from base64 import b64decode

import numpy as np

from hipsim.geometry import rigid
from hipsim.kinematics.joint import pelvis_from_femur
from hipsim.report.scene import STEP_MM, app_from_scan, packed_mesh, scene_of
from hipsim.report.subject import Subject

HALF_STEP_MM = STEP_MM / 2 + 1e-9
COLOUR_MM = 30 / 254  # one step of the scale


def unpacked(told: dict) -> np.ndarray:
    return np.frombuffer(b64decode(told["data"]), "<" + told["kind"]).reshape(told["shape"])


def test_packed_mesh__comes_back_within_half_a_step(subject: Subject) -> None:
    mesh = subject.hip.femur
    told = packed_mesh(mesh)
    back = np.array(told["corner"]) + told["step"] * unpacked(told["vertices"])
    assert np.abs(back - mesh.vertices).max() <= HALF_STEP_MM
    assert unpacked(told["faces"]).tolist() == mesh.faces.tolist()


def test_packed_mesh__holds_bones_longer_than_16_bits_tell(subject: Subject) -> None:
    long = subject.hip.femur.transformed(np.diag([1.0, 1.0, 1.0, 1.0]))
    stretched = type(long)(long.vertices * 2.0, long.faces)
    told = packed_mesh(stretched)
    back = np.array(told["corner"]) + told["step"] * unpacked(told["vertices"])
    assert told["vertices"]["kind"] == "u4"
    assert np.abs(back - stretched.vertices).max() <= HALF_STEP_MM


def test_scene__poses_lay_the_femur_where_the_motion_does(subject: Subject) -> None:
    told = scene_of(subject)
    for name, hip in subject.plans.items():
        for motion in subject.motions:
            rows = unpacked(told["poses"][name][motion.name]).reshape(-1, 3, 4)
            expected = app_from_scan(hip) @ pelvis_from_femur(hip, motion)
            np.testing.assert_array_equal(rows, expected[:, :3])


def test_scene__the_pelvis_is_told_once(subject: Subject) -> None:
    told = scene_of(subject)["pelvis"]
    assert told["intact"] is not None
    assert told["resection 5 mm"] is None and told["derotation 20 deg"] is None


def test_scene__least_colour_is_the_clearance(subject: Subject) -> None:
    told = scene_of(subject)["colours"]["derotation 20 deg"]["neutral"]
    least = subject.clearances["derotation 20 deg"]["neutral"].minimum_mm
    for bone in ("femur", "pelvis"):
        step = int(unpacked(told[bone]).min())
        nearest_mm = (step - 1) * COLOUR_MM
        assert least - COLOUR_MM <= nearest_mm <= least + 2.0  # vertices sample a 2 mm surface


def test_scene__overlap_has_its_own_colour(subject: Subject) -> None:
    told = scene_of(subject)["colours"]["intact"]["ifi_test"]
    assert subject.clearances["intact"]["ifi_test"].minimum_mm < -2
    assert unpacked(told["femur"]).min() == 0 and unpacked(told["pelvis"]).min() == 0


def test_scene__femur_without_pose_stays_in_its_scan(subject: Subject) -> None:
    moved = rigid.apply(app_from_scan(subject.hip), subject.hip.femoral_frame("condylar")[:3, 3])
    assert np.abs(moved).max() < 1e-9  # the head centre is the origin of the page
