"""What is a degree, a millimetre, a voxel worth? Slopes of the space, and the resolution it needs.

    python -m benchmarks.sensitivity FOLDER [--out FOLDER] [--jobs N] [--side S] [--only-slopes]

``FOLDER`` holds cases at any depth. Of every hip: slopes of the neutral space over the three joint
angles, pelvic tilt and each landmark (central differences); then the hip again from coarser bones:
thinned by quadric decimation to a share of their faces and mended as on loading, or made a label
map of cubic voxels in a grid turned against the bones, and contoured by hipsim. From each the
neutral space (lesser trochanter to ischium, in space) and the least space of the IFI test are
measured twice: with landmarks found anew on the coarse bones, as a user gets them, and with those
of the original, which leaves the surface alone to blame. The resolution a user needs is computed:
the coarsest at which every hip errs by less than half a millimetre, and so at every finer one.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyvista as pv

from benchmarks.report import RESULTS, Goal, goal_table, machine, number, table, write
from hipsim.anatomy.assemble import Bones, assemble_hip
from hipsim.anatomy.hip import Hip
from hipsim.anatomy.sides import other_side
from hipsim.checks import SIDES, Array, Side
from hipsim.errors import HipsimError
from hipsim.geometry import Mesh, rigid
from hipsim.geometry.contouring import contour_mask
from hipsim.io.cases import BONES, Case
from hipsim.io.hips import load_bones, load_hip
from hipsim.io.quality import as_bone
from hipsim.kinematics import motions
from hipsim.planning.clearance import clearance_along
from hipsim.planning.space import ischiofemoral_space
from hipsim.study.validation_facts import Facts
from hipsim.study.validation_hips import find_cases, sex_of
from hipsim.study.validation_slopes import Slopes, slope_tables, slopes_of

SHARES = (0.5, 0.333, 0.2, 0.1)  # of the faces
VOXELS_MM = (0.5, 0.8, 1.0, 1.5, 2.0, 2.5)
ALLOWED_MM = 0.5
TURN = rigid.rotation_about([1.0, 2.0, 3.0], np.radians(23.0))  # grid against bones
MARGIN = 3  # voxels around a bone
MEASURES = ("neutral", "ifi_test")
WAYS = ("found anew", "surface only")
Coarsen = Callable[[Mesh], Mesh]


@dataclass
class Row:
    """One hip at one resolution: errors by way and measure, mm; or why there are none."""

    name: str
    kind: str
    amount: float
    faces: int = 0
    seconds: float = 0.0
    errors_mm: dict[str, dict[str, float]] = field(default_factory=dict)
    failure: str = ""


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the goals, write table and record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds cases")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the tables")
    parser.add_argument("--only-slopes", action="store_true", help="write slopes.md, no more")
    parser.add_argument("--side", choices=SIDES, help="only this side")
    parser.add_argument("--jobs", type=int, default=1, help="hips measured at the same time")
    options = parser.parse_args(arguments)
    wanted = [
        (case, side)
        for case in find_cases(options.folder)
        for side in case.sides
        if side == (options.side or side)
    ]
    if options.only_slopes:
        found = [slopes_of(Facts(load_hip(c, side=s), sex_of(c))) for c, s in wanted]
        (options.out / "slopes.md").write_text(slope_tables(found))
        return
    with get_context("spawn").Pool(options.jobs) as pool:  # a fork of VTK's threads may hang
        done = pool.starmap(told_of, wanted, chunksize=1)
    rows, slopes = [row for some, _ in done for row in some], [each for _, each in done]
    judged = goals(rows)
    print("\n".join(["", *map(str, judged)]))
    record = {"machine": machine(), "rows": [asdict(r) for r in rows],
              "slopes": [asdict(s) for s in slopes]}  # fmt: skip
    text = text_of(rows, judged) + "\n" + slope_tables(slopes).replace("# ", "## ")
    write(options.out, "sensitivity", record, goals=judged, text=text)


def told_of(case: Case, side: Side) -> tuple[list[Row], Slopes]:
    """Return the rows and the slopes of one hip."""
    hip = load_hip(case, side=side)
    return list(measured(case, hip)), slopes_of(Facts(hip, sex_of(case)))


def measured(case: Case, hip: Hip) -> Iterator[Row]:
    """Measure one hip at every resolution."""
    bones, truth = bones_of(case, hip.side), spaces(hip)
    ways: list[tuple[str, float, Coarsen]] = [
        *(("faces", share, lambda m, s=share: thinned(m, s)) for share in SHARES),
        *(("voxels", size, lambda m, s=size: voxelised(m, s)) for size in VOXELS_MM),
    ]
    for kind, amount, coarsen in ways:
        row = Row(f"{hip.name} {hip.side}", kind, amount)
        start = time.process_time()
        try:
            coarse = Bones(
                *(as_bone(coarsen(m), BONES[name], name=name)[0] for name, m in bones.items())
            )
            row.faces = len(coarse.femur.faces)
            marks = (None, dict(hip.landmarks.items()))
            for way, given in zip(WAYS, marks, strict=True):
                again = spaces(assemble_hip(coarse, hip.side, landmarks=given))
                row.errors_mm[way] = dict(zip(MEASURES, (again - truth).tolist(), strict=True))
        except HipsimError as error:
            row.failure = str(error)
        row.seconds = time.process_time() - start
        print(f"{row.name} {kind} {amount:g}: {row.failure or row.errors_mm}", flush=True)
        yield row


def bones_of(case: Case, side: Side) -> dict[str, Mesh]:
    """Return femur, hip bone and, where there is one, the other hip bone of a case."""
    names = (f"femur_{side[0]}", f"hip_{side[0]}", f"hip_{other_side(side)[0]}")
    loaded = load_bones(case, [name for name in names if name in case.files])
    return dict(loaded.meshes)


def spaces(hip: Hip) -> Array:
    """Return the neutral space and the least space of the IFI test, mm."""
    test = clearance_along(hip, motions.ifi_test())
    return np.array([ischiofemoral_space(hip).ifs_3d_mm, test.minimum_mm])


def thinned(mesh: Mesh, share: float) -> Mesh:
    """Return a mesh decimated by quadrics to a share of its faces; loading may have to mend it."""
    surface = pv.PolyData.from_regular_faces(mesh.vertices, mesh.faces).decimate(1.0 - share)
    return Mesh(np.asarray(surface.points, dtype=float), surface.regular_faces)


def voxelised(mesh: Mesh, size_mm: float) -> Mesh:
    """Return the surface hipsim makes of a mesh's label map, voxels turned against the mesh."""
    turn = rigid.transform_from(TURN)
    points = rigid.apply(rigid.inverse(turn), mesh.vertices)
    low = points.min(axis=0) - MARGIN * size_mm
    shape = np.ceil((np.ptp(points, axis=0)) / size_mm).astype(int) + 2 * MARGIN + 1
    grid = pv.ImageData(dimensions=shape, spacing=(size_mm,) * 3, origin=low)
    bone = pv.PolyData.from_regular_faces(points, mesh.faces)
    mask = bone.voxelize_binary_mask(reference_volume=grid)["mask"]
    values = np.asarray(mask, dtype=bool).reshape(shape, order="F")
    affine = np.diag([size_mm, size_mm, size_mm, 1.0])
    affine[:3, 3] = low
    return contour_mask(values, mm_from_index=turn @ affine)


