"""How far can a hip go before its bones come too near, what gives space back, where is its centre?

    python -m benchmarks.free_range [--bones FOLDER] [--quick] [--out FOLDER]

For right hips the free range by direction and as a volume (extension 0..40, adduction -30..30,
rotation -60..60 deg, cells of 0.5 deg), timed with everything built anew; the proofs are held
against samples: poses 0.01 deg apart along each direction, 10,000 random poses in the volume. Then
what a change of habit gives back in walking, and, of all hips, what the moving centre makes of each
motion.

Times are by the wall clock, or by the processor's, all threads added up, where that says less: then
the machine was busy with others, and alone the wall clock would not have said more.

``FOLDER`` holds real hips (``vsd/z001``, ``hubmap_vh``), by default that of ``HIPSIM_BONES``;
without it the embedded hip is measured.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import hipsim as hs
from benchmarks.cases import SEED, SIDES, SUBJECTS, ct_hips, embedded_hip
from benchmarks.clock import timed
from benchmarks.free_range_chart import draw
from benchmarks.free_range_text import text_of
from benchmarks.options import Options, parsed
from benchmarks.report import Goal, at_most, machine, write
from hipsim.anatomy.hip import Hip
from hipsim.checks import Array
from hipsim.kinematics.motion import Motion
from hipsim.planning.centres import compare_centres
from hipsim.planning.clearance import ClearanceQuery
from hipsim.planning.free_range import DirectionLimit, free_range, way_of
from hipsim.planning.free_range_volume import FreeBoundary, FreeVolume, free_volume
from hipsim.planning.what_if import what_if

TARGETS_MM = 2.0, 0.0  # too little room, contact
SECONDS = 20.0
RESOLUTION_DEG = 0.1
# per size: side of the cells (deg), step of samples along a direction (deg), random samples
SIZES = {"full": (0.5, 0.01, 10_000), "quick": (1.0, 0.01, 10_000), "tiny": (8.0, 0.5, 500)}
ROUNDING_MM = 1e-6
PROFILES_DEG = 0.0, 10.0  # adduction of the charts
CAP = "kouyoumdjian_2012_supine"
BODIES = "vh_f", "vh_m"
CONTACT = "z027"  # the narrowest: its volume free of contact is measured as well
MOTIONS = {
    "neutral": hs.motions.neutral,
    "gait": hs.motions.gait,
    "ifi_test": hs.motions.ifi_test,
    "front_split": hs.motions.front_split,
}


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the goals, write the tables."""
    options = parsed(__doc__.splitlines()[0], arguments)
    record = measure(options)
    goals = goals_of(record)
    draw(record, options.out / "free_range.png")
    print("\n".join(["", *map(str, goals)]))
    write(options.out, "free_range", record, goals=goals, text=text_of(record, goals))


def measure(options: Options) -> dict:
    """Return everything that was measured, ready for JSON."""
    began = time.perf_counter()
    is_full = options.size == "full"
    hips = ct_hips(options.bones, SUBJECTS if is_full else SUBJECTS[1:2], SIDES[:1])
    if not hips:
        print("(real hips left out: give their folder with --bones)")
    record: dict = {"ranges": [], "volumes": [], "what_ifs": [], "centres": []}
    resolution, step, samples = SIZES[options.size]
    for hip in hips or [embedded_hip()]:
        print(f"{(time.perf_counter() - began) / 60:5.1f} min  {named(hip)}", flush=True)
        record["ranges"] += ranges(hip, step)
        targets = TARGETS_MM if is_full and CONTACT in hip.name else TARGETS_MM[:1]
        record["volumes"] += [volume(hip, target, resolution, samples) for target in targets]
        record["what_ifs"] += changes(hip)
    for hip in [*(hips or [embedded_hip()]), *(others(options.bones) if is_full else [])]:
        print(f"{(time.perf_counter() - began) / 60:5.1f} min  {named(hip)}, centres", flush=True)
        record["centres"] += [centres(hip, name) for name in MOTIONS]
    minutes = (time.perf_counter() - began) / 60
    return record | {
        "minutes": minutes,
        "resolution_deg": resolution,
        "step_deg": step,
        "machine": machine(),
    }


def named(hip: Hip) -> str:
    """Return the name of a hip with its side."""
    return f"{Path(hip.name).name.split('_right')[0].split('_left')[0]} {hip.side}"


