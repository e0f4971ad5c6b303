"""Footprints: where they lie, that they follow the hip, and what planing takes of them."""

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_hip
from real_hips import CT_HIPS, real_hip
from shapes import random_rigid

from hipsim.anatomy.attachment import Footprint, make_footprint
from hipsim.anatomy.footprint import (
    HAMSTRINGS,
    ILIOPSOAS,
    PatchShape,
    hamstring_footprint,
    iliopsoas_footprint,
    pieces_of_faces,
    share_removed,
)
from hipsim.anatomy.fragments import fragment_shaft_axis
from hipsim.anatomy.hip import PELVIC_STRUCTURES
from hipsim.anatomy.sides import side_sign
from hipsim.errors import AnatomyError, MeshError
from hipsim.geometry import rigid
from hipsim.io import load_hip
from hipsim.surgery import (
    derotate_femur,
    lesser_trochanter_resection,
    resect_lesser_trochanter,
)

AREA_MM2 = {"iliopsoas": (300.0, 900.0), "hamstrings": (550.0, 1600.0)}  # published 567 + 412
AREA_TOL_MM2 = 1e-6
PLACE_TOL_MM = 1e-6  # rounding
TAKE = (iliopsoas_footprint, hamstring_footprint)


@pytest.fixture(scope="module")
def man():
    return load_hip("man")


@pytest.mark.parametrize("take", TAKE)
def test_footprint__is_the_same_left_and_right_and_in_any_scan(take, rng, man):
    expected = take(man)
    transform = random_rigid(rng)
    moved = man.evolved(
        femur=man.femur.transformed(transform),
        hip_bone=man.hip_bone.transformed(transform),
        landmarks=man.landmarks.moved(transform),
    )
    for hip in (moved, mirrored_hip(moved)):
        np.testing.assert_array_equal(take(hip).faces, expected.faces)
        assert take(hip).area_mm2 == pytest.approx(expected.area_mm2, abs=AREA_TOL_MM2)


def test_iliopsoas__lies_in_front_of_the_trochanters_axis_and_hamstrings_behind_the_hip(man):
    local = rigid.apply(
        rigid.inverse(man.femoral_frame()),
        np.stack([iliopsoas_footprint(man).centroid_mm, man.landmarks["lesser_trochanter"]]),
    )
    assert local[0, 0] > local[1, 0]
    origin = rigid.apply(
        rigid.inverse(man.pelvic_frame()), hamstring_footprint(man).centroid_mm[None]
    )[0]
    assert origin[0] < -30.0 and -70.0 < origin[1] < -30.0


def test_iliopsoas__leaves_the_surface_behind_the_ridge_of_the_apex_bare(man):
    """Its sources say so: summit and anterior surface rough, posterior surface smooth."""
    apex, proximal = (man.landmarks[n] for n in ("lesser_trochanter", "shaft_axis_proximal"))
    up = rigid.unit(proximal - man.landmarks["shaft_axis_distal"])
    out = rigid.unit((apex - proximal) - ((apex - proximal) @ up) * up)
    forward = np.cross(out, up) * side_sign(man.side)
    turn = np.radians(ILIOPSOAS.sight_deg)
    aside = np.cos(turn) * forward - np.sin(turn) * out  # across, as the ellipse is seen
    place = (man.femur.face_centres[iliopsoas_footprint(man).is_face] - apex) @ aside
    assert place.min() > -PLACE_TOL_MM
    assert place.max() < ILIOPSOAS.width * man.head_radius_mm


@pytest.mark.parametrize("take", TAKE)
def test_footprint__is_one_piece_of_plausible_size(take, man):
    footprint = take(man)
    bone = man.femur if footprint.attachment == "iliopsoas" else man.hip_bone
    assert set(pieces_of_faces(bone, footprint.faces).tolist()) == {0}
    low, high = AREA_MM2[footprint.attachment]
    assert low < footprint.area_mm2 < high
    assert footprint.lost_share == 0.0 and footprint.origin == "parametric"


def test_footprint__a_larger_ellipse_holds_the_smaller(man):
    large = PatchShape(ILIOPSOAS.sight_deg, ILIOPSOAS.up, ILIOPSOAS.aside, 2.0, 0.9)
    assert set(iliopsoas_footprint(man).faces) < set(iliopsoas_footprint(man, large).faces)


def test_footprint__that_the_hip_carries_is_the_one_truth(man):
    own = make_footprint(
        man.femur, np.arange(len(man.femur.faces)) < 7, attachment="iliopsoas", origin="faces"
    )
    assert iliopsoas_footprint(man.evolved(footprints={"iliopsoas": own})) is own


def test_hip__refuses_the_footprint_of_another_bone(man):
    own = iliopsoas_footprint(man)
    with pytest.raises(MeshError, match="the hamstrings footprint is not one of this hip_bone"):
        man.evolved(footprints={"hamstrings": own})


