"""Regions closed by walls inside the bone: closed forms, symmetries, and real bones."""

import numpy as np
import pytest
from real_hips import real_hip
from shapes import box, random_rigid, sphere

from hipsim.geometry import Mesh, rigid
from hipsim.geometry.closing import RINGS, close_region
from hipsim.geometry.cut import union

VOLUME_TOL = 1e-9  # relative, rounding
PLACE_TOL_MM = 1e-6  # where the search for an apex ends
OUTSIDE_SHARE = 1e-5  # of a body that may leave its bone, where its border runs through a hollow


def test_close_region__of_half_a_ball_is_half_its_volume():
    """The whole equator is seen best from near the centre."""
    ball = sphere(10.0, subdivisions=4)
    is_upper = ball.face_centres[:, 2] > 0.0
    upper, lower = close_region(ball, is_upper), close_region(ball, ~is_upper)
    for half in (upper, lower):
        assert half.mesh.is_closed
        assert half.mesh.volume_mm3 == pytest.approx(ball.volume_mm3 / 2, rel=0.02)


def test_close_region__keeps_the_surface_and_says_where_walls_belong():
    ball = sphere(10.0)
    is_kept = ball.face_centres[:, 0] > 3.0
    closed = close_region(ball, is_kept)
    surface = closed.mesh.triangles[: closed.n_surface]
    assert np.array_equal(surface, ball.triangles[is_kept])
    assert np.array_equal(closed.bone_faces[: closed.n_surface], np.flatnonzero(is_kept))
    walls = closed.bone_faces[closed.n_surface :]
    assert is_kept[walls].all()
    rim, count = np.unique(walls, return_counts=True)
    assert (count % (2 * len(RINGS) + 1) == 0).all()
    centres = closed.mesh.face_centres[closed.n_surface :]
    beside = np.linalg.norm(centres - ball.face_centres[walls], axis=1)
    assert beside.min() < 2.0
    assert len(rim) < is_kept.sum()


def test_close_region__of_everything_has_no_walls():
    closed = close_region(box(), np.ones(12, dtype=bool))
    assert closed.n_surface == len(closed.mesh.faces) == 12
    assert closed.mesh.volume_mm3 == pytest.approx(1.0, rel=VOLUME_TOL)


def test_close_region__closes_every_border_on_its_own():
    """A belt has two borders; two caps are two bodies."""
    ball = sphere(10.0)
    is_belt = abs(ball.face_centres[:, 2]) < 4.0
    belt, caps = close_region(ball, is_belt), close_region(ball, ~is_belt)
    assert belt.mesh.is_closed and caps.mesh.is_closed
    assert len(caps.mesh.vertices) - len(caps.mesh.faces) // 2 == 2 * 2  # Euler: two bodies
    assert belt.mesh.volume_mm3 > 0.0 and caps.mesh.volume_mm3 > 0.0


def test_close_region__parts_borders_that_touch_in_a_corner():
    tetrahedra = sphere(10.0, subdivisions=1)
    corner = tetrahedra.faces[0, 0]
    (around,) = np.nonzero((tetrahedra.faces == corner).any(axis=1))
    is_kept = np.isin(np.arange(len(tetrahedra.faces)), around[[0, 2]])
    first, second = tetrahedra.faces[around[[0, 2]]]
    assert len(set(first) & set(second)) <= 2
    assert close_region(tetrahedra, is_kept).mesh.is_closed


def test_close_region__turns_and_mirrors_with_the_bone(rng):
    ball = sphere(10.0)
    bone = Mesh(ball.vertices * [1.0, 1.3, 0.8], ball.faces)
    is_kept = bone.face_centres @ [1.0, 0.4, 0.2] > 2.0
    plain = close_region(bone, is_kept).mesh
    pose = random_rigid(rng)
    moved = close_region(bone.transformed(pose), is_kept).mesh
    assert np.abs(moved.vertices - rigid.apply(pose, plain.vertices)).max() < PLACE_TOL_MM
    mirrored = close_region(bone.mirrored(), is_kept).mesh
    assert mirrored.volume_mm3 == pytest.approx(plain.volume_mm3, rel=1e-6)


@pytest.mark.bones
@pytest.mark.parametrize(("case", "side"), [("z001", "right"), ("z036", "left"), ("z042", "left")])
def test_close_region__walls_stay_within_real_bones(bones, case, side):
    """What a closed region adds to its bone is next to nothing."""
    hip = real_hip(bones, case, side)
    regions = ("extracapsular", "lesser_trochanter", "intertrochanteric_crest")
    parts = [(hip.femur, hip.femoral_body(region)) for region in regions]
    for bone, body in [*parts, (hip.hip_bone, hip.pelvic_body("ischium"))]:
        assert body.mesh.is_closed
        assert 0.0 < body.mesh.volume_mm3 < bone.volume_mm3
        beyond = union(bone, body.mesh).mesh.volume_mm3 - bone.volume_mm3
        assert beyond < OUTSIDE_SHARE * body.mesh.volume_mm3
