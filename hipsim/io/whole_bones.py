"""From the pieces a person hands over to whole bones: unit, outer surface, side.

Every decision is checked by the shape: the unit by the size of the bones, the side by the shape of
each bone. What contradicts is refused, with both shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hipsim.anatomy.find_side import side_of_femur, side_of_hip_bone
from hipsim.checks import SIDES, Side
from hipsim.errors import AnatomyError, CaseError
from hipsim.geometry import Mesh
from hipsim.io.bone_names import Kind
from hipsim.io.quality import as_bone
from hipsim.io.sources import Piece, joined
from hipsim.io.units import UnitDecision, recognise_unit

BONES_BY_KIND = {"femur": "femur", "hip": "hip bone", "sacrum": "sacrum"}
_Key = tuple[Kind, Side | None]
_Fit = tuple[Mesh, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class WholeBones:
    """Bones fit to be written into a case.

    Attributes
    ----------
    meshes
        Bone (``femur_r``, ...) to closed surface, mm.
    mended
        Bone to what was mended in it.
    units
        Unit stated by a source (None: none stated) to the unit decided, and why.
    notes
        What stays unchecked, and what was told by the shape.
    """

    meshes: Mapping[str, Mesh]
    mended: Mapping[str, tuple[str, ...]]
    units: Mapping[str | None, UnitDecision]
    notes: tuple[str, ...]


def whole_bones(
    pieces: Iterable[Piece], *, said_unit: str | None = None, said_side: Side | None = None
) -> WholeBones:
    """Make whole bones in mm of the pieces of files.

    Parameters
    ----------
    pieces
        Of one case, in one frame.
    said_unit
        Unit a person states for all of them.
    said_side
        The hip under study; also the side of bones whose names say none.

    Raises
    ------
    CaseError
        If two files are one bone, the unit or a side cannot be told or contradicts the shape, or
        no side has both femur and hip bone.
    MeshError
        If a surface cannot stand for its bone.
    """
    bones, units = _in_mm(_gathered(pieces), said_unit)
    fit = {key: _fit(key[0], parts, file) for key, (parts, file) in bones.items()}
    named, notes = _with_sides(fit, said_side)
    _check_complete(named, said_side)
    meshes = {bone: mesh for bone, (mesh, _) in named.items()}
    mended = {bone: repairs for bone, (_, repairs) in named.items()}
    return WholeBones(meshes, mended, units, notes)


def _gathered(pieces: Iterable[Piece]) -> dict[_Key, list[Piece]]:
    """Gather the pieces of each bone, which must come from one file."""
    bones: dict[_Key, list[Piece]] = {}
    for piece in pieces:
        bones.setdefault((piece.kind, piece.side), []).append(piece)
    for (kind, side), found in bones.items():
        files = sorted({str(piece.file) for piece in found})
        if len(files) > 1:
            what = " ".join(filter(None, (side, BONES_BY_KIND[kind])))
            raise CaseError(f"two files for the {what}: {' and '.join(files)}; keep one")
    return bones


def _in_mm(
    bones: Mapping[_Key, list[Piece]], said: str | None
) -> tuple[dict[_Key, tuple[list[Mesh], Path]], dict[str | None, UnitDecision]]:
    """Decide the unit of the sources, apart for those that state one, and scale them to mm."""
    groups: dict[str | None, dict[str, Mesh]] = {}
    for (kind, side), found in bones.items():
        whole = joined([piece.mesh for piece in found])
        unit = said or found[0].stated_unit
        groups.setdefault(unit, {})[f"{kind}_{side[0]}" if side else kind] = whole
    units = {stated: recognise_unit(whole, stated) for stated, whole in groups.items()}
    scaled = {}
    for key, found in bones.items():
        factor = units[said or found[0].stated_unit].unit_mm
        meshes = [Mesh(piece.mesh.vertices * factor, piece.mesh.faces) for piece in found]
        scaled[key] = (meshes, found[0].file)
    return scaled, units


def _fit(kind: Kind, parts: Sequence[Mesh], file: Path) -> _Fit:
    """Return the surface fit to stand for a bone, and what was mended."""
    mesh, mended = as_bone(joined(parts), BONES_BY_KIND[kind], name=str(file))
    return mesh, (f"joined {len(parts)} parts", *mended) if len(parts) > 1 else mended


def _with_sides(
    fit: Mapping[_Key, _Fit], said: Side | None
) -> tuple[dict[str, _Fit], tuple[str, ...]]:
    """Name every bone as a case does, its side checked by its shape; and what stays unchecked."""
    named: dict[str, _Fit] = {}
    notes: list[str] = []
    for (kind, side), found in fit.items():
        bone = "sacrum"
        if kind != "sacrum":
            own, note = _checked_side(kind, side or said, found[0])
            bone, notes = f"{kind}_{own[0]}", [*notes, *note]
        if bone in named:
            raise CaseError(f"two surfaces for {bone}: say which is which by their names")
        named[bone] = found
    return dict(sorted(named.items())), tuple(notes)


def _checked_side(kind: Kind, side: Side | None, mesh: Mesh) -> tuple[Side, list[str]]:
    """Return the side of a bone, by name and shape, and a note where the shape does not tell."""
    what = BONES_BY_KIND[kind]
    try:
        shape = (side_of_femur if kind == "femur" else side_of_hip_bone)(mesh)
    except AnatomyError as error:
        if side is None:
            raise CaseError(
                f"the side of the {what} cannot be told: rename the file ({kind}_r, {kind}_l) or "
                f"say --side; {error}"
            ) from None
        return side, [f"{kind}_{side[0]}: the side was not checked by the shape: {error}"]
    if side is not None and shape.side != side:
        raise CaseError(
            f"the {what} called {side} is, by its shape, a {shape.side} one ({shape.why}); check "
            "the file name, --side, and whether the mesh was mirrored on export"
        )
    return shape.side, [] if side else [f"{kind}_{shape.side[0]}: the side was told by its shape"]


def _check_complete(bones: Iterable[str], side: Side | None) -> None:
    """Raise unless a femur and a hip bone of one side are there."""
    have = set(bones)
    whole = [s for s in SIDES if {f"femur_{s[0]}", f"hip_{s[0]}"} <= have]
    if not whole or (side and side not in whole):
        wanted = f"the {side}" if side else "one"
        raise CaseError(
            f"wanted the femur and the hip bone of {wanted} side, found {', '.join(sorted(have))}"
        )
