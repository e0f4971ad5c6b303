"""Results as one labelled netCDF4 file, written hip by hip, read as an xarray Dataset.

Dimensions: ``hip``, ``plan`` (0 is intact), ``pose``, ``motion``, ``bone`` (femur, pelvis),
``axis``. The poses of all motions stand one after the other along ``pose``; the coordinates
``motion_index``, ``arm_index``, ``flexion_deg``, ``adduction_deg``, ``rotation_deg`` and
``progress`` say which pose is which, so ``ds.isel(pose=ds.motion_index == 0)`` is the first
motion. Words along ``pose`` are small integers with ``flag_values`` and ``flag_meanings`` (CF
conventions), which MATLAB and R read. Where a plan failed on a hip ``failure`` says why, numbers
are NaN and words -1; elsewhere no value is missing.

A file is never in memory as a whole: what belongs to poses is written block after block, in
compressed chunks of one hip. HDF5 ends the process with a segmentation fault when the disk is full;
so it writes through a file object that remembers the refusal and swallows the rest, and the error
is raised here.
"""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import h5netcdf
import h5py  # type: ignore[import-untyped]
import numpy as np

from hipsim.anatomy.hip import FEMORAL_STRUCTURES
from hipsim.errors import InputError
from hipsim.io.files import reason, write_file
from hipsim.study.blocks import FAILED, KINDS, Block, blocks_of
from hipsim.study.conventions import CONVENTIONS, DISCLAIMER
from hipsim.study.hip_columns import HipColumns
from hipsim.study.run import Results
from hipsim.study.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

TEXT = h5py.string_dtype()
CHUNK_POSES, CHUNK_VALUES = 16_384, 131_072
PACKED = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
PERSON = {"long_name": "first hip of the same person; such hips are not independent"}
ANGLES = {
    "flexion_deg": "hip flexion, extension negative",
    "adduction_deg": "hip adduction, abduction negative",
    "rotation_deg": "hip internal rotation, external rotation negative",
}
COORDINATES = (
    "side motion_index arm_index flexion_deg adduction_deg rotation_deg progress "
    "progress_label pelvic_zero femoral_zero centre pelvic_tilt_deg person"
)
# name in the block, dimensions after hip and plan, meaning, unit or words
FLAGS = {"kind": KINDS, "structure": FEMORAL_STRUCTURES, "minimum_kind": KINDS}
FLAGS["minimum_structure"] = FEMORAL_STRUCTURES
MEANINGS = {
    "distance_mm": "clearance; minus the depth where bones overlap, see kind",
    "points_mm": "closest pair, scan frame, femur moved to the pose",
    "minimum_mm": "smallest clearance over the motion",
    "at_pose": "pose of the smallest clearance, counted within the motion",
    "share_below": "share of the motion with less clearance than its threshold",
    "gain_mm": "gain of the smallest clearance over the intact hip",
    "removed_volume_mm3": "bone taken away",
}
DIMENSIONS = {
    "distance_mm": ("pose",),
    "points_mm": ("pose", "bone", "axis"),
    "kind": ("pose",),
    "structure": ("pose",),
}


def as_dataset(results: Results) -> "xr.Dataset":
    """Arrange results by hip, plan, pose and motion.

    Parameters
    ----------
    results
        Of a run.

    Returns
    -------
    dataset
        ``distance_mm``, ``kind``, ``structure`` (hip, plan, pose); ``points_mm`` (hip, plan, pose,
        bone, axis) in the scan frame with the femur moved to the pose; ``minimum_mm``, ``gain_mm``,
        ``at_pose``, ``share_below`` (hip, plan, motion); ``removed_volume_mm3``, ``failure`` (hip,
        plan); measures and parameters of the hips.
    """
    import xarray as xr

    content = io.BytesIO()
    names = [(hip.name, hip.side) for hip in results.hips]
    with DatasetWriter(content, results.scenario, names) as writer:
        for index, block in enumerate(blocks_of(results)):
            writer.add(index, 0, block)
    return xr.load_dataset(content, engine="h5netcdf")


