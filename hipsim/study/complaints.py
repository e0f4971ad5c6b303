"""Pydantic's errors as lines a person can act on: where, what was wanted, what came."""

import re
from typing import Any

from pydantic import ValidationError

from hipsim.io.spelling import did_you_mean
from hipsim.io.yaml_files import Location, YamlFile
from hipsim.study.schema import keys_at

_POSITION = re.compile(r":(\d+):(\d+): ")


def complaints(error: ValidationError, file: YamlFile) -> list[str]:
    """Return one line per problem: ``file:line:column: where: what [got x]``.

    Parameters
    ----------
    error
        What pydantic found.
    file
        The file that was checked.
    """
    return in_reading_order([_line(p, file) for p in error.errors(include_url=False)])


def in_reading_order(lines: list[str]) -> list[str]:
    """Sort lines that start with ``file:line:column`` by where they point.

    Examples
    --------
    >>> in_reading_order(["a.yaml:10:1: late", "a.yaml:2:8: early"])
    ['a.yaml:2:8: early', 'a.yaml:10:1: late']
    """
    return sorted(lines, key=lambda line: [int(n) for n in _POSITION.findall(line)[0]])


def _line(problem: Any, file: YamlFile) -> str:
    """Write one problem."""
    location = _in_file(problem["loc"], file.data, is_missing=problem["type"] == "missing")
    path = ".".join(str(step) for step in location)
    return f"{file.where(location)}: {path}: {_what(problem, location, file)}"


def _in_file(location: Location, data: Any, *, is_missing: bool) -> Location:
    """Leave out what pydantic adds to a location and the file does not hold."""
    steps: list[str | int] = []
    for index, step in enumerate(location):
        is_last = index == len(location) - 1
        is_inside = (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int)
        )
        if is_inside:
            data = data[step]
        if is_inside or (is_last and is_missing):
            steps.append(step)
    return tuple(steps)


def _what(problem: Any, location: Location, file: YamlFile) -> str:
    """Say what was wanted and what came."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        known = keys_at(file.data, location)
        return f"unknown key{did_you_mean(location[-1], known) or _known(known)}"
    if kind == "missing":
        return "this key is missing"
    if kind == "union_tag_invalid":
        known = context["expected_tags"].replace("'", "").split(", ")
        wanted = context["discriminator"].strip("'")
        got = context["tag"]
        return f"unknown {wanted} {got!r}{did_you_mean(got, known) or _known(known)}"
    if kind in ("union_tag_not_found", "model_attributes_type", "model_type"):
        return f"wanted {_entry(str(location[0]))}, got {problem['input']!r}"
    message = (
        problem["msg"].replace("Input should be", "wanted").replace("wanted a valid", "wanted a")
    )
    hint = ""
    if kind == "literal_error" and isinstance(problem["input"], str):
        hint = did_you_mean(problem["input"], re.findall(r"'([^']*)'", context["expected"]))
    return f"{message}, got {problem['input']!r}{hint}"


def _entry(kind: str) -> str:
    """Say how an entry of a list is written."""
    key = {"motions": "motion", "procedures": "procedure"}.get(kind)
    return f"a name, or {{{key}: name, ...}}" if key else "'key: value' lines"


def _known(names: list[str]) -> str:
    """List what is known."""
    return f"; known: {', '.join(names)}" if names else ""
