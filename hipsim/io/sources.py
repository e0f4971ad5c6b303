"""What a person hands over, taken apart into bones: files, folders, label maps.

A source is a surface file of one bone, a surface file of many parts (GLB, 3MF, OBJ, MATLAB), a case
folder or a folder of surfaces, or a label map. Bones are told by the names of files and parts
(:mod:`hipsim.io.bone_names`). Numbers are kept as they stand: the unit is decided later, on all
bones together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from hipsim.checks import Side
from hipsim.errors import CaseError
from hipsim.geometry import Mesh
from hipsim.io.bone_names import Kind, bone_of
from hipsim.io.cases import BONES, find_case
from hipsim.io.landmark_files import HALF_TURN
from hipsim.io.meshes import MESH_SUFFIXES, PARTS_SUFFIXES, frame_of, load_mesh, load_parts

GRAIN = 1e-6  # of the largest part: corners this near are one; float32 rounds to 6e-8
MOST_NAMES = 8  # of parts left out, in a message


@dataclass(frozen=True, eq=False)
class Piece:
    """One surface that belongs to a bone.

    Attributes
    ----------
    kind, side
        Which bone; the side is None where no name says it.
    mesh
        Coordinates as in the file (3MF: mm).
    file
        Where it was read from.
    stated_unit
        Unit its source states, or None.
    """

    kind: Kind
    side: Side | None
    mesh: Mesh
    file: Path
    stated_unit: str | None = None


@dataclass(frozen=True, eq=False)
class Source:
    """What one source holds.

    Attributes
    ----------
    pieces
        The surfaces of bones.
    frame
        ``"lps"``, ``"ras"`` or ``"unknown"``.
    notes
        What a person should know: parts left out and the like.
    files
        Every file it was read from.
    landmarks
        Landmark files that lie with it.
    """

    pieces: tuple[Piece, ...]
    frame: str = "unknown"
    notes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    landmarks: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Labels:
    """How the labels of a label map are to be read.

    Attributes
    ----------
    chosen
        Bone (``femur_r``, ...) to label name or number.
    table
        Name of a table of labels, such as ``"totalsegmentator_v2"``.
    """

    chosen: Mapping[str, str | int] = field(default_factory=dict)
    table: str | None = None


def read_source(path: str | Path, *, labels: Labels = Labels()) -> Source:
    """Take a source apart into bones.

    Parameters
    ----------
    path
        A file or a folder.
    labels
        How to read a label map.

    Raises
    ------
    CaseError
        If nothing is there, it is of no known kind, or none of its parts is a bone.
    MeshError
        If a surface cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() in PARTS_SUFFIXES and not path.is_dir():
        return _surface_file(path)
    if not path.exists():
        if any(path.parent.glob(f"{path.name}*")):
            return _case_folder(path)  # folder/prefix
        raise CaseError(f"{path}: no such file or folder")
    named = _named_files(path) if path.is_dir() else []
    if named:
        return _folder(path, named)
    from hipsim.io.label_maps import is_label_map

    if is_label_map(path):
        return _label_map(path, labels)
    if path.is_dir():
        seen = _listed(file.name for file in sorted(path.iterdir()))
        raise CaseError(
            f"{path} holds no file that is named after a bone: wanted femur_r, hip_l and the like "
            f"({', '.join(PARTS_SUFFIXES)}), found {seen}"
        )
    raise CaseError(
        f"{path}: wanted a surface ({', '.join(PARTS_SUFFIXES)}), a label map (NIfTI, NRRD, MHA, "
        "DICOM SEG) or a case folder"
    )


def read_bone(path: str | Path, bone: str) -> Source:
    """Read a file that a person says is one bone, whatever it is called.

    Parameters
    ----------
    path
        A surface file; all of its parts are taken.
    bone
        ``femur_r``, ``hip_l``, ``sacrum``...

    Raises
    ------
    MeshError
        If it cannot be read.
    """
    path = Path(path)
    kind, side = bone_of(bone) or ("femur", None)
    return Source(
        (Piece(kind, side, load_mesh(path), path),), frame_of(path) or "unknown", files=(path,)
    )


