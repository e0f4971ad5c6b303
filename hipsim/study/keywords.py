"""From the keywords of a function to a checked entry of a scenario file.

Motions and procedures are functions; what a scenario may say about them is read off their
signatures, so a new keyword of a motion is at once a key of the scenario, checked and spelled the
same way.
"""

import inspect
import math
import re
import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from hipsim.io.spelling import did_you_mean

LARGEST_LIST = 10_000  # amounts in one range


def _as_number(value: Any) -> float:
    """Accept numbers and YAML's ``1e3``, which PyYAML leaves as text; refuse yes and no."""
    try:
        if not isinstance(value, bool | list | dict | None) and math.isfinite(float(value)):
            return float(value)
    except (ValueError, TypeError, OverflowError):
        pass
    raise PydanticCustomError("number", "wanted a number")


def _as_count(value: Any) -> int:
    """Accept whole numbers."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise PydanticCustomError("count", "wanted a whole number")
    return value


def _as_word(value: Any) -> str:
    """Accept text."""
    if not isinstance(value, str):
        raise PydanticCustomError("word", "wanted text")
    return value


def _as_flag(value: Any) -> bool:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise PydanticCustomError("flag", "wanted true or false")
    return value


def _as_span(value: Any) -> float | tuple[float, float]:
    """Accept a number, or two as [from, to]."""
    if isinstance(value, list):
        if len(value) != 2:
            raise PydanticCustomError("span", "wanted a number or [from, to]")
        return (_as_number(value[0]), _as_number(value[1]))
    try:
        return _as_number(value)
    except PydanticCustomError:
        raise PydanticCustomError("span", "wanted a number or [from, to]") from None


def _as_pair(value: Any) -> list[float]:
    """Accept two numbers, the first less than the second."""
    if isinstance(value, list) and len(value) == 2:
        low, high = map(_as_number, value)
        if low < high:
            return [low, high]
    raise PydanticCustomError("pair", "wanted [from, to] with from < to")


Number = Annotated[float, BeforeValidator(_as_number)]
Count = Annotated[int, BeforeValidator(_as_count)]
Word = Annotated[str, BeforeValidator(_as_word)]
Flag = Annotated[bool, BeforeValidator(_as_flag)]
Pair = Annotated[list[float], BeforeValidator(_as_pair, json_schema_input_type=tuple[float, float])]
Span = Annotated[Any, BeforeValidator(_as_span, json_schema_input_type=float | tuple[float, float])]


class Entry(BaseModel):
    """An entry of a scenario: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AmountRange(Entry):
    """Evenly spaced amounts, both ends included."""

    start: Number
    stop: Number
    step: Annotated[float, Field(gt=0), BeforeValidator(_as_number)]

    def values(self) -> list[float]:
        """List the amounts from start towards stop.

        Examples
        --------
        >>> AmountRange(start=0, stop=1, step=0.25).values()
        [0.0, 0.25, 0.5, 0.75, 1.0]
        """
        count = int(abs(self.stop - self.start) / self.step + 1e-9) + 1
        sign = 1.0 if self.stop >= self.start else -1.0
        return [round(self.start + sign * i * self.step, 9) for i in range(count)]


def _as_amounts(value: Any) -> list[float]:
    """Accept a number, a list of numbers, or a range; return a list."""
    if isinstance(value, dict):
        span = AmountRange.model_validate(value)
        if abs(span.stop - span.start) / span.step > LARGEST_LIST:
            raise PydanticCustomError("amounts", "wanted at most 10000 amounts in a range")
        return span.values()
    if isinstance(value, list):
        if not value:
            raise PydanticCustomError("amounts", "wanted at least one amount")
        return [_as_number(item) for item in value]
    try:
        return [_as_number(value)]
    except PydanticCustomError:
        wanted = "wanted a number, a list of numbers, or {start, stop, step}"
        raise PydanticCustomError("amounts", wanted) from None


Amounts = Annotated[
    list[float],
    BeforeValidator(_as_amounts, json_schema_input_type=float | list[float] | AmountRange),
]


