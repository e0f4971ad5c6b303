"""From a scenario file to a folder of results.

The folder receives all files together at the end: results.csv, results.nc, measures.json, pictures
and, last, manifest.json. When anything goes wrong (an error, Ctrl-C, a full disk) nothing is
written. A folder that holds results is refused unless they may be replaced; then only files that
its own manifest lists are removed, whatever else lies there stays.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hipsim.errors import InputError
from hipsim.io.files import staged_folder, write_text
from hipsim.study.manifest import MANIFEST, as_json, manifest
from hipsim.study.measurements import measure
from hipsim.study.pictures import draw_pictures
from hipsim.study.run import Progress, Results, run_scenario
from hipsim.study.scenario import Scenario, load_scenario
from hipsim.study.store import as_dataset, save_dataset
from hipsim.study.table import as_csv

RESULT_FILES = ("results.csv", "results.nc", "measures.json", MANIFEST)
Existing = Literal["refuse", "replace"]


@dataclass(frozen=True)
class Written:
    """A run that is on the disk: what was found, the files, and what was left out and why."""

    results: Results
    files: tuple[Path, ...]
    notices: tuple[str, ...]


def run_to_folder(
    scenario: str | Path | Scenario,
    out: str | Path,
    *,
    existing: Existing = "refuse",
    progress: Progress | None = None,
) -> Written:
    """Run a scenario and write everything it yields into a folder.

    Parameters
    ----------
    scenario
        A scenario or its file.
    out
        The folder; made if missing.
    existing
        What to do with results the folder holds: ``"refuse"`` or ``"replace"`` them.
    progress
        Called with (done, total) after each hip x plan.

    Raises
    ------
    ScenarioError
        If the scenario cannot be used.
    InputError
        If the folder holds results and may not be changed, or cannot be written.
    HipsimError
        If a hip cannot be loaded or a plan cannot be carried out.
    """
    folder = Path(out)
    checked = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    if existing == "refuse":
        _refuse_results(folder)
    with staged_folder(folder) as stage:
        results = run_scenario(checked, progress=progress)
        notices = write_results(results, stage)
        names = [path.name for path in _in_order(stage)]
        _remove_listed(folder)
    return Written(results, tuple(folder / name for name in names), tuple(notices))


def write_results(results: Results, folder: Path) -> list[str]:
    """Write the files of a run into an empty folder and return what was left out and why.

    Parameters
    ----------
    results
        Of a run.
    folder
        Must exist.
    """
    write_text(folder / "results.csv", as_csv(results))
    save_dataset(folder / "results.nc", as_dataset(results))
    measures = {"hips": [measure(hip) for hip in results.hips]}
    write_text(folder / "measures.json", as_json(measures))
    notices = draw_pictures(results, folder)
    about = manifest(results, _in_order(folder))
    write_text(folder / MANIFEST, as_json({**about, "left_out": notices}))
    return notices


def _in_order(folder: Path) -> list[Path]:
    """List the files of a run, the tables before the pictures."""
    rank = {name: place for place, name in enumerate(RESULT_FILES)}
    return sorted(folder.iterdir(), key=lambda path: (rank.get(path.name, len(rank)), path.name))


def _refuse_results(folder: Path) -> None:
    """Refuse a folder that already holds results."""
    held = [name for name in RESULT_FILES if (folder / name).exists()]
    if held:
        raise InputError(
            f"{folder} already holds results ({', '.join(held)}): choose another folder, or "
            f"replace them with --overwrite"
        )


def _remove_listed(folder: Path) -> None:
    """Remove the files an earlier manifest lists, and nothing else."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return  # no earlier results, or a manifest of somebody else's making
    for name in listed:
        if Path(name).name == name and (folder / name).is_file():
            (folder / name).unlink()
