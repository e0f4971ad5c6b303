"""In which unit is a surface written? STL, PLY and OBJ do not say; the bones do.

mm, cm and m are recognised by two facts that must agree: the length of the bone and the radius of
the femoral head. The ranges reach from a child of about five to the tallest adults, and are still
narrower than the factor 10 between two units, so at most one unit fits a bone. The inch is 2.54 cm,
too near for a child's bone, and is believed only where it is stated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hipsim.anatomy.find_side import find_head
from hipsim.anatomy.sizes import SIZES, length_of
from hipsim.errors import AnatomyError, CaseError
from hipsim.geometry import Mesh

Unit = Literal["mm", "cm", "m", "inch"]
UNITS_MM: dict[str, float] = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4}
RECOGNISED: tuple[Unit, ...] = ("mm", "cm", "m")


@dataclass(frozen=True)
class UnitDecision:
    """The unit of the files of a case.

    Attributes
    ----------
    unit
        ``"mm"``, ``"cm"``, ``"m"`` or ``"inch"``.
    unit_mm
        Its length in mm.
    why
        What it was recognised by, for the record.
    """

    unit: str
    unit_mm: float
    why: str


def recognise_unit(bones: Mapping[str, Mesh], stated: str | None = None) -> UnitDecision:
    """Tell the unit of the surfaces of one case from their shapes.

    Parameters
    ----------
    bones
        ``femur_r``, ``hip_l``, ``sacrum``... to its surface, coordinates as in the file.
    stated
        What ``case.yaml`` or the file says, if it does; checked against the shapes.

    Returns
    -------
    decision
        Unit and reason.

    Raises
    ------
    CaseError
        If no unit or several fit the bones, the bones disagree, or a stated unit contradicts
        them; the message shows every bone's measures.

    Examples
    --------
    >>> hip_bone = Mesh([[0, 0, 0], [0.22, 0, 0], [0, 0.15, 0], [0, 0, 0.1]],
    ...                 [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> recognise_unit({"hip_r": hip_bone}).unit
    'm'
    """
    if not bones:
        raise CaseError("the unit is recognised by the bones, and there is none")
    if stated is not None and stated not in UNITS_MM:
        raise CaseError(f"unit must be one of {', '.join(UNITS_MM)}, got {stated!r}")
    seen = {name: _sizes_by_unit(mesh, bone_kind(name), stated) for name, mesh in bones.items()}
    shown = "; ".join(f"{name}: {_shown(bones[name], sizes)}" for name, sizes in seen.items())
    fitting = [u for u in _considered(stated) if all(u in sizes for sizes in seen.values())]
    if stated is not None and stated not in fitting:
        raise CaseError(
            f"the stated unit {stated!r} contradicts the bones ({shown}); correct 'unit' in "
            f"case.yaml, or replace the bone that does not belong here"
        )
    if stated is None and len(fitting) != 1:
        raise CaseError(
            f"the unit cannot be recognised: {' and '.join(fitting) or 'no unit'} "
            f"fit{'' if len(fitting) > 1 else 's'} every bone ({shown}); say 'unit: mm' (or "
            f"{', '.join(u for u in UNITS_MM if u != 'mm')}) in case.yaml, or check the bones"
        )
    unit = stated or fitting[0]
    return UnitDecision(unit, UNITS_MM[unit], f"{'stated, and ' if stated else ''}{shown}")


def bone_kind(name: str) -> str:
    """Return ``femur``, ``hip bone`` or ``sacrum`` for a bone's name in a case.

    Raises
    ------
    CaseError
        If the name is none of a case's.

    Examples
    --------
    >>> bone_kind("hip_r")
    'hip bone'
    """
    kinds = {"femur": "femur", "hip": "hip bone", "sacrum": "sacrum"}
    stem = name.split("_")[0]
    if stem not in kinds:
        raise CaseError(f"a bone is femur_r, femur_l, hip_r, hip_l or sacrum, got {name!r}")
    return kinds[stem]


def _considered(stated: str | None) -> tuple[str, ...]:
    """Return the units to look at: the inch only where it is stated."""
    return RECOGNISED if stated in (None, *RECOGNISED) else (*RECOGNISED, str(stated))


def _sizes_by_unit(mesh: Mesh, kind: str, stated: str | None) -> dict[str, str]:
    """Return the units in which a surface has the size of a bone, and what it measures in each.

    A femur is told by its head; without a head of human size only its whole length speaks.
    """
    by_length: dict[str, str] = {}
    by_head: dict[str, str] = {}
    sizes = SIZES[kind]
    for unit in _considered(stated):
        length = length_of(mesh) * UNITS_MM[unit]
        if not sizes.shortest_mm <= length <= sizes.whole_mm[1]:
            continue
        radius = _head_radius_mm(mesh, UNITS_MM[unit]) if kind == "femur" else None
        if radius is not None:
            by_head[unit] = f"{length:.0f} mm long, head radius {radius:.1f} mm"
        elif length >= sizes.whole_mm[0]:
            by_length[unit] = f"{length:.0f} mm long"
    return by_head or by_length


def _head_radius_mm(mesh: Mesh, unit_mm: float) -> float | None:
    """Return the radius of the femoral head, or None if there is none of human size."""
    try:
        return find_head(Mesh(mesh.vertices * unit_mm, mesh.faces)).radius_mm
    except AnatomyError:
        return None


def _shown(mesh: Mesh, fitting: Mapping[str, str]) -> str:
    """Put one bone's measures into words."""
    read = [f"read in {unit} it is {size}" for unit, size in fitting.items()]
    return f"{length_of(mesh):.3g} long in the file, {' or '.join(read) or 'which fits no unit'}"
