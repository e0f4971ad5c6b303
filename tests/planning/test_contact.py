"""Contact patch and shared volume against closed forms on boxes, balls, and the phantom."""

import numpy as np
import pytest
from phantom import phantom_hip
from real_hips import real_hip
from shapes import box, random_rigid, sphere

from hipsim.errors import InputError, MeshError
from hipsim.geometry.cut import intersection
from hipsim.kinematics import pelvis_from_femur
from hipsim.kinematics.arcs import arc, neutral
from hipsim.planning.clearance import clearance_along
from hipsim.planning.contact import contact_patch, covered_areas

EXACT = 1e-9  # relative, rounding
MESHED = 0.01  # relative, a ball of 20,480 faces against the round one
VOLUME_TOL_MM3 = 1e-4  # rounding of the difference of volumes of 1e5 mm3


def test_covered_areas__of_two_boxes():
    """The corner of one in the corner of the other: half x three quarters x 0.65."""
    low, dims = np.array([0.5, 0.25, 0.35]), np.array([0.5, 0.75, 0.65])
    areas_a, areas_b, volume = covered_areas(box(low, low + 1.0), box())
    expected = dims.prod() * (1.0 / dims).sum()
    assert volume == pytest.approx(dims.prod(), rel=EXACT)
    assert areas_a.sum() == pytest.approx(expected, rel=EXACT)
    assert areas_b.sum() == pytest.approx(expected, rel=EXACT)
    assert (areas_a <= box().face_areas_mm2 + EXACT).all()


def test_covered_areas__of_a_box_through_a_box():
    """A bar through a plate is covered along its sides; the plate where the bar comes through."""
    bar, plate = box((-1, -2, -9), (1, 2, 9)), box((-8, -8, -3), (8, 8, 3))
    covered_bar, covered_plate, volume = covered_areas(bar, plate)
    assert volume == pytest.approx(2 * 4 * 6, rel=EXACT)
    assert covered_bar.sum() == pytest.approx(2 * (2 + 4) * 6, rel=EXACT)
    assert covered_plate.sum() == pytest.approx(2 * 2 * 4, rel=EXACT)


@pytest.mark.parametrize("distance", [4.0, 12.0, 19.0])
def test_covered_areas__of_two_balls_is_the_lens(distance):
    ball = sphere(10.0, subdivisions=5)
    areas_a, areas_b, volume = covered_areas(sphere(10.0, (distance, 0.1, 0.2), 5), ball)
    cap = 2.0 * np.pi * 10.0 * (10.0 - distance / 2.0)
    lens = np.pi * (40.0 + distance) * (20.0 - distance) ** 2 / 12.0
    assert volume == pytest.approx(lens, rel=2 * MESHED)
    assert areas_a.sum() == pytest.approx(cap, rel=2 * MESHED)
    assert areas_b.sum() == pytest.approx(areas_a.sum(), rel=MESHED)


def test_covered_areas__of_a_box_inside_a_box_is_all_of_it():
    inner, outer = box((-1, -1, -1), (1, 1, 1)), box((-5, -5, -5), (5, 5, 5))
    areas_inner, areas_outer, volume = covered_areas(inner, outer)
    assert (areas_inner.sum(), areas_outer.sum()) == pytest.approx((24.0, 0.0), rel=EXACT)
    assert volume == pytest.approx(8.0, rel=EXACT)


def test_covered_areas__of_bodies_apart_is_exactly_nothing():
    areas_a, areas_b, volume = covered_areas(sphere(10.0), sphere(10.0, (20.5, 3.0, 1.0)))
    assert not areas_a.any() and not areas_b.any()
    assert volume == 0.0


def test_covered_areas__do_not_depend_on_the_frame(rng):
    a, b, pose = box((0.5, 0.25, 0.35), (2, 2, 2)), box(), random_rigid(rng)
    plain, moved = covered_areas(a, b), covered_areas(a.transformed(pose), b.transformed(pose))
    for first, second in zip(plain, moved, strict=True):
        assert second == pytest.approx(first, abs=1e-7)


def test_covered_areas__refuses_what_has_no_inside():
    with pytest.raises(InputError, match="a body must be a Mesh, got str"):
        covered_areas(box(), "bone")
    with pytest.raises(MeshError, match="closed surface"):
        covered_areas(box().submesh(np.arange(12) > 0), box())


def test_contact_patch__of_the_phantom_begins_with_the_cones_tip():
    """A cone's tip dipped into a flat face to 1 mm: its volume is a cone's, cubic in depth."""
    hip = phantom_hip(gap_mm=12.0)
    motion = arc(flexion_deg=(0, -30), adduction_deg=(0, 10), rotation_deg=(0, -30), n_poses=121)
    depth = -clearance_along(hip, motion).distance_mm
    shallow, deep = (int(np.flatnonzero(depth > d)[0]) for d in (1.0, 2.0))
    first, second = (contact_patch(hip, motion, k) for k in (shallow, deep))
    ratio = depth[deep] / depth[shallow]
    assert second.volume_mm3 / first.volume_mm3 == pytest.approx(ratio**3, rel=0.1)
    assert second.femoral_area_mm2 / first.femoral_area_mm2 == pytest.approx(ratio**2, rel=0.1)
    assert first.structure_areas_mm2 == {"lesser_trochanter": first.femoral_area_mm2}
    assert first.pelvic_area_mm2 < first.femoral_area_mm2  # flat cut against the cone's mantle
    assert first.pose_deg == motion.pose_deg(shallow)
    assert repr(first).startswith("<ContactPatch of 'phantom-right': femur ")


def test_contact_patch__of_bones_apart_is_nothing():
    found = contact_patch(phantom_hip(), neutral(), 0)
    assert (found.femoral_area_mm2, found.pelvic_area_mm2, found.volume_mm3) == (0.0, 0.0, 0.0)
    assert found.structure_areas_mm2 == {}


def test_contact_patch__refuses_an_unknown_pose_or_region():
    with pytest.raises(InputError, match="pose must be within 0 to 0, got 3"):
        contact_patch(phantom_hip(), neutral(), 3)
    with pytest.raises(InputError, match="region must be one of ischium"):
        contact_patch(phantom_hip(), neutral(), 0, pelvic_region="sacrum")


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), [("z001", "right"), ("z036", "left")])
def test_contact_patch__of_real_bones_is_there_exactly_where_they_overlap(bones, case, side):
    hip = real_hip(bones, case, side)
    motion = arc(flexion_deg=(10, -30), adduction_deg=(-5, 20), rotation_deg=(10, -50), n_poses=12)
    kinds = clearance_along(hip, motion).kind
    patches = [contact_patch(hip, motion, k) for k in range(motion.n_poses)]
    assert [patch.volume_mm3 > 0.0 for patch in patches] == (kinds == "depth").tolist()
    assert {"gap", "depth"} == set(kinds)
    last = patches[-1]
    moved = hip.femoral_body("extracapsular").mesh.transformed(pelvis_from_femur(hip, motion)[-1])
    shared = intersection(moved, hip.pelvic_body("ischium").mesh)
    assert last.volume_mm3 == pytest.approx(shared.mesh.volume_mm3, abs=VOLUME_TOL_MM3)
    areas = shared.mesh.face_areas_mm2[shared.source_faces >= 0].sum()
    assert last.femoral_area_mm2 <= areas + VOLUME_TOL_MM3
    assert sum(last.structure_areas_mm2.values()) == pytest.approx(last.femoral_area_mm2)
