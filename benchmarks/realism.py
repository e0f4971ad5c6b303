"""How near do virtual hips come to real ones, in shape and in the space that matters?

    python -m benchmarks.realism CASE... [--side right] [--out FOLDER] [--picture FILE]

``CASE`` is a case folder, or ``folder/prefix``, with ``=female`` or ``=male`` behind it unless a
``reference.json`` beside the bones says the sex. Each hip is met by two virtual ones:
``match_shape`` sees its surfaces, ``clinical_shape`` knows its sex, head radius, femoral length,
version and neck-shaft angle only. Femur lies on femur and hip bone on hip bone by their anatomical
frames, found on each without knowledge of the other. Told are the distances of 4,000 points of each
region to the other surface, both ways; the space between lesser trochanter and ischium in six poses
(head centres together; extension, adduction, external rotation in this order); and what the
automatic anatomy measures on the virtual bones against what they were asked to be.

The node tables were fitted to the Visible Human hips (``vh_f``, ``vh_m``); every other hip is a
test. ``--picture`` draws the first case beside its virtual hip.
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass, field
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import pyvista as pv

from benchmarks.report import RESULTS, Goal, at_most, goal_table, machine, table, write
from hipsim.anatomy.assemble import Bones, assemble_hip
from hipsim.anatomy.hip import FEMORAL_STRUCTURES, PELVIC_STRUCTURES, Hip
from hipsim.anatomy.match_shape import clinical_shape, match_shape, measured_values
from hipsim.anatomy.sides import side_sign
from hipsim.anatomy.virtual import hip_from_shape
from hipsim.anatomy.virtual_shape import HipShape, Sex
from hipsim.checks import SIDES, Array, Side
from hipsim.errors import HipsimError
from hipsim.geometry import Mesh, rigid
from hipsim.io.cases import find_case
from hipsim.io.hips import load_hip
from hipsim.proximity import DistanceQuery

REGIONS = {
    "LT": "lesser_trochanter",
    "GT": "greater_trochanter",
    "neck": "neck",
    "ischium": "ischium",
}
POSES = {  # extension, adduction, external rotation in degrees
    "neutral": (0, 0, 0),
    "ext 10": (10, 0, 0),
    "ext 20": (20, 0, 0),
    "add 10": (0, 10, 0),
    "ER 20": (0, 0, 20),
    "ext 10 add 10 ER 20": (10, 10, 20),
}
WAYS = ("real to virtual", "virtual to real")
KINDS = ("matched", "few numbers")
LIMITS_MM = {"matched": (1.5, 5.0), "few numbers": (2.5, 7.0)}  # median, 95th percentile
GAP_MEAN_MM, GAP_WORST_MM = 1.0, 3.0
BLIND = {"version_deg": 2.0, "neck_shaft_angle_deg": 2.0, "head_radius_mm": 0.3, "LT_mm": 2.0}
POINTS, SPACING_MM, SEED = 4000, 2.3, 20230
DESIGN = ("vh_f", "vh_m")


@dataclass
class Row:
    """What was measured on one real hip and one of its virtual hips."""

    name: str
    side: Side
    kind: str
    seconds: float
    shape: dict[str, object] = field(default_factory=dict)
    distances: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    gaps_mm: list[float] = field(default_factory=list)
    real_gaps_mm: list[float] = field(default_factory=list)
    blind: dict[str, float] = field(default_factory=dict)
    failure: str = ""

    @property
    def is_design(self) -> bool:
        """Whether the node tables have seen this hip."""
        return self.name in DESIGN


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the goals, write table and record, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="+", help="case folders, with =female or =male if unknown")
    parser.add_argument("--side", choices=SIDES, help="only this side")
    parser.add_argument("--jobs", type=int, default=1, help="hips measured at the same time")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the tables")
    parser.add_argument("--picture", type=Path, help="only draw the first case, into this file")
    options = parser.parse_args(arguments)
    cases = [case_and_sex(text) for text in options.cases]
    if options.picture is not None:
        from benchmarks.realism_picture import draw

        case, sex = cases[0]
        hip = load_hip(case, side=options.side or "right")
        draw(hip, hip_from_shape(match_shape(hip, sex=sex), side=hip.side), options.picture)
        return
    wanted = [
        (case, side, sex)
        for case, sex in cases
        for side in find_case(case).sides
        if side == (options.side or side)
    ]
    with Pool(options.jobs) as pool:
        rows = [row for pair in pool.starmap(measured, wanted, chunksize=1) for row in pair]
    record = {"machine": machine(), "hips": [recorded(row) for row in rows]}
    found = goals(rows)
    print("\n".join(["", *map(str, found)]))
    write(options.out, "realism", record, goals=found, text=text_of(rows, found))


def case_and_sex(text: str) -> tuple[str, Sex]:
    """Split what was given, or read the sex beside the bones."""
    case, _, given = text.partition("=")
    if given in ("female", "male"):
        return case, given
    file = Path(case) / "reference.json"
    letter = json.loads(file.read_text()).get("sex", "") if file.is_file() else ""
    known: dict[str, Sex] = {"F": "female", "M": "male"}
    if letter not in known:
        raise SystemExit(f"sex of {case} unknown: write {case}=female or {case}=male")
    return case, known[letter]


def measured(case: str, side: Side, sex: Sex) -> list[Row]:
    """Measure one real hip against its two virtual ones."""
    hip = load_hip(case, side=side)
    real_gaps = gaps_mm(hip)
    rows = []
    for kind, shape_of in zip(KINDS, (match_shape, clinical_shape), strict=True):
        start = time.perf_counter()
        row = Row(hip.name, hip.side, kind, 0.0, real_gaps_mm=real_gaps.tolist())
        try:
            shape = shape_of(hip, sex=sex)
            row.shape = asdict(shape)
            row.seconds = time.perf_counter() - start
            virtual = hip_from_shape(shape, side=hip.side, spacing_mm=SPACING_MM)
            row.distances = distances(hip, virtual)
            row.gaps_mm = (gaps_mm(virtual) - real_gaps).tolist()
            row.blind = blind(virtual, shape)
        except HipsimError as error:
            row.failure = str(error)
        rows.append(row)
        print(spoken(row), flush=True)
    return rows


def spoken(row: Row) -> str:
    """Say a row in a line."""
    if row.failure:
        return f"{row.name} {row.side} {row.kind}: {row.failure}"
    near = row.distances[WAYS[0]]
    parts = [
        f"{region} {np.median(d):.1f}/{np.percentile(d, 95):.1f}" for region, d in near.items()
    ]
    gaps = " ".join(f"{gap:+.1f}" for gap in row.gaps_mm)
    return f"{row.name} {row.side} {row.kind} ({row.seconds:.0f} s): {', '.join(parts)}; gap {gaps}"


def distances(real: Hip, virtual: Hip) -> dict[str, dict[str, list[float]]]:
    """Return the distances of points of each region to the other surface, both ways, mm."""
    pairs = ((real, virtual), (virtual, real))
    found: dict[str, dict[str, list[float]]] = {}
    for way, (one, other) in zip(WAYS, pairs, strict=True):
        found[way] = {}
        for region, structure in REGIONS.items():
            points, target = drawn(one, structure), in_place(other, structure)
            found[way][region] = np.round(to_surface(points, target), 3).tolist()
    return found


def in_place(hip: Hip, structure: str) -> Mesh:
    """Return the bone of a structure in its anatomical frame."""
    if structure in FEMORAL_STRUCTURES:
        return hip.femur.transformed(rigid.inverse(hip.femoral_frame("condylar")))
    return hip.hip_bone.transformed(rigid.inverse(hip.pelvic_frame("app")))


def drawn(hip: Hip, structure: str) -> Array:
    """Draw points of a structure evenly over its surface, in the anatomical frame of its bone."""
    mesh, is_femoral = in_place(hip, structure), structure in FEMORAL_STRUCTURES
    names = FEMORAL_STRUCTURES if is_femoral else PELVIC_STRUCTURES
    labels = hip.femoral_labels if is_femoral else hip.pelvic_labels
    area = mesh.face_areas_mm2 * (labels == names.index(structure))
    rng = np.random.default_rng(SEED)
    faces = rng.choice(len(area), POINTS, p=area / area.sum())
    corners = rng.dirichlet((1.0, 1.0, 1.0), POINTS)
    points: Array = np.einsum("ni,nij->nj", corners, mesh.triangles[faces])
    return points


def to_surface(points: Array, mesh: Mesh) -> Array:
    """Return the distance of each point to a surface, mm, by VTK."""
    faces = np.column_stack([np.full(len(mesh.faces), 3), mesh.faces]).ravel()
    cloud = pv.PolyData(points).compute_implicit_distance(pv.PolyData(mesh.vertices, faces))
    return np.abs(np.asarray(cloud.point_data["implicit_distance"]))


def gaps_mm(hip: Hip) -> Array:
    """Return the space between lesser trochanter and ischium in each of ``POSES``, mm."""
    query = DistanceQuery(hip.femoral_region("lesser_trochanter"), hip.pelvic_region("ischium"))
    pelvis, femur = hip.pelvic_frame("app"), rigid.inverse(hip.femoral_frame("condylar"))
    mirror, turns = side_sign(hip.side), []
    for extension, adduction, rotation in np.radians(list(POSES.values())):
        turn = rigid.rotation_about([0, 0, 1], -extension)
        turn = turn @ rigid.rotation_about([1, 0, 0], mirror * adduction)
        turn = turn @ rigid.rotation_about([0, 1, 0], -mirror * rotation)
        turns.append(pelvis @ rigid.transform_from(turn) @ femur)
    return np.maximum(query(np.stack(turns)).distance_mm, 0.0)


def blind(virtual: Hip, shape: HipShape) -> dict[str, float]:
    """Return how far automatic anatomy of the bare meshes is from what was asked."""
    inter = rigid.translation([0.0, 0.0, -side_sign(virtual.side) * shape.inter_hip_mm])
    frame = virtual.pelvic_frame("app")
    local = virtual.hip_bone.transformed(rigid.inverse(frame))
    other = local.mirrored(2).transformed(inter).transformed(frame)
    found = assemble_hip(Bones(virtual.femur, virtual.hip_bone, other), virtual.side)
    values = measured_values(found, sex=shape.sex)
    off = {n: abs(values[n] - getattr(shape, n)) for n in BLIND if n != "LT_mm"}
    reach, level, direction = (
        values[f"lesser_trochanter_{n}"] - getattr(shape, f"lesser_trochanter_{n}")
        for n in ("reach_mm", "level_mm", "direction_deg")
    )
    aside = np.radians(direction) * shape.lesser_trochanter_reach_mm
    return off | {"LT_mm": float(np.linalg.norm([reach, level, aside]))}


def goals(rows: list[Row]) -> list[Goal]:
    """Judge the rows."""
    made = [row for row in rows if not row.failure]
    found = []
    for kind, limits in LIMITS_MM.items():
        chosen = [row for row in made if row.kind == kind]
        for limit, share in zip(limits, (50, 95), strict=True):
            name = "median" if share == 50 else "95th percentile"
            over_all = [
                float(np.percentile(np.concatenate([r.distances[w][g] for r in chosen]), share))
                for w in WAYS
                for g in REGIONS
                if chosen
            ]
            each = [
                float(np.percentile(r.distances[w][g], share))
                for r in chosen
                for w in WAYS
                for g in REGIONS
            ]
            what = f"{kind}: {name} of the distance in a region"
            found.append(at_most(f"{what}, all hips together", over_all, limit, unit="mm"))
            found.append(at_most(f"{what}, hip by hip", each, limit, unit="mm"))
    gaps = np.array([row.gaps_mm for row in made if row.kind == "matched"])
    mean = [abs(float(gaps.mean()))] if len(gaps) else []
    found.append(at_most("matched: mean space off", mean, GAP_MEAN_MM, unit="mm"))
    worst = np.abs(gaps).ravel().tolist()
    found.append(at_most("matched: space off in a pose", worst, GAP_WORST_MM, unit="mm"))
    for name, limit in BLIND.items():
        off = [row.blind[name] for row in made]
        unit = "deg" if name.endswith("deg") else "mm"
        found.append(at_most(f"blind anatomy of virtual hips: {name} off", off, limit, unit=unit))
    lost = float(sum(bool(row.failure) for row in rows))
    found.append(at_most("virtual hips that could not be made", [lost], 0.0, unit="hips"))
    return found


def text_of(rows: list[Row], found: list[Goal]) -> str:
    """Lay out goals and tables."""
    parts = ["# Virtual hips beside real ones\n", __doc__.split("\n\n", 2)[2], goal_table(found)]
    for kind in KINDS:
        lines: list[list[object]] = []
        for row in (r for r in rows if r.kind == kind and not r.failure):
            cells = [quantiles(row.distances[way][region]) for region in REGIONS for way in WAYS]
            lines.append([label(row), *cells])
        heads = [f"{region}, {way}" for region in REGIONS for way in WAYS]
        parts.append(f"## {kind.capitalize()}: median / 95th percentile, mm\n")
        parts.append(table(["hip", *heads], lines))
    parts.append("## Space between lesser trochanter and ischium, real -> virtual, mm\n")
    lines = []
    for row in (r for r in rows if not r.failure):
        pairs = zip(row.real_gaps_mm, row.gaps_mm, strict=True)
        lines.append([label(row), row.kind, *(f"{g:.1f} -> {g + off:.1f}" for g, off in pairs)])
    parts.append(table(["hip", "virtual hip", *POSES], lines))
    parts += [f"Not made: {label(r)}, {r.kind}: {r.failure}\n" for r in rows if r.failure]
    return "\n".join(parts)


def recorded(row: Row) -> dict[str, object]:
    """Return a row with quantiles in place of all its distances."""
    brief: dict[str, dict[str, list[float]]] = {}
    for way, regions in row.distances.items():
        quantiles_of = {g: np.percentile(d, (50, 95, 100)) for g, d in regions.items()}
        brief[way] = {g: np.round(q, 3).tolist() for g, q in quantiles_of.items()}
    return asdict(row) | {"distances": brief, "quantiles": [50, 95, 100]}


def label(row: Row) -> str:
    """Name a hip, design bones marked."""
    return f"{row.name} {row.side}" + (" (design)" if row.is_design else "")


def quantiles(values: list[float]) -> str:
    """Write median and 95th percentile."""
    return f"{np.median(values):.1f} / {np.percentile(values, 95):.1f}"


if __name__ == "__main__":
    try:
        main()
    except HipsimError as error:
        raise SystemExit(f"error: {error}") from None
