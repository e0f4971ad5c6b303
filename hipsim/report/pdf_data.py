"""What a report on paper says: tables and words of a subject as plain values."""

from collections.abc import Mapping, Sequence
from typing import Any

from hipsim.kinematics import Motion
from hipsim.report.decision import HEADS
from hipsim.report.subject import Subject
from hipsim.report.told import provenance, told
from hipsim.viz import words
from hipsim.viz.words import DISCLAIMER

FACTS_A_TABLE = 5  # columns beside the plan's name that fit on a page
Rows = list[list[str]]


def paper_data(
    subject: Subject,
    *,
    title: str,
    about: Mapping[str, Any],
    conventions: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the template fills in, JSON-able; pictures are added by who draws them.

    Parameters
    ----------
    subject
        What is told.
    title
        Heading.
    about
        Where it comes from: versions, files, hashes, times.
    conventions
        Name to the sentence that states it.

    Examples
    --------
    >>> from hipsim.io.hips import load_hip
    >>> from hipsim.kinematics import motions
    >>> from hipsim.report.subject import make_subject
    >>> subject = make_subject({"intact": load_hip("woman_narrow")}, [motions.neutral()])
    >>> paper_data(subject, title="Example", about={}, conventions={})["results"][0]
    ['plan', 'neutral, mm']
    """
    said = told(subject)
    return {
        "title": title,
        "disclaimer": f"{DISCLAIMER}.",
        "sentences": said["sentences"],
        "details": said["details"],
        "caveats": said["caveats"],
        "decision": _decision(said["decision"]),
        "results": [] if said["decision"]["rows"] else _results(subject),
        "figures": [],
        "facts": fact_tables(subject.facts),
        "motions": [_motion(subject, motion) for motion in subject.motions],
        "conventions": [[name.replace("_", " "), text] for name, text in conventions.items()],
        "about": [list(row) for row in provenance(about)],
        "stills": [],
        "notices": [],
    }


def _decision(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the decision table; what a page shows on a click is left out."""
    rows = [{key: row[key] for key in ("cells", "short", "is_cheapest")} for row in told["rows"]]
    n_motions = len(told["heads"]) - len(HEADS) - 2
    return {
        "heads": list(told["heads"]),
        "rows": rows,
        "caption": told["caption"],
        "motions": max(n_motions, 0),
    }


def _results(subject: Subject) -> Rows:
    """Return the least space of every plan in every motion, gains in brackets."""
    rows = [["plan", *(f"{words.describe_name(m.name)}, mm" for m in subject.motions)]]
    before = subject.clearances[subject.intact]
    for plan, found in subject.clearances.items():
        cells = []
        for motion in subject.motions:
            least = found[motion.name].minimum_mm
            gain = words.signed(least - before[motion.name].minimum_mm)
            cells.append(words.signed_mm(least) + (f" ({gain})" if plan != subject.intact else ""))
        rows.append([plan, *cells])
    return rows


def _motion(subject: Subject, motion: Motion) -> dict[str, Any]:
    """Return one motion: the narrowest pose of every plan, what is nearest there, how long."""
    head = ["plan", "least, mm", "gain, mm", "at", "nearest structure"]
    before = subject.clearances[subject.intact][motion.name]
    threshold = before.threshold_mm
    if threshold is not None:
        head.append(f"below {words.plain(threshold)} mm")
    rows = [head]
    for plan in subject.plans:
        found = subject.clearances[plan][motion.name]
        gain = words.signed(found.minimum_mm - before.minimum_mm) if found is not before else ""
        row = [plan, words.signed_mm(found.minimum_mm), gain]
        row += [short_pose(found.pose_deg), words.describe_name(found.structure)]
        if threshold is not None:
            row.append(f"{100.0 * found.share_below():.0f} % of the motion")
        rows.append(row)
    title, zeros = words.describe_name(motion.name), words.describe_conventions(motion)
    return {"name": motion.name, "title": title, "zeros": zeros, "rows": rows, "charts": []}


def short_pose(pose_deg: Mapping[str, float]) -> str:
    """Write a pose without the angles that are zero.

    Examples
    --------
    >>> short_pose({"flexion": -20, "adduction": 0, "rotation": 0})
    'extension 20°'
    """
    parts = words.describe_pose(pose_deg).split(", ")
    return ", ".join(part for part in parts if not part.endswith(" 0°")) or "neutral"


def fact_tables(facts: Mapping[str, Mapping[str, str]]) -> list[Rows]:
    """Return what plans do and cost, as tables that are no wider than a page.

    Parameters
    ----------
    facts
        For each plan heading to value.

    Examples
    --------
    >>> fact_tables({"cut": {"bone removed": "12"}, "turn": {"version": "-20"}})
    [[['plan', 'bone removed', 'version'], ['cut', '12', ''], ['turn', '', '-20']]]
    """
    told_of = {plan: found for plan, found in facts.items() if found}
    heads = list(dict.fromkeys(head for found in told_of.values() for head in found))
    parts = [heads[i : i + FACTS_A_TABLE] for i in range(0, len(heads), FACTS_A_TABLE)]
    return [_fact_rows(told_of, part) for part in parts]


def _fact_rows(facts: Mapping[str, Mapping[str, str]], heads: Sequence[str]) -> Rows:
    """Return one table of facts."""
    rows = [[plan, *(found.get(head, "") for head in heads)] for plan, found in facts.items()]
    return [["plan", *heads], *rows]
