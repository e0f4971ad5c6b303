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
