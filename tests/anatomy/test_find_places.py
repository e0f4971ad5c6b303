"""What the search for places says when a place is not there."""

import numpy as np
import pytest
from shapes import box, sphere

from hipsim.anatomy import find_proximal_femur as proximal
from hipsim.anatomy.find_acetabulum import find_rim
from hipsim.anatomy.find_knee import find_knee
from hipsim.errors import AnatomyError
from hipsim.geometry import Mesh
from hipsim.geometry.fit import SphereFit

HEAD_RADIUS_MM = 25.0


@pytest.fixture
def rod():
    """Return a smooth thin rod from 400 mm above to 400 mm below the origin."""
    ball = sphere(1.0, subdivisions=5)
    return proximal.RightFemur(Mesh(ball.vertices * [4.0, 400.0, 4.0], ball.faces), HEAD_RADIUS_MM)


def test_neck_isthmus__says_when_there_is_no_neck(rod):
    with pytest.raises(AnatomyError, match="no femoral neck found between the head and the shaft"):
        proximal.neck_isthmus(rod)


def test_lesser_trochanter__is_not_found_on_the_neck(rod):
    with pytest.raises(AnatomyError, match="no lesser trochanter found below the neck"):
        proximal._lesser_trochanter(rod, np.array([0.0, -30.0, 0.1]))


def test_greater_trochanter__is_not_found_on_a_rod(rod):
    with pytest.raises(AnatomyError, match="no greater trochanter found lateral"):
        proximal._greater_trochanter(rod)


def test_shaft_axis__needs_a_shaft():
    ball = proximal.RightFemur(sphere(20.0, (0.0, -20.0, 0.0)), HEAD_RADIUS_MM, 450.0)
    with pytest.raises(AnatomyError, match="the femur ends 40 mm below its head centre"):
        _ = ball.shaft_line


def test_find_knee__says_when_there_is_no_shaft_above_it():
    two = Mesh(
        np.vstack([sphere(20.0).vertices, sphere(30.0, (0, -400, 0)).vertices]),
        np.vstack([sphere(20.0).faces, sphere(30.0).faces + len(sphere(20.0).vertices)]),
    )
    with pytest.raises(AnatomyError, match="the femur has no section 344 mm below"):
        find_knee(two, np.zeros(3), np.array([0.0, -430.0, 0.0]))


def test_find_rim__needs_a_rim():
    block = box((-5.0, -30.0, -5.0), (5.0, -20.0, 5.0))
    socket = SphereFit(np.zeros(3), 25.0, 0.1, 0.1, block.vertices[:, 0] > 0.0)
    with pytest.raises(AnatomyError, match="no acetabular rim found: 0 of 48 sections"):
        find_rim(block, socket)
