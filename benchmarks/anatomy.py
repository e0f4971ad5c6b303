"""How near does the automatic anatomy come to five raters, and does it hold still?

    python benchmarks/anatomy.py FOLDER... [--out FILE] [--only-raters]

``FOLDER`` is a case, or holds cases, or is ``folder/prefix``. A case with a ``raters.json`` beside
its bones ({"pelvis": {name: [x, y, z]}, "femur_r": {...}, "femur_l": {...}}, in mm, in the frame of
the bones; names as in Fischer 2023, Sci Data 10:763) is compared with it; one without is only
moved and thinned out. Frames are compared by the angle of the rotation between them; the raters'
femoral frame takes nothing from hipsim: its centre is that of a sphere through their six points on
the head. Every hip is found again after a random rigid motion, and after quadric decimation of all
bones to a third of their faces; ``moved`` and ``thinned`` are the largest change of any landmark
(mm) and of any frame (deg). One line per goal follows.

Seconds are those of the processor, for loading, checking, landmarks and labels of one hip.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyvista as pv

from hipsim.anatomy import frames
from hipsim.anatomy.assemble import Bones, assemble_hip
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.landmarks import Landmarks
from hipsim.anatomy.sides import other_side, side_sign
from hipsim.checks import SIDES, Array, Side
from hipsim.errors import HipsimError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.fit import fit_sphere
from hipsim.io.cases import find_case
from hipsim.io.hips import load_bones, load_hip

SEED = 20231103
KEPT_SHARE = 1.0 / 3.0  # of the faces
FEMORAL = {
    "lesser_trochanter": "Lesser Trochanter (LT)",
    "greater_trochanter": "Superior Greater Trochanter (SGT)",
    "medial_epicondyle": "Medial Epicondyle (MEC)",
    "lateral_epicondyle": "Lateral Epicondyle (LEC)",
    "medial_posterior_condyle": "Posterior Medial Condyle (PMC)",
    "lateral_posterior_condyle": "Posterior Lateral Condyle (PLC)",
}
PELVIC = {"asis": "ASIS", "psis": "PSIS", "pubic_tubercle": "Pubic Tubercle (PT)"}
SHORT = {
    "lesser_trochanter": "LT",
    "greater_trochanter": "GT",
    "medial_epicondyle": "MEC",
    "lateral_epicondyle": "LEC",
    "medial_posterior_condyle": "PMC",
    "lateral_posterior_condyle": "PLC",
    "asis": "ASIS",
    "psis": "PSIS",
    "pubic_tubercle": "PT",
    "ischial_spine": "spine",
}
COLUMNS = (
    *("condylar deg", "isb deg", "app deg", "isb pelvis deg", "version deg", "head mm"),
    *(f"{short} mm" for short in SHORT.values()),
    *("moved mm", "moved deg", "thinned mm", "thinned deg", "thinned LT head mm", "seconds"),
)


@dataclass(frozen=True)
class Goal:
    """What must be shown: a statistic of a column and its limit."""

    column: str
    statistic: str
    limit: float


GOALS = (
    Goal("condylar deg", "mean", 0.6),
    Goal("condylar deg", "max", 1.7),
    Goal("isb deg", "mean", 2.0),
    Goal("isb deg", "max", 4.5),
    Goal("app deg", "mean", 1.2),
    Goal("app deg", "max", 3.0),
    Goal("head mm", "max", 1.0),
    Goal("LT mm", "RMS", 2.9),
    Goal("LT mm", "max", 6.0),
    Goal("version deg", "max", 3.0),
    Goal("moved mm", "max", 0.01),
    Goal("moved deg", "max", 0.01),
    Goal("thinned LT head mm", "max", 0.5),
    Goal("thinned deg", "max", 0.3),
    Goal("seconds", "max", 6.0),
)
STATISTICS: dict[str, Callable[[Array], float]] = {
    "mean": lambda values: float(np.mean(np.abs(values))),
    "max": lambda values: float(np.max(np.abs(values))),
    "RMS": lambda values: float(np.sqrt(np.mean(values**2))),
}


@dataclass
class Row:
    """What was measured on one hip."""

    name: str
    side: Side
    values: dict[str, float] = field(default_factory=dict)


def main() -> None:
    """Measure, print and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="cases, or folders of cases")
    parser.add_argument("--out", type=Path, help="also write the tables to this file")
    parser.add_argument("--only-raters", action="store_true", help="leave out motion and thinning")
    options = parser.parse_args()
    rows = []
    for case in cases_in(options.folders):
        for side in find_case(case).sides:
            rows.append(measured(case, side, only_raters=options.only_raters))
            print(f"{rows[-1].name} {side}: {rows[-1].values['seconds']:.1f} s", flush=True)
    text = "\n\n".join([table(rows), summary(rows), goals(rows)]) + "\n"
    print("\n" + text)
    if options.out is not None:
        options.out.write_text(text)


