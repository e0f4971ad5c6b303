"""Mend what is safe to mend in the surface of a bone, and say what was done.

Safe is what leaves the outside where it is: joining corners at one place, dropping repeated faces
and specks, turning faces outward, closing pinholes, parting surfaces that only touch, and keeping
the outer surface of nested shells. Everything else is left for a person to decide.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hipsim.errors import MeshError
from hipsim.geometry import Mesh
from hipsim.geometry.mending import fill_small_holes, turned_alike
from hipsim.geometry.shells import (
    SPECK_SHARE,
    WELD_MM,
    outer_surface,
    split_pieces,
    unzipped,
    welded,
    without_double_faces,
)

SMALL_HOLE_MM = 4.0  # wide; its cover lies at most 0.25 mm under a bone with a radius of 8 mm


@dataclass(frozen=True, eq=False)
class Repaired:
    """A surface after everything that is safe was mended.

    Attributes
    ----------
    mesh
        The surface; the very input where nothing was wrong.
    repairs
        What was done, in words, in order.
    refusals
        What could not be done, and why.
    """

    mesh: Mesh
    repairs: tuple[str, ...]
    refusals: tuple[str, ...] = ()


def repaired(mesh: Mesh) -> Repaired:
    """Mend the surface of one bone as far as is safe.

    Parameters
    ----------
    mesh
        In mm.

    Returns
    -------
    repaired
        The mended surface, which may still be unfit: see :mod:`hipsim.io.quality`.

    Examples
    --------
    >>> corner = Mesh(90 * np.vstack([np.zeros(3), np.eye(3)]),
    ...               [[0, 1, 2], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> repaired(corner).repairs
    ('turned 1 face to agree with the others',)
    """
    done: list[str] = []
    refused: list[str] = []
    for step in _STEPS:
        try:
            mesh, words = step(mesh)
        except MeshError as error:
            refused.append(str(error))
            continue
        done += words
    return Repaired(mesh, tuple(done), tuple(refused))


_Step = tuple[Mesh, list[str]]


def _without_repetition(mesh: Mesh) -> _Step:
    """Join corners of an open surface that lie at one place, and drop repeated faces."""
    words = []
    whole = mesh if mesh.is_closed else welded(mesh)
    lost = len(np.unique(mesh.faces)) - len(whole.vertices)
    if lost > 0 and not mesh.is_closed:
        words.append(f"joined {_count(lost, 'corner')} within {WELD_MM:g} mm of another")
    single = without_double_faces(whole)
    if len(single.faces) < len(whole.faces):
        words.append(f"dropped {_count(len(whole.faces) - len(single.faces), 'repeated face')}")
    return single, words


def _turned(mesh: Mesh) -> _Step:
    """Turn faces that disagree with their neighbours."""
    if mesh.is_closed:
        return mesh, []
    alike, count = turned_alike(mesh)
    return alike, [f"turned {_count(count, 'face')} to agree with the others"] if count else []


def _parted(mesh: Mesh) -> _Step:
    """Part surfaces that touch along an edge."""
    count = int((mesh.edge_counts[1] > 2).sum())
    if not count:
        return mesh, []
    apart = unzipped(mesh)
    if (apart.edge_counts[1] == 1).sum() > (mesh.edge_counts[1] == 1).sum():
        return mesh, []  # an odd number of faces met there: this is no mere touch
    return apart, [f"parted the surface at {_count(count, 'edge')} where it touches itself"]


def _without_specks(mesh: Mesh) -> _Step:
    """Drop pieces with hardly any surface."""
    pieces = split_pieces(mesh)
    areas = np.array([piece.face_areas_mm2.sum() for piece in pieces])
    is_speck = areas < SPECK_SHARE * areas.sum()
    if not is_speck.any():
        return mesh, []
    kept = [piece for piece, speck in zip(pieces, is_speck, strict=True) if not speck]
    return _joined(kept), [f"dropped {_count(int(is_speck.sum()), 'speck')}"]


def _without_pinholes(mesh: Mesh) -> _Step:
    """Close small holes."""
    if mesh.is_closed or (mesh.edge_counts[1] > 2).any():
        return mesh, []
    closed, widths = fill_small_holes(mesh, widest_mm=SMALL_HOLE_MM)
    if not len(widths):
        return mesh, []
    return closed, [f"closed {_count(len(widths), 'hole')} up to {widths.max():.1f} mm wide"]


def _outside_only(mesh: Mesh) -> _Step:
    """Keep the outer surface of several closed shells."""
    count = len(split_pieces(mesh))
    if count == 1 or not mesh.is_closed:
        return mesh, []
    return outer_surface(mesh), [f"kept the outer surface of {count} shells"]


def _outward(mesh: Mesh) -> _Step:
    """Turn an inside-out surface outward."""
    if not mesh.is_closed or mesh.volume_mm3 >= 0.0:
        return mesh, []
    return Mesh(mesh.vertices, mesh.faces[:, ::-1]), ["turned the surface outward"]


_STEPS: tuple[Callable[[Mesh], _Step], ...] = (
    _without_repetition,
    _turned,
    _parted,
    _without_specks,
    _without_pinholes,
    _outside_only,
    _outward,
)


def _joined(pieces: list[Mesh]) -> Mesh:
    """Put pieces into one mesh."""
    starts = np.cumsum([0] + [len(piece.vertices) for piece in pieces[:-1]])
    faces = [piece.faces + start for piece, start in zip(pieces, starts, strict=True)]
    return Mesh(np.vstack([piece.vertices for piece in pieces]), np.vstack(faces))


def _count(number: int, thing: str) -> str:
    """Write a number with its noun."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
