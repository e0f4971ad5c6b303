"""YAML files with the line and column of every entry, and without PyYAML's silent traps.

PyYAML overwrites a duplicate key without a word; here it is an error. Every error starts with
``file:line:column`` so that an editor can jump there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hipsim.errors import InputError
from hipsim.io.files import reason

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class YamlFile:
    """The content of a YAML file and where each entry stands.

    Parameters
    ----------
    path
        Where it was read from, as the person wrote it.
    text
        The file's text.
    data
        Its top-level mapping.
    places
        Location (keys and list positions from the top) to (line, column), counted from 1.
    """

    path: Path
    text: str
    data: dict[str, Any]
    places: dict[Location, tuple[int, int]]

    def where(self, location: Location = ()) -> str:
        """Return ``file:line:column`` of an entry, or of the nearest entry around it."""
        while location and location not in self.places:
            location = location[:-1]
        line, column = self.places.get(location, (1, 1))
        return f"{self.path}:{line}:{column}"


def read_yaml(path: str | Path, error: type[InputError] = InputError) -> YamlFile:
    """Read a YAML file whose top level is a mapping.

    Parameters
    ----------
    path
        The file.
    error
        Which error to raise.

    Raises
    ------
    InputError
        Or the subclass asked for: if the file is missing, not UTF-8, not YAML, holds a key
        twice, or is not a mapping at the top.
    """
    path = Path(path)
    text = read_text(path, error)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise error(f"{path}:{line}:{column}: not valid YAML: {problem.problem}") from None
    except yaml.YAMLError as problem:
        raise error(f"{path}:1:1: not valid YAML: {problem}") from None
    if not isinstance(data, dict):
        raise error(f"{path}:1:1: wanted 'key: value' lines at the top, got {_kind(data)}")
    places, twice = places_in(node)
    if twice:
        lines = [
            f"{path}:{line}:{column}: key {key!r} appears twice" for key, line, column in twice
        ]
        raise error("\n".join(lines))
    return YamlFile(path, text, data, places)


def places_in(
    node: yaml.Node | None,
) -> tuple[dict[Location, tuple[int, int]], list[tuple[str | int, int, int]]]:
    """Return the line and column of every entry of a YAML tree, and the keys that are there twice.

    Examples
    --------
    >>> places_in(yaml.compose("a: [5, 6]"))[0][("a", 1)]
    (1, 8)
    """
    places: dict[Location, tuple[int, int]] = {}
    twice = []
    for location, (line, column), is_repeated in _walk(node, ()):
        if is_repeated:
            twice.append((location[-1], line, column))
        places.setdefault(location, (line, column))
    return places, twice


def read_text(path: Path, error: type[InputError]) -> str:
    """Read UTF-8 text or say why not.

    Raises
    ------
    InputError
        Or the subclass asked for: if the file is missing or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise error(f"{path} is not a text file in UTF-8") from None
    except OSError as problem:
        words = "no such file" if isinstance(problem, FileNotFoundError) else reason(problem)
        raise error(f"cannot read {path}: {words}") from None


def _walk(
    node: yaml.Node | None, location: Location
) -> Iterator[tuple[Location, tuple[int, int], bool]]:
    """Yield the location and position of every entry, and whether its key came before."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            inner = (*location, str(key.value))
            yield inner, (key.start_mark.line + 1, key.start_mark.column + 1), inner in seen
            seen.add(inner)
            yield from _walk(value, inner)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            inner = (*location, index)
            yield inner, (value.start_mark.line + 1, value.start_mark.column + 1), False
            yield from _walk(value, inner)


def _kind(data: object) -> str:
    """Say what came instead of a mapping."""
    return "an empty file" if data is None else f"a {type(data).__name__}"
