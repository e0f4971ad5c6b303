"""The words and numbers of a page: what was measured, in which pose, and what it does not say."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from hipsim.checks import Array
from hipsim.geometry import rigid
from hipsim.kinematics import Motion
from hipsim.planning.clearance import Clearance
from hipsim.report.scene import app_from_scan
from hipsim.report.subject import Subject
from hipsim.viz import words
from hipsim.viz.style import BEFORE_COLOUR, OVERLAP_COLOUR, PLAN_COLOURS, distance_colormap
from hipsim.viz.views import VIEWS, WORDS, make_view

CAVEATS = (
    "Bone only: no cartilage, labrum, capsule, muscle or tendon. Soft tissue stops the hip before "
    "bone does, by 5 to 80 degrees (8 cadaver hips; Han 2021), most in extension: read changes "
    "with more trust than absolute values.",
    "A simulated gain is not a clinical gain: after impingement surgery planned by simulation "
    "motion did not change in 13 patients although 406 to 1783 mm3 of bone were removed (2021, "
    "doi 10.1186/s40634-021-00427-x).",
    "Pose decides: between two images of the same hip the static space differed by 4 mm or more in "
    "34 % of hips, by flexion and rotation (95 hips; Hatem 2021).",
    "Freehand resection missed the planned volume by 758 +- 477 mm3, guided by 31 +- 221 mm3 "
    "(16 models; PMC4718491).",
    "Over 90 % of patients improve without surgery.",
)


def told(subject: Subject) -> dict[str, Any]:
    """Return everything a page says of a subject, JSON-able."""
    return {
        "hip": {"name": subject.hip.name, "side": subject.hip.side},
        "sentences": list(subject.sentences or sentences(subject)),
        "details": list(subject.details),
        "decision": {"heads": [], "rows": [], "caption": "", **subject.decision},
        "plans": [plan_of(subject, i, name) for i, name in enumerate(subject.plans)],
        "motions": [_motion(motion) for motion in subject.motions],
        "results": {
            name: {m.name: result_of(subject, name, m) for m in subject.motions}
            for name in subject.plans
        },
        "views": [_view(name, subject) for name in VIEWS],
        "colours": _palette(),
        "caveats": list(CAVEATS),
    }


def sentences(subject: Subject) -> list[str]:
    """Say where the space is least, which plan gives most there, and what stands against it.

    Examples
    --------
    >>> from hipsim.io.hips import load_hip
    >>> from hipsim.kinematics import motions
    >>> from hipsim.report.subject import make_subject
    >>> sentences(make_subject({"intact": load_hip("woman_narrow")}, [motions.neutral()]))[0][:17]
    'Least space now: '
    """
    now = subject.clearances[subject.intact]
    worst = min(now.values(), key=lambda clearance: clearance.minimum_mm)
    found = [
        f"Least space now: {words.describe_space(worst.minimum_mm)} in "
        f"{words.describe_name(worst.motion.name)}, at {_pose(worst)}: "
        f"{words.describe_name(worst.structure)} against "
        f"{words.describe_name(worst.pelvic_region)}."
    ]
    others = {n: c[worst.motion.name] for n, c in subject.clearances.items() if n != subject.intact}
    if others:
        best = max(others, key=lambda name: others[name].minimum_mm)
        gain = others[best].minimum_mm - worst.minimum_mm
        found.append(
            f"Most space there after {best}: {words.describe_space(others[best].minimum_mm)} "
            f"({words.signed(gain)} mm)."
        )
    return found


def _pose(clearance: Clearance) -> str:
    """Write the pose of the minimum, without the angles that are zero."""
    parts = words.describe_pose(clearance.pose_deg).split(", ")
    return ", ".join(part for part in parts if not part.endswith(" 0°")) or "neutral"


def plan_of(subject: Subject, index: int, name: str) -> dict[str, Any]:
    """Return a plan's name, colour and facts."""
    colour = BEFORE_COLOUR if index == 0 else PLAN_COLOURS[(index - 1) % len(PLAN_COLOURS)]
    return {"name": name, "colour": colour, "facts": dict(subject.facts.get(name, {}))}


def _motion(motion: Motion) -> dict[str, Any]:
    """Return the poses of a motion and how to write them."""
    return {
        "name": motion.name,
        "title": words.describe_name(motion.name),
        "progress": motion.progress.tolist(),
        "progress_label": motion.progress_label,
        "arms": [
            {"name": words.describe_name(arm), "start": run.start, "stop": run.stop}
            for arm, run in motion.arms.items()
        ],
        "poses": [words.describe_pose(motion.pose_deg(i)) for i in range(motion.n_poses)],
        "angles_deg": np.round(np.degrees(np.radians(motion.angles_deg)), 6).tolist(),
        "is_grid": motion.is_grid,
        "threshold_mm": motion.threshold_mm,
        "zeros": words.describe_conventions(motion),
    }


def result_of(subject: Subject, plan: str, motion: Motion) -> dict[str, Any]:
    """Return the clearance of a plan along a motion."""
    found = subject.clearances[plan][motion.name]
    threshold = found.threshold_mm
    return {
        "distance_mm": found.distance_mm.tolist(),
        "kind": found.kind.tolist(),
        "structures": [words.describe_name(name) for name in found.structures],
        "points_mm": _in_app(subject, plan, found.points_mm).round(4).tolist(),
        "index": found.index,
        "pelvic_region": words.describe_name(found.pelvic_region),
        "threshold_mm": threshold,
        "share_below": None if threshold is None else found.share_below(),
    }


def _in_app(subject: Subject, plan: str, points: Array) -> Array:
    """Return points (n, 2, 3) of the scan frame in the pelvic frame."""
    to_app = app_from_scan(subject.plans[plan])
    return rigid.apply(to_app, points.reshape(-1, 3)).reshape(points.shape)


def _view(name: str, subject: Subject) -> dict[str, Any]:
    """Return an anatomical view: where the eye is and which way is up, pelvic frame."""
    view = make_view(name, subject.hip.side)
    return {
        "name": name,
        "title": WORDS[name],
        "eye": view.eye.tolist(),
        "up": view.up.tolist(),
        "edges": view.edge_labels,
    }


def _palette() -> dict[str, Any]:
    """Return the fixed colours of distance: 256 steps, overlap, and bone where it is far."""
    steps = (distance_colormap()(np.arange(256))[:, :3] * 255).round().astype(int)
    return {"steps": steps.tolist(), "overlap": OVERLAP_COLOUR}


def provenance(about: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return rows of a table that says where a page comes from.

    Examples
    --------
    >>> provenance({"hipsim": "0.1.0", "seed": None})
    [('hipsim', '0.1.0'), ('seed', 'none')]
    """
    return [(name, "none" if value is None else str(value)) for name, value in about.items()]
