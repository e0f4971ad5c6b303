"""Cuts against closed forms, and every face of a piece against the face it claims to come from."""

import numpy as np
import pytest
from real_hips import real_hip
from shapes import box, random_rotation, sphere

from hipsim.errors import ComputationError, InputError, MeshError
from hipsim.geometry import Mesh, cut

VOLUME_TOL = 1e-9  # relative, rounding
PLACE_TOL_MM = 1e-9  # rounding at 1 m
AREA_TOL_MM2 = 1e-7  # same, of a triangle tested against a point


def check_sources(piece: Mesh, faces, source: Mesh):
    """Every listed face must lie in the plane and within the outline of its source face."""
    is_from = faces >= 0
    centre, corners = piece.face_centres[is_from], source.triangles[faces[is_from]]
    normal = source.face_normals[faces[is_from]]
    assert np.abs(((centre - corners[:, 0]) * normal).sum(axis=1)).max() < PLACE_TOL_MM
    edges = np.roll(corners, -1, axis=1) - corners
    within = np.cross(edges, centre[:, None] - corners)
    assert np.einsum("fek,fk->fe", within, normal).min() > -AREA_TOL_MM2


def test_split_by_plane__of_a_box_has_closed_form_volumes():
    ahead, behind = cut.split_by_plane(box((0, 0, 0), (2, 3, 4)), [0, 0, 3], [0, 0, 5])
    assert ahead.mesh.volume_mm3 == pytest.approx(6.0, rel=VOLUME_TOL)
    assert behind.mesh.volume_mm3 == pytest.approx(18.0, rel=VOLUME_TOL)
    assert ahead.mesh.is_closed
    assert behind.mesh.is_closed
    assert ahead.made_area_mm2 == pytest.approx(6.0, rel=VOLUME_TOL)


def test_split_by_plane__maps_faces_to_their_sources(rng):
    ball = sphere(30.0, (400.0, -300.0, -600.0))
    for _ in range(5):
        normal = random_rotation(rng)[0]
        point = ball.vertices.mean(axis=0) + rng.uniform(-20, 20) * normal
        for piece, sign in zip(cut.split_by_plane(ball, point, normal), (1, -1), strict=True):
            check_sources(piece.mesh, piece.source_faces, ball)
            assert ((piece.mesh.vertices - point) @ normal * sign).min() > -PLACE_TOL_MM
            made = piece.mesh.face_centres[piece.source_faces < 0]
            assert np.abs((made - point) @ normal).max() < PLACE_TOL_MM


def test_split_by_plane__keeps_untouched_vertices_bit_for_bit():
    ball = sphere(30.0, (0.1, 0.2, 0.3))
    ahead, _ = cut.split_by_plane(ball, [0, 0, 10.0], [0, 0, 1])
    known = set(map(tuple, ball.vertices))
    is_above = ahead.mesh.vertices[:, 2] > 10.0 + PLACE_TOL_MM
    assert is_above.sum() == (ball.vertices[:, 2] > 10.0).sum()
    assert all(tuple(v) in known for v in ahead.mesh.vertices[is_above])


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_split_by_plane__along_a_step_leaves_no_fold(axis, sign):
    low, high = np.array([0.0, 0.0, -3.0]), np.array([2.0, 2.0, 0.0])
    step = cut.union(box(low, high), box((0.5, 1, 0), (3, 4, 2))).mesh
    normal = np.roll([0.0, 0.0, sign], axis)
    turned = Mesh(np.roll(step.vertices, axis, axis=1), step.faces)
    pieces = cut.split_by_plane(turned, np.zeros(3), normal)
    areas = [piece.mesh.face_areas_mm2.sum() for piece in pieces]
    assert areas[:: int(sign)] == pytest.approx([2 * 7.5 + 4 * 5.5, 8.0 + 24.0], rel=VOLUME_TOL)


def test_divide__maps_faces_to_mesh_and_tool(rng):
    ball, tool = sphere(30.0), sphere(20.0, rng.uniform(15, 20, 3))
    for piece in cut.divide(ball, tool):
        assert piece.mesh.is_closed
        assert ((piece.source_faces >= 0) ^ (piece.tool_faces >= 0)).all()
        check_sources(piece.mesh, piece.source_faces, ball)
        check_sources(
            Mesh(piece.mesh.vertices, piece.mesh.faces[piece.tool_faces >= 0]),
            piece.tool_faces[piece.tool_faces >= 0],
            tool,
        )


def test_divide__conserves_volume(rng):
    ball = sphere(30.0)
    kept, removed = cut.divide(ball, sphere(20.0, rng.uniform(15, 20, 3)))
    parts = kept.mesh.volume_mm3 + removed.mesh.volume_mm3
    assert parts == pytest.approx(ball.volume_mm3, rel=VOLUME_TOL)


def test_difference_and_intersection__are_the_two_parts():
    whole, tool = box((0, 0, 0), (4, 4, 4)), box((1, 1, 2), (3, 3, 5))
    assert cut.difference(whole, tool).mesh.volume_mm3 == pytest.approx(56.0, rel=VOLUME_TOL)
    assert cut.intersection(whole, tool).mesh.volume_mm3 == pytest.approx(8.0, rel=VOLUME_TOL)


