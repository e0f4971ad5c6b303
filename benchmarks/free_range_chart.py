"""The chart of the free range: how far each hip turns out, over extension."""

from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

CAP_DEG = 38.5  # mean passive external rotation, Kouyoumdjian et al. 2012, supine


def draw(record: dict, path: Path) -> None:
    """Draw the external rotation each hip has left over extension, without and with adduction."""
    rows = [
        row for row in record["volumes"] if row["target_mm"] == record["volumes"][0]["target_mm"]
    ]
    count = len(rows[0]["profiles"])
    figure, axes = plt.subplots(1, count, figsize=(11, 5.2), sharey=True, layout="constrained")
    colours = plt.get_cmap("tab10").colors
    for k, axis in enumerate(axes):
        for row, colour in zip(rows, colours, strict=False):
            _draw_hip(axis, row["profiles"][k], row["hip"], colour)
        axis.axhline(CAP_DEG, color="0.4", lw=1, ls="--")
        axis.annotate(
            "dashed: soft tissue, mean of 120 adults",
            (40, 50.0),
            (-4, 3),
            ha="right",
            fontsize=8,
            textcoords="offset points",
            color="0.3",
        )
        axis.set(
            title=f"adduction {rows[0]['profiles'][k]['adduction_deg']:g}°",
            xlabel="extension (deg)",
            xlim=(0, 40),
            ylim=(-40, 62),
        )
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel(
        "external rotation with 2 mm of room (deg)\ninternal rotation needed below 0"
    )
    axes[-1].legend(frameon=False, fontsize=8, ncols=2, loc="lower left")
    known = max(row["doubt_most_deg"] for row in rows)
    figure.suptitle(
        f"How far each hip turns out before 2 mm are left (proven; known to {known:g}°, shaded)"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _draw_hip(axis: plt.Axes, profile: dict, name: str, colour: tuple) -> None:
    """Draw one hip: its proven limit, and how far the truth may lie beyond."""
    extension, free, narrow = (
        np.array(profile[key], dtype=float) for key in ("extension_deg", "free_deg", "narrow_deg")
    )
    style = "-" if name.endswith("right") else ":"
    axis.plot(extension, free, color=colour, ls=style, lw=1.6, label=name)
    axis.fill_between(extension, free, narrow, color=colour, alpha=0.25, lw=0)