def others(bones: Path | None) -> Iterator[Hip]:
    """Yield the left hips, and both of the two whole bodies where they are."""
    yield from ct_hips(bones, SUBJECTS, SIDES[1:])
    if bones is not None and (bones / "hubmap_vh").is_dir():
        for name in BODIES:
            yield from (hs.load_hip(bones / "hubmap_vh" / name, side=side) for side in SIDES)


def ranges(hip: Hip, step: float) -> list[dict]:
    """Measure every direction from neutral and hold it against samples."""
    found, cpu, wall = timed(lambda: free_range(hip, cap=CAP, resolution_deg=RESOLUTION_DEG))
    sampled = _Samples(ClearanceQuery(hip), step)
    rows = []
    for name, limit in found.limits.items():
        row = {key: getattr(limit, key) for key in DirectionLimit.__dataclass_fields__}
        holds = all(
            sampled.confirm(way_of(found.base, name), *ends)
            for ends in (
                (limit.free_until_deg, limit.below_deg, found.target_mm),
                (limit.no_contact_until_deg, limit.contact_deg, 0.0),
            )
        )
        rows.append({"hip": named(hip), "seconds": min(cpu, wall), "holds": holds, **row})
    return rows


@dataclass(frozen=True)
class _Samples:
    """Poses along a direction, so many degrees apart."""

    query: ClearanceQuery
    step_deg: float

    def confirm(self, way: Motion, free: float, below: float | None, threshold: float) -> bool:
        """Whether no sample before an angle is below a threshold, and one just after is."""
        before = self.along(way, float(way.progress[0]), free).min()
        is_clear = bool(before >= threshold - ROUNDING_MM)
        if below is None:
            return is_clear
        is_near = 0.0 <= below - free <= RESOLUTION_DEG + 1e-9
        there = self.along(way, below, below)[0]
        return is_clear and is_near and bool(there < threshold + ROUNDING_MM)

    def along(self, way: Motion, first: float, last: float) -> Array:
        """Return the clearance at poses from one progress to another."""
        progress = np.linspace(first, last, max(1, round((last - first) / self.step_deg)) + 1)
        angles = (np.interp(progress, way.progress, column) for column in way.angles_deg.T)
        return self.query(_poses(way, *angles)).distance_mm


def _poses(stated: Motion, *angles: Array) -> Motion:
    """Return a motion through poses against the zeros of another."""
    flexion, adduction, rotation = angles
    return stated.evolved(
        flexion_deg=flexion,
        adduction_deg=adduction,
        rotation_deg=rotation,
        progress=np.arange(len(flexion)),
        segments=("samples",) * len(flexion),
        shape=(),
        grid_index=None,
    )


def volume(hip: Hip, target: float, resolution: float, samples: int) -> dict:
    """Measure the volume and hold it against random poses."""
    found, cpu, wall = timed(lambda: free_volume(hip, target_mm=target, resolution_deg=resolution))
    cut = found.within(CAP)
    doubt = found.boundary.doubt_deg
    return {
        "hip": named(hip),
        "target_mm": target,
        "seconds": min(cpu, wall),
        "cpu_s": cpu,
        "wall_s": wall,
        "evaluations": found.evaluations,
        "low_deg3": found.volume_deg3[0],
        "high_deg3": found.volume_deg3[1],
        "share_low": found.share_free[0],
        "share_high": found.share_free[1],
        "connected": float(found.connected.mean()),
        "doubt_deg": float(np.median(doubt)),
        "doubt_p99_deg": float(np.percentile(doubt, 99)),
        "doubt_most_deg": float(doubt.max()),
        "usable_low": cut.usable[0],
        "limited_by": cut.limited_by,
        "profiles": [_profile(found.boundary, angle) for angle in PROFILES_DEG],
        **_sampled(hip, found, samples),
    }


def _profile(found: FreeBoundary, adduction: float) -> dict:
    """Return how far external rotation goes over extension, at the nearest adduction."""
    column = int(np.abs(found.adduction_deg - adduction).argmin())
    limits = found.lowest_deg, found.beyond_lowest_deg
    free, narrow = (
        [float(-x) if np.isfinite(x) else None for x in rows[:, column]] for rows in limits
    )
    return {
        "adduction_deg": float(found.adduction_deg[column]),
        "extension_deg": found.extension_deg.tolist(),
        "free_deg": free,
        "narrow_deg": narrow,
    }


