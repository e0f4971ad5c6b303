"""The impingement-free range in three angles: certified cells, their volume, their boundary.

A cell of joint angles is *free* where a proof says that no pose in it has less than the target
clearance, *narrow* where a proof says that every pose in it has less, and *undecided* where neither
was found at the resolution asked for: the cells the boundary runs through, and some beside them. So
the free volume lies between that of the free cells and that of the free and undecided ones.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, BoolArray, Side, as_number
from hipsim.errors import InputError
from hipsim.kinematics.arcs import neutral
from hipsim.kinematics.clinical import CONTACT_MM
from hipsim.kinematics.motion import Motion
from hipsim.planning.free_range_caps import SoftTissueCap, as_cap, shares_within
from hipsim.planning.free_range_cells import FREE, NARROW, UNDECIDED, along_rotation, subdivide
from hipsim.planning.free_range_nodes import Lattice, Nodes

RESOLUTION_DEG = 0.5
EDGE_DEG = 1e-9  # a base pose this near to the rim of the box is in it
STATES = {"free": FREE, "narrow": NARROW, "undecided": UNDECIDED}


@dataclass(frozen=True, eq=False)
class FreeBoundary:
    """How far the femur can turn either way, at every extension and adduction of the grid.

    The interval of rotation is that part of the free range that is connected with the base pose,
    the nearest to its rotation where there are several; NaN where there is none.

    Parameters
    ----------
    extension_deg, adduction_deg
        Of the grid, shapes (k + 1,) and (l + 1,).
    lowest_deg, highest_deg
        Proven free between these, shape (k + 1, l + 1); external rotation negative.
    beyond_lowest_deg, beyond_highest_deg
        Proven narrow beyond these, or the end of what was searched: the boundary lies between.
    """

    extension_deg: Array
    adduction_deg: Array

    lowest_deg: Array
    highest_deg: Array
    beyond_lowest_deg: Array
    beyond_highest_deg: Array

    @property
    def doubt_deg(self) -> Array:
        """How far proven free and proven narrow are apart, both ends of each interval, (n,)."""
        low = self.lowest_deg - self.beyond_lowest_deg
        high = self.beyond_highest_deg - self.highest_deg
        both = np.concatenate([low[np.isfinite(low)], high[np.isfinite(high)]])
        return both[both > 0.0]


@dataclass(frozen=True, eq=False)
class CappedVolume:
    """A free volume cut by soft tissue, as shares of the box searched.

    Parameters
    ----------
    cap
        The cap.
    usable
        Least and largest share that both bone and soft tissue leave.
    bone_alone, soft_tissue_alone
        Share that only the bones, only the soft tissue forbids; of the bones what is proven.
    both
        Share that both forbid.
    """

    cap: SoftTissueCap
    usable: tuple[float, float]
    bone_alone: float
    soft_tissue_alone: float
    both: float

    @property
    def limited_by(self) -> str:
        """``"bone"`` or ``"soft tissue"``: which of the two takes more of the range away alone."""
        return "bone" if self.bone_alone >= self.soft_tissue_alone else "soft tissue"


@dataclass(frozen=True, eq=False)
class FreeVolume:
    """The impingement-free range of a hip in extension, adduction and rotation, certified.

    Parameters
    ----------
    hip_name, side
        The hip.
    base
        The pose the range is reached from, with the zeros of all angles.
    target_mm
        Clearance a free pose has.
    regions
        Femoral and pelvic region; nothing else of the hip is asked about.
    extension_edges_deg, adduction_edges_deg, rotation_edges_deg
        Edges of the cells, ascending, shapes (k + 1,), (l + 1,), (m + 1,).
    states
        1 free, -1 narrow, 0 undecided, shape (k, l, m).
    lines
        The same for short steps of rotation at every extension and adduction of the grid, shape
        (k + 1, l + 1, p m): along a line the boundary is known closer than in cells.
    evaluations
        Distances of surfaces it took.
    """

    hip_name: str
    side: Side
    base: Motion
    target_mm: float
    regions: tuple[str, str]
    extension_edges_deg: Array
    adduction_edges_deg: Array
    rotation_edges_deg: Array
    states: NDArray[np.int8]
    lines: NDArray[np.int8]
    evaluations: int

    def __repr__(self) -> str:
        low, high = self.share_free
        return (
            f"<FreeVolume of {self.hip_name!r}: {low:.1%} to {high:.1%} of the range has "
            f"{self.target_mm:g} mm>"
        )

    @property
    def edges_deg(self) -> tuple[Array, Array, Array]:
        """Edges of extension, adduction and rotation."""
        return self.extension_edges_deg, self.adduction_edges_deg, self.rotation_edges_deg

    @property
    def box_deg3(self) -> float:
        """Volume of all that was searched."""
        return float(np.prod([edges[-1] - edges[0] for edges in self.edges_deg]))

    @property
    def share_free(self) -> tuple[float, float]:
        """Lower and upper bound of the free share of the box, 0 to 1."""
        free, undecided = (float((self.states == state).mean()) for state in (FREE, UNDECIDED))
        return free, free + undecided

    @property
    def volume_deg3(self) -> tuple[float, float]:
        """Lower and upper bound of the free volume."""
        low, high = self.share_free
        return low * self.box_deg3, high * self.box_deg3

    def state_at(self, extension_deg: Array, adduction_deg: Array, rotation_deg: Array) -> Array:
        """Return the state of the cells poses (n,) lie in, shape (n,).

        Raises
        ------
        InputError
            If a pose is not in the box.
        """
        places = []
        for edges, angles in zip(
            self.edges_deg, (extension_deg, adduction_deg, rotation_deg), strict=True
        ):
            values = np.asarray(angles, dtype=np.float64)
            if (values < edges[0] - EDGE_DEG).any() or (values > edges[-1] + EDGE_DEG).any():
                raise InputError(
                    f"poses must lie between {edges[0]:g} and {edges[-1]:g} deg, "
                    f"got {values.min():g} to {values.max():g}"
                )
            place = np.searchsorted(edges, values, side="right") - 1
            places.append(place.clip(0, len(edges) - 2))
        return self.states[tuple(places)]

    @cached_property
    def connected(self) -> BoolArray:
        """The free cells that can be reached from the base pose through free cells, (k, l, m)."""
        labels, _ = ndimage.label(self.states == FREE)
        base = self.base
        pose = -base.flexion_deg[0], base.adduction_deg[0], base.rotation_deg[0]
        around = tuple(
            slice(*_cells_around(edges, angle))
            for edges, angle in zip(self.edges_deg, pose, strict=True)
        )
        own = np.unique(labels[around])
        return np.isin(labels, own[own > 0])

    @cached_property
    def boundary(self) -> FreeBoundary:
        """How far the femur can turn at every extension and adduction of the grid."""
        parts = self.lines.shape[2] // self.states.shape[2]
        whole = np.pad(self.connected, ((1, 1), (1, 1), (0, 0)))
        sides = slice(None, -1), slice(1, None)
        touched = np.any([whole[i, j] for i in sides for j in sides], axis=0)
        is_start = np.repeat(touched, parts, axis=2) & (self.lines == FREE)
        first, last = self.rotation_edges_deg[0], self.rotation_edges_deg[-1]
        edges = np.linspace(first, last, self.lines.shape[2] + 1)
        away = np.abs(0.5 * (edges[:-1] + edges[1:]) - self.base.rotation_deg[0])
        rows = np.full((4, *touched.shape[:2]), np.nan)
        for i, j in np.argwhere(is_start.any(axis=2)):
            start = int(np.where(is_start[i, j], away, np.inf).argmin())
            rows[:, i, j] = edges[list(_run(self.lines[i, j], start))]
        return FreeBoundary(self.extension_edges_deg, self.adduction_edges_deg, *rows)

    def within(self, cap: SoftTissueCap | str) -> CappedVolume:
        """Intersect the range with what soft tissue allows.

        Parameters
        ----------
        cap
            A cap or the name of one of :data:`~hipsim.planning.free_range_caps.CAPS`.

        Raises
        ------
        InputError
            If there is no cap of that name.
        """
        chosen = as_cap(cap)
        assert chosen is not None  # a cap or a name
        low, high = chosen.interval_deg("flexion")
        intervals = (-high, -low), chosen.interval_deg("adduction"), chosen.interval_deg("rotation")
        shares = [shares_within(e, i) for e, i in zip(self.edges_deg, intervals, strict=True)]
        inside = np.einsum("i,j,k->ijk", *shares)
        allowed = {name: float(inside[self.states == s].sum()) for name, s in STATES.items()}
        total = float(self.states.size)
        whole = {name: float((self.states == s).sum()) for name, s in STATES.items()}
        return CappedVolume(
            cap=chosen,
            usable=(allowed["free"] / total, (allowed["free"] + allowed["undecided"]) / total),
            bone_alone=allowed["narrow"] / total,
            soft_tissue_alone=(whole["free"] - allowed["free"]) / total,
            both=(whole["narrow"] - allowed["narrow"]) / total,
        )


def free_volume(
    hip: Hip,
    *,
    base: Motion | None = None,
    target_mm: float = CONTACT_MM,
    extension_deg: tuple[float, float] = (0.0, 40.0),
    adduction_deg: tuple[float, float] = (-30.0, 30.0),
    rotation_deg: tuple[float, float] = (-60.0, 60.0),
    resolution_deg: float = RESOLUTION_DEG,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
) -> FreeVolume:
    """Find the impingement-free range of a hip in three angles, certified cell by cell.

    Parameters
    ----------
    hip
        The hip.
    base
        A motion of one pose: where the range is reached from, and the zeros and pelvic tilt of
        all angles; neutral by default.
    target_mm
        Clearance a free pose has; by default that below which simulation cannot tell a gap from
        contact. 0 asks for contact itself, which takes longer and leaves more undecided.
    extension_deg, adduction_deg, rotation_deg
        From and to, extension, adduction and internal rotation positive.
    resolution_deg
        Largest side of the smallest cells.
    femoral_region, pelvic_region
        Regions to measure between.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark is missing.
    InputError
        If a range is not ascending, the base is not one pose within it, or a number or region
        cannot be used.

    Examples
    --------
    >>> import hipsim as hs
    >>> found = free_volume(hs.make_hip(sex="female"), extension_deg=(0, 10),
    ...                     adduction_deg=(-5, 5), rotation_deg=(-20, 0), resolution_deg=2.5)
    >>> low, high = found.volume_deg3
    >>> 0.0 < low <= high <= found.box_deg3
    True
    """
    start = neutral() if base is None else base
    target = as_number(target_mm, name="target_mm", low=0.0, high=100.0, unit="mm")
    step = as_number(resolution_deg, name="resolution_deg", low=0.05, high=10.0, unit="deg")
    ranges = {"extension": extension_deg, "adduction": adduction_deg, "rotation": rotation_deg}
    _check_ranges(ranges, start)
    tilt = start.pelvic_tilt_deg
    first, last = ranges["extension"]
    lattice = Lattice.over([(tilt - first, tilt - last), adduction_deg, rotation_deg], step)
    regions = femoral_region, pelvic_region
    nodes = Nodes(hip, start, lattice, regions, target)
    states = subdivide(nodes)
    lines = along_rotation(nodes, states)
    return FreeVolume(
        hip_name=hip.name,
        side=hip.side,
        base=start,
        target_mm=target,
        regions=regions,
        extension_edges_deg=tilt - lattice.edges_deg(0),
        adduction_edges_deg=lattice.edges_deg(1),
        rotation_edges_deg=lattice.edges_deg(2),
        states=states,
        lines=lines,
        evaluations=nodes.evaluations,
    )


def _check_ranges(ranges: dict[str, tuple[float, float]], base: Motion) -> None:
    """Raise unless the ranges ascend and hold the base pose."""
    if base.n_poses != 1:
        raise InputError(f"the base of a range must be one pose, got {base!r}")
    signs = {"extension": ("flexion", -1.0), "adduction": ("adduction", 1.0)}
    for name, ends in ranges.items():
        low, high = (as_number(end, name=f"{name}_deg", low=-180, high=180) for end in ends)
        if not low < high:
            raise InputError(f"{name}_deg must ascend, got {low:g} to {high:g}")
        angle, sign = signs.get(name, (name, 1.0))
        at = sign * base.pose_deg(0)[angle]
        if not low - EDGE_DEG <= at <= high + EDGE_DEG:
            raise InputError(
                f"the base pose must lie within the range: {name} {at:g} is not in "
                f"{low:g} to {high:g} deg"
            )


def _cells_around(edges: Array, angle: float) -> tuple[int, int]:
    """Return the first and the end of the cells that hold an angle, two of them on an edge."""
    first = int(np.searchsorted(edges[1:], angle - EDGE_DEG))
    end = int(np.searchsorted(edges[:-1], angle + EDGE_DEG, side="right"))
    return first, end


def _run(line: NDArray[np.int8], place: int) -> tuple[int, int, int, int]:
    """Return the edges of the free run about a place, and of the runs not narrow about it."""
    ends = []
    for stops in (line != FREE, line == NARROW):
        below = np.flatnonzero(stops[:place])
        above = np.flatnonzero(stops[place:])
        ends.append(
            (
                int(below[-1]) + 1 if len(below) else 0,
                place + int(above[0]) if len(above) else len(line),
            )
        )
    return ends[0][0], ends[0][1], ends[1][0], ends[1][1]
