"""The hips and scenarios that come with hipsim, and those fetched, by name.

In an installed package the embedded ones lie in ``hipsim/_data``; in a working copy of the
repository they lie at its top level. Fetched hips lie in the folder named by ``HIPSIM_DATA_DIR``,
else in the user's cache.
"""

import os
from pathlib import Path

from hipsim.errors import ComputationError

PACKAGE = Path(__file__).resolve().parents[1]
DATA_VARIABLE = "HIPSIM_DATA_DIR"


def data_folder(kind: str) -> Path:
    """Return the folder of the embedded ``"meshes"`` or ``"scenarios"``.

    Raises
    ------
    ComputationError
        If the installation is damaged.
    """
    for folder in (PACKAGE / "_data" / kind, PACKAGE.parent / kind):
        if folder.is_dir():
            return folder
    raise ComputationError(f"the embedded {kind} are missing from {PACKAGE}: reinstall hipsim")


def embedded_hips() -> dict[str, Path]:
    """Return name to case folder of every embedded hip.

    Examples
    --------
    >>> "woman_narrow" in embedded_hips()
    True
    """
    folders = sorted(p for p in data_folder("meshes").iterdir() if p.is_dir())
    return {p.name: p for p in folders if any(p.glob("femur_*"))}


def embedded_scenarios() -> dict[str, Path]:
    """Return name to file of every embedded scenario.

    Examples
    --------
    >>> "ifi_test_narrow" in embedded_scenarios()
    True
    """
    return {p.stem: p for p in sorted(data_folder("scenarios").glob("*.yaml"))}


def scenario_file(name: str | Path) -> Path:
    """Return the file of a scenario: a path as it is, else the embedded one of that name.

    Examples
    --------
    >>> scenario_file("pose_grid").name, scenario_file("mine.yaml").name
    ('pose_grid.yaml', 'mine.yaml')
    """
    path = Path(name)
    return path if path.exists() else embedded_scenarios().get(str(name), path)


def user_data_folder() -> Path:
    """Return the folder for what is fetched: ``HIPSIM_DATA_DIR``, else the user's cache."""
    if os.environ.get(DATA_VARIABLE):
        return Path(os.environ[DATA_VARIABLE]).expanduser()
    import pooch

    return Path(pooch.os_cache("hipsim"))


def cases_folder() -> Path:
    """Return the folder of the fetched hips."""
    return user_data_folder() / "cases"


def fetched_cases() -> dict[str, Path]:
    """Return name to case folder of every fetched hip."""
    folder = cases_folder()
    if not folder.is_dir():
        return {}
    return {p.name: p for p in sorted(folder.iterdir()) if p.is_dir() and p.name[0] != "."}
