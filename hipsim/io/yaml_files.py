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
from hipsim.io.files import utf8_of_file

LARGEST_BYTES = 300_000  # of a file written by a person; a list of 5000 cases takes 200 kB
MOST_ENTRIES = 100_000  # every alias counted as what it stands for
DEEPEST = 50

Location = tuple[str | int, ...]
# what PyYAML stumbles over where a tag or a date promises what the text does not hold
_UNREADABLE = (ValueError, OverflowError, LookupError, AttributeError, TypeError)


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
        twice, nests or multiplies by aliases without end, or is not a mapping at the top.
    """
    path = Path(path)
    text = read_text(path, error)
    try:
        node, data = _parsed(text)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise error(f"{path}:{line}:{column}: not valid YAML: {problem.problem}") from None
    except yaml.YAMLError as problem:
        raise error(f"{path}:1:1: not valid YAML: {problem}") from None
    except RecursionError:
        raise error(f"{path}:1:1: it nests too deep") from None
    except _UNREADABLE as problem:
        words = f"{type(problem).__name__}: {problem}"[:200]
        raise error(f"{path}:1:1: an entry cannot be read ({words})") from None
    if not isinstance(data, dict):
        raise error(f"{path}:1:1: wanted 'key: value' lines at the top, got {_kind(data)}")
    places, twice = places_in(node)
    if twice:
        lines = [
            f"{path}:{line}:{column}: key {key!r} appears twice" for key, line, column in twice
        ]
        raise error("\n".join(lines))
    return YamlFile(path, text, data, places)


def _parsed(text: str) -> tuple[yaml.Node | None, Any]:
    """Return the tree and what it means, once its size is known to be bounded."""
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        check_bounded(node)
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def check_bounded(node: yaml.Node | None) -> None:
    """Raise YAMLError where aliases make a tree endless, or larger than any person writes.

    Examples
    --------
    >>> check_bounded(yaml.compose("a: &a [*a]"))
    Traceback (most recent call last):
    yaml.error.YAMLError: an alias stands within what it stands for
    """
    if node is not None and _size(node, {}, 0) > MOST_ENTRIES:
        raise yaml.YAMLError(f"its aliases multiply to over {MOST_ENTRIES} entries")


def _size(node: yaml.Node, known: dict[int, int | None], depth: int) -> int:
    """Count the entries of a tree, those below an alias each time it is used."""
    if depth > DEEPEST:
        raise yaml.YAMLError(f"it nests deeper than {DEEPEST}")
    if id(node) in known:
        size = known[id(node)]
        if size is None:
            raise yaml.YAMLError("an alias stands within what it stands for")
        return size
    known[id(node)] = None
    held = node.value if isinstance(node, yaml.CollectionNode) else []
    inner = [part for entry in held for part in (entry if isinstance(entry, tuple) else (entry,))]
    known[id(node)] = size = 1 + sum(_size(part, known, depth + 1) for part in inner)
    return size


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
        Or the subclass asked for: if the file is missing, no file, too long or not UTF-8.
    """
    return utf8_of_file(path, error=error, most=LARGEST_BYTES)


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
