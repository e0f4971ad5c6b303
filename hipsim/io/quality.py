"""Is this surface fit to stand for a bone? One list of checks, used by loading and by `check`.

What is safe to mend is mended on loading and recorded: an inside-out surface is turned outward,
specks (closed pieces with under ``SPECK_SHARE`` of the area) are dropped. Everything else that
would make a distance or a volume wrong is refused.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from hipsim.anatomy.assemble import FEMORAL_LENGTH_MM, HIP_BONE_LENGTH_MM, length_mm_of
from hipsim.checks import Array, IntArray
from hipsim.errors import MeshError
from hipsim.geometry import Mesh

Level = Literal["pass", "warn", "fail"]
BONE_LENGTHS_MM = {
    "femur": FEMORAL_LENGTH_MM,
    "hip bone": HIP_BONE_LENGTH_MM,
    "sacrum": (60.0, 220.0),
}
UNITS_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4}
SPECK_SHARE = 0.01
COARSE_EDGE_MM = 6.0  # a lesser trochanter is 10 to 20 mm across
SLIVER_MM2 = 1e-9


@dataclass(frozen=True)
class Finding:
    """One check of one bone: its outcome, what was found, and what to do."""

    level: Level
    check: str
    found: str
    advice: str = ""


def check_bone(mesh: Mesh, bone: str) -> tuple[Finding, ...]:
    """Check a surface that shall stand for a bone.

    Parameters
    ----------
    mesh
        In mm.
    bone
        ``"femur"``, ``"hip bone"`` or ``"sacrum"``: the size is judged by it.

    Returns
    -------
    findings
        One per check, in a fixed order: closed, manifold, oriented, components, degenerate
        faces, resolution, size.

    Examples
    --------
    >>> tetrahedron = Mesh(np.vstack([np.zeros(3), 400 * np.eye(3)]),
    ...                    [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> [finding.level for finding in check_bone(tetrahedron, "femur")]
    ['pass', 'pass', 'pass', 'pass', 'pass', 'warn', 'pass']
    """
    return (
        _closed(mesh),
        _manifold(mesh),
        _oriented(mesh),
        _components(mesh),
        _degenerate(mesh),
        _resolution(mesh),
        _size(mesh, bone),
    )


def as_bone(mesh: Mesh, bone: str, *, name: str) -> tuple[Mesh, tuple[str, ...]]:
    """Return the surface fit to stand for a bone, and what was mended.

    Parameters
    ----------
    mesh
        In mm.
    bone
        ``"femur"``, ``"hip bone"`` or ``"sacrum"``.
    name
        What the surface is called in the error message, usually its file.

    Raises
    ------
    MeshError
        With every failed check and what to do.
    """
    failed = [f for f in check_bone(mesh, bone) if f.level == "fail"]
    if failed:
        reasons = "; ".join(f"{f.found} ({f.advice})" for f in failed)
        raise MeshError(f"{name} cannot be used as a {bone}: {reasons}")
    mended = []
    labels, shares = _pieces(mesh)
    if len(shares) > 1:
        mended.append(f"dropped {len(shares) - 1} specks")
        mesh = mesh.submesh(labels == int(np.argmax(shares)))
    if mesh.volume_mm3 < 0:
        mended.append("turned the surface outward")
        mesh = Mesh(mesh.vertices, mesh.faces[:, ::-1])
    return mesh, tuple(mended)


def _closed(mesh: Mesh) -> Finding:
    """Every edge must be shared."""
    n_open = int((mesh.edge_counts[1] == 1).sum())
    if n_open:
        advice = "close the holes; in 3D Slicer export the segment as a closed surface"
        edges = "edge" if n_open == 1 else "edges"
        return Finding("fail", "closed", f"the surface has {n_open} open {edges}", advice)
    return Finding("pass", "closed", "no open edges")


def _manifold(mesh: Mesh) -> Finding:
    """No edge may be shared by more than two faces."""
    n_over = int((mesh.edge_counts[1] > 2).sum())
    if n_over:
        found = f"{n_over} edges are shared by more than two faces"
        advice = "export the outer surface of the bone alone, without inner shells or doubled faces"
        return Finding("fail", "manifold", found, advice)
    return Finding("pass", "manifold", "no edge is shared by more than two faces")


def _oriented(mesh: Mesh) -> Finding:
    """Neighbouring faces must turn the same way, counter-clockwise seen from outside."""
    n_wrong = _misoriented_edges(mesh)
    if n_wrong:
        found = f"{n_wrong} edges join faces that turn opposite ways"
        return Finding("fail", "oriented", found, "in MeshLab: re-orient all faces coherently")
    if mesh.is_closed and mesh.volume_mm3 < 0:
        return Finding("warn", "oriented", "inside out", "turned outward on loading")
    return Finding("pass", "oriented", "faces turn the same way")


def _components(mesh: Mesh) -> Finding:
    """One bone is one piece; specks are dropped."""
    _, shares = _pieces(mesh)
    large = int((shares >= SPECK_SHARE).sum())
    specks = len(shares) - large
    if large > 1:
        found = f"the surface is made of {large} separate pieces"
        return Finding("fail", "components", found, "keep one closed outer surface per bone")
    if specks:
        return Finding("warn", "components", f"{specks} specks", "dropped on loading")
    return Finding("pass", "components", "one piece")


def _degenerate(mesh: Mesh) -> Finding:
    """Faces without area do no harm to distances, but tell of a careless export."""
    count = int((mesh.face_areas_mm2 < SLIVER_MM2).sum())
    if count:
        return Finding("warn", "degenerate faces", str(count), "harmless for distances")
    return Finding("pass", "degenerate faces", "none")


def _resolution(mesh: Mesh) -> Finding:
    """A coarse surface hides the trochanter's shape."""
    edges = mesh.vertices[mesh.edge_counts[0]]
    median = float(np.median(np.linalg.norm(edges[:, 0] - edges[:, 1], axis=1)))
    found = f"median edge {median:.2g} mm, {len(mesh.faces)} faces"
    if median > COARSE_EDGE_MM:
        return Finding("warn", "resolution", found, "export a finer surface (edges of 1 to 3 mm)")
    return Finding("pass", "resolution", found)


def _size(mesh: Mesh, bone: str) -> Finding:
    """The length of a bone tells a wrong unit."""
    low, high = BONE_LENGTHS_MM[bone]
    length = length_mm_of(mesh)
    if low <= length <= high:
        return Finding("pass", "size", f"{length:.0f} mm long")
    advice = f"wanted {low:g} to {high:g} mm: {_unit_advice(length, low, high)}"
    return Finding("fail", "size", f"{length:.3g} mm long", advice)


def _unit_advice(length: float, low: float, high: float) -> str:
    """Name the unit that would make the length plausible."""
    for unit, factor in UNITS_MM.items():
        if low <= length * factor <= high:
            return f"the file is probably in {unit}: write 'unit: {unit}' in case.yaml"

    return "it must be a whole adult bone; check the unit (case.yaml: unit) and the segmentation"


def _misoriented_edges(mesh: Mesh) -> int:
    """Count directed edges that two faces run along in the same direction."""
    directed = mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    code = directed[:, 0] * len(mesh.vertices) + directed[:, 1]
    return len(code) - len(np.unique(code))


def _pieces(mesh: Mesh) -> tuple[IntArray, Array]:
    """Return the connected piece of each face and each piece's share of the area."""
    n = len(mesh.vertices)
    a, b, _ = mesh.faces.T
    links = coo_matrix(
        (
            np.ones(3 * len(a), dtype=bool),
            (mesh.faces.T.ravel(), np.roll(mesh.faces, 1, 1).T.ravel()),
        ),
        shape=(n, n),
    )
    _, of_vertex = connected_components(links, directed=False)
    _, of_face = np.unique(of_vertex[a], return_inverse=True)
    areas = np.bincount(of_face, weights=mesh.face_areas_mm2)
    return of_face, areas / max(areas.sum(), np.finfo(float).tiny)
