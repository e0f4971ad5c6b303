"""The Dataset: labelled, complete, and the same after a trip to the disk."""

import errno

import numpy as np
import pytest
import xarray as xr

from hipsim.errors import InputError
from hipsim.study.blocks import blocks_of
from hipsim.study.store import _Sink, as_dataset, save_blocks


@pytest.fixture(scope="module")
def dataset(results):
    return as_dataset(results)


def test_as_dataset__has_the_dimensions(dataset, results):
    n_poses = sum(motion.n_poses for motion in results.scenario.motions)
    assert dict(dataset.sizes) == {
        "hip": 2, "plan": 4, "pose": n_poses, "motion": 3, "bone": 2, "axis": 3
    }  # fmt: skip


def test_as_dataset__selects_a_motion(dataset, results):
    poses = dataset.isel(pose=dataset.motion_index.values == 1)
    motion = results.scenario.motions[1]
    assert np.array_equal(poses.flexion_deg, motion.flexion_deg)
    found = poses.distance_mm.sel(hip="phantom-left", plan="resection 8 mm")
    assert np.array_equal(found, results.outcomes[1][2].clearances[1].distance_mm)


def test_as_dataset__words_are_flags(dataset, results):
    names = np.array(dataset.structure.attrs["flag_meanings"].split())
    found = names[dataset.structure.values[0, 0]]
    assert tuple(found[:1]) == results.outcomes[0][0].clearances[0].structures
    arms = np.array(dataset.arm_index.attrs["flag_meanings"].split())[dataset.arm_index.values]
    assert tuple(arms) == tuple(a for m in results.scenario.motions for a in m.segments)


def test_as_dataset__summaries_agree_with_the_poses(dataset):
    for motion in range(dataset.sizes["motion"]):
        poses = dataset.distance_mm[:, :, dataset.motion_index.values == motion]
        assert np.array_equal(poses.min("pose"), dataset.minimum_mm[:, :, motion])
    assert (dataset.gain_mm.sel(plan="intact") == 0).all()


def test_as_dataset__every_variable_has_its_unit_and_no_gap(dataset):
    for name in dataset.variables:
        is_open = name in ("share_below",)  # of motions without a threshold
        assert is_open or not dataset[name].isnull().any(), name
        unit = str(name).rpartition("_")[2]
        if unit in ("mm", "mm3", "deg") and "pose" in dataset[name].dims:
            assert dataset[name].attrs["units"] == unit, name
    assert "medical device" in dataset.attrs["comment"]


def numbered(results):
    return [(index, 0, block) for index, block in enumerate(blocks_of(results))]


def test_save_blocks__is_the_same_dataset_but_for_names(dataset, results, tmp_path):
    path = save_blocks(tmp_path / "r.nc", results.scenario, numbered(results))
    with xr.open_dataset(path, engine="h5netcdf") as loaded:
        assert loaded.distance_mm.chunks is None and not loaded.distance_mm._in_memory
        for name in dataset.data_vars:
            np.testing.assert_array_equal(loaded[name].values, dataset[name].values)
            assert loaded[name].attrs.keys() == dataset[name].attrs.keys()
        assert set(loaded.coords) == set(dataset.coords)
    assert [p.name for p in tmp_path.iterdir()] == ["r.nc"]


def test_save_blocks__says_when_it_cannot_write(results, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write"):
        save_blocks(tmp_path / "file" / "r.nc", results.scenario, numbered(results))


def test_save_blocks__survives_a_full_disk(results, tmp_path, monkeypatch):
    """HDF5 itself would end the process; here it is one clear error and no file is left."""

    class FullDisk(_Sink):
        def __init__(self, file):
            super().__init__(file)
            self._room = 6_000

        def write(self, data):
            self._room -= len(data)
            if self._room < 0:
                self._error = OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    monkeypatch.setattr("hipsim.study.store._Sink", FullDisk)
    with pytest.raises(InputError, match="No space left on device; make room"):
        save_blocks(tmp_path / "r.nc", results.scenario, numbered(results))
    assert list(tmp_path.iterdir()) == []
