"""Settings in YAML, TOML or JSON: the same mapping, and the line of every entry for complaints.

A key that is there twice is an error in all three. Places are exact to the column in YAML and JSON;
in TOML what stands inside an inline table or list has the place of the key before it.
"""

import json
import re
import tomllib
from pathlib import Path

import yaml

from hipsim.errors import InputError
from hipsim.io.yaml_files import (
    Location,
    YamlFile,
    check_bounded,
    places_in,
    read_text,
    read_yaml,
)

SUFFIXES = (".yaml", ".yml", ".toml", ".json")
MOST_PARTS = 50  # of a dotted key; a scenario has 2
_TOKEN = re.compile(r"[\w-]+|\"[^\"\n]*\"|'[^'\n]*'|\.|\s+|.")
_TABLE = re.compile(r"^\s*(\[\[?)([^\[\]#]+)\]\]?")
_KEY = re.compile(
    r"^\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_TOML_PLACE = re.compile(r"^(.*?)\s*\(at line (\d+), column (\d+)\)$")


def read_settings(path: str | Path, error: type[InputError] = InputError) -> YamlFile:
    """Read a mapping from a file whose ending says its language.

    Parameters
    ----------
    path
        A file ending in .yaml, .yml, .toml or .json; any other ending is read as YAML.
    error
        Which error to raise.

    Raises
    ------
    InputError
        Or the subclass asked for: if the file is missing, not UTF-8, not in its language, holds
        a key twice, or is not a mapping at the top.
    """
    suffix = Path(path).suffix.lower()
    readers = {".toml": _read_toml, ".json": _read_json}
    return readers[suffix](Path(path), error) if suffix in readers else read_yaml(path, error)


def _read_toml(path: Path, error: type[InputError]) -> YamlFile:
    """Read TOML."""
    text = read_text(path, error)
    _check_keys(path, text, error)
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise error(f"{path}:1:1: not valid TOML: it nests too deep") from None
    except ValueError as problem:  # tomllib's own error, and that of a number of 5000 digits
        found = _TOML_PLACE.match(str(problem))
        last = str(text.count("\n") + 1)
        what, line, column = found.groups() if found else (str(problem), last, "1")
        raise error(f"{path}:{line}:{column}: not valid TOML: {what}") from None
    return YamlFile(path, text, data, _toml_places(text))


def _check_keys(path: Path, text: str, error: type[InputError]) -> None:
    """Refuse keys of dozens of parts, over which tomllib would sit for minutes."""
    parts, is_after_dot = 1, False
    for found in _TOKEN.finditer(text):
        if found[0] == ".":
            is_after_dot = True
        elif not found[0].isspace() or "\n" in found[0]:
            parts, is_after_dot = (parts + 1 if is_after_dot else 1), False
        if parts > MOST_PARTS:
            line = text.count("\n", 0, found.start()) + 1
            raise error(f"{path}:{line}:1: not valid TOML: a key of over {MOST_PARTS} parts")


def _toml_places(text: str) -> dict[Location, tuple[int, int]]:
    """Find the line and column of every table, list entry and key."""
    places: dict[Location, tuple[int, int]] = {}
    table: Location = ()
    counts: dict[Location, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        column = len(line) - len(line.lstrip()) + 1
        head, key = _TABLE.match(line), _KEY.match(line)
        if key:
            place = (*table, *_keys(key[1]))
        elif head:
            place = table = _with_positions(_keys(head[2]), counts, is_new=head[1] == "[[")
        else:
            continue
        for length in range(1, len(place) + 1):
            places.setdefault(place[:length], (number, column))
    return places


def _keys(dotted: str) -> Location:
    """Split a dotted key."""
    parts = re.findall(r"\"[^\"]*\"|'[^']*'|[\w-]+", dotted)
    return tuple(part.strip("\"'") for part in parts)


def _with_positions(keys: Location, counts: dict[Location, int], *, is_new: bool) -> Location:
    """Put the position into a list of tables behind each key that names one."""
    place: Location = ()
    for index, key in enumerate(keys):
        place = (*place, key)
        if is_new and index == len(keys) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _read_json(path: Path, error: type[InputError]) -> YamlFile:
    """Read JSON; YAML's parser, of which JSON is a part, tells the places."""
    text = read_text(path, error)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as problem:
        where = f"{path}:{problem.lineno}:{problem.colno}"
        raise error(f"{where}: not valid JSON: {problem.msg}") from None
    except (RecursionError, ValueError) as problem:
        raise error(f"{path}:1:1: not valid JSON: {problem}") from None
    if not isinstance(data, dict):
        raise error(f"{path}:1:1: wanted an object at the top, got a {type(data).__name__}")
    places, twice = _json_places(path, text, error)
    if twice:
        lines = [
            f"{path}:{line}:{column}: key {key!r} appears twice" for key, line, column in twice
        ]
        raise error("\n".join(lines))
    return YamlFile(path, text, data, places)


def _json_places(
    path: Path, text: str, error: type[InputError]
) -> tuple[dict[Location, tuple[int, int]], list[tuple[str | int, int, int]]]:
    """Find the line and column of every entry, and the keys that are there twice."""
    try:
        node = yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader)
        check_bounded(node)
        return places_in(node)
    except RecursionError:
        raise error(f"{path}:1:1: it nests too deep") from None
    except yaml.YAMLError as problem:
        words = str(problem).splitlines()[0]
        raise error(f"{path}:1:1: an entry cannot be read ({words})") from None