def test_footprint__refuses_what_cannot_be_drawn(man):
    aside = PatchShape(sight_deg=40.0, up=-0.4, aside=9.0, length=0.5, width=0.5)
    with pytest.raises(AnatomyError, match="no bone faces the viewer"):
        iliopsoas_footprint(man, aside)
    low = PatchShape(sight_deg=45.0, up=-9.0, aside=0.0, length=1.0, width=1.0)
    with pytest.raises(AnatomyError, match="the ischium has no section 9 head radii below"):
        hamstring_footprint(man, low)
    assert HAMSTRINGS.up > -9.0


def test_carried__needs_one_source_per_face(man):
    with pytest.raises(MeshError, match="wanted .*, got 3"):
        iliopsoas_footprint(man).carried(man.femur, np.arange(3))


def test_carried__over_nothing_keeps_everything_and_over_a_loss_of_all_nothing(man):
    own = iliopsoas_footprint(man)
    faces = np.arange(len(man.femur.faces))
    same = own.carried(man.femur, faces)
    assert same.area_mm2 == own.area_mm2 and same.lost_share == 0.0
    gone = own.carried(man.femur, np.full(len(faces), -1))
    assert gone.lost_share == 1.0
    np.testing.assert_array_equal(gone.centroid_mm, own.centroid_mm)


def test_make_footprint__refuses_no_face(man):
    with pytest.raises(AnatomyError, match="holds no face"):
        make_footprint(
            man.femur, np.zeros(len(man.femur.faces), bool), attachment="iliopsoas", origin="faces"
        )


def test_resection__takes_more_of_the_footprint_the_deeper(man):
    shares = [lesser_trochanter_resection(man, depth_mm=d).footprint.lost_share for d in range(13)]
    assert shares[0] == 0.0
    assert (np.diff(shares) > 0.0).all() and shares[-1] < 1.0


def test_resection__notes_what_this_cut_and_all_cuts_took(man):
    first = resect_lesser_trochanter(man, depth_mm=4)
    both = resect_lesser_trochanter(derotate_femur(first, angle_deg=20), depth_mm=5)
    notes = [note for note in both.notes if note.get("procedure") == "resect_lesser_trochanter"]
    taken = [note["footprint_removed_share"] for note in notes]
    assert sum(taken) == pytest.approx(notes[1]["footprint_lost_share"], abs=1e-9)
    assert both.footprints["iliopsoas"].lost_share == notes[1]["footprint_lost_share"]
    once = lesser_trochanter_resection(man, depth_mm=9).footprint.lost_share
    assert notes[1]["footprint_lost_share"] == pytest.approx(
        once, abs=0.03
    )  # tops differ by 0.3 mm
    assert share_removed(first.footprints["iliopsoas"], both.footprints["iliopsoas"]) == (
        pytest.approx(taken[1], abs=1e-12)
    )


def test_osteotomy__leaves_the_footprint_where_the_trochanter_is(man):
    cut = resect_lesser_trochanter(man, depth_mm=3)
    after = derotate_femur(cut, angle_deg=30)
    before, kept = cut.footprints["iliopsoas"], after.footprints["iliopsoas"]
    assert kept.area_mm2 == pytest.approx(before.area_mm2, rel=1e-9)
    np.testing.assert_allclose(kept.centroid_mm, before.centroid_mm, atol=1e-6)
    turned = iliopsoas_footprint(derotate_femur(man, angle_deg=30))
    np.testing.assert_allclose(
        turned.centroid_mm, iliopsoas_footprint(man).centroid_mm, atol=0.5
    )  # drawn anew about the axis of the fragment the trochanter is on


def test_osteotomy__leaves_the_footprint_of_the_other_bone_alone(man):
    painted = hamstring_footprint(man)
    after = derotate_femur(man.evolved(footprints={"hamstrings": painted}), angle_deg=10)
    assert after.footprints["hamstrings"] is painted


def test_fragment_shaft_axis__of_an_intact_femur_is_the_landmarks():
    hip = phantom_hip()
    top, bottom = fragment_shaft_axis(hip)
    np.testing.assert_array_equal(top, hip.landmarks["shaft_axis_proximal"])
    np.testing.assert_array_equal(bottom, hip.landmarks["shaft_axis_distal"])


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), CT_HIPS[::2])
def test_footprints__of_ct_hips_lie_on_their_structures(bones, case, side):
    hip = real_hip(bones, case, side)
    for take in TAKE:
        found: Footprint = take(hip)
        low, high = AREA_MM2[found.attachment]
        assert low < found.area_mm2 < high
    ischium = PELVIC_STRUCTURES.index("ischium")
    assert (hip.pelvic_labels[hamstring_footprint(hip).faces] == ischium).all()
    local = rigid.apply(
        rigid.inverse(hip.pelvic_frame()), hamstring_footprint(hip).centroid_mm[None]
    )[0]
    assert local[0] < -30.0 and -70.0 < local[1] < -30.0
    assert -50.0 < local[2] * side_sign(hip.side) < 5.0