def save_blocks(
    path: str | Path, scenario: Scenario, blocks: Iterable[tuple[int, int, Block]]
) -> Path:
    """Write blocks as netCDF4 one after the other; a file of that name is replaced in one step.

    Parameters
    ----------
    path
        The file.
    scenario
        What was asked.
    blocks
        Hip, first plan and block, hips in order and each hip's first plan first.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    names = [(source.name, source.side) for source in scenario.hips]

    def write(partial: Path) -> None:
        with partial.open("w+b") as file:
            sink = _Sink(file)
            with DatasetWriter(sink, scenario, names) as writer:
                for index, first, block in blocks:
                    writer.add(index, first, block)
                    sink.check()
            sink.check()

    return write_file(path, write)


class DatasetWriter:
    """An open results file that takes blocks.

    Parameters
    ----------
    file
        Where to write.
    scenario
        Motions, plans, regions and what is kept.
    hips
        Name and side of every hip.
    """

    def __init__(self, file: Any, scenario: Scenario, hips: Sequence[tuple[str, str]]) -> None:
        self._scenario = scenario
        self._columns = HipColumns([name for name, _ in hips])
        self._intact = np.full(len(scenario.motions), np.nan)
        self._file = h5netcdf.File(file, "w")
        self._file.dimensions = {
            "hip": len(hips),
            "plan": len(scenario.plans),
            "pose": scenario.n_poses,
            "motion": len(scenario.motions),
            "bone": 2,
            "axis": 3,
        }
        self._describe()
        self._label(hips)

    def __enter__(self) -> "DatasetWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            for name, values, attributes in self._columns.arrays():
                self._write(name, ("hip",), values, attributes)
        self._file.close()

    def add(self, hip: int, first: int, block: Block) -> None:
        """Write the plans of a block, which start at ``first``, of one hip."""
        if first == 0:
            self._intact = block.arrays["minimum_mm"][0]
            self._columns.add(hip, block)
        rows = slice(first, first + len(block.failures))
        gain = block.arrays["minimum_mm"] - self._intact
        for name, values in {**block.arrays, "gain_mm": gain}.items():
            variable = self._file.variables.get(name)
            if variable is None:
                variable = self._new(name, values)
            variable[hip, rows] = values
        for row, reason_ in enumerate(block.failures):
            if reason_:
                self._file.variables["failure"][hip, first + row] = reason_

    def _new(self, name: str, values: np.ndarray) -> Any:
        """Make a variable over hips and plans."""
        others = DIMENSIONS.get(name, ("motion",)) if values.ndim > 1 else ()
        dimensions = ("hip", "plan", *others)
        settings: dict[str, Any] = {"fillvalue": None}
        if "pose" in dimensions:
            settings |= {"chunks": self._chunks(values), **PACKED}
        variable = self._file.create_variable(name, dimensions, values.dtype, **settings)
        if name in FLAGS:
            variable.attrs.update(_flag_attributes(FLAGS[name]))
        else:
            variable.attrs.update(_attributes(MEANINGS.get(name, _words(name)), _unit(name)))
        return variable

    def _chunks(self, values: np.ndarray) -> tuple[int, ...]:
        """Choose chunks of one hip and about a megabyte."""
        each = int(np.prod(values.shape[2:], dtype=int))
        poses = min(values.shape[1], CHUNK_POSES)
        plans = max(1, min(len(values), CHUNK_VALUES // (each * poses)))
        return (1, plans, poses, *values.shape[2:])

    def _describe(self) -> None:
        """Say what the whole is."""
        scenario = self._scenario
        self._file.attrs.update(
            {
                "title": scenario.name,
                "comment": DISCLAIMER,
                "femoral_region": scenario.femoral_region,
                "pelvic_region": scenario.pelvic_region,
                **{f"convention_{key}": text for key, text in CONVENTIONS.items()},
                "coordinates": COORDINATES,
            }
        )

    def _label(self, hips: Sequence[tuple[str, str]]) -> None:
        """Write what labels hips, plans, motions and poses."""
        motions = self._scenario.motions
        self._write("hip", ("hip",), [name for name, _ in hips])
        self._write("side", ("hip",), [side for _, side in hips])
        self._write("person", ("hip",), self._persons([name for name, _ in hips]), PERSON)
        self._write("plan", ("plan",), [plan.name for plan in self._scenario.plans])
        self._write("bone", ("bone",), ["femur", "pelvis"])
        self._write("axis", ("axis",), ["x", "y", "z"])
        self._write("motion", ("motion",), [motion.name for motion in motions])
        for name in ("progress_label", "pelvic_zero", "femoral_zero", "centre"):
            self._write(name, ("motion",), [getattr(motion, name) for motion in motions])
        tilts = np.array([motion.pelvic_tilt_deg for motion in motions])
        about = _attributes("anterior tilt of the pelvis", "deg")
        self._write("pelvic_tilt_deg", ("motion",), tilts, about)
        self._label_poses()
        failure = self._file.create_variable("failure", ("hip", "plan"), TEXT)
        failure.attrs["long_name"] = "why the plan failed on this hip; empty where it did not"

    def _persons(self, hips: Sequence[str]) -> list[str]:
        """Name whose hip each is, after the first hip of that person."""
        first: dict[str, str] = {}
        known = {source.name: source.person for source in self._scenario.hips}
        return [first.setdefault(known.get(name, name), name) for name in hips]

    def _label_poses(self) -> None:
        """Write which pose is which."""
        motions = self._scenario.motions
        index = np.repeat(np.arange(len(motions), dtype=np.int16), [m.n_poses for m in motions])
        self._write("motion_index", ("pose",), index, {"long_name": "position along motion"})
        names = [arm for motion in motions for arm in motion.segments]
        arms = {arm: place for place, arm in enumerate(dict.fromkeys(names))}
        of_poses = np.array([arms[name] for name in names], np.int16)
        words = {"flag_values": np.arange(len(arms), dtype=np.int16)}
        self._write("arm_index", ("pose",), of_poses, words | {"flag_meanings": " ".join(arms)})
        for name, meaning in ANGLES.items():
            values = np.concatenate([getattr(motion, name) for motion in motions])
            self._write(name, ("pose",), values, _attributes(meaning, "deg"))
        self._write("progress", ("pose",), np.concatenate([m.progress for m in motions]))

    def _write(
        self,
        name: str,
        dimensions: tuple[str, ...],
        values: Any,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Write a whole variable."""
        array = np.asarray(values)
        kind = TEXT if array.dtype.kind in "UO" else array.dtype
        data = array.astype(object) if kind is TEXT else array
        variable = self._file.create_variable(name, dimensions, kind, data=data)
        variable.attrs.update(attributes or {})


