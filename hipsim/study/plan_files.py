"""From a plan to a folder: numbers, surfaces for the scan's viewer, pictures.

``plan.json`` holds everything, ``decision.csv`` one row for everything that may be done,
``plan.csv`` one row per option and target. Surfaces are binary STL
in mm in the frame of the input, so they open on the patient's scan: 3D Slicer is told the frame
(``SPACE=LPS`` or ``RAS`` in the header) where the case states it. All files arrive together at the
end; when anything goes wrong nothing is written, and a folder that holds a plan is refused unless
the plan may be replaced.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from hipsim.anatomy.hip import Hip
from hipsim.errors import InputError
from hipsim.geometry import Mesh
from hipsim.io.files import staged_folder, write_text
from hipsim.io.meshes import NOTED_FRAMES, save_mesh
from hipsim.planning.plan import Detail, Plan, plan
from hipsim.planning.plan_decision import DecisionRow
from hipsim.planning.plan_option import Option
from hipsim.planning.plan_plate import plane_plate
from hipsim.planning.plan_words import heading
from hipsim.planning.targets import DEFAULT_TARGETS, Sex, Targets
from hipsim.study.conventions import DISCLAIMER
from hipsim.study.manifest import as_json, versions
from hipsim.study.plan_folder import PLAN_JSON, asked_record, input_record
from hipsim.study.sources import HipSource
from hipsim.viz.plan_decision import plot_decision
from hipsim.viz.plan_depth import draw_depth_map
from hipsim.viz.plan_response import plot_responses
from hipsim.viz.probe import rendering_problem
from hipsim.viz.tradeoff import plot_tradeoff
from hipsim.viz.unfolded import plot_unfolded

PLAN_CSV, DECISION_CSV = "plan.csv", "decision.csv"
Existing = Literal["refuse", "replace"]
COLUMNS = (
    "hip", "side", "option", "what", "motion", "target_mm", "space_before_mm", "space_after_mm",
    "missing_mm", "is_reached", "structure", "flexion_deg", "adduction_deg", "rotation_deg",
    "removed_volume_mm3", "deepest_cut_mm", "iliopsoas_lost_pct", "version_change_deg",
    "leg_length_change_mm", "flexion_internal_rotation_before_deg",
    "flexion_internal_rotation_after_deg",
)  # fmt: skip


@dataclass(frozen=True)
class WrittenPlan:
    """A plan that is on the disk: what was found, the files, and what was left out and why."""

    plan: Plan
    files: tuple[Path, ...]
    notices: tuple[str, ...]


def plan_to_folder(
    hip: Hip,
    out: str | Path,
    *,
    targets: Targets = DEFAULT_TARGETS,
    sex: Sex | None = None,
    detail: Detail = "full",
    samples: int = 256,
    seed: int = 0,
    source: HipSource | None = None,
    existing: Existing = "refuse",
    progress: Callable[[int, int], None] | None = None,
) -> WrittenPlan:
    """Plan surgery of a hip and write everything into a folder.

    Parameters
    ----------
    hip
        The hip.
    out
        The folder; made if missing.
    targets, sex, detail, samples, seed
        As for :func:`hipsim.planning.plan.plan`.
    source
        Where the hip came from; without it the folder cannot be read again by
        :func:`hipsim.study.plan_folder.read_plan`.
    existing
        What to do with a plan the folder holds: ``"refuse"`` or ``"replace"`` it.
    progress
        Called with (steps done, steps).

    Raises
    ------
    InputError
        If a target cannot be used, or the folder holds a plan and may not be changed, or cannot
        be written.
    HipsimError
        If the hip cannot be measured.
    """
    folder = Path(out)
    if existing == "refuse":
        _refuse_plan(folder)
    with staged_folder(folder) as stage:
        asked: dict[str, Any] = {"detail": detail, "samples": samples, "seed": seed}
        found = plan(hip, targets, sex=sex, progress=progress, **asked)
        said = {"input": input_record(source), "asked": asked_record(targets, sex=sex, **asked)}
        notices = write_plan(found, stage, said=said)
        names = sorted(path.name for path in stage.iterdir())
        _remove_listed(folder)
    return WrittenPlan(found, tuple(folder / name for name in names), tuple(notices))


def write_plan(found: Plan, folder: Path, *, said: Mapping[str, Any] | None = None) -> list[str]:
    """Write the files of a plan into an empty folder and return what was left out and why.

    Parameters
    ----------
    found
        The plan.
    folder
        Must exist.
    said
        What is to be noted besides: which hip was planned on, and what was asked.
    """
    frame = stated_frame(found.hip)
    for name, mesh in surfaces(found).items():
        save_mesh(folder / name, mesh, frame=frame)
    notices = _draw(found, folder)
    write_text(folder / PLAN_CSV, as_csv(found))
    write_text(folder / DECISION_CSV, decision_csv(found))
    names = sorted([*(path.name for path in folder.iterdir()), PLAN_JSON])
    record = {"note": DISCLAIMER, **(said or {}), **found.to_dict(), "versions": versions()}
    files = {"frame": _frame_words(frame), "files": names, "left_out": notices}
    write_text(folder / PLAN_JSON, as_json({**record, **files}))
    return notices


def stated_frame(hip: Hip) -> str | None:
    """Return the scan frame a hip's case states, ``"lps"`` or ``"ras"``, or None."""
    noted = (note.get("frame") for note in hip.notes if note.get("step") == "load")
    return next((frame for frame in noted if frame in NOTED_FRAMES), None)


