"""Plans: amounts to lists of operations, the intact hip first."""

import pytest

from hipsim.study.keywords import AmountRange
from hipsim.study.plans import expand_plans
from hipsim.study.schema import PROCEDURE_ENTRIES


def entry(procedure, **amounts):
    return PROCEDURE_ENTRIES[procedure].model_validate({"procedure": procedure, **amounts})


RESECT = entry("resect_lesser_trochanter", depth_mm=[0, 5, 10])
TURN = entry("derotate_femur", angle_deg={"start": 0, "stop": 20, "step": 10})


def names(entries, combine):
    return [plan.name for plan in expand_plans(entries, combine)]


def test_expand_plans__each_procedure_alone():
    expected = ["intact", "resection 5 mm", "resection 10 mm"]
    assert names([RESECT, TURN], "each") == [*expected, "derotation 10 deg", "derotation 20 deg"]


def test_expand_plans__product_leaves_out_what_has_no_amount():
    found = names([RESECT, TURN], "product")
    assert len(found) == 9
    assert found[:3] == ["intact", "derotation 10 deg", "derotation 20 deg"]
    assert "resection 5 mm + derotation 20 deg" in found


def test_expand_plans__nothing_is_there_twice():
    assert names([RESECT, RESECT], "each") == ["intact", "resection 5 mm", "resection 10 mm"]


def test_expand_plans__keywords_are_swept_too():
    both = entry("derotate_femur", angle_deg=20, level=["supracondylar", "intertrochanteric"])
    assert names([both], "each")[1:] == [
        "derotation 20 deg supracondylar",
        "derotation 20 deg intertrochanteric",
    ]


def test_expand_plans__a_full_excision_is_one_although_it_leaves_nothing_proud():
    assert names([entry("excise_lesser_trochanter")], "each") == ["intact", "excision 0 mm"]
    found = names([entry("excise_lesser_trochanter", margin_mm=[0, 2]), TURN], "product")
    assert "excision 0 mm + derotation 20 deg" in found
    assert "derotation 10 deg" not in found


def test_plan__does_its_procedures_in_order():
    plan = expand_plans([entry("resect_lesser_trochanter", depth_mm=5), TURN], "product")[-1]
    done = [procedure.name for procedure in plan.procedures]
    assert done == ["resect_lesser_trochanter", "derotate_femur"]


RANGES = [
    ((0, 10, 2.5), [0, 2.5, 5, 7.5, 10]),
    ((0, 1, 0.3), [0, 0.3, 0.6, 0.9]),
    ((0, 0.3, 0.1), [0, 0.1, 0.2, 0.3]),
    ((30, 0, 15), [30, 15, 0]),
    ((5, 5, 1), [5]),
]


@pytest.mark.parametrize(("ends", "expected"), RANGES)
def test_amount_range__includes_both_ends_where_the_step_fits(ends, expected):
    start, stop, step = ends
    assert AmountRange(start=start, stop=stop, step=step).values() == expected