class _Sink:
    """A file that remembers that the disk refused, and swallows what comes after."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._error: OSError | None = None

    def check(self) -> None:
        """Raise what the disk said, if it refused."""
        if self._error is not None:
            raise InputError(f"cannot write {self._file.name}: {reason(self._error)}")

    def write(self, data: Any) -> int:
        """Write, or swallow."""
        if self._error is None:
            try:
                return self._file.write(data)
            except OSError as error:
                self._error = error
        return len(data)

    def truncate(self, size: int) -> int:
        """Set the length, or swallow."""
        if self._error is None:
            try:
                return self._file.truncate(size)
            except OSError as error:
                self._error = error
        return size

    def __getattr__(self, name: str) -> Any:
        """Leave the rest to the file."""
        return getattr(self._file, name)


def _words(name: str) -> str:
    """Say in words what a name says."""
    return name.removesuffix(f"_{_unit(name)}").replace("_", " ")


def _unit(name: str) -> str:
    """Return the unit a name ends in, ``1`` for pure numbers."""
    unit = name.rpartition("_")[2]
    return unit if unit in ("mm", "mm2", "mm3", "deg") else "1"


def _attributes(meaning: str, unit: str) -> dict[str, Any]:
    """Name what a variable is and its unit."""
    return {"long_name": meaning, "units": unit}


def _flag_attributes(known: tuple[str, ...]) -> dict[str, Any]:
    """Describe codes the CF way."""
    codes = np.arange(len(known), dtype=np.int8)
    return {"flag_values": codes, "flag_meanings": " ".join(known), "failed": np.int8(FAILED)}
