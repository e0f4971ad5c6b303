"""What can be done without surgery: each change of habit against all targets of a plan at once.

Every change is tried in every target's motion it makes sense for; in the others the space stays.
Where no target is about walking, free walking is asked as well: a shorter stride is the first thing
a patient can try, and neither the neutral pose nor the impingement test can tell what it gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hipsim.anatomy.hip import Hip
from hipsim.kinematics.gait import gait
from hipsim.planning.certified import CertifiedQuery
from hipsim.planning.targets import Target
from hipsim.planning.what_if import (
    CHANGES,
    TOLERANCE_MM,
    WALKING,
    Change,
    WhatIf,
    WhatIfRow,
    changed,
    counted,
    told,
    what_if,
)


@dataclass(frozen=True, eq=False)
class ConservativeRow:
    """One change of habit against every target.

    Parameters
    ----------
    change, amount
        What is done otherwise, and how much.
    targets
        The targets, their motions so changed where the change makes sense for them.
    space_mm
        Motion name (as it was) to the certified least clearance.
    gain_mm
        Motion name to the clearance gained; the motions it makes sense for.
    needed
        Amount that reaches every target, certified; None where no amount that makes sense does.
    """

    change: Change
    amount: float
    targets: tuple[Target, ...]
    space_mm: dict[str, float]
    gain_mm: dict[str, float]
    needed: float | None

    @property
    def what(self) -> str:
        """What is done, in words."""
        return told(self.change, self.amount)

    @property
    def helps(self) -> bool:
        """Whether it gives space in any motion it is asked in."""
        return any(gain > TOLERANCE_MM for gain in self.gain_mm.values())

    @property
    def needed_words(self) -> str | None:
        """The amount that is enough, with its unit."""
        return None if self.needed is None else counted(self.change, self.needed)


@dataclass(frozen=True, eq=False)
class Conservative:
    """What changes of habit give back.

    Parameters
    ----------
    rows
        One per change that makes sense for a target; largest least gain first.
    motions
        Each target's motion on its own.
    walking
        Free walking, where no target is about walking.
    """

    rows: tuple[ConservativeRow, ...]
    motions: tuple[WhatIf, ...]
    walking: WhatIf | None

    @property
    def enough(self) -> tuple[ConservativeRow, ...]:
        """The changes some amount of which reaches every target."""
        return tuple(row for row in self.rows if row.needed is not None)


def conservative(hip: Hip, targets: Sequence[Target]) -> Conservative:
    """Ask what each change of habit gives in every target's motion.

    Parameters
    ----------
    hip
        The hip as it is.
    targets
        At least one; made by :func:`~hipsim.planning.targets.as_targets`.

    Raises
    ------
    AnatomyError
        If a region is empty, or a landmark is missing.
    ComputationError
        If a minimum cannot be certified.

    Examples
    --------
    >>> import hipsim as hs
    >>> from hipsim.planning.targets import as_targets
    >>> found = conservative(hs.load_hip("woman_narrow"), as_targets({"neutral": 9}))
    >>> "wider_step" in [row.change.name for row in found.enough]
    True
    """
    found = tuple(
        what_if(
            hip,
            target.motion,
            target_mm=target.clearance_mm,
            femoral_region=target.femoral_region,
            pelvic_region=target.pelvic_region,
        )
        for target in targets
        if any(change.slopes(target.motion) is not None for change in CHANGES.values())
    )
    walks = any(target.motion.progress_label == WALKING for target in targets)
    rows = [
        _row(hip, tuple(targets), change, found)
        for change in CHANGES.values()
        if any(_of(each, change) for each in found)
    ]
    return Conservative(
        rows=tuple(sorted(rows, key=lambda row: -max(row.gain_mm.values()))),
        motions=found,
        walking=None if walks else what_if(hip, gait()),
    )


def _of(found: WhatIf, change: Change) -> WhatIfRow | None:
    """Return what a change gives in one motion; None where it makes no sense for it."""
    return next((row for row in found.rows if row.change == change), None)


def _row(
    hip: Hip, targets: tuple[Target, ...], change: Change, found: tuple[WhatIf, ...]
) -> ConservativeRow:
    """Bring one change together over all targets."""
    asked = {each.motion.name: each for each in found}
    rows = {name: row for name, each in asked.items() if (row := _of(each, change)) is not None}
    now = {name: each.before.minimum_mm for name, each in asked.items()}
    return ConservativeRow(
        change=change,
        amount=change.amount,
        targets=_changed(targets, change, change.amount),
        space_mm={n: rows[n].minimum_mm if n in rows else space for n, space in now.items()},
        gain_mm={name: row.gain_mm for name, row in rows.items()},
        needed=_needed(hip, targets, change, list(asked.values())),
    )


def _changed(targets: tuple[Target, ...], change: Change, amount: float) -> tuple[Target, ...]:
    """Return the targets with their motions done otherwise."""
    return tuple(
        target
        if change.slopes(target.motion) is None
        else replace(target, motion=changed(target.motion, change, amount))
        for target in targets
    )


def _needed(
    hip: Hip, targets: tuple[Target, ...], change: Change, found: list[WhatIf]
) -> float | None:
    """Return the amount that reaches every target, certified: the largest any of them needs."""
    largest = 0.0
    for each in found:
        row = _of(each, change)
        if row is None:
            if each.target_mm is not None and each.before.lower_bound_mm < each.target_mm:
                return None
        elif row.needed is None or row.needed.amount is None:
            return None
        else:
            largest = max(largest, row.needed.amount)
    return largest if _holds(hip, _changed(targets, change, largest)) else None


def _holds(hip: Hip, targets: tuple[Target, ...]) -> bool:
    """Whether every target is reached, certified."""
    for target in targets:
        query = CertifiedQuery(
            hip, femoral_region=target.femoral_region, pelvic_region=target.pelvic_region
        )
        found = query.minimum(target.motion, tolerance_mm=TOLERANCE_MM)
        if found.lower_bound_mm < target.clearance_mm - TOLERANCE_MM:
            return False
    return True
