"""Surfaces for other programs than those of scans: OBJ and GLB, written by trimesh.

Reading is stricter than writing: damaged files must be refused, so what is read is parsed by
hipsim itself (:mod:`hipsim.io.meshes`); libraries read a damaged text as far as it goes.
"""

from hipsim.errors import InputError
from hipsim.geometry import Mesh

EXPORTED_SUFFIXES = (".obj", ".glb")


def exported(mesh: Mesh, suffix: str, head: str, frame: str | None) -> bytes:
    """Return a mesh in the format of a suffix.

    Parameters
    ----------
    mesh
        In mm; numbers stay as they are.
    suffix
        One of ``EXPORTED_SUFFIXES``.
    head
        A comment, where the format has any (OBJ).
    frame
        The scan frame; GLB has no place to note it.

    Raises
    ------
    InputError
        If a frame is to be noted in GLB.

    Examples
    --------
    >>> corner = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])
    >>> exported(corner, ".obj", "hipsim, mm", None).decode().splitlines()[0]
    '# hipsim, mm'
    """
    import trimesh

    body = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    if suffix == ".obj":
        text = str(body.export(file_type="obj", header=None, digits=9))
        return f"# {head}\n{text}".encode()
    if frame is not None:
        raise InputError("GLB has no place for the frame of a scan: write PLY, STL or OBJ")
    return bytes(body.export(file_type="glb"))
