"""What ``hipsim run`` and ``hipsim cohort`` have written, as one table with a row per hip.

From a run: sex, side, person, measures and parameters of the hips, the smallest space of every plan
over every motion, side effects. From a cohort: parameters and space; there the only plan is the
intact hip, or a derotation of everybody.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.checks import Array
from hipsim.errors import InputError
from hipsim.io.files import utf8_of_file
from hipsim.kinematics.motion import Motion
from hipsim.planning.cohort import ARM_MARK, measures_of
from hipsim.planning.reference import reference_motions
from hipsim.study.cohort_files import TABLE, read_table
from hipsim.study.manifest import MANIFEST
from hipsim.study.plans import INTACT
from hipsim.study.results import RESULTS, load_results, sound_results

ANGLES = ("flexion_deg", "adduction_deg", "rotation_deg")
OF_A_MINIMUM = ("motion", "minimum_mm", "progress", "structure", "threshold_mm", *ANGLES)
NO_PARAMETERS = {"subject", "sex", "share_below_threshold", "failure", *OF_A_MINIMUM}
NO_COSTS = {"minimum_mm", "gain_mm", "at_pose", "share_below", "minimum_kind", "minimum_structure"}
COLUMN_STARTS = ("measured_", "made_")
POSE_TOLERANCE_DEG = 1e-6


@dataclass(frozen=True, eq=False)
class HipTable:
    """Results with a row per hip.

    Parameters
    ----------
    title
        What the study or cohort is called.
    kind
        ``"run"`` or ``"cohort"``.
    hips
        Names, shape (n,).
    persons
        Whose each hip is, shape (n,).
    words
        ``sex`` and ``side`` of each hip, shape (n,); empty where not known.
    numbers
        Measures and parameters, shape (n,) each.
    space_mm
        Motion and plan to the smallest space of each hip, shape (n,); NaN where it failed.
    costs
        Side effect to plan to its value on each hip, shape (n,).
    targets_mm
        Motion to the space wanted.
    in_reference
        Motions that are those of the reference population, pose for pose.
    notes
        What was left out, and what to bear in mind.
    """

    title: str
    kind: str
    hips: np.ndarray
    persons: np.ndarray
    words: dict[str, np.ndarray]
    numbers: dict[str, Array]
    space_mm: dict[tuple[str, str], Array]
    costs: dict[str, dict[str, Array]] = field(default_factory=dict)
    targets_mm: dict[str, float] = field(default_factory=dict)
    in_reference: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of hips."""
        return len(self.hips)

    @property
    def motions(self) -> tuple[str, ...]:
        """Names of the motions."""
        return tuple(dict.fromkeys(motion for motion, _ in self.space_mm))

    @property
    def plans(self) -> tuple[str, ...]:
        """Names of the plans, the intact hip first."""
        return tuple(dict.fromkeys(plan for _, plan in self.space_mm))

    def of_motion(self, motion: str) -> dict[str, Array]:
        """Return the space of every plan over a motion.

        Raises
        ------
        InputError
            If there is no such motion.
        """
        if motion not in self.motions:
            raise InputError(f"there is no motion {motion!r} here, only {', '.join(self.motions)}")
        return {plan: self.space_mm[motion, plan] for plan in self.plans}


def load_table(folder: str | Path) -> HipTable:
    """Read the results of a run or a cohort.

    Parameters
    ----------
    folder
        What ``hipsim run`` or ``hipsim cohort`` has written.

    Raises
    ------
    InputError
        If it holds neither, or not whole.
    """
    place = Path(folder)
    if (
        not (place / TABLE).is_file()
        and not (place / RESULTS).is_file()
        and not any(place.glob("*"))
    ):
        raise InputError(f"{folder} holds no results of 'hipsim run' or 'hipsim cohort'")
    with sound_results(folder):
        found = _from_cohort(place) if (place / TABLE).is_file() else _from_run(place)
    if any(np.isinf(v).any() for v in (*found.space_mm.values(), *found.numbers.values())):
        raise InputError(f"{folder} holds damaged results: a space or measure is infinite")
    if not np.isfinite(list(found.targets_mm.values())).all():
        raise InputError(f"{folder} holds damaged results: a target is not finite")
    return found


def _from_run(folder: Path) -> HipTable:
    """Read the Dataset of a run, without its poses."""
    with load_results(folder) as dataset:
        small = [name for name in dataset.variables if "pose" not in dataset[name].dims]
        held = dataset[small].load()
        angles = {name: dataset[name].values for name in (*ANGLES, "motion_index")}
    about, hips = _about(folder), held.hip.values.astype(str)
    failed = int((held.failure.values != "").sum())
    return HipTable(
        title=str(held.attrs.get("title", folder.name)),
        kind="run",
        hips=hips,
        persons=held.person.values.astype(str) if "person" in held.variables else hips,
        words={key: held[key].values.astype(str) for key in ("sex", "side")},
        numbers=_run_columns(held),
        space_mm=_run_spaces(held),
        costs=_run_costs(held),
        targets_mm={name: float(mm) for name, mm in about.get("targets_mm", {}).items()},
        in_reference=tuple(_same_as_reference(held, angles)),
        notes=(f"{failed} hips x plans failed and have no value",) if failed else (),
    )


