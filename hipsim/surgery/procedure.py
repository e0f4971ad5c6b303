"""Procedures by name: what a scenario file speaks of, as something that can be called on a hip.

Every procedure takes a hip and keyword arguments, one of which is its amount, and returns a new hip
with one more entry in ``notes``. Adding one means writing the function and one line in
``PROCEDURES``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from types import MappingProxyType
from typing import Any

from hipsim.anatomy.hip import Hip
from hipsim.checks import as_choice
from hipsim.errors import InputError
from hipsim.surgery.burr import burr_lesser_trochanter
from hipsim.surgery.contour import contour_lesser_trochanter
from hipsim.surgery.excision import excise_lesser_trochanter
from hipsim.surgery.ischioplasty import resect_ischium
from hipsim.surgery.osteotomy import (
    angulate_femur,
    derotate_femur,
    lateralise_femur,
    shorten_femur,
)
from hipsim.surgery.resection import resect_lesser_trochanter


@dataclass(frozen=True)
class ProcedureKind:
    """A function ``Hip -> Hip`` and what is to be known of its amount.

    Attributes
    ----------
    function
        Takes a hip and keywords.
    amount
        The keyword that says how much is done.
    unit
        Of the amount.
    idle
        The amount at which nothing is done; None where every amount does something.
    """

    function: Callable[..., Hip]
    amount: str
    unit: str
    idle: float | None = 0.0

    @property
    def parameters(self) -> tuple[str, ...]:
        """Keywords the function understands, the amount first."""
        names = [name for name in signature(self.function).parameters if name != "hip"]
        return (self.amount, *(name for name in names if name != self.amount))

    @property
    def default(self) -> float | None:
        """The amount that is done where none is said, or None if one must be said."""
        given = signature(self.function).parameters[self.amount].default
        return None if given is Parameter.empty else float(given)


PROCEDURES: Mapping[str, ProcedureKind] = MappingProxyType(
    {
        "resect_lesser_trochanter": ProcedureKind(resect_lesser_trochanter, "depth_mm", "mm"),
        "burr_lesser_trochanter": ProcedureKind(burr_lesser_trochanter, "depth_mm", "mm"),
        "contour_lesser_trochanter": ProcedureKind(contour_lesser_trochanter, "depth_mm", "mm"),
        "excise_lesser_trochanter": ProcedureKind(
            excise_lesser_trochanter, "margin_mm", "mm", idle=None
        ),
        "derotate_femur": ProcedureKind(derotate_femur, "angle_deg", "deg"),
        "angulate_femur": ProcedureKind(angulate_femur, "angle_deg", "deg"),
        "shorten_femur": ProcedureKind(shorten_femur, "length_mm", "mm"),
        "lateralise_femur": ProcedureKind(lateralise_femur, "shift_mm", "mm"),
        "resect_ischium": ProcedureKind(resect_ischium, "depth_mm", "mm"),
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
        Keyword arguments of its function; the amount is among them, or the function has one for
        those who say nothing.

    Raises
    ------
    InputError
        If the name or a parameter is unknown, or the amount is missing.

    Examples
    --------
    >>> operation = Procedure("resect_lesser_trochanter", {"depth_mm": 5.0})
    >>> str(operation), operation.amount, operation.kind.unit
    ('resect_lesser_trochanter depth_mm=5.0', 5.0, 'mm')
    >>> Procedure("excise_lesser_trochanter", {"depth_mm": 5})
    Traceback (most recent call last):
    hipsim.errors.InputError: excise_lesser_trochanter does not know depth_mm; it takes margin_mm
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
        amount = self.kind.default
        if self.kind.amount not in self.parameters and amount is None:
            raise InputError(f"{self.name} needs {self.kind.amount}, how much is to be done")
        said = {self.kind.amount: amount, **self.parameters}
        object.__setattr__(self, "parameters", MappingProxyType(said))

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

    @property
    def is_idle(self) -> bool:
        """Whether this amount does nothing."""
        return self.amount == self.kind.idle


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
