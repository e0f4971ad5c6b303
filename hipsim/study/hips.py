"""From the hips of a scenario file to the list of every single hip that will be run."""

from collections.abc import Iterator
from itertools import islice, product
from math import prod
from pathlib import Path
from typing import Any

from hipsim.anatomy.morph import RANGES as MORPH_RANGES
from hipsim.anatomy.population import sample_population
from hipsim.anatomy.virtual_shape import HipShape
from hipsim.checks import as_number
from hipsim.errors import CaseError, InputError
from hipsim.io.cases import Case
from hipsim.io.hips import resolve_case
from hipsim.planning.trial import Rule
from hipsim.study.keywords import Entry
from hipsim.study.schema import (
    MORPH_KEYS,
    VIRTUAL_KEYS,
    CaseEntry,
    PatientsEntry,
    PopulationEntry,
    VirtualEntry,
)
from hipsim.study.sources import (
    HipSource,
    case_source,
    morph_source,
    patient_source,
    virtual_source,
)

PATTERN_SIGNS = "*?["
SPACING_MM = (1.0, 4.0)

MOST_MADE = 100_000  # hips of one entry


def expand_hips(entry: Entry, folder: Path, *, seed: int) -> list[HipSource]:
    """List the hips one entry of a scenario stands for.

    Parameters
    ----------
    entry
        One of the models of :data:`~hipsim.study.schema.HIP_ENTRIES`.
    folder
        What paths are relative to: the scenario's folder.
    seed
        Of populations that name none.

    Raises
    ------
    InputError
        If a case cannot be found, a parameter is out of range, or lists to be zipped differ in
        length.
    """
    if isinstance(entry, CaseEntry):
        return list(_cases(entry, folder))
    if isinstance(entry, PopulationEntry):
        return _population(entry, seed)
    if isinstance(entry, PatientsEntry):
        return _patients(entry, seed)
    return _virtual(entry) if isinstance(entry, VirtualEntry) else _morphs(entry, folder)


def _cases(entry: CaseEntry, folder: Path) -> Iterator[HipSource]:
    """Find one case, or all that a pattern names; the meshes are read when the study runs."""
    is_pattern = any(sign in entry.case for sign in PATTERN_SIGNS)
    for case in _matching(entry.case, folder) if is_pattern else [_case(entry.case, folder)]:
        is_paired = len(case.sides) > 1
        name = case.name if entry.name is None else entry.name
        name = f"{name}_{case.name}" if is_pattern and entry.name is not None else name
        takes_all = entry.side == "both" or (is_pattern and entry.side is None)
        if takes_all and not case.sides:
            case.side(None)  # says what is missing
        for side in case.sides if takes_all else (case.side(entry.side),):
            own = entry.name is not None and not takes_all
            yield case_source(f"{name}_{side}" if is_paired and not own else name, case, side)


def _case(name: str, folder: Path) -> Case:
    """Resolve one case: a path relative to the scenario, else an embedded or fetched name."""
    beside = folder / name
    is_beside = beside.exists() or len(Path(name).parts) > 1
    return resolve_case(beside if is_beside else name)


def _matching(pattern: str, folder: Path) -> list[Case]:
    """Return the cases of all folders that fit a pattern, sorted by name."""
    root, parts = (folder, Path(pattern).parts)
    if Path(pattern).is_absolute():
        root, parts = Path(parts[0]), parts[1:]
    try:
        matches = islice(root.glob(str(Path(*parts))), MOST_MADE + 1)
        found = sorted(path for path in matches if path.is_dir())
    except (OSError, ValueError, NotImplementedError) as error:
        raise CaseError(f"the pattern {pattern!r} cannot be followed: {error}") from None
    if len(found) > MOST_MADE:
        raise CaseError(f"the pattern {pattern!r} fits more than {MOST_MADE} folders")
    if not found:
        raise CaseError(f"no folder fits the pattern {pattern!r}")
    return [resolve_case(path) for path in found]


