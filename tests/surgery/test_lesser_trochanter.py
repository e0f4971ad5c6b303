"""Laws of every way to resect a lesser trochanter: planar, burr, contour, excision."""

from functools import cache

import numpy as np
import pytest
from laws import (
    MONOTONE_TOL_MM,
    PLACE_TOL_MM,
    VOLUME_TOL,
    check_input_untouched,
    check_nested,
    check_volume,
    clearances,
    farthest_outside,
)
from phantom import mirrored_hip, phantom_hip
from real_hips import CT_HIPS, real_hip
from shapes import random_rigid

from hipsim.anatomy.hip import FEMORAL_STRUCTURES
from hipsim.anatomy.sides import side_sign
from hipsim.errors import InputError
from hipsim.io import load_hip
from hipsim.proximity.field import DistanceField
from hipsim.surgery import (
    contour_lesser_trochanter,
    derotate_femur,
    excise_lesser_trochanter,
    largest_resection_depth,
    lesser_trochanter_burring,
    lesser_trochanter_contouring,
    lesser_trochanter_excision,
    lesser_trochanter_resection,
    resectable_zone,
)
from hipsim.surgery.contour import spared_line
from hipsim.surgery.zone import TOOL_RADIUS_MM, find_zone

FACET_TOL_MM = 0.01  # balls have corners, which stand a little beyond the zone
CHORD_TOL_MM = 0.1  # a ball burr has flats, and the relief is read at nodes 1 mm apart
FLAT_SHARE = 0.05  # the zone ends in a flat of the phantom: there a cut may have no thickness
PUBLISHED_LOSS = {5.0: (22.0, 10.0), 10.0: (50.0, 13.0), 15.0: (76.0, 13.0)}  # mm: %, SD
MEN = ("z001", "z036")
WITHIN_SD = 1.4  # 0.6 at 5 and 10 mm, 1.3 at 15 mm on the four people there are
AMOUNTS_MM = {  # each takes more than the one before
    lesser_trochanter_resection: ("depth_mm", (2.0, 5.0, 8.0, 12.0)),
    lesser_trochanter_burring: ("depth_mm", (2.0, 5.0, 8.0, 12.0)),
    lesser_trochanter_contouring: ("depth_mm", (2.0, 4.0, 7.0, 11.0)),
    lesser_trochanter_excision: ("margin_mm", (9.0, 6.0, 3.0, 0.0)),
}
each_way = pytest.mark.parametrize("operate", AMOUNTS_MM, ids=lambda f: f.__name__)
each_ct_hip = pytest.mark.parametrize(("case", "side"), CT_HIPS)


def series(operate, hip) -> list:
    keyword, amounts = AMOUNTS_MM[operate]
    return [operate(hip, **{keyword: amount}) for amount in amounts]


def moved(hip, transform):
    return hip.evolved(
        femur=hip.femur.transformed(transform),
        hip_bone=hip.hip_bone.transformed(transform),
        landmarks=hip.landmarks.moved(transform),
    )


@each_way
@pytest.mark.parametrize("side", ["right", "left"])
def test_each__keeps_and_takes_the_whole_and_more_the_deeper(operate, side):
    done = series(operate, phantom_hip(side))
    for one in done:
        check_volume(one)
    check_nested(done, share_tol=FLAT_SHARE)


@each_way
def test_each__leaves_its_input_alone(operate):
    check_input_untouched(phantom_hip(), lambda hip: series(operate, hip))


@each_way
def test_each__never_lowers_clearance(operate):
    hip = phantom_hip(gap_mm=12.0)
    before = clearances(hip)
    for done in series(operate, hip):
        after, is_apart = clearances(done.hip), before > 0.0  # in bone others come to light
        assert is_apart.any()
        assert (after - before)[is_apart].min() > -MONOTONE_TOL_MM
        before = after


@each_way
def test_each__of_the_mirrored_hip_is_the_mirror_image(operate):
    hip = load_hip("woman_narrow")
    for one, other in zip(series(operate, hip), series(operate, mirrored_hip(hip)), strict=True):
        near = pytest.approx(one.volume_mm3, rel=1e-3)  # diagonals of the relief run the other way
        assert other.volume_mm3 == near
        assert other.footprint.lost_share == pytest.approx(one.footprint.lost_share, abs=2e-3)
        assert other.deepest_mm == pytest.approx(one.deepest_mm, abs=CHORD_TOL_MM)


@each_way
def test_each__does_not_depend_on_where_the_patient_lay(operate, rng):
    hip = phantom_hip()
    here, there = series(operate, hip)[2], series(operate, moved(hip, random_rigid(rng)))[2]
    assert there.volume_mm3 == pytest.approx(here.volume_mm3, rel=VOLUME_TOL)


@each_way
def test_each__stays_in_the_zone_and_over_the_cortex(operate):
    hip = phantom_hip()
    zone = resectable_zone(hip)
    for done in series(operate, hip):
        assert farthest_outside(done.removed, zone, hip) < PLACE_TOL_MM
        assert done.medial_cortex_mm > -PLACE_TOL_MM


