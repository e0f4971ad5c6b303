"""Response curves: how much space a motion gains, amount by amount, and where it stops gaining.

One procedure is done in growing amounts, each on the same hip as it stands; clearance is asked
over every motion after each. Bone that no longer is the nearest gives nothing when it goes: the
curve goes flat, or another structure takes over, and :class:`Saturation` says which and where.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hipsim.anatomy.hip import Hip
from hipsim.checks import Array, Side, as_array, as_choice
from hipsim.errors import InputError
from hipsim.kinematics.motion import Motion
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.threads import in_threads
from hipsim.surgery.procedure import PROCEDURES, Procedure, ProcedureKind
from hipsim.surgery.side_effects import SideEffects, side_effects

FLAT_SHARE = 0.05  # of the steepest gain per unit; below it for good, the curve is flat


@dataclass(frozen=True)
class Saturation:
    """Where a response curve stops giving space, and why.

    Parameters
    ----------
    motion
        Name of the motion.
    flat_from
        Amount from which on the gain per unit stays below 5 % of the steepest; the first amount
        where nothing is gained at all; None where the curve still rises at its end.
    taken_over_from
        First amount at which another structure is nearest than at the first amount, or None.
    first_structure, last_structure
        Femoral structure nearest at the smallest and at the largest amount.
    """

    motion: str
    flat_from: float | None
    taken_over_from: float | None
    first_structure: str
    last_structure: str

    def __str__(self) -> str:
        nearest = self.last_structure.replace("_", " ")
        if self.flat_from is None:
            return f"{self.motion}: still gains at its end, nearest is the {nearest}"
        return f"{self.motion}: flat from {self.flat_from:g} on, nearest is the {nearest}"


@dataclass(frozen=True, eq=False)
class Response:
    """Clearance against the amount of one procedure, for m motions and k amounts.

    Parameters
    ----------
    hip_name, side
        The hip.
    procedure
        Name of the procedure, key of ``PROCEDURES``.
    amount_name, unit
        Its amount's keyword, and ``"mm"`` or ``"deg"``.
    fixed
        The other keywords.
    amounts
        Ascending, shape (k,).
    motions
        The motions.
    minimum_mm
        Least clearance of each motion after each amount, shape (m, k).
    structures
        For each motion and amount the femoral structure nearest there.
    side_effects
        What each amount costs, length k.
    """

    hip_name: str
    side: Side
    procedure: str
    amount_name: str
    unit: str
    fixed: dict[str, Any]
    amounts: Array
    motions: tuple[Motion, ...]
    minimum_mm: Array
    structures: tuple[tuple[str, ...], ...]
    side_effects: tuple[SideEffects, ...]

    def __repr__(self) -> str:
        return (
            f"<Response of {self.hip_name!r} to {self.procedure}, {len(self.amounts)} amounts, "
            f"{len(self.motions)} motions>"
        )

    @property
    def gain_per_unit(self) -> Array:
        """Gain of clearance per mm or degree between neighbouring amounts, shape (m, k - 1)."""
        gain: Array = np.diff(self.minimum_mm, axis=1) / np.diff(self.amounts)
        return gain

    @property
    def saturation(self) -> dict[str, Saturation]:
        """Motion name to where its curve stops giving space."""
        return {m.name: self._saturation(k) for k, m in enumerate(self.motions)}

    def amount_for(self, motion: str, clearance_mm: float) -> float | None:
        """Return the first amount at which a motion has a clearance, linear in between, or None.

        Parameters
        ----------
        motion
            Name of the motion.
        clearance_mm
            Wanted, mm.

        Raises
        ------
        InputError
            If the motion is not one of the response.
        """
        names = [m.name for m in self.motions]
        if motion not in names:
            raise InputError(f"motion must be one of {', '.join(names)}, got {motion!r}")
        found = self.minimum_mm[names.index(motion)]
        enough = np.flatnonzero(found >= clearance_mm)
        if len(enough) == 0:
            return None
        k = int(enough[0])
        if k == 0:
            return float(self.amounts[0])
        share = (clearance_mm - found[k - 1]) / (found[k] - found[k - 1])
        return float(self.amounts[k - 1] + share * (self.amounts[k] - self.amounts[k - 1]))

    def _saturation(self, index: int) -> Saturation:
        """Find where the curve of one motion goes flat and who takes over."""
        gain, names = self.gain_per_unit[index], self.structures[index]
        rises = np.flatnonzero(gain > max(FLAT_SHARE * gain.max(initial=0.0), 1e-9))
        last = -1 if len(rises) == 0 else int(rises[-1])
        others = [k for k, name in enumerate(names) if name != names[0]]
        return Saturation(
            motion=self.motions[index].name,
            flat_from=None if last == len(gain) - 1 else float(self.amounts[last + 1]),
            taken_over_from=float(self.amounts[others[0]]) if others else None,
            first_structure=names[0],
            last_structure=names[-1],
        )


def response(
    hip: Hip,
    procedure: str,
    amounts: ArrayLike,
    motions: Motion | Sequence[Motion],
    *,
    femoral_region: str = "extracapsular",
    pelvic_region: str = "ischium",
    n_threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **fixed: Any,
) -> Response:
    """Return the clearance over motions after growing amounts of one procedure.

    Parameters
    ----------
    hip
        The hip before.
    procedure
        One of ``PROCEDURES``.
    amounts
        At least two, ascending, in the unit of the procedure; 0 is the hip as it is.
    motions
        One or several, each with its own name.
    femoral_region, pelvic_region
        Regions to measure between.
    n_threads
        Amounts worked on at the same time; all processors by default. The numbers are the same.
    progress
        Called with (amounts done, amounts).
    fixed
        Other keywords of the procedure, e.g. ``tilt_deg=10`` or ``level="intertrochanteric"``.

    Raises
    ------
    AnatomyError, MeshError, ComputationError
        As the procedure.
    InputError
        If the procedure or a keyword is unknown, the amounts do not rise, one is more than the
        procedure allows on this hip, or two motions share a name.

    Examples
    --------
    >>> import hipsim as hs
    >>> hip = hs.make_hip(sex="female", spacing_mm=3)
    >>> curve = response(hip, "resect_lesser_trochanter", [0, 2, 4], hs.motions.neutral())
    >>> bool((curve.gain_per_unit >= 0).all())
    True
    """
    kind = kind_of(procedure, fixed)
    steps = as_amounts(amounts)
    chosen = _as_motions(motions)
    query = ClearanceQuery(hip, femoral_region=femoral_region, pelvic_region=pelvic_region)

    def after(amount: float) -> tuple[list[tuple[float, str]], SideEffects]:
        operated = Procedure(procedure, {**fixed, kind.amount: amount})(hip)
        asked = query_after(query, operated)
        found = [asked.nearest(motion, n_threads=1) for motion in chosen]
        return found, side_effects(hip, operated)

    found = in_threads(after, steps.tolist(), n_threads, progress)
    return Response(
        hip_name=hip.name,
        side=hip.side,
        procedure=procedure,
        amount_name=kind.amount,
        unit=kind.unit,
        fixed=dict(fixed),
        amounts=steps,
        motions=chosen,
        minimum_mm=np.array([[mm for mm, _ in each] for each, _ in found]).T,
        structures=tuple(tuple(each[k][1] for each, _ in found) for k in range(len(chosen))),
        side_effects=tuple(cost for _, cost in found),
    )


def kind_of(procedure: str, fixed: dict[str, Any]) -> ProcedureKind:
    """Return what is known of a procedure; its amount must not be among the fixed keywords."""
    as_choice(procedure, tuple(PROCEDURES), name="procedure")
    kind = PROCEDURES[procedure]
    if kind.amount in fixed:
        raise InputError(f"{kind.amount} is the amount of {procedure}: give it as amounts")
    Procedure(procedure, {**fixed, kind.amount: 0.0})  # says which keywords it does not know
    return kind


def as_amounts(amounts: ArrayLike) -> Array:
    """Return at least two rising amounts."""
    steps = as_array(amounts, (-1,), name="amounts")
    if len(steps) < 2 or (np.diff(steps) <= 0.0).any():
        raise InputError(f"amounts must be at least two and rise, got {steps.tolist()!s:.80}")
    return steps


def _as_motions(motions: Motion | Sequence[Motion]) -> tuple[Motion, ...]:
    """Return motions with names of their own."""
    chosen = (motions,) if isinstance(motions, Motion) else tuple(motions)
    names = [motion.name for motion in chosen]
    if not names or len(set(names)) < len(names):
        raise InputError(f"give motions, each with a name of its own, got {names}")
    return chosen


def query_after(query: ClearanceQuery, operated: Hip) -> ClearanceQuery:
    """Return the query of an operated hip; what is known of an untouched pelvis is shared."""
    before = query.hip
    if operated is before:
        return query
    if operated.hip_bone is before.hip_bone and operated.pelvic_labels is before.pelvic_labels:
        return query.after(operated)
    return ClearanceQuery(
        operated, femoral_region=query.femoral_region, pelvic_region=query.pelvic_region
    )
