"""The scenario schema as JSON Schema, for completion and hints in an editor.

A scenario whose first line is ``# yaml-language-server: $schema=hipsim.schema.json`` is checked
while it is typed (VS Code, PyCharm, Neovim and others).
"""

from typing import Any

from hipsim.study.schema import VERSION, ScenarioEntry

SCHEMA_FILE = "hipsim.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file.

    Examples
    --------
    >>> sorted(scenario_schema()["required"])
    ['hips', 'motions', 'name']
    """
    schema = ScenarioEntry.model_json_schema(mode="validation")
    return {"$schema": DIALECT, **schema, "title": f"hipsim scenario, version {VERSION}"}
