"""Solids from fields: closed forms, laws of the operations, quality of the contours."""

import numpy as np
import pytest

from hipsim.errors import ComputationError, InputError
from hipsim.geometry import Mesh, implicit
from hipsim.geometry.implicit import Field
from hipsim.geometry.sphere_mesh import Net, SphereMesh

ROUNDING = 1e-9  # mm
VOLUME_SHARE = 0.02  # chords of a 1.5 mm grid on a ball of 10 mm
ON_SURFACE_MM = 0.01  # after relaxing: one Newton step from a fraction of a grid cell away


def single(centre: tuple[float, float, float], radius: float) -> SphereMesh:
    return Net.from_cells([(0,)], 1).mesh(np.array([centre]), np.array([radius]))


def cube(half: float, spacing: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lines = implicit.graded_lines(-half, half, spacing=spacing)
    return lines, lines, lines


def contoured_ball(radius: float = 10.0, spacing: float = 1.5) -> tuple[Mesh, Field]:
    field = implicit.ball(np.zeros(3), radius)
    return implicit.contour(field, cube(14.0, spacing)), field


def smallest_angles_deg(mesh: Mesh) -> np.ndarray:
    sides = np.roll(mesh.triangles, -1, axis=1) - mesh.triangles
    sides /= np.linalg.norm(sides, axis=2, keepdims=True)
    cosines = -np.einsum("mij,mij->mi", sides, np.roll(sides, 1, axis=1))
    return np.degrees(np.arccos(np.clip(cosines, -1, 1))).min(axis=1)


def test_contour__ball_is_closed_outward_and_has_its_volume():
    mesh, _ = contoured_ball()
    implicit.check_topology(mesh, euler_number=2, name="ball")
    assert mesh.volume_mm3 == pytest.approx(4 / 3 * np.pi * 1000, rel=VOLUME_SHARE)


def test_contour__ring_has_euler_number_zero():
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    centres = 12 * np.column_stack([np.cos(turn), np.sin(turn), 0 * turn])
    net = Net.from_cells([(i, (i + 1) % 12) for i in range(12)], 12).subdivided()
    ring = net.mesh(centres, np.full(12, 4.0))
    mesh = implicit.contour(ring, cube(19.0, 1.2))
    implicit.check_topology(mesh, euler_number=0, name="ring")


def test_contour__finds_the_same_surface_on_a_graded_grid():
    field = implicit.ball(np.zeros(3), 10.0)
    lines = implicit.graded_lines(-14, 14, spacing=3.0, bands=((2.0, 6.0, 0.8),))
    mesh = implicit.contour(field, (lines, lines, lines))
    implicit.check_topology(mesh, euler_number=2, name="ball")
    assert np.abs(np.linalg.norm(mesh.vertices, axis=1) - 10.0).max() < 0.15  # mm, chord of 3 mm


def test_contour__refuses_a_body_that_leaves_the_grid():
    with pytest.raises(ComputationError, match="enlarge it"):
        implicit.contour(implicit.ball(np.zeros(3), 10.0), cube(8.0, 1.0))


def test_contour__refuses_an_empty_grid():
    with pytest.raises(ComputationError, match="no surface"):
        implicit.contour(implicit.ball(np.array([90.0, 0, 0]), 5.0), cube(8.0, 2.0))


def test_contour__refuses_a_grid_without_cells():
    with pytest.raises(InputError, match="3 grid lines"):
        implicit.contour(implicit.ball(np.zeros(3), 1.0), cube(0.5, 2.0))


def test_relaxed__stays_on_the_surface_with_better_triangles():
    mesh, field = contoured_ball()
    better = implicit.relaxed(mesh, field)
    assert np.abs(field(better.vertices)).max() < ON_SURFACE_MM
    assert smallest_angles_deg(better).min() > max(15.0, smallest_angles_deg(mesh).min())


def test_projected__reaches_the_surface_from_a_millimetre_away(rng):
    points = rng.normal(size=(50, 3))
    points *= (10.0 + rng.uniform(-1, 1, (50, 1))) / np.linalg.norm(points, axis=1, keepdims=True)
    field = implicit.ball(np.zeros(3), 10.0)
    assert np.abs(field(implicit.projected(field, points))).max() < ON_SURFACE_MM


def test_union__does_not_depend_on_the_order(rng):
    parts = [single((8.0 * i, 0, 0), 5.0) for i in range(4)]
    points = rng.uniform(-10, 35, (300, 3))
    first = implicit.union(*parts, blend_mm=2.0)(points)
    assert np.abs(first - implicit.union(*parts[::-1], blend_mm=2.0)(points)).max() < ROUNDING


def test_union__leaves_far_parts_alone():
    pair = implicit.union(single((0, 0, 0), 5.0), single((60.0, 0, 0), 5.0), blend_mm=3.0)
    assert pair(np.array([[-5.0, 0.0, 0.0]])) == pytest.approx(0.0, abs=1e-3)


def test_union__of_coinciding_parts_swells_by_blend_ln_2():
    twins = implicit.union(single((0, 0, 0), 5.0), single((0, 0, 0), 5.0), blend_mm=2.0)
    assert twins(np.array([[5.0, 0, 0]])) == pytest.approx(-2.0 * np.log(2.0), abs=ROUNDING)


def test_blended__is_never_outside_of_its_parts(rng):
    fields = [implicit.ball(np.array([x, 0, 0]), 6.0) for x in (0.0, 9.0)]
    points = rng.uniform(-8, 17, (300, 3))
    whole = implicit.blended(*fields, blend_mm=2.0)(points)
    assert (whole <= np.minimum(fields[0](points), fields[1](points)) + ROUNDING).all()


def test_difference__takes_the_tool_out():
    hollow = implicit.difference(
        implicit.ball(np.zeros(3), 10.0), implicit.ball(np.zeros(3), 6.0), blend_mm=0.5
    )
    values = hollow(np.array([[0.0, 0, 0], [8.0, 0, 0], [12.0, 0, 0]]))
    assert values[0] > 0 > values[1] and values[2] > 0


def test_intersection__with_half_space_keeps_half_a_ball():
    half = implicit.intersection(
        implicit.ball(np.zeros(3), 10.0),
        implicit.half_space(np.zeros(3), np.array([0.0, 0.0, 1.0])),
        blend_mm=0.2,
    )
    mesh = implicit.contour(half, cube(14.0, 1.0))
    assert mesh.volume_mm3 == pytest.approx(2 / 3 * np.pi * 1000, rel=2 * VOLUME_SHARE)


def test_evaluate__equals_the_field_itself(rng):
    points = rng.uniform(-200, 200, (500, 3))
    field = implicit.ball(np.array([3.0, 2, 1]), 7.0)
    assert np.abs(implicit.evaluate(field, points) - field(points)).max() < ROUNDING


def test_value_and_gradient__of_a_ball_points_outward(rng):
    points = rng.uniform(5, 20, (40, 3))
    value, slope = implicit.value_and_gradient(implicit.ball(np.zeros(3), 4.0), points)
    away = np.linalg.norm(points, axis=1, keepdims=True)
    assert np.abs(value - (away[:, 0] - 4.0)).max() < 1e-3  # mm, curvature over 0.09 mm
    assert np.abs(slope - points / away).max() < 3e-3  # curvature of a radius of 9 mm


def test_graded_lines__cover_the_range_and_are_dense_in_the_band():
    lines = implicit.graded_lines(-50, 50, spacing=4.0, bands=((0, 10, 1.0), (40, 50, 2.0)))
    steps, here = np.diff(lines), lines[:-1]
    assert lines[0] == -50 and lines[-1] >= 50 and (steps > 0).all()
    assert steps[(here >= 0) & (here < 10)].max() == pytest.approx(1.0)
    assert steps.max() <= 4.0


def test_graded_lines__refuses_a_spacing_of_zero():
    with pytest.raises(InputError, match="spacing must be within"):
        implicit.graded_lines(0, 1, spacing=0.0)


def test_check_topology__names_what_is_wrong():
    mesh, _ = contoured_ball(spacing=3.0)
    moved = Mesh(mesh.vertices + [40.0, 0, 0], mesh.faces)
    two = Mesh(
        np.vstack([mesh.vertices, moved.vertices]),
        np.vstack([mesh.faces, moved.faces + len(mesh.vertices)]),
    )
    with pytest.raises(ComputationError, match="2 pieces with Euler number 4"):
        implicit.check_topology(two, euler_number=2, name="ball")
    with pytest.raises(ComputationError, match="ball must be one closed surface"):
        implicit.check_topology(mesh, euler_number=0, name="ball")
    with pytest.raises(ComputationError, match="an open surface"):
        implicit.check_topology(Mesh(mesh.vertices, mesh.faces[1:]), euler_number=2, name="b")
