"""What is known of a hip at the nodes of a grid of joint angles, each asked no more than needed.

Only whether clearance is above or below a target matters, so most nodes need no distance: the
closest points of a neighbouring pose are two points of the bones in this pose too, and clearance
is no more than their distance; a vertex deep inside the other bone next door still is, and
clearance is no more than minus its depth. Only where these witnesses do not settle it are the
surfaces asked.

By equation (1) of :mod:`hipsim.proximity.turning` a witness holds around its node as well: at
angles d away clearance is no more than its value plus ``sum |d_k| rho_k``.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, BoolArray, IntArray
from hipsim.geometry import rigid
from hipsim.kinematics.motion import Motion
from hipsim.planning.continuous import turning_of
from hipsim.proximity import DistanceQuery
from hipsim.proximity.body import make_body
from hipsim.proximity.deepest import signed_feet
from hipsim.proximity.distance import Distances
from hipsim.proximity.nearest_cells import largest_arms
from hipsim.proximity.turning import Turning, cross

BLOCK = 8  # steps of the grid along the side of the cells the subdivision starts from
NO_VERTEX = -1


@dataclass(frozen=True, eq=False)
class Lattice:
    """A regular grid over flexion, adduction and rotation.

    Parameters
    ----------
    starts_deg
        Angles of the first node, shape (3,).
    steps_deg
        From node to node along each axis, shape (3,); negative where the angle falls.
    counts
        Number of steps along each axis, multiples of ``BLOCK``, shape (3,).

    Examples
    --------
    >>> lattice = Lattice.over([(0, -10), (-2, 2), (0, 4)], 0.5)
    >>> lattice.counts.tolist(), lattice.steps_deg.round(3).tolist()
    ([24, 8, 8], [-0.417, 0.5, 0.5])
    """

    starts_deg: Array
    steps_deg: Array
    counts: IntArray

    @classmethod
    def over(cls, ranges_deg: list[tuple[float, float]], resolution_deg: float) -> "Lattice":
        """Return the grid over three ranges (from, to) with steps no larger than the resolution."""
        ends = np.array(ranges_deg, dtype=np.float64)
        travel = ends[:, 1] - ends[:, 0]
        blocks = np.ceil(np.abs(travel) / (BLOCK * resolution_deg) - 1e-9).astype(np.int64)
        counts = BLOCK * np.maximum(blocks, 1)
        return cls(ends[:, 0], travel / counts, counts)

    def angles_deg(self, index: IntArray | Array) -> Array:
        """Return the angles (n, 3) of nodes (n, 3), or of places between them."""
        return self.starts_deg + index * self.steps_deg

    def half_spans_rad(self, size: int) -> Array:
        """Return by how much the angles change from the middle of cells to their sides, (3,)."""
        half: Array = np.radians(np.abs(self.steps_deg)) * (0.5 * size)
        return half

    def edges_deg(self, axis: int) -> Array:
        """Return the angles of the nodes along one axis."""
        return self.starts_deg[axis] + np.arange(self.counts[axis] + 1) * self.steps_deg[axis]


@dataclass(frozen=True, eq=False)
class Witnesses:
    """What is known of n poses, and from where.

    Parameters
    ----------
    index
        The node, or the place between nodes, shape (n, 3).
    value
        Clearance is no more, mm, shape (n,).
    is_gap
        Whether the value is the gap between the surfaces itself, shape (n,).
    point_a
        A point of the femur in its own frame, shape (n, 3).
    point_b
        A point of the hip bone, shape (n, 3), that far from the other.
    vertex
        Where the bones overlap whose vertex is deep: 0 the femur's, 1 the hip bone's; else -1.
    rates
        No point of the pair moves faster, mm per radian of each angle, shape (n, 3).
    """

    index: IntArray | Array
    value: Array
    is_gap: BoolArray
    point_a: Array
    point_b: Array
    vertex: IntArray
    rates: Array

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, chosen: IntArray | BoolArray) -> "Witnesses":
        return Witnesses(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @classmethod
    def joined(cls, parts: "list[Witnesses]") -> "Witnesses":
        """Return several collections as one."""
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class Nodes:
    """Witnesses at the nodes of a grid, gathered as they are asked for.

    Parameters
    ----------
    hip
        The hip.
    stated
        A motion whose zeros the angles of the grid are stated against.
    lattice
        The grid; pelvic tilt is in its flexion.
    regions
        Femoral and pelvic region.
    target_mm
        The clearance asked about.
    """

    def __init__(
        self,
        hip: Hip,
        stated: Motion,
        lattice: Lattice,
        regions: tuple[str, str],
        target_mm: float,
    ) -> None:
        meshes = hip.femoral_body(regions[0]).mesh, hip.pelvic_body(regions[1]).mesh
        self.turning, self.lattice, self.target_mm = turning_of(hip, stated), lattice, target_mm
        self._query = DistanceQuery(*meshes)
        self._bodies = [
            make_body(mesh, None, name=name) for mesh, name in zip(meshes, "ab", strict=True)
        ]
        self.reaches = largest_arms(meshes[0].vertices, meshes[1].vertices, self.turning)
        self._number = np.full(lattice.counts + 1, -1, dtype=np.int32)
        self._parts: list[Witnesses] = []
        self.known: Witnesses
        self.evaluations = 0

    def at(self, index: IntArray, near: IntArray | None, size: int) -> IntArray:
        """Return the numbers of nodes (n, c, 3), asking for those not known yet.

        ``near`` are numbers of known nodes (n,) to take witnesses from, None at the first level;
        ``size`` is that of the cells (steps) the answers are for.
        """
        shape = self._number.shape
        flat = np.ravel_multi_index(tuple(index.reshape(-1, 3).T), shape)
        places, first = np.unique(flat, return_index=True)
        is_new = self._number.ravel()[places] < 0
        if is_new.any():
            nodes = np.stack(np.unravel_index(places[is_new], shape), axis=1)
            order = _serpentine(nodes)
            sources = None
            if near is not None:
                sources = np.repeat(near, index.shape[1])[first[is_new]][order]
            self._keep(self._ask(nodes[order], sources, size))
        return self._number.ravel()[flat].reshape(index.shape[:2]).astype(np.int64)

    def between(self, index: Array, near: IntArray) -> IntArray:
        """Return the numbers of poses (n, 3) between the nodes, in steps, asking for all.

        ``near`` are numbers of known nodes (n,) to take witnesses from.
        """
        order = np.lexsort(index.T[::-1])
        found = self._ask(index[order], near[order], 1)
        numbers = np.empty(len(index), dtype=np.int64)
        numbers[order] = len(self.known) + np.lexsort(found.index.T[::-1])
        self.known = Witnesses.joined([self.known, found])
        self._parts = [self.known]
        return numbers

    def transforms(self, index: IntArray | Array) -> Array:
        """Return where nodes (n, 3) put the femur, shape (n, 4, 4)."""
        return self.turning.transforms(self.lattice.angles_deg(index))

    def _keep(self, found: Witnesses) -> None:
        """Add nodes to what is known."""
        start = len(self.known) if self._parts else 0
        self._number[tuple(found.index.T)] = np.arange(start, start + len(found))
        self._parts.append(found)
        self.known = Witnesses.joined(self._parts)
        self._parts = [self.known]

    def _ask(self, index: IntArray | Array, sources: IntArray | None, size: int) -> Witnesses:
        """Ask witnesses from next door first, then the surfaces, then for depths."""
        if sources is None:
            return self._measured(index)
        lent = self._lent(index, self.known[sources])
        ways = lent.rates @ self.lattice.half_spans_rad(size)
        is_open = lent.value + ways >= self.target_mm
        parts, rest = [lent[~is_open]], index[is_open]
        if len(rest):
            found = self._query.gaps(self.transforms(rest))
            self.evaluations += len(rest)
            is_apart = found.kind == "gap"
            parts += [self._seen(rest, found)[is_apart], self._measured(rest[~is_apart])]
        return Witnesses.joined(parts)

    def _measured(self, index: IntArray | Array) -> Witnesses:
        """Measure nodes in full."""
        found = self._query(self.transforms(index))
        self.evaluations += len(index)
        seen = self._seen(index, found)
        deep = np.flatnonzero(found.distance_mm < 0.0)
        inside_b, _ = self._signed(0, found.points_a_mm[deep])
        seen.vertex[deep] = np.where(inside_b < 0.5 * found.distance_mm[deep], 0, 1)
        return seen

    def _seen(self, index: IntArray | Array, found: Distances) -> Witnesses:
        """Return what distances say of their nodes."""
        backs = rigid.inverse(self.transforms(index))
        return Witnesses(
            index=index,
            value=found.distance_mm,
            is_gap=found.kind == "gap",
            point_a=_moved(backs, found.points_a_mm),
            point_b=found.points_b_mm,
            vertex=np.full(len(index), NO_VERTEX),
            rates=self._rates(index, found.points_a_mm, found.points_b_mm),
        )

    def _lent(self, index: IntArray | Array, source: Witnesses) -> Witnesses:
        """Return what the witnesses of other poses say of nodes."""
        forth = self.transforms(index)
        at, points_b = _moved(forth, source.point_a), source.point_b.copy()
        value = np.linalg.norm(at - points_b, axis=1)
        rows = np.flatnonzero(source.vertex == 0)
        value[rows], points_b[rows] = self._signed(0, at[rows])
        rows = np.flatnonzero(source.vertex == 1)
        seen = _moved(rigid.inverse(forth[rows]), points_b[rows])
        value[rows], feet = self._signed(1, seen)
        point_a = source.point_a.copy()
        point_a[rows] = feet
        at[rows] = _moved(forth[rows], feet)
        rates = self._rates(index, at, points_b)
        is_gap = np.zeros(len(index), dtype=np.bool_)
        return replace(
            source,
            index=index,
            value=value,
            is_gap=is_gap,
            point_a=point_a,
            point_b=points_b,
            rates=rates,
        )

    def _signed(self, owner: int, points: Array) -> tuple[Array, Array]:
        """Return signed distances (n,) of one bone's points to the other bone, and the feet."""
        body = self._bodies[1 - owner]
        assert body.solid is not None  # regions are closed bodies
        signed, feet = signed_feet(body.solid, points - body.tree.centre)
        return signed, feet + body.tree.centre

    def _rates(self, index: IntArray | Array, points_a: Array, points_b: Array) -> Array:
        """Return how fast the faster of two points moves with each angle, mm per rad, (n, 3)."""
        axes = self.turning.axes_at(self.lattice.angles_deg(index))
        arms = (points - self.turning.centre for points in (points_a, points_b))
        levers = [np.linalg.norm(cross(axes, arm[:, None]), axis=2) for arm in arms]
        return np.maximum(*levers)


