"""``hipsim results``: what a finished study found, in short."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hipsim.study.results import PlanSummary, Summary

MOST_ROWS = 200


def results(folder: Path, /) -> None:
    """Summarise the results of a study.

    For every motion and plan the median and quartiles, over the hips, of the smallest space and of
    the gain, and the share of hips that reach the target.

    Parameters
    ----------
    folder
        What "hipsim run" has written.
    """
    from hipsim.study.results import summarise

    print(told(summarise(folder)))


def told(summary: "Summary") -> str:
    """Lay out a summary."""
    about = summary.about
    lines = [str(about.get("scenario", {}).get("name", "study without manifest"))]
    if about:
        versions = about["versions"]
        lines.append(
            f"{about['n_hips']} hips x {len(about['plans'])} plans x {len(about['motions'])} "
            f"motions; hipsim {versions['hipsim']}, {about['created']}, seed {about['seed']}"
        )
    lines += ["", table(summary.plans[:MOST_ROWS])]
    if len(summary.plans) > MOST_ROWS:
        lines.append(f"... and {len(summary.plans) - MOST_ROWS} more: see results.csv")
    if about.get("failed"):
        lines += ["", f"{about['failed']} hips x plans failed:"]
        lines += [f"{count:>7}  {why}" for why, count in about["failures"].items()]
    return "\n".join([*lines, "", "Research software, not a medical device."])


def table(plans: "tuple[PlanSummary, ...]") -> str:
    """Lay out motions and plans."""
    from hipsim.cli.tables import aligned

    header = ["motion", "plan", "hips", "space mm", "quartiles", "gain mm", "target reached"]
    rows = []
    for one in plans:
        low, middle, high = (f"{value:.1f}" for value in one.space_mm)
        gain = "" if one.plan == "intact" else f"{one.gain_mm[1]:+.1f}"
        reached = "" if one.reached is None else f"{one.reached:.0%}".replace("%", " %")
        spread = f"{low} to {high}" if one.n > 1 else ""
        rows.append([one.motion, one.plan, str(one.n), middle, spread, gain, reached])
    return aligned(header, rows, "llrrlrr")
