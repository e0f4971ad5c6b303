"""Fairing: waves lose what the formula says, form and volume stay, held vertices do not move."""

import numpy as np
import pytest

from hipsim.errors import ComputationError, InputError
from hipsim.geometry import Mesh, fairing, implicit
from hipsim.geometry.fairing import faired
from hipsim.geometry.intersections import find_self_intersections

RADIUS_MM = 20.0
HEIGHT_MM = 0.25  # of the waves laid on the ball; less than the bound shortens noticeably
SHARE = 0.12  # of a wave: discrete Laplacian, and on a ball a wave has a part along the surface
VOLUME_SHARE = 5e-4  # the bound on the shifts is applied after refilling
FORM_MM = 0.15  # uneven rings of triangles look like a slight wave
HELD_MM = 1e-12


def ball(spacing: float) -> Mesh:
    field = implicit.ball(np.zeros(3), RADIUS_MM)
    lines = implicit.graded_lines(-RADIUS_MM - 4, RADIUS_MM + 4, spacing=spacing)
    return implicit.relaxed(implicit.contour(field, (lines, lines, lines)), field)


def wave(mesh: Mesh, degree: int) -> np.ndarray:
    """Legendre polynomial of the height: an eigenfunction of the ball's Laplacian."""
    return np.polynomial.Legendre.basis(degree)(mesh.vertices[:, 2] / RADIUS_MM)


def waved(mesh: Mesh, degree: int) -> Mesh:
    height = HEIGHT_MM * wave(mesh, degree)[:, None]
    return Mesh(mesh.vertices * (1.0 + height / RADIUS_MM), mesh.faces)


def height_left(mesh: Mesh, rippled: Mesh, degree: int, length_mm: float) -> float:
    """Share of a wave that fairing leaves, by projection onto it."""
    radii = np.linalg.norm(faired(rippled, length_mm=length_mm).vertices, axis=1) - RADIUS_MM
    shape = wave(mesh, degree)
    return float((radii @ shape) / (shape @ shape) / HEIGHT_MM)


@pytest.mark.parametrize("spacing", [1.2, 2.0])
@pytest.mark.parametrize("degree", [4, 10, 16])
def test_faired__wave_keeps_the_share_of_the_formula_whatever_the_triangles(degree, spacing):
    mesh, length = ball(spacing), 2.0
    wanted = 1.0 / (1.0 + length**4 * (degree * (degree + 1) / RADIUS_MM**2) ** 2)
    left = height_left(mesh, waved(mesh, degree), degree, length)
    assert left == pytest.approx(wanted, abs=SHARE)


def test_faired__keeps_volume_and_form_of_a_ball():
    mesh = ball(2.0)
    smooth = faired(mesh, length_mm=3.0)
    assert smooth.volume_mm3 == pytest.approx(mesh.volume_mm3, rel=VOLUME_SHARE)
    assert np.abs(np.linalg.norm(smooth.vertices, axis=1) - RADIUS_MM).max() < FORM_MM
    assert np.array_equal(smooth.faces, mesh.faces)


def test_faired__closed_surface_stays_closed_and_does_not_cross_itself():
    rough = waved(ball(2.0), 24)
    smooth = faired(rough, length_mm=4.0)
    implicit.check_topology(smooth, euler_number=2, name="ball")
    assert find_self_intersections(smooth).count == 0


def test_faired__held_vertices_do_not_move_and_free_ones_do():
    rough = waved(ball(2.0), 16)
    freedom = (rough.vertices[:, 0] > 0.0).astype(float)
    shift = faired(rough, length_mm=3.0, freedom=freedom).vertices - rough.vertices
    moved = np.linalg.norm(shift, axis=1)
    assert moved[freedom == 0.0].max() < HELD_MM
    assert moved[freedom == 1.0].max() > 0.3 * HEIGHT_MM


def test_faired__no_vertex_leaves_its_tangent_plane_by_more_than_allowed():
    rough = waved(ball(2.0), 16)
    shift = faired(rough, length_mm=3.0, farthest_mm=0.05).vertices - rough.vertices
    height = np.abs(np.einsum("ij,ij->i", shift, rough.vertex_normals))
    assert 0.04 < height.max() <= 0.05


def test_faired__mirror_image_gives_the_mirror_image():
    rough = waved(ball(2.0), 10)
    one, other = (faired(m, length_mm=3.0) for m in (rough, rough.mirrored(0)))
    assert np.abs(one.mirrored(0).vertices - other.vertices).max() < 1e-3  # mm, of the solver


def test_faired__refuses_lengths_and_shares_that_make_no_sense():
    mesh = ball(3.0)
    with pytest.raises(InputError, match="length_mm must be within 0.1 to 20 mm"):
        faired(mesh, length_mm=0.0)
    with pytest.raises(InputError, match="farthest_mm must be within 0.01 to 5 mm"):
        faired(mesh, length_mm=2.0, farthest_mm=9.0)
    with pytest.raises(InputError, match="freedom must have shape"):
        faired(mesh, length_mm=2.0, freedom=np.ones(3))


def test_faired__says_when_the_equations_do_not_settle(monkeypatch):
    monkeypatch.setattr(fairing, "MOST_ROUNDS", 1)
    with pytest.raises(ComputationError, match="cannot be faired in 1 rounds"):
        faired(waved(ball(3.0), 10), length_mm=5.0)