def surfaces(found: Plan) -> dict[str, Mesh]:
    """Return file name to surface: operated femur and removed piece of each option, cut plane."""
    side, made = found.hip.side[0], {}
    for option in found.options:
        made[f"femur_{side}_{option.name}.stl"] = option.hip.femur
        if option.removed is not None:
            made[f"removed_{side}_{option.name}.stl"] = option.removed
        if option.plane is not None:
            of = "" if option.name == "plane" else f"_{option.name}"
            made[f"cut_plane_{side}{of}.stl"] = plane_plate(*option.plane)
    return made


def as_csv(found: Plan) -> str:
    """Return one row per option and target, and the hip as it is first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(_now(found))
    for option in found.options:
        writer.writerows(_rows(found, option))
    return text.getvalue()


def decision_csv(found: Plan) -> str:
    """Return one row for everything that may be done, in order of invasiveness."""
    rows = [_decided(found, row) for row in found.decision]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _decided(found: Plan, row: DecisionRow) -> dict[str, Any]:
    """Return the columns of a row of the decision."""
    told: dict[str, Any] = {"hip": found.hip.name, "side": found.hip.side, "choice": row.name}
    told |= {"kind": row.kind, "what": row.what, "is_reached": row.is_reached}
    told |= {"is_cheapest": row.is_cheapest, "probability": _known(row.probability)}
    for motion, space in row.space_mm.items():
        interval = row.interval_mm.get(motion)
        told[f"{motion}_space_mm"] = _number(space)
        told[f"{motion}_missing_mm"] = _number(row.missing_mm.get(motion, 0.0))
        told[f"{motion}_low_mm"] = _known(None if interval is None else interval.low)
        told[f"{motion}_high_mm"] = _known(None if interval is None else interval.high)
        told[f"{motion}_moving_centre_mm"] = _known(row.moving_centre_mm.get(motion))
    if row.cost is not None:
        told |= {name: _number(value) for name, value in asdict(row.cost).items()}
    return told | {
        "free_range_deg": _known(row.free_range_deg),
        "free_range_gain_deg": _known(row.free_range_gain_deg),
        "matters_most": "" if row.matters_most is None else row.matters_most[0],
        "share_of_variance": _known(None if row.matters_most is None else row.matters_most[1]),
    }


def _known(value: float | None) -> str:
    """Write a number; what is not known stays empty."""
    return "" if value is None else _number(value)


def _now(found: Plan) -> list[dict[str, Any]]:
    """Return the rows of the hip as it is."""
    turned = found.start.pairs.flexion_internal_rotation_deg
    shared = {
        "hip": found.hip.name,
        "side": found.hip.side,
        "option": "intact",
        "flexion_internal_rotation_before_deg": _number(turned),
        "flexion_internal_rotation_after_deg": _number(turned),
    }
    return [{**shared, **_space(row)} for row in found.start.reached]


def _rows(found: Plan, option: Option) -> list[dict[str, Any]]:
    """Return the rows of an option."""
    cost = option.side_effects
    shared = {
        "hip": found.hip.name,
        "side": found.hip.side,
        "option": option.name,
        "what": option.what,
        "removed_volume_mm3": _number(cost.removed_volume_mm3),
        "deepest_cut_mm": _number(cost.deepest_cut_mm),
        "iliopsoas_lost_pct": _number(100.0 * cost.iliopsoas_lost_share),
        "version_change_deg": _number(cost.version_change_deg),
        "leg_length_change_mm": _number(cost.leg_length_change_mm),
        "flexion_internal_rotation_before_deg": _number(
            found.start.pairs.flexion_internal_rotation_deg
        ),
        "flexion_internal_rotation_after_deg": _number(option.pairs.flexion_internal_rotation_deg),
    }
    return [{**shared, **_space(row)} for row in option.reached]


def _space(row: Any) -> dict[str, Any]:
    """Return the columns of one target."""
    return {
        "motion": row.target.motion.name,
        "target_mm": _number(row.target.clearance_mm),
        "space_before_mm": _number(row.before.minimum_mm),
        "space_after_mm": _number(row.after.minimum_mm),
        "missing_mm": _number(row.missing_mm),
        "is_reached": row.is_reached,
        "structure": row.after.structure,
        **{f"{angle}_deg": _number(value) for angle, value in row.after.pose_deg.items()},
    }


def _number(value: float) -> str:
    """Write a number to a thousandth; what is not known stays empty."""
    return "" if value != value or abs(value) == float("inf") else f"{value + 0.0:.3f}"


def _draw(found: Plan, folder: Path) -> list[str]:
    """Draw the pictures, and say what was left out and why."""
    curves = [option.response for option in found.options if option.response is not None]
    if curves:
        wanted = {target.motion.name: target.clearance_mm for target in found.targets}
        plot_responses(curves, targets_mm=wanted, path=folder / "response.png")
    if found.doubt is not None:
        plot_decision(found, path=folder / "decision.png")
    if found.tradeoff is not None:
        plot_tradeoff(found.tradeoff, path=folder / "tradeoff.png")
    return _draw_depths(found, folder)


def _draw_depths(found: Plan, folder: Path) -> list[str]:
    """Draw what each resection takes, unfolded and on the bone."""
    cuts = [option for option in found.options if option.depth_mm is not None]
    problem = rendering_problem() if cuts else None
    for option in cuts:
        depth, name = option.depth_mm, heading(option)
        assert depth is not None  # by the choice above
        plot_unfolded(found.hip, depth, path=folder / f"unfolded_{option.name}.png", title=name)
        if problem is None:
            path = folder / f"depth_{option.name}.png"
            draw_depth_map(found.hip, option.hip, depth, path, removed=option.removed, name=name)
    return [] if problem is None else [problem]


def _frame_words(frame: str | None) -> str:
    """Say in which frame the surfaces are."""
    if frame is None:
        return "that of the case's own files, in mm; the case does not state whether LPS or RAS"
    return f"{frame.upper()}, in mm, as the case states; noted in every STL header"


def _refuse_plan(folder: Path) -> None:
    """Refuse a folder that already holds a plan."""
    held = [name for name in (PLAN_JSON, PLAN_CSV, DECISION_CSV) if (folder / name).exists()]
    if held:
        raise InputError(
            f"{folder} already holds a plan ({', '.join(held)}): choose another folder, or replace "
            "it with --overwrite"
        )


def _remove_listed(folder: Path) -> None:
    """Remove the files an earlier plan lists, and nothing else."""
    try:
        listed = json.loads((folder / PLAN_JSON).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return  # no earlier plan, or a file of somebody else's making
    for name in listed:
        if isinstance(name, str) and Path(name).name == name and (folder / name).is_file():
            (folder / name).unlink()
