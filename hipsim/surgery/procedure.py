"""Procedures by name: what a scenario file speaks of, as something that can be called on a hip.

Every procedure takes a hip and keyword arguments, one of which is its amount, and returns a new hip
with one more entry in ``notes``. Adding one means writing the function and one line in
``PROCEDURES``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import signature
from types import MappingProxyType
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.checks import as_choice
from hipsim.errors import InputError
from hipsim.surgery.osteotomy import derotate_femur
from hipsim.surgery.resection import resect_lesser_trochanter


@dataclass(frozen=True)
class ProcedureKind:
    """A function ``Hip -> Hip``, the keyword that says how much of it is done, and its unit."""

    function: Callable[..., Hip]
    amount: str
    unit: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """Keywords the function understands, the amount first."""
        names = [name for name in signature(self.function).parameters if name != "hip"]
        return (self.amount, *(name for name in names if name != self.amount))


PROCEDURES: Mapping[str, ProcedureKind] = MappingProxyType(
    {
        "resect_lesser_trochanter": ProcedureKind(resect_lesser_trochanter, "depth_mm", "mm"),
        "derotate_femur": ProcedureKind(derotate_femur, "angle_deg", "deg"),
    }
)


@dataclass(frozen=True)
class Procedure:
    """An operation with all it needs but the hip.

    Parameters
    ----------
    name
        Key of ``PROCEDURES``.
    parameters
        Keyword arguments of its function; the amount is among them.

    Raises
    ------
    InputError
        If the name or a parameter is unknown, or the amount is missing.

    Examples
    --------
    >>> operation = Procedure("resect_lesser_trochanter", {"depth_mm": 5.0})
    >>> str(operation), operation.amount, operation.kind.unit
    ('resect_lesser_trochanter depth_mm=5.0', 5.0, 'mm')
    >>> Procedure("derotate_femur", {"angle": 20})
    Traceback (most recent call last):
    hipsim.errors.InputError: derotate_femur does not know angle; it takes angle_deg, level, axis
    """

    name: str
    parameters: Mapping[str, Any]

    def __post_init__(self) -> None:
        as_choice(self.name, tuple(PROCEDURES), name="procedure")
        unknown = [name for name in self.parameters if name not in self.kind.parameters]
        if unknown:
            raise InputError(
                f"{self.name} does not know {', '.join(unknown)}; "
                f"it takes {', '.join(self.kind.parameters)}"
            )
        if self.kind.amount not in self.parameters:
            raise InputError(f"{self.name} needs {self.kind.amount}, how much is to be done")
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def __str__(self) -> str:
        given = (f"{key}={value}" for key, value in self.parameters.items())
        return " ".join([self.name, *given])

    def __call__(self, hip: Hip) -> Hip:
        """Return the hip after the operation."""
        return self.kind.function(hip, **self.parameters)

    @property
    def kind(self) -> ProcedureKind:
        """The function behind the name."""
        return PROCEDURES[self.name]

    @property
    def amount(self) -> float:
        """How much is done, in the unit of the kind."""
        return float(self.parameters[self.kind.amount])


def apply_procedures(hip: Hip, procedures: Iterable[Procedure]) -> Hip:
    """Return the hip after one operation after the other.

    Examples
    --------
    >>> apply_procedures("any hip", [])
    'any hip'
    """
    for procedure in procedures:
        hip = procedure(hip)
    return hip
