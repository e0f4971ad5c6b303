"""Results as one labelled xarray Dataset, written as netCDF4.

Dimensions: ``hip``, ``plan`` (0 is intact), ``pose``, ``motion``, ``bone`` (femur, pelvis),
``axis``. The poses of all motions stand one after the other along ``pose``; the coordinates
``motion_index``, ``arm_index``, ``flexion_deg``, ``adduction_deg``, ``rotation_deg`` and
``progress`` say which pose is which, so ``ds.isel(pose=ds.motion_index == 0)`` is the first
motion. No value is missing. Words along ``pose`` are small integers with ``flag_values`` and
``flag_meanings`` (CF conventions), which MATLAB and R read.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from hipsim.anatomy.hip import FEMORAL_STRUCTURES
from hipsim.io.files import write_file
from hipsim.planning.clearance import Clearance
from hipsim.study.conventions import CONVENTIONS, DISCLAIMER
from hipsim.study.run import Results

KINDS = ("gap", "contact", "depth")
ANGLES = {
    "flexion_deg": "hip flexion, extension negative",
    "adduction_deg": "hip adduction, abduction negative",
    "rotation_deg": "hip internal rotation, external rotation negative",
}


def as_dataset(results: Results) -> xr.Dataset:
    """Arrange results by hip, plan, pose and motion.

    Parameters
    ----------
    results
        Of a run.

    Returns
    -------
    dataset
        ``distance_mm``, ``kind``, ``structure`` (hip, plan, pose); ``points_mm`` (hip, plan, pose,
        bone, axis) in the scan frame with the femur moved to the pose; ``minimum_mm`` and
        ``gain_mm`` (hip, plan, motion); ``removed_volume_mm3`` (hip, plan).
    """
    data = {**_along_poses(results), **_summaries(results)}
    return xr.Dataset(data, _coordinates(results), _about(results))


def save_dataset(path: str | Path, dataset: xr.Dataset) -> Path:
    """Write a Dataset as compressed netCDF4; a file of that name is replaced in one step.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    floats = [name for name in dataset.data_vars if dataset[name].dtype.kind == "f"]
    packed = {name: {"zlib": True, "complevel": 4, "_FillValue": None} for name in floats}
    # made in memory: HDF5 writing to a full disk ends the process with a segmentation fault
    content = bytes(dataset.to_netcdf(engine="h5netcdf", encoding=packed))
    return write_file(path, lambda partial: partial.write_bytes(content))


def _along_poses(results: Results) -> dict[str, Any]:
    """Return what differs from pose to pose."""
    structures = _stacked(results, lambda c: _codes(c.structures, FEMORAL_STRUCTURES))
    return {
        "distance_mm": _variable(
            _stacked(results, lambda c: c.distance_mm),
            "clearance; minus the depth where bones overlap, see kind",
        ),
        "points_mm": (
            ("hip", "plan", "pose", "bone", "axis"),
            _stacked(results, lambda c: c.points_mm),
            _attributes("closest pair, scan frame, femur moved to the pose", "mm"),
        ),
        "kind": _flags(_stacked(results, lambda c: _codes(c.kind, KINDS)), KINDS),
        "structure": _flags(structures, FEMORAL_STRUCTURES),
    }


def _summaries(results: Results) -> dict[str, Any]:
    """Return what belongs to a motion or a plan as a whole."""
    minimum = _stacked(results, lambda clearance: [clearance.minimum_mm])
    gain = minimum - minimum[:, :1]
    removed = np.array([[o.removed_volume_mm3 for o in row] for row in results.outcomes])
    return {
        "minimum_mm": _variable(minimum, "smallest clearance over the motion", "motion"),
        "gain_mm": _variable(gain, "gain of the smallest clearance over the intact hip", "motion"),
        "removed_volume_mm3": (("hip", "plan"), removed, _attributes("bone taken away", "mm3")),
    }


def _stacked(results: Results, take: Callable[[Clearance], Any]) -> np.ndarray:
    """Join one array per motion along poses, then stack plans and hips."""
    return np.stack(
        [
            np.stack([np.concatenate([take(c) for c in o.clearances]) for o in row])
            for row in results.outcomes
        ]
    )


def _coordinates(results: Results) -> dict[str, Any]:
    """Label hips, plans, motions and poses."""
    motions = results.scenario.motions
    index = np.repeat(np.arange(len(motions), dtype=np.int16), [m.n_poses for m in motions])
    arms = tuple(dict.fromkeys(arm for motion in motions for arm in motion.segments))
    along_poses = {name: np.concatenate([getattr(m, name) for m in motions]) for name in ANGLES}
    return {
        "hip": [hip.name for hip in results.hips],
        "plan": [plan.name for plan in results.scenario.plans],
        "motion": [motion.name for motion in motions],
        "bone": ["femur", "pelvis"],
        "axis": ["x", "y", "z"],
        "side": ("hip", [hip.side for hip in results.hips]),
        "motion_index": ("pose", index, {"long_name": "position along motion"}),
        "arm_index": _pose_flags(_codes([a for m in motions for a in m.segments], arms), arms),
        **{
            name: ("pose", values, _attributes(ANGLES[name], "deg"))
            for name, values in along_poses.items()
        },
        "progress": ("pose", np.concatenate([m.progress for m in motions])),
        "progress_label": ("motion", [m.progress_label for m in motions]),
        "pelvic_zero": ("motion", [m.pelvic_zero for m in motions]),
        "femoral_zero": ("motion", [m.femoral_zero for m in motions]),
        "pelvic_tilt_deg": ("motion", [m.pelvic_tilt_deg for m in motions]),
    }


def _about(results: Results) -> dict[str, Any]:
    """Describe the whole."""
    scenario = results.scenario
    return {
        "title": scenario.name,
        "comment": DISCLAIMER,
        "femoral_region": scenario.femoral_region,
        "pelvic_region": scenario.pelvic_region,
        **{f"convention_{key}": text for key, text in CONVENTIONS.items()},
    }


def _variable(values: np.ndarray, meaning: str, last: str = "pose") -> tuple[Any, ...]:
    """Make a variable in mm over hip, plan and one more dimension."""
    return (("hip", "plan", last), values, _attributes(meaning, "mm"))


def _attributes(meaning: str, unit: str) -> dict[str, str]:
    """Name what a variable is and its unit."""
    return {"long_name": meaning, "units": unit}


def _codes(words: Any, known: tuple[str, ...]) -> np.ndarray:
    """Turn words into their positions in a list."""
    place = {word: index for index, word in enumerate(known)}
    return np.array([place[str(word)] for word in words], dtype=np.int8)


def _flags(values: np.ndarray, known: tuple[str, ...]) -> tuple[Any, ...]:
    """Make a variable of codes over hip, plan, pose."""
    return (("hip", "plan", "pose"), values, _flag_attributes(known))


def _pose_flags(values: np.ndarray, known: tuple[str, ...]) -> tuple[Any, ...]:
    """Make a coordinate of codes over poses."""
    return ("pose", values, _flag_attributes(known))


def _flag_attributes(known: tuple[str, ...]) -> dict[str, Any]:
    """Describe codes the CF way."""
    codes = np.arange(len(known), dtype=np.int8)
    return {"flag_values": codes, "flag_meanings": " ".join(known)}
