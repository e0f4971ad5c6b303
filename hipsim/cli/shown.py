"""What ``hipsim view`` and ``hipsim animate`` show: a hip with its plans, along one motion."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hipsim.errors import InputError

if TYPE_CHECKING:
    from hipsim.anatomy.hip import Hip
    from hipsim.kinematics.motion import Motion
    from hipsim.viz.exhibit import Exhibit

NOW = "as it is"
DEFAULT_MOTION = "ifi_test"
SCENARIO_SUFFIXES = (".yaml", ".yml", ".toml", ".json")


def exhibit_of(
    case: str,
    *,
    side: Literal["right", "left"] | None,
    hip: str | None,
    motion: str | None,
    resect: float | None,
    derotate: float | None,
) -> "Exhibit":
    """Return a hip with its plans along a motion.

    Parameters
    ----------
    case
        A case folder, folder/prefix or name of an embedded hip; or a folder of results or of a
        plan, or a scenario file.
    side
        Which hip of a case.
    hip
        Which hip of a run with several.
    motion
        Name of the motion; of a run, one of its motions; of a plan, one of its targets'.
    resect
        Depth of a resection of the lesser trochanter to show beside the hip, in mm.
    derotate
        Angle of a derotation osteotomy to show beside the hip, in degrees; together with
        ``resect`` both are done.

    Raises
    ------
    InputError
        If the motion is not one of the run or plan, or a grid, or what was asked for does not
        go together.
    HipsimError
        If the hip cannot be loaded or operated on as asked.
    """
    from hipsim.study.plan_folder import is_plan
    from hipsim.viz.exhibit import make_exhibit

    if is_plan(case):
        found = _of_plan(case, hip, motion, side=side)
    elif is_result(case):
        found = _of_result(case, hip, motion, side=side)
    else:
        if hip is not None:
            raise InputError(f"--hip chooses a hip of a run, but {case!r} is a case: use --side")
        found = _of_case(case, side, motion)
    hips, chosen, regions = found
    if chosen.is_grid:
        raise InputError(f"{chosen.name!r} is a grid of angles, not a way: choose another --motion")
    procedures = _procedures(resect, derotate)
    if procedures:
        from hipsim.study.plans import Plan

        wanted = Plan(tuple(procedures))
        hips[wanted.name] = wanted(next(iter(hips.values())))
    return make_exhibit(hips, chosen, regions=regions)


def is_result(case: str) -> bool:
    """Whether a path is a folder that ``hipsim run`` wrote, or a scenario file."""
    from hipsim.study.manifest import MANIFEST

    path = Path(case)
    return (path / MANIFEST).is_file() or (path.is_file() and path.suffix in SCENARIO_SUFFIXES)


def chosen_motion(name: str | None, motions: "Sequence[Motion]") -> "Motion":
    """Return a motion of a run by name; by default the IFI test, or else the first way there is.

    Parameters
    ----------
    name
        The name, or None.
    motions
        Those of the run.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    from hipsim.checks import as_choice

    names = {motion.name: motion for motion in motions}
    if name is not None:
        return names[as_choice(name, tuple(names), name="motion of this run")]
    ways = [motion for motion in motions if motion.n_poses > 1 and not motion.is_grid]
    return names.get(DEFAULT_MOTION) or (ways or list(motions))[0]


def plan_number(exhibit: "Exhibit", plan: str | None) -> int:
    """Return the number of a plan by its name; by default that which leaves most space.

    Parameters
    ----------
    exhibit
        With its plans.
    plan
        The name, or None.

    Raises
    ------
    InputError
        If there is no plan of that name.
    """
    from hipsim.checks import as_choice

    names = exhibit.programme.plans
    if plan is not None:
        return names.index(as_choice(plan, names, name="plan"))
    least = [clearance.minimum_mm for clearance in exhibit.clearances.values()]
    return least.index(max(least[1:])) if len(least) > 1 else 0


def _of_case(case: str, side: Any, motion: str | None) -> "tuple[dict[str, Hip], Motion, Any]":
    """Return a hip of a case, a named motion, and the regions of every default."""
    from hipsim.checks import as_choice
    from hipsim.io.hips import load_hip
    from hipsim.kinematics.motions import NAMED_MOTIONS

    name = as_choice(motion or DEFAULT_MOTION, tuple(NAMED_MOTIONS), name="motion")
    return {NOW: load_hip(case, side=side)}, NAMED_MOTIONS[name](), {}


def _of_result(
    case: str, hip: str | None, motion: str | None, *, side: Any
) -> "tuple[dict[str, Hip], Motion, Any]":
    """Return the plans of a run on one of its hips, one of its motions, and its regions."""
    from hipsim.cli.report import chosen, scenario_of

    if side is not None:
        raise InputError("--side chooses a hip of a case; a run says its sides: use --hip")
    scenario = scenario_of(Path(case))
    intact = chosen(scenario, hip).load()
    hips = {plan.name if plan.procedures else NOW: plan(intact) for plan in scenario.plans}
    way = chosen_motion(motion, scenario.motions)
    wanted = scenario.targets_mm.get(way.name, way.threshold_mm)
    regions = {
        "femoral_region": scenario.femoral_region,
        "pelvic_region": scenario.pelvic_region,
    }
    return hips, way.evolved(threshold_mm=wanted), regions


def _of_plan(
    case: str, hip: str | None, motion: str | None, *, side: Any
) -> "tuple[dict[str, Hip], Motion, Any]":
    """Return the options of a plan, the motion of one of its targets, and its regions."""
    from hipsim.checks import as_choice
    from hipsim.cli.progress import ProgressBar
    from hipsim.study.plan_folder import read_plan

    if side is not None or hip is not None:
        raise InputError(f"{case} is a plan of one hip: leave out --side and --hip")
    with ProgressBar("options") as progress:
        found = read_plan(case, progress=progress)
    targets = {target.motion.name: target for target in found.targets}
    if motion is not None:
        as_choice(motion, tuple(targets), name="motion of this plan")
    way = chosen_motion(motion, [target.motion for target in found.targets])
    target = targets[way.name]
    regions = {"femoral_region": target.femoral_region, "pelvic_region": target.pelvic_region}
    return dict(found.hips), way.evolved(threshold_mm=target.clearance_mm), regions


def _procedures(resect: float | None, derotate: float | None) -> list[Any]:
    """Return what the options ask to be done."""
    from hipsim.surgery import Procedure

    asked = []
    if resect is not None:
        asked.append(Procedure("resect_lesser_trochanter", {"depth_mm": resect}))
    if derotate is not None:
        asked.append(Procedure("derotate_femur", {"angle_deg": derotate}))
    return asked
