import numpy as np
import pytest
from shapes import box, random_rigid, sphere

from hipsim.errors import InputError
from hipsim.geometry import Mesh, fit

EXACT_TOL = 1e-9  # mm, points lie on the sphere to rounding


def test_fit_sphere__finds_a_cap_exactly(rng):
    directions = rng.normal(size=(50, 3)) + [0, 0, 3]
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    centre, radius = fit.fit_sphere([300, -200, 100] + 24 * directions)
    np.testing.assert_allclose(centre, [300, -200, 100], atol=EXACT_TOL)
    assert radius == pytest.approx(24, abs=EXACT_TOL)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.eye(3), "at least 4 points, got 3"),
        ([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], "points in one plane"),
    ],
)
def test_fit_sphere__refuses_what_has_no_sphere(points, message):
    with pytest.raises(InputError, match=message):
        fit.fit_sphere(points)


def _everywhere(mesh, **options):
    candidates = np.ones(len(mesh.vertices), bool)
    return fit.find_sphere(mesh, fit.SphereSearch(candidates, (5.0, 40.0), **options))


def test_find_sphere__finds_a_ball_on_a_box_with_a_lost_cap(rng):
    ball = sphere(22.0, (0, 0, 80), subdivisions=4)
    ball = ball.submesh(ball.face_centres[:, 2] < 92)  # the segmentation lost a cap
    block = sphere(40.0, subdivisions=3).vertices * [1, 1, 1.6]
    both = Mesh(
        np.vstack([ball.vertices, block]),
        np.vstack([ball.faces, sphere(40.0).faces + len(ball.vertices)]),
    )
    found = _everywhere(both.transformed(random_rigid(rng, 0.0)))
    assert found.radius_mm == pytest.approx(22.0, abs=0.1)
    assert found.coverage == pytest.approx(0.77, abs=0.03)


def test_find_sphere__tells_a_socket_from_a_ball():
    ball = sphere(22.0, subdivisions=4)
    socket = Mesh(ball.vertices, ball.faces[:, ::-1])
    assert _everywhere(socket, is_hollow=True).radius_mm == pytest.approx(22, abs=0.05)
    assert _everywhere(socket) is None


def test_find_sphere__keeps_to_the_expected_centre():
    ball = sphere(22.0, subdivisions=4)
    assert _everywhere(ball, centre_near=(np.array([50.0, 0, 0]), 5.0)) is None


def test_find_sphere__finds_nothing_on_a_box():
    assert _everywhere(box((0, 0, 0), (100, 100, 100))) is None


def test_angle_rad__is_accurate_for_tiny_angles():
    a, b = np.array([1.0, 0, 0]), np.array([1.0, 1e-9, 0])
    assert fit.angle_rad(a, b) == pytest.approx(1e-9, rel=1e-6)


def test_fit_sphere__weights_count_like_repeated_points(rng):
    points = rng.normal(size=(30, 3)) * [1.0, 1.2, 0.9]
    repeats = rng.integers(1, 4, size=30)
    weighted = fit.fit_sphere(points, repeats)
    repeated = fit.fit_sphere(np.repeat(points, repeats, axis=0))
    np.testing.assert_allclose(weighted[0], repeated[0], atol=1e-8)  # mm, rounding
    assert weighted[1] == pytest.approx(repeated[1], abs=1e-8)