def _sampled(hip: Hip, found: FreeVolume, samples: int) -> dict:
    """Count random poses that contradict a proof."""
    rng = np.random.default_rng(SEED)
    ends = np.array([[edges[0], edges[-1]] for edges in found.edges_deg])
    angles = rng.uniform(ends[:, 0], ends[:, 1], (samples, 3))
    extension, adduction, rotation = angles[np.lexsort((angles / 5).astype(int).T)].T
    values = ClearanceQuery(hip)(_poses(found.base, -extension, adduction, rotation)).distance_mm
    states = found.state_at(extension, adduction, rotation)
    wrong = (states == 1) & (values < found.target_mm - ROUNDING_MM)
    wrong |= (states == -1) & (values > found.target_mm + ROUNDING_MM)
    share = float((values >= found.target_mm).mean())
    return {"contradictions": int(wrong.sum()), "samples": samples, "sampled": share}


def changes(hip: Hip) -> list[dict]:
    """Measure what changes of habit give back in walking."""
    found, cpu, wall = timed(lambda: what_if(hip, hs.motions.gait()))
    return [
        {
            "hip": named(hip),
            "before_mm": found.before.minimum_mm,
            "target_mm": found.target_mm,
            "change": row.change.name,
            "amount": row.amount,
            "unit": row.change.unit,
            "minimum_mm": row.minimum_mm,
            "gain_mm": row.gain_mm,
            "needed": row.needed.amount,
            "not_enough_until": row.needed.not_enough_until,
            "seconds": min(cpu, wall),
        }
        for row in found.rows
        if row.needed is not None
    ]


def centres(hip: Hip, name: str) -> dict:
    """Measure a motion about both centres."""
    both = compare_centres(hip, MOTIONS[name]())
    return {
        "hip": named(hip),
        "motion": name,
        "fixed_mm": both.fixed.minimum_mm,
        "equidistant_mm": both.equidistant.minimum_mm,
        "difference_mm": both.minimum_difference_mm,
        "largest_difference_mm": float(np.abs(both.difference_mm).max()),
        "largest_shift_mm": both.largest_shift_mm,
        "travel_mm": both.travel_mm,
        "gap_mm": float(both.shift.gap_mm.mean()),
        "gap_sd_fixed_mm": float(both.shift.gap_sd_fixed_mm.mean()),
        "gap_sd_mm": float(both.shift.gap_sd_mm.mean()),
        "least_share": float(both.shift.share.min()),
    }


def goals_of(record: dict) -> list[Goal]:
    """Return every goal with what was measured."""
    near = [row["seconds"] for row in record["volumes"] if row["target_mm"] == TARGETS_MM[0]]
    volume_of = f"volume to {record['resolution_deg']:g} deg"
    rows = record["ranges"]
    doubts = [
        row["below_deg"] - row["free_until_deg"] for row in rows if row["below_deg"] is not None
    ]
    wrong = sum(row["contradictions"] for row in record["volumes"])
    asked = sum(row["samples"] for row in record["volumes"])
    held = sum(row["holds"] for row in rows)
    faces = [r["doubt_most_deg"] for r in record["volumes"] if r["target_mm"] == TARGETS_MM[0]]
    kept = [row["gap_sd_mm"] / row["gap_sd_fixed_mm"] for row in record["centres"]]
    return [
        at_most(f"{volume_of}, 2 mm of room, two processors", near, SECONDS, unit="s"),
        at_most(
            "faces of that volume, 2 mm of room, known to",
            faces,
            record["resolution_deg"],
            unit="deg",
        ),
        at_most("angle of a direction known to", doubts, RESOLUTION_DEG, unit="deg"),
        Goal(
            f"directions confirmed by samples {record['step_deg']:g} deg apart",
            "all",
            f"{held} of {len(rows)}",
            "met" if held == len(rows) else "missed",
        ),
        Goal(
            "random poses that contradict a proven cell",
            "none",
            f"{wrong} of {asked:,}",
            "missed" if wrong else "met",
        ),
        at_most("spread of the joint gap, moving over fixed centre", kept, 1.0, unit="x"),
    ]


if __name__ == "__main__":
    main()