def summary(rows: list[Row], kind: str, amount: float) -> dict[str, tuple[float, float]]:
    """Return root mean square and worst error by way and measure at one resolution."""
    some = [row for row in rows if (row.kind, row.amount) == (kind, amount) and not row.failure]
    found = {}
    for way in WAYS:
        for measure in MEASURES:
            errors = np.array([row.errors_mm[way][measure] for row in some])
            worst = float(np.abs(errors).max()) if len(errors) else np.nan
            rms = float(np.sqrt((errors**2).mean())) if len(errors) else np.nan
            found[f"{measure}, {way}"] = (rms, worst)
    return found


def coarsest(rows: list[Row], kind: str, way: str) -> float | None:
    """Return the coarsest resolution at which all hips, and at all finer ones, err little."""
    amounts = sorted({row.amount for row in rows if row.kind == kind}, reverse=kind == "faces")
    best = None
    for amount in amounts:
        at = [row for row in rows if (row.kind, row.amount) == (kind, amount)]
        found = summary(rows, kind, amount)
        worst = max(found[f"{measure}, {way}"][1] for measure in MEASURES)
        if any(row.failure for row in at) or not worst < ALLOWED_MM:
            break
        best = amount
    return best


def goals(rows: list[Row]) -> list[Goal]:
    """Return what resolution is needed, and whether what scanners give suffices."""
    found = []
    for kind, needed, unit in (("faces", 0.333, "of the faces"), ("voxels", 1.0, "mm voxels")):
        for way in WAYS:
            best = coarsest(rows, kind, way)
            is_met = best is not None and (best <= needed if kind == "faces" else best >= needed)
            figure = "none tried" if best is None else f"{number(best)} {unit}"
            what = f"coarsest {kind} with under {ALLOWED_MM:g} mm of error in every hip, {way}"
            found.append(Goal(what, f"{needed:g}", figure, "met" if is_met else "missed"))
    return found


def statement(rows: list[Row]) -> str:
    """Say what resolution a user needs."""
    said = []
    for kind, spoken in (("voxels", "voxels of up to {} mm"), ("faces", "{} of their faces")):
        best = coarsest(rows, kind, WAYS[0])
        said.append("none of those tried" if best is None else spoken.format(number(best)))
    n_hips = len({row.name for row in rows})
    return (
        f"For less than {ALLOWED_MM:g} mm of error of both measures in every one of {n_hips} hips, "
        f"landmarks found anew: {said[0]}; meshes as they come may be thinned to {said[1]}."
    )


def text_of(rows: list[Row], found: list[Goal]) -> str:
    """Return the report."""
    columns = [f"{measure}, {way}" for way in WAYS for measure in MEASURES]
    lines = []
    for kind, amount in dict.fromkeys((row.kind, row.amount) for row in rows):
        at = [row for row in rows if (row.kind, row.amount) == (kind, amount)]
        told = summary(rows, kind, amount)
        cells = [f"{rms:.2f} / {worst:.2f}" for rms, worst in (told[c] for c in columns)]
        spoken = f"{100 * amount:.0f} % of faces" if kind == "faces" else f"{amount:g} mm voxels"
        faces = round(float(np.mean([row.faces for row in at if not row.failure] or [0])))
        failed = "; ".join(f"{row.name}: {row.failure}" for row in at if row.failure)
        lines.append([spoken, f"{faces:,}", *cells, failed])
    header = ["resolution", "faces of the femur", *columns, "refused"]
    return (
        "# Sensitivity of the ischiofemoral space\n\n"
        f"{statement(rows)}\n\n## Resolution\n\nRoot mean square / worst error over all hips, mm; "
        f"100 % of the faces is the original.\n\n{table(header, lines)}\n"
        f"## Goals\n\n{goal_table(found)}"
    )


if __name__ == "__main__":
    main()