@each_way
def test_each__labels_the_cut_as_lesser_trochanter(operate):
    done = series(operate, phantom_hip())[1]
    made = {tuple(face) for face in done.made_surface.face_centres.round(6)}
    is_made = [tuple(c) in made for c in done.hip.femur.face_centres.round(6)]
    labels = np.unique(done.hip.femoral_labels[is_made])
    assert labels.tolist() == [FEMORAL_STRUCTURES.index("lesser_trochanter")]


def test_deepest__of_a_planar_cut_is_its_depth_at_the_apex():
    hip = phantom_hip()
    done = lesser_trochanter_resection(hip, depth_mm=6.0)
    assert done.deepest_mm == pytest.approx(6.0, abs=PLACE_TOL_MM)
    np.testing.assert_allclose(done.deepest_point_mm, hip.landmarks["lesser_trochanter"], atol=1e-9)
    over = largest_resection_depth(hip) - 6.0
    assert done.medial_cortex_mm == pytest.approx(over, abs=0.3)  # the outline is one of 20 corners


def test_nothing_taken__says_so():
    done = lesser_trochanter_resection(phantom_hip(), depth_mm=0.0)
    assert (done.removed, done.volume_mm3, done.deepest_mm) == (None, 0.0, 0.0)
    assert done.deepest_point_mm is None
    assert done.medial_cortex_mm is None


@pytest.mark.parametrize("tilt", [-15.0, 0.0, 30.0])
def test_burr__takes_less_than_a_plane_and_more_the_thinner_it_is(tilt):
    hip, depth = load_hip("woman_narrow"), {"depth_mm": 10.0, "tilt_deg": tilt}
    planar = lesser_trochanter_resection(hip, **depth)
    wide, thin = (lesser_trochanter_burring(hip, **depth, diameter_mm=d) for d in (10.0, 3.0))
    assert wide.volume_mm3 < thin.volume_mm3 < planar.volume_mm3
    for burr in (wide, thin):
        assert farthest_outside(burr.removed, planar.removed, hip) < FACET_TOL_MM


def test_burr__has_a_flat_floor_at_its_depth():
    hip = phantom_hip()
    done = lesser_trochanter_burring(hip, depth_mm=9.0, diameter_mm=5.5)
    note = done.hip.notes[-1]
    heights = (done.removed.vertices - note["plane_point_mm"]) @ note["plane_normal"]
    assert heights.min() == pytest.approx(0.0, abs=PLACE_TOL_MM)
    assert heights.max() == pytest.approx(9.0, abs=PLACE_TOL_MM)
    flat = done.made_surface.face_normals @ note["plane_normal"] > 1.0 - 1e-9
    assert done.made_surface.face_areas_mm2[flat].sum() > 40.0


def test_burr__rounds_its_margin_with_its_radius():
    hip, radius = load_hip("man"), 5.0
    done = lesser_trochanter_burring(hip, depth_mm=14.0, diameter_mm=2 * radius)
    note = done.hip.notes[-1]
    over = (done.made_surface.face_centres - note["plane_point_mm"]) @ note["plane_normal"]
    lean = done.made_surface.face_normals @ note["plane_normal"]  # cosine to the floor
    margin = (over > 0.1) & (over < 0.6)
    rounded = radius * (1.0 - lean[margin])  # height of a ball's surface that leans so
    assert margin.sum() > 20
    assert np.abs(rounded - over[margin]).max() < 0.5  # mm; a face spans 20 deg of the ball


@pytest.mark.parametrize("name", ["woman", "woman_narrow", "man"])
def test_contour__takes_a_layer_and_spares_the_insertion_in_front(name):
    hip = load_hip(name)
    point, anterior = spared_line(hip)
    for depth in (2.0, 5.0):
        done = lesser_trochanter_contouring(hip, depth_mm=depth)
        assert done.deepest_mm == pytest.approx(depth, abs=0.1 * depth)
        in_front = (done.removed.vertices - point) @ anterior
        assert in_front.max() < 0.75  # mm; where the relief rises out of the bone between nodes
        assert done.footprint.lost_share < 0.5


def test_contour__is_thinner_towards_the_border_of_the_zone():
    hip = phantom_hip()
    done = lesser_trochanter_contouring(hip, depth_mm=5.0)
    apex = hip.landmarks["lesser_trochanter"]
    out = find_zone(hip).trochanter.outward
    offset = done.removed.vertices - apex
    away = np.linalg.norm(offset - np.outer(offset @ out, out), axis=1)
    assert away.max() < TOOL_RADIUS_MM + CHORD_TOL_MM
    depth = DistanceField(hip.femur)(done.made_surface.vertices, np.eye(4)[None]).distance_mm
    made = done.made_surface.vertices - apex
    at = np.linalg.norm(made - np.outer(made @ out, out), axis=1)
    assert -depth[at > 18.0].min() < 5.0 * (20.5 - 18.0) / (20.5 - 12.0) + CHORD_TOL_MM


