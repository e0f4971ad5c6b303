"""``hipsim import``: whatever holds the bones, made into a case folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from hipsim.io.importing import Imported
    from hipsim.io.sources import Source

FileOf = Annotated[Path | None, Parameter(help="The file of this bone, whatever it is called.")]
Several = Parameter(consume_multiple=True, negative="")


def import_(
    *sources: Path,
    out: Path,
    unit: Literal["mm", "cm", "m", "inch"] | None = None,
    side: Literal["right", "left"] | None = None,
    frame: Literal["lps", "ras"] | None = None,
    labels: Annotated[tuple[str, ...], Several] = (),
    table: str | None = None,
    landmarks: Annotated[tuple[Path, ...], Several] = (),
    femur_r: FileOf = None,
    femur_l: FileOf = None,
    hip_r: FileOf = None,
    hip_l: FileOf = None,
    sacrum: FileOf = None,
) -> None:
    """Make a case folder from surfaces, a label map, a MATLAB file or another case.

    Bones are told by the names of files and of the parts in them (femur_r, Hip_L, right pelvis),
    or by --femur-r FILE and the like. The unit is recognised by the size of the bones.

    Parameters
    ----------
    sources
        Surface files (STL, PLY, OBJ, OFF, GLB, glTF, 3MF, VTP, VTK, MAT), label maps (NIfTI,
        NRRD, MHA, DICOM SEG) or folders.
    out
        The case folder to make; must not be there yet.
    unit
        Unit of the files, where the bones cannot tell it.
    side
        The hip under study, and the side of files whose name says none.
    frame
        Scan frame of the files, where they do not say it and landmarks need it.
    labels
        Labels of a label map: femur_r=76 hip_r=78, by number or by name.
    table
        Table of labels, such as totalsegmentator_v2.
    landmarks
        Landmark files (.mrk.json, .fcsv, .json, .csv).
    femur_r, femur_l, hip_r, hip_l, sacrum
        The file of this bone, whatever it is called.
    """
    from hipsim.io.importing import Statements, import_case

    stated = {
        "femur_r": femur_r, "femur_l": femur_l, "hip_r": hip_r, "hip_l": hip_l, "sacrum": sacrum
    }  # fmt: skip
    files = {bone: file for bone, file in stated.items() if file is not None}
    source = _gathered(sources, files, labels, table)
    done = import_case(source, out, Statements(unit, side, frame, landmarks))
    print(report(done))


def _gathered(
    sources: tuple[Path, ...], files: dict[str, Path], labels: tuple[str, ...], table: str | None
) -> "Source":
    """Read every source and put them together."""
    from hipsim.errors import InputError
    from hipsim.io.sources import Labels, merged, read_bone, read_source

    if not sources and not files:
        raise InputError("nothing to import: name a file or folder, or --femur-r FILE --hip-r FILE")
    chosen = dict(_label(word) for word in labels)
    found = [read_source(path, labels=Labels(chosen, table)) for path in sources]
    return merged([*found, *(read_bone(file, bone) for bone, file in files.items())])


def _label(word: str) -> tuple[str, str | int]:
    """Read ``femur_r=76`` or ``femur_r=femur_right``."""
    from hipsim.errors import InputError
    from hipsim.io.cases import BONES
    from hipsim.io.spelling import did_you_mean

    bone, sign, label = word.partition("=")
    if not sign or not label:
        raise InputError(f"--labels wants femur_r=76 or femur_r=NAME, got {word!r}")
    if bone not in BONES:
        hint = did_you_mean(bone, BONES) or f"; known: {', '.join(BONES)}"
        raise InputError(f"--labels: no bone is called {bone!r}{hint}")
    return bone, int(label) if label.isdigit() else label


def report(done: "Imported") -> str:
    """Lay out what was imported: a line per bone, the unit and why, notes, the next command.

    Parameters
    ----------
    done
        What :func:`hipsim.io.importing.import_case` returned.
    """
    from hipsim.cli.tables import aligned
    from hipsim.io.units import length_of

    rows = [
        [bone, f"{length_of(mesh):.0f} mm", str(len(mesh.faces)), ", ".join(done.mended[bone])]
        for bone, mesh in done.meshes.items()
    ]
    unit = [
        "\n  ".join([f"unit: {decision.unit}", *decision.why.split("; ")])
        for decision in done.units
    ]
    notes = [f"note: {note}" for note in done.notes]
    folder = done.case.folder
    sides = done.case.sides
    side = f" --side {sides[0]}" if len(sides) > 1 and "side" not in done.case.description else ""
    return "\n".join(
        [
            aligned(["bone", "length", "faces", "mended"], rows, "lrrl"),
            *unit,
            f"frame: {done.case.frame}",
            *notes,
            f"written to {folder}",
            f"next: hipsim check {folder}; hipsim measure {folder}{side}",
        ]
    )
