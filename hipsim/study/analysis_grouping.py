"""Into which groups hips fall: by sex, side, space in neutral, or any column."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hipsim.checks import Array, as_number
from hipsim.errors import InputError
from hipsim.io.spelling import did_you_mean
from hipsim.study.analysis_data import HipTable
from hipsim.study.analysis_groups import FEWEST
from hipsim.study.plans import INTACT

NEUTRAL, NARROW = "neutral", "narrow"


@dataclass(frozen=True, eq=False)
class Grouping:
    """Groups of hips.

    Parameters
    ----------
    name
        By what.
    labels
        Group of each hip, shape (n,); empty for hips that are in none.
    names
        The groups, in the order in which they are compared: differences are later less earlier.
    defined_by
        Motions whose intact space makes the groups, so that comparing it would say nothing.
    """

    name: str
    labels: np.ndarray
    names: tuple[str, ...]
    defined_by: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each two groups."""
        return list(combinations(self.names, 2))


def grouping(
    table: HipTable, by: str, *, narrow_mm: float = 17.0, split_at: float | None = None
) -> Grouping:
    """Group the hips of a table.

    Parameters
    ----------
    table
        The hips.
    by
        ``"sex"``, ``"side"``, ``"narrow"`` or the name of a column with numbers.
    narrow_mm
        Neutral space below which a hip is narrow.
    split_at
        Value that parts a column: below it, and at least it; the median by default.

    Raises
    ------
    InputError
        If there is no such column, or all hips fall into one group.
    """
    if by == NARROW:
        return _two(f"narrow (neutral < {narrow_mm:g} mm)", *_by_space(table, narrow_mm))
    if by in table.words:
        labels = table.words[by]
        names = tuple(np.unique(labels[labels != ""]).tolist())
        if len(names) < 2:
            held = ", ".join(names) or "none known"
            raise InputError(f"groups by {by} need two kinds of hips, got {held}")
        return Grouping(by, labels, names[::-1] if by == "sex" else names)
    if by not in table.numbers:
        known = [*table.words, NARROW, *table.numbers]
        hint = did_you_mean(by, known) or f"; there are: {', '.join(known)}"
        raise InputError(f"there is nothing called {by!r} to group by{hint}")
    values = table.numbers[by]
    if not np.isfinite(values).any():
        raise InputError(f"{by} is not known of any hip")
    at = float(np.nanmedian(values)) if split_at is None else as_number(split_at, name="split_at")
    labels = np.where(values < at, f"{by} < {at:.4g}", f"{by} >= {at:.4g}").astype(object)
    labels[~np.isfinite(values)] = ""
    return _two(by, labels.astype(str), (f"{by} < {at:.4g}", f"{by} >= {at:.4g}"), ())


def default_groupings(
    table: HipTable, notes: list[str], *, narrow_mm: float = 17.0
) -> tuple[Grouping, ...]:
    """Return the groupings nobody needs to ask for: sex, and narrow, where both groups are there.

    Parameters
    ----------
    table
        The hips.
    notes
        Receives why a grouping was left out.
    narrow_mm
        As for :func:`grouping`.
    """
    found = []
    for by in ("sex", NARROW):
        try:
            one = grouping(table, by, narrow_mm=narrow_mm)
        except InputError as error:
            notes.append(f"not grouped by {by}: {error}")
            continue
        counts = {name: len(np.unique(table.persons[one.labels == name])) for name in one.names}
        few = [name for name, count in counts.items() if count < FEWEST]
        if few:
            notes.append(f"not grouped by {by}: {counts[few[0]]} persons are {few[0]}")
        else:
            found.append(one)
    return tuple(found)


def _by_space(
    table: HipTable, narrow_mm: float
) -> tuple[np.ndarray, tuple[str, str], tuple[str, ...]]:
    """Label hips by their intact neutral space."""
    at = as_number(narrow_mm, name="narrow_mm", unit="mm")
    if NEUTRAL not in table.motions:
        raise InputError(f"narrow hips are told by the motion {NEUTRAL!r}, which is not here")
    space: Array = table.space_mm[NEUTRAL, INTACT]
    labels = np.where(space < at, "narrow", "normal")
    labels[~np.isfinite(space)] = ""
    return labels, ("normal", "narrow"), (NEUTRAL,)


def _two(
    name: str, labels: np.ndarray, names: tuple[str, str], defined_by: tuple[str, ...]
) -> Grouping:
    """Return two groups, or raise unless both have hips."""
    for group in names:
        if not (labels == group).any():
            raise InputError(f"no hip is {group!r}: {name} needs two groups")
    return Grouping(name, labels, names, defined_by)
