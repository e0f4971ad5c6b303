"""Surface files in and out: STL, PLY, OBJ, OFF, GLB/glTF by trimesh, VTP and VTK by pyvista.

Numbers are taken as they stand: none of these formats but glTF carries a unit, so the unit belongs
to the case (``case.yaml``), never to a guess. Corners that coincide exactly are joined when the
file repeats them per triangle (STL) or per patch; a surface that is closed as it stands is left
alone. Scenes of several parts are joined after their transforms are applied.
"""

from pathlib import Path
from typing import Any

import numpy as np

from hipsim.checks import Array, IntArray
from hipsim.errors import InputError, MeshError
from hipsim.geometry import Mesh
from hipsim.io.files import reason, write_file

TRIMESH_SUFFIXES = (".stl", ".ply", ".obj", ".off", ".glb", ".gltf")
VTK_MARKS = {".vtp": (b"<VTKFile", b"</VTKFile>"), ".vtk": (b"# vtk DataFile", b"")}
MESH_SUFFIXES = TRIMESH_SUFFIXES + tuple(VTK_MARKS)
SAVED_SUFFIXES = (".ply", ".stl")


def load_mesh(path: str | Path, *, unit_mm: float = 1.0) -> Mesh:
    """Read a triangle surface.

    Parameters
    ----------
    path
        A file ending in one of ``MESH_SUFFIXES``.
    unit_mm
        Length of the file's unit in mm: 1 for mm, 10 for cm, 1000 for m.

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
    suffix = path.suffix.lower()
    if suffix not in MESH_SUFFIXES:
        raise MeshError(f"{path}: a mesh file must end in {', '.join(MESH_SUFFIXES)}")
    try:
        content = path.read_bytes()
    except OSError as error:
        words = "no such file" if isinstance(error, FileNotFoundError) else reason(error)
        raise MeshError(f"cannot read {path}: {words}") from None
    if not content:
        raise MeshError(f"{path} is empty (0 bytes)")
    read = _read_with_trimesh if suffix in TRIMESH_SUFFIXES else _read_with_vtk
    vertices, faces = read(path, content)
    if not len(faces):
        raise MeshError(f"{path} holds no triangle: it is damaged, cut short, or not a surface")
    try:
        return _joined(Mesh(vertices * unit_mm, faces))
    except InputError as error:
        raise MeshError(f"{path}: {error}") from None


def save_mesh(path: str | Path, mesh: Mesh) -> Path:
    """Write a mesh as binary PLY (float64, exact) or STL (float32), in mm.

    Raises
    ------
    InputError
        If the name does not end in ``.ply`` or ``.stl``, or cannot be written.

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
        raise InputError(f"{path}: a saved mesh must end in {' or '.join(SAVED_SUFFIXES)}")
    content = _as_ply(mesh) if suffix == ".ply" else _as_stl(mesh)
    return write_file(path, lambda partial: partial.write_bytes(content))


def _read_with_trimesh(path: Path, content: bytes) -> tuple[Array, IntArray]:
    """Read a file by trimesh; whatever its parsers stumble over becomes one error."""
    import trimesh

    try:
        scene = trimesh.load_scene(path, process=False)
        parts = [part for part in scene.dump() if isinstance(part, trimesh.Trimesh)]
    except Exception as error:  # the parsers raise whatever they stumble over
        raise MeshError(f"{path} cannot be read as {path.suffix[1:].upper()}: {error}") from error
    return _stacked([(np.asarray(p.vertices), np.asarray(p.faces)) for p in parts])


def _read_with_vtk(path: Path, content: bytes) -> tuple[Array, IntArray]:
    """Read VTK polygonal data; VTK itself prints its errors instead of raising them."""
    import pyvista as pv

    kind = path.suffix[1:].upper()
    head, tail = VTK_MARKS[path.suffix.lower()]
    if head not in content[:1000]:
        raise MeshError(f"{path} cannot be read as {kind}: wrong header")
    if not content.rstrip().endswith(tail):
        raise MeshError(f"{path} is cut short: it does not end in {tail.decode()}")
    try:
        with pv.vtk_verbosity("off"), pv.VtkErrorCatcher(send_to_logging=False) as caught:
            surface: Any = pv.read(path)
    except (RuntimeError, ValueError, TypeError) as error:
        raise MeshError(f"{path} cannot be read as {kind}: {error}") from error
    if caught.events:
        alert = caught.events[-1].alert.splitlines()[-1]
        raise MeshError(f"{path} is damaged or cut short: {alert}")
    if not isinstance(surface, pv.PolyData):
        raise MeshError(f"{path} holds {type(surface).__name__}, wanted a surface (PolyData)")
    triangles = surface.triangulate()
    return np.asarray(triangles.points), triangles.faces.reshape(-1, 4)[:, 1:]


def _stacked(parts: list[tuple[Array, IntArray]]) -> tuple[Array, IntArray]:
    """Join parts into one list of vertices and faces."""
    if not parts:
        return np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64)
    offsets = np.cumsum([0] + [len(vertices) for vertices, _ in parts[:-1]])
    faces = [f.reshape(-1, 3) + at for (_, f), at in zip(parts, offsets, strict=True)]
    return np.vstack([v for v, _ in parts]).astype(np.float64), np.vstack(faces)


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


def _as_ply(mesh: Mesh) -> bytes:
    """Return binary little-endian PLY with float64 coordinates."""
    header = (
        "ply\nformat binary_little_endian 1.0\ncomment hipsim, mm\n"
        f"element vertex {len(mesh.vertices)}\n"
        "property double x\nproperty double y\nproperty double z\n"
        f"element face {len(mesh.faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    rows = np.empty(len(mesh.faces), dtype=[("n", "u1"), ("corners", "<i4", 3)])
    rows["n"], rows["corners"] = 3, mesh.faces
    return header.encode() + mesh.vertices.astype("<f8").tobytes() + rows.tobytes()


def _as_stl(mesh: Mesh) -> bytes:
    """Return binary STL."""
    rows = np.zeros(
        len(mesh.faces), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("unused", "<u2")]
    )
    rows["normal"], rows["corners"] = mesh.face_normals, mesh.triangles
    head = b"hipsim, mm".ljust(80) + len(rows).to_bytes(4, "little")
    return head + rows.tobytes()
