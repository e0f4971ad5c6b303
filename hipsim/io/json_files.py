"""JSON without its silent traps: a key that comes twice, numbers and depths without end."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hipsim.errors import InputError


def parsed_json(
    path: str | Path, text: str | bytes, *, error: type[InputError] = InputError
) -> Any:
    """Parse JSON.

    Parameters
    ----------
    path
        Where it came from, for the message.
    text
        The text.
    error
        Which error to raise.

    Raises
    ------
    InputError
        Or the subclass asked for: if it is not JSON, names a key of an object twice, holds a
        whole number of thousands of digits, or nests too deep.

    Examples
    --------
    >>> parsed_json("a.json", '{"LT": [1, 2, 3], "LT": [4, 5, 6]}')
    Traceback (most recent call last):
    hipsim.errors.InputError: a.json is not valid JSON: key 'LT' appears twice
    """
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise error(f"{path} is not valid JSON: it nests too deep") from None
    except ValueError as problem:
        raise error(f"{path} is not valid JSON: {problem}") from None


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """Make a mapping whose keys came once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"key {twice!r} appears twice")
    return found
