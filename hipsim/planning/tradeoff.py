"""Trade-off: two operations together, what each pair of amounts leaves and what it costs.

Resection takes attachment of the iliopsoas, derotation takes rotation; a surgeon weighs one
against the other. Every combination of amounts is measured in the motion of every target. A
derotation below the lesser trochanter about the mechanical axis needs no bone to be cut for that:
the clearance after it is that of the hip before it in so much more internal rotation, exactly (the
derotation law, see :mod:`hipsim.surgery.osteotomy`). Any other pair of procedures is carried out,
combination by combination.

A combination is on the front when it reaches every target and no other one does with no more of
either. Amounts are compared as they are; what they cost stands beside them, for the surgeon to
weigh.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, Side
from hipsim.errors import InputError
from hipsim.kinematics.motion import Motion
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.response import as_amounts, kind_of, query_after
from hipsim.planning.targets import Target
from hipsim.planning.threads import in_threads
from hipsim.surgery.procedure import Procedure
from hipsim.surgery.side_effects import SideEffects, side_effects

Progress = Callable[[int, int], None]
REACHED_MM = 1e-6  # rounding of a distance
LAW_LEVELS, LAW_AXES = (None, "subtrochanteric", "supracondylar"), (None, "mechanical")


@dataclass(frozen=True, eq=False)
class Amounts:
    """One operation in rising amounts.

    Parameters
    ----------
    procedure
        Key of ``PROCEDURES``.
    amounts
        At least two, rising, in the unit of the procedure; 0 is 'not done'.
    fixed
        Its other keywords.

    Raises
    ------
    InputError
        If the procedure or a keyword is unknown, or the amounts do not rise.

    Examples
    --------
    >>> Amounts("derotate_femur", [0, 10, 20]).label
    'derotate femur (deg)'
    """

    procedure: str
    amounts: Array
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kind_of(self.procedure, dict(self.fixed))
        object.__setattr__(self, "amounts", as_amounts(self.amounts))

    @property
    def label(self) -> str:
        """Title of the axis, with its unit."""
        return f"{self.procedure.replace('_', ' ')} ({self.unit})"

    @property
    def unit(self) -> str:
        """Unit of the amounts, ``"mm"`` or ``"deg"``."""
        return kind_of(self.procedure, dict(self.fixed)).unit

    @property
    def follows_law(self) -> bool:
        """Whether clearance after it is that before it in more internal rotation, exactly."""
        return (
            self.procedure == "derotate_femur"
            and set(self.fixed) <= {"level", "axis"}
            and self.fixed.get("level") in LAW_LEVELS
            and self.fixed.get("axis") in LAW_AXES
        )

    def after(self, hip: Hip, amount: float) -> Hip:
        """Return the hip after one amount; 0 is the very same hip."""
        if amount == 0.0:
            return hip
        name = kind_of(self.procedure, dict(self.fixed)).amount
        return Procedure(self.procedure, {**self.fixed, name: float(amount)})(hip)


@dataclass(frozen=True)
class Combination:
    """One pair of amounts and what it leaves.

    Parameters
    ----------
    first, second
        Amounts of the two operations.
    clearance_mm
        Motion name to the least clearance.
    footprint_lost_share
        Share of the iliopsoas attachment that is gone.
    """

    first: float
    second: float
    clearance_mm: dict[str, float]
    footprint_lost_share: float


@dataclass(frozen=True, eq=False)
class TradeOff:
    """Clearance over the amounts of two operations, k by l, for t targets.

    Parameters
    ----------
    hip_name, side
        The hip.
    first, second
        The operations, done in this order.
    targets
        What shall be reached.
    clearance_mm
        Least clearance in each target's motion, shape (t, k, l).
    structures
        Femoral structure nearest there, shape (t, k, l).
    first_effects, second_effects
        What each amount costs when it is done alone, lengths k and l.
    """

    hip_name: str
    side: Side
    first: Amounts
    second: Amounts
    targets: tuple[Target, ...]
    clearance_mm: Array
    structures: NDArray[np.str_]
    first_effects: tuple[SideEffects, ...]
    second_effects: tuple[SideEffects, ...]

    def __repr__(self) -> str:
        k, n = self.clearance_mm.shape[1:]
        found = f"{k} x {n} combinations, {len(self.front)} on the front"
        return f"<TradeOff of {self.hip_name!r}: {found}>"

    @property
    def margin_mm(self) -> Array:
        """Clearance less the target, of the target that is missed most, shape (k, l)."""
        wanted = np.array([target.clearance_mm for target in self.targets])
        margin: Array = (self.clearance_mm - wanted[:, None, None]).min(axis=0)
        return margin

    @property
    def is_reached(self) -> NDArray[np.bool_]:
        """Whether every target is reached, shape (k, l)."""
        reached: NDArray[np.bool_] = self.margin_mm >= -REACHED_MM
        return reached

    @property
    def binding(self) -> NDArray[np.str_]:
        """Name of the motion whose target is missed most, or met with least to spare, (k, l)."""
        wanted = np.array([target.clearance_mm for target in self.targets])
        least = (self.clearance_mm - wanted[:, None, None]).argmin(axis=0)
        return np.array([target.motion.name for target in self.targets])[least]

    @property
    def front(self) -> tuple[Combination, ...]:
        """The cheapest combinations that reach every target, by rising first amount.

        No combination reaches the targets with no more of either operation and less of one.
        """
        found: list[Combination] = []
        least = len(self.second.amounts)
        for i, row in enumerate(self.is_reached):
            reached = np.flatnonzero(row)
            if len(reached) and reached[0] < least:
                least = int(reached[0])
                found.append(self.at(i, least))
        return tuple(found)

    def at(self, i: int, j: int) -> Combination:
        """Return one combination by its place.

        Parameters
        ----------
        i, j
            Place of the first and of the second amount.
        """
        names = [target.motion.name for target in self.targets]
        lost = (self.first_effects[i], self.second_effects[j])
        return Combination(
            first=float(self.first.amounts[i]),
            second=float(self.second.amounts[j]),
            clearance_mm=dict(zip(names, self.clearance_mm[:, i, j].tolist(), strict=True)),
            footprint_lost_share=max(effects.iliopsoas_lost_share for effects in lost),
        )


def tradeoff(
    hip: Hip,
    targets: Sequence[Target],
    first: Amounts,
    second: Amounts,
    *,
    n_threads: int | None = None,
    progress: Progress | None = None,
) -> TradeOff:
    """Measure every combination of two operations against targets.

    Parameters
    ----------
    hip
        The hip before.
    targets
        At least one; made by :func:`~hipsim.planning.targets.as_targets`.
    first, second
        The operations, done in this order.
    n_threads
        Combinations worked on at the same time; all processors by default. The numbers are the
        same.
    progress
        Called with (amounts of the first done, all of them).

    Raises
    ------
    InputError
        If there is no target, or an amount is more than this hip allows.
    AnatomyError, MeshError, ComputationError
        As the procedures.

    Examples
    --------
    >>> import hipsim as hs
    >>> from hipsim.planning.targets import as_targets
    >>> hip = hs.load_hip("woman_narrow")
    >>> found = tradeoff(hip, as_targets({"neutral": 15}),
    ...                  Amounts("resect_lesser_trochanter", [0, 4]),
    ...                  Amounts("derotate_femur", [0, 10, 20]))
    >>> found.clearance_mm.shape, len(found.front) > 0
    ((1, 2, 3), True)
    """
    if not targets:
        raise InputError("a trade-off needs at least one target")
    queries = _queries(hip, targets)

    def row(amount: float) -> tuple[Array, NDArray[np.str_], SideEffects]:
        before = first.after(hip, amount)
        cells = _by_law if second.follows_law else _carried_out
        distance, names = cells(queries, before, second, targets)
        return distance, names, side_effects(hip, before)

    rows = in_threads(row, first.amounts.tolist(), n_threads, progress)
    return TradeOff(
        hip_name=hip.name,
        side=hip.side,
        first=first,
        second=second,
        targets=tuple(targets),
        clearance_mm=np.stack([distance for distance, _, _ in rows], axis=1),
        structures=np.stack([names for _, names, _ in rows], axis=1),
        first_effects=tuple(effects for _, _, effects in rows),
        second_effects=tuple(side_effects(hip, second.after(hip, a)) for a in second.amounts),
    )


def derotated(motion: Motion, angle_deg: float) -> Motion:
    """Return the poses of the hip before a derotation that stand as a motion does after it.

    Exact for a cut below the lesser trochanter about the mechanical axis, for all that lies above
    the cut.

    Parameters
    ----------
    motion
        What the hip does after the operation.
    angle_deg
        Derotation, external turn of the distal fragment positive.

    Examples
    --------
    >>> from hipsim.kinematics.arcs import neutral
    >>> derotated(neutral(), 20.0).rotation_deg.tolist()
    [20.0]
    """
    return motion.evolved(rotation_deg=motion.rotation_deg + angle_deg)


def _queries(hip: Hip, targets: Sequence[Target]) -> dict[tuple[str, str], ClearanceQuery]:
    """Return a query for every pair of regions the targets speak of."""
    pairs = dict.fromkeys((t.femoral_region, t.pelvic_region) for t in targets)
    return {p: ClearanceQuery(hip, femoral_region=p[0], pelvic_region=p[1]) for p in pairs}


def _by_law(
    queries: Mapping[tuple[str, str], ClearanceQuery],
    before: Hip,
    second: Amounts,
    targets: Sequence[Target],
) -> tuple[Array, NDArray[np.str_]]:
    """Measure all derotations of one hip without turning a bone, shapes (t, l)."""
    asked = {pair: query_after(query, before) for pair, query in queries.items()}
    return _table(
        [
            asked[t.femoral_region, t.pelvic_region](derotated(t.motion, angle))
            for angle in second.amounts
        ]
        for t in targets
    )


def _carried_out(
    queries: Mapping[tuple[str, str], ClearanceQuery],
    before: Hip,
    second: Amounts,
    targets: Sequence[Target],
) -> tuple[Array, NDArray[np.str_]]:
    """Carry out every second amount and measure it, shapes (t, l)."""
    hips = [second.after(before, amount) for amount in second.amounts]
    asked = [{pair: query_after(query, hip) for pair, query in queries.items()} for hip in hips]
    return _table(
        [each[t.femoral_region, t.pelvic_region](t.motion) for each in asked] for t in targets
    )


def _table(found: Any) -> tuple[Array, NDArray[np.str_]]:
    """Return least clearance and nearest structure of rows of clearances."""
    rows = [list(row) for row in found]
    distance = np.array([[c.minimum_mm for c in row] for row in rows])
    return distance, np.array([[c.structure for c in row] for row in rows])