def test_union__of_touching_boxes_is_one_box_without_a_wall():
    joined = cut.union(box((0, 0, 0), (1, 1, 1)), box((0, 0, 1), (1, 1, 3)))
    assert joined.mesh.volume_mm3 == pytest.approx(3.0, rel=VOLUME_TOL)
    assert joined.mesh.face_areas_mm2.sum() == pytest.approx(14.0, rel=VOLUME_TOL)
    assert joined.mesh.is_closed


def test_union__counts_overlap_once_and_maps_both_bodies():
    a, b = box((0, 0, 0), (2, 2, 2)), box((1, 0.5, 0.5), (4, 1.5, 1.5))
    joined = cut.union(a, b)
    assert joined.mesh.volume_mm3 == pytest.approx(10.0, rel=VOLUME_TOL)
    check_sources(joined.mesh, joined.source_faces, a)
    check_sources(joined.mesh, joined.tool_faces, b)


def test_union__of_apart_bodies_keeps_both():
    joined = cut.union(box((0, 0, 0), (1, 1, 1)), box((5, 0, 0), (6, 1, 1)))
    assert joined.mesh.volume_mm3 == pytest.approx(2.0, rel=VOLUME_TOL)
    assert joined.mesh.is_closed


def test_cut__carries_labels():
    cube = box((0, 0, 0), (1, 1, 1))
    labels = np.arange(12, dtype=np.int8)
    ahead, _ = cut.split_by_plane(cube, [0, 0, 0.5], [0, 0, 1])
    carried = ahead.carried(labels, made=99)
    assert carried.dtype == np.int8
    on_cut = np.abs(ahead.mesh.face_centres[:, 2] - 0.5) < PLACE_TOL_MM
    np.testing.assert_array_equal(carried == 99, on_cut)
    top = ahead.mesh.face_normals[:, 2] > 0.9
    assert set(carried[top]) == {i for i in range(12) if cube.face_normals[i, 2] > 0.9}


def test_capsule__lies_within_its_radius_of_the_segment(rng):
    start, end = rng.uniform(-50, 50, (2, 3))
    rod = cut.capsule(start, end, 8.0, across=rng.normal(size=3))
    axis, length = (end - start) / np.linalg.norm(end - start), np.linalg.norm(end - start)
    along = np.clip((rod.vertices - start) @ axis, 0.0, length)
    away = np.linalg.norm(rod.vertices - start - np.outer(along, axis), axis=1)
    np.testing.assert_allclose(away, 8.0, atol=PLACE_TOL_MM)
    exact = np.pi * 8.0**2 * (length + 4.0 / 3.0 * 8.0)
    assert rod.is_closed
    assert 0.98 * exact < rod.volume_mm3 < exact


def test_capsule__needs_a_radius():
    with pytest.raises(InputError, match="radius_mm must be within 0.001"):
        cut.capsule([0, 0, 0], [0, 1, 0], 0.0, across=[1, 0, 0])


def test_trimmed__is_what_lies_behind_all_planes():
    corner = cut.trimmed(box((-2, -2, -2), (2, 2, 2)), np.zeros((3, 3)), np.eye(3))
    assert corner.volume_mm3 == pytest.approx(8.0, rel=VOLUME_TOL)
    assert corner.vertices.max() <= PLACE_TOL_MM


def test_trimmed__by_planes_that_exclude_each_other_is_refused():
    with pytest.raises(InputError, match="one side is empty"):
        cut.trimmed(box(), [[0, 0, 0.2], [0, 0, 0.8]], [[0, 0, 1], [0, 0, -1]])


def test_split_by_plane__beside_the_mesh_is_refused():
    with pytest.raises(InputError, match="one side is empty"):
        cut.split_by_plane(box(), [0, 0, 2.0], [0, 0, 1])


@pytest.mark.parametrize("tool", [box((5, 5, 5), (6, 6, 6)), box((-1, -1, -1), (2, 2, 2))])
def test_divide__by_a_tool_that_misses_or_swallows_is_refused(tool):
    with pytest.raises(InputError, match="one side is empty"):
        cut.divide(box(), tool)


def test_cut__of_an_open_mesh_names_the_open_edges():
    cube = box()
    with pytest.raises(MeshError, match="3 open edges"):
        cut.split_by_plane(Mesh(cube.vertices, cube.faces[1:]), [0, 0, 0.5], [0, 0, 1])


def test_cut__of_a_mesh_inside_out_is_refused():
    cube = box()
    with pytest.raises(MeshError, match="look outward"):
        cut.divide(cube, Mesh(cube.vertices, cube.faces[:, ::-1]))


def test_check_volumes__refuses_parts_that_do_not_add_up():
    cube = box()
    cut.check_volumes(box((0, 0, 0), (2, 1, 1)), cube, cube)
    with pytest.raises(ComputationError, match="conserve volume: 1.000 mm3 before, 2.000"):
        cut.check_volumes(cube, cube, cube)


@pytest.mark.bones
@pytest.mark.parametrize("side", ["right", "left"])
def test_split_by_plane__maps_faces_of_real_bones(bones, side, rng):
    femur = real_hip(bones, "z027", side).femur
    middle = femur.bounds.mean(axis=0)
    for normal in random_rotation(rng):
        for piece in cut.split_by_plane(femur, middle, normal):
            check_sources(piece.mesh, piece.source_faces, femur)
            assert piece.mesh.is_closed
