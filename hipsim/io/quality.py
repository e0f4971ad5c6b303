"""Is this surface fit to stand for a bone? One list of checks, used by loading and by `check`.

What is safe to mend is mended on loading and recorded (:mod:`hipsim.io.repairs`): a check that only
fails before mending is a warning. Everything else that would make a distance or a volume wrong is
refused. How bones fit together is judged in :mod:`hipsim.io.fit_together`.
"""

from collections.abc import Callable

import numpy as np

from hipsim.anatomy.findings import Finding
from hipsim.errors import MeshError
from hipsim.geometry import Mesh
from hipsim.geometry.intersections import find_self_intersections
from hipsim.geometry.mending import hole_widths_mm
from hipsim.geometry.shells import (
    HOLLOW_MM,
    SPECK_SHARE,
    corner_codes,
    mean_thickness_mm,
    split_pieces,
    welded,
)
from hipsim.io.repairs import Repaired, repaired
from hipsim.io.units import RECOGNISED, SIZES, UNITS_MM, length_of

COARSE_EDGE_MM = 4.0  # cuts 0.25 mm off a trochanter with a radius of 8 mm: edge^2 / (8 x radius)
TOO_COARSE_EDGE_MM = 8.0  # cuts 1 mm off it
SLIVER_MM2 = 1e-9
FOLDED_SHARE = 0.01  # of the faces in crossing pairs; more is a surface folded into itself


