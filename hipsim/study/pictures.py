"""Pictures of a run: curves of clearance, and the bones at the narrowest pose.

Per hip and motion: curves of every plan; the intact hip along the motion; and before beside after
for the plan that gains most. 3D pictures are left out, and the reason told, where the machine
cannot draw them. Of a study of many hips the first dozen are drawn; a plan that failed on a hip is
left out.
"""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from hipsim.anatomy.hip import Hip
from hipsim.study.plans import INTACT, WORDS
from hipsim.study.run import Outcome, Results
from hipsim.viz.charts import plot_clearance, plot_gain
from hipsim.viz.grids import plot_grid
from hipsim.viz.probe import rendering_problem
from hipsim.viz.scene import draw_arc, draw_before_after

MOST_PLANS = 12  # more bars are a table
MOST_TOGETHER = 6  # more curves cannot be told apart
MOST_HIPS = 12  # a run over hundreds of hips is not an album
MOST_SCENES = 12


def draw_pictures(
    results: Results, folder: Path, *, load: Callable[[int], Hip] | None = None
) -> list[str]:
    """Draw the pictures of a run.

    Parameters
    ----------
    results
        Of a run; its scenario says which pictures are wanted. The intact hip is the first outcome
        of each hip.
    folder
        Where to write PNG and SVG files; must exist.
    load
        Returns the hip of a row of ``results.outcomes``; by default ``results.hips`` has them.

    Returns
    -------
    notices
        What was left out and why.
    """
    wanted = results.scenario.pictures
    if wanted == "none":
        return []
    with ThreadPoolExecutor(1) as pool:  # the probe is a process of its own: let it run meanwhile
        probe = None if wanted == "curves" else pool.submit(rendering_problem)
        for hip, motion in product(*map(range, _sizes(results))):
            _draw_curves(results, hip, motion, folder)
    left_out = len(results.scenario.plans) - MOST_PLANS
    notices = [f"charts show the first {MOST_PLANS} plans only"] if left_out > 0 else []
    if probe is None:
        return notices
    problem = probe.result()
    hip_of = load or results.hips.__getitem__
    return notices + ([problem] if problem else _draw_scenes(results, folder, hip_of))


def _sizes(results: Results) -> tuple[int, int]:
    """Return the number of hips and motions."""
    return len(results.outcomes), len(results.scenario.motions)


def slug(*words: str) -> str:
    """Make a file name of words.

    Examples
    --------
    >>> slug("arc", "Mrs. X (left)", "ifi_test")
    'arc_Mrs-X-left_ifi_test'
    """
    return "_".join(re.sub(r"[^A-Za-z0-9_]+", "-", word).strip("-") for word in words)


def _draw_curves(results: Results, hip: int, motion: int, folder: Path) -> None:
    """Draw every plan of one hip and motion, as far as they can be told apart."""
    found = results.outcomes[hip][:MOST_PLANS]
    curves = {outcome.plan.name: outcome.clearances[motion] for outcome in found}
    intact = curves[INTACT]
    name = slug(intact.hip_name, intact.motion.name)
    if len(curves) > 1:
        plot_gain(curves, path=folder / f"gain_{name}.png")
    if not intact.motion.is_grid and intact.motion.n_poses > 1:
        for kind, alike in _alike(found).items():
            chosen = {INTACT: intact, **{plan: curves[plan] for plan in alike}}
            path = folder / f"{slug('curves', name, kind).rstrip('_')}.png"
            plot_clearance(chosen, path=path)
    if intact.motion.is_grid and min(intact.motion.shape[:2]) > 1:
        plot_grid(intact, path=folder / f"grid_{name}.png")


def _alike(found: Sequence[Outcome]) -> dict[str, list[str]]:
    """Group plan names for one chart each: all together while few, else by what is done."""
    groups: dict[str, list[str]] = {} if len(found) > MOST_TOGETHER else {"": []}
    for outcome in found[1:]:
        kind = "-and-".join(WORDS.get(p.name, p.name) for p in outcome.plan.procedures)
        groups.setdefault("" if len(found) <= MOST_TOGETHER else kind, []).append(outcome.plan.name)
    return groups


def _draw_scenes(results: Results, folder: Path, hip_of: Callable[[int], Hip]) -> list[str]:
    """Draw the bones, up to a number of pictures."""
    moving = [i for i, motion in enumerate(results.scenario.motions) if motion.n_poses > 1]
    pairs = list(product(range(len(results.outcomes)), moving))
    for index, motion in pairs[:MOST_SCENES]:
        hip, row = hip_of(index), results.outcomes[index]
        intact = row[0].clearances[motion]
        name = slug(intact.hip_name, intact.motion.name)
        draw_arc(hip, intact, folder / f"arc_{name}.png")
        best = max(row, key=lambda outcome: outcome.clearances[motion].minimum_mm)
        if best.plan.name != INTACT:
            path = folder / f"{slug('before_after', name, best.plan.name)}.png"
            draw_before_after(hip, best.plan(hip), intact, best.clearances[motion], path)
    left_out = len(pairs) - MOST_SCENES
    return [f"3D pictures of {left_out} more hips x motions were left out"] if left_out > 0 else []
