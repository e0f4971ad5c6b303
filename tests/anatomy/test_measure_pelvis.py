"""Measures of the pelvis: closed forms on the phantom, published figures on real hips."""

import numpy as np
import pytest
from phantom import ISB_TILT_DEG, MIDLINE_MM, mirrored_hip, phantom_hip
from real_hips import CT_HIPS, real_hip
from shapes import random_rigid

from hipsim.anatomy import measures
from hipsim.anatomy.measure_pelvis import tuberosity_centroid
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh

EXACT = 1e-6  # mm and deg
TAKE = (
    measures.inter_asis_mm,
    measures.inter_hip_mm,
    measures.inter_tuberous_mm,
    measures.ischial_angle_deg,
    measures.pelvic_tilt_deg,
)
SIDES_DIFFER_MM = 10.0  # a pelvis is not quite symmetrical; taken from one side


def test_phantom__has_the_widths_it_was_built_with():
    hip = phantom_hip()
    assert measures.inter_hip_mm(hip) == pytest.approx(2.0 * -MIDLINE_MM, abs=EXACT)
    assert measures.inter_asis_mm(hip) == pytest.approx(2.0 * (30.0 - MIDLINE_MM), abs=EXACT)
    assert measures.pelvic_tilt_deg(hip) == pytest.approx(ISB_TILT_DEG, abs=EXACT)


def test_ischial_angle__of_the_phantom_is_that_of_its_box():
    # face normal (5, 0, 12) / 13; the box is longer along its face, which points forward-medially
    expected = 90.0 + np.degrees(np.arctan2(5.0, 12.0))
    assert measures.ischial_angle_deg(phantom_hip()) == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize("take", TAKE)
def test_measures__are_the_same_left_and_right_and_in_any_scan(take, rng):
    expected = take(phantom_hip("right"))
    scanned = phantom_hip("right", scan_from_pelvis=random_rigid(rng))
    assert take(scanned) == pytest.approx(expected, abs=EXACT)
    assert take(mirrored_hip(scanned)) == pytest.approx(expected, abs=EXACT)


def test_ischial_angle__refuses_a_cropped_ischium():
    giant = phantom_hip().evolved(head_radius_mm=50.0)  # the level lies 2.25 radii below
    with pytest.raises(AnatomyError, match="ischium ends less than"):
        measures.ischial_angle_deg(giant)


def test_tuberosity__must_face_down_and_back():
    hip = phantom_hip()
    with pytest.raises(AnatomyError, match="no surface facing down and back"):
        tuberosity_centroid(hip.evolved(pelvic_labels=np.ones_like(hip.pelvic_labels)))


def test_acetabulum__of_a_cup_turned_by_hand():
    """Radiographic and anatomical angles of one normal follow Murray's equations."""
    found = measures.acetabular_orientation(phantom_hip())
    x, z = np.sin(np.radians(found.version_radiographic_deg)), 1.0
    assert found.version_anatomical_deg == pytest.approx(np.degrees(np.arctan2(x, z)), abs=0.5)
    assert found.rim_rms_mm >= 0.0


def test_acetabulum__refuses_a_bone_without_socket():
    hip = phantom_hip()
    block = Mesh(hip.hip_bone.vertices + [200.0, 0.0, 0.0], hip.hip_bone.faces)
    with pytest.raises(AnatomyError, match="no acetabulum"):
        measures.acetabular_orientation(hip.evolved(hip_bone=block))


def test_mckibbin__adds_both_versions():
    hip = phantom_hip(version_deg=20.0)
    acetabulum = measures.acetabular_orientation(hip).version_anatomical_deg
    assert measures.mckibbin_index_deg(hip) == pytest.approx(20.0 + acetabulum, abs=0.1)
    assert measures.mckibbin_index_deg(hip, "3d") == pytest.approx(20.0 + acetabulum, abs=EXACT)


@pytest.mark.bones
@pytest.mark.parametrize("case", ["z027", "z036"])
def test_widths__from_either_side_agree(bones, case):
    right, left = (real_hip(bones, case, side) for side in ("right", "left"))
    for take in (measures.inter_hip_mm, measures.inter_tuberous_mm):
        assert take(right) == pytest.approx(take(left), abs=SIDES_DIFFER_MM)


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), CT_HIPS[::2])
def test_acetabulum__of_ct_hips_is_a_plausible_one_by_both_conventions(bones, case, side):
    found = measures.acetabular_orientation(real_hip(bones, case, side))
    assert 5.0 < found.version_anatomical_deg < 40.0
    assert 40.0 < found.inclination_anatomical_deg < 70.0
    inclination, version = (
        np.radians(found.inclination_anatomical_deg),
        np.radians(found.version_anatomical_deg),
    )
    # Murray 1993: sin RA = sin AA sin AI; tan RI = tan AI cos AA
    radiographic = np.degrees(np.arcsin(np.sin(version) * np.sin(inclination)))
    assert found.version_radiographic_deg == pytest.approx(radiographic, abs=EXACT)
    tangent = np.degrees(np.arctan(np.tan(inclination) * np.cos(version)))
    assert found.inclination_radiographic_deg == pytest.approx(tangent, abs=EXACT)
