"""``hipsim results``: what a finished study found, in short."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hipsim.study.results import PlanSummary, Summary

MOST_ROWS = 200
WIDTH = 100  # columns of a terminal
MOST_ROUNDED_MM = 0.05  # less would be written as 0.0


def results(folder: Path, /) -> None:
    """Summarise the results of a study.

    For every motion and plan the median and quartiles, over the hips, of the smallest space and of
    the gain, the share of hips that reach the target and what the median misses; then in words
    what reaches each target, or comes nearest.

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
    lines += wrapped(summary.answer)
    if about.get("failed"):
        lines += ["", f"{about['failed']} hips x plans failed:"]
        lines += [f"{count:>7}  {why}" for why, count in about["failures"].items()]
    return "\n".join([*lines, "", "Research software, not a medical device."])


def table(plans: "tuple[PlanSummary, ...]") -> str:
    """Lay out motions and plans."""
    from hipsim.cli.tables import aligned

    header = ["motion", "plan", "hips", "space mm", "quartiles", "gain mm", "target reached"]
    is_judged = any(one.judged for one in plans)
    header += ["missing mm"] if is_judged else []
    rows = []
    for one in plans:
        low, middle, high = (f"{value:.1f}" for value in one.space_mm)
        gain = "" if one.plan == "intact" else f"{one.gain_mm[1]:+.1f}"
        reached = "" if one.reached is None else f"{one.reached:.0%}".replace("%", " %")
        spread = f"{low} to {high}" if one.n > 1 else ""
        missing = missing_words(None if one.judged is None else one.judged.missing_mm)
        row = [one.motion, one.plan, str(one.n), middle, spread, gain, reached]
        rows.append([*row, missing] if is_judged else row)
    return aligned(header, rows, "llrrlrrr")


def missing_words(missing_mm: float | None) -> str:
    """Write what is missing of a target; nothing where there is none.

    Parameters
    ----------
    missing_mm
        0 where the target is reached.

    Examples
    --------
    >>> missing_words(4.41), missing_words(0.0), missing_words(0.004), missing_words(None)
    ('4.4', '-', '0.01', '')
    """
    if missing_mm is None:
        return ""
    if missing_mm == 0.0:
        return "-"
    return f"{missing_mm:.1f}" if missing_mm >= MOST_ROUNDED_MM else f"{max(missing_mm, 0.01):.2f}"


def wrapped(sentences: Sequence[str]) -> list[str]:
    """Break sentences into lines of a terminal, an empty line before the first.

    Parameters
    ----------
    sentences
        Any number.
    """
    from textwrap import fill

    lines = [fill(sentence, WIDTH, subsequent_indent="  ") for sentence in sentences]
    return ["", *lines] if lines else []
