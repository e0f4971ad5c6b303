"""The report of the free range: what was measured, as tables."""

from benchmarks.report import Goal, goal_table, table

DOUBTS = "doubt_deg", "doubt_p99_deg", "doubt_most_deg"
VOLUME_NOTE = """
Free: a proof that every pose of the cell has the room asked for; the truth lies between *free* and
*free + undecided*. *Connected*: share that can be reached from neutral through free cells. *Face
known to*: distance in rotation between proven free and proven narrow, at every extension and
adduction of the grid: median, 99th percentile, largest. *Usable*: within the
mean passive rotation of 120 adults (Kouyoumdjian et al. 2012, supine). *Sampled*: free share of
10,000 random poses. Seconds: the wall clock, or the processor's (two threads added up) where that
says less. Contact (0 mm) is measured on the narrowest hip and has no goal: where bones touch, the
face of the volume is not smooth and most cells beside it are asked many times over.

"""
RANGE_NOTE = """
From neutral, the other two angles staying; degrees, positive in the direction. *Free until*:
proven; *below at*: there, at most 0.1 deg on, clearance is below 2 mm; *contact at*: below 0.
Empty: not within what was searched. Capped by mean passive rotation (Kouyoumdjian et al. 2012,
supine).

"""
WHAT_IF_NOTE = """
Walking at free speed; least clearance over the continuous cycle, certified to 0.01 mm. *Enough*:
the smallest amount that keeps 12.6 mm (halfway between healthy and impinging hips, Wang et al.
2023); *too little up to*: proven. Empty: no amount that makes sense is enough.

"""
CENTRE_NOTE = """
*Fixed*: the femur turns about the centre of its head. *Equidistant*: moved in every pose to where
the gap between head and lunate surface is most even (after Puls et al. 2011); sampled at the poses
of the motion, not certified. *Shift*: from the fixed centre, largest; *travel*: from its own mean
place, largest. Gap and its standard deviation over the lunate surface: means over the motion.

"""


def text_of(record: dict, goals: list[Goal]) -> str:
    """Return the report."""
    told = ", ".join(f"{name} {value}" for name, value in record["machine"].items())
    parts = [
        "# Free range, what-ifs, centre of the hip\n\n",
        f"Written by `python -m benchmarks.free_range`. {told}. ",
        f"Cells of {record['resolution_deg']:g} deg.\n\n![chart](free_range.png)\n\n",
        goal_table(goals),
        "\n## The range in three angles\n",
        VOLUME_NOTE,
        _volumes(record["volumes"]),
        "\n## The range by direction\n",
        RANGE_NOTE,
        _ranges(record["ranges"]),
        "\n## What gives space back\n",
        WHAT_IF_NOTE,
        _what_ifs(record["what_ifs"]),
        "\n## Fixed and moving centre\n",
        CENTRE_NOTE,
        _centres(record["centres"]),
    ]
    return "".join(parts)


def _volumes(rows: list[dict]) -> str:
    """Return the table of volumes."""
    header = ["hip", "target mm", "free deg3", "free + undecided deg3", "share", "sampled"]
    header += [
        "connected",
        "face known to deg",
        "usable",
        "limited by",
        "evaluations",
        "s",
        "contradicted",
    ]
    return table(
        header,
        (
            [
                row["hip"],
                row["target_mm"],
                f"{row['low_deg3']:,.0f}",
                f"{row['high_deg3']:,.0f}",
                f"{row['share_low']:.1%} to {row['share_high']:.1%}",
                f"{row['sampled']:.1%}",
                f"{row['connected']:.1%}",
                " / ".join(f"{row[k]:.2f}" for k in DOUBTS),
                f"{row['usable_low']:.1%}",
                row["limited_by"],
                f"{row['evaluations']:,}",
                row["seconds"],
                row["contradictions"],
            ]
            for row in rows
        ),
    )


def _ranges(rows: list[dict]) -> str:
    """Return the table of directions that end within what was searched, or are capped."""
    header = ["hip", "direction", "free until", "below at", "contact at", "cap", "limited by"]
    told = [row for row in rows if row["below_deg"] is not None or row["cap_deg"] is not None]
    return table(
        [*header, "structure"],
        (
            [
                row["hip"],
                row["direction"].replace("_", " "),
                *(
                    None if row[key] is None else f"{row[key]:.1f}"
                    for key in ("free_until_deg", "below_deg", "contact_deg", "cap_deg")
                ),
                row["limited_by"],
                (row["structure"] or "").replace("_", " "),
            ]
            for row in told
        ),
    )


def _what_ifs(rows: list[dict]) -> str:
    """Return the table of changes."""
    header = ["hip", "before mm", "change", "amount", "then mm", "gain mm", "enough"]
    return table(
        [*header, "too little up to"],
        (
            [
                row["hip"],
                f"{row['before_mm']:.2f}",
                row["change"].replace("_", " "),
                f"{row['amount']:g} {row['unit']}",
                f"{row['minimum_mm']:.2f}",
                f"{row['gain_mm']:+.2f}",
                None if row["needed"] is None else f"{row['needed']:.1f} {row['unit']}",
                f"{row['not_enough_until']:.1f} {row['unit']}",
            ]
            for row in rows
        ),
    )


def _centres(rows: list[dict]) -> str:
    """Return the table of centres."""
    header = ["hip", "motion", "fixed mm", "equidistant mm", "difference mm", "largest, any pose"]
    header += ["shift mm", "travel mm", "gap mm", "SD fixed", "SD equidistant", "lunate used"]
    keys = "fixed_mm", "equidistant_mm", "difference_mm", "largest_difference_mm"
    keys += "largest_shift_mm", "travel_mm", "gap_mm", "gap_sd_fixed_mm", "gap_sd_mm"
    return table(
        header,
        (
            [
                row["hip"],
                row["motion"].replace("_", " "),
                *(f"{row[key]:.2f}" for key in keys),
                f"{row['least_share']:.0%}",
            ]
            for row in rows
        ),
    )
