"""Faces are turned to agree, and pinholes closed."""

import numpy as np
import pytest
from shapes import box, sphere

from hipsim.geometry import Mesh
from hipsim.geometry.mending import fill_small_holes, hole_widths_mm, turned_alike

BALL = sphere(10.0)


def turned(mesh: Mesh, which) -> Mesh:
    faces = mesh.faces.copy()
    faces[which] = faces[which, ::-1]
    return Mesh(mesh.vertices, faces)


def test_turned_alike__mends_any_faces_turned_by_chance(rng):
    which = rng.random(len(BALL.faces)) < 0.3
    mended, count = turned_alike(turned(BALL, which))
    assert mended.is_closed
    assert count == which.sum()
    assert mended.volume_mm3 == pytest.approx(BALL.volume_mm3)


def test_turned_alike__leaves_good_faces_and_what_is_inside_out():
    for mesh in (BALL, turned(BALL, slice(None))):
        mended, count = turned_alike(mesh)
        assert count == 0
        assert mended is mesh


def test_turned_alike__mends_every_piece_by_itself():
    other = sphere(5.0, centre=(30.0, 0.0, 0.0), subdivisions=1)
    both = Mesh(
        np.vstack([BALL.vertices, other.vertices]),
        np.vstack([BALL.faces, other.faces + len(BALL.vertices)]),
    )
    mended, count = turned_alike(turned(both, [3, len(BALL.faces) + 4]))
    assert (mended.is_closed, count) == (True, 2)


def test_turned_alike__cannot_help_a_one_sided_band():
    n = 12
    along = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)
    across = np.array([-1.0, 1.0])[:, None] * 0.3
    x = (2.0 + across * np.cos(along / 2)) * np.cos(along)
    y = (2.0 + across * np.cos(along / 2)) * np.sin(along)
    points = np.stack([x, y, across * np.sin(along / 2)], axis=-1).reshape(-1, 3)
    faces = []
    for k in range(n):
        a, b, c, d = k, (k + 1) % n, n + k, n + (k + 1) % n
        if k == n - 1:
            b, d = d, b
        faces += [[a, b, d], [a, d, c]]
    mended, _ = turned_alike(Mesh(points, faces))
    directed = mended.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    assert len(np.unique(directed, axis=0)) < len(directed)


@pytest.mark.parametrize("removed", [1, 5])
def test_fill_small_holes__closes_what_is_small(removed):
    near = np.argsort(np.linalg.norm(BALL.face_centres - BALL.vertices[0], axis=1))
    open_ball = BALL.submesh(~np.isin(np.arange(len(BALL.faces)), near[:removed]))
    closed, widths = fill_small_holes(open_ball, widest_mm=8.0)
    assert closed.is_closed
    assert len(widths) == 1
    assert closed.volume_mm3 == pytest.approx(BALL.volume_mm3, rel=0.01)


def test_fill_small_holes__leaves_large_ones_open():
    half = BALL.submesh(BALL.face_centres[:, 2] > 0.0)
    mended, widths = fill_small_holes(half, widest_mm=8.0)
    assert len(widths) == 0
    assert len(mended.faces) == len(half.faces)


def test_fill_small_holes__leaves_a_closed_surface_alone():
    closed, widths = fill_small_holes(box(), widest_mm=5.0)
    assert (len(closed.faces), len(widths)) == (12, 0)


def test_hole_widths__widest_first():
    without = BALL.submesh((np.abs(BALL.face_centres[:, 2]) < 9.0) & (np.arange(1280) != 700))
    widths = hole_widths_mm(without)
    assert len(widths) >= 3
    assert (np.diff(widths) <= 0).all()
    assert widths[0] == pytest.approx(2.0 * np.sqrt(100.0 - 81.0), rel=0.25)
    assert len(hole_widths_mm(BALL)) == 0