def cases_in(folders: Iterable[Path]) -> list[Path]:
    """Return the cases among folders, and those with a ``raters.json`` below them."""
    found: list[Path] = []
    for folder in folders:
        below = [file.parent for file in sorted(folder.rglob("raters.json"))]
        found += below or [folder]
    return found


def measured(case: Path, side: Side, *, only_raters: bool) -> Row:
    """Measure one hip."""
    start = time.process_time()
    hip = load_hip(case, side=side)
    row = Row(hip.name, side, {"seconds": time.process_time() - start})
    file = case / "raters.json"
    if file.is_file():
        rated = json.loads(file.read_text())
        row.values |= against_raters(hip, rated)
    if not only_raters:
        row.values |= steadiness(hip, bones_of(case, side))
    return row


def against_raters(hip: Hip, rated: dict[str, dict[str, list[float]]]) -> dict[str, float]:
    """Compare a hip with what raters marked on its pelvis and, if they did, its femur."""
    values: dict[str, float] = {}
    if "pelvis" in rated:
        values |= pelvis_against(hip, {n: np.array(p) for n, p in rated["pelvis"].items()})
    femur = rated.get(f"femur_{hip.side[0]}")
    if femur is not None:
        values |= femur_against(hip, {n: np.array(p) for n, p in femur.items()})
    return values


def pelvis_against(hip: Hip, rated: dict[str, Array]) -> dict[str, float]:
    """Compare pelvic frames, and paired points by the root mean square of both sides."""
    points = {
        f"{name}_{side}": rated[f"{side.title()} {theirs}"]
        for name, theirs in PELVIC.items()
        for side in SIDES
    }
    by_hand = Landmarks({**points, "hip_joint_centre": hip.landmarks["hip_joint_centre"]})
    values = {
        column: angle_deg(hip.pelvic_frame(zero), frames.pelvic_frame(by_hand, zero))
        for zero, column in (("app", "app deg"), ("isb", "isb pelvis deg"))
    }
    for name in PELVIC:
        off = [distance(hip.landmarks, by_hand, f"{name}_{side}") for side in SIDES]
        values[f"{SHORT[name]} mm"] = float(np.sqrt(np.mean(np.square(off))))
    spine = rated[f"{hip.side.title()} Ischial Spine (IS)"]
    values["spine mm"] = float(np.linalg.norm(hip.landmarks["ischial_spine"] - spine))
    return values


def femur_against(hip: Hip, rated: dict[str, Array]) -> dict[str, float]:
    """Compare femoral frames, version, head centre and points."""
    points = {name: rated[theirs] for name, theirs in FEMORAL.items()}
    points["hip_joint_centre"] = fit_sphere([rated[n] for n in rated if "Femoral Head" in n])[0]
    points["neck_isthmus"] = np.mean([rated[n] for n in rated if "Neck Isthmus" in n], axis=0)
    by_hand = hip.landmarks.updated(points)
    values = {
        f"{zero} deg": angle_deg(
            hip.femoral_frame(zero), frames.femoral_frame(by_hand, hip.side, zero)
        )
        for zero in ("condylar", "isb")
    }
    values["version deg"] = version_deg(hip.landmarks, hip.side) - version_deg(by_hand, hip.side)
    values["head mm"] = distance(hip.landmarks, by_hand, "hip_joint_centre")
    return values | {f"{SHORT[n]} mm": distance(hip.landmarks, by_hand, n) for n in FEMORAL}


def steadiness(hip: Hip, bones: Bones) -> dict[str, float]:
    """Find the hip again on moved and on thinned bones, and tell what changed."""
    transform = random_rigid(np.random.default_rng(SEED))
    moved = found_again(bones, hip.side, lambda mesh: mesh.transformed(transform))
    thinned = found_again(bones, hip.side, thinned_out)
    here = hip.landmarks.moved(transform)
    values = dict(zip(("moved mm", "moved deg"), change(here, moved, hip.side), strict=True))
    pair = change(hip.landmarks, thinned, hip.side)
    values |= dict(zip(("thinned mm", "thinned deg"), pair, strict=True))
    names = ("hip_joint_centre", "lesser_trochanter")
    values["thinned LT head mm"] = max(distance(hip.landmarks, thinned, n) for n in names)
    return values


def found_again(bones: Bones, side: Side, alter: Callable[[Mesh], Mesh]) -> Landmarks:
    """Return the landmarks found on altered bones."""
    other = None if bones.other_hip_bone is None else alter(bones.other_hip_bone)
    return assemble_hip(Bones(alter(bones.femur), alter(bones.hip_bone), other), side).landmarks