def _population(entry: PopulationEntry, seed: int) -> list[HipSource]:
    """Draw the subjects."""
    drawn = sample_population(
        entry.population,
        sex_ratio=entry.sex_ratio,
        seed=seed if entry.seed is None else entry.seed,
        method=entry.method,
    )
    name, digits = entry.name or "subject", len(str(entry.population - 1))
    spacing = _spacing(entry.spacing_mm)
    return [
        virtual_source(f"{name}_{i:0{digits}d}", shape, side=entry.side, spacing_mm=spacing)
        for i, shape in enumerate(drawn)
    ]


def _patients(entry: PatientsEntry, seed: int) -> list[HipSource]:
    """Number the patients; who they are is found where they are needed."""
    low, high = entry.neutral_mm
    rule = Rule(neutral_mm=(low, high), sex_ratio=entry.sex_ratio)
    own = seed if entry.seed is None else entry.seed
    if own < 0:
        raise InputError(f"seed must not be negative, got {own}")
    name, digits = entry.name or "patient", len(str(entry.patients - 1))
    return [
        patient_source(f"{name}_{i:0{digits}d}", i, rule, seed=own, side=entry.side)
        for i in range(entry.patients)
    ]


def _virtual(entry: Any) -> list[HipSource]:
    """Make one virtual hip for each combination of parameters."""
    made = []
    for chosen, varied in _combinations(entry, VIRTUAL_KEYS):
        shape = HipShape.typical(entry.virtual, **chosen)
        name = "_".join([entry.name or f"virtual_{entry.virtual}", *_words(varied, "g")])
        spacing = _spacing(entry.spacing_mm)
        made.append(virtual_source(name, shape, side=entry.side, spacing_mm=spacing))
    return made


def _morphs(entry: Any, folder: Path) -> list[HipSource]:
    """Change one hip in each combination of ways."""
    case = _case(entry.morph, folder)
    side = case.side(entry.side)
    base = f"{case.name}_{side}" if len(case.sides) > 1 else case.name
    made = []
    for chosen, varied in _combinations(entry, MORPH_KEYS):
        for key, amount in chosen.items():
            low, high = MORPH_RANGES[key]
            as_number(amount, name=key, low=low, high=high, unit=key.rpartition("_")[2])
        told = varied if entry.name else {key: amount for key, amount in chosen.items() if amount}
        name = "_".join([entry.name or base, *_words(told, "+g")])
        changes = {**chosen, "version_level": entry.version_level}
        made.append(morph_source(name, case, side, changes))
    return made


def _combinations(
    entry: Any, keys: tuple[str, ...]
) -> Iterator[tuple[dict[str, float], dict[str, float]]]:
    """Yield each combination of the amounts of an entry, and the part of it that varies."""
    lists = {key: getattr(entry, key) for key in keys if getattr(entry, key) is not None}
    lengths = {len(values) for values in lists.values()} - {1}
    if entry.combine == "zip" and len(lengths) > 1:
        told = ", ".join(f"{key} {len(values)}" for key, values in lists.items())
        raise InputError(f"combine: zip wants lists of one length, got {told}")
    if entry.combine == "zip":
        longest = max(lengths, default=1)
        columns = [values * (longest if len(values) == 1 else 1) for values in lists.values()]
        rows = zip(*columns, strict=True) if columns else iter([()])
    else:
        count = prod(len(values) for values in lists.values())
        if count > MOST_MADE:
            raise InputError(f"the lists make {count} hips together, wanted at most {MOST_MADE}")
        rows = product(*lists.values())
    for row in rows:
        chosen = dict(zip(lists, row, strict=True))
        yield chosen, {key: value for key, value in chosen.items() if len(lists[key]) > 1}


def _words(amounts: dict[str, float], form: str) -> list[str]:
    """Name amounts: what, without its unit, and how much."""
    return [f"{key.rpartition('_')[0]}_{amount:{form}}" for key, amount in amounts.items()]


def _spacing(spacing_mm: float) -> float:
    """Check the length of edges."""
    low, high = SPACING_MM
    return as_number(spacing_mm, name="spacing_mm", low=low, high=high, unit="mm")
