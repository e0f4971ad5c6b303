"""Which number of a label map is which bone: by name, by a published table, or as the user says.

The same number means different bones in different tables (76 is the right femur in
TotalSegmentator 2 and a rib in version 1), so a table is never guessed: names come from the file
where it carries them, else from the table the user names.

References
----------
Wasserthal et al., Radiol Artif Intell 2023;5:e230024 (versions 1 and 2); Akinci D'Antonoli et al.,
Radiology 2025;314:e241613 (MR). Numbers of the tasks ``total`` (1 and 2) and ``total_mr``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hipsim.errors import InputError
from hipsim.io.bone_names import bone_named
from hipsim.io.cases import BONES
from hipsim.io.spelling import did_you_mean

TABLES: dict[str, dict[str, int]] = {
    "totalsegmentator_v1": {
        "femur_left": 88, "femur_right": 89, "hip_left": 90, "hip_right": 91, "sacrum": 92,
    },
    "totalsegmentator_v2": {
        "femur_left": 75, "femur_right": 76, "hip_left": 77, "hip_right": 78, "sacrum": 25,
    },
    "totalsegmentator_mr": {
        "femur_left": 36, "femur_right": 37, "hip_left": 38, "hip_right": 39, "sacrum": 18,
    },
}  # fmt: skip


@dataclass(frozen=True)
class Segment:
    """One label of a label map.

    Attributes
    ----------
    number
        Value of its voxels, or segment number.
    names
        What the file, table or user calls it; the first is shown. May be empty.
    layer
        Which layer of the file holds it; layers may overlap, so numbers repeat between them.
    """

    number: int
    names: tuple[str, ...] = ()
    layer: int = 0

    def __str__(self) -> str:
        return f"{self.names[0]} ({self.number})" if self.names else str(self.number)


def choose_segments(
    known: tuple[Segment, ...],
    *,
    labels: Mapping[str, str | int] | None = None,
    table: str | None = None,
    where: str = "the label map",
) -> dict[str, Segment]:
    """Decide which segment is which bone.

    Parameters
    ----------
    known
        Segments the file names; empty where it names none.
    labels
        Bone (``femur_r``, ``femur_l``, ``hip_r``, ``hip_l``, ``sacrum``) to name or number.
        Without it every bone whose name is recognised is taken.
    table
        One of ``TABLES``, for files that carry no names.
    where
        What the label map is called in messages.

    Returns
    -------
    chosen
        Bone to segment. Nothing is said yet about whether it holds a voxel.

    Raises
    ------
    InputError
        If a bone, name or table is unknown, the file's names contradict the table, two segments
        claim one bone, or nothing tells the bones.

    Examples
    --------
    >>> str(choose_segments((), table="totalsegmentator_v2")["femur_r"])
    'femur_right (76)'
    >>> choose_segments((), labels={"femur_r": 3})
    {'femur_r': Segment(number=3, names=(), layer=0)}
    """
    listed = known if table is None else _from_table(table, known, where)
    if labels is None:
        return _recognised(listed, where)
    if not labels:
        raise InputError(f"{where}: labels is empty; name at least one bone, {', '.join(BONES)}")
    chosen = {}
    for bone, label in labels.items():
        if bone not in BONES:
            hint = did_you_mean(bone, BONES) or f"; wanted one of {', '.join(BONES)}"
            raise InputError(f"{where}: labels has an unknown bone {bone!r}{hint}")
        chosen[bone] = _segment(label, listed, f"{where}: {bone}")
    _refuse_shared(chosen, where)
    return chosen


def tables_that_fit(numbers: Iterable[int]) -> list[str]:
    """Return the tables of which at least one femur and one hip bone are among the numbers."""
    present = set(numbers)
    return [
        name
        for name, table in TABLES.items()
        if all(any(b in k for k, n in table.items() if n in present) for b in ("femur", "hip"))
    ]


def _from_table(table: str, known: tuple[Segment, ...], where: str) -> tuple[Segment, ...]:
    """Return the bones of a table, unless the file's own names say otherwise."""
    if table not in TABLES:
        hint = did_you_mean(table, TABLES) or f"; known: {', '.join(TABLES)}"
        raise InputError(f"{where}: unknown table {table!r}{hint}")
    listed = tuple(Segment(number, (name,)) for name, number in TABLES[table].items())
    own = {s.number: s.names[0] for s in known if s.names}
    for segment in listed:
        called = own.get(segment.number)
        if called is not None and bone_named(called) != bone_named(segment.names[0]):
            raise InputError(
                f"{where}: {table} says {segment.number} is {segment.names[0]}, but the file "
                f"itself calls it {called!r}; leave the table out, or choose another"
            )
    return listed


