"""Patches, shells and nested walls become one outer surface, or are refused."""

import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.errors import MeshError
from hipsim.geometry import Mesh
from hipsim.geometry.shells import (
    GAP_MM,
    WELD_MM,
    mean_thickness_mm,
    outer_surface,
    split_pieces,
    unzipped,
    welded,
    without_double_faces,
)

VOLUME_TOL = 1e-6  # relative; a union moves corners by rounding only
GAP_TOL = 1e-3  # relative; closing a gap moves corners by up to half a millimetre


def inside_out(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices, mesh.faces[:, ::-1])


def together(*meshes: Mesh) -> Mesh:
    starts = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    faces = [mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]
    return Mesh(np.vstack([mesh.vertices for mesh in meshes]), np.vstack(faces))


def patches(mesh: Mesh) -> Mesh:
    """Return the mesh with corners of its own for every face."""
    return Mesh(mesh.triangles.reshape(-1, 3), np.arange(3 * len(mesh.faces)).reshape(-1, 3))


def cup(low: float, high: float, wall: float = 2.0) -> Mesh:
    """Return half of a hollow box, open where it meets the other half, walls and rim closed."""
    outer, inner = 40.0, 40.0 - 2.0 * wall
    ends = (low, high) if low < 0 else (high, low)  # closed end first
    closed, rim = ends
    floor = closed + np.sign(rim - closed) * wall
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2.0
    rings = [
        np.column_stack([square * size, np.full(4, z)])
        for size, z in ((outer, closed), (outer, rim), (inner, rim), (inner, floor))
    ]
    faces = [[0, 2, 1], [0, 3, 2], [12, 13, 14], [12, 14, 15]]
    for ring in range(3):
        for k in range(4):
            a, b = 4 * ring + k, 4 * ring + (k + 1) % 4
            faces += [[a, b, b + 4], [a, b + 4, a + 4]]
    mesh = Mesh(np.vstack(rings), faces)
    assert mesh.is_closed
    return mesh if mesh.volume_mm3 > 0 else inside_out(mesh)


def test_outer_surface__leaves_a_closed_surface_alone(rng):
    whole = sphere(20.0).transformed(random_rigid(rng))
    outside = outer_surface(whole)
    assert outside.is_closed
    assert outside.volume_mm3 == pytest.approx(whole.volume_mm3, rel=1e-12)


def test_outer_surface__joins_patches():
    whole = sphere(20.0)
    outside = outer_surface(patches(whole))
    assert outside.is_closed
    assert len(outside.vertices) == len(whole.vertices)


@pytest.mark.parametrize("turned", [False, True])
def test_outer_surface__drops_an_inner_wall_whichever_way_it_is_turned(turned):
    inner = inside_out(sphere(17.0)) if turned else sphere(17.0)
    outside = outer_surface(together(sphere(20.0), inner))
    assert outside.volume_mm3 == pytest.approx(sphere(20.0).volume_mm3, rel=VOLUME_TOL)


def test_outer_surface__turns_an_inside_out_surface():
    assert outer_surface(inside_out(sphere(20.0))).volume_mm3 > 0


def test_outer_surface__unites_hollow_halves_that_touch():
    outside = outer_surface(together(cup(-30.0, 0.0), cup(0.0, 30.0)))
    assert outside.is_closed
    assert len(split_pieces(outside)) == 1
    assert outside.volume_mm3 == pytest.approx(40.0 * 40.0 * 60.0, rel=VOLUME_TOL)


@pytest.mark.parametrize("gap", [0.02, 0.3])
def test_outer_surface__closes_a_narrow_gap_between_hollow_halves(gap):
    outside = outer_surface(together(cup(-30.0, 0.0), cup(gap, 30.0)))
    assert outside.volume_mm3 == pytest.approx(40.0 * 40.0 * 60.0, rel=GAP_TOL)