def check_bone(mesh: Mesh, bone: str, *, mended: Repaired | None = None) -> tuple[Finding, ...]:
    """Check a surface that shall stand for a bone.

    Parameters
    ----------
    mesh
        As it came, in mm.
    bone
        ``"femur"``, ``"hip bone"`` or ``"sacrum"``: the size is judged by it.
    mended
        The same surface mended; found here if it is not given.

    Returns
    -------
    findings
        One per check, in a fixed order: closed, manifold, oriented, components, solid,
        duplicates, degenerate faces, self-intersections, resolution, size.

    Examples
    --------
    >>> tetrahedron = Mesh(np.vstack([np.zeros(3), 400 * np.eye(3)]),
    ...                    [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> [finding.check for finding in check_bone(tetrahedron, "femur") if finding.level != "pass"]
    ['resolution']
    """
    after = repaired(mesh) if mended is None else mended
    return (
        *(_before_and_after(check, mesh, after.mesh) for check in _MENDABLE),
        _degenerate(after.mesh),
        _self_intersections(after.mesh),
        _resolution(after.mesh),
        _size(after.mesh, bone),
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
    after = repaired(mesh)
    failed = [f for f in check_bone(mesh, bone, mended=after) if f.level == "fail"]
    if failed:
        reasons = [f"{finding.found} ({finding.advice})" for finding in failed]
        raise MeshError(
            f"{name} cannot be used as a {bone}: {'; '.join([*reasons, *after.refusals])}"
        )
    return after.mesh, after.repairs


def _before_and_after(check: "_Check", before: Mesh, after: Mesh) -> Finding:
    """Judge a surface before mending, mildly if mending helps."""
    found = check(before)
    if found.level != "fail" or before is after or check(after).level == "fail":
        return found
    return Finding("warn", found.check, found.found, "mended on loading")


def _closed(mesh: Mesh) -> Finding:
    """Every edge must be shared."""
    n_open = int((mesh.edge_counts[1] == 1).sum())
    if not n_open:
        return Finding("pass", "closed", "no open edges")
    widths = hole_widths_mm(mesh)
    edges = "edge" if n_open == 1 else "edges"
    found = f"the surface has {n_open} open {edges}"
    if len(widths):
        holes = "hole" if len(widths) == 1 else "holes"
        found += f" round {len(widths)} {holes}, the widest {widths[0]:.3g} mm"
    advice = "close the holes; in 3D Slicer export the segment as a closed surface"
    return Finding("fail", "closed", found, advice)


def _manifold(mesh: Mesh) -> Finding:
    """No edge may be shared by more than two faces."""
    n_over = int((mesh.edge_counts[1] > 2).sum())
    if n_over:
        found = f"{_count(n_over, 'edge')} shared by more than two faces"
        advice = "export the outer surface of the bone alone, without inner shells or doubled faces"
        return Finding("fail", "manifold", found, advice)
    return Finding("pass", "manifold", "no edge is shared by more than two faces")


def _oriented(mesh: Mesh) -> Finding:
    """Neighbouring faces must turn the same way, counter-clockwise seen from outside."""
    n_wrong = _misoriented_edges(mesh)
    if n_wrong:
        found = f"{_count(n_wrong, 'edge')} where neighbouring faces turn opposite ways"
        return Finding("fail", "oriented", found, "in MeshLab: re-orient all faces coherently")
    if mesh.is_closed and mesh.volume_mm3 < 0:
        return Finding("fail", "oriented", "inside out", "flip the faces")
    return Finding("pass", "oriented", "faces turn the same way")


def _components(mesh: Mesh) -> Finding:
    """One bone is one piece."""
    areas = np.array([piece.face_areas_mm2.sum() for piece in split_pieces(mesh)])
    if len(areas) == 1:
        return Finding("pass", "components", "one piece")
    large = int((areas >= SPECK_SHARE * areas.sum()).sum())
    specks = f" and {_count(len(areas) - large, 'speck')}" if large < len(areas) else ""
    found = f"the surface is made of {_count(large, 'separate piece')}{specks}"
    return Finding("fail", "components", found, "keep one closed outer surface per bone")


def _solid(mesh: Mesh) -> Finding:
    """A shell that is open inside has hardly any thickness."""
    if not mesh.is_closed:
        return Finding("pass", "solid", "not judged on an open surface")
    thickness = mean_thickness_mm(mesh)
    found = f"{thickness:.1f} mm thick on average"
    if thickness < HOLLOW_MM:
        advice = "this is the wall of a hollow bone: export its outer surface alone, closed"
        return Finding("fail", "solid", found, advice)
    return Finding("pass", "solid", found)


def _duplicates(mesh: Mesh) -> Finding:
    """Corners at one place belong together, and every face is needed once."""
    single = welded(mesh)
    n_corners = len(np.unique(mesh.faces)) - len(single.vertices)
    n_faces = len(mesh.faces) - len(np.unique(corner_codes(mesh)))
    found = f"{_count(n_corners, 'corner')} at the place of another, {n_faces} repeated faces"
    if n_faces:
        return Finding("fail", "duplicates", found, "export the surface once")
    if n_corners:
        return Finding("warn", "duplicates", found, "harmless on a closed surface")
    return Finding("pass", "duplicates", "none")


def _degenerate(mesh: Mesh) -> Finding:
    """Faces without area do no harm to distances, but tell of a careless export."""
    count = int((mesh.face_areas_mm2 < SLIVER_MM2).sum())
    if count:
        return Finding("warn", "degenerate faces", str(count), "harmless for distances")
    return Finding("pass", "degenerate faces", "none")


def _self_intersections(mesh: Mesh) -> Finding:
    """A few crossing faces are harmless for distances; a cut may stumble over them."""
    crossing = find_self_intersections(mesh)
    if crossing.count == 0:
        return Finding("pass", "self-intersections", "none")
    where = ", ".join(f"{x:.0f}" for x in crossing.points[0])
    found = f"{_count(crossing.count, 'pair')} of crossing faces, the first near ({where}) mm"
    if len(np.unique(crossing.faces)) > FOLDED_SHARE * len(mesh.faces):
        advice = "the surface is folded into itself: export it anew, less or differently smoothed"
        return Finding("fail", "self-intersections", found, advice)
    advice = "harmless for distances; a resection there may be refused"
    return Finding("warn", "self-intersections", found, advice)


def _resolution(mesh: Mesh) -> Finding:
    """A coarse surface hides the trochanter's shape."""
    edges = mesh.vertices[mesh.edge_counts[0]]
    median = float(np.median(np.linalg.norm(edges[:, 0] - edges[:, 1], axis=1)))
    found = f"median edge {median:.2g} mm, {len(mesh.faces)} faces"
    return resolution_finding("resolution", found, median)


def resolution_finding(check: str, found: str, edge_mm: float) -> Finding:
    """Judge the length of edges by what a triangle cuts off a lesser trochanter.

    Examples
    --------
    >>> resolution_finding("resolution", "edges of 5 mm", 5.0).level
    'warn'
    """
    if edge_mm > TOO_COARSE_EDGE_MM:
        advice = "too coarse for distances in mm: export a finer surface (edges of 1 to 3 mm)"
        return Finding("fail", check, found, advice)
    if edge_mm > COARSE_EDGE_MM:
        return Finding("warn", check, found, "better a finer surface (edges of 1 to 3 mm)")
    return Finding("pass", check, found)


def _size(mesh: Mesh, bone: str) -> Finding:
    """The length of a bone tells a wrong unit."""
    (low, high), length = SIZES[bone].whole_mm, length_of(mesh)
    if low <= length <= high:
        return Finding("pass", "size", f"{length:.0f} mm long")
    if SIZES[bone].shortest_mm <= length <= high:
        advice = f"part of a {bone}; what needs the rest is not available"
        return Finding("warn", "size", f"{length:.0f} mm long", advice)
    advice = f"wanted {low:g} to {high:g} mm: {_unit_advice(length, low, high)}"
    return Finding("fail", "size", f"{length:.3g} mm long", advice)


def _unit_advice(length: float, low: float, high: float) -> str:
    """Name the unit that would make the length plausible."""
    for unit in (*RECOGNISED, "inch"):
        if low <= length * UNITS_MM[unit] <= high:
            return f"the file is probably in {unit}: write 'unit: {unit}' in case.yaml"
    return "it must be a whole bone; check the unit (case.yaml: unit) and the segmentation"


def _misoriented_edges(mesh: Mesh) -> int:
    """Count directed edges that two faces run along in the same direction."""
    if mesh.is_closed:
        return 0
    directed = mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    code = directed[:, 0] * len(mesh.vertices) + directed[:, 1]
    return len(code) - len(np.unique(code))


def _count(number: int, thing: str) -> str:
    """Write a number with its noun."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


_Check = Callable[[Mesh], Finding]
_MENDABLE: tuple[_Check, ...] = (_closed, _manifold, _oriented, _components, _solid, _duplicates)
