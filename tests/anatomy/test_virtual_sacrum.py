"""A whole virtual pelvis: two mirrored hips and a sacrum that fits between them."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from hipsim.anatomy import measures
from hipsim.anatomy.footprint import hamstring_footprint, iliopsoas_footprint
from hipsim.anatomy.landmarks import LANDMARK_NAMES
from hipsim.anatomy.virtual import VirtualPelvis, make_pelvis, mirrored
from hipsim.anatomy.virtual_sacrum import EULER_NUMBER, JOINT_MM, sacral_body
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.errors import InputError
from hipsim.geometry import implicit

SPACING_MM = 4.0  # coarse and quick
EXACT_MM = 1e-9
FACET_MM = 0.7  # how far a coarse mesh may run inside its smooth surface
FRAME_TOL = 1e-6
JOINT_FACE_MM = 5.0  # bone of the sacrum that is so near to a hip bone belongs to the joint
WIDTH_MM = 2.0
LEAST_SHARE = 0.03  # of the sacrum's surface that faces a hip bone in the joint, each side
PROMONTORY_MM = 6.0  # against the published mean place


@pytest.fixture(scope="module")
def pelvis() -> VirtualPelvis:
    return make_pelvis(sex="female", inter_hip_mm=176, inter_tuberous_mm=130, spacing_mm=SPACING_MM)


def test_make_pelvis__left_hip_is_the_mirror_image_of_the_right(pelvis):
    mirror = np.array([1.0, 1.0, -1.0])
    assert (pelvis.right.side, pelvis.left.side) == ("right", "left")
    for ours, theirs in (
        (pelvis.right.femur, pelvis.left.femur),
        (pelvis.right.hip_bone, pelvis.left.hip_bone),
    ):
        assert np.abs(ours.vertices * mirror - theirs.vertices).max() < EXACT_MM
        assert theirs.is_closed and theirs.volume_mm3 > 0.0
    again = mirrored(pelvis.left)
    assert np.abs(again.femur.vertices - pelvis.right.femur.vertices).max() < EXACT_MM


def test_make_pelvis__both_hips_share_one_frame_and_its_landmarks(pelvis):
    right, left = pelvis.right.landmarks, pelvis.left.landmarks
    assert set(right) == set(left) == set(LANDMARK_NAMES)
    for name in ("asis", "psis", "pubic_tubercle"):
        for side in ("right", "left"):
            assert np.abs(right[f"{name}_{side}"] - left[f"{name}_{side}"]).max() < EXACT_MM
    for hip in (pelvis.right, pelvis.left):
        assert np.abs(hip.pelvic_frame("app")[:3, :3] - np.eye(3)).max() < FRAME_TOL
        assert np.abs(hip.femoral_frame("condylar")[:3, :3] - np.eye(3)).max() < FRAME_TOL


def test_make_pelvis__has_the_widths_asked_for_from_either_side(pelvis):
    for hip in (pelvis.right, pelvis.left):
        assert measures.inter_hip_mm(hip) == pytest.approx(176.0, abs=EXACT_MM)
        assert measures.inter_tuberous_mm(hip) == pytest.approx(130.0, abs=WIDTH_MM)
    apart = pelvis.right.landmarks["hip_joint_centre"] - pelvis.left.landmarks["hip_joint_centre"]
    assert apart == pytest.approx([0.0, 0.0, 176.0])


def test_make_pelvis__footprints_are_drawn_on_both_sides(pelvis):
    for footprint in (iliopsoas_footprint, hamstring_footprint):
        areas = [footprint(hip).area_mm2 for hip in (pelvis.right, pelvis.left)]
        assert areas[0] == pytest.approx(areas[1], rel=0.01)


def test_sacrum__is_one_closed_symmetrical_surface(pelvis):
    implicit.check_topology(pelvis.sacrum, euler_number=EULER_NUMBER, name="sacrum")
    low, high = pelvis.sacrum.vertices.min(axis=0), pelvis.sacrum.vertices.max(axis=0)
    assert low[2] == pytest.approx(-high[2], abs=FACET_MM)


def test_sacrum__faces_both_hip_bones_across_a_joint_space(pelvis):
    for hip in (pelvis.right, pelvis.left):
        gap, _ = cKDTree(hip.hip_bone.face_centres).query(pelvis.sacrum.vertices)
        assert gap.min() > JOINT_MM - FACET_MM
        assert (gap < JOINT_FACE_MM).mean() > LEAST_SHARE


@pytest.mark.parametrize(("sex", "place"), [("female", (-19.7, 100.5)), ("male", (-11.2, 86.2))])
def test_sacral_body__promontory_lies_at_its_published_place(sex, place):
    shape = HipShape.typical(sex)
    middle = -0.5 * shape.inter_hip_mm
    field = sacral_body(shape).field
    towards = np.linspace(-20.0, 20.0, 81)  # forwards and upwards along the way of the edge
    ray = np.column_stack([place[0] + towards, place[1] + 0.3 * towards, np.full(81, middle)])
    edge = towards[np.flatnonzero(field(ray) < 0.0).max()]
    assert abs(edge) < PROMONTORY_MM


def test_make_pelvis__leaves_the_sacrum_out_on_request(pelvis, monkeypatch):
    monkeypatch.setattr("hipsim.anatomy.virtual.finished_femur", lambda *_, **__: None)
    with pytest.raises(InputError, match="sacrum must be one of with, without"):
        make_pelvis(sacrum="no")
