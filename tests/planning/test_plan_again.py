"""A plan from its record: the same operations leave the same hips, or that is said."""

import json
from math import inf, isnan

import numpy as np
import pytest

from hipsim.errors import InputError
from hipsim.io import load_hip
from hipsim.planning import plan as planning
from hipsim.planning import plan_ways
from hipsim.planning.plan import plan
from hipsim.planning.plan_again import decision_again, hips_again, refuse_other_space
from hipsim.planning.plan_decision import Cost

TARGETS = {"neutral": 11}


@pytest.fixture(scope="module")
def found():
    """Return a quick plan of one pose with coarse curves, every way to do it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_ways, "DEPTH_STEP_MM", 8.0)
        patch.setattr(plan_ways, "ANGLE_STEP_DEG", 40.0)
        patch.setattr(planning, "WAYS", ("ideal", "plane", "burr", "derotation"))
        return plan(load_hip("woman_narrow"), TARGETS, detail="quick")


@pytest.fixture(scope="module")
def record(found):
    return json.loads(json.dumps(found.to_dict()))


def with_parameters(record, name, **changes):
    """Return the record of one option with other amounts."""
    option = next(each for each in record["options"] if each["name"] == name)
    return {**option, "parameters": {**option["parameters"], **changes}}


def test_hips_again__are_the_hips_of_the_plan(found, record):
    steps = []
    again = hips_again(
        found.hip,
        found.targets,
        record["options"],
        progress=lambda *step: steps.append(step),
    )
    assert list(again) == ["as it is", "ideal", "plane", "burr", "derotation"]
    assert again["as it is"] is found.hip
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    for option in found.options:
        hip = again[option.name]
        np.testing.assert_array_equal(hip.femur.vertices, option.hip.femur.vertices)
        np.testing.assert_array_equal(hip.femur.faces, option.hip.femur.faces)
        assert hip.notes == option.hip.notes


def test_hips_again__does_two_operations_one_after_the_other(found, record):
    one = with_parameters(record, "plane")["parameters"]
    two = with_parameters(record, "derotation")["parameters"]
    steps = [{k: v for k, v in one.items() if not k.startswith("plane_")}, two]
    both = {"name": "combined", "parameters": {"procedures": steps}, "targets": []}
    hip = hips_again(found.hip, (), [both])["combined"]
    said = [note.get("procedure") for note in hip.notes]
    assert said[-2:] == ["resect_lesser_trochanter", "derotate_femur"]


def test_hips_again__refuses_what_is_not_the_plan(found, record):
    other = with_parameters(record, "derotation", angle_deg=1.0)
    words = r"derotation now leaves .* mm in neutral, the plan states .* plan again"
    with pytest.raises(InputError, match=words):
        hips_again(found.hip, found.targets, [other])


def test_refuse_other_space__knows_another_hip(found, record):
    refuse_other_space("now", found.hip, found.targets, record["targets"])
    with pytest.raises(InputError, match="hip or version are not those of the plan"):
        refuse_other_space("now", load_hip("woman"), found.targets, record["targets"])


def test_decision_again__is_the_decision(found, record):
    assert decision_again(record) == found.decision


def test_decision_again__tells_no_contact_from_not_known(record):
    cost = {name: None if name.startswith("rotation") else 1.0 for name in vars(Cost(*[0.0] * 6))}
    row = {**record["decision"][-1], "name": "plane", "cost": cost}
    row["interval_mm"] = {"neutral": {"low": None, "median": 2.0, "high": None}}
    row["matters_most"] = ["adduction", 0.4]
    options = [{"name": "plane", "flexion_internal_rotation_is_known": False}]
    told = {"flexion_internal_rotation_is_known": True, "options": options, "decision": [row]}
    (again,) = decision_again(told)
    assert again.cost.rotation_before_deg == inf and isnan(again.cost.rotation_after_deg)
    assert again.interval_mm["neutral"].low == -inf and again.interval_mm["neutral"].high == inf
    assert again.matters_most == ("adduction", 0.4)