def test_outer_surface__refuses_hollow_halves_far_apart():
    wide = 2.0 * GAP_MM
    with pytest.raises(MeshError, match=r"walls .* mm thick around an inside that is open"):
        outer_surface(together(cup(-30.0, 0.0), cup(wide, 30.0)))


def test_outer_surface__ignores_an_open_sheet_inside():
    sheet = Mesh(5.0 * np.eye(3), [[0, 1, 2]])
    outside = outer_surface(together(sphere(20.0), sheet))
    assert outside.volume_mm3 == pytest.approx(sphere(20.0).volume_mm3, rel=VOLUME_TOL)


def test_outer_surface__refuses_an_open_piece_outside():
    sheet = Mesh(200.0 * np.eye(3), [[0, 1, 2]])
    with pytest.raises(MeshError, match="an open piece of 1 faces lies outside the closed ones"):
        outer_surface(together(sphere(20.0), sheet))


def test_outer_surface__refuses_two_bones():
    with pytest.raises(MeshError, match="2 separate closed pieces remain"):
        outer_surface(together(sphere(20.0), sphere(20.0, centre=(100.0, 0.0, 0.0))))


def test_outer_surface__refuses_an_open_surface():
    with pytest.raises(MeshError, match="none of the 1 large pieces of this surface is closed"):
        outer_surface(Mesh(sphere(20.0).vertices, sphere(20.0).faces[1:]))


def test_outer_surface__drops_specks():
    outside = outer_surface(together(sphere(20.0), sphere(0.5, centre=(50.0, 0.0, 0.0))))
    assert outside.volume_mm3 == pytest.approx(sphere(20.0).volume_mm3, rel=VOLUME_TOL)


def test_welded__joins_what_is_nearer_than_the_tolerance_only():
    nearly = patches(box(high=(10.0, 10.0, 10.0)))
    shaken = Mesh(nearly.vertices + np.linspace(0, WELD_MM / 4, 36)[:, None], nearly.faces)
    assert len(welded(shaken).vertices) == 8
    assert len(welded(nearly, within_mm=1e-9).vertices) == 8
    assert len(welded(box(high=(1.0, 1.0, 1.0))).vertices) == 8


def test_welded__refuses_a_speck_of_dust():
    with pytest.raises(MeshError, match=r"every face is smaller than 0\.001 mm: wrong unit"):
        welded(Mesh(1e-4 * np.eye(3), [[0, 1, 2]]))


def test_without_double_faces__keeps_one_of_each():
    mesh = box()
    doubled = Mesh(mesh.vertices, np.vstack([mesh.faces, np.roll(mesh.faces[:5], 1, axis=1)]))
    assert without_double_faces(doubled).is_closed


def test_without_double_faces__cancels_the_wall_two_boxes_share():
    pair = welded(together(box(), box(low=(1.0, 0.0, 0.0), high=(2.0, 1.0, 1.0))))
    assert len(pair.faces) == 24
    joined = without_double_faces(pair, opposite="cancel")
    shared = (pair.vertices[pair.faces][:, :, 0] == 1.0).all(axis=1).sum()
    assert len(joined.faces) == 24 - shared or len(joined.faces) == 24  # the diagonals may differ


def test_unzipped__parts_bodies_that_share_an_edge():
    other = box(low=(1.0, 1.0, 0.0), high=(2.0, 2.0, 1.0))
    touching = welded(together(box(), other))
    assert not touching.is_closed
    pieces = split_pieces(touching)
    assert [piece.is_closed for piece in pieces] == [True, True]
    assert unzipped(touching).is_closed


def test_mean_thickness__of_a_ball_and_of_its_shell():
    ball = sphere(20.0, subdivisions=4)
    assert mean_thickness_mm(ball) == pytest.approx(2.0 * 20.0 / 3.0, rel=0.01)
    shell = together(ball, inside_out(sphere(19.0, subdivisions=4)))
    assert mean_thickness_mm(shell) == pytest.approx(1.0, rel=0.02)
