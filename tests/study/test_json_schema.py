"""The exported schema knows every key, and every shipped scenario points to it."""

import json

import pytest

from hipsim.io.catalogue import embedded_scenarios
from hipsim.kinematics.motions import NAMED_MOTIONS
from hipsim.study.json_schema import SCHEMA_FILE, scenario_schema
from hipsim.study.manifest import as_json
from hipsim.study.schema import ScenarioEntry
from hipsim.surgery.procedure import PROCEDURES

HEADER = f"# yaml-language-server: $schema={SCHEMA_FILE}"


@pytest.fixture(scope="module")
def schema():
    return scenario_schema()


def test_scenario_schema__knows_every_key_motion_and_procedure(schema):
    assert set(schema["properties"]) == set(ScenarioEntry.model_fields)
    assert {f"motion_{name}" for name in (*NAMED_MOTIONS, "file")} <= set(schema["$defs"])
    for name, kind in PROCEDURES.items():
        own = schema["$defs"][f"procedure_{name}"]
        assert set(own["properties"]) == {"procedure", *kind.parameters}
        assert own["additionalProperties"] is False


def test_scenario_schema__says_what_keys_mean(schema):
    depth = schema["$defs"]["procedure_resect_lesser_trochanter"]["properties"]["depth_mm"]
    assert "Depth of the plane" in depth["description"]
    kinds = [option.get("type") or option["$ref"] for option in depth["anyOf"]]
    assert kinds == ["number", "array", "#/$defs/AmountRange"]
    assert schema["$defs"]["AmountRange"]["properties"]["step"]["exclusiveMinimum"] == 0


def test_scenario_schema__is_json_and_refers_to_what_is_there(schema):
    text = as_json(schema)
    assert json.loads(text) == schema
    for part in text.split('"$ref": "#/$defs/')[1:]:
        assert part.split('"')[0] in schema["$defs"]


@pytest.mark.parametrize("name", embedded_scenarios())
def test_embedded_scenarios__start_with_the_schema(name):
    path = embedded_scenarios()[name]
    assert path.read_text().splitlines()[0] == HEADER


def test_embedded_schema__is_the_one_of_this_version(schema):
    """When it is not: ``hipsim schema --out scenarios``."""
    folder = next(iter(embedded_scenarios().values())).parent
    assert json.loads((folder / SCHEMA_FILE).read_text()) == schema
