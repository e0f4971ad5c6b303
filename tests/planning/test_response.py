"""Response curves: laws of the subject, where they end, and what is refused."""

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.io import load_hip
from hipsim.kinematics.arcs import arc, neutral
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.response import Response, response
from hipsim.surgery import derotate_femur, resect_lesser_trochanter

SAME_TOL = 1e-9  # mm, rounding
TURNED_TOL = 0.02  # mm; the knee's landmarks turn, so the femoral frame is made anew
EXTENSION = arc(flexion_deg=(0, -20), adduction_deg=10, step_deg=5)
DEPTHS = [0.0, 2.0, 4.0, 8.0, 11.0]


@pytest.fixture(scope="module")
def hip():
    return load_hip("woman_narrow")


@pytest.fixture(scope="module")
def curve(hip):
    return response(hip, "resect_lesser_trochanter", DEPTHS, [neutral(), EXTENSION])


def made(minimum_mm, structures, amounts=None):
    """Return a response of one motion with such values."""
    k = len(minimum_mm)
    return Response(
        hip_name="made",
        side="right",
        procedure="resect_lesser_trochanter",
        amount_name="depth_mm",
        unit="mm",
        fixed={},
        amounts=np.arange(k, dtype=float) if amounts is None else np.array(amounts),
        motions=(neutral(),),
        minimum_mm=np.array([minimum_mm], dtype=float),
        structures=(tuple(structures),),
        side_effects=(),
    )


def test_response__is_the_clearance_after_each_amount(hip, curve):
    for k, depth in enumerate(DEPTHS):
        query = ClearanceQuery(resect_lesser_trochanter(hip, depth_mm=depth))
        for row, motion in enumerate((neutral(), EXTENSION)):
            found = query(motion)
            assert curve.minimum_mm[row, k] == pytest.approx(found.minimum_mm, abs=SAME_TOL)
            assert curve.structures[row][k] == found.structure


def test_response__of_no_amount_is_the_hip_as_it_is(hip, curve):
    query = ClearanceQuery(hip)
    assert curve.minimum_mm[0, 0] == query(neutral()).minimum_mm
    assert curve.side_effects[0].removed_volume_mm3 == 0.0


def test_response__to_resection_never_falls(curve):
    assert (curve.gain_per_unit >= -SAME_TOL).all()
    volumes = [each.removed_volume_mm3 for each in curve.side_effects]
    assert (np.diff(volumes) > 0.0).all()


def test_response__gains_no_more_than_the_depth(curve):
    assert (curve.gain_per_unit <= 1.0 + 1e-6).all() or (curve.minimum_mm[:, 0] < 0.0).any()


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_response__is_the_same_for_any_number_of_threads(hip, curve, n_threads):
    again = response(
        hip, "resect_lesser_trochanter", DEPTHS[:3], [neutral(), EXTENSION], n_threads=n_threads
    )
    assert np.array_equal(again.minimum_mm, curve.minimum_mm[:, :3])
    assert [names[:3] for names in curve.structures] == list(again.structures)


def test_response__to_derotation_is_the_intact_hip_turned_in(hip):
    found = response(hip, "derotate_femur", [0.0, 10.0, 20.0], neutral())
    query = ClearanceQuery(hip)
    turned = [query(arc(rotation_deg=(a, a + 1e-9), n_poses=2)).minimum_mm for a in (0, 10, 20)]
    assert np.abs(found.minimum_mm[0] - turned).max() < TURNED_TOL
    assert (found.gain_per_unit > 0.0).all()


def test_response__keeps_other_keywords(hip):
    found = response(hip, "resect_lesser_trochanter", [0.0, 3.0], neutral(), tilt_deg=20.0)
    assert found.fixed == {"tilt_deg": 20.0}
    tilted = resect_lesser_trochanter(hip, depth_mm=3.0, tilt_deg=20.0)
    assert found.minimum_mm[0, 1] == ClearanceQuery(tilted)(neutral()).minimum_mm


def test_response__of_an_operated_hip_goes_on_from_there(hip):
    turned = derotate_femur(hip, angle_deg=10.0)
    found = response(turned, "resect_lesser_trochanter", [0.0, 3.0], neutral())
    assert found.minimum_mm[0, 0] == ClearanceQuery(turned)(neutral()).minimum_mm


def test_saturation__is_where_the_curve_goes_flat_for_good():
    found = made([1, 2, 3, 3.01, 3.01], ["lesser_trochanter"] * 5).saturation["neutral"]
    assert (found.flat_from, found.taken_over_from) == (2.0, None)
    assert "flat from 2 on, nearest is the lesser trochanter" in str(found)


def test_saturation__a_late_start_is_no_saturation():
    found = made([1, 1, 2, 4], ["lesser_trochanter"] * 4).saturation["neutral"]
    assert found.flat_from is None
    assert "still gains" in str(found)


def test_saturation__nothing_gained_is_flat_from_the_start():
    found = made([2, 2, 1], ["shaft"] * 3).saturation["neutral"]
    assert found.flat_from == 0.0


def test_saturation__names_who_takes_over():
    names = ["lesser_trochanter", "lesser_trochanter", "intertrochanteric_crest"]
    found = made([1, 2, 2], names).saturation["neutral"]
    assert (found.taken_over_from, found.last_structure) == (2.0, "intertrochanteric_crest")


def test_amount_for__is_linear_between_amounts():
    curve = made([1, 2, 4], ["shaft"] * 3, amounts=[0, 2, 4])
    assert curve.amount_for("neutral", 3.0) == 3.0
    assert curve.amount_for("neutral", 0.5) == 0.0
    assert curve.amount_for("neutral", 4.5) is None
    with pytest.raises(InputError, match="motion must be one of neutral, got 'gait'"):
        curve.amount_for("gait", 3.0)


def test_response__counts_its_progress(hip):
    seen = []
    response(
        hip,
        "resect_lesser_trochanter",
        [0.0, 1.0],
        neutral(),
        progress=lambda *counts: seen.append(counts),
    )
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("procedure", "amounts", "fixed", "message"),
    [
        ("resect", [0, 1], {}, "procedure must be one of"),
        ("resect_lesser_trochanter", [1], {}, "amounts must be at least two and rise"),
        ("resect_lesser_trochanter", [1, 1], {}, "amounts must be at least two and rise"),
        ("resect_lesser_trochanter", [0, 1], {"angle": 3}, "does not know angle"),
        ("resect_lesser_trochanter", [0, 1], {"depth_mm": 3}, "depth_mm is the amount"),
        ("resect_lesser_trochanter", [0, 60], {}, "depth_mm must be at most"),
    ],
)
def test_response__says_what_is_wrong(hip, procedure, amounts, fixed, message):
    with pytest.raises(InputError, match=message):
        response(hip, procedure, amounts, neutral(), **fixed)


def test_response__needs_motions_with_names_of_their_own(hip):
    for motions in ([], [neutral(), neutral()]):
        with pytest.raises(InputError, match="each with a name of its own"):
            response(hip, "resect_lesser_trochanter", [0, 1], motions)