def test_excision__is_flush_with_the_shaft():
    hip = load_hip("woman")
    for margin in (0.0, 2.0):
        done = lesser_trochanter_excision(hip, margin_mm=margin)
        assert done.medial_cortex_mm == pytest.approx(margin, abs=CHORD_TOL_MM)
    deepest = lesser_trochanter_resection(hip, depth_mm=largest_resection_depth(hip))
    assert lesser_trochanter_excision(hip).volume_mm3 > deepest.volume_mm3


def test_excision__above_the_bone_takes_nothing():
    hip = phantom_hip(lt_apex_mm=(-12.0, -58.0, 12.0))
    after = excise_lesser_trochanter(hip, margin_mm=19.0)
    assert after.femur is hip.femur
    assert after.notes[-1]["removed_volume_mm3"] == 0.0


@pytest.mark.parametrize("side", ["right", "left"])
def test_contour__again_after_an_osteotomy_spares_the_same_line(side):
    hip = load_hip("woman_narrow") if side == "right" else mirrored_hip(load_hip("woman_narrow"))
    turned = derotate_femur(
        contour_lesser_trochanter(hip, depth_mm=2.0), angle_deg=20, level="intertrochanteric"
    )
    carried = np.array(turned.notes[-1]["moved_from_before"])
    (point, anterior), (then, forward) = spared_line(turned), spared_line(hip)
    np.testing.assert_allclose(point, carried[:3, :3] @ then + carried[:3, 3], atol=1e-9)
    np.testing.assert_allclose(anterior, carried[:3, :3] @ forward, atol=1e-12)
    out = hip.landmarks["hip_joint_centre"] - hip.landmarks["neck_isthmus"]
    assert forward @ hip.femoral_frame()[:3, 0] > 0.5, "anterior is in front"
    assert out @ hip.femoral_frame()[:3, 2] * side_sign(side) < 0.0


@pytest.mark.parametrize(
    ("operate", "amounts", "message"),
    [
        (lesser_trochanter_burring, {"depth_mm": -1.0}, "depth_mm must be within 0"),
        (lesser_trochanter_burring, {"depth_mm": 40.0}, "depth_mm must be at most"),
        (lesser_trochanter_burring, {"depth_mm": 5.0, "diameter_mm": 20.0}, "within 1 to 12 mm"),
        (lesser_trochanter_contouring, {"depth_mm": 40.0}, "depth_mm must be at most"),
        (lesser_trochanter_contouring, {"depth_mm": -1.0}, "depth_mm must be within 0"),
        (lesser_trochanter_excision, {"margin_mm": -0.1}, "margin_mm must be within 0 to 20 mm"),
    ],
)
def test_each__refuses_amounts_out_of_range(operate, amounts, message):
    with pytest.raises(InputError, match=message):
        operate(phantom_hip(), **amounts)


@pytest.mark.bones
@each_ct_hip
def test_each__holds_its_laws_on_ct_hips(bones, case, side):
    hip = real_hip(bones, case, side)
    for operate in AMOUNTS_MM:
        done = series(operate, hip)
        for one in done[1::2]:
            check_volume(one)
            assert one.medial_cortex_mm > -1e-3
        check_nested(done[1::2])


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), [("z027", "right"), ("z036", "left")])
def test_each__never_lowers_clearance_on_ct_hips(bones, case, side):
    hip = real_hip(bones, case, side)
    before = clearances(hip)
    is_apart = before > 0.0  # of overlapping bones the deepest point may come to light
    for operate in AMOUNTS_MM:
        after = clearances(series(operate, hip)[2].hip)
        assert (after - before)[is_apart].min() > -MONOTONE_TOL_MM


@cache
def losses(bones, depth_mm: float) -> dict[tuple[str, str], float]:
    """Return the share of the insertion that planing takes on each CT hip, %.

    Square to the axis of the trochanter; where it is lower the deepest plane there is is taken.
    """
    found = {}
    for case, side in CT_HIPS:
        hip = real_hip(bones, case, side)
        depth = min(depth_mm, largest_resection_depth(hip))
        done = lesser_trochanter_resection(hip, depth_mm=depth)
        found[case, side] = 100.0 * done.footprint.lost_share
    return found


@pytest.mark.bones
@pytest.mark.parametrize("depth", PUBLISHED_LOSS)
def test_planar_depths__lose_the_published_share_of_the_insertion_in_men(bones, depth):
    """Male cadavers, parallel to the posterior cortex (Hapa et al. 2018)."""
    mean, deviation = PUBLISHED_LOSS[depth]
    of_men = [lost for (case, _), lost in losses(bones, depth).items() if case in MEN]
    assert np.mean(of_men) == pytest.approx(mean, abs=deviation)


@pytest.mark.bones
@pytest.mark.parametrize("depth", PUBLISHED_LOSS)
def test_planar_depths__lose_little_more_of_the_insertion_in_all(bones, depth):
    """The trochanters of women are lower, so that as deep a plane takes more of them."""
    mean, deviation = PUBLISHED_LOSS[depth]
    lost = list(losses(bones, depth).values())
    assert np.mean(lost) == pytest.approx(mean, abs=WITHIN_SD * deviation)
