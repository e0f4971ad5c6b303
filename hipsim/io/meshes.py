"""Surface files in and out: STL, PLY, OBJ, OFF, glTF, GLB, 3MF, VTP, VTK and MATLAB.

Of these, 3MF states its unit, and it is honoured. glTF is in metres by specification, but programs
that export bones write millimetres into it all the same; so its numbers are taken as they stand,
like those of the formats without a unit, and the unit is decided by the size of the bones or by
``case.yaml``. Slicer notes the scan frame in a comment (``SPACE=LPS``): :func:`frame_of` reads it.

Corners that coincide exactly are joined when the file repeats them per triangle (STL) or per
patch; a surface that is closed as it stands is left alone. Transforms of scenes are applied.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from hipsim.checks import Array, IntArray, as_choice
from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh
from hipsim.io.exported import EXPORTED_SUFFIXES, exported
from hipsim.io.files import reason, size_of_file, write_file
from hipsim.io.gltf_files import read_gltf
from hipsim.io.matlab import read_matlab
from hipsim.io.obj_files import read_obj
from hipsim.io.off_files import read_off
from hipsim.io.ply_files import read_ply
from hipsim.io.polygons import Part
from hipsim.io.stl_files import read_stl
from hipsim.io.three_mf import read_three_mf
from hipsim.io.vtk_files import read_vtk
from hipsim.io.vtp_files import read_vtp

MESH_SUFFIXES = (".stl", ".ply", ".obj", ".off", ".glb", ".gltf", ".3mf", ".vtp", ".vtk")
PARTS_SUFFIXES = (*MESH_SUFFIXES, ".mat")
SAVED_SUFFIXES = (".ply", ".stl", *EXPORTED_SUFFIXES)
NOTED_FRAMES = ("lps", "ras")
LARGEST_FILE_BYTES = 2_000_000_000
_SPACE = re.compile(rb"SPACE\s*=\s*(LPS|RAS)\b")
_HEADER_BYTES = 4096


def load_mesh(path: str | Path, *, unit_mm: float | None = None) -> Mesh:
    """Read a triangle surface; a file of several parts is read as one.

    Parameters
    ----------
    path
        A file ending in one of ``MESH_SUFFIXES``.
    unit_mm
        Length of the file's unit in mm: 1 for mm, 10 for cm, 1000 for m. Where it is not given,
        what the file states (3MF), else 1.

    Returns
    -------
    mesh
        In mm, in the file's frame; closed or open, as the file is.

    Raises
    ------
    MeshError
        If the file is missing, of another kind, damaged, holds no triangle, or a coordinate is
        not finite.
    """
    path = Path(path)
    parts, factor = _read(path, MESH_SUFFIXES, unit_mm)
    return _as_mesh(path, _stacked(parts), factor)


def load_parts(path: str | Path, *, unit_mm: float | None = None) -> dict[str, Mesh]:
    """Read a file of several surfaces by name: GLB, glTF, 3MF, OBJ with objects, MATLAB.

    Parameters
    ----------
    path
        A file ending in one of ``PARTS_SUFFIXES``. A file of one surface gives one part, called
        as the file names it or after the file.
    unit_mm
        As for :func:`load_mesh`.

    Returns
    -------
    parts
        Name to surface, in mm, in the order of the file.

    Raises
    ------
    MeshError
        As :func:`load_mesh`.
    """
    path = Path(path)
    parts, factor = _read(path, PARTS_SUFFIXES, unit_mm)
    named: dict[str, Mesh] = {}
    for name, vertices, faces in parts:
        if len(faces):
            free = name if name not in named else f"{name} ({len(named) + 1})"
            named[free] = _as_mesh(path, (vertices, faces), factor)
    if not named:
        raise MeshError(f"{path} holds no triangle: it is damaged, cut short, or not a surface")
    return named


def count_triangles(path: str | Path) -> int:
    """Return how many triangles a file lists, those without area among them.

    Raises
    ------
    MeshError
        If it cannot be read.
    """
    parts, _ = _read(Path(path), MESH_SUFFIXES, None)
    return sum(len(faces.reshape(-1, 3)) for _, _, faces in parts)


def frame_of(path: str | Path) -> str | None:
    """Return the scan frame a surface file states, ``"lps"`` or ``"ras"``, or None.

    3D Slicer writes ``SPACE=LPS`` or ``SPACE=RAS`` into the header or a comment.

    Raises
    ------
    MeshError
        If the file cannot be read.
    """
    size_of_file(path, error=MeshError)
    try:
        with Path(path).open("rb") as file:
            found = _SPACE.search(file.read(_HEADER_BYTES))
    except OSError as error:
        raise MeshError(f"cannot read {path}: {reason(error)}") from None
    return found[1].decode().lower() if found else None


def save_mesh(path: str | Path, mesh: Mesh, *, frame: str | None = None) -> Path:
    """Write a mesh as binary PLY (float64, exact), STL (float32), OBJ or GLB, in mm.

    Parameters
    ----------
    path
        Ends in ``.ply``, ``.stl``, ``.obj`` or ``.glb``.
    mesh
        In mm.
    frame
        ``"lps"`` or ``"ras"`` is noted in the header the way 3D Slicer notes and reads it, so
        that the surface opens on its scan; None where it is not known.

    Raises
    ------
    InputError
        If the name ends otherwise, the frame is another one or has no place in the format (GLB),
        or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> tetrahedron = Mesh(np.vstack([np.zeros(3), np.eye(3)]),
    ...                    [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load_mesh(save_mesh(Path(folder, "a.ply"), tetrahedron))
    <Mesh 4 vertices, 4 faces, closed>
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SAVED_SUFFIXES:
        raise InputError(f"{path}: a saved mesh must end in {', '.join(SAVED_SUFFIXES)}")
    head = "hipsim, mm"
    if frame is not None:
        head += f", SPACE={as_choice(frame, NOTED_FRAMES, name='frame').upper()}"
    if suffix in EXPORTED_SUFFIXES:
        content = exported(mesh, suffix, head, frame)
    else:
        content = _as_ply(mesh, head) if suffix == ".ply" else _as_stl(mesh, head)
    return write_file(path, lambda partial: partial.write_bytes(content))


def _read(path: Path, suffixes: Sequence[str], unit_mm: float | None) -> tuple[list[Part], float]:
    """Read the parts of a file, and the length of its unit in mm."""
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        raise MeshError(f"{path}: a mesh file must end in {', '.join(suffixes)}")
    _check_size(path)
    stated_mm = 1.0
    try:
        if suffix == ".3mf":
            parts, stated_mm = read_three_mf(path)
        else:
            parts = _READERS[suffix](path)
    except OSError as error:
        raise MeshError(f"cannot read {path}: {reason(error)}") from None
    return parts, stated_mm if unit_mm is None else unit_mm


def _check_size(path: Path) -> None:
    """Refuse a file that is missing, empty or absurdly large."""
    size = size_of_file(path, error=MeshError)
    if size == 0:
        raise MeshError(f"{path} is empty (0 bytes)")
    if size > LARGEST_FILE_BYTES:
        raise MeshError(
            f"{path} has {size / 1e9:.3g} GB, more than the {LARGEST_FILE_BYTES / 1e9:g} GB "
            "a surface of bones takes; decimate it, or export one bone per file"
        )


def _as_mesh(path: Path, surface: tuple[Array, IntArray], unit_mm: float) -> Mesh:
    """Make a mesh in mm of what a file holds, or name the file in the error."""
    vertices, faces = surface
    if not len(faces):
        raise MeshError(f"{path} holds no triangle: it is damaged, cut short, or not a surface")
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused here
            scaled = np.asarray(vertices, dtype=np.float64) * unit_mm
        return _joined(Mesh(scaled, faces))
    except InputError as error:
        raise MeshError(f"{path}: {error}") from None


def _stacked(parts: list[Part]) -> tuple[Array, IntArray]:
    """Join parts into one list of vertices and faces."""
    if not parts:
        return np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64)
    offsets = np.cumsum([0] + [len(vertices) for _, vertices, _ in parts[:-1]])
    faces = [f.reshape(-1, 3) + at for (_, _, f), at in zip(parts, offsets, strict=True)]
    return np.vstack([v for _, v, _ in parts]).astype(np.float64), np.vstack(faces)


def _joined(mesh: Mesh) -> Mesh:
    """Join exactly coinciding vertices of an open mesh and drop the faces that collapse."""
    if mesh.is_closed:
        return mesh
    _, first, inverse = np.unique(mesh.vertices, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    faces = rank[inverse.reshape(-1)][mesh.faces]
    a, b, c = faces.T
    return Mesh(mesh.vertices[first[order]], faces[(a != b) & (b != c) & (c != a)])


def _as_ply(mesh: Mesh, head: str) -> bytes:
    """Return binary little-endian PLY with float64 coordinates."""
    header = (
        f"ply\nformat binary_little_endian 1.0\ncomment {head}\n"
        f"element vertex {len(mesh.vertices)}\n"
        "property double x\nproperty double y\nproperty double z\n"
        f"element face {len(mesh.faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    rows = np.empty(len(mesh.faces), dtype=[("n", "u1"), ("corners", "<i4", 3)])
    rows["n"], rows["corners"] = 3, mesh.faces
    return header.encode() + mesh.vertices.astype("<f8").tobytes() + rows.tobytes()


def _as_stl(mesh: Mesh, head: str) -> bytes:
    """Return binary STL."""
    rows = np.zeros(
        len(mesh.faces), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("unused", "<u2")]
    )
    rows["normal"], rows["corners"] = mesh.face_normals, mesh.triangles
    return head.encode().ljust(80) + len(rows).to_bytes(4, "little") + rows.tobytes()


_READERS: dict[str, Callable[[Path], list[Part]]] = {
    ".stl": read_stl,
    ".ply": read_ply,
    ".obj": read_obj,
    ".off": read_off,
    ".glb": read_gltf,
    ".gltf": read_gltf,
    ".mat": read_matlab,
    ".vtp": read_vtp,
    ".vtk": read_vtk,
}
