"""What is shown: clearances of every plan, closest pairs upright, bones cut short where needed."""

import numpy as np
import pytest
from phantom import phantom_hip

from hipsim.errors import InputError
from hipsim.surgery import derotate_femur
from hipsim.viz.exhibit import make_exhibit

LENGTH_TOL = 1e-9  # mm, a rigid motion keeps lengths


@pytest.fixture(scope="module")
def exhibit(hip, resected, motion):
    turned = derotate_femur(hip, angle_deg=20)
    return make_exhibit({"as it is": hip, "resection": resected, "derotation": turned}, motion)


def test_exhibit__has_the_clearances_of_the_api(exhibit, curves):
    for plan, clearance in enumerate(curves.values()):
        np.testing.assert_array_equal(exhibit.clearance(plan).distance_mm, clearance.distance_mm)
    assert exhibit.programme.least[:2] == tuple(c.index for c in curves.values())


def test_exhibit__closest_pair_is_as_far_apart_as_the_clearance(exhibit):
    for pose in (0, 30):
        pair = exhibit.pair_mm(0, pose)
        distance = abs(exhibit.clearance(0).distance_mm[pose])
        assert abs(np.linalg.norm(pair[1] - pair[0]) - distance) < LENGTH_TOL


def test_exhibit__the_femur_is_cut_short_seen_from_below(exhibit):
    short, long = exhibit.take(0, "axial"), exhibit.take(0, "posterior")
    assert short.bones.femur.length < long.bones.femur.length
    assert exhibit.take(0, "medial") is long


def test_exhibit__knows_what_a_plan_took(exhibit):
    assert exhibit.removed(1) is not None
    assert exhibit.removed(1) is exhibit.removed(1)
    assert exhibit.removed(2) is None  # a derotation moves bone


def test_make_exhibit__refuses_nothing_and_strangers(hip, motion):
    with pytest.raises(InputError, match="no hip was given"):
        make_exhibit({}, motion)
    with pytest.raises(InputError, match="not of the same hip"):
        make_exhibit({"right": hip, "left": phantom_hip("left")}, motion)