def _run_spaces(held: Any) -> dict[tuple[str, str], Array]:
    """Return motion and plan to the smallest space of each hip."""
    motions, plans = ([str(name) for name in held[key].values] for key in ("motion", "plan"))
    minima = held.minimum_mm.values.astype(float)
    return {
        (motion, plan): minima[:, j, i]
        for i, motion in enumerate(motions)
        for j, plan in enumerate(plans)
    }


def _run_costs(held: Any) -> dict[str, dict[str, Array]]:
    """Return side effect and plan to its value on each hip; the intact hip pays nothing."""
    plans = [str(name) for name in held.plan.values]
    return {
        str(name): {plan: held[name].values[:, j] for j, plan in enumerate(plans) if j}
        for name in held.data_vars
        if held[name].dims == ("hip", "plan") and held[name].dtype.kind == "f"
    }


def _run_columns(held: Any) -> dict[str, Array]:
    """Return measures and parameters of the hips, those that vary."""
    names = [str(n) for n in held.data_vars if str(n).startswith(COLUMN_STARTS)]
    names += [name for name in ("head_radius_mm",) if name in held.data_vars]
    return {name: held[name].values.astype(float) for name in names}


def _same_as_reference(held: Any, angles: dict[str, np.ndarray]) -> list[str]:
    """Return the motions whose poses, zeros, tilt and centre are those of the reference."""
    known = {motion.name: motion for motion in reference_motions()}
    found = []
    for place, name in enumerate(map(str, held.motion.values)):
        own = angles["motion_index"] == place
        poses = np.column_stack([angles[key][own] for key in ANGLES])
        if name in known and _is_same(known[name], poses, held.isel(motion=place)):
            found.append(name)
    return found


def _is_same(reference: Motion, poses: Array, stated: Any) -> bool:
    """Tell whether a motion of a run is that of the reference."""
    zeros = ("pelvic_zero", "femoral_zero", "centre")
    agrees = all(
        key not in stated.variables or str(stated[key].values) == getattr(reference, key)
        for key in zeros
    )
    if not agrees or float(stated.pelvic_tilt_deg) != reference.pelvic_tilt_deg:
        return False
    own = reference.angles_deg
    return poses.shape == own.shape and bool((np.abs(poses - own) < POSE_TOLERANCE_DEG).all())


def _from_cohort(folder: Path) -> HipTable:
    """Read the table of a cohort."""
    rows, about = read_table(folder / TABLE), _about(folder)
    measures = list(dict.fromkeys(row["motion"] for row in rows))
    first = rows[:: len(measures)]
    subjects = np.array([str(row["subject"]) for row in first])
    failed = sum(bool(row["failure"]) for row in first)
    turned = float(about.get("derotation_deg", 0.0))
    told = [f"{failed} subjects failed and have no value"] if failed else []
    told += [f"everybody was derotated by {turned:g} deg"] if turned else []
    return HipTable(
        title=f"cohort of {len(first)} subjects",
        kind="cohort",
        hips=subjects,
        persons=subjects,
        words={"sex": np.array([str(row["sex"]) for row in first])},
        numbers={n: _column(first, n) for n in first[0] if n not in NO_PARAMETERS},
        space_mm=_cohort_spaces(rows, measures, folder),
        in_reference=() if turned else tuple(_known_measures(measures, about)),
        notes=tuple(told),
    )


def _cohort_spaces(
    rows: list[dict[str, Any]], measures: list[str], folder: Path
) -> dict[tuple[str, str], Array]:
    """Return measure and the one plan to the smallest space of each subject."""
    spaces = {}
    for place, measure in enumerate(measures):
        own = rows[place :: len(measures)]
        if len(own) * len(measures) != len(rows) or any(r["motion"] != measure for r in own):
            raise InputError(f"{folder / TABLE} lacks rows: every subject needs every motion")
        spaces[measure, INTACT] = _column(own, "minimum_mm")
    return spaces


def _column(rows: list[dict[str, Any]], name: str) -> Array:
    """Return a column of numbers, NaN for empty cells."""
    cells = (row[name] for row in rows)
    return np.array([float("nan") if cell is None else float(cell) for cell in cells])


def _known_measures(measures: list[str], about: dict[str, Any]) -> list[str]:
    """Return the measures of a cohort whose motions have the poses of the reference's."""
    poses = {motion["name"]: motion["poses"] for motion in about.get("motions", [])}
    known = [m for m in reference_motions() if poses.get(m.name) == m.n_poses]
    names = {name for motion in known for name in measures_of(motion)}
    return [measure for measure in measures if measure in names]


def whole_motions(table: HipTable) -> tuple[str, ...]:
    """Return the motions of a table without their arms."""
    return tuple(motion for motion in table.motions if ARM_MARK not in motion)


def _about(folder: Path) -> dict[str, Any]:
    """Read the manifest; a folder without one is refused."""
    try:
        about = json.loads(utf8_of_file(folder / MANIFEST))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{folder} holds no readable {MANIFEST}: {error}") from None
    return about if isinstance(about, dict) else {}
