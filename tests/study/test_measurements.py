"""The measurements: the keys people rely on, and gaps that are told."""

import json

import numpy as np
import pytest
from phantom import HEAD_RADIUS_MM, phantom_hip

from hipsim.anatomy.confidence import ESTIMATED_MM, confidences
from hipsim.anatomy.landmarks import DISTAL_FEMORAL_LANDMARKS, Landmarks
from hipsim.errors import InputError
from hipsim.io.hips import load_hip
from hipsim.study.manifest import as_json
from hipsim.study.measure_list import MEASURES
from hipsim.study.measurements import measure

KEYS = {
    "side", "hjc_mm", "pelvic_frames", "femoral_frames", "head_radius_mm", "landmarks_mm",
    "femoral_version_deg", "neck_shaft_angle_deg", "ifs_3d_mm", "ifs_axial_mm", "scan_pose_deg",
    "measures", "sources", "sex", "scan_poses_deg", "qfs_3d_mm", "qfs_axial_mm", "footprints",
    "hamstring_layer_mm", "landmark_confidence", "stated_version_deg", "unsure", "not_available",
}  # fmt: skip
AXES_TOL = 1e-12
SPACE_TOL_MM = 4.0  # definitions differ, stated with the reference figures


def test_measure__has_every_key_and_is_json():
    found = measure(phantom_hip("left"))
    assert set(json.loads(as_json(found))) >= KEYS
    assert set(found["not_available"]) <= {"femoral_frames: tabletop"}  # needs one more landmark
    assert found["head_radius_mm"] == HEAD_RADIUS_MM


def test_measure__frames_are_rows_of_right_handed_axes():
    found = measure(phantom_hip("right"))
    for frame in (*found["pelvic_frames"].values(), *found["femoral_frames"].values()):
        axes = np.array(frame)
        assert axes @ axes.T == pytest.approx(np.eye(3), abs=AXES_TOL)
        assert np.linalg.det(axes) == pytest.approx(1.0)
    assert np.array(found["pelvic_frames"]["app"]) == pytest.approx(np.eye(3), abs=AXES_TOL)


def test_measure__says_how_well_landmarks_are_known():
    hip = phantom_hip()
    points = {name: hip.landmarks[name] for name in ("lesser_trochanter", "medial_epicondyle")}
    known = confidences(points, {}, estimated=["medial_epicondyle"])
    notes = ({"step": "landmarks", "stated_version_deg": 12.0},)
    found = json.loads(as_json(measure(hip.evolved(confidence=known, notes=notes))))
    assert found["landmark_confidence"]["lesser_trochanter"]["expected_mm"] == 2.96
    assert found["landmark_confidence"]["medial_epicondyle"]["is_estimated"] is True
    assert found["landmark_confidence"]["medial_epicondyle"]["expected_mm"] == ESTIMATED_MM
    assert found["stated_version_deg"] == 12.0


def test_measure__refuses_what_needs_a_knee_that_is_only_estimated():
    guessed = confidences({}, {}, estimated=DISTAL_FEMORAL_LANDMARKS)
    found = measure(phantom_hip().evolved(confidence=guessed))
    refused = {"mechanical_length_mm", "femoral_length_mm", "shaft_to_mechanical_axis_deg"}
    assert refused <= set(found["not_available"])
    assert not refused & {row["key"] for row in found["measures"]}
    assert {"ifs_3d_mm", "version_3d_deg"} <= {row["key"] for row in found["measures"]}


def test_measure__tells_what_is_missing():
    hip = phantom_hip("right")
    points = {name: p for name, p in hip.landmarks.items() if "epicondyle" not in name}
    found = measure(hip.evolved(landmarks=Landmarks(points)))
    assert "femoral_frames" not in found
    assert "femoral_version_deg" not in found and "scan_pose_deg" not in found
    missing = found["not_available"]
    for key in ("femoral_frames: condylar", "version_murphy_deg", "ifs_3d_mm"):
        assert "epicondyle' is not available" in missing[key]
    assert {"side", "hjc_mm", "pelvic_frames"} <= set(found)
    taken = {row["key"] for row in found["measures"]}
    assert {"neck_shaft_angle_deg", "inter_asis_mm"} <= taken
    assert taken | {key for key in missing if ":" not in key} == {each.key for each in MEASURES}


def test_measure__sets_every_measure_beside_its_norms():
    found = measure(phantom_hip("right"), sex="male")
    assert [row["key"] for row in found["measures"]] == [each.key for each in MEASURES]
    angle = next(row for row in found["measures"] if row["key"] == "neck_shaft_angle_deg")
    assert [norm["group"] for norm in angle["norms"]] == ["men", "all"]
    assert all(0.0 < norm["percentile"] < 100.0 for norm in angle["norms"])
    assert set(found["sources"]) == {n["source"] for r in found["measures"] for n in r["norms"]}


def test_measure__gives_the_values_by_name_as_well():
    found = measure(phantom_hip("right", version_deg=15.0))
    values = {row["key"]: row["value"] for row in found["measures"]}
    assert found["femoral_version_deg"]["murphy"] == values["version_murphy_deg"]
    assert found["ifs_3d_mm"] == values["ifs_3d_mm"]
    assert found["scan_poses_deg"]["app x condylar"] == found["scan_pose_deg"]
    expected = found["ifs_3d_mm"] - found["hamstring_layer_mm"]
    assert values["qfs_3d_mm"] == pytest.approx(expected, abs=1e-9)


def test_measure__knows_the_sex_of_a_virtual_hip_only():
    hip = phantom_hip("right")
    assert measure(hip)["sex"] is None
    virtual = hip.evolved(notes=({"step": "make_hip", "sex": "female"},))
    assert measure(virtual)["sex"] == "female"
    assert measure(virtual, sex="male")["sex"] == "male"


def test_measure__refuses_an_unknown_sex():
    with pytest.raises(InputError, match="sex must be one of female, male"):
        measure(phantom_hip("right"), sex="other")


@pytest.mark.bones
def test_measure__finds_everything_on_a_ct_hip_by_itself(bones):
    found = measure(load_hip(bones / "vsd" / "z027", side="left"))
    reference = json.loads((bones / "vsd" / "z027" / "reference.json").read_text())
    assert set(found) >= KEYS and found["not_available"] == {}
    assert "lesser_trochanter" in found["landmarks_mm"]
    assert found["ifs_3d_mm"] <= found["ifs_axial_mm"]
    expected = reference["L"]["ifs_neu"]
    assert found["ifs_3d_mm"] == pytest.approx(expected, abs=SPACE_TOL_MM)
