"""3MF: surfaces in a ZIP archive of XML, with their unit.

Read here rather than by a guest library: it takes no further package, and what an archive may
unfold to is bounded before anything is unpacked. Objects, components (in other model parts too)
and their transforms are followed; materials, textures and print settings are passed over.

References
----------
3MF Consortium, 3D Manufacturing Format, Core Specification 1.3 and Production Extension 1.1.
"""

import lzma
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from array import array
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hipsim.checks import Array, IntArray
from hipsim.errors import MeshError
from hipsim.io.polygons import Part

UNITS_MM = {
    "micron": 0.001,
    "millimeter": 1.0,
    "centimeter": 10.0,
    "inch": 25.4,
    "foot": 304.8,
    "meter": 1000.0,
}
LARGEST_UNPACKED_BYTES = 500_000_000  # a bone of a million triangles takes 100 MB
BEST_PACKED = 50  # times that surfaces shrink at best; numbers written out shrink 4 to 10 times
MOST_PLACED = 1000  # objects and components in one archive, each instance counted
MOST_FACES = 20_000_000
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
_ROOT_MODEL = "3d/3dmodel.model"

_Key = tuple[str, str]


@dataclass
class _Object:
    """One object of a model: its own numbers, one after another, or components."""

    name: str
    coordinates: "array[float]" = field(default_factory=lambda: array("d"))
    corners: "array[int]" = field(default_factory=lambda: array("q"))
    components: list[tuple[_Key, Array]] = field(default_factory=list)

    @property
    def vertices(self) -> Array:
        """Positions, shape (n, 3)."""
        return np.array(self.coordinates, dtype=np.float64).reshape(-1, 3)

    @property
    def faces(self) -> IntArray:
        """Triangles, shape (m, 3)."""
        return np.array(self.corners, dtype=np.int64).reshape(-1, 3)


class _Model:
    """Takes a model part apart while it is parsed, so that no tree of it is ever in memory."""

    def __init__(self, name: str) -> None:
        self.name, self.unit = name, "millimeter"
        self.objects: dict[_Key, _Object] = {}
        self.built: list[tuple[_Key, Array]] = []
        self._open: _Object | None = None

    def doctype(self, name: str, public: str, system: str) -> None:
        """Refuse a document type, which 3MF forbids, and with it all entity tricks."""
        raise ValueError("it declares a document type")

    def start(self, tag: str, told: dict[str, str]) -> None:
        """Take what an element says."""
        kind = tag.rpartition("}")[2]
        if kind == "model":
            self.unit = told.get("unit", self.unit)
        elif kind == "item":
            self.built.append(_reference(told, self.name))
        elif kind == "object":
            self._begin(str(told.get("id")), told)
        elif self._open is not None and kind == "vertex":
            self._open.coordinates.extend([float(told[key]) for key in "xyz"])
        elif self._open is not None and kind == "triangle":
            self._open.corners.extend([int(told[key]) for key in ("v1", "v2", "v3")])
        elif self._open is not None and kind == "component":
            self._open.components.append(_reference(told, self.name))

    def _begin(self, number: str, told: dict[str, str]) -> None:
        """Begin an object."""
        if self._open is not None or (self.name, number) in self.objects:
            raise ValueError(f"object {number} is there twice, or stands within another")
        self._open = _Object(told.get("name") or f"object {number}")
        self.objects[self.name, number] = self._open

    def end(self, tag: str) -> None:
        """End an object."""
        if tag.rpartition("}")[2] == "object":
            self._open = None

    def close(self) -> "_Model":
        """Return what was found."""
        return self


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
    models = {name: _parsed(path, name, content) for name, content in _models(path).items()}
    root = models.get(_ROOT_MODEL)
    if root is None:
        raise MeshError(f"{path} cannot be read as 3MF: it holds no {_ROOT_MODEL}")
    if root.unit not in UNITS_MM:
        raise MeshError(f"{path}: unit must be one of {', '.join(UNITS_MM)}, got {root.unit!r}")
    objects = {key: found for model in models.values() for key, found in model.objects.items()}
    return _placed(path, objects, root.built), UNITS_MM[root.unit]


def _models(path: Path) -> dict[str, bytes]:
    """Return the model parts of an archive by lower-case name, unpacked within bounds."""
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [i for i in archive.infolist() if i.filename.lower().endswith(".model")]
            size = sum(info.file_size for info in wanted)
            packed = sum(info.compress_size for info in wanted)
            if size > min(LARGEST_UNPACKED_BYTES, BEST_PACKED * packed + 1_000_000):
                raise MeshError(
                    f"{path} would unfold from {packed / 1e9:.3g} to {size / 1e9:.3g} GB, more "
                    "than the surface of a bone takes"
                )
            return {info.filename.lower().lstrip("/"): _model(archive, info) for info in wanted}
    except MeshError:
        raise
    except _DAMAGED as error:
        raise MeshError(f"{path} cannot be read as 3MF: {error}") from None


def _model(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Unpack a model, no further than the archive says."""
    with archive.open(info) as packed:
        return packed.read(info.file_size + 1)


def _parsed(path: Path, name: str, content: bytes) -> _Model:
    """Parse a model."""
    found = _Model(name)
    parser = ElementTree.XMLParser(target=found)
    try:
        parser.feed(content)
        parser.close()
    except (ElementTree.ParseError, KeyError, ValueError, LookupError, OverflowError) as error:
        raise MeshError(f"{path} cannot be read as 3MF: {error}") from None
    return found


def _reference(told: dict[str, str], model: str) -> tuple[_Key, Array]:
    """Return which object an item or component means, and where it stands."""
    paths = [value for key, value in told.items() if key.rpartition("}")[2] == "path"]
    home = paths[0].lower().lstrip("/") if paths else model
    return (home, told["objectid"]), _transform(told.get("transform"))


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
        if not np.isfinite(transform).all():
            raise MeshError(f"{path} cannot be read as 3MF: object {key[1]} stands nowhere")
        if key not in objects:
            raise MeshError(f"{path} cannot be read as 3MF: there is no object {key[1]}")
        found = objects[key]
        n_placed, n_faces = n_placed + 1, n_faces + len(found.corners) // 3
        if n_placed > MOST_PLACED or n_faces > MOST_FACES:
            raise MeshError(f"{path} cannot be read as 3MF: its objects nest endlessly")
        if len(found.corners):
            with np.errstate(invalid="ignore", over="ignore"):  # not finite is refused later
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