def _surface_file(path: Path) -> Source:
    """Read a surface file of one bone or of many parts."""
    parts = load_parts(path)
    frame = frame_of(path) or "unknown"
    named = _named(path, parts)
    if not named:
        raise CaseError(
            f"{path}: no bone is recognised by the name of the file or of its parts "
            f"({_listed(parts)}); rename it to femur_r, hip_l, sacrum and so on, or say which "
            "bone it is: --femur-r FILE"
        )
    taken = {name for pieces in named.values() for name in pieces}
    out = [name for name in parts if name not in taken]
    pieces = tuple(
        Piece(*bone, parts[name], path) for bone, names in named.items() for name in names
    )
    notes = (f"{path.name}: left out {_listed(out)}",) if out else ()
    return Source(pieces, frame, notes=notes, files=(path,))


def _named(
    path: Path, parts: Mapping[str, Mesh]
) -> dict[tuple[Kind, Side | None], tuple[str, ...]]:
    """Return which parts make up which bone: by their names, else by the file's."""
    whole = bone_of(path.stem)
    if whole and (len(parts) == 1 or not any(bone_of(name) for name in parts)):
        return {whole: tuple(parts)}
    named: dict[tuple[Kind, Side | None], tuple[str, ...]] = {}
    for name in parts:
        bone = bone_of(name)
        if bone and whole and bone == (whole[0], None):
            bone = whole  # the part does not say its side, the file does
        if bone:
            named[bone] = (*named.get(bone, ()), name)
    return {bone: _with_patches(names, parts) for bone, names in named.items()}


def _with_patches(names: tuple[str, ...], parts: Mapping[str, Mesh]) -> tuple[str, ...]:
    """Add the parts without a bone's name that complete an open surface along its borders.

    Atlases model the condyles as patches with names of their own (``trochlear_groove``, even
    ``articular_cartilage``): a part belongs to the bone if it is open and shares border corners.
    """
    grain = GRAIN * max(float(np.ptp(mesh.bounds, axis=0).max()) for mesh in parts.values())
    found = list(names)
    border = _border([parts[name] for name in found], grain)
    while border:
        near = [
            name
            for name, mesh in parts.items()
            if name not in found and not mesh.is_closed and len(border & _border([mesh], grain)) > 1
        ]
        if not near:
            break
        found += near
        border = _border([parts[name] for name in found], grain)
    return tuple(found)


def _border(meshes: Sequence[Mesh], grain: float) -> set[bytes]:
    """Return the corners on open edges of surfaces joined where their corners coincide."""
    whole = joined(meshes)
    corners = np.round(whole.vertices / grain) + 0.0
    unique, number = np.unique(corners, axis=0, return_inverse=True)
    edges, counts = Mesh(unique, number.reshape(-1)[whole.faces]).edge_counts
    return {unique[corner].tobytes() for corner in np.unique(edges[counts == 1])}


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """Return several surfaces as one list of vertices and faces, corners not yet joined.

    Examples
    --------
    >>> triangle = Mesh(np.eye(3), [[0, 1, 2]])
    >>> joined([triangle, triangle]).faces.tolist()
    [[0, 1, 2], [3, 4, 5]]
    """
    starts = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    faces = [mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]
    return Mesh(np.vstack([mesh.vertices for mesh in meshes]), np.vstack(faces))


def _named_files(folder: Path) -> list[Path]:
    """Return the surface files of a folder that are named after bones."""
    files = (file for file in sorted(folder.iterdir()) if file.is_file())
    return [f for f in files if f.suffix.lower() in PARTS_SUFFIXES and bone_of(f.stem) is not None]


def _folder(path: Path, named: Sequence[Path]) -> Source:
    """Read a case folder, or a folder of files whose names say which bone they are."""
    ends = tuple(bone for bone in BONES if bone != "sacrum")
    if any(f.suffix.lower() in MESH_SUFFIXES and f.stem.lower().endswith(ends) for f in named):
        return _case_folder(path)
    return merged([_surface_file(file) for file in named])


