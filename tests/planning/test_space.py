"""Ischiofemoral space in neutral: closed form on the phantom, references on real hips."""

import numpy as np
import pytest
from phantom import phantom_hip
from real_hips import HIPS, real_hip, reference
from shapes import box, random_rigid

from hipsim.anatomy.painting import footprint_from_faces
from hipsim.errors import AnatomyError, InputError
from hipsim.geometry import rigid
from hipsim.kinematics import motions
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.space import (
    HAMSTRING_LAYER_MM,
    _in_plane,
    ischiofemoral_space,
    quadratus_femoris_space,
)

CLOSED_FORM_TOL_MM = 1e-9  # point to plane, rounding at 100 mm
REFERENCE_TOL_MM = 4.0  # definitions move the reference figures by up to 3 mm
PROVOCATIVE = {
    "ifs_ext10": {"flexion_deg": [-10.0]},
    "ifs_add10": {"adduction_deg": [10.0]},
    "ifs_er20": {"rotation_deg": [-20.0]},
}


def test_space__is_the_phantoms_gap_in_space():
    space = ischiofemoral_space(phantom_hip(gap_mm=17.0))
    assert space.ifs_3d_mm == pytest.approx(17.0, abs=CLOSED_FORM_TOL_MM)
    assert space.kind == "gap"
    assert np.linalg.norm(space.points_mm[0] - space.points_mm[1]) == pytest.approx(17.0)


def test_axial_space__is_in_one_axial_plane_and_not_below_3d(rng):
    hip = phantom_hip("left", gap_mm=12.0, scan_from_pelvis=random_rigid(rng))
    space = ischiofemoral_space(hip)
    local = rigid.apply(rigid.inverse(hip.pelvic_frame("app")), space.axial_points_mm)
    assert local[0, 1] == pytest.approx(local[1, 1], abs=1e-6)
    assert np.linalg.norm(local[0] - local[1]) == pytest.approx(space.ifs_axial_mm, abs=1e-6)
    assert space.ifs_axial_mm >= space.ifs_3d_mm - CLOSED_FORM_TOL_MM


def test_in_plane__of_two_boxes():
    first, second = box(), box((3.0, 0.0, 4.0), (5.0, 1.0, 6.0))
    distance, pair = _in_plane([first, second], 0.4)
    assert distance == pytest.approx(np.hypot(2.0, 3.0))
    np.testing.assert_allclose(pair, [[1, 0.4, 1], [3, 0.4, 4]], atol=1e-12)


def test_in_plane__of_crossing_boxes_is_zero():
    distance, _ = _in_plane([box(), box((0.5, 0, 0.5), (2, 1, 2))], 0.5)
    assert distance == 0.0


def test_space__refuses_bones_without_a_common_axial_plane():
    hip = phantom_hip()
    far = hip.landmarks.updated(
        {n: hip.landmarks[n] + [0, 800.0, 0] for n in hip.landmarks if "condyle" in n}
    )
    turned = hip.evolved(landmarks=far)  # knee above the hip: the femur stands on its head
    with pytest.raises(AnatomyError, match="share no axial plane"):
        ischiofemoral_space(turned)


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), HIPS)
def test_space__of_real_hips_is_near_the_reference(bones, case, side):
    space = ischiofemoral_space(real_hip(bones, case, side))
    expected = reference(bones, case, side)["ifs_neu"]
    assert space.ifs_3d_mm == pytest.approx(expected, abs=REFERENCE_TOL_MM)
    assert space.ifs_3d_mm <= space.ifs_axial_mm + CLOSED_FORM_TOL_MM


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), HIPS)
def test_space__of_real_hips_shrinks_in_extension_adduction_and_external_rotation(
    bones, case, side
):
    query = ClearanceQuery(real_hip(bones, case, side), femoral_region="lesser_trochanter")
    neutral = query(motions.neutral()).minimum_mm
    expected = reference(bones, case, side)
    for name, angles in PROVOCATIVE.items():
        space = query(motions.neutral().evolved(**angles)).minimum_mm
        assert space < neutral - 1.0, name
        assert space == pytest.approx(expected[name], abs=REFERENCE_TOL_MM), name


@pytest.mark.parametrize("layer_mm", [0.0, 5.0, 8.0, 12.0])
def test_quadratus_space__of_the_phantom_is_the_gap_less_the_layer(layer_mm):
    """The footprint covers the foot of the phantom's apex, so the layer is all that goes."""
    found = quadratus_femoris_space(phantom_hip(gap_mm=17.0), hamstring_layer_mm=layer_mm)
    assert found.qfs_3d_mm == pytest.approx(17.0 - layer_mm, abs=CLOSED_FORM_TOL_MM)
    assert found.qfs_axial_mm >= found.qfs_3d_mm - CLOSED_FORM_TOL_MM
    assert found.hamstring_layer_mm == layer_mm


def test_quadratus_space__is_negative_where_the_trochanter_presses_into_the_tendons():
    found = quadratus_femoris_space(phantom_hip(gap_mm=3.0), hamstring_layer_mm=8.0)
    assert found.qfs_3d_mm == pytest.approx(-5.0, abs=CLOSED_FORM_TOL_MM)


def test_quadratus_space__takes_the_footprint_a_person_painted():
    hip = phantom_hip(gap_mm=17.0)
    above = np.flatnonzero(hip.hip_bone.face_centres[:, 1] > 20.0)
    painted = footprint_from_faces(hip, above, attachment="hamstrings")
    with pytest.raises(AnatomyError, match="share no axial plane"):
        quadratus_femoris_space(hip.evolved(footprints={"hamstrings": painted}))


def test_quadratus_space__refuses_an_impossible_layer():
    with pytest.raises(InputError, match="hamstring_layer_mm must be within 0 to 25 mm"):
        quadratus_femoris_space(phantom_hip(), hamstring_layer_mm=40.0)


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), HIPS[::3])
def test_quadratus_space__of_real_hips_lies_below_the_ischiofemoral(bones, case, side):
    hip = real_hip(bones, case, side)
    bare = ischiofemoral_space(hip)
    found = quadratus_femoris_space(hip, bare=bare)
    assert found.qfs_3d_mm <= found.qfs_axial_mm + CLOSED_FORM_TOL_MM
    least = bare.ifs_3d_mm - HAMSTRING_LAYER_MM - CLOSED_FORM_TOL_MM
    assert least <= found.qfs_3d_mm <= bare.ifs_3d_mm
