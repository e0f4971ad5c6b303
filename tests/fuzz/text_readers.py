"""Landmarks, footprints, cases, scenarios and motions."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.io.cases import Case, find_case
from hipsim.io.catalogue import embedded_hips, embedded_scenarios
from hipsim.io.footprint_files import read_footprints
from hipsim.io.landmark_files import read_landmarks
from hipsim.io.motion_files import load_motion
from hipsim.kinematics.motion import Motion
from hipsim.study.scenario import Scenario, load_scenario
from tests.fuzz.reader import Reader

SHORTEST = 1e-320


def points() -> dict[str, list[float]]:
    text = (embedded_hips()["woman_narrow"] / "landmarks.json").read_text()
    return json.loads(text)["points"]


def own_json(folder: Path) -> list[bytes]:
    wrapped = {"unit": "mm", "frame": "lps", "points": points()}
    return [json.dumps(wrapped, indent=1).encode(), json.dumps(points()).encode()]


def markups(folder: Path) -> list[bytes]:
    placed = [
        {"id": str(i), "label": name, "position": point, "positionStatus": "defined"}
        for i, (name, point) in enumerate(points().items())
    ]
    one = {"type": "Fiducial", "coordinateSystem": "LPS", "coordinateUnits": "mm"}
    return [json.dumps({"markups": [{**one, "controlPoints": placed}]}, indent=1).encode()]


def fcsv(folder: Path) -> list[bytes]:
    head = "# Markups fiducial file version = 4.11\n# CoordinateSystem = LPS\n"
    head += "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
    rows = [f"{n},{x},{y},{z},0,0,0,1,1,1,0,{n},," for n, (x, y, z) in points().items()]
    return [(head + "\n".join(rows) + "\n").encode()]


def table(folder: Path) -> list[bytes]:
    rows = [f"{name},{x},{y},{z}" for name, (x, y, z) in points().items()]
    comma = "# unit: mm\n# frame: lps\nname,x,y,z\n" + "\n".join(rows) + "\n"
    excel = "".join(f"{row};mm\n" for row in ("name;x;y;z;unit", *rows)).replace(",", ";")
    excel = excel.replace("unit;mm", "unit")
    return [comma.encode(), excel.encode()]


def read_points(path: Path) -> Any:
    return read_landmarks(path, frame="lps")


def judge_points(found: Any, path: Path, content: bytes) -> str | None:
    for named in found:
        if named.point.shape != (3,) or not np.isfinite(named.point).all():
            return f"{named.name} is {named.point}"
    return None


def footprints(folder: Path) -> list[bytes]:
    curve = [[10.0 * np.cos(t), 8.0 * np.sin(t), 3.25] for t in np.linspace(0, 6, 12)]
    painted = {"iliopsoas": {"curve_mm": curve}, "hamstrings": {"faces": list(range(40))}}
    return [json.dumps({"frame": "lps", **painted}, indent=1).encode(),
            json.dumps({"unit": "cm", "iliopsoas": {"curve": curve}}).encode()]  # fmt: skip


def judge_painted(found: dict[str, Any], path: Path, content: bytes) -> str | None:
    for name, way in found.items():
        curve, faces = way.get("curve_mm", np.zeros((3, 3))), way.get("faces", np.zeros(1, int))
        if not np.isfinite(curve).all() or curve.shape[1:] != (3,):
            return f"{name} has a point that is not finite"
        if faces.min() < 0:
            return f"{name} has the face {faces.min()}"
    return None


CASE = b"""# a case
name: a narrow woman
unit: mm
side: right
version_deg: {right: 15, left: 12.5}
description: >
  made by hand
frame: lps
sex: female
age_years: 42
sources:
  - {file: a.stl, url: "https://example.org/a.stl", sha256: abc, bones: [femur_r], unit: mm}
mended: {femur_r: [closed a hole]}
"""


def case_folder(folder: Path) -> None:
    for bone in ("femur_r.stl", "hip_r.stl"):
        (folder / bone).write_bytes(b"not read")


def read_case(path: Path) -> Case:
    found = find_case(path.parent)
    found.side()
    found.version_deg("right")
    return found


def judge_case(found: Case, path: Path, content: bytes) -> str | None:
    version = found.version_deg("right")
    if version is not None and not np.isfinite(version):
        return f"version {version} deg"
    if found.unit not in ("mm", "cm", "m", "inch") or found.frame not in ("lps", "ras", "unknown"):
        return f"unit {found.unit}, frame {found.frame}"
    outside = [file for file in found.files.values() if file.parent != path.parent]
    return f"takes {outside} from elsewhere" if outside else None


def scenarios(folder: Path) -> list[bytes]:
    return [f.read_bytes() for f in embedded_scenarios().values() if f.stat().st_size < 4000]


def as_json(folder: Path) -> list[bytes]:
    import yaml

    return [json.dumps(yaml.safe_load(text), indent=1).encode() for text in scenarios(folder)]


TOML = b"""name = "IFI test"  # on a narrow hip
hips = ["woman_narrow", {virtual = "female", version_deg = [10, 20, 30]}]
motions = ["neutral", {motion = "ifi_test", adduction_deg = 15}]
combine = "each"
seed = 1

