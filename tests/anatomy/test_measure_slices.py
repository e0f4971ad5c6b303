"""Axial slices: chords and long axes of outlines whose answer is plain."""

import numpy as np
import pytest
from phantom import mirrored_hip, phantom_hip
from shapes import random_rigid

from hipsim.anatomy.measure_slices import (
    ACROSS,
    axial_femur,
    chord,
    long_axis,
    nearest_on_neck_axis,
    shortest_chord,
)
from hipsim.errors import AnatomyError

EXACT = 1e-9  # mm; rounding at 100 mm


def outline(corners) -> np.ndarray:
    """Return the segments of a closed polygon."""
    corners = np.asarray(corners, dtype=float)
    return np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)


RECTANGLE = outline([[-3, -1], [3, -1], [3, 1], [-3, 1]])


def test_chord__is_where_the_line_leaves_to_either_side():
    assert chord(RECTANGLE, np.array([1.0, 0.0]), np.array([1.0, 0.0])) == pytest.approx((-4, 2))


def test_chord__of_a_point_outside_is_none():
    assert chord(RECTANGLE, np.array([0.0, 2.0]), np.array([1.0, 0.0])) is None
    assert chord(RECTANGLE, np.array([5.0, 0.0]), np.array([1.0, 0.0])) is None


def test_shortest_chord__crosses_a_rectangle_the_short_way():
    ends = shortest_chord(RECTANGLE, np.array([1.0, 0.5]))
    np.testing.assert_allclose(np.sort(ends[:, 1]), [-1.0, 1.0], atol=EXACT)
    np.testing.assert_allclose(ends[:, 0], 1.0, atol=EXACT)


def test_shortest_chord__refuses_a_point_outside():
    with pytest.raises(AnatomyError, match="no bridge between femoral neck"):
        shortest_chord(RECTANGLE, np.array([9.0, 9.0]))


@pytest.mark.parametrize("turn_deg", [0.0, 30.0, 100.0, 179.0])
def test_long_axis__turns_with_the_outline(turn_deg):
    turn = np.radians(turn_deg)
    way = np.array([np.cos(turn), np.sin(turn)])
    turned = RECTANGLE @ np.array([way, [-way[1], way[0]]]) + [40.0, -70.0]
    np.testing.assert_allclose(np.abs(long_axis(turned) @ way), 1.0, atol=EXACT)
    np.testing.assert_allclose(long_axis(turned[:, ::-1]), long_axis(turned), atol=EXACT)


def test_long_axis__of_two_pieces_counts_both():
    square = outline([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    pair = np.concatenate([square, square + [0.0, 10.0]])
    np.testing.assert_allclose(long_axis(pair), [0.0, 1.0], atol=EXACT)


def test_axial_femur__is_the_right_femur_in_its_frame(rng):
    right = axial_femur(phantom_hip("right", scan_from_pelvis=random_rigid(rng)))
    left = axial_femur(mirrored_hip(phantom_hip("right")))
    for name, point in phantom_hip("right").landmarks.items():
        own = name if "_right" not in name and "_left" not in name else None
        if own:
            np.testing.assert_allclose(right.marks[own], point, atol=1e-7)
            np.testing.assert_allclose(left.marks[own], point, atol=1e-7)
    assert left.mesh.volume_mm3 > 0.0


def test_nearest_on_neck_axis__is_where_two_lines_pass():
    marks = {
        "hip_joint_centre": np.zeros(3),
        "neck_isthmus": np.array([0.0, -20.0, 20.0]),
        "shaft_axis_proximal": np.array([-7.0, 0.0, 50.0]),
        "shaft_axis_distal": np.array([-7.0, -100.0, 50.0]),
    }
    np.testing.assert_allclose(nearest_on_neck_axis(marks), [0.0, -50.0, 50.0], atol=EXACT)
    assert ACROSS == [2, 0]