def change(before: Landmarks, after: Landmarks, side: Side) -> tuple[float, float]:
    """Return the largest change of a landmark in mm and of a frame in degrees."""
    shift = max(distance(before, after, name) for name in before)
    turns = [
        angle_deg(frames.femoral_frame(before, side, z), frames.femoral_frame(after, side, z))
        for z in frames.FEMORAL_ZEROS
    ]
    turns += [
        angle_deg(frames.pelvic_frame(before, z), frames.pelvic_frame(after, z))
        for z in frames.PELVIC_ZEROS
    ]
    return shift, max(turns)


def bones_of(case: Path, side: Side) -> Bones:
    """Load the bones of one hip as hipsim does."""
    found = find_case(case)
    names = [f"femur_{side[0]}", f"hip_{side[0]}", f"hip_{other_side(side)[0]}"]
    return Bones(*load_bones(found, [n for n in names if n in found.files]).meshes.values())


def thinned_out(mesh: Mesh) -> Mesh:
    """Return a mesh decimated by quadrics to a third of its faces."""
    faces = np.column_stack([np.full(len(mesh.faces), 3), mesh.faces])
    surface = pv.PolyData(mesh.vertices, faces.ravel()).decimate(1.0 - KEPT_SHARE)
    return Mesh(np.asarray(surface.points, dtype=float), surface.faces.reshape(-1, 4)[:, 1:])


def random_rigid(rng: np.random.Generator) -> Array:
    """Return a random rotation and a shift of some decimetres, shape (4, 4)."""
    axes, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return rigid.transform_from(axes * np.sign(np.linalg.det(axes)), rng.uniform(-300, 300, 3))


def angle_deg(first: Array, second: Array) -> float:
    """Return the angle of the rotation between two frames."""
    between = first[:3, :3].T @ second[:3, :3]
    axis = [between[2, 1] - between[1, 2], between[0, 2] - between[2, 0]]
    axis.append(between[1, 0] - between[0, 1])
    return float(np.degrees(np.arctan2(np.linalg.norm(axis), np.trace(between) - 1.0)))


def distance(first: Landmarks, second: Landmarks, name: str) -> float:
    """Return how far two sets put one landmark apart, in mm."""
    return float(np.linalg.norm(first[name] - second[name]))


def version_deg(marks: Landmarks, side: Side) -> float:
    """Return the version of the line from head centre to neck isthmus."""
    femur_from_scan = rigid.inverse(frames.femoral_frame(marks, side))
    x, _, z = rigid.apply(femur_from_scan, marks["neck_isthmus"][None])[0]
    return float(np.degrees(np.arctan2(-x, side_sign(side) * z)))


def table(rows: list[Row]) -> str:
    """Lay out one line per hip."""
    lines = [["hip", *COLUMNS]]
    for row in rows:
        lines.append([f"{row.name} {row.side}", *(spoken(row.values.get(c)) for c in COLUMNS)])
    return markdown(lines)


def summary(rows: list[Row]) -> str:
    """Lay out mean, RMS and maximum of every column."""
    lines = [["of sizes", *COLUMNS]]
    for name, statistic in STATISTICS.items():
        columns = [values_of(rows, column) for column in COLUMNS]
        lines.append([name, *(spoken(statistic(v)) if len(v) else "-" for v in columns)])
    return markdown(lines)


def goals(rows: list[Row]) -> str:
    """Lay out one line per goal."""
    lines = [["goal", "wanted", "measured", "hips", "met"]]
    for goal in GOALS:
        values = values_of(rows, goal.column)
        name, wanted = f"{goal.statistic} {goal.column}", f"<= {goal.limit:g}"
        if len(values):
            found = STATISTICS[goal.statistic](values)
            verdict = "yes" if found <= goal.limit else "NO"
            lines.append([name, wanted, spoken(found), str(len(values)), verdict])
        else:
            lines.append([name, wanted, "-", "0", "not measured"])
    return markdown(lines)


def values_of(rows: list[Row], column: str) -> Array:
    """Return the values of a column that were measured."""
    return np.array([row.values[column] for row in rows if column in row.values])


def spoken(value: float | None) -> str:
    """Write a number briefly."""
    if value is None:
        return "-"
    return f"{value:.2f}" if abs(value) >= 0.005 or value == 0.0 else f"{value:.0e}"


def markdown(lines: list[list[str]]) -> str:
    """Write rows as a markdown table, the first as its head."""
    head, *body = lines
    ruled = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in ruled)


if __name__ == "__main__":
    try:
        main()
    except HipsimError as error:
        raise SystemExit(f"error: {error}") from None