def _case_folder(path: Path) -> Source:
    """Read every bone of a case folder."""
    case = find_case(path)
    as_stated = None if case.stated_unit is None else 1.0
    pieces = []
    frames = set()
    for bone, file in case.files.items():
        kind, side = bone_of(bone) or ("sacrum", None)
        mesh = load_mesh(file, unit_mm=as_stated)
        pieces.append(Piece(kind, side, mesh, file, case.stated_unit))
        frames.add(frame_of(file) or "unknown")
    stems = ("landmarks", "landmarks_r", "landmarks_l")
    marks = [file for file in map(case.landmark_file, stems) if file is not None]
    own = frames.pop() if len(frames) == 1 else "unknown"
    frame = case.frame if "frame" in case.description else own
    files = (*case.files.values(), *marks)
    names = ("footprint.json", "footprint_r.json", "footprint_l.json")
    notes = tuple(
        f"{file.name}: painted footprints are left behind, for faces and frame may change; curves "
        "may be copied into the new case, if their unit and frame stand in the file"
        for file in map(case.companion, names)
        if file is not None
    )
    return Source(tuple(pieces), frame, notes, files, tuple(marks))


def _label_map(path: Path, labels: Labels) -> Source:
    """Read the bones of a label map."""
    from hipsim.io.label_images import mask_files
    from hipsim.io.label_maps import load_label_map

    found = load_label_map(path, labels=labels.chosen or None, table=labels.table)
    masks = mask_files(path) if path.is_dir() else {}
    whole = Path(found.notes[0]["file"])
    pieces = []
    for bone, mesh in found.bones.items():
        kind, side = bone_of(bone) or ("sacrum", None)
        pieces.append(Piece(kind, side, mesh, masks.get(bone, whole), "mm"))
    spacing = " x ".join(f"{step:.3g}" for step in found.spacing_mm)
    notes = (f"{path.name}: {found.notes[0]['format']}, voxels of {spacing} mm", *found.warnings)
    files = tuple(dict.fromkeys(piece.file for piece in pieces))
    return Source(tuple(pieces), found.frame, notes, tuple(f for f in files if f.is_file()))


def merged(sources: Sequence[Source]) -> Source:
    """Put several sources together in one frame.

    Surfaces in RAS are turned into LPS where other sources are in LPS; a source that states no
    frame is taken to be in that of the others. Both are noted.

    Parameters
    ----------
    sources
        At least one.

    Raises
    ------
    CaseError
        If a source in RAS that brings landmarks meets one in LPS.
    """
    frames = {source.frame for source in sources} - {"unknown"}
    notes: list[str] = []
    if len(frames) > 1:
        notes += [f"{s.files[0].name}: turned from RAS into LPS" for s in sources if _is_ras(s)]
        sources = [_as_lps(source) if _is_ras(source) else source for source in sources]
        frames = {"lps"}
    frame = frames.pop() if frames else "unknown"
    silent = [s.files[0].name for s in sources if s.frame == "unknown" != frame]
    if silent:
        notes.append(f"{_listed(silent)}: states no frame; taken to be in {frame.upper()} too")
    return Source(
        tuple(piece for source in sources for piece in source.pieces),
        frame,
        (*(note for source in sources for note in source.notes), *notes),
        tuple(file for source in sources for file in source.files),
        tuple(file for source in sources for file in source.landmarks),
    )


def _is_ras(source: Source) -> bool:
    """Return whether a source is in RAS."""
    return source.frame == "ras"


def _as_lps(source: Source) -> Source:
    """Turn a source in RAS by the half turn that leads to LPS."""
    if source.landmarks:
        raise CaseError(
            f"{source.landmarks[0]}: these landmarks and bones are in RAS, other sources in LPS; "
            "bring them into one frame first"
        )
    pieces = [
        replace(piece, mesh=Mesh(piece.mesh.vertices * HALF_TURN, piece.mesh.faces))
        for piece in source.pieces
    ]
    return replace(source, pieces=tuple(pieces), frame="lps")


def _listed(names: Iterable[str]) -> str:
    """Write a few of many names."""
    names = list(names)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return (", ".join(names[:MOST_NAMES]) or "nothing") + more
