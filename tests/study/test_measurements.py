"""The measurements: the keys people rely on, and gaps that are told."""

import json

import numpy as np
import pytest
from phantom import HEAD_RADIUS_MM, phantom_hip

from hipsim.anatomy.landmarks import Landmarks
from hipsim.io.hips import load_hip
from hipsim.study.manifest import as_json
from hipsim.study.measurements import measure

KEYS = {
    "side", "hjc_mm", "pelvic_frames", "femoral_frames", "head_radius_mm", "landmarks_mm",
    "femoral_version_deg", "neck_shaft_angle_deg", "ifs_3d_mm", "ifs_axial_mm", "scan_pose_deg",
}  # fmt: skip
AXES_TOL = 1e-12
SPACE_TOL_MM = 4.0  # definitions differ, stated with the reference figures


def test_measure__has_every_key_and_is_json():
    found = measure(phantom_hip("left"))
    assert set(json.loads(as_json(found))) >= KEYS
    assert found["not_available"] == {}
    assert found["head_radius_mm"] == HEAD_RADIUS_MM


def test_measure__frames_are_rows_of_right_handed_axes():
    found = measure(phantom_hip("right"))
    for frame in (*found["pelvic_frames"].values(), *found["femoral_frames"].values()):
        axes = np.array(frame)
        assert axes @ axes.T == pytest.approx(np.eye(3), abs=AXES_TOL)
        assert np.linalg.det(axes) == pytest.approx(1.0)
    assert np.array(found["pelvic_frames"]["app"]) == pytest.approx(np.eye(3), abs=AXES_TOL)


def test_measure__tells_what_is_missing():
    hip = phantom_hip("right")
    points = {name: p for name, p in hip.landmarks.items() if "epicondyle" not in name}
    found = measure(hip.evolved(landmarks=Landmarks(points)))
    assert "femoral_frames" not in found
    assert "epicondyle' is not available" in found["not_available"]["femoral_frames"]
    assert {"side", "hjc_mm", "pelvic_frames"} <= set(found)


@pytest.mark.bones
def test_measure__finds_everything_on_a_ct_hip_by_itself(bones):
    found = measure(load_hip(bones / "vsd" / "z027", side="left"))
    reference = json.loads((bones / "vsd" / "z027" / "reference.json").read_text())
    assert set(found) >= KEYS and found["not_available"] == {}
    assert "lesser_trochanter" in found["landmarks_mm"]
    assert found["ifs_3d_mm"] <= found["ifs_axial_mm"]
    expected = reference["L"]["ifs_neu"]
    assert found["ifs_3d_mm"] == pytest.approx(expected, abs=SPACE_TOL_MM)