def _choice(options: tuple[str, ...], is_number_too: bool, amounts: str) -> Any:
    """Make the type of a word among options, or a number where that is allowed, or a list."""

    def check(value: Any) -> str | float:
        if value in options or is_number_too and not isinstance(value, str):
            return value if isinstance(value, str) else _as_number(value)
        wanted = f"wanted one of {', '.join(options)}{' or a number' if is_number_too else ''}"
        raise PydanticCustomError("choice", f"{wanted}{did_you_mean(value, options)}")

    def check_all(value: Any) -> list[str | float]:
        return [check(item) for item in (value if isinstance(value, list) else [value])]

    one: Any = Literal[options] | float if is_number_too else Literal[options]
    if amounts == "many":
        many = BeforeValidator(check_all, json_schema_input_type=one | list[one])
        return Annotated[list[str | float], many]
    return Annotated[str | float, BeforeValidator(check, json_schema_input_type=one)]


def _each(kind: Any) -> Any:
    """Make the type of a value, or a list of them, that is not a number: for sweeps."""

    def as_list(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]

    return Annotated[list[kind], BeforeValidator(as_list, json_schema_input_type=kind | list[kind])]


def described(function: Callable[..., Any]) -> dict[str, str]:
    """Return what a function's docstring says of each parameter, for hints in an editor.

    Examples
    --------
    >>> described(AmountRange.values), described(entry_for)["tag"][:26]
    ({}, 'Key and value that choose ')
    """
    text = inspect.getdoc(function) or ""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-{3,}$|\Z)", text, re.M | re.S)
    found = {}
    for names, body in re.findall(
        r"^(\S[^\n]*)\n((?:[ ]+[^\n]*\n?|\n)+)", section[1] if section else "", re.M
    ):
        for name in names.split(","):
            found[name.strip().lstrip("*")] = " ".join(body.split())
    return found


def entry_for(
    function: Callable[..., Any],
    tag: tuple[str, str],
    *,
    amounts: Literal["one", "many"],
    extra: Mapping[str, Any] | None = None,
) -> type[Entry]:
    """Make the model of an entry that calls a function.

    Parameters
    ----------
    function
        Its parameters after any ``hip`` become keys.
    tag
        Key and value that choose the function, e.g. ``("motion", "ifi_test")``.
    amounts
        ``"many"``: each key takes a list or range as well, for sweeps.
    extra
        Further keys: name to (type, default).

    Examples
    --------
    >>> def bend(*, angle_deg: float = 5.0): ...
    >>> Bend = entry_for(bend, ("motion", "bend"), amounts="one")
    >>> Bend.model_validate({"motion": "bend", "angle_deg": "1e1"}).angle_deg
    10.0
    """
    key, name = tag
    about = described(function)
    summary = (inspect.getdoc(function) or name).split("\n\n")[0].replace("\n", " ")
    fields: dict[str, Any] = {key: (Literal[name], Field(description=summary))}
    for parameter in _keywords(function):
        required = parameter.default is inspect.Parameter.empty
        said_of_it = Field(... if required else None, description=about.get(parameter.name))
        fields[parameter.name] = (_kind(parameter.annotation, amounts), said_of_it)
    return create_model(f"{key}_{name}", __base__=Entry, **{**(extra or {}), **fields})


def said(entry: Entry, leave_out: frozenset[str]) -> dict[str, Any]:
    """Return what an entry says, without some keys and without what it leaves open."""
    return {
        key: getattr(entry, key)
        for key in type(entry).model_fields
        if key in entry.model_fields_set and key not in leave_out
    }


def _keywords(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """List the parameters a person may set."""
    return [p for p in inspect.signature(function).parameters.values() if p.name != "hip"]


def _kind(annotation: Any, amounts: Literal["one", "many"]) -> Any:
    """Choose the checked type of a key for a parameter's annotation."""
    members = _members(annotation)
    options = tuple(w for a in members if get_origin(a) is Literal for w in get_args(a))
    if options:
        return _choice(options, float in members, amounts)
    if str in members:
        members = [str]
    if len(members) == 1 and members[0] not in (str, int, bool):
        return Amounts if amounts == "many" else Number
    kind = Span if len(members) > 1 else {str: Word, int: Count, bool: Flag}[members[0]]
    return _each(kind) if amounts == "many" else kind


def _members(annotation: Any) -> list[Any]:
    """List what a parameter may be, None left out."""
    is_union = get_origin(annotation) in (Union, types.UnionType)
    members = get_args(annotation) if is_union else (annotation,)
    return [member for member in members if member is not type(None)]
