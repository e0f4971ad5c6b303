"""The centre of the hip: fixed, or moving so that the joint gap stays even.

*Fixed*: the femur turns about the centre of its head. *Equidistant*: in every pose the femur is
moved, without turning, to where the gap between head and lunate surface is as even as it can be
(after the equidistant method of Puls et al. 2011, which keeps the joint space equal; here the
weighted variance of the gap over the lunate surface is made least). Heads are not spheres: where
one is oval or off its centre, turning it about one point narrows the joint on one side.

The gap of a lunate point y is how far beyond the head's surface it lies as seen from the head's
centre, ``|y - t| - r(direction)``, t the translation. The head's radii r are read from the vertices
of its bone, and lunate points that no articular head stands opposite to do not count. Bone is
measured, so the gap holds the cartilage of both sides, which is not even either: the translation is
a model's, not a measurement.
"""

from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from hipsim.anatomy.find_acetabulum import find_acetabulum
from hipsim.anatomy.hip import FEMORAL_STRUCTURES, Hip
from hipsim.checks import Array, IntArray, as_array
from hipsim.errors import AnatomyError, ComputationError
from hipsim.geometry.fit import SphereFit, vertex_areas_mm2

HEAD_SHELL_MM = 2.5  # bone of the head this near to its sphere is articular; the fovea is deeper
LUNATE_POINTS = 1200  # more do not change the translation by 0.01 mm
NEIGHBOURS = 10  # vertices of the head whose radii are averaged
TINY = 1e-9  # added where a lunate point looks straight at a vertex
EDGE = (1.0, 2.0)  # spacings beyond the last articular vertex: where lunate points stop to count
LEAST_SHARE = 0.3  # of the lunate surface must face the head
ROUNDS = 30
STEADY_MM = 1e-3  # a thousandth of what any scan resolves
POSES_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class CentreShift:
    """Where the equidistant model puts the centre of the hip in each of n poses.

    Parameters
    ----------
    translation_mm
        From the fixed centre, scan frame, shape (n, 3).
    gap_mm
        Mean gap between head and lunate surface there, shape (n,).
    gap_sd_fixed_mm, gap_sd_mm
        Standard deviation of the gap over the lunate surface about the fixed centre, and there,
        shape (n,).
    share
        Share of the lunate surface that faces the articular head, shape (n,).
    """

    translation_mm: Array
    gap_mm: Array
    gap_sd_fixed_mm: Array
    gap_sd_mm: Array
    share: Array

    def __len__(self) -> int:
        return len(self.gap_mm)


