import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from shapes import random_rigid

from hipsim.errors import InputError
from hipsim.geometry import rigid

MATRIX_TOL = 1e-12  # rounding of float64 in products of rotations


def test_rotation_about__equals_scipy(rng):
    axis, angles = rng.normal(size=3), rng.uniform(-7, 7, 5)
    vectors = angles[:, None] * axis / np.linalg.norm(axis)
    expected = Rotation.from_rotvec(vectors).as_matrix()
    np.testing.assert_allclose(rigid.rotation_about(axis, angles), expected, atol=MATRIX_TOL)


def test_inverse__undoes_a_stack(rng):
    stack = np.stack([random_rigid(rng) for _ in range(4)])
    product = rigid.inverse(stack) @ stack
    np.testing.assert_allclose(product, np.tile(np.eye(4), (4, 1, 1)), atol=1e-10)


def test_apply__moves_by_one_or_by_many(rng):
    points, transform = rng.normal(size=(6, 3)), random_rigid(rng)
    homogeneous = np.column_stack([points, np.ones(6)])
    expected = (homogeneous @ transform.T)[:, :3]
    np.testing.assert_allclose(rigid.apply(transform, points), expected, atol=1e-10)
    np.testing.assert_allclose(rigid.apply(transform[None], points)[0], expected, atol=1e-10)


def test_rotation_about_line__keeps_the_line(rng):
    point, axis = rng.normal(size=3), rng.normal(size=3)
    turn = rigid.rotation_about_line(point, axis, 0.7)
    on_line = point + np.outer([-5.0, 0, 9], axis)
    np.testing.assert_allclose(rigid.apply(turn, on_line), on_line, atol=MATRIX_TOL * 100)


def test_axes_from__is_right_handed_and_keeps_y(rng):
    y, hint = rng.normal(size=3), rng.normal(size=3)
    axes = rigid.axes_from(y=y, z_hint=hint)
    assert np.linalg.det(axes) == pytest.approx(1.0)
    np.testing.assert_allclose(axes[:, 1], y / np.linalg.norm(y), atol=MATRIX_TOL)
    assert axes[:, 2] @ hint > 0


def test_unit__refuses_the_zero_vector():
    with pytest.raises(InputError, match="must have a length"):
        rigid.unit(np.zeros(3))
