"""Where results come from: scenario, hips, versions, machine, files, each with its hash."""

import hashlib
import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import hipsim
from hipsim.anatomy.hip import Hip
from hipsim.kinematics import Motion
from hipsim.study.conventions import CONVENTIONS, DISCLAIMER
from hipsim.study.run import Results

PACKAGES = ("numpy", "scipy", "numba", "manifold3d", "trimesh", "pyvista", "xarray", "h5netcdf")
MANIFEST = "manifest.json"


def manifest(results: Results, files: Iterable[Path]) -> dict[str, Any]:
    """Describe a run so that it can be judged and repeated.

    Parameters
    ----------
    results
        Of a run.
    files
        The files written beside the manifest.
    """
    scenario = results.scenario
    text = scenario.file.text
    return {
        "note": DISCLAIMER,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "scenario": {
            "name": scenario.name,
            "file": str(scenario.file.path),
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "text": text,
        },
        "hips": [_hip(hip) for hip in results.hips],
        "plans": [plan.name for plan in scenario.plans],
        "motions": [_motion(motion) for motion in scenario.motions],
        "targets_mm": dict(scenario.targets_mm),
        "regions": {"femoral": scenario.femoral_region, "pelvic": scenario.pelvic_region},
        "conventions": CONVENTIONS,
        "seed": None,  # nothing here is random
        "versions": versions(),
        "machine": {"platform": platform.platform(), "processors": os.cpu_count()},
        "seconds": round(results.seconds, 3),
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
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


def _hip(hip: Hip) -> dict[str, Any]:
    """Describe a hip by its content."""
    return {
        "name": hip.name,
        "side": hip.side,
        "femur_sha256": hip.femur.content_hash,
        "hip_bone_sha256": hip.hip_bone.content_hash,
        "head_radius_mm": hip.head_radius_mm,
        "landmarks_mm": {name: point.tolist() for name, point in hip.landmarks.items()},
        "notes": list(hip.notes),
    }


def _motion(motion: Motion) -> dict[str, Any]:
    """Describe a motion by what its angles are stated against."""
    return {
        "name": motion.name,
        "poses": motion.n_poses,
        "arms": list(motion.arms),
        "pelvic_zero": motion.pelvic_zero,
        "femoral_zero": motion.femoral_zero,
        "pelvic_tilt_deg": motion.pelvic_tilt_deg,
        "threshold_mm": motion.threshold_mm,
        "reference": motion.reference,
    }
