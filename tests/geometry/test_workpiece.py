"""Cutting the near part of a body and sewing it back is cutting the body."""

import numpy as np
import pytest
from shapes import box, sphere

from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh, cut
from hipsim.geometry.workpiece import divide_near, make_workpiece

VOLUME_TOL = 1e-9  # relative, rounding
PLACE_TOL_MM = 1e-9  # rounding at 1 m
BALL = sphere(30.0, (400.0, -300.0, -600.0), subdivisions=4)
TOP = BALL.vertices.mean(axis=0) + [0.0, 0.0, 30.0]
TOOL = box(TOP - [5.0, 6.0, 7.0], TOP + [5.0, 4.0, 7.0])


def near_top(reach_mm: float = 20.0) -> np.ndarray:
    return np.linalg.norm(BALL.face_centres - TOP, axis=1) < reach_mm


def face_set(mesh: Mesh) -> set[tuple[float, ...]]:
    """Return every face as its nine coordinates, least corner first."""
    return {
        min(tuple(np.roll(corners, -k, axis=0).ravel()) for k in range(3))
        for corners in mesh.triangles
    }


def test_divide_near__is_the_cut_of_the_whole_face_by_face():
    whole, near = cut.divide(BALL, TOOL), divide_near(make_workpiece(BALL, near_top()), TOOL)
    for one, other in zip(whole, near, strict=True):
        assert face_set(one.mesh) == face_set(other.mesh)
        assert other.mesh.is_closed
        assert other.mesh.volume_mm3 == pytest.approx(one.mesh.volume_mm3, rel=VOLUME_TOL)
        assert other.made_area_mm2 == pytest.approx(one.made_area_mm2, rel=VOLUME_TOL)


def test_divide_near__names_the_source_of_every_face():
    for piece in divide_near(make_workpiece(BALL, near_top()), TOOL):
        is_old = piece.source_faces >= 0
        source = piece.source_faces[is_old]
        away = (piece.mesh.face_centres[is_old] - BALL.triangles[source, 0]) * BALL.face_normals[
            source
        ]
        assert np.abs(away.sum(axis=1)).max() < PLACE_TOL_MM
        assert is_old.any()
        assert not is_old.all()


def test_divide_near__cuts_the_whole_where_the_tool_meets_a_lid():
    deep = box(TOP - [5.0, 6.0, 45.0], TOP + [5.0, 4.0, 7.0])  # through the lid of the cap
    kept, removed = divide_near(make_workpiece(BALL, near_top()), deep)
    volume = kept.mesh.volume_mm3 + removed.mesh.volume_mm3
    assert volume == pytest.approx(BALL.volume_mm3, rel=VOLUME_TOL)
    assert removed.mesh.bounds[0, 2] == pytest.approx(deep.bounds[0, 2], abs=PLACE_TOL_MM)


def test_divide_near__of_all_faces_is_the_cut_of_the_whole():
    kept, _ = divide_near(make_workpiece(BALL, np.ones(len(BALL.faces), dtype=bool)), TOOL)
    assert face_set(kept.mesh) == face_set(cut.difference(BALL, TOOL).mesh)


def test_divide_near__refuses_a_tool_that_misses():
    with pytest.raises(InputError, match="one side is empty"):
        divide_near(make_workpiece(BALL, near_top()), box(TOP + 20.0, TOP + 30.0))


def test_make_workpiece__refuses_an_open_mesh():
    with pytest.raises(MeshError, match="3 open edges"):
        make_workpiece(Mesh(BALL.vertices, BALL.faces[1:]), near_top()[1:])


def test_hull__of_a_cube_leaves_out_what_is_inside(rng):
    body = cut.hull(np.vstack([box().vertices, rng.uniform(0.1, 0.9, (50, 3))]))
    assert body.volume_mm3 == pytest.approx(1.0, rel=VOLUME_TOL)
    assert len(body.vertices) == 8


def test_hull__refuses_flat_points(rng):
    with pytest.raises(InputError, match="do not lie in a plane"):
        cut.hull(rng.uniform(size=(20, 3)) * [1.0, 1.0, 0.0])
