"""Results that are on the disk: the Dataset, read when it is needed, and a summary of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from hipsim.errors import HipsimError, InputError
from hipsim.io.files import utf8_of_file
from hipsim.study.manifest import MANIFEST
from hipsim.study.output import UNFINISHED, kept_plans
from hipsim.study.target_words import Judged, target_sentences

RESULTS = "results.nc"


@dataclass(frozen=True)
class PlanSummary:
    """What a plan gives over a motion, over all hips on which it could be done.

    Parameters
    ----------
    motion, plan
        Which.
    n
        Number of hips.
    space_mm, gain_mm
        Lower quartile, median, upper quartile of the smallest space and of its gain.
    reached
        Share of the hips that reach the target, None where the motion has none.
    target_mm
        The target, None where the motion has none.
    """

    motion: str
    plan: str
    n: int
    space_mm: tuple[float, float, float]
    gain_mm: tuple[float, float, float]
    reached: float | None
    target_mm: float | None = None

    @property
    def judged(self) -> Judged | None:
        """The median space against the target, None where there is no target or no hip."""
        if self.target_mm is None or self.reached is None:
            return None
        middle = self.space_mm[1]
        return Judged(self.motion, self.plan, self.target_mm, middle, self.reached, self.n)


@dataclass(frozen=True)
class Summary:
    """A study in short.

    Parameters
    ----------
    about
        Its manifest.
    plans
        Motion by motion, every plan.
    """

    about: dict[str, Any]
    plans: tuple[PlanSummary, ...]

    @property
    def answer(self) -> tuple[str, ...]:
        """What reaches the targets, in plain sentences; none where there is no target."""
        judged = [plan.judged for plan in self.plans]
        return tuple(target_sentences(one for one in judged if one is not None))


def load_results(folder: str | Path, *, chunks: int | str | None = None) -> xr.Dataset:
    """Open the Dataset of a study; values are read from the disk when they are used.

    Parameters
    ----------
    folder
        The folder of a run that is finished, or its ``results.nc``.
    chunks
        None: what is used is read whole, so select first (``ds.distance_mm.sel(plan="intact")``).
        ``"auto"`` or a number of hips: computations on all of it go piece by piece through Dask,
        also where it is larger than memory.

    Returns
    -------
    dataset
        See :func:`hipsim.study.store.as_dataset`; close it, or use it in a ``with`` block.

    Raises
    ------
    InputError
        If there are no finished results, the file is damaged, or chunks need Dask and it is not
        installed.
    """
    path = Path(folder) / RESULTS if Path(folder).is_dir() else Path(folder)
    if not path.is_file():
        raise InputError(f"{folder} holds no results{_unfinished(Path(folder))}")
    pieces: Any = chunks if chunks is None or isinstance(chunks, str) else {"hip": chunks}
    try:
        return xr.open_dataset(path, engine="h5netcdf", chunks=pieces)
    except ImportError:
        raise InputError("chunks need Dask: pip install 'hipsim[cluster]'") from None
    except Exception as error:  # damaged files make the reader raise anything
        raise InputError(f"cannot read {path}: {error}; is it a results.nc of hipsim?") from None


@contextmanager
def sound_results(folder: str | Path) -> Iterator[None]:
    """Turn whatever damaged results lead to within the block into an InputError.

    Values are read when they are used, so damage may show late.

    Parameters
    ----------
    folder
        For the message.

    Raises
    ------
    InputError
        ``FOLDER holds damaged results: what was stumbled over``.
    """
    try:
        yield
    except HipsimError:
        raise
    except Exception as error:  # of h5py, xarray, numpy, or a name that is missing
        words = f"{type(error).__name__}: {error}"[:300]
        raise InputError(f"{folder} holds damaged results: {words}; run the study again") from None


def summarise(folder: str | Path) -> Summary:
    """Summarise a finished study; one plan of one motion is in memory at a time.

    Raises
    ------
    InputError
        If the folder holds no finished results.
    """
    with sound_results(folder), load_results(folder) as dataset:
        about = _manifest(Path(folder))
        targets = about.get("targets_mm", {})
        names = product_of(dataset)
        plans = [_plan(dataset, at, targets.get(motion)) for at, (motion, _) in names.items()]
    return Summary(about, tuple(plans))


def product_of(dataset: xr.Dataset) -> dict[tuple[int, int], tuple[str, str]]:
    """Return position to name of every motion and plan, motion by motion."""
    motions, plans = ([str(n) for n in dataset[key].values] for key in ("motion", "plan"))
    return {(i, j): (m, p) for i, m in enumerate(motions) for j, p in enumerate(plans)}


def _plan(dataset: xr.Dataset, at: tuple[int, int], target: float | None) -> PlanSummary:
    """Summarise one plan over one motion."""
    chosen = dataset[["minimum_mm", "gain_mm"]].isel(motion=at[0], plan=at[1]).load()
    space = chosen.minimum_mm.values[~np.isnan(chosen.minimum_mm.values)]
    gain = chosen.gain_mm.values[~np.isnan(chosen.gain_mm.values)]
    reached = None if target is None or not len(space) else float((space >= target).mean())
    names = (str(chosen.motion.values), str(chosen.plan.values))
    return PlanSummary(*names, len(space), _quartiles(space), _quartiles(gain), reached, target)


def _quartiles(values: np.ndarray) -> tuple[float, float, float]:
    """Return lower quartile, median, upper quartile; NaN of nothing."""
    if not len(values):
        return (np.nan, np.nan, np.nan)
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return (low, middle, high)


def _manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest; nothing where it is missing."""
    try:
        about = json.loads(utf8_of_file(folder / MANIFEST))
    except (ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}


def _unfinished(folder: Path) -> str:
    """Say that a run has not ended."""
    if not (folder / UNFINISHED).is_dir():
        return ""
    return (
        f", but {kept_plans(folder)} shards of an unfinished run: the command that started it, "
        "typed again, goes on"
    )
