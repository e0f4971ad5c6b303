"""Where results come from: scenario, hips, versions, machine, files, each with its hash."""

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import hipsim
from hipsim.kinematics import Motion
from hipsim.study.conventions import CONVENTIONS, DISCLAIMER
from hipsim.study.scenario import Scenario
from hipsim.study.shards import code_fingerprint

PACKAGES = ("numpy", "scipy", "numba", "manifold3d", "trimesh", "pyvista", "xarray", "h5netcdf")
MANIFEST = "manifest.json"
MOST_HIPS = 200  # described one by one; the fingerprints of more are in results.nc


def manifest(
    scenario: Scenario,
    hips: Iterable[Mapping[str, Any]],
    files: Iterable[Path],
    *,
    seconds: float,
) -> dict[str, Any]:
    """Describe a run so that it can be judged and repeated.

    Parameters
    ----------
    scenario
        What was run.
    hips
        What is to be told of each hip; the first ``MOST_HIPS`` are.
    files
        The files written beside the manifest.
    seconds
        Time the run took, all processes together.
    """
    told = [dict(hip) for hip, _ in zip(hips, range(MOST_HIPS), strict=False)]
    return {
        "note": DISCLAIMER,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "scenario": _scenario(scenario),
        "n_hips": len(scenario.hips),
        "hips": told,
        "plans": [plan.name for plan in scenario.plans],
        "motions": [_motion(motion) for motion in scenario.motions],
        "targets_mm": dict(scenario.targets_mm),
        "regions": {"femoral": scenario.femoral_region, "pelvic": scenario.pelvic_region},
        "outputs": scenario.outputs.model_dump(),
        "conventions": CONVENTIONS,
        "seed": scenario.seed,
        "code_sha256": code_fingerprint(),
        "versions": versions(),
        "machine": {"platform": platform.platform(), "processors": os.cpu_count()},
        "seconds": round(seconds, 3),
        "files": {path.name: _sha256(path) for path in files},
    }


def as_json(data: Any) -> str:
    """Write JSON people can read; refuses NaN.

    Examples
    --------
    >>> print(as_json({"hip": "right"}), end="")
    {
      "hip": "right"
    }
    """
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def versions() -> dict[str, str]:
    """Return the versions of hipsim, Python and the libraries that compute.

    Examples
    --------
    >>> sorted(versions())[:2]
    ['h5netcdf', 'hipsim']
    """
    found = {"hipsim": hipsim.__version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def stated_versions() -> str:
    """Return the versions as one line.

    Examples
    --------
    >>> stated_versions().startswith("hipsim ")
    True
    """
    return ", ".join(f"{name} {number}" for name, number in versions().items())


def _scenario(scenario: Scenario) -> dict[str, str]:
    """Keep the scenario word for word."""
    text = scenario.file.text
    return {
        "name": scenario.name,
        "file": str(scenario.file.path),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "text": text,
    }


def _sha256(path: Path) -> str:
    """Return the SHA-256 of a file that may be larger than memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _motion(motion: Motion) -> dict[str, Any]:
    """Describe a motion by what its angles are stated against."""
    return {
        "name": motion.name,
        "poses": motion.n_poses,
        "arms": list(motion.arms),
        "pelvic_zero": motion.pelvic_zero,
        "femoral_zero": motion.femoral_zero,
        "centre": motion.centre,
        "pelvic_tilt_deg": motion.pelvic_tilt_deg,
        "threshold_mm": motion.threshold_mm,
        "reference": motion.reference,
    }
