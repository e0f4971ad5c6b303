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


HARMFUL = {
    "dotted without end": ("a.toml", ".".join("a" * 9000) + " = 1\n", "a key of over 50 parts"),
    "table without end": ("a.toml", "x = 1\n[" + ".".join("a" * 60) + "]\n", "a.toml:2:1: .*50 pa"),
    "5000 digits": ("a.toml", "a = " + "9" * 5000 + "\n", "not valid TOML"),
    "deep TOML": ("a.toml", "a = " + "[" * 50_000, "nests too deep"),
    "5000 digits of JSON": ("a.json", '{"a": ' + "9" * 5000 + "}", "not valid JSON"),
    "deep JSON": ("a.json", '{"a": ' + "[" * 100_000, "not valid JSON"),
    "90 deep": ("a.json", '{"a": ' + "[" * 90 + "]" * 90 + "}", "nests deeper than 50"),
    "control character": ("a.json", '{"a": "\x7f"}', "an entry cannot be read"),
}


@pytest.mark.parametrize("case", HARMFUL)
def test_read_settings__refuses_harm(tmp_path, case):
    name, text, message = HARMFUL[case]
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=rf"{name}.*{message}|{message}"):
        read_settings(tmp_path / name)


def test_read_settings__finds_a_quoted_table_of_many_spaces_in_no_time(tmp_path):
    key = "a" + " " * 100_000 + "b"
    (tmp_path / "a.toml").write_text(f'["{key}"]\nx = 1\n')
    found = read_settings(tmp_path / "a.toml")
    assert found.places[(key, "x")] == (2, 1)


def test_read_settings__counts_keys_that_come_twice_in_no_time(tmp_path):
    (tmp_path / "a.json").write_text(
        "{" + ", ".join(f'"a{i % 9000}": 1' for i in range(18_000)) + "}"
    )
    with pytest.raises(InputError, match="key 'a0' appears twice"):
        read_settings(tmp_path / "a.json")
