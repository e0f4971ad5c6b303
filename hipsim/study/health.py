"""What hipsim finds on this machine: versions, extras, OpenGL, places to write, what to install.

Nothing is changed and nothing leaves the machine. A finding is *good*, *missing* (a part of hipsim
cannot be used until it is installed) or *broken* (hipsim itself cannot work).
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

import hipsim
from hipsim.io.catalogue import user_data_folder
from hipsim.viz.probe import rendering_problem

State = Literal["good", "missing", "broken"]
NEEDS = {
    "images": "label maps and DICOM SEG: hipsim import",
    "web": "the live planner: hipsim planner",
    "cluster": "studies on a cluster: hipsim run --scheduler",
    "video": "MP4 files: hipsim animate",
    "pdf": "the report as PDF: hipsim report",
    "validate": "comparison with other libraries: hipsim validate",
    "test": "the tests",
}
SPARE_MB = 500.0  # less room than this stops a study of some thousand hips
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)[^;]*(?:;.*extra == ['\"]([a-z]+)['\"])?\s*$")
_KERNEL = """
import numpy as np
from hipsim.geometry import Mesh
from hipsim.proximity.tree import make_tree
square = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], [[0, 1, 2], [2, 1, 3]])
raise SystemExit(0 if make_tree(square, np.zeros(3)).links.tolist() == [2, -1, -2] else 4)
"""
KERNEL_SECONDS = 120.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    what
        The thing.
    state
        ``"good"``, ``"missing"`` or ``"broken"``.
    found
        What was found.
    remedy
        What to do, or an empty string.
    """

    what: str
    state: State
    found: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything hipsim needs here, one finding after the other.

    Yields
    ------
    finding
        In the order of importance; the slower ones (OpenGL, compiling) last.

    Examples
    --------
    >>> next(examine()).what
    'hipsim'
    """
    found = f"{hipsim.__version__} in {Path(hipsim.__file__).parent}"
    yield Finding("hipsim", "good", found)
    yield python_found(sys.version_info[:2])
    yield from packages_found(own_requirements())
    yield _processors()
    yield place_found("data folder (hipsim fetch)", user_data_folder())
    yield place_found("scratch folder", Path(tempfile.gettempdir()))
    yield _kernels()
    yield opengl_found(rendering_problem())


def own_requirements() -> list[str]:
    """Return what hipsim needs, as its metadata state it; in a working copy, its pyproject.toml.

    Examples
    --------
    >>> any(line.startswith("numba") for line in own_requirements())
    True
    """
    try:
        return requires("hipsim") or []
    except PackageNotFoundError:
        text = (Path(hipsim.__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"].items()
    wanted = [f"{line}; extra == '{extra}'" for extra, lines in extras for line in lines]
    return [*project["dependencies"], *wanted]


def python_found(found: tuple[int, ...]) -> Finding:
    """Judge the version of Python.

    Parameters
    ----------
    found
        Major and minor.
    """
    said = f"{platform.python_version()} ({platform.platform()})"
    if found < (3, 11):
        return Finding("Python", "broken", said, "install Python 3.11 or newer")
    return Finding("Python", "good", said)


def packages_found(
    requirements: list[str], installed: Callable[[str], str] = version
) -> Iterator[Finding]:
    """Look for the packages hipsim needs, and for those of each extra.

    Parameters
    ----------
    requirements
        Lines of hipsim's own metadata, as ``"numba>=0.61"`` or ``'dask; extra == "cluster"'``.
    installed
        Returns the version of a package or raises PackageNotFoundError.
    """
    groups: dict[str | None, list[str]] = {}
    for line in requirements:
        matched = _REQUIREMENT.match(line)
        if matched and matched[1] != "hipsim":
            groups.setdefault(matched[2], []).append(matched[1])
    for extra, names in groups.items():
        if extra is None or extra in NEEDS:
            yield _group(extra, names, installed)


def place_found(what: str, folder: Path) -> Finding:
    """Try to write where hipsim writes, and look how much room is left.

    Parameters
    ----------
    what
        What the folder is for.
    folder
        Need not exist: then its nearest parent that does is tried.
    """
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        remedy = "set HIPSIM_DATA_DIR (data) or TMPDIR (scratch) to a folder you may write to"
        return Finding(what, "missing", f"{folder} cannot be written: {error.strerror}", remedy)
    free = shutil.disk_usage(there).free / 1e6
    if free < SPARE_MB:
        return Finding(what, "missing", f"{folder}: {free:.0f} MB free", "make room on the disk")
    return Finding(what, "good", f"{folder}: {free / 1e3:.0f} GB free")


def opengl_found(problem: str | None) -> Finding:
    """Judge whether 3D pictures can be drawn.

    Parameters
    ----------
    problem
        What :func:`hipsim.viz.probe.rendering_problem` says.
    """
    if problem is None:
        window = os.environ.get("VTK_DEFAULT_OPENGL_WINDOW", "the default window")
        return Finding("OpenGL (3D pictures)", "good", f"draws with {window}")
    said, _, remedy = problem.partition("; ")
    return Finding("OpenGL (3D pictures)", "missing", said, remedy)


def _group(extra: str | None, names: list[str], installed: Callable[[str], str]) -> Finding:
    """Judge the packages of hipsim itself or of one extra."""
    there, absent = [], []
    for name in names:
        try:
            there.append(f"{name} {installed(name)}")
        except PackageNotFoundError:
            absent.append(name)
    if extra is None:
        state: State = "broken" if absent else "good"
        found = f"without {', '.join(absent)}" if absent else ", ".join(there)
        return Finding("packages", state, found, "pip install hipsim" if absent else "")
    what = f"extra {extra!r} ({NEEDS[extra]})"
    if absent:
        remedy = f'pip install "hipsim[{extra}]"'
        return Finding(what, "missing", f"without {', '.join(absent)}", remedy)
    return Finding(what, "good", ", ".join(there) or "installed")


def _processors() -> Finding:
    """Count the processors this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Finding("processors", "good", f"{usable} usable")


def _kernels() -> Finding:
    """Import the compiled core in another process; tell where its compiled code is kept."""
    home = str(Path(hipsim.__file__).parents[1])  # this hipsim, whatever folder we are in
    done = subprocess.run(
        [sys.executable, "-c", _KERNEL],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [home, *_python_path()]))},
        capture_output=True,
        text=True,
        timeout=KERNEL_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"code {done.returncode}"])[-1]
        remedy = "set NUMBA_CACHE_DIR to a folder you may write to, or install numba anew"
        return Finding("compiled core", "broken", last, remedy)
    kept = os.environ.get("NUMBA_CACHE_DIR", "beside the package, else the user's cache")
    return Finding("compiled core", "good", f"numba works; compiled code is kept {kept}")


def _python_path() -> list[str]:
    """Return the folders the user has put before Python's own."""
    return os.environ.get("PYTHONPATH", "").split(os.pathsep)
