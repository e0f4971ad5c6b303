"""YAML with positions and without silent traps."""

import pytest

from hipsim.errors import InputError, ScenarioError
from hipsim.io.yaml_files import read_yaml

TEXT = "a: 1\nb:\n  - x: 2\n    y: 3\n  - 4\n"


def yaml_file(tmp_path, text):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("location", "place"),
    [(("a",), "1:1"), (("b", 0, "y"), "4:5"), (("b", 1), "5:5"), (("b", 0, "zzz"), "3:5")],
)
def test_where__points_at_the_entry_or_around_it(tmp_path, location, place):
    file = read_yaml(yaml_file(tmp_path, TEXT))
    assert file.where(location).endswith(f"a.yaml:{place}")


def test_read_yaml__refuses_duplicate_keys_at_every_depth(tmp_path):
    path = yaml_file(tmp_path, "a: 1\na: 2\nb: {c: 1, c: 2}\n")
    with pytest.raises(InputError, match=r"(?s):2:1: key 'a' appears twice.*:3:11: key 'c'"):
        read_yaml(path)


def test_read_yaml__raises_the_error_asked_for(tmp_path):
    with pytest.raises(ScenarioError, match=r"cannot read .*none\.yaml: no such file"):
        read_yaml(tmp_path / "none.yaml", ScenarioError)


def test_read_yaml__refuses_a_folder_and_control_characters(tmp_path):
    with pytest.raises(InputError, match="cannot read .*: Is a directory"):
        read_yaml(tmp_path)
    with pytest.raises(InputError, match=r"a\.yaml:1:1: not valid YAML"):
        read_yaml(yaml_file(tmp_path, "a: \x01"))


BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)
)
HARMFUL = {
    "aliases that multiply": (BOMB, "its aliases multiply to over"),
    "alias of itself": ("a: &a [*a]\n", "an alias stands within what it stands for"),
    "deep": ("a: " + "[" * 90 + "]" * 90, "nests deeper than 50"),
    "very deep": ("a: " + "[" * 5000 + "]" * 5000, "nests too deep"),
    "object": ("a: !!python/object/apply:os.getcwd []\n", "not valid YAML: could not determine"),
    "wrong date": ("a: 2024-13-45\n", "an entry cannot be read .ValueError"),
    "wrong tag": ("a: !!int x\n", "an entry cannot be read"),
    "empty number": ("a: !!int ''\n", "an entry cannot be read"),
    "no truth": ("a: !!bool x\n", "an entry cannot be read .KeyError"),
    "no time": ("a: !!timestamp x\n", "an entry cannot be read .AttributeError"),
    "5000 digits": ("a: " + "9" * 5000 + "\n", "an entry cannot be read .ValueError"),
    "long": ("a: '" + "x" * 300_000 + "'\n", "more than the 300000 it may have"),
}


@pytest.mark.parametrize("case", HARMFUL)
def test_read_yaml__refuses_harm(tmp_path, case):
    text, message = HARMFUL[case]
    with pytest.raises(ScenarioError, match=rf"a\.yaml.*{message}"):
        read_yaml(yaml_file(tmp_path, text), ScenarioError)


def test_read_yaml__an_alias_or_two_are_welcome(tmp_path):
    found = read_yaml(yaml_file(tmp_path, "a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\n"))
    assert found.data["c"] == {"x": 1, "y": 2}