def _recognised(listed: tuple[Segment, ...], where: str) -> dict[str, Segment]:
    """Take every segment whose name means a bone."""
    chosen: dict[str, Segment] = {}
    for segment in listed:
        bone = _meant(segment, where)
        if bone in chosen:
            raise InputError(
                f"{where}: both {chosen[bone]} and {segment} could be {bone}; say which with "
                f"labels={{{bone!r}: ...}}"
            )
        if bone is not None:
            chosen[bone] = segment
    if not chosen:
        _refuse_nameless(listed, where)
    return chosen


def _meant(segment: Segment, where: str) -> str | None:
    """Return the one bone a segment's names mean, if any."""
    meant = sorted({bone for name in segment.names if (bone := bone_named(name))})
    if len(meant) > 1:
        raise InputError(
            f"{where}: the label {segment} is called {' and '.join(meant)} at once "
            f"({', '.join(segment.names)}); say which with labels={{{meant[0]!r}: ...}}"
        )
    return meant[0] if meant else None


def _refuse_nameless(listed: tuple[Segment, ...], where: str) -> None:
    """Say what a user can do when no name means a bone."""
    if listed:
        raise InputError(
            f"{where}: none of its names means a femur, hip bone or sacrum with its side: "
            f"{_names(listed)}; say which is which, labels={{'femur_r': 'name or number', ...}}"
        )
    raise InputError(
        f"{where} carries no names: say table= (hipsim import: --table) one of "
        f"{', '.join(TABLES)}, or labels={{'femur_r': number, ...}} (--labels)"
    )


def _segment(label: str | int, listed: tuple[Segment, ...], where: str) -> Segment:
    """Return the segment a user means by a name or number."""
    if isinstance(label, bool) or not isinstance(label, str | int):
        raise InputError(f"{where} must be a name or a whole number, got {label!r}")
    if isinstance(label, int):
        return _numbered(label, listed, where)
    if not listed:
        raise InputError(
            f"{where} is given by name ({label!r}), but the file carries no names: say table= "
            f"(hipsim import: --table) one of {', '.join(TABLES)}, or give its number"
        )
    found = [s for s in listed if label.lower() in (name.lower() for name in s.names)]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{where}: {len(found)} labels are called {label!r}; give the number")
    hint = did_you_mean(label, [n for s in listed for n in s.names])
    raise InputError(f"{where}: no label is called {label!r}{hint}; there is {_names(listed)}")


def _numbered(number: int, listed: tuple[Segment, ...], where: str) -> Segment:
    """Return the segment with a number, with its names where there are any."""
    if number <= 0:
        raise InputError(f"{where} must be a positive number, got {number}; 0 is the background")
    found = [s for s in listed if s.number == number]
    if len(found) > 1:
        raise InputError(
            f"{where}: the file has {len(found)} layers with a label {number}; give its name: "
            f"{_names(tuple(found))}"
        )
    return found[0] if found else Segment(number)


def _refuse_shared(chosen: Mapping[str, Segment], where: str) -> None:
    """Refuse one segment for two bones."""
    seen: dict[tuple[int, int], str] = {}
    for bone, segment in chosen.items():
        other = seen.setdefault((segment.layer, segment.number), bone)
        if other != bone:
            raise InputError(f"{where}: {other} and {bone} are both given the label {segment}")


def _names(listed: tuple[Segment, ...]) -> str:
    """List what segments are called, not too many of them."""
    shown = ", ".join(str(s) for s in listed[:12])
    return shown + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")
