"""Inside and outside by the winding number."""

import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.geometry.winding import winding_number

SUM_TOL = 1e-9  # of a number near 0 or 1, from a thousand solid angles


def test_winding_number__is_one_inside_and_zero_outside(rng):
    move = random_rigid(rng)
    ball = sphere(10.0).transformed(move)
    away = rng.normal(size=(300, 3))
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    inside, outside = (ball.vertices.mean(axis=0) + r * away for r in (9.0, 11.0))
    assert winding_number(ball, inside) == pytest.approx(1.0, abs=SUM_TOL)
    assert winding_number(ball, outside) == pytest.approx(0.0, abs=SUM_TOL)


def test_winding_number__turns_with_the_faces():
    turned = Mesh(box().vertices, box().faces[:, ::-1])
    assert winding_number(turned, [[0.3, 0.4, 0.5]]) == pytest.approx(-1.0, abs=SUM_TOL)


def test_winding_number__of_half_a_surface_is_a_half():
    ball = sphere(10.0, subdivisions=4)
    half = ball.submesh(ball.face_centres[:, 2] > 0.0)
    assert winding_number(half, [[0.0, 0.0, 0.0]]) == pytest.approx(0.5, abs=0.02)


def test_winding_number__of_no_point_is_empty():
    assert winding_number(box(), np.empty((0, 3))).shape == (0,)


def test_winding_number__refuses_what_is_not_a_point():
    with pytest.raises(InputError, match=r"points must have shape \(n, 3\)"):
        winding_number(box(), [1.0, 2.0])
