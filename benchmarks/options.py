"""What can be asked of a benchmark on the command line."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import RESULTS

SIZES = "full", "quick", "tiny"


@dataclass(frozen=True)
class Options:
    """How much is measured, with what, and where results go.

    Parameters
    ----------
    size
        ``"full"``, ``"quick"`` or ``"tiny"``.
    bones
        Folder of real hips, or None.
    out
        Folder for tables and charts.
    """

    size: str
    bones: Path | None
    out: Path


def parsed(about: str, arguments: list[str] | None = None) -> Options:
    """Return what was asked; only a full run goes to the folder of results by itself."""
    parser = argparse.ArgumentParser(description=about)
    bones = os.environ.get("HIPSIM_BONES")
    parser.add_argument("--bones", type=Path, default=bones, help="folder of real hips")
    parser.add_argument("--size", choices=SIZES, default="full", help="how much is measured")
    parser.add_argument(
        "--quick", dest="size", action="store_const", const="quick", help="as --size quick"
    )
    parser.add_argument("--out", type=Path, help="folder for tables and charts")
    given = parser.parse_args(arguments)
    usual = RESULTS if given.size == "full" else Path("out/benchmarks")
    folder = None if given.bones is None else Path(given.bones)
    return Options(given.size, folder, given.out or usual)
