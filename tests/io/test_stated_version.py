"""The femoral version a case states for a femur that ends in its shaft."""

import pytest
from shapes import box

from hipsim.errors import CaseError
from hipsim.io.cases import find_case
from hipsim.io.meshes import save_mesh


def _case(folder, settings):
    for name in ("femur_r", "hip_r", "femur_l", "hip_l"):
        save_mesh(folder / f"{name}.ply", box())
    (folder / "case.yaml").write_text(settings)
    return find_case(folder)


@pytest.mark.parametrize(
    ("settings", "right", "left"),
    [
        ("unit: mm", None, None),
        ("version_deg: 15", 15.0, 15.0),
        ("version_deg: {right: 15.5}", 15.5, None),
        ("version_deg: {right: 15, left: -3}", 15.0, -3.0),
    ],
)
def test_version_deg__is_one_number_or_one_per_side(tmp_path, settings, right, left):
    case = _case(tmp_path, settings)
    assert (case.version_deg("right"), case.version_deg("left")) == (right, left)


@pytest.mark.parametrize("wrong", ["lots", "true", "{up: 15}", "[15, 12]"])
def test_version_deg__must_be_a_number_of_degrees(tmp_path, wrong):
    with pytest.raises(CaseError, match="version_deg must be a number of degrees"):
        _case(tmp_path, f"version_deg: {wrong}")