[[procedures]]
procedure = "resect_lesser_trochanter"
depth_mm = {start = 0, stop = 10, step = 2.5}

[[procedures]]
procedure = 'derotate_femur'
angle_deg = [10, 20, 30]

[targets_mm]
neutral = 17

[outputs]
poses = "minima"
pictures = "none"
"""


def judge_scenario(found: Scenario, path: Path, content: bytes) -> str | None:
    for motion in found.motions:
        if not np.isfinite(motion.angles_deg).all():
            return f"{motion.name} has an angle that is not finite"
    for plan in found.plans:
        for procedure in plan.procedures:
            numbers = [v for v in procedure.parameters.values() if isinstance(v, float)]
            if not np.isfinite(numbers).all():
                return f"{plan.name} has {procedure.parameters}"
    if not np.isfinite(list(found.targets_mm.values())).all():
        return f"targets {found.targets_mm}"
    return None if isinstance(found.seed, int) and found.hips else f"seed {found.seed}"


def steps() -> list[tuple[float, ...]]:
    turns = np.linspace(0.0, 6.0, 15)
    return [(t, 30 * np.sin(t), 5 * np.cos(t), 4 * np.sin(2 * t)) for t in turns]


def opensim(folder: Path) -> list[bytes]:
    head = "walk\nversion=1\nnRows=15\nnColumns=4\ninDegrees=yes\nendheader\n"
    head += "time\thip_flexion_r\thip_adduction_r\thip_rotation_r\n"
    rows = "\n".join("\t".join(f"{x:.4f}" for x in row) for row in steps())
    whole = (head + rows + "\n").encode()
    small = "\n".join("\t".join(f"{x / 60:.4f}" for x in row) for row in steps())
    return [whole, (head.replace("=yes", "=no") + small + "\n").encode()]


def motion_table(folder: Path) -> list[bytes]:
    rows = "\n".join(",".join(f"{x:.4f}" for x in row) for row in steps())
    return [f"time,flexion_deg,adduction_deg,rotation_deg\n{rows}\n".encode()]


def read_motion(path: Path) -> Motion:
    return load_motion(path, pelvic_zero="isb", femoral_zero="isb")


def judge_motion(found: Motion, path: Path, content: bytes) -> str | None:
    angles = found.angles_deg
    if not np.isfinite(angles).all() or np.abs(angles).max() > 180.0:
        return "an angle is not finite, or over 180 deg"
    if not np.isfinite(found.progress).all() or (np.diff(found.progress) < 0).any():
        return "time is not finite, or turns back"
    return None


def _text(name: str, file: str, seeds: Any, read: Any, judge: Any, **more: Any) -> Reader:
    return Reader(name, file, seeds, read, judge, is_text=True, **more)


READERS = (
    _text("landmarks json", "a.json", own_json, read_points, judge_points),
    _text("landmarks mrk.json", "a.mrk.json", markups, read_points, judge_points),
    _text("landmarks fcsv", "a.fcsv", fcsv, read_points, judge_points),
    _text("landmarks csv", "a.csv", table, read_points, judge_points),
    _text(
        "footprint.json", "footprint.json", footprints,
        lambda path: read_footprints(path, frame="lps"), judge_painted,
    ),
    _text("case.yaml", "case.yaml", lambda f: [CASE], read_case, judge_case, folder=case_folder),
    _text("scenario yaml", "a.yaml", scenarios, load_scenario, judge_scenario),
    _text("scenario toml", "a.toml", lambda f: [TOML], load_scenario, judge_scenario),
    _text("scenario json", "a.json", as_json, load_scenario, judge_scenario),
    _text("motion mot", "a.mot", opensim, read_motion, judge_motion),
    _text("motion sto", "a.sto", opensim, read_motion, judge_motion),
    _text("motion csv", "a.csv", motion_table, read_motion, judge_motion),
)  # fmt: skip
