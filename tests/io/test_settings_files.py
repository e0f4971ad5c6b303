"""YAML, TOML and JSON give the same mapping, and know where everything stands."""

import pytest

from hipsim.errors import InputError
from hipsim.io.settings_files import read_settings

TOML = """\
name = "x"
hips = [
  "a",
]

[outputs]
poses = "minima"

[[motions]]
motion = "gait"
  [motions.deep]
  key = 1

[[motions]]
"quoted key" = 2
"""


def read(folder, name, text):
    (folder / name).write_text(text)
    return read_settings(folder / name)


PLACES = {
    ("name",): (1, 1),
    ("hips", 0): (2, 1),
    ("outputs", "poses"): (7, 1),
    ("motions", 0, "motion"): (10, 1),
    ("motions", 0, "deep", "key"): (12, 3),
    ("motions", 1, "quoted key"): (15, 1),
}


@pytest.mark.parametrize("location", PLACES)
def test_toml__knows_where_everything_stands(tmp_path, location):
    line, column = PLACES[location]
    assert read(tmp_path, "s.toml", TOML).where(location) == f"{tmp_path}/s.toml:{line}:{column}"


def test_json__knows_where_everything_stands(tmp_path):
    file = read(tmp_path, "s.json", '{"a": 1,\n\t"b": [1,\n\t\t{"c": "\\u00e9"}]}')
    assert file.data == {"a": 1, "b": [1, {"c": "\N{LATIN SMALL LETTER E WITH ACUTE}"}]}
    assert file.where(("b", 1, "c")) == f"{tmp_path}/s.json:3:4"


def test_any_other_ending_is_yaml(tmp_path):
    assert read(tmp_path, "s.txt", "a: 1").data == {"a": 1}


@pytest.mark.parametrize("name", ["s.toml", "s.json", "s.yaml"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(InputError, match=f"cannot read .*{name}: no such file"):
        read_settings(tmp_path / name)


REFUSED = [
    ("s.json", "[1]", "s.json:1:1: wanted an object at the top, got a list"),
    ("s.json", '{"a": 1, "a": 2}', "s.json:1:10: key 'a' appears twice"),
    ("s.json", "{a: 1}", "s.json:1:2: not valid JSON: "),
    ("s.toml", "a = 1\na = 2", r"s.toml:\d:\d+: not valid TOML: "),
    ("s.toml", "b = 1\na = ", "s.toml:2:1: not valid TOML: "),
]


@pytest.mark.parametrize(("name", "text", "message"), REFUSED)
def test_read_settings__refuses(tmp_path, name, text, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, name, text)
