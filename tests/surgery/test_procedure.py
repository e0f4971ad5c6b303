"""Procedures by name do what the functions do, and refuse what they do not know."""

import json

import pytest
from phantom import phantom_hip

from hipsim.errors import InputError
from hipsim.io import load_hip
from hipsim.surgery import (
    PROCEDURES,
    Procedure,
    apply_procedures,
    derotate_femur,
    resect_lesser_trochanter,
)


def test_procedure__does_what_its_function_does():
    hip = phantom_hip()
    by_name = Procedure("derotate_femur", {"angle_deg": 15, "level": "supracondylar"})(hip)
    by_hand = derotate_femur(hip, angle_deg=15, level="supracondylar")
    assert by_name.femur.content_hash == by_hand.femur.content_hash


def test_apply_procedures__goes_in_order_and_notes_each():
    steps = [
        Procedure("resect_lesser_trochanter", {"depth_mm": 5}),
        Procedure("derotate_femur", {"angle_deg": 10}),
    ]
    hip = phantom_hip()
    after = apply_procedures(hip, steps)
    chained = derotate_femur(resect_lesser_trochanter(hip, depth_mm=5), angle_deg=10)
    assert [note["procedure"] for note in after.notes] == [step.name for step in steps]
    assert after.femur.content_hash == chained.femur.content_hash
    assert json.loads(json.dumps(after.notes)) == list(after.notes)


@pytest.mark.parametrize("name", PROCEDURES)
def test_procedures__name_their_amount_first(name):
    kind = PROCEDURES[name]
    assert kind.parameters[0] == kind.amount
    assert kind.amount.endswith(f"_{kind.unit}")


def test_procedure__takes_the_amount_of_its_function_where_none_is_said():
    excision = Procedure("excise_lesser_trochanter", {})
    assert excision.amount == 0.0
    assert not excision.is_idle
    assert Procedure("derotate_femur", {"angle_deg": 0}).is_idle


@pytest.mark.parametrize("name", PROCEDURES)
def test_procedures__each_notes_its_name_and_amount(name):
    kind = PROCEDURES[name]
    given = {"deg": 4.0, "mm": 1.5}[kind.unit]
    after = Procedure(name, {kind.amount: given})(load_hip("woman"))
    assert after.notes[-1]["procedure"] == name
    assert after.notes[-1][kind.amount] == given
    assert json.loads(json.dumps(after.notes)) == list(after.notes)


def test_procedure__keeps_its_own_parameters():
    given = {"depth_mm": 5.0}
    operation = Procedure("resect_lesser_trochanter", given)
    given["depth_mm"] = 50.0
    assert operation.amount == 5.0
    with pytest.raises(TypeError):
        operation.parameters["depth_mm"] = 50.0


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("resect_everything", {}, "procedure must be one of resect_lesser_trochanter"),
        ("derotate_femur", {"angle": 5}, "does not know angle; it takes angle_deg"),
        ("derotate_femur", {"level": "supracondylar"}, "needs angle_deg"),
    ],
)
def test_procedure__refuses_unknown_names_and_missing_amounts(name, parameters, message):
    with pytest.raises(InputError, match=message):
        Procedure(name, parameters)