def pair_curvature(turning: Turning, pairs: Witnesses) -> Array:
    """Bound the second derivatives of the squared distances of pairs, shape (n, 3, 3).

    Half of it, mm2 per rad2, for two angles: ``rho_j(y) rho_k(x)`` for j <= k as in
    :mod:`hipsim.proximity.nearest_cells`, here for the pair's own two points in any pose.
    """
    arms_a = rigid.apply(turning.after, pairs.point_a)
    arms_b = pairs.point_b - turning.centre
    reach_a = np.repeat(np.linalg.norm(arms_a, axis=1)[:, None], 3, axis=1)
    reach_b = np.repeat(np.linalg.norm(arms_b, axis=1)[:, None], 3, axis=1)
    reach_a[:, 2] = np.linalg.norm(cross(turning.axes[2], arms_a), axis=1)
    first = turning.before[:3, :3] @ turning.axes[0]
    reach_b[:, 0] = np.linalg.norm(cross(first, arms_b), axis=1)
    upper = np.triu(reach_b[:, :, None] * reach_a[:, None, :])
    return upper + np.triu(upper, 1).transpose(0, 2, 1)


def _moved(transforms: Array, points: Array) -> Array:
    """Move each point (n, 3) by its transform (n, 4, 4)."""
    return np.einsum("nij,nj->ni", transforms[:, :3, :3], points) + transforms[:, :3, 3]


def _serpentine(nodes: IntArray) -> IntArray:
    """Return an order of nodes (n, 3) in which neighbours follow each other."""
    i, j, k = nodes.T
    _, row = np.unique(i, return_inverse=True)
    across = np.where(row % 2 == 0, j, -j)
    _, line = np.unique(np.stack([row, across], axis=1), axis=0, return_inverse=True)
    return np.lexsort((np.where(line.ravel() % 2 == 0, k, -k), across, row))