@dataclass(frozen=True, eq=False)
class ArticularSurfaces:
    """The two surfaces of a hip joint, relative to the hip joint centre, scan axes.

    Parameters
    ----------
    head_radii_mm
        Distance of the articular vertices of the head from its centre, shape (k,).
    slopes_mm
        How the radius changes with direction about each, shape (k, 3).
    head
        Search tree of their directions.
    spacing
        From direction to direction, the median, radians.
    lunate
        Points of the lunate surface, shape (m, 3), mm.
    weights
        Share of the lunate surface each stands for, shape (m,).
    """

    head_radii_mm: Array
    slopes_mm: Array
    head: cKDTree
    spacing: float
    lunate: Array
    weights: Array

    @classmethod
    def of(cls, hip: Hip) -> "ArticularSurfaces":
        """Find the articular surfaces of a hip.

        Raises
        ------
        AnatomyError
            If the head has no surface near its sphere, or there is no acetabulum around it.
        """
        centre = hip.landmarks["hip_joint_centre"]
        faces = hip.femur.faces[hip.femoral_labels == FEMORAL_STRUCTURES.index("head")]
        arms = hip.femur.vertices[np.unique(faces)] - centre
        radii = np.linalg.norm(arms, axis=1)
        is_articular = np.abs(radii - hip.head_radius_mm) < HEAD_SHELL_MM
        if is_articular.sum() < NEIGHBOURS:
            raise AnatomyError(
                f"no articular surface: wanted vertices of the head within {HEAD_SHELL_MM:g} mm of "
                f"a sphere of {hip.head_radius_mm:.1f} mm about the hip joint centre, got "
                f"{int(is_articular.sum())} of {len(arms)}"
            )
        none = np.zeros(0, dtype=bool)
        socket = find_acetabulum(hip.hip_bone, SphereFit(centre, hip.head_radius_mm, 0, 1, none))
        rows = np.flatnonzero(socket.is_inlier)
        thin = rows[:: max(1, len(rows) // LUNATE_POINTS)]
        areas = vertex_areas_mm2(hip.hip_bone)[thin]
        directions = arms[is_articular] / radii[is_articular, None]
        head, lunate = cKDTree(directions), hip.hip_bone.vertices[thin] - centre
        away, place = head.query(directions, k=min(NEIGHBOURS, len(directions)))
        slopes = _slopes(directions, radii[is_articular], place)
        spacing = float(np.median(away[:, 1]))
        return cls(radii[is_articular], slopes, head, spacing, lunate, areas / areas.sum())

    def shifts(self, rotations: ArrayLike) -> CentreShift:
        """Return the equidistant translation in every pose.

        Parameters
        ----------
        rotations
            How each pose turns the femur, scan axes to scan axes, shape (n, 3, 3).

        Raises
        ------
        AnatomyError
            If in a pose too little of the lunate surface faces the head.
        ComputationError
            If the translation does not settle.
        """
        turns = as_array(rotations, (-1, 3, 3), name="rotations")
        parts = [turns[k : k + POSES_AT_ONCE] for k in range(0, len(turns), POSES_AT_ONCE)]
        rows = [self._shifts(part) for part in parts]
        columns = (np.concatenate(column) for column in zip(*rows, strict=True))
        return CentreShift(*columns)

    def _shifts(self, turns: Array) -> tuple[Array, ...]:
        """Return the fields of a shift for some poses."""
        shift = np.zeros((len(turns), 3))
        start = self._gaps(turns, shift)
        gaps, weights, rays = start
        for _ in range(ROUNDS):
            step = _evening_step(gaps, weights, rays)
            shift += step
            gaps, weights, rays = self._gaps(turns, shift)
            if np.abs(step).max() < STEADY_MM:
                break
        else:
            raise ComputationError(
                f"the equidistant centre did not settle within {ROUNDS} rounds: last step "
                f"{np.abs(step).max():.2g} mm; is this head round and in its socket?"
            )
        mean, sd = _moments(gaps, weights)
        return shift, mean, _moments(*start[:2])[1], sd, weights.sum(axis=1)

    def _gaps(self, turns: Array, shift: Array) -> tuple[Array, Array, Array]:
        """Return the gap at each lunate point (n, m), what it counts, and the ray to it."""
        rays = self.lunate - shift[:, None]
        length = np.linalg.norm(rays, axis=2)
        rays /= length[..., None]
        seen = np.einsum("nji,nmj->nmi", turns, rays)
        away, radii = self._radii(seen)
        first, last = self.spacing * np.array(EDGE)
        weights = self.weights * np.clip((last - away) / (last - first), 0.0, 1.0)
        if weights.sum(axis=1).min() < LEAST_SHARE:
            raise AnatomyError(
                f"only {weights.sum(axis=1).min():.0%} of the lunate surface faces the articular "
                f"head in a pose, {LEAST_SHARE:.0%} are needed: the equidistant centre is not "
                "defined there; use centre='fixed'"
            )
        return length - radii, weights, rays

    def _radii(self, directions: Array) -> tuple[Array, Array]:
        """Return how far the nearest vertex is in each direction (n, m, 3), and the radius there.

        Shepard's average of what each vertex nearby makes of it, going straight on by its slope.
        """
        away, place = self.head.query(directions, k=NEIGHBOURS)
        reach = away[..., -1:]  # where a vertex stops to count, so that radii change steadily
        nearness = ((reach - away) / (reach * away + TINY)) ** 2
        onward = np.einsum("nmki,nmi->nmk", self.slopes_mm[place], directions)
        told = self.head_radii_mm[place] + onward - self._own[place]
        return away[..., 0], (told * nearness).sum(axis=2) / nearness.sum(axis=2)

    @cached_property
    def _own(self) -> Array:
        """The slope of each vertex along its own direction, shape (k,)."""
        own: Array = (self.slopes_mm * self.head.data).sum(axis=1)
        return own


def equidistant_shift(hip: Hip, rotations: ArrayLike) -> CentreShift:
    """Return where the equidistant model puts the centre of a hip in every pose.

    The articular surfaces of a hip are found once and kept as long as the hip is.

    Parameters
    ----------
    hip
        The hip.
    rotations
        How each pose turns the femur, scan axes to scan axes, shape (n, 3, 3): the rotations of
        :func:`hipsim.kinematics.joint.pelvis_from_femur`.

    Raises
    ------
    AnatomyError
        If the articular surfaces are not found, or hardly face each other in a pose.
    ComputationError
        If the translation does not settle.

    References
    ----------
    Puls et al., The Equidistant Method, a novel hip joint simulation algorithm for detection of
    femoroacetabular impingement, Comput Aided Surg 2011;16:75, doi 10.3109/10929088.2010.530076.

    Examples
    --------
    >>> import hipsim as hs
    >>> shift = equidistant_shift(hs.make_hip(sex="female"), np.eye(3)[None])
    >>> bool(shift.gap_sd_mm[0] <= shift.gap_sd_fixed_mm[0])
    True
    """
    if hip not in _KNOWN:
        _KNOWN[hip] = ArticularSurfaces.of(hip)
    return _KNOWN[hip].shifts(rotations)


_KNOWN: WeakKeyDictionary[Hip, ArticularSurfaces] = WeakKeyDictionary()


def _slopes(directions: Array, radii: Array, near: IntArray) -> Array:
    """Return how radii (k,) change with direction, least squares over near vertices (k, j)."""
    steps = directions[near] - directions[:, None]
    rises = radii[near] - radii[:, None]
    normal = np.einsum("kji,kjl->kil", steps, steps)
    normal += 1e-3 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(3)
    wanted = np.einsum("kji,kj->ki", steps, rises)
    slopes: Array = np.linalg.solve(normal, wanted[..., None])[..., 0]
    return slopes


def _evening_step(gaps: Array, weights: Array, rays: Array) -> Array:
    """Return the translations (n, 3) that make the gaps most even, to first order."""
    design = np.concatenate([rays, np.ones((*gaps.shape, 1))], axis=2)
    normal = np.einsum("nmi,nm,nmj->nij", design, weights, design)
    wanted = np.einsum("nmi,nm,nm->ni", design, weights, gaps)
    return np.linalg.solve(normal, wanted[..., None])[:, :3, 0]


def _moments(values: Array, weights: Array) -> tuple[Array, Array]:
    """Return the weighted mean and standard deviation of each row."""
    total = weights.sum(axis=1)
    mean = (values * weights).sum(axis=1) / total
    return mean, np.sqrt((weights * (values - mean[:, None]) ** 2).sum(axis=1) / total)
