"""What the benchmark of resolution concludes from errors, and how it makes bones coarse."""

import numpy as np
import pytest
from shapes import sphere

from benchmarks.sensitivity import MEASURES, WAYS, Row, coarsest, statement, thinned, voxelised

RADIUS_MM = 20.0
SIZE_TOL_MM = 0.15  # of the mean radius; contouring keeps size


def row(amount, error, *, name="a", kind="voxels", failure=""):
    errors = {way: dict.fromkeys(MEASURES, error) for way in WAYS}
    return Row(name, kind, amount, errors_mm=errors, failure=failure)


def test_coarsest__stops_at_the_first_error_however_good_coarser_ones_are():
    rows = [row(0.5, 0.1), row(1.0, 0.6), row(2.0, 0.1)]
    assert coarsest(rows, "voxels", WAYS[0]) == 0.5
    faces = [row(0.5, 0.1, kind="faces"), row(0.1, -0.4, kind="faces")]
    assert coarsest(faces, "faces", WAYS[0]) == 0.1


def test_coarsest__is_judged_by_every_hip_and_by_refusals():
    rows = [row(0.5, 0.1), row(0.5, -0.7, name="b")]
    assert coarsest(rows, "voxels", WAYS[0]) is None
    assert coarsest([row(0.5, 0.1), row(0.5, 0.0, failure="no")], "voxels", WAYS[1]) is None


def test_statement__names_the_resolution():
    said = statement([row(0.5, 0.1), row(0.333, 0.1, kind="faces")])
    assert "every one of 1 hips" in said and "0.5 mm" in said and "0.333 of their faces" in said
    assert "none of those tried" in statement([row(0.5, 0.9)])


@pytest.mark.parametrize("coarsen", [lambda m: voxelised(m, 1.0), lambda m: thinned(m, 0.5)])
def test_coarse_bones__keep_place_and_size(coarsen):
    ball = sphere(RADIUS_MM, centre=(5.0, -3.0, 8.0), subdivisions=4)
    coarse = coarsen(ball)
    assert coarse.is_closed
    reach = np.linalg.norm(coarse.vertices - [5.0, -3.0, 8.0], axis=1)
    assert reach.mean() == pytest.approx(RADIUS_MM, abs=SIZE_TOL_MM)
