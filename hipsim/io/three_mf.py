"""3MF: surfaces in a ZIP archive of XML, with their unit.

Read here rather than by a guest library: it takes no further package, and what an archive may
unfold to is bounded before anything is unpacked. Objects, components (in other model parts too)
and their transforms are followed; materials, textures and print settings are passed over.

References
----------
3MF Consortium, 3D Manufacturing Format, Core Specification 1.3 and Production Extension 1.1.
"""

import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np

from hipsim.checks import Array, IntArray
from hipsim.errors import MeshError

UNITS_MM = {
    "micron": 0.001,
    "millimeter": 1.0,
    "centimeter": 10.0,
    "inch": 25.4,
    "foot": 304.8,
    "meter": 1000.0,
}
LARGEST_UNPACKED_BYTES = 500_000_000  # a bone of a million triangles takes 100 MB
MOST_PLACED = 1000  # objects and components in one archive, each instance counted
MOST_FACES = 20_000_000
_ROOT_MODEL = "3d/3dmodel.model"

Part = tuple[str, Array, IntArray]
_Key = tuple[str, str]


@dataclass
class _Object:
    """One object of a model: triangles of its own, or components."""

    name: str
    vertices: Array = field(default_factory=lambda: np.zeros((0, 3)))
    faces: IntArray = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))
    components: list[tuple[_Key, Array]] = field(default_factory=list)


def read_three_mf(path: Path) -> tuple[list[Part], float]:
    """Read the surfaces that a 3MF file builds.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    parts
        Name, vertices (n, 3) in the file's unit and faces (m, 3) of every surface built.
    unit_mm
        Length of the file's unit in mm; 3MF without a word means millimetres.

    Raises
    ------
    MeshError
        If the file is no 3MF archive, would unfold to too much, or its parts contradict
        themselves.
    """
    models = {name: _parsed(path, content) for name, content in _models(path).items()}
    root = models.get(_ROOT_MODEL)
    if root is None:
        raise MeshError(f"{path} cannot be read as 3MF: it holds no {_ROOT_MODEL}")
    unit = root.get("unit", "millimeter")
    if unit not in UNITS_MM:
        raise MeshError(f"{path}: unit must be one of {', '.join(UNITS_MM)}, got {unit!r}")
    try:
        objects = {
            (name, str(element.get("id"))): _object(element, name)
            for name, model in models.items()
            for element in _children(model, "object")
        }
        built = [_reference(item, _ROOT_MODEL) for item in _children(root, "item")]
    except (KeyError, ValueError, TypeError) as error:
        raise MeshError(f"{path} cannot be read as 3MF: {error}") from None
    return _placed(path, objects, built), UNITS_MM[unit]


def _models(path: Path) -> dict[str, bytes]:
    """Return the model parts of an archive by lower-case name, unpacked within bounds."""
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [i for i in archive.infolist() if i.filename.lower().endswith(".model")]
            size = sum(info.file_size for info in wanted)
            if size > LARGEST_UNPACKED_BYTES:
                raise MeshError(
                    f"{path} would unfold to {size / 1e9:.3g} GB, more than the "
                    f"{LARGEST_UNPACKED_BYTES / 1e9:g} GB a scan of bones takes"
                )
            return {info.filename.lower().lstrip("/"): archive.read(info) for info in wanted}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise MeshError(f"{path} cannot be read as 3MF: {error}") from None


def _parsed(path: Path, content: bytes) -> ElementTree.Element:
    """Parse a model; 3MF forbids document types, and with them all entity tricks."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise MeshError(f"{path} cannot be read as 3MF: it declares a document type")
    try:
        return ElementTree.parse(BytesIO(content)).getroot()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise MeshError(f"{path} cannot be read as 3MF: {error}") from None


def _children(element: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    """Return the descendants with a tag, whatever their namespace."""
    return element.findall(f".//{{*}}{tag}")


def _object(element: ElementTree.Element, model: str) -> _Object:
    """Read the triangles and components of an object."""
    found = _Object(element.get("name") or f"object {element.get('id')}")
    vertices = [[v.attrib[k] for k in "xyz"] for v in _children(element, "vertex")]
    faces = [[t.attrib[k] for k in ("v1", "v2", "v3")] for t in _children(element, "triangle")]
    found.vertices = np.array(vertices, dtype=np.float64).reshape(-1, 3)
    found.faces = np.array(faces, dtype=np.int64).reshape(-1, 3)
    found.components = [_reference(c, model) for c in _children(element, "component")]
    return found


def _reference(element: ElementTree.Element, model: str) -> tuple[_Key, Array]:
    """Return which object an item or component means, and where it stands."""
    paths = [value for key, value in element.attrib.items() if key.rpartition("}")[2] == "path"]
    home = paths[0].lower().lstrip("/") if paths else model
    return (home, element.attrib["objectid"]), _transform(element.get("transform"))


def _transform(text: str | None) -> Array:
    """Return the (4, 3) matrix that rows (x, y, z, 1) are multiplied by from the left."""
    if text is None:
        return np.vstack([np.eye(3), np.zeros(3)])
    return np.array(text.split(), dtype=np.float64).reshape(4, 3)


def _placed(
    path: Path, objects: dict[_Key, _Object], waiting: list[tuple[_Key, Array]]
) -> list[Part]:
    """Return what a build makes of its objects and their components, moved to their places."""
    parts: list[Part] = []
    n_placed = n_faces = 0
    waiting = waiting[::-1]
    while waiting:
        key, transform = waiting.pop()
        if key not in objects:
            raise MeshError(f"{path} cannot be read as 3MF: there is no object {key[1]}")
        found = objects[key]
        n_placed, n_faces = n_placed + 1, n_faces + len(found.faces)
        if n_placed > MOST_PLACED or n_faces > MOST_FACES:
            raise MeshError(f"{path} cannot be read as 3MF: its objects nest endlessly")
        if len(found.faces):
            vertices = found.vertices @ transform[:3] + transform[3]
            parts.append((found.name, vertices, _turned(found.faces, transform)))
        waiting += [(k, _chained(inner, transform)) for k, inner in reversed(found.components)]
    return parts


def _chained(inner: Array, outer: Array) -> Array:
    """Return the (4, 3) matrix of the inner motion followed by the outer."""
    chained = inner @ outer[:3]
    chained[3] += outer[3]
    return chained


def _turned(faces: IntArray, transform: Array) -> IntArray:
    """Keep faces outward where a transform mirrors."""
    return faces[:, ::-1] if np.linalg.det(transform[:3]) < 0 else faces
