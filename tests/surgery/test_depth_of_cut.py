"""The farthest point of a cut, against the distance of every point."""

import numpy as np
import pytest
from phantom import phantom_hip

from hipsim.geometry import Mesh
from hipsim.io import load_hip
from hipsim.proximity.field import DistanceField
from hipsim.surgery import contour_lesser_trochanter, resect_lesser_trochanter
from hipsim.surgery.depth_of_cut import farthest_from

PLACE_TOL_MM = 1e-9  # rounding in scan coordinates
CUTS = {
    "plane": lambda hip: resect_lesser_trochanter(hip, depth_mm=9.0),
    "tilted": lambda hip: resect_lesser_trochanter(hip, depth_mm=5.0, tilt_deg=30.0),
    "layer": lambda hip: contour_lesser_trochanter(hip, depth_mm=6.0),
}
HIPS = {"phantom": phantom_hip, "man": lambda: load_hip("man")}


def measured(points, bone):
    return np.abs(DistanceField(bone)(points, np.eye(4)[None]).distance_mm)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("name", HIPS)
def test_farthest_from__is_the_greatest_of_all_distances(name, cut):
    hip = HIPS[name]()
    left = CUTS[cut](hip).femur
    apart = np.linalg.norm(hip.femur.vertices - hip.landmarks["lesser_trochanter"], axis=1)
    points = hip.femur.vertices[apart < 20.0]
    every = measured(points, left)
    found, point = farthest_from(points, left)
    assert found == pytest.approx(every.max(), abs=PLACE_TOL_MM)
    assert measured(point[None], left)[0] == pytest.approx(found, abs=PLACE_TOL_MM)


def test_farthest_from__looks_at_a_bone_without_a_corner_near_the_points(rng):
    box = 200.0 * np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    faces = [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]]
    faces += [[2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]]
    points = np.array([100.0, 100.0, 205.0]) + rng.uniform(-4.0, 4.0, (50, 3))
    found, point = farthest_from(points, Mesh(box, faces))
    assert found == pytest.approx(points[:, 2].max() - 200.0, abs=PLACE_TOL_MM)
    assert point[2] == points[:, 2].max()
